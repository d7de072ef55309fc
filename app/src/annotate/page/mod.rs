//! The label page: a task, what to answer it with, and the way to the next one.

mod alive;
pub(super) mod keys;
mod nothing;
mod sitting;
mod work;

use domain::annotation::Desk;
use domain::id::{ProjectId, TaskId};
use domain::label_config::read;
use domain::project::ProjectState;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use nothing::Nothing;
use sitting::Sitting;
use work::Work;

use super::api;
use super::autosave::send_waiting;
use crate::error::AppError;
use crate::lost::Failed;
use crate::shell::{Crumb, Page};
use crate::ui::{EmptyState, Icon, LinkButton, answered_anew, lu, use_toasts};

/// `/projects/{id}/label`, with `?task=` for a certain task.
#[component]
pub fn LabelPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let project_id =
        Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<ProjectId>().ok())));
    let task_id = Memo::new(move |_| query.with(|query| query.get("task").and_then(|id| id.parse::<TaskId>().ok())));
    let version = RwSignal::new(0_u32);
    let desk = Resource::new(
        move || (project_id.get(), task_id.get(), version.get()),
        |(project_id, task_id, _)| async move {
            let project_id = project_id.ok_or_else(|| AppError::Domain(domain::Error::not_found("project")))?;
            api::open_desk(project_id, task_id).await
        },
    );
    view! {
        <Transition fallback=|| ()>
            {answered_anew(desk, move |desk| match desk {
                Ok(desk) => view! { <DeskPage desk version/> }.into_any(),
                Err(error) => view! { <Failed error/> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn DeskPage(desk: Desk, version: RwSignal<u32>) -> impl IntoView {
    let Desk { user_id, project, task, done, keys } = desk;
    let project_id = project.project_id;
    let toasts = use_toasts();
    Effect::new(move |_| {
        send_waiting(user_id, move |sent, refused| {
            if sent > 0 {
                toasts.success("Your earlier work has been handed in.");
                // What is on the page may be the very task that has just been handed in.
                version.update(|version| *version = version.wrapping_add(1));
            }
            refused.iter().for_each(|error| toasts.error(error));
        });
    });
    let crumbs =
        vec![Crumb::new("Projects", "/projects"), Crumb::new(project.title.clone(), format!("/projects/{project_id}"))];
    let config = read(&project.label_config);
    let is_trial = task.is_ok() && project.state != ProjectState::Live;
    let state = project.state;
    let body = match (task, config) {
        (Err(why), _) => view! { <Nothing why project_id done/> }.into_any(),
        (Ok(_), None) => view! {
            <EmptyState
                icon=lu::LuFileWarning
                title="This project's labeling interface cannot be read"
                text="Somebody who manages the project can mend it in its settings."
            >
                <LinkButton href=format!("/projects/{project_id}")>"To the project"</LinkButton>
            </EmptyState>
        }
        .into_any(),
        (Ok(task), Some(config)) => {
            let desk = Sitting::new(user_id, &project, task, config, done, &keys, version);
            view! { <Work desk instructions=project.instructions_html show_first=project.show_instruction/> }.into_any()
        }
    };
    view! {
        <Page
            title="Label".to_owned()
            window_title=format!("Label · {}", project.title)
            crumbs
            width="bleed"
            actions=move || is_trial.then(|| not_live(state)).into_any()
        >
            {body}
        </Page>
    }
    .into_any()
}

/// Said all the while to those who may label although nobody else gets tasks.
fn not_live(state: ProjectState) -> AnyView {
    let rest = match state {
        ProjectState::Pending | ProjectState::BuildingWorkflow => {
            "Only people who manage the project get its tasks. What you submit counts."
        }
        ProjectState::Paused | ProjectState::Completed | ProjectState::Live => {
            "Nobody gets new tasks. What you submit counts."
        }
    };
    view! {
        <p class="desk-not-live" role="status">
            <Icon icon=lu::LuInfo/>
            <strong>{state.title()}</strong>
            <span class="desk-not-live-more">{rest}</span>
        </p>
    }
    .into_any()
}
