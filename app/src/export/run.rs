//! An export in the history: its progress, its file, and what can be made of it.

use domain::{
    access::{ProjectPermission, ProjectRole},
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
    /// What it is made from, where that is a snapshot.
    source: Option<String>,
    /// Snapshots to compare it with.
    others: Vec<(ExportId, String)>,
    /// What it can be written as.
    formats: Signal<Vec<ExportFormat>>,
    changed: RwSignal<u32>,
) -> impl IntoView {
    let export_id = run.export_id;
    let name = run.format.name();
    let title = if run.options.title.is_empty() { name.to_owned() } else { run.options.title.clone() };
    let mut words = run.options.words();
    if !run.options.title.is_empty() {
        words.insert(0, name.to_owned());
    }
    words.extend(source);
    let chosen = (!words.is_empty()).then(|| capitalized(&words.join(", ")));
    let is_snapshot = run.format.is_snapshot();
    let format = run.format;
    let run = RwSignal::new(run);
    watch(format!("/events/projects/{project_id}/exports/{export_id}"), run, |run| run.status.is_over());
    let is_done = Memo::new(move |_| run.with(|run| run.status == RunStatus::Completed));
    Effect::new(move |was_done: Option<bool>| {
        let is_done = is_done.get();
        // The snapshots before it can be compared with it from now on.
        if is_snapshot && is_done && was_done == Some(false) {
            changed.update(|count| *count += 1);
        }
        is_done
    });
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
                {move || run.with(|run| badge(run.status, "Writing", "Ready", is_empty(run).then_some("Empty")))}
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
                        view! {
                            <Show when=move || is_done.get()>
                                <Rewrite project_id export_id format formats changed/>
                                <Compare project_id export_id others=others.clone()/>
                            </Show>
                        }
                    })}
                <Show when=move || is_done.get()>
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

/// Whether a finished export holds no task.
fn is_empty(run: &ExportRun) -> bool {
    run.manifest.as_ref().is_some_and(|manifest| manifest.tasks_written == 0)
}

/// Why there is no task in the file.
fn why_empty(manifest: &Manifest) -> String {
    let tasks = plural(number(manifest.tasks), "task", "tasks");
    match manifest.tasks {
        0 => "No task of the project was chosen.".to_owned(),
        chosen if manifest.not_labeled == chosen => format!(
            "Nobody has labeled what was chosen ({tasks}). With “Include tasks nobody has labeled” it comes along as it is."
        ),
        _ => format!("What was chosen ({tasks}) holds nothing that this format can tell."),
    }
}

/// As it stands at the beginning of a line.
fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// A task by its id, which is not its number on the Data page.
pub(super) fn task_link(project_id: ProjectId, task: i64) -> impl IntoView {
    view! { <a href=format!("/projects/{project_id}/label?task={task}")>{format!("ID {task}")}</a>" " }
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
    let empty = (manifest.tasks_written == 0).then(|| why_empty(&manifest));
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
    let leads = use_context::<ProjectRole>().is_some_and(|role| role.allows(ProjectPermission::Manage));
    view! {
        <p class="export-run-account">{words}</p>
        {empty.map(|why| view! { <p class="export-run-account">{why}</p> })}
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
            <div class="dialog-body export-tables">
                <Table
                    caption="What was changed or left out"
                    head=|| view! { <th scope="col" data-num="">"How often"</th><th scope="col">"What"</th><th scope="col">"Tasks"</th> }
                >
                    {losses.with_value(|losses| losses.iter().map(|loss| loss_row(project_id, loss)).collect_view())}
                </Table>
                <Show when=move || missing.with_value(|missing| !missing.is_empty())>
                    <Table
                        caption="Images that are not in the file"
                        head=|| view! { <th scope="col">"Task"</th><th scope="col">"Image"</th><th scope="col">"Why"</th> }
                    >
                        {missing.with_value(|missing| missing.iter().map(|image| missing_row(project_id, image, leads)).collect_view())}
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
fn missing_row(project_id: ProjectId, image: &MissingImage, leads: bool) -> impl IntoView + use<> {
    view! {
        <tr>
            <td class="export-loss-tasks">{task_link(project_id, image.task)}</td>
            <td class="export-missing-address">{image.address.clone()}</td>
            <td>{why_missing(project_id, image.reason.clone(), leads)}</td>
        </tr>
    }
}

/// Why an image is missing; for whom may change it, with a link to where that is done.
fn why_missing(project_id: ProjectId, reason: String, leads: bool) -> AnyView {
    const PLACE: &str = "Settings, General, Media";
    match reason.split_once(PLACE) {
        Some((before, after)) if leads => {
            let (before, after) = (before.to_owned(), after.to_owned());
            view! { {before}<a href=format!("/projects/{project_id}/settings")>{PLACE}</a>{after} }.into_any()
        }
        _ => reason.into_any(),
    }
}

/// One reason, and the first tasks it happened to.
fn loss_row(project_id: ProjectId, loss: &Loss) -> impl IntoView + use<> {
    let tasks = loss.tasks.iter().map(|task| task_link(project_id, *task)).collect_view();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_says_why() {
        let account = |tasks: u64, not_labeled: u64| {
            let account = serde_json::json!({
                "format": "JSON", "tasks": tasks, "tasks_written": 0, "reviewed_empty": 0, "not_labeled": not_labeled,
                "annotations": 0, "results": 0, "images": 0, "losses": [],
            });
            why_empty(&serde_json::from_value(account).unwrap())
        };
        assert_eq!(account(0, 0), "No task of the project was chosen.");
        assert!(account(2, 2).starts_with("Nobody has labeled what was chosen (2 tasks)."));
        assert_eq!(account(1, 0), "What was chosen (1 task) holds nothing that this format can tell.");
    }
}
