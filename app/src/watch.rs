//! Following something that changes on the server, by server-sent events.

use leptos::prelude::*;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

/// Keeps `state` as the server tells it at `address`, until it `is_over` or the page is left. The browser reconnects by
/// itself. Does nothing while drawing on the server.
pub fn watch<T>(address: String, state: RwSignal<T>, is_over: fn(&T) -> bool)
where
    T: DeserializeOwned + Send + Sync + 'static,
{
    // All of it belongs to the browser's one thread, so it is made where only the browser comes: in an effect.
    Effect::new(move |_| {
        if state.with_untracked(is_over) {
            return;
        }
        let Ok(source) = EventSource::new(&address) else { return };
        let source = StoredValue::new_local(source);
        let close = move || {
            // Gone already when the page was left first.
            let _closed = source.try_with_value(EventSource::close);
        };
        let told = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            let Ok(now) = serde_json::from_str::<T>(&text) else { return };
            let over = is_over(&now);
            // Nothing is left to tell on a page that was left.
            let _missed = state.try_set(now);
            if over {
                close();
            }
        });
        // The browser keeps the function for as long as it may call it.
        let told = told.into_js_value();
        source.with_value(|source| source.set_onmessage(Some(told.unchecked_ref())));
        on_cleanup(close);
    });
}
