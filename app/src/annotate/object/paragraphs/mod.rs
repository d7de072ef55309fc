//! A dialogue: its turns to label pieces of, and its recording where there is one.

mod recording;
mod turns;

use domain::dialogue::{Turn, turns_of};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use self::turns::Turns;
use super::Shown;
use crate::annotate::bench::{Bench, OpenedTask};
use crate::annotate::object::text;
use crate::annotate::safe::safe_address;
use crate::error::AppError;
use crate::ui::{Button, Icon, Size, SkeletonRows, lu};

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
        return view! { <FarDialogue bench rules address=shown.address()/> }.into_any();
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
        None => view! {
            <p class="object-trouble" role="alert">
                <Icon icon=lu::LuFileWarning/>
                <span>"This task's dialogue cannot be shown: it is no list of turns."</span>
            </p>
        }
        .into_any(),
    }
}

fn nothing() -> AnyView {
    view! { <p class="muted small">"This task has no dialogue here."</p> }.into_any()
}

/// A dialogue behind an address.
#[component]
fn FarDialogue(bench: Bench, rules: Rules, address: String) -> impl IntoView {
    let task = use_context::<OpenedTask>();
    let value = RwSignal::new(None::<Result<Value, AppError>>);
    let (object, place) = (StoredValue::new(rules.name.clone()), StoredValue::new(address));
    let load = move || {
        value.set(None);
        let (object, address) = (object.get_value(), place.get_value());
        spawn_local(async move {
            let answer = text::fetch(task, object, &address).await.and_then(|text| {
                serde_json::from_str(&text)
                    .map_err(|error| text::problem(&format!("What is behind this address is no JSON: {error}.")))
            });
            // The page may have gone on to another task.
            let _ = value.try_set(Some(answer));
        });
    };
    Effect::new(move |_| load());
    move || match value.get() {
        None => view! { <div class="text-surface" aria-busy="true"><SkeletonRows rows=6/></div> }.into_any(),
        Some(Ok(value)) => dialogue(bench, rules.clone(), &value),
        Some(Err(error)) => view! {
            <div class="object-trouble" role="alert">
                <Icon icon=lu::LuFileWarning/>
                <div>
                    <p>{error.sentence()}</p>
                    <p class="muted small object-address">{place.get_value()}</p>
                </div>
                <Button size=Size::Small icon=lu::LuRotateCw on:click=move |_| load()>"Try again"</Button>
            </div>
        }
        .into_any(),
    }
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
