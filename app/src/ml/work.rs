//! What models do for a project beside answering while people draw: what is wanted of them, how the last round of predictions
//! goes, and how their versions do beside each other.

use domain::data_manager::ActionRun;
use domain::id::ProjectId;
use domain::import::RunStatus;
use domain::ml::compare;
use domain::project::{MAX_UNTRAINED, ProjectDetail, ProjectPatch};
use leptos::{html, prelude::*};

use super::api::CompareModels;
use crate::project::api::UpdateProject;
use crate::run::badge;
use crate::ui::{
    Badge, Button, Card, Checkbox, Choice, ErrorBanner, FormActions, FormScope, Icon, Look, ProgressBar, Select,
    SkeletonRows, Table, TextField, Time, Tone, count, focus_first_error, lu, percent, plural, use_toasts,
};
use crate::watch::watch;

/// What a project wants of its models.
#[component]
pub(super) fn Wishes(detail: ProjectDetail, choices: Vec<Choice>, reload: RwSignal<u32>) -> impl IntoView {
    let project_id = detail.project_id;
    let toasts = use_toasts();
    let save = ServerAction::<UpdateProject>::new();
    Effect::new(move |_| {
        if matches!(save.value().get(), Some(Ok(()))) {
            toasts.success("Saved");
            reload.update(|times| *times += 1);
        }
    });
    let least = RwSignal::new(detail.min_annotations_to_start_training.to_string());
    let version = RwSignal::new(detail.model_version.clone());
    let at_opening = RwSignal::new(detail.evaluate_predictions_automatically);
    let patch = move || ProjectPatch {
        model_version: Some(version.get_untracked()),
        min_annotations_to_start_training: Some(crate::ui::number_in(&least.get_untracked(), -1)),
        evaluate_predictions_automatically: Some(at_opening.get_untracked()),
        ..ProjectPatch::default()
    };
    let error = Signal::derive(move || save.value().get().and_then(Result::err));
    let form = NodeRef::<html::Form>::new();
    focus_first_error(form, error);
    view! {
        <FormScope error pending=save.pending()>
            <form
                aria-label="Predictions and training"
                node_ref=form
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    save.dispatch(UpdateProject { project_id, patch: patch() });
                }
            >
                <Card title="Predictions and training">
                    <div class="form">
                        <Select
                            name="model_version"
                            label="Predictions that count"
                            choices
                            value=detail.model_version
                            help="People see them while they label, and their scores say which tasks are uncertain."
                            on_change=Callback::new(move |chosen: String| version.set(chosen))
                        />
                        <Checkbox
                            name="evaluate_predictions_automatically"
                            label="Ask about tasks as they are handed out"
                            help="A task without a prediction is asked about before somebody gets it. Nobody waits longer than 10 seconds."
                            checked=detail.evaluate_predictions_automatically
                            on_change=Callback::new(move |on| at_opening.set(on))
                        />
                        <TextField
                            name="min_annotations_to_start_training"
                            label="Train after so many new annotations"
                            kind="number"
                            min="0".to_owned()
                            max=MAX_UNTRAINED.to_string()
                            bind=least
                            help="0 means only when somebody says so."
                        />
                        <FormActions>
                            <Button look=Look::Primary kind="submit" busy=save.pending()>"Save"</Button>
                        </FormActions>
                    </div>
                </Card>
            </form>
        </FormScope>
    }
    .into_any()
}

fn is_over(run: &ActionRun) -> bool {
    run.status.is_over()
}

/// How a round of predictions goes, for as long as it does.
#[component]
pub(super) fn Round(project_id: ProjectId, run: ActionRun, reload: RwSignal<u32>) -> impl IntoView {
    let run_id = run.run_id;
    let begun = run.created_at;
    let by = run.started_by.clone().map(|name| format!(" by {name}"));
    let was_over = is_over(&run);
    let state = RwSignal::new(run);
    if !was_over {
        watch(format!("/events/projects/{project_id}/actions/{run_id}"), state, is_over);
        // What came of it is on the page as well.
        Effect::new(move |_| {
            if state.with(is_over) {
                reload.update(|times| *times += 1);
            }
        });
    }
    let share = Signal::derive(move || {
        state.with(|run| {
            let permille = run.done.min(run.total).saturating_mul(1000).checked_div(run.total)?;
            u32::try_from(permille).ok().map(|permille| f64::from(permille) / 1000.0)
        })
    });
    let words = move || {
        state.with(|run| match run.status {
            RunStatus::Completed => run.told.clone(),
            _ => {
                let went_wrong = if run.failed > 0 { format!(", {} failed", count(run.failed)) } else { String::new() };
                format!(
                    "{} of {} predicted{went_wrong}",
                    count(run.done - run.failed),
                    plural(run.total, "task", "tasks")
                )
            }
        })
    };
    // Why it failed, or why it waits; what became of a finished one is in its words.
    let why = move || state.with(|run| run.error.clone().filter(|_| run.status != RunStatus::Completed));
    view! {
        <section class="card model-round" aria-label="Latest predictions">
            <span class="model-head">
                <span class="strong grow">"Latest predictions"</span>
                {move || state.with(|run| badge(run.status, "Predicting", "Done", (run.failed > 0).then_some("With failures")))}
            </span>
            {move || state.with(|run| !is_over(run)).then(|| view! { <ProgressBar label="Predictions" value=share/> })}
            <span class="small" role="status">{words}<span class="faint">" · begun "<Time at=begun/>{by}</span></span>
            {move || why().map(|why| view! {
                <span class="small model-trouble"><Icon icon=lu::LuTriangleAlert/>{why}</span>
            })}
        </section>
    }
    .into_any()
}

/// Versions of models side by side. They are compared while the rest of the page is there already.
#[component]
pub(super) fn Versions(project_id: ProjectId) -> impl IntoView {
    let compare = ServerAction::<CompareModels>::new();
    let again = move || {
        compare.dispatch(CompareModels { project_id });
    };
    Effect::new(move |_| again());
    let compared = move || match compare.value().get() {
        None => view! { <SkeletonRows rows=3/> }.into_any(),
        Some(Ok(versions)) => view! { <Compared versions/> }.into_any(),
        Some(Err(error)) => view! {
            <ErrorBanner error/>
            <Button busy=compare.pending() on:click=move |_| again()>"Try again"</Button>
        }
        .into_any(),
    };
    view! {
        <Card title="Versions side by side" text="How often a version says what people said: the same answer, or for shapes and stretches the same labels, wherever they are. Of the newest 2,000 tasks of each.">
            {compared}
        </Card>
    }
    .into_any()
}

#[component]
fn Compared(versions: Vec<compare::Compared>) -> impl IntoView {
    let mut controls: Vec<(String, bool)> = Vec::new();
    for control in versions.iter().flat_map(|version| &version.controls) {
        match controls.iter_mut().find(|(name, _)| *name == control.name) {
            Some((_, by_labels)) => *by_labels |= control.by_labels,
            None => controls.push((control.name.clone(), control.by_labels)),
        }
    }
    let heads = controls.clone();
    let rows = versions.into_iter().map(|version| {
        let name = Some(version.model_version.clone()).filter(|name| !name.is_empty());
        let rates = controls.iter().map(|(name, _)| {
            let found = version.controls.iter().find(|control| control.name == *name);
            let cell = found.and_then(|control| Some((control.rate()?, control.same, control.tasks)));
            match cell {
                Some((rate, same, tasks)) => {
                    let title = format!("{} of {}", count(same), plural(tasks, "task", "tasks"));
                    view! { <td data-num="" title=title>{percent(rate)}</td> }.into_any()
                }
                None => view! { <td data-num="" class="faint">"–"</td> }.into_any(),
            }
        });
        let rates = rates.collect_view();
        let compared = match version.references {
            0 => count(version.compared),
            references => format!("{} ({} of references)", count(version.compared), count(references)),
        };
        view! {
            <tr>
                <th scope="row">
                    <span class="model-version">
                        <span class="truncate" dir="auto">{name.unwrap_or_else(|| "Without a version".to_owned())}</span>
                        {version.counts.then(|| view! { <Badge tone=Tone::Accent>"Counts"</Badge> })}
                    </span>
                </th>
                <td data-num="">{count(version.predictions)}</td>
                <td data-num="">{version.mean_score.map_or_else(|| "–".to_owned(), |score| format!("{score:.2}"))}</td>
                <td data-num="">{compared}</td>
                {rates}
                <td class="nowrap"><Time at=version.latest/></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let head = move || {
        let controls = heads.iter().map(|(name, by_labels)| {
            let what = if *by_labels { "same labels" } else { "same answer" };
            view! { <th scope="col" data-num="">{name.clone()}<span class="model-what">{what}</span></th> }
        });
        let controls = controls.collect_view();
        view! {
            <th scope="col">"Version"</th>
            <th scope="col" data-num="">"Predictions"</th>
            <th scope="col" data-num="">"Mean score"</th>
            <th scope="col" data-num="">"Compared"</th>
            {controls}
            <th scope="col">"Latest"</th>
        }
    };
    view! { <Table caption="Versions of models" head>{rows}</Table> }.into_any()
}
