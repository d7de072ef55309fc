//! A text to label: selecting a piece labels it, clicking a labeled piece picks it.
//!
//! The browser counts UTF-16 units and swallows carriage returns; what is stored counts code points of the text as it
//! came. The labels' names are drawn by the style sheet, so that they are no part of the text that is counted.

use domain::label_config::decode;
use editor::annotate::{RegionKey, Segment, segments};
use editor::input::Key;
use leptos::task::spawn_local;
use leptos::{ev, html, prelude::*};

use super::Shown;
use super::reading::{
    alter_selection, as_it_came, clear_selection, pending_hint, pick, selected_range, without_returns,
};
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
            let answer = fetch(task, object, &address).await;
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

/// The text that an object of a task has behind an address: by the server, unless it is a file of this site.
pub(super) async fn fetch(task: Option<OpenedTask>, object: String, address: &str) -> Result<String, AppError> {
    let is_here = address.starts_with('/') && !address.starts_with("//") && !address.starts_with("/files/");
    match task {
        _ if address.is_empty() => Err(problem("This task has no text here.")),
        Some(task) if !is_here => api::text(task.project_id, task.task_id, object).await,
        None if !is_here => Err(problem("The text behind this address is fetched when a task is opened.")),
        _ => browser::fetch_text(address).await.map_err(|sentence| problem(&sentence)),
    }
}

pub(super) fn problem(sentence: &str) -> AppError {
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
    let shown = without_returns(&piece.text);
    let Some(top) = piece.keys.last().copied() else { return view! { <span>{shown}</span> }.into_any() };
    let names = piece.ending.iter().map(|key| bench.peek(|editor| editor.title(*key))).collect::<Vec<_>>().join(" · ");
    let color = |key: RegionKey| bench.peek(|editor| editor.color(key).to_owned());
    let tag = piece.ending.first().copied().unwrap_or(top);
    let color = format!("--label: {}; --tag: {}", color(top), color(tag));
    let keys: Vec<String> = piece.keys.iter().map(|key| key.0.to_string()).collect();
    // The pieces stay the same while the selection changes.
    let mine = StoredValue::new(piece.keys.clone());
    let selected = move || {
        bench
            .read(|editor| mine.with_value(|keys| keys.iter().any(|key| editor.selection().contains(key))))
            .then_some("")
    };
    let hovered = move || {
        bench
            .read(|editor| mine.with_value(|keys| editor.hovered().is_some_and(|key| keys.contains(&key))))
            .then_some("")
    };
    view! {
        <mark
            class="span"
            style=color
            data-keys=keys.join(" ")
            data-depth=piece.keys.len().min(4)
            data-name=(!names.is_empty()).then_some(names)
            data-selected=selected
            data-hovered=hovered
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
    let units = |range: &web_sys::Range| String::from(range.to_string()).encode_utf16().count();
    let start = units(&before);
    Some((start, start + units(&range)))
}
