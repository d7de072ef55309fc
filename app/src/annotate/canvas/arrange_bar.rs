//! Several regions in line: offered while several are selected.

use editor::annotate::Arrange;
use editor::command::Command;
use leptos::prelude::*;

use super::toolbar::CommandButton;
use crate::annotate::bench::use_bench;

const WAYS: [Arrange; 8] = [
    Arrange::Left,
    Arrange::Center,
    Arrange::Right,
    Arrange::Top,
    Arrange::Middle,
    Arrange::Bottom,
    Arrange::Across,
    Arrange::Down,
];

/// The ways to put what is selected in line; nothing while fewer than two regions can be.
#[component]
pub(in crate::annotate) fn ArrangeBar() -> impl IntoView {
    let bench = use_bench();
    let is_shown = Memo::new(move |_| bench.read(|editor| editor.enabled(Command::Arrange(Arrange::Left))));
    move || {
        is_shown.get().then(|| {
            view! {
                <div class="arrangebar" role="group" aria-label="Put in line">
                    {WAYS.map(|way| view! { <CommandButton command=Command::Arrange(way)/> }).collect_view()}
                </div>
            }
        })
    }
}
