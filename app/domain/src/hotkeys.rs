//! Keys that a person has chosen, as they are stored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The most keys one person may have chosen.
const MAX_KEYS: usize = 1_000;
/// The most characters of what is put on a key, and of a key in words.
pub const MAX_CHARS: usize = 200;

/// What a person has put on keys in place of what comes with the product: by the name of the command, or of the label or
/// choice with its control (`objects: Car`), the key in words (`Ctrl Shift Z`), or nothing for one without a key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OwnKeys(pub BTreeMap<String, String>);

impl OwnKeys {
    /// Whether this is little enough to be kept. What the words mean is for the editor, which passes over what it does not
    /// know.
    ///
    /// # Errors
    /// Too many keys, or words that are too long.
    pub fn check(&self) -> Result<()> {
        let is_long = |text: &String| text.chars().count() > MAX_CHARS;
        if self.0.len() > MAX_KEYS || self.0.iter().any(|(name, key)| is_long(name) || is_long(key)) {
            return Err(Error::invalid("keys", "keys_too_many", "These are more keys than can be kept."));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::OwnKeys;

    #[test]
    fn what_is_kept_has_limits() {
        let keys = |count: usize, key: &str| OwnKeys((0..count).map(|n| (format!("{n}"), key.to_owned())).collect());
        for (keys, fits) in [
            (keys(0, ""), true),
            (keys(1_000, "Ctrl A"), true),
            (keys(1_001, "A"), false),
            (keys(1, &"A".repeat(201)), false),
        ] {
            assert_eq!(keys.check().is_ok(), fits, "{}", keys.0.len());
        }
    }
}
