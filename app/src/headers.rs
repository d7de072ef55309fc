//! Headers of people's own in a form: for whatever calls somebody else's server.

use domain::webhook::{Header, MAX_HEADERS};
use leptos::prelude::*;

use crate::ui::{Button, IconButton, Size, TextField, lu};

/// One header while it is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Typed {
    key: u32,
    name: RwSignal<String>,
    value: RwSignal<String>,
    /// Its value is stored, and not shown.
    is_known: bool,
}

/// Those that are stored.
pub(crate) fn known(headers: &[Header]) -> RwSignal<Vec<Typed>> {
    let typed = |(key, header): (u32, &Header)| Typed {
        key,
        name: RwSignal::new(header.name.clone()),
        value: RwSignal::new(String::new()),
        is_known: true,
    };
    RwSignal::new((0..).zip(headers).map(typed).collect())
}

/// As a form sends them: without those nobody has filled in.
pub(crate) fn typed(headers: RwSignal<Vec<Typed>>) -> Vec<Header> {
    let typed = headers.get_untracked().into_iter().filter_map(|typed| {
        let (name, value) = (typed.name.get_untracked(), typed.value.get_untracked());
        if name.trim().is_empty() && value.is_empty() {
            return None;
        }
        let value = (!typed.is_known || !value.is_empty()).then_some(value);
        Some(Header { name, value })
    });
    typed.collect()
}

/// Headers that go along, each with its name and its value.
#[component]
pub(crate) fn Headers(headers: RwSignal<Vec<Typed>>) -> impl IntoView {
    let next = StoredValue::new(headers.with_untracked(|all| u32::try_from(all.len()).unwrap_or(0)));
    let add = move || {
        let key = next.get_value();
        next.set_value(key + 1);
        let typed =
            Typed { key, name: RwSignal::new(String::new()), value: RwSignal::new(String::new()), is_known: false };
        headers.update(|all| all.push(typed));
    };
    view! {
        <fieldset class="webhook-headers">
            <legend>"Headers of your own"</legend>
            <p class="field-help">"As for signing in over there. Values are stored encrypted and never shown again."</p>
            <For each=move || headers.get() key=|typed| typed.key let:typed>
                <div class="webhook-header">
                    <TextField
                        name="header_name"
                        id=format!("header-name-{}", typed.key)
                        label="Name"
                        bind=typed.name
                        autocomplete="off"
                        placeholder="Authorization"
                        max_length=100_u32
                    />
                    <TextField
                        name="header_value"
                        id=format!("header-value-{}", typed.key)
                        label="Value"
                        bind=typed.value
                        autocomplete="off"
                        placeholder=if typed.is_known { "•••••••• (stored)" } else { "" }
                        max_length=4096_u32
                    />
                    <IconButton
                        icon=lu::LuX
                        label="Remove this header".to_owned()
                        on:click=move |_| headers.update(|all| all.retain(|other| other.key != typed.key))
                    />
                </div>
            </For>
            <Show when=move || headers.with(|all| all.len() < MAX_HEADERS)>
                <Button size=Size::Small icon=lu::LuPlus on:click=move |_| add()>"Add a header"</Button>
            </Show>
        </fieldset>
    }
    .into_any()
}
