//! The job of an export: a thread reads tasks page by page and writes a temporary file, which then goes to the store.

use std::{
    fs::File,
    io::{self, BufReader, Seek},
    sync::Arc,
};

use domain::{
    Error as Problem, Kind,
    access::ProjectPermission,
    data_manager::Pick,
    format::{ExportFormat, ExportOptions, ExportTask, Manifest, Snapshot, exporter},
    id::{ExportId, ProjectId},
    label_config,
};
use futures::{StreamExt, TryStreamExt};
use md5::{Digest, Md5};
use object_store::path::Path;
use serde::{Deserialize, Serialize};
use tokio::{runtime::Handle, task::JoinHandle};
use tokio_util::io::ReaderStream;

use super::{sink::FileSink, sql, topic};
use crate::{
    Actor, Cx, Error, Result,
    access::{self, ProjectAccess},
    data_manager, events,
    job::Job,
    storage,
    webhook::{Happening, tell},
};

/// Tasks read at once, and fewer where each may bring an image from far away: what was deleted ends with its page.
const PAGE: i64 = 500;
const PAGE_WITH_IMAGES: i64 = 50;

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

/// Writes one export with images, which may have to come from others' servers.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunExportWithImages(pub RunExport);

impl Job for RunExportWithImages {
    const NAME: &'static str = "run_export_with_images";
    const MAX_ATTEMPTS: i32 = RunExport::MAX_ATTEMPTS;

    async fn run(&self, cx: &Cx) -> Result<()> {
        self.0.run(cx).await
    }

    async fn give_up(&self, cx: &Cx, error: &Error) -> Result<()> {
        self.0.give_up(cx, error).await
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
        let options: ExportOptions = serde_json::from_value(taken.options.clone()).map_err(anyhow::Error::new)?;
        let chosen = if taken.source.is_none() { chosen(cx, access, &options).await? } else { None };
        if let Some(chosen) = &chosen {
            let mut tx = access.begin(cx).await?;
            sql::expect(&mut tx, access, self.export_id, chosen.len()).await?;
            tx.commit().await?;
        }
        let order = Order { export_id: self.export_id, format, options: options.into(), chosen };
        let thread = {
            let (cx, access, runtime) = (cx.clone(), access.clone(), Handle::current());
            tokio::task::spawn_blocking(move || write(&cx, &access, &order, &taken, &runtime))
        };
        // Nothing written: the export was deleted meanwhile.
        let Some((file, manifest)) = thread.await.map_err(anyhow::Error::new)?? else { return Ok(()) };

        let storage_key = format!("{}/export/{}", storage::folder(self.project_id), self.export_id);
        let mut md5 = Md5::new();
        let body = ReaderStream::with_capacity(tokio::fs::File::from_std(file), storage::PIECE_BYTES)
            .inspect_ok(|chunk| md5.update(chunk))
            .boxed();
        let path = Path::from(storage_key.as_str());
        let (size_bytes, sha256) = storage::write(cx, &path, bytes::Bytes::new(), body, u64::MAX).await?;
        let finished = sql::Finished {
            storage_key,
            file_name: file_name(&title, format, self.export_id),
            content_type: format.content_type(),
            size_bytes,
            sha256,
            md5: md5.finalize().to_vec(),
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

/// What is to be written.
#[derive(Clone)]
struct Order {
    export_id: ExportId,
    format: ExportFormat,
    options: Arc<ExportOptions>,
    /// The tasks to look at, where they are not all: rising.
    chosen: Option<Arc<[i64]>>,
}

impl Order {
    fn page(&self) -> i64 {
        if self.format.has_images() { PAGE_WITH_IMAGES } else { PAGE }
    }
}

/// The numbers of the tasks that were chosen, rising; `None` for all. Eight bytes a task are held so that no transaction stays
/// open while the file is written.
async fn chosen(cx: &Cx, access: &ProjectAccess, options: &ExportOptions) -> Result<Option<Arc<[i64]>>> {
    let named = &options.tasks.ids;
    let Some(view) = &options.tasks.view else {
        return Ok((!named.is_empty()).then(|| named.iter().copied().collect()));
    };
    let pick = Pick { filter: view.filter()?, ..Pick::default() };
    let mut stream = data_manager::stream(cx, access, &pick).await?;
    let mut ids = Vec::new();
    loop {
        let page = stream.next().await?;
        if page.is_empty() {
            break;
        }
        ids.extend(page.into_iter().map(|id| id.0).filter(|id| named.is_empty() || named.contains(id)));
    }
    Ok(Some(ids.into()))
}

/// Writes everything into a temporary file; `None` when nobody wants it any more.
fn write(
    cx: &Cx,
    access: &ProjectAccess,
    order: &Order,
    taken: &sql::Taken,
    runtime: &Handle,
) -> Result<Option<(File, Manifest)>> {
    let config = label_config::read(&taken.label_config).unwrap_or_default();
    let Order { export_id, format, options, .. } = order.clone();
    let file = tempfile::tempfile().map_err(anyhow::Error::new)?;
    let mut sink = FileSink::new(file, format, cx.clone(), access.clone(), runtime.clone())?;
    let mut exporter = exporter(format, &config, &options, &mut sink).map_err(anyhow::Error::new)??;
    // The next page is read while this one is written.
    let ask = |last, done| {
        let (cx, access, order) = (cx.clone(), access.clone(), order.clone());
        runtime.spawn(async move { page(&cx, &access, &order, last, done).await })
    };
    let mut source = match taken.source {
        Some(source) => Pages::Snapshot(Box::new(snapshot(cx, access, source, runtime)?)),
        None => Pages::Project(ask(0, 0)),
    };
    let mut done = 0;
    loop {
        let page = match &mut source {
            Pages::Project(next) => {
                let page = runtime.block_on(&mut *next).map_err(anyhow::Error::new)??;
                if let Some((newest, count)) = page.as_ref().and_then(|tasks| Some((tasks.last()?.id, tasks.len()))) {
                    *next = ask(newest, done + count as u64);
                }
                page
            }
            Pages::Snapshot(tasks) => {
                let wanted = runtime.block_on(progress(cx, access, export_id, done))?;
                let tasks = tasks.by_ref().take(usize::try_from(order.page()).unwrap_or(usize::MAX));
                if wanted { Some(tasks.collect::<io::Result<Vec<_>>>().map_err(anyhow::Error::new)?) } else { None }
            }
        };
        let Some(tasks) = page else { return Ok(None) };
        if tasks.is_empty() {
            break;
        }
        done += tasks.len() as u64;
        // A snapshot holds what was chosen, and nothing else.
        let is_chosen = matches!(source, Pages::Snapshot(_));
        let tasks: Vec<ExportTask> =
            tasks.into_iter().filter_map(|task| if is_chosen { Some(task) } else { options.apply(task) }).collect();
        for task in &tasks {
            sink.expect(exporter.pictures(task));
        }
        for task in &tasks {
            exporter.task(task, &mut sink).map_err(anyhow::Error::new)?;
        }
    }
    let manifest = exporter.finish(&mut sink).map_err(anyhow::Error::new)?;
    let mut file = sink.finish().map_err(anyhow::Error::new)?;
    file.rewind().map_err(anyhow::Error::new)?;
    Ok(Some((file, manifest)))
}

/// Where tasks come from.
enum Pages {
    /// The project: the page that is being read.
    Project(JoinHandle<Result<Option<Vec<ExportTask>>>>),
    /// A snapshot of it.
    Snapshot(Box<dyn Iterator<Item = io::Result<ExportTask>>>),
}

/// The tasks of a snapshot.
fn snapshot(
    cx: &Cx,
    access: &ProjectAccess,
    source: ExportId,
    runtime: &Handle,
) -> Result<impl Iterator<Item = io::Result<ExportTask>> + use<>> {
    let file = runtime.block_on(async {
        let mut tx = access.begin(cx).await?;
        let file = sql::file(&mut tx, access, source).await?;
        tx.commit().await?;
        Ok::<_, Error>(file)
    })?;
    let message = "The snapshot that this was to be made from is gone. Please make a new one.";
    let file = file.ok_or_else(|| Problem::conflict("snapshot_gone", message))?;
    Ok(Snapshot::new(BufReader::new(storage::blocking(cx, &file.storage_key, runtime)?)))
}

/// Says how far it is; whether somebody still wants it.
async fn progress(cx: &Cx, access: &ProjectAccess, export_id: ExportId, done: u64) -> Result<bool> {
    let mut tx = access.begin(cx).await?;
    let wanted = sql::progress(cx, &mut tx, access, export_id, done).await?;
    events::tell(&mut tx, &topic(export_id)).await?;
    tx.commit().await?;
    Ok(wanted)
}

/// Says how far it is and reads on; `None` when nobody wants it any more.
async fn page(cx: &Cx, access: &ProjectAccess, order: &Order, last: i64, done: u64) -> Result<Option<Vec<ExportTask>>> {
    let mut tx = access.begin(cx).await?;
    if !sql::progress(cx, &mut tx, access, order.export_id, done).await? {
        return Ok(None);
    }
    let tasks = match &order.chosen {
        None => sql::tasks(&mut tx, access, last, order.page(), &[], &order.options).await?,
        Some(chosen) => {
            let mut tasks = Vec::new();
            let rest = &chosen[chosen.partition_point(|id| *id <= last)..];
            for ids in rest.chunks(usize::try_from(order.page()).unwrap_or(usize::MAX)) {
                tasks = sql::tasks(&mut tx, access, last, order.page(), ids, &order.options).await?;
                // All of a page may have been deleted since.
                if !tasks.is_empty() {
                    break;
                }
            }
            tasks
        }
    };
    events::tell(&mut tx, &topic(order.export_id)).await?;
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
