//! The job of a run: it looks at all rows, or applies them.

use std::collections::HashMap;

use domain::{
    Error as Problem, Kind,
    access::ProjectPermission,
    id::{FileId, ImportId, ProjectId, ReimportId, TaskId},
    import::{
        NewTask, RunStatus, Target,
        reimport::{Change, ReimportStatus},
    },
    label_config,
};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::{
    found,
    judge::{Judge, Judged, Verdict, count_fields},
    read::{Batch, JUDGED, Numbering},
    sql::{self, Taken},
    topic,
};
use crate::{
    Actor, Cx, Error, Result, Tx,
    access::{self, ProjectAccess},
    events,
    import::{
        self, Manner,
        read::{self, Checkpoint, MediaFields, Plan},
        rows::Origin,
        sql as import_sql,
        summary::{self, Counts},
    },
    job::Job,
    prediction::{self, NewPrediction},
    webhook::tell_each_updated,
};

/// How many batches may wait between reading and judging.
const BATCHES_WAITING: usize = 2;

/// Looks at what files would change, or changes it.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunReimport {
    /// The project.
    pub project_id: ProjectId,
    /// The run.
    pub reimport_id: ReimportId,
}

impl Job for RunReimport {
    const NAME: &'static str = "run_reimport";
    const MAX_ATTEMPTS: i32 = 5;

    /// Behind the imports of the project, and before those that come later.
    fn queue(&self) -> Option<String> {
        Some(format!("import:{}", self.project_id))
    }

    async fn run(&self, cx: &Cx) -> Result<()> {
        let access = match access::project(cx, &Actor::System, self.project_id, ProjectPermission::Import).await {
            // The project went to the bin meanwhile.
            Err(Error::Domain(problem)) if problem.kind == Kind::NotFound => return Ok(()),
            access => access?,
        };
        match self.work(cx, &access).await {
            Err(Error::Domain(problem)) => self.fail(cx, &access, &problem.message).await,
            done => done,
        }
    }

    async fn give_up(&self, cx: &Cx, _error: &Error) -> Result<()> {
        let access = access::project(cx, &Actor::System, self.project_id, ProjectPermission::Import).await?;
        let message = "Something went wrong on our side, several times. What was applied before stays.";
        self.fail(cx, &access, message).await
    }
}

impl RunReimport {
    async fn work(&self, cx: &Cx, access: &ProjectAccess) -> Result<()> {
        let mut tx = access.begin(cx).await?;
        let Some(taken) = sql::take(&mut tx, access, self.reimport_id, cx.now()).await? else { return Ok(()) };
        events::tell(&mut tx, &topic(self.reimport_id)).await?;
        tx.commit().await?;
        let ids: Vec<FileId> = taken.files.iter().copied().map(FileId).collect();
        let files = found(cx, access, &ids).await?;
        let config = label_config::read(&taken.label_config).unwrap_or_default();
        let fields = MediaFields::of(&config);
        let series = fields.series.clone();
        let plan = Plan {
            cx: cx.clone(),
            access: access.clone(),
            import_id: None,
            batch_size: JUDGED,
            files,
            fields,
            from: Checkpoint::default(),
            files_are_tasks: false,
            target: Target { config, ..Target::default() },
        };
        let mut tx = access.begin(cx).await?;
        let judge = Judge::new(&mut tx, access, taken.rules.0.clone(), series).await?;
        tx.commit().await?;
        let applies = taken.status == ReimportStatus::Applying.as_str();
        let mut hand = Hand { cx, access, reimport_id: self.reimport_id, taken, judge, fields: HashMap::new() };
        let (sender, mut batches) = mpsc::channel(BATCHES_WAITING);
        let runtime = tokio::runtime::Handle::current();
        let reading = tokio::task::spawn_blocking(move || read::all(&plan, &runtime, &sender));
        let mut numbering = Numbering::default();
        while let Some(batch) = batches.recv().await {
            let batch = numbering.batch(batch);
            let goes_on = if applies { hand.apply(batch).await? } else { hand.look(batch).await? };
            if !goes_on {
                // Stopped: the reader ends when nobody takes its rows.
                drop(batches);
                break;
            }
        }
        reading.await.map_err(anyhow::Error::new)??;
        self.finish(cx, access, applies).await
    }

    async fn finish(&self, cx: &Cx, access: &ProjectAccess, applies: bool) -> Result<()> {
        let mut tx = access.begin(cx).await?;
        if applies {
            if sql::still(&mut tx, access, self.reimport_id, ReimportStatus::Applying).await? {
                sql::end(&mut tx, access, self.reimport_id, ReimportStatus::Completed, None, cx.now()).await?;
                close(cx, &mut tx, access, self.reimport_id).await?;
            }
        } else {
            let (from, to) = (ReimportStatus::InProgress, ReimportStatus::Ready);
            sql::turn(&mut tx, access, self.reimport_id, from, to, cx.now()).await?;
        }
        events::tell(&mut tx, &topic(self.reimport_id)).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn fail(&self, cx: &Cx, access: &ProjectAccess, error: &str) -> Result<()> {
        let mut tx = access.begin(cx).await?;
        sql::end(&mut tx, access, self.reimport_id, ReimportStatus::Failed, Some(error), cx.now()).await?;
        close(cx, &mut tx, access, self.reimport_id).await?;
        events::tell(&mut tx, &topic(self.reimport_id)).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Ends the run that new tasks came in with, if there was one.
pub(super) async fn close(cx: &Cx, tx: &mut Tx, access: &ProjectAccess, reimport_id: ReimportId) -> Result<()> {
    if let (Some(import_id), _) = sql::import_of(tx, access, reimport_id).await? {
        import::end(cx, tx, access, import_id, RunStatus::Completed, None).await?;
    }
    Ok(())
}

/// A hand on the rows of one run.
struct Hand<'a> {
    cx: &'a Cx,
    access: &'a ProjectAccess,
    reimport_id: ReimportId,
    taken: Taken,
    judge: Judge,
    fields: HashMap<String, i64>,
}

impl Hand<'_> {
    /// Writes down what a batch would change; `false` when nothing more is wanted.
    async fn look(&mut self, batch: Batch) -> Result<bool> {
        let mut tx = self.access.begin(self.cx).await?;
        if !sql::still(&mut tx, self.access, self.reimport_id, ReimportStatus::InProgress).await? {
            return Ok(false);
        }
        let judged = self.judge.judge(&mut tx, self.access, batch.rows, false).await?;
        count_fields(&mut self.fields, &judged);
        let found = sql::Found { judged: &judged, fields: &self.fields, bytes_done: batch.bytes_done };
        sql::keep(&mut tx, self.access, self.reimport_id, &found, self.cx.now()).await?;
        events::tell(&mut tx, &topic(self.reimport_id)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Changes what a batch changes; `false` when nothing more is wanted.
    async fn apply(&mut self, batch: Batch) -> Result<bool> {
        let checkpoint = self.taken.checkpoint;
        let (applied, rows): (Vec<_>, Vec<_>) = batch.rows.into_iter().partition(|row| row.position <= checkpoint);
        self.judge.pass(applied);
        let Some(last) = rows.last().map(|row| row.position) else { return Ok(true) };
        // As the owner of the tables, because Postgres has no `COPY` behind row-level security; every statement names the
        // project of the proof.
        let mut tx = self.cx.begin().await?;
        if !sql::still(&mut tx, self.access, self.reimport_id, ReimportStatus::Applying).await? {
            return Ok(false);
        }
        let judged = self.judge.judge(&mut tx, self.access, rows, true).await?;
        let mut done = sql::Done { checkpoint: last, bytes_done: batch.bytes_done, ..sql::Done::default() };
        self.change(&mut tx, &judged, &mut done).await?;
        if self.taken.rules.0.adds_new {
            self.add(&mut tx, judged, &mut done).await?;
        }
        sql::progress(&mut tx, self.access, self.reimport_id, &done, self.cx.now()).await?;
        events::tell(&mut tx, &topic(self.reimport_id)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Brings the tasks up to date that a batch changes.
    async fn change(&self, tx: &mut Tx, judged: &[Judged], done: &mut sql::Done) -> Result<()> {
        let changes: Vec<(TaskId, &Change)> = judged
            .iter()
            .filter_map(|one| match &one.verdict {
                Verdict::Changed(task_id, change) => Some((*task_id, &**change)),
                _ => None,
            })
            .collect();
        if changes.is_empty() {
            return Ok(());
        }
        let (cx, access) = (self.cx, self.access);
        let mut counts = Counts::default();
        let ids: Vec<i64> = changes.iter().map(|(id, _)| id.0).collect();
        let before = sql::present(tx, access, &ids, &[], false).await?;
        for (task_id, change) in &changes {
            if let (Some(data), Some(present)) = (&change.data, before.get(&task_id.0)) {
                counts.gone.add(&present.data);
                counts.columns.add(data);
            }
        }
        sql::update(tx, access, &changes, cx.now()).await?;
        let gone: Vec<i64> = changes.iter().flat_map(|(_, change)| &change.gone).map(|id| id.0).collect();
        if !gone.is_empty() {
            for result in sql::delete_predictions(tx, access, &gone).await? {
                counts.predictions -= 1;
                counts.proposed.add(&result.0, -1);
            }
        }
        let of_task = |task_id: TaskId| {
            move |one: &domain::import::NewPrediction| NewPrediction {
                task_id,
                result: one.result.clone(),
                score: one.score,
                model_version: one.model_version.clone().unwrap_or_default(),
            }
        };
        let new: Vec<NewPrediction> =
            changes.iter().flat_map(|(id, change)| change.new.iter().map(of_task(*id))).collect();
        if !new.is_empty() {
            done.predictions += import::count(prediction::add_in(cx, tx, access, new).await?.len());
        }
        summary::add(tx, access, counts, cx.now()).await?;
        let tasks: Vec<TaskId> = changes.iter().map(|(id, _)| *id).collect();
        tell_each_updated(cx, tx, access.into(), &tasks).await?;
        done.updated += import::count(tasks.len());
        Ok(())
    }

    /// Makes tasks of the rows of a batch that mean none.
    async fn add(&mut self, tx: &mut Tx, judged: Vec<Judged>, done: &mut sql::Done) -> Result<()> {
        let new: (Vec<String>, Vec<NewTask>) = judged
            .into_iter()
            .filter_map(|one| match one.verdict {
                Verdict::New(task) => Some((one.key, task)),
                _ => None,
            })
            .unzip();
        let (keys, tasks) = new;
        if tasks.is_empty() {
            return Ok(());
        }
        let (cx, access) = (self.cx, self.access);
        let import_id = self.import(tx).await?;
        let taken = import_sql::take(cx, tx, access, import_id).await?.ok_or_else(|| Problem::not_found("project"))?;
        let mut counts = Counts::default();
        let origin = Origin::new(access, import_id, &taken);
        let ids = origin.write(cx, tx, &tasks, &[], cx.now(), &mut counts).await?;
        for (key, id) in keys.iter().zip(ids) {
            self.judge.made(key, TaskId(id));
        }
        done.created += counts.tasks;
        done.predictions += counts.predictions;
        sql::count_new(tx, access, import_id, &counts, cx.now()).await?;
        summary::add(tx, access, counts, cx.now()).await
    }

    /// The run that new tasks come in with; begun when the first one does.
    async fn import(&self, tx: &mut Tx) -> Result<ImportId> {
        let (known, author) = sql::import_of(tx, self.access, self.reimport_id).await?;
        if let Some(import_id) = known {
            return Ok(import_id);
        }
        let new = import_sql::NewImport {
            source: "file",
            name: self.taken.source_name.clone(),
            url: None,
            size: None,
            files: self.taken.files.iter().copied().map(FileId).collect(),
        };
        let import_id = import_sql::insert(self.cx, tx, self.access, &new, Manner::default()).await?;
        sql::set_import(tx, self.access, self.reimport_id, import_id, author).await?;
        Ok(import_id)
    }
}
