//! The job of a run: task by task, some at once, each value written with its outcome.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
};

use domain::{
    access::ProjectPermission,
    client_api::is_something,
    id::{FillRunId, ProjectId, TaskId},
    import::RunStatus,
};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    callers,
    fill::{Field, Outcome},
    run_sql as runs, topic,
};
use crate::{
    Actor, Cx, Error, Result,
    access::{self, ProjectAccess},
    events,
    job::Job,
    task::change,
};

/// How many tasks are gone through between two checkpoints, and how many of them at once.
const BATCH: i64 = 16;
const AT_ONCE: usize = 4;
/// After so many failures in a row nobody is asked any more: each may cost, and all of them take time.
const MAX_IN_A_ROW: usize = 20;

/// Fills fields of many tasks.
#[derive(Debug, Serialize, Deserialize)]
pub struct FillTasks {
    /// The project.
    pub project_id: ProjectId,
    /// The run.
    pub run_id: FillRunId,
}

impl Job for FillTasks {
    const NAME: &'static str = "fill_tasks";
    const MAX_ATTEMPTS: i32 = 5;

    /// Runs of one project wait for each other: what the first fills, the second leaves.
    fn queue(&self) -> Option<String> {
        Some(format!("client_api:{}", self.project_id))
    }

    async fn run(&self, cx: &Cx) -> Result<()> {
        let access = match access::project(cx, &Actor::System, self.project_id, ProjectPermission::Manage).await {
            // The project went to the bin meanwhile.
            Err(Error::Domain(problem)) if problem.kind == domain::Kind::NotFound => return Ok(()),
            access => access?,
        };
        match self.work(cx, &access).await {
            Ok(Ended::Whole) => self.finish(cx, &access, RunStatus::Completed, None).await,
            Ok(Ended::Unwanted) => Ok(()),
            Ok(Ended::Stopped(why)) => self.finish(cx, &access, RunStatus::Failed, Some(&why)).await,
            Err(Error::Domain(problem)) => self.finish(cx, &access, RunStatus::Failed, Some(&problem.message)).await,
            Err(internal) => Err(internal),
        }
    }

    async fn give_up(&self, cx: &Cx, _error: &Error) -> Result<()> {
        let access = access::project(cx, &Actor::System, self.project_id, ProjectPermission::Manage).await?;
        let message = "Something went wrong on our side, several times. What was filled before stays.";
        self.finish(cx, &access, RunStatus::Failed, Some(message)).await
    }
}

enum Ended {
    Whole,
    Unwanted,
    Stopped(String),
}

/// What the tasks of a run have in common.
pub(super) struct Filling<'a> {
    pub(super) cx: &'a Cx,
    pub(super) access: &'a ProjectAccess,
    pub(super) run_id: FillRunId,
    pub(super) overwrite: bool,
    pub(super) fields: &'a [Field],
    /// Failures since the last value.
    pub(super) in_a_row: &'a AtomicUsize,
}

impl FillTasks {
    async fn work(&self, cx: &Cx, access: &ProjectAccess) -> Result<Ended> {
        let mut fields = None;
        let in_a_row = AtomicUsize::new(0);
        loop {
            let mut tx = access.begin(cx).await?;
            let Some(run) = runs::take(&mut tx, access, self.run_id).await? else { return Ok(Ended::Unwanted) };
            let tasks = runs::next(&mut tx, access, &run, BATCH).await?;
            let written = runs::written(&mut tx, access, &run).await?;
            tx.commit().await?;
            let Some(last) = tasks.last().map(|task| task.task_id) else { return Ok(Ended::Whole) };
            if fields.is_none() {
                fields = Some(callers(cx, access, &run.fields, run.import_id.is_some()).await?);
            }
            let fields = fields.as_deref().unwrap_or_default();
            if fields.is_empty() {
                return Ok(Ended::Stopped("There is no client API for these fields any more.".to_owned()));
            }
            let filling =
                Filling { cx, access, run_id: self.run_id, overwrite: run.overwrite, fields, in_a_row: &in_a_row };
            let count = i64::try_from(tasks.len()).unwrap_or(BATCH);
            let gone_through: Vec<(i64, Option<String>)> = stream::iter(tasks)
                .map(|task| filling.task(task.task_id, task.data.0, &written))
                .buffer_unordered(AT_ONCE)
                .try_collect()
                .await?;
            let exhausted = gone_through.iter().find_map(|(_, why)| why.clone());
            let mut tx = access.begin(cx).await?;
            if exhausted.is_none() {
                let kept = gone_through.iter().map(|(kept, _)| kept).sum();
                runs::step(&mut tx, access, self.run_id, last, count, kept).await?;
            }
            events::tell(&mut tx, &topic(self.run_id)).await?;
            tx.commit().await?;
            if let Some(why) = exhausted {
                return Ok(Ended::Stopped(format!("Nobody may be asked any more. {why}")));
            }
            if in_a_row.load(Ordering::Relaxed) >= MAX_IN_A_ROW {
                let why = format!("{MAX_IN_A_ROW} tasks in a row could not be filled, so the rest was left alone.");
                return Ok(Ended::Stopped(why));
            }
        }
    }

    async fn finish(&self, cx: &Cx, access: &ProjectAccess, status: RunStatus, error: Option<&str>) -> Result<()> {
        let mut tx = access.begin(cx).await?;
        runs::finish(&mut tx, access, self.run_id, status, error, cx.now()).await?;
        events::tell(&mut tx, &topic(self.run_id)).await?;
        tx.commit().await?;
        Ok(())
    }
}

impl Filling<'_> {
    /// Goes through the fields of a task, in order, so that one may speak of what another has filled. Returns how many were
    /// left as they were, and why nobody can be asked any more, if so.
    async fn task(
        &self,
        task_id: TaskId,
        mut data: Map<String, Value>,
        written: &BTreeSet<(TaskId, String)>,
    ) -> Result<(i64, Option<String>)> {
        let mut kept = 0;
        for field in self.fields {
            if written.contains(&(task_id, field.data_key.clone())) {
                continue;
            }
            if !self.overwrite && data.get(&field.data_key).is_some_and(is_something) {
                kept += 1;
                continue;
            }
            let outcome = match field.fill(self.cx, self.access, self.run_id, task_id, &data).await? {
                Outcome::Exhausted(why) => return Ok((kept, Some(why))),
                Outcome::Filled(value) => {
                    self.in_a_row.store(0, Ordering::Relaxed);
                    Ok(value)
                }
                Outcome::Failed { reason, was_asked } => {
                    if was_asked {
                        self.in_a_row.fetch_add(1, Ordering::Relaxed);
                    }
                    Err(reason)
                }
            };
            if let Some(value) = self.write(task_id, &field.data_key, outcome).await? {
                data.insert(field.data_key.clone(), value);
            }
        }
        Ok((kept, None))
    }

    /// Writes a value and that it was written, or why there is none; the value, where it was taken.
    pub(super) async fn write(
        &self,
        task_id: TaskId,
        field: &str,
        outcome: Result<Value, String>,
    ) -> Result<Option<Value>> {
        let (cx, access) = (self.cx, self.access);
        let mut tx = access.begin(cx).await?;
        let mut counts = runs::Counts::default();
        let outcome = match outcome {
            Ok(value) => {
                let set = change::set_field(cx, &mut tx, access, task_id, field, &value, self.overwrite).await;
                match set {
                    Ok(true) => Ok(Some(value)),
                    // Somebody was faster, or has deleted the task.
                    Ok(false) => Ok(None),
                    Err(Error::Domain(problem)) => Err(problem.message),
                    Err(error) => return Err(error),
                }
            }
            Err(reason) => Err(reason),
        };
        match &outcome {
            Ok(Some(_)) => counts.filled = 1,
            Ok(None) => counts.kept = 1,
            Err(_) => counts.failed = 1,
        }
        let reason = outcome.as_ref().err().map(|reason| reason.replace('\0', "\u{fffd}"));
        runs::write(&mut tx, access, self.run_id, task_id, field, reason.as_deref(), cx.now()).await?;
        runs::count(&mut tx, access, self.run_id, &counts).await?;
        events::tell(&mut tx, &topic(self.run_id)).await?;
        tx.commit().await?;
        Ok(outcome.ok().flatten())
    }
}
