//! Doing one thing to many tasks: at once where they are few, else as a job that goes on where it was interrupted.

use domain::{
    Error as Problem, Kind,
    access::ProjectPermission,
    data_manager::{ActionRun, Filter, MAX_SELECTED_AT_ONCE, Order, Pick, Selection},
    id::{ActionRunId, ProjectId, TaskId},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Asked,
    bulk::{BATCH, Batch},
    note,
    predict::{RunPredictions, check_batch},
    resolve, run_sql as runs, sql,
    translate::Translator,
};
use crate::{
    Actor, Cx, Error, Result, Tx,
    access::{self, ProjectAccess},
    boxed, events,
    job::{Job, enqueue},
    ml::Predictor,
};

/// How many groups of duplicates one transaction merges. All tasks are compared anew each time, which costs more than merging.
const GROUPS: usize = 2_000;
/// How many runs are remembered in the list.
const HISTORY: i64 = 50;

/// Does something to the tasks that are picked. What is selected on the spot comes before what is selected in the view;
/// where neither says anything, all tasks of the filter are meant. More than [`MAX_SELECTED_AT_ONCE`] tasks are a job, and so
/// is whatever waits for a model: the run that comes back then is not over yet.
///
/// # Errors
/// *Not found*; *forbidden* without the right to the action; what the action itself refuses.
#[boxed]
pub async fn act(cx: &Cx, actor: &Actor, asked: Asked, order: Order) -> Result<ActionRun> {
    let permission = order.action().permission();
    let (access, mut pick, view) = resolve(cx, actor, asked, permission).await?;
    if let Order::Predict { ml_backend_id, batch } = &order {
        check_batch(*batch)?;
        // Without a model there is nothing to wait for.
        Predictor::new(cx, &access, *ml_backend_id).await?;
    }
    if pick.selection.is_all()
        && let Some(view) = view
        && let Some(selection) = view.selection()?
    {
        pick.selection = selection;
    }
    let mut tx = access.begin(cx).await?;
    sql::have_patience(&mut tx).await?;
    let translator = Translator { access: &access, now: cx.now() };
    let total = sql::totals(&mut tx, translator.tasks(&pick)).await?.tasks;
    let new = runs::New { order: &order, pick: &pick, total };
    let run_id = runs::insert(&mut tx, &access, &new, cx.now()).await?;
    let data = json!({ "action": order.action().id(), "action_run_id": run_id, "tasks": total });
    note(cx, &mut tx, &access, "tasks_acted_on", data).await?;
    if matches!(order, Order::Predict { .. }) {
        enqueue(&mut tx, &RunPredictions::new(access.project_id(), run_id)).await?;
    } else if total > MAX_SELECTED_AT_ONCE {
        enqueue(&mut tx, &RunAction { project_id: access.project_id(), run_id }).await?;
    } else {
        let taken = runs::take(&mut tx, &access, run_id, cx.now()).await?;
        let mut run = Running { cx, access: &access, run: taken.ok_or_else(gone)? };
        while run.step(&mut tx).await? {}
    }
    let run = runs::get(&mut tx, &access, run_id).await?.ok_or_else(gone)?;
    tx.commit().await?;
    Ok(run)
}

/// How a run is.
///
/// # Errors
/// *Not found* for another project's.
#[boxed]
pub async fn action_run(cx: &Cx, actor: &Actor, project_id: ProjectId, run_id: ActionRunId) -> Result<ActionRun> {
    let access = access::project(cx, actor, project_id, ProjectPermission::ViewData).await?;
    let mut tx = access.begin(cx).await?;
    let run = runs::get(&mut tx, &access, run_id).await?.ok_or_else(gone)?;
    tx.commit().await?;
    Ok(run)
}

/// The runs of a project, newest first.
///
/// # Errors
/// *Not found*; *forbidden* for people who do not see all data.
#[boxed]
pub async fn action_runs(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<ActionRun>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::ViewData).await?;
    let mut tx = access.begin(cx).await?;
    let runs = runs::list(&mut tx, &access, HISTORY).await?;
    tx.commit().await?;
    Ok(runs)
}

/// The name under which changes of a run are told.
#[must_use]
pub fn topic(run_id: ActionRunId) -> String {
    format!("action:{run_id}")
}

pub(super) fn gone() -> Problem {
    Problem::not_found("action")
}

/// A run whose row is locked.
struct Running<'a> {
    cx: &'a Cx,
    access: &'a ProjectAccess,
    run: runs::Taken,
}

impl Running<'_> {
    /// Does the next batch and writes down how far it is; `false` when there was none and the run is over.
    async fn step(&mut self, tx: &mut Tx) -> Result<bool> {
        let order: Order = serde_json::from_value(self.run.instruction.clone()).map_err(anyhow::Error::new)?;
        let pick = runs::read_pick(&self.run.pick)?;
        let batch = Batch { cx: self.cx, access: self.access, who: self.run.user_id };
        let translator = Translator { access: self.access, now: self.cx.now() };
        let (done, changed) = if order == Order::RemoveDuplicates {
            let tasks = translator.tasks(&pick);
            let groups = runs::duplicates(tx, tasks, self.run.last_task_id, GROUPS).await?;
            let others = groups.iter().map(|group| group.len().saturating_sub(1)).sum::<usize>();
            if others > 0 { (others, batch.merge(tx, &groups).await?) } else { (0, 0) }
        } else {
            let tasks = translator.tasks(&pick);
            let ids: Vec<TaskId> = runs::next(tx, tasks, self.run.checkpoint, self.run.last_task_id, BATCH).await?;
            let changed = if ids.is_empty() { 0 } else { batch.carry_out(tx, &order, &ids).await? };
            self.run.checkpoint = ids.last().map_or(self.run.checkpoint, |last| last.0);
            (ids.len(), changed)
        };
        let progress = runs::Progress {
            done: i64::try_from(done).unwrap_or(i64::MAX),
            changed,
            checkpoint: self.run.checkpoint,
            is_over: done == 0,
            failed: 0,
            error: None,
        };
        runs::progress(tx, self.access, self.run.run_id, &progress, self.cx.now()).await?;
        events::tell(tx, &topic(self.run.run_id)).await?;
        Ok(done > 0)
    }
}

/// Carries out an order on many tasks, batch by batch.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunAction {
    /// The project.
    pub project_id: ProjectId,
    /// The run.
    pub run_id: ActionRunId,
}

impl Job for RunAction {
    const NAME: &'static str = "run_action";
    const MAX_ATTEMPTS: i32 = 5;

    /// Two orders for the tasks of one project would only wait for each other.
    fn queue(&self) -> Option<String> {
        Some(format!("action:{}", self.project_id))
    }

    async fn run(&self, cx: &Cx) -> Result<()> {
        let access = match access::project(cx, &Actor::System, self.project_id, ProjectPermission::Manage).await {
            // The project went to the bin meanwhile.
            Err(Error::Domain(problem)) if problem.kind == Kind::NotFound => return Ok(()),
            access => access?,
        };
        loop {
            let mut tx = access.begin(cx).await?;
            let Some(run) = runs::take(&mut tx, &access, self.run_id, cx.now()).await? else { return Ok(()) };
            let step = Running { cx, access: &access, run }.step(&mut tx).await;
            match step {
                Ok(goes_on) => {
                    tx.commit().await?;
                    if !goes_on {
                        return Ok(());
                    }
                }
                Err(Error::Domain(problem)) => {
                    tx.rollback().await?;
                    return fail(cx, &access, self.run_id, &problem.message).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn give_up(&self, cx: &Cx, _error: &Error) -> Result<()> {
        let access = access::project(cx, &Actor::System, self.project_id, ProjectPermission::Manage).await?;
        fail(cx, &access, self.run_id, OUR_FAULT).await
    }
}

/// What people are told when a run was tried too often.
pub(super) const OUR_FAULT: &str =
    "Something went wrong on our side, several times. What was done so far stays done; please start it again.";

/// Says of a run that it has failed.
pub(super) async fn fail(cx: &Cx, access: &ProjectAccess, run_id: ActionRunId, error: &str) -> Result<()> {
    let mut tx = access.begin(cx).await?;
    runs::fail(&mut tx, access, run_id, error, cx.now()).await?;
    events::tell(&mut tx, &topic(run_id)).await?;
    tx.commit().await?;
    Ok(())
}

/// Filter and selection as a run keeps them; the order of the tasks does not matter to it.
pub(super) fn read(filter: &serde_json::Value, selection: &serde_json::Value) -> Result<Pick> {
    Ok(Pick { filter: Filter::parse(filter)?, selection: Selection::parse(selection)?, ..Pick::default() })
}
