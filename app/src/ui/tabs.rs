//! Views of the same thing: tabs have addresses, segments have not.

use leptos::prelude::*;
use leptos_router::components::A;

use super::{Choice, Glyph, Icon};

/// A line of tabs.
#[component]
pub fn Tabs(
    /// What they are views of, read out.
    #[prop(into)]
    label: String,
    children: Children,
) -> impl IntoView {
    view! { <nav class="tabs" aria-label=label>{children()}</nav> }
}

/// One tab: a link.
#[component]
pub fn Tab(
    #[prop(into)] href: String,
    /// Only this very address, not what is under it.
    #[prop(optional)]
    exact: bool,
    #[prop(optional, into)] icon: Option<Glyph>,
    children: Children,
) -> impl IntoView {
    view! {
        <A href=href exact attr:class="tab">
            {icon.map(|icon| view! { <Icon icon/> })}
            <span>{children()}</span>
        </A>
    }
}

/// One of a few views or filters, in effect at once.
#[component]
pub fn Segments(
    #[prop(into)] label: String,
    #[prop(into)] choices: Vec<Choice>,
    #[prop(into)] value: Signal<String>,
    on_change: Callback<String>,
) -> impl IntoView {
    let segments = choices
        .into_iter()
        .map(|choice| {
            let own = choice.value.clone();
            let sent = choice.value;
            view! {
                <button
                    class="segment"
                    type="button"
                    aria-pressed=move || if value.with(|value| *value == own) { "true" } else { "false" }
                    on:click=move |_| on_change.run(sent.clone())
                >
                    {choice.icon.map(|icon| view! { <Icon icon/> })}
                    <span>{choice.label}</span>
                </button>
            }
        })
        .collect_view();
    view! { <div class="segments" role="group" aria-label=label>{segments}</div> }
}
