//! Statements of the comment area.

use chrono::{DateTime, Utc};
use domain::{
    access::{ProjectPermission, ProjectRole},
    comment::{Comment, MAX_COMMENTS, NewComment, Pin, Resolved, Standing, Thread, Work},
    id::{AnnotationId, CommentId, TaskId, UserId},
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Result, access::ProjectAccess};

/// What a comment is about, and with that who reads it.
#[derive(Debug, Default)]
pub(super) struct Place {
    pub(super) parent_id: Option<CommentId>,
    pub(super) is_for_task: bool,
    pub(super) work_of: Option<UserId>,
    pub(super) annotation_id: Option<AnnotationId>,
}

/// A comment that is about to be changed or answered; its row is locked.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) parent_id: Option<CommentId>,
    pub(super) place: Place,
    author_id: Option<UserId>,
    pub(super) is_deleted: bool,
    pub(super) is_resolved: bool,
}

impl Found {
    pub(super) fn standing(&self, me: UserId, role: ProjectRole) -> Standing {
        let (is_author, is_about_my_work) = (self.author_id == Some(me), self.place.work_of == Some(me));
        Standing { is_author, is_about_my_work, role }
    }

    /// As the history calls it.
    pub(super) fn state(&self) -> &'static str {
        match (self.is_deleted, self.is_resolved) {
            (true, _) => "deleted",
            (false, true) => "resolved",
            (false, false) => "open",
        }
    }
}

pub(super) async fn lock_task(conn: &mut PgConnection, access: &ProjectAccess, task_id: TaskId) -> Result<()> {
    sqlx::query!(
        "select task_id from task where project_id = $1 and task_id = $2 for no key update",
        access.project_id().0,
        task_id.0
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

pub(super) async fn count(conn: &mut PgConnection, access: &ProjectAccess, task_id: TaskId) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from comment where project_id = $1 and task_id = $2"#,
        access.project_id().0,
        task_id.0
    )
    .fetch_one(conn)
    .await?)
}

/// Whether the person has sent a comment under this key before.
pub(super) async fn was_sent(conn: &mut PgConnection, access: &ProjectAccess, me: UserId, key: Uuid) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from comment where project_id = $1 and author_id = $2 and sent_key = $3) as "is_there!""#,
        access.project_id().0,
        me.0,
        key
    )
    .fetch_one(conn)
    .await?)
}

/// A new comment; `None` where it has been sent before.
pub(super) async fn insert(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    comment: &NewComment,
    place: &Place,
    now: DateTime<Utc>,
) -> Result<Option<CommentId>> {
    Ok(sqlx::query_scalar!(
        r#"insert into comment (project_id, task_id, parent_id, is_for_task, work_of, annotation_id, region_key, region_title,
            author_id, body, sent_key, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        on conflict on constraint comment_was_already_sent do nothing
        returning comment_id as "comment_id: CommentId""#,
        access.project_id().0,
        comment.task_id.0,
        place.parent_id.map(|id| id.0),
        place.is_for_task,
        place.work_of.map(|id| id.0),
        place.annotation_id.map(|id| id.0),
        comment.pin.as_ref().map(|pin| pin.id.as_str()),
        comment.pin.as_ref().map(|pin| pin.title.as_str()),
        me.0,
        comment.text,
        comment.key,
        now
    )
    .fetch_optional(conn)
    .await?)
}

/// A comment of a task, locked.
pub(super) async fn find(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    task_id: TaskId,
    comment_id: CommentId,
) -> Result<Option<Found>> {
    let row = sqlx::query!(
        r#"select parent_id as "parent_id: CommentId", is_for_task, work_of as "work_of: UserId",
            annotation_id as "annotation_id: AnnotationId", author_id as "author_id: UserId",
            deleted_at is not null as "is_deleted!", resolved_at is not null as "is_resolved!"
        from comment where project_id = $1 and task_id = $2 and comment_id = $3 for update"#,
        access.project_id().0,
        task_id.0,
        comment_id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Found {
        parent_id: row.parent_id,
        place: Place {
            parent_id: None,
            is_for_task: row.is_for_task,
            work_of: row.work_of,
            annotation_id: row.annotation_id,
        },
        author_id: row.author_id,
        is_deleted: row.is_deleted,
        is_resolved: row.is_resolved,
    }))
}

/// Returns whether it said something else before.
pub(super) async fn reword(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    comment_id: CommentId,
    text: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update comment set body = $3, edited_at = $4 where project_id = $1 and comment_id = $2 and body <> $3",
        access.project_id().0,
        comment_id.0,
        text,
        now
    );
    Ok(done.execute(conn).await?.rows_affected() > 0)
}

/// Deletes, or takes it back without a time.
pub(super) async fn delete(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    comment_id: CommentId,
    at: Option<DateTime<Utc>>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update comment set deleted_at = $3 where project_id = $1 and comment_id = $2",
        access.project_id().0,
        comment_id.0,
        at
    );
    Ok(done.execute(conn).await?.rows_affected() > 0)
}

/// Settles a thread, or opens it again. Who settled it first stays the one who did.
pub(super) async fn resolve(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    comment_id: CommentId,
    by: Option<(UserId, DateTime<Utc>)>,
) -> Result<bool> {
    let (who, at) = by.unzip();
    let done = sqlx::query!(
        "update comment set resolved_by = $3, resolved_at = $4
        where project_id = $1 and comment_id = $2 and (resolved_at is null) <> ($4::timestamptz is null)",
        access.project_id().0,
        comment_id.0,
        who.map(|id| id.0),
        at
    );
    Ok(done.execute(conn).await?.rows_affected() > 0)
}

/// The comments of a task that this person may read, oldest first. What was deleted goes, but for the beginning of a thread
/// with answers.
pub(crate) async fn threads(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    task_id: TaskId,
) -> Result<Vec<Thread>> {
    let sees_all = access.allows(ProjectPermission::ViewData);
    let rows = sqlx::query!(
        r#"select c.comment_id as "comment_id: CommentId", c.parent_id as "parent_id: CommentId", c.is_for_task,
            c.work_of as "work_of: UserId", c.author_id as "author_id: UserId", c.region_key, c.region_title,
            coalesce(a.name, '') as "by!", case when c.deleted_at is null then c.body else '' end as "text!",
            c.created_at, c.edited_at, c.deleted_at is not null as "is_deleted!", c.resolved_at,
            coalesce(r.name, '') as "resolved_by!", coalesce(w.name, '') as "worker!",
            coalesce(c.annotation_id, (
                select annotation_id from annotation
                where project_id = c.project_id and task_id = c.task_id and completed_by = c.work_of
                order by was_cancelled, annotation_id desc limit 1
            )) as "annotation_id: AnnotationId"
        from comment c
        left join user_account a on a.user_id = c.author_id
        left join user_account r on r.user_id = c.resolved_by
        left join user_account w on w.user_id = c.work_of
        where c.project_id = $1 and c.task_id = $2 and (c.is_for_task or c.work_of = $3 or $4)
        order by c.comment_id limit $5"#,
        access.project_id().0,
        task_id.0,
        me.0,
        sees_all,
        MAX_COMMENTS
    )
    .fetch_all(conn)
    .await?;
    let mut threads: Vec<Thread> = Vec::new();
    for row in rows {
        let is_mine = row.author_id == Some(me);
        let comment = Comment {
            comment_id: row.comment_id,
            by: row.by,
            is_mine,
            text: row.text,
            at: row.created_at,
            edited_at: row.edited_at,
            is_deleted: row.is_deleted,
        };
        if let Some(parent_id) = row.parent_id {
            let thread = threads.iter_mut().find(|thread| thread.head.comment_id == parent_id);
            if let Some(thread) = thread.filter(|_| !comment.is_deleted) {
                thread.answers.push(comment);
            }
            continue;
        }
        let is_about_my_work = row.work_of == Some(me);
        let standing = Standing { is_author: is_mine, is_about_my_work, role: access.role() };
        threads.push(Thread {
            head: comment,
            answers: Vec::new(),
            work: (!row.is_for_task).then_some(Work {
                annotation_id: row.annotation_id,
                by: row.worker,
                is_mine: is_about_my_work,
            }),
            pin: row.region_key.map(|id| Pin { id, title: row.region_title.unwrap_or_default() }),
            resolved: row.resolved_at.map(|at| Resolved { by: row.resolved_by, at }),
            may_resolve: standing.may_resolve(),
        });
    }
    threads.retain(|thread| !thread.head.is_deleted || !thread.answers.is_empty());
    Ok(threads)
}
