//! `/projects/{id}/export`.

use domain::{
    access::ProjectPermission,
    format::{ExportFormat, ExportRun, Loss, Manifest, NAMED_TASKS},
    id::{ExportId, ProjectId},
    import::RunStatus,
};
use leptos::{html, prelude::*};

use super::api::{delete_export, export_formats, exports, start_export};
use crate::{
    error::AppError,
    lost::PartFailed,
    project::{ProjectFrame, project_id_param},
    run::{badge, number},
    ui::{
        Banner, Button, ConfirmDialog, Dialog, DialogFoot, EmptyState, ErrorBanner, IconButton, Look, ProgressBar,
        Size, SkeletonRows, Switch, Table, Time, Tone, answered, bytes, count, lu, plural, use_toasts,
    },
    watch::watch,
};

/// Where work goes out.
#[component]
pub fn ExportPage() -> impl IntoView {
    let project_id = project_id_param();
    let changed = RwSignal::new(0_u32);
    let formats = Resource::new(move || project_id.get(), export_formats);
    let runs = Resource::new(move || (project_id.get(), changed.get()), |(id, _)| exports(id));
    let include_unlabeled = RwSignal::new(false);
    let error = RwSignal::new(None::<AppError>);
    let list = NodeRef::<html::Section>::new();
    let start = Action::new(move |format: &ExportFormat| {
        let format = *format;
        async move {
            match start_export(project_id.get_untracked(), format, include_unlabeled.get_untracked()).await {
                Ok(_) => {
                    error.set(None);
                    changed.update(|count| *count += 1);
                    bring_into_sight(list);
                }
                Err(problem) => error.set(Some(problem)),
            }
        }
    });
    view! {
        <ProjectFrame project_id permission=ProjectPermission::Export title="Export">
            <div class="export">
                {move || error.get().map(|error| view! { <ErrorBanner error/> })}
                <Switch
                    name="include_unlabeled"
                    label="Include tasks nobody has labeled"
                    help="They come along marked as not labeled, and are never taken for empty ones."
                    on_change=Callback::new(move |on| include_unlabeled.set(on))
                />
                <Suspense fallback=|| view! { <SkeletonRows rows=4/> }>
                    {answered(formats, move |answer| match answer {
                        Ok(formats) => {
                            let cards = formats.into_iter().map(|(format, reason)| card(format, reason, start));
                            view! { <ul class="export-formats" role="list">{cards.collect_view()}</ul> }.into_any()
                        }
                        Err(error) => view! { <PartFailed error/> }.into_any(),
                    })}
                </Suspense>
                <section class="export-made" node_ref=list>
                <h2 class="export-heading">"Your exports"</h2>
                <Transition fallback=|| view! { <SkeletonRows rows=3/> }>
                    {answered(runs, move |answer| match answer {
                        Ok(runs) if runs.is_empty() => view! {
                            <EmptyState
                                icon=lu::LuDownload
                                title="No exports yet"
                                text="Choose a format above. The file stays here until you delete it."
                            />
                        }
                        .into_any(),
                        Ok(runs) => {
                            let project_id = project_id.get_untracked();
                            let rows = runs.into_iter().map(|run| view! { <RunRow project_id run changed/> });
                            view! { <ul class="export-runs" role="list">{rows.collect_view()}</ul> }.into_any()
                        }
                        Err(error) => view! { <PartFailed error/> }.into_any(),
                    })}
                </Transition>
                </section>
            </div>
        </ProjectFrame>
    }
    .into_any()
}

/// What has been begun is shown, where the formats above fill the screen.
fn bring_into_sight(list: NodeRef<html::Section>) {
    let Some(list) = list.get_untracked() else { return };
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    if list.get_bounding_client_rect().top() > height * 0.75 {
        list.scroll_into_view();
    }
}

fn card(format: ExportFormat, reason: Option<String>, start: Action<ExportFormat, ()>) -> impl IntoView {
    let disabled = reason.is_some();
    let loss = format.cannot_carry();
    view! {
        <li class="export-format" data-disabled=disabled.then_some("")>
            <h3>{format.name()}</h3>
            <p>{format.contains()}</p>
            {(!loss.is_empty()).then(|| view! { <p class="export-loss">{loss}</p> })}
            {reason.map(|reason| view! { <p class="export-loss">{reason}</p> })}
            <Button
                size=Size::Small
                disabled=disabled
                busy=start.pending()
                attr:aria-label=format!("Export as {}", format.name())
                on:click=move |_| {
                    start.dispatch(format);
                }
            >
                "Export"
            </Button>
        </li>
    }
}

/// One export: its progress, then its file.
#[component]
fn RunRow(project_id: ProjectId, run: ExportRun, changed: RwSignal<u32>) -> impl IntoView {
    let export_id = run.export_id;
    let name = run.format.name();
    let run = RwSignal::new(run);
    watch(format!("/events/projects/{project_id}/exports/{export_id}"), run, |run| run.status.is_over());
    let is_asking = RwSignal::new(false);
    let toasts = use_toasts();
    let delete = Action::new(move |id: &ExportId| {
        let id = *id;
        async move {
            match delete_export(project_id, id).await {
                Ok(()) => changed.update(|count| *count += 1),
                Err(error) => toasts.error(&error),
            }
            is_asking.set(false);
        }
    });
    let share = Signal::derive(move || run.with(ExportRun::fraction_done));
    view! {
        <li class="export-run">
            <div class="export-run-words">
                <h3>{name}</h3>
                {move || run.with(|run| badge(run.status, "Writing", "Ready", None))}
                <span class="export-run-when">
                    {move || run.with(|run| view! { <Time at=run.created_at/> })}
                    {move || run.with(|run| run.size_bytes.map(|size| format!(" · {}", bytes(size))))}
                </span>
                {move || run.with(|run| run.manifest.clone().map(|manifest| view! { <Account project_id export_id manifest/> }))}
                {move || run.with(|run| run.error.clone().map(|error| view! { <Banner tone=Tone::Danger>{error}</Banner> }))}
                <Show when=move || run.with(|run| !run.status.is_over())>
                    <ProgressBar label=format!("Writing {name}") value=share/>
                </Show>
            </div>
            <div class="export-run-actions">
                <Show when=move || run.with(|run| run.status == RunStatus::Completed)>
                    <a
                        class="button"
                        data-look="plain"
                        data-size="small"
                        href=format!("/projects/{project_id}/exports/{export_id}/download")
                        download=""
                        rel="external"
                    >
                        "Download"
                    </a>
                </Show>
                <IconButton
                    icon=lu::LuTrash2
                    label=format!("Delete this {name} export")
                    look=Look::Quiet
                    on:click=move |_| is_asking.set(true)
                />
            </div>
            <ConfirmDialog
                open=is_asking
                title="Delete this export?"
                text="The file is gone afterwards. The work itself stays, and can be exported again."
                verb="Delete"
                busy=delete.pending()
                on_confirm=Callback::new(move |()| {
                    delete.dispatch(export_id);
                })
            />
        </li>
    }
}

/// What is in the file, and what was changed or stayed behind.
#[component]
fn Account(project_id: ProjectId, export_id: ExportId, manifest: Manifest) -> impl IntoView {
    let mut words = format!(
        "{}, {}",
        plural(number(manifest.tasks_written), "task", "tasks"),
        plural(number(manifest.annotations), "annotation", "annotations")
    );
    if manifest.reviewed_empty > 0 {
        words.push_str(&format!(", {} reviewed and empty", manifest.reviewed_empty));
    }
    // Said beside the download, not behind a button.
    let loud: Vec<_> = manifest.losses.iter().filter(|loss| loss.is_loud()).map(loud_line).collect();
    let loud = (!loud.is_empty()).then(|| {
        view! { <Banner tone=Tone::Warning title="Changed or missing in this file"><ul class="export-loud" role="list">{loud}</ul></Banner> }
    });
    let is_open = RwSignal::new(false);
    let notes = plural(number(manifest.losses.len() as u64), "note", "notes");
    let notes = StoredValue::new(format!("{notes} on what was changed or left out"));
    let losses = StoredValue::new(manifest.losses);
    view! {
        <p class="export-run-account">{words}</p>
        {loud}
        <Show when=move || losses.with_value(|losses| !losses.is_empty())>
            <Button look=Look::Quiet size=Size::Small icon=lu::LuTriangleAlert on:click=move |_| is_open.set(true)>
                {notes.get_value()}
            </Button>
        </Show>
        <Dialog
            open=is_open
            title="What was changed or left out".to_owned()
            text="Everything else is in the file as it is stored here.".to_owned()
            size="wide"
            dismissable=true
        >
            <div class="dialog-body">
                <Table
                    caption="What was changed or left out"
                    head=|| view! { <th scope="col" data-num="">"How often"</th><th scope="col">"What"</th><th scope="col">"Task ids"</th> }
                >
                    {losses.with_value(|losses| losses.iter().map(|loss| loss_row(project_id, loss)).collect_view())}
                </Table>
            </div>
            <DialogFoot>
                <a
                    class="button"
                    data-look="plain"
                    href=format!("/projects/{project_id}/exports/{export_id}/manifest.json")
                    download=""
                    rel="external"
                >
                    "Download as JSON"
                </a>
            </DialogFoot>
        </Dialog>
    }
    .into_any()
}

/// One reason why the file is not all that was made here, and how often.
fn loud_line(loss: &Loss) -> impl IntoView + use<> {
    view! { <li>{format!("{} × {}", count(number(loss.count)), loss.message)}</li> }
}

/// One reason, and the first tasks it happened to.
fn loss_row(project_id: ProjectId, loss: &Loss) -> impl IntoView + use<> {
    let tasks = loss
        .tasks
        .iter()
        .map(|task| view! { <a href=format!("/projects/{project_id}/label?task={task}")>{*task}</a>" " })
        .collect_view();
    let more =
        usize::try_from(loss.count).is_ok_and(|count| count > loss.tasks.len()) && loss.tasks.len() >= NAMED_TASKS;
    view! {
        <tr>
            <td data-num="">{count(number(loss.count))}</td>
            <td>{loss.message.clone()}</td>
            <td class="export-loss-tasks">{tasks}{more.then_some("…")}</td>
        </tr>
    }
}
