//! Predictions that programs hand over, change and take away.

mod sql;

use domain::{
    Error as Problem,
    access::ProjectPermission,
    annotation::check_size,
    id::{PredictionId, ProjectId, TaskId},
    result::ResultItem,
};

use serde_json::json;

use crate::{
    Actor, Cx, Result, Tx,
    access::{self, ProjectAccess},
    audit, boxed,
    import::summary::{self, Counts},
    task::record::PredictionRecord,
    webhook::{Happening, tell},
};

pub(crate) use sql::delete_many;

/// The longest version of a model.
pub const MAX_VERSION_CHARS: usize = 256;
/// The most predictions that are stored at once.
pub const MAX_AT_ONCE: usize = 10_000;
/// The most of a page.
pub const MAX_PAGE: i64 = 1_000;

/// A prediction to store.
#[derive(Debug, Clone)]
pub struct NewPrediction {
    /// For which task.
    pub task_id: TaskId,
    /// What is proposed.
    pub result: Vec<ResultItem>,
    /// How sure the model is.
    pub score: Option<f64>,
    /// Which model, in its own words.
    pub model_version: String,
}

/// What of a prediction is changed; the rest stays.
#[derive(Debug, Clone, Default)]
pub struct PredictionPatch {
    /// What is proposed.
    pub result: Option<Vec<ResultItem>>,
    /// How sure the model is; `Some(None)` where it does not say.
    pub score: Option<Option<f64>>,
    /// Which model, in its own words.
    pub model_version: Option<String>,
}

/// Which predictions.
#[derive(Debug, Clone, Default)]
pub struct PredictionQuery {
    /// For this task.
    pub task_id: Option<TaskId>,
    /// In this project.
    pub project_id: Option<ProjectId>,
    /// From this one on.
    pub offset: i64,
    /// So many, at most [`MAX_PAGE`].
    pub limit: i64,
}

/// A page of predictions, oldest first.
///
/// # Errors
/// *Not found*; *forbidden* for those who see only their own tasks; neither a task nor a project.
#[boxed]
pub async fn list(cx: &Cx, actor: &Actor, query: PredictionQuery) -> Result<Vec<PredictionRecord>> {
    actor.user()?;
    let access = match (query.task_id, query.project_id) {
        (Some(task_id), _) => access::task(cx, actor, task_id, ProjectPermission::ViewData).await?,
        (None, Some(project_id)) => access::project(cx, actor, project_id, ProjectPermission::ViewData).await?,
        (None, None) => {
            let message = "Say of which task or project.";
            return Err(Problem::invalid("project", "project_missing", message).into());
        }
    };
    let mut tx = access.begin(cx).await?;
    let page = sql::page(&mut tx, &access, query.task_id, query.offset.max(0), query.limit.clamp(1, MAX_PAGE)).await?;
    tx.commit().await?;
    Ok(page)
}

/// One prediction.
///
/// # Errors
/// *Not found*; *forbidden* for those who see only their own tasks.
#[boxed]
pub async fn get(cx: &Cx, actor: &Actor, prediction_id: PredictionId) -> Result<PredictionRecord> {
    let (access, _) = access::prediction(cx, actor, prediction_id, ProjectPermission::ViewData).await?;
    let mut tx = access.begin(cx).await?;
    let found = sql::get(&mut tx, &access, prediction_id).await?;
    tx.commit().await?;
    Ok(found.ok_or_else(|| Problem::not_found("prediction"))?)
}

/// Stores a prediction.
///
/// # Errors
/// *Not found*; *forbidden* without the right to import; a result that is too large.
#[boxed]
pub async fn add(cx: &Cx, actor: &Actor, new: NewPrediction) -> Result<PredictionId> {
    let access = access::task(cx, actor, new.task_id, ProjectPermission::Import).await?;
    let mut tx = access.begin(cx).await?;
    let ids = add_in(cx, &mut tx, &access, vec![new]).await?;
    tx.commit().await?;
    Ok(ids.into_iter().next().ok_or_else(|| Problem::not_found("task"))?)
}

/// Stores predictions for tasks of one project: all of them, or none. Returns how many.
///
/// # Errors
/// As [`add`]; more than [`MAX_AT_ONCE`]; tasks that are not in the project.
#[boxed]
pub async fn add_many(cx: &Cx, actor: &Actor, project_id: ProjectId, new: Vec<NewPrediction>) -> Result<usize> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    if new.len() > MAX_AT_ONCE {
        let message = format!("At most {MAX_AT_ONCE} predictions are taken at once.");
        return Err(Problem::new(domain::Kind::TooLarge, "too_many_predictions", message).into());
    }
    let mut tx = access.begin(cx).await?;
    let ids = add_in(cx, &mut tx, &access, new).await?;
    tx.commit().await?;
    Ok(ids.len())
}

/// Stores predictions within a transaction, and counts them.
pub(crate) async fn add_in(
    cx: &Cx,
    tx: &mut Tx,
    access: &ProjectAccess,
    new: Vec<NewPrediction>,
) -> Result<Vec<PredictionId>> {
    let now = cx.now();
    let mut tasks: Vec<i64> = new.iter().map(|prediction| prediction.task_id.0).collect();
    tasks.sort_unstable();
    tasks.dedup();
    if let Some(missing) = sql::lock_tasks(tx, access, &tasks).await? {
        let message = format!("Task {missing} is not in this project.");
        return Err(Problem::invalid("task", "task_unknown", message).into());
    }
    let mut counts = Counts::default();
    let mut ids = Vec::with_capacity(new.len());
    for prediction in &new {
        check(&prediction.result, &prediction.model_version)?;
        let id = sql::insert(tx, access, prediction, now).await?;
        sql::put_regions(tx, access, id, prediction.task_id, &prediction.result).await?;
        counts.predictions += 1;
        counts.proposed.add(&prediction.result, 1);
        ids.push(id);
    }
    sql::recount(tx, access, &tasks, now).await?;
    tell(cx, tx, access.into(), Happening::PredictionsCreated(&ids)).await?;
    summary::add(tx, access, counts, now).await?;
    Ok(ids)
}

/// Stores what a model says now, in the place of what the same version said of the same task before: asked twice, it says
/// nothing twice. Tasks that are gone meanwhile are passed over. Returns how many were stored.
pub(crate) async fn put_in(cx: &Cx, tx: &mut Tx, access: &ProjectAccess, new: Vec<NewPrediction>) -> Result<usize> {
    let now = cx.now();
    let mut tasks: Vec<i64> = new.iter().map(|prediction| prediction.task_id.0).collect();
    tasks.sort_unstable();
    tasks.dedup();
    let there = sql::lock_present(tx, access, &tasks).await?;
    let (mut counts, mut fresh, mut stored) = (Counts::default(), Vec::new(), 0);
    for prediction in new.into_iter().filter(|prediction| there.binary_search(&prediction.task_id.0).is_ok()) {
        stored += 1;
        check(&prediction.result, &prediction.model_version)?;
        let (task_id, version) = (prediction.task_id, prediction.model_version.as_str());
        let Some((prediction_id, before)) = sql::of_version(tx, access, task_id, version).await? else {
            fresh.push(prediction);
            continue;
        };
        sql::put_regions(tx, access, prediction_id, task_id, &prediction.result).await?;
        counts.proposed.add(&before, -1);
        counts.proposed.add(&prediction.result, 1);
        let patch =
            PredictionPatch { result: Some(prediction.result), score: Some(prediction.score), model_version: None };
        sql::update(tx, access, prediction_id, &patch, now).await?;
    }
    if !fresh.is_empty() {
        add_in(cx, tx, access, fresh).await?;
    }
    summary::add(tx, access, counts, now).await?;
    Ok(stored)
}

fn check(result: &[ResultItem], model_version: &str) -> Result<()> {
    check_size(result)?;
    if model_version.chars().count() > MAX_VERSION_CHARS || model_version.contains('\0') {
        let message = format!("A model version has {MAX_VERSION_CHARS} characters at most.");
        return Err(Problem::invalid("model_version", "model_version_too_long", message).into());
    }
    Ok(())
}

/// Changes a prediction.
///
/// # Errors
/// As [`add`].
#[boxed]
pub async fn update(cx: &Cx, actor: &Actor, prediction_id: PredictionId, patch: PredictionPatch) -> Result<()> {
    check(patch.result.as_deref().unwrap_or_default(), patch.model_version.as_deref().unwrap_or_default())?;
    let (access, task_id) = access::prediction(cx, actor, prediction_id, ProjectPermission::Import).await?;
    let now = cx.now();
    let mut tx = access.begin(cx).await?;
    let before = sql::take(&mut tx, &access, prediction_id).await?.ok_or_else(|| Problem::not_found("prediction"))?;
    sql::update(&mut tx, &access, prediction_id, &patch, now).await?;
    if let Some(result) = &patch.result {
        sql::put_regions(&mut tx, &access, prediction_id, task_id, result).await?;
        let mut counts = Counts::default();
        counts.proposed.add(&before, -1);
        counts.proposed.add(result, 1);
        summary::add(&mut tx, &access, counts, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Takes a prediction away.
///
/// # Errors
/// As [`add`].
#[boxed]
pub async fn delete(cx: &Cx, actor: &Actor, prediction_id: PredictionId) -> Result<()> {
    let (access, task_id) = access::prediction(cx, actor, prediction_id, ProjectPermission::Import).await?;
    let now = cx.now();
    let mut tx = access.begin(cx).await?;
    sql::lock_tasks(&mut tx, &access, &[task_id.0]).await?;
    let before = sql::take(&mut tx, &access, prediction_id).await?.ok_or_else(|| Problem::not_found("prediction"))?;
    sql::delete(&mut tx, &access, prediction_id).await?;
    sql::recount(&mut tx, &access, &[task_id.0], now).await?;
    let mut counts = Counts { predictions: -1, ..Counts::default() };
    counts.proposed.add(&before, -1);
    summary::add(&mut tx, &access, counts, now).await?;
    tx.commit().await?;
    Ok(())
}

/// A version of a model, and what of it there is.
#[derive(Debug, Clone)]
pub struct ModelVersion {
    /// In its own words.
    pub model_version: String,
    /// Predictions.
    pub count: i64,
    /// The newest of them.
    pub latest: chrono::DateTime<chrono::Utc>,
}

/// The versions of models that have predicted for a project, the newest first.
///
/// # Errors
/// As [`access::project`].
#[boxed]
pub async fn versions(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<ModelVersion>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::ViewData).await?;
    let mut tx = access.begin(cx).await?;
    let versions = sql::versions(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(versions)
}

/// How sure a model is of its newest prediction for a task: of the version that the project goes by, or of any where it goes by
/// none. None where there is no prediction, or it does not say.
///
/// # Errors
/// *Not found*; *forbidden* for those who see only their own tasks.
#[boxed]
pub async fn score(cx: &Cx, actor: &Actor, task_id: TaskId) -> Result<Option<f64>> {
    let access = access::task(cx, actor, task_id, ProjectPermission::ViewData).await?;
    let mut tx = access.begin(cx).await?;
    let score = sql::score(&mut tx, &access, task_id).await?;
    tx.commit().await?;
    Ok(score)
}

/// How many predictions of a version are taken away in one transaction.
const DELETED_AT_ONCE: i64 = 1_000;

/// Takes all predictions of a version away, and returns how many there were. Whoever is cut off has taken some away.
///
/// # Errors
/// *Not found*; *forbidden* without the right to change settings.
#[boxed]
pub async fn delete_version(cx: &Cx, actor: &Actor, project_id: ProjectId, model_version: &str) -> Result<i64> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut deleted = 0;
    loop {
        let now = cx.now();
        let mut tx = access.begin(cx).await?;
        let some = sql::some_of_version(&mut tx, &access, model_version, DELETED_AT_ONCE).await?;
        let mut tasks: Vec<i64> = some.iter().map(|(_, task)| *task).collect();
        tasks.sort_unstable();
        tasks.dedup();
        sql::lock_present(&mut tx, &access, &tasks).await?;
        let ids: Vec<i64> = some.into_iter().map(|(id, _)| id).collect();
        let mut counts = Counts::default();
        for gone in sql::delete_many(&mut tx, &access, &ids).await? {
            counts.predictions -= 1;
            counts.proposed.add(&gone.0, -1);
        }
        deleted -= counts.predictions;
        let is_over = counts.predictions == 0;
        sql::recount(&mut tx, &access, &tasks, now).await?;
        summary::add(&mut tx, &access, counts, now).await?;
        if is_over && deleted > 0 {
            let event = audit::Event {
                org_id: Some(access.org_id()),
                actor_id: access.user_id(),
                action: "predictions_deleted",
                subject: "project",
                subject_id: Some(project_id.0),
                data: json!({ "model_version": model_version, "count": deleted }),
            };
            audit::record(cx, &mut tx, event).await?;
        }
        tx.commit().await?;
        if is_over {
            return Ok(deleted);
        }
    }
}
