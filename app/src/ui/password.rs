//! A password: hidden until asked for, kind to password managers.

use leptos::{ev, prelude::*};

use super::field::Frame;
use super::form::typed;
use super::{IconButton, Size, lu};

/// A password input with a button that shows what was typed.
#[component]
pub fn PasswordField(
    name: &'static str,
    #[prop(into)] label: String,
    /// `current-password` or `new-password`: tells a password manager what to do.
    autocomplete: &'static str,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional, into)] on_change: Option<Callback<String>>,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let frame = Frame::new(name, id, help.is_some());
    let (invalid, described_by, mending) = (frame.invalid(), frame.described_by, frame.mending);
    let shown = RwSignal::new(false);
    let on_input = move |event: ev::Event| {
        mending.set(true);
        if let Some(on_change) = on_change {
            on_change.run(typed(&event));
        }
    };
    view! {
        <div class="field">
            {frame.head(label, false)}
            <div class="input-frame">
                <input
                    class="input"
                    id=frame.id.clone()
                    name=name
                    type=move || if shown.get() { "text" } else { "password" }
                    autocomplete=autocomplete
                    required=true
                    autofocus=autofocus
                    maxlength="256"
                    spellcheck="false"
                    autocapitalize="none"
                    aria-invalid=move || invalid.get()
                    aria-describedby=move || described_by.get()
                    on:input=on_input
                />
                <span class="input-end">
                    {move || {
                        let shown_now = shown.get();
                        view! {
                            <IconButton
                                icon=if shown_now { lu::LuEyeOff } else { lu::LuEye }
                                label=if shown_now { "Hide the password" } else { "Show the password" }.to_owned()
                                size=Size::Small
                                pressed=shown_now
                                on:click=move |_| shown.update(|shown| *shown = !*shown)
                            />
                        }
                    }}
                </span>
            </div>
            {frame.foot(help)}
        </div>
    }
}
