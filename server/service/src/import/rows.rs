//! Tasks and what came along with them, as rows of their tables.
//!
//! Ids are reserved before the rows are written, because rows of other tables name them.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::{
    id::{AnnotationId, FileId, ImportId, PredictionId, TaskId, UserId},
    import::{NewAnnotation, NewPrediction, NewTask},
    result::ResultItem,
    tally::RegionRow,
    task,
};

use super::{
    copy::CopyText,
    sql::Taken,
    summary::{self, Counts},
};
use crate::{
    Cx, Result, Tx,
    access::ProjectAccess,
    webhook::{Happening, tell},
};

// Tables come in this order, because rows name those of the tables before.
const COPY_TASKS: &str =
    "copy task (project_id, task_id, inner_id, data, meta, overlap, annotation_count, cancelled_count,
    prediction_count, is_labeled, project_import_id, file_upload_id, created_at, updated_at, completed_at) from stdin";
const COPY_ANNOTATIONS: &str =
    "copy annotation (project_id, annotation_id, task_id, completed_by, result, result_count,
    was_cancelled, ground_truth, lead_time_ms, project_import_id, created_at, updated_at) from stdin";
const COPY_REGIONS: &str =
    "copy region (project_id, annotation_id, task_id, position, region_key, from_name, to_name, type,
    labels, x, y, width, height, area) from stdin";
const COPY_PREDICTIONS: &str = "copy prediction (project_id, prediction_id, task_id, model_version, score, result,
    project_import_id, created_at) from stdin";
const COPY_PREDICTION_REGIONS: &str =
    "copy prediction_region (project_id, prediction_id, task_id, position, region_key,
    from_name, to_name, type, labels, x, y, width, height, area) from stdin";

/// What the rows of one run have in common.
pub(super) struct Origin {
    pub(super) access: ProjectAccess,
    pub(super) import_id: ImportId,
    created_by: Option<i64>,
    maximum_annotations: i32,
    cohort_percentage: i32,
    ignores_skipped: bool,
}

impl Origin {
    pub(super) fn new(access: &ProjectAccess, import_id: ImportId, taken: &Taken) -> Self {
        Self {
            access: access.clone(),
            import_id,
            created_by: taken.created_by,
            maximum_annotations: taken.maximum_annotations,
            cohort_percentage: taken.cohort_percentage,
            ignores_skipped: taken.ignores_skipped,
        }
    }

    /// Writes tasks with their annotations, predictions and regions, counts them, and tells webhooks. Where they came in
    /// files, `files` names the one of each. Returns their numbers.
    pub(super) async fn write(
        &self,
        cx: &Cx,
        tx: &mut Tx,
        tasks: &[NewTask],
        files: &[Option<FileId>],
        now: DateTime<Utc>,
        counts: &mut Counts,
    ) -> Result<Vec<i64>> {
        if tasks.is_empty() {
            return Ok(Vec::new());
        }
        let people = self.people(tx, tasks).await?;
        summary::lock(tx, self.access.project_id()).await?;
        let last = sqlx::query_scalar!(
            r#"select coalesce(max(inner_id), 0) as "last!" from task where project_id = $1"#,
            self.access.project_id().0
        )
        .fetch_one(&mut **tx)
        .await?;
        let annotations = tasks.iter().map(|task| task.annotations.len()).sum();
        let predictions = tasks.iter().map(|task| task.predictions.len()).sum();
        let task_ids = reserve(tx, "task", "task_id", tasks.len()).await?;
        let annotation_ids = reserve(tx, "annotation", "annotation_id", annotations).await?;
        let prediction_ids = reserve(tx, "prediction", "prediction_id", predictions).await?;
        let (mut of_annotations, mut of_predictions) = (annotation_ids.iter().copied(), prediction_ids.iter().copied());
        let mut rows = Rows { origin: self, people, now, counts, tables: Tables::default() };
        let mut copy = tx.copy_in_raw(COPY_TASKS).await?;
        let files = files.iter().copied().chain(std::iter::repeat(None));
        let numbers = task_ids.iter().copied().zip(last + 1..);
        for ((task, (task_id, inner_id)), file_id) in tasks.iter().zip(numbers).zip(files) {
            rows.task(task, task_id, inner_id, file_id)?;
            for (annotation, id) in task.annotations.iter().zip(of_annotations.by_ref()) {
                rows.annotation(annotation, task_id, id)?;
            }
            for (prediction, id) in task.predictions.iter().zip(of_predictions.by_ref()) {
                rows.prediction(prediction, task_id, id)?;
            }
            if let Some(full) = rows.tables.tasks.full() {
                copy.send(full).await?;
            }
        }
        let Tables { tasks, annotations, regions, predictions, prediction_regions } = rows.tables;
        copy.send(tasks.rest()).await?;
        copy.finish().await?;
        annotations.send(tx, COPY_ANNOTATIONS).await?;
        regions.send(tx, COPY_REGIONS).await?;
        predictions.send(tx, COPY_PREDICTIONS).await?;
        prediction_regions.send(tx, COPY_PREDICTION_REGIONS).await?;
        let place = (&self.access).into();
        let tasks: Vec<TaskId> = task_ids.iter().copied().map(TaskId).collect();
        tell(cx, tx, place, Happening::TasksCreated(&tasks)).await?;
        let annotations: Vec<AnnotationId> = annotation_ids.into_iter().map(AnnotationId).collect();
        tell(cx, tx, place, Happening::AnnotationsCreated(&annotations)).await?;
        let predictions: Vec<PredictionId> = prediction_ids.into_iter().map(PredictionId).collect();
        tell(cx, tx, place, Happening::PredictionsCreated(&predictions)).await?;
        Ok(task_ids)
    }

    /// Members of the organization by their address: only they can be named as authors.
    async fn people(&self, tx: &mut Tx, tasks: &[NewTask]) -> Result<HashMap<String, UserId>> {
        let annotations = tasks.iter().flat_map(|task| &task.annotations);
        let emails: HashSet<String> =
            annotations.filter_map(|annotation| Some(annotation.completed_by.as_ref()?.to_lowercase())).collect();
        if emails.is_empty() {
            return Ok(HashMap::new());
        }
        let emails: Vec<String> = emails.into_iter().collect();
        let rows = sqlx::query!(
            r#"select lower(u.email) as "email!", u.user_id as "user_id: UserId" from user_account u
            join organization_member m on m.user_id = u.user_id and m.organization_id = $1
            where lower(u.email) = any($2)"#,
            self.access.org_id().0,
            &emails
        )
        .fetch_all(&mut **tx)
        .await?;
        Ok(rows.into_iter().map(|row| (row.email, row.user_id)).collect())
    }
}

/// That many new ids of a table.
async fn reserve(tx: &mut Tx, table: &str, column: &str, wanted: usize) -> Result<Vec<i64>> {
    if wanted == 0 {
        return Ok(Vec::new());
    }
    let ids = sqlx::query_scalar!(
        r#"select array_agg(nextval(pg_get_serial_sequence($1, $2)::regclass)) as "ids!" from generate_series(1, $3::int)"#,
        table,
        column,
        i32::try_from(wanted).unwrap_or(i32::MAX)
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(ids)
}

/// Rows on their way, by table.
#[derive(Default)]
struct Tables {
    tasks: CopyText,
    annotations: CopyText,
    regions: CopyText,
    predictions: CopyText,
    prediction_regions: CopyText,
}

/// Writes the rows of one batch.
struct Rows<'a> {
    origin: &'a Origin,
    people: HashMap<String, UserId>,
    now: DateTime<Utc>,
    counts: &'a mut Counts,
    tables: Tables,
}

impl Rows<'_> {
    fn project(&self) -> i64 {
        self.origin.access.project_id().0
    }

    fn task(&mut self, task: &NewTask, task_id: i64, inner_id: i64, file_id: Option<FileId>) -> Result<()> {
        let origin = self.origin;
        let cancelled = count(task.annotations.iter().filter(|annotation| annotation.was_cancelled).count());
        let is_valid = |annotation: &&NewAnnotation| !annotation.was_cancelled && !annotation.ground_truth;
        let valid = count(task.annotations.iter().filter(is_valid).count());
        let overlap = task::overlap(TaskId(task_id), origin.maximum_annotations, origin.cohort_percentage);
        let labeled = task::is_labeled(valid, cancelled, overlap, origin.ignores_skipped);
        let project = self.project();
        self.tables
            .tasks
            .number(project)
            .number(task_id)
            .number(inner_id)
            .json(&task.data)?
            .maybe_json(task.meta.as_ref())?
            .number(overlap.into())
            .number(valid)
            .number(cancelled)
            .number(count(task.predictions.len()))
            .flag(labeled)
            .number(origin.import_id.0)
            .maybe_number(file_id.map(|id| id.0))
            .moment(self.now)
            .moment(self.now)
            .maybe_moment(labeled.then_some(self.now))
            .end();
        self.counts.tasks += 1;
        self.counts.labeled += i64::from(labeled);
        self.counts.skipped += cancelled;
        self.counts.annotations += count(task.annotations.len()) - cancelled;
        self.counts.predictions += count(task.predictions.len());
        self.counts.columns.add(&task.data);
        Ok(())
    }

    fn annotation(&mut self, annotation: &NewAnnotation, task_id: i64, annotation_id: i64) -> Result<()> {
        let email = annotation.completed_by.as_deref().map(str::to_lowercase);
        let person = email.and_then(|email| self.people.get(&email)).map(|id| id.0).or(self.origin.created_by);
        let at = annotation.created_at.unwrap_or(self.now);
        let project = self.project();
        self.tables
            .annotations
            .number(project)
            .number(annotation_id)
            .number(task_id)
            .maybe_number(person)
            .json(&annotation.result)?
            .number(count(annotation.result.len()))
            .flag(annotation.was_cancelled)
            .flag(annotation.ground_truth)
            .maybe_number(annotation.lead_time.and_then(milliseconds))
            .number(self.origin.import_id.0)
            .moment(at)
            .moment(at)
            .end();
        // What somebody left in a task they skipped is kept with the skip, and is no answer.
        if !annotation.was_cancelled {
            regions(&mut self.tables.regions, [project, annotation_id, task_id], &annotation.result);
            self.counts.given.add(&annotation.result, 1);
            self.counts.last_annotation_at = self.counts.last_annotation_at.max(Some(at));
        }
        Ok(())
    }

    fn prediction(&mut self, prediction: &NewPrediction, task_id: i64, prediction_id: i64) -> Result<()> {
        let project = self.project();
        self.tables
            .predictions
            .number(project)
            .number(prediction_id)
            .number(task_id)
            .text(prediction.model_version.as_deref().unwrap_or_default())
            .maybe_float(prediction.score)
            .json(&prediction.result)?
            .number(self.origin.import_id.0)
            .moment(self.now)
            .end();
        regions(&mut self.tables.prediction_regions, [project, prediction_id, task_id], &prediction.result);
        self.counts.proposed.add(&prediction.result, 1);
        Ok(())
    }
}

/// One row per item; `ids` are those of the project, of what the result belongs to, and of the task.
fn regions(rows: &mut CopyText, ids: [i64; 3], result: &[ResultItem]) {
    for row in RegionRow::all(result) {
        for id in ids {
            rows.number(id);
        }
        rows.number(row.position.into())
            .text(&row.region_key)
            .text(&row.from_name)
            .text(&row.to_name)
            .text(&row.item_type)
            .list(&row.labels);
        for number in [row.x, row.y, row.width, row.height, row.area] {
            rows.maybe_float(number);
        }
        rows.end();
    }
}

fn milliseconds(seconds: f64) -> Option<i64> {
    // Through text, because a float has no checked way to an integer.
    format!("{:.0}", seconds * 1000.0).parse().ok()
}

pub(crate) fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
