//! Objects: what is labeled. One file per tag; [`view`] is the only place that knows which.
//!
//! The view of an object gets a [`Shown`]: the element as written, the task's data behind it, and the work. It shows the
//! regions the editor has for its name and hands what people do to the editor; it keeps nothing of the work itself.
//! What is painted rather than styled asks [`crate::shell::use_theme`] for light and dark. Conditions (`visibleWhen`) are the
//! tree's, undo, drafts and results are the editor's.

mod audio;
mod chat;
mod far;
mod hypertext;
mod image;
mod list;
mod other;
mod paragraphs;
mod pdf;
mod pictures;
mod reading;
mod series;
mod source;
mod table;
mod text;
mod tiles;
mod trouble;
mod video;

use domain::label_config::Element;
use leptos::prelude::*;
use serde_json::Value;

use super::bench::Bench;
use super::safe::safe_address;
use crate::later::late;

// What runs along a line is painted by scripts alone, and most tasks have no sound, film or series.
late! {
    lines: fn line(shown: Shown) {
        match shown.element.tag.as_str() {
            "Audio" => audio::view(&shown),
            "Video" => video::view(&shown),
            _ => series::view(&shown),
        }
    }
}

// A page in a frame is never drawn by the server; chats and documents are among the rarer objects.
late! {
    rare: fn seldom(shown: Shown) {
        match shown.element.tag.as_str() {
            "Chat" => chat::view(&shown),
            "Pdf" => pdf::view(&shown),
            _ => hypertext::view(&shown),
        }
    }
}

/// What the view of an object gets.
#[derive(Clone)]
pub(super) struct Shown {
    /// As written, with what is inside: channels of a time series, say.
    pub(super) element: Element,
    /// Its name, which its regions refer to.
    pub(super) name: String,
    /// The task's data behind `value`, or behind `valueList`; none where the task lacks it.
    pub(super) value: Option<Value>,
    /// The editor, and signals that say what of it has changed.
    pub(super) bench: Bench,
}

impl Shown {
    fn new(bench: Bench, element: Element) -> Self {
        let written = element.attribute("value").or_else(|| element.attribute("valueList")).map(str::to_owned);
        Self {
            name: element.attribute("name").unwrap_or_default().to_owned(),
            value: written.and_then(|written| bench.value_of(&written)),
            bench,
            element,
        }
    }

    /// An attribute as written; empty where absent.
    pub(super) fn get(&self, name: &str) -> &str {
        self.element.attribute(name).unwrap_or_default()
    }

    /// The data as text.
    pub(super) fn text(&self) -> String {
        match &self.value {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        }
    }

    /// The data as an address that media may come from; empty for any other.
    pub(super) fn address(&self) -> String {
        safe_address(&self.text())
    }
}

/// The view of an object.
pub(super) fn view(bench: Bench, element: Element) -> AnyView {
    let shown = Shown::new(bench, element);
    match shown.element.tag.as_str() {
        "Image" if shown.get("value").is_empty() && !shown.get("valueList").is_empty() => pictures::view(&shown),
        "Image" => image::view(&shown),
        "Audio" | "Video" | "TimeSeries" => line(shown),
        "Text" => text::view(&shown),
        "HyperText" | "Chat" | "Pdf" => seldom(shown),
        "Paragraphs" => paragraphs::view(&shown),
        "List" => list::view(&shown),
        "Table" => table::view(&shown),
        _ => other::view(&shown),
    }
}
