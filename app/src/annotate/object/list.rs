//! `<List>`: items with a heading and a text. Where a `<Ranker>` is about them, it shows them and this only says what they are.

use domain::answer::items_of;
use leptos::prelude::*;

use super::Shown;
use super::trouble::unreadable;
use crate::annotate::safe::plain_text;

pub(super) fn view(shown: &Shown) -> AnyView {
    let is_ranked = shown.bench.config.with_value(|config| {
        config.controls.iter().any(|control| control.tag == "Ranker" && control.to_names.contains(&shown.name))
    });
    let title = shown.get("title").to_owned();
    let heading = (!title.is_empty()).then(|| view! { <h5 class="header" dir="auto">{title}</h5> });
    if is_ranked {
        return heading.into_any();
    }
    let items = shown.value.as_ref().map(items_of).unwrap_or_default();
    if items.is_empty() {
        return unreadable("This task has no items here.");
    }
    let rows = items
        .into_iter()
        .map(|item| {
            let body = if item.body.is_empty() { plain_text(&item.html) } else { item.body };
            view! {
                <li class="list-item">
                    {(!item.title.is_empty()).then(|| view! { <p class="strong" dir="auto">{item.title}</p> })}
                    {(!body.is_empty()).then(|| view! { <p class="list-body" dir="auto">{body}</p> })}
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="list-object" aria-label=shown.name.clone()>
            {heading}
            <ol class="list-items">{rows}</ol>
        </section>
    }
    .into_any()
}
