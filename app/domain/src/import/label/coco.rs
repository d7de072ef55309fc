//! COCO's JSON: images, categories and annotations in lists of their own. A row is an image with its annotations.

use std::{
    collections::{BTreeMap, HashMap},
    io::Read,
};

use serde::{Deserialize, de::IgnoredAny};

use super::Target;
use crate::{
    Error, Result,
    annotation::MAX_ITEMS,
    import::{Found, NewTask, RowError},
    region::{ImagePoint, ImageSize, KeyPoint, Mask, Polygon, RotatedRect, Shape, mask::MaskBuilder},
    result::ResultItem,
};

/// The largest file: it is read as a whole, because its annotations may come before their images.
pub(crate) const MAX_BYTES: u64 = 256 << 20;

#[derive(Deserialize)]
struct File {
    images: Vec<Lenient<Image>>,
    #[serde(default)]
    annotations: Vec<Lenient<Annotation>>,
    #[serde(default)]
    categories: Vec<Lenient<Category>>,
}

/// One that cannot be read costs only itself.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lenient<T> {
    Good(T),
    Bad(IgnoredAny),
}

#[derive(Deserialize, PartialEq, Eq, Hash, PartialOrd, Ord, Clone)]
#[serde(untagged)]
enum Id {
    Number(i64),
    Text(String),
}

#[derive(Deserialize)]
struct Image {
    id: Id,
    file_name: String,
    width: Option<f64>,
    height: Option<f64>,
    coco_url: Option<String>,
    labeled: Option<bool>,
}

#[derive(Deserialize)]
struct Category {
    id: Id,
    name: String,
    #[serde(default)]
    keypoints: Vec<String>,
}

#[derive(Deserialize)]
struct Annotation {
    image_id: Id,
    category_id: Id,
    #[serde(default)]
    bbox: Vec<f64>,
    #[serde(default)]
    segmentation: Segmentation,
    #[serde(default)]
    keypoints: Vec<f64>,
    attributes: Option<Lenient<Attributes>>,
    score: Option<f64>,
}

#[derive(Deserialize)]
struct Attributes {
    rotation: f64,
    unrotated_bbox: [f64; 4],
}

#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Segmentation {
    Rings(Vec<Vec<f64>>),
    Runs {
        counts: Counts,
        size: [u32; 2],
    },
    #[default]
    None,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Counts {
    Plain(Vec<u64>),
    Packed(String),
}

/// Whether a JSON file that begins so is COCO's: an object with a list of images that have file names.
pub(in crate::import) fn looks_like(beginning: &str) -> bool {
    let text = beginning.trim_start();
    let has = |key: &str| text.contains(key);
    text.starts_with('{') && has("\"images\"") && has("\"file_name\"") && has("\"id\"") && !has("\"data\"")
}

/// The rows of a file.
///
/// # Errors
/// It is too large, or no COCO.
pub(in crate::import) fn rows(
    reader: impl Read,
    target: Target,
) -> std::io::Result<Result<Box<dyn Iterator<Item = Found>>>> {
    let mut limited = std::io::BufReader::new(reader.take(MAX_BYTES + 1));
    let read = File::deserialize(&mut serde_json::Deserializer::from_reader(&mut limited));
    let used = MAX_BYTES + 1 - limited.get_ref().limit();
    let file = match read {
        Ok(file) => file,
        Err(_) if used > MAX_BYTES => {
            let message = format!("A COCO file may be {} MB large.", MAX_BYTES >> 20);
            return Ok(Err(Error::invalid("file", "coco_too_large", message)));
        }
        Err(error) if error.is_io() => return Err(error.into()),
        Err(error) => {
            let message = format!("This looks like COCO, but it cannot be read: {error}.");
            return Ok(Err(Error::invalid("file", "coco_malformed", message)));
        }
    };
    let mut of_image: HashMap<Id, Vec<Annotation>> = HashMap::new();
    let mut unreadable = 0_u64;
    for annotation in file.annotations {
        match annotation {
            Lenient::Good(annotation) => of_image.entry(annotation.image_id.clone()).or_default().push(annotation),
            Lenient::Bad(_) => unreadable += 1,
        }
    }
    let categories: BTreeMap<Id, Category> =
        file.categories
            .into_iter()
            .filter_map(|category| {
                if let Lenient::Good(category) = category { Some((category.id.clone(), category)) } else { None }
            })
            .collect();
    let row = move |image: Lenient<Image>| {
        let outcome = match image {
            Lenient::Good(image) => {
                let annotations = of_image.remove(&image.id).unwrap_or_default();
                task(&image, &annotations, &categories, &target)
                    .map_err(|reason| RowError::new(reason, image.file_name.as_bytes()))
            }
            Lenient::Bad(_) => Err(RowError::new("This image has no id or no file_name.", b"")),
        };
        Found { line: 0, outcome }
    };
    let note = (unreadable > 0).then(|| {
        let reason = format!("{unreadable} annotations of this file cannot be read and were left out.");
        Found { line: 0, outcome: Err(RowError::new(reason, b"")) }
    });
    Ok(Ok(Box::new(file.images.into_iter().map(row).chain(note))))
}

fn task(
    image: &Image,
    annotations: &[Annotation],
    categories: &BTreeMap<Id, Category>,
    target: &Target,
) -> std::result::Result<NewTask, String> {
    let size = image.width.zip(image.height).and_then(|(width, height)| ImageSize::new(width, height));
    let mut result: Vec<ResultItem> = Vec::new();
    if !annotations.is_empty() {
        let size = size.ok_or("The file does not say how large this image is, so that its labels have no place.")?;
        for annotation in annotations {
            let category =
                categories.get(&annotation.category_id).ok_or("A label of this image has an unknown category.")?;
            annotation.items(category, target, size, &mut result)?;
            if result.len() > MAX_ITEMS {
                return Err(format!("This image has more than {MAX_ITEMS} labels."));
            }
        }
    }
    let address = image.coco_url.as_ref().filter(|url| !target.has_media && !url.is_empty());
    let address = address.unwrap_or(&image.file_name).clone();
    let result = (image.labeled != Some(false)).then_some(result);
    Ok(target.labeled(target.field("Image", "image"), address, result, None))
}

impl Annotation {
    fn items(
        &self,
        category: &Category,
        target: &Target,
        size: ImageSize,
        result: &mut Vec<ResultItem>,
    ) -> std::result::Result<(), String> {
        let first = result.len();
        let label = &category.name;
        let shapes = self.shapes(target, size)?;
        let has_points = self.keypoints.chunks_exact(3).any(|point| point[2] > 0.0);
        // Key points of a thing that the interface has no box for stand alone.
        let points_only = has_points && !target.asks(&["RectangleLabels"]) && target.asks(&["KeyPointLabels"]);
        let mut parent = None;
        for shape in shapes.into_iter().filter(|_| !points_only) {
            let item = target.on_image(result.len(), shape, label, size);
            parent.get_or_insert_with(|| item.id().to_owned());
            result.push(item);
        }
        for (number, point) in self.keypoints.chunks_exact(3).enumerate().filter(|(_, point)| point[2] > 0.0) {
            let name = category.keypoints.get(number).map_or_else(|| format!("{label} {}", number + 1), Clone::clone);
            let shape = Shape::KeyPoint(KeyPoint { x: point[0], y: point[1], width: size.width / 200.0 });
            let mut item = target.on_image(result.len(), shape, &name, size);
            item.set_parent_id(parent.as_deref());
            result.push(item);
        }
        if let Some(score) = self.score.filter(|score| score.is_finite()) {
            for item in &mut result[first..] {
                item.0.insert("score".to_owned(), score.into());
            }
        }
        if result.len() == first {
            return Err("A label of this image has neither a box nor a shape.".to_owned());
        }
        Ok(())
    }

    fn shapes(&self, target: &Target, size: ImageSize) -> std::result::Result<Vec<Shape>, String> {
        if let Some(Lenient::Good(Attributes { rotation, unrotated_bbox: [x, y, width, height] })) = self.attributes {
            let rect = RotatedRect { x, y, width, height, rotation };
            return finite(vec![Shape::Rect(rect)]);
        }
        let asks_for_outlines = !target.asks(&["RectangleLabels"]) || target.asks(&["PolygonLabels"]);
        match &self.segmentation {
            Segmentation::Runs { counts, size: [height, width] } => {
                let fits = ImageSize::new(f64::from(*width), f64::from(*height)) == Some(size);
                let mask = fits.then(|| mask(counts, *width, *height)).flatten();
                let mask = mask.ok_or("A mask of this image has another size than the image, or is broken.")?;
                return Ok(vec![Shape::Mask(mask)]);
            }
            Segmentation::Rings(rings) if !rings.is_empty() && (asks_for_outlines || self.bbox.len() != 4) => {
                let outline = |ring: &Vec<f64>| {
                    let (points, rest) = ring.as_chunks::<2>();
                    if points.len() < 3 || !rest.is_empty() {
                        return Err("An outline of this image has fewer than three points.".to_owned());
                    }
                    let points = points.iter().map(|[x, y]| ImagePoint::new(*x, *y)).collect();
                    Ok(Shape::Polygon(Polygon::of(points, true)))
                };
                return finite(rings.iter().map(outline).collect::<std::result::Result<_, String>>()?);
            }
            _ => {}
        }
        match self.bbox[..] {
            [x, y, width, height] => finite(vec![Shape::Rect(RotatedRect { x, y, width, height, rotation: 0.0 })]),
            _ => Ok(Vec::new()),
        }
    }
}

fn finite(shapes: Vec<Shape>) -> std::result::Result<Vec<Shape>, String> {
    if shapes.iter().all(Shape::is_finite) {
        Ok(shapes)
    } else {
        Err("A label of this image has unusable numbers.".to_owned())
    }
}

/// Run lengths down the columns, unpainted first.
fn mask(counts: &Counts, width: u32, height: u32) -> Option<Mask> {
    let unpacked;
    let runs = match counts {
        Counts::Plain(runs) => runs,
        Counts::Packed(text) => {
            unpacked = unpack(text.as_bytes())?;
            &unpacked
        }
    };
    let pixels = u64::from(width) * u64::from(height);
    let total = runs.iter().try_fold(0_u64, |total, run| total.checked_add(*run))?;
    if total != pixels {
        return None;
    }
    let mut builder = MaskBuilder::new(height, width)?;
    for (at, run) in runs.iter().enumerate() {
        builder.push(at % 2 == 1, *run);
    }
    Some(builder.finish().transposed())
}

/// Run lengths as pycocotools packs them: five bits a letter, from the third run on as the difference to the one before the
/// last.
fn unpack(text: &[u8]) -> Option<Vec<u64>> {
    let mut runs: Vec<i64> = Vec::new();
    let mut letters = text.iter();
    while let Some(first) = letters.next() {
        let (mut value, mut shift, mut letter) = (0_i64, 0, *first);
        loop {
            let bits = i64::from(letter.checked_sub(48).filter(|bits| *bits < 64)?);
            if shift > 50 {
                return None;
            }
            value |= (bits & 0x1f) << shift;
            shift += 5;
            if bits & 0x20 == 0 {
                if bits & 0x10 != 0 {
                    value |= -1 << shift;
                }
                break;
            }
            letter = *letters.next()?;
        }
        if runs.len() > 2 {
            value = value.checked_add(runs[runs.len() - 2])?;
        }
        runs.push(value);
    }
    runs.into_iter().map(|run| u64::try_from(run).ok()).collect()
}
