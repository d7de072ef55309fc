//! What is read and labeled piece by piece: texts, and texts that come in parts.
//!
//! A part is an element with `data-part`, its number; nothing outside of parts is counted. The browser counts UTF-16 units
//! of what is on the page, which never holds carriage returns.

use std::cell::Cell;

use domain::region::{PartPoint, PartSpan, Shape};
use editor::annotate::{Editor, RegionKey, Segment, part_segments, words_of};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use crate::annotate::bench::Bench;

/// A piece as it looks now.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    text: String,
    keys: Vec<RegionKey>,
    /// What its label says, where a label is shown.
    name: String,
    style: String,
    selected: bool,
    hovered: bool,
}

/// The pieces of every part of a text as they look now. Follows the work.
pub(super) fn pieces<T: AsRef<str>>(
    editor: &Editor,
    object: &str,
    parts: &[T],
    place: impl Fn(&Shape) -> Option<PartSpan>,
) -> Vec<Vec<Piece>> {
    let parts = part_segments(editor.document(), object, parts, place);
    parts.into_iter().map(|part| part.into_iter().map(|segment| piece(editor, segment)).collect()).collect()
}

fn piece(editor: &Editor, segment: Segment) -> Piece {
    let Segment { text, keys, ending, .. } = segment;
    let Some(top) = keys.last() else {
        return Piece { text, keys, name: String::new(), style: String::new(), selected: false, hovered: false };
    };
    let tag = ending.first().unwrap_or(top);
    Piece {
        text,
        name: ending.iter().map(|key| editor.title(*key)).collect::<Vec<_>>().join(" · "),
        style: format!("--label: {}; --tag: {}", editor.color(*top), editor.color(*tag)),
        selected: keys.iter().any(|key| editor.selection().contains(key)),
        hovered: editor.hovered().is_some_and(|key| keys.contains(&key)),
        keys,
    }
}

impl Piece {
    /// Puts the piece into a page that is not built by views, such as that of a frame; it looks as [`view_piece`]'s do.
    pub(super) fn append_to(&self, page: &web_sys::Document, place: &web_sys::Element) {
        if self.keys.is_empty() {
            let _ = place.append_child(&page.create_text_node(&self.text));
            return;
        }
        let Ok(mark) = page.create_element("mark") else { return };
        mark.set_text_content(Some(&self.text));
        let keys: Vec<String> = self.keys.iter().map(|key| key.0.to_string()).collect();
        let depth = self.keys.len().min(4).to_string();
        let flag = |is: bool| is.then_some("");
        let name = Some(self.name.as_str()).filter(|name| !name.is_empty());
        let attributes = [
            ("class", Some("span")),
            ("style", Some(self.style.as_str())),
            ("data-keys", Some(keys.join(" ").as_str())),
            ("data-depth", Some(depth.as_str())),
            ("data-name", name),
            ("data-selected", flag(self.selected)),
            ("data-hovered", flag(self.hovered)),
        ]
        .map(|(attribute, value)| (attribute, value.map(str::to_owned)));
        for (attribute, value) in attributes {
            if let Some(value) = value {
                // Refused only for names that no attribute can have.
                let _ = mark.set_attribute(attribute, &value);
            }
        }
        let _ = place.append_child(&mark);
    }
}

/// A piece on the page.
pub(super) fn view_piece(piece: Piece) -> AnyView {
    let text = without_returns(&piece.text);
    if piece.keys.is_empty() {
        return view! { <span>{text}</span> }.into_any();
    }
    let keys: Vec<String> = piece.keys.iter().map(|key| key.0.to_string()).collect();
    view! {
        <mark
            class="span"
            style=piece.style
            data-keys=keys.join(" ")
            data-depth=piece.keys.len().min(4)
            data-name=(!piece.name.is_empty()).then_some(piece.name)
            data-selected=piece.selected.then_some("")
            data-hovered=piece.hovered.then_some("")
        >
            {text}
        </mark>
    }
    .into_any()
}

/// A page never holds carriage returns: line breaks look the same without them.
pub(super) fn without_returns(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// A line under the text while words of it wait for a label.
pub(super) fn pending_hint(bench: Bench, object: StoredValue<String>) -> Option<AnyView> {
    let words = bench.read(|editor| {
        let (name, words) = editor.pending_words()?;
        object.with_value(|object| object == name).then(|| words.to_owned())
    })?;
    let short: String = words.chars().take(60).collect();
    let view = view! {
        <p class="text-hint" role="status">
            <bdi class="strong truncate">{short}</bdi>
            <span>" is selected. Pick a label for it, or press its key."</span>
        </p>
    };
    Some(view.into_any())
}

/// When the pointer goes up: `take`s what is selected, or where it says that nothing is, picks what was clicked.
pub(super) fn take_or_pick(bench: Bench, event: &web_sys::PointerEvent, take: impl Fn() -> bool + 'static) {
    if event.button() != 0 {
        return;
    }
    let target = event.target();
    let number = RELEASES.replace(RELEASES.get().wrapping_add(1)).wrapping_add(1);
    // The browser settles the selection after this event.
    set_timeout(
        move || {
            // Of a double click the second half counts: what it marks would be picked away by the first.
            if RELEASES.get() == number && !take() {
                pick(bench, target.as_ref());
            }
        },
        std::time::Duration::ZERO,
    );
}

thread_local! {
    /// How often a pointer went up over what is read.
    static RELEASES: Cell<u32> = const { Cell::new(0) };
}

/// A click on a labeled piece picks its shortest region.
fn pick(bench: Bench, target: Option<&web_sys::EventTarget>) {
    let element = target.and_then(|target| element_of(target.unchecked_ref()));
    let keys = element.and_then(|element| element.closest("[data-keys]").ok().flatten()?.get_attribute("data-keys"));
    let keys = keys.unwrap_or_default();
    let keys = keys.split(' ').filter_map(|key| key.parse().ok().map(RegionKey));
    let length = |key: &RegionKey| {
        bench.peek(|editor| {
            let words = words_of(&editor.document().mark(*key)?.region.shape)?;
            // Results may come without their words.
            (!words.is_empty()).then(|| words.chars().count())
        })
    };
    let shortest = keys.min_by_key(|key| length(key).unwrap_or(usize::MAX));
    let _ = bench.act(|editor| editor.select(shortest.into_iter().collect()));
}

/// The range selected inside of an element, on the page or in a frame of it. What was selected beyond it, as by a drag that
/// ends beside the text or by a triple click, is left out.
pub(super) fn selected_range(node: &web_sys::Element) -> Option<web_sys::Range> {
    let selection = selection_around(node)?;
    if !node.contains(selection.anchor_node().as_ref()) {
        return None;
    }
    let range = selection.get_range_at(0).ok()?.clone_range();
    if !node.contains(range.start_container().ok().as_ref()) {
        range.set_start(node, 0).ok()?;
    }
    if !node.contains(range.end_container().ok().as_ref()) {
        range.set_end(node, node.child_nodes().length()).ok()?;
    }
    Some(range)
}

/// Calls `released` when a pointer that went down in an element goes up, wherever that is.
pub(super) fn on_release(node: NodeRef<html::Div>, released: impl Fn(&web_sys::PointerEvent) + Copy + 'static) {
    Effect::new(move |_| {
        let pressed = StoredValue::new(false);
        let is_inside = move |event: &web_sys::PointerEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            node.get_untracked().is_some_and(|node| node.contains(target.as_ref()))
        };
        let down = window_event_listener(ev::pointerdown, move |event| pressed.set_value(is_inside(&event)));
        let up = window_event_listener(ev::pointerup, move |event| {
            if pressed.get_value() {
                pressed.set_value(false);
                released(&event);
            }
        });
        on_cleanup(move || {
            down.remove();
            up.remove();
        });
    });
}

/// Selects nothing.
pub(super) fn clear_selection(node: &web_sys::Element) {
    if let Some(selection) = selection_around(node) {
        // Refused only when nothing is selected.
        let _ = selection.remove_all_ranges();
    }
}

fn selection_around(node: &web_sys::Element) -> Option<web_sys::Selection> {
    node.owner_document()?.get_selection().ok().flatten()
}

/// Arrows move the cursor of the selection, with Shift they select; with Ctrl or Alt word by word. Returns whether the key
/// was one of them.
pub(super) fn alter_selection(node: &web_sys::Element, event: &ev::KeyboardEvent) -> bool {
    let direction = match event.key().as_str() {
        "ArrowRight" | "ArrowDown" => "forward",
        "ArrowLeft" | "ArrowUp" => "backward",
        _ => return false,
    };
    event.prevent_default();
    let Some(selection) = selection_around(node) else { return true };
    if selected_range(node).is_none() {
        // Refused only when the text has left the page.
        let _ = selection.collapse_with_offset(Some(node), 0);
    }
    let alter = if event.shift_key() { "extend" } else { "move" };
    let unit = if matches!(event.key().as_str(), "ArrowUp" | "ArrowDown") {
        "line"
    } else if event.ctrl_key() || event.alt_key() {
        "word"
    } else {
        "character"
    };
    // Refused only for words that no browser knows.
    let _ = selection.modify(alter, direction, unit);
    true
}

/// Where the selection begins and ends in the parts inside of `node`, counted in what is on the page; none when nothing of
/// them is selected.
pub(super) fn selected_parts(node: &web_sys::Element) -> Option<(PartPoint, PartPoint)> {
    let range = selected_range(node).filter(|range| !range.collapsed())?;
    let (from, from_offset) = (range.start_container().ok()?, range.start_offset().ok()?);
    let (to, to_offset) = (range.end_container().ok()?, range.end_offset().ok()?);
    let (first, last) = match (part_around(&from), part_around(&to)) {
        (Some(first), Some(last)) => (Some(first), Some(last)),
        (first, last) => {
            let (a, b) = ends_between(node, &range)?;
            (first.or(Some(a)), last.or(Some(b)))
        }
    };
    let (first, last) = (first?, last?);
    let start = units_before(&first, &from, from_offset).unwrap_or(0);
    let end = units_before(&last, &to, to_offset).unwrap_or(usize::MAX);
    Some((PartPoint { part: number(&first)?, utf16: start }, PartPoint { part: number(&last)?, utf16: end }))
}

/// The element a node is, or is in. Nodes in a frame are of classes of their own, so they are asked, not told by class.
fn element_of(node: &web_sys::Node) -> Option<web_sys::Element> {
    if node.node_type() == web_sys::Node::ELEMENT_NODE {
        return Some(node.clone().unchecked_into());
    }
    node.parent_element()
}

/// The part a node is in.
fn part_around(node: &web_sys::Node) -> Option<web_sys::Element> {
    element_of(node)?.closest("[data-part]").ok().flatten()
}

/// The first and the last part that a range touches.
fn ends_between(node: &web_sys::Element, range: &web_sys::Range) -> Option<(web_sys::Element, web_sys::Element)> {
    let parts = node.query_selector_all("[data-part]").ok()?;
    let part = |at: u32| parts.item(at).map(wasm_bindgen::JsCast::unchecked_into::<web_sys::Element>);
    let touched = |part: &web_sys::Element| range.intersects_node(part).unwrap_or(false);
    let first = (0..parts.length()).filter_map(part).find(touched)?;
    let last = (0..parts.length()).rev().filter_map(part).find(touched)?;
    Some((first, last))
}

/// The UTF-16 units of a part before a place; none for a place that is not in it.
fn units_before(part: &web_sys::Element, container: &web_sys::Node, offset: u32) -> Option<usize> {
    if !part.contains(Some(container)) {
        return None;
    }
    let before = part.owner_document()?.create_range().ok()?;
    before.select_node_contents(part).ok()?;
    before.set_end(container, offset).ok()?;
    // The browser's own texts know their length: nothing is copied over to us.
    Some(before.to_string().length() as usize)
}

fn number(part: &web_sys::Element) -> Option<usize> {
    part.get_attribute("data-part")?.parse().ok()
}

/// The UTF-16 offset in the text as it came, carriage returns included, of an offset in the text on the page.
pub(super) fn as_it_came(text: &str, shown: usize) -> usize {
    if !text.contains("\r\n") {
        return shown;
    }
    let (mut came, mut seen) = (0, 0);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if seen >= shown {
            break;
        }
        came += c.len_utf16();
        let is_swallowed = c == '\r' && chars.peek() == Some(&'\n');
        seen += if is_swallowed { 0 } else { c.len_utf16() };
    }
    came
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carriage_returns_are_counted_though_never_shown() {
        let text = "a\r\nb😀\rc";
        for (shown, came) in [(0, 0), (1, 1), (2, 3), (3, 4), (5, 6), (6, 7), (7, 8)] {
            assert_eq!(as_it_came(text, shown), came, "{shown}");
        }
        assert_eq!(as_it_came("plain", 3), 3);
    }
}
