//! Handing work in, changing it, skipping, and keeping drafts.
//!
//! Invariants: a submission that was answered OK is durable, and sending it again gives the same answer; whoever changes a
//! task's counts holds the lock on its row; what a project's hand-ins change in common is written as rows of their own, so
//! that none of them waits for another.

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
    task::record::AnnotationRecord,
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
    let access = access::project(cx, actor, submission.project_id, ProjectPermission::Annotate).await?;
    let mut tx = access.begin_by_number(cx).await?;
    let handed_in = submit_in(cx, &mut tx, &access, submission).await?;
    tx.commit().await?;
    Ok(handed_in.submitted)
}

/// What came of a hand-in, and the annotation where it is a new one.
struct HandedIn {
    submitted: Submitted,
    stored: Option<AnnotationRecord>,
}

impl From<Submitted> for HandedIn {
    fn from(submitted: Submitted) -> Self {
        Self { submitted, stored: None }
    }
}

async fn submit_in(cx: &Cx, tx: &mut Tx, access: &ProjectAccess, submission: Submission) -> Result<HandedIn> {
    check_size(&submission.result)?;
    let desk = Handling::of(cx, tx, access, &submission).await?;
    if submission.result.is_empty() && !desk.facts.enable_empty_annotation {
        return Err(Problem::invalid("result", "empty_annotation", "There is nothing to submit yet.").into());
    }
    if let Some(config) = read(&desk.facts.label_config) {
        let config = match config.depends_on_task() {
            true => config.for_task(&sql::data(tx, access, submission.task_id).await?),
            false => config,
        };
        if let Some(problem) = problems(&config, &submission.result).into_iter().next() {
            return Err(problem.into());
        }
    }
    match (submission.annotation_id, desk.facts.known) {
        (Some(annotation_id), _) => Ok(desk.change(tx, annotation_id, &submission).await?.into()),
        (None, Some(annotation_id)) => Ok(Submitted { annotation_id, is_labeled: desk.task.is_labeled }.into()),
        (None, None) => desk.create(tx, &submission).await,
    }
}

/// Leaves a task to others. What was done so far is kept with the skip.
///
/// # Errors
/// Where the project does not allow it, or the person has already submitted the task.
#[boxed]
pub async fn skip(cx: &Cx, actor: &Actor, submission: Submission) -> Result<Submitted> {
    let access = access::project(cx, actor, submission.project_id, ProjectPermission::Annotate).await?;
    let mut tx = access.begin_by_number(cx).await?;
    let handed_in = skip_in(cx, &mut tx, &access, submission).await?;
    tx.commit().await?;
    Ok(handed_in.submitted)
}

async fn skip_in(cx: &Cx, tx: &mut Tx, access: &ProjectAccess, submission: Submission) -> Result<HandedIn> {
    check_size(&submission.result)?;
    let desk = Handling::of(cx, tx, access, &submission).await?;
    if !desk.facts.show_skip_button {
        return Err(Problem::forbidden("skip tasks").into());
    }
    match desk.facts.known {
        Some(annotation_id) => Ok(Submitted { annotation_id, is_labeled: desk.task.is_labeled }.into()),
        None => desk.skip(tx, &submission).await,
    }
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
    facts: sql::Facts,
}

impl<'a> Handling<'a> {
    /// Locks the task.
    async fn of(cx: &'a Cx, tx: &mut Tx, access: &'a ProjectAccess, submission: &Submission) -> Result<Self> {
        let Some(me) = access.user_id() else { return Err(Problem::unauthenticated().into()) };
        let task_id = submission.task_id;
        let task = sql::lock_task(tx, access, task_id).await?.ok_or_else(|| Problem::not_found("task"))?;
        let facts = sql::facts(tx, access, me, task_id, Some(submission.key)).await?;
        Ok(Self { cx, access, me, now: cx.now(), task, facts })
    }

    async fn tell(&self, tx: &mut Tx, happening: Happening<'_>) -> Result<()> {
        if !self.facts.is_listened {
            return Ok(());
        }
        tell(self.cx, tx, self.access.into(), happening).await
    }

    /// What has been begun may be finished whatever became of the project; new work needs one that hands it out.
    fn check_begun(&self) -> Result<()> {
        let state = ProjectState::from_name(&self.facts.state).unwrap_or_default();
        if self.facts.lease.is_some() || state.hands_out(self.access.role()).is_ok() {
            return Ok(());
        }
        let message = format!(
            "This project is {}: nobody begins new work in it. What you did is kept as a draft.",
            state.title().to_lowercase()
        );
        Err(Problem::conflict("project_not_live", message).into())
    }

    /// The annotation itself, counted, recorded and told.
    async fn write(
        &self,
        tx: &mut Tx,
        submission: &Submission,
        was_cancelled: bool,
        is_labeled: bool,
        (changes, state): (Vec<sql::Change>, Option<&'static str>),
    ) -> Result<HandedIn> {
        let new = sql::HandIn {
            task_id: submission.task_id,
            author: self.me,
            key: Some(submission.key),
            result: &submission.result,
            was_cancelled,
            ground_truth: false,
            lead_time_ms: Some(submission.lead_time_ms),
            prediction_id: submission.prediction_id,
            parent_id: None,
            config_hash: self.facts.label_config_hash,
            lease: self.facts.lease,
            is_labeled,
            is_newly_labeled: is_labeled && !self.task.is_labeled,
            is_work: true,
            changes,
            state,
            now: self.now,
        };
        let stored = sql::hand_in(self.cx, tx, self.access, new)
            .await?
            .ok_or_else(|| Problem::conflict("key_taken", "This submission has been sent for another task."))?;
        let annotation_id = stored.annotation_id;
        self.tell(tx, Happening::AnnotationCreated(annotation_id)).await?;
        Ok(HandedIn { submitted: Submitted { annotation_id, is_labeled }, stored: Some(stored) })
    }

    async fn create(&self, tx: &mut Tx, submission: &Submission) -> Result<HandedIn> {
        let task_id = submission.task_id;
        if !self.facts.has_business && !self.access.allows(ProjectPermission::ViewData) {
            return Err(Problem::not_found("task").into());
        }
        if self.facts.has_submitted {
            return Err(Problem::conflict(
                "already_annotated",
                "You have already submitted this task. Open it again to change your work.",
            )
            .into());
        }
        self.check_begun()?;
        let task = self.task;
        if self.facts.lease.is_none() && task.annotation_count + task.lease_count >= task.overlap {
            return Err(Problem::conflict(
                "task_taken",
                "Your time for this task ran out and somebody else has taken it. Your work is kept as a draft.",
            )
            .into());
        }
        let is_labeled = task.is_labeled || task.annotation_count + 1 >= task.overlap;
        let mut changes = Vec::new();
        changes.extend(self.facts.lease.map(|lease| sql::Change::of_lease(lease, "completed", "complete")));
        if is_labeled && !task.is_labeled {
            changes.push(sql::Change::labeled(task_id));
        }
        self.write(tx, submission, false, is_labeled, (changes, Some("submitted"))).await
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
        let before =
            sql::replace(tx, self.access, self.me, annotation_id, submission, self.facts.label_config_hash, self.now)
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
        sql::summarize(self.cx, tx, self.access, change, self.now).await?;
        Ok(Submitted { annotation_id, is_labeled: self.task.is_labeled })
    }

    async fn skip(&self, tx: &mut Tx, submission: &Submission) -> Result<HandedIn> {
        let task_id = submission.task_id;
        if self.facts.has_submitted {
            return Err(Problem::conflict("already_annotated", "You have already submitted this task.").into());
        }
        if self.facts.lease.is_none() && !self.access.allows(ProjectPermission::ViewData) {
            return Err(
                Problem::conflict("lease_over", "Your time for this task ran out; it is with somebody else.").into()
            );
        }
        self.check_begun()?;
        let assignment_id = match self.facts.lease {
            Some(assignment_id) => assignment_id,
            None => assignment::sql::insert_skipped(tx, self.access, self.me, task_id, self.now).await?,
        };
        let task = self.task;
        let fills = self.facts.ignores_skipped && task.annotation_count + task.cancelled_count + 1 >= task.overlap;
        let changes = vec![sql::Change::of_lease(assignment_id, "skipped", "skip")];
        self.write(tx, submission, true, task.is_labeled || fills, (changes, None)).await
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
