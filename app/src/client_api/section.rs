//! The client APIs of a project among its settings.

use domain::client_api::{ClientApi, ClientApisView, MAX_CLIENT_APIS};
use domain::id::ProjectId;
use leptos::prelude::*;

use super::api::{FillTasks, MoveClientApi, PutClientApi, RemoveClientApi};
use super::fill::Fill;
use super::form::ClientApiDialog;
use super::row::Row;
use super::run::RunRow;
use crate::ui::{Button, Card, ConfirmDialog, Dialog, EmptyState, LinkButton, Look, Size, lu, use_toasts};

/// What the rows do.
#[derive(Clone, Copy)]
pub(super) struct Acts {
    pub(super) project_id: ProjectId,
    pub(super) editing: RwSignal<Option<ClientApi>>,
    pub(super) form_open: RwSignal<bool>,
    pub(super) removing: RwSignal<Option<ClientApi>>,
    pub(super) confirm_open: RwSignal<bool>,
    pub(super) moving: ServerAction<MoveClientApi>,
}

/// The section.
#[component]
pub(crate) fn ClientApis(project_id: ProjectId, view: ClientApisView, reload: RwSignal<u32>) -> impl IntoView {
    let ClientApisView { apis, runs, sample } = view;
    let toasts = use_toasts();
    let put = ServerAction::<PutClientApi>::new();
    let switch = ServerAction::<PutClientApi>::new();
    let moving = ServerAction::<MoveClientApi>::new();
    let remove = ServerAction::<RemoveClientApi>::new();
    let fill = ServerAction::<FillTasks>::new();
    let acts = Acts {
        project_id,
        editing: RwSignal::new(None),
        form_open: RwSignal::new(false),
        removing: RwSignal::new(None),
        confirm_open: RwSignal::new(false),
        moving,
    };
    let fill_open = RwSignal::new(false);
    let again = move || reload.update(|times| *times += 1);
    Effect::new(move |_| {
        if let Some(Ok(api)) = put.value().get() {
            acts.form_open.set(false);
            toasts.success(format!("Client API for “{}” saved", api.data_key));
            again();
        }
    });
    Effect::new(move |_| match switch.value().get() {
        Some(Ok(_)) => again(),
        Some(Err(error)) => {
            toasts.error(&error);
            again();
        }
        None => {}
    });
    Effect::new(move |_| match moving.value().get() {
        Some(Ok(())) => again(),
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
    Effect::new(move |_| match remove.value().get() {
        Some(Ok(())) => {
            acts.confirm_open.set(false);
            toasts.success("Client API removed");
            again();
        }
        Some(Err(error)) => {
            acts.confirm_open.set(false);
            toasts.error(&error);
        }
        None => {}
    });
    Effect::new(move |_| {
        if let Some(Ok(_)) = fill.value().get() {
            fill_open.set(false);
            again();
        }
    });
    let add = move || {
        acts.editing.set(None);
        acts.form_open.set(true);
    };
    let is_full = i64::try_from(apis.len()).is_ok_and(|count| count >= MAX_CLIENT_APIS);
    let mut fields: Vec<String> = apis.iter().filter(|api| api.is_enabled).map(|api| api.data_key.clone()).collect();
    fields.dedup();
    let (has_any, cannot_fill) = (!apis.is_empty(), fields.is_empty());
    let (fields, sample) = (StoredValue::new(fields), StoredValue::new(sample));
    let list = if has_any {
        let rows = apis.into_iter().map(|api| view! { <Row api acts put=switch/> }).collect_view();
        view! {
            <ul class="rows storages" role="list">{rows}</ul>
            <div class="card-foot">
                <Button size=Size::Small icon=lu::LuPlus disabled=is_full on:click=move |_| add()>"Add a client API"</Button>
                {is_full.then(|| view! { <span class="muted small">{format!("A project has {MAX_CLIENT_APIS} at most.")}</span> })}
            </div>
        }
        .into_any()
    } else {
        view! {
            <EmptyState
                icon=lu::LuPlugZap
                title="No client APIs yet"
                text="A service of yours can fill a field of every task: speech for a text, its translation, the text of a picture."
            >
                <Button look=Look::Primary icon=lu::LuPlus on:click=move |_| add()>"Add a client API"</Button>
            </EmptyState>
        }
        .into_any()
    };
    let history = (has_any || !runs.is_empty()).then(|| {
        let nothing =
            runs.is_empty().then(|| view! { <p class="muted client-api-nothing">"Nothing was filled yet."</p> });
        let rows = runs.into_iter().map(|run| view! { <RunRow project_id run reload/> }).collect_view();
        view! {
            <section aria-label="Runs"><Card title="Runs" text="Values that are there stay, unless you have them replaced." flush=true>
                {nothing}
                <ul class="rows storages" role="list">{rows}</ul>
                <div class="card-foot">
                    <Button size=Size::Small icon=lu::LuPlay disabled=cannot_fill on:click=move |_| fill_open.set(true)>
                        "Fill tasks"
                    </Button>
                </div>
            </Card></section>
        }
    });
    view! {
        <div class="spread">
            <p class="muted">"Services outside that fill fields of tasks: speech, translations, the text of pictures."</p>
            <LinkButton href="/help/client-apis".to_owned() size=Size::Small look=Look::Quiet icon=lu::LuBookOpen>"How they work"</LinkButton>
        </div>
        <section class="card" aria-label="Client APIs of the project">{list}</section>
        {history}
        <Dialog
            open=acts.form_open
            title=Signal::derive(move || {
                if acts.editing.with(Option::is_some) { "Edit the client API" } else { "Add a client API" }.to_owned()
            })
            size="wide"
        >
            <ClientApiDialog
                project_id
                api=acts.editing.get_untracked()
                sample=sample.get_value()
                open=acts.form_open
                put
            />
        </Dialog>
        <Dialog open=fill_open title="Fill tasks".to_owned()>
            <Fill project_id fields=fields.get_value() open=fill_open fill/>
        </Dialog>
        <ConfirmDialog
            open=acts.confirm_open
            title=Signal::derive(move || {
                let api = acts.removing.get();
                api.map(|api| format!("Remove “{}” of “{}”?", api.group, api.data_key)).unwrap_or_default()
            })
            text="What it has filled stays. Its headers and what it has cost are forgotten.".to_owned()
            verb="Remove"
            busy=remove.pending()
            on_confirm=Callback::new(move |()| {
                if let Some(api) = acts.removing.get_untracked() {
                    remove.dispatch(RemoveClientApi { project_id, client_api_id: api.client_api_id });
                }
            })
        />
    }
    .into_any()
}
