//! `<Repeater>`: what is repeated, written out for the task: all of it below each other, or page by page.

use domain::label_config::{Element, Node};
use leptos::prelude::*;

use crate::annotate::bench::use_bench;
use crate::annotate::tree::{Tree, children};
use crate::ui::{Button, Size, lu};

/// What the controls of an entry are called.
fn names(element: &Element) -> Vec<String> {
    let own = element.attribute("name").map(str::to_owned);
    own.into_iter().chain(element.elements().flat_map(names)).collect()
}

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
    // What keeps the work from being submitted is on the page that comes up.
    let controls: Vec<Vec<String>> = entries.iter().map(names).collect();
    let bench = use_bench();
    Effect::new(move |_| {
        let wanted = bench
            .problems
            .with(|problems| problems.first().and_then(|problem| problem.field.as_deref().map(str::to_owned)));
        let is_on = |page: &Vec<String>| wanted.as_ref().is_some_and(|wanted| page.contains(wanted));
        if let Some(page) = controls.iter().position(is_on) {
            at.set(page);
        }
    });
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
