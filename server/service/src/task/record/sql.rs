//! Statements that read tasks and what belongs to them.

use domain::id::UserId;
use sqlx::PgConnection;

use super::{AnnotationRecord, DraftRecord, PredictionRecord, TaskRecord, Totals};
use crate::{Result, access::ProjectAccess};

/// How much there is in the project: from the counts, which every change keeps.
pub(crate) async fn totals(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Totals> {
    let found = sqlx::query_as!(
        Totals,
        r#"select task_count as "tasks!", annotation_count as "annotations!", prediction_count as "predictions!"
        from project_count where project_id = $1"#,
        access.project_id().0
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.unwrap_or_default())
}

pub(super) async fn page(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    newest_first: bool,
    offset: i64,
    limit: i64,
) -> Result<Vec<i64>> {
    let project_id = access.project_id().0;
    if newest_first {
        return Ok(sqlx::query_scalar!(
            "select task_id from task where project_id = $1 order by task_id desc offset $2 limit $3",
            project_id,
            offset,
            limit
        )
        .fetch_all(conn)
        .await?);
    }
    Ok(sqlx::query_scalar!(
        "select task_id from task where project_id = $1 order by task_id offset $2 limit $3",
        project_id,
        offset,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Tasks, and what need not be asked for since none of them has any.
pub(super) struct Found {
    pub(super) tasks: Vec<TaskRecord>,
    pub(super) has_annotations: bool,
    pub(super) has_predictions: bool,
    /// Of the person who asks.
    pub(super) has_drafts: bool,
}

/// Of one task it is told whether there is anything else to ask for: mostly it has just been handed out, and there is not. Of
/// many that would be more work than to ask. `offset 0` has the database look for one row instead of gathering the project's.
pub(super) async fn tasks(conn: &mut PgConnection, access: &ProjectAccess, ids: &[i64]) -> Result<Found> {
    let is_one = ids.len() == 1;
    let rows = sqlx::query!(
        r#"select t.task_id as "task_id: domain::id::TaskId", t.inner_id, t.data as "data: super::Raw",
            t.meta as "meta: super::Raw", t.overlap, t.annotation_count, t.cancelled_count, t.prediction_count, t.is_labeled,
            t.created_at, t.updated_at, t.completed_at,
            (select f.file_name from file_upload f where f.project_id = $1 and f.file_upload_id = t.file_upload_id)
                as file_upload,
            (select o.key from storage_object o where o.project_id = $1 and o.task_id = t.task_id limit 1)
                as storage_filename,
            (select avg(p.score) from prediction p where p.project_id = $1 and p.task_id = t.task_id
                and p.model_version = coalesce((select counting_model_version($1)), p.model_version)) as prediction_score,
            (select count(*)::int from annotation a where a.project_id = $1 and a.task_id = t.task_id and a.ground_truth
                and not a.was_cancelled) as "ground_truth_count!",
            $3 and not exists (select from annotation a where a.project_id = $1 and a.task_id = t.task_id offset 0)
                as "is_unannotated!",
            $3 and t.prediction_count = 0 as "is_unpredicted!",
            $3 and not exists (select from annotation_draft d where d.project_id = $1 and d.task_id = t.task_id
                and d.user_id = $4 offset 0) as "is_undrafted!",
            c.count as "comment_count!", c.open as "open_comment_count!", c.last as last_comment_at
        from unnest($2::bigint[]) with ordinality as wanted (task_id, place)
        join task t on t.project_id = $1 and t.task_id = wanted.task_id,
        lateral (select count(*) as count, count(*) filter (where c.parent_id is null and c.resolved_at is null) as open,
                max(c.created_at) as last
            from comment c where c.project_id = $1 and c.task_id = t.task_id and c.deleted_at is null) c
        order by wanted.place"#,
        access.project_id().0,
        ids,
        is_one,
        access.user_id().map(|id| id.0)
    )
    .fetch_all(conn)
    .await?;
    let has_annotations = rows.iter().any(|row| !row.is_unannotated);
    let has_predictions = rows.iter().any(|row| !row.is_unpredicted);
    let has_drafts = rows.iter().any(|row| !row.is_undrafted);
    let records = rows.into_iter().map(|row| TaskRecord {
        task_id: row.task_id,
        project_id: access.project_id(),
        inner_id: row.inner_id,
        data: row.data,
        meta: row.meta,
        overlap: row.overlap,
        annotation_count: row.annotation_count,
        cancelled_count: row.cancelled_count,
        ground_truth_count: row.ground_truth_count,
        prediction_count: row.prediction_count,
        is_labeled: row.is_labeled,
        created_at: row.created_at,
        updated_at: row.updated_at,
        completed_at: row.completed_at,
        file_upload: row.file_upload,
        storage_filename: row.storage_filename,
        comment_count: row.comment_count,
        open_comment_count: row.open_comment_count,
        last_comment_at: row.last_comment_at,
        prediction_score: row.prediction_score,
        annotators: Vec::new(),
        annotations: Vec::new(),
        predictions: Vec::new(),
        drafts: Vec::new(),
    });
    Ok(Found { tasks: records.collect(), has_annotations, has_predictions, has_drafts })
}

/// In the order they were made; of one person alone where `own` names one.
pub(super) async fn annotations(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    tasks: &[i64],
    own: Option<UserId>,
) -> Result<Vec<AnnotationRecord>> {
    Ok(sqlx::query_as!(
        AnnotationRecord,
        r#"select a.annotation_id as "annotation_id: _", a.task_id as "task_id: _", a.project_id as "project_id: _",
            a.completed_by as "completed_by: _", u.name as "completed_by_name?", u.email as "completed_by_email?",
            a.updated_by as "updated_by: _", a.result as "result: _", a.result_count, a.was_cancelled, a.ground_truth,
            a.lead_time_ms, a.parent_prediction_id as "parent_prediction_id: _",
            a.parent_annotation_id as "parent_annotation_id: _", a.project_import_id as import_id,
            a.created_at, a.updated_at
        from annotation a left join user_account u on u.user_id = a.completed_by
        where a.project_id = $1 and a.task_id = any($2) and ($3::bigint is null or a.completed_by = $3)
        order by a.annotation_id"#,
        access.project_id().0,
        tasks,
        own.map(|id| id.0)
    )
    .fetch_all(conn)
    .await?)
}

/// Annotations by their numbers.
pub(super) async fn annotations_by_id(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    ids: &[i64],
) -> Result<Vec<AnnotationRecord>> {
    Ok(sqlx::query_as!(
        AnnotationRecord,
        r#"select a.annotation_id as "annotation_id: _", a.task_id as "task_id: _", a.project_id as "project_id: _",
            a.completed_by as "completed_by: _", u.name as "completed_by_name?", u.email as "completed_by_email?",
            a.updated_by as "updated_by: _", a.result as "result: _", a.result_count, a.was_cancelled, a.ground_truth,
            a.lead_time_ms, a.parent_prediction_id as "parent_prediction_id: _",
            a.parent_annotation_id as "parent_annotation_id: _", a.project_import_id as import_id,
            a.created_at, a.updated_at
        from annotation a left join user_account u on u.user_id = a.completed_by
        where a.project_id = $1 and a.annotation_id = any($2)
        order by a.annotation_id"#,
        access.project_id().0,
        ids
    )
    .fetch_all(conn)
    .await?)
}

/// Newest first, as people see them.
pub(super) async fn predictions(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    tasks: &[i64],
) -> Result<Vec<PredictionRecord>> {
    Ok(sqlx::query_as!(
        PredictionRecord,
        r#"select prediction_id as "prediction_id: _", task_id as "task_id: _", project_id as "project_id: _",
            model_version, score, result as "result: _", created_at, updated_at
        from prediction where project_id = $1 and task_id = any($2) order by prediction_id"#,
        access.project_id().0,
        tasks
    )
    .fetch_all(conn)
    .await?)
}

/// The person's own.
pub(super) async fn drafts(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    tasks: &[i64],
    me: UserId,
) -> Result<Vec<DraftRecord>> {
    Ok(sqlx::query_as!(
        DraftRecord,
        r#"select d.annotation_draft_id as "draft_id: _", d.task_id as "task_id: _", d.project_id as "project_id: _",
            d.user_id as "user_id: _", u.email as user_email, d.annotation_id as "annotation_id: _",
            d.result as "result: _", d.lead_time_ms, d.created_at, d.updated_at
        from annotation_draft d join user_account u using (user_id)
        where d.project_id = $1 and d.task_id = any($2) and d.user_id = $3 order by d.annotation_draft_id"#,
        access.project_id().0,
        tasks,
        me.0
    )
    .fetch_all(conn)
    .await?)
}
