//! A project in the list: as a card, and as a row.

use domain::access::ProjectPermission;
use domain::id::ProjectId;
use domain::project::{BIN_DAYS, ProjectCard, ProjectState};
use leptos::prelude::*;
use leptos_router::components::A;

use super::data_type;
use crate::ui::{
    Align, Badge, Button, Icon, IconButton, Menu, MenuButton, MenuLine, MenuLink, ProgressBar, Size, Time, Tone, count,
    lu, percent,
};

/// What can be done with a project in the list.
#[derive(Clone, Copy)]
pub(super) struct Actions {
    /// Keep it on top, or no longer.
    pub(super) pin: Callback<(ProjectId, bool)>,
    /// Into the bin: its number and title.
    pub(super) delete: Callback<(ProjectId, String)>,
    /// Out of the bin.
    pub(super) restore: Callback<ProjectId>,
}

/// How far it is, in words.
pub(super) fn progress_words(project: &ProjectCard) -> String {
    let progress = project.progress;
    match progress.tasks {
        0 => "No tasks yet".to_owned(),
        tasks => format!("{} of {} labeled", count(progress.labeled), count(tasks)),
    }
}

/// The state, where it is worth a word.
pub(super) fn state_badge(state: ProjectState) -> Option<AnyView> {
    let (tone, word) = match state {
        ProjectState::Pending | ProjectState::BuildingWorkflow => return None,
        ProjectState::Live => (Tone::Success, "Live"),
        ProjectState::Paused => (Tone::Warning, "Paused"),
        ProjectState::Completed => (Tone::Accent, "Completed"),
    };
    Some(view! { <Badge tone dot=true>{word}</Badge> }.into_any())
}

#[component]
fn Pin(project: ProjectCard, actions: Actions) -> impl IntoView {
    let (id, pinned) = (project.project_id, project.pinned);
    let label = if pinned { format!("Unpin {}", project.title) } else { format!("Pin {} to the top", project.title) };
    view! {
        <span class="project-pin" data-on=pinned.then_some("")>
            <IconButton icon=lu::LuPin label size=Size::Small pressed=pinned on:click=move |_| actions.pin.run((id, !pinned))/>
        </span>
    }
}

#[component]
fn More(project: ProjectCard, actions: Actions) -> impl IntoView {
    let id = project.project_id;
    let may = |permission| project.role.allows(permission);
    let (manage, delete) = (may(ProjectPermission::Manage), may(ProjectPermission::Delete));
    let title = project.title.clone();
    view! {
        <Menu id=format!("project-{id}-menu") label=format!("More about {}", project.title) icon=lu::LuEllipsis align=Align::End size=Size::Small>
            <MenuLink href=format!("/projects/{id}") icon=lu::LuFolderOpen>"Open"</MenuLink>
            {manage.then(|| view! { <MenuLink href=format!("/projects/{id}/settings/general") icon=lu::LuSettings>"Settings"</MenuLink> })}
            {delete.then(|| view! {
                <MenuLine/>
                <MenuButton icon=lu::LuTrash2 danger=true on:click=move |_| actions.delete.run((id, title.clone()))>
                    "Move to the bin"
                </MenuButton>
            })}
        </Menu>
    }
}

/// A project as a card: the whole card opens it.
#[component]
pub(super) fn Card(project: ProjectCard, actions: Actions) -> impl IntoView {
    let (icon, what) = data_type::of(project.data_type.as_deref());
    let title = project.title.clone();
    let share = project.progress.share();
    let tone = if share >= 1.0 { Tone::Success } else { Tone::Accent };
    let words = progress_words(&project);
    let place = match &project.workspace {
        Some(workspace) => format!("{workspace} · {what}"),
        None => what.to_owned(),
    };
    let last = project.last_annotation_at.unwrap_or(project.created_at);
    let verb = if project.last_annotation_at.is_some() { "Labeled " } else { "Made " };
    view! {
        <article class="card project-card" data-link="" data-color=project.color.clone()>
            <div class="project-head">
                <span class="project-glyph"><Icon icon/></span>
                <div class="grow">
                    <h2 class="project-title truncate">
                        <A href=format!("/projects/{}", project.project_id) attr:class="card-cover">{title}</A>
                    </h2>
                    <p class="muted small truncate">{place}</p>
                </div>
                <Pin project=project.clone() actions/>
                <More project=project.clone() actions/>
            </div>
            <p class="project-about">{project.description.clone()}</p>
            <div class="project-progress">
                <div class="spread small">
                    <span class="muted">{words.clone()}</span>
                    {(project.progress.tasks > 0).then(|| view! { <span class="num strong">{percent(share)}</span> })}
                </div>
                <ProgressBar label=words value=Some(share) tone/>
            </div>
            <div class="project-foot small faint">
                <span>{verb}<Time at=last/></span>
                {state_badge(project.state)}
            </div>
        </article>
    }
    .into_any()
}

/// A project as a row of the table.
#[component]
pub(super) fn Row(project: ProjectCard, actions: Actions) -> impl IntoView {
    let (icon, what) = data_type::of(project.data_type.as_deref());
    let title = project.title.clone();
    let share = project.progress.share();
    view! {
        <tr>
            <th scope="row">
                <span class="project-cell" data-color=project.color.clone()>
                    <span class="project-glyph" data-size="small"><Icon icon/></span>
                    <A href=format!("/projects/{}", project.project_id)>{title}</A>
                    {state_badge(project.state)}
                </span>
            </th>
            <td class="muted">{what}</td>
            <td class="muted">{project.workspace.clone().unwrap_or_default()}</td>
            <td class="project-progress-cell">
                <ProgressBar label=progress_words(&project) value=Some(share)/>
            </td>
            <td data-num="">{count(project.progress.labeled)}" / "{count(project.progress.tasks)}</td>
            <td class="muted nowrap"><Time at=project.last_annotation_at.unwrap_or(project.created_at)/></td>
            <td class="project-row-end">
                <Pin project=project.clone() actions/>
                <More project=project.clone() actions/>
            </td>
        </tr>
    }
    .into_any()
}

/// A project in the bin.
#[component]
pub(super) fn Binned(project: ProjectCard, actions: Actions) -> impl IntoView {
    let (icon, _) = data_type::of(project.data_type.as_deref());
    let id = project.project_id;
    let may_restore = project.role.allows(ProjectPermission::Delete);
    let words = progress_words(&project);
    let gone = project.deleted_at.map(|at| at + chrono::TimeDelta::days(BIN_DAYS));
    view! {
        <li data-color=project.color.clone()>
            <span class="project-glyph" data-size="small"><Icon icon/></span>
            <span class="grow">
                <span class="strong">{project.title.clone()}</span>
                <span class="muted small bin-words">
                    {words}
                    {gone.map(|at| view! { <span>" · removed for good "<Time at/></span> })}
                </span>
            </span>
            {may_restore.then(|| view! {
                <Button size=Size::Small icon=lu::LuUndo2 on:click=move |_| actions.restore.run(id)>"Restore"</Button>
            })}
        </li>
    }
    .into_any()
}
