//! What is kept beside a result, so that it can be found and counted without reading its JSON: a row per item with what
//! filters ask for, and how often each control and each label was used.
//!
//! Submitting, changing and importing all go through here, so work counts the same whichever way it came.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    region::Shape,
    result::{Region, ResultItem},
};

/// How many names one map of counts may have; made-up ones beyond that are not counted.
pub const MAX_COUNTED_NAMES: usize = 10_000;

/// One item of a result, as filters see it. The names are those of the table.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RegionRow {
    /// Its place in the result, from 0.
    pub position: i32,
    /// The id that items about the same region share; empty where absent.
    pub region_key: String,
    /// The control that made it.
    pub from_name: String,
    /// The object it is about.
    pub to_name: String,
    /// Such as `rectanglelabels`.
    #[serde(rename = "type")]
    pub item_type: String,
    /// Labels; choices and entries of a tree with the parts of a nested one separated by `/`; or the side of a pair.
    pub labels: Vec<String>,
    /// Left edge of the bounding box, in pixels of the original image; this and the next are absent where there is none.
    pub x: Option<f64>,
    /// Upper edge, in pixels.
    pub y: Option<f64>,
    /// In pixels.
    pub width: Option<f64>,
    /// In pixels.
    pub height: Option<f64>,
    /// In square pixels.
    pub area: Option<f64>,
}

impl RegionRow {
    /// The row of the item at `position`. A malformed region has a row too; it only has no extent.
    #[must_use]
    pub fn of(position: usize, item: &ResultItem) -> Self {
        let shape = Region::from_item(item, None).ok().flatten().map(|region| region.shape);
        let bounds = shape.as_ref().and_then(Shape::bounds);
        Self {
            position: i32::try_from(position).unwrap_or(i32::MAX),
            region_key: item.id().to_owned(),
            from_name: item.from_name().to_owned(),
            to_name: item.to_name().to_owned(),
            item_type: item.item_type().to_owned(),
            labels: names(item),
            x: bounds.map(|bounds| bounds.min.x),
            y: bounds.map(|bounds| bounds.min.y),
            width: bounds.map(|bounds| bounds.width()),
            height: bounds.map(|bounds| bounds.height()),
            area: bounds.and(shape.as_ref()).map(Shape::area),
        }
    }

    /// The rows of a result.
    #[must_use]
    pub fn all(result: &[ResultItem]) -> Vec<Self> {
        result.iter().enumerate().map(|(position, item)| Self::of(position, item)).collect()
    }
}

/// What was said: choices and entries of a tree as paths, the side of a pair, or labels.
fn names(item: &ResultItem) -> Vec<String> {
    let joined = |paths: Vec<Vec<&str>>| paths.into_iter().map(|path| path.join("/")).collect();
    match item.item_type() {
        "choices" => joined(item.choices()),
        "taxonomy" => joined(item.taxonomy()),
        "pairwise" => item.selected_side().map(str::to_owned).into_iter().collect(),
        _ => item.labels().into_iter().map(str::to_owned).collect(),
    }
}

/// Changes of counts, up and down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Items in all.
    pub items: i64,
    /// By `from_name|to_name|type`.
    controls: BTreeMap<String, i64>,
    /// By control, then by label.
    labels: BTreeMap<String, BTreeMap<String, i64>>,
}

impl Tally {
    /// Counts the items of a result: `by` is 1 for those that came and −1 for those that went.
    pub fn add(&mut self, result: &[ResultItem], by: i64) {
        for item in result {
            self.items += by;
            let name = format!("{}|{}|{}", item.from_name(), item.to_name(), item.item_type());
            *self.controls.entry(name).or_default() += by;
            let names = names(item);
            if !names.is_empty() {
                let of_control = self.labels.entry(item.from_name().to_owned()).or_default();
                for label in names {
                    *of_control.entry(label).or_default() += by;
                }
            }
        }
    }

    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.controls.is_empty()
    }

    /// `{"from_name|to_name|type": how many more}`, without those that are as many as before.
    #[must_use]
    pub fn controls(&self) -> Value {
        changed(&self.controls).into()
    }

    /// `{"from_name": {"label": how many more}}`, without those that are as many as before.
    #[must_use]
    pub fn labels(&self) -> Value {
        let controls = self.labels.iter().map(|(control, labels)| (control, changed(labels)));
        let controls = controls.filter(|(_, labels)| !labels.is_empty());
        controls.map(|(control, labels)| (control.clone(), labels.into())).collect::<Map<_, Value>>().into()
    }

    /// `{"from_name": {"label": count}}` after the change.
    #[must_use]
    pub fn labels_after(&self, before: Value) -> Value {
        let mut counts = object(before);
        for (control, changes) in &self.labels {
            if !counts.contains_key(control) && counts.len() >= MAX_COUNTED_NAMES {
                continue;
            }
            let mut of_control = object(counts.remove(control).unwrap_or_default());
            change(&mut of_control, changes);
            if !of_control.is_empty() {
                counts.insert(control.clone(), of_control.into());
            }
        }
        counts.into()
    }
}

fn object(json: Value) -> Map<String, Value> {
    if let Value::Object(map) = json { map } else { Map::new() }
}

fn changed(counts: &BTreeMap<String, i64>) -> Map<String, Value> {
    counts.iter().filter(|(_, by)| **by != 0).map(|(name, by)| (name.clone(), (*by).into())).collect()
}

fn change(counts: &mut Map<String, Value>, changes: &BTreeMap<String, i64>) {
    for (name, by) in changes {
        let before = counts.get(name).and_then(Value::as_i64);
        let now = before.unwrap_or(0) + by;
        if now <= 0 {
            counts.remove(name);
        } else if before.is_some() || counts.len() < MAX_COUNTED_NAMES {
            counts.insert(name.clone(), now.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn result(items: Value) -> Vec<ResultItem> {
        ResultItem::list_from_json(items).unwrap()
    }

    fn mixed() -> Vec<ResultItem> {
        result(json!([
            {"id": "a", "from_name": "box", "to_name": "img", "type": "rectanglelabels", "original_width": 200,
                "original_height": 100, "value": {"x": 10, "y": 10, "width": 50, "height": 20, "rotation": 0,
                "rectanglelabels": ["Cat", "Pet"]}},
            {"id": "b", "from_name": "box", "to_name": "img", "type": "rectanglelabels", "value": {"x": "?",
                "rectanglelabels": ["Cat"]}},
            {"from_name": "mood", "to_name": "img", "type": "choices", "value": {"choices": ["good", ["bad", "very"]]}},
            {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"}
        ]))
    }

    #[test]
    fn every_item_has_its_row() {
        let rows = RegionRow::all(&mixed());
        let told: Vec<_> =
            rows.iter().map(|row| (row.position, row.item_type.as_str(), row.labels.join(", "))).collect();
        assert_eq!(
            told,
            [
                (0, "rectanglelabels", "Cat, Pet".to_owned()),
                (1, "rectanglelabels", "Cat".to_owned()),
                (2, "choices", "good, bad/very".to_owned()),
                (3, "relation", String::new())
            ]
        );
        let extent = |row: &RegionRow| (row.x, row.y, row.width, row.height, row.area);
        assert_eq!(extent(&rows[0]), (Some(20.0), Some(10.0), Some(100.0), Some(20.0), Some(2000.0)));
        assert_eq!(extent(&rows[1]), (None, None, None, None, None));
        assert_eq!((rows[0].region_key.as_str(), rows[3].from_name.as_str()), ("a", ""));
    }

    #[test]
    fn masks_and_vectors_have_an_extent_and_things_beside_images_have_labels() {
        let mut mask = crate::region::Mask::new(200, 100).unwrap();
        mask.fill((10..20).map(|y| (y, 30, 70)), true);
        let on_image = |kind: &str, value: Value| json!({"from_name": "c", "to_name": "img", "type": kind, "original_width": 200, "original_height": 100, "value": value});
        let corner = |x: f64, y: f64| json!({"x": x, "y": y});
        let rows = RegionRow::all(&result(json!([
            on_image("brushlabels", json!({"format": "rle", "rle": mask.to_rle(), "brushlabels": ["Sky"]})),
            on_image("brushlabels", json!({"format": "rle", "rle": [0, 0, 1], "brushlabels": ["Sky"]})),
            on_image("vectorlabels", json!({"vertices": [corner(0.0, 0.0), corner(50.0, 0.0), corner(50.0, 50.0)],
                "closed": true, "vectorlabels": ["Roof"]})),
            {"from_name": "c", "to_name": "film", "type": "videorectangle", "value": {"labels": ["Car"],
                "sequence": [{"frame": 1, "x": 1, "y": 1, "width": 1, "height": 1}]}},
            {"from_name": "c", "to_name": "sound", "type": "labels", "value": {"start": 0.5, "end": 2, "labels": ["Speech"]}}
        ])));
        let extents: Vec<_> = rows.iter().map(|row| (row.x, row.y, row.width, row.height, row.area)).collect();
        let none = (None, None, None, None, None);
        assert_eq!(extents[0], (Some(30.0), Some(10.0), Some(40.0), Some(10.0), Some(400.0)));
        assert_eq!(extents[2], (Some(0.0), Some(0.0), Some(100.0), Some(50.0), Some(2500.0)));
        assert_eq!([extents[1], extents[3], extents[4]], [none; 3]);
        let labels: Vec<_> = rows.iter().map(|row| row.labels.join(", ")).collect();
        assert_eq!(labels, ["Sky", "Sky", "Roof", "Car", "Speech"]);
    }

    #[test]
    fn entries_of_a_tree_and_sides_of_a_pair_are_found_and_counted() {
        let items = result(json!([
            {"from_name": "kind", "to_name": "text", "type": "taxonomy", "value": {"taxonomy": [["Home", "Kitchen"], ["Office"]]}},
            {"from_name": "better", "to_name": "left", "type": "pairwise", "value": {"selected": "right"}},
            {"from_name": "kind", "to_name": "text", "type": "taxonomy", "value": {"taxonomy": "?"}}
        ]));
        let labels: Vec<_> = RegionRow::all(&items).into_iter().map(|row| row.labels).collect();
        assert_eq!(labels, [vec!["Home/Kitchen", "Office"], vec!["right"], vec![]]);
        let mut came = Tally::default();
        came.add(&items, 1);
        assert_eq!(
            came.labels_after(Value::Null),
            json!({"kind": {"Home/Kitchen": 1, "Office": 1}, "better": {"right": 1}})
        );
    }

    #[test]
    fn what_goes_takes_its_counts_with_it() {
        let mut came = Tally::default();
        came.add(&mixed(), 1);
        came.add(&mixed(), 1);
        assert_eq!(came.items, 8);
        let labels = came.labels_after(json!({"old": {"x": 1}}));
        assert_eq!(came.controls(), json!({"box|img|rectanglelabels": 4, "mood|img|choices": 2, "||relation": 2}));
        assert_eq!(came.labels(), json!({"box": {"Cat": 4, "Pet": 2}, "mood": {"bad/very": 2, "good": 2}}));
        assert_eq!(labels, json!({"old": {"x": 1}, "box": {"Cat": 4, "Pet": 2}, "mood": {"bad/very": 2, "good": 2}}));
        let mut went = Tally::default();
        went.add(&mixed(), -2);
        assert_eq!(went.labels_after(labels), json!({"old": {"x": 1}}));
        assert_eq!(went.labels(), json!({"box": {"Cat": -4, "Pet": -2}, "mood": {"bad/very": -2, "good": -2}}));
        went.add(&mixed(), 2);
        assert_eq!((went.controls(), went.labels()), (json!({}), json!({})));
    }

    #[test]
    fn made_up_names_do_not_grow_without_end() {
        let mut tally = Tally::default();
        for number in 0..MAX_COUNTED_NAMES + 5 {
            let label = format!("label {number}");
            let item = json!([{"from_name": "l", "to_name": "t", "type": "labels", "value": {"labels": [label]}}]);
            tally.add(&result(item), 1);
        }
        let counts = tally.labels_after(json!({}));
        assert_eq!(counts["l"].as_object().unwrap().len(), MAX_COUNTED_NAMES);
    }
}
