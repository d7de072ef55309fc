//! One storage: where it is, how its last sync went, and what can be done with it.

use domain::cloud::{CloudStorage, Direction, Scope, StorageKind};
use leptos::prelude::*;

use super::api::{CancelStorageSync, SyncStorage};
use super::section::Acts;
use crate::run::{badge, number};
use crate::ui::{
    Align, Badge, Button, Icon, Look, Menu, MenuButton, ProgressBar, Size, Time, count, lu, plural, use_toasts,
};
use crate::watch::watch;

/// What a sync has done so far, or what is there now.
fn words(storage: &CloudStorage) -> String {
    let is_source = storage.direction == Direction::Import;
    if let Some(sync) = storage.sync.as_ref().filter(|sync| !sync.status.is_over()) {
        return match (is_source, sync.total) {
            (true, _) => {
                let seen = plural(number(sync.done), "object", "objects");
                format!("{seen} looked at, {} so far", plural(number(sync.made), "new task", "new tasks"))
            }
            (false, Some(total)) => {
                format!(
                    "{} of {} written",
                    count(number(sync.done)),
                    plural(number(total), "annotation", "annotations")
                )
            }
            (false, None) => "About to begin".to_owned(),
        };
    }
    let kept = number(storage.object_count);
    match (is_source, kept > 0) {
        (true, true) => format!("{} brought in", plural(kept, "object", "objects")),
        (true, false) => "Nothing brought in yet".to_owned(),
        (false, true) => format!("{} written", plural(kept, "annotation", "annotations")),
        (false, false) => "Nothing written yet".to_owned(),
    }
}

fn standing(storage: &CloudStorage) -> AnyView {
    match &storage.sync {
        None => view! { <Badge>"Not synced"</Badge> }.into_any(),
        Some(sync) => badge(sync.status, "Syncing", "Synced", (sync.failed > 0).then_some("With failures")),
    }
}

#[component]
pub(super) fn Row(storage: CloudStorage, acts: Acts) -> impl IntoView {
    let project_id = acts.project_id;
    let cloud_storage_id = storage.cloud_storage_id;
    let (title, kind, is_source) =
        (storage.title.clone(), storage.place.kind(), storage.direction == Direction::Import);
    let can_go_on = is_source && kind != StorageKind::Local && storage.last_sync_at.is_some();
    let (location, endpoint) = (storage.location(), storage.place.endpoint().map(str::to_owned));
    let about = [Some(kind.title().to_owned()), endpoint, Some(storage.credentials_hint.clone())];
    let about = about.into_iter().flatten().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(" · ");
    let state = RwSignal::new(storage);
    let watching = RwSignal::new(0_u32);
    let toasts = use_toasts();
    let sync = ServerAction::<SyncStorage>::new();
    let cancel = ServerAction::<CancelStorageSync>::new();
    Effect::new(move |_| match sync.value().get() {
        Some(Ok(now)) => {
            state.set(now);
            watching.update(|times| *times += 1);
        }
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
    Effect::new(move |_| {
        if let Some(Err(error)) = cancel.value().get() {
            toasts.error(&error);
        }
    });
    // Followed from now on where a sync is under way, and anew with each that is begun here.
    let follow = move || {
        watching.track();
        let is_over = |storage: &CloudStorage| !storage.is_syncing();
        watch(format!("/events/projects/{project_id}/storages/{cloud_storage_id}"), state, is_over);
    };
    let is_syncing = Memo::new(move |_| state.with(CloudStorage::is_syncing));
    let failed = Memo::new(move |_| state.with(|storage| storage.error_count));
    let share = Signal::derive(move || {
        state.with(|storage| {
            let sync = storage.sync.as_ref()?;
            let total = sync.total.filter(|total| *total > 0)?;
            let permille = sync.done.min(total).saturating_mul(1000) / total;
            u32::try_from(permille).ok().map(|permille| f64::from(permille) / 1000.0)
        })
    });
    let begin = move |scope| {
        sync.dispatch(SyncStorage { project_id, cloud_storage_id, scope });
    };
    let show_failures = move || {
        acts.failing.set(Some(state.get_untracked()));
        acts.failures_open.set(true);
    };
    view! {
        <li>
            {follow}
            <span class="grow storage-words">
                <span class="storage-head">
                    <span class="strong truncate" dir="auto">{title.clone()}</span>
                    {move || state.with(standing)}
                </span>
                <span class="small storage-place"><code>{location}</code></span>
                <span class="muted small storage-place">{about}</span>
                {move || is_syncing.get().then(|| view! {
                    <ProgressBar label=format!("Syncing {}", state.with_untracked(|it| it.title.clone())) value=share/>
                })}
                <span class="small" role="status">
                    {move || state.with(words)}
                    {move || state.with(|storage| storage.last_sync_at).filter(|_| !is_syncing.get()).map(|at| view! {
                        <span class="faint">" · synced "<Time at/></span>
                    })}
                </span>
                {move || state.with(|storage| storage.sync.as_ref().and_then(|sync| sync.error.clone())).map(|why| view! {
                    <span class="small storage-trouble"><Icon icon=lu::LuTriangleAlert/>{why}</span>
                })}
                {move || (failed.get() > 0).then(|| view! {
                    <span>
                        <Button size=Size::Small look=Look::Quiet icon=lu::LuTriangleAlert on:click=move |_| show_failures()>
                            {move || format!("{} failed", plural(number(failed.get()), "object", "objects"))}
                        </Button>
                    </span>
                })}
            </span>
            <span class="storage-acts">
                <Show
                    when=move || is_syncing.get()
                    fallback=move || view! {
                        <Button
                            size=Size::Small
                            icon=lu::LuRefreshCw
                            busy=sync.pending()
                            attr:aria-label=format!("Sync {}", state.with_untracked(|it| it.title.clone()))
                            on:click=move |_| begin(Scope::All)
                        >
                            "Sync"
                        </Button>
                    }
                >
                    <Button
                        size=Size::Small
                        icon=lu::LuX
                        busy=cancel.pending()
                        attr:aria-label=format!("Cancel the sync of {}", state.with_untracked(|it| it.title.clone()))
                        on:click=move |_| { cancel.dispatch(CancelStorageSync { project_id, cloud_storage_id }); }
                    >
                        "Cancel"
                    </Button>
                </Show>
                <Menu
                    id=format!("storage-{cloud_storage_id}")
                    label=format!("Manage {title}")
                    icon=lu::LuEllipsis
                    size=Size::Small
                    align=Align::End
                >
                    {can_go_on.then(|| view! {
                        <MenuButton icon=lu::LuChevronsRight on:click=move |_| begin(Scope::BehindLast)>
                            "Sync what is behind the last key"
                        </MenuButton>
                    })}
                    <MenuButton icon=lu::LuPencil on:click=move |_| {
                        acts.editing.set(Some(state.get_untracked()));
                        acts.form_open.set(true);
                    }>"Edit"</MenuButton>
                    <MenuButton icon=lu::LuTrash2 danger=true on:click=move |_| {
                        acts.removing.set(Some(state.get_untracked()));
                        acts.confirm_open.set(true);
                    }>"Remove"</MenuButton>
                </Menu>
            </span>
        </li>
    }
    .into_any()
}
