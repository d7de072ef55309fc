//! A text to label: selecting a piece labels it, clicking a labeled piece picks it.
//!
//! The browser counts UTF-16 units and swallows carriage returns; what is stored counts code points of the text as it
//! came. The labels' names are drawn by the style sheet, so that they are no part of the text that is counted.

use std::collections::BTreeSet;

use domain::label_config::decode;
use domain::region::Shape;
use editor::annotate::{Editor, RegionKey, Segment, segments, stretches};
use editor::input::Key;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::reading::{
    alter_selection, as_it_came, clear_selection, on_release, pending_hint, selected_range, take_or_pick,
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
    let ends = stretches(&text);
    let lines = lines_of(&text, &ends);
    let ends = StoredValue::new(ends);
    let text = StoredValue::new(text);
    // The text stays as it is: it is cut anew only when what lies over it has changed, not with every click.
    let spans = Memo::new(move |_| bench.read_work(|editor| object.with_value(|name| spans(editor, name))));
    let pieces = Memo::new(move |_| {
        // Looked at, since nobody else does: what is never read never learns of anything.
        spans.with(|_| ());
        bench.peek(|editor| {
            let cut =
                |text: &str, ends: &[usize]| object.with_value(|name| segments(editor.document(), name, text, ends));
            let stretches = text.with_value(|text| ends.with_value(|ends| cut(text, ends)));
            let look = |segment| (Look::of(editor, &segment), segment);
            stretches.into_iter().map(|pieces| pieces.into_iter().map(look).collect::<Vec<_>>()).collect::<Vec<_>>()
        })
    });
    let stretch = move |(at, lines): (usize, usize)| {
        let pieces = Memo::new(move |_| pieces.with(|stretches| stretches.get(at).cloned().unwrap_or_default()));
        view! {
            <div class="stretch" style=format!("--lines: {lines}")>
                // A piece is drawn anew only when something of it has changed.
                <For
                    each=move || pieces.get()
                    key=|(look, piece)| (piece.start, piece.end, piece.keys.clone(), look.clone())
                    children=move |(look, piece)| view_piece(look, &piece)
                />
            </div>
        }
    };
    Effect::new(move |before: Option<BTreeSet<RegionKey>>| {
        pieces.track();
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
    let take_selection = move || {
        let Some((anchor, focus)) = node.get_untracked().and_then(|node| selected(&node)) else { return false };
        let response = text.with_value(|text| {
            let (anchor, focus) = (as_it_came(text, anchor), as_it_came(text, focus));
            object.with_value(|name| bench.act(|editor| editor.select_text(name, text, anchor, focus)))
        });
        if response.changed {
            clear();
        }
        true
    };
    let hold_selection = move |key: char| {
        let Some((anchor, focus)) = node.get_untracked().and_then(|node| selected(&node)) else { return };
        let response = text.with_value(|text| {
            let (anchor, focus) = (as_it_came(text, anchor), as_it_came(text, focus));
            object.with_value(|name| bench.act(|editor| editor.hold_text(key, name, text, anchor, focus)))
        });
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
fn lines_of(text: &str, ends: &[usize]) -> Vec<usize> {
    const LINE: usize = 100;
    let mut characters = text.chars();
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let stretches = starts.zip(ends).map(|(start, end)| characters.by_ref().take(end - start).collect::<String>());
    stretches.map(|text| text.lines().map(|line| line.len() / LINE + 1).sum()).collect()
}

/// How a piece looks, whether or not it is selected.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
struct Look {
    /// What its labels are called, where they are shown.
    names: String,
    style: String,
}

impl Look {
    fn of(editor: &Editor, piece: &Segment) -> Self {
        let Some(top) = piece.keys.last() else { return Self::default() };
        let tag = piece.ending.first().unwrap_or(top);
        Self {
            names: piece.ending.iter().map(|key| editor.title(*key)).collect::<Vec<_>>().join(" · "),
            style: format!("--label: {}; --tag: {}", editor.color(*top), editor.color(*tag)),
        }
    }
}

/// What lies over a text: which span, from where to where, what it is called, and its color.
fn spans(editor: &Editor, object: &str) -> Vec<(RegionKey, usize, usize, String, String)> {
    let marks = editor.document().marks_on(object).filter(|(_, mark)| !mark.hidden);
    marks
        .filter_map(|(key, mark)| match &mark.region.shape {
            Shape::Text(span) => Some((key, span.start, span.end, editor.title(key), editor.color(key).to_owned())),
            _ => None,
        })
        .collect()
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

/// Where the selection begins and ends, in UTF-16 units of the text on the page; none when nothing is selected in it.
fn selected(node: &web_sys::HtmlElement) -> Option<(usize, usize)> {
    let range = selected_range(node).filter(|range| !range.collapsed())?;
    let before = document().create_range().ok()?;
    before.select_node_contents(node).ok()?;
    let (container, offset) = (range.start_container().ok()?, range.start_offset().ok()?);
    before.set_end(&container, offset).ok()?;
    // The browser's own texts know their length: nothing is copied over to us.
    let units = |range: &web_sys::Range| range.to_string().length() as usize;
    let start = units(&before);
    Some((start, start + units(&range)))
}
