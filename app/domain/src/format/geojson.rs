//! `GeoJSON`: a feature per shape, its geometry in pixels from the top-left corner of the image, its own numbers as
//! properties, so that a box is known to be one and an ellipse can be drawn again.

use std::io;

use serde_json::{Map, Value, json};

use super::{
    ExportTask, Exporter, Manifest, Sink,
    coco::around,
    image::{Images, Labeled, Picture, pixels},
    write_json,
};
use crate::{
    label_config::LabelConfig,
    region::{ImagePoint, Mask, Polygon, Shape, Vector},
};

/// Writes `GeoJSON`.
pub(super) struct Geojson {
    manifest: Manifest,
    images: Images,
    features: u64,
}

impl Geojson {
    pub(super) fn begin(manifest: Manifest, config: &LabelConfig, all: bool, sink: &mut dyn Sink) -> io::Result<Self> {
        sink.begin("result.geojson")?;
        sink.write(b"{\"type\":\"FeatureCollection\",\"features\":[")?;
        Ok(Self { manifest, images: Images::new(config, all), features: 0 })
    }

    fn feature(&mut self, task: i64, region: &Labeled, picture: &Picture) -> Option<Value> {
        let mut properties = Map::new();
        properties.insert("task_id".to_owned(), task.into());
        properties.insert("image".to_owned(), picture.address.as_str().into());
        if let Some(size) = picture.size {
            properties.insert("image_width".to_owned(), pixels(size.width).into());
            properties.insert("image_height".to_owned(), pixels(size.height).into());
        }
        properties.insert("labels".to_owned(), region.labels.clone().into());
        if let Some(parent) = &region.parent {
            properties.insert("parent".to_owned(), parent.as_str().into());
        }
        let mut say = |kind: &str, own: &[(&str, f64)]| {
            properties.insert("shape".to_owned(), kind.into());
            for (name, value) in own {
                properties.insert((*name).to_owned(), pixels(*value).into());
            }
        };
        let geometry = match &region.shape {
            Shape::Rect(rect) => {
                say(
                    "rectangle",
                    &[
                        ("x", rect.x),
                        ("y", rect.y),
                        ("width", rect.width),
                        ("height", rect.height),
                        ("rotation", rect.rotation),
                    ],
                );
                json!({"type": "Polygon", "coordinates": [ring(rect.corners())]})
            }
            Shape::Ellipse(e) => {
                let numbers = [
                    ("x", e.x),
                    ("y", e.y),
                    ("radius_x", e.radius_x),
                    ("radius_y", e.radius_y),
                    ("rotation", e.rotation),
                ];
                say("ellipse", &numbers);
                let message = "Ellipses are drawn with 64 corners; their numbers are among the properties.";
                self.manifest.lose(task, 1, "ellipse_as_polygon", message);
                json!({"type": "Polygon", "coordinates": [ring(around(&e.frame()))]})
            }
            Shape::Polygon(polygon) if polygon.points.len() < 3 => {
                let message = "Polygons of fewer than three points have no area and were left out.";
                self.manifest.lose(task, 1, "polygon_too_short", message);
                return None;
            }
            Shape::Polygon(polygon) => {
                say("polygon", &[]);
                let rings: Vec<Value> = polygon.rings().map(|points| ring(points.iter().copied())).collect();
                json!({"type": "Polygon", "coordinates": rings})
            }
            Shape::KeyPoint(point) => {
                say("keypoint", &[("width", point.width)]);
                json!({"type": "Point", "coordinates": place(point.point())})
            }
            Shape::Mask(mask) if mask.is_empty() => {
                let message = "Regions without any point or pixel were left out.";
                self.manifest.lose(task, 1, "nothing_drawn", message);
                return None;
            }
            Shape::Mask(mask) => {
                say("mask", &[]);
                json!({"type": "MultiPolygon", "coordinates": parts(mask)})
            }
            Shape::Vector(vector) => {
                say("vector", &[]);
                self.vector(task, vector)?
            }
            // Only shapes on the image come here.
            _ => return None,
        };
        self.manifest.results += 1;
        let mut feature = json!({"type": "Feature", "geometry": geometry, "properties": properties});
        if !region.id.is_empty() {
            feature["id"] = region.id.as_str().into();
        }
        Some(feature)
    }

    fn vector(&mut self, task: i64, vector: &Vector) -> Option<Value> {
        let is_curved = vector.vertices.iter().any(|vertex| vertex.is_bezier);
        self.manifest.lose(task, u64::from(is_curved), "curve_flattened", "Curves are written as many short lines.");
        if let Some(outline) = vector.outline() {
            return Some(json!({"type": "Polygon", "coordinates": [ring(outline.points)]}));
        }
        let joints = vector.joints();
        let is_a_line = joints.iter().enumerate().all(|(at, joint)| *joint == (at, at + 1));
        let places = || vector.vertices.iter().map(|vertex| place(vertex.at)).collect::<Vec<Value>>();
        if vector.vertices.len() < 2 || joints.is_empty() {
            self.manifest.lose(task, 1, "nothing_drawn", "Regions without any point or pixel were left out.");
            return None;
        }
        if is_a_line {
            return Some(json!({"type": "LineString", "coordinates": places()}));
        }
        self.manifest.lose(task, 1, "vector_branching", "Vectors that branch are written as separate lines.");
        let places = places();
        let lines: Vec<Value> = joints.iter().map(|(from, to)| json!([places[*from], places[*to]])).collect();
        Some(json!({"type": "MultiLineString", "coordinates": lines}))
    }
}

fn place(point: ImagePoint) -> Value {
    json!([pixels(point.x), pixels(point.y)])
}

/// Closed, as `GeoJSON` wants it.
fn ring(points: impl IntoIterator<Item = ImagePoint>) -> Value {
    let mut places: Vec<Value> = points.into_iter().map(place).collect();
    if places.first() != places.last() {
        places.extend(places.first().cloned());
    }
    places.into()
}

/// Each part of a mask with its holes.
fn parts(mask: &Mask) -> Vec<Value> {
    let (outer, holes): (Vec<_>, Vec<_>) = mask.contours().into_iter().partition(|contour| !contour.is_hole);
    let mut parts: Vec<(Polygon, Vec<Value>)> =
        outer.into_iter().map(|contour| (contour.ring.clone(), vec![ring(contour.ring.points)])).collect();
    for hole in holes {
        // The middle of the pixel inside the hole's first corner lies within exactly the parts around it.
        let Some(corner) = hole.ring.points.first() else { continue };
        let around = parts.iter_mut().filter(|(outline, _)| {
            [(-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5)]
                .iter()
                .all(|(x, y)| outline.contains(ImagePoint::new(corner.x + x, corner.y + y)))
        });
        // The smallest of them is the part the hole is in.
        let part = around.min_by(|a, b| a.0.area().total_cmp(&b.0.area()));
        if let Some((_, rings)) = part {
            rings.push(ring(hole.ring.points));
        }
    }
    parts.into_iter().map(|(_, rings)| rings.into()).collect()
}

impl Exporter for Geojson {
    fn task(&mut self, task: &ExportTask, sink: &mut dyn Sink) -> io::Result<()> {
        for sheet in self.images.read(task, &mut self.manifest) {
            let picture = self.images.picture(task.id, sheet, &mut self.manifest, sink)?;
            for region in &picture.regions {
                let Some(feature) = self.feature(task.id, region, &picture) else { continue };
                sink.write(if self.features == 0 { b"\n" } else { b",\n" })?;
                write_json(sink, &feature)?;
                self.features += 1;
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>, sink: &mut dyn Sink) -> io::Result<Manifest> {
        sink.write(b"]}\n")?;
        Ok(self.manifest.sorted())
    }
}
