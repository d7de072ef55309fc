//! `/projects/{id}/import`.

use domain::{
    access::ProjectPermission,
    id::{FileId, ImportId, ProjectId},
    import::{FieldGap, ImportHistory, ImportRun, LabelsAs},
};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{
    api::{import_failures, import_files, imports},
    drop::{DropZone, keep_drops_out},
    earlier::{Line, earlier},
    run::{RunView, outcome, state},
    way::{Address, Paste},
};
use crate::{
    error::{AppError, Result},
    lost::PartFailed,
    project::{ProjectFrame, project_id_param},
    run::number,
    ui::{
        Banner, Card, EmptyState, ErrorBanner, LinkButton, Look, Size, SkeletonRows, Switch, Tone, answered, count, lu,
        plural,
    },
};

/// What the file dialog offers.
const ACCEPT: &str = ".json,.jsonl,.ndjson,.csv,.tsv,.txt,.parquet,.xml,.conll,.zip,.png,.jpg,.jpeg,.webp,.gif,.bmp,.avif,.svg,\
                      .wav,.mp3,.ogg,.flac,.m4a,.aac,.mp4,.m4v,.mov,.webm,.mkv,.pdf";

/// Where tasks come in.
#[component]
pub fn ImportPage() -> impl IntoView {
    let project_id = project_id_param();
    let started = RwSignal::new(0_u32);
    let runs = Resource::new(move || (project_id.get(), started.get()), |(id, _)| imports(id));
    let labels_as = RwSignal::new(LabelsAs::default());
    let error = RwSignal::new(None::<AppError>);
    let begun = Callback::new(move |outcome: Result<ImportId>| match outcome {
        Ok(_) => {
            error.set(None);
            started.update(|count| *count += 1);
        }
        Err(problem) => error.set(Some(problem)),
    });
    let on_sent = Callback::new(move |files: Vec<FileId>| {
        spawn_local(async move {
            begun.run(import_files(project_id.get_untracked(), files, labels_as.get_untracked()).await);
        });
    });
    Effect::new(|_| keep_drops_out());
    // What came of it is asked for once more: its refused rows, and what its tasks lack.
    let opened = RwSignal::new(None::<i64>);
    let on_over = Callback::new(move |()| started.update(|count| *count += 1));
    view! {
        <ProjectFrame project_id permission=ProjectPermission::Import title="Import">
            <div class="import">
                <div class="spread">
                    <p class="muted">"Tasks come from files, from addresses and from text."</p>
                    <LinkButton href="/help/import".to_owned() size=Size::Small look=Look::Quiet icon=lu::LuBookOpen>"What can be imported"</LinkButton>
                </div>
                {move || error.get().map(|error| view! { <ErrorBanner error/> })}
                <DropZone
                    project_id
                    accept=ACCEPT
                    title="Drop files here, or choose them"
                    hint="JSON, NDJSON, CSV, TSV, Parquet, text, images, sound, video, PDF; COCO, YOLO, Pascal VOC, CoNLL; or a zip of them. Next to a table, media are what its rows name."
                    on_sent
                />
                <Help/>
                <Switch
                    name="labels_as"
                    label="Labels of other programs are finished work"
                    help="COCO, YOLO, Pascal VOC and CoNLL bring labels. They come in as predictions, for people to check, unless this is on: then they are annotations."
                    on_change=Callback::new(move |on| {
                        labels_as.set(if on { LabelsAs::Annotations } else { LabelsAs::Predictions });
                    })
                />
                <div class="import-ways">
                    <Paste project_id labels_as runs begun/>
                    <Address project_id labels_as runs begun/>
                    <Transition>
                        {answered(runs, move |answer| {
                            answer.is_ok_and(|found| found.has_tasks).then(|| here_already(project_id.get_untracked()))
                        })}
                    </Transition>
                </div>
                <Transition fallback=|| view! { <SkeletonRows rows=3/> }>
                    {answered(runs, move |answer| match answer {
                        Ok(found) => history(project_id.get_untracked(), found, opened, on_over).into_any(),
                        Err(error) => view! { <PartFailed error/> }.into_any(),
                    })}
                </Transition>
            </div>
        </ProjectFrame>
    }
    .into_any()
}

/// The way to tasks that are to be changed, not added.
fn here_already(project_id: ProjectId) -> AnyView {
    view! {
        <Card title="Tasks that are here already">
            <div class="import-way">
                <p class="import-run-more">"Bring their data up to date, add columns, replace predictions. You see what would change first."</p>
                <LinkButton href=format!("/projects/{project_id}/import/update") icon=lu::LuRefreshCw>"Update tasks"</LinkButton>
            </div>
        </Card>
    }
    .into_any()
}

/// What can be brought, and what becomes of rows that are wrong.
#[component]
fn Help() -> impl IntoView {
    view! {
        <details class="import-help disclosure">
            <summary>"Formats and limits"</summary>
            <ul>
                <li>
                    <strong>"JSON, NDJSON: "</strong>
                    "a list of objects, or one object after another. Label Studio’s tasks bring their annotations and predictions."
                </li>
                <li><strong>"CSV, TSV: "</strong>"the first line names the columns. "<strong>"Text: "</strong>"one task per line."</li>
                <li><strong>"Images: "</strong>"PNG, JPEG, WebP, GIF, BMP, AVIF, SVG; up to 1 GB, 1,000 million pixels, 40,000 on a side."</li>
                <li><strong>"Sound, video, PDF: "</strong>"each file is a task, or what a row names."</li>
                <li>
                    <strong>"COCO, Pascal VOC, CoNLL: "</strong>
                    "their labels become those of your labeling interface. "<strong>"YOLO: "</strong>
                    "a zip with images, labels and classes.txt or data.yaml."
                </li>
                <li><strong>"Parquet: "</strong>"each row is a task; what was exported here comes back as it was."</li>
                <li><strong>"Zip: "</strong>"any of these; archives inside are not opened."</li>
                <li>
                    "A row may have 32 MB (of a table 8 MB) and 100 levels. One that is wrong is left out with its number and the reason, and never stops the others: download those rows, mend them, bring them again."
                </li>
            </ul>
        </details>
    }
}

/// Tasks without what the labeling interface shows: nothing to be seen on the label page.
fn gap_banner(project_id: ProjectId, gaps: &[FieldGap]) -> Option<AnyView> {
    let lines: Vec<_> = gaps
        .iter()
        .map(|gap| {
            let (without, tasks) = (number(gap.without), plural(number(gap.tasks), "task", "tasks"));
            let who = if gap.without == gap.tasks {
                format!("None of the {tasks} has")
            } else {
                format!("{} of {tasks} {}", count(without), if without == 1 { "lacks" } else { "lack" })
            };
            view! {
                <p>
                    {format!("{who} the field ")}<code>{gap.field.clone()}</code>
                    ", which the labeling interface shows."
                </p>
            }
        })
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <Banner
                tone=Tone::Warning
                actions=move || view! {
                    <LinkButton href=format!("/projects/{project_id}/settings/labeling") size=Size::Small>"Labeling interface"</LinkButton>
                }.into_any()
            >
                {lines}
                <p class="import-run-more">
                    "Name the column after the field, or let the interface show another one: annotators see nothing in its place."
                </p>
            </Banner>
        }
        .into_any()
    })
}

/// The newest run at length, the ones before it as a list.
fn history(
    project_id: ProjectId,
    ImportHistory { runs, failures, gaps, .. }: ImportHistory,
    opened: RwSignal<Option<i64>>,
    on_over: Callback<()>,
) -> impl IntoView {
    let mut runs = runs.into_iter();
    let Some(newest) = runs.next() else {
        return view! {
            <EmptyState icon=lu::LuInbox title="Nothing imported yet" text="The first file makes the first tasks."/>
        }
        .into_any();
    };
    let older = runs.map(|run| Line {
        id: run.import_id.0,
        source_name: run.source_name.clone(),
        state: state(&run).into_any(),
        result: run.error.clone().unwrap_or_else(|| outcome(&run)),
        started_by: run.started_by.clone(),
        created_at: run.created_at,
        run: ViewFn::from(move || past(project_id, run.clone(), on_over)),
    });
    view! {
        {gap_banner(project_id, &gaps)}
        <Card title="Latest import"><RunView project_id run=newest failures on_over/></Card>
        {earlier("Earlier imports", opened, older.collect())}
    }
    .into_any()
}

/// An earlier run, with the first rows that it refused.
fn past(project_id: ProjectId, run: ImportRun, on_over: Callback<()>) -> AnyView {
    if run.failed == 0 || !run.status.is_over() {
        return view! { <RunView project_id run failures=Vec::new() on_over/> }.into_any();
    }
    let import_id = run.import_id;
    let failures = Resource::new(|| (), move |()| import_failures(project_id, import_id));
    view! {
        <Suspense fallback=|| view! { <SkeletonRows rows=3/> }>
            {answered(failures, move |answer| match answer {
                Ok(failures) => view! { <RunView project_id run=run.clone() failures on_over/> }.into_any(),
                Err(error) => view! { <PartFailed error/> }.into_any(),
            })}
        </Suspense>
    }
    .into_any()
}
