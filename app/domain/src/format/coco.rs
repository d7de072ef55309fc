//! COCO: images, categories and annotations in pixels.
//!
//! A rotated box keeps its place as axis-aligned hull, as COCO wants it, and its truth twice over: the four corners as
//! segmentation and the degrees under `attributes`. Key points hang on the box that encloses them (`parentID`). Masks are
//! run lengths down the columns, so that holes and separate parts stay what they are; so are polygons with holes.

use std::io::{self, BufWriter, Write};

use chrono::{DateTime, Datelike, Utc};
use serde_json::{Value, json};

use super::{
    ExportTask, Exporter, Manifest, Sink, Spill,
    image::{CLASS_TAGS, Classes, Images, Labeled, Picture, keypoint_names, pixels},
    moment, pour, write_json,
};
use crate::{
    label_config::LabelConfig,
    region::{Bounds, ImagePoint, ImageSize, Mask, Polygon, RotatedRect, Shape},
};

/// Corners of the polygon an ellipse becomes.
const ELLIPSE_CORNERS: u32 = 64;

/// Writes COCO.
pub(super) struct Coco {
    manifest: Manifest,
    images: Images,
    classes: Classes,
    keypoints: Vec<String>,
    /// Where an interface asks for key points and no boxes: the category of the one thing they are on in each image.
    pose: Option<String>,
    with_images: bool,
    image_rows: BufWriter<Box<dyn Spill>>,
    annotation_rows: BufWriter<Box<dyn Spill>>,
    image_count: u64,
    annotation_count: u64,
    newest: Option<DateTime<Utc>>,
}

impl Coco {
    pub(super) fn begin(
        manifest: Manifest,
        config: &LabelConfig,
        all: bool,
        with_images: bool,
        sink: &mut dyn Sink,
    ) -> io::Result<Self> {
        Ok(Self {
            manifest,
            images: Images::new(config, all),
            classes: Classes::of(config, &CLASS_TAGS),
            keypoints: keypoint_names(config),
            pose: pose(config),
            with_images,
            image_rows: BufWriter::new(sink.spill()?),
            annotation_rows: BufWriter::new(sink.spill()?),
            image_count: 0,
            annotation_count: 0,
            newest: None,
        })
    }

    fn image(&mut self, task: &ExportTask, picture: &Picture, sink: &mut dyn Sink) -> io::Result<()> {
        let mut file_name = picture.file_name.clone();
        if self.with_images {
            let path = format!("images/{file_name}");
            let copied = sink.copy_image(&picture.address, &path)?;
            let message = "Images that are not stored here were not copied; coco_url says where they are.";
            picture.count_copy(copied, task.id, &mut self.manifest, message);
            file_name = path;
        }
        if picture.size.is_none() {
            let message = "The size of these images is not known; it is written as 0.";
            self.manifest.lose(task.id, 1, "size_unknown", message);
        }
        let (width, height) = picture.size.map_or((0.0, 0.0), |size| (size.width, size.height));
        let mut row = json!({
            "width": whole(width),
            "height": whole(height),
            "id": self.image_count,
            "file_name": file_name,
            "coco_url": picture.address,
            "task_id": task.id,
        });
        if !picture.labeled {
            row["labeled"] = false.into();
        }
        add_row(&mut self.image_rows, self.image_count, &row)
    }

    fn region(&mut self, task: i64, region: &Labeled, picture: &Picture) -> io::Result<()> {
        let Some(hull) = region.shape.bounds() else {
            let message = "Regions without any point or pixel were left out.";
            self.manifest.lose(task, 1, "nothing_drawn", message);
            return Ok(());
        };
        let mut segmentation = json!([]);
        let mut attributes = None;
        let area = region.shape.area();
        match &region.shape {
            Shape::Rect(rect) if rect.rotation.rem_euclid(360.0) != 0.0 => {
                segmentation = ring(rect.corners());
                let upright = [rect.x, rect.y, rect.width, rect.height].map(pixels);
                attributes = Some(json!({"rotation": rect.rotation, "unrotated_bbox": upright}));
                let message =
                    "Rotated boxes are written as their axis-aligned hull; the corners and the degrees come along.";
                self.manifest.lose(task, 1, "rotation_as_hull", message);
            }
            Shape::Polygon(polygon) if polygon.points.len() < 3 => {
                let message = "Polygons of fewer than three points have no area and were left out.";
                self.manifest.lose(task, 1, "polygon_too_short", message);
                return Ok(());
            }
            Shape::Polygon(polygon) if !polygon.holes.is_empty() => match painted(polygon, picture.size) {
                Some(mask) => {
                    segmentation = runs(&mask);
                    let message = "Polygons with holes are written pixel by pixel.";
                    self.manifest.lose(task, 1, "polygon_as_mask", message);
                }
                None => {
                    segmentation = ring(polygon.points.iter().copied());
                    let message = "Holes of polygons on images of unknown size are filled.";
                    self.manifest.lose(task, 1, "polygon_hole_filled", message);
                }
            },
            Shape::Polygon(polygon) => segmentation = ring(polygon.points.iter().copied()),
            Shape::Ellipse(ellipse) => {
                segmentation = ring(around(&ellipse.frame()));
                let message = "Ellipses are written as polygons of 64 corners.";
                self.manifest.lose(task, 1, "ellipse_as_polygon", message);
            }
            Shape::KeyPoint(_) if self.pose.is_some() => return Ok(()),
            Shape::KeyPoint(_) => {
                self.lone_keypoint(task, region, picture);
                return Ok(());
            }
            Shape::Mask(mask) => segmentation = runs(mask),
            Shape::Vector(vector) => match vector.outline() {
                Some(outline) => segmentation = ring(outline.points),
                None => {
                    let message = "Open and branching vectors have no inside and were left out.";
                    self.manifest.lose(task, 1, "vector_open", message);
                    return Ok(());
                }
            },
            Shape::Rect(_) => {}
            // Only shapes on the image come here.
            _ => return Ok(()),
        }
        let bbox = [hull.min.x, hull.min.y, hull.width(), hull.height()].map(pixels);
        let keypoints = self.keypoints_of(region, picture);
        for label in &region.labels {
            let mut row = json!({
                "id": self.annotation_count,
                "image_id": self.image_count,
                "category_id": self.classes.number(label),
                "segmentation": segmentation,
                "bbox": bbox,
                "ignore": 0,
                "iscrowd": 0,
                "area": pixels(area),
            });
            if let Some(attributes) = &attributes {
                row["attributes"] = attributes.clone();
            }
            if let Some((points, count)) = &keypoints {
                row["keypoints"] = points.clone();
                row["num_keypoints"] = (*count).into();
            }
            add_row(&mut self.annotation_rows, self.annotation_count, &row)?;
            self.annotation_count += 1;
            self.manifest.results += 1;
        }
        Ok(())
    }

    /// The key points inside a box, three numbers each; `None` where it has none.
    fn keypoints_of(&self, region: &Labeled, picture: &Picture) -> Option<(Value, u64)> {
        if !matches!(region.shape, Shape::Rect(_)) || region.id.is_empty() {
            return None;
        }
        let mut points = vec![0.0; self.keypoints.len() * 3];
        let mut count = 0;
        for child in picture.regions.iter().filter(|child| child.parent.as_deref() == Some(&region.id)) {
            let Shape::KeyPoint(point) = &child.shape else { continue };
            let Some(index) = child.labels.iter().find_map(|label| self.keypoints.iter().position(|n| n == label))
            else {
                continue;
            };
            points[index * 3..index * 3 + 3].copy_from_slice(&[pixels(point.x), pixels(point.y), 2.0]);
            count += 1;
        }
        (count > 0).then(|| (points.into(), count))
    }

    /// All key points of an image without boxes, in the box around them.
    fn pose(&mut self, task: i64, picture: &Picture) -> io::Result<()> {
        let Some(category) = self.pose.clone() else { return Ok(()) };
        let mut points = vec![0.0; self.keypoints.len() * 3];
        let (mut count, mut hull) = (0_u64, None::<Bounds>);
        for region in &picture.regions {
            let Shape::KeyPoint(point) = &region.shape else { continue };
            let index = region.labels.iter().find_map(|label| self.keypoints.iter().position(|name| name == label));
            let Some(index) = index.filter(|index| points[index * 3 + 2] == 0.0) else {
                let message = "An image without boxes has each key point once; others were left out.";
                self.manifest.lose(task, 1, "keypoint_twice", message);
                continue;
            };
            points[index * 3..index * 3 + 3].copy_from_slice(&[pixels(point.x), pixels(point.y), 2.0]);
            hull = region.shape.bounds().map(|bounds| hull.map_or(bounds, |hull| hull.union(bounds)));
            count += 1;
        }
        let Some(hull) = hull else { return Ok(()) };
        let bbox = [hull.min.x, hull.min.y, hull.width(), hull.height()].map(pixels);
        let row = json!({
            "id": self.annotation_count,
            "image_id": self.image_count,
            "category_id": self.classes.number(&category),
            "segmentation": [],
            "bbox": bbox,
            "ignore": 0,
            "iscrowd": 0,
            "area": pixels(hull.width() * hull.height()),
            "keypoints": points,
            "num_keypoints": count,
        });
        add_row(&mut self.annotation_rows, self.annotation_count, &row)?;
        self.annotation_count += 1;
        self.manifest.results += count;
        Ok(())
    }

    /// Counts a key point that is not part of a box, or of none the format can name.
    fn lone_keypoint(&mut self, task: i64, region: &Labeled, picture: &Picture) {
        let is_parent =
            |other: &Labeled| Some(&other.id) == region.parent.as_ref() && matches!(other.shape, Shape::Rect(_));
        let named = region.labels.iter().any(|label| self.keypoints.contains(label));
        if named && picture.regions.iter().any(is_parent) {
            self.manifest.results += 1;
        } else {
            let message = "Key points need a box that encloses them (their parent region); others were left out.";
            self.manifest.lose(task, 1, "keypoint_without_box", message);
        }
    }
}

/// The name of the control that asks for key points, where none asks for boxes.
fn pose(config: &LabelConfig) -> Option<String> {
    let has = |tags: &[&str]| config.controls.iter().find(|control| tags.contains(&control.tag.as_str()));
    let boxes = has(&["Rectangle", "RectangleLabels"]);
    has(&["KeyPointLabels"]).filter(|_| boxes.is_none()).map(|control| control.name.clone())
}

impl Exporter for Coco {
    fn pictures(&self, task: &ExportTask) -> Vec<String> {
        if self.with_images { self.images.wanted(task) } else { Vec::new() }
    }

    fn task(&mut self, task: &ExportTask, sink: &mut dyn Sink) -> io::Result<()> {
        for sheet in self.images.read(task, &mut self.manifest) {
            let picture = self.images.picture(task.id, sheet, &mut self.manifest, sink)?;
            self.newest = self.newest.max(picture.updated_at);
            self.image(task, &picture, sink)?;
            for region in &picture.regions {
                self.region(task.id, region, &picture)?;
            }
            self.pose(task.id, &picture)?;
            self.image_count += 1;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, sink: &mut dyn Sink) -> io::Result<Manifest> {
        sink.begin("result.json")?;
        sink.write(b"{\n\"images\": [")?;
        self.image_rows.flush()?;
        pour(self.image_rows.get_mut(), sink)?;
        sink.write(b"],\n\"categories\": ")?;
        let categories: Vec<Value> = self
            .classes
            .iter()
            .map(|(id, name)| {
                let mut category = json!({"id": id, "name": name});
                if !self.keypoints.is_empty() {
                    category["keypoints"] = self.keypoints.clone().into();
                    category["skeleton"] = json!([]);
                }
                category
            })
            .collect();
        write_json(sink, &categories)?;
        sink.write(b",\n\"annotations\": [")?;
        self.annotation_rows.flush()?;
        pour(self.annotation_rows.get_mut(), sink)?;
        sink.write(b"],\n\"info\": ")?;
        // The date of the newest answer rather than of the export, so that the same work gives the same file.
        let info = json!({
            "year": self.newest.map(|newest| newest.year()),
            "version": "1.0",
            "description": "",
            "contributor": "Synapse",
            "url": "",
            "date_created": self.newest.map(moment),
        });
        write_json(sink, &info)?;
        sink.write(b"\n}\n")?;
        let manifest = self.manifest.sorted();
        sink.begin("manifest.json")?;
        write_json(sink, &manifest)?;
        Ok(manifest)
    }
}

fn add_row(rows: &mut impl Write, index: u64, row: &Value) -> io::Result<()> {
    rows.write_all(if index == 0 { b"\n" } else { b",\n" })?;
    Ok(serde_json::to_writer(rows, row)?)
}

fn ring(points: impl IntoIterator<Item = ImagePoint>) -> Value {
    let numbers: Vec<f64> = points.into_iter().flat_map(|point| [pixels(point.x), pixels(point.y)]).collect();
    json!([numbers])
}

/// The pixels whose middle is inside.
fn painted(polygon: &Polygon, size: Option<ImageSize>) -> Option<Mask> {
    let mut mask = Mask::on(size?)?;
    mask.fill_ring(&polygon.points, true);
    for hole in &polygon.holes {
        mask.fill_ring(hole, false);
    }
    Some(mask)
}

/// Run lengths as COCO counts them: down the columns, unpainted first.
fn runs(mask: &Mask) -> Value {
    json!({"counts": mask.transposed().runs(), "size": [mask.height(), mask.width()]})
}

/// Points on the ellipse that fills `frame`.
pub(super) fn around(frame: &RotatedRect) -> impl Iterator<Item = ImagePoint> {
    (0..ELLIPSE_CORNERS).map(move |corner| {
        let (sin, cos) = (f64::from(corner) / f64::from(ELLIPSE_CORNERS) * std::f64::consts::TAU).sin_cos();
        frame.at(0.5 + cos / 2.0, 0.5 + sin / 2.0)
    })
}

/// Image sizes are whole numbers of pixels; `640` rather than `640.0`.
fn whole(value: f64) -> Value {
    let rounded = value.round();
    format!("{rounded:.0}").parse::<u64>().map_or_else(|_| value.into(), Value::from)
}
