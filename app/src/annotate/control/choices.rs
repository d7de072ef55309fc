//! `<Choices>`: radio buttons or boxes, one below the other, in a line, or in a menu.

use domain::answer::Choices;
use editor::annotate::{ChoiceEntry, Editor};
use leptos::{ev, prelude::*};

use super::menu::Menu;
use super::{Asked, Slot};
use crate::ui::{Icon, lu};

pub(super) fn view(asked: &Asked, rules: Choices) -> AnyView {
    let inline = asked.get("layout") == "inline" || asked.control.flag("showInline");
    match asked.get("layout") {
        "select" if rules.multiple => menu(asked, rules),
        "select" => select(asked, rules),
        _ => {
            let layout = if inline { "inline" } else { "vertical" };
            view! { <div class="choices" data-layout=layout>{rows(asked, rules)}</div> }.into_any()
        }
    }
}

fn rows(asked: &Asked, rules: Choices) -> Vec<AnyView> {
    let name = &asked.control.name;
    asked.question.choices.iter().map(|entry| row(asked.slot, name, entry, rules)).collect()
}

fn row(slot: Slot, name: &str, entry: &ChoiceEntry, rules: Choices) -> AnyView {
    let depth = format!("--depth: {}", entry.path.len() - 1);
    let path = StoredValue::new(entry.path.clone());
    let checked = move || path.with_value(|path| slot.with(|answer| rules.is_chosen(answer, path)));
    let pick = move || path.with_value(|path| slot.choose(path));
    let (text, hint) = (entry.text.clone(), entry.hint.clone());
    let title = hint.clone();
    let color = entry.color.as_ref().map(|color| format!("--label: {color}"));
    let (filtered, shown, bench) = (name.to_owned(), text.clone(), slot.bench);
    let key = Memo::new({
        let name = name.to_owned();
        move |_| {
            let key = |editor: &Editor| {
                let question = editor.document().kit().question(&name)?;
                path.with_value(|path| question.choices.iter().find(|choice| choice.path == *path))?.key
            };
            bench.read(key).map(String::from)
        }
    });
    view! {
        <label
            class="choice"
            style=depth
            title=title
            data-group=entry.is_group.then_some("")
            hidden=move || !bench.passes(&filtered, &shown)
        >
            <input
                type=if rules.multiple { "checkbox" } else { "radio" }
                name=format!("answer-{name}")
                prop:checked=checked
                aria-description=hint
                aria-keyshortcuts=move || key.get()
                on:change=move |_| pick()
                on:click=move |event: ev::MouseEvent| {
                    // A radio button that is on can be turned off again.
                    if !rules.multiple && rules.clearable && untrack(checked) && event.detail() > 0 {
                        pick();
                    }
                }
            />
            {color.map(|color| view! { <span class="label-dot" aria-hidden="true" style=color></span> })}
            <span dir="auto">{text}</span>
            {move || key.get().map(|key| view! { <kbd class="label-key" aria-hidden="true">{key}</kbd> })}
        </label>
    }
    .into_any()
}

/// Several choices in little room: what is chosen, and boxes that fold away.
fn menu(asked: &Asked, rules: Choices) -> AnyView {
    let slot = asked.slot;
    let folds = Menu::new();
    let entries = StoredValue::new(asked.question.choices.clone());
    let chosen = move || {
        slot.with(|answer| {
            entries.with_value(|entries| {
                let chosen = entries.iter().filter(|entry| rules.is_chosen(answer, &entry.path));
                chosen.map(|entry| entry.text.clone()).collect::<Vec<_>>().join(", ")
            })
        })
    };
    let words = move || Some(chosen()).filter(|chosen| !chosen.is_empty()).unwrap_or_else(|| "Choose…".to_owned());
    let name = asked.control.name.clone();
    view! {
        <details class="choice-menu" node_ref=folds.node on:keydown=move |event| folds.on_key(&event)>
            <summary class="input choice-summary" aria-label=move || format!("{name}: {}", words())>
                <span class="truncate">{words}</span>
                <Icon icon=lu::LuChevronDown/>
            </summary>
            <div class="choices choice-list" data-layout="vertical">{rows(asked, rules)}</div>
        </details>
    }
    .into_any()
}

fn select(asked: &Asked, rules: Choices) -> AnyView {
    let slot = asked.slot;
    let entries = asked.question.choices.clone();
    let options = entries
        .iter()
        .enumerate()
        .map(|(at, entry)| {
            let path = entry.path.clone();
            let chosen = move || slot.with(|answer| rules.is_chosen(answer, &path));
            let indent = "\u{2003}".repeat(entry.path.len() - 1);
            view! { <option value=at.to_string() prop:selected=chosen>{format!("{indent}{}", entry.text)}</option> }
        })
        .collect_view();
    let entries = StoredValue::new(entries);
    let pick = move |event: ev::Event| {
        let picked = event_target_value(&event).parse::<usize>().ok();
        let path = picked.and_then(|at| entries.with_value(|entries| Some(entries.get(at)?.path.clone())));
        slot.put(path.and_then(|path| rules.toggled(None, &path)));
    };
    let nothing = move || slot.with(|answer| answer.is_none());
    view! {
        <span class="select answer-select">
            <select class="input" aria-label=asked.control.name.clone() on:change=pick>
                <option value="" prop:selected=nothing>"Choose…"</option>
                {options}
            </select>
            <Icon icon=lu::LuChevronDown/>
        </span>
    }
    .into_any()
}
