//! The storages of a project among its settings: where tasks come from, where annotations go.

use domain::cloud::{CloudStorage, Direction, MAX_STORAGES, Scope};
use domain::id::ProjectId;
use leptos::prelude::*;

use super::api::{PutStorage, RemoveStorage, SyncStorage};
use super::failures::Failures;
use super::form::StorageDialog;
use super::row::Row;
use crate::ui::{Button, Card, ConfirmDialog, Dialog, EmptyState, Glyph, LinkButton, Look, Size, lu, use_toasts};

/// What the rows do.
#[derive(Clone, Copy)]
pub(super) struct Acts {
    pub(super) project_id: ProjectId,
    pub(super) editing: RwSignal<Option<CloudStorage>>,
    pub(super) form_open: RwSignal<bool>,
    pub(super) removing: RwSignal<Option<CloudStorage>>,
    pub(super) confirm_open: RwSignal<bool>,
    pub(super) failing: RwSignal<Option<CloudStorage>>,
    pub(super) failures_open: RwSignal<bool>,
}

/// The section.
#[component]
pub(crate) fn Storages(
    project_id: ProjectId,
    storages: Vec<CloudStorage>,
    /// Whether this server lets projects use folders of it.
    allows_folders: bool,
    reload: RwSignal<u32>,
) -> impl IntoView {
    let toasts = use_toasts();
    let put = ServerAction::<PutStorage>::new();
    let remove = ServerAction::<RemoveStorage>::new();
    let sync = ServerAction::<SyncStorage>::new();
    let acts = Acts {
        project_id,
        editing: RwSignal::new(None),
        form_open: RwSignal::new(false),
        removing: RwSignal::new(None),
        confirm_open: RwSignal::new(false),
        failing: RwSignal::new(None),
        failures_open: RwSignal::new(false),
    };
    let direction = RwSignal::new(Direction::Import);
    let again = move || reload.update(|times| *times += 1);
    Effect::new(move |_| {
        let Some(Ok(storage)) = put.value().get() else { return };
        let is_new = acts.editing.with_untracked(Option::is_none);
        acts.form_open.set(false);
        if is_new {
            // Whoever adds one wants what is in it, or what is here to be there.
            toasts.success(format!("“{}” is connected", storage.title));
            sync.dispatch(SyncStorage { project_id, cloud_storage_id: storage.cloud_storage_id, scope: Scope::All });
        } else {
            toasts.success(format!("“{}” is connected", storage.title));
            again();
        }
    });
    Effect::new(move |_| match sync.value().get() {
        Some(Ok(_)) => again(),
        Some(Err(error)) => {
            toasts.error(&error);
            again();
        }
        None => {}
    });
    Effect::new(move |_| match remove.value().get() {
        Some(Ok(())) => {
            acts.confirm_open.set(false);
            toasts.success("Storage removed");
            again();
        }
        Some(Err(error)) => {
            acts.confirm_open.set(false);
            toasts.error(&error);
        }
        None => {}
    });
    let add = Callback::new(move |which| {
        direction.set(which);
        acts.editing.set(None);
        acts.form_open.set(true);
    });
    let (sources, targets): (Vec<_>, Vec<_>) =
        storages.into_iter().partition(|storage| storage.direction == Direction::Import);
    let title = Signal::derive(move || {
        acts.editing.with(|editing| match (editing, direction.get()) {
            (Some(storage), _) => format!("Edit “{}”", storage.title),
            (None, Direction::Import) => "Add a source".to_owned(),
            (None, Direction::Export) => "Add a target".to_owned(),
        })
    });
    view! {
        <div class="spread">
            <p class="muted">"Buckets and folders that tasks come from, and that annotations go to."</p>
            <LinkButton href="/help/storage".to_owned() size=Size::Small look=Look::Quiet icon=lu::LuBookOpen>"How to set one up"</LinkButton>
        </div>
        <Side
            title="Sources"
            text="Tasks come from here."
            empty="No sources yet"
            hint="Each object of a bucket becomes a task, or each file of it brings tasks."
            verb="Add a source"
            icon=lu::LuCloudDownload
            direction=Direction::Import
            storages=sources
            acts
            add
        />
        <Side
            title="Targets"
            text="Annotations are written here as they are submitted."
            empty="No targets yet"
            hint="Each annotation becomes a JSON object in a bucket, as soon as it is submitted or changed."
            verb="Add a target"
            icon=lu::LuCloudUpload
            direction=Direction::Export
            storages=targets
            acts
            add
        />
        <Dialog open=acts.form_open title size="wide">
            <StorageDialog
                project_id
                storage=acts.editing.get_untracked()
                direction=direction.get_untracked()
                allows_folders
                open=acts.form_open
                put
            />
        </Dialog>
        <Dialog
            open=acts.failures_open
            title=Signal::derive(move || {
                format!("Objects of “{}” that failed", acts.failing.get().map(|storage| storage.title).unwrap_or_default())
            })
            text="The next sync tries them again.".to_owned()
            size="wide"
            dismissable=true
        >
            {move || acts.failing.get().map(|storage| view! { <Failures project_id storage/> })}
        </Dialog>
        <ConfirmDialog
            open=acts.confirm_open
            title=Signal::derive(move || {
                format!("Remove “{}”?", acts.removing.get().map(|storage| storage.title).unwrap_or_default())
            })
            text=Signal::derive(move || {
                let is_source = acts.removing.with(|it| it.as_ref().is_none_or(|it| it.direction == Direction::Import));
                if is_source {
                    "Its tasks stay, but their objects cannot be shown any more. Nothing is deleted in the storage."
                } else {
                    "Nothing more is written to it. Nothing is deleted in the storage."
                }
                .to_owned()
            })
            verb="Remove"
            busy=remove.pending()
            on_confirm=Callback::new(move |()| {
                if let Some(storage) = acts.removing.get_untracked() {
                    remove.dispatch(RemoveStorage { project_id, cloud_storage_id: storage.cloud_storage_id });
                }
            })
        />
    }
    .into_any()
}

/// The storages of one direction.
#[component]
fn Side(
    title: &'static str,
    text: &'static str,
    empty: &'static str,
    hint: &'static str,
    verb: &'static str,
    icon: Glyph,
    direction: Direction,
    storages: Vec<CloudStorage>,
    acts: Acts,
    add: Callback<Direction>,
) -> impl IntoView {
    let is_full = i64::try_from(storages.len()).is_ok_and(|count| count >= MAX_STORAGES);
    let list = if storages.is_empty() {
        view! {
            <EmptyState icon=icon title=empty text=hint>
                <Button look=Look::Primary icon=lu::LuPlus on:click=move |_| add.run(direction)>{verb}</Button>
            </EmptyState>
        }
        .into_any()
    } else {
        let rows = storages.into_iter().map(|storage| view! { <Row storage acts/> }).collect_view();
        view! {
            <ul class="rows storages" role="list">{rows}</ul>
            <div class="card-foot">
                <Button size=Size::Small icon=lu::LuPlus disabled=is_full on:click=move |_| add.run(direction)>{verb}</Button>
                {is_full.then(|| view! { <span class="muted small">{format!("A project has {MAX_STORAGES} at most.")}</span> })}
            </div>
        }
        .into_any()
    };
    view! { <Card title=title text=text flush=true>{list}</Card> }.into_any()
}
