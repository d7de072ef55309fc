//! The models of a project among its settings: which there are, how they are, and which one is asked while people draw.

use domain::id::ProjectId;
use domain::ml::{Backend, MAX_BACKENDS, State};
use leptos::prelude::*;

use super::api::{CheckModel, PutModel, RemoveModel, SetModelInteractive};
use super::form::ModelForm;
use crate::ui::{
    Align, Badge, Button, ConfirmDialog, Dialog, EmptyState, Icon, LinkButton, Look, Menu, MenuButton, Size, Switch,
    Time, Tone, lu, use_toasts,
};

/// What the rows do.
#[derive(Clone, Copy)]
struct Acts {
    project_id: ProjectId,
    check: ServerAction<CheckModel>,
    ask: ServerAction<SetModelInteractive>,
    editing: RwSignal<Option<Backend>>,
    form_open: RwSignal<bool>,
    removing: RwSignal<Option<Backend>>,
    confirm_open: RwSignal<bool>,
}

/// The section.
#[component]
pub(crate) fn Models(project_id: ProjectId, models: Vec<Backend>, reload: RwSignal<u32>) -> impl IntoView {
    let toasts = use_toasts();
    let put = ServerAction::<PutModel>::new();
    let check = ServerAction::<CheckModel>::new();
    let ask = ServerAction::<SetModelInteractive>::new();
    let remove = ServerAction::<RemoveModel>::new();
    let editing = RwSignal::new(None::<Backend>);
    let removing = RwSignal::new(None::<Backend>);
    let (form_open, confirm_open) = (RwSignal::new(false), RwSignal::new(false));
    let acts = Acts { project_id, check, ask, editing, form_open, removing, confirm_open };
    let again = move || reload.update(|times| *times += 1);
    // Also when its form has been closed before the model answered. While it is open, the list behind it can wait.
    let is_stale = RwSignal::new(false);
    Effect::new(move |_| {
        let Some(Ok(model)) = put.value().get() else { return };
        if model.state == State::Up {
            toasts.success(format!("“{}” is connected", model.title));
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
    let list = if models.is_empty() {
        view! {
            <EmptyState
                icon=lu::LuSparkles
                title="No models yet"
                text="A server of yours can propose regions while people draw. It speaks the protocol of Label Studio's ML backends."
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
            <p class="muted">"Servers that propose regions while people draw with smart tools."</p>
            <LinkButton href="/help/models".to_owned() size=Size::Small look=Look::Quiet icon=lu::LuBookOpen>"How to set one up"</LinkButton>
        </div>
        <section class="card" aria-label="Models of the project">{list}</section>
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
            text="Nobody is asked by its smart tools any more. What was accepted from it stays in the work.".to_owned()
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
    let Acts { project_id, check, ask, editing, form_open, removing, confirm_open } = acts;
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
    let about = about.into_iter().flatten().map(|fact| format!(" · {fact}")).collect::<String>();
    view! {
        <li>
            <span class="grow model-words">
                <span class="model-head">
                    <span class="strong truncate" dir="auto">{model.title.clone()}</span>
                    <Badge tone dot=true>{word}</Badge>
                </span>
                <span class="muted small model-address">{model.url.clone()}{about}</span>
                {(!model.message.is_empty()).then(|| view! {
                    <span class="small model-trouble"><Icon icon=lu::LuTriangleAlert/>{model.message.clone()}</span>
                })}
                {model.checked_at.map(|at| view! { <span class="faint small">"Checked "<Time at/></span> })}
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
