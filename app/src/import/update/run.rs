//! One run: its live progress, what it would change, and what it has changed.

use domain::{
    id::ProjectId,
    import::reimport::{Key, LookedRow, Outcome, ReimportRun, ReimportStatus},
};
use leptos::prelude::*;

use super::rows::Rows;
use crate::{
    import::api::{apply_reimport, cancel_reimport},
    run::number,
    ui::{
        Badge, Banner, Button, LinkButton, Look, ProgressBar, Size, StatTile, Time, Tone, count, lu, plural, use_toasts,
    },
    watch::watch,
};

/// What came of a run, in one line.
pub(super) fn outcome(run: &ReimportRun) -> String {
    let tasks = |count: u64| plural(number(count), "task", "tasks");
    match run.status {
        ReimportStatus::Created | ReimportStatus::InProgress => "Looking at what would change".to_owned(),
        ReimportStatus::Ready if !run.would_change() => "No task would change".to_owned(),
        ReimportStatus::Ready => match (run.changed, if run.rules.adds_new { run.new } else { 0 }) {
            (changed, 0) => format!("{} would change", tasks(changed)),
            (0, new) => format!("{} would be added", tasks(new)),
            (changed, new) => format!("{} would change, {} be added", tasks(changed), count(number(new))),
        },
        ReimportStatus::Cancelled if run.updated + run.created == 0 => "Nothing was changed".to_owned(),
        _ => match (run.updated, run.created) {
            (0, 0) => "No task changed".to_owned(),
            (updated, 0) => format!("{} changed", tasks(updated)),
            (0, created) => format!("{} added", tasks(created)),
            (updated, created) => format!("{} changed, {} added", tasks(updated), count(number(created))),
        },
    }
}

/// Where a run stands.
pub(super) fn state(run: &ReimportRun) -> AnyView {
    let (tone, word) = match run.status {
        ReimportStatus::Created => (Tone::Neutral, "Waiting"),
        ReimportStatus::InProgress => (Tone::Accent, "Looking"),
        ReimportStatus::Ready => (Tone::Warning, "Not applied"),
        ReimportStatus::Applying => (Tone::Accent, "Applying"),
        ReimportStatus::Completed => (Tone::Success, "Applied"),
        ReimportStatus::Failed => (Tone::Danger, "Failed"),
        ReimportStatus::Cancelled => (Tone::Neutral, "Discarded"),
    };
    view! { <Badge tone dot=true>{word}</Badge> }.into_any()
}

/// A run that is followed until it waits for somebody, then shows what it found.
#[component]
pub(super) fn LookView(
    project_id: ProjectId,
    run: ReimportRun,
    /// What was found, where it waited for somebody when it was asked for.
    rows: Vec<LookedRow>,
    /// Called when there is something else to show.
    on_change: Callback<()>,
) -> impl IntoView {
    let reimport_id = run.reimport_id;
    let run = RwSignal::new(run);
    watch(format!("/events/projects/{project_id}/reimports/{reimport_id}"), run, |run| run.status.rests());
    let rests = Memo::new(move |_| run.with(|run| run.status.rests()));
    Effect::new(move |rested: Option<bool>| {
        let rests = rests.get();
        if rests && rested == Some(false) {
            on_change.run(());
        }
        rests
    });
    let toasts = use_toasts();
    let apply = Action::new(move |(): &()| async move {
        match apply_reimport(project_id, reimport_id).await {
            Ok(()) => on_change.run(()),
            Err(error) => toasts.error(&error),
        }
    });
    let cancel = Action::new(move |(): &()| async move {
        match cancel_reimport(project_id, reimport_id).await {
            Ok(()) => on_change.run(()),
            Err(error) => toasts.error(&error),
        }
    });
    let first = run.get_untracked();
    let label = format!("Reading {}", first.source_name);
    let is_ready = first.status == ReimportStatus::Ready;
    let is_over = first.status.is_over();
    let may_apply = is_ready && first.would_change();
    view! {
        <article class="import-run" aria-live="polite">
            <header class="import-run-head">
                <h3>{first.source_name.clone()}</h3>
                {move || run.with(state)}
                <span class="import-run-when"><Time at=first.created_at/></span>
            </header>
            <Show when=move || !rests.get()>
                <ProgressBar label=label.clone() words=true value=Signal::derive(move || run.with(ReimportRun::fraction_done))/>
            </Show>
            <p class="import-run-outcome">{move || run.with(outcome)}</p>
            <p class="import-run-more">{matched(&first.rules.key)}</p>
            {move || run.with(|run| run.error.clone().map(|error| view! { <Banner tone=Tone::Danger>{error}</Banner> }))}
            <div class="import-update-counts">
                {move || run.with(tiles)}
            </div>
            {move || run.with(fields)}
            <div class="row">
                {may_apply.then(|| view! {
                    <Button look=Look::Primary icon=lu::LuCheck busy=apply.pending() on:click=move |_| {
                        apply.dispatch(());
                    }>"Apply"</Button>
                })}
                {(!is_over).then(|| view! {
                    <Button look=Look::Quiet icon=lu::LuX busy=cancel.pending() on:click=move |_| {
                        cancel.dispatch(());
                    }>{if is_ready { "Discard" } else { "Cancel" }}</Button>
                })}
                <Show when=move || run.with(|run| run.updated + run.created > 0)>
                    <LinkButton href=format!("/projects/{project_id}/data") size=Size::Small icon=lu::LuTable2>"See the tasks"</LinkButton>
                </Show>
            </div>
            {(is_ready || is_over).then(|| view! { <Rows project_id run=first rows/> })}
        </article>
    }
    .into_any()
}

/// How rows have found their tasks.
fn matched(key: &Key) -> String {
    match key {
        Key::TaskId => "Matched by ID".to_owned(),
        Key::Field(field) => format!("Matched by {field}"),
    }
}

/// What was found, in numbers.
fn tiles(run: &ReimportRun) -> AnyView {
    let number = |value: u64| Signal::stored(count(number(value)));
    let left_out = (!run.rules.adds_new && run.new > 0).then(|| "left out".to_owned());
    view! {
        <StatTile label=Outcome::Changed.title() value=number(run.changed)/>
        <StatTile label=Outcome::New.title() value=number(run.new) note=left_out/>
        <StatTile label="Unchanged" value=number(run.unchanged)/>
        <StatTile label=Outcome::Conflict.title() value=number(run.conflicts)/>
    }
    .into_any()
}

/// Which fields change.
fn fields(run: &ReimportRun) -> Option<AnyView> {
    /// As many as fit into two lines.
    const SHOWN: usize = 12;
    if run.fields.is_empty() {
        return None;
    }
    let shown: Vec<_> = run
        .fields
        .iter()
        .take(SHOWN)
        .map(|(field, tasks)| {
            view! { <li><code>{field.clone()}</code>" in "{plural(number(*tasks), "task", "tasks")}</li> }
        })
        .collect();
    let more = run.fields.len().saturating_sub(SHOWN);
    Some(
        view! {
            <ul class="import-update-fields" role="list" aria-label="Fields that change">
                {shown}
                {(more > 0).then(|| view! { <li>{format!("and {more} more")}</li> })}
            </ul>
        }
        .into_any(),
    )
}
