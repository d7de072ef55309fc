//! The library of labels: what a label may be, and where it is used.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Kind, Result,
    id::{LabelId, LabelLinkId, OrgId, ProjectId, UserId},
    label_config::{self, LabelConfig},
};

/// The longest title and the longest name of a control, in characters.
pub const MAX_TITLE: usize = 200;
/// The longest description, in characters.
pub const MAX_DESCRIPTION: usize = 2_000;
/// The deepest way down to a label of a taxonomy.
pub const MAX_STEPS: usize = 20;
/// How many labels are made at once.
pub const MAX_AT_ONCE: usize = 1_000;
/// How many labels a library has.
pub const MAX_LABELS: i64 = 10_000;

/// A label for the library, with the project and the control that it is used in first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLabel {
    /// Where it is used first.
    pub project_id: ProjectId,
    /// The control that offers it.
    pub from_name: String,
    /// As results have it: the label, or the way down to it in a taxonomy.
    pub value: Vec<String>,
    /// What people call it.
    pub title: String,
    /// About it.
    pub description: Option<String>,
}

impl NewLabel {
    /// Keeps every rule, or says which one is broken.
    ///
    /// # Errors
    /// A title, description, control or value outside the limits.
    pub fn check(self) -> Result<Self> {
        Ok(Self {
            project_id: self.project_id,
            from_name: parse_name("from_name", &self.from_name)?,
            value: parse_value("value", self.value)?,
            title: parse_name("title", &self.title)?,
            description: self.description.map(|text| parse_description(&text)).transpose()?,
        })
    }
}

/// A change of a label; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelPatch {
    /// As results have it from now on. Results are renamed apart from this.
    pub value: Option<Vec<String>>,
    /// What people call it.
    pub title: Option<String>,
    /// About it.
    pub description: Option<String>,
    /// Whether somebody has approved it.
    pub approved: Option<bool>,
}

impl LabelPatch {
    /// Keeps every rule, or says which one is broken.
    ///
    /// # Errors
    /// As [`NewLabel::check`].
    pub fn check(self) -> Result<Self> {
        Ok(Self {
            value: self.value.map(|value| parse_value("value", value)).transpose()?,
            title: self.title.map(|title| parse_name("title", &title)).transpose()?,
            description: self.description.map(|text| parse_description(&text)).transpose()?,
            approved: self.approved,
        })
    }
}

/// A label as results have it.
///
/// # Errors
/// *Invalid* on `field`: nothing, something empty, or a way too deep.
pub fn parse_value(field: &'static str, value: Vec<String>) -> Result<Vec<String>> {
    let is_bad = |step: &String| step.is_empty() || step.contains('\0') || step.chars().count() > 1_000;
    if value.is_empty() || value.len() > MAX_STEPS || value.iter().any(is_bad) {
        let message = "A label is a list of one text, or of the steps down to it in a taxonomy.";
        return Err(Error::invalid(field, "label_malformed", message));
    }
    Ok(value)
}

/// The name of a control, or a title.
///
/// # Errors
/// *Invalid* on `field`: empty, too long, or not to be stored.
pub fn parse_name(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() || text.contains('\0') || text.chars().count() > MAX_TITLE {
        let message = format!("“{field}” should have 1 to {MAX_TITLE} characters.");
        return Err(Error::invalid(field, "label_name_length", message));
    }
    Ok(text.to_owned())
}

fn parse_description(text: &str) -> Result<String> {
    if text.contains('\0') || text.chars().count() > MAX_DESCRIPTION {
        let message = format!("Please use at most {MAX_DESCRIPTION} characters.");
        return Err(Error::invalid("description", "text_long", message));
    }
    Ok(text.trim().to_owned())
}

/// Refuses more labels than a library has.
///
/// # Errors
/// *Too large* beyond [`MAX_AT_ONCE`] at once or [`MAX_LABELS`] in all.
pub fn check_count(new: usize, present: i64) -> Result<()> {
    let too_many = |message: String| Err(Error::new(Kind::TooLarge, "too_many_labels", message));
    if new > MAX_AT_ONCE {
        return too_many(format!("At most {MAX_AT_ONCE} labels are made at once."));
    }
    if present + i64::try_from(new).unwrap_or(i64::MAX) > MAX_LABELS {
        return too_many(format!("A library has {MAX_LABELS} labels at most."));
    }
    Ok(())
}

/// A label of the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Which.
    pub label_id: LabelId,
    /// Whose library.
    pub organization_id: OrgId,
    /// As results have it.
    pub value: Vec<String>,
    /// What people call it.
    pub title: String,
    /// About it.
    pub description: Option<String>,
    /// Whether somebody has approved it.
    pub approved: bool,
    /// Who.
    pub approved_by: Option<UserId>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// Where it is used: the link and its project.
    pub links: Vec<(LabelLinkId, ProjectId)>,
}

/// A label in a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelLink {
    /// Which.
    pub label_link_id: LabelLinkId,
    /// Where.
    pub project_id: ProjectId,
    /// What.
    pub label_id: LabelId,
    /// The control that offers it.
    pub from_name: String,
    /// How often it was given.
    pub uses: i64,
}

/// A page of the library as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Library {
    /// The labels, by their titles.
    pub labels: Vec<Label>,
    /// How many there are, or how many fit what was searched for.
    pub total: i64,
    /// Whether there are any at all.
    pub is_empty: bool,
    /// The projects they are used in, by their titles.
    pub projects: Vec<(ProjectId, String)>,
    /// Projects whose labels the person may add.
    pub sources: Vec<(ProjectId, String)>,
    /// Whether the person may change labels and remove them.
    pub may_change: bool,
}

/// A label that a labeling interface offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The control.
    pub from_name: String,
    /// As results have it.
    pub value: Vec<String>,
    /// Whether the library has it in this project already.
    pub is_known: bool,
}

impl Offer {
    /// As it comes into the library, called what it is.
    #[must_use]
    pub fn into_new(self, project_id: ProjectId) -> NewLabel {
        let title = self.value.join(" / ").chars().take(MAX_TITLE).collect();
        NewLabel { project_id, from_name: self.from_name, value: self.value, title, description: None }
    }
}

/// What a labeling interface offers, control by control; of a taxonomy every step.
#[must_use]
pub fn offers(config: &LabelConfig) -> Vec<Offer> {
    fn walk(from_name: &str, above: &[String], labels: &[label_config::Label], offers: &mut Vec<Offer>) {
        for label in labels {
            let own = label.alias.clone().unwrap_or_else(|| label.value.clone());
            let value: Vec<String> = above.iter().cloned().chain([own]).collect();
            offers.push(Offer { from_name: from_name.to_owned(), value: value.clone(), is_known: false });
            walk(from_name, &value, &label.children, offers);
        }
    }
    let mut offers = Vec::new();
    for control in &config.controls {
        walk(&control.name, &[], &control.labels, &mut offers);
    }
    offers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_labeling_interface_offers_its_labels_step_by_step() {
        let config = label_config::read(
            r#"<View><Text name="text" value="$text"/>
            <Choices name="mood" toName="text"><Choice value="Good"/><Choice value="Bad" alias="poor"/></Choices>
            <Taxonomy name="kind" toName="text"><Choice value="Animal"><Choice value="Cat"/></Choice><Choice value="Plant"/></Taxonomy>
            <Rating name="stars" toName="text"/></View>"#,
        )
        .unwrap();
        let offered: Vec<(String, String)> =
            offers(&config).into_iter().map(|offer| (offer.from_name, offer.value.join("/"))).collect();
        let offered: Vec<(&str, &str)> = offered.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            offered,
            [("mood", "Good"), ("mood", "poor"), ("kind", "Animal"), ("kind", "Animal/Cat"), ("kind", "Plant")]
        );
    }

    #[test]
    fn labels_keep_within_their_limits() {
        let new = |title: &str, from_name: &str, value: &[&str]| {
            let value = value.iter().map(|step| (*step).to_owned()).collect();
            let (title, from_name) = (title.to_owned(), from_name.to_owned());
            NewLabel { project_id: ProjectId(1), from_name, value, title, description: None }.check()
        };
        for (checked, field) in [
            (new(" Good ", "mood", &["Positive"]), None),
            (new("Good", "mood", &["Animals", "Cat"]), None),
            (new("", "mood", &["x"]), Some("title")),
            (new("x", " ", &["x"]), Some("from_name")),
            (new("x", "mood", &[]), Some("value")),
            (new("x", "mood", &[""]), Some("value")),
            (new("x", "mood", &["x"; 21]), Some("value")),
            (new(&"x".repeat(201), "mood", &["x"]), Some("title")),
        ] {
            assert_eq!(checked.as_ref().err().and_then(|error| error.field.as_deref()), field, "{checked:?}");
        }
        assert_eq!(new(" Good ", "mood", &["Positive"]).unwrap().title, "Good");
        for (count, present, fits) in [(1, 0, true), (1_001, 0, false), (1, 9_999, true), (2, 9_999, false)] {
            assert_eq!(check_count(count, present).is_ok(), fits, "{count} {present}");
        }
    }
}
