//! Writing what people take away: finished work in the formats that training code reads.
//!
//! Tasks come one by one and leave through a [`Sink`], so memory does not grow with their number. Where a format wants
//! the end before the beginning (COCO lists all images before all annotations, CSV names every column first), the
//! exporter parks rows in a [`Spill`] the sink hands out and copies it in at the end: one pass over the tasks means that
//! every part of an export shows the same moment, which two passes over a living database would not.
//!
//! Invariants:
//! - nothing is left out silently: the [`Manifest`] counts what was written and, with reasons, what was not;
//! - "reviewed, and there is nothing" and "not labeled" are never written the same way;
//! - the same tasks in the same order give the same bytes.

mod answers;
mod brush;
mod coco;
mod conll;
mod csv;
mod geojson;
mod image;
mod interpolate;
mod json;
mod kind;
mod manifest;
mod options;
mod pack;
#[cfg(feature = "parquet")]
mod parquet;
mod run;
mod snapshot;
mod sound;
mod spacy;
mod text;
mod voc;
mod whole;
mod yolo;

use std::io::{self, Read, Seek, Write};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

pub use answers::Answers;
pub use kind::{ExportFormat, Family};
pub use manifest::{Loss, Manifest, MissingImage, NAMED_IMAGES, NAMED_TASKS};
pub use options::{AnnotationFilter, ChosenView, ExportOptions, MAX_NAMED_IDS, Numbers, Only, TaskFilter};
pub use run::ExportRun;
pub use snapshot::{Changes, Comparison, Snapshot, compare};

#[cfg(feature = "parquet")]
pub(crate) use parquet::OUR_KEY as PARQUET_KEY;

use crate::{Result, label_config::LabelConfig, region::ImageSize};

/// A task with everything known about it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExportTask {
    /// The task's id.
    pub id: i64,
    /// Its number within the project.
    pub inner_id: i64,
    /// The project's id.
    pub project: i64,
    /// What is shown to annotators.
    pub data: Map<String, Value>,
    /// What travels along.
    pub meta: Option<Map<String, Value>>,
    /// When it arrived.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// The file it came in.
    pub file_upload: Option<String>,
    /// How much has been said about it.
    pub comments: ExportComments,
    /// In order of their ids.
    pub annotations: Vec<ExportAnnotation>,
    /// In order of their ids.
    pub predictions: Vec<ExportPrediction>,
    /// Unfinished work, in order of its ids.
    pub drafts: Vec<ExportDraft>,
    /// Whether it has all the annotations it needs.
    pub is_finished: bool,
}

/// How much has been said about a task; what was said never leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportComments {
    /// Comments and answers to them.
    pub count: i64,
    /// Threads nobody has settled.
    pub open: i64,
    /// When the last was written.
    pub last_at: Option<DateTime<Utc>>,
    /// Who wrote them, in order of their ids.
    pub authors: Vec<i64>,
}

/// An annotation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExportAnnotation {
    /// The annotation's id.
    pub id: i64,
    /// Who made it, and their e-mail address.
    pub completed_by: Option<(i64, String)>,
    /// The result items as stored.
    pub result: Answers,
    /// Whether the task was skipped.
    pub was_cancelled: bool,
    /// Whether it is a reference answer.
    pub ground_truth: bool,
    /// Seconds spent.
    pub lead_time: Option<f64>,
    /// Who changed it last.
    pub updated_by: Option<i64>,
    /// The prediction it began with.
    pub parent_prediction: Option<i64>,
    /// The annotation it began as a copy of.
    pub parent_annotation: Option<i64>,
    /// The import it came with.
    pub import_id: Option<i64>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl ExportAnnotation {
    /// Whoever made it: their address, or their number where no more is known.
    fn annotator(&self) -> Option<String> {
        let (id, email) = self.completed_by.as_ref()?;
        Some(if email.is_empty() { id.to_string() } else { email.clone() })
    }
}

/// Unfinished work.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExportDraft {
    /// The draft's id.
    pub id: i64,
    /// Whose it is.
    pub user: i64,
    /// The annotation it changes, where it does.
    pub annotation: Option<i64>,
    /// The result items as saved.
    pub result: Answers,
    /// Seconds spent.
    pub lead_time: Option<f64>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was saved.
    pub updated_at: DateTime<Utc>,
}

/// A prediction.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExportPrediction {
    /// The prediction's id.
    pub id: i64,
    /// Which model made it.
    pub model_version: String,
    /// How sure it is.
    pub score: Option<f64>,
    /// The result items as stored.
    pub result: Answers,
    /// When it came.
    pub created_at: DateTime<Utc>,
}

impl ExportTask {
    /// The annotations that were not skipped.
    fn answers(&self) -> impl Iterator<Item = &ExportAnnotation> {
        self.annotations.iter().filter(|annotation| !annotation.was_cancelled)
    }

    /// The one answer for formats that hold one per `what`: the reference answer where there is one, else the newest. The
    /// manifest learns of it and of all others.
    fn answer(&self, manifest: &mut Manifest, what: &str) -> Option<&ExportAnnotation> {
        let skipped = (self.annotations.len() - self.answers().count()) as u64;
        manifest.lose(self.id, skipped, "skipped", "Skipped annotations are not part of this format.");
        let answer = self.answers().max_by_key(|answer| (answer.ground_truth, answer.created_at, answer.id));
        let others = self.answers().count().saturating_sub(1) as u64;
        let message = format!(
            "The format holds one answer per {what}: the reference answer where there is one, else the newest."
        );
        manifest.lose(self.id, others, "other_answers", &message);
        manifest.annotations += u64::from(answer.is_some());
        answer
    }
}

/// Where an export goes: files, one after another, and whatever else an exporter needs from outside.
pub trait Sink {
    /// Begins the next file; the one before is complete.
    fn begin(&mut self, path: &str) -> io::Result<()>;
    /// Adds to the file begun last.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Copies an image to a file of its own.
    fn copy_image(&mut self, address: &str, path: &str) -> io::Result<Copied>;
    /// How large an image is; `None` when it is not stored here.
    fn image_size(&mut self, address: &str) -> io::Result<Option<ImageSize>>;
    /// Room for rows that must wait; it need not outlive the export.
    fn spill(&mut self) -> io::Result<Box<dyn Spill>>;
}

/// What became of an image that was to be copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copied {
    /// It is there.
    Whole,
    /// It lies where it cannot or may not be asked for: why.
    NotStored(String),
    /// Its storage or its server did not give it: why.
    NotFetched(String),
}

/// Room for rows that must wait: written to the end, then read from the start.
pub trait Spill: Read + Write + Seek + Send {}

impl<T: Read + Write + Seek + Send> Spill for T {}

/// Turns tasks into one format.
pub trait Exporter: Send {
    /// The images of a task that it will have copied, in this order: whoever copies them may fetch them ahead.
    fn pictures(&self, _task: &ExportTask) -> Vec<String> {
        Vec::new()
    }
    /// Takes the next task.
    fn task(&mut self, task: &ExportTask, sink: &mut dyn Sink) -> io::Result<()>;
    /// Writes what is left and says what was written.
    fn finish(self: Box<Self>, sink: &mut dyn Sink) -> io::Result<Manifest>;
}

/// Begins an export.
///
/// # Errors
/// The outer error is the sink's; the inner one says why this interface cannot be exported so.
pub fn exporter(
    format: ExportFormat,
    config: &LabelConfig,
    options: &ExportOptions,
    sink: &mut dyn Sink,
) -> io::Result<Result<Box<dyn Exporter>>> {
    if let Err(error) = format.check(config) {
        return Ok(Err(error));
    }
    let manifest = Manifest::new(format);
    let all = options.include_unlabeled;
    let with_images = format.has_images();
    let yolo = |kind| -> Box<dyn Exporter> {
        Box::new(yolo::Yolo::begin(Manifest::new(format), config, all, kind, with_images))
    };
    Ok(Ok(match format {
        ExportFormat::Json => Box::new(json::Full::begin(manifest, options, false, sink)?),
        ExportFormat::Ndjson => Box::new(json::Full::begin(manifest, options, true, sink)?),
        ExportFormat::JsonMin => Box::new(json::Min::begin(manifest, all, sink)?),
        ExportFormat::Csv => Box::new(csv::Table::begin(manifest, all, ',', sink)?),
        ExportFormat::Tsv => Box::new(csv::Table::begin(manifest, all, '\t', sink)?),
        ExportFormat::Coco | ExportFormat::CocoWithImages | ExportFormat::BrushToCoco => {
            Box::new(coco::Coco::begin(manifest, config, all, with_images, sink)?)
        }
        ExportFormat::Voc | ExportFormat::VocWithImages => {
            Box::new(voc::Voc::begin(manifest, config, all, with_images))
        }
        ExportFormat::Yolo | ExportFormat::YoloWithImages => yolo(yolo::Kind::AsDrawn),
        ExportFormat::YoloDetect | ExportFormat::YoloDetectWithImages => yolo(yolo::Kind::Detect),
        ExportFormat::YoloSegment | ExportFormat::YoloSegmentWithImages => yolo(yolo::Kind::Segment),
        ExportFormat::YoloPose | ExportFormat::YoloPoseWithImages => yolo(yolo::Kind::Pose),
        ExportFormat::YoloObb | ExportFormat::YoloObbWithImages => yolo(yolo::Kind::Obb),
        ExportFormat::BrushToPng => Box::new(brush::Brush::begin(manifest, brush::Kind::Png, all)),
        ExportFormat::BrushToNumpy => Box::new(brush::Brush::begin(manifest, brush::Kind::Numpy, all)),
        ExportFormat::Geojson => Box::new(geojson::Geojson::begin(manifest, config, all, sink)?),
        ExportFormat::Conll2003 => Box::new(conll::Conll::begin(manifest, config, all, sink)?),
        ExportFormat::Spacy => Box::new(spacy::DocBin::begin(manifest, config, all, sink)?),
        ExportFormat::AsrManifest => Box::new(sound::Asr::begin(manifest, config, all, sink)?),
        ExportFormat::Srt => Box::new(sound::Subtitles::begin(manifest, config, all, sound::Kind::Srt)),
        ExportFormat::Vtt => Box::new(sound::Subtitles::begin(manifest, config, all, sound::Kind::Vtt)),
        ExportFormat::Textgrid => Box::new(sound::TextGrid::begin(manifest, config, all)),
        ExportFormat::Rttm => Box::new(sound::Rttm::begin(manifest, config, all, sink)?),
        #[cfg(feature = "parquet")]
        ExportFormat::Parquet => Box::new(parquet::Parquet::begin(manifest, config, all, sink)?),
        // Browsers write no files.
        #[cfg(not(feature = "parquet"))]
        ExportFormat::Parquet => return Err(io::ErrorKind::Unsupported.into()),
    }))
}

/// As Label Studio writes moments.
fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Writes `value` into `sink` without building more than its own text.
fn write_json(sink: &mut dyn Sink, value: &impl Serialize) -> io::Result<()> {
    sink.write(&serde_json::to_vec(value)?)
}

/// Copies everything parked in `spill` to the sink.
fn pour(spill: &mut dyn Spill, sink: &mut dyn Sink) -> io::Result<()> {
    spill.flush()?;
    spill.rewind()?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match spill.read(&mut buffer)? {
            0 => return Ok(()),
            count => sink.write(&buffer[..count])?,
        }
    }
}

#[cfg(test)]
mod tests;
