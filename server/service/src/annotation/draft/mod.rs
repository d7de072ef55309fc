//! Unsubmitted work that programs keep and read: always the person's own.

mod sql;

use domain::{
    Error as Problem,
    access::ProjectPermission,
    annotation::check_size,
    id::{AnnotationId, DraftId, TaskId, UserId},
    result::ResultItem,
};

use super::sql::{own_annotation, works_on};
use crate::{
    Actor, Cx, Result, Tx,
    access::{self, ProjectAccess},
    boxed,
    task::record::DraftRecord,
};

/// Unsubmitted work to keep.
#[derive(Debug, Clone, Default)]
pub struct NewDraft {
    /// The work.
    pub result: Vec<ResultItem>,
    /// The annotation it will change; a new one where nothing is said.
    pub annotation_id: Option<AnnotationId>,
    /// Time spent.
    pub lead_time_ms: i64,
}

/// The person's drafts on a task.
///
/// # Errors
/// *Not found* for tasks the person does not work on.
#[boxed]
pub async fn list(cx: &Cx, actor: &Actor, task_id: TaskId) -> Result<Vec<DraftRecord>> {
    let (access, me, mut tx) = on_task(cx, actor, task_id).await?;
    let drafts = sql::list(&mut tx, &access, me, Some(task_id), None).await?;
    tx.commit().await?;
    Ok(drafts)
}

/// One of the person's drafts.
///
/// # Errors
/// *Not found* for somebody else's.
#[boxed]
pub async fn get(cx: &Cx, actor: &Actor, draft_id: DraftId) -> Result<DraftRecord> {
    let access = access::draft(cx, actor, draft_id, ProjectPermission::Annotate).await?;
    let me = access.user_id().ok_or_else(Problem::unauthenticated)?;
    let mut tx = access.begin(cx).await?;
    let found = sql::list(&mut tx, &access, me, None, Some(draft_id)).await?.pop();
    tx.commit().await?;
    Ok(found.ok_or_else(|| Problem::not_found("draft"))?)
}

/// Keeps unsubmitted work, in the place of what the person kept before on the same task. A page on which they work at that
/// moment says that it was changed elsewhere.
///
/// # Errors
/// *Not found* for tasks and annotations the person does not work on; work that is too large.
#[boxed]
pub async fn keep(cx: &Cx, actor: &Actor, task_id: TaskId, new: NewDraft) -> Result<DraftId> {
    check_size(&new.result)?;
    let (access, me, mut tx) = on_task(cx, actor, task_id).await?;
    if let Some(annotation_id) = new.annotation_id {
        own_annotation(&mut tx, &access, annotation_id, task_id)
            .await?
            .filter(|author| *author == Some(me))
            .ok_or_else(|| Problem::not_found("annotation"))?;
    }
    let draft_id = keep_in(cx, &mut tx, &access, me, task_id, &new).await?;
    tx.commit().await?;
    Ok(draft_id)
}

/// Keeps it within a transaction.
pub(super) async fn keep_in(
    cx: &Cx,
    tx: &mut Tx,
    access: &ProjectAccess,
    me: UserId,
    task_id: TaskId,
    new: &NewDraft,
) -> Result<DraftId> {
    // No page that is open has this number: it hears that the draft was changed elsewhere.
    let sitting = i64::from_le_bytes(cx.random_bytes()) >> 11;
    sql::put(tx, access, me, task_id, new, sitting, cx.now()).await
}

/// Changes a draft of the person's.
///
/// # Errors
/// *Not found* for somebody else's; work that is too large.
#[boxed]
pub async fn update(
    cx: &Cx,
    actor: &Actor,
    draft_id: DraftId,
    result: Option<Vec<ResultItem>>,
    lead_time_ms: Option<i64>,
) -> Result<()> {
    let draft = get(cx, actor, draft_id).await?;
    let result = match result {
        Some(result) => result,
        None => serde_json::from_str(draft.result.0.get()).map_err(anyhow::Error::new)?,
    };
    let new = NewDraft {
        result,
        annotation_id: draft.annotation_id,
        lead_time_ms: lead_time_ms.unwrap_or(draft.lead_time_ms),
    };
    keep(cx, actor, draft.task_id, new).await?;
    Ok(())
}

/// Forgets a draft of the person's.
///
/// # Errors
/// *Not found* for somebody else's.
#[boxed]
pub async fn delete(cx: &Cx, actor: &Actor, draft_id: DraftId) -> Result<()> {
    let access = access::draft(cx, actor, draft_id, ProjectPermission::Annotate).await?;
    let me = access.user_id().ok_or_else(Problem::unauthenticated)?;
    let mut tx = access.begin(cx).await?;
    if !sql::delete(&mut tx, &access, me, draft_id).await? {
        return Err(Problem::not_found("draft").into());
    }
    tx.commit().await?;
    Ok(())
}

async fn on_task(cx: &Cx, actor: &Actor, task_id: TaskId) -> Result<(ProjectAccess, UserId, Tx)> {
    let access = access::task(cx, actor, task_id, ProjectPermission::Annotate).await?;
    let me = access.user_id().ok_or_else(Problem::unauthenticated)?;
    let mut tx = access.begin(cx).await?;
    if !works_on(&mut tx, &access, me, task_id, access.allows(ProjectPermission::ViewData)).await? {
        return Err(Problem::not_found("task").into());
    }
    Ok((access, me, tx))
}
