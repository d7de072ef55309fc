//! `/projects/{id}/import`.

use std::{future::Future, pin::Pin};

use domain::{
    access::ProjectPermission,
    id::{FileId, ImportId, ProjectId},
    import::{FieldGap, ImportHistory, LabelsAs},
};
use leptos::{html, prelude::*};
use wasm_bindgen_futures::spawn_local;

use super::{
    api::{import_files, import_text, import_url, imports},
    drop::{DropZone, keep_drops_out},
    run::{RunView, outcome, state},
};
use crate::{
    error::{AppError, Result},
    lost::PartFailed,
    project::{ProjectFrame, project_id_param},
    run::number,
    ui::{
        Banner, Button, Card, EmptyState, ErrorBanner, LinkButton, Size, SkeletonRows, Switch, Table, Time, Tone,
        answered, count, lu, plural,
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
    let on_over = Callback::new(move |()| started.update(|count| *count += 1));
    view! {
        <ProjectFrame project_id permission=ProjectPermission::Import title="Import">
            <div class="import">
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
                    <Paste project_id labels_as begun/>
                    <Address project_id labels_as begun/>
                    <Card title="Tasks that are here already">
                        <div class="import-way">
                            <p class="import-run-more">"Bring their data up to date, add columns, replace predictions. You see what would change first."</p>
                            {move || view! {
                                <LinkButton href=format!("/projects/{}/import/update", project_id.get()) icon=lu::LuRefreshCw>"Update tasks"</LinkButton>
                            }}
                        </div>
                    </Card>
                </div>
                <Transition fallback=|| view! { <SkeletonRows rows=3/> }>
                    {answered(runs, move |answer| match answer {
                        Ok(found) => history(project_id.get_untracked(), found, on_over).into_any(),
                        Err(error) => view! { <PartFailed error/> }.into_any(),
                    })}
                </Transition>
            </div>
        </ProjectFrame>
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

/// An import on its way to the server.
type Sent = Pin<Box<dyn Future<Output = Result<ImportId>> + Send>>;

/// A card with a field whose content becomes an import: emptied when it has, or with what is wrong below it.
#[component]
fn Way(
    project_id: Memo<ProjectId>,
    title: &'static str,
    /// What the button does.
    verb: &'static str,
    /// What is in the field.
    text: RwSignal<String>,
    labels_as: RwSignal<LabelsAs>,
    send: fn(ProjectId, String, LabelsAs) -> Sent,
    begun: Callback<Result<ImportId>>,
    /// Puts the hand where the next can be put in: the button is of no use any more.
    refocus: Callback<()>,
    children: Children,
) -> impl IntoView {
    let error = RwSignal::new(None::<AppError>);
    let start = Action::new(move |(): &()| async move {
        match send(project_id.get_untracked(), text.get_untracked(), labels_as.get_untracked()).await {
            Ok(import_id) => {
                text.set(String::new());
                error.set(None);
                refocus.run(());
                begun.run(Ok(import_id));
            }
            Err(problem) => error.set(Some(problem)),
        }
    });
    view! {
        <Card title=title>
            <form class="import-way" novalidate=true on:submit=move |event| {
                event.prevent_default();
                start.dispatch(());
            }>
                {children()}
                {move || error.get().map(|error| view! { <ErrorBanner error/> })}
                <Button kind="submit" busy=start.pending() disabled=Signal::derive(move || text.with(|text| text.trim().is_empty()))>
                    {verb}
                </Button>
            </form>
        </Card>
    }
    .into_any()
}

/// Rows from the clipboard.
#[component]
fn Paste(
    project_id: Memo<ProjectId>,
    labels_as: RwSignal<LabelsAs>,
    begun: Callback<Result<ImportId>>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let rows = NodeRef::<html::Textarea>::new();
    let refocus = Callback::new(move |()| {
        if let Some(rows) = rows.get_untracked() {
            let _ = rows.focus();
        }
    });
    view! {
        <Way project_id title="Paste" verb="Import text" text labels_as send=|id, text, labels| Box::pin(import_text(id, text, labels)) begun refocus>
            <label class="sr-only" for="import-text">"Rows"</label>
            <textarea
                id="import-text"
                node_ref=rows
                class="input import-text"
                rows="5"
                placeholder="JSON, CSV with a header, or one text per line"
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
            ></textarea>
        </Way>
    }
}

/// A file on the web.
#[component]
fn Address(
    project_id: Memo<ProjectId>,
    labels_as: RwSignal<LabelsAs>,
    begun: Callback<Result<ImportId>>,
) -> impl IntoView {
    let url = RwSignal::new(String::new());
    let address = NodeRef::<html::Input>::new();
    let refocus = Callback::new(move |()| {
        if let Some(address) = address.get_untracked() {
            let _ = address.focus();
        }
    });
    view! {
        <Way
            project_id
            title="From an address"
            verb="Fetch and import"
            text=url
            labels_as
            send=|id, url, labels| Box::pin(import_url(id, url, labels))
            begun
            refocus
        >
            <label class="sr-only" for="import-url">"Address"</label>
            <input
                id="import-url"
                node_ref=address
                class="input"
                type="url"
                placeholder="https://example.org/tasks.json"
                prop:value=move || url.get()
                on:input=move |event| url.set(event_target_value(&event))
            />
            <p class="import-run-more">"Any file this page takes. Private networks are not reached from here."</p>
        </Way>
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
    ImportHistory { runs, failures, gaps }: ImportHistory,
    on_over: Callback<()>,
) -> impl IntoView {
    let mut runs = runs.into_iter();
    let Some(newest) = runs.next() else {
        return view! {
            <EmptyState icon=lu::LuInbox title="Nothing imported yet" text="The first file makes the first tasks."/>
        }
        .into_any();
    };
    let older: Vec<_> = runs
        .map(|run| {
            let result = run.error.clone().unwrap_or_else(|| outcome(&run));
            let standing = state(&run);
            view! {
                <tr>
                    <td>{run.source_name}</td>
                    <td>{standing}</td>
                    <td>{result}</td>
                    <td>{run.started_by}</td>
                    <td><Time at=run.created_at/></td>
                </tr>
            }
        })
        .collect();
    let head = || {
        view! {
            <th scope="col">"Source"</th>
            <th scope="col">"State"</th>
            <th scope="col">"Result"</th>
            <th scope="col">"By"</th>
            <th scope="col">"Started"</th>
        }
    };
    view! {
        {gap_banner(project_id, &gaps)}
        <Card title="Latest import"><RunView project_id run=newest failures on_over/></Card>
        {(!older.is_empty()).then(|| view! {
            <section>
                <h2 class="import-heading">"Earlier imports"</h2>
                <Table caption="Earlier imports" head>{older}</Table>
            </section>
        })}
    }
    .into_any()
}
