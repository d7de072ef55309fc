//! The settings of a project, a section per address: general, labeling, models, storage, client APIs, webhooks, instructions,
//! people, danger.

use domain::id::{ProjectId, WorkspaceId};
use domain::org::Workspace;
use domain::project::{MAX_ANNOTATIONS, ProjectDetail, ProjectPatch, Sampling, SkipQueue};
use domain::webhook::Scope;
use leptos::{html, prelude::*};
use leptos_router::hooks::{use_navigate, use_params_map};

use super::api::{self, DeleteProject, UpdateProject};
use super::frame::ProjectPage;
use super::overview_page::waiting;
use super::people::People;
use super::settings_labeling::Labeling;
use super::tabs::project_id_param;
use super::unsaved::keep_unsaved;
use crate::client_api::ClientApis;
use crate::cloud::Storages;
use crate::lost::{Failed, NotFound};
use crate::ml::Models;
use crate::ui::{
    Banner, Button, Card, Checkbox, Choice, ColorField, ConfirmDialog, FormActions, FormScope, Glyph, Icon, Look,
    RadioCards, Select, TextArea, TextField, Tone, answered_anew, focus_first_error, lu, use_toasts,
};
use crate::webhook::Webhooks;

const SECTIONS: [(&str, &str, Glyph); 9] = [
    ("general", "General", lu::LuSettings),
    ("labeling", "Labeling interface", lu::LuLayoutTemplate),
    ("models", "Models", lu::LuSparkles),
    ("storage", "Cloud storage", lu::LuCloud),
    ("client-apis", "Client APIs", lu::LuPlugZap),
    ("webhooks", "Webhooks", lu::LuWebhook),
    ("instructions", "Instructions", lu::LuBookOpen),
    ("people", "People", lu::LuUsers),
    ("danger", "Delete", lu::LuTrash2),
];

/// Call after a change: what the page shows is asked for again.
#[derive(Clone, Copy)]
pub(super) struct Reload(pub(super) RwSignal<u32>);

/// The page at `/projects/{id}/settings/{section}`.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let id = project_id_param();
    let params = use_params_map();
    let section =
        Memo::new(move |_| params.with(|params| params.get("section")).unwrap_or_else(|| "general".to_owned()));
    let reload = RwSignal::new(0_u32);
    provide_context(Reload(reload));
    let loaded = Resource::new_blocking(
        move || (id.get(), section.get(), reload.get()),
        |(id, section, _)| api::project_settings(id, section),
    );
    view! {
        <Transition fallback=waiting>
            {answered_anew(loaded, move |answer| match answer {
                Ok(loaded) => view! { <Section loaded/> }.into_any(),
                Err(error) => view! { <Failed error/> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Section(loaded: api::Settings) -> impl IntoView {
    let api::Settings { section, detail, workspaces, people, models, webhooks, storages, client_apis } = loaded;
    let Reload(reload) = expect_context();
    let (id, project) = (detail.project_id, detail.head());
    let wide = section == "labeling";
    let title = SECTIONS.iter().find(|(name, ..)| *name == section).map(|(_, title, _)| (*title).to_owned());
    let Some(title) = title else { return view! { <NotFound/> }.into_any() };
    let links = SECTIONS
        .into_iter()
        .map(|(name, title, icon)| {
            // The first section is also what `/settings` shows, which the router's own link does not know.
            let here = (name == section).then_some("page");
            view! {
                <li>
                    <a class="settings-link" href=format!("/projects/{id}/settings/{name}") aria-current=here>
                        <Icon icon/>
                        {title}
                    </a>
                </li>
            }
        })
        .collect_view();
    let content = match section.as_str() {
        "general" => view! { <General detail workspaces/> }.into_any(),
        "labeling" => view! { <Labeling detail/> }.into_any(),
        "models" => view! { <Models detail shown=models reload/> }.into_any(),
        "storage" => {
            let (storages, allows_folders) = storages;
            view! { <Storages project_id=id storages allows_folders reload/> }.into_any()
        }
        "client-apis" => view! { <ClientApis project_id=id view=client_apis reload/> }.into_any(),
        "webhooks" => view! { <Webhooks scope=Scope::Project(id) webhooks reload/> }.into_any(),
        "instructions" => view! { <Instructions detail/> }.into_any(),
        "people" => view! { <People project_id=id people reload/> }.into_any(),
        _ => view! { <Danger detail/> }.into_any(),
    };
    view! {
        <ProjectPage project title=title.clone() >
            <div class="settings-frame" data-wide=wide.then_some("")>
                <nav class="settings-nav" aria-label="Settings"><ul role="list">{links}</ul></nav>
                <div class="stack settings-content">
                    <h1>{title}</h1>
                    {content}
                </div>
            </div>
        </ProjectPage>
    }
    .into_any()
}

/// An action that stores a patch, says so, and asks for the page again.
fn saving() -> ServerAction<UpdateProject> {
    let toasts = use_toasts();
    let reload = expect_context::<Reload>();
    let save = ServerAction::<UpdateProject>::new();
    Effect::new(move |_| {
        if matches!(save.value().get(), Some(Ok(()))) {
            toasts.success("Saved");
            reload.0.update(|times| *times += 1);
        }
    });
    save
}

/// The form of a section: its fields, what is wrong with them, and the button that sends what `patch` says.
#[component]
fn SettingsForm(
    project_id: ProjectId,
    save: ServerAction<UpdateProject>,
    patch: Callback<(), ProjectPatch>,
    children: Children,
) -> impl IntoView {
    let error = Signal::derive(move || save.value().get().and_then(Result::err));
    let form = NodeRef::<html::Form>::new();
    focus_first_error(form, error);
    view! {
        <FormScope error pending=save.pending()>
            <form
                class="form stack gap-6"
                node_ref=form
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    save.dispatch(UpdateProject { project_id, patch: patch.run(()) });
                }
            >
                {children()}
                <FormActions>
                    <Button look=Look::Primary kind="submit" busy=save.pending()>"Save"</Button>
                </FormActions>
            </form>
        </FormScope>
    }
    .into_any()
}

#[component]
fn General(detail: ProjectDetail, workspaces: Vec<Workspace>) -> impl IntoView {
    let project_id = detail.project_id;
    let patch = RwSignal::new(ProjectPatch::default());
    let title = RwSignal::new(detail.title.clone());
    let description = RwSignal::new(detail.description.clone());
    let color = RwSignal::new(detail.color.clone());
    let overlap = RwSignal::new(detail.maximum_annotations.to_string());
    let save = saving();
    let folder = detail.workspace_id;
    let flag = move |set: fn(&mut ProjectPatch, bool)| Callback::new(move |on| patch.update(|patch| set(patch, on)));
    let sampling = detail.sampling.as_str().to_owned();
    let skip_queue = detail.skip_queue.as_str().to_owned();
    let changes = Callback::new(move |()| {
        let mut patch = patch.get_untracked();
        patch.title = Some(title.get_untracked());
        patch.description = Some(description.get_untracked());
        patch.color = Some(color.get_untracked());
        patch.maximum_annotations = Some(crate::ui::number_in(&overlap.get_untracked(), 0));
        patch
    });
    view! {
        <SettingsForm project_id save patch=changes>
                <Card title="About">
                    <div class="form">
                        <TextField name="title" label="Name" bind=title required=true max_length=100_u32/>
                        <TextArea
                            name="description"
                            label="Description"
                            optional=true
                            bind=description
                            max_length=2000_u32
                        />
                        <WorkspaceField workspaces folder patch/>
                        <ColorField color/>
                    </div>
                </Card>
                <Card title="Labeling" text="How tasks are handed out and what counts as an answer.">
                    <div class="form">
                        <TextField
                            name="maximum_annotations"
                            label="Annotations per task"
                            kind="number"
                            min="1".to_owned()
                            max=MAX_ANNOTATIONS.to_string()
                            bind=overlap
                            help="How many people label each task. More of them show where they disagree."
                        />
                        <Select
                            name="sampling"
                            label="Order of tasks"
                            value=sampling
                            choices=vec![
                                Choice::new(Sampling::Sequence.as_str(), "As they came in"),
                                Choice::new(Sampling::Uniform.as_str(), "At random"),
                                Choice::new(Sampling::Uncertainty.as_str(), "Most uncertain first"),
                            ]
                            help="Most uncertain first goes by the scores of predictions: where the model is least sure comes first, tasks without a score come last."
                            on_change=Callback::new(move |name: String| patch.update(|patch| patch.sampling = Sampling::from_name(&name)))
                        />
                        <Checkbox
                            name="show_skip_button"
                            label="People may skip tasks"
                            checked=detail.show_skip_button
                            on_change=flag(|patch, on| patch.show_skip_button = Some(on))
                        />
                        <RadioCards
                            name="skip_queue"
                            label="Skipped tasks"
                            value=skip_queue
                            choices=vec![
                                Choice::new(SkipQueue::RequeueForOthers.as_str(), "Go to others").icon(lu::LuUsers).help("Somebody else gets the task."),
                                Choice::new(SkipQueue::RequeueForMe.as_str(), "Come back").icon(lu::LuUndo2).help("The same person gets it again at the end."),
                                Choice::new(SkipQueue::IgnoreSkipped.as_str(), "Count as done").icon(lu::LuCheck).help("Nobody gets it again."),
                            ]
                            on_change=Callback::new(move |name: String| patch.update(|patch| patch.skip_queue = SkipQueue::from_name(&name)))
                        />
                        <Checkbox
                            name="enable_empty_annotation"
                            label="An empty answer may be submitted"
                            help="For images with nothing to find."
                            checked=detail.enable_empty_annotation
                            on_change=flag(|patch, on| patch.enable_empty_annotation = Some(on))
                        />
                        <Checkbox
                            name="show_collab_predictions"
                            label="Predictions are shown while labeling"
                            checked=detail.show_collab_predictions
                            on_change=flag(|patch, on| patch.show_collab_predictions = Some(on))
                        />
                        <Checkbox
                            name="reveal_preannotations_interactively"
                            label="Their regions are shown one by one"
                            help="Each region that somebody draws shows the predicted one that it overlaps most. Nobody is led by what a model has found."
                            checked=detail.reveal_preannotations_interactively
                            on_change=flag(|patch, on| patch.reveal_preannotations_interactively = Some(on))
                        />
                    </div>
                </Card>
                <Card title="Media" text="Objects of tasks that lie on other servers.">
                    <div class="form">
                        <Checkbox
                            name="allow_media_proxy"
                            label="Load media and trees of other servers through Synapse"
                            help="For servers that refuse to give their files to this page, and for exports with images. Only addresses that a task or the labeling interface names are fetched, without cookies, and never from private networks."
                            checked=detail.allow_media_proxy
                            on_change=flag(|patch, on| patch.allow_media_proxy = Some(on))
                        />
                    </div>
                </Card>
        </SettingsForm>
    }
    .into_any()
}

#[component]
fn WorkspaceField(
    workspaces: Vec<Workspace>,
    folder: Option<WorkspaceId>,
    patch: RwSignal<ProjectPatch>,
) -> impl IntoView {
    let choices: Vec<Choice> = std::iter::once(Choice::new("0", "No workspace"))
        .chain(workspaces.into_iter().map(|folder| Choice::new(folder.workspace_id.to_string(), folder.name)))
        .collect();
    let value = folder.map_or_else(|| "0".to_owned(), |id| id.to_string());
    view! {
        <Select
            name="workspace_id"
            label="Workspace"
            choices
            value
            on_change=Callback::new(move |id: String| patch.update(|patch| patch.workspace_id = id.parse().ok()))
        />
    }
}

#[component]
fn Instructions(detail: ProjectDetail) -> impl IntoView {
    let project_id = detail.project_id;
    let patch = RwSignal::new(ProjectPatch::default());
    let save = saving();
    let html = detail.instruction_html.clone();
    let text = RwSignal::new(detail.expert_instruction.clone());
    keep_unsaved(format!("synapse.instructions.{project_id}"), text, RwSignal::new(detail.expert_instruction.clone()));
    let changes = Callback::new(move |()| {
        let mut patch = patch.get_untracked();
        patch.expert_instruction = Some(text.get_untracked());
        patch
    });
    view! {
        <SettingsForm project_id save patch=changes>
            <div class="form">
                <TextArea
                    name="expert_instruction"
                    label="Instructions"
                    bind=text
                    rows=12
                    max_length=50_000_u32
                    help="Markdown: headings, lists, tables, links, images."
                    placeholder="What to look for, what to leave out, and what to do in doubt"
                />
                <Checkbox
                    name="show_instruction"
                    label="Show them before the first task"
                    checked=detail.show_instruction
                    on_change=Callback::new(move |on| patch.update(|patch| patch.show_instruction = Some(on)))
                />
            </div>
        </SettingsForm>
        {(!html.is_empty()).then(|| view! {
            <Card title="As people see them"><div class="prose" inner_html=html.clone()></div></Card>
        })}
    }
    .into_any()
}

#[component]
fn Danger(detail: ProjectDetail) -> impl IntoView {
    let project_id = detail.project_id;
    let toasts = use_toasts();
    let delete = ServerAction::<DeleteProject>::new();
    let asking = RwSignal::new(false);
    let navigate = use_navigate();
    let title = detail.title.clone();
    Effect::new(move |_| match delete.value().get() {
        Some(Ok(())) => {
            toasts.success(format!("{title} is in the bin"));
            navigate("/projects?bin=1", leptos_router::NavigateOptions::default());
        }
        Some(Err(error)) => {
            asking.set(false);
            toasts.error(&error);
        }
        None => {}
    });
    view! {
        <Banner tone=Tone::Neutral>
            <p>"A deleted project waits in the bin for 30 days and can be taken back with everything in it. After that it is gone for good."</p>
        </Banner>
        <Card title="Move this project to the bin" text="People lose access to it at once." danger=true>
            <Button look=Look::Danger icon=lu::LuTrash2 on:click=move |_| asking.set(true)>"Move to the bin"</Button>
        </Card>
        <ConfirmDialog
            open=asking
            title=format!("Move “{}” to the bin?", detail.title)
            text="People lose access at once. You can restore it for 30 days.".to_owned()
            verb="Move to the bin"
            busy=delete.pending()
            on_confirm=Callback::new(move |()| {
                delete.dispatch(DeleteProject { project_id });
            })
        />
    }
    .into_any()
}
