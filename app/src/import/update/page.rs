//! `/projects/{id}/import/update`.

use domain::{
    access::ProjectPermission,
    id::{FileId, ProjectId},
    import::reimport::{Key, Proposals, ReimportHistory, ReimportRun, Rules},
};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::run::{LookView, outcome, state};
use crate::{
    error::AppError,
    import::{
        api::{reimport_rows, reimports, start_reimport},
        drop::{DropZone, keep_drops_out},
        earlier::{Line, earlier},
    },
    lost::PartFailed,
    project::{ProjectFrame, project_id_param},
    ui::{
        Card, Choice, EmptyState, ErrorBanner, FormScope, LinkButton, RadioCards, SkeletonRows, Switch, TextField,
        answered, lu,
    },
};

/// What the file dialog offers.
const ACCEPT: &str = ".json,.jsonl,.ndjson,.csv,.tsv,.parquet,.zip";

/// Where tasks are brought up to date.
#[component]
pub fn UpdatePage() -> impl IntoView {
    let project_id = project_id_param();
    let changed = RwSignal::new(0_u32);
    let runs = Resource::new(move || (project_id.get(), changed.get()), |(id, _)| reimports(id));
    let opened = RwSignal::new(None::<i64>);
    let on_change = Callback::new(move |()| changed.update(|count| *count += 1));
    Effect::new(|_| keep_drops_out());
    view! {
        <ProjectFrame project_id permission=ProjectPermission::Import title="Update tasks">
            <div class="import">
                <Ask project_id on_change/>
                <Transition fallback=|| view! { <SkeletonRows rows=3/> }>
                    {answered(runs, move |answer| match answer {
                        Ok(found) => history(project_id.get_untracked(), found, opened, on_change).into_any(),
                        Err(error) => view! { <PartFailed error/> }.into_any(),
                    })}
                </Transition>
            </div>
        </ProjectFrame>
    }
    .into_any()
}

/// How rows are read, and a place for the files.
#[component]
fn Ask(project_id: Memo<ProjectId>, on_change: Callback<()>) -> impl IntoView {
    let by_field = RwSignal::new(false);
    let field = RwSignal::new(String::new());
    let adds_new = RwSignal::new(false);
    let replaces_all = RwSignal::new(false);
    let error = RwSignal::new(None::<AppError>);
    let on_sent = Callback::new(move |files: Vec<FileId>| {
        spawn_local(async move {
            let rules = Rules {
                key: if by_field.get_untracked() { Key::Field(field.get_untracked()) } else { Key::TaskId },
                adds_new: by_field.get_untracked() && adds_new.get_untracked(),
                proposals: if replaces_all.get_untracked() { Proposals::All } else { Proposals::SameVersion },
            };
            match start_reimport(project_id.get_untracked(), files, rules).await {
                Ok(_) => {
                    error.set(None);
                    on_change.run(());
                }
                Err(problem) => error.set(Some(problem)),
            }
        });
    });
    let unplaced = move || error.get().filter(|error| error.field() != Some("key"));
    view! {
        <Card title="How rows find their tasks">
            <FormScope error>
                <div class="import-update-rules">
                    <RadioCards
                        name="by"
                        label="A row means the task"
                        value="task_id"
                        choices=vec![
                            Choice::new("task_id", "With its ID").help("The “id” in exports and in the API, in a column “task_id” or “id”. It is not the number (#) on the Data page.").icon(lu::LuHash),
                            Choice::new("field", "With the same value in a column").help("An identifier of your own, which tasks have in their data.").icon(lu::LuKeyRound),
                        ]
                        on_change=Callback::new(move |by: String| by_field.set(by == "field"))
                    />
                    <Show when=move || by_field.get()>
                        <TextField
                            name="key"
                            label="Column"
                            bind=field
                            max_length=200_u32
                            placeholder="sku"
                            help="The field of the task that tells it apart, in the file under the same name."
                        />
                        <Switch
                            name="adds_new"
                            label="Rows that mean no task become new tasks"
                            help="Otherwise they are shown, and left out."
                            checked=adds_new.get_untracked()
                            on_change=Callback::new(move |on| adds_new.set(on))
                        />
                    </Show>
                    <Switch
                        name="replaces_all"
                        label="Predictions of the file replace all predictions of their task"
                        help="Otherwise they replace those of the same model version. Annotations are never changed."
                        on_change=Callback::new(move |on| replaces_all.set(on))
                    />
                </div>
            </FormScope>
        </Card>
        {move || unplaced().map(|error| view! { <ErrorBanner error/> })}
        <DropZone
            project_id
            accept=ACCEPT
            title="Drop a table or a list here, or choose it"
            hint="CSV, TSV, JSON, NDJSON or Parquet, also in a zip. Fields that the file names are changed or added, all others stay. Nothing is written before you have seen what would change."
            on_sent
        />
    }
    .into_any()
}

/// The newest run at length, the ones before it as a list.
fn history(
    project_id: ProjectId,
    ReimportHistory { runs, rows }: ReimportHistory,
    opened: RwSignal<Option<i64>>,
    on_change: Callback<()>,
) -> impl IntoView {
    let mut runs = runs.into_iter();
    let Some(newest) = runs.next() else {
        return view! {
            <EmptyState
                icon=lu::LuRefreshCw
                title="Nothing updated yet"
                text="Bring a file with changed rows: you will see which tasks change, and how, before anything is written."
            >
                <LinkButton href=format!("/projects/{project_id}/import") icon=lu::LuUpload>"Import new tasks"</LinkButton>
            </EmptyState>
        }
        .into_any();
    };
    let older = runs.map(|run| Line {
        id: run.reimport_id.0,
        source_name: run.source_name.clone(),
        state: state(&run),
        result: run.error.clone().unwrap_or_else(|| outcome(&run)),
        started_by: run.started_by.clone(),
        created_at: run.created_at,
        run: ViewFn::from(move || past(project_id, run.clone(), on_change)),
    });
    view! {
        <Card title="Latest update"><LookView project_id run=newest rows on_change/></Card>
        {earlier("Earlier updates", opened, older.collect())}
    }
    .into_any()
}

/// An earlier run, with the first of its rows.
fn past(project_id: ProjectId, run: ReimportRun, on_change: Callback<()>) -> AnyView {
    let Some(kind) = run.first_kind().filter(|_| run.status.rests()) else {
        return view! { <LookView project_id run rows=Vec::new() on_change/> }.into_any();
    };
    let reimport_id = run.reimport_id;
    let rows = Resource::new(|| (), move |()| reimport_rows(project_id, reimport_id, kind, 0));
    view! {
        <Suspense fallback=|| view! { <SkeletonRows rows=3/> }>
            {answered(rows, move |answer| match answer {
                Ok(rows) => view! { <LookView project_id run=run.clone() rows on_change/> }.into_any(),
                Err(error) => view! { <PartFailed error/> }.into_any(),
            })}
        </Suspense>
    }
    .into_any()
}
