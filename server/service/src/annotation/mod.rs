//! Handing work in, changing it, skipping, and keeping drafts.
//!
//! Invariants: a submission that was answered OK is durable, and sending it again gives the same answer; whoever changes a
//! task's counts holds the lock on its row; the summary is the last row a transaction locks, so that it is held for as
//! short as possible.

pub mod change;
pub mod draft;
pub(crate) mod sql;
mod version;

use chrono::{DateTime, Utc};
use domain::{
    Error as Problem, Kind,
    access::ProjectPermission,
    annotation::{DRAFT_ELSEWHERE, DraftToSave, Submission, Submitted, check_size, problems},
    id::{AnnotationId, TaskId, UserId},
    label_config::read,
    project::ProjectState,
    result::ResultItem,
    tally::Tally,
};
use serde_json::json;

use crate::{
    Actor, Cx, Result, Tx,
    access::{self, ProjectAccess},
    assignment,
    audit::{self, Transition},
    boxed,
    webhook::{Happening, tell},
};

pub use version::read_version;
pub(crate) use version::{read as version_result, versions};

/// Hands work in: a new annotation, or a changed one.
///
/// # Errors
/// Unanswered required controls (with the control as the field), a task that others have completed meanwhile, work that
/// is not the person's to change.
#[boxed]
pub async fn submit(cx: &Cx, actor: &Actor, submission: Submission) -> Result<Submitted> {
    check_size(&submission.result)?;
    let access = access::project(cx, actor, submission.project_id, ProjectPermission::Annotate).await?;
    let Some(me) = access.user_id() else { return Err(Problem::unauthenticated().into()) };
    let mut tx = access.begin(cx).await?;
    let rules = sql::rules(&mut tx, &access).await?;
    if submission.result.is_empty() && !rules.enable_empty_annotation {
        return Err(Problem::invalid("result", "empty_annotation", "There is nothing to submit yet.").into());
    }
    let task = sql::lock_task(&mut tx, &access, submission.task_id).await?.ok_or_else(|| Problem::not_found("task"))?;
    if let Some(config) = read(&rules.label_config) {
        let config = match config.depends_on_task() {
            true => config.for_task(&sql::data(&mut tx, &access, submission.task_id).await?),
            false => config,
        };
        if let Some(problem) = problems(&config, &submission.result).into_iter().next() {
            return Err(problem.into());
        }
    }
    let state = ProjectState::from_name(&rules.state).unwrap_or_default();
    let config_hash = rules.label_config_hash;
    let is_listened = rules.is_listened;
    let desk = Handling { cx, access: &access, me, now: cx.now(), task, config_hash, state, is_listened };
    let submitted = match submission.annotation_id {
        Some(annotation_id) => desk.change(&mut tx, annotation_id, &submission).await?,
        // Looked up behind the lock: of two copies sent at the same moment the second finds the first.
        None => match sql::submitted(&mut tx, &access, me, submission.key).await? {
            Some(known) => known,
            None => desk.create(&mut tx, &submission).await?,
        },
    };
    tx.commit().await?;
    Ok(submitted)
}

/// Leaves a task to others. What was done so far is kept with the skip.
///
/// # Errors
/// Where the project does not allow it, or the person has already submitted the task.
#[boxed]
pub async fn skip(cx: &Cx, actor: &Actor, submission: Submission) -> Result<Submitted> {
    check_size(&submission.result)?;
    let access = access::project(cx, actor, submission.project_id, ProjectPermission::Annotate).await?;
    let Some(me) = access.user_id() else { return Err(Problem::unauthenticated().into()) };
    let mut tx = access.begin(cx).await?;
    let rules = sql::rules(&mut tx, &access).await?;
    if !rules.show_skip_button {
        return Err(Problem::forbidden("skip tasks").into());
    }
    let task = sql::lock_task(&mut tx, &access, submission.task_id).await?.ok_or_else(|| Problem::not_found("task"))?;
    let state = ProjectState::from_name(&rules.state).unwrap_or_default();
    let config_hash = rules.label_config_hash;
    let is_listened = rules.is_listened;
    let desk = Handling { cx, access: &access, me, now: cx.now(), task, config_hash, state, is_listened };
    let submitted = match sql::submitted(&mut tx, &access, me, submission.key).await? {
        Some(known) => known,
        None => desk.skip(&mut tx, &submission, rules.ignores_skipped).await?,
    };
    tx.commit().await?;
    Ok(submitted)
}

/// Keeps unsubmitted work. An older save never overwrites a newer one, and none overwrites what another sitting has saved
/// since, unless the person chose to. Returns the revision that is kept.
///
/// # Errors
/// *Not found* for tasks the person does not work on; *conflict* with the code [`DRAFT_ELSEWHERE`].
#[boxed]
pub async fn save_draft(cx: &Cx, actor: &Actor, draft: DraftToSave) -> Result<i64> {
    check_size(&draft.result)?;
    let access = access::project(cx, actor, draft.project_id, ProjectPermission::Annotate).await?;
    let Some(me) = access.user_id() else { return Err(Problem::unauthenticated().into()) };
    let mut tx = access.begin(cx).await?;
    let sees_all = access.allows(ProjectPermission::ViewData);
    if !sql::works_on(&mut tx, &access, me, draft.task_id, sees_all).await? {
        return Err(Problem::not_found("task").into());
    }
    if let Some(annotation_id) = draft.annotation_id {
        sql::own_annotation(&mut tx, &access, annotation_id, draft.task_id)
            .await?
            .filter(|author| *author == Some(me))
            .ok_or_else(|| Problem::not_found("annotation"))?;
    }
    let saved = sql::put_draft(&mut tx, &access, me, &draft, cx.now()).await?;
    tx.commit().await?;
    saved.ok_or_else(|| {
        let message = "You worked on this task in another place meanwhile.";
        Problem::conflict(DRAFT_ELSEWHERE, message).into()
    })
}

/// One person's hand on one locked task.
struct Handling<'a> {
    cx: &'a Cx,
    access: &'a ProjectAccess,
    me: UserId,
    now: DateTime<Utc>,
    task: sql::LockedTask,
    config_hash: i64,
    state: ProjectState,
    is_listened: bool,
}

impl Handling<'_> {
    /// Before the summary: what is told is not counted in it.
    async fn tell(&self, tx: &mut Tx, happening: Happening<'_>) -> Result<()> {
        if !self.is_listened {
            return Ok(());
        }
        tell(self.cx, tx, self.access.into(), happening).await
    }

    /// What has been begun may be finished whatever became of the project; new work needs one that hands it out.
    fn check_begun(&self, is_leased: bool) -> Result<()> {
        if is_leased || self.state.hands_out(self.access.role()).is_ok() {
            return Ok(());
        }
        let message = format!(
            "This project is {}: nobody begins new work in it. What you did is kept as a draft.",
            self.state.title().to_lowercase()
        );
        Err(Problem::conflict("project_not_live", message).into())
    }

    async fn create(&self, tx: &mut Tx, submission: &Submission) -> Result<Submitted> {
        let task_id = submission.task_id;
        let sees_all = self.access.allows(ProjectPermission::ViewData);
        if !sql::works_on(tx, self.access, self.me, task_id, sees_all).await? {
            return Err(Problem::not_found("task").into());
        }
        if sql::has_valid_annotation(tx, self.access, self.me, task_id).await? {
            return Err(Problem::conflict(
                "already_annotated",
                "You have already submitted this task. Open it again to change your work.",
            )
            .into());
        }
        let lease = assignment::sql::finish(tx, self.access, self.me, task_id, "completed", self.now).await?;
        self.check_begun(lease.is_some())?;
        if lease.is_none() && self.task.annotation_count + self.task.lease_count >= self.task.overlap {
            return Err(Problem::conflict(
                "task_taken",
                "Your time for this task ran out and somebody else has taken it. Your work is kept as a draft.",
            )
            .into());
        }
        let annotation_id = sql::insert(tx, self.access, self.me, submission, false, self.config_hash, self.now)
            .await?
            .ok_or_else(|| Problem::conflict("key_taken", "This submission has been sent for another task."))?;
        sql::put_regions(tx, self.access, annotation_id, task_id, &submission.result).await?;
        sql::drop_draft(tx, self.access, self.me, task_id, None).await?;
        let is_labeled = sql::count_annotation(tx, self.access, task_id, i32::from(lease.is_some()), self.now).await?;
        let became_labeled = is_labeled && !self.task.is_labeled;
        if let Some(assignment_id) = lease {
            self.record(tx, "assignment", assignment_id.0, Some("lease"), "completed", "complete", task_id).await?;
        }
        self.record(tx, "annotation", annotation_id.0, None, "submitted", "submit", task_id).await?;
        if became_labeled {
            self.record(tx, "task", task_id.0, Some("open"), "labeled", "complete", task_id).await?;
        }
        sql::count_day(tx, self.access, self.me, submission, false, self.now).await?;
        self.tell(tx, Happening::AnnotationCreated(annotation_id)).await?;
        let change = sql::SummaryChange {
            annotations: 1,
            skipped: 0,
            labeled_tasks: i64::from(became_labeled),
            tally: tally(&[], &submission.result),
            last_annotation_at: Some(self.now),
        };
        sql::summarize(tx, self.access, change, self.now).await?;
        Ok(Submitted { annotation_id, is_labeled })
    }

    async fn change(&self, tx: &mut Tx, annotation_id: AnnotationId, submission: &Submission) -> Result<Submitted> {
        let task_id = submission.task_id;
        let author = sql::own_annotation(tx, self.access, annotation_id, task_id)
            .await?
            .ok_or_else(|| Problem::not_found("annotation"))?;
        if author != Some(self.me) && !self.access.allows(ProjectPermission::Review) {
            return Err(Problem::not_found("annotation").into());
        }
        sql::keep_version(tx, self.access, annotation_id, &submission.result).await?;
        let before = sql::replace(tx, self.access, self.me, annotation_id, submission, self.config_hash, self.now)
            .await?
            .ok_or_else(|| {
                Problem::new(Kind::Conflict, "annotation_skipped", "A skipped task is handed in anew, not changed.")
            })?;
        sql::put_regions(tx, self.access, annotation_id, task_id, &submission.result).await?;
        sql::drop_draft(tx, self.access, self.me, task_id, Some(annotation_id)).await?;
        self.record(tx, "annotation", annotation_id.0, Some("submitted"), "submitted", "update", task_id).await?;
        self.tell(tx, Happening::AnnotationUpdated(annotation_id)).await?;
        let change = sql::SummaryChange {
            annotations: 0,
            skipped: 0,
            labeled_tasks: 0,
            tally: tally(&before, &submission.result),
            last_annotation_at: Some(self.now),
        };
        sql::summarize(tx, self.access, change, self.now).await?;
        Ok(Submitted { annotation_id, is_labeled: self.task.is_labeled })
    }

    async fn skip(&self, tx: &mut Tx, submission: &Submission, counts_as_done: bool) -> Result<Submitted> {
        let task_id = submission.task_id;
        if sql::has_valid_annotation(tx, self.access, self.me, task_id).await? {
            return Err(Problem::conflict("already_annotated", "You have already submitted this task.").into());
        }
        let lease = assignment::sql::finish(tx, self.access, self.me, task_id, "skipped", self.now).await?;
        if lease.is_none() && !self.access.allows(ProjectPermission::ViewData) {
            return Err(
                Problem::conflict("lease_over", "Your time for this task ran out; it is with somebody else.").into()
            );
        }
        self.check_begun(lease.is_some())?;
        let assignment_id = match lease {
            Some(assignment_id) => assignment_id,
            None => assignment::sql::insert_skipped(tx, self.access, self.me, task_id, self.now).await?,
        };
        let annotation_id = sql::insert(tx, self.access, self.me, submission, true, self.config_hash, self.now)
            .await?
            .ok_or_else(|| Problem::conflict("key_taken", "This submission has been sent for another task."))?;
        sql::drop_draft(tx, self.access, self.me, task_id, None).await?;
        let leases = i32::from(lease.is_some());
        let is_labeled = sql::count_skip(tx, self.access, task_id, leases, counts_as_done, self.now).await?;
        let became_labeled = is_labeled && !self.task.is_labeled;
        self.record(tx, "assignment", assignment_id.0, Some("lease"), "skipped", "skip", task_id).await?;
        sql::count_day(tx, self.access, self.me, submission, true, self.now).await?;
        self.tell(tx, Happening::AnnotationCreated(annotation_id)).await?;
        let change = sql::SummaryChange {
            annotations: 0,
            skipped: 1,
            labeled_tasks: i64::from(became_labeled),
            tally: Tally::default(),
            last_annotation_at: Some(self.now),
        };
        sql::summarize(tx, self.access, change, self.now).await?;
        Ok(Submitted { annotation_id, is_labeled })
    }

    #[allow(clippy::too_many_arguments, reason = "the columns of one row, read aloud at each call")]
    async fn record(
        &self,
        tx: &mut Tx,
        entity: &str,
        entity_id: i64,
        from: Option<&str>,
        to: &str,
        transition: &str,
        task_id: TaskId,
    ) -> Result<()> {
        audit::transition(
            self.cx,
            tx,
            Transition {
                org_id: self.access.org_id(),
                project_id: Some(self.access.project_id()),
                entity,
                entity_id,
                from,
                to,
                transition,
                actor_id: Some(self.me),
                data: json!({ "task_id": task_id }),
            },
        )
        .await
    }
}

/// What a change from one result to another means for the counts.
fn tally(before: &[ResultItem], after: &[ResultItem]) -> Tally {
    let mut tally = Tally::default();
    tally.add(before, -1);
    tally.add(after, 1);
    tally
}
