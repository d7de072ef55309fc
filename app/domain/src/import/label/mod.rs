//! Labels that other programs wrote: COCO, YOLO, Pascal VOC, `CoNLL`. What they say becomes results of the controls that the
//! labeling interface has for it.

pub(super) mod coco;
pub(super) mod conll;
pub(super) mod voc;
pub mod yolo;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{NewAnnotation, NewPrediction, NewTask};
use crate::{
    label_config::LabelConfig,
    region::{ImageSize, RotatedRect, Shape},
    result::{Region, ResultItem},
};

/// What imported labels become.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelsAs {
    /// Proposals for people to check.
    #[default]
    Predictions,
    /// Finished work.
    Annotations,
}

impl LabelsAs {
    /// As the database writes it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Predictions => "predictions",
            Self::Annotations => "annotations",
        }
    }

    /// What the database wrote.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Predictions, Self::Annotations].into_iter().find(|labels| labels.code() == code)
    }
}

/// Where labels go: the labeling interface, and what they become.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// The interface of the project.
    pub config: LabelConfig,
    /// What they become.
    pub labels_as: LabelsAs,
    /// Whether media came along: then rows mean those, rather than the addresses that they name beside them.
    pub has_media: bool,
}

/// The control a label belongs to.
struct Place {
    from_name: String,
    to_name: String,
    item_type: String,
}

impl Target {
    /// The field of a task that shows what is labeled, by the tag that shows it.
    fn field(&self, tag: &str, otherwise: &str) -> String {
        let object = self.config.objects.iter().find(|object| object.tag == tag && object.field.is_some());
        object.and_then(|object| object.field.clone()).unwrap_or_else(|| otherwise.to_owned())
    }

    /// Whether the interface asks for any of this.
    fn asks(&self, tags: &[&str]) -> bool {
        self.config.controls.iter().any(|control| tags.contains(&control.tag.as_str()))
    }

    /// The control of the first of these tags that offers the label, else that there is; for an interface without one the
    /// control is called after its tag.
    fn place(&self, tags: &[&'static str], object: &str, label: &str) -> Place {
        let of = |tag: &'static str| {
            self.config.controls.iter().filter(move |control| control.tag == tag).filter(move |control| {
                control.to_names.iter().any(|name| self.config.object(name).is_some_and(|shown| shown.tag == object))
            })
        };
        let offers = tags.iter().find_map(|tag| {
            of(tag).find(|control| control.labels.iter().any(|known| known.stored() == label || known.value == label))
        });
        let control = offers.or_else(|| tags.iter().find_map(|tag| of(tag).next()));
        match control {
            Some(control) => Place {
                from_name: control.name.clone(),
                to_name: control.to_names.first().cloned().unwrap_or_default(),
                item_type: control.tag.to_ascii_lowercase(),
            },
            None => {
                let shown = self.config.objects.iter().find(|shown| shown.tag == object);
                Place {
                    from_name: "label".to_owned(),
                    to_name: shown.map_or_else(|| object.to_ascii_lowercase(), |shown| shown.name.clone()),
                    item_type: tags.first().map(|tag| tag.to_ascii_lowercase()).unwrap_or_default(),
                }
            }
        }
    }

    /// A region on an image.
    fn on_image(&self, id: usize, shape: Shape, label: &str, size: ImageSize) -> ResultItem {
        let tags: &[&'static str] = match &shape {
            Shape::Rect(_) => &["RectangleLabels"],
            Shape::Polygon(_) => &["PolygonLabels"],
            Shape::KeyPoint(_) => &["KeyPointLabels"],
            _ => &["BrushLabels", "BitmaskLabels"],
        };
        let Place { from_name, to_name, item_type } = self.place(tags, "Image", label);
        let region = Region {
            id: format!("r{}", id + 1),
            from_name,
            to_name,
            item_type,
            shape,
            labels: vec![label.to_owned()],
            size: Some(size),
            source: None,
        };
        region.to_item()
    }

    /// A task that shows `value`, with its labels.
    fn task(&self, field: String, value: String, result: Vec<ResultItem>, meta: Option<Map<String, Value>>) -> NewTask {
        self.labeled(field, value, Some(result), meta)
    }

    /// The same; nobody has labeled it where there is no result.
    fn labeled(
        &self,
        field: String,
        value: String,
        result: Option<Vec<ResultItem>>,
        meta: Option<Map<String, Value>>,
    ) -> NewTask {
        let mut task = NewTask { data: Map::from_iter([(field, Value::from(value))]), meta, ..NewTask::default() };
        if let Some(result) = result {
            match self.labels_as {
                LabelsAs::Annotations => task.annotations.push(NewAnnotation { result, ..NewAnnotation::default() }),
                // Whoever proposes nothing makes no proposal.
                LabelsAs::Predictions if result.is_empty() => {}
                LabelsAs::Predictions => {
                    let scores = result.iter().map(|item| item.score().unwrap_or(1.0));
                    let has_scores = result.iter().any(|item| item.score().is_some());
                    let score = scores.fold(1.0, f64::min);
                    let score = has_scores.then_some(score);
                    let model_version = Some("imported".to_owned());
                    task.predictions.push(NewPrediction { result, score, model_version });
                }
            }
        }
        task
    }
}

/// The box with these corners, if they are those of one: sides at right angles, within a thousandth.
fn as_rectangle(corners: &[[f64; 2]; 4]) -> Option<RotatedRect> {
    let [a, b, c, d] = *corners;
    let along = [b[0] - a[0], b[1] - a[1]];
    let down = [d[0] - a[0], d[1] - a[1]];
    let (width, height) = (along[0].hypot(along[1]), down[0].hypot(down[1]));
    let slack = 2e-3 * (width + height) + 1e-6;
    let closes = (c[0] - a[0] - along[0] - down[0]).hypot(c[1] - a[1] - along[1] - down[1]) <= slack;
    let straight = (along[0] * down[0] + along[1] * down[1]).abs() <= slack * width.max(height);
    // Clockwise on a screen, where y points down.
    let clockwise = along[0] * down[1] - along[1] * down[0] > 0.0;
    if !(closes && straight && clockwise && width > 0.0 && height > 0.0) {
        return None;
    }
    let degrees = along[1].atan2(along[0]).to_degrees().rem_euclid(360.0);
    // A turn by a millionth of a degree is none.
    let degrees = (degrees * 1e6).round() / 1e6;
    let rotation = if degrees >= 360.0 { 0.0 } else { degrees };
    Some(RotatedRect { x: a[0], y: a[1], width, height, rotation })
}

#[cfg(test)]
mod tests;
