//! Regions in line, and in front of each other: offered while several are selected, or one that overlaps others.

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

/// The ways to put what is selected in line, with two or more regions, and in front of others that it overlaps.
#[component]
pub(in crate::annotate) fn ArrangeBar() -> impl IntoView {
    let bench = use_bench();
    let offered = Memo::new(move |_| {
        bench.read(|editor| (editor.enabled(Command::Arrange(Arrange::Left)), editor.enabled(Command::ToFront)))
    });
    move || {
        let (in_line, in_front) = offered.get();
        (in_line || in_front).then(|| {
            let ways = in_line
                .then(|| WAYS.map(|way| view! { <CommandButton command=Command::Arrange(way)/> }).collect_view());
            let orders = [Command::ToFront, Command::ToBack];
            let orders = in_front.then(|| orders.map(|command| view! { <CommandButton command/> }).collect_view());
            view! {
                <div class="arrangebar" role="group" aria-label="Arrange">
                    {ways}
                    {orders}
                </div>
            }
        })
    }
}
