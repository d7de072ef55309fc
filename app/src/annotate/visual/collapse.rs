//! `<Collapse>` and its `<Panel>`s: parts that fold away. Without panels inside, all of it is one.

use domain::label_config::Element;
use editor::annotate::Editor;
use leptos::prelude::*;

use crate::annotate::bench::Bench;
use crate::annotate::tree::children;
use crate::ui::{Icon, lu};

pub(super) fn view(bench: Bench, element: &Element) -> AnyView {
    let is = |element: &Element, name: &str, default: bool| {
        element
            .attribute(name)
            .map_or(default, |value| ["true", "1"].contains(&value.trim().to_ascii_lowercase().as_str()))
    };
    let bordered = is(element, "bordered", true).then_some("");
    // Panels of one name close each other: the browser's own accordion.
    let group = is(element, "accordion", true).then(|| {
        // Of two versions beside each other, neither closes the panels of the other.
        let side = if bench.peek(Editor::is_read_only) { "there" } else { "here" };
        format!("collapse-{side}-{}-{}", element.at.line, element.at.column)
    });
    let panels: Vec<&Element> = element.elements().filter(|inner| inner.tag == "Panel").collect();
    if panels.is_empty() {
        let title = bench.text_of(element.attribute("value").unwrap_or_default());
        let open = is(element, "open", false);
        return view! { <div class="collapse" data-bordered=bordered>{panel(title, open, None, children(element))}</div> }
            .into_any();
    }
    let opened: Vec<String> =
        element.attribute("open").unwrap_or_default().split(',').map(|name| name.trim().to_owned()).collect();
    let panels = panels
        .into_iter()
        .enumerate()
        .map(|(at, inner)| {
            let title = bench.text_of(inner.attribute("value").unwrap_or_default());
            let is_named = opened.iter().any(|name| *name == title || *name == at.to_string());
            panel(title, is(inner, "open", is_named), group.clone(), children(inner))
        })
        .collect_view();
    view! { <div class="collapse" data-bordered=bordered>{panels}</div> }.into_any()
}

fn panel(title: String, open: bool, group: Option<String>, inside: AnyView) -> AnyView {
    let title = if title.is_empty() { "More".to_owned() } else { title };
    view! {
        <details class="collapse-panel" open=open name=group>
            <summary class="collapse-title" dir="auto"><Icon icon=lu::LuChevronRight/><span>{title}</span></summary>
            <div class="collapse-inside">{inside}</div>
        </details>
    }
    .into_any()
}
