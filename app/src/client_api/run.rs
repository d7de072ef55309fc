//! A run in the history: its progress, what it filled, and what it could not.

use domain::client_api::FillRun;
use domain::id::ProjectId;
use leptos::prelude::*;

use super::api::CancelFill;
use super::failures::Failures;
use crate::run::badge;
use crate::ui::{Button, Dialog, Icon, Look, ProgressBar, Size, Time, count, lu, plural, use_toasts};
use crate::watch::watch;

/// What became of it, in words.
fn words(run: &FillRun) -> String {
    if !run.status.is_over() {
        return format!("{} of {}", count(run.done), plural(run.total, "task", "tasks"));
    }
    let mut words = vec![format!("{} filled", plural(run.filled, "value", "values"))];
    if run.kept > 0 {
        words.push(format!("{} left as they were", count(run.kept)));
    }
    words.join(" · ")
}

#[component]
pub(super) fn RunRow(project_id: ProjectId, run: FillRun, reload: RwSignal<u32>) -> impl IntoView {
    let run_id = run.run_id;
    let title = match run.fields.as_slice() {
        [] => "All fields".to_owned(),
        fields => fields.join(", "),
    };
    let by = match (&run.started_by, run.import_id) {
        (_, Some(_)) => Some("after an import".to_owned()),
        (Some(name), None) => Some(format!("by {name}")),
        (None, None) => None,
    };
    let was_over = run.status.is_over();
    let (created_at, overwrite) = (run.created_at, run.overwrite);
    let state = RwSignal::new(run);
    watch(format!("/events/projects/{project_id}/client-api-runs/{run_id}"), state, |run: &FillRun| {
        run.status.is_over()
    });
    let toasts = use_toasts();
    let cancel = ServerAction::<CancelFill>::new();
    Effect::new(move |_| match cancel.value().get() {
        Some(Ok(run)) => state.set(run),
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
    let is_over = Memo::new(move |_| state.with(|run| run.status.is_over()));
    // What the list above says of calls and costs has changed with it.
    Effect::new(move |_| {
        if is_over.get() && !was_over {
            reload.update(|times| *times += 1);
        }
    });
    let share = Signal::derive(move || state.with(FillRun::fraction_done));
    let failed = Memo::new(move |_| state.with(|run| run.failed));
    let failures_open = RwSignal::new(false);
    let label = title.clone();
    view! {
        <li>
            <span class="grow storage-words">
                <span class="storage-head">
                    <span class="strong truncate">{title}</span>
                    {move || state.with(|run| badge(run.status, "Filling", "Filled", (run.failed > 0).then_some("With failures")))}
                </span>
                <Show when=move || !is_over.get()>
                    <ProgressBar label=format!("Filling {label}") value=share/>
                </Show>
                <span class="small" role="status">
                    {move || state.with(words)}
                    <span class="faint">
                        " · " <Time at=created_at/>
                        {by.map(|by| format!(" {by}"))}
                        {overwrite.then_some(", replacing values")}
                    </span>
                </span>
                {move || state.with(|run| run.error.clone()).map(|why| view! {
                    <span class="small storage-trouble"><Icon icon=lu::LuTriangleAlert/>{why}</span>
                })}
                {move || (failed.get() > 0).then(|| view! {
                    <span>
                        <Button size=Size::Small look=Look::Quiet icon=lu::LuTriangleAlert on:click=move |_| failures_open.set(true)>
                            {move || format!("{} could not be filled", plural(failed.get(), "value", "values"))}
                        </Button>
                    </span>
                })}
            </span>
            <Show when=move || !is_over.get()>
                <Button
                    size=Size::Small
                    icon=lu::LuX
                    busy=cancel.pending()
                    on:click=move |_| { cancel.dispatch(CancelFill { project_id, run_id }); }
                >
                    "Cancel"
                </Button>
            </Show>
            <Dialog
                open=failures_open
                title="What could not be filled".to_owned()
                text="Another run asks about these tasks again.".to_owned()
                size="wide"
                dismissable=true
            >
                <Failures project_id run=state.get_untracked()/>
            </Dialog>
        </li>
    }
    .into_any()
}
