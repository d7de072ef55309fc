//! One region of the work.

use domain::result::{Region, ResultItem};
use serde::{Deserialize, Serialize};

use crate::annotate::kit::ShapeKind;

/// Names a region within one editor; later regions have larger keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegionKey(pub u32);

/// A region with its labels and how it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The shape, and the labels where its own result carries them.
    pub region: Region,
    /// The labels where a separate `Labels` control gives them.
    pub pair: Option<Pair>,
    /// Not painted and not touchable; not part of the result.
    pub hidden: bool,
    /// Cannot be changed; not part of the result unless it came `readonly`.
    pub locked: bool,
}

/// Labels of a region that are a result of their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The `Labels` control.
    pub from_name: String,
    /// In the order given.
    pub labels: Vec<String>,
    /// The item as it came.
    pub source: Option<ResultItem>,
}

impl Mark {
    /// The labels, wherever they are stored.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        self.pair.as_ref().map_or(&self.region.labels, |pair| &pair.labels)
    }

    /// The control that gave the labels.
    #[must_use]
    pub fn label_control(&self) -> &str {
        self.pair.as_ref().map_or(&self.region.from_name, |pair| &pair.from_name)
    }

    /// Whether people may change it.
    #[must_use]
    pub fn is_editable(&self) -> bool {
        !self.locked && !self.hidden
    }

    /// The kind of its shape.
    #[must_use]
    pub fn kind(&self) -> ShapeKind {
        ShapeKind::of(&self.region.shape)
    }
}
