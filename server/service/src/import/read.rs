//! The reading half of an import: a thread of its own that turns stored files into batches of rows.

use std::io::Read;

use domain::{
    Error as Problem,
    id::{FileId, ImportId},
    import::{self, NewTask, RowError},
    label_config::LabelConfig,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::{runtime::Handle, sync::mpsc::Sender};

use super::{archive, uploaded::Brought};
use crate::{
    Cx, Result,
    access::ProjectAccess,
    cloud,
    storage::{self, StoredFile},
};

/// How much goes into one transaction.
#[derive(Debug, Clone, Copy)]
pub(super) struct BatchSize {
    pub(super) rows: usize,
    /// Bytes of input, about.
    pub(super) bytes: u64,
}

/// Of an import: four batches are under way at a time, and a row takes some ten times its size as values and as text for the
/// database.
pub(super) const IMPORTED: BatchSize = BatchSize { rows: 5_000, bytes: 4 << 20 };

/// What is read, from where on.
pub(super) struct Plan {
    pub(super) cx: Cx,
    pub(super) access: ProjectAccess,
    /// The run that media are stored for. Without one rows alone are read, and a file that has none fails.
    pub(super) import_id: Option<ImportId>,
    pub(super) batch_size: BatchSize,
    pub(super) files: Vec<StoredFile>,
    pub(super) fields: MediaFields,
    pub(super) from: Checkpoint,
    /// Each file is one task, whatever it holds.
    pub(super) files_are_tasks: bool,
    /// Where labels of other programs go.
    pub(super) target: import::Target,
}

/// The last row that was taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    pub(super) file: u64,
    /// Within an archive.
    pub(super) entry: u64,
    pub(super) row: u64,
}

/// One row on its way into the database.
pub(crate) struct ReadRow {
    pub(crate) source: String,
    pub(crate) number: u64,
    /// The upload it came in.
    pub(crate) file_id: Option<FileId>,
    pub(crate) outcome: Result<NewTask, RowError>,
}

/// Rows that are stored together.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) rows: Vec<ReadRow>,
    pub(super) checkpoint: Checkpoint,
    pub(crate) bytes_done: u64,
    /// What was read, such as `CSV`.
    pub(crate) format: &'static str,
    /// Media that were found since the batch before, for rows to name.
    pub(super) brought: Vec<Brought>,
    /// Objects of a storage that the rows came from.
    pub(crate) listed: Option<cloud::Listed>,
}

impl Batch {
    /// What objects of a storage have brought.
    pub(crate) fn of_objects(rows: Vec<ReadRow>, listed: cloud::Listed) -> Self {
        Self { rows, listed: Some(listed), ..Self::default() }
    }
}

/// Nobody takes rows any more.
pub(super) struct Stopped;

/// Collects rows and sends full batches.
pub(super) struct Out<'a> {
    sender: &'a Sender<Batch>,
    from: Checkpoint,
    batch: Batch,
    batch_bytes: u64,
    /// Bytes of the files before the present one.
    bytes_before: u64,
    pub(super) at: Checkpoint,
    pub(super) format: &'static str,
    /// The upload that is being read.
    file_id: Option<FileId>,
    batch_size: BatchSize,
    /// Media are not taken.
    pub(super) rows_alone: bool,
}

impl Out<'_> {
    /// Whether a row was stored before this run was interrupted.
    pub(super) fn is_done(&self) -> bool {
        self.at <= self.from
    }

    /// Takes a row of `source`, unless it is stored already; `bytes` of the present file have been read.
    pub(super) fn take(
        &mut self,
        source: &str,
        number: u64,
        bytes: u64,
        outcome: impl FnOnce() -> Result<NewTask, RowError>,
    ) -> Result<(), Stopped> {
        if self.is_done() {
            return Ok(());
        }
        let bytes_done = self.bytes_before + bytes;
        self.batch_bytes += bytes_done.saturating_sub(self.batch.bytes_done.max(self.bytes_before));
        let (source, file_id) = (source.to_owned(), self.file_id);
        self.batch.rows.push(ReadRow { source, number, file_id, outcome: outcome() });
        self.batch.checkpoint = self.at;
        self.batch.bytes_done = bytes_done;
        self.batch.format = self.format;
        let is_full = self.batch.rows.len() >= self.batch_size.rows || self.batch_bytes >= self.batch_size.bytes;
        if is_full { self.send() } else { Ok(()) }
    }

    fn send(&mut self) -> Result<(), Stopped> {
        let next = Batch { bytes_done: self.batch.bytes_done, ..Batch::default() };
        let batch = std::mem::replace(&mut self.batch, next);
        self.batch_bytes = 0;
        if batch.rows.is_empty() && batch.brought.is_empty() {
            return Ok(());
        }
        self.sender.blocking_send(batch).map_err(|_| Stopped)
    }

    /// Takes all rows of a reader.
    pub(super) fn rows<R: Read>(
        &mut self,
        source: &str,
        reader: R,
        target: &import::Target,
    ) -> Result<Result<(), Stopped>> {
        let mut rows = match import::open_for(source, reader, target).map_err(anyhow::Error::new)? {
            Ok(rows) => rows,
            Err(problem) => return self.refused(source, &problem),
        };
        self.format = rows.format().name();
        while let Some(row) = rows.next() {
            let row = row.map_err(anyhow::Error::new)?;
            self.at.row = row.number;
            let bytes = if self.at.entry == 0 { rows.bytes_read() } else { 0 };
            if self.take(source, row.number, bytes, || row.outcome).is_err() {
                return Ok(Err(Stopped));
            }
        }
        Ok(Ok(()))
    }

    /// A medium beside rows: what becomes of it, they say.
    pub(super) fn bring(&mut self, medium: Brought) {
        self.batch.brought.push(medium);
    }

    /// A whole file that cannot be read is one refused row, unless there should be nothing but rows.
    pub(super) fn refused(&mut self, source: &str, problem: &Problem) -> Result<Result<(), Stopped>> {
        if self.rows_alone && self.at.entry == 0 {
            return Err(problem.clone().into());
        }
        self.at.row = 1;
        let error = RowError { reason: problem.message.clone(), original: String::new() };
        Ok(self.take(source, 0, 0, || Err(error)))
    }
}

/// Reads every file from the checkpoint on, until the end or until nobody takes the rows.
pub(super) fn all(plan: &Plan, runtime: &Handle, sender: &Sender<Batch>) -> Result<()> {
    let rows_alone = plan.import_id.is_none();
    let mut media = Vec::with_capacity(plan.files.len());
    for file in &plan.files {
        media.push(!rows_alone && (plan.files_are_tasks || file.is_media() || is_series(plan, runtime, file)?));
    }
    // Lines of text name nothing.
    let may_name = |file: &StoredFile| !file.is_archive() && !import::is_text_name(&file.name);
    let has_rows = plan.files.iter().zip(&media).any(|(file, is_medium)| !is_medium && may_name(file));
    let target = import::Target { has_media: media.contains(&true), ..plan.target.clone() };
    let mut out = Out {
        sender,
        from: plan.from,
        batch: Batch::default(),
        batch_bytes: 0,
        bytes_before: 0,
        at: Checkpoint::default(),
        format: "",
        file_id: None,
        batch_size: plan.batch_size,
        rows_alone,
    };
    if has_rows {
        // Beside tables and lists, images and sounds are what their rows speak of.
        for (file, _) in plan.files.iter().zip(&media).filter(|(_, is_medium)| **is_medium) {
            let (path, source) = (file.name.clone(), file.name.clone());
            out.bring(Brought { path, source, number: 0, file_id: file.file_id });
        }
    }
    let mut order: Vec<usize> = (0..plan.files.len()).collect();
    // Archives first: their media may be named by tables beside them.
    order.sort_by_key(|index| !(has_rows && plan.files[*index].is_archive()));
    for (place, index) in order.into_iter().enumerate() {
        let file = &plan.files[index];
        out.file_id = Some(file.file_id);
        // Checkpoints count files from 1, so that the default stands before all of them.
        out.at = Checkpoint { file: place as u64 + 1, entry: 0, row: 0 };
        let taken = if out.at.file < plan.from.file {
            Ok(())
        } else if media[index] {
            if has_rows { Ok(()) } else { medium(plan, file, &mut out) }
        } else if file.is_archive() {
            archive::read(plan, runtime, file, has_rows, &mut out)?
        } else {
            out.rows(&file.name, open(plan, runtime, file)?, &target)?
        };
        if taken.is_err() {
            return Ok(());
        }
        out.bytes_before += file.size_bytes;
    }
    out.batch.bytes_done = out.bytes_before;
    // Cancelled at the very end: what was read is dropped like everything behind a cancellation.
    let _stopped = out.send();
    Ok(())
}

/// Whether a table is one series to show rather than rows: where the interface shows series, and no column is called like
/// the field that names them.
fn is_series(plan: &Plan, runtime: &Handle, file: &StoredFile) -> Result<bool> {
    /// A longer line of names is no table that anybody shows.
    const HEAD_BYTES: u64 = 64 << 10;
    let is_table = ["text/csv", "text/tab-separated-values"].contains(&file.content_type.as_str());
    let Some(field) = plan.fields.series.as_deref().filter(|_| is_table) else { return Ok(false) };
    let mut head = Vec::new();
    open(plan, runtime, file)?.take(HEAD_BYTES).read_to_end(&mut head).map_err(anyhow::Error::new)?;
    let head = String::from_utf8_lossy(&head);
    let names = head.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
    Ok(!names.split([',', ';', '\t']).any(|name| name.trim().trim_matches('"') == field))
}

fn medium(plan: &Plan, file: &StoredFile, out: &mut Out<'_>) -> Result<(), Stopped> {
    out.at.row = 1;
    out.format = MEDIA_FORMAT;
    out.take(&file.name, 1, file.size_bytes, || Ok(plan.fields.task(file)))
}

/// What files that are tasks by themselves are called as a format.
pub(super) const MEDIA_FORMAT: &str = "Media";

/// The field of a task that shows a file, by what the file is.
pub(crate) struct MediaFields {
    families: [(&'static str, String); 4],
    /// Of the first object that shows a field, for what belongs to no family.
    first: Option<String>,
    /// The field behind a `<TimeSeries>` that is fetched from an address.
    pub(super) series: Option<String>,
}

impl MediaFields {
    /// From the objects of a labeling interface; for one without such an object the field is named after it.
    pub(crate) fn of(config: &LabelConfig) -> Self {
        let field = |tag: &str, otherwise: &str| {
            let object = config.objects.iter().find(|object| object.tag == tag);
            object.and_then(|object| object.field.clone()).unwrap_or_else(|| otherwise.to_owned())
        };
        let series = config.objects.iter().find(|object| object.tag == "TimeSeries");
        let series = series.filter(|object| object.attribute("valueType") != Some("json"));
        Self {
            families: [
                ("audio/", field("Audio", "audio")),
                ("video/", field("Video", "video")),
                ("application/pdf", field("Pdf", "pdf")),
                ("", field("Image", "image")),
            ],
            first: config.objects.iter().find_map(|object| object.field.clone()),
            series: series.and_then(|object| object.field.clone()),
        }
    }

    /// The task that shows what lies at an address, by how its name ends.
    pub(crate) fn task_at(&self, name: &str, address: String) -> NewTask {
        let is_table = [".csv", ".tsv"].iter().any(|ending| name.to_ascii_lowercase().ends_with(ending));
        let series = self.series.as_deref().filter(|_| is_table);
        let family = media_family(name);
        let by_family = self.families.iter().find(|(known, _)| family == Some(*known)).map(|(_, field)| field.as_str());
        let field = series.or(by_family).or(self.first.as_deref()).unwrap_or("image");
        NewTask { data: Map::from_iter([(field.to_owned(), Value::from(address))]), ..NewTask::default() }
    }

    /// The task that shows this file.
    pub(super) fn task(&self, file: &StoredFile) -> NewTask {
        let found = self.families.iter().find(|(family, _)| file.content_type.starts_with(family));
        let other = self.series.as_deref().or(self.first.as_deref()).filter(|_| !file.is_media());
        let field = other.unwrap_or_else(|| found.map_or("image", |(_, field)| field.as_str()));
        NewTask { data: Map::from_iter([(field.to_owned(), Value::from(file.address()))]), ..NewTask::default() }
    }
}

/// The family of a medium by how its name ends, as [`MediaFields`] has them.
fn media_family(name: &str) -> Option<&'static str> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase())?;
    Some(match ending.as_str() {
        "wav" | "mp3" | "ogg" | "oga" | "opus" | "flac" | "m4a" | "aac" | "aif" | "aiff" => "audio/",
        "mp4" | "m4v" | "webm" | "mov" | "mkv" | "avi" => "video/",
        "pdf" => "application/pdf",
        "png" | "jpg" | "jpeg" | "webp" | "gif" | "bmp" | "avif" | "svg" | "tif" | "tiff" => "",
        _ => return None,
    })
}

/// A stored file as this thread reads it.
pub(super) fn open(plan: &Plan, runtime: &Handle, file: &StoredFile) -> Result<impl Read + use<>> {
    storage::blocking(&plan.cx, &file.storage_key, runtime)
}
