//! YOLO: one text file per image, numbers from 0 to 1, and what a trainer needs to find them.
//!
//! A box is `class cx cy w h`, a polygon `class x1 y1 …`, a box with key points `class cx cy w h (x y v)…`. An image
//! someone looked at and found empty has an empty file; an image nobody labeled has none.

mod plain;

use std::{collections::BTreeMap, fmt::Write as _, io};

use serde_json::json;

use super::{
    ExportTask, Exporter, Manifest, Sink,
    image::{CLASS_TAGS, Classes, Images, Labeled, Picture, keypoint_names, tidy},
    write_json,
};
use crate::{
    label_config::LabelConfig,
    region::{Bounds, ImagePoint, ImageSize, Mask, Shape},
};

/// How far the outline of a mask may be from its pixels.
const MASK_TOLERANCE: f64 = 0.5;

/// What a line of a label file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Boxes, polygons, and boxes with key points, as they were drawn.
    AsDrawn,
    /// Upright boxes.
    Detect,
    /// Polygons.
    Segment,
    /// Boxes with key points.
    Pose,
    /// The corners of boxes.
    Obb,
}

/// Writes YOLO.
pub(super) struct Yolo {
    kind: Kind,
    manifest: Manifest,
    images: Images,
    classes: Classes,
    /// YOLO counts classes without gaps, COCO categories may have some.
    dense: BTreeMap<i64, usize>,
    keypoints: Vec<String>,
    with_images: bool,
    boxes: u64,
    polygons: u64,
}

impl Yolo {
    pub(super) fn begin(manifest: Manifest, config: &LabelConfig, all: bool, kind: Kind, with_images: bool) -> Self {
        let has_points = matches!(kind, Kind::AsDrawn | Kind::Pose);
        let classes = Classes::of(config, &CLASS_TAGS);
        let dense = classes.iter().enumerate().map(|(index, (number, _))| (*number, index)).collect();
        Self {
            kind,
            manifest,
            images: Images::new(config, all),
            classes,
            dense,
            keypoints: if has_points { keypoint_names(config) } else { Vec::new() },
            with_images,
            boxes: 0,
            polygons: 0,
        }
    }

    /// The class of a label; one that is not part of the interface comes behind all others.
    fn class(&mut self, label: &str) -> usize {
        let number = self.classes.number(label);
        let next = self.dense.len();
        *self.dense.entry(number).or_insert(next)
    }

    fn lines(&mut self, task: i64, picture: &Picture) -> String {
        let mut text = String::new();
        let Some(size) = picture.size else { return text };
        for region in &picture.regions {
            let parts = match (self.kind, &region.shape) {
                (Kind::Detect, _) => self.upright(task, region, size).into_iter().collect(),
                (Kind::Obb, _) => self.corners(task, region, size).into_iter().collect(),
                (Kind::Segment, _) => self.polygons(task, region, size),
                (_, Shape::Mask(mask)) => self.mask(task, mask, size),
                _ => self.numbers(task, region, picture, size).into_iter().collect(),
            };
            for label in &region.labels {
                let class = self.class(label);
                for numbers in &parts {
                    let _infallible = write!(text, "{class}");
                    for number in numbers {
                        let _infallible = write!(text, " {}", tidy(*number, 1e10));
                    }
                    text.push('\n');
                }
                self.manifest.results += u64::from(!parts.is_empty());
            }
        }
        text
    }

    fn numbers(&mut self, task: i64, region: &Labeled, picture: &Picture, size: ImageSize) -> Option<Vec<f64>> {
        match &region.shape {
            Shape::KeyPoint(_) => {
                let is_parent = |other: &Labeled| {
                    Some(&other.id) == region.parent.as_ref() && matches!(other.shape, Shape::Rect(_))
                };
                if !picture.regions.iter().any(is_parent) {
                    let message =
                        "Key points need a box that encloses them (their parent region); others were left out.";
                    self.manifest.lose(task, 1, "keypoint_without_box", message);
                }
                None
            }
            Shape::Polygon(_) | Shape::Vector(_) => self.drawn_outline(task, &region.shape, size),
            Shape::Rect(_) | Shape::Ellipse(_) => {
                if matches!(&region.shape, Shape::Rect(rect) if rect.rotation.rem_euclid(360.0) != 0.0) {
                    let message = "YOLO boxes cannot be rotated: rotated boxes are written as their axis-aligned hull.";
                    self.manifest.lose(task, 1, "rotation_lost", message);
                }
                if matches!(region.shape, Shape::Ellipse(_)) {
                    self.manifest.lose(task, 1, "ellipse_as_box", "Ellipses are written as the box around them.");
                }
                let hull = region.shape.bounds()?;
                let inside = Bounds { min: size.clamp(hull.min), max: size.clamp(hull.max) };
                if inside.width() <= 0.0 || inside.height() <= 0.0 {
                    self.manifest.lose(task, 1, "outside", "Boxes that lie outside their image were left out.");
                    return None;
                }
                self.clipped(task, inside != hull);
                self.boxes += 1;
                let center = inside.center();
                let mut numbers = vec![
                    center.x / size.width,
                    center.y / size.height,
                    inside.width() / size.width,
                    inside.height() / size.height,
                ];
                self.add_keypoints(region, picture, size, &mut numbers);
                Some(numbers)
            }
            // Masks are written part by part, and only shapes on the image come here.
            _ => None,
        }
    }

    /// The outline of a polygon or a vector.
    fn drawn_outline(&mut self, task: i64, shape: &Shape, size: ImageSize) -> Option<Vec<f64>> {
        match shape {
            Shape::Polygon(polygon) => {
                if polygon.points.len() < 3 {
                    let message = "Polygons of fewer than three points have no area and were left out.";
                    self.manifest.lose(task, 1, "polygon_too_short", message);
                    return None;
                }
                let message = "Holes of polygons are filled: YOLO has outlines only.";
                self.manifest.lose(task, polygon.holes.len() as u64, "polygon_hole_filled", message);
                self.outline(task, &polygon.points, size)
            }
            Shape::Vector(vector) => match vector.outline() {
                Some(outline) => self.outline(task, &outline.points, size),
                None => {
                    let message = "Open and branching vectors have no inside and were left out.";
                    self.manifest.lose(task, 1, "vector_open", message);
                    None
                }
            },
            _ => None,
        }
    }

    /// Each part of a mask as a polygon.
    fn mask(&mut self, task: i64, mask: &Mask, size: ImageSize) -> Vec<Vec<f64>> {
        if self.is_pose(task) {
            return Vec::new();
        }
        let contours = mask.contours();
        let holes = contours.iter().filter(|contour| contour.is_hole).count() as u64;
        let message = "Holes of masks are filled: YOLO has outlines only.";
        self.manifest.lose(task, holes, "mask_hole_filled", message);
        let outer: Vec<_> = contours.into_iter().filter(|contour| !contour.is_hole).collect();
        let parts = (outer.len() as u64).saturating_sub(1);
        let message = "Masks in several parts are written as several objects.";
        self.manifest.lose(task, parts, "mask_in_parts", message);
        if outer.is_empty() {
            let message = "Regions without any point or pixel were left out.";
            self.manifest.lose(task, 1, "nothing_drawn", message);
        } else {
            let message = "Masks are written as polygons, within half a pixel.";
            self.manifest.lose(task, 1, "mask_as_polygon", message);
        }
        outer
            .iter()
            .filter_map(|contour| self.outline(task, &contour.ring.simplified(MASK_TOLERANCE).points, size))
            .collect()
    }

    fn outline(&mut self, task: i64, points: &[ImagePoint], size: ImageSize) -> Option<Vec<f64>> {
        if self.is_pose(task) {
            return None;
        }
        self.polygons += 1;
        let outside = points.iter().any(|point| !size.contains(*point));
        self.clipped(task, outside);
        Some(plain::fractions(points, size))
    }

    /// Whether only boxes and their key points can be written; counts the region that cannot.
    fn is_pose(&mut self, task: i64) -> bool {
        let is_pose = !self.keypoints.is_empty();
        let message = "With key points in the interface this is a pose data set; polygons and masks were left out.";
        self.manifest.lose(task, u64::from(is_pose), "polygon_in_pose", message);
        is_pose
    }

    fn clipped(&mut self, task: i64, happened: bool) {
        let message = "Shapes that reach beyond their image were cut at its edge.";
        self.manifest.lose(task, u64::from(happened), "clipped", message);
    }

    fn add_keypoints(&mut self, region: &Labeled, picture: &Picture, size: ImageSize, numbers: &mut Vec<f64>) {
        let first = numbers.len();
        numbers.resize(first + self.keypoints.len() * 3, 0.0);
        if region.id.is_empty() {
            return;
        }
        for child in picture.regions.iter().filter(|child| child.parent.as_deref() == Some(&region.id)) {
            let Shape::KeyPoint(point) = &child.shape else { continue };
            let known = child.labels.iter().find_map(|label| self.keypoints.iter().position(|name| name == label));
            if let Some(index) = known {
                let at = first + index * 3;
                let inside = size.clamp(point.point());
                numbers[at..at + 3].copy_from_slice(&[inside.x / size.width, inside.y / size.height, 2.0]);
                self.manifest.results += 1;
            }
        }
    }

    /// Class names in the order of their numbers.
    fn names(&self) -> Vec<&str> {
        let mut names: Vec<(usize, &str)> = self
            .classes
            .iter()
            .filter_map(|(number, name)| self.dense.get(number).map(|index| (*index, name.as_str())))
            .collect();
        names.sort_unstable();
        names.into_iter().map(|(_, name)| name).collect()
    }
}

impl Exporter for Yolo {
    fn pictures(&self, task: &ExportTask) -> Vec<String> {
        if self.with_images { self.images.wanted(task) } else { Vec::new() }
    }

    fn task(&mut self, task: &ExportTask, sink: &mut dyn Sink) -> io::Result<()> {
        for sheet in self.images.read(task, &mut self.manifest) {
            let picture = self.images.picture(task.id, sheet, &mut self.manifest, sink)?;
            if self.with_images {
                picture.copy(task.id, &mut self.manifest, sink)?;
            }
            if picture.labeled {
                let text = self.lines(task.id, &picture);
                sink.begin(&format!("labels/{}.txt", picture.stem()))?;
                sink.write(text.as_bytes())?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, sink: &mut dyn Sink) -> io::Result<Manifest> {
        if self.boxes > 0 && self.polygons > 0 {
            let message = "Boxes and polygons stand side by side; most trainers want one kind only.";
            self.manifest.lose(0, self.boxes.min(self.polygons), "mixed_kinds", message);
        }
        let names = self.names();
        let mut text: String = names.iter().flat_map(|name| [name, "\n"]).collect();
        sink.begin("classes.txt")?;
        sink.write(text.as_bytes())?;

        text.clear();
        text.push_str("path: .\ntrain: images\nval: images\n");
        if !self.keypoints.is_empty() {
            let _infallible = writeln!(text, "kpt_shape: [{}, 3]", self.keypoints.len());
        }
        let _infallible = writeln!(text, "nc: {}\nnames:", names.len());
        for (index, name) in names.iter().enumerate() {
            // A JSON string is a YAML string.
            let _infallible = writeln!(text, "  {index}: {}", serde_json::to_string(name)?);
        }
        sink.begin("data.yaml")?;
        sink.write(text.as_bytes())?;

        let categories: Vec<_> = names.iter().enumerate().map(|(id, name)| json!({"id": id, "name": name})).collect();
        sink.begin("notes.json")?;
        write_json(sink, &json!({"categories": categories, "info": {"version": "1.0", "contributor": "Synapse"}}))?;

        let manifest = self.manifest.sorted();
        sink.begin("manifest.json")?;
        write_json(sink, &manifest)?;
        Ok(manifest)
    }
}
