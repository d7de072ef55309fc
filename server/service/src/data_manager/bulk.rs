//! What an order does to some tasks, within one transaction: a batch of a long run, or all of a short one.
//!
//! Whoever changes the counts of tasks holds the locks on their rows, taken in the order of their numbers; the summary comes
//! last, so that it is held for as short as possible.

use domain::{
    Error as Problem,
    data_manager::{Cached, Order},
    id::{AnnotationId, TaskId, UserId},
    import::ColumnSummary,
    result::ResultItem,
};
use serde_json::{Map, Value, json};

use super::bulk_sql as sql;
use crate::{
    Cx, Result, Tx,
    access::ProjectAccess,
    annotation,
    audit::{self, Transition},
    import::summary::{self, Counts},
    task::change::{MAX_DELETED, delete_in},
    webhook::{Happening, tell, tell_each_updated},
};

/// The most tasks of one transaction of a long run.
pub(super) const BATCH: i64 = 1_000;

/// A hand on some tasks.
pub(super) struct Batch<'a> {
    pub(super) cx: &'a Cx,
    pub(super) access: &'a ProjectAccess,
    /// Who ordered it.
    pub(super) who: Option<UserId>,
}

impl Batch<'_> {
    /// Does it, and returns how many things were deleted, made or changed.
    pub(super) async fn carry_out(&self, tx: &mut Tx, order: &Order, tasks: &[TaskId]) -> Result<i64> {
        let tasks: Vec<i64> = tasks.iter().map(|id| id.0).collect();
        sql::lock(tx, self.access, &tasks).await?;
        match order {
            Order::DeleteTasks => self.delete_tasks(tx, &tasks).await,
            Order::DeleteAnnotations { of } => self.delete_annotations(tx, &tasks, *of).await,
            Order::DeletePredictions { versions } => self.delete_predictions(tx, &tasks, versions.as_deref()).await,
            Order::Accept { versions } => self.accept(tx, &tasks, versions.as_deref()).await,
            Order::CacheLabels(cached) => self.cache_labels(tx, &tasks, cached).await,
            Order::SetField { name, value } => {
                let values = vec![value.clone(); tasks.len()];
                self.set_field(tx, &tasks, name, &values).await
            }
            Order::Propagate { annotation_id } => self.propagate(tx, &tasks, *annotation_id).await,
            Order::Rename { control, from, to } => self.rename(tx, &tasks, control, from, to).await,
            // Tasks are compared with each other, not one by one; models are asked while no transaction is open.
            Order::RemoveDuplicates | Order::Predict { .. } => Ok(0),
        }
    }

    async fn delete_tasks(&self, tx: &mut Tx, tasks: &[i64]) -> Result<i64> {
        let mut deleted = 0;
        for some in tasks.chunks(MAX_DELETED) {
            let ids: Vec<TaskId> = some.iter().copied().map(TaskId).collect();
            deleted += delete_in(self.cx, tx, self.access, &ids).await?;
        }
        Ok(i64::try_from(deleted).unwrap_or(i64::MAX))
    }

    async fn delete_annotations(&self, tx: &mut Tx, tasks: &[i64], of: Option<UserId>) -> Result<i64> {
        let mut counts = Counts::default();
        let mut ids = Vec::new();
        for gone in sql::annotations(tx, self.access, tasks, of).await? {
            take(&mut counts, gone.was_cancelled, &gone.result.0);
            ids.push(gone.annotation_id);
        }
        sql::delete_annotations(tx, self.access, &ids).await?;
        sql::delete_drafts(tx, self.access, tasks, of).await?;
        self.note(tx, "annotation", &ids, (None, "deleted", "delete")).await?;
        let gone: Vec<AnnotationId> = ids.iter().copied().map(AnnotationId).collect();
        tell(self.cx, tx, self.access.into(), Happening::AnnotationsDeleted(&gone)).await?;
        counts.labeled = self.recount(tx, tasks).await?;
        summary::add(tx, self.access, counts, self.cx.now()).await?;
        Ok(i64::try_from(ids.len()).unwrap_or(i64::MAX))
    }

    async fn delete_predictions(&self, tx: &mut Tx, tasks: &[i64], versions: Option<&[String]>) -> Result<i64> {
        let mut counts = Counts::default();
        for result in sql::predictions(tx, self.access, tasks, versions).await? {
            counts.predictions -= 1;
            counts.proposed.add(&result.0, -1);
        }
        let deleted = -counts.predictions;
        sql::delete_predictions(tx, self.access, tasks, versions, self.cx.now()).await?;
        summary::add(tx, self.access, counts, self.cx.now()).await?;
        Ok(deleted)
    }

    async fn accept(&self, tx: &mut Tx, tasks: &[i64], versions: Option<&[String]>) -> Result<i64> {
        let proposals = sql::proposals(tx, self.access, tasks, versions).await?;
        let new = proposals.into_iter().map(|proposal| sql::NewWork {
            task_id: proposal.task_id,
            prediction_id: Some(proposal.prediction_id),
            result: proposal.result.0,
        });
        self.add(tx, new.collect()).await
    }

    async fn propagate(&self, tx: &mut Tx, tasks: &[i64], source: AnnotationId) -> Result<i64> {
        let source = sql::source(tx, self.access, source).await?.ok_or_else(|| {
            Problem::invalid("source_annotation_id", "source_unknown", "This project has no such annotation.")
        })?;
        let others = tasks.iter().copied().filter(|task| *task != source.task_id);
        let new = others.map(|task_id| sql::NewWork { task_id, prediction_id: None, result: source.result.0.clone() });
        self.add(tx, new.collect()).await
    }

    /// Stores annotations of the person who ordered it.
    async fn add(&self, tx: &mut Tx, new: Vec<sql::NewWork>) -> Result<i64> {
        if new.is_empty() {
            return Ok(0);
        }
        let now = self.cx.now();
        let made = i64::try_from(new.len()).unwrap_or(i64::MAX);
        let mut counts = Counts { annotations: made, last_annotation_at: Some(now), ..Counts::default() };
        for work in &new {
            counts.given.add(&work.result, 1);
        }
        let ids = sql::insert(tx, self.access, self.who, &new, now).await?;
        sql::insert_regions(tx, self.access, &ids, &new).await?;
        self.note(tx, "annotation", &ids, (None, "submitted", "submit")).await?;
        let made_ids: Vec<AnnotationId> = ids.iter().copied().map(AnnotationId).collect();
        tell(self.cx, tx, self.access.into(), Happening::AnnotationsCreated(&made_ids)).await?;
        let mut tasks: Vec<i64> = new.iter().map(|work| work.task_id).collect();
        tasks.dedup();
        counts.labeled = self.recount(tx, &tasks).await?;
        summary::add(tx, self.access, counts, now).await?;
        Ok(made)
    }

    async fn cache_labels(&self, tx: &mut Tx, tasks: &[i64], cached: &Cached) -> Result<i64> {
        let mut by_task: std::collections::HashMap<i64, Vec<(String, i64)>> = std::collections::HashMap::new();
        for row in sql::labels(tx, self.access, tasks, cached).await? {
            by_task.entry(row.task_id).or_default().push((row.label, row.count));
        }
        let texts: Vec<Value> =
            tasks.iter().map(|task| cached.text(by_task.get(task).map_or(&[][..], Vec::as_slice)).into()).collect();
        self.set_field(tx, tasks, &cached.column(), &texts).await
    }

    /// Gives each task its value of a field.
    async fn set_field(&self, tx: &mut Tx, tasks: &[i64], name: &str, values: &[Value]) -> Result<i64> {
        let only = |value: Option<Value>| value.map(|value| Map::from_iter([(name.to_owned(), value)]));
        let (mut gone, mut columns) = (ColumnSummary::default(), ColumnSummary::default());
        for before in sql::field(tx, self.access, tasks, name).await? {
            if let Some(before) = only(before) {
                gone.add(&before);
            }
        }
        let changed = sql::set_field(tx, self.access, tasks, name, values, self.cx.now()).await?;
        let ids: Vec<TaskId> = tasks.iter().copied().map(TaskId).collect();
        tell_each_updated(self.cx, tx, self.access.into(), &ids).await?;
        for value in values {
            columns.add(&Map::from_iter([(name.to_owned(), value.clone())]));
        }
        summary::add(tx, self.access, Counts { gone, columns, ..Counts::default() }, self.cx.now()).await?;
        Ok(changed)
    }

    async fn rename(&self, tx: &mut Tx, tasks: &[i64], control: &str, from: &str, to: &str) -> Result<i64> {
        let now = self.cx.now();
        let mut counts = Counts::default();
        let mut renamed = 0;
        for mut work in sql::labeled(tx, self.access, tasks, control, from).await? {
            let before = work.result.0.clone();
            let items = work.result.0.iter_mut().filter(|item| item.from_name() == control);
            let count: usize = items.map(|item| item.rename_label(from, to)).sum();
            if count == 0 {
                continue;
            }
            renamed += count;
            let annotation_id = AnnotationId(work.annotation_id);
            annotation::sql::keep_version(tx, self.access, annotation_id, &work.result.0).await?;
            sql::replace(tx, self.access, annotation_id, &work.result.0, self.who, now).await?;
            annotation::sql::put_regions(tx, self.access, annotation_id, TaskId(work.task_id), &work.result.0).await?;
            counts.given.add(&before, -1);
            counts.given.add(&work.result.0, 1);
            self.note(tx, "annotation", &[annotation_id.0], (Some("submitted"), "submitted", "update")).await?;
            tell(self.cx, tx, self.access.into(), Happening::AnnotationUpdated(annotation_id)).await?;
        }
        summary::add(tx, self.access, counts, now).await?;
        Ok(i64::try_from(renamed).unwrap_or(i64::MAX))
    }

    /// Keeps the first task of each group and moves the work on the others to it.
    pub(super) async fn merge(&self, tx: &mut Tx, groups: &[Vec<i64>]) -> Result<i64> {
        let mut all: Vec<i64> = groups.iter().flatten().copied().collect();
        all.sort_unstable();
        sql::lock(tx, self.access, &all).await?;
        let pairs = groups.iter().filter_map(|group| group.split_first());
        let pairs = pairs.flat_map(|(kept, others)| others.iter().map(move |other| (*other, *kept)));
        let (others, kept): (Vec<i64>, Vec<i64>) = pairs.unzip();
        sql::move_work(tx, self.access, &others, &kept).await?;
        let mut heads = kept;
        heads.dedup();
        let counts =
            Counts { labeled: self.recount(tx, &heads).await? + self.recount(tx, &others).await?, ..Counts::default() };
        summary::add(tx, self.access, counts, self.cx.now()).await?;
        self.delete_tasks(tx, &others).await
    }

    /// Counts the annotations of tasks anew; returns how many more have all they need.
    async fn recount(&self, tx: &mut Tx, tasks: &[i64]) -> Result<i64> {
        let turned = sql::recount(tx, self.access, tasks, self.cx.now()).await?;
        let (labeled, open): (Vec<_>, Vec<_>) = turned.into_iter().partition(|(_, is_labeled)| *is_labeled);
        let ids = |turned: &[(i64, bool)]| turned.iter().map(|(id, _)| *id).collect::<Vec<_>>();
        self.note(tx, "task", &ids(&labeled), (Some("open"), "labeled", "complete")).await?;
        self.note(tx, "task", &ids(&open), (Some("labeled"), "open", "reopen")).await?;
        let count = |turned: &[(i64, bool)]| i64::try_from(turned.len()).unwrap_or(i64::MAX);
        Ok(count(&labeled) - count(&open))
    }

    async fn note(
        &self,
        tx: &mut Tx,
        entity: &'static str,
        ids: &[i64],
        (from, to, transition): (Option<&'static str>, &'static str, &'static str),
    ) -> Result<()> {
        let change = Transition {
            org_id: self.access.org_id(),
            project_id: Some(self.access.project_id()),
            entity,
            entity_id: 0,
            from,
            to,
            transition,
            actor_id: self.who,
            data: json!({}),
        };
        audit::transition_each(self.cx, tx, change, ids).await
    }
}

/// Takes an annotation from the counts. What was left in a skipped task was never counted.
fn take(counts: &mut Counts, was_cancelled: bool, result: &[ResultItem]) {
    if was_cancelled {
        counts.skipped -= 1;
    } else {
        counts.annotations -= 1;
        counts.given.add(result, -1);
    }
}
