//! The label page: a task, what to answer it with, and the way to the next one.

use std::time::Duration;

use domain::annotation::{Desk, Done, NoTask, OpenTask, Submission, Submitted};
use domain::id::{AnnotationId, PredictionId, ProjectId, TaskId};
use domain::label_config::{LabelConfig, parse};
use domain::result::ResultItem;
use editor::annotate::Editor;
use editor::command::Command;
use leptos::either::Either;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};
use uuid::Uuid;

use super::autosave::{Autosave, Saving, send_waiting};
use super::bench::Bench;
use super::regions::Regions;
use super::surface::listen_to_keys;
use super::tree::Tree;
use super::{api, browser};
use crate::error::AppError;
use crate::shell::{Command as PaletteCommand, Crumb, Page, use_commands};
use crate::ui::{
    Banner, Button, Dialog, EmptyState, Icon, IconButton, Kbd, LinkButton, Look, Size, Toasts, Tone, answered, lu,
    use_toasts,
};

/// How often an open page says that it is there.
const HEARTBEAT: Duration = Duration::from_secs(60);

/// `/projects/{id}/label`, with `?task=` for a certain task.
#[component]
pub fn LabelPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let project_id =
        Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<ProjectId>().ok())));
    let task_id = Memo::new(move |_| query.with(|query| query.get("task").and_then(|id| id.parse::<TaskId>().ok())));
    let version = RwSignal::new(0_u32);
    // Each task is built anew, never patched over the one before, whose handlers would stay behind: that is what
    // changing sides does.
    let loads = StoredValue::new(0_u32);
    let desk = Resource::new(
        move || (project_id.get(), task_id.get(), version.get()),
        |(project_id, task_id, _)| async move {
            let project_id = project_id.ok_or_else(|| AppError::Domain(domain::Error::not_found("project")))?;
            api::open_desk(project_id, task_id).await
        },
    );
    view! {
        <Transition fallback=|| ()>
            {answered(desk, move |desk| {
                loads.update_value(|loads| *loads = loads.wrapping_add(1));
                let is_odd = loads.get_value() % 2 == 1;
                desk.map(|desk| {
                    let page = view! { <DeskPage desk version/> }.into_any();
                    if is_odd { Either::Left(page) } else { Either::Right(page) }
                })
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn DeskPage(desk: Desk, version: RwSignal<u32>) -> impl IntoView {
    let Desk { user_id, project, task, done } = desk;
    let project_id = project.project_id;
    let toasts = use_toasts();
    Effect::new(move |_| {
        send_waiting(user_id, move |sent, refused| {
            if sent > 0 {
                toasts.success("Your earlier work has been handed in.");
            }
            refused.iter().for_each(|error| toasts.error(error));
        });
    });
    let crumbs =
        vec![Crumb::new("Projects", "/projects"), Crumb::new(project.title.clone(), format!("/projects/{project_id}"))];
    let config = parse(&project.label_config).config;
    let body = match (task, config) {
        (Err(why), _) => view! { <Nothing why project_id done/> }.into_any(),
        (Ok(_), None) => view! {
            <EmptyState
                icon=lu::LuFileWarning
                title="This project's labeling interface cannot be read"
                text="Somebody who manages the project can mend it in its settings."
            >
                <LinkButton href=format!("/projects/{project_id}")>"To the project"</LinkButton>
            </EmptyState>
        }
        .into_any(),
        (Ok(task), Some(config)) => {
            let desk = Sitting::new(user_id, &project, task, config, done, version);
            view! { <Work desk instructions=project.instructions_html show_first=project.show_instruction/> }.into_any()
        }
    };
    view! {
        <Page title="Label".to_owned() crumbs width="bleed">
            {body}
        </Page>
    }
    .into_any()
}

/// One person at one task.
#[derive(Clone, Copy)]
struct Sitting {
    user_id: domain::id::UserId,
    bench: Bench,
    autosave: Autosave,
    project_id: ProjectId,
    task_id: TaskId,
    inner_id: i64,
    annotation_id: Option<AnnotationId>,
    prediction_id: Option<PredictionId>,
    /// Proposed by this model, as long as nothing else is known.
    proposed_by: StoredValue<Option<String>>,
    was_skipped: bool,
    leased: bool,
    may_skip: bool,
    may_be_empty: bool,
    done: StoredValue<Vec<Done>>,
    version: RwSignal<u32>,
    /// The key of a submission that may have reached the server; anew after each change.
    key: StoredValue<Option<Uuid>>,
    busy: RwSignal<bool>,
    signed_out: RwSignal<bool>,
}

impl Sitting {
    fn new(
        user_id: domain::id::UserId,
        project: &domain::annotation::LabelProject,
        task: OpenTask,
        config: LabelConfig,
        done: Vec<Done>,
        version: RwSignal<u32>,
    ) -> Self {
        let OpenTask { task_id, inner_id, data, leased, annotation, draft, prediction, .. } = task;
        let was_skipped = annotation.as_ref().is_some_and(|annotation| annotation.was_cancelled);
        let annotation_id = annotation.as_ref().filter(|a| !a.was_cancelled).map(|a| a.annotation_id);
        let prediction_id = prediction.as_ref().map(|prediction| prediction.prediction_id);
        let (revision, lead_time_ms) = draft.as_ref().map_or((0, 0), |draft| (draft.revision, draft.lead_time_ms));
        let mut proposed_by = None;
        let results = match (draft, annotation, prediction) {
            (Some(draft), ..) => draft.result,
            (None, Some(annotation), _) => annotation.result,
            (None, None, Some(prediction)) => {
                proposed_by = Some(prediction.model_version);
                prediction.result.into_iter().map(as_prediction).collect()
            }
            (None, None, None) => Vec::new(),
        };
        let bench = Bench::new(config, data, &results, false);
        let project_id = project.project_id;
        Self {
            user_id,
            bench,
            autosave: Autosave::new(bench, user_id, project_id, task_id, annotation_id, revision, lead_time_ms),
            project_id,
            task_id,
            inner_id,
            annotation_id,
            prediction_id,
            proposed_by: StoredValue::new(proposed_by),
            was_skipped,
            leased: leased && annotation_id.is_none(),
            may_skip: project.show_skip_button && annotation_id.is_none(),
            may_be_empty: project.enable_empty_annotation,
            done: StoredValue::new(done),
            version,
            key: StoredValue::new(None),
            busy: RwSignal::new(false),
            signed_out: RwSignal::new(false),
        }
    }

    fn submission(self) -> Submission {
        let key = self.key.get_value().unwrap_or_else(browser::new_key);
        self.key.set_value(Some(key));
        Submission {
            project_id: self.project_id,
            task_id: self.task_id,
            annotation_id: self.annotation_id,
            key,
            result: self.bench.peek(Editor::results),
            lead_time_ms: self.autosave.lead_time_ms(),
            prediction_id: self.prediction_id,
        }
    }

    /// Hands the work in and goes on. What keeps it back is said next to its cause.
    fn hand_in(self, is_skip: bool, toasts: Toasts, go: Callback<()>) {
        if self.busy.get_untracked() {
            return;
        }
        if !is_skip {
            let problems = self.bench.peek(Editor::problems);
            if let Some(first) = problems.first() {
                toasts.info(first.message.clone());
                show_control(first.field.as_deref().unwrap_or_default());
                self.bench.problems.set(problems);
                return;
            }
            if !self.may_be_empty && self.bench.peek(|editor| editor.results().is_empty()) {
                toasts.info("There is nothing to submit yet. Mark something first, or skip the task.");
                return;
            }
        }
        self.busy.set(true);
        let submission = self.submission();
        spawn_local(async move {
            let kept = submission.clone();
            let answer: Result<Submitted, AppError> =
                if is_skip { api::skip(submission).await } else { api::submit(submission).await };
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(_) => {
                    self.autosave.finish();
                    let word = match (is_skip, self.annotation_id) {
                        (true, _) => "Skipped.",
                        (false, Some(_)) => "Updated.",
                        (false, None) => "Submitted.",
                    };
                    toasts.success(word);
                    go.run(());
                }
                Err(error) if error.needs_sign_in() => {
                    self.autosave.wait(kept, is_skip);
                    self.signed_out.set(true);
                }
                Err(error) => {
                    toasts.error(&error);
                    if let AppError::Domain(problem) = error
                        && let Some(field) = problem.field.clone()
                    {
                        show_control(&field);
                        self.bench.problems.set(vec![problem]);
                    }
                }
            }
        });
    }

    /// The person's task before this one, and after it.
    fn neighbours(self) -> (Option<TaskId>, Option<TaskId>) {
        self.done.with_value(|done| {
            let here = done.iter().position(|task| task.task_id == self.task_id);
            let before = done.get(here.map_or(0, |here| here + 1)).map(|task| task.task_id);
            let after = here.and_then(|here| here.checked_sub(1)).and_then(|at| done.get(at)).map(|task| task.task_id);
            (before, after)
        })
    }
}

/// Items of a proposal say so, until somebody changes them.
fn as_prediction(mut item: ResultItem) -> ResultItem {
    item.0.entry("origin").or_insert_with(|| "prediction".into());
    item
}

fn show_control(name: &str) {
    // Names are free text: compared, never pasted into a selector.
    let Ok(found) = document().query_selector_all("[data-control]") else { return };
    for at in 0..found.length() {
        use wasm_bindgen::JsCast;
        let element = found.item(at).and_then(|node| node.dyn_into::<web_sys::Element>().ok());
        if let Some(element) = element.filter(|element| element.get_attribute("data-control").as_deref() == Some(name))
        {
            element.scroll_into_view();
        }
    }
}

#[component]
fn Work(desk: Sitting, instructions: String, show_first: bool) -> impl IntoView {
    let bench = desk.bench;
    let toasts = use_toasts();
    let navigate = use_navigate();
    provide_context(bench);
    let project_id = desk.project_id;
    let query = use_query_map();
    let to_task = Callback::new(move |task: Option<TaskId>| {
        let here = query.with_untracked(|query| query.get("task").and_then(|id| id.parse::<TaskId>().ok()));
        if here == task {
            desk.version.update(|version| *version = version.wrapping_add(1));
            return;
        }
        let address = match task {
            Some(task) => format!("/projects/{project_id}/label?task={task}"),
            None => format!("/projects/{project_id}/label"),
        };
        navigate(&address, NavigateOptions::default());
    });
    let onwards = Callback::new(move |()| {
        // A change of earlier work stays where it is; new work goes on.
        to_task.run(desk.annotation_id.map(|_| desk.task_id));
    });
    let showing_instructions = RwSignal::new(false);
    let showing_keys = RwSignal::new(false);
    let has_instructions = !instructions.trim().is_empty();
    Effect::new(move |_| {
        desk.autosave.start();
        listen_to_keys(bench);
        if show_first && has_instructions {
            let seen = format!("synapse.instructed.{project_id}");
            if browser::kept::<bool>(&seen).is_none() {
                showing_instructions.set(true);
                browser::keep(&seen, &true);
            }
        }
    });
    Effect::new(move |_| {
        bench.changes.track();
        desk.key.set_value(None);
    });
    Effect::new(move |_| {
        let Some(request) = bench.request.get() else { return };
        bench.request.set(None);
        match request {
            Command::Submit => desk.hand_in(false, toasts, onwards),
            Command::Skip if desk.may_skip => desk.hand_in(true, toasts, onwards),
            _ => {}
        }
    });
    send_after_sign_in(desk, toasts, onwards);
    use_commands(Signal::derive(move || {
        let run = |is_skip| Callback::new(move |()| desk.hand_in(is_skip, toasts, onwards));
        let mut commands = vec![PaletteCommand::run("Label", "Submit", lu::LuCheck, run(false)).keys("Ctrl+Enter")];
        if desk.may_skip {
            commands.push(PaletteCommand::run("Label", "Skip this task", lu::LuSkipForward, run(true)));
        }
        if has_instructions {
            let show = Callback::new(move |()| showing_instructions.set(true));
            commands.push(PaletteCommand::run("Label", "Instructions", lu::LuBookOpen, show));
        }
        commands
    }));
    if desk.leased {
        stay_alive(desk, toasts);
    }
    let (before, after) = desk.neighbours();
    let is_new = desk.annotation_id.is_none() && !desk.was_skipped;
    let instructions = StoredValue::new(instructions);
    view! {
        <div class="desk">
            <header class="desk-bar">
                <div class="desk-start">
                    <IconButton
                        icon=lu::LuChevronLeft
                        label="Previous task".to_owned()
                        disabled=before.is_none()
                        on:click=move |_| to_task.run(before)
                    />
                    <span class="desk-task num">{format!("Task {}", desk.inner_id)}</span>
                    <IconButton
                        icon=lu::LuChevronRight
                        label="Next task".to_owned()
                        disabled=is_new
                        on:click=move |_| to_task.run(after)
                    />
                    <SavingState saving=desk.autosave.saving/>
                    {desk.proposed_by.get_value().map(|model| view! {
                        <span class="desk-note"><Icon icon=lu::LuSparkles/>
                            {if model.is_empty() { "Proposed by a model".to_owned() } else { format!("Proposed by {model}") }}
                        </span>
                    })}
                    {desk.was_skipped.then(|| view! { <span class="desk-note"><Icon icon=lu::LuSkipForward/>"You skipped this task"</span> })}
                </div>
                <div class="desk-end">
                    {has_instructions.then(|| view! {
                        <Button look=Look::Quiet icon=lu::LuBookOpen on:click=move |_| showing_instructions.set(true)>"Instructions"</Button>
                    })}
                    <IconButton icon=lu::LuKeyboard label="Keys".to_owned() on:click=move |_| showing_keys.set(true)/>
                    {desk.may_skip.then(|| view! {
                        <Button disabled=desk.busy on:click=move |_| desk.hand_in(true, toasts, onwards)>"Skip"</Button>
                    })}
                    <Button
                        look=Look::Primary
                        icon=lu::LuCheck
                        busy=desk.busy
                        attr:aria-keyshortcuts="Control+Enter"
                        on:click=move |_| desk.hand_in(false, toasts, onwards)
                    >
                        {if desk.annotation_id.is_some() { "Update" } else { "Submit" }}
                    </Button>
                </div>
            </header>
            <Show when=move || desk.signed_out.get() || desk.autosave.saving.get() == Saving::SignedOut>
                <Banner
                    tone=Tone::Warning
                    title="Your session has ended"
                    actions=|| view! {
                        <LinkButton href="/login?next=/signed-in".to_owned() size=Size::Small attr:target="_blank" attr:rel="opener">
                            "Sign in again"
                        </LinkButton>
                    }
                >
                    <p>{move || if desk.signed_out.get() {
                        "Your work is kept in this browser and is handed in as soon as you have signed in and opened this page again."
                    } else {
                        "Your work is kept in this browser until you have signed in again."
                    }}</p>
                </Banner>
            </Show>
            <Desktop bench/>
            <Dialog open=showing_instructions title="Instructions".to_owned() size="wide" dismissable=true>
                <div class="dialog-body prose" inner_html=instructions.get_value()></div>
            </Dialog>
            <Dialog open=showing_keys title="Keys".to_owned() dismissable=true>
                <div class="dialog-body"><KeyList bench/></div>
            </Dialog>
        </div>
    }
    .into_any()
}

/// The interface and, where regions can be drawn, their list.
#[component]
pub(super) fn Desktop(bench: Bench) -> impl IntoView {
    let root = bench.config.with_value(|config| config.root.clone());
    let (draws, has_picture) = bench.peek(|editor| {
        let kit = editor.document().kit();
        (!kit.shapes.is_empty() || !kit.label_sets.is_empty(), !kit.images.is_empty())
    });
    view! {
        <div class="desktop" data-panel=draws.then_some("") data-picture=has_picture.then_some("")>
            <div class="stage">
                <Tree element=root/>
            </div>
            {draws.then(|| view! { <aside class="panel" aria-label="Regions"><Regions/></aside> })}
        </div>
    }
    .into_any()
}

/// Back from signing in, in another tab: what waited is handed in, and the work goes on.
fn send_after_sign_in(desk: Sitting, toasts: Toasts, onwards: Callback<()>) {
    Effect::new(move |_| {
        let listener = window_event_listener(leptos::ev::focus, move |_| {
            if !desk.signed_out.get_untracked() {
                return;
            }
            send_waiting(desk.user_id, move |sent, refused| {
                if desk.signed_out.try_set(false).is_some() {
                    return;
                }
                refused.iter().for_each(|error| toasts.error(error));
                if sent > 0 {
                    desk.autosave.finish();
                    toasts.success("Your work has been handed in.");
                    onwards.run(());
                }
            });
        });
        on_cleanup(move || listener.remove());
    });
}

fn stay_alive(desk: Sitting, toasts: Toasts) {
    let lost = StoredValue::new(false);
    let beat = move || {
        if lost.try_get_value() != Some(false) {
            return;
        }
        spawn_local(async move {
            // Without an answer the lease lives on for a while; the next beat tells.
            if let Ok(false) = api::heartbeat(desk.project_id, desk.task_id).await
                && lost.try_get_value() == Some(false)
            {
                lost.set_value(true);
                toasts.info("Your time for this task has run out. Submit soon, before somebody else takes it.");
            }
        });
    };
    Effect::new(move |_| {
        beat();
        if let Ok(handle) = set_interval_with_handle(beat, HEARTBEAT) {
            on_cleanup(move || handle.clear());
        }
    });
}

#[component]
fn SavingState(saving: RwSignal<Saving>) -> impl IntoView {
    let words = move || match saving.get() {
        Saving::Untouched => ("", lu::LuCloud),
        Saving::OnItsWay => ("Saving…", lu::LuCloudUpload),
        Saving::Saved => ("Draft saved", lu::LuCloud),
        Saving::Here => ("Kept in this browser", lu::LuCloudOff),
        Saving::SignedOut => ("Signed out; kept here", lu::LuCloudOff),
        Saving::Nowhere => ("Not saved", lu::LuTriangleAlert),
    };
    view! {
        <span class="desk-note" role="status" data-saving=move || format!("{:?}", saving.get())>
            {move || {
                let (text, icon) = words();
                (!text.is_empty()).then(|| view! { <Icon icon/>{text} })
            }}
        </span>
    }
}

#[component]
fn KeyList(bench: Bench) -> impl IntoView {
    let apple = browser::is_apple();
    let rows = Command::ALL
        .into_iter()
        .filter(|command| match command {
            Command::Tool(editor::annotate::ToolKind::Draw(kind)) => bench.peek(|e| e.document().kit().draws(*kind)),
            _ => true,
        })
        .filter_map(|command| Some((command.name().to_owned(), command.shortcut_text(apple)?)));
    let more = [
        ("Move what is selected", "Arrows"),
        ("… by ten pixels", "Shift Arrows"),
        ("Resize what is selected", "Alt Arrows"),
        ("Move the view", "Space Drag"),
        ("Finish a polygon", "Enter"),
        ("Leave what was begun", "Esc"),
    ];
    let more = more.into_iter().map(|(what, keys)| (what.to_owned(), keys.to_owned()));
    rows.chain(more)
        .map(|(what, keys)| view! { <div class="key-row"><span>{what}</span><Kbd keys=keys.replace(' ', "+")/></div> })
        .collect_view()
}

/// No task, and why.
#[component]
fn Nothing(why: NoTask, project_id: ProjectId, done: Vec<Done>) -> impl IntoView {
    let (icon, title, text) = match why {
        NoTask::Empty => (
            lu::LuInbox,
            "There is nothing to label yet",
            "This project has no tasks. Once data has been imported, they appear here.",
        ),
        NoTask::AllLabeled => (
            lu::LuCircleCheck,
            "Everything is labeled",
            "Every task of this project has all the annotations it needs. Well done.",
        ),
        NoTask::AllTaken => (
            lu::LuUsers,
            "Others are on it",
            "What is left is in other people's hands right now. Tasks they give back appear here.",
        ),
        NoTask::NothingForYou => (
            lu::LuCoffee,
            "You have done your part",
            "You have worked on or skipped every task that is open. The rest is for others.",
        ),
        NoTask::LimitReached => {
            (lu::LuCoffee, "That is your share", "You have labeled as many tasks of this project as you may.")
        }
        NoTask::NotLive => (
            lu::LuClock,
            "This project is not live yet",
            "It is still being set up. Tasks appear here as soon as somebody who manages the project takes it live.",
        ),
        NoTask::Completed => (
            lu::LuCircleCheck,
            "This project is completed",
            "No more work is needed. Should somebody who manages the project reopen it, tasks appear here again.",
        ),
        NoTask::Paused => (
            lu::LuCirclePause,
            "This project is paused",
            "Labeling goes on when somebody who manages the project resumes it.",
        ),
    };
    let latest = done.first().map(|task| task.task_id);
    view! {
        <div class="desk-empty">
            <EmptyState icon title text>
                <LinkButton href=format!("/projects/{project_id}") look=Look::Primary>"To the project"</LinkButton>
                {latest.map(|task| view! {
                    <LinkButton href=format!("/projects/{project_id}/label?task={task}")>"Look at my latest task"</LinkButton>
                })}
            </EmptyState>
        </div>
    }
    .into_any()
}
