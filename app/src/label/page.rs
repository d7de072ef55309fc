//! `/org/labels`: what the projects of the organization call things.

use std::time::Duration;

use domain::label::{Label, Library};
use leptos::prelude::*;
use leptos_router::components::A;

use super::add::AddLabels;
use super::api::{RemoveLabel, find_labels};
use super::edit::{EditLabel, RenameInResults};
use crate::lost::Failed;
use crate::shell::{Crumb, Page, PageHead};
use crate::ui::{
    Align, Badge, Button, ConfirmDialog, Dialog, EmptyState, LinkButton, LoadMore, Look, Menu, MenuButton, Size,
    Skeleton, SkeletonRows, Table, TextField, Time, Tone, answered, lu, plural, use_toasts,
};

/// How many labels come at once.
const STEP: i64 = 50;
/// How long to wait for the next letter before searching.
const PAUSE: Duration = Duration::from_millis(250);

/// What a row can have done to its label.
#[derive(Clone, Copy)]
struct Acts {
    editing: RwSignal<Option<Label>>,
    edit_open: RwSignal<bool>,
    renaming: RwSignal<Option<Label>>,
    rename_open: RwSignal<bool>,
    removing: RwSignal<Option<Label>>,
    remove_open: RwSignal<bool>,
}

/// The page.
#[component]
pub fn LabelsPage() -> impl IntoView {
    let loaded = Resource::new_blocking(|| (), |()| find_labels(String::new(), STEP));
    view! {
        <Suspense fallback=waiting>
            {answered(loaded, move |answer| match answer {
                Ok(found) => view! { <Loaded found/> }.into_any(),
                Err(error) => view! { <Failed error/> }.into_any(),
            })}
        </Suspense>
    }
    .into_any()
}

fn waiting() -> AnyView {
    view! {
        <Page title="Labels".to_owned()>
            <Skeleton shape="title"/>
            <div class="card"><SkeletonRows/></div>
        </Page>
    }
    .into_any()
}

#[component]
fn Loaded(found: Library) -> impl IntoView {
    let found = RwSignal::new(found);
    let toasts = use_toasts();
    let (search, limit) = (RwSignal::new(String::new()), RwSignal::new(STEP));
    let busy = RwSignal::new(false);
    let reload = Callback::new(move |()| {
        busy.set(true);
        leptos::task::spawn_local(async move {
            let asked = search.get_untracked();
            match find_labels(asked.clone(), limit.get_untracked()).await {
                // An answer that was overtaken by the next letter is nobody's.
                Ok(now) if search.try_get_untracked().as_ref() == Some(&asked) => found.set(now),
                Ok(_) => {}
                Err(error) => toasts.error(&error),
            }
            let _left = busy.try_set(false);
        });
    });
    follow(search, limit, reload);
    let adding = RwSignal::new(false);
    let acts = Acts {
        editing: RwSignal::new(None),
        edit_open: RwSignal::new(false),
        renaming: RwSignal::new(None),
        rename_open: RwSignal::new(false),
        removing: RwSignal::new(None),
        remove_open: RwSignal::new(false),
    };
    let may_add = Memo::new(move |_| found.with(|found| !found.sources.is_empty()));
    let add = move || {
        may_add.get().then(|| {
            view! { <Button look=Look::Primary icon=lu::LuPlus on:click=move |_| adding.set(true)>"Add labels"</Button> }
        })
    };
    let is_empty = Memo::new(move |_| found.with(|found| found.is_empty));
    view! {
        <Page title="Labels".to_owned() crumbs=vec![Crumb::new("Organization", "/org")]>
            <PageHead
                title="Labels".to_owned()
                text="One name for one thing: the labels your projects use, in one place.".to_owned()
                actions=ViewFn::from(move || add)
            />
            <Show when=move || !is_empty.get() fallback=move || none(may_add, adding)>
                <div class="list-bar" role="search">
                    <div class="list-search">
                        <TextField name="q" label="Search labels" bare=true kind="search" placeholder="Search labels" icon=lu::LuSearch bind=search/>
                    </div>
                </div>
                {move || list(&found.get(), acts)}
                <LoadMore
                    shown=Signal::derive(move || found.with(|found| found.labels.len()))
                    total=Signal::derive(move || found.with(|found| Some(found.total)))
                    more=Signal::derive(move || found.with(|found| i64::try_from(found.labels.len()).unwrap_or(i64::MAX) < found.total))
                    busy
                    on_more=Callback::new(move |()| limit.update(|limit| *limit += STEP))
                />
            </Show>
            <Dialog open=adding title="Add labels of a project".to_owned()>
                <AddLabels sources=found.with_untracked(|found| found.sources.clone()) open=adding on_added=reload/>
            </Dialog>
            <Dialog open=acts.edit_open title="Edit label".to_owned()>
                {acts.editing.get_untracked().map(|label| view! { <EditLabel label open=acts.edit_open on_saved=reload/> })}
            </Dialog>
            <Dialog open=acts.rename_open title="Rename in results".to_owned()>
                {acts.renaming.get_untracked().map(|label| {
                    let projects = found.with_untracked(|found| places(&label, found));
                    view! { <RenameInResults label projects open=acts.rename_open/> }
                })}
            </Dialog>
            <Removal acts on_removed=reload/>
        </Page>
    }
    .into_any()
}

/// Asks again a moment after the last letter, and at once for more.
fn follow(search: RwSignal<String>, limit: RwSignal<i64>, reload: Callback<()>) {
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |before: Option<String>| {
        let text = search.get();
        if before.is_some_and(|before| before != text) {
            if let Some(handle) = waiting.get_value() {
                handle.clear();
            }
            let again = move || {
                if limit.try_get_untracked() == Some(STEP) { reload.run(()) } else { limit.set(STEP) }
            };
            waiting.set_value(set_timeout_with_handle(again, PAUSE).ok());
        }
        text
    });
    Effect::new(move |before: Option<i64>| {
        let limit = limit.get();
        if before.is_some_and(|before| before != limit) {
            reload.run(());
        }
        limit
    });
    on_cleanup(move || {
        if let Some(handle) = waiting.try_get_value().flatten() {
            handle.clear();
        }
    });
}

fn none(may_add: Memo<bool>, adding: RwSignal<bool>) -> AnyView {
    view! {
        <div class="card">
            <EmptyState
                icon=lu::LuTags
                title="No labels yet"
                text="Bring the labels of a project in, and other projects and programs can go by them."
            >
                {move || may_add.get().then(|| view! {
                    <Button look=Look::Primary icon=lu::LuPlus on:click=move |_| adding.set(true)>"Add labels"</Button>
                })}
                <LinkButton href="/help/labels".to_owned() look=Look::Quiet icon=lu::LuBookOpen>"How they work"</LinkButton>
            </EmptyState>
        </div>
    }
    .into_any()
}

/// The projects a label is used in, with their titles.
fn places(label: &Label, found: &Library) -> Vec<(domain::id::ProjectId, String)> {
    let is_used = |project_id| label.links.iter().any(|(_, used)| *used == project_id);
    found.projects.iter().filter(|(project_id, _)| is_used(*project_id)).cloned().collect()
}

fn list(found: &Library, acts: Acts) -> AnyView {
    if found.labels.is_empty() {
        return view! {
            <div class="card"><EmptyState icon=lu::LuSearchX title="Nothing found" text="No label contains this."/></div>
        }
        .into_any();
    }
    let may_change = found.may_change;
    let rows: Vec<_> =
        found.labels.iter().map(|label| row(label.clone(), places(label, found), may_change, acts)).collect();
    let head = move || {
        view! {
            <th scope="col">"Label"</th>
            <th scope="col">"In results"</th>
            <th scope="col">"Used in"</th>
            <th scope="col">"Changed"</th>
            {may_change.then(|| view! { <th scope="col"><span class="sr-only">"Actions"</span></th> })}
        }
    };
    view! { <Table caption="Labels" head>{rows}</Table> }.into_any()
}

fn row(label: Label, places: Vec<(domain::id::ProjectId, String)>, may_change: bool, acts: Acts) -> AnyView {
    /// As many projects as fit on a line.
    const NAMED: usize = 2;
    let more = label.links.len().saturating_sub(NAMED.min(places.len()));
    let named: Vec<_> = places
        .into_iter()
        .take(NAMED)
        .map(|(project_id, title)| view! { <A href=format!("/projects/{project_id}") attr:class="label-place">{title}</A> })
        .collect();
    let unnamed = match (named.is_empty(), more) {
        (true, 0) => "Nowhere".to_owned(),
        (true, more) => plural(i64::try_from(more).unwrap_or(i64::MAX), "project", "projects"),
        (false, 0) => String::new(),
        (false, more) => format!("and {more} more"),
    };
    let menu = may_change.then(|| {
        let (edited, renamed, removed) = (label.clone(), label.clone(), label.clone());
        let can_rename = label.value.len() == 1 && !label.links.is_empty();
        view! {
            <td class="label-menu">
                <Menu id=format!("label-{}", label.label_id) label=format!("Manage {}", label.title) icon=lu::LuEllipsis size=Size::Small align=Align::End>
                    <MenuButton icon=lu::LuPencil on:click=move |_| {
                        acts.editing.set(Some(edited.clone()));
                        acts.edit_open.set(true);
                    }>"Edit"</MenuButton>
                    {can_rename.then(|| view! {
                        <MenuButton icon=lu::LuReplace on:click=move |_| {
                            acts.renaming.set(Some(renamed.clone()));
                            acts.rename_open.set(true);
                        }>"Rename in results"</MenuButton>
                    })}
                    <MenuButton icon=lu::LuTrash2 danger=true on:click=move |_| {
                        acts.removing.set(Some(removed.clone()));
                        acts.remove_open.set(true);
                    }>"Remove"</MenuButton>
                </Menu>
            </td>
        }
    });
    view! {
        <tr>
            <td>
                <span class="label-head">
                    <span class="strong">{label.title}</span>
                    {label.approved.then(|| view! { <Badge tone=Tone::Success>"Approved"</Badge> })}
                </span>
                {label.description.filter(|text| !text.is_empty()).map(|text| view! { <span class="muted small label-about">{text}</span> })}
            </td>
            <td><code>{label.value.join(" › ")}</code></td>
            <td><span class="label-places">{named}<span class="muted">{unnamed}</span></span></td>
            <td><Time at=label.updated_at/></td>
            {menu}
        </tr>
    }
    .into_any()
}

#[component]
fn Removal(acts: Acts, on_removed: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let remove = ServerAction::<RemoveLabel>::new();
    Effect::new(move |_| {
        let Some(done) = remove.value().get() else { return };
        acts.remove_open.set(false);
        match done {
            Ok(()) => {
                toasts.success("Label removed");
                on_removed.run(());
            }
            Err(error) => toasts.error(&error),
        }
    });
    view! {
        <ConfirmDialog
            open=acts.remove_open
            title=Signal::derive(move || {
                format!("Remove {}?", acts.removing.get().map(|label| label.title).unwrap_or_default())
            })
            text="It leaves the library and every project’s list. Results stay as they are.".to_owned()
            verb="Remove"
            busy=remove.pending()
            on_confirm=Callback::new(move |()| {
                if let Some(label) = acts.removing.get_untracked() {
                    remove.dispatch(RemoveLabel { label_id: label.label_id });
                }
            })
        />
    }
    .into_any()
}
