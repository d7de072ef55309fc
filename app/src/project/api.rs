//! The doors of the project area: ask who it is, call the use case, convert.

use domain::access::{ProjectPermission, ProjectRole};
use domain::client_api::ClientApisView;
use domain::cloud::CloudStorage;
use domain::id::{ProjectId, UserId};
use domain::org::Workspace;
use domain::page::Page;
use domain::project::{
    Find, Found, NewProject, ProjectCard, ProjectDetail, ProjectHead, ProjectMove, ProjectOverview, ProjectPatch,
    ProjectPeople, ProjectQuery, ProjectState, StateChange, TemplateCard, TemplateDetail,
};
use domain::task::{TaskFilter, TaskRow};
use domain::webhook::Webhook;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::ml::api::ModelsShown;
#[cfg(feature = "ssr")]
use crate::ssr::request;

/// A page of the projects the person can see.
#[server(input = Json)]
pub async fn list_projects(query: ProjectQuery) -> Result<Page<ProjectCard>, AppError> {
    let (cx, actor) = request()?;
    Ok(service::project::list(&cx, &actor, query, domain::page::Limit::default()).await?)
}

/// Everything the pages of a project show.
#[server]
pub async fn project(project_id: ProjectId) -> Result<ProjectDetail, AppError> {
    let (cx, actor) = request()?;
    Ok(service::project::get(&cx, &actor, project_id).await?)
}

/// Everything the overview of a project shows.
#[server]
pub async fn load_overview(project_id: ProjectId) -> Result<ProjectOverview, AppError> {
    let (cx, actor) = request()?;
    Ok(service::project::overview(&cx, &actor, project_id).await?)
}

/// Moves a project from one state to another; answers where it stands now.
#[server]
pub async fn move_project(project_id: ProjectId, step: ProjectMove) -> Result<ProjectState, AppError> {
    let (cx, actor) = request()?;
    Ok(service::project::change_state(&cx, &actor, project_id, step).await?)
}

/// Every state a project was in, newest first.
#[server]
pub async fn project_history(project_id: ProjectId) -> Result<Vec<StateChange>, AppError> {
    let (cx, actor) = request()?;
    Ok(service::project::history(&cx, &actor, project_id).await?)
}

/// Makes a project like this one, without its data; answers its number.
#[server]
pub async fn duplicate_project(project_id: ProjectId) -> Result<ProjectId, AppError> {
    let (cx, actor) = request()?;
    Ok(service::project::duplicate(&cx, &actor, project_id).await?)
}

/// Finds projects by name and tasks by number, for the palette.
#[server(input = Json)]
pub async fn find_projects(find: Find) -> Result<Found, AppError> {
    let (cx, actor) = request()?;
    Ok(service::project::find(&cx, &actor, find).await?)
}

/// What the frame of a project's page shows, for those who may do there what the page is for.
#[server]
pub async fn load_head(project_id: ProjectId, permission: ProjectPermission) -> Result<ProjectHead, AppError> {
    let (cx, actor) = request()?;
    Ok(service::project::head(&cx, &actor, project_id, permission).await?)
}

/// Everything a section of the settings shows. One question, because a page that asks twice in a row may be gone from
/// the server before the second answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Which section.
    pub section: String,
    /// The project.
    pub detail: ProjectDetail,
    /// The folders it can go into, for the general section.
    pub workspaces: Vec<Workspace>,
    /// Its people, for their section.
    pub people: ProjectPeople,
    /// Its models and what they do, for their section.
    pub models: ModelsShown,
    /// Its webhooks, for their section.
    pub webhooks: Vec<Webhook>,
    /// Its storages, for their section, and whether there may be folders of the server among them.
    pub storages: (Vec<CloudStorage>, bool),
    /// Its client APIs, for their section.
    pub client_apis: ClientApisView,
}

/// Everything a section of the settings shows; for those who manage the project.
#[server]
pub async fn project_settings(project_id: ProjectId, section: String) -> Result<Settings, AppError> {
    let (cx, actor) = request()?;
    let detail = service::project::get(&cx, &actor, project_id).await?;
    if !detail.role.allows(ProjectPermission::Manage) {
        return Err(domain::Error::forbidden("change settings").into());
    }
    let workspaces =
        if section == "general" { service::org::current(&cx, &actor).await?.workspaces } else { Vec::new() };
    let people = match section.as_str() {
        "people" => service::project::people(&cx, &actor, project_id).await?,
        _ => ProjectPeople::default(),
    };
    let models = match section.as_str() {
        "models" => {
            let runs = service::data_manager::action_runs(&cx, &actor, project_id).await?;
            ModelsShown {
                models: service::ml::list(&cx, &actor, project_id).await?,
                versions: service::data_manager::model_versions(&cx, &actor, project_id).await?,
                round: runs
                    .into_iter()
                    .find(|run| run.action == domain::data_manager::Action::RetrieveTasksPredictions),
            }
        }
        _ => ModelsShown::default(),
    };
    let webhooks = match section.as_str() {
        "webhooks" => service::webhook::list(&cx, &actor, domain::webhook::Scope::Project(project_id)).await?,
        _ => Vec::new(),
    };
    let storages = match section.as_str() {
        "storage" => (service::cloud::list(&cx, &actor, project_id).await?, service::cloud::allows_folders(&cx)),
        _ => (Vec::new(), false),
    };
    let client_apis = match section.as_str() {
        "client-apis" => service::client_api::page(&cx, &actor, project_id).await?,
        _ => ClientApisView::default(),
    };
    Ok(Settings { section, detail, workspaces, people, models, webhooks, storages, client_apis })
}

/// What the wizard offers: folders and templates.
#[server]
pub async fn project_choices() -> Result<(Vec<Workspace>, Vec<TemplateCard>), AppError> {
    let (cx, actor) = request()?;
    Ok((service::org::current(&cx, &actor).await?.workspaces, template_cards()))
}

/// Makes a project; answers its number.
#[server(input = Json)]
pub async fn create_project(input: NewProject) -> Result<ProjectId, AppError> {
    let (cx, actor) = request()?;
    Ok(service::project::create(&cx, &actor, input).await?)
}

/// Changes settings.
#[server(input = Json)]
pub async fn update_project(project_id: ProjectId, patch: ProjectPatch) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::project::update(&cx, &actor, project_id, patch).await?)
}

/// Changes the labeling interface.
#[server(input = Json)]
pub async fn set_label_config(project_id: ProjectId, xml: String, accept_losses: bool) -> Result<i64, AppError> {
    let (cx, actor) = request()?;
    Ok(service::project::set_label_config(&cx, &actor, project_id, xml, accept_losses).await?)
}

/// Keeps a project on top of one's own list, or no longer.
#[server]
pub async fn set_pinned(project_id: ProjectId, pinned: bool) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::project::set_pinned(&cx, &actor, project_id, pinned).await?)
}

/// Moves a project into the bin.
#[server]
pub async fn delete_project(project_id: ProjectId) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::project::delete(&cx, &actor, project_id).await?)
}

/// Takes a project out of the bin.
#[server]
pub async fn restore_project(project_id: ProjectId) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::project::restore(&cx, &actor, project_id).await?)
}

/// Adds a person to a project, or changes what they do there.
#[server]
pub async fn put_project_member(project_id: ProjectId, user_id: UserId, role: ProjectRole) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::project::put_member(&cx, &actor, project_id, user_id, role).await?)
}

/// Takes a person out of a project.
#[server]
pub async fn remove_project_member(project_id: ProjectId, user_id: UserId) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::project::remove_member(&cx, &actor, project_id, user_id).await?)
}

/// The gallery of labeling interfaces to start from.
#[server]
#[allow(clippy::unused_async, reason = "a server function is async by contract")]
pub async fn templates() -> Result<Vec<TemplateCard>, AppError> {
    Ok(template_cards())
}

#[cfg(feature = "ssr")]
fn template_cards() -> Vec<TemplateCard> {
    let card = |template: &domain::template::Template| TemplateCard {
        id: template.id.to_owned(),
        title: template.title.to_owned(),
        description: template.description.to_owned(),
        group: template.group.title().to_owned(),
    };
    domain::template::TEMPLATES.iter().map(card).collect()
}

/// One labeling interface to start from.
#[server]
#[allow(clippy::unused_async, reason = "a server function is async by contract")]
pub async fn template(id: String) -> Result<TemplateDetail, AppError> {
    let template = domain::template::find(&id).ok_or_else(|| domain::Error::not_found("template"))?;
    let sample = serde_json::from_str(template.sample).unwrap_or_default();
    Ok(TemplateDetail { xml: template.xml.to_owned(), sample })
}

/// A page of the project's tasks, in order of arrival.
#[server]
pub async fn tasks(
    project_id: ProjectId,
    filter: TaskFilter,
    #[server(default)] after: Option<String>,
) -> Result<Page<TaskRow>, AppError> {
    let (cx, actor) = request()?;
    Ok(service::task::list(&cx, &actor, project_id, filter, after, domain::page::Limit::default()).await?)
}

/// The first page of the project's tasks with the project itself: one question, as for the settings.
#[server]
pub async fn project_tasks(
    project_id: ProjectId,
    filter: TaskFilter,
) -> Result<(ProjectDetail, Page<TaskRow>), AppError> {
    let (cx, actor) = request()?;
    let limit = domain::page::Limit::default();
    let tasks = service::task::list(&cx, &actor, project_id, filter, None, limit).await?;
    Ok((service::project::get(&cx, &actor, project_id).await?, tasks))
}
