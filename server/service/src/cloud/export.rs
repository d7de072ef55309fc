//! Writing annotations where they are wanted: each as one object of JSON, named by the annotation's number.
//!
//! What has changed is due (`storage_due`, written by a trigger in the transaction of the change); [`WriteDue`] writes it to
//! every target and takes it out. [`SyncTarget`] writes all annotations of the project to one target.

use chrono::{SecondsFormat, TimeDelta};
use domain::{
    Error as Problem,
    id::{CloudStorageId, ProjectId},
    import::RunStatus,
};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Store, export_sql, for_job, key_below, object_sql, open, run_sql, sql, topic};
use crate::{
    Cx, Error, Result,
    access::ProjectAccess,
    events,
    job::{Job, queue::enqueue_at},
};

/// How many annotations are read and written together.
const PAGE: i64 = 100;
/// How many objects are written at once.
const WRITE_AT_ONCE: usize = 8;
/// How often an annotation that a target refuses is tried before it waits for a sync.
const MAX_TRIES: i32 = 8;
/// How long after the first failure it is tried again; each time twice as long.
const PAUSE_S: i64 = 30;

/// Writes what has changed to the targets of a project.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WriteDue {
    pub(crate) project_id: ProjectId,
}

impl Job for WriteDue {
    const NAME: &'static str = "write_due";

    fn queue(&self) -> Option<String> {
        Some(format!("storage:{}", self.project_id))
    }

    fn key(&self) -> Option<String> {
        Some(format!("write_due:{}", self.project_id))
    }

    async fn run(&self, cx: &Cx) -> Result<()> {
        let Some(access) = for_job(cx, self.project_id).await? else { return Ok(()) };
        let targets: Vec<Target> = sql::targets(cx, &access).await?.into_iter().map(|it| Target::new(cx, it)).collect();
        let (mut after, mut worst) = (0, None::<i32>);
        loop {
            let mut tx = access.begin(cx).await?;
            let due = export_sql::due(&mut tx, &access, after, PAGE).await?;
            tx.commit().await?;
            let Some(last) = due.last() else { break };
            after = last.annotation_id;
            let ids: Vec<i64> = due.iter().map(|due| due.annotation_id).collect();
            let mut failed = std::collections::HashSet::new();
            for target in &targets {
                failed.extend(target.write(cx, &access, &ids).await?);
            }
            let revision = |due: &export_sql::Due| (due.annotation_id, due.revision);
            let (bad, good): (Vec<_>, Vec<_>) = due.iter().partition(|due| failed.contains(&due.annotation_id));
            let mut tx = access.begin(cx).await?;
            export_sql::written(&mut tx, &access, &good.iter().map(|due| revision(due)).collect::<Vec<_>>()).await?;
            export_sql::not_written(
                &mut tx,
                &access,
                &bad.iter().map(|due| revision(due)).collect::<Vec<_>>(),
                MAX_TRIES,
            )
            .await?;
            for target in &targets {
                events::tell(&mut tx, &topic(target.calling.id)).await?;
            }
            tx.commit().await?;
            worst = worst.max(bad.iter().map(|due| due.attempts + 1).filter(|attempts| *attempts < MAX_TRIES).max());
        }
        if let Some(attempts) = worst {
            let pause = TimeDelta::seconds(PAUSE_S << attempts.clamp(1, MAX_TRIES));
            let mut tx = access.begin(cx).await?;
            enqueue_at(&mut tx, self, Some(cx.now() + pause)).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Writes all annotations of a project to one target.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SyncTarget {
    pub(crate) project_id: ProjectId,
    pub(crate) cloud_storage_id: CloudStorageId,
}

impl Job for SyncTarget {
    const NAME: &'static str = "sync_target";
    const MAX_ATTEMPTS: i32 = 5;

    /// One after the other with what has changed, so that an older state never comes last.
    fn queue(&self) -> Option<String> {
        Some(format!("storage:{}", self.project_id))
    }

    async fn run(&self, cx: &Cx) -> Result<()> {
        let Some(access) = for_job(cx, self.project_id).await? else { return Ok(()) };
        match self.work(cx, &access).await {
            Ok(true) => self.finish(cx, &access, RunStatus::Completed, None).await,
            Ok(false) => self.finish(cx, &access, RunStatus::Cancelled, None).await,
            Err(Error::Domain(problem)) => self.finish(cx, &access, RunStatus::Failed, Some(&problem.message)).await,
            Err(internal) => Err(internal),
        }
    }

    async fn give_up(&self, cx: &Cx, _error: &Error) -> Result<()> {
        let Some(access) = for_job(cx, self.project_id).await? else { return Ok(()) };
        let message = "Something went wrong on our side, several times. What was written before stays.";
        self.finish(cx, &access, RunStatus::Failed, Some(message)).await
    }
}

impl SyncTarget {
    /// Whether it came to its end.
    async fn work(&self, cx: &Cx, access: &ProjectAccess) -> Result<bool> {
        let id = self.cloud_storage_id;
        let mut tx = access.begin(cx).await?;
        let total = export_sql::annotation_count(&mut tx, access).await?;
        let is_wanted = run_sql::take(cx, &mut tx, access, id, Some(total)).await?;
        events::tell(&mut tx, &topic(id)).await?;
        tx.commit().await?;
        let (Some(calling), true) = (sql::calling(cx, access, id).await?, is_wanted) else { return Ok(false) };
        let mut after = calling.run_cursor.as_deref().and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
        let target = Target { store: Ok(open(cx, &calling)?), calling };
        loop {
            let mut tx = access.begin(cx).await?;
            let ids = export_sql::annotations_behind(&mut tx, access, after, PAGE).await?;
            tx.commit().await?;
            let Some(last) = ids.last() else { return Ok(true) };
            after = *last;
            let failed = crate::import::count(target.write(cx, access, &ids).await?.len());
            let done = crate::import::count(ids.len());
            let step = run_sql::Step { done, made: done - failed, failed, cursor: Some(after.to_string()) };
            let mut tx = access.begin(cx).await?;
            let is_wanted = run_sql::step(cx, &mut tx, access, id, &step).await?;
            events::tell(&mut tx, &topic(id)).await?;
            tx.commit().await?;
            if !is_wanted {
                return Ok(false);
            }
        }
    }

    async fn finish(&self, cx: &Cx, access: &ProjectAccess, status: RunStatus, error: Option<&str>) -> Result<()> {
        let mut tx = access.begin(cx).await?;
        run_sql::finish(cx, &mut tx, access, self.cloud_storage_id, status, error).await?;
        events::tell(&mut tx, &topic(self.cloud_storage_id)).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// A storage that annotations go to.
struct Target {
    calling: sql::Calling,
    store: Result<Store, Problem>,
}

impl Target {
    fn new(cx: &Cx, calling: sql::Calling) -> Self {
        Self { store: open(cx, &calling), calling }
    }

    /// Writes these annotations as they are now, and deletes what is gone where that is allowed. Which ones failed.
    async fn write(&self, cx: &Cx, access: &ProjectAccess, ids: &[i64]) -> Result<Vec<i64>> {
        let mut tx = access.begin(cx).await?;
        let mut found: std::collections::HashMap<i64, Vec<u8>> = std::collections::HashMap::new();
        for work in export_sql::work(&mut tx, access, ids).await? {
            let written =
                serde_json::to_vec_pretty(&as_object(access.project_id(), &work)).map_err(anyhow::Error::new)?;
            found.insert(work.annotation_id, written);
        }
        tx.commit().await?;
        let outcomes: Vec<Outcome> = futures::stream::iter(ids.to_vec())
            .map(|id| {
                let body = found.remove(&id);
                async move {
                    let key = key_below(&self.calling.prefix, &id.to_string());
                    let size = body.as_ref().and_then(|body| i64::try_from(body.len()).ok());
                    let fate = self.put_or_delete(&key, body).await;
                    Outcome { id, key, size, fate }
                }
            })
            .buffered(WRITE_AT_ONCE)
            .collect()
            .await;
        let (mut kept, mut gone, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        for Outcome { id, key, size, fate } in outcomes {
            let error = match fate {
                Ok(Fate::Gone) => {
                    gone.push(key);
                    continue;
                }
                Ok(Fate::Left) => continue,
                Ok(Fate::Written) => None,
                Err(problem) => {
                    failed.push(id);
                    Some(problem.message)
                }
            };
            kept.push(object_sql::Kept { key, size, annotation_id: Some(id), error, ..object_sql::Kept::default() });
        }
        let mut tx = access.begin(cx).await?;
        object_sql::keep(cx, &mut tx, access, self.calling.id, &kept).await?;
        object_sql::forget(&mut tx, access, self.calling.id, &gone).await?;
        tx.commit().await?;
        Ok(failed)
    }

    async fn put_or_delete(&self, key: &str, body: Option<Vec<u8>>) -> Result<Fate, Problem> {
        let store = self.store.as_ref().map_err(Clone::clone)?;
        match body {
            Some(body) => store.put(key, body).await.map(|()| Fate::Written),
            None if self.calling.can_delete_objects => store.delete(key).await.map(|()| Fate::Gone),
            None => Ok(Fate::Left),
        }
    }
}

/// What was tried with the object of an annotation.
struct Outcome {
    id: i64,
    key: String,
    size: Option<i64>,
    fate: Result<Fate, Problem>,
}

/// What has become of an object.
enum Fate {
    Written,
    Gone,
    /// Its annotation is gone, and it may not be deleted.
    Left,
}

/// An annotation with its task, as Label Studio writes it to storages.
fn as_object(project_id: ProjectId, work: &export_sql::Work) -> Value {
    let moment = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Micros, true);
    json!({
        "id": work.annotation_id,
        "result": work.result,
        "created_at": moment(work.created_at),
        "updated_at": moment(work.updated_at),
        "completed_by": work.completed_by.map(|id| json!({"id": id, "email": work.email, "first_name": work.name})),
        "was_cancelled": work.was_cancelled,
        "ground_truth": work.ground_truth,
        "lead_time": work.lead_time_ms.and_then(|ms| i32::try_from(ms).ok()).map(|ms| f64::from(ms) / 1000.0),
        "result_count": work.result.as_array().map_or(0, Vec::len),
        "project": project_id,
        "task": {
            "id": work.task_id,
            "inner_id": work.inner_id,
            "data": work.data,
            "meta": work.meta.clone().unwrap_or_else(|| json!({})),
            "created_at": moment(work.task_created_at),
            "updated_at": moment(work.task_updated_at),
            "project": project_id,
        },
    })
}
