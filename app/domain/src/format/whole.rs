//! A task with all its work, as Label Studio writes it. What is written is borrowed: of a large export nothing is copied.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Answers, ExportAnnotation, ExportDraft, ExportPrediction, ExportTask, Numbers, moment};

/// A task.
#[derive(Serialize)]
pub(super) struct Whole<'a> {
    id: i64,
    annotations: Vec<Annotation<'a>>,
    file_upload: Option<&'a str>,
    drafts: Vec<NumberOr<Draft<'a>>>,
    predictions: Vec<NumberOr<Prediction<'a>>>,
    data: &'a Map<String, Value>,
    meta: Meta<'a>,
    created_at: String,
    updated_at: String,
    allow_skip: bool,
    inner_id: i64,
    total_annotations: usize,
    cancelled_annotations: usize,
    total_predictions: usize,
    comment_count: i64,
    unresolved_comment_count: i64,
    last_comment_updated_at: Option<String>,
    project: i64,
    updated_by: Option<i64>,
    comment_authors: &'a [i64],
    is_labeled: bool,
}

#[derive(Serialize)]
struct Annotation<'a> {
    id: i64,
    completed_by: Option<NumberOr<Person<'a>>>,
    result: &'a Answers,
    was_cancelled: bool,
    ground_truth: bool,
    created_at: String,
    updated_at: String,
    draft_created_at: Option<String>,
    lead_time: Option<f64>,
    prediction: Empty,
    result_count: usize,
    unique_id: Option<String>,
    import_id: Option<i64>,
    last_action: Option<String>,
    bulk_created: bool,
    task: i64,
    project: i64,
    updated_by: Option<i64>,
    parent_prediction: Option<i64>,
    parent_annotation: Option<i64>,
    last_created_by: Option<i64>,
}

#[derive(Serialize)]
struct Person<'a> {
    id: i64,
    email: &'a str,
}

#[derive(Serialize)]
struct Prediction<'a> {
    id: i64,
    model_version: &'a str,
    score: Option<f64>,
    result: &'a Answers,
    created_at: String,
    task: i64,
    project: i64,
}

#[derive(Serialize)]
struct Draft<'a> {
    id: i64,
    user: i64,
    annotation: Option<i64>,
    result: &'a Answers,
    lead_time: Option<f64>,
    created_at: String,
    updated_at: String,
    task: i64,
}

/// A thing, or only its number, as was chosen.
#[derive(Serialize)]
#[serde(untagged)]
enum NumberOr<T> {
    Number(i64),
    Whole(T),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Meta<'a> {
    Some(&'a Map<String, Value>),
    None(Empty),
}

/// `{}`
type Empty = BTreeMap<(), ()>;

impl<'a> Whole<'a> {
    pub(super) fn new(task: &'a ExportTask, numbers: Numbers) -> Self {
        let answers = task.answers().count();
        let last = task.annotations.iter().max_by_key(|annotation| (annotation.updated_at, annotation.id));
        let draft = |draft: &'a ExportDraft| match numbers.drafts {
            true => NumberOr::Number(draft.id),
            false => NumberOr::Whole(Draft::new(task, draft)),
        };
        let prediction = |prediction: &'a ExportPrediction| match numbers.predictions {
            true => NumberOr::Number(prediction.id),
            false => NumberOr::Whole(Prediction::new(task, prediction)),
        };
        Self {
            id: task.id,
            annotations: task.annotations.iter().map(|one| Annotation::new(task, one, numbers)).collect(),
            file_upload: task.file_upload.as_deref(),
            drafts: task.drafts.iter().map(draft).collect(),
            predictions: task.predictions.iter().map(prediction).collect(),
            data: &task.data,
            meta: task.meta.as_ref().map_or(Meta::None(Empty::new()), Meta::Some),
            created_at: moment(task.created_at),
            updated_at: moment(task.updated_at),
            allow_skip: true,
            inner_id: task.inner_id,
            total_annotations: answers,
            cancelled_annotations: task.annotations.len() - answers,
            total_predictions: task.predictions.len(),
            comment_count: task.comments.count,
            unresolved_comment_count: task.comments.open,
            last_comment_updated_at: task.comments.last_at.map(moment),
            project: task.project,
            updated_by: last.and_then(|last| last.updated_by),
            comment_authors: &task.comments.authors,
            is_labeled: task.is_finished,
        }
    }
}

impl<'a> Annotation<'a> {
    fn new(task: &ExportTask, annotation: &'a ExportAnnotation, numbers: Numbers) -> Self {
        let person = annotation.completed_by.as_ref();
        let completed_by = person.map(|(id, email)| match numbers.people {
            true => NumberOr::Number(*id),
            false => NumberOr::Whole(Person { id: *id, email }),
        });
        Self {
            id: annotation.id,
            completed_by,
            result: &annotation.result,
            was_cancelled: annotation.was_cancelled,
            ground_truth: annotation.ground_truth,
            created_at: moment(annotation.created_at),
            updated_at: moment(annotation.updated_at),
            draft_created_at: None,
            lead_time: annotation.lead_time,
            prediction: Empty::new(),
            result_count: annotation.result.count(),
            unique_id: None,
            import_id: annotation.import_id,
            last_action: None,
            bulk_created: false,
            task: task.id,
            project: task.project,
            updated_by: annotation.updated_by,
            parent_prediction: annotation.parent_prediction,
            parent_annotation: annotation.parent_annotation,
            last_created_by: person.map(|(id, _)| *id),
        }
    }
}

impl<'a> Prediction<'a> {
    fn new(task: &ExportTask, prediction: &'a ExportPrediction) -> Self {
        Self {
            id: prediction.id,
            model_version: &prediction.model_version,
            score: prediction.score,
            result: &prediction.result,
            created_at: moment(prediction.created_at),
            task: task.id,
            project: task.project,
        }
    }
}

impl<'a> Draft<'a> {
    fn new(task: &ExportTask, draft: &'a ExportDraft) -> Self {
        Self {
            id: draft.id,
            user: draft.user,
            annotation: draft.annotation,
            result: &draft.result,
            lead_time: draft.lead_time,
            created_at: moment(draft.created_at),
            updated_at: moment(draft.updated_at),
            task: task.id,
        }
    }
}
