//! Labeling interfaces to start from, each with a sample task.
//!
//! Only the server refers to this module: it hands a template out when somebody asks for it, so none of the text
//! here travels with the browser half.

mod sample;

use serde::{Deserialize, Serialize};

pub use sample::{sample_answer, sample_data};

/// A labeling interface to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// What addresses and programs call it.
    pub id: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// One line: what one gets.
    pub description: &'static str,
    /// Where it stands in the gallery.
    pub group: Group,
    /// The labeling interface.
    pub xml: &'static str,
    /// The data of one task, a JSON object.
    pub sample: &'static str,
}

/// A shelf of the gallery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Images.
    Vision,
    /// Text.
    Text,
    /// Sound and moving pictures.
    AudioVideo,
    /// Tables, series, trees.
    Structured,
    /// What language models are asked and answer.
    Llm,
}

impl Group {
    /// All of them, in the gallery's order.
    pub const ALL: [Self; 5] = [Self::Vision, Self::Text, Self::AudioVideo, Self::Structured, Self::Llm];

    /// The heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Vision => "Vision",
            Self::Text => "Text",
            Self::AudioVideo => "Audio & video",
            Self::Structured => "Structured",
            Self::Llm => "LLM",
        }
    }
}

/// The template called `id`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|template| template.id == id)
}

/// Keeps the id, the two files and their names together.
macro_rules! template {
    ($group:ident, $id:literal, $title:literal, $description:literal) => {
        Template {
            id: $id,
            title: $title,
            description: $description,
            group: Group::$group,
            xml: include_str!(concat!("data/", $id, ".xml")),
            sample: include_str!(concat!("data/", $id, ".json")),
        }
    };
}

/// Every template, shelf by shelf.
pub static TEMPLATES: &[Template] = &[
    template!(Vision, "image-boxes", "Object detection", "Draw boxes around things in images."),
    template!(Vision, "image-polygons", "Segmentation with polygons", "Trace the outline of every object."),
    template!(Vision, "image-keypoints", "Key points", "Mark landmarks such as eyes, nose and hands."),
    template!(Vision, "image-classification", "Image classification", "Sort images into one or more categories."),
    template!(Vision, "image-captioning", "Image captioning", "Describe in a sentence what an image shows."),
    template!(Vision, "image-ocr", "Text in images (OCR)", "Box each piece of text and transcribe it."),
    template!(
        Vision,
        "pdf-ocr",
        "Documents (PDF)",
        "Box what matters on the pages of a document; its words are read for you."
    ),
    template!(Text, "text-classification", "Text classification", "File each text under a topic."),
    template!(Text, "text-entities", "Named entities", "Mark people, places, organizations and dates in text."),
    template!(Text, "text-sentiment", "Sentiment and rating", "Judge the tone of a review and how strong it is."),
    template!(Text, "text-pairwise", "Compare two texts", "Choose the better of two texts and say why."),
    template!(Text, "text-dialogue", "Dialogue analysis", "Mark intents in a conversation, turn by turn."),
    template!(
        AudioVideo,
        "audio-transcription",
        "Audio transcription",
        "Cut a recording into segments and write down each."
    ),
    template!(AudioVideo, "audio-classification", "Sound classification", "Say what a recording contains."),
    template!(AudioVideo, "video-boxes", "Object tracking in video", "Follow objects with boxes from frame to frame."),
    template!(Structured, "time-series", "Time series events", "Mark events and phases on measured curves."),
    template!(Structured, "taxonomy", "Taxonomy", "File items in a tree of categories."),
    template!(Structured, "table-check", "Check a record", "Compare a record with the rules and correct it."),
    template!(Llm, "llm-rating", "Rate a model's answer", "Score helpfulness, truth and safety of one answer."),
    template!(Llm, "llm-chat", "Conversation with a model", "Go on with a chat and judge its answers one by one."),
    template!(Llm, "llm-ranking", "Rank model answers", "Put several answers in order, best first."),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::Path;

    use serde_json::{Map, Value};

    use super::*;
    use crate::label_config::{check_task, parse};

    #[test]
    fn each_parses_without_a_single_problem_and_its_sample_fits() {
        for template in TEMPLATES {
            let parsed = parse(template.xml);
            assert_eq!(parsed.problems, [], "{}", template.id);
            let config = parsed.config.unwrap();
            let sample: Map<String, Value> = serde_json::from_str(template.sample).unwrap();
            assert_eq!(check_task(&config, &sample), [], "{}", template.id);
            assert!(!config.controls.is_empty(), "{}", template.id);
            let fields: HashSet<String> = config.fields().into_iter().map(|field| field.path).collect();
            let unread: Vec<&String> = sample.keys().filter(|key| !fields.contains(*key)).collect();
            assert!(unread.is_empty(), "{} does not show {unread:?}", template.id);
        }
    }

    #[test]
    fn media_of_samples_are_files_we_serve() {
        let public = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public");
        for template in TEMPLATES {
            let sample: Map<String, Value> = serde_json::from_str(template.sample).unwrap();
            for url in sample.values().filter_map(Value::as_str).filter(|text| text.starts_with('/')) {
                assert!(public.join(&url[1..]).is_file(), "{}: {url}", template.id);
            }
        }
    }

    #[test]
    fn ids_are_unique_slugs_and_every_shelf_has_something() {
        let ids: HashSet<&str> = TEMPLATES.iter().map(|template| template.id).collect();
        assert_eq!(ids.len(), TEMPLATES.len());
        assert!(ids.iter().all(|id| id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
        for group in Group::ALL {
            assert!(TEMPLATES.iter().any(|template| template.group == group), "{}", group.title());
        }
        assert!(TEMPLATES.is_sorted_by_key(|template| template.group));
        assert_eq!(find("text-entities").map(|template| template.title), Some("Named entities"));
        assert_eq!(find("nothing"), None);
    }
}
