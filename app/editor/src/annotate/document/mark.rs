//! One region of the work.

use domain::label_config::{item_name, item_of, page_name, page_of};
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
    /// What people wrote about it (`meta.text`); several notes are lines.
    pub remark: String,
    /// How far in front of others it is painted and picked (`meta.z_order`).
    pub z_order: i64,
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

/// The object an item is about, as the editor calls it: a picture of a list and a page of a document have names of their own.
pub(super) fn place_of(item: &ResultItem, is_known: impl Fn(&str) -> bool) -> Option<String> {
    let name = item.to_name();
    if is_known(&page_name(name, 0)) {
        let page = item.value().and_then(|value| value.get("pageIndex")).and_then(serde_json::Value::as_u64);
        return Some(page_name(name, page.unwrap_or(1).checked_sub(1)?));
    }
    match item.item_index() {
        index if is_known(&item_name(name, 0)) => Some(item_name(name, index.unwrap_or(0))),
        None | Some(0) => Some(name.to_owned()),
        // Of a list that the interface does not have.
        Some(_) => None,
    }
}

/// What people wrote about a region.
pub(super) fn remark_of(item: &ResultItem) -> String {
    item.notes().join("\n")
}

impl Mark {
    /// A region drawn just now.
    pub(crate) fn new(region: Region, pair: Option<Pair>) -> Self {
        Self { region, pair, hidden: false, locked: false, remark: String::new(), z_order: 0 }
    }

    /// The item to store, which names the list of a picture or the document of a page and says which of it that is.
    pub(in crate::annotate) fn to_item(&self) -> ResultItem {
        let mut item = match item_of(&self.region.to_name) {
            Some((list, index)) => {
                let mut item = Region { to_name: list.to_owned(), ..self.region.clone() }.to_item();
                put_index(&mut item, index, self.region.source.is_none());
                item
            }
            None => match page_of(&self.region.to_name) {
                // Which page it is stands in its shape.
                Some((document, _)) => Region { to_name: document.to_owned(), ..self.region.clone() }.to_item(),
                None => self.region.to_item(),
            },
        };
        if remark_of(&item) != self.remark {
            let text = self.remark.trim();
            item.set_notes(&(!text.is_empty()).then(|| text.to_owned()).into_iter().collect::<Vec<_>>());
        }
        item.set_z_order(self.z_order);
        item
    }

    /// A new item of another control about this region.
    pub(super) fn item_about(&self, from_name: &str, item_type: &str) -> ResultItem {
        let mut item = self.region.item_about(from_name, item_type);
        if let Some((list, index)) = item_of(&self.region.to_name) {
            item.0.insert("to_name".to_owned(), list.into());
            put_index(&mut item, index, true);
        } else if let Some((document, _)) = page_of(&self.region.to_name) {
            item.0.insert("to_name".to_owned(), document.into());
        }
        item
    }

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

/// An item that came without a number is about the first picture, and stays as it is.
fn put_index(item: &mut ResultItem, index: u64, is_new: bool) {
    if is_new || item.item_index().unwrap_or(0) != index {
        item.0.insert("item_index".to_owned(), index.into());
    }
}
