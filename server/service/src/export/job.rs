//! The job of an export: a thread reads tasks page by page and writes a temporary file, which then goes to the store.

use std::{fs::File, io::Seek};

use domain::{
    Kind,
    access::ProjectPermission,
    format::{ExportFormat, Manifest, exporter},
    id::{ExportId, ProjectId},
    label_config,
};
use futures::StreamExt;
use object_store::path::Path;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tokio_util::io::ReaderStream;

use super::{sink::FileSink, sql, topic};
use crate::{
    Actor, Cx, Error, Result,
    access::{self, ProjectAccess},
    events,
    job::Job,
    storage,
    webhook::{Happening, tell},
};

/// Tasks read at once.
const PAGE: i64 = 500;

/// Writes one export.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunExport {
    /// The project.
    pub project_id: ProjectId,
    /// The run.
    pub export_id: ExportId,
}

impl Job for RunExport {
    const NAME: &'static str = "run_export";
    const MAX_ATTEMPTS: i32 = 3;

    async fn run(&self, cx: &Cx) -> Result<()> {
        let access = match access::project(cx, &Actor::System, self.project_id, ProjectPermission::Export).await {
            // The project went to the bin meanwhile.
            Err(Error::Domain(problem)) if problem.kind == Kind::NotFound => return Ok(()),
            access => access?,
        };
        match self.work(cx, &access).await {
            Err(Error::Domain(problem)) => self.fail(cx, &access, &problem.message).await,
            other => other,
        }
    }

    async fn give_up(&self, cx: &Cx, _error: &Error) -> Result<()> {
        let access = access::project(cx, &Actor::System, self.project_id, ProjectPermission::Export).await?;
        self.fail(cx, &access, "Something went wrong on our side, several times. Please start the export again.").await
    }
}

impl RunExport {
    async fn work(&self, cx: &Cx, access: &ProjectAccess) -> Result<()> {
        let mut tx = access.begin(cx).await?;
        let Some(taken) = sql::take(cx, &mut tx, access, self.export_id).await? else { return Ok(()) };
        events::tell(&mut tx, &topic(self.export_id)).await?;
        tx.commit().await?;
        let format = ExportFormat::from_code(&taken.format)
            .ok_or_else(|| anyhow::anyhow!("there is no export format “{}”", taken.format))?;
        let title = taken.title.clone();
        let thread = {
            let (cx, access, export_id, runtime) = (cx.clone(), access.clone(), self.export_id, Handle::current());
            tokio::task::spawn_blocking(move || write(&cx, &access, export_id, format, &taken, &runtime))
        };
        // Nothing written: the export was deleted meanwhile.
        let Some((file, manifest)) = thread.await.map_err(anyhow::Error::new)?? else { return Ok(()) };

        let storage_key = format!("{}/export/{}", storage::folder(self.project_id), self.export_id);
        let body = ReaderStream::new(tokio::fs::File::from_std(file)).boxed();
        let path = Path::from(storage_key.as_str());
        let (size_bytes, sha256) = storage::write(cx, &path, bytes::Bytes::new(), body, u64::MAX).await?;
        let finished = sql::Finished {
            storage_key,
            file_name: file_name(&title, format, self.export_id),
            content_type: format.content_type(),
            size_bytes,
            sha256,
            manifest,
        };
        let mut tx = access.begin(cx).await?;
        if sql::finish(cx, &mut tx, access, self.export_id, &finished).await? {
            tell(cx, &mut tx, access.into(), Happening::ExportCompleted(self.export_id)).await?;
        }
        events::tell(&mut tx, &topic(self.export_id)).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn fail(&self, cx: &Cx, access: &ProjectAccess, error: &str) -> Result<()> {
        let mut tx = access.begin(cx).await?;
        if sql::fail(cx, &mut tx, access, self.export_id, error).await? {
            tell(cx, &mut tx, access.into(), Happening::ExportFailed(self.export_id)).await?;
        }
        events::tell(&mut tx, &topic(self.export_id)).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Writes everything into a temporary file; `None` when nobody wants it any more.
fn write(
    cx: &Cx,
    access: &ProjectAccess,
    export_id: ExportId,
    format: ExportFormat,
    taken: &sql::Taken,
    runtime: &Handle,
) -> Result<Option<(File, Manifest)>> {
    let config = label_config::read(&taken.label_config).unwrap_or_default();
    let options = serde_json::from_value(taken.options.clone()).unwrap_or_default();
    let file = tempfile::tempfile().map_err(anyhow::Error::new)?;
    let mut sink = FileSink::new(file, format.is_archive(), cx.clone(), access.clone(), runtime.clone());
    let mut exporter = exporter(format, &config, &options, &mut sink).map_err(anyhow::Error::new)??;
    let mut last = 0;
    let mut done = 0;
    loop {
        let page = runtime.block_on(page(cx, access, export_id, last, done))?;
        let Some(tasks) = page else { return Ok(None) };
        let Some(newest) = tasks.last() else { break };
        last = newest.id;
        done += tasks.len() as u64;
        for task in &tasks {
            exporter.task(task, &mut sink).map_err(anyhow::Error::new)?;
        }
    }
    let manifest = exporter.finish(&mut sink).map_err(anyhow::Error::new)?;
    let mut file = sink.finish().map_err(anyhow::Error::new)?;
    file.rewind().map_err(anyhow::Error::new)?;
    Ok(Some((file, manifest)))
}

/// Says how far it is and reads on; `None` when nobody wants it any more.
async fn page(
    cx: &Cx,
    access: &ProjectAccess,
    export_id: ExportId,
    last: i64,
    done: u64,
) -> Result<Option<Vec<domain::format::ExportTask>>> {
    let mut tx = access.begin(cx).await?;
    if !sql::progress(cx, &mut tx, access, export_id, done).await? {
        return Ok(None);
    }
    let tasks = sql::tasks(&mut tx, access, last, PAGE).await?;
    events::tell(&mut tx, &topic(export_id)).await?;
    tx.commit().await?;
    Ok(Some(tasks))
}

/// What a person finds among their downloads: the project, the format, and which export it was.
fn file_name(title: &str, format: ExportFormat, export_id: ExportId) -> String {
    /// More of a title is no help in a list of files.
    const MOST_CHARS: usize = 60;
    let words: Vec<String> = title
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let name: String = words.join("-").chars().take(MOST_CHARS).collect();
    let name = if name.is_empty() { "project" } else { name.trim_end_matches('-') };
    let code = format.code().to_ascii_lowercase().replace('_', "-");
    format!("{name}-{code}-{export_id}.{}", format.extension())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_called_after_their_project() {
        for (title, name) in [
            ("Street signs, spring batch", "street-signs-spring-batch-json-min-7.json"),
            ("Übersetzung: 日本語", "übersetzung-日本語-json-min-7.json"),
            ("../../etc/passwd", "etc-passwd-json-min-7.json"),
            ("…", "project-json-min-7.json"),
        ] {
            assert_eq!(file_name(title, ExportFormat::JsonMin, ExportId(7)), name);
        }
        assert_eq!(file_name(&"a".repeat(99), ExportFormat::JsonMin, ExportId(7)).len(), 60 + "-json-min-7.json".len());
    }
}
