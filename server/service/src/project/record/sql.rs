//! Statements that read projects for programs.

use domain::id::UserId;
use sqlx::PgConnection;

use super::{MAX_PAGE, ProjectRecord, RecordQuery, Summary};
use crate::{
    Result,
    access::{OrgAccess, ProjectAccess},
};

/// One project with its counts.
pub(super) async fn one(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Option<ProjectRecord>> {
    let ids = [access.project_id().0];
    let found = read(conn, &ids, access.user_id().map_or(0, |id| id.0)).await?;
    Ok(found.into_iter().next())
}

/// How many there are.
pub(super) async fn count(conn: &mut PgConnection, access: &OrgAccess, query: &RecordQuery) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from project p
        left join project_member m on m.project_id = p.project_id and m.user_id = $2 and m.enabled
        left join project_pin pin on pin.project_id = p.project_id and pin.user_id = $2
        where p.organization_id = $1 and p.deleted_at is null and ($3 or m.user_id is not null)
            and (cardinality($4::bigint[]) = 0 or p.project_id = any($4))
            and ($5 = '' or position(lower($5) in lower(p.title)) > 0)
            and ($6::text is null or p.state = $6)
            and (cardinality($7::bigint[]) = 0 or p.workspace_id = any($7))
            and ($8::boolean is null or (pin.user_id is not null) = $8)"#,
        access.org_id().0,
        access.user_id().map(|id| id.0),
        access.role().in_projects().is_some(),
        &query.ids,
        query.title.trim(),
        query.state,
        &query.workspaces,
        query.pinned
    )
    .fetch_one(conn)
    .await?)
}

/// A page of them.
pub(super) async fn page(
    conn: &mut PgConnection,
    access: &OrgAccess,
    query: &RecordQuery,
) -> Result<Vec<ProjectRecord>> {
    let (descends, column) = match query.ordering.strip_prefix('-') {
        Some(column) => (true, column),
        None => (false, query.ordering.as_str()),
    };
    // One key that ascends or one that descends, whichever is asked for; without either the pinned come first, then the
    // newest.
    let ids = sqlx::query_scalar!(
        r#"with found as (
            select p.project_id, p.created_at, pin.pinned_at,
                case $8 when 'title' then lower(p.title) when 'state' then p.state
                    when 'id' then lpad(p.project_id::text, 20, '0')
                    when 'created_at' then to_char(p.created_at at time zone 'utc', 'YYYYMMDDHH24MISSUS')
                    when 'updated_at' then to_char(p.updated_at at time zone 'utc', 'YYYYMMDDHH24MISSUS') end as key
            from project p
            left join project_member m on m.project_id = p.project_id and m.user_id = $2 and m.enabled
            left join project_pin pin on pin.project_id = p.project_id and pin.user_id = $2
            where p.organization_id = $1 and p.deleted_at is null and ($3 or m.user_id is not null)
                and (cardinality($4::bigint[]) = 0 or p.project_id = any($4))
                and ($5 = '' or position(lower($5) in lower(p.title)) > 0)
                and ($6::text is null or p.state = $6)
                and (cardinality($7::bigint[]) = 0 or p.workspace_id = any($7))
                and ($12::boolean is null or (pin.user_id is not null) = $12)
        )
        select project_id as "project_id!" from found
        order by case when not $9 then key end, case when $9 then key end desc,
            case when key is null then pinned_at end desc nulls last, created_at desc, project_id desc
        offset $10 limit $11"#,
        access.org_id().0,
        access.user_id().map(|id| id.0),
        access.role().in_projects().is_some(),
        &query.ids,
        query.title.trim(),
        query.state,
        &query.workspaces,
        column,
        descends,
        query.offset.max(0),
        query.limit.clamp(1, MAX_PAGE),
        query.pinned
    )
    .fetch_all(&mut *conn)
    .await?;
    read(conn, &ids, access.user_id().map_or(0, |id| id.0)).await
}

/// These projects, in this order.
async fn read(conn: &mut PgConnection, ids: &[i64], me: i64) -> Result<Vec<ProjectRecord>> {
    // Where one annotation is enough, every annotated task is labeled; elsewhere the open ones are looked through.
    Ok(sqlx::query_as!(
        ProjectRecord,
        r#"select p.project_id as "project_id: _", p.organization_id as "organization_id: _",
            p.workspace_id as "workspace_id: _", p.title, p.description, p.color, p.label_config, p.parsed_label_config,
            p.expert_instruction, p.show_instruction, p.show_skip_button, p.enable_empty_annotation,
            p.show_collab_predictions, p.reveal_preannotations_interactively, p.maximum_annotations,
            p.overlap_cohort_percentage, p.sampling, p.skip_queue, p.model_version,
            p.min_annotations_to_start_training, p.evaluate_predictions_automatically, p.state, p.is_draft, p.is_published, p.said,
            p.created_by as "created_by: _", u.name as "created_by_name?", u.email as "created_by_email?", p.created_at,
            p.updated_at, (select pin.pinned_at from project_pin pin
                where pin.project_id = p.project_id and pin.user_id = $2) as pinned_at,
            s.task_count as "task_count!", s.labeled_task_count as "labeled_task_count!",
            s.annotation_count as "annotation_count!", s.skipped_annotation_count as "skipped_annotation_count!",
            s.prediction_count as "prediction_count!",
            s.labeled_task_count + case when p.maximum_annotations = 1 then 0 else
                (select count(*) from task t where t.project_id = p.project_id and not t.is_labeled and t.annotation_count > 0)
                end as "annotated_task_count!",
            (select count(*) from annotation a where a.project_id = p.project_id and a.ground_truth) as "ground_truth_count!",
            (select count(*) from (select a.task_id, count(*) as truths from annotation a
                    where a.project_id = p.project_id and a.ground_truth and not a.was_cancelled group by a.task_id) g
                join task t on t.project_id = p.project_id and t.task_id = g.task_id
                where not t.is_labeled and t.annotation_count + g.truths >= t.overlap) as "settled_task_count!",
            (select count(*) from project_member m where m.project_id = p.project_id and m.enabled) as "member_count!"
        from unnest($1::bigint[]) with ordinality as wanted (project_id, place)
        join project p using (project_id)
        join project_count s using (project_id)
        left join user_account u on u.user_id = p.created_by
        order by wanted.place"#,
        ids,
        me
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn summary(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Summary> {
    Ok(sqlx::query_as!(
        Summary,
        r#"select all_data_columns as "all_data_columns!", common_data_columns as "common_data_columns!",
            created_annotations as "created_annotations!", created_labels as "created_labels!"
        from project_count where project_id = $1"#,
        access.project_id().0
    )
    .fetch_one(conn)
    .await?)
}

/// Through the index of people's work, person by person: annotations are many, people few.
pub(super) async fn annotators(
    conn: &mut PgConnection,
    access: &ProjectAccess,
) -> Result<Vec<(UserId, String, String)>> {
    let rows = sqlx::query!(
        r#"with recursive person as (
            (select completed_by from annotation where project_id = $1 and completed_by is not null
                order by completed_by limit 1)
            union all
            select (select a.completed_by from annotation a where a.project_id = $1 and a.completed_by > p.completed_by
                order by a.completed_by limit 1)
            from person p where p.completed_by is not null
        )
        select u.user_id as "user_id: UserId", u.name, u.email from person p join user_account u on u.user_id = p.completed_by
        order by u.user_id"#,
        access.project_id().0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.user_id, row.name, row.email)).collect())
}
