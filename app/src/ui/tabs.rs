//! Views of the same thing: tabs have addresses, segments have not.

use leptos::{html, prelude::*};
use leptos_router::components::A;
use wasm_bindgen::JsCast;

use super::{Choice, Glyph, Icon};

/// A line of tabs.
#[component]
pub fn Tabs(
    /// What they are views of, read out.
    #[prop(into)]
    label: String,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Nav>::new();
    Effect::new(move |_| {
        if let Some(tabs) = node.get() {
            // By then the links know which of them is the page one is on.
            request_animation_frame(move || show_current(&tabs));
        }
    });
    view! { <nav class="tabs" aria-label=label node_ref=node>{children()}</nav> }
}

/// On a narrow screen the tab one is on may be beyond the edge.
fn show_current(tabs: &web_sys::HtmlElement) {
    /// Pixels that show of what comes next.
    const MORE: i32 = 32;
    let Ok(Some(current)) = tabs.query_selector("[aria-current]") else { return };
    let Some(current) = current.dyn_ref::<web_sys::HtmlElement>() else { return };
    let start = current.offset_left() - tabs.offset_left();
    let end = start + current.offset_width();
    if end + MORE > tabs.scroll_left() + tabs.client_width() {
        tabs.set_scroll_left(end + MORE - tabs.client_width());
    } else if start - MORE < tabs.scroll_left() {
        tabs.set_scroll_left(start - MORE);
    }
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
