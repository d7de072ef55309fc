//! `<Repeater>`: what is repeated, written out for the task: all of it below each other, or page by page.

use domain::label_config::{Element, Node};
use leptos::prelude::*;

use crate::annotate::tree::{Tree, children};
use crate::ui::{Button, Size, lu};

pub(super) fn view(element: &Element) -> AnyView {
    let is_paged = element.attribute("mode").is_some_and(|mode| mode.trim().eq_ignore_ascii_case("pagination"));
    let entries: Vec<Element> = element.elements().cloned().collect();
    let count = entries.len();
    if count == 0 {
        return view! { <p class="muted small">"This task has nothing to repeat here."</p> }.into_any();
    }
    if !is_paged || count == 1 {
        let all = Element { children: entries.into_iter().map(Node::Element).collect(), ..element.clone() };
        return view! { <div class="view repeated">{children(&all)}</div> }.into_any();
    }
    let at = RwSignal::new(0_usize);
    let pages = entries
        .into_iter()
        .enumerate()
        .map(
            |(number, entry)| view! { <div class="view" hidden=move || at.get() != number><Tree element=entry/></div> },
        )
        .collect_view();
    view! {
        <section class="view repeated" aria-label="Entries, page by page">
            <div class="repeated-bar">
                <Button
                    size=Size::Small
                    icon=lu::LuChevronLeft
                    disabled=Signal::derive(move || at.get() == 0)
                    on:click=move |_| at.update(|at| *at = at.saturating_sub(1))
                >
                    "Previous"
                </Button>
                <span class="num muted small" role="status">{move || format!("{} of {count}", at.get() + 1)}</span>
                <Button
                    size=Size::Small
                    icon=lu::LuChevronRight
                    disabled=Signal::derive(move || at.get() + 1 >= count)
                    on:click=move |_| at.update(|at| *at = (*at + 1).min(count - 1))
                >
                    "Next"
                </Button>
            </div>
            {pages}
        </section>
    }
    .into_any()
}
