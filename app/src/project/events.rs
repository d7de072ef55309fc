//! What happened to a project lately, in sentences.

use domain::access::ProjectRole;
use domain::format::ExportFormat;
use domain::id::ProjectId;
use domain::import::RunStatus;
use domain::project::{Happening, ProjectEvent, ProjectState, StateChange};
use leptos::prelude::*;

use super::state::HistoryDialog;
use crate::ui::{Button, Card, Glyph, Icon, Size, Time, lu, plural};

/// The card on the overview.
#[component]
pub(super) fn Events(project_id: ProjectId, events: Vec<ProjectEvent>) -> impl IntoView {
    let showing = RwSignal::new(false);
    let rows = events
        .into_iter()
        .map(|event| {
            let (icon, text) = words(&event.what);
            view! {
                <li>
                    <span class="event-icon"><Icon icon/></span>
                    <span class="grow">{text}{event.by.map(|by| view! { <span class="muted">" · "{by}</span> })}</span>
                    <span class="faint small nowrap"><Time at=event.at/></span>
                </li>
            }
        })
        .collect_view();
    view! {
        <Card
            title="Activity"
            flush=true
            actions=move || view! {
                <Button size=Size::Small icon=lu::LuHistory on:click=move |_| showing.set(true)>"States"</Button>
            }.into_any()
        >
            <ol class="rows events" role="list">{rows}</ol>
        </Card>
        <HistoryDialog project_id open=showing/>
    }
    .into_any()
}

fn words(what: &Happening) -> (Glyph, String) {
    match what {
        Happening::State(StateChange { from: None, .. }) => (lu::LuFolder, "The project was made".to_owned()),
        Happening::State(StateChange { from: Some(from), to, .. }) => (lu::LuFlag, moved_words(*from, *to).to_owned()),
        Happening::Import { source, status, tasks, failed } => {
            let source = if source.is_empty() { "data" } else { source.as_str() };
            let tasks = plural(*tasks, "task", "tasks");
            let refused = match failed {
                0 => String::new(),
                failed => format!(", {} refused", plural(*failed, "row", "rows")),
            };
            let text = match status {
                RunStatus::Created => format!("Import of {source} is waiting"),
                RunStatus::InProgress => format!("Import of {source} is under way: {tasks} so far"),
                RunStatus::Completed => format!("Import of {source}: {tasks}{refused}"),
                RunStatus::Failed => format!("Import of {source} failed after {tasks}"),
                RunStatus::Cancelled => format!("Import of {source} was stopped after {tasks}"),
            };
            (lu::LuUpload, text)
        }
        Happening::Export { format, status } => {
            let format = format.map_or("the work", ExportFormat::name);
            let text = match status {
                RunStatus::Created => format!("Export as {format} is waiting"),
                RunStatus::InProgress => format!("Export as {format} is under way"),
                RunStatus::Completed => format!("Export as {format}"),
                RunStatus::Failed => format!("Export as {format} failed"),
                RunStatus::Cancelled => format!("Export as {format} was stopped"),
            };
            (lu::LuDownload, text)
        }
        Happening::Change { action, whom, role } => change_words(action, whom.as_deref(), *role),
    }
}

/// A move between states, as what was done.
fn moved_words(from: ProjectState, to: ProjectState) -> &'static str {
    match (from, to) {
        (ProjectState::Paused, ProjectState::Live) => "Resumed",
        (ProjectState::Completed, ProjectState::Live) => "Reopened",
        (_, ProjectState::Live) => "Went live",
        (_, ProjectState::Paused) => "Paused",
        (_, ProjectState::Completed) => "Marked as completed",
        (_, ProjectState::Pending | ProjectState::BuildingWorkflow) => "Back to setting up",
    }
}

/// What the audit log calls it, in words.
fn change_words(action: &str, whom: Option<&str>, role: Option<ProjectRole>) -> (Glyph, String) {
    let whom = whom.unwrap_or("Somebody");
    let (icon, text) = match action {
        "project_updated" => (lu::LuSettings, "Settings changed"),
        "label_config_changed" => (lu::LuLayoutTemplate, "The labeling interface changed"),
        "project_member_added" => {
            let role = role.map_or("a member", role_word);
            return (lu::LuUserPlus, format!("{whom} is {role} now"));
        }
        "project_member_removed" => return (lu::LuUserMinus, format!("{whom} was taken out")),
        "project_deleted" => (lu::LuTrash2, "Moved to the bin"),
        "project_restored" => (lu::LuUndo2, "Taken back from the bin"),
        "files_deleted" => (lu::LuFileX, "Files were thrown away"),
        "tasks_reimported" => (lu::LuRefreshCw, "Tasks were brought up to date"),
        "label_linked" => (lu::LuTag, "A label of the library was linked"),
        "label_link_changed" => (lu::LuTag, "The link of a label changed"),
        "label_unlinked" => (lu::LuTag, "A label of the library was unlinked"),
        "ml_backend_added" => (lu::LuSparkles, "A model was added"),
        "ml_backend_changed" => (lu::LuSparkles, "A model changed"),
        "ml_backend_removed" => (lu::LuSparkles, "A model was removed"),
        other => return (lu::LuHistory, other.replace('_', " ")),
    };
    (icon, text.to_owned())
}

fn role_word(role: ProjectRole) -> &'static str {
    match role {
        ProjectRole::Admin => "an admin",
        ProjectRole::Adjudicator => "an adjudicator",
        ProjectRole::Reviewer => "a reviewer",
        ProjectRole::Annotator => "an annotator",
    }
}
