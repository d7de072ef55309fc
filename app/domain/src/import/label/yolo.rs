//! YOLO's label files: a line per thing, numbers from 0 to 1.

use serde_json::Value;

use super::{Target, as_rectangle};
use crate::{
    annotation::MAX_ITEMS,
    import::{NewTask, RowError},
    region::{ImagePoint, ImageSize, KeyPoint, Polygon, RotatedRect, Shape},
};

/// The most classes a data set may have.
const MAX_CLASSES: usize = 100_000;

/// What a data set says beside its label files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DataSet {
    /// Class names, in order of their numbers.
    pub names: Vec<String>,
    /// How many key points each box has, and how many numbers each of them.
    pub key_points: Option<(usize, usize)>,
}

impl DataSet {
    /// Takes over what a `classes.txt` says.
    pub fn read_classes(&mut self, text: &str) {
        if self.names.is_empty() {
            self.names = text.lines().take(MAX_CLASSES).map(|line| line.trim().to_owned()).collect();
        }
    }

    /// Takes over what a `data.yaml` says: `names`, as a list or by number, and `kpt_shape`.
    pub fn read_yaml(&mut self, text: &str) {
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let Some((key, value)) = line.split_once(':').filter(|(key, _)| !key.starts_with([' ', '#', '-'])) else {
                continue;
            };
            let value = value.trim();
            match key.trim() {
                "kpt_shape" => {
                    let numbers: Vec<usize> = inline(value).iter().filter_map(|number| number.parse().ok()).collect();
                    if let [count, parts @ (2 | 3)] = numbers[..] {
                        self.key_points = Some((count, parts));
                    }
                }
                "names" if !value.is_empty() && !value.starts_with('#') => self.names = inline(value),
                "names" => {
                    let mut names = Vec::new();
                    while let Some(line) = lines.next_if(|line| line.starts_with([' ', '-']) || line.trim().is_empty())
                    {
                        let line = line.trim();
                        if let Some(name) = line.strip_prefix("- ") {
                            names.push(unquoted(name));
                        } else if let Some((number, name)) = line.split_once(':') {
                            let Ok(number) = number.trim().parse::<usize>() else { continue };
                            if number < MAX_CLASSES {
                                names.resize(names.len().max(number + 1), String::new());
                                names[number] = unquoted(name);
                            }
                        }
                        if names.len() >= MAX_CLASSES {
                            break;
                        }
                    }
                    self.names = names;
                }
                _ => {}
            }
        }
    }

    /// The task of an image, called `path`, with the labels in `text`; one without a file of labels is not labeled.
    ///
    /// # Errors
    /// A line cannot be read.
    pub fn task(
        &self,
        path: &str,
        text: Option<&str>,
        size: Option<ImageSize>,
        target: &Target,
    ) -> Result<NewTask, RowError> {
        let refuse = |reason: String| RowError::new(reason, text.unwrap_or_default().as_bytes());
        let result = match text {
            None => None,
            Some(text) => {
                let mut result = Vec::new();
                for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                    let in_words = |reason: &str| refuse(format!("Line {}: {reason}", at + 1));
                    let size = size.ok_or_else(|| refuse("The size of this image cannot be read.".to_owned()))?;
                    self.line(line, size, target, &mut result).map_err(in_words)?;
                    if result.len() > MAX_ITEMS {
                        return Err(refuse(format!("This image has more than {MAX_ITEMS} labels.")));
                    }
                }
                Some(result)
            }
        };
        Ok(target.labeled(target.field("Image", "image"), path.to_owned(), result, None))
    }

    fn line(
        &self,
        line: &str,
        size: ImageSize,
        target: &Target,
        result: &mut Vec<crate::result::ResultItem>,
    ) -> Result<(), &'static str> {
        let mut parts = line.split_whitespace();
        let class: usize =
            parts.next().and_then(|class| class.parse().ok()).ok_or("A line begins with the number of its class.")?;
        let numbers: Option<Vec<f64>> =
            parts.map(|number| number.parse::<f64>().ok().filter(|number| number.is_finite())).collect();
        let numbers = numbers.ok_or("Only numbers are read.")?;
        let unnamed = format!("class {class}");
        let label = self.names.get(class).filter(|name| !name.is_empty()).unwrap_or(&unnamed);
        let at = |x: f64, y: f64| ImagePoint::new(tidy(x * size.width), tidy(y * size.height));
        let upright = |numbers: &[f64]| {
            let (width, height) = (numbers[2] * size.width, numbers[3] * size.height);
            Shape::Rect(RotatedRect {
                x: tidy(numbers[0] * size.width - width / 2.0),
                y: tidy(numbers[1] * size.height - height / 2.0),
                width: tidy(width),
                height: tidy(height),
                rotation: 0.0,
            })
        };
        if let Some((count, parts)) = self.key_points.filter(|(count, parts)| numbers.len() == 4 + count * parts) {
            let thing = target.on_image(result.len(), upright(&numbers), label, size);
            let parent = thing.id().to_owned();
            result.push(thing);
            let points = numbers[4..].chunks_exact(parts).enumerate().take(count);
            for (number, point) in points.filter(|(_, point)| point.get(2).is_none_or(|seen| *seen > 0.0)) {
                let place = at(point[0], point[1]);
                let name = target.keypoint(number);
                let shape = Shape::KeyPoint(KeyPoint { x: place.x, y: place.y, width: size.width / 200.0 });
                let mut item = target.on_image(result.len(), shape, &name, size);
                item.set_parent_id(Some(&parent));
                result.push(item);
            }
            return Ok(());
        }
        match numbers.len() {
            4 | 5 => {
                let mut item = target.on_image(result.len(), upright(&numbers), label, size);
                if let Some(score) = numbers.get(4) {
                    item.0.insert("score".to_owned(), Value::from(*score));
                }
                result.push(item);
            }
            count if count >= 6 && count % 2 == 0 => {
                let points: Vec<ImagePoint> = numbers.as_chunks::<2>().0.iter().map(|[x, y]| at(*x, *y)).collect();
                let wants_boxes = target.asks(&["RectangleLabels"]);
                let turned = match points[..] {
                    [a, b, c, d] if wants_boxes => as_rectangle(&[[a.x, a.y], [b.x, b.y], [c.x, c.y], [d.x, d.y]]),
                    _ => None,
                };
                let shape = turned.map_or_else(|| Shape::Polygon(Polygon::of(points, true)), Shape::Rect);
                result.push(target.on_image(result.len(), shape, label, size));
            }
            _ => return Err("A box has four numbers, an outline a pair for each point."),
        }
        Ok(())
    }
}

impl Target {
    /// The name of the key point of this number, in the order of the interface.
    fn keypoint(&self, number: usize) -> String {
        let controls = self.config.controls.iter().filter(|control| control.tag == "KeyPointLabels");
        let label = controls.flat_map(|control| &control.labels).nth(number);
        label.map_or_else(|| format!("point {}", number + 1), |label| label.stored().to_owned())
    }
}

/// Without the noise that ten digits leave behind.
fn tidy(pixels: f64) -> f64 {
    (pixels * 1e5).round() / 1e5 + 0.0
}

/// `[a, "b"]`
fn inline(value: &str) -> Vec<String> {
    let inside = value.trim().strip_prefix('[').and_then(|rest| rest.split(']').next()).unwrap_or_default();
    inside.split(',').map(unquoted).filter(|name| !name.is_empty()).take(MAX_CLASSES).collect()
}

fn unquoted(name: &str) -> String {
    let name = name.trim();
    if name.starts_with('"')
        && let Ok(name) = serde_json::from_str::<String>(name)
    {
        return name;
    }
    let inner = name.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    inner.map_or_else(|| name.to_owned(), |inner| inner.replace("''", "'"))
}
