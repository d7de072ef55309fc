//! Projects: what people enter, what they see, and the rules between.

mod card;
mod detail;
mod find;
mod label_change;
mod lifecycle;
mod new;
mod overview;
mod settings;
mod words;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::{
    card::{Progress, ProjectCard, ProjectQuery},
    detail::{LabelCounts, ProjectDetail, ProjectHead, label_counts},
    find::{Find, Found, FoundProject, MAX_SEARCH, MOST_FOUND, search_words, task_number},
    label_change::losses,
    lifecycle::{Lack, ProjectMove, StateChange},
    new::{CheckedConfig, CheckedProject, EMPTY_CONFIG, NewProject, copy_title},
    overview::{Happening, OVERVIEW_DAYS, PersonWork, ProjectEvent, ProjectOverview, WorkDay, fill_days},
    settings::{MAX_ANNOTATIONS, MAX_INSTRUCTION, MAX_MODEL_VERSION, MAX_UNTRAINED, ProjectPatch},
    words::{ProjectSort, ProjectState, Sampling, SkipQueue},
};
use crate::{Error, Result, access::ProjectRole, account::parse_name, id::UserId};

/// The shortest and the longest title, in characters.
pub const TITLE: std::ops::RangeInclusive<usize> = 3..=100;
/// The longest description, in characters.
pub const MAX_DESCRIPTION: usize = 2000;
/// How long a project stays in the bin.
pub const BIN_DAYS: i64 = 30;
/// The code of the error for a project in the bin, told to those who can take it out.
pub const IN_BIN: &str = "project_in_bin";

fn parse_title(text: &str) -> Result<String> {
    parse_name("title", text, *TITLE.start(), *TITLE.end())
}

fn parse_text(field: &'static str, text: &str, max: usize) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > max {
        return Err(Error::invalid(field, "text_long", format!("Please use at most {max} characters.")));
    }
    if text.contains('\0') {
        return Err(Error::invalid(field, "text_unprintable", "This text contains characters that cannot be stored."));
    }
    Ok(text.to_owned())
}

/// A person in a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectMember {
    /// Who.
    pub user_id: UserId,
    /// As shown.
    pub name: String,
    /// The address.
    pub email: String,
    /// What they do here.
    pub role: ProjectRole,
    /// By their role in the organization; cannot be removed here.
    pub by_organization: bool,
}

/// The people page of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectPeople {
    /// Those who work in it.
    pub members: Vec<ProjectMember>,
    /// People of the organization who could be added: id, name, address.
    pub candidates: Vec<(UserId, String, String)>,
}

/// A template without its content, for the gallery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateCard {
    /// What addresses call it.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// One line about it.
    pub description: String,
    /// The heading it stands under.
    pub group: String,
}

/// A template with its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateDetail {
    /// The labeling interface.
    pub xml: String,
    /// The data of one task.
    pub sample: Value,
}
