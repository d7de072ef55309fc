//! Statements of the task area.

use domain::{
    annotation::{Done, LabelProject, MyAnnotation, OpenTask, Proposal, SavedDraft},
    id::{AnnotationId, PredictionId, ProjectId, TaskId, UserId},
    project::ProjectState,
    result::ResultItem,
    task::{GLIMPSE_CHARS, Glimpse, TaskFilter, TaskRow},
};
use serde_json::{Map, Value};
use sqlx::{PgConnection, types::Json};

use crate::{Result, access::ProjectAccess};

pub(super) use crate::project::label_config;

/// How many earlier tasks the label page can go back to.
const DONE_LIMIT: i64 = 50;

/// Locks tasks in the order of their numbers, so that two at once wait for each other and never for ever; returns those
/// that are there.
pub(crate) async fn lock_present(conn: &mut PgConnection, access: &ProjectAccess, tasks: &[i64]) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar!(
        "select task_id from task where project_id = $1 and task_id = any($2) order by task_id for update",
        access.project_id().0,
        tasks
    )
    .fetch_all(conn)
    .await?)
}

/// Tasks after one, by number: page 1,000 costs what page 1 costs. Only the beginning of one field is read out of `data`,
/// which may be large.
pub(super) async fn list(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    filter: TaskFilter,
    glimpse: Option<(&str, bool)>,
    after: TaskId,
    limit: i64,
) -> Result<Vec<TaskRow>> {
    let (field, is_image) = glimpse.unzip();
    let rows = sqlx::query!(
        r#"select t.task_id as "task_id: TaskId", t.inner_id, t.annotation_count, t.overlap, t.cancelled_count,
            t.lease_count, t.is_labeled, t.updated_at,
            (select count(*) from comment c where c.project_id = t.project_id and c.task_id = t.task_id
                and c.parent_id is null and c.resolved_at is null and c.deleted_at is null) as "open_comments!",
            left(coalesce(t.data ->> $4::text, t.data::text), $5) as "glimpse!",
            jsonb_typeof(t.data -> $4::text) as kind,
            array(
                select u.name from annotation a join user_account u on u.user_id = a.completed_by
                where a.project_id = t.project_id and a.task_id = t.task_id
                group by u.name order by u.name limit 6
            ) as "annotators!"
        from task t
        where t.project_id = $1 and t.task_id > $2 and case $3::text
            when 'open' then not t.is_labeled
            when 'labeled' then t.is_labeled
            when 'skipped' then t.cancelled_count > 0
            else true end
            -- read once, however many tasks there are
            and ($3 <> 'commented' or t.task_id in (select c.task_id from comment c where c.project_id = $1
                and c.parent_id is null and c.resolved_at is null and c.deleted_at is null))
        order by t.task_id limit $6"#,
        access.project_id().0,
        after.0,
        filter.as_str(),
        field,
        // An address is shown whole or not at all.
        if is_image == Some(true) { 8 * GLIMPSE_CHARS } else { GLIMPSE_CHARS },
        limit
    )
    .fetch_all(conn)
    .await?;
    let tasks = rows.into_iter().map(|row| TaskRow {
        task_id: row.task_id,
        inner_id: row.inner_id,
        glimpse: match row.kind.as_deref() {
            Some("string") if is_image == Some(true) && !row.glimpse.trim().is_empty() => Glimpse::Image(row.glimpse),
            Some(_) if is_image == Some(true) => Glimpse::Nothing,
            _ => Glimpse::Text(row.glimpse),
        },
        annotation_count: row.annotation_count,
        overlap: row.overlap,
        cancelled_count: row.cancelled_count,
        lease_count: row.lease_count,
        open_comments: row.open_comments,
        is_labeled: row.is_labeled,
        annotators: row.annotators,
        updated_at: row.updated_at,
    });
    Ok(tasks.collect())
}

/// How many tasks a filter leaves, where the counts tell it.
pub(super) async fn total(conn: &mut PgConnection, access: &ProjectAccess, filter: TaskFilter) -> Result<Option<i64>> {
    let summary = sqlx::query!(
        r#"select task_count as "task_count!", labeled_task_count as "labeled_task_count!" from project_count
        where project_id = $1"#,
        access.project_id().0
    )
    .fetch_optional(conn)
    .await?;
    let (all, labeled) = summary.map_or((0, 0), |row| (row.task_count, row.labeled_task_count));
    Ok(match filter {
        TaskFilter::All => Some(all),
        TaskFilter::Open => Some(all - labeled),
        TaskFilter::Labeled => Some(labeled),
        TaskFilter::Skipped | TaskFilter::Commented => None,
    })
}

pub(super) async fn project(conn: &mut PgConnection, access: &ProjectAccess, sees_all: bool) -> Result<LabelProject> {
    let row = sqlx::query!(
        r#"select project_id as "project_id: ProjectId", title, label_config, expert_instruction, show_instruction,
            show_skip_button, enable_empty_annotation, reveal_preannotations_interactively, allow_media_proxy, state,
            (select m.title from ml_backend m where m.project_id = $1 and m.is_interactive) as model
        from project where project_id = $1"#,
        access.project_id().0
    )
    .fetch_one(conn)
    .await?;
    Ok(LabelProject {
        project_id: row.project_id,
        title: row.title,
        label_config: row.label_config,
        instructions_html: render_instructions(&row.expert_instruction),
        show_instruction: row.show_instruction,
        show_skip_button: row.show_skip_button,
        enable_empty_annotation: row.enable_empty_annotation,
        reveals_one_by_one: row.reveal_preannotations_interactively,
        relays_media: row.allow_media_proxy,
        sees_all,
        state: ProjectState::from_name(&row.state).unwrap_or(ProjectState::Pending),
        model: row.model,
    })
}

/// Markdown as people wrote it becomes HTML that can do nothing.
fn render_instructions(markdown: &str) -> String {
    let options = pulldown_cmark::Options::ENABLE_TABLES | pulldown_cmark::Options::ENABLE_STRIKETHROUGH;
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new_ext(markdown, options));
    ammonia::Builder::default().rm_tag_attributes("img", ["style"]).clean(&html).to_string()
}

pub(super) async fn task(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    task_id: TaskId,
) -> Result<Option<OpenTask>> {
    let row = sqlx::query!(
        r#"select t.task_id as "task_id: TaskId", t.inner_id, t.data as "data: Json<Value>", t.annotation_count, t.overlap,
            exists (select from assignment l where l.project_id = $1 and l.task_id = t.task_id and l.user_id = $3
                and l.state = 'lease') as "leased!"
        from task t where t.project_id = $1 and t.task_id = $2"#,
        access.project_id().0,
        task_id.0,
        me.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| OpenTask {
        task_id: row.task_id,
        inner_id: row.inner_id,
        data: match row.data.0 {
            Value::Object(data) => data,
            other => Map::from_iter([("data".to_owned(), other)]),
        },
        annotation_count: row.annotation_count,
        overlap: row.overlap,
        leased: row.leased,
        annotation: None,
        draft: None,
        prediction: None,
        versions: Vec::new(),
        comments: Vec::new(),
    }))
}

/// The person's own work on a task: what was submitted before what was skipped.
pub(super) async fn annotation(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    task_id: TaskId,
) -> Result<Option<MyAnnotation>> {
    let row = sqlx::query!(
        r#"select annotation_id as "annotation_id: AnnotationId", result as "result: Json<Vec<ResultItem>>", was_cancelled,
            updated_at
        from annotation where project_id = $1 and task_id = $2 and completed_by = $3
        order by was_cancelled, annotation_id desc limit 1"#,
        access.project_id().0,
        task_id.0,
        me.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| MyAnnotation {
        annotation_id: row.annotation_id,
        result: row.result.0,
        was_cancelled: row.was_cancelled,
        updated_at: row.updated_at,
    }))
}

pub(super) async fn draft(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    task_id: TaskId,
    annotation_id: Option<AnnotationId>,
) -> Result<Option<SavedDraft>> {
    let row = sqlx::query!(
        r#"select result as "result: Json<Vec<ResultItem>>", revision, sitting, lead_time_ms, updated_at from annotation_draft
        where project_id = $1 and task_id = $2 and user_id = $3 and annotation_id is not distinct from $4"#,
        access.project_id().0,
        task_id.0,
        me.0,
        annotation_id.map(|id| id.0)
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| SavedDraft {
        result: row.result.0,
        revision: row.revision,
        sitting: row.sitting,
        lead_time_ms: row.lead_time_ms,
        updated_at: row.updated_at,
    }))
}

/// The tasks before and after one, by number.
pub(super) async fn neighbours(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    task_id: TaskId,
) -> Result<(Option<TaskId>, Option<TaskId>)> {
    let row = sqlx::query!(
        r#"select (select max(task_id) from task where project_id = $1 and task_id < $2) as "before: TaskId",
            (select min(task_id) from task where project_id = $1 and task_id > $2) as "after: TaskId""#,
        access.project_id().0,
        task_id.0
    )
    .fetch_one(conn)
    .await?;
    Ok((row.before, row.after))
}

/// The newest proposal of the version that the project goes by, where it shows them.
pub(super) async fn prediction(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    task_id: TaskId,
) -> Result<Option<Proposal>> {
    let row = sqlx::query!(
        r#"select prediction_id as "prediction_id: PredictionId", model_version, score,
            result as "result: Json<Vec<ResultItem>>"
        from prediction where project_id = $1 and task_id = $2
            and (select show_collab_predictions from project where project_id = $1)
            and model_version = coalesce((select counting_model_version($1)), model_version)
        order by prediction_id desc limit 1"#,
        access.project_id().0,
        task_id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Proposal {
        prediction_id: row.prediction_id,
        model_version: row.model_version,
        score: row.score,
        result: row.result.0,
    }))
}

/// The person's latest tasks, newest first; a task skipped and then submitted counts once.
pub(super) async fn done(conn: &mut PgConnection, access: &ProjectAccess, me: UserId) -> Result<Vec<Done>> {
    let rows = sqlx::query!(
        r#"select a.task_id as "task_id: TaskId", t.inner_id, a.was_cancelled, a.created_at
        from annotation a join task t on t.project_id = a.project_id and t.task_id = a.task_id
        where a.project_id = $1 and a.completed_by = $2
        order by a.annotation_id desc limit $3"#,
        access.project_id().0,
        me.0,
        DONE_LIMIT
    )
    .fetch_all(conn)
    .await?;
    let mut seen = std::collections::HashSet::new();
    Ok(rows
        .into_iter()
        .filter(|row| seen.insert(row.task_id))
        .map(|row| Done {
            task_id: row.task_id,
            inner_id: row.inner_id,
            was_cancelled: row.was_cancelled,
            at: row.created_at,
        })
        .collect())
}
