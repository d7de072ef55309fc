//! Regions drawn from result items, and the items they go back to.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::geometry::{self, Geometry};
use super::item::labels_key;
use super::number::whole;
use super::{ResultItem, mask};
use crate::Result;
use crate::region::{ImageSize, Shape};

/// One region: a shape with its labels and the item it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// Shared by all items about this region.
    pub id: String,
    /// The control that made it.
    pub from_name: String,
    /// The object it is on.
    pub to_name: String,
    /// Such as `rectanglelabels`.
    pub item_type: String,
    /// In image pixels, fractions of a page or a video's frame, code points of a text, seconds of a sound.
    pub shape: Shape,
    /// In the order given.
    pub labels: Vec<String>,
    /// The original image, or the picture of a page where it is known; `None` on everything else.
    pub size: Option<ImageSize>,
    /// The item as it came; `None` for a region drawn just now.
    pub source: Option<ResultItem>,
}

impl Region {
    /// The region an item describes; `Ok(None)` when the item is not a region this module understands (it is then
    /// carried through as it is). `size` is used where the item does not carry the size of its image.
    ///
    /// # Errors
    /// The item claims to be a region but its numbers are missing, not finite or without an image size.
    pub fn from_item(item: &ResultItem, size: Option<ImageSize>) -> Result<Option<Self>> {
        Self::read(item, item.original_size().or(size))
    }

    /// The same for an image whose real size is known: percents are of that image, whatever size the item claims.
    ///
    /// # Errors
    /// As [`Region::from_item`].
    pub fn on_image(item: &ResultItem, size: ImageSize) -> Result<Option<Self>> {
        Self::read(item, Some(size))
    }

    fn read(item: &ResultItem, size: Option<ImageSize>) -> Result<Option<Self>> {
        let Some(value) = item.value() else { return Ok(None) };
        let Some(geometry) = Geometry::of(item, value) else { return Ok(None) };
        let (shape, size) = geometry.read(item, value, size)?;
        Ok(Some(Self::with_shape(item, shape, size)))
    }

    fn with_shape(item: &ResultItem, shape: Shape, size: Option<ImageSize>) -> Self {
        Self {
            id: item.id().to_owned(),
            from_name: item.from_name().to_owned(),
            to_name: item.to_name().to_owned(),
            item_type: item.item_type().to_owned(),
            labels: item.labels().into_iter().map(str::to_owned).collect(),
            size,
            shape,
            source: Some(item.clone()),
        }
    }

    /// The region as it came, before any change.
    fn before(&self) -> Option<Self> {
        let item = self.source.as_ref()?;
        match &self.shape {
            // Decoding pixels takes a while; a mask knows whether it is still the one that was read.
            Shape::Mask(pixels) if mask::is_as_read(pixels, item) => {
                Some(Self::with_shape(item, self.shape.clone(), self.size))
            }
            _ => Self::read(item, self.size).ok().flatten(),
        }
    }

    /// Whether the shape differs from the item it came from; true for a region drawn just now.
    #[must_use]
    pub fn is_reshaped(&self) -> bool {
        self.before().is_none_or(|before| before.shape != self.shape)
    }

    /// Brings the geometry repeated in another item about this region (its labels, a per-region answer) up to date.
    /// Items that repeat none, and all items while the shape is as it came, are left alone.
    pub fn copy_geometry_to(&self, item: &mut ResultItem) {
        if !self.is_reshaped() {
            return;
        }
        let is_text = item.item_type() == "textarea";
        if let Some(Value::Object(value)) = item.0.get_mut("value")
            && geometry::is_repeated_in(value)
        {
            // Written answers keep their own words where a span of text keeps the ones it covers.
            let words = value.get("text").filter(|_| is_text).cloned();
            geometry::write(&self.shape, self.size, &self.item_type, value);
            match words {
                Some(words) => value.insert("text".to_owned(), words),
                None if is_text => value.shift_remove("text"),
                None => None,
            };
        }
    }

    /// The item to store. What was not changed since [`Region::from_item`] keeps its exact numbers and all unknown
    /// keys; a changed prediction is marked `prediction-changed`.
    #[must_use]
    pub fn to_item(&self) -> ResultItem {
        let before = self.before();
        let mut item = self.source.clone().unwrap_or_else(|| self.blank_item());
        let (same_shape, same_labels, same_names) = match &before {
            Some(b) => (
                b.shape == self.shape,
                b.labels == self.labels && b.item_type == self.item_type,
                b.id == self.id && b.from_name == self.from_name && b.to_name == self.to_name,
            ),
            None => (false, false, false),
        };
        if same_shape && same_labels && same_names && before.as_ref().is_some_and(|b| b.item_type == self.item_type) {
            return item;
        }
        let names =
            [("id", &self.id), ("from_name", &self.from_name), ("to_name", &self.to_name), ("type", &self.item_type)];
        for (key, text) in names {
            item.0.insert(key.to_owned(), text.as_str().into());
        }
        if !(same_shape && same_labels) {
            item.mark_changed();
        }
        let mut value = match item.0.get_mut("value").map(Value::take) {
            Some(Value::Object(value)) => value,
            _ => Map::new(),
        };
        if !same_shape {
            if let Some(size) = self.size
                && item.original_size() != Some(size)
            {
                item.0.insert("original_width".to_owned(), whole(size.width));
                item.0.insert("original_height".to_owned(), whole(size.height));
            }
            if let Shape::Time(span) = &self.shape
                && item.original_length() != span.original_length
                && let Some(length) = span.original_length
            {
                item.0.insert("original_length".to_owned(), whole(length));
            }
            geometry::write(&self.shape, self.size, &self.item_type, &mut value);
        }
        if !same_labels {
            let key = labels_key(&self.item_type, Some(&value));
            if let Some(before) = before.as_ref().and_then(|before| before.source.as_ref()?.labels_key())
                && Some(before) != key
            {
                value.shift_remove(before);
            }
            if let Some(key) = key {
                value.insert(key.to_owned(), self.labels.clone().into());
            }
        }
        item.0.insert("value".to_owned(), value.into());
        item
    }

    /// A new item of another control about this region, with the region's geometry: a per-region answer.
    #[must_use]
    pub fn item_about(&self, from_name: &str, item_type: &str) -> ResultItem {
        let about = Self {
            from_name: from_name.to_owned(),
            item_type: item_type.to_owned(),
            labels: Vec::new(),
            source: None,
            ..self.clone()
        };
        let mut item = about.blank_item();
        let mut value = Map::new();
        geometry::write(&self.shape, self.size, &self.item_type, &mut value);
        if item_type == "textarea" {
            value.shift_remove("text");
        }
        item.0.insert("value".to_owned(), value.into());
        item
    }

    fn blank_item(&self) -> ResultItem {
        let mut item = Map::new();
        if let Some(size) = self.size {
            item.insert("original_width".to_owned(), whole(size.width));
            item.insert("original_height".to_owned(), whole(size.height));
            if !matches!(self.shape, Shape::Page(_)) {
                item.insert("image_rotation".to_owned(), 0.into());
            }
        }
        let ResultItem(rest) = ResultItem::new(&self.id, &self.from_name, &self.to_name, &self.item_type, Map::new());
        item.extend(rest);
        ResultItem(item)
    }

    /// Whether both the shape and the labels are as they came.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        self.source.as_ref().is_some_and(|item| self.to_item() == *item)
    }
}
