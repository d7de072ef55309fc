//! The job of an import: a thread reads and judges rows, this side stores them batch by batch.

use domain::{
    Error as Problem, Kind,
    access::ProjectPermission,
    id::{FileId, ImportId, ProjectId},
    import::{LabelsAs, RunStatus, Target},
    label_config,
};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::{batch, fetch, read, sql, topic};
use crate::{
    Actor, Cx, Error, Result,
    access::{self, ProjectAccess},
    events,
    job::Job,
    storage::{self, StoredFile},
    task::change::{MAX_DELETED, delete_in},
};

/// How many batches may wait between reading and storing.
const BATCHES_WAITING: usize = 2;

/// Reads one import to its end.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunImport {
    /// The project.
    pub project_id: ProjectId,
    /// The run.
    pub import_id: ImportId,
}

impl Job for RunImport {
    const NAME: &'static str = "run_import";
    const MAX_ATTEMPTS: i32 = 5;

    /// Imports of one project wait for each other: tasks are numbered in order of arrival.
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
            Ok(()) => self.finish(cx, &access, None).await,
            Err(Error::Domain(problem)) => self.finish(cx, &access, Some(&problem.message)).await,
            Err(internal) => Err(internal),
        }
    }

    async fn give_up(&self, cx: &Cx, _error: &Error) -> Result<()> {
        let access = access::project(cx, &Actor::System, self.project_id, ProjectPermission::Import).await?;
        let message = "Something went wrong on our side, several times. What was imported before stays.";
        self.finish(cx, &access, Some(message)).await
    }
}

impl RunImport {
    async fn work(&self, cx: &Cx, access: &ProjectAccess) -> Result<()> {
        let mut tx = access.begin(cx).await?;
        let Some(taken) = sql::take(cx, &mut tx, access, self.import_id).await? else { return Ok(()) };
        events::tell(&mut tx, &topic(self.import_id)).await?;
        tx.commit().await?;
        if taken.replaces {
            self.clear(cx, access, &taken.files).await?;
        }
        let files = self.files(cx, access, &taken).await?;
        let config = label_config::read(&taken.label_config).unwrap_or_default();
        let fields = read::MediaFields::of(&config);
        let mut writer = batch::Writer::new(access, self.import_id, &taken, fields.series.clone());
        let labels_as = LabelsAs::from_code(&taken.labels_as).unwrap_or_default();
        let plan = read::Plan {
            target: Target { config, labels_as, has_media: false },
            cx: cx.clone(),
            access: access.clone(),
            import_id: Some(self.import_id),
            batch_size: read::IMPORTED,
            files,
            fields,
            files_are_tasks: taken.files_are_tasks,
            from: taken.checkpoint.clone().and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default(),
        };
        let (sender, mut batches) = mpsc::channel(BATCHES_WAITING);
        let runtime = tokio::runtime::Handle::current();
        let reading = tokio::task::spawn_blocking(move || read::all(&plan, &runtime, &sender));
        while let Some(batch) = batches.recv().await {
            if !writer.store(cx, batch).await? {
                // Cancelled: the reader ends when nobody takes its rows.
                drop(batches);
                break;
            }
        }
        reading.await.map_err(anyhow::Error::new)??;
        writer.tell_unnamed(cx).await
    }

    /// Takes away the tasks that came in these files earlier, some at a time.
    async fn clear(&self, cx: &Cx, access: &ProjectAccess, files: &[i64]) -> Result<()> {
        loop {
            let mut tx = access.begin(cx).await?;
            let most = i64::try_from(MAX_DELETED).unwrap_or(1);
            let gone = sql::came_before(&mut tx, access, files, self.import_id, most).await?;
            if gone.is_empty() {
                return Ok(());
            }
            delete_in(cx, &mut tx, access, &gone).await?;
            tx.commit().await?;
        }
    }

    /// The files to read; an address is fetched first.
    async fn files(&self, cx: &Cx, access: &ProjectAccess, taken: &sql::Taken) -> Result<Vec<StoredFile>> {
        if let (Some(url), true) = (&taken.url, taken.files.is_empty()) {
            let key = format!("{}/import/{}/url", storage::folder(self.project_id), self.import_id);
            let fetched = fetch::fetch(cx, url).await?;
            let file = storage::store(cx, access, &key, &fetched.name, fetched.body).await?;
            let mut tx = access.begin(cx).await?;
            sql::keep_file(&mut tx, access, self.import_id, file.file_id, file.size_bytes).await?;
            tx.commit().await?;
            return Ok(vec![file]);
        }
        let mut files = Vec::with_capacity(taken.files.len());
        for id in &taken.files {
            let file = storage::of_project(cx, access, FileId(*id)).await?;
            files.push(file.ok_or_else(|| Problem::not_found("file"))?);
        }
        Ok(files)
    }

    async fn finish(&self, cx: &Cx, access: &ProjectAccess, error: Option<&str>) -> Result<()> {
        let status = if error.is_none() { RunStatus::Completed } else { RunStatus::Failed };
        let mut tx = access.begin(cx).await?;
        super::end(cx, &mut tx, access, self.import_id, status, error).await?;
        tx.commit().await?;
        Ok(())
    }
}
