//! Icons: Lucide outlines, drawn inline so that they take the color of the words beside them.

/// The outlines, by name: `lu::LuFolder`.
pub use icondata_lu as lu;

use leptos::prelude::*;

/// One outline.
pub type Glyph = icondata_core::Icon;

/// An outline next to words. It says nothing to a screen reader: the words do.
#[component]
pub fn Icon(icon: Glyph) -> impl IntoView {
    view! {
        <svg
            class="icon"
            viewBox="0 0 24 24"
            fill="none"
            stroke="currentColor"
            stroke-width="1.75"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
            inner_html=icon.data
        ></svg>
    }
}

/// A dot in a color that people chose for a workspace or a project, by its name in the style sheet: `indigo`.
#[component]
pub fn ColorDot(#[prop(into)] color: String) -> impl IntoView {
    view! { <span class="color-dot" data-color=color aria-hidden="true"></span> }
}
