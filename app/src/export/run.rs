//! An export in the history: its progress, its file, and what can be made of it.

use domain::{
    format::{ExportFormat, ExportRun, Loss, Manifest, MissingImage, NAMED_TASKS},
    id::{ExportId, ProjectId},
    import::RunStatus,
};
use leptos::prelude::*;

use super::{
    api::delete_export,
    snapshot::{Compare, Rewrite},
};
use crate::{
    run::{badge, number},
    ui::{
        Banner, Button, ConfirmDialog, Dialog, DialogFoot, IconButton, Look, ProgressBar, Size, Table, Time, Tone,
        bytes, count, lu, plural, use_toasts,
    },
    watch::watch,
};

/// One export: its progress, then its file.
#[component]
pub(super) fn RunRow(
    project_id: ProjectId,
    run: ExportRun,
    /// Snapshots to compare it with.
    others: Vec<(ExportId, String)>,
    /// What it can be written as.
    formats: Vec<ExportFormat>,
    changed: RwSignal<u32>,
) -> impl IntoView {
    let export_id = run.export_id;
    let name = run.format.name();
    let title = if run.options.title.is_empty() { name.to_owned() } else { run.options.title.clone() };
    let mut words = run.options.words();
    if !run.options.title.is_empty() {
        words.insert(0, name.to_owned());
    }
    words.extend(run.source.map(|source| format!("from snapshot {source}")));
    let chosen = (!words.is_empty()).then(|| words.join(", "));
    let is_snapshot = run.format.is_snapshot();
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
                <h3>{title}</h3>
                {move || run.with(|run| badge(run.status, "Writing", "Ready", None))}
                <span class="export-run-when">
                    {move || run.with(|run| view! { <Time at=run.created_at/> })}
                    {move || run.with(|run| run.size_bytes.map(|size| format!(" · {}", bytes(size))))}
                </span>
                {chosen.map(|words| view! { <p class="export-run-account">{words}</p> })}
                {move || run.with(|run| run.manifest.clone().map(|manifest| view! { <Account project_id export_id manifest/> }))}
                {move || run.with(|run| run.error.clone().map(|error| view! { <Banner tone=Tone::Danger>{error}</Banner> }))}
                <Show when=move || run.with(|run| !run.status.is_over())>
                    <ProgressBar label=format!("Writing {name}") value=share/>
                </Show>
            </div>
            <div class="export-run-actions">
                {is_snapshot
                    .then(|| {
                        let ready = Signal::derive(move || run.with(|run| run.status == RunStatus::Completed));
                        view! {
                            <Show when=move || ready.get()>
                                <Rewrite project_id export_id formats=formats.clone() changed/>
                                <Compare project_id export_id others=others.clone()/>
                            </Show>
                        }
                    })}
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
    let missing = StoredValue::new(manifest.missing_images);
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
                <Show when=move || missing.with_value(|missing| !missing.is_empty())>
                    <Table
                        caption="Images that are not in the file"
                        head=|| view! { <th scope="col" data-num="">"Task id"</th><th scope="col">"Image"</th><th scope="col">"Why"</th> }
                    >
                        {missing.with_value(|missing| missing.iter().map(|image| missing_row(project_id, image)).collect_view())}
                    </Table>
                </Show>
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

/// An image that is not in the file.
fn missing_row(project_id: ProjectId, image: &MissingImage) -> impl IntoView + use<> {
    view! {
        <tr>
            <td data-num=""><a href=format!("/projects/{project_id}/label?task={}", image.task)>{image.task}</a></td>
            <td class="export-missing-address">{image.address.clone()}</td>
            <td>{image.reason.clone()}</td>
        </tr>
    }
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
