//! Pascal VOC: an XML file for an image.

use quick_xml::{Reader, events::Event};

use super::{Target, as_rectangle};
use crate::{
    annotation::MAX_ITEMS,
    import::{NewTask, RowError},
    region::{ImagePoint, ImageSize, ImageVector, RotatedRect, Shape},
};

/// The largest file.
pub(in crate::import) const MAX_BYTES: usize = 16 << 20;
/// Deeper nesting is none of VOC's.
const MAX_DEPTH: usize = 16;

#[derive(Default)]
struct Object {
    name: String,
    corners: [Option<f64>; 4],
    center: [Option<f64>; 5],
}

/// Whether a file that begins so is VOC's.
pub(in crate::import) fn looks_like(beginning: &str) -> bool {
    let text = beginning.trim_start();
    let text = if text.starts_with("<?xml") { text.split_once("?>").map_or("", |(_, rest)| rest) } else { text };
    text.trim_start().starts_with("<annotation")
}

/// The task in the file.
pub(in crate::import) fn task(bytes: &[u8], target: &Target) -> Result<NewTask, RowError> {
    read(bytes, target).map_err(|reason| RowError::new(reason, bytes))
}

fn read(bytes: &[u8], target: &Target) -> Result<NewTask, String> {
    if bytes.len() > MAX_BYTES {
        return Err(format!("A file of Pascal VOC may be {} MB large.", MAX_BYTES >> 20));
    }
    let broken = |error: quick_xml::Error| format!("This XML cannot be read: {error}.");
    let text = std::str::from_utf8(bytes).map_err(|_| "This file is not valid UTF-8.".to_owned())?;
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let (mut file_name, mut address) = (String::new(), String::new());
    let mut sides = [None; 2];
    let mut objects: Vec<Object> = Vec::new();
    let mut words = String::new();
    loop {
        match reader.read_event().map_err(broken)? {
            Event::Start(start) => {
                path.push(start.local_name().as_ref().to_owned());
                if path.len() > MAX_DEPTH {
                    return Err("This XML is nested deeper than Pascal VOC is.".to_owned());
                }
                words.clear();
                if is(&path, &["annotation", "object"]) {
                    objects.push(Object::default());
                    if objects.len() > MAX_ITEMS {
                        return Err(format!("This image has more than {MAX_ITEMS} labels."));
                    }
                }
            }
            Event::Text(text) => words.push_str(&text),
            Event::CData(text) => words.push_str(&text),
            Event::GeneralRef(entity) => {
                let letter = match &*entity {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => entity.resolve_char_ref().ok().flatten(),
                };
                words.push(letter.ok_or("This XML has an entity that is not known.")?);
            }
            Event::End(_) => {
                let said = words.trim();
                let number = || said.parse::<f64>().ok().filter(|number| number.is_finite());
                if let Some(object) = objects.last_mut() {
                    let corners = ["xmin", "ymin", "xmax", "ymax"];
                    let turned = ["cx", "cy", "w", "h", "angle"];
                    match &path[..] {
                        [_, _, name] if name == "name" => said.clone_into(&mut object.name),
                        [_, _, kind, side] if kind == "bndbox" => {
                            if let Some(at) = corners.iter().position(|name| name == side) {
                                object.corners[at] = number();
                            }
                        }
                        [_, _, kind, side] if kind == "robndbox" => {
                            if let Some(at) = turned.iter().position(|name| name == side) {
                                object.center[at] = number();
                            }
                        }
                        _ => {}
                    }
                }
                if is(&path, &["annotation", "filename"]) {
                    said.clone_into(&mut file_name);
                } else if is(&path, &["annotation", "path"]) {
                    said.clone_into(&mut address);
                } else if is(&path, &["annotation", "size", "width"]) {
                    sides[0] = number();
                } else if is(&path, &["annotation", "size", "height"]) {
                    sides[1] = number();
                }
                path.pop();
                words.clear();
            }
            Event::Eof if path.is_empty() => break,
            Event::Eof => return Err("This XML ends before it is complete.".to_owned()),
            _ => {}
        }
    }
    if file_name.is_empty() {
        return Err("This XML names no image (filename).".to_owned());
    }
    let size = sides[0].zip(sides[1]).and_then(|(width, height)| ImageSize::new(width, height));
    let mut result = Vec::with_capacity(objects.len());
    for object in &objects {
        let size = size.ok_or("This XML does not say how large its image is (size).")?;
        let rect = object.rect().ok_or_else(|| format!("“{}” has no box (bndbox).", object.name))?;
        result.push(target.on_image(result.len(), Shape::Rect(rect), &object.name, size));
    }
    // An address of the web is better than a name, unless the image came along.
    let is_address =
        address.starts_with("http://") || address.starts_with("https://") || address.starts_with("/files/");
    let shown = if is_address && !target.has_media { address } else { file_name };
    Ok(target.task(target.field("Image", "image"), shown, result, None))
}

fn is(path: &[String], wanted: &[&str]) -> bool {
    path.len() == wanted.len() && path.iter().zip(wanted).all(|(name, wanted)| name == wanted)
}

impl Object {
    fn rect(&self) -> Option<RotatedRect> {
        if let [Some(x), Some(y), Some(width), Some(height), Some(angle)] = self.center {
            let degrees = (angle.to_degrees() * 1e6).round() / 1e6;
            let upright = RotatedRect { x: 0.0, y: 0.0, width, height, rotation: degrees };
            let corner = ImagePoint::new(x, y) - upright.center();
            let origin = upright.origin() + ImageVector::new(corner.x, corner.y);
            return Some(RotatedRect { x: origin.x, y: origin.y, ..upright });
        }
        let [Some(x0), Some(y0), Some(x1), Some(y1)] = self.corners else { return None };
        as_rectangle(&[[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    }
}
