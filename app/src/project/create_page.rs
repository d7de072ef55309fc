//! The wizard at `/projects/new`: a name, a labeling interface, then the data.
//!
//! Nothing is stored before the end. The steps are one page with an address each, so the browser's "back" goes a step
//! back, and what has been entered is kept in the browser until the project is made.

use domain::org::Workspace;
use domain::project::{NewProject, TemplateCard, TemplateDetail};
use leptos::{html, prelude::*};
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::api::{self, CreateProject};
use super::config_form::ConfigForm;
use super::create_draft::Draft;
use super::list_page::may_create;
use super::template_gallery::TemplateGallery;
use crate::account::use_me;
use crate::annotate::browser::forget;
use crate::lost::Failed;
use crate::org::NoOrg;
use crate::shell::{Crumb, Page, PageHead};
use crate::ui::{
    Button, Choice, ColorField, EmptyState, ErrorBanner, FormScope, Icon, Look, RadioCards, Select, Skeleton, TextArea,
    TextField, answered, lu, use_toasts,
};

/// Where one is in the wizard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Name,
    Data,
    Interface,
}

/// A step, what it is called, and its address after `/projects/new`.
const STEPS: [(Step, &str, &str); 3] = [
    (Step::Name, "Name", ""),
    (Step::Data, "Data", "?step=data"),
    (Step::Interface, "Labeling interface", "?step=interface"),
];

/// Where one is, and how to go elsewhere.
#[derive(Clone, Copy)]
struct Way {
    now: Memo<Step>,
    go: Callback<Step>,
}

/// The page at `/projects/new`.
#[component]
pub fn CreatePage() -> impl IntoView {
    if use_me().with_untracked(|me| me.org.is_none()) {
        return view! { <NoOrg title="New project"/> }.into_any();
    }
    if !may_create() {
        // Before anything is typed that could not be stored.
        return view! { <Failed error=domain::Error::forbidden("create projects").into()/> }.into_any();
    }
    let draft = Draft::new();
    let key = use_me().with_untracked(|me| format!("synapse.wizard.{}", me.user_id));
    draft.keep_unsaved(key.clone());
    let navigate = use_navigate();
    let query = use_query_map();
    let now = Memo::new(move |_| {
        let named = query.with(|query| query.get("step")).map(|name| format!("?step={name}"));
        let step = STEPS.into_iter().find(|(_, _, address)| named.as_deref() == Some(*address));
        // An address says nothing about what has been entered.
        step.filter(|_| draft.has_title()).map_or(Step::Name, |(step, ..)| step)
    });
    let go = {
        let navigate = navigate.clone();
        Callback::new(move |step: Step| {
            let address = STEPS.into_iter().find(|(own, ..)| *own == step).map_or("", |(_, _, address)| address);
            navigate(&format!("/projects/new{address}"), NavigateOptions::default());
        })
    };
    let way = Way { now, go };
    let create = ServerAction::<CreateProject>::new();
    let error = Signal::derive(move || create.value().get().and_then(Result::err));
    Effect::new(move |_| match create.value().get() {
        Some(Ok(project_id)) => {
            forget(&key);
            let next = if draft.import_next.get_untracked() { "/import" } else { "" };
            navigate(&format!("/projects/{project_id}{next}"), NavigateOptions::default());
        }
        // The step that holds what is wrong.
        Some(Err(error)) => match error.field() {
            Some("title" | "description" | "color" | "workspace_id") => go.run(Step::Name),
            _ => go.run(Step::Interface),
        },
        None => {}
    });
    let send = Callback::new(move |()| {
        let input = NewProject {
            title: draft.title.get_untracked(),
            description: draft.description.get_untracked(),
            color: draft.color.get_untracked(),
            workspace_id: draft.workspace_id.get_untracked(),
            label_config: draft.source.get_untracked(),
        };
        create.dispatch(CreateProject { input });
    });
    let setup = Resource::new_blocking(|| (), |()| api::project_choices());
    view! {
        <Page title="New project".to_owned() crumbs=vec![Crumb::new("Projects", "/projects")]>
            <FormScope error pending=create.pending()>
                <StepBar way draft/>
                <Transition fallback=|| view! { <Skeleton shape="block"/> }>
                    {answered(setup, move |answer| match answer {
                        Ok((workspaces, templates)) => {
                            view! { <Steps way draft workspaces templates error pending=create.pending() send/> }.into_any()
                        }
                        Err(error) => view! { <Failed error/> }.into_any(),
                    })}
                </Transition>
            </FormScope>
        </Page>
    }
    .into_any()
}

#[component]
fn StepBar(way: Way, draft: Draft) -> impl IntoView {
    let steps = STEPS
        .into_iter()
        .zip(1..)
        .map(|((own, label, _), number)| {
            view! {
                <li>
                    <button
                        class="wizard-step"
                        type="button"
                        aria-current=move || (way.now.get() == own).then_some("step")
                        data-done=move || (way.now.get() > own).then_some("")
                        disabled=move || own != Step::Name && !draft.has_title()
                        on:click=move |_| way.go.run(own)
                    >
                        <span class="wizard-number">
                            {move || if way.now.get() > own { view! { <Icon icon=lu::LuCheck/> }.into_any() } else { number.into_any() }}
                        </span>
                        {label}
                    </button>
                </li>
            }
        })
        .collect_view();
    view! { <nav aria-label="Steps"><ol class="wizard-steps" role="list">{steps}</ol></nav> }
}

#[component]
fn Steps(
    way: Way,
    draft: Draft,
    workspaces: Vec<Workspace>,
    templates: Vec<TemplateCard>,
    #[prop(into)] error: Signal<Option<crate::error::AppError>>,
    #[prop(into)] pending: Signal<bool>,
    send: Callback<()>,
) -> impl IntoView {
    // The button that was pressed is gone: the keyboard goes on where the new step begins.
    let here: [NodeRef<html::Section>; STEPS.len()] = std::array::from_fn(|_| NodeRef::new());
    Effect::new(move |before: Option<(Step, bool)>| {
        let now = (way.now.get(), draft.editing.get());
        let node = STEPS.iter().position(|(own, ..)| *own == now.0).and_then(|at| here[at].get());
        if before.is_some_and(|before| before != now)
            && let Some(node) = node
        {
            request_animation_frame(move || {
                // A node that has left the page in the meantime takes none.
                let _ = node.focus();
            });
        }
        now
    });
    let [name, data, interface] = here;
    view! {
        <section class="wizard-pane-frame" tabindex="-1" aria-label="Name" node_ref=name hidden=move || way.now.get() != Step::Name>
            <NameStep way draft workspaces/>
        </section>
        <section class="wizard-pane-frame" tabindex="-1" aria-label="Data" node_ref=data hidden=move || way.now.get() != Step::Data>
            <DataStep way draft/>
        </section>
        <section
            class="wizard-pane-frame"
            tabindex="-1"
            aria-label="Labeling interface"
            node_ref=interface
            hidden=move || way.now.get() != Step::Interface
        >
            <InterfaceStep way draft templates error pending send/>
        </section>
    }
    .into_any()
}

#[component]
fn NameStep(way: Way, draft: Draft, workspaces: Vec<Workspace>) -> impl IntoView {
    let folders: Vec<Choice> = std::iter::once(Choice::new("", "No workspace"))
        .chain(workspaces.into_iter().map(|folder| Choice::new(folder.workspace_id.to_string(), folder.name)))
        .collect();
    let has_folders = folders.len() > 1;
    view! {
        <form
            class="wizard-pane form"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                if draft.has_title() {
                    way.go.run(Step::Data);
                }
            }
        >
            <PageHead title="What is it called?".to_owned() text="People see this name in their queue. You can change everything later.".to_owned()/>
            <TextField
                name="title"
                label="Name"
                bind=draft.title
                required=true
                autofocus=true
                max_length=100_u32
                placeholder="Street signs, spring batch"
                help="At least 3 characters."
            />
            <TextArea
                name="description"
                label="Description"
                optional=true
                rows=2
                max_length=2000_u32
                placeholder="What is it for, and for whom?"
                bind=draft.description
            />
            {has_folders.then(|| view! {
                <Select
                    name="workspace_id"
                    label="Workspace"
                    choices=folders
                    on_change=Callback::new(move |id: String| draft.workspace_id.set(id.parse().ok()))
                />
            })}
            <ColorField color=draft.color/>
            <div class="form-actions">
                <Button look=Look::Primary kind="submit" disabled=Signal::derive(move || !draft.has_title())>"Continue"</Button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn DataStep(way: Way, draft: Draft) -> impl IntoView {
    view! {
        <form
            class="wizard-pane form"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                way.go.run(Step::Interface);
            }
        >
            <PageHead title="Where does the data come from?".to_owned() text="Images, text, JSON, CSV or a zip of files; also by address.".to_owned()/>
            <RadioCards
                name="data"
                label="Data"
                value="import".to_owned()
                choices=vec![
                    Choice::new("import", "Import files next")
                        .icon(lu::LuUpload)
                        .help("Right after the project is made: drop files, paste, or give an address."),
                    Choice::new("later", "Add data later")
                        .icon(lu::LuClock)
                        .help("Set up the questions first. Data can come in at any time."),
                ]
                on_change=Callback::new(move |choice: String| draft.import_next.set(choice == "import"))
            />
            <div class="form-actions">
                <Button look=Look::Primary kind="submit">"Continue"</Button>
                <Button look=Look::Quiet on:click=move |_| way.go.run(Step::Name)>"Back"</Button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn InterfaceStep(
    way: Way,
    draft: Draft,
    templates: Vec<TemplateCard>,
    #[prop(into)] error: Signal<Option<crate::error::AppError>>,
    #[prop(into)] pending: Signal<bool>,
    send: Callback<()>,
) -> impl IntoView {
    let load = Action::new(|id: &String| {
        let id = id.clone();
        async move { api::template(id).await }
    });
    let toasts = use_toasts();
    // As the template before it came: what is written since is not thrown away without a way back.
    let came = StoredValue::new(String::new());
    Effect::new(move |_| {
        if let Some(Ok(TemplateDetail { xml, sample })) = load.value().get() {
            let before = draft.source.get_untracked();
            if !before.trim().is_empty() && came.with_value(|came| *came != before) {
                let back = Callback::new(move |()| draft.source.set(before.clone()));
                toasts.undo("The template is in the place of what you had written", back);
            }
            came.set_value(xml.clone());
            draft.source.set(xml);
            draft.sample.set(sample.as_object().cloned().unwrap_or_default());
            draft.editing.set(true);
        }
    });
    let failed = move || load.value().get().and_then(Result::err);
    let on_choose = Callback::new(move |template: TemplateCard| {
        draft.template.set(Some(template.id.clone()));
        load.dispatch(template.id);
    });
    let templates = StoredValue::new(templates);
    view! {
        <div class="wizard-wide">
            <PageHead
                title="What do you ask?".to_owned()
                text="Start from a template and make it yours; the preview follows as you type.".to_owned()
                actions=move || view! {
                    <Show when=move || draft.editing.get()>
                        <Button icon=lu::LuLayoutTemplate on:click=move |_| draft.editing.set(false)>"Other templates"</Button>
                    </Show>
                }
            />
            {move || failed().map(|error| view! { <ErrorBanner error/> })}
            <Show
                when=move || draft.editing.get()
                fallback=move || view! {
                    <TemplateGallery templates=templates.get_value() chosen=draft.template on_choose/>
                    <EmptyState icon=lu::LuCode title="Know the tags already?" text="Write the labeling interface yourself, in the XML that Label Studio reads.">
                        <Button
                            icon=lu::LuPencil
                            on:click=move |_| {
                                draft.template.set(None);
                                if draft.source.with_untracked(|source| source.trim().is_empty()) {
                                    came.set_value("<View>\n  \n</View>\n".to_owned());
                                    draft.source.set(came.get_value());
                                }
                                draft.editing.set(true);
                            }
                        >
                            "Write it yourself"
                        </Button>
                    </EmptyState>
                }
            >
                <ConfigForm source=draft.source sample=draft.sample/>
            </Show>
            <div class="wizard-end">
                {move || error.get().map(|error| view! { <ErrorBanner error/> })}
                <div class="form-actions">
                // Without an interface is the exception, not what the eye should fall upon.
                <Show
                    when=move || draft.source.with(|source| !source.trim().is_empty())
                    fallback=move || view! {
                        <Button busy=pending on:click=move |_| send.run(())>"Create without an interface"</Button>
                    }
                >
                    <Button look=Look::Primary icon=lu::LuCheck busy=pending on:click=move |_| send.run(())>"Create project"</Button>
                </Show>
                <Button look=Look::Quiet on:click=move |_| way.go.run(Step::Data)>"Back"</Button>
                </div>
            </div>
        </div>
    }
    .into_any()
}
