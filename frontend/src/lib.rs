//! The browser half: brings the server's page to life, and nothing else.

/// Called by the page's script once the WebAssembly has loaded. Ends when the page is alive, which may have to wait for the
/// piece of code that this page alone needs.
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_from_async(leptos::tachys::dom::body(), app::App).await.forget();
    // From now on clicks and keys do something: style sheets and browser tests wait for this.
    if let Some(html) = leptos::prelude::document().document_element() {
        html.toggle_attribute_with_force("data-hydrated", true).expect("the attribute's name is a valid one");
    }
}
