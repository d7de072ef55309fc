//! A text to label: selecting a piece labels it, clicking a labeled piece picks it.
//!
//! The browser counts UTF-16 units and swallows carriage returns; what is stored counts code points of the text as it
//! came. The labels' names are drawn by the style sheet, so that they are no part of the text that is counted.

use std::collections::BTreeSet;

use domain::label_config::decode;
use domain::region::PartPoint;
use editor::annotate::{Overlay, RegionKey, Segment, Stretch, piece_between, segments, stretches};
use editor::input::Key;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::reading::{
    alter_selection, as_it_came, clear_selection, on_release, pending_hint, selected_parts, take_or_pick,
    without_returns,
};
use super::trouble::unreadable;
use super::{Shown, far};
use crate::annotate::bench::Bench;

/// A `<Text>` of the interface.
pub(super) fn view(shown: &Shown) -> AnyView {
    let name = shown.name.clone();
    if shown.get("valueType") == "url" {
        let bench = shown.bench;
        return far::view(shown, move |text| Ok(view! { <TextSurface bench name=name.clone() text/> }.into_any()));
    }
    match decode(shown.get("encoding"), shown.text()) {
        Some(text) if text.is_empty() => unreadable("This task has no text here."),
        Some(text) => view! { <TextSurface bench=shown.bench name text/> }.into_any(),
        None => {
            unreadable("This task's text cannot be decoded: it is no Base64, though the labeling interface says so.")
        }
    }
}

#[component]
fn TextSurface(
    bench: Bench,
    /// The object's name.
    name: String,
    /// The text as it came.
    text: String,
) -> impl IntoView {
    let object = StoredValue::new(name.clone());
    let node = NodeRef::<html::Div>::new();
    let stretches = stretches(&text);
    let lines = lines_of(&text, &stretches);
    let stretches = StoredValue::new(stretches);
    let text = StoredValue::new(text);
    let over = Memo::new(move |_| {
        bench.read_work(|editor| {
            object.with_value(|name| stretches.with_value(|stretches| editor.overlays(name, stretches)))
        })
    });
    let stretch = move |(at, lines): (usize, usize)| {
        // The text stays as it is: a stretch is cut anew only when what lies over it has changed.
        let mine = Memo::new(move |_| over.with(|over| over.get(at).cloned().unwrap_or_default()));
        let pieces = move || {
            let cut = |text: &str, stretch: &Stretch| {
                let text = text.get(stretch.bytes.clone()).unwrap_or_default();
                let look = |over: &[Overlay], piece: Segment| (Look::of(over, &piece), piece);
                mine.with(|over| segments(stretch, text, over).into_iter().map(|piece| look(over, piece)).collect())
            };
            let all = |text: &str, stretches: &[Stretch]| -> Vec<(Look, Segment)> {
                stretches.get(at).map(|stretch| cut(text, stretch)).unwrap_or_default()
            };
            text.with_value(|text| stretches.with_value(|stretches| all(text, stretches)))
        };
        view! {
            <div class="stretch" style=format!("--lines: {lines}") data-part=at>
                // A piece is drawn anew only when something of it has changed.
                <For
                    each=pieces
                    key=|(look, piece)| (piece.start, piece.end, piece.keys.clone(), look.clone())
                    children=move |(look, piece)| view_piece(look, &piece)
                />
            </div>
        }
    };
    Effect::new(move |before: Option<BTreeSet<RegionKey>>| {
        over.track();
        let (selected, hovered) = bench.read(|editor| (editor.selection().clone(), editor.hovered()));
        let is_new = before.is_some_and(|before| before != selected);
        let picked = selected.clone();
        // By then the pieces are on the page.
        request_animation_frame(move || {
            if let Some(node) = node.try_get_untracked().flatten() {
                show_picked(&node, &picked, hovered);
                if is_new && let [key] = Vec::from_iter(&picked)[..] {
                    bring_into_view(&node, *key);
                }
            }
        });
        selected
    });
    let clear = move || {
        if let Some(node) = node.get_untracked() {
            clear_selection(&node);
        }
    };
    // The piece that is selected on the page.
    let selected = move || {
        let (from, to) = selected_parts(node.get_untracked()?.as_ref())?;
        let piece = |text: &str, stretches: &[Stretch]| {
            let came = |point: PartPoint| {
                let own = stretches.get(point.part).and_then(|stretch| text.get(stretch.bytes.clone()));
                PartPoint { utf16: as_it_came(own.unwrap_or_default(), point.utf16), ..point }
            };
            piece_between(text, stretches, came(from), came(to))
        };
        text.with_value(|text| stretches.with_value(|stretches| piece(text, stretches)))
    };
    let take_selection = move || {
        let Some(piece) = selected() else { return false };
        let response =
            text.with_value(|text| object.with_value(|name| bench.act(|editor| editor.select_text(name, text, piece))));
        if response.changed {
            clear();
        }
        true
    };
    let hold_selection = move |key: char| {
        let Some(piece) = selected() else { return };
        let response = text
            .with_value(|text| object.with_value(|name| bench.act(|editor| editor.hold_text(key, name, text, piece))));
        if response.handled {
            clear();
        }
    };
    on_release(node, move |event| take_or_pick(bench, event, take_selection));
    let on_key = move |event: ev::KeyboardEvent| {
        let Some(node) = node.get_untracked() else { return };
        if alter_selection(&node, &event) {
            return;
        }
        if event.key() == "Enter" {
            if take_selection() {
                event.prevent_default();
            }
            return;
        }
        let is_command = event.ctrl_key() || event.alt_key() || event.meta_key();
        // The page's own listener comes next and picks the label.
        if let Some(Key::Char(key)) = Key::from_dom(&event.key()).filter(|_| !is_command) {
            hold_selection(key);
        }
    };
    view! {
        <div class="text-frame">
            <div
                class="text-surface"
                dir="auto"
                role="textbox"
                aria-readonly="true"
                aria-multiline="true"
                aria-label=format!("Text “{name}”. Select a piece with Shift and the arrow keys, then press Enter or the key of a label.")
                tabindex="0"
                data-object=name
                node_ref=node
                on:keydown=on_key
            >
                {lines.into_iter().enumerate().map(stretch).collect_view()}
            </div>
            {move || pending_hint(bench, object)}
        </div>
    }
    .into_any()
}

/// About how many lines each stretch takes, for as long as it has not been laid out.
fn lines_of(text: &str, stretches: &[Stretch]) -> Vec<usize> {
    const LINE: usize = 100;
    let texts = stretches.iter().map(|stretch| text.get(stretch.bytes.clone()).unwrap_or_default());
    texts.map(|text| text.lines().map(|line| line.len() / LINE + 1).sum()).collect()
}

/// How a piece looks, whether or not it is selected.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
struct Look {
    /// What its labels are called, where they are shown.
    names: String,
    style: String,
}

impl Look {
    fn of(over: &[Overlay], piece: &Segment) -> Self {
        let Some(top) = piece.keys.last() else { return Self::default() };
        let tag = piece.ending.first().unwrap_or(top);
        let face = |key: &RegionKey| over.iter().find(|overlay| overlay.key == *key);
        let color = |key: &RegionKey| face(key).map_or("", |overlay| overlay.color.as_str());
        let names: Vec<&str> = piece.ending.iter().filter_map(|key| Some(face(key)?.title.as_str())).collect();
        Self { names: names.join(" · "), style: format!("--label: {}; --tag: {}", color(top), color(tag)) }
    }
}

/// Shows which pieces are picked and which are under the pointer: told to those it concerns, however many there are.
fn show_picked(node: &web_sys::Element, selected: &BTreeSet<RegionKey>, hovered: Option<RegionKey>) {
    /// Up to so many, each is looked for; more are found on one way through all pieces.
    const FEW: usize = 32;
    let each = |selector: &str, act: &dyn Fn(&web_sys::Element)| {
        let Ok(list) = node.query_selector_all(selector) else { return };
        (0..list.length()).filter_map(|at| list.item(at)?.dyn_into().ok()).for_each(|element| act(&element));
    };
    let set = |element: &web_sys::Element, name: &str| {
        // Refused only for names that no attribute can have.
        let _ = element.set_attribute(name, "");
    };
    for name in ["data-selected", "data-hovered"] {
        each(&format!("[{name}]"), &|element| {
            let _ = element.remove_attribute(name);
        });
    }
    if let Some(RegionKey(key)) = hovered {
        each(&format!("[data-keys~=\"{key}\"]"), &|element| set(element, "data-hovered"));
    }
    if selected.len() <= FEW {
        for RegionKey(key) in selected {
            each(&format!("[data-keys~=\"{key}\"]"), &|element| set(element, "data-selected"));
        }
    } else {
        each("[data-keys]", &|element| {
            let keys = element.get_attribute("data-keys").unwrap_or_default();
            if keys.split(' ').filter_map(|key| key.parse().ok()).any(|key| selected.contains(&RegionKey(key))) {
                set(element, "data-selected");
            }
        });
    }
}

/// Scrolls to a span that was picked elsewhere; one that is in sight stays where it is.
fn bring_into_view(node: &web_sys::Element, RegionKey(key): RegionKey) {
    if let Ok(Some(piece)) = node.query_selector(&format!("[data-keys~=\"{key}\"]")) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        options.set_inline(web_sys::ScrollLogicalPosition::Nearest);
        piece.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

fn view_piece(look: Look, piece: &Segment) -> AnyView {
    let shown = without_returns(&piece.text);
    if piece.keys.is_empty() {
        return view! { <span>{shown}</span> }.into_any();
    }
    let Look { names, style } = look;
    let keys: Vec<String> = piece.keys.iter().map(|key| key.0.to_string()).collect();
    view! {
        <mark
            class="span"
            style=style
            data-keys=keys.join(" ")
            data-depth=piece.keys.len().min(4)
            data-name=(!names.is_empty()).then_some(names)
        >
            {shown}
        </mark>
    }
    .into_any()
}
