//! Tasks as programs read them: the data as it is stored, and with it whatever is asked for.

mod sql;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    access::ProjectPermission,
    id::{AnnotationId, DraftId, PredictionId, ProjectId, TaskId, UserId},
};
use serde_json::value::RawValue;
use sqlx::{PgConnection, types::Json};

use crate::{
    Actor, Cx, Result,
    access::{self, ProjectAccess},
    boxed,
    data_manager::{self, Asked, Slice},
};

pub(crate) use sql::totals;

/// JSON as the database wrote it: read by whoever wants to know, handed on by everybody else.
pub type Raw = Json<Box<RawValue>>;

/// The most tasks of a page.
pub const MAX_PAGE: i64 = 1_000;

/// A task.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of the table, by their names")]
pub struct TaskRecord {
    pub task_id: TaskId,
    pub project_id: ProjectId,
    pub inner_id: i64,
    pub data: Raw,
    pub meta: Option<Raw>,
    pub overlap: i32,
    pub annotation_count: i32,
    pub cancelled_count: i32,
    /// Reference answers; they fill no places.
    pub ground_truth_count: i32,
    pub prediction_count: i32,
    pub is_labeled: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub completed_at: Option<DateTime<Utc>>,
    /// The file it came in.
    pub file_upload: Option<String>,
    /// The object of a storage that it is.
    pub storage_filename: Option<String>,
    pub comment_count: i64,
    pub open_comment_count: i64,
    pub last_comment_at: Option<DateTime<Utc>>,
    /// How sure models are of their predictions, on average.
    pub prediction_score: Option<f64>,
    /// Who has worked on it.
    pub annotators: Vec<i64>,
    /// What was asked for beside it.
    pub annotations: Vec<AnnotationRecord>,
    /// What was asked for beside it.
    pub predictions: Vec<PredictionRecord>,
    /// What was asked for beside it.
    pub drafts: Vec<DraftRecord>,
}

/// An annotation.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of the table, by their names")]
pub struct AnnotationRecord {
    pub annotation_id: AnnotationId,
    pub task_id: TaskId,
    pub project_id: ProjectId,
    pub completed_by: Option<UserId>,
    pub completed_by_name: Option<String>,
    pub completed_by_email: Option<String>,
    pub updated_by: Option<UserId>,
    pub result: Raw,
    pub result_count: i32,
    pub was_cancelled: bool,
    pub ground_truth: bool,
    pub lead_time_ms: Option<i64>,
    pub parent_prediction_id: Option<PredictionId>,
    pub parent_annotation_id: Option<AnnotationId>,
    pub import_id: Option<i64>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A prediction.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of the table, by their names")]
pub struct PredictionRecord {
    pub prediction_id: PredictionId,
    pub task_id: TaskId,
    pub project_id: ProjectId,
    pub model_version: String,
    pub score: Option<f64>,
    pub result: Raw,
    pub created_at: DateTime<Utc>,
    pub updated_at: Option<DateTime<Utc>>,
}

/// Unsubmitted work.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of the table, by their names")]
pub struct DraftRecord {
    pub draft_id: DraftId,
    pub task_id: TaskId,
    pub project_id: ProjectId,
    pub user_id: UserId,
    pub user_email: String,
    pub annotation_id: Option<AnnotationId>,
    pub result: Raw,
    pub lead_time_ms: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What comes along with tasks.
#[derive(Debug, Clone, Copy, Default)]
pub struct With {
    /// Their annotations, skipped ones too.
    pub annotations: bool,
    /// Their predictions.
    pub predictions: bool,
    /// The drafts of the person who asks.
    pub drafts: bool,
}

impl With {
    /// All of it.
    pub const ALL: Self = Self { annotations: true, predictions: true, drafts: true };
}

/// One task. People who see all data see any with everybody's work; annotators see those they work on, with their own.
///
/// # Errors
/// *Not found* for tasks the person may not see.
#[boxed]
pub async fn record(cx: &Cx, actor: &Actor, task_id: TaskId, with: With) -> Result<TaskRecord> {
    let access = access::task(cx, actor, task_id, ProjectPermission::Annotate).await?;
    let mut tx = access.begin_by_number(cx).await?;
    let sees_all = access.allows(ProjectPermission::ViewData);
    let me = access.user_id().ok_or_else(Problem::unauthenticated)?;
    if !crate::annotation::sql::works_on(&mut tx, &access, me, task_id, sees_all).await? {
        return Err(Problem::not_found("task").into());
    }
    let found = read(&mut tx, &access, &[task_id.0], with).await?.pop();
    tx.commit().await?;
    Ok(found.ok_or_else(|| Problem::not_found("task"))?)
}

/// One annotation: anybody's for people who see all data, one's own for others.
///
/// # Errors
/// *Not found* for work the person may not see.
#[boxed]
pub async fn annotation(cx: &Cx, actor: &Actor, annotation_id: AnnotationId) -> Result<AnnotationRecord> {
    let (access, _) = access::annotation(cx, actor, annotation_id, ProjectPermission::Annotate).await?;
    let mut tx = access.begin(cx).await?;
    let found = sql::annotations_by_id(&mut tx, &access, &[annotation_id.0]).await?.pop();
    tx.commit().await?;
    let sees_all = access.allows(ProjectPermission::ViewData);
    let may_see = |annotation: &AnnotationRecord| sees_all || annotation.completed_by == access.user_id();
    Ok(found.filter(may_see).ok_or_else(|| Problem::not_found("annotation"))?)
}

/// What a page of tasks is part of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Tasks.
    pub tasks: i64,
    /// Annotations of theirs that were not skipped.
    pub annotations: i64,
    /// Predictions for them.
    pub predictions: i64,
}

/// A page of a project's tasks by number, and what it is part of; the newest come first where `newest_first` is set.
///
/// # Errors
/// *Not found*; *forbidden* for those who see only their own tasks.
#[boxed]
pub async fn records(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    newest_first: bool,
    offset: i64,
    limit: i64,
    with: With,
) -> Result<(Totals, Vec<TaskRecord>)> {
    let access = access::project(cx, actor, project_id, ProjectPermission::ViewData).await?;
    let mut tx = access.begin(cx).await?;
    let totals = sql::totals(&mut tx, &access).await?;
    let ids = sql::page(&mut tx, &access, newest_first, offset.max(0), limit.clamp(1, MAX_PAGE)).await?;
    let page = read(&mut tx, &access, &ids, with).await?;
    tx.commit().await?;
    Ok((totals, page))
}

/// A page of the tasks that a view or a filter picks, in its order, and what it is part of.
///
/// # Errors
/// As [`data_manager::ask`] and [`data_manager::pick`].
#[boxed]
pub async fn picked(
    cx: &Cx,
    actor: &Actor,
    asked: Asked,
    slice: Slice,
    with: With,
) -> Result<(Totals, Vec<TaskRecord>)> {
    let (access, pick) = data_manager::ask(cx, actor, asked).await?;
    let slice = Slice { offset: slice.offset.max(0), limit: slice.limit.clamp(1, MAX_PAGE) };
    let picked = data_manager::pick(cx, &access, &pick, slice).await?;
    let ids: Vec<i64> = picked.task_ids.iter().map(|id| id.0).collect();
    let mut tx = access.begin(cx).await?;
    let page = read(&mut tx, &access, &ids, with).await?;
    tx.commit().await?;
    Ok((picked.totals, page))
}

/// These tasks, in this order; those that are not there are left out. Annotators get their own work alone.
pub(crate) async fn read(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    ids: &[i64],
    with: With,
) -> Result<Vec<TaskRecord>> {
    let sql::Found { mut tasks, has_annotations, has_predictions, has_drafts } = sql::tasks(conn, access, ids).await?;
    let own = if access.allows(ProjectPermission::ViewData) { None } else { access.user_id() };
    let place: HashMap<TaskId, usize> = tasks.iter().enumerate().map(|(place, task)| (task.task_id, place)).collect();
    // Who has worked on them is told in any case.
    if with.annotations && has_annotations {
        for annotation in sql::annotations(conn, access, ids, own).await? {
            if let Some(task) = place.get(&annotation.task_id).and_then(|place| tasks.get_mut(*place)) {
                task.annotations.push(annotation);
            }
        }
        for task in &mut tasks {
            let mut seen = HashSet::new();
            let people = task.annotations.iter().filter_map(|annotation| annotation.completed_by);
            task.annotators = people.map(|id| id.0).filter(|id| seen.insert(*id)).collect();
        }
    }
    if with.predictions && has_predictions {
        for prediction in sql::predictions(conn, access, ids).await? {
            if let Some(task) = place.get(&prediction.task_id).and_then(|place| tasks.get_mut(*place)) {
                task.predictions.push(prediction);
            }
        }
    }
    if let (true, Some(me)) = (with.drafts && has_drafts, access.user_id()) {
        for draft in sql::drafts(conn, access, ids, me).await? {
            if let Some(task) = place.get(&draft.task_id).and_then(|place| tasks.get_mut(*place)) {
                task.drafts.push(draft);
            }
        }
    }
    Ok(tasks)
}
