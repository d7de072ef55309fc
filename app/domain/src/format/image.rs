//! What the image formats share: one answer per image, its regions in pixels, the classes and the names of files.

use std::{collections::HashMap, io};

use serde_json::Value;

use super::{Copied, ExportTask, Manifest, Sink};
use crate::{
    label_config::{Label, LabelConfig, Object, items},
    region::{ImageSize, Shape},
    result::{Region, ResultItem},
};

/// The longest file name taken over from an address.
const MAX_NAME_CHARS: usize = 120;
const OTHER_IMAGE: &str = "Regions on a second image of the task were left out.";

/// The task field that holds the image.
pub(super) fn field(config: &LabelConfig) -> Option<&str> {
    config.objects.iter().find(|object| object.tag == "Image" && object.field.is_some())?.field.as_deref()
}

/// Which object and field the images of an export come from.
pub(super) struct Images {
    object: String,
    field: String,
    /// The list behind `valueList`, as written.
    list: Option<String>,
    all: bool,
}

/// One image with its answer.
pub(super) struct Picture {
    /// As the task names it.
    pub(super) address: String,
    /// Unique within the project and the same in every export.
    pub(super) file_name: String,
    /// Whether somebody looked at it.
    pub(super) labeled: bool,
    /// In pixels; `None` when neither a result nor the store knows it.
    pub(super) size: Option<ImageSize>,
    /// Regions that have a shape on this image and at least one label.
    pub(super) regions: Vec<Labeled>,
    /// When the answer last changed, for the date of the whole.
    pub(super) updated_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// A region with labels from all of its items.
pub(super) struct Labeled {
    pub(super) id: String,
    pub(super) parent: Option<String>,
    pub(super) shape: Shape,
    pub(super) labels: Vec<String>,
}

impl Picture {
    /// Its file name without the ending.
    pub(super) fn stem(&self) -> &str {
        self.file_name.rsplit_once('.').map_or(self.file_name.as_str(), |(stem, _)| stem)
    }

    /// Copies it into the archive, where it is stored here.
    pub(super) fn copy(&self, task: i64, manifest: &mut Manifest, sink: &mut dyn Sink) -> io::Result<()> {
        let copied = sink.copy_image(&self.address, &format!("images/{}", self.file_name))?;
        self.count_copy(copied, task, manifest, "Images that are not stored here were not copied.");
        Ok(())
    }

    /// The manifest learns what became of it.
    pub(super) fn count_copy(&self, copied: Copied, task: i64, manifest: &mut Manifest, not_stored: &str) {
        let reason = match copied {
            Copied::Whole => {
                manifest.images += 1;
                return;
            }
            Copied::NotStored(reason) => {
                manifest.lose(task, 1, "image_not_stored", not_stored);
                reason
            }
            Copied::NotFetched(reason) => {
                let message = "Images that their storage or server did not give were not copied.";
                manifest.lose(task, 1, "image_not_fetched", message);
                reason
            }
        };
        manifest.miss(task, &self.address, reason);
    }
}

/// An image with the part of the answer that is about it, of which only its size is not looked up yet.
pub(super) struct Sheet {
    address: String,
    /// Its number in a list.
    number: Option<usize>,
    labeled: bool,
    items: Vec<ResultItem>,
    updated_at: Option<chrono::DateTime<chrono::Utc>>,
}

impl Images {
    pub(super) fn new(config: &LabelConfig, all: bool) -> Self {
        let image = config.objects.iter().find(|object| object.tag == "Image" && object.field.is_some());
        let (object, field) =
            image.map(|image| (image.name.clone(), image.field.clone().unwrap_or_default())).unwrap_or_default();
        let list = image.and_then(Object::value_list).map(str::to_owned);
        Self { object, field, list, all }
    }

    /// Where the task's images are; the number of an empty one stays its own.
    fn addresses(&self, task: &ExportTask) -> Vec<String> {
        match &self.list {
            Some(list) => items(&task.data, list),
            None => task.data.get(&self.field).and_then(Value::as_str).map(str::to_owned).into_iter().collect(),
        }
    }

    /// The images that [`Images::read`] will speak of.
    pub(super) fn wanted(&self, task: &ExportTask) -> Vec<String> {
        let is_left_out = !self.all && task.answers().next().is_none();
        let mut addresses = if is_left_out { Vec::new() } else { self.addresses(task) };
        addresses.retain(|address| !address.is_empty());
        addresses
    }

    /// The task's images with their part of the answer; none where there is nothing to write. Either way the manifest knows.
    pub(super) fn read(&self, task: &ExportTask, manifest: &mut Manifest) -> Vec<Sheet> {
        let labeled = manifest.look_at(task, self.all);
        if !labeled && !self.all {
            manifest.lose(task.id, 1, "not_labeled", "Tasks without a valid annotation were left out, as chosen.");
            return Vec::new();
        }
        let addresses = self.addresses(task);
        if addresses.iter().all(String::is_empty) {
            manifest.tasks_written -= 1;
            let what = if self.list.is_some() { "list of images" } else { "single image" };
            let message = format!("Tasks whose field “{}” holds no {what} were left out.", self.field);
            manifest.lose(task.id, 1, "no_image", &message);
            return Vec::new();
        }
        let answer = task.answer(manifest, "image");
        let result = answer.map(|answer| &*answer.result).unwrap_or_default();
        let mut items_of: Vec<Vec<ResultItem>> = vec![Vec::new(); addresses.len()];
        for item in result.iter().filter_map(|item| ResultItem::from_json(item.clone()).ok()) {
            let at = item.item_index().and_then(|index| usize::try_from(index).ok()).unwrap_or(0);
            match items_of.get_mut(at).filter(|_| self.list.is_some() || at == 0) {
                Some(items) => items.push(item),
                None => manifest.lose(task.id, 1, "other_image", OTHER_IMAGE),
            }
        }
        let mut sheets = Vec::with_capacity(addresses.len());
        for (at, (address, items)) in addresses.into_iter().zip(items_of).enumerate() {
            if address.is_empty() {
                manifest.lose(task.id, 1, "no_image", "Images of lists that have no address were left out.");
                continue;
            }
            sheets.push(Sheet {
                address,
                number: self.list.is_some().then_some(at + 1),
                labeled,
                items,
                updated_at: answer.map(|answer| answer.updated_at),
            });
        }
        sheets
    }

    /// One of them, with its size. Asked for one by one, so that an image which has to come here for that comes once.
    pub(super) fn picture(
        &self,
        task: i64,
        sheet: Sheet,
        manifest: &mut Manifest,
        sink: &mut dyn Sink,
    ) -> io::Result<Picture> {
        let Sheet { address, number, labeled, items, updated_at } = sheet;
        let size = match items.iter().find_map(ResultItem::original_size) {
            Some(size) => Some(size),
            None => sink.image_size(&address)?,
        };
        Ok(Picture {
            file_name: file_name(task, number, &address),
            labeled,
            size,
            regions: self.regions(task, &items, size, manifest),
            updated_at,
            address,
        })
    }

    fn regions(
        &self,
        task: i64,
        items: &[ResultItem],
        size: Option<ImageSize>,
        manifest: &mut Manifest,
    ) -> Vec<Labeled> {
        let mut regions: Vec<Labeled> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        for item in items {
            let region = match Region::from_item(item, size) {
                Ok(Some(region)) if region.shape.is_on_image() => region,
                Ok(_) => {
                    manifest.lose(task, 1, "not_a_shape", "Answers that are no shape on an image stay behind.");
                    continue;
                }
                Err(_) => {
                    let message = "Regions with unusable numbers, or on an image of unknown size, were left out.";
                    manifest.lose(task, 1, "unusable", message);
                    continue;
                }
            };
            if region.to_name != self.object {
                manifest.lose(task, 1, "other_image", OTHER_IMAGE);
                continue;
            }
            // A shape and its labels may be two items that share an id.
            if let Some(index) = known.get(item.id()).filter(|_| !item.id().is_empty()) {
                for label in region.labels {
                    if !regions[*index].labels.contains(&label) {
                        regions[*index].labels.push(label);
                    }
                }
                continue;
            }
            known.insert(item.id(), regions.len());
            regions.push(Labeled {
                id: region.id,
                parent: item.parent_id().map(str::to_owned),
                shape: region.shape,
                labels: region.labels,
            });
        }
        let before = regions.len();
        regions.retain(|region| !region.labels.is_empty());
        let unlabeled = (before - regions.len()) as u64;
        manifest.lose(task, unlabeled, "no_label", "Regions without a label have no class and were left out.");
        regions
    }
}

/// The address's last part behind the task's number and that of the image in a list, made of characters that every file system takes.
pub(super) fn file_name(task: i64, number: Option<usize>, address: &str) -> String {
    let task = number.map_or_else(|| task.to_string(), |number| format!("{task}-{number}"));
    let path = address.split(['?', '#']).next().unwrap_or(address);
    let last = if path.starts_with("data:") { "" } else { path.rsplit(['/', '\\']).next().unwrap_or(path) };
    let safe = |character: char| {
        let allowed = character.is_alphanumeric() || matches!(character, '.' | '-' | '_');
        if allowed { character } else { '_' }
    };
    let name: String = last.chars().take(MAX_NAME_CHARS).map(safe).collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() { format!("{task}.image") } else { format!("{task}-{name}") }
}

/// The classes of a data set: numbers and names. Labels outside the interface get numbers as they are met.
pub(super) struct Classes {
    /// Ordered by number.
    list: Vec<(i64, String)>,
    numbers: HashMap<String, i64>,
}

impl Classes {
    /// Labels of the shape controls: those with a `category` keep it, the others fill the gaps in order of their names.
    pub(super) fn of(config: &LabelConfig, tags: &[&str]) -> Self {
        let controls = config.controls.iter().filter(|control| tags.contains(&control.tag.as_str()));
        let labels: Vec<&Label> = controls.flat_map(|control| &control.labels).collect();
        let mut classes = Self { list: Vec::new(), numbers: HashMap::new() };
        for label in &labels {
            if let Some(category) = label.category {
                let taken = classes.list.iter().any(|(number, _)| *number == category);
                if !taken && !classes.numbers.contains_key(stored(label)) {
                    classes.insert(category, stored(label));
                }
            }
        }
        let mut names: Vec<&str> = labels.into_iter().map(stored).collect();
        names.sort_unstable();
        for name in names {
            classes.number(name);
        }
        classes
    }

    /// The number of a label, a new one if it is not known.
    pub(super) fn number(&mut self, name: &str) -> i64 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let free = (0..).find(|number| self.list.iter().all(|(taken, _)| taken != number)).unwrap_or(0);
        self.insert(free, name);
        free
    }

    fn insert(&mut self, number: i64, name: &str) {
        let at = self.list.partition_point(|(other, _)| *other < number);
        self.list.insert(at, (number, name.to_owned()));
        self.numbers.insert(name.to_owned(), number);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(i64, String)> {
        self.list.iter()
    }
}

/// What a result stores for a label.
fn stored(label: &Label) -> &str {
    label.alias.as_deref().unwrap_or(&label.value)
}

/// Labels of key points are parts of a thing, not things.
pub(super) fn keypoint_names(config: &LabelConfig) -> Vec<String> {
    let controls = config.controls.iter().filter(|control| control.tag == "KeyPointLabels");
    controls.flat_map(|control| &control.labels).map(|label| stored(label).to_owned()).collect()
}

/// The tags whose labels are classes.
pub(super) const CLASS_TAGS: [&str; 7] =
    ["RectangleLabels", "PolygonLabels", "EllipseLabels", "BrushLabels", "BitmaskLabels", "VectorLabels", "Labels"];

/// Pixels without the noise that percent leaves behind: a millionth of a pixel is nobody's intention.
pub(super) fn pixels(value: f64) -> f64 {
    tidy(value, 1e6)
}

pub(super) fn tidy(value: f64, steps: f64) -> f64 {
    // Adding zero turns -0 into 0.
    (value * steps).round() / steps + 0.0
}
