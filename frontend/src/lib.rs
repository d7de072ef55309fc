//! The browser half: brings the server's page to life, and nothing else.

/// Called by the page's script once the WebAssembly has loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
    // From now on clicks and keys do something: style sheets and browser tests wait for this.
    if let Some(html) = leptos::prelude::document().document_element() {
        html.toggle_attribute_with_force("data-hydrated", true).expect("the attribute's name is a valid one");
    }
}
