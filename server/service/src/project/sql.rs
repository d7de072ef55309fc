//! Statements about projects. All of them run behind the tenant wall.

use chrono::{DateTime, Utc};
use domain::{
    access::ProjectRole,
    id::{ProjectId, WorkspaceId},
    project::{
        CheckedConfig, CheckedProject, Progress, ProjectCard, ProjectPatch, ProjectQuery, ProjectState, Sampling,
        SkipQueue,
    },
};
use serde_json::Value;
use sqlx::PgConnection;

use crate::{
    Result,
    access::{OrgAccess, ProjectAccess},
};

pub(super) async fn insert(
    conn: &mut PgConnection,
    access: &OrgAccess,
    project: &CheckedProject,
    now: DateTime<Utc>,
) -> Result<ProjectId> {
    let project_id = sqlx::query_scalar!(
        r#"insert into project (organization_id, workspace_id, title, description, color, label_config, parsed_label_config,
            label_config_hash, created_by, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) returning project_id as "project_id: ProjectId""#,
        access.org_id().0,
        project.workspace_id.map(|id| id.0),
        project.title,
        project.description,
        project.color,
        project.config.xml,
        project.config.parsed,
        project.config.hash,
        access.user_id().map(|id| id.0),
        now
    )
    .fetch_one(&mut *conn)
    .await?;
    begin_summary(conn, project_id, now).await?;
    Ok(project_id)
}

async fn begin_summary(conn: &mut PgConnection, project_id: ProjectId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("insert into project_summary (project_id, updated_at) values ($1, $2)", project_id.0, now)
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn has_workspace(conn: &mut PgConnection, workspace_id: WorkspaceId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from workspace where workspace_id = $1 and deleted_at is null) as "has!""#,
        workspace_id.0
    )
    .fetch_one(conn)
    .await?)
}

/// Where a page of the list ends: pinned or not, the key of the order, and the id that breaks ties.
#[derive(Debug)]
pub(super) struct Cursor {
    pub unpinned: bool,
    pub key: String,
    pub project_id: i64,
}

/// One page of the list, and where it ends if there is more. Admins of the organization see every project, others
/// those they were added to.
pub(super) async fn list(
    conn: &mut PgConnection,
    access: &OrgAccess,
    query: &ProjectQuery,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<(Vec<ProjectCard>, Option<Cursor>)> {
    let by_org = access.role().in_projects();
    // Every order is one ascending key: for moments, the time left until a far one.
    let rows = sqlx::query!(
        r#"with mine as (
            select p.project_id, p.title, p.description, p.color, w.name as workspace, p.state, m.member_type,
                pin.user_id is not null as pinned, p.created_at, p.deleted_at,
                jsonb_path_query_first(p.parsed_label_config, '$.*.inputs[0].type') #>> '{}' as data_type,
                s.task_count, s.labeled_task_count, s.annotation_count, s.skipped_annotation_count, s.prediction_count,
                s.last_annotation_at,
                case $4::text
                    when 'title' then lower(p.title)
                    when 'activity' then to_char(1e16 - extract(epoch from coalesce(s.last_annotation_at, p.created_at)) * 1e6, 'FM0000000000000000')
                    else to_char(1e16 - extract(epoch from p.created_at) * 1e6, 'FM0000000000000000')
                end collate "C" as sort_key
            from project p
            join project_count s using (project_id)
            left join workspace w on w.workspace_id = p.workspace_id and w.deleted_at is null
            left join project_member m on m.project_id = p.project_id and m.user_id = $2 and m.enabled
            left join project_pin pin on pin.project_id = p.project_id and pin.user_id = $2
            where p.organization_id = $1 and ($3 or m.user_id is not null)
                and (p.deleted_at is not null) = $5
                and ($6 = '' or position(lower($6) in lower(p.title)) > 0 or position(lower($6) in lower(p.description)) > 0)
                and ($7::text is null or p.state = $7)
                and ($8::bigint is null or p.workspace_id = $8)
        )
        select project_id as "project_id!: ProjectId", title as "title!", description as "description!", color as "color!",
            workspace as "workspace?", state as "state!", member_type as "member_type?", pinned as "pinned!",
            created_at as "created_at!", deleted_at as "deleted_at?", data_type as "data_type?", task_count as "task_count!",
            labeled_task_count as "labeled_task_count!", annotation_count as "annotation_count!",
            skipped_annotation_count as "skipped_annotation_count!", prediction_count as "prediction_count!",
            last_annotation_at as "last_annotation_at?", sort_key as "sort_key!"
        from mine
        where $9::text is null or (not pinned, sort_key, project_id) > ($10, $9 collate "C", $11)
        order by not pinned, sort_key, project_id
        limit $12"#,
        access.org_id().0,
        access.user_id().map(|id| id.0),
        by_org.is_some(),
        query.sort.as_str(),
        query.bin,
        query.search.trim(),
        query.state.map(ProjectState::as_str),
        query.workspace_id.map(|id| id.0),
        after.map(|after| after.key.as_str()),
        after.is_some_and(|after| after.unpinned),
        after.map(|after| after.project_id),
        limit + 1
    )
    .fetch_all(conn)
    .await?;
    let fits = usize::try_from(limit).unwrap_or(usize::MAX);
    let end = (rows.len() > fits).then(|| &rows[fits - 1]).map(|row| Cursor {
        unpinned: !row.pinned,
        key: row.sort_key.clone(),
        project_id: row.project_id.0,
    });
    let cards = rows.into_iter().take(fits).map(|row| ProjectCard {
        project_id: row.project_id,
        title: row.title,
        description: row.description,
        color: row.color,
        workspace: row.workspace,
        state: ProjectState::from_name(&row.state).unwrap_or_default(),
        role: by_org
            .or_else(|| row.member_type.and_then(ProjectRole::from_member_type))
            .unwrap_or(ProjectRole::Annotator),
        pinned: row.pinned,
        data_type: row.data_type,
        progress: Progress {
            tasks: row.task_count,
            labeled: row.labeled_task_count,
            annotations: row.annotation_count,
            skipped: row.skipped_annotation_count,
            predictions: row.prediction_count,
        },
        created_at: row.created_at,
        last_annotation_at: row.last_annotation_at,
        deleted_at: row.deleted_at,
    });
    Ok((cards.collect(), end))
}

pub(super) struct Row {
    pub title: String,
    pub description: String,
    pub color: String,
    pub workspace_id: Option<WorkspaceId>,
    pub state: String,
    pub pinned: bool,
    pub label_config: String,
    pub label_config_hash: i64,
    pub parsed_label_config: Value,
    pub expert_instruction: String,
    pub show_instruction: bool,
    pub show_skip_button: bool,
    pub enable_empty_annotation: bool,
    pub show_collab_predictions: bool,
    pub reveal_preannotations_interactively: bool,
    pub allow_media_proxy: bool,
    pub maximum_annotations: i32,
    pub sampling: String,
    pub skip_queue: String,
    pub model_version: String,
    pub min_annotations_to_start_training: i32,
    pub evaluate_predictions_automatically: bool,
    pub created_by: Option<String>,
    pub created_at: DateTime<Utc>,
    pub task_count: i64,
    pub labeled_task_count: i64,
    pub annotation_count: i64,
    pub skipped_annotation_count: i64,
    pub prediction_count: i64,
    pub created_labels: Value,
    pub last_annotation_at: Option<DateTime<Utc>>,
    pub member_count: i64,
}

pub(super) async fn get(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Option<Row>> {
    Ok(sqlx::query_as!(
        Row,
        r#"select p.title, p.description, p.color, w.workspace_id as "workspace_id?: WorkspaceId", p.state,
            exists (select from project_pin pin where pin.project_id = p.project_id and pin.user_id = $2) as "pinned!",
            p.label_config, p.label_config_hash, p.parsed_label_config, p.expert_instruction, p.show_instruction,
            p.show_skip_button, p.enable_empty_annotation, p.show_collab_predictions, p.allow_media_proxy,
            p.reveal_preannotations_interactively, p.maximum_annotations, p.sampling, p.skip_queue, p.model_version,
            p.min_annotations_to_start_training, p.evaluate_predictions_automatically, u.name as "created_by?", p.created_at,
            s.task_count as "task_count!", s.labeled_task_count as "labeled_task_count!",
            s.annotation_count as "annotation_count!", s.skipped_annotation_count as "skipped_annotation_count!",
            s.prediction_count as "prediction_count!", s.created_labels as "created_labels!", s.last_annotation_at,
            (select count(*) from project_member m where m.project_id = p.project_id and m.enabled) as "member_count!"
        from project p
        join project_count s using (project_id)
        left join workspace w on w.workspace_id = p.workspace_id and w.deleted_at is null
        left join user_account u on u.user_id = p.created_by
        where p.project_id = $1"#,
        access.project_id().0,
        access.user_id().map(|id| id.0)
    )
    .fetch_optional(conn)
    .await?)
}

/// Holds the row until the end of the transaction: whoever changes what a project has of one kind does so one after the
/// other.
pub(crate) async fn lock(conn: &mut PgConnection, access: &ProjectAccess) -> Result<()> {
    sqlx::query!("select project_id from project where project_id = $1 for no key update", access.project_id().0)
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// The labeling interface as it was written.
pub(crate) async fn label_config(conn: &mut PgConnection, access: &ProjectAccess) -> Result<String> {
    Ok(sqlx::query_scalar!("select label_config from project where project_id = $1", access.project_id().0)
        .fetch_one(conn)
        .await?)
}

/// What it is called.
pub(super) async fn title(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!("select title from project where project_id = $1", access.project_id().0)
        .fetch_optional(conn)
        .await?)
}

/// The data of the first task.
pub(super) async fn sample(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Option<Value>> {
    Ok(sqlx::query_scalar!(
        "select data from task where project_id = $1 order by task_id limit 1",
        access.project_id().0
    )
    .fetch_optional(conn)
    .await?)
}

/// Writes what the patch holds; nulls leave their column alone.
pub(super) async fn update(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    patch: &ProjectPatch,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update project set
            title = coalesce($2, title), description = coalesce($3, description), color = coalesce($4, color),
            workspace_id = case when $5::bigint is null then workspace_id when $5 = 0 then null else $5 end,
            expert_instruction = coalesce($6, expert_instruction), show_instruction = coalesce($7, show_instruction),
            show_skip_button = coalesce($8, show_skip_button),
            enable_empty_annotation = coalesce($9, enable_empty_annotation),
            show_collab_predictions = coalesce($10, show_collab_predictions),
            maximum_annotations = coalesce($11, maximum_annotations), sampling = coalesce($12, sampling),
            skip_queue = coalesce($13, skip_queue), updated_at = $14,
            allow_media_proxy = coalesce($15, allow_media_proxy),
            reveal_preannotations_interactively = coalesce($16, reveal_preannotations_interactively),
            overlap_cohort_percentage = coalesce($17, overlap_cohort_percentage),
            model_version = coalesce($18, model_version),
            min_annotations_to_start_training = coalesce($19, min_annotations_to_start_training),
            evaluate_predictions_automatically = coalesce($20, evaluate_predictions_automatically)
        where project_id = $1",
        access.project_id().0,
        patch.title,
        patch.description,
        patch.color,
        patch.workspace_id.map(|id| id.0),
        patch.expert_instruction,
        patch.show_instruction,
        patch.show_skip_button,
        patch.enable_empty_annotation,
        patch.show_collab_predictions,
        patch.maximum_annotations,
        patch.sampling.map(Sampling::as_str),
        patch.skip_queue.map(SkipQueue::as_str),
        now,
        patch.allow_media_proxy,
        patch.reveal_preannotations_interactively,
        patch.overlap_cohort_percentage,
        patch.model_version,
        patch.min_annotations_to_start_training,
        patch.evaluate_predictions_automatically
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What has been labeled so far, by control and by label; the project stays locked.
pub(super) async fn lock_work(conn: &mut PgConnection, access: &ProjectAccess) -> Result<(Value, Value)> {
    sqlx::query!("select project_id from project where project_id = $1 for update", access.project_id().0)
        .fetch_one(&mut *conn)
        .await?;
    let row = sqlx::query!(
        r#"select created_annotations as "created_annotations!", created_labels as "created_labels!" from project_count
        where project_id = $1"#,
        access.project_id().0
    )
    .fetch_one(conn)
    .await?;
    Ok((row.created_annotations, row.created_labels))
}

pub(super) async fn set_config(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    config: &CheckedConfig,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update project set label_config = $2, parsed_label_config = $3, label_config_hash = $4, updated_at = $5
        where project_id = $1",
        access.project_id().0,
        config.xml,
        config.parsed,
        config.hash,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn pin(conn: &mut PgConnection, access: &ProjectAccess, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "insert into project_pin (user_id, project_id, pinned_at) values ($2, $1, $3) on conflict do nothing",
        access.project_id().0,
        access.user_id().map(|id| id.0),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn unpin(conn: &mut PgConnection, access: &ProjectAccess) -> Result<()> {
    sqlx::query!(
        "delete from project_pin where project_id = $1 and user_id = $2",
        access.project_id().0,
        access.user_id().map(|id| id.0)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves the project into the bin, or out of it. False where it is there already.
pub(super) async fn set_deleted(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    deleted: bool,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update project set deleted_at = case when $2 then $3::timestamptz end, deleted_by = case when $2 then $4::bigint end,
            updated_at = $3
        where project_id = $1 and (deleted_at is not null) <> $2",
        access.project_id().0,
        deleted,
        now,
        access.user_id().map(|id| id.0)
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn title_of(conn: &mut PgConnection, access: &ProjectAccess) -> Result<String> {
    Ok(title(conn, access).await?.ok_or(sqlx::Error::RowNotFound)?)
}

/// A new project with the settings and people of this one; `None` where this one is gone meanwhile.
pub(super) async fn copy(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    title: &str,
    now: DateTime<Utc>,
) -> Result<Option<ProjectId>> {
    let copy = sqlx::query_scalar!(
        r#"insert into project (organization_id, workspace_id, title, description, color, label_config, parsed_label_config,
            label_config_hash, expert_instruction, show_instruction, show_skip_button, enable_empty_annotation,
            show_collab_predictions, reveal_preannotations_interactively, maximum_annotations, overlap_cohort_percentage,
            sampling, skip_queue, min_annotations_to_start_training, evaluate_predictions_automatically, created_by,
            created_at, updated_at)
        select organization_id, workspace_id, $2, description, color, label_config, parsed_label_config,
            label_config_hash, expert_instruction, show_instruction, show_skip_button, enable_empty_annotation,
            show_collab_predictions, reveal_preannotations_interactively, maximum_annotations, overlap_cohort_percentage,
            sampling, skip_queue, min_annotations_to_start_training, evaluate_predictions_automatically, $3, $4, $4
        from project where project_id = $1 and deleted_at is null
        returning project_id as "project_id: ProjectId""#,
        access.project_id().0,
        title,
        access.user_id().map(|id| id.0),
        now
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(copy) = copy else { return Ok(None) };
    begin_summary(conn, copy, now).await?;
    sqlx::query!(
        "insert into project_member (project_id, user_id, member_type, enabled, task_limit, created_at, updated_at)
        select $2, user_id, member_type, enabled, task_limit, $3, $3 from project_member where project_id = $1",
        access.project_id().0,
        copy.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(Some(copy))
}

/// Removes for good what has been in the bin since before `before`. For the housekeeping job: no tenant.
pub(super) async fn purge(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(i64, i64, String)>> {
    let rows = sqlx::query!(
        "delete from project where project_id in (
            select project_id from project where deleted_at < $1 order by deleted_at limit $2 for update skip locked
        ) returning project_id, organization_id, title",
        before,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.project_id, row.organization_id, row.title)).collect())
}
