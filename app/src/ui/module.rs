//! Modules that a page loads when it needs them.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(inline_js = "export const loadModule = (path) => import(path);")]
extern "C" {
    /// The module at an address of this site.
    #[wasm_bindgen(catch, js_name = loadModule)]
    pub(crate) async fn load_module(path: &str) -> Result<JsValue, JsValue>;
}
