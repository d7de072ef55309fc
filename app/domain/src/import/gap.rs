//! What a labeling interface shows and tasks do not have: the mistake of the wrong file in the right project.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::label_config::LabelConfig;

/// A field that is shown, and how many tasks lack it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldGap {
    /// Its name in the tasks' data.
    pub field: String,
    /// Tasks without it.
    pub without: u64,
    /// All tasks.
    pub tasks: u64,
}

/// The fields that objects of a labeling interface show and not every task has, by name. `present` says in how many of the
/// `tasks` each column is.
#[must_use]
pub fn gaps(config: &LabelConfig, present: &BTreeMap<String, u64>, tasks: u64) -> Vec<FieldGap> {
    // Of `a.b` and `a[0]` the data has the column `a`.
    let root = |field: &str| field.split(['.', '[']).next().unwrap_or(field).to_owned();
    let shown: BTreeSet<String> =
        config.objects.iter().filter_map(|object| object.field.as_deref()).map(root).collect();
    shown
        .into_iter()
        .filter_map(|field| {
            let without = tasks.saturating_sub(present.get(&field).copied().unwrap_or(0));
            (without > 0).then_some(FieldGap { field, without, tasks })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label_config::parse;

    #[test]
    fn what_is_shown_and_missing() {
        let found = |xml: &str, present: &[(&str, u64)], tasks| {
            let config = parse(xml).config.unwrap();
            let present = present.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
            gaps(&config, &present, tasks).into_iter().map(|gap| (gap.field, gap.without)).collect::<Vec<_>>()
        };
        let image = r#"<View><Image name="i" value="$image"/><Text name="t" value="$meta.note"/></View>"#;
        assert_eq!(found(image, &[("image", 3), ("meta", 3)], 3), []);
        assert_eq!(found(image, &[("text", 3), ("meta", 1)], 3), [("image".to_owned(), 3), ("meta".to_owned(), 2)]);
        assert_eq!(found(image, &[], 0), []);
        assert_eq!(found(r#"<View><Text name="t" value="Always the same"/></View>"#, &[], 3), []);
    }
}
