//! Columns: what is known of a task and can be shown, filtered and sorted by.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::{Error, Result, id::UserId, import::ColumnKind, label_config::LabelConfig};

/// The most characters of a column's name.
const MAX_NAME_CHARS: usize = 500;

/// Something known of a task.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// One that every project has.
    Fixed(Fixed),
    /// How many regions of the annotations bear a label.
    LabelCount(String),
    /// A field of the task's data, whether or not any task has it: data comes and goes, and views stay.
    Data(String),
}

macro_rules! fixed_columns {
    ($($variant:ident $id:literal $kind:ident $title:literal $help:literal;)+) => {
        /// A column that every project has.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fixed {$(
            #[doc = $help]
            $variant,
        )+}

        impl Fixed {
            /// All of them, in the order they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As programs call it.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id),+ }
            }

            /// What it holds.
            #[must_use]
            pub fn holds(self) -> ColumnType {
                match self { $(Self::$variant => ColumnType::$kind),+ }
            }

            fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }

            fn help(self) -> &'static str {
                match self { $(Self::$variant => $help),+ }
            }
        }
    };
}

fixed_columns! {
    Id "id" Number "ID" "The number of the task";
    InnerId "inner_id" Number "Inner ID" "The number of the task in its project, from 1";
    CompletedAt "completed_at" Datetime "Completed" "When the task got all annotations it needs";
    TotalAnnotations "total_annotations" Number "Annotations" "How many annotations count for the task";
    CancelledAnnotations "cancelled_annotations" Number "Cancelled" "How often the task was skipped";
    TotalPredictions "total_predictions" Number "Predictions" "How many predictions the task has";
    Annotators "annotators" List "Annotated by" "Who has worked on the task";
    AnnotationsResults "annotations_results" String "Annotation results" "What all annotations say, as JSON";
    AnnotationsIds "annotations_ids" String "Annotation IDs" "The numbers of all annotations";
    PredictionsScore "predictions_score" Number "Prediction score" "The average score of the predictions, of the version that counts where the project has one";
    PredictionsModelVersions "predictions_model_versions" List "Prediction model versions"
        "Which versions of models made the predictions";
    PredictionsResults "predictions_results" String "Prediction results" "What all predictions say, as JSON";
    FileUpload "file_upload" String "Upload filename" "The file that the task came with";
    StorageFilename "storage_filename" String "Storage filename" "The object of a cloud storage that the task came from";
    CreatedAt "created_at" Datetime "Created at" "When the task came in";
    UpdatedAt "updated_at" Datetime "Updated at" "When the task or the work on it last changed";
    UpdatedBy "updated_by" List "Updated by" "Who last changed an annotation of the task";
    AvgLeadTime "avg_lead_time" Time "Lead Time" "How long an annotation took on average, in seconds";
    DraftExists "draft_exists" Boolean "Drafts" "Whether somebody has begun and not submitted";
    IsLabeled "is_labeled" Boolean "Labeled" "Whether the task has all annotations it needs";
    Overlap "overlap" Number "Overlap" "How many annotations the task needs";
    GroundTruth "ground_truth" Boolean "Ground truth" "Whether an annotation is the ground truth";
    CommentCount "comment_count" Number "Comments" "How many comments the task has";
    UnresolvedCommentCount "unresolved_comment_count" Number "Open comments" "How many comments are not settled";
    Labels "labels" List "Labels" "Labels and choices in the annotations";
    PredictedLabels "predicted_labels" List "Predicted labels" "Labels and choices in the predictions";
    RegionCount "region_count" Number "Regions" "How many regions and answers the annotations have";
    RegionArea "region_area" Number "Region area" "The area of any region, in pixels of the image";
    ProjectImport "project_import" Number "Import" "The number of the import that brought the task";
}

/// What a column holds, in Label Studio's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ColumnType {
    /// Numbers.
    Number,
    /// Moments.
    Datetime,
    /// True or false.
    Boolean,
    /// Text.
    String,
    /// Several of something.
    List,
    /// Seconds.
    Time,
    /// Addresses of pictures.
    Image,
    /// Addresses of sounds.
    Audio,
    /// Addresses of videos.
    Video,
    /// Anything.
    Unknown,
}

impl Column {
    /// The column behind `tasks:id`, `data.text` or `label_count.Car`, with or without its target.
    ///
    /// # Errors
    /// One that tasks do not have.
    pub fn parse(path: &str) -> Result<Self> {
        let name = path.strip_prefix("tasks:").unwrap_or(path);
        let unknown = || {
            let shown: String = name.chars().take(80).collect();
            Error::invalid("column", "unknown_column", format!("Tasks have no column “{shown}”."))
        };
        if name.chars().count() > MAX_NAME_CHARS || name.contains('\0') {
            return Err(unknown());
        }
        if let Some(field) = name.strip_prefix("data.") {
            return if field.is_empty() { Err(unknown()) } else { Ok(Self::Data(field.to_owned())) };
        }
        if let Some(label) = name.strip_prefix("label_count.").filter(|label| !label.is_empty()) {
            return Ok(Self::LabelCount(label.to_owned()));
        }
        // The one column that has two names there.
        let name = if name == "comments" { "comment_count" } else { name };
        Fixed::ALL.iter().find(|column| column.id() == name).map(|column| Self::Fixed(*column)).ok_or_else(unknown)
    }

    /// `data.text`, as after `tasks:`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Fixed(column) => column.id().to_owned(),
            Self::LabelCount(label) => format!("label_count.{label}"),
            Self::Data(field) => format!("data.{field}"),
        }
    }

    /// What it holds; data holds what each task brings.
    #[must_use]
    pub fn holds(&self) -> ColumnType {
        match self {
            Self::Fixed(column) => column.holds(),
            Self::LabelCount(_) => ColumnType::Number,
            Self::Data(_) => ColumnType::Unknown,
        }
    }

    /// Whether it holds people.
    #[must_use]
    pub fn holds_people(&self) -> bool {
        matches!(self, Self::Fixed(Fixed::Annotators | Fixed::UpdatedBy))
    }

    /// Whether there is something of it on each annotation, so that two of them can be asked about one and the same.
    #[must_use]
    pub fn is_of_annotation(&self) -> bool {
        use Fixed as F;
        match self {
            Self::Fixed(column) => matches!(
                column,
                F::Annotators
                    | F::UpdatedBy
                    | F::AnnotationsResults
                    | F::AnnotationsIds
                    | F::AvgLeadTime
                    | F::GroundTruth
                    | F::Labels
                    | F::RegionCount
                    | F::RegionArea
            ),
            Self::LabelCount(_) => true,
            Self::Data(_) => false,
        }
    }

    /// Whether tasks can follow each other by it: a list or a document has no order.
    #[must_use]
    pub fn is_sortable(&self) -> bool {
        use Fixed as F;
        !matches!(
            self,
            Self::Fixed(
                F::AnnotationsResults
                    | F::PredictionsResults
                    | F::AnnotationsIds
                    | F::Labels
                    | F::PredictedLabels
                    | F::RegionArea
            )
        )
    }
}

/// Where a column is shown unless somebody chose otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Visibility {
    /// In the table of tasks.
    pub explore: bool,
    /// Beside the task that is labeled.
    pub labeling: bool,
}

/// A column as programs are told of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnInfo {
    /// Its name, below its parent.
    pub id: String,
    /// As shown to people.
    pub title: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub holds: ColumnType,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<&'static str>,
    /// Always `tasks`.
    pub target: &'static str,
    /// `data` for fields of the data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<&'static str>,
    /// The fields below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub children: Option<Vec<String>>,
    /// What can be chosen from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// Where it is shown at first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility_defaults: Option<Visibility>,
    /// Whether it comes from the project's own data.
    pub project_defined: bool,
}

/// What is known of a project's columns.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Columns {
    /// Fields of the data, each with what it was seen to hold and how often.
    pub data: BTreeMap<String, BTreeMap<String, i64>>,
    /// The labeling interface.
    pub config: LabelConfig,
    /// Who is in the project.
    pub people: Vec<UserId>,
    /// Versions of models that proposed something.
    pub model_versions: Vec<String>,
}

impl Columns {
    /// What a field of the data holds, as far as all tasks agree.
    #[must_use]
    pub fn holds(&self, field: &str) -> ColumnType {
        let object = self.config.objects.iter().find(|object| object.field.as_deref() == Some(field));
        match object.map(|object| object.tag.as_str()) {
            Some("Image") => return ColumnType::Image,
            Some("Audio" | "AudioPlus") => return ColumnType::Audio,
            Some("Video") => return ColumnType::Video,
            _ => {}
        }
        let mut kinds = self.data.get(field).into_iter().flat_map(BTreeMap::keys);
        let only = match (kinds.next(), kinds.next()) {
            (Some(only), None) => serde_json::from_value::<ColumnKind>(json!(only)).ok(),
            _ => None,
        };
        match only {
            Some(ColumnKind::Number) => ColumnType::Number,
            Some(ColumnKind::Boolean) => ColumnType::Boolean,
            Some(ColumnKind::Datetime) => ColumnType::Datetime,
            Some(ColumnKind::Image) => ColumnType::Image,
            Some(ColumnKind::Audio) => ColumnType::Audio,
            Some(ColumnKind::Video) => ColumnType::Video,
            Some(ColumnKind::List) => ColumnType::List,
            Some(ColumnKind::String | ColumnKind::Pdf | ColumnKind::Table | ColumnKind::Url) => ColumnType::String,
            Some(ColumnKind::Object) | None if object.is_some() => ColumnType::String,
            Some(ColumnKind::Object) | None => ColumnType::Unknown,
        }
    }
}

/// The columns of a project, fields of its data first, those the labeling interface shows before the others.
#[must_use]
pub fn columns(of: &Columns) -> Vec<ColumnInfo> {
    let mut fields: Vec<&str> = Vec::new();
    let shown = of.config.objects.iter().filter_map(|object| object.field.as_deref());
    // A part of a list is not a column of its own.
    let shown: Vec<&str> = shown.filter(|field| !field.contains('[')).collect();
    for field in shown.iter().copied().chain(of.data.keys().map(String::as_str)) {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    let mut columns: Vec<ColumnInfo> = fields
        .iter()
        .map(|field| ColumnInfo {
            id: (*field).to_owned(),
            title: (*field).to_owned(),
            holds: of.holds(field),
            help: None,
            target: "tasks",
            parent: Some("data"),
            children: None,
            schema: None,
            visibility_defaults: Some(Visibility { explore: true, labeling: shown.contains(field) }),
            project_defined: true,
        })
        .collect();
    columns.extend(Fixed::ALL.iter().map(|column| fixed(*column, of)));
    columns.push(ColumnInfo {
        id: "data".into(),
        title: "data".into(),
        holds: ColumnType::List,
        help: None,
        target: "tasks",
        parent: None,
        children: Some(fields.into_iter().map(str::to_owned).collect()),
        schema: None,
        visibility_defaults: None,
        project_defined: false,
    });
    columns
}

fn fixed(column: Fixed, of: &Columns) -> ColumnInfo {
    use Fixed as F;
    let labels =
        || of.config.controls.iter().flat_map(|control| &control.labels).map(|label| json!(label.value)).collect();
    let schema = match column {
        F::Annotators | F::UpdatedBy => Some(json!({ "items": of.people })),
        F::PredictionsModelVersions => Some(json!({ "items": of.model_versions, "multiple": true })),
        F::Labels | F::PredictedLabels => Some(json!({ "items": Value::Array(labels()), "multiple": true })),
        _ => None,
    };
    let explore = matches!(
        column,
        F::Id | F::CompletedAt | F::TotalAnnotations | F::CancelledAnnotations | F::TotalPredictions | F::Annotators
    );
    ColumnInfo {
        id: column.id().into(),
        title: column.title().into(),
        holds: column.holds(),
        help: Some(column.help()),
        target: "tasks",
        parent: None,
        children: None,
        schema,
        visibility_defaults: Some(Visibility { explore, labeling: column == F::TotalAnnotations }),
        project_defined: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label_config;

    #[test]
    fn names_come_back() {
        for column in Fixed::ALL {
            assert_eq!(Column::parse(column.id()), Ok(Column::Fixed(*column)));
            assert_eq!(Column::parse(&format!("tasks:{}", column.id())), Ok(Column::Fixed(*column)));
        }
        for name in ["data.text", "data.a.b", "data.$undefined$", "data.__class__", "label_count.Car/Red"] {
            assert_eq!(Column::parse(name).map(|column| column.name()), Ok(name.to_owned()));
        }
        assert_eq!(Column::parse("comments"), Ok(Column::Fixed(Fixed::CommentCount)));
    }

    #[test]
    fn what_tasks_do_not_have_is_refused_by_name() {
        for name in ["zzz", "", "data.", "data", "label_count.", "project__organization", "tasks:tasks:id", "data.\0"] {
            let problem = Column::parse(name).unwrap_err();
            assert_eq!(problem.code, "unknown_column", "{name}");
        }
        assert_eq!(Column::parse("zzz").unwrap_err().message, "Tasks have no column “zzz”.");
        assert!(Column::parse(&format!("data.{}", "x".repeat(MAX_NAME_CHARS))).is_err());
    }

    #[test]
    fn the_columns_of_a_project() {
        let config = r#"<View><Image name="i" value="$photo"/><Text name="t" value="$text"/>
            <Choices name="c" toName="t"><Choice value="Good"/><Choice value="Bad"/></Choices></View>"#;
        let kinds = |kinds: &[(&str, i64)]| kinds.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect();
        let of = Columns {
            data: [
                ("n".to_owned(), kinds(&[("number", 3)])),
                ("mixed".to_owned(), kinds(&[("number", 3), ("string", 1)])),
                ("text".to_owned(), kinds(&[("string", 3)])),
            ]
            .into(),
            config: label_config::parse(config).config.unwrap(),
            people: vec![UserId(7)],
            model_versions: vec!["v1".into()],
        };
        let all = columns(&of);
        let told: Vec<_> = all.iter().take(5).map(|column| (column.id.as_str(), column.holds)).collect();
        assert_eq!(
            told,
            [
                ("photo", ColumnType::Image),
                ("text", ColumnType::String),
                ("mixed", ColumnType::Unknown),
                ("n", ColumnType::Number),
                ("id", ColumnType::Number)
            ]
        );
        let json = serde_json::to_value(&all).unwrap();
        assert_eq!(
            json[1],
            json!({"id": "text", "title": "text", "type": "String", "target": "tasks", "parent": "data",
                "visibility_defaults": {"explore": true, "labeling": true}, "project_defined": true})
        );
        let by_id = |id: &str| json.as_array().unwrap().iter().find(|column| column["id"] == id).unwrap().clone();
        assert_eq!(by_id("annotators")["schema"], json!({"items": [7]}));
        assert_eq!(by_id("predictions_model_versions")["schema"], json!({"items": ["v1"], "multiple": true}));
        assert_eq!(by_id("labels")["schema"]["items"], json!(["Good", "Bad"]));
        assert_eq!(by_id("data")["children"], json!(["photo", "text", "mixed", "n"]));
        assert!(by_id("data").get("visibility_defaults").is_none());
        assert_eq!(all.len(), 4 + Fixed::ALL.len() + 1);
    }
}
