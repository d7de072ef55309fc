//! What can be made of an export that holds everything: another format, and a comparison.

use domain::{
    format::{Comparison, ExportFormat},
    id::{ExportId, ProjectId},
};
use leptos::prelude::*;

use super::{
    api::{compare_exports, convert_export},
    run::task_link,
};
use crate::{
    error::{AppError, Result},
    run::number,
    ui::{Button, Choice, Dialog, DialogFoot, ErrorBanner, Look, Select, Size, Table, count, use_toasts},
};

/// The most task ids that are shown of each kind.
const SHOWN: usize = 100;

/// Writes the snapshot in another format.
#[component]
pub(super) fn Rewrite(
    project_id: ProjectId,
    export_id: ExportId,
    /// What it is written in.
    format: ExportFormat,
    /// What fits the project.
    formats: Signal<Vec<ExportFormat>>,
    changed: RwSignal<u32>,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let error = RwSignal::new(None::<AppError>);
    let toasts = use_toasts();
    let others = Signal::derive(move || formats.get().into_iter().filter(|other| *other != format).collect::<Vec<_>>());
    let choices = Signal::derive(move || {
        others.with(|others| others.iter().map(|format| Choice::new(format.code(), format.name())).collect::<Vec<_>>())
    });
    let chosen = RwSignal::new(None::<ExportFormat>);
    let convert = Action::new(move |(): &()| async move {
        let first = || others.get_untracked().first().copied();
        let Some(format) = chosen.get_untracked().or_else(first) else { return };
        match convert_export(project_id, export_id, format).await {
            Ok(_) => {
                error.set(None);
                is_open.set(false);
                toasts.info(format!("Writing the snapshot as {}.", format.name()));
                changed.update(|count| *count += 1);
            }
            Err(problem) => error.set(Some(problem)),
        }
    });
    view! {
        <Button look=Look::Quiet size=Size::Small on:click=move |_| is_open.set(true)>"Convert"</Button>
        <Dialog
            open=is_open
            title="Write this snapshot in another format".to_owned()
            text="It holds what the project held when the snapshot was made, whatever has changed since.".to_owned()
        >
            <div class="dialog-body export-tables">
                {move || error.get().map(|error| view! { <ErrorBanner error/> })}
                <Select
                    name="convert_to"
                    label="Format"
                    choices=choices.get()
                    value=chosen.get_untracked().map(|format| format.code().to_owned()).unwrap_or_default()
                    id=format!("convert-{export_id}")
                    on_change=Callback::new(move |code: String| chosen.set(ExportFormat::from_code(&code)))
                />
            </div>
            <DialogFoot>
                <Button look=Look::Quiet on:click=move |_| is_open.set(false)>"Cancel"</Button>
                <Button
                    look=Look::Primary
                    busy=convert.pending()
                    on:click=move |_| {
                        convert.dispatch(());
                    }
                >
                    "Convert"
                </Button>
            </DialogFoot>
        </Dialog>
    }
    .into_any()
}

/// Says what has changed between this snapshot and another one; the older of both comes first.
#[component]
pub(super) fn Compare(project_id: ProjectId, export_id: ExportId, others: Vec<(ExportId, String)>) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let has_others = !others.is_empty();
    let other = RwSignal::new(others.first().map(|(id, _)| id.to_string()).unwrap_or_default());
    let choices: Vec<Choice> = others.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect();
    let choices = StoredValue::new(choices);
    let answer = RwSignal::new(None::<Result<Comparison>>);
    let compare = Action::new(move |(): &()| async move {
        let other = ExportId(other.get_untracked().parse().unwrap_or_default());
        let (earlier, later) = if other.0 < export_id.0 { (other, export_id) } else { (export_id, other) };
        answer.set(Some(compare_exports(project_id, earlier, later).await));
    });
    view! {
        <Show when=move || has_others>
            <Button look=Look::Quiet size=Size::Small on:click=move |_| is_open.set(true)>"Compare"</Button>
            <Dialog
                open=is_open
                title="Compare two snapshots".to_owned()
                text="What has changed from the older to the newer one.".to_owned()
                size="wide"
                dismissable=true
            >
                <div class="dialog-body export-tables">
                    <Select
                        name="compare_with"
                        label="With"
                        choices=choices.get_value()
                        value=other.get_untracked()
                        id=format!("compare-{export_id}")
                        on_change=Callback::new(move |chosen| {
                            other.set(chosen);
                            answer.set(None);
                        })
                    />
                    {move || {
                        answer
                            .get()
                            .map(|answer| match answer {
                                Ok(found) => differences(project_id, found).into_any(),
                                Err(error) => view! { <ErrorBanner error/> }.into_any(),
                            })
                    }}
                </div>
                <DialogFoot>
                    <Button look=Look::Quiet on:click=move |_| is_open.set(false)>"Close"</Button>
                    <Button
                        look=Look::Primary
                        busy=compare.pending()
                        on:click=move |_| {
                            compare.dispatch(());
                        }
                    >
                        "Compare"
                    </Button>
                </DialogFoot>
            </Dialog>
        </Show>
    }
    .into_any()
}

/// How many tasks came, went, changed and stayed, and which.
fn differences(project_id: ProjectId, found: Comparison) -> impl IntoView {
    let Comparison { added, removed, changed, same } = found;
    let rows = [("Added", Some(added)), ("Removed", Some(removed)), ("Changed", Some(changed)), ("The same", None)];
    let rows = rows.map(|(what, changes)| {
        let total = changes.as_ref().map_or(same, |changes| changes.count);
        let tasks = changes.map(|changes| changes.tasks).unwrap_or_default();
        let more = tasks.len() > SHOWN || total > tasks.len() as u64 && !tasks.is_empty();
        let links = tasks
            .into_iter()
            .take(SHOWN)
            .map(|task| match what {
                // What is gone cannot be opened.
                "Removed" => format!("ID {task} ").into_any(),
                _ => task_link(project_id, task).into_any(),
            })
            .collect_view();
        view! {
            <tr>
                <td>{what}</td>
                <td data-num="">{count(number(total))}</td>
                <td class="export-loss-tasks">{links}{more.then_some("…")}</td>
            </tr>
        }
    });
    view! {
        <Table
            caption="What has changed"
            head=|| view! { <th scope="col">"Tasks"</th><th scope="col" data-num="">"How many"</th><th scope="col">"Which"</th> }
        >
            {rows.into_iter().collect_view()}
        </Table>
    }
}
