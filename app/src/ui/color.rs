//! Colors to choose from.

use domain::org::COLORS;
use leptos::prelude::*;

/// A row of colors, one of them chosen.
#[component]
pub fn ColorField(color: RwSignal<String>) -> impl IntoView {
    let dots = COLORS
        .into_iter()
        .map(|name| {
            view! {
                <label class="color-choice" data-color=name title=name>
                    <input
                        type="radio"
                        name="color"
                        value=name
                        aria-label=name
                        prop:checked=move || color.with(|color| color == name)
                        checked=color.with_untracked(|color| color == name)
                        on:change=move |_| color.set(name.to_owned())
                    />
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field">
            <legend class="field-label">"Color"</legend>
            <div class="color-choices">{dots}</div>
        </fieldset>
    }
}
