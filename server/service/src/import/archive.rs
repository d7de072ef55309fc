//! Zip archives: images become files of the project, tables and lists become tasks.
//!
//! Nothing is written under a name from the archive. How much an entry unpacks to is counted while it does, whatever the
//! archive claims.

use std::{
    borrow::Cow,
    io::{self, Read, Seek},
    path::Component,
};

use domain::{
    Error as Problem,
    import::{self, RowError},
};
use tokio::runtime::Handle;
use tokio_util::io::ReaderStream;
use zip::ZipArchive;

use super::{
    read::{self, Out, Plan, Stopped},
    uploaded::Brought,
    yolo,
};
use crate::{
    Error, Result,
    storage::{self, StoredFile, kind},
};

/// How many entries an archive may have.
const MAX_ENTRIES: usize = 100_000;
/// How many times its packed size an entry may unpack to; text reaches 50, bombs begin at 1,000.
const MAX_RATIO: u64 = 300;
/// What every entry may unpack to, whatever the ratio.
const ALWAYS_ALLOWED_BYTES: u64 = 10 << 20;

/// Reads every entry. Where there are rows, in the archive or beside it, its media are what they name.
pub(super) fn read(
    plan: &Plan,
    runtime: &Handle,
    file: &StoredFile,
    beside_rows: bool,
    out: &mut Out<'_>,
) -> Result<Result<(), Stopped>> {
    let mut spool = tempfile::tempfile().map_err(anyhow::Error::new)?;
    io::copy(&mut read::open(plan, runtime, file)?, &mut spool).map_err(anyhow::Error::new)?;
    spool.rewind().map_err(anyhow::Error::new)?;
    let mut archive = match ZipArchive::new(spool) {
        Ok(archive) if archive.len() <= MAX_ENTRIES => archive,
        Ok(archive) => {
            let message = format!("This archive has {} entries; at most {MAX_ENTRIES} are read.", archive.len());
            return out.refused(&file.name, &Problem::invalid("file", "archive_too_long", message));
        }
        Err(error) => {
            tracing::debug!(%error, "an archive cannot be opened");
            let message =
                "This archive is damaged or was cut off: its table of contents cannot be read. Please send it again.";
            return out.refused(&file.name, &Problem::invalid("file", "archive_damaged", message));
        }
    };
    let mut data_set = yolo::DataSet::of(&mut archive)?;
    let is_data_set = data_set.is_some() || archive.file_names().flatten().any(|name| is_of_data_set(&name));
    let has_rows = beside_rows
        || data_set.is_some()
        || archive.file_names().flatten().any(|name| is_content(&name) && import::is_table_name(&name));
    let has_media = archive.file_names().flatten().any(|name| is_content(&name) && kind::is_media_name(&name));
    let target =
        import::Target { has_media: has_media && !out.rows_alone || plan.target.has_media, ..plan.target.clone() };
    let mut media_left = 0_u64;
    let mut left = plan.cx.settings().max_upload_bytes;
    let mut order: Vec<usize> = (0..archive.len()).collect();
    if has_rows {
        // Media first: the rows name them.
        let is_medium = |index: &usize| {
            archive.name_for_index(*index).and_then(Result::ok).is_some_and(|name| kind::is_media_name(&name))
        };
        order.sort_by_cached_key(|index| !is_medium(index));
    }
    for (place, index) in order.into_iter().enumerate() {
        out.at.entry = place as u64 + 1;
        out.at.row = 0;
        if out.at.entry < plan.from.entry && out.at.file == plan.from.file {
            continue;
        }
        let name = archive.name_for_index(index).and_then(Result::ok).map(Cow::into_owned);
        let taken = match (&mut data_set, name) {
            (Some(set), Some(name)) if yolo::is_labels(&name) => {
                set.labels(&mut archive, index, &file.name, &target, &mut left, out)?
            }
            (Some(_), Some(name)) if !kind::is_media_name(&name) => Ok(()),
            (_, Some(name)) if out.rows_alone && is_content(&name) && kind::is_media_name(&name) => {
                media_left += 1;
                Ok(())
            }
            // What our own exports say about themselves is no task.
            (_, Some(name)) if is_data_set && matches!(name.as_str(), "manifest.json" | "notes.json") => Ok(()),
            _ => entry(plan, runtime, file, &mut archive, index, has_rows, &target, &mut left, out)?,
        };
        if taken.is_err() {
            return Ok(Err(Stopped));
        }
    }
    if let Some(set) = data_set {
        out.at.entry += 1;
        if set.rest(&file.name, &target, out).is_err() {
            return Ok(Err(Stopped));
        }
    }
    if media_left > 0 {
        out.at.entry += 1;
        out.at.row = 1;
        let reason = format!(
            "{media_left} of the files of this archive are media. Only rows are read here: import the media, and rows may name them."
        );
        if out.take(&file.name, 0, 0, || Err(RowError { reason, original: String::new() })).is_err() {
            return Ok(Err(Stopped));
        }
    }
    out.at.entry = 0;
    Ok(Ok(()))
}

#[expect(clippy::too_many_arguments, reason = "the state of one loop, used once")]
fn entry(
    plan: &Plan,
    runtime: &Handle,
    file: &StoredFile,
    archive: &mut ZipArchive<std::fs::File>,
    index: usize,
    has_rows: bool,
    target: &import::Target,
    left: &mut u64,
    out: &mut Out<'_>,
) -> Result<Result<(), Stopped>> {
    let number = index as u64 + 1;
    let refuse = |out: &mut Out<'_>, name: &str, reason: String| {
        out.at.row = 1;
        let error = RowError { reason, original: name.replace('\0', "\u{fffd}") };
        Ok(out.take(&file.name, number, 0, || Err(error)))
    };
    let entry = match archive.by_index(index) {
        Ok(entry) => entry,
        Err(error) => return refuse(out, "", format!("Entry {number} of the archive cannot be read: {error}.")),
    };
    let name = match entry.name() {
        Ok(name) => name.into_owned(),
        Err(error) => return refuse(out, "", format!("The name of entry {number} cannot be read: {error}.")),
    };
    if entry.is_dir() {
        return Ok(Ok(()));
    }
    if !is_safe(&name) || entry.is_symlink() {
        return refuse(out, &name, "The name of this entry leads out of the archive; it was not read.".to_owned());
    }
    if !is_content(&name) {
        return Ok(Ok(()));
    }
    let allowed = allowed(entry.compressed_size(), *left);
    let mut limited = Limited { inner: entry, allowed, over: false };
    let source = format!("{}/{name}", file.name);
    let mut head = Vec::new();
    let read = limited.by_ref().take(import_head()).read_to_end(&mut head);
    if let Some(import_id) = plan.import_id
        && read.is_ok()
        && kind::is_media_name(&name)
    {
        let mut spool = tempfile::tempfile().map_err(anyhow::Error::new)?;
        let spooled = io::copy(&mut io::Cursor::new(&head).chain(&mut limited), &mut spool);
        *left -= limited.used(allowed);
        if let Err(error) = spooled {
            return refuse(out, &name, unpack_reason(&error, limited.over));
        }
        spool.rewind().map_err(anyhow::Error::new)?;
        let key = format!("{}/import/{}/{}-{number}", storage::folder(file.project_id), import_id, file.file_id);
        let body = ReaderStream::new(tokio::fs::File::from_std(spool));
        return match runtime.block_on(storage::store(&plan.cx, &plan.access, &key, &name, body)) {
            Ok(medium) if has_rows => {
                out.bring(Brought { path: name, source: file.name.clone(), number, file_id: medium.file_id });
                Ok(Ok(()))
            }
            Ok(medium) => {
                out.at.row = 1;
                out.format = read::MEDIA_FORMAT;
                Ok(out.take(&file.name, number, 0, || Ok(plan.fields.task(&medium))))
            }
            Err(Error::Domain(problem)) => refuse(out, &name, problem.message),
            Err(internal) => Err(internal),
        };
    }
    let taken = match read {
        Ok(_) if head.starts_with(b"PK\x03\x04") => {
            return refuse(out, &name, "An archive inside an archive is not read.".to_owned());
        }
        // What lies beside the data, such as a licence, is neither made into tasks nor passed over in silence.
        Ok(_) if !import::is_table_name(&name) && !import::is_text_name(&name) => {
            let reason = "This is neither a table, a list, a text nor media by its name; it was not read.";
            return refuse(out, &name, reason.to_owned());
        }
        Ok(_) => out.rows(&source, io::Cursor::new(&head).chain(&mut limited), target),
        Err(error) => Err(Error::Internal(anyhow::Error::new(error))),
    };
    *left -= limited.used(allowed);
    match taken {
        // The archive's own damage or greed ends this entry, not the import.
        Err(Error::Internal(cause)) if cause.is::<io::Error>() => {
            let reason = match cause.downcast_ref::<io::Error>() {
                Some(error) => unpack_reason(error, limited.over),
                None => cause.to_string(),
            };
            out.at.row += 1;
            let (row, error) = (out.at.row, RowError { reason, original: name });
            Ok(out.take(&source, row, 0, || Err(error)))
        }
        other => other,
    }
}

/// How much an entry may unpack to.
pub(super) fn allowed(packed: u64, left: u64) -> u64 {
    packed.saturating_mul(MAX_RATIO).max(ALWAYS_ALLOWED_BYTES).min(left)
}

fn import_head() -> u64 {
    domain::import::SNIFF_BYTES as u64
}

pub(super) fn unpack_reason(error: &io::Error, over: bool) -> String {
    if over {
        "This entry unpacks to far more than is plausible, or than may be imported; the rest of it was not read."
            .to_owned()
    } else {
        format!("This entry is damaged: {error}.")
    }
}

/// Whether an entry is something people put there, and not their operating system.
fn is_content(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    !name.starts_with("__MACOSX/") && !last.starts_with('.') && !last.is_empty() && last != "Thumbs.db"
}

/// Whether an entry shows that an archive is an export of ours or of the like.
fn is_of_data_set(name: &str) -> bool {
    name == "result.json" || name.starts_with("Annotations/")
}

/// Whether a name stays below where it is put.
pub(super) fn is_safe(name: &str) -> bool {
    let has_drive = name.as_bytes().get(1) == Some(&b':');
    let normal = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    !has_drive && !name.contains(['\\', '\0']) && std::path::Path::new(name).components().all(normal)
}

/// Counts what is unpacked, and stops where it becomes too much.
pub(super) struct Limited<R> {
    pub(super) inner: R,
    pub(super) allowed: u64,
    pub(super) over: bool,
}

impl<R> Limited<R> {
    pub(super) fn used(&self, from: u64) -> u64 {
        from - self.allowed
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.allowed == 0 {
            // At the limit only the end may follow.
            let mut one = [0];
            if self.inner.read(&mut one)? == 0 {
                return Ok(0);
            }
            self.over = true;
            return Err(io::Error::other("unpacks to too much"));
        }
        let room = buffer.len().min(usize::try_from(self.allowed).unwrap_or(usize::MAX));
        let count = self.inner.read(&mut buffer[..room])?;
        self.allowed -= count as u64;
        Ok(count)
    }
}
