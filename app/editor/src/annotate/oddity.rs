//! What came from elsewhere and is not what it should be: it is told, shown where that can be done, and handed in as it
//! came.

use std::collections::BTreeMap;

use domain::region::{ImageSize, Shape};

use super::{Editor, RegionKey};

/// What is odd about a region that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// It lies beside its picture.
    Outside,
    /// A polygon that has no area.
    TooFewPoints,
}

/// A region that cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unshown {
    /// What it is: its labels, or else its type.
    pub title: String,
    /// Why, for people.
    pub sentence: String,
}

impl Editor {
    /// What is odd about a region.
    #[must_use]
    pub fn oddity(&self, key: RegionKey) -> Option<Oddity> {
        let region = &self.document.mark(key)?.region;
        if matches!(&region.shape, Shape::Polygon(polygon) if polygon.points.len() < 3) {
            return Some(Oddity::TooFewPoints);
        }
        let ImageSize { width, height } = self.view(&region.to_name)?.image();
        let bounds = region.shape.bounds()?;
        let is_on_it = bounds.max.x >= 0.0 && bounds.max.y >= 0.0 && bounds.min.x <= width && bounds.min.y <= height;
        (!is_on_it).then_some(Oddity::Outside)
    }

    /// The regions of the results that cannot be shown. They stay in the results as they came.
    #[must_use]
    pub fn unshown(&self) -> Vec<Unshown> {
        let sizes: BTreeMap<String, ImageSize> =
            self.surfaces.iter().map(|(object, surface)| (object.clone(), surface.view.image())).collect();
        let refused = self.document.refused(&sizes);
        refused
            .into_iter()
            .map(|(item, error)| {
                let labels = item.labels().join(", ");
                let title = if labels.is_empty() { item.item_type().to_owned() } else { labels };
                Unshown { title, sentence: error.message }
            })
            .collect()
    }
}
