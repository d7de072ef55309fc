//! Asking a model about many tasks: batch by batch, with no transaction open while it thinks. What it said stays when the job is
//! cut off, and the next one goes on behind it.

use domain::{
    Error as Problem, Kind,
    access::ProjectPermission,
    data_manager::Order,
    id::{ActionRunId, ProjectId, TaskId},
    ml::{
        Trouble,
        patience::{BATCH, GIVES_UP_AFTER, MAX_BATCH, MAX_FAILED_IN_A_ROW, pause_after},
    },
};
use serde::{Deserialize, Serialize};

use super::{
    act::{OUR_FAULT, fail, topic},
    run_sql as runs,
    translate::Translator,
};
use crate::{
    Actor, Cx, Error, Result,
    access::{self, ProjectAccess},
    events,
    job::{Job, queue::enqueue_at},
    ml::{Predicted, Predictor},
    prediction,
};

/// Refuses questions that are about too many tasks.
pub(super) fn check_batch(batch: Option<i64>) -> Result<()> {
    if batch.is_some_and(|batch| !(1..=MAX_BATCH).contains(&batch)) {
        let message = format!("A model is asked about 1 to {MAX_BATCH} tasks at once.");
        return Err(Problem::invalid("batch_size", "batch_out_of_range", message).into());
    }
    Ok(())
}

/// Asks a model about the tasks of a run.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunPredictions {
    /// The project.
    project_id: ProjectId,
    /// The run.
    run_id: ActionRunId,
    /// How often in a row the model did not answer.
    failures: i32,
}

impl RunPredictions {
    /// From the beginning.
    pub(super) fn new(project_id: ProjectId, run_id: ActionRunId) -> Self {
        Self { project_id, run_id, failures: 0 }
    }
}

/// What a run comes to next.
struct Step {
    /// Up to there it is done.
    checkpoint: i64,
    order: Order,
    tasks: Vec<TaskId>,
}

impl Job for RunPredictions {
    const NAME: &'static str = "run_predictions";
    const MAX_ATTEMPTS: i32 = 5;

    /// Models answer one question after the other anyway.
    fn queue(&self) -> Option<String> {
        Some(format!("predictions:{}", self.project_id))
    }

    async fn run(&self, cx: &Cx) -> Result<()> {
        let access = match access::project(cx, &Actor::System, self.project_id, ProjectPermission::Manage).await {
            // The project went to the bin meanwhile.
            Err(Error::Domain(problem)) if problem.kind == Kind::NotFound => return Ok(()),
            access => access?,
        };
        let mut failures = self.failures;
        let mut in_a_row = 0;
        while let Some(step) = self.next(cx, &access).await? {
            match ask(cx, &access, &step).await {
                Ok(predicted) => {
                    failures = 0;
                    in_a_row = if predicted.predictions.is_empty() { in_a_row + predicted.failed.len() } else { 0 };
                    let why = predicted.failed.last().map(|failed| failed.why.clone());
                    self.keep(cx, &access, &step, predicted).await?;
                    if let Some(why) = why.filter(|_| in_a_row >= MAX_FAILED_IN_A_ROW) {
                        return fail(cx, &access, self.run_id, &why).await;
                    }
                }
                Err(Error::Domain(problem)) if Trouble::passes(&problem.code) => {
                    return self.later(cx, &access, failures + 1, &problem).await;
                }
                Err(Error::Domain(problem)) => return fail(cx, &access, self.run_id, &problem.message).await,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn give_up(&self, cx: &Cx, _error: &Error) -> Result<()> {
        let access = access::project(cx, &Actor::System, self.project_id, ProjectPermission::Manage).await?;
        fail(cx, &access, self.run_id, OUR_FAULT).await
    }
}

async fn ask(cx: &Cx, access: &ProjectAccess, step: &Step) -> Result<Predicted> {
    let Order::Predict { ml_backend_id, .. } = step.order else { return Ok(Predicted::default()) };
    Predictor::new(cx, access, ml_backend_id).await?.ask(&step.tasks).await
}

impl RunPredictions {
    /// The next tasks; `None` when the run is over, or was before.
    async fn next(&self, cx: &Cx, access: &ProjectAccess) -> Result<Option<Step>> {
        let mut tx = access.begin(cx).await?;
        let Some(run) = runs::take(&mut tx, access, self.run_id, cx.now()).await? else { return Ok(None) };
        let order: Order = serde_json::from_value(run.instruction).map_err(anyhow::Error::new)?;
        let batch = if let Order::Predict { batch, .. } = order { batch.unwrap_or(BATCH) } else { BATCH };
        let pick = runs::read_pick(&run.pick)?;
        let translator = Translator { access, now: cx.now() };
        let tasks = translator.tasks(&pick);
        let tasks: Vec<TaskId> = runs::next(&mut tx, tasks, run.checkpoint, run.last_task_id, batch).await?;
        if !tasks.is_empty() {
            tx.commit().await?;
            return Ok(Some(Step { checkpoint: run.checkpoint, order, tasks }));
        }
        let (failed, stored, why) = runs::failures(&mut tx, access, self.run_id).await?;
        match why.filter(|_| failed > 0 && stored == 0) {
            // Where nothing came of it, it has not worked.
            Some(why) => runs::fail(&mut tx, access, self.run_id, &why, cx.now()).await?,
            None => {
                let over = runs::Progress {
                    done: 0,
                    changed: 0,
                    checkpoint: run.checkpoint,
                    is_over: true,
                    failed: 0,
                    error: None,
                };
                runs::progress(&mut tx, access, self.run_id, &over, cx.now()).await?;
            }
        }
        events::tell(&mut tx, &topic(self.run_id)).await?;
        tx.commit().await?;
        Ok(None)
    }

    /// Stores what was said, unless somebody else has been there meanwhile.
    async fn keep(&self, cx: &Cx, access: &ProjectAccess, step: &Step, predicted: Predicted) -> Result<()> {
        let mut tx = access.begin(cx).await?;
        let run = runs::take(&mut tx, access, self.run_id, cx.now()).await?;
        if run.is_none_or(|run| run.checkpoint != step.checkpoint) {
            return Ok(());
        }
        for failed in &predicted.failed {
            tracing::debug!(task_id = %failed.task_id, why = failed.why, "a model failed on a task");
        }
        let stored = prediction::put_in(cx, &mut tx, access, predicted.predictions).await?;
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let progress = runs::Progress {
            done: count(step.tasks.len()),
            changed: count(stored),
            checkpoint: step.tasks.last().map_or(step.checkpoint, |last| last.0),
            is_over: false,
            failed: count(predicted.failed.len()),
            error: predicted.failed.into_iter().last().map(|failed| failed.why),
        };
        runs::progress(&mut tx, access, self.run_id, &progress, cx.now()).await?;
        events::tell(&mut tx, &topic(self.run_id)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Goes on in a while, or gives up.
    async fn later(&self, cx: &Cx, access: &ProjectAccess, failures: i32, problem: &Problem) -> Result<()> {
        if failures >= GIVES_UP_AFTER {
            return fail(cx, access, self.run_id, &problem.message).await;
        }
        let mut tx = access.begin(cx).await?;
        runs::waits(&mut tx, access, self.run_id, &problem.message, cx.now()).await?;
        events::tell(&mut tx, &topic(self.run_id)).await?;
        let again = Self { failures, ..Self::new(self.project_id, self.run_id) };
        enqueue_at(&mut tx, &again, Some(cx.now() + pause_after(failures))).await?;
        tx.commit().await?;
        Ok(())
    }
}
