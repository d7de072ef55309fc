//! Projects as programs read them: every setting and every count, in pages by number.

mod sql;

use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    access::{OrgPermission, ProjectPermission},
    id::{OrgId, ProjectId, UserId, WorkspaceId},
    project::{NewProject, ProjectPatch},
};
use serde_json::Value;

use super::{insert, write_patch};
use crate::{
    Actor, Cx, Result, access, boxed,
    webhook::{Happening, Place, tell},
};

/// The most projects of a page.
pub const MAX_PAGE: i64 = 100;

/// A project.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of the table, by their names")]
pub struct ProjectRecord {
    pub project_id: ProjectId,
    pub organization_id: OrgId,
    pub workspace_id: Option<WorkspaceId>,
    pub title: String,
    pub description: String,
    pub color: String,
    pub label_config: String,
    pub parsed_label_config: Value,
    pub expert_instruction: String,
    pub show_instruction: bool,
    pub show_skip_button: bool,
    pub enable_empty_annotation: bool,
    pub show_collab_predictions: bool,
    pub reveal_preannotations_interactively: bool,
    pub maximum_annotations: i32,
    pub overlap_cohort_percentage: i32,
    pub sampling: String,
    pub skip_queue: String,
    pub model_version: String,
    pub min_annotations_to_start_training: i32,
    pub evaluate_predictions_automatically: bool,
    pub state: String,
    pub is_draft: bool,
    /// What programs said that means nothing here.
    pub said: Value,
    pub is_published: bool,
    pub created_by: Option<UserId>,
    pub created_by_name: Option<String>,
    pub created_by_email: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub pinned_at: Option<DateTime<Utc>>,
    pub task_count: i64,
    pub labeled_task_count: i64,
    /// Tasks with at least one annotation that was not skipped.
    pub annotated_task_count: i64,
    pub annotation_count: i64,
    pub skipped_annotation_count: i64,
    pub ground_truth_count: i64,
    /// Tasks that would be labeled if reference answers filled places, and are not.
    pub settled_task_count: i64,
    pub prediction_count: i64,
    pub member_count: i64,
}

/// Which projects, in which order.
#[derive(Debug, Clone, Default)]
pub struct RecordQuery {
    /// Only these; all where empty.
    pub ids: Vec<i64>,
    /// Part of the title.
    pub title: String,
    /// In this state.
    pub state: Option<String>,
    /// In one of these folders; all where empty.
    pub workspaces: Vec<i64>,
    /// Only those the person has pinned, or only the others.
    pub pinned: Option<bool>,
    /// A column, with `-` in front for descending.
    pub ordering: String,
    /// From this one on.
    pub offset: i64,
    /// So many, at most [`MAX_PAGE`].
    pub limit: i64,
}

/// One project.
///
/// # Errors
/// *Not found* for people outside it.
#[boxed]
pub async fn record(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<ProjectRecord> {
    let access = access::project(cx, actor, project_id, ProjectPermission::View).await?;
    let mut tx = access.begin(cx).await?;
    let found = sql::one(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(found.ok_or_else(|| Problem::not_found("project"))?)
}

/// A page of the projects the person can see in the current organization, and how many there are.
///
/// # Errors
/// *Not found* for people without an organization.
#[boxed]
pub async fn records(cx: &Cx, actor: &Actor, query: RecordQuery) -> Result<(i64, Vec<ProjectRecord>)> {
    let access = access::current_org(cx, actor, OrgPermission::View).await?;
    let mut tx = access.begin(cx).await?;
    let count = sql::count(&mut tx, &access, &query).await?;
    let page = sql::page(&mut tx, &access, &query).await?;
    tx.commit().await?;
    Ok((count, page))
}

/// Makes a project with all its settings at once.
///
/// # Errors
/// As [`super::create`] and [`super::update`].
#[boxed]
pub async fn create_with(cx: &Cx, actor: &Actor, input: NewProject, settings: ProjectPatch) -> Result<ProjectId> {
    let access = access::current_org(cx, actor, OrgPermission::CreateProject).await?;
    let settings = settings.check()?;
    let mut tx = access.begin(cx).await?;
    let project_id = insert(cx, &mut tx, &access, input).await?;
    write_patch(cx, &mut tx, &access.of_new(project_id), &settings).await?;
    tell(cx, &mut tx, Place { org_id: access.org_id(), project_id }, Happening::ProjectCreated).await?;
    tx.commit().await?;
    Ok(project_id)
}

/// What was found in a project's tasks and work, as it is stored.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of the table, by their names")]
pub struct Summary {
    pub all_data_columns: Value,
    pub common_data_columns: Value,
    pub created_annotations: Value,
    pub created_labels: Value,
}

/// What was found in a project's tasks and work.
///
/// # Errors
/// *Not found*; *forbidden* for those who see only their own tasks.
#[boxed]
pub async fn summary(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Summary> {
    let access = access::project(cx, actor, project_id, ProjectPermission::ViewData).await?;
    let mut tx = access.begin(cx).await?;
    let summary = sql::summary(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(summary)
}

/// Who has annotated in a project: number, name and address, by number.
///
/// # Errors
/// *Not found*; *forbidden* for those who see only their own tasks.
#[boxed]
pub async fn annotators(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<(UserId, String, String)>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::ViewData).await?;
    let mut tx = access.begin(cx).await?;
    let people = sql::annotators(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(people)
}
