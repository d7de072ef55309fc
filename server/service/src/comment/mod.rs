//! Comments on tasks and on the work on them.
//!
//! Annotators read what is about the task and about their own work, people who see all data read everything. An answer goes
//! to whoever reads the comment it answers. Every writing answers with the comments as they are now.

mod sql;

use domain::{
    Error as Problem,
    access::ProjectPermission,
    comment::{About, Change, MAX_COMMENTS, NewComment, Thread, parse_text},
    id::{CommentId, ProjectId, TaskId, UserId},
};
use serde_json::json;

use self::sql::{Found, Place};
use crate::{
    Actor, Cx, Result, Tx,
    access::{self, ProjectAccess},
    account::{Limit, spend},
    annotation,
    audit::{self, Transition},
    boxed,
};

pub(crate) use sql::threads;

/// What was said about a task, as far as the person may read it, oldest first.
///
/// # Errors
/// *Not found* for tasks the person does not work on.
#[boxed]
pub async fn list(cx: &Cx, actor: &Actor, project_id: ProjectId, task_id: TaskId) -> Result<Vec<Thread>> {
    let reader = Reader::new(cx, actor, project_id, task_id).await?;
    let mut tx = reader.begin(cx).await?;
    let threads = reader.threads(&mut tx).await?;
    tx.commit().await?;
    Ok(threads)
}

/// Writes a comment, or an answer to one. Sent twice, it is written once.
///
/// # Errors
/// A text outside the limits; *not found* for tasks the person does not work on, and for work and comments they do not see;
/// too many comments on the task, or within minutes.
#[boxed]
pub async fn write(cx: &Cx, actor: &Actor, comment: NewComment) -> Result<Vec<Thread>> {
    let comment = comment.checked()?;
    let reader = Reader::new(cx, actor, comment.project_id, comment.task_id).await?;
    spend(cx, Limit::Comment, &reader.me.to_string()).await?;
    let mut tx = reader.begin(cx).await?;
    // One after the other on a task, so that they can be counted.
    sql::lock_task(&mut tx, &reader.access, comment.task_id).await?;
    // What has been written already needs no room: it is only told again.
    let is_known = sql::was_sent(&mut tx, &reader.access, reader.me, comment.key).await?;
    if !is_known && sql::count(&mut tx, &reader.access, comment.task_id).await? >= MAX_COMMENTS {
        let message = format!("There are {MAX_COMMENTS} comments on this task already, and no room for more.");
        return Err(Problem::conflict("comments_full", message).into());
    }
    let place = reader.place(&mut tx, &comment).await?;
    if let Some(comment_id) = sql::insert(&mut tx, &reader.access, reader.me, &comment, &place, cx.now()).await? {
        reader.record(cx, &mut tx, comment_id, None, "open", "write").await?;
    }
    let threads = reader.threads(&mut tx).await?;
    tx.commit().await?;
    Ok(threads)
}

/// Words a comment anew, deletes it or takes that back, settles a thread or opens it again.
///
/// # Errors
/// *Not found* for comments the person does not see; *forbidden* where it is for others to do; a text outside the limits.
#[boxed]
pub async fn change(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    task_id: TaskId,
    comment_id: CommentId,
    change: Change,
) -> Result<Vec<Thread>> {
    let change = match change {
        Change::Reword(text) => Change::Reword(parse_text(&text)?),
        other => other,
    };
    let reader = Reader::new(cx, actor, project_id, task_id).await?;
    let mut tx = reader.begin(cx).await?;
    let found = reader.find(&mut tx, comment_id).await?;
    found.standing(reader.me, reader.access.role()).check(&change)?;
    // Of what is deleted nothing is left but that it comes back; and threads are settled as a whole.
    let is_there = found.is_deleted == matches!(change, Change::Restore);
    let is_thread = found.parent_id.is_none() || !matches!(change, Change::Resolve | Change::Reopen);
    if !is_there || !is_thread {
        return Err(Problem::not_found("comment").into());
    }
    let before = found.state();
    let settled = |is_resolved| if is_resolved { "resolved" } else { "open" };
    let (done, after, verb) = match &change {
        Change::Reword(text) => {
            (sql::reword(&mut tx, &reader.access, comment_id, text, cx.now()).await?, before, "reword")
        }
        Change::Delete => {
            (sql::delete(&mut tx, &reader.access, comment_id, Some(cx.now())).await?, "deleted", "delete")
        }
        Change::Restore => {
            (sql::delete(&mut tx, &reader.access, comment_id, None).await?, settled(found.is_resolved), "restore")
        }
        Change::Resolve => {
            let by = Some((reader.me, cx.now()));
            (sql::resolve(&mut tx, &reader.access, comment_id, by).await?, "resolved", "resolve")
        }
        Change::Reopen => (sql::resolve(&mut tx, &reader.access, comment_id, None).await?, "open", "reopen"),
    };
    // What somebody else has done at the same moment, or what is said already, is done.
    if done {
        reader.record(cx, &mut tx, comment_id, Some(before), after, verb).await?;
    }
    let threads = reader.threads(&mut tx).await?;
    tx.commit().await?;
    Ok(threads)
}

/// A person at the comments of one task.
struct Reader {
    access: ProjectAccess,
    me: UserId,
    task_id: TaskId,
    sees_all: bool,
}

impl Reader {
    async fn new(cx: &Cx, actor: &Actor, project_id: ProjectId, task_id: TaskId) -> Result<Self> {
        let access = access::project(cx, actor, project_id, ProjectPermission::Annotate).await?;
        let Some(me) = access.user_id() else { return Err(Problem::unauthenticated().into()) };
        let sees_all = access.allows(ProjectPermission::ViewData);
        Ok(Self { access, me, task_id, sees_all })
    }

    /// A transaction, where the task is one the person has business with.
    async fn begin(&self, cx: &Cx) -> Result<Tx> {
        let mut tx = self.access.begin(cx).await?;
        if !annotation::sql::works_on(&mut tx, &self.access, self.me, self.task_id, self.sees_all).await? {
            return Err(Problem::not_found("task").into());
        }
        Ok(tx)
    }

    async fn threads(&self, tx: &mut Tx) -> Result<Vec<Thread>> {
        threads(tx, &self.access, self.me, self.task_id).await
    }

    async fn find(&self, tx: &mut Tx, comment_id: CommentId) -> Result<Found> {
        let found = sql::find(tx, &self.access, self.task_id, comment_id).await?;
        let found =
            found.filter(|found| self.sees_all || found.place.is_for_task || found.place.work_of == Some(self.me));
        Ok(found.ok_or_else(|| Problem::not_found("comment"))?)
    }

    /// Where a new comment goes.
    async fn place(&self, tx: &mut Tx, comment: &NewComment) -> Result<Place> {
        match comment.about {
            About::Task => Ok(Place { is_for_task: true, ..Place::default() }),
            About::MyWork => Ok(Place { work_of: Some(self.me), ..Place::default() }),
            About::Annotation(annotation_id) => {
                let author = annotation::sql::own_annotation(tx, &self.access, annotation_id, self.task_id)
                    .await?
                    .filter(|author| self.sees_all || *author == Some(self.me))
                    .ok_or_else(|| Problem::not_found("annotation"))?;
                Ok(Place { work_of: author, annotation_id: Some(annotation_id), ..Place::default() })
            }
            About::Comment(comment_id) => {
                let found = self.find(tx, comment_id).await?;
                if found.is_deleted || found.parent_id.is_some() {
                    return Err(Problem::not_found("comment").into());
                }
                Ok(Place { parent_id: Some(comment_id), ..found.place })
            }
        }
    }

    async fn record(
        &self,
        cx: &Cx,
        tx: &mut Tx,
        comment_id: CommentId,
        from: Option<&str>,
        to: &str,
        transition: &str,
    ) -> Result<()> {
        let change = Transition {
            org_id: self.access.org_id(),
            project_id: Some(self.access.project_id()),
            entity: "comment",
            entity_id: comment_id.0,
            from,
            to,
            transition,
            actor_id: Some(self.me),
            data: json!({ "task_id": self.task_id }),
        };
        audit::transition(cx, tx, change).await
    }
}
