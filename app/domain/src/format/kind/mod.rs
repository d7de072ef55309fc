//! The formats people can choose: what they are called, what they carry, what they may lose, and which interfaces they fit.

mod facts;
mod fit;

use serde::{Deserialize, Serialize};

/// A format people can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum ExportFormat {
    /// Everything, as Label Studio writes it.
    Json,
    /// One flat record per annotation.
    JsonMin,
    /// Everything, one task per line.
    Ndjson,
    /// The flat records as a table, values separated by commas.
    Csv,
    /// The flat records as a table, values separated by tabs.
    Tsv,
    /// The annotations as a table with typed columns.
    Parquet,
    /// Words and their tags.
    Conll2003,
    /// spaCy's `DocBin`.
    Spacy,
    /// COCO's `result.json`.
    Coco,
    /// COCO and the images, in an archive.
    CocoWithImages,
    /// COCO, asked for under the name Label Studio has for masks.
    BrushToCoco,
    /// Pascal VOC's XML, in an archive.
    Voc,
    /// Pascal VOC's XML and the images.
    VocWithImages,
    /// YOLO's label files, boxes and polygons as they were drawn.
    Yolo,
    /// The same and the images.
    YoloWithImages,
    /// YOLO's label files, everything as a box.
    YoloDetect,
    /// The same and the images.
    YoloDetectWithImages,
    /// YOLO's label files, everything as a polygon.
    YoloSegment,
    /// The same and the images.
    YoloSegmentWithImages,
    /// YOLO's label files, boxes with key points.
    YoloPose,
    /// The same and the images.
    YoloPoseWithImages,
    /// YOLO's label files, four corners of each box.
    YoloObb,
    /// The same and the images.
    YoloObbWithImages,
    /// One picture per mask.
    BrushToPng,
    /// One array per mask.
    BrushToNumpy,
    /// Shapes with properties.
    Geojson,
    /// Sounds and what is said in them, line by line.
    AsrManifest,
    /// Subtitles.
    Srt,
    /// Subtitles for the web.
    Vtt,
    /// Praat's tiers.
    Textgrid,
    /// Who speaks when.
    Rttm,
}

/// What a format is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Everything there is, or records of it.
    Records,
    /// Pieces of texts.
    Text,
    /// Shapes on images.
    Image,
    /// Pieces of sounds.
    Sound,
}

impl Family {
    /// As a heading.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Records => "All work, and tables",
            Self::Text => "Texts",
            Self::Image => "Images",
            Self::Sound => "Sound",
        }
    }
}

impl ExportFormat {
    /// All of them, the most general first.
    pub const ALL: [Self; 31] = [
        Self::Json,
        Self::Ndjson,
        Self::JsonMin,
        Self::Csv,
        Self::Tsv,
        Self::Parquet,
        Self::Coco,
        Self::CocoWithImages,
        Self::BrushToCoco,
        Self::Voc,
        Self::VocWithImages,
        Self::Yolo,
        Self::YoloWithImages,
        Self::YoloDetect,
        Self::YoloDetectWithImages,
        Self::YoloSegment,
        Self::YoloSegmentWithImages,
        Self::YoloPose,
        Self::YoloPoseWithImages,
        Self::YoloObb,
        Self::YoloObbWithImages,
        Self::BrushToPng,
        Self::BrushToNumpy,
        Self::Geojson,
        Self::Conll2003,
        Self::Spacy,
        Self::AsrManifest,
        Self::Srt,
        Self::Vtt,
        Self::Textgrid,
        Self::Rttm,
    ];

    /// As programs write it, such as `COCO_WITH_IMAGES`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.facts().code
    }

    /// The format programs call `code`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == code)
    }

    /// As people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// What it carries, in one sentence.
    #[must_use]
    pub fn contains(self) -> &'static str {
        self.facts().contains
    }

    /// What it cannot carry, in one sentence; empty where it carries everything.
    #[must_use]
    pub fn cannot_carry(self) -> &'static str {
        self.facts().cannot_carry
    }

    /// What it is about.
    #[must_use]
    pub fn family(self) -> Family {
        self.facts().family
    }

    /// Whether it is an archive of several files.
    #[must_use]
    pub fn is_archive(self) -> bool {
        self.extension() == "zip"
    }

    /// The same format with the images that are stored here beside it.
    #[must_use]
    pub fn with_images(self) -> Option<Self> {
        Some(match self {
            Self::Coco => Self::CocoWithImages,
            Self::Voc => Self::VocWithImages,
            Self::Yolo => Self::YoloWithImages,
            Self::YoloDetect => Self::YoloDetectWithImages,
            Self::YoloSegment => Self::YoloSegmentWithImages,
            Self::YoloPose => Self::YoloPoseWithImages,
            Self::YoloObb => Self::YoloObbWithImages,
            _ => return None,
        })
    }

    /// Whether the images that are stored here come along.
    #[must_use]
    pub fn has_images(self) -> bool {
        Self::ALL.into_iter().any(|format| format.with_images() == Some(self))
    }

    /// Whether it is a snapshot: everything, to be written in another format or compared later.
    #[must_use]
    pub fn is_snapshot(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }

    /// How its file name ends.
    #[must_use]
    pub fn extension(self) -> &'static str {
        self.facts().extension
    }

    /// What browsers call it.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self.extension() {
            "json" => "application/json",
            "ndjson" | "jsonl" => "application/x-ndjson",
            "geojson" => "application/geo+json",
            "csv" => "text/csv; charset=utf-8",
            "tsv" => "text/tab-separated-values; charset=utf-8",
            "conll" | "rttm" => "text/plain; charset=utf-8",
            "parquet" => "application/vnd.apache.parquet",
            "spacy" => "application/octet-stream",
            _ => "application/zip",
        }
    }
}

impl From<ExportFormat> for &'static str {
    fn from(format: ExportFormat) -> Self {
        format.code()
    }
}

impl TryFrom<String> for ExportFormat {
    type Error = String;

    fn try_from(code: String) -> Result<Self, String> {
        Self::from_code(&code).ok_or_else(|| format!("there is no export format “{code}”"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_unique_and_read_back() {
        let mut codes: Vec<&str> = ExportFormat::ALL.iter().map(|format| format.code()).collect();
        for code in &codes {
            assert_eq!(ExportFormat::from_code(code).unwrap().code(), *code);
            let written = serde_json::to_string(&ExportFormat::from_code(code).unwrap()).unwrap();
            assert_eq!(written, format!("\"{code}\""));
            assert_eq!(serde_json::from_str::<ExportFormat>(&written).unwrap().code(), *code);
        }
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ExportFormat::ALL.len());
        assert_eq!(ExportFormat::ALL.iter().filter(|format| format.has_images()).count(), 7);
        assert!(serde_json::from_str::<ExportFormat>("\"PDF\"").is_err());
    }
}
