//! Which formats can say anything about the work of an interface.

use super::{
    super::{image, sound, text},
    ExportFormat, Family,
};
use crate::{
    Error, Result,
    label_config::{Control, LabelConfig},
};

/// What is drawn on images: tags of this name, and of this name with `Labels`.
const SHAPES: [&str; 8] = ["Rectangle", "Polygon", "Ellipse", "KeyPoint", "Brush", "Bitmask", "Vector", "Magicwand"];

impl ExportFormat {
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
        let draws = config.controls.iter().any(|control| {
            SHAPES.iter().any(|shape| control.tag.strip_suffix("Labels").unwrap_or(&control.tag) == *shape)
                && is_about(control, "Image")
        });
        match self {
            _ if self.family() == Family::Image && !draws => needs(
                false,
                "export_needs_shapes",
                "describes shapes on images, and this project's interface asks for none.",
            ),
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
        let kind =
            r#"<View><Image name="i" value="$i"/><Choices name="c" toName="i"><Choice value="A"/></Choices></View>"#;
        assert_eq!(fitting(kind), ALWAYS);
        assert_eq!(fitting("<View/>"), ALWAYS);
    }
}
