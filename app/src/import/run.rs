//! One run: its live progress, what came of it, and the rows that failed.

use domain::{
    id::ProjectId,
    import::{FailedRow, ImportRun},
};
use leptos::prelude::*;

use super::api::cancel_import;
use crate::{
    run::{badge, number},
    ui::{Banner, Button, LinkButton, Look, ProgressBar, Size, Table, Time, Tone, count, lu, plural, use_toasts},
    watch::watch,
};

/// What came of a run, in one line: "950 of 1,000 imported".
pub(super) fn outcome(run: &ImportRun) -> String {
    if run.failed + run.tasks == 0 && run.status.is_over() {
        "There were no rows in it".to_owned()
    } else if run.failed == 0 {
        format!("{} imported", plural(number(run.tasks), "task", "tasks"))
    } else {
        format!("{} of {} imported", count(number(run.tasks)), count(number(run.tasks + run.failed)))
    }
}

/// Where a run stands.
pub(super) fn state(run: &ImportRun) -> impl IntoView + use<> {
    let failures = if run.tasks == 0 { "Nothing imported" } else { "With failures" };
    badge(run.status, "Reading", "Done", (run.failed > 0 || run.tasks == 0).then_some(failures))
}

/// A run that is followed until it is over, then shows what failed.
#[component]
pub(super) fn RunView(
    project_id: ProjectId,
    run: ImportRun,
    /// What failed, where the run was over when it was asked for.
    failures: Vec<FailedRow>,
    /// Called when it ends while it is looked at.
    on_over: Callback<()>,
) -> impl IntoView {
    let import_id = run.import_id;
    let run = RwSignal::new(run);
    watch(format!("/events/projects/{project_id}/imports/{import_id}"), run, |run| run.status.is_over());
    let is_over = Memo::new(move |_| run.with(|run| run.status.is_over()));
    let toasts = use_toasts();
    let cancel = Action::new(move |(): &()| async move {
        if let Err(error) = cancel_import(project_id, import_id).await {
            toasts.error(&error);
        }
    });
    Effect::new(move |was_over: Option<bool>| {
        let is_over = is_over.get();
        if is_over && was_over == Some(false) {
            on_over.run(());
        }
        is_over
    });
    let label = run.with_untracked(|run| format!("Importing {}", run.source_name));
    view! {
        <article class="import-run" aria-live="polite">
            <header class="import-run-head">
                <h3>{move || run.with(|run| run.source_name.clone())}</h3>
                {move || run.with(state)}
                <span class="import-run-when">{move || run.with(|run| view! { <Time at=run.created_at/> })}</span>
            </header>
            <Show when=move || !is_over.get()>
                <ProgressBar label=label.clone() words=true value=Signal::derive(move || run.with(ImportRun::fraction_done))/>
            </Show>
            <p class="import-run-outcome">{move || run.with(outcome)}</p>
            {move || run.with(|run| {
                let extra = run.annotations + run.predictions;
                (extra > 0).then(|| view! {
                    <p class="import-run-more">
                        {format!(
                            "{} and {} came along.",
                            plural(number(run.annotations), "annotation", "annotations"),
                            plural(number(run.predictions), "prediction", "predictions"),
                        )}
                    </p>
                })
            })}
            {move || run.with(|run| run.error.clone().map(|error| view! { <Banner tone=Tone::Danger>{error}</Banner> }))}
            <Show when=move || !is_over.get()>
                <Button size=Size::Small look=Look::Quiet icon=lu::LuX busy=cancel.pending() on:click=move |_| {
                    cancel.dispatch(());
                }>"Cancel"</Button>
            </Show>
            <Show when=move || is_over.get() && run.with(|run| run.tasks > 0)>
                <div class="row">
                    <LinkButton href=format!("/projects/{project_id}/data") size=Size::Small icon=lu::LuTable2>"See the tasks"</LinkButton>
                </div>
            </Show>
            {(!failures.is_empty()).then(|| failed_rows(project_id, import_id.0, run.with_untracked(|run| run.failed), failures))}
        </article>
    }
    .into_any()
}

fn failed_rows(project_id: ProjectId, import_id: i64, total: u64, rows: Vec<FailedRow>) -> impl IntoView {
    let shown = rows.len() as u64;
    let base = format!("/projects/{project_id}/imports/{import_id}/failures");
    let lines = rows
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <td class="import-row-number">{count(row.row_number)}</td>
                    <td>{row.reason}</td>
                    <td><code class="import-row-original">{row.original.chars().take(120).collect::<String>()}</code></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <details class="import-failures disclosure" open>
            <summary>{plural(number(total), "row or file was not imported", "rows or files were not imported")}</summary>
            <div class="import-downloads">
                <a class="button" data-look="plain" data-size="small" href=format!("{base}.csv") download="" rel="external">
                    "Download as CSV"
                </a>
                <a class="button" data-look="plain" data-size="small" href=format!("{base}.ndjson") download="" rel="external">
                    "Download as NDJSON"
                </a>
            </div>
            <Table
                caption="Rows that were not imported"
                head=|| view! { <th scope="col">"Row"</th><th scope="col">"Reason"</th><th scope="col">"What it said"</th> }
            >
                {lines}
            </Table>
            {(total > shown).then(|| view! {
                <p class="import-run-more">{format!("The first {shown} are shown; the download has all.")}</p>
            })}
        </details>
    }
}
