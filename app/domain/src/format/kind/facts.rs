//! What is known of each format, as one table: a new format begins here.

use super::{ExportFormat, Family};

pub(super) struct Facts {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) contains: &'static str,
    pub(super) cannot_carry: &'static str,
    pub(super) extension: &'static str,
    pub(super) family: Family,
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

impl ExportFormat {
    #[expect(clippy::too_many_lines, reason = "one table")]
    pub(super) fn facts(self) -> Facts {
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
}
