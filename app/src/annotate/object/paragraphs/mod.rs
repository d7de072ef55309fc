//! A dialogue: its turns to label pieces of, and its recording where there is one.

mod recording;
mod turns;

use domain::dialogue::{Turn, turns_of};
use leptos::prelude::*;
use serde_json::Value;

use self::turns::Turns;
use super::trouble::unreadable;
use super::{Shown, far};
use crate::annotate::bench::Bench;
use crate::annotate::safe::safe_address;

/// How the interface wants a dialogue to be shown.
#[derive(Clone)]
struct Rules {
    name: String,
    name_key: String,
    text_key: String,
    /// Who speaks stands above what is said.
    shows_authors: bool,
    /// Where the recording is; empty without one.
    audio: String,
    has_player: bool,
    /// The turn that is heard comes into sight.
    follows: bool,
}

/// A `<Paragraphs>` of the interface.
pub(super) fn view(shown: &Shown) -> AnyView {
    let key = |name: &str, usual: &str| {
        let written = shown.get(name).trim();
        if written.is_empty() { usual.to_owned() } else { written.to_owned() }
    };
    let says = |name: &str, what: &str| shown.get(name).trim().eq_ignore_ascii_case(what);
    let rules = Rules {
        name: shown.name.clone(),
        name_key: key("nameKey", "author"),
        text_key: key("textKey", "text"),
        shows_authors: says("layout", "dialogue"),
        audio: safe_address(&shown.bench.text_of(shown.get("audioUrl"))),
        has_player: !says("showPlayer", "false"),
        follows: says("contextScroll", "true"),
    };
    let bench = shown.bench;
    if says("valueType", "url") {
        return far::view(shown, move |text| {
            serde_json::from_str(&text)
                .map(|value| dialogue(bench, rules.clone(), &value))
                .map_err(|error| format!("What is behind this address is no JSON: {error}."))
        });
    }
    match &shown.value {
        Some(value) => dialogue(bench, rules, value),
        None => nothing(),
    }
}

fn dialogue(bench: Bench, rules: Rules, value: &Value) -> AnyView {
    match turns_of(value, &rules.name_key, &rules.text_key) {
        Some(turns) if turns.is_empty() => nothing(),
        Some(turns) => view! { <Turns bench rules turns/> }.into_any(),
        None => unreadable("This task's dialogue cannot be shown: it is no list of turns."),
    }
}

fn nothing() -> AnyView {
    unreadable("This task has no dialogue here.")
}

/// Names in the order they first speak: each has a color of its own.
fn speakers(turns: &[Turn]) -> Vec<&str> {
    let mut names = Vec::new();
    for turn in turns {
        if !turn.author.is_empty() && !names.contains(&turn.author.as_str()) {
            names.push(turn.author.as_str());
        }
    }
    names
}
