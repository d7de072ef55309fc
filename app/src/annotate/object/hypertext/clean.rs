//! Pages of others, made harmless before they are shown: nothing in them runs, sends, loads pages or leads away.
//!
//! The frame they are shown in runs no scripts anyway; this is the first of two walls. Elements that only arrange stay, so
//! that paths to what is labeled lead where they lead elsewhere.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, Node};

use crate::annotate::safe::safe_address;

/// What goes with all that is in it.
const UNWANTED: [&str; 26] = [
    "script", "noscript", "style", "title", "link", "meta", "base", "iframe", "frame", "frameset", "object", "embed",
    "applet", "portal", "template", "form", "input", "button", "textarea", "select", "option", "dialog", "svg", "math",
    "audio", "video",
];

/// Attributes that hold an address, and what they may lead to.
const ADDRESSES: [&str; 4] = ["href", "src", "cite", "poster"];

/// Attributes that stay, besides addresses.
const WANTED: [&str; 24] = [
    "abbr",
    "align",
    "alt",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "color",
    "colspan",
    "datetime",
    "dir",
    "face",
    "headers",
    "height",
    "lang",
    "reversed",
    "rowspan",
    "scope",
    "size",
    "start",
    "style",
    "title",
    "valign",
    "width",
];

/// Whether an element stays.
fn keeps(tag: &str) -> bool {
    !UNWANTED.contains(&tag)
}

/// What an attribute says once it is harmless; `None` for one that goes.
fn kept(name: &str, value: &str) -> Option<String> {
    if WANTED.contains(&name) {
        return Some(value.to_owned());
    }
    if name == "href" {
        let address = value.trim();
        let lower = address.to_ascii_lowercase();
        let is_safe = ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme));
        return is_safe.then(|| address.to_owned());
    }
    ADDRESSES.contains(&name).then(|| safe_address(value)).filter(|address| !address.is_empty())
}

/// The harmless part of a page, as HTML. Nothing in it is loaded or run meanwhile; `None` in a browser that cannot do that.
pub(super) fn clean(html: &str) -> Option<String> {
    let page = inert()?;
    let body: Element = page.body()?.unchecked_into();
    body.set_inner_html(html);
    walk(&body);
    Some(body.inner_html())
}

/// A document that is never shown.
fn inert() -> Option<Document> {
    let makers = js_sys::Reflect::get(document().as_ref(), &JsValue::from_str("implementation")).ok()?;
    let make = js_sys::Reflect::get(&makers, &JsValue::from_str("createHTMLDocument")).ok()?;
    let made = make.dyn_into::<js_sys::Function>().ok()?.call1(&makers, &JsValue::from_str("")).ok()?;
    Some(made.unchecked_into())
}

/// Browsers nest no deeper than 512 elements when they read HTML.
fn walk(element: &Element) {
    let mut next = element.first_child();
    while let Some(node) = next {
        next = node.next_sibling();
        match node.node_type() {
            Node::TEXT_NODE => {}
            Node::ELEMENT_NODE => {
                let child: Element = node.unchecked_into();
                if keeps(&child.local_name()) {
                    scrub(&child);
                    walk(&child);
                } else {
                    child.remove();
                }
            }
            // Comments say nothing to people.
            _ => drop(element.remove_child(&node)),
        }
    }
}

fn scrub(element: &Element) {
    for name in element.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        let value = element.get_attribute(&name).unwrap_or_default();
        match kept(&name.to_ascii_lowercase(), &value) {
            Some(same) if same == value => {}
            // Refused only for names that no attribute can have.
            Some(other) => drop(element.set_attribute(&name, &other)),
            None => drop(element.remove_attribute(&name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_sends_or_leads_away_goes() {
        for tag in ["script", "iframe", "form", "svg", "meta", "base", "object"] {
            assert!(!keeps(tag), "{tag}");
        }
        for tag in ["p", "table", "b", "img", "a", "article", "custom-element"] {
            assert!(keeps(tag), "{tag}");
        }
        let table = [
            ("onclick", "x()", None),
            ("srcdoc", "<p>", None),
            ("id", "app", None),
            ("data-part", "3", None),
            ("formaction", "/", None),
            ("href", "javascript:x()", None),
            ("href", " https://a.test/ ", Some("https://a.test/")),
            ("href", "/projects", None),
            ("src", "javascript:x()", None),
            ("src", "data:image/png;base64,AA", Some("data:image/png;base64,AA")),
            ("src", "data:text/html,x", None),
            ("style", "color: red", Some("color: red")),
            ("colspan", "2", Some("2")),
        ];
        for (name, value, expected) in table {
            assert_eq!(kept(name, value).as_deref(), expected, "{name}={value}");
        }
    }
}
