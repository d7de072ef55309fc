//! A project in the list: as a card, and as a row.

use domain::access::ProjectPermission;
use domain::id::ProjectId;
use domain::org::COLORS;
use domain::project::{BIN_DAYS, Lack, ProjectCard, ProjectMove};
use leptos::prelude::*;
use leptos_router::components::A;

use super::data_type;
use super::list_page::may_create;
use super::state::{move_words, state_badge};
use crate::ui::{
    Align, Button, Icon, IconButton, Menu, MenuButton, MenuLabel, MenuLine, MenuLink, ProgressBar, Size, Time, Tone,
    count, lu, percent,
};

/// What can be done with a project in the list.
#[derive(Clone, Copy)]
pub(super) struct Actions {
    /// Keep it on top, or no longer.
    pub(super) pin: Callback<(ProjectId, bool)>,
    /// Give it this color.
    pub(super) paint: Callback<(ProjectId, String)>,
    /// Ask for another name: its number and present title.
    pub(super) rename: Callback<(ProjectId, String)>,
    /// Make one like it.
    pub(super) duplicate: Callback<ProjectId>,
    /// To another state.
    pub(super) step: Callback<(ProjectId, ProjectMove)>,
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

/// Moves that are made from the list without further ado; the others are asked about on the project's own page.
fn quick_move(project: &ProjectCard) -> Option<ProjectMove> {
    let lacks = Lack::of(project.data_type.is_some(), project.progress.tasks);
    project.state.moves().next().filter(|step| match step {
        ProjectMove::GoLive | ProjectMove::Resume | ProjectMove::Reopen => lacks.is_empty(),
        ProjectMove::Pause => true,
        ProjectMove::Complete | ProjectMove::Reset => false,
    })
}

#[component]
fn More(project: ProjectCard, actions: Actions) -> impl IntoView {
    let id = project.project_id;
    let may = |permission| project.role.allows(permission);
    let (manage, delete) = (may(ProjectPermission::Manage), may(ProjectPermission::Delete));
    let may_copy = manage && may_create();
    let pinned = project.pinned;
    let labels = may(ProjectPermission::Annotate) && project.state.hands_out(project.role).is_ok();
    let (title, now) = (project.title.clone(), project.title.clone());
    let colors = manage.then(|| paint(id, &project.color, actions));
    let step = quick_move(&project).filter(|_| manage).map(|step| {
        let (label, icon) = move_words(step);
        view! { <MenuButton icon on:click=move |_| actions.step.run((id, step))>{label}</MenuButton> }
    });
    view! {
        <Menu id=format!("project-{id}-menu") label=format!("More about {}", project.title) icon=lu::LuEllipsis align=Align::End size=Size::Small>
            <MenuLink href=format!("/projects/{id}") icon=lu::LuFolderOpen>"Open"</MenuLink>
            {labels.then(|| view! { <MenuLink href=format!("/projects/{id}/label") icon=lu::LuPencil>"Label"</MenuLink> })}
            {manage.then(|| view! { <MenuLink href=format!("/projects/{id}/settings/general") icon=lu::LuSettings>"Settings"</MenuLink> })}
            <MenuLine/>
            <MenuButton icon=if pinned { lu::LuPinOff } else { lu::LuPin } on:click=move |_| actions.pin.run((id, !pinned))>
                {if pinned { "Unpin" } else { "Pin to the top" }}
            </MenuButton>
            {step}
            {manage.then(|| view! {
                <MenuButton icon=lu::LuTextCursorInput on:click=move |_| actions.rename.run((id, now.clone()))>"Rename"</MenuButton>
            })}
            {may_copy.then(|| view! {
                <MenuButton icon=lu::LuCopyPlus on:click=move |_| actions.duplicate.run(id)>"Duplicate"</MenuButton>
            })}
            {colors}
            {delete.then(|| view! {
                <MenuLine/>
                <MenuButton icon=lu::LuTrash2 danger=true on:click=move |_| actions.delete.run((id, title.clone()))>
                    "Move to the bin"
                </MenuButton>
            })}
        </Menu>
    }
}

/// The colors to choose from, in the menu.
fn paint(id: ProjectId, present: &str, actions: Actions) -> AnyView {
    let dots = COLORS
        .into_iter()
        .map(|name| {
            view! {
                <button
                    class="menu-item menu-color"
                    type="button"
                    role="menuitemradio"
                    aria-checked=if name == present { "true" } else { "false" }
                    aria-label=name
                    title=name
                    data-color=name
                    on:click=move |_| actions.paint.run((id, name.to_owned()))
                ></button>
            }
        })
        .collect_view();
    view! {
        <MenuLabel>"Color"</MenuLabel>
        <div class="menu-colors" role="group" aria-label="Color">{dots}</div>
    }
    .into_any()
}

/// A project as a card: the whole card opens it.
#[component]
pub(super) fn Card(project: ProjectCard, actions: Actions) -> impl IntoView {
    let (icon, what) = data_type::of(project.data_type.as_deref());
    let title = project.title.clone();
    let share = project.progress.share();
    let tone = tone_of(share);
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

/// A bar that is full looks like what is done.
fn tone_of(share: f64) -> Tone {
    if share >= 1.0 { Tone::Success } else { Tone::Accent }
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
                </span>
            </th>
            <td>{state_badge(project.state)}</td>
            <td class="muted">{what}</td>
            <td class="muted">{project.workspace.clone().unwrap_or_default()}</td>
            <td class="project-progress-cell">
                <ProgressBar label=progress_words(&project) value=Some(share) tone=tone_of(share)/>
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
