//! Changes to a document, each knowing its inverse.

use domain::answer::Answer;
use domain::region::Shape;
use domain::region::mask::MaskPatch;

use super::document::{About, Document, Mark, Pair, RegionKey, Relation, RelationKey};
use crate::history::Reversible;

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// A region appears.
    Insert(RegionKey, Box<Mark>),
    /// A region goes.
    Remove(RegionKey),
    /// A region takes another shape.
    Reshape(RegionKey, Shape),
    /// Pixels of a mask are painted or erased; holds only those that change.
    Repaint(RegionKey, MaskPatch),
    /// A region takes other labels.
    Relabel(RegionKey, Box<Naming>),
    /// A region lies in front of others, or behind them.
    Stack(RegionKey, i64),
    /// Something else is written about a region.
    Remark(RegionKey, String),
    /// A relation appears or changes; `None` removes it.
    Relate(RelationKey, Option<Box<Relation>>),
    /// A question is answered otherwise.
    Answer {
        /// The control.
        control: String,
        /// The task, a picture or a region of it.
        about: About,
        /// `None` clears it.
        answer: Option<Answer>,
        /// The id of the result should it be new.
        id: String,
    },
}

/// All that changes when a region is relabeled.
#[derive(Debug, Clone, PartialEq)]
pub struct Naming {
    /// The control that made the region.
    pub from_name: String,
    /// The type of its result.
    pub item_type: String,
    /// Labels its own result carries.
    pub labels: Vec<String>,
    /// Labels of a result of their own.
    pub pair: Option<Pair>,
}

impl Edit {
    /// The region it is about.
    #[must_use]
    pub fn key(&self) -> Option<RegionKey> {
        match self {
            Self::Insert(key, _)
            | Self::Remove(key)
            | Self::Reshape(key, _)
            | Self::Repaint(key, _)
            | Self::Relabel(key, _)
            | Self::Stack(key, _)
            | Self::Remark(key, _) => Some(*key),
            Self::Answer { .. } | Self::Relate(..) => None,
        }
    }
}

impl Reversible<Document> for Edit {
    fn apply(self, to: &mut Document) -> Option<Self> {
        match self {
            Self::Insert(key, mark) => Some(match to.insert(key, *mark) {
                Some(before) => Self::Insert(key, Box::new(before)),
                None => Self::Remove(key),
            }),
            Self::Remove(key) => to.remove(key).map(|mark| Self::Insert(key, Box::new(mark))),
            Self::Reshape(key, shape) => {
                let mark = to.mark_mut(key)?;
                if mark.region.shape == shape {
                    return None;
                }
                Some(Self::Reshape(key, std::mem::replace(&mut mark.region.shape, shape)))
            }
            Self::Repaint(key, patch) => match &mut to.mark_mut(key)?.region.shape {
                Shape::Mask(mask) if !patch.is_empty() => Some(Self::Repaint(key, mask.put(patch))),
                _ => None,
            },
            Self::Relabel(key, naming) => {
                let Mark { region, pair, .. } = to.mark_mut(key)?;
                let before = Naming {
                    from_name: std::mem::replace(&mut region.from_name, naming.from_name),
                    item_type: std::mem::replace(&mut region.item_type, naming.item_type),
                    labels: std::mem::replace(&mut region.labels, naming.labels),
                    pair: std::mem::replace(pair, naming.pair),
                };
                Some(Self::Relabel(key, Box::new(before)))
            }
            Self::Remark(key, text) => {
                let mark = to.mark_mut(key)?;
                if mark.remark == text {
                    return None;
                }
                Some(Self::Remark(key, std::mem::replace(&mut mark.remark, text)))
            }
            Self::Stack(key, z_order) => {
                let mark = to.mark_mut(key)?;
                if mark.z_order == z_order {
                    return None;
                }
                Some(Self::Stack(key, std::mem::replace(&mut mark.z_order, z_order)))
            }
            Self::Relate(key, relation) => {
                if to.relation(key) == relation.as_deref() {
                    return None;
                }
                Some(Self::Relate(key, to.put_relation(key, relation.map(|relation| *relation)).map(Box::new)))
            }
            Self::Answer { control, about, answer, id } => {
                if to.answer(&control, about) == answer.as_ref() {
                    return None;
                }
                let before = to.put_answer(&control, about, answer, &id);
                Some(Self::Answer { control, about, answer: before, id })
            }
        }
    }
}
