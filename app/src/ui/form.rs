//! Forms: one error shown at the input it belongs to, or above the buttons when it belongs to none.

use std::str::FromStr;

use leptos::context::Provider;
use leptos::prelude::*;
use leptos::server_fn::client::Client;
use leptos::server_fn::codec::PostUrl;
use leptos::server_fn::request::ClientReq;
use leptos::server_fn::{Http, ServerFn};
use leptos::{ev, html};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;

use super::ErrorBanner;
use crate::error::AppError;

/// What the parts of a form share.
#[derive(Clone, Copy)]
pub(super) struct FormState {
    pub(super) error: Signal<Option<AppError>>,
    pub(super) pending: Signal<bool>,
    /// The names that have an input, so that an error on any other name is shown above the buttons.
    fields: StoredValue<Vec<&'static str>>,
}

impl FormState {
    pub(super) fn register(self, name: &'static str) {
        self.fields.update_value(|fields| {
            if !fields.contains(&name) {
                fields.push(name);
            }
        });
    }

    fn unplaced(self) -> Option<AppError> {
        self.error
            .get()
            .filter(|error| error.field().is_none_or(|field| self.fields.with_value(|fields| !fields.contains(&field))))
    }
}

pub(super) fn use_form() -> Option<FormState> {
    use_context::<FormState>()
}

/// Gives the inputs inside an error and a pending state that come from elsewhere than an action.
#[component]
pub fn FormScope(
    #[prop(into)] error: Signal<Option<AppError>>,
    #[prop(optional, into)] pending: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let state = FormState { error, pending, fields: StoredValue::new(Vec::new()) };
    // Its own: given to the page around it, it would reach the inputs of other forms as well.
    view! { <Provider value=state>{children()}</Provider> }
}

/// A form that calls a server function: by fetch once the page is alive, by plain POST before that.
///
/// On an error the first input that is wrong gets the focus.
#[component]
pub fn Form<F, P>(
    action: ServerAction<F>,
    /// Names the form for screen readers.
    #[prop(optional, into)]
    label: Option<String>,
    children: Children,
) -> impl IntoView
where
    F: DeserializeOwned + ServerFn<Protocol = Http<PostUrl, P>, Error = AppError> + Clone + Send + Sync + 'static,
    <<F::Client as Client<AppError>>::Request as ClientReq<AppError>>::FormData: From<web_sys::FormData>,
    F::Output: Send + Sync + Clone + 'static,
    F::Client: Client<AppError>,
{
    let value = action.value();
    let error =
        Signal::derive(move || value.with(|value| value.as_ref().and_then(|done| done.as_ref().err().cloned())));
    let pending = Signal::from(action.pending());
    let state = FormState { error, pending, fields: StoredValue::new(Vec::new()) };
    let form = NodeRef::<html::Form>::new();
    focus_first_error(form, error);
    view! {
        <ActionForm action node_ref=form attr:class="form" attr:aria-label=label attr:novalidate="">
            <Provider value=state>{children()}</Provider>
        </ActionForm>
    }
}

/// The end of a form: an error that belongs to no input, then the buttons.
#[component]
pub fn FormActions(
    /// Buttons at the end of the line, as in dialogs.
    #[prop(optional)]
    end: bool,
    children: Children,
) -> impl IntoView {
    let form = use_form();
    view! {
        {form.map(|form| move || form.unplaced().map(|error| view! { <ErrorBanner error/> }))}
        <div class="form-actions" data-end=end.then_some("")>
            {children()}
        </div>
    }
}

/// The number that was typed. What is none is told to the server as `nonsense`, a number outside the field's limits, and
/// refused with the field's own sentence.
pub(crate) fn number_in<N: FromStr>(typed: &str, nonsense: N) -> N {
    typed.trim().parse().unwrap_or(nonsense)
}

/// As many as a field counts.
pub(crate) fn length(most: usize) -> u32 {
    u32::try_from(most).unwrap_or(u32::MAX)
}

/// Once an error has been drawn, puts the cursor where it has to be mended; what belongs to no input is brought into sight.
pub(crate) fn focus_first_error(form: NodeRef<html::Form>, error: Signal<Option<AppError>>) {
    Effect::new(move |_| {
        if error.with(Option::is_none) {
            return;
        }
        let Some(form) = form.get() else { return };
        request_animation_frame(move || {
            if let Ok(Some(input)) = form.query_selector("[aria-invalid=true]")
                && let Some(input) = input.dyn_ref::<web_sys::HtmlElement>()
            {
                // An input that cannot take the focus has no way to be mended either; nothing is lost by not moving.
                let _ = input.focus();
            } else if let Ok(Some(banner)) = form.query_selector(".banner[role=alert]") {
                banner.scroll_into_view();
            }
        });
    });
}

/// What was typed, from an `input` event.
pub(super) fn typed(event: &ev::Event) -> String {
    event_target_value(event)
}
