//! Labels, and the controls that only give labels.

use domain::label_config::Control;
use domain::region::{Granularity, Shape};

use super::shape::ShapeKind;
use super::{safe_color, single_key};

/// Colors for labels that name none; chosen to differ for most color-blind people and on most photographs.
pub(super) const PALETTE: [&str; 12] = [
    "#e5484d", "#3e63dd", "#30a46c", "#f5a524", "#8e4ec6", "#12a5b8", "#d6409f", "#7ea83d", "#f76b15", "#0588f0",
    "#978365", "#6e56cf",
];

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
    /// The most regions it may be given to (`maxUsages`).
    pub most: Option<usize>,
    /// What a selection that gets it takes with it; as its object says where nothing is written.
    pub granularity: Option<Granularity>,
}

/// A control that gives labels to what is selected or drawn with another control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelSet {
    /// Its name.
    pub name: String,
    /// The `type` of its results.
    pub item_type: String,
    /// The objects it applies to.
    pub to_names: Vec<String>,
}

impl LabelSet {
    /// The control as one that only gives labels; `None` for any other.
    pub(super) fn of(control: &Control) -> Option<Self> {
        let is_known = matches!(
            control.tag.as_str(),
            "Labels" | "HyperTextLabels" | "ParagraphLabels" | "TimeSeriesLabels" | "TimelineLabels"
        );
        is_known.then(|| Self {
            name: control.name.clone(),
            item_type: control.tag.to_ascii_lowercase(),
            to_names: control.to_names.clone(),
        })
    }
}

impl LabelSet {
    /// Whether its results are pieces of this kind: stretches of a video have a control of their own.
    #[must_use]
    pub fn marks(&self, shape: &Shape) -> bool {
        match (self.item_type.as_str(), shape) {
            ("timelinelabels", shape) => matches!(shape, Shape::Frames(_)),
            ("timeserieslabels", shape) => matches!(shape, Shape::Series(_)),
            ("hypertextlabels", shape) => matches!(shape, Shape::HyperText(_) | Shape::Text(_)),
            ("paragraphlabels", shape) => matches!(shape, Shape::Paragraph(_)),
            (_, shape) => !matches!(shape, Shape::Frames(_)),
        }
    }
}

/// Adds the labels of a control. `kind` is the shape it draws.
pub(super) fn add(labels: &mut Vec<LabelChoice>, control: &Control, kind: Option<ShapeKind>) {
    let multiple = control.attribute("choice") == Some("multiple");
    let general = control.attribute("maxUsages").and_then(|most| most.trim().parse().ok());
    let of_control = control.attribute("granularity");
    for label in &control.labels {
        let color = label.background.as_deref().and_then(safe_color);
        labels.push(LabelChoice {
            control: control.name.clone(),
            value: label.stored().to_owned(),
            text: label.value.clone(),
            hint: label.hint.clone(),
            color: color.unwrap_or_else(|| PALETTE[labels.len() % PALETTE.len()].to_owned()),
            key: label.hotkey.as_deref().and_then(single_key),
            to_names: control.to_names.clone(),
            kind,
            multiple,
            selected: label.selected,
            most: label.max_usages.or(general),
            granularity: label.granularity.as_deref().or(of_control).map(Granularity::from_name),
        });
    }
}
