//! Runs before the newest: a line each, which opens to what the run has to say.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::ui::Time;

/// An earlier run on its line.
pub(super) struct Line {
    /// Which, among the runs of the list.
    pub(super) id: i64,
    /// What it has read.
    pub(super) source_name: String,
    /// Where it stands.
    pub(super) state: AnyView,
    /// What came of it.
    pub(super) result: String,
    /// Who started it.
    pub(super) started_by: Option<String>,
    /// When.
    pub(super) created_at: DateTime<Utc>,
    /// All of it, made when the line is opened.
    pub(super) run: ViewFn,
}

/// Earlier runs under a heading; nothing where there are none. `opened` is the one that is open: it stays so when the list is
/// asked for again.
pub(super) fn earlier(title: &'static str, opened: RwSignal<Option<i64>>, lines: Vec<Line>) -> Option<AnyView> {
    if lines.is_empty() {
        return None;
    }
    let lines: Vec<_> = lines.into_iter().map(|line| entry(opened, line)).collect();
    Some(
        view! {
            <section>
                <h2 class="import-heading">{title}</h2>
                <ul class="import-earlier" role="list" aria-label=title>{lines}</ul>
            </section>
        }
        .into_any(),
    )
}

fn entry(opened: RwSignal<Option<i64>>, line: Line) -> AnyView {
    let Line { id, source_name, state, result, started_by, created_at, run } = line;
    let is_open = Memo::new(move |_| opened.get() == Some(id));
    view! {
        <li>
            <details class="disclosure" open=move || is_open.get()>
                <summary on:click=move |event| {
                    event.prevent_default();
                    opened.update(|opened| *opened = (*opened != Some(id)).then_some(id));
                }>
                    <span class="import-earlier-words">
                        <strong>{source_name}</strong>
                        {state}
                        <span>{result}</span>
                        <span class="import-run-when">{started_by.map(|name| format!("{name} · "))}<Time at=created_at/></span>
                    </span>
                </summary>
                {move || is_open.get().then(|| run.run())}
            </details>
        </li>
    }
    .into_any()
}
