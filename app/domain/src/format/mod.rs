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

mod coco;
mod csv;
mod image;
mod json;
mod manifest;
mod run;
mod yolo;

use std::io::{self, Read, Seek, Write};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use manifest::{Loss, Manifest, NAMED_TASKS};
pub use run::ExportRun;

use crate::{Error, Result, label_config::LabelConfig, region::ImageSize};

/// A format people can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExportFormat {
    /// Everything, as Label Studio writes it.
    Json,
    /// One flat record per annotation.
    JsonMin,
    /// The flat records as a table, values separated by commas.
    Csv,
    /// The flat records as a table, values separated by tabs.
    Tsv,
    /// COCO's `result.json`.
    Coco,
    /// COCO and the images, in an archive.
    CocoWithImages,
    /// YOLO's label files, in an archive.
    Yolo,
    /// YOLO's label files and the images, in an archive.
    YoloWithImages,
}

impl ExportFormat {
    /// All of them, the most general first.
    pub const ALL: [Self; 8] = [
        Self::Json,
        Self::JsonMin,
        Self::Csv,
        Self::Tsv,
        Self::Coco,
        Self::CocoWithImages,
        Self::Yolo,
        Self::YoloWithImages,
    ];

    /// As programs write it, such as `COCO_WITH_IMAGES`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::JsonMin => "JSON_MIN",
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Coco => "COCO",
            Self::CocoWithImages => "COCO_WITH_IMAGES",
            Self::Yolo => "YOLO",
            Self::YoloWithImages => "YOLO_WITH_IMAGES",
        }
    }

    /// The format programs call `code`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == code)
    }

    /// As people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::JsonMin => "JSON, short",
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Coco => "COCO",
            Self::CocoWithImages => "COCO with images",
            Self::Yolo => "YOLO",
            Self::YoloWithImages => "YOLO with images",
        }
    }

    /// What it carries, in one sentence.
    #[must_use]
    pub fn contains(self) -> &'static str {
        match self {
            Self::Json => {
                "Every task with all its annotations and predictions, exactly as stored. Can be imported again."
            }
            Self::JsonMin => "One short record per annotation: the task's data and each answer under its name.",
            Self::Csv => "One line per annotation, one column per data field and answer, for spreadsheets and pandas.",
            Self::Tsv => "The same table as CSV, with tabs between the values.",
            Self::Coco => {
                "Boxes, polygons, masks and key points in pixels, in one result.json for detection and segmentation."
            }
            Self::CocoWithImages => "COCO's result.json together with the images that are stored here, in one zip.",
            Self::Yolo => "One label file per image, classes.txt and a data.yaml that Ultralytics reads, in one zip.",
            Self::YoloWithImages => "The YOLO label files together with the images that are stored here, in one zip.",
        }
    }

    /// What it cannot carry, in one sentence; empty where it carries everything.
    #[must_use]
    pub fn cannot_carry(self) -> &'static str {
        match self {
            Self::Json => "",
            Self::JsonMin | Self::Csv | Self::Tsv => "Leaves out predictions, relations and skipped annotations.",
            Self::Coco | Self::CocoWithImages => {
                "One answer per image, the newest. Rotated boxes keep corners and degrees; ellipses become polygons; choices, texts, relations and open vectors stay behind."
            }
            Self::Yolo | Self::YoloWithImages => {
                "One answer per image, the newest. Rotation is lost: boxes become upright. Ellipses become boxes, masks outlines without holes; choices, texts, relations and open vectors stay behind."
            }
        }
    }

    /// Whether it is an archive of several files.
    #[must_use]
    pub fn is_archive(self) -> bool {
        matches!(self, Self::CocoWithImages | Self::Yolo | Self::YoloWithImages)
    }

    /// How its file name ends.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Json | Self::JsonMin | Self::Coco => "json",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::CocoWithImages | Self::Yolo | Self::YoloWithImages => "zip",
        }
    }

    /// What browsers call it.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self.extension() {
            "json" => "application/json",
            "csv" => "text/csv; charset=utf-8",
            "tsv" => "text/tab-separated-values; charset=utf-8",
            _ => "application/zip",
        }
    }

    /// Whether the format can say anything about work done with this interface.
    ///
    /// # Errors
    /// Image formats need an image to speak of.
    pub fn check(self, config: &LabelConfig) -> Result<()> {
        let on_images = !matches!(self, Self::Json | Self::JsonMin | Self::Csv | Self::Tsv);
        if on_images && image::field(config).is_none() {
            let message = format!("{} describes images, and this project's interface shows none.", self.name());
            return Err(Error::invalid("format", "export_needs_image", message));
        }
        Ok(())
    }
}

/// What people choose beside the format.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportOptions {
    /// Tasks nobody has labeled come along, marked as such.
    #[serde(default)]
    pub include_unlabeled: bool,
}

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
    /// In order of their ids.
    pub annotations: Vec<ExportAnnotation>,
    /// In order of their ids.
    pub predictions: Vec<ExportPrediction>,
}

/// An annotation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExportAnnotation {
    /// The annotation's id.
    pub id: i64,
    /// Who made it, and their e-mail address.
    pub completed_by: Option<(i64, String)>,
    /// The result items as stored.
    pub result: Vec<Value>,
    /// Whether the task was skipped.
    pub was_cancelled: bool,
    /// Whether it is a reference answer.
    pub ground_truth: bool,
    /// Seconds spent.
    pub lead_time: Option<f64>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
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
    pub result: Vec<Value>,
    /// When it came.
    pub created_at: DateTime<Utc>,
}

impl ExportTask {
    /// The annotations that were not skipped.
    fn answers(&self) -> impl Iterator<Item = &ExportAnnotation> {
        self.annotations.iter().filter(|annotation| !annotation.was_cancelled)
    }
}

/// Where an export goes: files, one after another, and whatever else an exporter needs from outside.
pub trait Sink {
    /// Begins the next file; the one before is complete.
    fn begin(&mut self, path: &str) -> io::Result<()>;
    /// Adds to the file begun last.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Copies an image to a file of its own; `false` when it is not stored here.
    fn copy_image(&mut self, address: &str, path: &str) -> io::Result<bool>;
    /// How large an image is; `None` when it is not stored here.
    fn image_size(&mut self, address: &str) -> io::Result<Option<ImageSize>>;
    /// Room for rows that must wait; it need not outlive the export.
    fn spill(&mut self) -> io::Result<Box<dyn Spill>>;
}

/// Room for rows that must wait: written to the end, then read from the start.
pub trait Spill: Read + Write + Seek + Send {}

impl<T: Read + Write + Seek + Send> Spill for T {}

/// Turns tasks into one format.
pub trait Exporter: Send {
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
    Ok(Ok(match format {
        ExportFormat::Json => Box::new(json::Full::begin(manifest, all, sink)?),
        ExportFormat::JsonMin => Box::new(json::Min::begin(manifest, all, sink)?),
        ExportFormat::Csv => Box::new(csv::Table::begin(manifest, all, ',', sink)?),
        ExportFormat::Tsv => Box::new(csv::Table::begin(manifest, all, '\t', sink)?),
        ExportFormat::Coco => Box::new(coco::Coco::begin(manifest, config, all, false, sink)?),
        ExportFormat::CocoWithImages => Box::new(coco::Coco::begin(manifest, config, all, true, sink)?),
        ExportFormat::Yolo => Box::new(yolo::Yolo::begin(manifest, config, all, false)),
        ExportFormat::YoloWithImages => Box::new(yolo::Yolo::begin(manifest, config, all, true)),
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
