//! What can be looked at but not edited in this version: shown as it is, its results left untouched.

use domain::label_config::{Element, find_tag};
use editor::annotate::attribute;
use leptos::prelude::*;
use serde_json::Value;

use super::bench::{Bench, use_bench};
use super::tree::safe_address;
use crate::ui::{Icon, lu};

/// The most rows of a table or list that are shown.
const MOST_ROWS: usize = 200;

/// A control without an editor, in a sentence.
#[component]
pub(super) fn NotYet(tag: String, name: String) -> impl IntoView {
    let bench = use_bench();
    let count = bench.peek(|editor| editor.results().iter().filter(|item| item.from_name() == name).count());
    let kept = match count {
        0 => String::new(),
        1 => " One answer is stored and stays as it is.".to_owned(),
        n => format!(" {n} answers are stored and stay as they are."),
    };
    view! {
        <p class="not-yet" data-control=name.clone()>
            <Icon icon=lu::LuInfo/>
            <span>{format!("“{name}” ({tag}) cannot be answered in this version.{kept}")}</span>
        </p>
    }
    .into_any()
}

/// Anything else of an interface.
#[component]
pub(super) fn Presented(element: Element) -> impl IntoView {
    let bench = use_bench();
    let name = attribute(&element.attributes, "name").unwrap_or_default().to_owned();
    let is_control = attribute(&element.attributes, "toName").is_some();
    if is_control {
        return view! { <NotYet tag=element.tag.clone() name/> }.into_any();
    }
    let written = attribute(&element.attributes, "value").or_else(|| attribute(&element.attributes, "valueList"));
    let value = written.and_then(|written| bench.value_of(written));
    let Some(value) = value else {
        // Elements without data of their own only arrange others.
        let inner = element.children.iter().filter_map(|child| match child {
            domain::label_config::Node::Element(inner) if find_tag(&inner.tag).is_some() => Some(inner.clone()),
            _ => None,
        });
        return inner.map(|element| view! { <super::tree::Tree element/> }).collect_view().into_any();
    };
    let address = || value.as_str().map(safe_address).filter(|address| !address.is_empty());
    match (element.tag.as_str(), address()) {
        ("Audio" | "AudioPlus", Some(src)) => {
            view! { <audio class="presented-media" controls=true preload="metadata" src=src aria-label=name></audio> }
                .into_any()
        }
        ("Video", Some(src)) => {
            view! { <video class="presented-media" controls=true preload="metadata" src=src aria-label=name></video> }
                .into_any()
        }
        ("Pdf" | "PDF" | "Text" | "TimeSeries", Some(href)) if href.contains("://") || href.starts_with('/') => view! {
            <p class="presented-link">
                <Icon icon=lu::LuFileText/>
                <a href=href.clone() target="_blank" rel="noopener noreferrer">{href.clone()}</a>
            </p>
        }
        .into_any(),
        ("Image", _) => pictures(&value),
        _ => fields(bench, &value),
    }
}

fn pictures(value: &Value) -> AnyView {
    let list = match value {
        Value::Array(list) => list.clone(),
        other => vec![other.clone()],
    };
    list.iter()
        .filter_map(Value::as_str)
        .take(MOST_ROWS)
        .map(|src| view! { <img class="presented-picture" src=safe_address(src) alt="" loading="lazy"/> })
        .collect_view()
        .into_any()
}

/// Data as a table of its fields.
fn fields(bench: Bench, value: &Value) -> AnyView {
    let _ = bench;
    match value {
        Value::Object(map) => {
            let rows = map
                .iter()
                .take(MOST_ROWS)
                .map(|(key, value)| view! { <tr><th scope="row">{key.clone()}</th><td dir="auto">{plain(value)}</td></tr> })
                .collect_view();
            view! { <table class="presented-table"><tbody>{rows}</tbody></table> }.into_any()
        }
        Value::Array(items) => {
            let rows =
                items.iter().take(MOST_ROWS).map(|item| view! { <li dir="auto">{summary(item)}</li> }).collect_view();
            view! { <ol class="presented-list">{rows}</ol> }.into_any()
        }
        other => view! { <p class="presented-text" dir="auto">{plain(other)}</p> }.into_any(),
    }
}

/// A turn of a dialogue or an entry of a list: who, then what.
fn summary(item: &Value) -> AnyView {
    let Value::Object(map) = item else { return plain(item).into_any() };
    let first = |names: &[&str]| names.iter().find_map(|name| map.get(*name)).map(plain);
    let who = first(&["author", "role", "name", "title"]);
    let what = first(&["text", "content", "body"]);
    if who.is_none() && what.is_none() {
        return plain(item).into_any();
    }
    view! {
        {who.map(|who| view! { <span class="strong">{who}</span>": " })}
        <span>{what}</span>
    }
    .into_any()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "–".to_owned(),
        other => other.to_string(),
    }
}
