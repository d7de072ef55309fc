//! The doors of a project.

use app::project::api::{
    CreateProject, DeleteProject, DuplicateProject, FindProjects, ListProjects, LoadHead, LoadOverview, MoveProject,
    Project, ProjectChoices, ProjectHistory, ProjectSettings, ProjectTasks, PutProjectMember, RemoveProjectMember,
    RestoreProject, SetLabelConfig, SetPinned, Tasks, Template, Templates, UpdateProject,
};
use domain::{
    access::{ProjectPermission, ProjectRole},
    project::{Find, NewProject, ProjectMove, ProjectPatch, ProjectQuery},
    task::TaskFilter,
};

use super::{
    Door, OWN, Who, World, door, public,
    world::{CONFIG, OF_OUR_PROJECT},
};

pub(super) fn doors(world: &World) -> Vec<Door> {
    let project_id = world.project_id;
    let user_id = world.colleague;
    let annotator = Some((Who::Annotator, "forbidden"));
    let outside = Some((Who::Member, "not_found"));
    let (title, filter) = (OF_OUR_PROJECT.to_owned(), TaskFilter::All);
    let patch = ProjectPatch { title: Some(title.clone()), ..ProjectPatch::default() };
    let find = Find { text: "cats".into(), here: Some(project_id), ..Find::default() };
    vec![
        public(&Templates {}, "ok", "the gallery of templates is the same for everybody"),
        public(&Template { id: "image-boxes".into() }, "ok", "a template is the same for everybody"),
        door(&ListProjects { query: ProjectQuery::default() }, OWN, Some((Who::Member, OWN)), Who::Annotator),
        door(&Project { project_id }, "not_found", outside, Who::Annotator),
        door(&LoadHead { project_id, permission: ProjectPermission::Import }, "not_found", annotator, Who::Owner),
        door(&LoadOverview { project_id }, "not_found", outside, Who::Annotator),
        door(&ProjectHistory { project_id }, "not_found", annotator, Who::Owner),
        door(&MoveProject { project_id, step: ProjectMove::Pause }, "not_found", annotator, Who::Owner),
        door(&DuplicateProject { project_id }, "not_found", annotator, Who::Owner),
        door(&FindProjects { find }, OWN, Some((Who::Member, OWN)), Who::Annotator),
        door(&ProjectSettings { project_id, section: "people".into() }, "not_found", annotator, Who::Owner),
        door(&ProjectChoices {}, OWN, None, Who::Owner),
        door(
            &CreateProject { input: NewProject { title, ..NewProject::default() } },
            OWN,
            Some((Who::Member, "forbidden")),
            Who::Owner,
        ),
        door(&UpdateProject { project_id, patch }, "not_found", annotator, Who::Owner),
        door(
            &SetLabelConfig { project_id, xml: CONFIG.into(), accept_losses: false },
            "not_found",
            annotator,
            Who::Owner,
        ),
        door(&SetPinned { project_id, pinned: true }, "not_found", outside, Who::Annotator),
        door(
            &PutProjectMember { project_id, user_id, role: ProjectRole::Reviewer },
            "not_found",
            annotator,
            Who::Owner,
        ),
        door(&RemoveProjectMember { project_id, user_id }, "not_found", annotator, Who::Owner),
        door(&Tasks { project_id, filter, after: None }, "not_found", annotator, Who::Owner),
        door(&ProjectTasks { project_id, filter }, "not_found", annotator, Who::Owner),
        door(&DeleteProject { project_id }, "not_found", annotator, Who::Owner),
        door(&RestoreProject { project_id }, "not_found", annotator, Who::Owner),
    ]
}
