//! What can be looked at but not labeled in this version: shown as it is, its results left untouched.

use leptos::prelude::*;
use serde_json::Value;

use super::Shown;
use crate::annotate::bench::OpenedTask;
use crate::annotate::media::in_storage;
use crate::annotate::safe::safe_address;
use crate::annotate::tree::children;
use crate::ui::{Icon, lu};

/// The most rows of a table or list that are shown.
const MOST_ROWS: usize = 200;

pub(super) fn view(shown: &Shown) -> AnyView {
    let Some(value) = &shown.value else { return children(&shown.element) };
    let name = shown.name.clone();
    let address = || {
        let address = value.as_str().map(safe_address).filter(|address| !address.is_empty())?;
        Some(in_storage(use_context::<OpenedTask>(), &address).unwrap_or(address))
    };
    match (shown.element.tag.as_str(), address()) {
        ("Audio" | "AudioPlus", Some(src)) => {
            view! { <audio class="presented-media" controls=true preload="metadata" src=src aria-label=name></audio> }
                .into_any()
        }
        ("Video", Some(src)) => {
            view! { <video class="presented-media" controls=true preload="metadata" src=src aria-label=name></video> }
                .into_any()
        }
        ("PDF" | "Text" | "TimeSeries", Some(href)) if href.contains("://") || href.starts_with('/') => view! {
            <p class="presented-link">
                <Icon icon=lu::LuFileText/>
                <a href=href.clone() target="_blank" rel="noopener noreferrer">{href.clone()}</a>
            </p>
        }
        .into_any(),
        _ => fields(value),
    }
}

/// Data as a table of its fields.
fn fields(value: &Value) -> AnyView {
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
