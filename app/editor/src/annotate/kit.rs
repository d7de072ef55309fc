//! What a labeling interface offers: labels with colors and keys, shapes to draw, questions to answer.

use domain::label_config::{Control, Label, LabelConfig};
use domain::region::Shape;

/// Colors for labels that name none; chosen to differ for most color-blind people and on most photographs.
const PALETTE: [&str; 12] = [
    "#e5484d", "#3e63dd", "#30a46c", "#f5a524", "#8e4ec6", "#12a5b8", "#d6409f", "#7ea83d", "#f76b15", "#0588f0",
    "#978365", "#6e56cf",
];

/// Keys given to labels and choices that name none, in order; tools and commands use none of them.
const AUTOMATIC_KEYS: &str = "1234567890qwtysdfgjlzxcbnm";

/// The shapes people draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ShapeKind {
    /// Boxes.
    Rect,
    /// Ellipses.
    Ellipse,
    /// Polygons.
    Polygon,
    /// Single points.
    KeyPoint,
    /// Pieces of text.
    Text,
}

impl ShapeKind {
    /// The kind of a shape.
    #[must_use]
    pub fn of(shape: &Shape) -> Self {
        match shape {
            Shape::Rect(_) => Self::Rect,
            Shape::Ellipse(_) => Self::Ellipse,
            Shape::Polygon(_) => Self::Polygon,
            Shape::KeyPoint(_) => Self::KeyPoint,
            Shape::Text(_) => Self::Text,
        }
    }

    /// As people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rect => "Box",
            Self::Ellipse => "Ellipse",
            Self::Polygon => "Polygon",
            Self::KeyPoint => "Point",
            Self::Text => "Text",
        }
    }

    /// The shape a control tag draws and whether it carries its labels itself.
    fn of_tag(tag: &str) -> Option<(Self, bool)> {
        Some(match tag {
            "Rectangle" => (Self::Rect, false),
            "RectangleLabels" => (Self::Rect, true),
            "Ellipse" => (Self::Ellipse, false),
            "EllipseLabels" => (Self::Ellipse, true),
            "Polygon" => (Self::Polygon, false),
            "PolygonLabels" => (Self::Polygon, true),
            "KeyPoint" => (Self::KeyPoint, false),
            "KeyPointLabels" => (Self::KeyPoint, true),
            _ => return None,
        })
    }
}

/// A control that draws.
#[derive(Debug, Clone, PartialEq)]
pub struct ShapeControl {
    /// Its name.
    pub name: String,
    /// The `type` of its results.
    pub item_type: String,
    /// What it draws.
    pub kind: ShapeKind,
    /// Whether the result carries the labels; otherwise a `Labels` control gives them.
    pub joined: bool,
    /// The objects it draws on.
    pub to_names: Vec<String>,
    /// Whether points snap to whole pixels.
    pub snap_pixel: bool,
    /// Whether boxes may be rotated.
    pub can_rotate: bool,
    /// The width a new key point is drawn at, in percent of the image.
    pub point_width: f64,
}

/// A label people pick.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelChoice {
    /// The control it belongs to.
    pub control: String,
    /// What is stored.
    pub value: String,
    /// What is shown.
    pub text: String,
    /// Shown beside it.
    pub hint: Option<String>,
    /// A CSS color.
    pub color: String,
    /// The key that picks it.
    pub key: Option<char>,
    /// The objects its control applies to.
    pub to_names: Vec<String>,
    /// The shape its control draws; `None` for `Labels`.
    pub kind: Option<ShapeKind>,
    /// Whether a region may carry several labels of this control.
    pub multiple: bool,
    /// Picked at the start.
    pub selected: bool,
}

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum QuestionKind {
    /// Pick from choices.
    Choices {
        /// More than one.
        multiple: bool,
        /// Results hold the whole path of a nested choice.
        nested_paths: bool,
    },
    /// Stars.
    Rating {
        /// How many.
        max: u32,
    },
    /// A number.
    Number {
        /// The least.
        min: Option<f64>,
        /// The most.
        max: Option<f64>,
        /// The distance between allowed numbers.
        step: Option<f64>,
    },
    /// Written text.
    TextArea {
        /// The most texts.
        max_submissions: Option<usize>,
    },
}

/// A control that is answered beside the regions.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The control's name.
    pub name: String,
    /// The object asked about.
    pub to_name: String,
    /// The `type` of its results.
    pub item_type: String,
    /// How.
    pub kind: QuestionKind,
    /// The choices, flattened: the path of stored values of each, and its key.
    pub choices: Vec<ChoiceEntry>,
}

/// One choice of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceEntry {
    /// Stored values from the outermost to this one.
    pub path: Vec<String>,
    /// What is shown.
    pub text: String,
    /// The key that picks it.
    pub key: Option<char>,
    /// Whether choices are nested below it.
    pub is_group: bool,
}

/// Everything the editor needs of a [`LabelConfig`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kit {
    /// Image objects in document order.
    pub images: Vec<String>,
    /// Text objects in document order.
    pub texts: Vec<String>,
    /// Controls that draw.
    pub shapes: Vec<ShapeControl>,
    /// Names and objects of `Labels` controls.
    pub label_sets: Vec<(String, Vec<String>)>,
    /// Labels in document order.
    pub labels: Vec<LabelChoice>,
    /// Controls answered beside the regions.
    pub questions: Vec<Question>,
}

/// An attribute as written, whatever the case of its name.
#[must_use]
pub fn attribute<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Whether an attribute says yes.
#[must_use]
pub fn flag(attributes: &[(String, String)], name: &str) -> bool {
    attribute(attributes, name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
}

/// What a label or choice stores.
fn stored(label: &Label) -> &str {
    label.alias.as_deref().filter(|alias| !alias.is_empty()).unwrap_or(&label.value)
}

/// A color that is safe to hand to CSS and canvas: letters, digits and what colors are written with.
#[must_use]
pub fn safe_color(written: &str) -> Option<String> {
    let written = written.trim();
    let safe = !written.is_empty()
        && written.len() <= 64
        && written.chars().all(|c| c.is_ascii_alphanumeric() || "#(),.% -/".contains(c))
        && !written.to_ascii_lowercase().contains("url");
    safe.then(|| written.to_owned())
}

impl Kit {
    /// Reads the interface.
    #[must_use]
    pub fn new(config: &LabelConfig) -> Self {
        let named = |tag: &str| {
            config
                .objects
                .iter()
                .filter(|object| object.tag == tag)
                .map(|object| object.name.clone())
                .collect::<Vec<_>>()
        };
        let mut kit = Self { images: named("Image"), texts: named("Text"), ..Self::default() };
        for control in &config.controls {
            if flag(&control.attributes, "perRegion") || flag(&control.attributes, "perItem") {
                // Answers about one region are carried through as they are; they have no editor yet.
                continue;
            }
            kit.add(control);
        }
        kit.give_keys();
        kit
    }

    fn add(&mut self, control: &Control) {
        let attributes = &control.attributes;
        let on = |objects: &[String]| control.to_names.iter().any(|name| objects.contains(name));
        if let Some((kind, joined)) = ShapeKind::of_tag(&control.tag) {
            if !on(&self.images) {
                return;
            }
            let width = attribute(attributes, "strokeWidth").and_then(|w| w.parse::<f64>().ok());
            self.shapes.push(ShapeControl {
                name: control.name.clone(),
                item_type: control.tag.to_ascii_lowercase(),
                kind,
                joined,
                to_names: control.to_names.clone(),
                snap_pixel: attribute(attributes, "snap") == Some("pixel"),
                can_rotate: attribute(attributes, "canRotate") != Some("false"),
                point_width: width.filter(|w| (0.05..=20.0).contains(w)).unwrap_or(0.5),
            });
            if joined {
                self.add_labels(control, Some(kind));
            }
        } else if control.tag == "Labels" && (on(&self.images) || on(&self.texts)) {
            self.label_sets.push((control.name.clone(), control.to_names.clone()));
            self.add_labels(control, None);
        } else if let Some(kind) = question_kind(control)
            && let Some(to_name) = control.to_names.first()
        {
            let mut choices = Vec::new();
            if matches!(kind, QuestionKind::Choices { .. }) {
                flatten(&control.labels, &mut Vec::new(), &mut choices);
            }
            self.questions.push(Question {
                name: control.name.clone(),
                to_name: to_name.clone(),
                item_type: control.tag.to_ascii_lowercase(),
                kind,
                choices,
            });
        }
    }

    fn add_labels(&mut self, control: &Control, kind: Option<ShapeKind>) {
        let multiple = attribute(&control.attributes, "choice") == Some("multiple");
        for label in &control.labels {
            let color = label.background.as_deref().and_then(safe_color);
            self.labels.push(LabelChoice {
                control: control.name.clone(),
                value: stored(label).to_owned(),
                text: label.value.clone(),
                hint: label.hint.clone(),
                color: color.unwrap_or_else(|| PALETTE[self.labels.len() % PALETTE.len()].to_owned()),
                key: label.hotkey.as_deref().and_then(single_key),
                to_names: control.to_names.clone(),
                kind,
                multiple,
                selected: label.selected,
            });
        }
    }

    /// Keys people wrote come first; the rest are given in order as far as they last. A key is given once.
    fn give_keys(&mut self) {
        let labels = self.labels.iter_mut().map(|label| &mut label.key);
        let choices = self.questions.iter_mut().flat_map(|q| q.choices.iter_mut().map(|choice| &mut choice.key));
        let mut slots: Vec<&mut Option<char>> = labels.chain(choices).collect();
        let mut taken: Vec<char> = Vec::new();
        for slot in &mut slots {
            match **slot {
                Some(key) if taken.contains(&key) => **slot = None,
                Some(key) => taken.push(key),
                None => {}
            }
        }
        let mut free = AUTOMATIC_KEYS.chars().filter(|key| !taken.contains(key));
        for slot in slots.into_iter().filter(|slot| slot.is_none()) {
            *slot = free.next();
        }
    }

    /// The label of a control by what it stores.
    #[must_use]
    pub fn label(&self, control: &str, value: &str) -> Option<&LabelChoice> {
        self.labels.iter().find(|label| label.control == control && label.value == value)
    }

    /// The control that draws, by name.
    #[must_use]
    pub fn shape(&self, name: &str) -> Option<&ShapeControl> {
        self.shapes.iter().find(|shape| shape.name == name)
    }

    /// The question of that name.
    #[must_use]
    pub fn question(&self, name: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.name == name)
    }

    /// Whether anything can draw `kind`.
    #[must_use]
    pub fn draws(&self, kind: ShapeKind) -> bool {
        self.shapes.iter().any(|shape| shape.kind == kind)
    }
}

/// A hotkey of one character; longer combinations are not offered.
fn single_key(written: &str) -> Option<char> {
    let mut chars = written.trim().chars();
    let key = chars.next()?.to_lowercase().next()?;
    chars.next().is_none().then_some(key)
}

fn question_kind(control: &Control) -> Option<QuestionKind> {
    let attributes = &control.attributes;
    let number = |name: &str| attribute(attributes, name).and_then(|n| n.parse::<f64>().ok()).filter(|n| n.is_finite());
    Some(match control.tag.as_str() {
        "Choices" => QuestionKind::Choices {
            multiple: attribute(attributes, "choice") == Some("multiple"),
            nested_paths: flag(attributes, "allowNested"),
        },
        "Rating" => QuestionKind::Rating {
            max: attribute(attributes, "maxRating").and_then(|n| n.parse().ok()).unwrap_or(5).clamp(1, 100),
        },
        "Number" => QuestionKind::Number { min: number("min"), max: number("max"), step: number("step") },
        "TextArea" => QuestionKind::TextArea {
            max_submissions: attribute(attributes, "maxSubmissions").and_then(|n| n.parse().ok()).filter(|n| *n > 0),
        },
        _ => return None,
    })
}

fn flatten(labels: &[Label], path: &mut Vec<String>, into: &mut Vec<ChoiceEntry>) {
    for label in labels {
        path.push(stored(label).to_owned());
        into.push(ChoiceEntry {
            path: path.clone(),
            text: label.value.clone(),
            key: label.hotkey.as_deref().and_then(single_key),
            is_group: !label.children.is_empty(),
        });
        flatten(&label.children, path, into);
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::config;

    #[test]
    fn keys_are_given_once_and_written_ones_first() {
        let kit = Kit::new(&config::boxes_and_choices());
        let keys: Vec<_> = kit.labels.iter().map(|label| (label.value.as_str(), label.key)).collect();
        assert_eq!(keys, [("Cat", Some('1')), ("Dog", Some('w')), ("Cat", Some('2')), ("Eye", Some('3'))]);
        let choice_keys: Vec<_> = kit.questions[0].choices.iter().map(|c| c.key).collect();
        assert_eq!(choice_keys, [Some('4'), Some('5'), Some('6')]);
    }

    #[test]
    fn colors_cannot_carry_anything_else() {
        assert_eq!(safe_color(" #ff0 "), Some("#ff0".to_owned()));
        assert_eq!(safe_color("rgba(1, 2, 3, .5)"), Some("rgba(1, 2, 3, .5)".to_owned()));
        assert_eq!(safe_color("red; background: x"), None);
        assert_eq!(safe_color("url(http)"), None);
        assert_eq!(safe_color(""), None);
    }
}
