//! Annotations that programs hand over, change and take away, for whoever sees all data of a project. They are stored as they
//! come, like those of an import: what the labeling interface asks of people is not asked of them.

mod sql;

use domain::{
    Error as Problem,
    access::ProjectPermission,
    annotation::{Submission, check_size},
    id::{AnnotationId, DraftId, PredictionId, TaskId, UserId},
    result::ResultItem,
    tally::Tally,
};
use serde_json::json;

use super::{draft::NewDraft, sql::SummaryChange, tally};
use crate::{
    Actor, Cx, Result, Tx,
    access::{self, ProjectAccess},
    audit::{self, Transition},
    boxed,
    task::record::AnnotationRecord,
    webhook::{Happening, tell},
};

/// An annotation to store.
#[derive(Debug, Clone, Default)]
pub struct NewAnnotation {
    /// The work.
    pub result: Vec<ResultItem>,
    /// Whether the task was skipped.
    pub was_cancelled: bool,
    /// Whether it is a reference answer.
    pub ground_truth: bool,
    /// Time spent.
    pub lead_time_ms: Option<i64>,
    /// Whose work it is; the person's own where nothing is said.
    pub completed_by: Option<UserId>,
    /// The proposal it began with.
    pub prediction_id: Option<PredictionId>,
    /// The work on the same task that it began with; of people who see all data.
    pub parent_id: Option<AnnotationId>,
}

/// What of an annotation is changed; the rest stays.
#[derive(Debug, Clone, Default)]
pub struct AnnotationPatch {
    /// Another result.
    pub result: Option<Vec<ResultItem>>,
    /// Skipped, or no longer.
    pub was_cancelled: Option<bool>,
    /// A reference answer, or no longer.
    pub ground_truth: Option<bool>,
    /// Time spent.
    pub lead_time_ms: Option<i64>,
}

/// Stores an annotation and tells it as stored. People who see all data store any; annotators hand in work on a task they
/// hold.
///
/// # Errors
/// *Not found*; as [`super::submit`] and [`super::skip`] for annotators; an author who is not in the organization.
#[boxed]
pub async fn add(cx: &Cx, actor: &Actor, task_id: TaskId, new: NewAnnotation) -> Result<AnnotationRecord> {
    check_size(&new.result)?;
    let access = access::task(cx, actor, task_id, ProjectPermission::Annotate).await?;
    let Some(me) = access.user_id() else { return Err(Problem::unauthenticated().into()) };
    let mut tx = access.begin_by_number(cx).await?;
    let stored = match access.allows(ProjectPermission::ViewData) {
        true => {
            let author = new.completed_by.unwrap_or(me);
            if author != me && !sql::is_colleague(&mut tx, &access, author).await? {
                let message = "This person is not in the organization.";
                return Err(Problem::invalid("completed_by", "author_unknown", message).into());
            }
            store(cx, &mut tx, &access, task_id, author, &new).await?
        }
        false => hand_in(cx, &mut tx, &access, task_id, new).await?,
    };
    tx.commit().await?;
    Ok(stored)
}

/// As on the label page.
async fn hand_in(
    cx: &Cx,
    tx: &mut Tx,
    access: &ProjectAccess,
    task_id: TaskId,
    new: NewAnnotation,
) -> Result<AnnotationRecord> {
    if new.ground_truth || new.completed_by.is_some_and(|author| access.user_id() != Some(author)) {
        return Err(Problem::forbidden("store the work of others").into());
    }
    let submission = Submission {
        project_id: access.project_id(),
        task_id,
        annotation_id: None,
        key: cx.new_uuid(),
        result: new.result,
        lead_time_ms: new.lead_time_ms.unwrap_or(0),
        prediction_id: new.prediction_id,
    };
    let handed_in = match new.was_cancelled {
        true => super::skip_in(cx, tx, access, submission).await?,
        false => super::submit_in(cx, tx, access, submission).await?,
    };
    Ok(handed_in.stored.ok_or_else(|| Problem::not_found("annotation"))?)
}

/// Stores one within a transaction.
async fn store(
    cx: &Cx,
    tx: &mut Tx,
    access: &ProjectAccess,
    task_id: TaskId,
    author: UserId,
    new: &NewAnnotation,
) -> Result<AnnotationRecord> {
    let now = cx.now();
    let task = super::sql::lock_task(tx, access, task_id).await?.ok_or_else(|| Problem::not_found("task"))?;
    let facts = super::sql::facts(tx, access, author, task_id, None).await?;
    let counts = !new.was_cancelled && !new.ground_truth;
    let skipped = if facts.ignores_skipped { task.cancelled_count + i32::from(new.was_cancelled) } else { 0 };
    let is_labeled = task.is_labeled || task.annotation_count + i32::from(counts) + skipped >= task.overlap;
    let handed = super::sql::HandIn {
        task_id,
        author,
        key: None,
        result: &new.result,
        was_cancelled: new.was_cancelled,
        ground_truth: new.ground_truth,
        lead_time_ms: new.lead_time_ms,
        prediction_id: new.prediction_id,
        parent_id: new.parent_id,
        config_hash: facts.label_config_hash,
        // Whoever held the task has done it.
        lease: facts.lease,
        is_labeled,
        is_newly_labeled: is_labeled && !task.is_labeled,
        is_work: false,
        changes: Vec::new(),
        state: Some(if new.was_cancelled { "skipped" } else { "submitted" }),
        now,
    };
    let handed = super::sql::hand_in(cx, tx, access, handed).await?;
    let stored = handed.ok_or_else(|| Problem::not_found("task"))?;
    if facts.is_listened {
        tell(cx, tx, access.into(), Happening::AnnotationCreated(stored.annotation_id)).await?;
    }
    Ok(stored)
}

/// Changes an annotation: one's own, or anybody's for whoever reviews. A result that is replaced is kept as a version.
///
/// # Errors
/// *Not found*; *forbidden* to make it a reference answer without the right to review.
#[boxed]
pub async fn update(cx: &Cx, actor: &Actor, annotation_id: AnnotationId, patch: AnnotationPatch) -> Result<()> {
    if let Some(result) = &patch.result {
        check_size(result)?;
    }
    let (access, task_id) = access::annotation(cx, actor, annotation_id, ProjectPermission::Annotate).await?;
    let Some(me) = access.user_id() else { return Err(Problem::unauthenticated().into()) };
    let now = cx.now();
    let mut tx = access.begin(cx).await?;
    super::sql::lock_task(&mut tx, &access, task_id).await?.ok_or_else(|| Problem::not_found("annotation"))?;
    let before = sql::get(&mut tx, &access, annotation_id).await?.ok_or_else(|| Problem::not_found("annotation"))?;
    let reviews = access.allows(ProjectPermission::Review);
    if before.completed_by != Some(me) && !reviews {
        return Err(Problem::not_found("annotation").into());
    }
    let changes_state = patch.ground_truth.is_some_and(|wanted| wanted != before.ground_truth)
        || patch.was_cancelled.is_some_and(|wanted| wanted != before.was_cancelled);
    if changes_state && !reviews {
        return Err(Problem::forbidden("decide about annotations").into());
    }
    if let Some(result) = &patch.result {
        super::sql::keep_version(&mut tx, &access, annotation_id, result).await?;
    }
    sql::update(&mut tx, &access, annotation_id, &patch, me, now).await?;
    let (was, is) = (before.was_cancelled, patch.was_cancelled.unwrap_or(before.was_cancelled));
    let after = patch.result.as_ref().unwrap_or(&before.result.0);
    if patch.result.is_some() || was != is {
        super::sql::put_regions(&mut tx, &access, annotation_id, task_id, if is { &[] } else { after }).await?;
    }
    let labeled = sql::recount(&mut tx, &access, task_id, 0, now).await?;
    let named = |cancelled: bool| if cancelled { "skipped" } else { "submitted" };
    note(cx, &mut tx, &access, annotation_id, task_id, (Some(named(was)), named(is), "update")).await?;
    tell(cx, &mut tx, (&access).into(), Happening::AnnotationUpdated(annotation_id)).await?;
    let nothing: &[ResultItem] = &[];
    let change = SummaryChange {
        annotations: i64::from(!is) - i64::from(!was),
        skipped: i64::from(is) - i64::from(was),
        labeled_tasks: labeled,
        tally: tally(if was { nothing } else { &before.result.0 }, if is { nothing } else { after }),
        last_annotation_at: Some(now),
    };
    super::sql::summarize(cx, &mut tx, &access, change, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes an annotation of the person's back: what it says is kept as a draft, and the task is as open as before it.
///
/// # Errors
/// *Not found* for somebody else's; *forbidden* without the right to see all data, since others may wait for the task.
#[boxed]
pub async fn to_draft(cx: &Cx, actor: &Actor, annotation_id: AnnotationId) -> Result<DraftId> {
    let (access, task_id) = access::annotation(cx, actor, annotation_id, ProjectPermission::ViewData).await?;
    let Some(me) = access.user_id() else { return Err(Problem::unauthenticated().into()) };
    let mut tx = access.begin(cx).await?;
    let before = sql::get(&mut tx, &access, annotation_id).await?.filter(|before| before.completed_by == Some(me));
    let before = before.ok_or_else(|| Problem::not_found("annotation"))?;
    delete_in(cx, &mut tx, &access, annotation_id).await?;
    let kept = NewDraft { result: before.result.0, annotation_id: None, lead_time_ms: 0 };
    let draft_id = super::draft::keep_in(cx, &mut tx, &access, me, task_id, &kept).await?;
    tx.commit().await?;
    Ok(draft_id)
}

/// Takes an annotation away: the task is as open as before it.
///
/// # Errors
/// *Not found*; *forbidden* without the right to change the project.
#[boxed]
pub async fn delete(cx: &Cx, actor: &Actor, annotation_id: AnnotationId) -> Result<()> {
    let (access, _) = access::annotation(cx, actor, annotation_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    delete_in(cx, &mut tx, &access, annotation_id).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes one away within a transaction.
pub(crate) async fn delete_in(cx: &Cx, tx: &mut Tx, access: &ProjectAccess, annotation_id: AnnotationId) -> Result<()> {
    let now = cx.now();
    let missing = || Problem::not_found("annotation");
    let task_id = sql::task_of(tx, access, annotation_id).await?.ok_or_else(missing)?;
    super::sql::lock_task(tx, access, task_id).await?.ok_or_else(missing)?;
    let before = sql::get(tx, access, annotation_id).await?.ok_or_else(missing)?;
    sql::delete(tx, access, annotation_id).await?;
    let labeled = sql::recount(tx, access, task_id, 0, now).await?;
    let was = before.was_cancelled;
    let state = if was { "skipped" } else { "submitted" };
    note(cx, tx, access, annotation_id, task_id, (Some(state), "deleted", "delete")).await?;
    tell(cx, tx, access.into(), Happening::AnnotationsDeleted(&[annotation_id])).await?;
    let change = SummaryChange {
        annotations: -i64::from(!was),
        skipped: -i64::from(was),
        labeled_tasks: labeled,
        tally: if was { Tally::default() } else { tally(&before.result.0, &[]) },
        last_annotation_at: None,
    };
    super::sql::summarize(cx, tx, access, change, now).await
}

async fn note(
    cx: &Cx,
    tx: &mut Tx,
    access: &ProjectAccess,
    annotation_id: AnnotationId,
    task_id: TaskId,
    (from, to, transition): (Option<&str>, &str, &str),
) -> Result<()> {
    let change = Transition {
        org_id: access.org_id(),
        project_id: Some(access.project_id()),
        entity: "annotation",
        entity_id: annotation_id.0,
        from,
        to,
        transition,
        actor_id: access.user_id(),
        data: json!({ "task_id": task_id }),
    };
    audit::transition(cx, tx, change).await
}
