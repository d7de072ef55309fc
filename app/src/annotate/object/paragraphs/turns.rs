//! The turns of a dialogue: selecting a piece labels it, clicking a labeled piece picks it.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::dialogue::Turn;
use domain::region::{ParagraphSpan, PartPoint, PartSpan, Shape};
use editor::input::Key;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::recording::Recording;
use super::{Rules, speakers};
use crate::annotate::bench::Bench;
use crate::annotate::object::reading::{
    alter_selection, as_it_came, clear_selection, on_release, pending_hint, pieces, selected_parts, take_or_pick,
    view_piece,
};

/// As many colors as the style sheet has for those who speak.
const COLORS: usize = 6;

#[component]
pub(super) fn Turns(bench: Bench, rules: Rules, turns: Vec<Turn>) -> impl IntoView {
    let name = rules.name.clone();
    let object = StoredValue::new(name.clone());
    let node = NodeRef::<html::Div>::new();
    let recording = Recording::new(bench, &rules);
    let texts: Arc<[String]> = turns.iter().map(|turn| turn.text.clone()).collect();
    let place = |shape: &Shape| if let Shape::Paragraph(span) = shape { Some(span.place()) } else { None };
    let shown = {
        let texts = texts.clone();
        Memo::new(move |_| bench.read(|editor| object.with_value(|name| pieces(editor, name, &texts, place))))
    };
    let texts = StoredValue::new(texts);
    // The piece that is selected on the page.
    let selected = move || {
        let (from, to) = selected_parts(node.get_untracked()?.as_ref())?;
        texts.with_value(|texts| {
            let came = |point: PartPoint| {
                let text = texts.get(point.part).map_or("", String::as_str);
                PartPoint { utf16: as_it_came(text, point.utf16), ..point }
            };
            let span = PartSpan::select(texts, came(from), came(to))?;
            let granularity = object.with_value(|name| bench.peek(|editor| editor.granularity(name)));
            let span = granularity.of_parts(texts, span);
            Some(Shape::Paragraph(ParagraphSpan::of(span, texts)))
        })
    };
    let clear = move || {
        if let Some(node) = node.get_untracked() {
            clear_selection(&node);
        }
    };
    let take_selection = move || {
        let Some(piece) = selected() else { return false };
        if object.with_value(|name| bench.act(|editor| editor.mark_piece(name, piece))).changed {
            clear();
        }
        true
    };
    let hold_selection = move |key: char| {
        let Some(piece) = selected() else { return };
        if object.with_value(|name| bench.act(|editor| editor.hold_piece(key, name, piece))).handled {
            clear();
        }
    };
    on_release(node, move |event| take_or_pick(bench, event, take_selection));
    let on_key = move |event: ev::KeyboardEvent| {
        let on_button = event.target().is_some_and(|target| target.dyn_ref::<web_sys::HtmlButtonElement>().is_some());
        let Some(node) = node.get_untracked().filter(|_| !on_button) else { return };
        if alter_selection(&node, &event) {
            return;
        }
        let is_command = event.ctrl_key() || event.alt_key() || event.meta_key();
        if event.key() == "Enter" && !is_command {
            if take_selection() {
                event.prevent_default();
            }
        } else if let Some(Key::Char(key)) = Key::from_dom(&event.key()).filter(|_| !is_command) {
            // The page's own listener comes next and picks the label.
            hold_selection(key);
        }
    };
    let turns = Arc::<[Turn]>::from(turns);
    let heard = {
        let turns = turns.clone();
        Memo::new(move |_| recording.heard(&turns))
    };
    if rules.follows {
        Effect::new(move |_| {
            let (Some(at), Some(node)) = (heard.get(), node.get()) else { return };
            if let Some(turn) = node.query_selector(&format!("[data-turn=\"{at}\"]")).ok().flatten() {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                turn.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    }
    let names = speakers(&turns).into_iter().map(str::to_owned).collect::<Vec<_>>();
    // Whose turns are out of sight, by their place among those who speak; nothing of it is part of the result.
    let quiet = RwSignal::new(BTreeSet::<usize>::new());
    let voices = (rules.shows_authors && names.len() > 1).then(|| voices(&names, quiet));
    let has_recording = recording.is_there();
    let rows = (0..turns.len())
        .map(|at| {
            let turn = turns[at].clone();
            let who = names.iter().position(|name| *name == turn.author);
            let color = who.map(|at| at % COLORS);
            let author = (rules.shows_authors && !turn.author.is_empty()).then(|| turn.author.clone());
            let next = turns[at + 1..].iter().find_map(|turn| turn.start);
            let button = has_recording.then(|| recording.button(at, turn, next)).flatten();
            // A turn is drawn anew only when something of it has changed.
            let mine = Memo::new(move |_| shown.with(|parts| parts.get(at).cloned().unwrap_or_default()));
            view! {
                <div
                    class="turn"
                    data-turn=at
                    data-color=color
                    data-heard=move || (heard.get() == Some(at)).then_some("")
                    hidden=move || who.is_some_and(|who| quiet.with(|quiet| quiet.contains(&who)))
                >
                    {button}
                    {author.map(|author| view! { <span class="turn-author" dir="auto">{author}</span> })}
                    <span class="turn-text" dir="auto" data-part=at>
                        {move || mine.get().into_iter().map(view_piece).collect_view()}
                    </span>
                </div>
            }
        })
        .collect_view();
    view! {
        <div class="text-frame">
            {recording.view(&rules)}
            {voices}
            <div
                class="text-surface dialogue"
                data-layout=if rules.shows_authors { "dialogue" } else { "none" }
                role="textbox"
                aria-readonly="true"
                aria-multiline="true"
                aria-label=format!("Dialogue “{name}”. Select a piece with Shift and the arrow keys, then press Enter or the key of a label.")
                tabindex="0"
                data-object=name
                node_ref=node
                on:keydown=on_key
            >
                {rows}
            </div>
            {move || pending_hint(bench, object)}
        </div>
    }
    .into_any()
}

/// Those who speak, each to be taken out of sight and back.
fn voices(names: &[String], quiet: RwSignal<BTreeSet<usize>>) -> AnyView {
    let buttons = names.iter().enumerate().map(|(at, name)| {
        let toggle = move |_| {
            quiet.update(|quiet| {
                if !quiet.remove(&at) {
                    quiet.insert(at);
                }
            });
        };
        view! {
            <button
                class="voice"
                type="button"
                data-color=at % COLORS
                aria-pressed=move || (!quiet.with(|quiet| quiet.contains(&at))).to_string()
                on:click=toggle
            >
                <span class="turn-author" dir="auto">{name.clone()}</span>
            </button>
        }
    });
    view! { <div class="voices" role="group" aria-label="Turns shown of">{buttons.collect_view()}</div> }.into_any()
}
