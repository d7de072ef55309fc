//! Pascal VOC: an XML file per image, boxes in whole pixels between 0 and the size, as today's readers take them.
//!
//! A rotated box has its upright hull as `bndbox`, which every reader knows, and its truth beside it as `robndbox`
//! (centre, sides, angle in radians clockwise), as rolabelimg writes it.

use std::{fmt::Write as _, io};

use super::{
    ExportTask, Exporter, Manifest, Sink,
    image::{Images, Labeled, Picture, tidy},
    write_json,
};
use crate::{
    label_config::LabelConfig,
    region::{Bounds, Shape},
};

/// Writes VOC.
pub(super) struct Voc {
    manifest: Manifest,
    images: Images,
    with_images: bool,
}

impl Voc {
    pub(super) fn begin(manifest: Manifest, config: &LabelConfig, all: bool, with_images: bool) -> Self {
        Self { manifest, images: Images::new(config, all), with_images }
    }

    fn xml(&mut self, task: i64, picture: &Picture) -> String {
        let (width, height) = picture.size.map_or((0.0, 0.0), |size| (size.width, size.height));
        if picture.size.is_none() {
            let message = "The size of these images is not known; it is written as 0.";
            self.manifest.lose(task, 1, "size_unknown", message);
        }
        let mut xml = String::from("<annotation>\n  <folder>images</folder>\n");
        let _infallible = write!(
            xml,
            "  <filename>{}</filename>\n  <path>{}</path>\n  <source>\n    <database>Synapse</database>\n  </source>\n  <size>\n    <width>{width:.0}</width>\n    <height>{height:.0}</height>\n    <depth>3</depth>\n  </size>\n  <segmented>0</segmented>\n",
            escape(&picture.file_name),
            escape(&picture.address),
        );
        for region in &picture.regions {
            self.object(task, region, picture, &mut xml);
        }
        xml.push_str("</annotation>\n");
        xml
    }

    fn object(&mut self, task: i64, region: &Labeled, picture: &Picture, xml: &mut String) {
        let mut rotated = None;
        match &region.shape {
            Shape::KeyPoint(_) => {
                self.manifest.lose(task, 1, "keypoint", "Key points have no place in a format of boxes.");
                return;
            }
            Shape::Vector(vector) if vector.outline().is_none() => {
                let message = "Open and branching vectors have no inside and were left out.";
                self.manifest.lose(task, 1, "vector_open", message);
                return;
            }
            Shape::Rect(rect) if rect.rotation.rem_euclid(360.0) != 0.0 => rotated = Some(*rect),
            Shape::Rect(_) => {}
            _ => {
                let message = "Shapes that are no boxes are written as the box around them.";
                self.manifest.lose(task, 1, "shape_as_box", message);
            }
        }
        let Some(hull) = region.shape.bounds() else {
            self.manifest.lose(task, 1, "nothing_drawn", "Regions without any point or pixel were left out.");
            return;
        };
        let mut inside = hull;
        if let Some(size) = picture.size {
            inside = Bounds { min: size.clamp(hull.min), max: size.clamp(hull.max) };
            if inside.width() <= 0.0 || inside.height() <= 0.0 {
                self.manifest.lose(task, 1, "outside", "Boxes that lie outside their image were left out.");
                return;
            }
        }
        // What percent leaves behind is no intention.
        let corners = [inside.min.x, inside.min.y, inside.max.x, inside.max.y].map(|side| tidy(side, 1e6));
        let message = "Shapes that reach beyond their image were cut at its edge.";
        self.manifest.lose(task, u64::from(inside != hull), "clipped", message);
        let is_rounded = corners.iter().any(|side| side.fract() != 0.0);
        let message = "Boxes were rounded to whole pixels.";
        self.manifest.lose(task, u64::from(is_rounded && rotated.is_none()), "rounded", message);
        for label in &region.labels {
            let _infallible = write!(
                xml,
                "  <object>\n    <name>{}</name>\n    <pose>Unspecified</pose>\n    <truncated>{}</truncated>\n    <difficult>0</difficult>\n    <bndbox>\n      <xmin>{:.0}</xmin>\n      <ymin>{:.0}</ymin>\n      <xmax>{:.0}</xmax>\n      <ymax>{:.0}</ymax>\n    </bndbox>\n",
                escape(label),
                u8::from(inside != hull),
                corners[0].round(),
                corners[1].round(),
                corners[2].round(),
                corners[3].round(),
            );
            if let Some(rect) = rotated {
                let center = rect.center();
                let _infallible = write!(
                    xml,
                    "    <robndbox>\n      <cx>{}</cx>\n      <cy>{}</cy>\n      <w>{}</w>\n      <h>{}</h>\n      <angle>{}</angle>\n    </robndbox>\n",
                    tidy(center.x, 1e9),
                    tidy(center.y, 1e9),
                    tidy(rect.width, 1e9),
                    tidy(rect.height, 1e9),
                    tidy(rect.rotation.to_radians(), 1e12),
                );
            }
            xml.push_str("  </object>\n");
            self.manifest.results += 1;
        }
    }
}

/// Text within XML; what XML cannot say is left out.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => escaped.push(letter),
            _ => {}
        }
    }
    escaped
}

impl Exporter for Voc {
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
                let xml = self.xml(task.id, &picture);
                sink.begin(&format!("Annotations/{}.xml", picture.stem()))?;
                sink.write(xml.as_bytes())?;
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>, sink: &mut dyn Sink) -> io::Result<Manifest> {
        let manifest = self.manifest.sorted();
        sink.begin("manifest.json")?;
        write_json(sink, &manifest)?;
        Ok(manifest)
    }
}
