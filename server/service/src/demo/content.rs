//! Who is in the demo, what their projects ask, and the data with the answers people gave.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Actor, Result};

pub(super) const ORGANIZATION: &str = "Northlight Data";

pub(super) struct Person {
    pub(super) email: &'static str,
    pub(super) name: &'static str,
    /// In words, for the one who signs in.
    pub(super) role: &'static str,
    pub(super) is_staff: bool,
    pub(super) is_annotator: bool,
}

pub(super) struct People {
    pub(super) owner: Actor,
    pub(super) reviewer: Actor,
    pub(super) annotators: [Actor; 2],
}

const fn person(
    email: &'static str,
    name: &'static str,
    role: &'static str,
    is_annotator: bool,
    is_staff: bool,
) -> Person {
    Person { email, name, role, is_staff, is_annotator }
}

pub(super) const PEOPLE: [Person; 5] = [
    person("owner@demo.test", "Nadia Rahman", "owner: projects, people, exports", false, false),
    person("reviewer@demo.test", "Jonas Lindqvist", "reviewer in every project", false, false),
    person("annotator1@demo.test", "Mei Tanaka", "annotator", true, false),
    person("annotator2@demo.test", "Samuel Okoye", "annotator", true, false),
    person("staff@demo.test", "Priya Nair", "platform staff", false, true),
];

/// One task of each medium that is not a photograph or a text: the template it is made from, its title and what it is for,
/// and its color.
pub(super) const MEDIA: [(&str, &str, &str, &str); 6] = [
    ("pdf-ocr", "Invoices", "Where an invoice says who, when and how much.", "blue"),
    ("audio-transcription", "Voices and music", "Who speaks when, what is music, and what is noise.", "pink"),
    ("video-boxes", "Balls in motion", "Two balls, followed from frame to frame.", "orange"),
    (
        "time-series",
        "The weather of Seattle",
        "Heat waves, storms and cold spells in four years of measurements.",
        "green",
    ),
    ("text-dialogue", "Support conversations", "What customers want, turn by turn.", "indigo"),
    ("llm-chat", "A model that keeps bees", "A conversation to go on with, and answers to judge.", "slate"),
];

pub(super) const PHOTOS_CONFIG: &str = r##"<View>
  <Header value="Draw a tight box around everything you can name" size="4"/>
  <Image name="image" value="$image" zoom="true" zoomControl="true"/>
  <RectangleLabels name="things" toName="image" showInline="true">
    <Label value="Person" background="#d9480f" hotkey="1"/>
    <Label value="Animal" background="#2b8a3e" hotkey="2"/>
    <Label value="Vehicle" background="#1864ab" hotkey="3"/>
    <Label value="Cup" background="#a61e4d" hotkey="4"/>
    <Label value="Spoon" background="#5f3dc4" hotkey="5"/>
    <Label value="Helmet" background="#087f5b" hotkey="6"/>
    <Label value="Camera" background="#0b7285" hotkey="7"/>
    <Label value="Coin" background="#e67700" hotkey="8"/>
  </RectangleLabels>
</View>"##;

pub(super) const PHOTOS_INSTRUCTION: &str = "\
## What to box

Everything that has a label, **whole and tight**: the box touches the outermost visible pixels.

- Hidden parts are not guessed: box what you see.
- One box per thing. Twenty-four coins are twenty-four boxes.
- Nothing to box? Submit the picture as it is.
";

pub(super) const RIGHTS_CONFIG: &str = r##"<View>
  <Header value="Mark who has a right, which right, and what is forbidden" size="4"/>
  <Labels name="spans" toName="text">
    <Label value="Bearer" background="#1864ab" hotkey="1"/>
    <Label value="Right" background="#2b8a3e" hotkey="2"/>
    <Label value="Prohibition" background="#c92a2a" hotkey="3"/>
  </Labels>
  <Text name="text" value="$text"/>
  <Header value="Whom does it speak of?" size="5"/>
  <Choices name="topic" toName="text" choice="single" showInline="true">
    <Choice value="Person"/>
    <Choice value="Society"/>
    <Choice value="State"/>
  </Choices>
</View>"##;

pub(super) const RIGHTS_INSTRUCTION: &str = "\
Mark the shortest words that say it:

1. **Bearer**: who has the right. *Everyone*, *no one*, *all human beings*.
2. **Right**: what they may do or have.
3. **Prohibition**: what nobody may do to them.
";

pub(super) const CAPTIONS_CONFIG: &str = r##"<View>
  <Image name="image" value="$image"/>
  <Header value="Describe the picture in one sentence" size="4"/>
  <TextArea name="caption" toName="image" rows="2" maxSubmissions="1" required="true" requiredMessage="Please describe the picture." placeholder="What is to be seen?"/>
  <Choices name="scene" toName="image" choice="single-radio" showInline="true" required="true">
    <Choice value="Indoors"/>
    <Choice value="Outdoors"/>
  </Choices>
  <Header value="How good is the picture?" size="5"/>
  <Rating name="quality" toName="image" maxRating="5"/>
</View>"##;

/// A photograph and what people saw in it.
#[derive(Debug, Deserialize)]
pub(super) struct Photo {
    file: String,
    pub(super) width: f64,
    pub(super) height: f64,
    /// Label, left, top, width, height in pixels.
    pub(super) boxes: Vec<(String, f64, f64, f64, f64)>,
    pub(super) scene: String,
    pub(super) quality: u8,
    pub(super) caption: String,
}

impl Photo {
    pub(super) fn address(&self) -> String {
        format!("/demo/{}", self.file)
    }

    pub(super) fn task(&self) -> Value {
        json!({ "image": self.address() })
    }
}

/// language → label → phrases.
pub(super) type Phrases = BTreeMap<String, BTreeMap<String, Vec<String>>>;

pub(super) fn photos() -> Result<Vec<Photo>> {
    Ok(serde_json::from_str(include_str!("photos.json")).map_err(anyhow::Error::new)?)
}

pub(super) fn rights() -> Result<Vec<Value>> {
    Ok(serde_json::from_str(include_str!("rights.json")).map_err(anyhow::Error::new)?)
}

pub(super) fn phrases() -> Result<Phrases> {
    Ok(serde_json::from_str(include_str!("phrases.json")).map_err(anyhow::Error::new)?)
}
