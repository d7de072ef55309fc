//! A text to label: selecting a piece labels it, clicking a labeled piece picks it.
//!
//! The browser counts UTF-16 units and swallows carriage returns; what is stored counts code points of the text as it
//! came. The labels' names are drawn by the style sheet, so that they are no part of the text that is counted.

use domain::label_config::decode;
use editor::annotate::{RegionKey, Segment, segments};
use editor::input::Key;
use leptos::task::spawn_local;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::Shown;
use crate::annotate::bench::{Bench, OpenedTask};
use crate::annotate::{api, browser};
use crate::error::AppError;
use crate::ui::{Button, Icon, Size, SkeletonRows, lu};

/// A `<Text>` of the interface.
pub(super) fn view(shown: &Shown) -> AnyView {
    let name = shown.name.clone();
    if shown.get("valueType") == "url" {
        return view! { <FarText bench=shown.bench name address=shown.text()/> }.into_any();
    }
    match decode(shown.get("encoding"), shown.text()) {
        Some(text) => view! { <TextSurface bench=shown.bench name text/> }.into_any(),
        None => view! {
            <p class="object-trouble" role="alert">
                <Icon icon=lu::LuFileWarning/>
                <span>"This task's text cannot be decoded: it is no Base64, though the labeling interface says so."</span>
            </p>
        }
        .into_any(),
    }
}

/// A text behind an address: fetched once the page is alive, by the server unless it is a file of this site.
#[component]
fn FarText(bench: Bench, name: String, address: String) -> impl IntoView {
    let task = use_context::<OpenedTask>();
    let text = RwSignal::new(None::<Result<String, AppError>>);
    let object = StoredValue::new(name.clone());
    let place = StoredValue::new(address.trim().to_owned());
    let load = move || {
        text.set(None);
        let (object, address) = (object.get_value(), place.get_value());
        spawn_local(async move {
            let is_here = address.starts_with('/') && !address.starts_with("//") && !address.starts_with("/files/");
            let answer = match task {
                _ if address.is_empty() => Err(problem("This task has no text here.")),
                Some(task) if !is_here => api::text(task.project_id, task.task_id, object).await,
                None if !is_here => Err(problem("The text behind this address is fetched when a task is opened.")),
                _ => browser::fetch_text(&address).await.map_err(|sentence| problem(&sentence)),
            };
            // The page may have gone on to another task.
            let _ = text.try_set(Some(answer));
        });
    };
    Effect::new(move |_| load());
    move || match text.get() {
        None => view! {
            <div class="text-surface" aria-busy="true"><SkeletonRows rows=6/></div>
        }
        .into_any(),
        Some(Ok(text)) => view! { <TextSurface bench name=name.clone() text/> }.into_any(),
        Some(Err(error)) => view! {
            <div class="object-trouble" role="alert">
                <Icon icon=lu::LuFileWarning/>
                <div>
                    <p>{error.sentence()}</p>
                    <p class="muted small object-address">{place.get_value()}</p>
                </div>
                <Button size=Size::Small icon=lu::LuRotateCw on:click=move |_| load()>"Try again"</Button>
            </div>
        }
        .into_any(),
    }
}

fn problem(sentence: &str) -> AppError {
    AppError::Domain(domain::Error::invalid("text", "text_unreachable", sentence))
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
    let text = StoredValue::new(text);
    let pieces = Memo::new(move |_| {
        bench.read(|editor| object.with_value(|name| text.with_value(|text| segments(editor.document(), name, text))))
    });
    let take_selection = move || {
        let Some((anchor, focus)) = node.get_untracked().and_then(|node| selected(&node)) else { return false };
        let response = text.with_value(|text| {
            let (anchor, focus) = (as_it_came(text, anchor), as_it_came(text, focus));
            object.with_value(|name| bench.act(|editor| editor.select_text(name, text, anchor, focus)))
        });
        if response.changed {
            clear_selection();
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
            clear_selection();
        }
    };
    let on_up = move |event: ev::PointerEvent| {
        if event.button() != 0 {
            return;
        }
        let target = event.target();
        // The browser settles the selection after this event.
        set_timeout(
            move || {
                if !take_selection() {
                    pick(bench, target.as_ref());
                }
            },
            std::time::Duration::ZERO,
        );
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let direction = match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => "forward",
            "ArrowLeft" | "ArrowUp" => "backward",
            "Enter" => {
                if take_selection() {
                    event.prevent_default();
                }
                return;
            }
            other => {
                let is_command = event.ctrl_key() || event.alt_key() || event.meta_key();
                // The page's own listener comes next and picks the label.
                if let Some(Key::Char(key)) = Key::from_dom(other).filter(|_| !is_command) {
                    hold_selection(key);
                }
                return;
            }
        };
        event.prevent_default();
        if let (Some(selection), Some(node)) = (window().get_selection().ok().flatten(), node.get_untracked()) {
            if selected_range(&node).is_none() {
                // Refused only when the text has left the page.
                let _ = selection.collapse_with_offset(Some(&node), 0);
            }
            let alter = if event.shift_key() { "extend" } else { "move" };
            let by_line = matches!(event.key().as_str(), "ArrowUp" | "ArrowDown");
            let unit = if by_line {
                "line"
            } else if event.ctrl_key() || event.alt_key() {
                "word"
            } else {
                "character"
            };
            let _ = selection.modify(alter, direction, unit);
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
                on:pointerup=on_up
                on:keydown=on_key
            >
                {move || pieces.get().into_iter().map(|piece| view_piece(bench, piece)).collect_view()}
            </div>
            {move || pending_hint(bench, object)}
        </div>
    }
    .into_any()
}

fn view_piece(bench: Bench, piece: Segment) -> AnyView {
    // A page never holds carriage returns: line breaks look the same without them.
    let shown = piece.text.replace("\r\n", "\n").replace('\r', "\n");
    let Some(top) = piece.keys.last().copied() else { return view! { <span>{shown}</span> }.into_any() };
    let names = piece.ending.iter().map(|key| bench.peek(|editor| editor.title(*key))).collect::<Vec<_>>().join(" · ");
    let color = |key: RegionKey| bench.peek(|editor| editor.color(key).to_owned());
    let tag = piece.ending.first().copied().unwrap_or(top);
    let color = format!("--label: {}; --tag: {}", color(top), color(tag));
    let keys: Vec<String> = piece.keys.iter().map(|key| key.0.to_string()).collect();
    let (selected, hovered) = bench.peek(|editor| {
        let selected = piece.keys.iter().any(|key| editor.selection().contains(key));
        (selected, editor.hovered().is_some_and(|key| piece.keys.contains(&key)))
    });
    view! {
        <mark
            class="span"
            style=color
            data-keys=keys.join(" ")
            data-depth=piece.keys.len().min(4)
            data-name=(!names.is_empty()).then_some(names)
            data-selected=selected.then_some("")
            data-hovered=hovered.then_some("")
        >
            {shown}
        </mark>
    }
    .into_any()
}

fn pending_hint(bench: Bench, object: StoredValue<String>) -> Option<AnyView> {
    let piece = bench.read(|editor| {
        let (name, span) = editor.pending_text()?;
        object.with_value(|object| object == name).then(|| span.text.clone())
    })?;
    let short: String = piece.chars().take(60).collect();
    let view = view! {
        <p class="text-hint" role="status">
            <bdi class="strong truncate">{short}</bdi>
            <span>" is selected. Pick a label for it, or press its key."</span>
        </p>
    };
    Some(view.into_any())
}

/// A click on a labeled piece picks its shortest span.
fn pick(bench: Bench, target: Option<&web_sys::EventTarget>) {
    let element = target.and_then(|target| target.clone().dyn_into::<web_sys::Element>().ok());
    let keys = element.and_then(|element| element.closest("[data-keys]").ok().flatten()?.get_attribute("data-keys"));
    let keys: Vec<RegionKey> =
        keys.unwrap_or_default().split(' ').filter_map(|key| key.parse().ok().map(RegionKey)).collect();
    let length = |key: &RegionKey| {
        bench.peek(|editor| match &editor.document().mark(*key)?.region.shape {
            domain::region::Shape::Text(span) => Some(span.end - span.start),
            _ => None,
        })
    };
    let shortest = keys.into_iter().min_by_key(|key| length(key).unwrap_or(usize::MAX));
    let _ = bench.act(|editor| editor.select(shortest.into_iter().collect()));
}

fn selected_range(node: &web_sys::HtmlElement) -> Option<web_sys::Range> {
    let selection = window().get_selection().ok().flatten()?;
    let range = selection.get_range_at(0).ok()?;
    let inside = |at: Option<web_sys::Node>| node.contains(at.as_ref());
    (inside(selection.anchor_node()) && inside(selection.focus_node())).then_some(range)
}

/// Where the selection begins and ends, in UTF-16 units of the text on the page; none when nothing is selected in it.
fn selected(node: &web_sys::HtmlElement) -> Option<(usize, usize)> {
    let range = selected_range(node).filter(|range| !range.collapsed())?;
    let before = document().create_range().ok()?;
    before.select_node_contents(node).ok()?;
    let (container, offset) = (range.start_container().ok()?, range.start_offset().ok()?);
    before.set_end(&container, offset).ok()?;
    let units = |range: &web_sys::Range| String::from(range.to_string()).encode_utf16().count();
    let start = units(&before);
    Some((start, start + units(&range)))
}

fn clear_selection() {
    if let Ok(Some(selection)) = window().get_selection() {
        // Refused only when nothing is selected.
        let _ = selection.remove_all_ranges();
    }
}

/// The UTF-16 offset in the text as it came, carriage returns included, of an offset in the text on the page.
fn as_it_came(text: &str, shown: usize) -> usize {
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
