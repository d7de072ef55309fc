//! What becomes of rows, kind by kind.

use domain::{
    id::{ProjectId, TaskId},
    import::reimport::{FieldChange, Key, LookedRow, Outcome, ReimportRun},
};
use leptos::prelude::*;

use crate::{
    import::api::reimport_rows,
    run::number,
    ui::{Choice, LoadMore, Segments, Table, count, use_toasts},
};

/// How many rows of a kind the server keeps.
const KEPT: i64 = 1_000;

/// The rows of a run, those of one kind at a time.
#[component]
pub(super) fn Rows(
    project_id: ProjectId,
    run: ReimportRun,
    /// The first of the first kind.
    rows: Vec<LookedRow>,
) -> impl IntoView {
    let Some(first) = run.first_kind() else { return ().into_any() };
    let reimport_id = run.reimport_id;
    let kind = RwSignal::new(first);
    let rows = RwSignal::new(rows);
    let toasts = use_toasts();
    let load = Action::new(move |(wanted, after): &(Outcome, i64)| {
        let (wanted, after) = (*wanted, *after);
        async move {
            match reimport_rows(project_id, reimport_id, wanted, after).await {
                Ok(more) if after > 0 => rows.update(|rows| rows.extend(more)),
                Ok(found) => {
                    rows.set(found);
                    kind.set(wanted);
                }
                Err(error) => toasts.error(&error),
            }
        }
    });
    let choices: Vec<Choice> = Outcome::ALL
        .into_iter()
        .filter(|outcome| run.rows(*outcome) > 0)
        .map(|outcome| {
            Choice::new(outcome.as_str(), format!("{} {}", outcome.title(), count(number(run.rows(outcome)))))
        })
        .collect();
    let by_field = matches!(run.rules.key, Key::Field(_));
    let run = StoredValue::new(run);
    let total = Signal::derive(move || run.with_value(|run| number(run.rows(kind.get())).min(KEPT)));
    let shown = Signal::derive(move || rows.with(Vec::len));
    view! {
        <section class="import-update-rows" aria-label="Rows">
            <Segments
                label="Which rows"
                choices
                value=Signal::derive(move || kind.get().as_str().to_owned())
                on_change=Callback::new(move |name: String| {
                    if let Some(wanted) = Outcome::from_name(&name) {
                        load.dispatch((wanted, 0));
                    }
                })
            />
            {move || {
                let kind = kind.get();
                let lines = rows.with(|rows| rows.iter().map(|row| line(project_id, row, by_field)).collect_view());
                view! {
                    <Table caption=kind.title() head=move || head(kind)>{lines}</Table>
                }
            }}
            <LoadMore
                shown
                total=Signal::derive(move || Some(total.get()))
                more=Signal::derive(move || i64::try_from(shown.get()).unwrap_or(i64::MAX) < total.get())
                busy=load.pending()
                on_more=Callback::new(move |()| {
                    let after = rows.with(|rows| rows.last().map_or(0, |row| row.position));
                    load.dispatch((kind.get_untracked(), after));
                })
            />
        </section>
    }
    .into_any()
}

fn head(kind: Outcome) -> AnyView {
    let last = match kind {
        Outcome::Changed => view! { <th scope="col">"Task"</th><th scope="col">"What changes"</th> }.into_any(),
        Outcome::New => view! { <th scope="col">"Means"</th> }.into_any(),
        Outcome::Conflict => view! { <th scope="col">"Why it cannot be applied"</th> }.into_any(),
    };
    view! { <th scope="col" data-num="">"Row"</th>{last} }.into_any()
}

fn line(project_id: ProjectId, row: &LookedRow, by_field: bool) -> AnyView {
    let last = match (row.outcome, row.task_id) {
        (Outcome::Changed, Some(task_id)) => {
            let changes: Vec<_> = row.fields.iter().map(change).collect();
            view! {
                <td>{task(project_id, task_id, row, by_field)}</td>
                <td><dl class="import-update-change">{changes}</dl></td>
            }
            .into_any()
        }
        (Outcome::Conflict, _) => view! { <td>{row.reason.clone()}</td> }.into_any(),
        _ => view! { <td>{row.key.clone()}</td> }.into_any(),
    };
    view! { <tr><td class="import-row-number" title=row.source_name.clone()>{count(row.row_number)}</td>{last}</tr> }
        .into_any()
}

/// A task by the number that people know it by, and by what the row has named.
fn task(project_id: ProjectId, task_id: TaskId, row: &LookedRow, by_field: bool) -> AnyView {
    let mut named = format!("ID {task_id}");
    if by_field {
        named = format!("{}, {named}", row.key);
    }
    let link = row.inner_id.map(|number| {
        view! { <a href=format!("/projects/{project_id}/tasks/{task_id}")>{format!("#{}", count(number))}</a>" " }
    });
    view! { {link}<span class="import-run-more">{named}</span> }.into_any()
}

fn change(change: &FieldChange) -> AnyView {
    let FieldChange { field, before, after } = change.clone();
    view! {
        <div>
            <dt>{field}</dt>
            <dd>
                {before.map(|before| view! { <del>{before}</del>" " })}
                <ins>{after}</ins>
            </dd>
        </div>
    }
    .into_any()
}
