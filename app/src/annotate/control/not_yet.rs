//! A control that cannot be answered in this version, in a sentence.

use leptos::prelude::*;

use crate::annotate::bench::Bench;
use crate::ui::{Icon, lu};

pub(super) fn view(bench: Bench, tag: &str, name: &str) -> AnyView {
    let count = bench.peek(|editor| editor.results().iter().filter(|item| item.from_name() == name).count());
    let kept = match count {
        0 => String::new(),
        1 => " One answer is stored and stays as it is.".to_owned(),
        n => format!(" {n} answers are stored and stay as they are."),
    };
    let sentence = format!("“{name}” ({tag}) cannot be answered in this version.{kept}");
    view! {
        <p class="not-yet" data-control=name.to_owned()>
            <Icon icon=lu::LuInfo/>
            <span>{sentence}</span>
        </p>
    }
    .into_any()
}
