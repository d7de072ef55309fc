//! What the work on a task can be compared with: proposals of models, what others handed in, what it was before.

use domain::{
    Error as Problem,
    access::ProjectPermission,
    annotation::{MAX_VERSIONS, Version, VersionId, proposed},
    id::{AnnotationId, PredictionId, ProjectId, TaskId, UserId},
    result::ResultItem,
};
use sqlx::{PgConnection, types::Json};

use super::sql;
use crate::{
    Actor, Cx, Result,
    access::{self, ProjectAccess},
    boxed,
};

/// The versions of a task that this person may see, newest first: proposals where the project shows them, their own
/// work with what it was earlier where that is wanted, and everybody's for people who see all data.
pub(crate) async fn versions(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    task_id: TaskId,
    with_earlier: bool,
) -> Result<Vec<Version>> {
    let sees_all = access.allows(ProjectPermission::ViewData);
    let rows = sqlx::query!(
        r#"select v.prediction_id, v.annotation_id, v.version, coalesce(v.model_version, u.name, '') as "by!",
            coalesce(v.made_by = $3, false) as "is_mine!", v.score, v.items as "items!", v.was_cancelled as "was_cancelled!",
            v.at as "at!"
        from (
            select prediction_id, null::bigint as annotation_id, null::integer as version, model_version, null::bigint as made_by,
                score, jsonb_array_length(result) as items, false as was_cancelled, created_at as at
            from prediction where project_id = $1 and task_id = $2
                and (select show_collab_predictions and (not reveal_preannotations_interactively or $4)
                    from project where project_id = $1)
            union all
            select null, annotation_id, null, null, completed_by, null, result_count, was_cancelled, updated_at
            from annotation where project_id = $1 and task_id = $2 and (completed_by = $3 or $4)
            union all
            select null, e.annotation_id, e.version, null, e.made_by, null, e.result_count, false, e.made_at
            from annotation a join annotation_version e using (project_id, annotation_id)
            where a.project_id = $1 and a.task_id = $2 and (a.completed_by = $3 or $4) and $6
        ) v left join user_account u on u.user_id = v.made_by
        order by v.at desc, v.version desc nulls first, v.prediction_id desc limit $5"#,
        access.project_id().0,
        task_id.0,
        me.0,
        sees_all,
        MAX_VERSIONS,
        with_earlier
    )
    .fetch_all(conn)
    .await?;
    let version = |row: _| {
        let id = match row {
            (Some(prediction), _, _) => VersionId::Prediction(PredictionId(prediction)),
            (None, Some(annotation), None) => VersionId::Annotation(AnnotationId(annotation)),
            (None, Some(annotation), Some(version)) => VersionId::Earlier(AnnotationId(annotation), version),
            (None, None, _) => return None,
        };
        Some(id)
    };
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(Version {
                id: version((row.prediction_id, row.annotation_id, row.version))?,
                by: row.by,
                is_mine: row.is_mine,
                score: row.score,
                items: row.items,
                was_cancelled: row.was_cancelled,
                at: row.at,
            })
        })
        .collect())
}

/// What a version says to somebody who has business with the task.
pub(crate) async fn read(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    task_id: TaskId,
    id: VersionId,
) -> Result<Vec<ResultItem>> {
    let sees_all = access.allows(ProjectPermission::ViewData);
    let project = access.project_id().0;
    let found: Option<Json<Vec<ResultItem>>> = match id {
        VersionId::Prediction(prediction_id) => {
            sqlx::query_scalar!(
                r#"select result as "result: Json<Vec<ResultItem>>" from prediction
                where project_id = $1 and task_id = $2 and prediction_id = $3
                    and (select show_collab_predictions and (not reveal_preannotations_interactively or $4)
                        from project where project_id = $1)"#,
                project,
                task_id.0,
                prediction_id.0,
                sees_all
            )
            .fetch_optional(conn)
            .await?
        }
        VersionId::Annotation(annotation_id) => {
            sqlx::query_scalar!(
                r#"select result as "result: Json<Vec<ResultItem>>" from annotation
                where project_id = $1 and task_id = $2 and annotation_id = $3 and (completed_by = $4 or $5)"#,
                project,
                task_id.0,
                annotation_id.0,
                me.0,
                sees_all
            )
            .fetch_optional(conn)
            .await?
        }
        VersionId::Earlier(annotation_id, version) => {
            sqlx::query_scalar!(
                r#"select e.result as "result: Json<Vec<ResultItem>>"
                from annotation a join annotation_version e using (project_id, annotation_id)
                where a.project_id = $1 and a.task_id = $2 and a.annotation_id = $3 and e.version = $4
                    and (a.completed_by = $5 or $6)"#,
                project,
                task_id.0,
                annotation_id.0,
                version,
                me.0,
                sees_all
            )
            .fetch_optional(conn)
            .await?
        }
    };
    let Json(found) = found.ok_or_else(|| Problem::not_found("version"))?;
    Ok(match id {
        VersionId::Prediction(prediction_id) => proposed(prediction_id, found),
        VersionId::Annotation(_) | VersionId::Earlier(..) => found,
    })
}

/// What a version says; of a proposal, as work that is taken up.
///
/// # Errors
/// *Not found* for tasks the person does not work on, and for versions they may not see.
#[boxed]
pub async fn read_version(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    task_id: TaskId,
    id: VersionId,
) -> Result<Vec<ResultItem>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Annotate).await?;
    let Some(me) = access.user_id() else { return Err(Problem::unauthenticated().into()) };
    let sees_all = access.allows(ProjectPermission::ViewData);
    let mut tx = access.begin(cx).await?;
    if !sql::works_on(&mut tx, &access, me, task_id, sees_all).await? {
        return Err(Problem::not_found("task").into());
    }
    let found = read(&mut tx, &access, me, task_id, id).await?;
    tx.commit().await?;
    Ok(found)
}
