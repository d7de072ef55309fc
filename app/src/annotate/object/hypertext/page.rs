//! The page in its frame: its text nodes, counted once and then cut where labels begin and end.

use domain::region::Leaf;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlElement, Node};

use crate::annotate::object::reading::Piece;

const SHEET: &str = concat!(
    include_str!("frame.css"),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../style/annotate/object/marks.css")),
);

/// A page that is shown. Nodes belong to the frame; they are gone when it is.
pub(super) struct Page {
    document: Document,
    pub(super) body: HtmlElement,
    pub(super) leaves: Vec<Leaf>,
    /// Where each text node stands; none for those between the rows of tables, which nobody can select.
    places: Vec<Option<Element>>,
    shown: Vec<Vec<Piece>>,
}

impl Page {
    /// Takes over the page that a frame has loaded.
    pub(super) fn open(frame: &JsValue) -> Option<Self> {
        let document = js_sys::Reflect::get(frame, &JsValue::from_str("contentDocument")).ok()?;
        if document.is_null() || document.is_undefined() {
            return None;
        }
        let document: Document = document.unchecked_into();
        let body = document.body()?;
        dress(frame, &document);
        // What was taken out may have left two text nodes where there is one to see.
        body.normalize();
        let mut found = Vec::new();
        collect(&body, "", &mut found);
        let mut leaves = Vec::with_capacity(found.len());
        let mut places = Vec::with_capacity(found.len());
        for (path, node) in found {
            let text = node.node_value().unwrap_or_default();
            places.push(hold(&document, &node, leaves.len(), &text));
            leaves.push(Leaf { path, text });
        }
        let shown = vec![Vec::new(); leaves.len()];
        Some(Self { document, body, leaves, places, shown })
    }

    /// Shows the pieces of every text node; those that look as before are left alone.
    pub(super) fn show(&mut self, pieces: Vec<Vec<Piece>>) {
        for (at, pieces) in pieces.into_iter().enumerate() {
            if self.shown.get(at).is_none_or(|before| *before == pieces) {
                continue;
            }
            if let Some(Some(place)) = self.places.get(at) {
                place.set_text_content(None);
                for piece in &pieces {
                    piece.append_to(&self.document, place);
                }
            }
            self.shown[at] = pieces;
        }
    }

    /// How tall the page is, in CSS pixels.
    pub(super) fn height(&self) -> i32 {
        // What scrolls it sideways takes its own place below.
        let bar = || {
            let (view, root) = (self.document.default_view()?, self.document.document_element()?);
            Some(view.inner_height().ok()?.as_f64()? - f64::from(root.client_height()))
        };
        // With the frame's two borders.
        let height = self.body.get_bounding_client_rect().height() + bar().unwrap_or(0.0) + 2.0;
        format!("{:.0}", height.ceil().clamp(48.0, 1e6)).parse().unwrap_or(48)
    }
}

/// The style sheet of pages: made in the frame's own world, since the site's policy lets no page bring its own.
fn dress(frame: &JsValue, document: &Document) {
    let get = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &JsValue::from_str(name)).ok();
    let made = || {
        let class: js_sys::Function = get(&get(frame, "contentWindow")?, "CSSStyleSheet")?.dyn_into().ok()?;
        let sheet = js_sys::Reflect::construct(&class, &js_sys::Array::new()).ok()?;
        let replace: js_sys::Function = get(&sheet, "replaceSync")?.dyn_into().ok()?;
        replace.call1(&sheet, &JsValue::from_str(SHEET)).ok()?;
        js_sys::Reflect::set(document, &JsValue::from_str("adoptedStyleSheets"), &js_sys::Array::of1(&sheet)).ok()
    };
    // A browser without such style sheets shows the page in its own.
    let _ = made();
}

/// Text nodes in the order they are read, each with its path from the body.
fn collect(parent: &Node, path: &str, found: &mut Vec<(String, Node)>) {
    let mut counts: Vec<(String, usize)> = Vec::new();
    let mut next = parent.first_child();
    while let Some(node) = next {
        next = node.next_sibling();
        let name = match node.node_type() {
            Node::TEXT_NODE => "text()".to_owned(),
            Node::ELEMENT_NODE => node.node_name().to_ascii_lowercase(),
            _ => continue,
        };
        let number = match counts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => {
                *count += 1;
                *count
            }
            None => {
                counts.push((name.clone(), 1));
                1
            }
        };
        let path = format!("{path}/{name}[{number}]");
        if node.node_type() == Node::TEXT_NODE {
            found.push((path, node));
        } else {
            collect(&node, &path, found);
        }
    }
}

/// Puts a text node into an element of its own, which the pieces of it then stand in.
fn hold(document: &Document, node: &Node, at: usize, text: &str) -> Option<Element> {
    let parent = node.parent_node()?;
    let is_between = ["TABLE", "THEAD", "TBODY", "TFOOT", "TR", "COLGROUP", "UL", "OL", "DL"]
        .contains(&parent.node_name().to_ascii_uppercase().as_str());
    if is_between && text.trim().is_empty() {
        return None;
    }
    let place = document.create_element("span").ok()?;
    place.set_attribute("data-part", &at.to_string()).ok()?;
    parent.replace_child(&place, node).ok()?;
    place.append_child(node).ok()?;
    Some(place)
}
