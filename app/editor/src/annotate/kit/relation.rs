//! `<Relations>`: the labels of relations.

use domain::label_config::{Element, LabelConfig};

use super::{label::PALETTE, safe_color};

/// What relations may be labeled with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RelationKit {
    /// In document order; none where any relation is just one.
    pub labels: Vec<RelationLabel>,
    /// A relation may carry several.
    pub multiple: bool,
}

/// One label of a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationLabel {
    /// What is stored.
    pub value: String,
    /// What is shown.
    pub text: String,
    /// A CSS color.
    pub color: String,
}

impl RelationKit {
    pub(super) fn of(config: &LabelConfig) -> Self {
        let mut kit = Self::default();
        let mut open: Vec<&Element> = vec![&config.root];
        while let Some(element) = open.pop() {
            let written = |name: &str| element.attribute(name).filter(|written| !written.trim().is_empty());
            if element.tag == "Relations" {
                kit.multiple |= written("choice") == Some("multiple");
            }
            if let Some(text) = written("value").filter(|_| element.tag == "Relation") {
                let color = written("background").and_then(safe_color);
                kit.labels.push(RelationLabel {
                    value: written("alias").unwrap_or(text).to_owned(),
                    text: text.to_owned(),
                    color: color.unwrap_or_else(|| PALETTE[kit.labels.len() % PALETTE.len()].to_owned()),
                });
            }
            open.extend(element.elements().rev());
        }
        kit
    }

    /// The label that stores `value`.
    #[must_use]
    pub fn label(&self, value: &str) -> Option<&RelationLabel> {
        self.labels.iter().find(|label| label.value == value)
    }
}
