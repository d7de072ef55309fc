//! `<Style>`: rules for the interface alone, made harmless. They go to the browser as a style sheet of their own, which
//! leaves with the view.

use domain::label_config::{Element, Node, scoped};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

use crate::annotate::safe::safe_style;

/// Where the interface is on the page.
const SCOPE: &str = ".stage";

pub(super) fn view(element: &Element) -> AnyView {
    let written: String = element
        .children
        .iter()
        .filter_map(|child| if let Node::Text(text) = child { Some(text.as_str()) } else { None })
        .collect();
    let css = scoped(&written, SCOPE, safe_style);
    if !css.is_empty() {
        Effect::new(move |_| {
            let Some(sheet) = sheet(&css) else { return };
            change(|sheets| {
                sheets.push(&sheet);
            });
            let held = StoredValue::new_local(sheet);
            on_cleanup(move || {
                // Gone already when the whole page goes.
                let _ = held.try_with_value(|sheet| {
                    change(|sheets| {
                        let kept = sheets.iter().filter(|known| known != sheet).collect::<js_sys::Array>();
                        sheets.set_length(0);
                        kept.iter().for_each(|known| {
                            sheets.push(&known);
                        });
                    });
                });
            });
        });
    }
    ().into_any()
}

/// A style sheet made by the page itself, which its policy allows; `None` in a browser without such.
fn sheet(css: &str) -> Option<JsValue> {
    let class = js_sys::Reflect::get(&window(), &"CSSStyleSheet".into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
    let sheet = js_sys::Reflect::construct(&class, &js_sys::Array::new()).ok()?;
    let replace = js_sys::Reflect::get(&sheet, &"replaceSync".into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
    replace.call1(&sheet, &css.into()).ok()?;
    Some(sheet)
}

fn change(change: impl FnOnce(&js_sys::Array)) {
    let key = JsValue::from("adoptedStyleSheets");
    let Ok(present) = js_sys::Reflect::get(&document(), &key) else { return };
    let sheets = js_sys::Array::from(&present);
    change(&sheets);
    // Refused by browsers that have no such sheets, where none was made either.
    let _ = js_sys::Reflect::set(&document(), &key, &sheets);
}
