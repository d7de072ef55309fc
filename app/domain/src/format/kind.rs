//! The formats people can choose: what they are called, what they carry, what they may lose, and which interfaces they fit.

use serde::{Deserialize, Serialize};

use super::{image, sound, text};
use crate::{
    Error, Result,
    label_config::{Control, LabelConfig},
};

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

struct Facts {
    code: &'static str,
    name: &'static str,
    contains: &'static str,
    cannot_carry: &'static str,
    extension: &'static str,
    family: Family,
    /// Beyond those of the family.
    losses: &'static [&'static str],
}

const RECORDS: &str = "Leaves out predictions, relations and skipped annotations.";
const YOLO: &[&str] = &[
    "clipped",
    "ellipse_as_box",
    "keypoint_without_box",
    "mask_as_polygon",
    "mask_hole_filled",
    "mask_in_parts",
    "mixed_kinds",
    "outside",
    "polygon_hole_filled",
    "polygon_in_pose",
    "polygon_too_short",
    "rotation_lost",
    "vector_open",
];
const COCO: &[&str] = &[
    "ellipse_as_polygon",
    "keypoint_twice",
    "keypoint_without_box",
    "polygon_as_mask",
    "polygon_hole_filled",
    "polygon_too_short",
    "rotation_as_hull",
    "vector_open",
];

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

    #[expect(clippy::too_many_lines, reason = "one table")]
    fn facts(self) -> Facts {
        let records = |code, name, contains, cannot_carry, extension, losses| Facts {
            code,
            name,
            contains,
            cannot_carry,
            extension,
            family: Family::Records,
            losses,
        };
        let of = |family, code, name, contains, cannot_carry, extension, losses| Facts {
            code,
            name,
            contains,
            cannot_carry,
            extension,
            family,
            losses,
        };
        match self {
            Self::Json => records(
                "JSON",
                "JSON",
                "Every task with all its annotations and predictions, exactly as stored. Can be imported again.",
                "",
                "json",
                &[],
            ),
            Self::Ndjson => records(
                "NDJSON",
                "NDJSON",
                "The same as JSON, one task per line: for programs that read line by line, and for very large projects.",
                "",
                "ndjson",
                &[],
            ),
            Self::JsonMin => records(
                "JSON_MIN",
                "JSON, short",
                "One short record per annotation: the task's data and each answer under its name.",
                RECORDS,
                "json",
                &["skipped", "predictions", "relations"],
            ),
            Self::Csv => records(
                "CSV",
                "CSV",
                "One line per annotation, one column per data field and answer, for spreadsheets and pandas.",
                RECORDS,
                "csv",
                &["skipped", "predictions", "relations"],
            ),
            Self::Tsv => records(
                "TSV",
                "TSV",
                "The same table as CSV, with tabs between the values.",
                RECORDS,
                "tsv",
                &["skipped", "predictions", "relations"],
            ),
            Self::Parquet => records(
                "PARQUET",
                "Parquet",
                "One row per annotation with typed columns, for Hugging Face datasets, pandas and DuckDB. Can be imported again.",
                "Leaves out predictions.",
                "parquet",
                &["predictions"],
            ),
            Self::Coco => of(
                Family::Image,
                "COCO",
                "COCO",
                "Boxes, polygons, masks and key points in pixels, in one result.json for detection and segmentation.",
                "One answer per image, the newest. Rotated boxes keep corners and degrees; ellipses become polygons; choices, texts, relations and open vectors stay behind.",
                "zip",
                COCO,
            ),
            Self::CocoWithImages => of(
                Family::Image,
                "COCO_WITH_IMAGES",
                "COCO with images",
                "COCO's result.json together with the images that are stored here, in one zip.",
                Self::Coco.facts().cannot_carry,
                "zip",
                COCO,
            ),
            Self::BrushToCoco => of(
                Family::Image,
                "BRUSH_TO_COCO",
                "Masks as COCO",
                "COCO with masks as run lengths, so that holes and separate parts stay what they are.",
                Self::Coco.facts().cannot_carry,
                "zip",
                COCO,
            ),
            Self::Voc => of(
                Family::Image,
                "VOC",
                "Pascal VOC",
                "One XML file per image with its boxes in whole pixels, in one zip.",
                "One answer per image, the newest. All shapes become boxes in whole pixels, rotated ones with their degrees beside it; choices, texts, relations and key points stay behind.",
                "zip",
                VOC,
            ),
            Self::VocWithImages => of(
                Family::Image,
                "VOC_WITH_IMAGES",
                "Pascal VOC with images",
                "The XML files together with the images that are stored here, in one zip.",
                Self::Voc.facts().cannot_carry,
                "zip",
                VOC,
            ),
            Self::Yolo => of(
                Family::Image,
                "YOLO",
                "YOLO",
                "One label file per image, boxes and polygons as they were drawn, classes.txt and a data.yaml that Ultralytics reads, in one zip.",
                "One answer per image, the newest. Rotation is lost: boxes become upright. Ellipses become boxes, masks outlines without holes; choices, texts, relations and open vectors stay behind.",
                "zip",
                YOLO,
            ),
            Self::YoloWithImages => of(
                Family::Image,
                "YOLO_WITH_IMAGES",
                "YOLO with images",
                "The YOLO label files together with the images that are stored here, in one zip.",
                Self::Yolo.facts().cannot_carry,
                "zip",
                YOLO,
            ),
            Self::YoloDetect => of(
                Family::Image,
                "YOLO_DETECT",
                "YOLO detection",
                "YOLO label files with boxes only: every shape as the upright box around it.",
                "One answer per image, the newest. Every shape becomes its upright box; choices, texts, relations and key points stay behind.",
                "zip",
                YOLO_BOXES,
            ),
            Self::YoloDetectWithImages => of(
                Family::Image,
                "YOLO_DETECT_WITH_IMAGES",
                "YOLO detection with images",
                "The detection label files together with the images that are stored here, in one zip.",
                Self::YoloDetect.facts().cannot_carry,
                "zip",
                YOLO_BOXES,
            ),
            Self::YoloSegment => of(
                Family::Image,
                "YOLO_SEGMENT",
                "YOLO segmentation",
                "YOLO label files with polygons only: boxes become four corners, ellipses and masks outlines.",
                "One answer per image, the newest. Holes are filled, masks become outlines; choices, texts, relations, key points and open vectors stay behind.",
                "zip",
                YOLO_POLYGONS,
            ),
            Self::YoloSegmentWithImages => of(
                Family::Image,
                "YOLO_SEGMENT_WITH_IMAGES",
                "YOLO segmentation with images",
                "The segmentation label files together with the images that are stored here, in one zip.",
                Self::YoloSegment.facts().cannot_carry,
                "zip",
                YOLO_POLYGONS,
            ),
            Self::YoloPose => of(
                Family::Image,
                "YOLO_POSE",
                "YOLO pose",
                "YOLO label files with boxes and their key points, and a data.yaml with kpt_shape.",
                "One answer per image, the newest. Only boxes and the key points in them; rotation is lost.",
                "zip",
                YOLO,
            ),
            Self::YoloPoseWithImages => of(
                Family::Image,
                "YOLO_POSE_WITH_IMAGES",
                "YOLO pose with images",
                "The pose label files together with the images that are stored here, in one zip.",
                Self::YoloPose.facts().cannot_carry,
                "zip",
                YOLO,
            ),
            Self::YoloObb => of(
                Family::Image,
                "YOLO_OBB",
                "YOLO rotated boxes",
                "YOLO label files with the four corners of each box, so that rotation is kept.",
                "One answer per image, the newest. Shapes that are no boxes become their upright box; choices, texts, relations and key points stay behind.",
                "zip",
                YOLO_BOXES,
            ),
            Self::YoloObbWithImages => of(
                Family::Image,
                "YOLO_OBB_WITH_IMAGES",
                "YOLO rotated boxes with images",
                "The label files of rotated boxes together with the images that are stored here, in one zip.",
                Self::YoloObb.facts().cannot_carry,
                "zip",
                YOLO_BOXES,
            ),
            Self::BrushToPng => of(
                Family::Image,
                "BRUSH_TO_PNG",
                "Masks as PNG",
                "One black and white picture per mask, in the size of the image, in one zip.",
                "Masks only: other shapes, choices, texts and relations stay behind.",
                "zip",
                &["not_a_mask"],
            ),
            Self::BrushToNumpy => of(
                Family::Image,
                "BRUSH_TO_NUMPY",
                "Masks as NumPy",
                "One array of bytes per mask (0 and 255), in the size of the image, in one zip.",
                "Masks only: other shapes, choices, texts and relations stay behind.",
                "zip",
                &["not_a_mask"],
            ),
            Self::Geojson => of(
                Family::Image,
                "GEOJSON",
                "GeoJSON",
                "Every shape as a feature in pixels, with labels and the shape's own numbers as properties.",
                "One answer per image, the newest. Curves become lines of many points; choices, texts and relations stay behind.",
                "geojson",
                &["curve_flattened", "ellipse_as_polygon", "polygon_too_short", "vector_branching"],
            ),
            Self::Conll2003 => of(
                Family::Text,
                "CONLL2003",
                "CoNLL 2003",
                "One word per line with its tag (BIO), one document per task, for training named entity recognition.",
                "One answer per text, the newest. One tag per word: overlapping pieces, choices and relations stay behind; spaces and line breaks between words are not kept.",
                "conll",
                &["overlap", "several_labels", "spacing"],
            ),
            Self::Spacy => of(
                Family::Text,
                "SPACY",
                "spaCy",
                "A DocBin that spaCy trains from: entities, overlapping pieces as the span group “sc”, and choices as categories.",
                "One answer per text, the newest. Relations and other answers stay behind.",
                "spacy",
                &["overlap", "several_labels"],
            ),
            Self::AsrManifest => of(
                Family::Sound,
                "ASR_MANIFEST",
                "ASR manifest",
                "One line of JSON per transcript with the sound's address, offset and duration, as NeMo reads it.",
                "Sounds without a transcript, choices and relations stay behind.",
                "jsonl",
                &["no_transcript"],
            ),
            Self::Srt => of(
                Family::Sound,
                "SRT",
                "SRT",
                "Subtitles: one file per sound with the transcript of each piece, or its label where there is none.",
                "One answer per sound, the newest. Labels beside a transcript, channels and answers about the whole sound stay behind; times are in milliseconds.",
                "zip",
                &["channel", "labels_beside_text", "rounded", "whole_text"],
            ),
            Self::Vtt => of(
                Family::Sound,
                "VTT",
                "WebVTT",
                "Subtitles for the web: one file per sound with the transcript of each piece and its label as the voice.",
                "One answer per sound, the newest. Channels and answers about the whole sound stay behind; times are in milliseconds.",
                "zip",
                &["channel", "rounded", "whole_text"],
            ),
            Self::Textgrid => of(
                Family::Sound,
                "TEXTGRID",
                "Praat TextGrid",
                "One file per sound with a tier for each label, and the transcripts in it.",
                "One answer per sound, the newest. Channels and answers about the whole sound stay behind.",
                "zip",
                &["channel", "whole_text"],
            ),
            Self::Rttm => of(
                Family::Sound,
                "RTTM",
                "RTTM",
                "Who speaks when: one line per piece of a sound with its label, for diarization.",
                "One answer per sound, the newest. Transcripts and answers about the whole sound stay behind.",
                "rttm",
                &["name_spacing", "transcript", "whole_text"],
            ),
        }
    }

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

    /// The codes of everything that may change or stay behind in it, in order. A manifest never names another one.
    #[must_use]
    pub fn losses(self) -> Vec<&'static str> {
        let facts = self.facts();
        let common: &[&str] = match facts.family {
            Family::Records => &[],
            Family::Text => {
                &["no_label", "no_text", "not_a_span", "other_answers", "other_text", "skipped", "unusable"]
            }
            Family::Image => &[
                "image_not_fetched",
                "image_not_stored",
                "no_image",
                "no_label",
                "not_a_shape",
                "nothing_drawn",
                "other_answers",
                "other_image",
                "size_unknown",
                "skipped",
                "unusable",
            ],
            Family::Sound => {
                &["no_label", "no_sound", "not_a_piece", "other_answers", "other_sound", "skipped", "unusable"]
            }
        };
        let mut losses: Vec<&str> = [common, facts.losses, &["not_labeled"]].concat();
        losses.sort_unstable();
        losses
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

    /// Whether the format can say anything about work done with this interface.
    ///
    /// # Errors
    /// In words what the interface would need.
    pub fn check(self, config: &LabelConfig) -> Result<()> {
        let asks = |tags: &[&str]| config.controls.iter().any(|control| tags.contains(&control.tag.as_str()));
        let needs = |fits: bool, code: &'static str, what: &str| {
            let refuse = || Error::invalid("format", code, format!("{} {what}", self.name()));
            if fits { Ok(()) } else { Err(refuse()) }
        };
        match self.family() {
            Family::Records => return Ok(()),
            Family::Text => needs(
                text::field(config).is_some(),
                "export_needs_text",
                "describes texts, and this project's interface shows none.",
            )?,
            Family::Image => needs(
                image::field(config).is_some(),
                "export_needs_image",
                "describes images, and this project's interface shows none.",
            )?,
            Family::Sound => needs(
                sound::field(config).is_some(),
                "export_needs_sound",
                "describes sounds, and this project's interface plays none.",
            )?,
        }
        let is_about = |control: &Control, tag: &str| {
            control.to_names.iter().any(|name| config.object(name).is_some_and(|object| object.tag == tag))
        };
        let asks_about = |tags: &[&str], tag: &str| {
            config.controls.iter().any(|control| tags.contains(&control.tag.as_str()) && is_about(control, tag))
        };
        match self {
            Self::BrushToPng | Self::BrushToNumpy | Self::BrushToCoco => needs(
                asks(&["Brush", "BrushLabels", "Bitmask", "BitmaskLabels", "Magicwand"]),
                "export_needs_brush",
                "holds painted masks, and this project's interface asks for none.",
            ),
            Self::YoloPose | Self::YoloPoseWithImages => needs(
                asks(&["KeyPointLabels"]) && asks(&["Rectangle", "RectangleLabels"]),
                "export_needs_pose",
                "needs boxes and key points, and this project's interface does not ask for both.",
            ),
            Self::Conll2003 => needs(
                asks_about(&["Labels"], "Text"),
                "export_needs_spans",
                "tags the words of a text, and this project's interface asks for no pieces of text.",
            ),
            Self::Spacy => needs(
                asks_about(&["Labels", "Choices"], "Text"),
                "export_needs_spans",
                "holds pieces of a text and choices, and this project's interface asks for neither.",
            ),
            Self::AsrManifest => needs(
                asks_about(&["TextArea"], "Audio"),
                "export_needs_transcript",
                "holds transcripts, and this project's interface asks for none.",
            ),
            Self::Srt | Self::Vtt | Self::Textgrid | Self::Rttm => needs(
                asks_about(&["Labels"], "Audio"),
                "export_needs_pieces",
                "describes pieces of a sound, and this project's interface asks for none.",
            ),
            _ => Ok(()),
        }
    }

    /// All formats, each with the reason if it does not fit this interface.
    #[must_use]
    pub fn fitting(config: &LabelConfig) -> Vec<(Self, Option<String>)> {
        let judged = |format: Self| (format, format.check(config).err().map(|problem| problem.message));
        Self::ALL.into_iter().map(judged).collect()
    }
}

const VOC: &[&str] = &["keypoint", "outside", "rounded", "shape_as_box", "clipped", "vector_open"];
const YOLO_BOXES: &[&str] = &["clipped", "keypoint", "outside", "rotation_lost", "shape_as_box"];
const YOLO_POLYGONS: &[&str] = &[
    "box_as_polygon",
    "clipped",
    "ellipse_as_polygon",
    "keypoint",
    "mask_as_polygon",
    "mask_hole_filled",
    "mask_in_parts",
    "polygon_hole_filled",
    "polygon_too_short",
    "vector_open",
];

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
    use crate::label_config::parse;

    fn fitting(xml: &str) -> Vec<&'static str> {
        let config = parse(xml).config.unwrap();
        let fits = ExportFormat::fitting(&config).into_iter().filter(|(_, reason)| reason.is_none());
        fits.map(|(format, _)| format.code()).collect()
    }

    #[test]
    fn formats_fit_what_an_interface_shows_and_asks() {
        const ALWAYS: [&str; 6] = ["JSON", "NDJSON", "JSON_MIN", "CSV", "TSV", "PARQUET"];
        let text = r#"<View><Text name="t" value="$t"/><Labels name="l" toName="t"><Label value="A"/></Labels></View>"#;
        assert_eq!(fitting(text), [&ALWAYS[..], &["CONLL2003", "SPACY"]].concat());
        let mood =
            r#"<View><Text name="t" value="$t"/><Choices name="c" toName="t"><Choice value="A"/></Choices></View>"#;
        assert_eq!(fitting(mood), [&ALWAYS[..], &["SPACY"]].concat());
        let sound = r#"<View><Audio name="a" value="$a"/><TextArea name="w" toName="a"/></View>"#;
        assert_eq!(fitting(sound), [&ALWAYS[..], &["ASR_MANIFEST"]].concat());
        let brush = r#"<View><Image name="i" value="$i"/><BrushLabels name="b" toName="i"><Label value="A"/></BrushLabels></View>"#;
        let found = fitting(brush);
        assert!(found.contains(&"BRUSH_TO_PNG") && found.contains(&"YOLO_SEGMENT") && !found.contains(&"YOLO_POSE"));
        assert_eq!(fitting("<View/>"), ALWAYS);
    }

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
