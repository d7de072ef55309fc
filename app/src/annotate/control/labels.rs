//! The labels of one control, as buttons with their keys.

use std::collections::BTreeSet;

use editor::annotate::{LabelChoice, ShapeKind, ToolKind};
use editor::command::Command;
use leptos::prelude::*;

use crate::annotate::bench::use_bench;
use crate::annotate::canvas::glyph;
use crate::ui::Icon;

/// The labels of the control called `name`.
pub(super) fn view(name: String) -> AnyView {
    view! { <LabelBar name/> }.into_any()
}

#[component]
fn LabelBar(name: String) -> impl IntoView {
    let bench = use_bench();
    // Each with its place among all, where its key is looked up.
    let labels: Vec<(usize, LabelChoice)> = bench.peek(|editor| {
        let all = editor.document().kit().labels.iter().enumerate();
        all.filter(|(_, label)| label.control == name).map(|(at, label)| (at, label.clone())).collect()
    });
    // Where several tools have labels, perhaps the same ones, each set says whose it is.
    let tool = bench.peek(|editor| {
        let kinds = |of: &dyn Fn(&&LabelChoice) -> bool| -> BTreeSet<ShapeKind> {
            let labels = editor.document().kit().labels.iter().filter(of);
            labels.filter_map(|label| label.kind).filter(|kind| kind.has_tool()).collect()
        };
        let own = kinds(&|label| label.control == name);
        own.first().copied().filter(|_| kinds(&|_| true).len() > 1)
    });
    let tool = tool.map(|kind| {
        let icon = glyph(Command::Tool(ToolKind::Draw(kind)));
        view! { <span class="label-tool" title=kind.name() aria-hidden="true"><Icon icon/></span> }
    });
    let problem = {
        let name = name.clone();
        move || bench.problem(&name).map(|sentence| view! { <p class="answer-problem" role="alert">{sentence}</p> })
    };
    view! {
        <div class="answer" data-control=name.clone()>
            <div class="label-bar" role="group" aria-label=format!("Labels of {name}")>
                {tool}
                {labels.into_iter().map(|(at, label)| view! { <LabelButton at label/> }).collect_view()}
            </div>
            {problem}
        </div>
    }
    .into_any()
}

#[component]
fn LabelButton(at: usize, label: LabelChoice) -> impl IntoView {
    let bench = use_bench();
    let color = format!("--label: {}", label.color);
    let title = label.hint.clone();
    let text = label.text.clone();
    // The person may put it on another one while looking.
    let key = Memo::new(move |_| bench.read(|editor| editor.document().kit().key_at(at)).map(String::from));
    let label = StoredValue::new(label);
    let pressed = move || {
        let on = bench.read(|editor| {
            label.with_value(|label| {
                let of_selected = || {
                    editor
                        .selection()
                        .iter()
                        .filter_map(|key| editor.document().mark(*key))
                        .filter(|mark| mark.labels().contains(&label.value))
                        // Things on videos carry the labels of a control that is not theirs.
                        .any(|mark| {
                            let known = editor.document().kit().label_of(mark, &label.value);
                            known.is_some_and(|known| known.control == label.control)
                        })
                };
                let at_hand = editor.label().is_some_and(|l| l.control == label.control && l.value == label.value);
                let is_at_hand = at_hand && !editor.is_read_only();
                if editor.selection().is_empty() { is_at_hand } else { of_selected() }
            })
        });
        if on { "true" } else { "false" }
    };
    // Counting is for labels alone that are limited.
    let most = label.with_value(|label| label.most);
    let uses =
        Memo::new(
            move |_| {
                if most.is_none() { 0 } else { bench.read(|editor| label.with_value(|label| editor.uses(label))) }
            },
        );
    let is_used_up = move || most.is_some_and(|most| uses.get() >= most);
    let left = most.map(|most| {
        view! { <span class="label-uses num" title=move || format!("Used {} of {most} times", uses.get())>{move || format!("{}/{most}", uses.get())}</span> }
    });
    let pick = move |_| {
        label.with_value(|label| {
            let _ = bench.act(|editor| editor.pick_label(&label.control, &label.value));
        });
    };
    let (filtered, shown) = (label.with_value(|label| label.control.clone()), text.clone());
    view! {
        <button
            class="label-chip"
            hidden=move || !bench.passes(&filtered, &shown)
            type="button"
            style=color
            title=title
            aria-pressed=pressed
            aria-keyshortcuts=move || key.get()
            disabled=move || bench.read(editor::annotate::Editor::is_read_only) || (is_used_up() && pressed() == "false")
            on:click=pick
        >
            <span class="label-dot" aria-hidden="true"></span>
            <span class="truncate">{text}</span>
            {left}
            {move || key.get().map(|key| view! { <kbd class="label-key" aria-hidden="true">{key}</kbd> })}
        </button>
    }
}
