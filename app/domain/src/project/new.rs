//! A new project and its labeling interface.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{MAX_DESCRIPTION, TITLE, parse_text, parse_title};
use crate::{
    Error, Result,
    id::WorkspaceId,
    label_config::{self, LabelConfig, MAX_BYTES},
    org::parse_color,
};

/// The labeling interface of a project that has none yet.
pub const EMPTY_CONFIG: &str = "<View></View>";

/// The form for a new project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewProject {
    /// What it is called.
    pub title: String,
    /// A sentence or two about it.
    #[serde(default)]
    pub description: String,
    /// A color token; empty for the usual one.
    #[serde(default)]
    pub color: String,
    /// The folder it goes into.
    #[serde(default)]
    pub workspace_id: Option<WorkspaceId>,
    /// The labeling interface; empty to decide later.
    #[serde(default)]
    pub label_config: String,
}

/// A [`NewProject`] with every rule kept.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedProject {
    /// Trimmed.
    pub title: String,
    /// Trimmed.
    pub description: String,
    /// One of the tokens.
    pub color: String,
    /// As chosen.
    pub workspace_id: Option<WorkspaceId>,
    /// The labeling interface.
    pub config: CheckedConfig,
}

/// A labeling interface without errors, in every form it is stored in.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedConfig {
    /// As written.
    pub xml: String,
    /// What it means.
    pub config: LabelConfig,
    /// For programs.
    pub parsed: Value,
    /// Changes when the meaning changes.
    pub hash: i64,
}

impl NewProject {
    /// Keeps every rule, or says which one is broken.
    ///
    /// # Errors
    /// A title, description, color or labeling interface outside the limits.
    pub fn check(self) -> Result<CheckedProject> {
        let written = self.label_config.trim();
        Ok(CheckedProject {
            title: parse_title(&self.title)?,
            description: parse_text("description", &self.description, MAX_DESCRIPTION)?,
            color: if self.color.is_empty() { "slate".to_owned() } else { parse_color(&self.color)? },
            workspace_id: self.workspace_id,
            config: CheckedConfig::new(if written.is_empty() { EMPTY_CONFIG } else { &self.label_config })?,
        })
    }
}

impl CheckedConfig {
    /// Parses a labeling interface and refuses one with errors.
    ///
    /// # Errors
    /// The first problem, with its place, and how many more there are.
    pub fn new(xml: &str) -> Result<Self> {
        if xml.len() > MAX_BYTES {
            let message = "The labeling interface is larger than 1 MB.";
            return Err(Error::new(crate::Kind::TooLarge, "label_config_large", message).on("label_config"));
        }
        let config = label_config::parse(xml).into_valid().map_err(|problems| {
            let errors: Vec<_> = problems.iter().filter(|p| p.severity == label_config::Severity::Error).collect();
            let message = errors.first().map_or_else(String::new, |first| {
                let place = format!("Line {}, column {}: {}", first.at.line, first.at.column, first.message);
                match errors.len() - 1 {
                    0 => place,
                    1 => format!("{place} There is 1 more error."),
                    more => format!("{place} There are {more} more errors."),
                }
            });
            Error::invalid("label_config", "label_config_invalid", message)
        })?;
        let parsed = config.to_parsed_json();
        let hash = label_config::hash(&parsed);
        Ok(Self { xml: xml.to_owned(), config, parsed, hash })
    }
}

/// What a copy of a project is called; never longer than a title may be.
#[must_use]
pub fn copy_title(title: &str) -> String {
    const PREFIX: &str = "Copy of ";
    PREFIX.chars().chain(title.chars()).take(*TITLE.end()).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(title: &str, label_config: &str) -> NewProject {
        NewProject { title: title.to_owned(), label_config: label_config.to_owned(), ..NewProject::default() }
    }

    #[test]
    fn a_new_project_and_its_nearest_refusals() {
        let project = new("  Cats  ", "").check().unwrap();
        assert_eq!(
            (project.title.as_str(), project.color.as_str(), project.config.xml.as_str()),
            ("Cats", "slate", EMPTY_CONFIG)
        );
        assert!(new("Cat", "").check().is_ok());
        assert_eq!(new("Ca", "").check().unwrap_err().field.as_deref(), Some("title"));
        assert!(new(&"é".repeat(100), "").check().is_ok());
        assert_eq!(new(&"é".repeat(101), "").check().unwrap_err().code, "name_long");
        let refused = new("Cats", "<View>\n<Imag").check().unwrap_err();
        assert_eq!((refused.code.as_ref(), refused.field.as_deref()), ("label_config_invalid", Some("label_config")));
        assert_eq!(refused.message, "Line 2, column 1: This tag is never finished.");
        assert_eq!(NewProject { color: "url(x)".into(), ..new("Cats", "") }.check().unwrap_err().code, "color_unknown");
    }

    #[test]
    fn copies_have_titles_that_fit() {
        assert_eq!(copy_title("Cats"), "Copy of Cats");
        let long = copy_title(&"ä".repeat(100));
        assert_eq!(long.chars().count(), 100);
        assert!(parse_title(&long).is_ok());
    }
}
