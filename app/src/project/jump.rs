//! What the palette knows of projects: each by name, the pages of the one in the address, its tasks by number.

use std::time::Duration;

use domain::access::ProjectPermission;
use domain::id::{ProjectId, UserId};
use domain::project::{Find, Found, FoundProject};
use leptos::prelude::*;
use leptos_router::hooks::use_url;

use super::api;
use crate::annotate::browser::{keep, kept};
use crate::shell::{Command, use_commands, use_palette};
use crate::ui::{Glyph, lu};

/// How long to wait for the next letter before asking.
const PAUSE: Duration = Duration::from_millis(120);
/// How many of the projects opened last are remembered.
const REMEMBERED: usize = 20;

/// Offers them wherever the palette opens; call once, in the frame. Which projects `me` opened last is kept in this
/// browser.
pub fn offer_projects(me: UserId) {
    let palette = use_palette();
    let url = use_url();
    let here = Memo::new(move |_| url.with(|url| project_in(url.path())));
    let key = StoredValue::new(format!("synapse.recent.{me}"));
    Effect::new(move |_| {
        let Some(project_id) = here.get() else { return };
        let mut recent = recent(&key.get_value());
        recent.retain(|other| *other != project_id);
        recent.insert(0, project_id);
        recent.truncate(REMEMBERED);
        // A browser that keeps nothing has no recent projects.
        let _ = keep(&key.get_value(), &recent);
    });
    let search = Action::new(|find: &Find| {
        let find = find.clone();
        async move { api::find_projects(find).await }
    });
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        if !palette.is_open() {
            return;
        }
        let text = palette.query();
        let find = Find { text, recent: recent(&key.get_value()), here: here.get_untracked() };
        palette.set_busy(true);
        let ask = move || {
            search.dispatch(find);
        };
        waiting.set_value(set_timeout_with_handle(ask, PAUSE).ok());
    });
    let found = RwSignal::new(Found::default());
    Effect::new(move |_| match search.value().get() {
        // An answer that comes late is about something else.
        Some(Ok(answer)) if answer.text == palette.query_untracked() => {
            palette.set_busy(false);
            found.set(answer);
        }
        Some(Ok(_)) | None => {}
        // The pages and actions of the palette are still there.
        Some(Err(_)) => palette.set_busy(false),
    });
    // Pages and tasks of the project one has left are no longer near.
    Effect::new(move |_| {
        let here = here.get();
        if found.with_untracked(|found| found.here.as_ref().map(|project| project.project_id) != here) {
            found.update(|found| (found.here, found.task) = (None, None));
        }
    });
    use_commands(Signal::derive(move || found.with(commands)));
}

fn recent(key: &str) -> Vec<ProjectId> {
    kept(key).unwrap_or_default()
}

/// The project whose page this is.
fn project_in(path: &str) -> Option<ProjectId> {
    let mut parts = path.trim_start_matches('/').split('/');
    (parts.next() == Some("projects")).then(|| parts.next()?.parse().ok()).flatten()
}

fn commands(found: &Found) -> Vec<Command> {
    let mut commands = Vec::new();
    if let Some(here) = &found.here {
        let id = here.project_id;
        if let Some((task_id, number)) = found.task {
            let href = format!("/projects/{id}/label?task={task_id}");
            commands.push(
                Command::go("Tasks", format!("Task #{number} of {}", here.title), lu::LuHash, href)
                    .words("open number"),
            );
        }
        commands.extend(pages(here));
    }
    commands.extend(found.projects.iter().map(|project| {
        Command::go("Projects", project.title.clone(), lu::LuFolder, format!("/projects/{}", project.project_id))
            .words("open project")
    }));
    commands
}

/// The pages of a project, as far as the role may open them.
fn pages(here: &FoundProject) -> Vec<Command> {
    use ProjectPermission as P;
    let places: [(P, &str, Glyph, &str, &str); 12] = [
        (P::View, "Overview", lu::LuLayoutDashboard, "", "progress numbers charts"),
        (P::Annotate, "Label", lu::LuPencil, "/label", "annotate work next task"),
        (P::ViewData, "Data", lu::LuTable2, "/data", "tasks list"),
        (P::Import, "Import data", lu::LuUpload, "/import", "upload add files"),
        (P::Export, "Export", lu::LuDownload, "/export", "download coco yolo json csv"),
        (P::Manage, "Settings", lu::LuSettings, "/settings/general", "general name overlap"),
        (P::Manage, "Labeling interface", lu::LuLayoutTemplate, "/settings/labeling", "config xml labels template"),
        (P::Manage, "Models", lu::LuSparkles, "/settings/models", "ml backend smart proposals"),
        (P::Manage, "Cloud storage", lu::LuCloud, "/settings/storage", "s3 gcs azure bucket sync source target"),
        (P::Manage, "Instructions", lu::LuBookOpen, "/settings/instructions", "guide help"),
        (P::Manage, "People of the project", lu::LuUsers, "/settings/people", "members roles annotators"),
        (P::Delete, "Delete the project", lu::LuTrash2, "/settings/danger", "bin remove danger"),
    ];
    let id = here.project_id;
    places
        .into_iter()
        .filter(|(permission, ..)| here.role.allows(*permission))
        .map(|(_, label, icon, rest, words)| {
            Command::go("This project", label, icon, format!("/projects/{id}{rest}")).words(words)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_the_project() {
        for (path, project) in [
            ("/projects/17", Some(ProjectId(17))),
            ("/projects/17/settings/people", Some(ProjectId(17))),
            ("/projects", None),
            ("/projects/new", None),
            ("/org/17", None),
            ("/", None),
        ] {
            assert_eq!(project_in(path), project, "{path}");
        }
    }
}
