//! The models of a project among its settings: which there are, how they are, which one is asked while people draw, and what
//! they do beside that.

use domain::id::ProjectId;
use domain::ml::{Backend, MAX_BACKENDS, State};
use domain::project::ProjectDetail;
use leptos::prelude::*;

use super::api::{CheckModel, ModelsShown, PredictAll, PutModel, RemoveModel, SetModelInteractive, TrainModel};
use super::form::ModelForm;
use super::work::{Round, Versions, Wishes};
use crate::ui::{
    Align, Badge, Button, Choice, ConfirmDialog, Dialog, EmptyState, Icon, LinkButton, Look, Menu, MenuButton,
    MenuLink, Size, Switch, Time, Tone, lu, plural, use_toasts,
};

/// What the rows do.
#[derive(Clone, Copy)]
struct Acts {
    project_id: ProjectId,
    check: ServerAction<CheckModel>,
    ask: ServerAction<SetModelInteractive>,
    predict: ServerAction<PredictAll>,
    train: ServerAction<TrainModel>,
    editing: RwSignal<Option<Backend>>,
    form_open: RwSignal<bool>,
    removing: RwSignal<Option<Backend>>,
    confirm_open: RwSignal<bool>,
}

/// Whose predictions can count: any, a version, or a model for the version it has.
fn counting(detail: &ProjectDetail, models: &[Backend], versions: &[String]) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", "Those of any version")];
    let mut names: Vec<&str> = vec![""];
    let titles =
        models.iter().map(|model| (model.title.as_str(), format!("“{}”, whatever version it has", model.title)));
    let versions = versions.iter().map(|version| (version.as_str(), version.clone()));
    // One that is chosen stays among them, also when nothing of it is left.
    let chosen = std::iter::once((detail.model_version.as_str(), detail.model_version.clone()));
    for (name, words) in titles.chain(versions).chain(chosen) {
        if !names.contains(&name) {
            names.push(name);
            choices.push(Choice::new(name, words));
        }
    }
    choices
}

/// The section.
#[component]
pub(crate) fn Models(detail: ProjectDetail, shown: ModelsShown, reload: RwSignal<u32>) -> impl IntoView {
    let ModelsShown { models, versions, round } = shown;
    let project_id = detail.project_id;
    let choices = counting(&detail, &models, &versions);
    let toasts = use_toasts();
    let put = ServerAction::<PutModel>::new();
    let check = ServerAction::<CheckModel>::new();
    let ask = ServerAction::<SetModelInteractive>::new();
    let remove = ServerAction::<RemoveModel>::new();
    let predict = ServerAction::<PredictAll>::new();
    let train = ServerAction::<TrainModel>::new();
    let editing = RwSignal::new(None::<Backend>);
    let removing = RwSignal::new(None::<Backend>);
    let (form_open, confirm_open) = (RwSignal::new(false), RwSignal::new(false));
    let acts = Acts { project_id, check, ask, predict, train, editing, form_open, removing, confirm_open };
    let again = move || reload.update(|times| *times += 1);
    // Also when its form has been closed before the model answered. While it is open, the list behind it can wait.
    let is_stale = RwSignal::new(false);
    Effect::new(move |_| {
        let Some(Ok(model)) = put.value().get() else { return };
        if model.state == State::Up {
            toasts.success(format!("“{}” is connected", model.title));
        } else {
            // It is stored: what is typed from now on changes it.
            editing.set(Some(model));
        }
        is_stale.set(true);
    });
    Effect::new(move |_| {
        if is_stale.get() && !form_open.get() {
            is_stale.set(false);
            again();
        }
    });
    Effect::new(move |_| match check.value().get() {
        Some(Ok(model)) => {
            if model.state == State::Up {
                toasts.success(format!("“{}” answers", model.title));
            }
            again();
        }
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
    Effect::new(move |_| match ask.value().get() {
        Some(Ok(())) => again(),
        Some(Err(error)) => {
            toasts.error(&error);
            again();
        }
        None => {}
    });
    Effect::new(move |_| match predict.value().get() {
        Some(Ok(_)) => again(),
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
    Effect::new(move |_| match train.value().get() {
        Some(Ok(())) => {
            toasts.success("It is asked to learn as soon as it answers");
            again();
        }
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
    Effect::new(move |_| match remove.value().get() {
        Some(Ok(())) => {
            confirm_open.set(false);
            toasts.success("Model removed");
            again();
        }
        Some(Err(error)) => {
            confirm_open.set(false);
            toasts.error(&error);
        }
        None => {}
    });
    let add = move || {
        editing.set(None);
        form_open.set(true);
    };
    let one_is_asked = models.iter().any(|model| model.is_interactive);
    let is_full = i64::try_from(models.len()).is_ok_and(|count| count >= MAX_BACKENDS);
    let has_any = !models.is_empty() || !versions.is_empty();
    let list = if models.is_empty() {
        view! {
            <EmptyState
                icon=lu::LuSparkles
                title="No models yet"
                text="A server of yours can propose answers: while people draw, or for many tasks at once. It speaks the protocol of Label Studio's ML backends."
            >
                <Button look=Look::Primary icon=lu::LuPlus on:click=move |_| add()>"Add a model"</Button>
            </EmptyState>
        }
        .into_any()
    } else {
        let rows = models.into_iter().map(|model| view! { <Row model acts/> }).collect_view();
        view! {
            <ul class="rows models" role="list">{rows}</ul>
            <div class="card-foot">
                <Button size=Size::Small icon=lu::LuPlus disabled=is_full on:click=move |_| add()>"Add a model"</Button>
                {is_full.then(|| view! { <span class="muted small">{format!("A project has {MAX_BACKENDS} at most.")}</span> })}
            </div>
        }
        .into_any()
    };
    view! {
        <div class="spread">
            <p class="muted">"Servers that propose answers and learn from the work."</p>
            <LinkButton href="/help/models".to_owned() size=Size::Small look=Look::Quiet icon=lu::LuBookOpen>"How to set one up"</LinkButton>
        </div>
        <section class="card" aria-label="Models of the project">{list}</section>
        {round.map(|run| view! { <Round project_id run reload/> })}
        {has_any.then(|| view! { <Wishes detail choices reload/> })}
        {(!versions.is_empty()).then(|| view! { <Versions project_id/> })}
        <Dialog
            open=form_open
            title=Signal::derive(move || if editing.with(Option::is_some) { "Edit the model" } else { "Add a model" }.to_owned())
        >
            <ModelForm project_id model=editing.get_untracked() one_is_asked open=form_open put/>
        </Dialog>
        <ConfirmDialog
            open=confirm_open
            title=Signal::derive(move || {
                format!("Remove “{}”?", removing.get().map(|model| model.title).unwrap_or_default())
            })
            text="It is asked nothing any more. What it predicted stays, and so does what was accepted from it.".to_owned()
            verb="Remove"
            busy=remove.pending()
            on_confirm=Callback::new(move |()| {
                if let Some(model) = removing.get_untracked() {
                    remove.dispatch(RemoveModel { project_id, ml_backend_id: model.ml_backend_id });
                }
            })
        />
    }
    .into_any()
}

#[component]
fn Row(model: Backend, acts: Acts) -> impl IntoView {
    let Acts { project_id, check, ask, predict, train, editing, form_open, removing, confirm_open } = acts;
    let ml_backend_id = model.ml_backend_id;
    let (for_edit, for_removal) = (model.clone(), model.clone());
    let checking = move || {
        let asked = check.input().with(|asked| asked.as_ref().map(|asked| asked.ml_backend_id));
        check.pending().get() && asked == Some(ml_backend_id)
    };
    let (tone, word) = match model.state {
        State::Up => (Tone::Success, "Connected"),
        State::Down => (Tone::Danger, "Not working"),
        State::Unchecked => (Tone::Neutral, "Not checked"),
    };
    let about = [
        (!model.model_version.is_empty()).then(|| model.model_version.clone()),
        model.username.as_ref().map(|username| format!("as {username}")),
    ];
    let learned = (model.trained_at.is_some() || model.untrained > 0).then(|| {
        let since = plural(model.untrained, "new annotation", "new annotations");
        match model.trained_at {
            Some(at) => {
                view! { <span class="faint small">{since}" since it was trained, "<Time at/></span> }.into_any()
            }
            None => view! { <span class="faint small">{since}", never trained"</span> }.into_any(),
        }
    });
    let about = about.into_iter().flatten().map(|fact| format!(" · {fact}")).collect::<String>();
    view! {
        <li>
            <span class="grow model-words">
                <span class="model-head">
                    <span class="strong truncate" dir="auto">{model.title.clone()}</span>
                    <Badge tone dot=true>{word}</Badge>
                </span>
                <span class="muted small model-address">{model.url.clone()}{about}</span>
                {(!model.description.is_empty()).then(|| view! { <span class="small">{model.description.clone()}</span> })}
                {(!model.message.is_empty()).then(|| view! {
                    <span class="small model-trouble"><Icon icon=lu::LuTriangleAlert/>{model.message.clone()}</span>
                })}
                {model.checked_at.map(|at| view! { <span class="faint small">"Checked "<Time at/></span> })}
                {learned}
            </span>
            <span class="model-acts">
                <Switch
                    name="is_interactive"
                    id=format!("asked-{ml_backend_id}")
                    label="Asked while people draw"
                    checked=model.is_interactive
                    on_change=Callback::new(move |is_interactive| {
                        ask.dispatch(SetModelInteractive { project_id, ml_backend_id, is_interactive });
                    })
                />
                <Button
                    size=Size::Small
                    busy=Signal::derive(checking)
                    attr:aria-label=format!("Check the connection to {}", model.title)
                    on:click=move |_| { check.dispatch(CheckModel { project_id, ml_backend_id }); }
                >
                    "Check"
                </Button>
                <Menu
                    id=format!("model-{ml_backend_id}")
                    label=format!("Manage {}", model.title)
                    icon=lu::LuEllipsis
                    size=Size::Small
                    align=Align::End
                >
                    <MenuButton icon=lu::LuSparkles on:click=move |_| {
                        predict.dispatch(PredictAll { project_id, ml_backend_id });
                    }>"Predict all tasks"</MenuButton>
                    <MenuButton icon=lu::LuGraduationCap on:click=move |_| {
                        train.dispatch(TrainModel { ml_backend_id });
                    }>"Train now"</MenuButton>
                    {model.webhook_id.map(|id| view! {
                        <MenuLink href=format!("/webhooks/{id}") icon=lu::LuScrollText>"What it was told"</MenuLink>
                    })}
                    <MenuButton icon=lu::LuPencil on:click=move |_| {
                        editing.set(Some(for_edit.clone()));
                        form_open.set(true);
                    }>"Edit"</MenuButton>
                    <MenuButton icon=lu::LuTrash2 danger=true on:click=move |_| {
                        removing.set(Some(for_removal.clone()));
                        confirm_open.set(true);
                    }>"Remove"</MenuButton>
                </Menu>
            </span>
        </li>
    }
    .into_any()
}
