//! Projects: what people enter, what they see, and the rules between.

mod find;
mod label_change;
mod lifecycle;
mod overview;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::{
    find::{Find, Found, FoundProject, MAX_SEARCH, MOST_FOUND, search_words, task_number},
    label_change::losses,
    lifecycle::{Lack, ProjectMove, StateChange},
    overview::{Happening, OVERVIEW_DAYS, PersonWork, ProjectEvent, ProjectOverview, WorkDay, fill_days},
};
use crate::{
    Error, Result,
    access::ProjectRole,
    account::parse_name,
    id::{ProjectId, UserId, WorkspaceId},
    label_config::{self, LabelConfig, MAX_BYTES},
    org::parse_color,
};

/// The shortest and the longest title, in characters.
pub const TITLE: std::ops::RangeInclusive<usize> = 3..=100;
/// The longest description, in characters.
pub const MAX_DESCRIPTION: usize = 2000;
/// The longest instructions, in characters.
pub const MAX_INSTRUCTION: usize = 50_000;
/// The most annotations one task can ask for.
pub const MAX_ANNOTATIONS: i32 = 100;
/// How long a project stays in the bin.
pub const BIN_DAYS: i64 = 30;
/// The code of the error for a project in the bin, told to those who can take it out.
pub const IN_BIN: &str = "project_in_bin";
/// The labeling interface of a project that has none yet.
pub const EMPTY_CONFIG: &str = "<View></View>";

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// As stored, and as programs say it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The one of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.as_str() == name)
            }
        }
    };
}

words! {
    /// Where a project stands.
    ProjectState {
        /// Being set up.
        #[default]
        Pending = "pending",
        /// Its workflow is being put together.
        BuildingWorkflow = "building_workflow",
        /// Tasks are being handed out.
        Live = "live",
        /// Nothing is handed out for now.
        Paused = "paused",
        /// All is done.
        Completed = "completed",
    }
}

words! {
    /// Which task comes next.
    Sampling {
        /// In the order they came in.
        #[default]
        Sequence = "SEQUENCE",
        /// At random.
        Uniform = "UNIFORM",
        /// Where the model is least sure.
        Uncertainty = "UNCERTAINTY",
        /// As many of each kind.
        EqualDistribution = "EQUAL_DISTRIBUTION",
    }
}

words! {
    /// What becomes of a task that somebody skips.
    SkipQueue {
        /// It comes back to the same person, at the end.
        RequeueForMe = "REQUEUE_FOR_ME",
        /// It goes to somebody else.
        #[default]
        RequeueForOthers = "REQUEUE_FOR_OTHERS",
        /// It counts as done.
        IgnoreSkipped = "IGNORE_SKIPPED",
    }
}

words! {
    /// The order of the project list; pinned ones always come first.
    ProjectSort {
        /// Newest first.
        #[default]
        Newest = "newest",
        /// Worked on last, first.
        Activity = "activity",
        /// By title.
        Title = "title",
    }
}

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

/// The longest version of a model.
pub const MAX_MODEL_VERSION: usize = 256;
/// The most annotations that models may be made to wait for.
pub const MAX_UNTRAINED: i32 = 1_000_000;

/// A change of settings; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectPatch {
    /// What it is called.
    pub title: Option<String>,
    /// A sentence or two about it.
    pub description: Option<String>,
    /// A color token.
    pub color: Option<String>,
    /// Another folder: a number, or 0 for none.
    pub workspace_id: Option<WorkspaceId>,
    /// Markdown for the people who label.
    pub expert_instruction: Option<String>,
    /// Whether it is shown before the first task.
    pub show_instruction: Option<bool>,
    /// Whether tasks can be skipped.
    pub show_skip_button: Option<bool>,
    /// Whether nothing at all is an answer.
    pub enable_empty_annotation: Option<bool>,
    /// Whether predictions are shown while labeling.
    pub show_collab_predictions: Option<bool>,
    /// Whether their regions are shown one by one, as people draw.
    pub reveal_preannotations_interactively: Option<bool>,
    /// Whether media of other servers may be loaded through this one.
    pub allow_media_proxy: Option<bool>,
    /// How many people label each task.
    pub maximum_annotations: Option<i32>,
    /// Of how many tasks, in percent; one person labels each of the others.
    #[serde(default)]
    pub overlap_cohort_percentage: Option<i32>,
    /// Which task comes next.
    pub sampling: Option<Sampling>,
    /// What becomes of skipped tasks.
    pub skip_queue: Option<SkipQueue>,
    /// Whose predictions count: a version, or the title of a model; empty for any.
    pub model_version: Option<String>,
    /// After so many new annotations models are asked to learn; 0 for never.
    pub min_annotations_to_start_training: Option<i32>,
    /// Whether models are asked about tasks that somebody opens.
    pub evaluate_predictions_automatically: Option<bool>,
}

impl ProjectPatch {
    /// Keeps every rule, or says which one is broken. Texts come back trimmed.
    ///
    /// # Errors
    /// A value outside its limits.
    pub fn check(mut self) -> Result<Self> {
        self.title = self.title.map(|title| parse_title(&title)).transpose()?;
        self.description =
            self.description.map(|text| parse_text("description", &text, MAX_DESCRIPTION)).transpose()?;
        self.color = self.color.map(|color| parse_color(&color)).transpose()?;
        self.expert_instruction =
            self.expert_instruction.map(|text| parse_text("expert_instruction", &text, MAX_INSTRUCTION)).transpose()?;
        if self.maximum_annotations.is_some_and(|number| !(1..=MAX_ANNOTATIONS).contains(&number)) {
            let message = format!("Please enter a number from 1 to {MAX_ANNOTATIONS}.");
            return Err(Error::invalid("maximum_annotations", "overlap_out_of_range", message));
        }
        if self.overlap_cohort_percentage.is_some_and(|number| !(0..=100).contains(&number)) {
            let message = "Please enter a percentage from 0 to 100.";
            return Err(Error::invalid("overlap_cohort_percentage", "cohort_out_of_range", message));
        }
        self.model_version =
            self.model_version.map(|text| parse_text("model_version", &text, MAX_MODEL_VERSION)).transpose()?;
        if self.min_annotations_to_start_training.is_some_and(|number| !(0..=MAX_UNTRAINED).contains(&number)) {
            let message = format!("Please enter a number from 0 to {MAX_UNTRAINED}.");
            return Err(Error::invalid("min_annotations_to_start_training", "training_out_of_range", message));
        }
        Ok(self)
    }
}

/// What a copy of a project is called; never longer than a title may be.
#[must_use]
pub fn copy_title(title: &str) -> String {
    const PREFIX: &str = "Copy of ";
    PREFIX.chars().chain(title.chars()).take(*TITLE.end()).collect::<String>().trim_end().to_owned()
}

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

/// What the project list is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectQuery {
    /// Words of the title or the description.
    pub search: String,
    /// In which order.
    pub sort: ProjectSort,
    /// Only those in this state.
    pub state: Option<ProjectState>,
    /// Only those in this folder.
    pub workspace_id: Option<WorkspaceId>,
    /// The bin instead of the list.
    pub bin: bool,
    /// Where the last page ended.
    pub after: Option<String>,
}

/// A project in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectCard {
    /// Which.
    pub project_id: ProjectId,
    /// What it is called.
    pub title: String,
    /// About it.
    pub description: String,
    /// A color token.
    pub color: String,
    /// Its folder.
    pub workspace: Option<String>,
    /// Where it stands.
    pub state: ProjectState,
    /// What the viewer is in it.
    pub role: ProjectRole,
    /// Whether the viewer keeps it on top.
    pub pinned: bool,
    /// The tag of what is labeled first: `Image`, `Text`.
    pub data_type: Option<String>,
    /// How far it is.
    pub progress: Progress,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When somebody last labeled.
    pub last_annotation_at: Option<DateTime<Utc>>,
    /// In the bin since.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// How far the work is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// All tasks.
    pub tasks: i64,
    /// Tasks with as many annotations as they need.
    pub labeled: i64,
    /// Submitted annotations.
    pub annotations: i64,
    /// Skips.
    pub skipped: i64,
    /// Proposals of models and imports.
    pub predictions: i64,
}

impl Progress {
    /// From 0 to 1; nothing to do is nothing done.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a progress bar does not show the 54th bit")]
    pub fn share(self) -> f64 {
        if self.tasks <= 0 { 0.0 } else { (self.labeled as f64 / self.tasks as f64).clamp(0.0, 1.0) }
    }
}

/// What the frame of a project's pages shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectHead {
    /// Which.
    pub project_id: ProjectId,
    /// What it is called.
    pub title: String,
    /// What the viewer is in it.
    pub role: ProjectRole,
}

impl ProjectDetail {
    /// What the frame shows of it.
    #[must_use]
    pub fn head(&self) -> ProjectHead {
        ProjectHead { project_id: self.project_id, title: self.title.clone(), role: self.role }
    }
}

/// Everything the pages of a project show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectDetail {
    /// Which.
    pub project_id: ProjectId,
    /// What it is called.
    pub title: String,
    /// About it.
    pub description: String,
    /// A color token.
    pub color: String,
    /// Its folder.
    pub workspace_id: Option<WorkspaceId>,
    /// Where it stands.
    pub state: ProjectState,
    /// What the viewer is in it.
    pub role: ProjectRole,
    /// Whether the viewer keeps it on top.
    pub pinned: bool,
    /// The labeling interface as written.
    pub label_config: String,
    /// Changes when the labeling interface means something else.
    pub label_config_hash: i64,
    /// Whether it asks anything yet.
    pub has_controls: bool,
    /// Markdown as written.
    pub expert_instruction: String,
    /// The same as safe HTML.
    pub instruction_html: String,
    /// Whether it is shown before the first task.
    pub show_instruction: bool,
    /// Whether tasks can be skipped.
    pub show_skip_button: bool,
    /// Whether nothing at all is an answer.
    pub enable_empty_annotation: bool,
    /// Whether predictions are shown while labeling.
    pub show_collab_predictions: bool,
    /// Whether their regions are shown one by one, as people draw.
    pub reveal_preannotations_interactively: bool,
    /// Whether media of other servers may be loaded through this one.
    pub allow_media_proxy: bool,
    /// How many people label each task.
    pub maximum_annotations: i32,
    /// Which task comes next.
    pub sampling: Sampling,
    /// What becomes of skipped tasks.
    pub skip_queue: SkipQueue,
    /// Whose predictions count: a version, or the title of a model; empty for any.
    pub model_version: String,
    /// After so many new annotations models are asked to learn; 0 for never.
    pub min_annotations_to_start_training: i32,
    /// Whether models are asked about tasks that somebody opens.
    pub evaluate_predictions_automatically: bool,
    /// How far it is.
    pub progress: Progress,
    /// How often each label was used, by control.
    pub labels: Vec<LabelCounts>,
    /// The data of the first task, for a preview.
    pub sample: Option<Value>,
    /// How many people work in it.
    pub member_count: i64,
    /// Who made it.
    pub created_by: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When somebody last labeled.
    pub last_annotation_at: Option<DateTime<Utc>>,
}

/// How often the labels of one control were used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelCounts {
    /// The control's name.
    pub control: String,
    /// Each label and its count, the most used first.
    pub counts: Vec<(String, i64)>,
}

/// Reads `{"from_name": {"label": count}}`, controls by name, labels by use.
#[must_use]
pub fn label_counts(created_labels: &Value) -> Vec<LabelCounts> {
    let controls = created_labels.as_object().into_iter().flatten();
    let mut found: Vec<LabelCounts> = controls
        .map(|(control, labels)| {
            let counts = labels.as_object().into_iter().flatten();
            let mut counts: Vec<(String, i64)> = counts
                .filter_map(|(label, count)| Some((label.clone(), count.as_i64().filter(|count| *count > 0)?)))
                .collect();
            counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            LabelCounts { control: control.clone(), counts }
        })
        .filter(|control| !control.counts.is_empty())
        .collect();
    found.sort_by(|a, b| a.control.cmp(&b.control));
    found
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

#[cfg(test)]
mod tests {
    use serde_json::json;

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
    fn settings_keep_their_limits() {
        let patch = |number| ProjectPatch { maximum_annotations: Some(number), ..ProjectPatch::default() };
        for (number, fits) in [(0, false), (1, true), (100, true), (101, false)] {
            assert_eq!(patch(number).check().is_ok(), fits, "{number}");
        }
        let long = "x".repeat(MAX_INSTRUCTION + 1);
        assert!(ProjectPatch { expert_instruction: Some(long), ..ProjectPatch::default() }.check().is_err());
        assert_eq!(ProjectPatch::default().check().unwrap(), ProjectPatch::default());
    }

    #[test]
    fn words_round_trip() {
        for state in ProjectState::ALL {
            assert_eq!(ProjectState::from_name(state.as_str()), Some(*state));
            assert_eq!(serde_json::to_value(state).unwrap(), json!(state.as_str()));
        }
        assert_eq!(SkipQueue::from_name("nothing"), None);
    }

    #[test]
    fn counts_of_labels_come_sorted() {
        let counts = label_counts(&json!({"z": {"a": 1}, "b": {"x": 2, "y": 5, "none": 0}, "empty": {}, "odd": 3}));
        let wanted = [("b", vec![("y", 5), ("x", 2)]), ("z", vec![("a", 1)])];
        let wanted = wanted.map(|(control, counts)| LabelCounts {
            control: control.to_owned(),
            counts: counts.into_iter().map(|(label, count)| (label.to_owned(), count)).collect(),
        });
        assert_eq!(counts, wanted);
    }

    #[test]
    fn copies_have_titles_that_fit() {
        assert_eq!(copy_title("Cats"), "Copy of Cats");
        let long = copy_title(&"ä".repeat(100));
        assert_eq!(long.chars().count(), 100);
        assert!(parse_title(&long).is_ok());
    }

    #[test]
    fn progress_of_nothing_is_nothing() {
        assert_eq!(Progress::default().share(), 0.0);
        assert_eq!(Progress { tasks: 4, labeled: 1, ..Progress::default() }.share(), 0.25);
    }
}
