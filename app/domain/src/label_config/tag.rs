//! Every tag of the labeling interface: what it is, what it may annotate, which attributes it knows.
//!
//! Tags and attributes match in any spelling of upper and lower case; the canonical one is what is stored.

use super::attribute::{
    Attribute, CHAT_CONTROL, CONTROL, LABEL_SET, OBJECT, SHAPE, VISIBILITY, any, color, flag, number, one_of, whole,
};

/// What a tag is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Shows data: an image, a text.
    Object,
    /// Asks for an answer about objects.
    Control,
    /// Shows data and takes the answer itself: a chat.
    ObjectAndControl,
    /// Belongs inside another tag: a label, a choice, a channel.
    Part,
    /// Arranges or decorates.
    Visual,
}

/// What a task must hold for an object or a control with dynamic content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// The address of an image.
    Image,
    /// Addresses of several images.
    Images,
    /// The address of a sound.
    Audio,
    /// The address of a video.
    Video,
    /// The address of a PDF.
    Pdf,
    /// Text, or a number to show as text.
    Text,
    /// The address of a file that holds the content.
    Url,
    /// A list of turns, each with an author and a text.
    Dialogue,
    /// A list of items, each with an `id`.
    Items,
    /// An object of columns, each a list of numbers.
    Series,
    /// An object, or a list of rows.
    Table,
    /// A list of messages with `role` and `content`.
    Messages,
    /// A list of labels or choices.
    Options,
    /// A list to repeat over.
    List,
    /// A number.
    Number,
    /// Whatever there is.
    Any,
}

/// One tag.
#[derive(Debug, Clone, Copy)]
pub struct Tag {
    /// The canonical spelling.
    pub name: &'static str,
    /// What it is for.
    pub role: Role,
    /// For a control: the objects it can annotate; empty for any. For a part: the tags it belongs inside.
    pub belongs_to: &'static [&'static str],
    /// For a control: the tag that lists its labels or choices.
    pub part: Option<&'static str>,
    /// For an object: what its field holds.
    pub field: FieldType,
    /// The attributes it knows, in groups.
    pub attributes: &'static [&'static [Attribute]],
}

impl Tag {
    /// The attribute called `name` in whatever spelling.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.iter().copied().flatten().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }

    /// Shows data.
    #[must_use]
    pub fn is_object(&self) -> bool {
        matches!(self.role, Role::Object | Role::ObjectAndControl)
    }

    /// Takes answers.
    #[must_use]
    pub fn is_control(&self) -> bool {
        matches!(self.role, Role::Control | Role::ObjectAndControl)
    }
}

/// The tag called `name` in whatever spelling.
#[must_use]
pub fn find(name: &str) -> Option<&'static Tag> {
    TAGS.iter().find(|tag| tag.name.eq_ignore_ascii_case(name))
}

const IMAGE: &[&str] = &["Image"];
const VIDEO: &[&str] = &["Video"];
const ANY_OBJECT: &[&str] = &[];

const fn object(name: &'static str, field: FieldType, attributes: &'static [&'static [Attribute]]) -> Tag {
    Tag { name, role: Role::Object, belongs_to: &[], part: None, field, attributes }
}

const fn control(
    name: &'static str,
    belongs_to: &'static [&'static str],
    part: Option<&'static str>,
    attributes: &'static [&'static [Attribute]],
) -> Tag {
    Tag { name, role: Role::Control, belongs_to, part, field: FieldType::Options, attributes }
}

const fn part(
    name: &'static str,
    belongs_to: &'static [&'static str],
    attributes: &'static [&'static [Attribute]],
) -> Tag {
    Tag { name, role: Role::Part, belongs_to, part: None, field: FieldType::Any, attributes }
}

const fn visual(name: &'static str, field: FieldType, attributes: &'static [&'static [Attribute]]) -> Tag {
    Tag { name, role: Role::Visual, belongs_to: &[], part: None, field, attributes }
}

const LABEL: Option<&str> = Some("Label");
const CHOICE: Option<&str> = Some("Choice");

/// The value of `Image`'s two alignments, horizontal and vertical.
const ALIGN_X: &[&str] = &["left", "center", "right"];
const ALIGN_Y: &[&str] = &["top", "center", "bottom"];
const LABEL_SETS: &[&str] = &[
    "Labels",
    "HyperTextLabels",
    "ParagraphLabels",
    "TimeSeriesLabels",
    "TimelineLabels",
    "RectangleLabels",
    "EllipseLabels",
    "PolygonLabels",
    "KeyPointLabels",
    "BrushLabels",
    "BitmaskLabels",
    "VectorLabels",
    "VideoVectorLabels",
    "OcrLabels",
    "CubeLabels",
];

/// Text shown with spans: `Text` and `HyperText` alike.
const TEXT_OBJECT: &[Attribute] = &[
    one_of("valueType", &["text", "url"]),
    any("saveTextResult"),
    one_of("encoding", &["none", "base64", "base64unicode"]),
    flag("selectionEnabled"),
    color("highlightColor"),
    flag("showLabels"),
    one_of("granularity", &["symbol", "word", "sentence", "paragraph"]),
];
const CAN_ROTATE: &[Attribute] = &[flag("canRotate")];
const SNAP: &[Attribute] = &[one_of("snap", &["pixel", "none"])];
const POLYGON: &[Attribute] =
    &[one_of("pointSize", &["small", "medium", "large"]), one_of("pointStyle", &["rectangle", "circle"])];
const VECTOR: &[Attribute] = &[
    flag("closable"),
    flag("curves"),
    flag("skeleton"),
    whole("minPoints", 0, 100_000),
    whole("maxPoints", 1, 100_000),
    number("pointSizeEnabled", 0.0, 1000.0),
    number("pointSizeDisabled", 0.0, 1000.0),
    flag("constrainToBounds"),
    one_of("pointSize", &["small", "medium", "large"]),
];

/// Every tag there is.
#[rustfmt::skip] // A table reads best as a table.
pub static TAGS: &[Tag] = &[
    // Objects
    object("Image", FieldType::Image, &[OBJECT, &[
        any("valueList"), flag("smoothing"), any("width"), any("maxWidth"), any("height"), any("maxHeight"), flag("zoom"), flag("negativeZoom"),
        number("zoomBy", 1.0, 10.0), flag("grid"), number("gridSize", 1.0, 10_000.0), color("gridColor"),
        flag("zoomControl"), flag("brightnessControl"), flag("contrastControl"), flag("rotateControl"),
        flag("crosshair"), flag("selectionControl"), one_of("horizontalAlignment", ALIGN_X), one_of("verticalAlignment", ALIGN_Y),
        one_of("defaultZoom", &["auto", "original", "fit"]),
        one_of("crossOrigin", &["none", "anonymous", "use-credentials"]),
    ]]),
    object("Text", FieldType::Text, &[OBJECT, TEXT_OBJECT]),
    object("HyperText", FieldType::Text, &[OBJECT, TEXT_OBJECT, &[flag("inline"), flag("clickableLinks")]]),
    object("Paragraphs", FieldType::Dialogue, &[OBJECT, &[
        one_of("valueType", &["json", "url"]), any("audioUrl"), any("sync"), flag("showPlayer"), any("saveTextResult"),
        one_of("layout", &["none", "dialogue"]), any("nameKey"), any("textKey"), flag("contextScroll"),
        one_of("granularity", &["symbol", "word", "sentence", "paragraph"]),
    ]]),
    object("List", FieldType::Items, &[OBJECT, &[any("title")]]),
    object("Table", FieldType::Table, &[OBJECT, &[any("valueType")]]),
    object("Pdf", FieldType::Pdf, &[OBJECT, &[any("zoom"), any("rotate")]]),
    object("Audio", FieldType::Audio, &[OBJECT, &[
        number("defaultSpeed", 0.5, 2.0), any("defaultScale"), number("defaultZoom", 1.0, 1500.0),
        number("defaultVolume", 0.0, 1.0), any("sync"), number("height", 1.0, 10_000.0),
        number("waveHeight", 1.0, 10_000.0), flag("spectrogram"), flag("splitChannels"),
        one_of("decoder", &["webaudio", "ffmpeg", "none"]), one_of("player", &["html5", "webaudio"]), flag("zoom"),
        flag("speed"), flag("volume"), number("cursorWidth", 0.0, 100.0), color("cursorColor"),
    ]]),
    object("Video", FieldType::Video, &[OBJECT, &[
        number("frameRate", 0.01, 1000.0), any("sync"), flag("muted"), number("height", 1.0, 10_000.0),
        number("timelineHeight", 1.0, 10_000.0), number("defaultPlaybackSpeed", 0.01, 100.0),
        number("minPlaybackSpeed", 0.01, 100.0),
    ]]),
    object("TimeSeries", FieldType::Url, &[OBJECT, &[
        one_of("valueType", &["url", "json"]), any("sync"), color("cursorColor"), any("timeColumn"), any("timeFormat"),
        any("timeDisplayFormat"), any("durationDisplayFormat"), any("sep"), any("overviewChannels"),
        any("overviewWidth"), flag("fixedScale"), any("multiAxis"),
    ]]),
    Tag { name: "Chat", role: Role::ObjectAndControl, belongs_to: &["Chat"], part: None, field: FieldType::Messages, attributes: &[OBJECT, CHAT_CONTROL] },
    Tag { name: "ReactCode", role: Role::ObjectAndControl, belongs_to: ANY_OBJECT, part: None, field: FieldType::Any, attributes: &[CONTROL, &[
        any("resolver"), any("data"), any("inputs"), any("outputs"), any("src"),
    ]] },
    object("Object3D", FieldType::Url, &[OBJECT]),

    // Shapes
    control("Rectangle", IMAGE, None, &[CONTROL, SHAPE, CAN_ROTATE, SNAP]),
    control("RectangleLabels", IMAGE, LABEL, &[CONTROL, SHAPE, LABEL_SET, CAN_ROTATE, SNAP]),
    control("Ellipse", IMAGE, None, &[CONTROL, SHAPE, CAN_ROTATE]),
    control("EllipseLabels", IMAGE, LABEL, &[CONTROL, SHAPE, LABEL_SET, CAN_ROTATE]),
    control("Polygon", IMAGE, None, &[CONTROL, SHAPE, POLYGON, SNAP]),
    control("PolygonLabels", IMAGE, LABEL, &[CONTROL, SHAPE, LABEL_SET, POLYGON, SNAP]),
    control("KeyPoint", IMAGE, None, &[CONTROL, SHAPE, SNAP]),
    control("KeyPointLabels", IMAGE, LABEL, &[CONTROL, SHAPE, LABEL_SET, SNAP]),
    control("Brush", IMAGE, None, &[CONTROL, SHAPE]),
    control("BrushLabels", IMAGE, LABEL, &[CONTROL, SHAPE, LABEL_SET]),
    control("Bitmask", IMAGE, None, &[CONTROL, SHAPE]),
    control("BitmaskLabels", IMAGE, LABEL, &[CONTROL, SHAPE, LABEL_SET]),
    control("Vector", IMAGE, None, &[CONTROL, SHAPE, VECTOR, SNAP]),
    control("VectorLabels", IMAGE, LABEL, &[CONTROL, SHAPE, LABEL_SET, VECTOR, SNAP]),
    control("Magicwand", IMAGE, None, &[CONTROL, SHAPE, &[number("blurRadius", 0.0, 100.0), number("defaultThreshold", 0.0, 255.0)]]),
    control("VideoRectangle", VIDEO, None, &[CONTROL, SHAPE, CAN_ROTATE]),
    control("VideoVector", VIDEO, None, &[CONTROL, SHAPE, VECTOR]),
    control("VideoVectorLabels", VIDEO, LABEL, &[CONTROL, SHAPE, LABEL_SET, VECTOR]),
    control("TimelineLabels", VIDEO, LABEL, &[CONTROL, LABEL_SET]),
    control("OcrLabels", &["Pdf", "Image"], LABEL, &[CONTROL, SHAPE, LABEL_SET]),
    control("Cube", &["Object3D"], None, &[CONTROL, SHAPE]),
    control("CubeLabels", &["Object3D"], LABEL, &[CONTROL, SHAPE, LABEL_SET]),

    // Sets of labels
    control("Labels", &["Text", "HyperText", "Paragraphs", "Audio", "Image", "Video", "TimeSeries", "Pdf"], LABEL, &[CONTROL, SHAPE, LABEL_SET, &[
        one_of("granularity", &["symbol", "word", "sentence", "paragraph"]),
    ]]),
    control("HyperTextLabels", &["HyperText", "Text"], LABEL, &[CONTROL, SHAPE, LABEL_SET]),
    control("ParagraphLabels", &["Paragraphs"], LABEL, &[CONTROL, SHAPE, LABEL_SET]),
    control("TimeSeriesLabels", &["TimeSeries"], LABEL, &[CONTROL, SHAPE, LABEL_SET]),

    // Answers
    control("Choices", ANY_OBJECT, CHOICE, &[CONTROL, &[
        one_of("choice", &["single", "single-radio", "multiple"]), flag("showInline"),
        one_of("layout", &["select", "inline", "vertical"]), flag("allowNested"), any("defaultValue"),
    ]]),
    control("Taxonomy", ANY_OBJECT, CHOICE, &[CONTROL, &[
        any("apiUrl"), flag("leafsOnly"), flag("showFullPath"), any("pathSeparator"), whole("maxUsages", 1, 100_000),
        any("minWidth"), any("maxWidth"), any("dropdownWidth"), any("placeholder"), flag("labeling"), flag("legacy"), flag("sharedStore"),
    ]]),
    control("TextArea", ANY_OBJECT, None, &[CONTROL, &[
        any("placeholder"), whole("maxSubmissions", 0, 100_000), flag("editable"), flag("transcription"),
        flag("skipDuplicates"), one_of("displayMode", &["tag", "region-list"]), whole("rows", 1, 1000),
        flag("showSubmitButton"), flag("focus"), any("label"),
    ]]),
    control("Rating", ANY_OBJECT, None, &[CONTROL, &[
        whole("maxRating", 1, 100), number("defaultValue", 0.0, 100.0), one_of("size", &["small", "medium", "large"]),
        any("icon"),
    ]]),
    control("Number", ANY_OBJECT, None, &[CONTROL, &[
        number("min", f64::MIN, f64::MAX), number("max", f64::MIN, f64::MAX), number("step", 0.0, f64::MAX),
        number("defaultValue", f64::MIN, f64::MAX), flag("slider"),
    ]]),
    control("DateTime", ANY_OBJECT, None, &[CONTROL, &[any("only"), any("format"), any("min"), any("max"), any("defaultValue")]]),
    control("Pairwise", ANY_OBJECT, None, &[CONTROL, &[any("selectionStyle"), any("leftClass"), any("rightClass")]]),
    control("Ranker", &["List"], Some("Bucket"), &[CONTROL, &[any("title")]]),
    control("Relations", ANY_OBJECT, Some("Relation"), &[CONTROL, &[one_of("choice", &["single", "multiple"])]]),

    // Parts of other tags
    part("Label", LABEL_SETS, &[VISIBILITY, &[
        any("value"), any("alias"), flag("showAlias"), any("aliasStyle"), flag("selected"),
        whole("maxUsages", 1, 1_000_000), any("hint"), any("hotkey"), any("size"), color("background"),
        color("selectedColor"), color("selectedBackground"), any("granularity"), any("html"), whole("category", 0, i64::MAX), any("groupCancel"), flag("showInline"),
    ]]),
    part("Choice", &["Choices", "Taxonomy", "Choice"], &[VISIBILITY, &[
        any("value"), any("alias"), flag("selected"), any("hint"), any("hotkey"), any("html"), color("color"),
        color("background"), any("isDefault"),
    ]]),
    part("Channel", &["TimeSeries", "MultiChannel"], &[VISIBILITY, &[
        any("column"), any("legend"), any("units"), any("displayFormat"), number("height", 1.0, 10_000.0),
        color("strokeColor"), number("strokeWidth", 0.0, 1000.0), color("markerColor"), number("markerSize", 0.0, 1000.0),
        any("markerSymbol"), any("timeRange"), any("dataRange"), any("showAxis"), flag("fixedScale"), any("opacity"),
    ]]),
    part("MultiChannel", &["TimeSeries"], &[VISIBILITY, &[
        number("height", 1.0, 10_000.0), flag("showAxis"), flag("showYAxis"), flag("fixedScale"),
    ]]),
    part("Bucket", &["Ranker"], &[VISIBILITY, &[any("name"), any("title"), flag("default")]]),
    part("Relation", &["Relations"], &[VISIBILITY, &[any("value"), any("alias"), color("background"), any("hotkey")]]),
    part("Shortcut", &["TextArea", "Number", "Choices", "Labels"], &[VISIBILITY, &[
        any("value"), any("alias"), any("hotkey"), color("background"),
    ]]),

    // Layout
    visual("View", FieldType::Any, &[VISIBILITY, &[one_of("display", &["block", "inline"]), any("idAttr"), any("hidden")]]),
    visual("Header", FieldType::Text, &[VISIBILITY, &[any("name"), any("value"), whole("size", 1, 6), flag("underline")]]),
    visual("Markdown", FieldType::Text, &[VISIBILITY, &[any("name"), any("value")]]),
    visual("Style", FieldType::Any, &[&[any("name")]]),
    visual("Collapse", FieldType::Any, &[VISIBILITY, &[flag("accordion"), flag("bordered"), any("open")]]),
    visual("Panel", FieldType::Any, &[VISIBILITY, &[any("value"), flag("open")]]),
    visual("Filter", FieldType::Any, &[VISIBILITY, &[
        any("name"), any("toName"), any("placeholder"), whole("minLength", 0, 1000), any("hotkey"), any("casesensetive"), any("cleanup"),
    ]]),
    visual("Repeater", FieldType::List, &[VISIBILITY, &[
        any("on"), any("indexFlag"), one_of("mode", &["list", "pagination"]), any("hidden"),
    ]]),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_in_any_spelling() {
        let mut seen = HashSet::new();
        for tag in TAGS {
            assert!(seen.insert(tag.name.to_lowercase()), "{} twice", tag.name);
            let mut attributes = HashSet::new();
            for attribute in tag.attributes.iter().copied().flatten() {
                assert!(attributes.insert(attribute.name.to_lowercase()), "{}.{} twice", tag.name, attribute.name);
            }
        }
    }

    #[test]
    fn the_documentation_lists_every_tag() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/projects.md");
        let page = std::fs::read_to_string(page).unwrap();
        for tag in TAGS {
            assert!(page.contains(&format!("`{}`", tag.name)), "docs/projects.md does not list {}", tag.name);
        }
    }

    #[test]
    fn tags_refer_to_tags() {
        for tag in TAGS {
            for other in tag.belongs_to.iter().copied().chain(tag.part) {
                assert_eq!(find(other).map(|found| found.name), Some(other), "{} names {other}", tag.name);
            }
        }
    }

    #[test]
    fn finds_in_any_spelling() {
        assert_eq!(find("rectanglelabels").map(|tag| tag.name), Some("RectangleLabels"));
        assert_eq!(find("keypointLABELS").map(|tag| tag.name), Some("KeyPointLabels"));
        assert!(find("Hologram").is_none());
    }
}
