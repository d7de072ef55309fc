//! Archives of YOLO: label files beside images, and what their numbers mean. A row is an image with its labels.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
    fs::File,
    io::Read,
};

use domain::{
    import::{self, RowError, Target},
    region::ImageSize,
};
use zip::ZipArchive;

use super::{
    archive::{Limited, allowed, is_safe, unpack_reason},
    read::{Out, Stopped},
};
use crate::{Result, storage::kind};

/// The largest file of classes, and of labels of one image.
const MAX_TEXT_BYTES: u64 = 16 << 20;

/// How much of an image is read for its size; cameras put up to half a megabyte in front of it.
const HEAD_BYTES: u64 = 1 << 20;

/// A data set of YOLO.
pub(super) struct DataSet {
    set: import::yolo::DataSet,
    /// Images by the place of their labels: their names, and their sizes where they can be read.
    images: BTreeMap<String, (String, Option<ImageSize>)>,
    labeled: HashSet<String>,
}

impl DataSet {
    /// What an archive says about itself; `None` for any other archive.
    pub(super) fn of(archive: &mut ZipArchive<File>) -> Result<Option<Self>> {
        let name = |index| archive.name_for_index(index).and_then(Result::ok).map(Cow::into_owned).unwrap_or_default();
        let names: Vec<String> = (0..archive.len()).map(name).collect();
        let says = |name: &str| {
            let last = name.rsplit('/').next().unwrap_or(name);
            last == "classes.txt" || last.ends_with(".yaml") || last.ends_with(".yml")
        };
        if !names.iter().any(|name| is_labels(name)) || !names.iter().any(|name| says(name)) {
            return Ok(None);
        }
        let mut found =
            Self { set: import::yolo::DataSet::default(), images: BTreeMap::new(), labeled: HashSet::new() };
        let mut classes = None;
        for (index, name) in names.iter().enumerate() {
            if says(name) {
                let mut left = u64::MAX;
                let text = text(archive, index, &mut left).unwrap_or_default();
                if name.ends_with("classes.txt") {
                    classes = Some(text);
                } else {
                    found.set.read_yaml(&text);
                }
            } else if kind::is_image_name(name) && is_safe(name) {
                let size = size(archive, index, name);
                found.images.insert(place(name), (name.clone(), size));
            }
        }
        found.set.read_classes(&classes.unwrap_or_default());
        Ok(Some(found))
    }

    /// The row of a file of labels.
    pub(super) fn labels(
        &mut self,
        archive: &mut ZipArchive<File>,
        index: usize,
        source: &str,
        target: &Target,
        left: &mut u64,
        out: &mut Out<'_>,
    ) -> Result<Result<(), Stopped>> {
        let name = archive.name_for_index(index).and_then(Result::ok).map(Cow::into_owned);
        let name = name.unwrap_or_default();
        let (set, images) = (&self.set, &self.images);
        let place = place(&name);
        let outcome = match (images.get(&place), text(archive, index, left)) {
            (Some((path, size)), Ok(text)) => set.task(path, Some(&text), *size, target),
            (None, Ok(_)) => {
                let reason = "The archive has no image for these labels.".to_owned();
                Err(RowError { reason, original: name.clone() })
            }
            (_, Err(reason)) => Err(RowError { reason, original: name.clone() }),
        };
        self.labeled.insert(place);
        out.at.row = 1;
        out.format = "YOLO";
        Ok(out.take(source, index as u64 + 1, 0, || outcome))
    }

    /// The rows of images that nobody has labeled.
    pub(super) fn rest(self, source: &str, target: &Target, out: &mut Out<'_>) -> Result<(), Stopped> {
        let Self { set, images, labeled } = self;
        let unlabeled = images.into_iter().filter(|(place, _)| !labeled.contains(place));
        for (row, (_, (path, size))) in unlabeled.enumerate() {
            out.at.row = row as u64 + 1;
            // Behind all entries of an archive.
            let number = 1_000_000 + out.at.row;
            out.take(source, number, 0, || set.task(&path, None, size, target))?;
        }
        Ok(())
    }
}

/// Whether an entry holds the labels of an image.
pub(super) fn is_labels(name: &str) -> bool {
    let is_text = name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("txt"));
    is_text && !name.starts_with("__MACOSX/") && name.split('/').rev().skip(1).any(|folder| folder == "labels")
}

/// Where the labels of an image are, without the ending: in `labels`, wherever the image is in `images`.
fn place(name: &str) -> String {
    let stem = match name.rsplit_once('.') {
        Some((stem, ending)) if !ending.contains('/') => stem,
        _ => name,
    };
    let folders: Vec<&str> = stem.split('/').map(|folder| if folder == "images" { "labels" } else { folder }).collect();
    folders.join("/")
}

/// The text of an entry, or why it cannot be read.
fn text(archive: &mut ZipArchive<File>, index: usize, left: &mut u64) -> Result<String, String> {
    let entry = archive.by_index(index).map_err(|error| format!("This entry cannot be read: {error}."))?;
    let allowed = allowed(entry.compressed_size(), *left).min(MAX_TEXT_BYTES);
    let mut limited = Limited { inner: entry, allowed, over: false };
    let mut text = String::new();
    let read = limited.read_to_string(&mut text);
    *left -= limited.used(allowed);
    read.map_err(|error| unpack_reason(&error, limited.over))?;
    Ok(text)
}

fn size(archive: &mut ZipArchive<File>, index: usize, name: &str) -> Option<ImageSize> {
    let entry = archive.by_index(index).ok()?;
    let mut head = Vec::new();
    entry.take(HEAD_BYTES).read_to_end(&mut head).ok()?;
    let (width, height) = kind::dimensions(kind::of(name, &head).ok()?, &head).ok()??;
    ImageSize::new(width.into(), height.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_lie_where_images_do() {
        for (image, labels) in [
            ("images/a.jpg", "labels/a.txt"),
            ("set/images/train/a.b.jpg", "set/labels/train/a.b.txt"),
            ("train/images/a.png", "train/labels/a.txt"),
        ] {
            assert_eq!(place(image), place(labels));
            assert!(is_labels(labels) && !is_labels(image));
        }
        assert!(!is_labels("classes.txt") && !is_labels("labels.txt") && !is_labels("labels/a.jpg"));
    }
}
