//! What keys do, as a list.

use domain::label_config::item_of;
use editor::command::Command;
use leptos::prelude::*;

use crate::annotate::bench::Bench;
use crate::annotate::browser;
use crate::ui::Kbd;

/// The keys of commands that the interface has a use for.
#[component]
pub(super) fn KeyList(bench: Bench) -> impl IntoView {
    let apple = browser::is_apple();
    let rows = Command::ALL
        .into_iter()
        .filter(|command| match command {
            Command::Tool(tool) => bench.peek(|editor| editor.document().kit().offers(*tool)),
            Command::BrushSmaller | Command::BrushLarger | Command::BrushShape => {
                bench.peek(|editor| editor.document().kit().draws(editor::annotate::ShapeKind::Mask))
            }
            _ => true,
        })
        .filter_map(|command| Some((command.name().to_owned(), command.shortcut_text(apple)?)));
    let more = [
        ("Move what is selected", "Arrows"),
        ("… by ten pixels", "Shift Arrows"),
        ("Resize what is selected", "Alt Arrows"),
        ("Move the view", "Space Drag"),
        ("Finish a polygon or vector", "Enter"),
        ("Leave what was begun", "Esc"),
    ];
    let has_list = bench.peek(|editor| editor.document().kit().canvases().any(|name| item_of(name).is_some()));
    let pictures = has_list.then_some(("Another picture of the list", "PageUp PageDown"));
    let more = more.into_iter().chain(pictures).map(|(what, keys)| (what.to_owned(), keys.to_owned()));
    rows.chain(more)
        .map(|(what, keys)| view! { <div class="key-row"><span>{what}</span><Kbd keys=keys.replace(' ', "+")/></div> })
        .collect_view()
}
