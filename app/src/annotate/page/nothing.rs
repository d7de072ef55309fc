//! No task, and why.

use domain::annotation::{Done, NoTask};
use domain::id::ProjectId;
use leptos::prelude::*;

use crate::ui::{EmptyState, LinkButton, Look, lu};

/// No task, and why.
#[component]
pub(super) fn Nothing(why: NoTask, project_id: ProjectId, done: Vec<Done>) -> impl IntoView {
    let (icon, title, text) = match why {
        NoTask::Empty => (
            lu::LuInbox,
            "There is nothing to label yet",
            "This project has no tasks. Once data has been imported, they appear here.",
        ),
        NoTask::AllLabeled => (
            lu::LuCircleCheck,
            "Everything is labeled",
            "Every task of this project has all the annotations it needs. Well done.",
        ),
        NoTask::AllTaken => (
            lu::LuUsers,
            "Others are on it",
            "What is left is in other people's hands right now. Tasks they give back appear here.",
        ),
        NoTask::NothingForYou => (
            lu::LuCoffee,
            "You have done your part",
            "You have worked on or skipped every task that is open. The rest is for others.",
        ),
        NoTask::LimitReached => {
            (lu::LuCoffee, "That is your share", "You have labeled as many tasks of this project as you may.")
        }
        NoTask::NotLive => (
            lu::LuClock,
            "This project is not live yet",
            "It is still being set up. Tasks appear here as soon as somebody who manages the project takes it live.",
        ),
        NoTask::Completed => (
            lu::LuCircleCheck,
            "This project is completed",
            "No more work is needed. Should somebody who manages the project reopen it, tasks appear here again.",
        ),
        NoTask::Paused => (
            lu::LuCirclePause,
            "This project is paused",
            "Labeling goes on when somebody who manages the project resumes it.",
        ),
    };
    let latest = done.first().map(|task| task.task_id);
    view! {
        <div class="desk-empty">
            <EmptyState icon title text>
                <LinkButton href=format!("/projects/{project_id}") look=Look::Primary>"To the project"</LinkButton>
                {latest.map(|task| view! {
                    <LinkButton href=format!("/projects/{project_id}/label?task={task}")>"Look at my latest task"</LinkButton>
                })}
            </EmptyState>
        </div>
    }
    .into_any()
}
