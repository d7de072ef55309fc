//! Statements of the outbox: who hears of a change, and how things look in the words of Label Studio.
//!
//! Texts are made by the database, from the rows as the transaction sees them: what is told was true when it happened.

use chrono::{DateTime, Utc};
use domain::{
    id::{ExportId, ImportId, LabelLinkId, MlBackendId, WebhookId},
    webhook::Action,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::tell::Place;
use crate::Result;

/// A webhook that hears of something.
pub(super) struct Listener {
    pub(super) webhook_id: WebhookId,
    pub(super) send_payload: bool,
    pub(super) hears: bool,
    /// It wants to be told one by one.
    pub(super) hears_singly: bool,
}

/// Those that hear of an action; where it is about one model, no other model does.
pub(super) async fn listeners(
    conn: &mut PgConnection,
    place: Place,
    action: Action,
    model: Option<MlBackendId>,
) -> Result<Vec<Listener>> {
    let found = sqlx::query_as!(
        Listener,
        r#"select w.webhook_id as "webhook_id: WebhookId", w.send_payload,
            w.send_for_all_actions or exists (select from webhook_action a
                where a.webhook_id = w.webhook_id and a.action = $3) as "hears!",
            not w.send_for_all_actions and exists (select from webhook_action a
                where a.webhook_id = w.webhook_id and a.action = $4) as "hears_singly!"
        from webhook w
        where w.organization_id = $1 and w.is_active and (w.project_id is null or (w.project_id = $2 and not $5))
            and ($6::bigint is null or w.ml_backend_id is null or w.ml_backend_id = $6)"#,
        place.org_id.0,
        place.project_id.0,
        action.name(),
        action.one_by_one().map_or("", Action::name),
        action.is_of_organization(),
        model.map(|id| id.0)
    )
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().filter(|one| one.hears || one.hears_singly).collect())
}

/// One message, in full and by numbers.
pub(super) struct Event {
    pub(super) event_id: Uuid,
    pub(super) body: Option<String>,
    pub(super) brief: String,
}

/// Writes messages down, and for whom they are.
pub(super) async fn write(
    conn: &mut PgConnection,
    place: Place,
    action: Action,
    events: Vec<Event>,
    listeners: &[i64],
    now: DateTime<Utc>,
) -> Result<()> {
    let ids: Vec<Uuid> = events.iter().map(|event| event.event_id).collect();
    let (bodies, briefs): (Vec<Option<String>>, Vec<String>) =
        events.into_iter().map(|event| (event.body, event.brief)).unzip();
    sqlx::query!(
        "with event as (
            insert into webhook_event (webhook_event_id, organization_id, project_id, action, body, brief, created_at)
            select e.id, $1, $2, $3, e.body, e.brief, $4 from unnest($5::uuid[], $6::text[], $7::text[]) as e (id, body, brief)
        )
        insert into webhook_delivery (webhook_id, organization_id, webhook_event_id, action, created_at)
        select l.webhook_id, $1, e.id, $3, $4
        from unnest($5::uuid[]) with ordinality as e (id, position)
        cross join unnest($8::bigint[]) as l (webhook_id)
        order by e.position",
        place.org_id.0,
        place.project_id.0,
        action.name(),
        now,
        &ids,
        &bodies as &[Option<String>],
        &briefs,
        listeners
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A project, with its counts where the message is about it: those of other messages are other messages' business.
pub(super) async fn project(conn: &mut PgConnection, place: Place, with_counts: bool) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        r#"select (jsonb_build_object(
            'id', p.project_id, 'title', p.title, 'description', p.description, 'organization', p.organization_id,
            'workspace', p.workspace_id, 'label_config', p.label_config, 'expert_instruction', p.expert_instruction,
            'show_instruction', p.show_instruction, 'show_skip_button', p.show_skip_button,
            'enable_empty_annotation', p.enable_empty_annotation, 'maximum_annotations', p.maximum_annotations,
            'overlap_cohort_percentage', p.overlap_cohort_percentage,
            'show_collab_predictions', p.show_collab_predictions, 'skip_queue', p.skip_queue,
            'model_version', p.model_version,
            'min_annotations_to_start_training', p.min_annotations_to_start_training,
            'sampling', case p.sampling when 'UNIFORM' then 'Uniform sampling'
                when 'UNCERTAINTY' then 'Uncertainty sampling' else 'Sequential sampling' end,
            'state', p.state, 'is_published', p.is_published, 'is_draft', p.is_draft,
            'created_by', p.created_by,
            'created_at', to_char(p.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
            || case when $2 then jsonb_build_object(
                'task_number', coalesce(s.task_count, 0), 'finished_task_number', coalesce(s.labeled_task_count, 0),
                'total_annotations_number', coalesce(s.annotation_count, 0) + coalesce(s.skipped_annotation_count, 0),
                'useful_annotation_number', coalesce(s.annotation_count, 0),
                'skipped_annotations_number', coalesce(s.skipped_annotation_count, 0),
                'total_predictions_number', coalesce(s.prediction_count, 0)) else '{}' end)::text as "json!"
        from project p left join project_count s using (project_id) where p.project_id = $1"#,
        place.project_id.0,
        with_counts
    )
    .fetch_optional(conn)
    .await?)
}

pub(super) async fn tasks(conn: &mut PgConnection, place: Place, ids: &[i64]) -> Result<Vec<(i64, String)>> {
    let rows = sqlx::query!(
        r#"select t.task_id, json_build_object('id', t.task_id, 'project', t.project_id, 'data', t.data, 'meta', t.meta,
            'inner_id', t.inner_id, 'overlap', t.overlap, 'is_labeled', t.is_labeled,
            'total_annotations', t.annotation_count, 'cancelled_annotations', t.cancelled_count,
            'total_predictions', t.prediction_count,
            'created_at', to_char(t.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            'updated_at', to_char(t.updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text as "json!"
        from task t where t.project_id = $1 and t.task_id = any($2) order by t.task_id"#,
        place.project_id.0,
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.task_id, row.json)).collect())
}

/// An annotation and its task.
pub(super) struct Annotation {
    pub(super) annotation_id: i64,
    pub(super) annotation: Option<String>,
    pub(super) task_id: i64,
    pub(super) task: Option<String>,
}

/// Annotations in order, their texts only where somebody wants them.
pub(super) async fn annotations(
    conn: &mut PgConnection,
    place: Place,
    ids: &[i64],
    wants_all: bool,
) -> Result<Vec<Annotation>> {
    Ok(sqlx::query_as!(
        Annotation,
        r#"select a.annotation_id, a.task_id,
            case when $3 then json_build_object('id', a.annotation_id, 'task', a.task_id, 'project', a.project_id,
                'completed_by', a.completed_by, 'updated_by', a.updated_by, 'result', a.result,
                'result_count', a.result_count, 'was_cancelled', a.was_cancelled, 'ground_truth', a.ground_truth,
                'lead_time', a.lead_time_ms / 1000.0, 'parent_prediction', a.parent_prediction_id,
                'parent_annotation', a.parent_annotation_id, 'import_id', a.project_import_id,
                'created_at', to_char(a.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'updated_at', to_char(a.updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text
            end as annotation,
            case when $3 then json_build_object('id', t.task_id, 'project', t.project_id, 'data', t.data, 'meta', t.meta,
                'inner_id', t.inner_id, 'overlap', t.overlap, 'is_labeled', t.is_labeled,
                'total_annotations', t.annotation_count, 'cancelled_annotations', t.cancelled_count,
                'total_predictions', t.prediction_count,
                'created_at', to_char(t.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'updated_at', to_char(t.updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text
            end as task
        from annotation a join task t on t.project_id = a.project_id and t.task_id = a.task_id
        where a.project_id = $1 and a.annotation_id = any($2) order by a.annotation_id"#,
        place.project_id.0,
        ids,
        wants_all
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn predictions(conn: &mut PgConnection, place: Place, ids: &[i64]) -> Result<Vec<(i64, String)>> {
    let rows = sqlx::query!(
        r#"select p.prediction_id, json_build_object('id', p.prediction_id, 'task', p.task_id, 'project', p.project_id,
            'model_version', p.model_version, 'score', p.score, 'result', p.result,
            'created_at', to_char(p.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text as "json!"
        from prediction p where p.project_id = $1 and p.prediction_id = any($2) order by p.prediction_id"#,
        place.project_id.0,
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.prediction_id, row.json)).collect())
}

pub(super) async fn import(conn: &mut PgConnection, place: Place, import_id: ImportId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object('id', i.project_import_id, 'project', i.project_id, 'status', i.status,
            'error', i.error, 'source', i.source_name, 'task_count', i.task_count,
            'annotation_count', i.annotation_count, 'prediction_count', i.prediction_count,
            'failed_count', i.failed_count, 'created_by', i.created_by,
            'created_at', to_char(i.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            'finished_at', to_char(i.finished_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text as "json!"
        from project_import i where i.project_id = $1 and i.project_import_id = $2"#,
        place.project_id.0,
        import_id.0
    )
    .fetch_optional(conn)
    .await?)
}

pub(super) async fn export(conn: &mut PgConnection, place: Place, export_id: ExportId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object('id', e.project_export_id, 'project', e.project_id, 'status', e.status,
            'error', e.error, 'format', e.format, 'file_name', e.file_name, 'size_bytes', e.size_bytes,
            'task_count', e.task_count, 'annotation_count', e.annotation_count, 'created_by', e.created_by,
            'created_at', to_char(e.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            'finished_at', to_char(e.finished_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text as "json!"
        from project_export e where e.project_id = $1 and e.project_export_id = $2"#,
        place.project_id.0,
        export_id.0
    )
    .fetch_optional(conn)
    .await?)
}

/// A label of the library in a project.
pub(super) async fn label_link(conn: &mut PgConnection, place: Place, link_id: LabelLinkId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object('id', l.label_link_id, 'project', l.project_id, 'from_name', l.from_name,
            'label', json_build_object('id', b.label_id, 'value', b.value, 'title', b.title))::text as "json!"
        from label_link l join label b using (label_id) where l.project_id = $1 and l.label_link_id = $2"#,
        place.project_id.0,
        link_id.0
    )
    .fetch_optional(conn)
    .await?)
}
