//! Comments: what people say to each other about a task and the work on it. They are no part of results.
//!
//! A thread begins with a comment; answers follow it and share what it is about, who sees it, and whether it is resolved.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{ProjectPermission, ProjectRole};
use crate::id::{AnnotationId, CommentId, ProjectId, TaskId};
use crate::{Error, Result};

/// The most characters of one comment.
pub const MAX_COMMENT_CHARS: usize = 5_000;
/// The most comments of one task, answers and deleted ones included.
pub const MAX_COMMENTS: i64 = 500;
/// The most characters of the id and of the name of a region that a comment is pinned to.
pub const MAX_PIN_CHARS: usize = 200;

/// A region that a comment is pinned to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// Its `id` in the result.
    pub id: String,
    /// What it was called when the comment was written, for when it is gone.
    pub title: String,
}

/// What a new comment is about, and with that who sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The task itself: everybody who works on it sees it.
    Task,
    /// The writer's own work, handed in or not.
    MyWork,
    /// Work that somebody has handed in.
    Annotation(AnnotationId),
    /// What an earlier comment is about: an answer to it.
    Comment(CommentId),
}

/// A comment to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewComment {
    /// In which project.
    pub project_id: ProjectId,
    /// On which task.
    pub task_id: TaskId,
    /// About what.
    pub about: About,
    /// About which region of the work; an answer has that of its thread.
    pub pin: Option<Pin>,
    /// As typed.
    pub text: String,
    /// Made once per comment, so that sending it twice is the same as once.
    pub key: Uuid,
}

impl NewComment {
    /// The comment as it is stored.
    ///
    /// # Errors
    /// A text that is empty, too long or cannot be shown; a pin that no region can have.
    pub fn checked(mut self) -> Result<Self> {
        self.text = parse_text(&self.text)?;
        if matches!(self.about, About::Task | About::Comment(_)) {
            self.pin = None;
        }
        if let Some(pin) = &self.pin {
            let is_proper = |text: &str| text.chars().count() <= MAX_PIN_CHARS && !text.contains('\0');
            if pin.id.is_empty() || !is_proper(&pin.id) || !is_proper(&pin.title) {
                return Err(Error::invalid("pin", "pin_malformed", "A comment cannot be pinned to this region."));
            }
        }
        Ok(self)
    }
}

/// A comment's text as it is stored: lines end alike, and nothing stands around it.
///
/// # Errors
/// An empty text, one of more than [`MAX_COMMENT_CHARS`] characters, one that cannot be shown.
pub fn parse_text(text: &str) -> Result<String> {
    let text = text.replace("\r\n", "\n").trim().to_owned();
    let length = text.chars().count();
    if length == 0 {
        return Err(Error::invalid("text", "comment_empty", "Please write something first."));
    }
    if length > MAX_COMMENT_CHARS {
        let message = format!("A comment has at most {MAX_COMMENT_CHARS} characters; this one has {length}.");
        return Err(Error::invalid("text", "comment_long", message));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        let message = "This comment contains characters that cannot be shown.";
        return Err(Error::invalid("text", "comment_unprintable", message));
    }
    Ok(text)
}

/// What is done to a comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It says this from now on.
    Reword(String),
    /// It is taken away; answers to it stay.
    Delete,
    /// The deletion is taken back.
    Restore,
    /// The thread is settled.
    Resolve,
    /// It is not, after all.
    Reopen,
}

/// How a person stands to a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// They wrote it.
    pub is_author: bool,
    /// It is about their work.
    pub is_about_my_work: bool,
    /// What they are in the project.
    pub role: ProjectRole,
}

impl Standing {
    /// Whether the person may settle the thread that begins with the comment, or open it again.
    #[must_use]
    pub fn may_resolve(self) -> bool {
        self.is_author || self.is_about_my_work || self.role.allows(ProjectPermission::Review)
    }

    /// Whether the person may do that.
    ///
    /// # Errors
    /// *Forbidden*, with what is.
    pub fn check(self, change: &Change) -> Result<()> {
        match change {
            Change::Reword(_) | Change::Delete | Change::Restore if !self.is_author => {
                Err(Error::forbidden("change other people's comments"))
            }
            Change::Resolve | Change::Reopen if !self.may_resolve() => Err(Error::forbidden("settle this comment")),
            _ => Ok(()),
        }
    }
}

/// A comment as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Which.
    pub comment_id: CommentId,
    /// Who wrote it; empty where nobody knows any more.
    pub by: String,
    /// Whether the person who asks did.
    pub is_mine: bool,
    /// What it says; empty where it was deleted.
    pub text: String,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// When it was last worded anew.
    pub edited_at: Option<DateTime<Utc>>,
    /// Deleted, but there are answers to it.
    pub is_deleted: bool,
}

/// Whose work a thread is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Where it is, once it has been handed in.
    pub annotation_id: Option<AnnotationId>,
    /// Whose; empty where nobody knows.
    pub by: String,
    /// Whether it is that of the person who asks.
    pub is_mine: bool,
}

/// That a thread is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// Who settled it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A comment and the answers to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// What it begins with.
    pub head: Comment,
    /// In the order they were written.
    pub answers: Vec<Comment>,
    /// Whose work it is about; none where it is about the task.
    pub work: Option<Work>,
    /// About which region of it.
    pub pin: Option<Pin>,
    /// Whether it is settled.
    pub resolved: Option<Resolved>,
    /// Whether the person who asks may settle it, or open it again.
    pub may_resolve: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(about: About, pin: Option<Pin>, text: &str) -> NewComment {
        let (project_id, task_id, key) = (ProjectId(1), TaskId(1), Uuid::nil());
        NewComment { project_id, task_id, about, pin, text: text.to_owned(), key }
    }

    #[test]
    fn texts_are_cleaned_or_refused() {
        let longest = "ü".repeat(MAX_COMMENT_CHARS);
        for (text, expected) in [
            ("  Is this a cat?\r\nOr not?\n\n", Ok("Is this a cat?\nOr not?")),
            ("a\tb", Ok("a\tb")),
            (&longest, Ok(longest.as_str())),
            (&format!("{longest}ü"), Err("comment_long")),
            (" \n ", Err("comment_empty")),
            ("nothing\0here", Err("comment_unprintable")),
            ("bell \u{7}", Err("comment_unprintable")),
        ] {
            let parsed = parse_text(text);
            assert_eq!(parsed.as_deref().map_err(|error| &*error.code), expected, "{text:?}");
        }
    }

    #[test]
    fn pins_belong_to_work() {
        let pin = |id: &str, title: &str| Some(Pin { id: id.to_owned(), title: title.to_owned() });
        let long = "x".repeat(MAX_PIN_CHARS + 1);
        let work = About::Annotation(AnnotationId(3));
        for (about, given, expected) in [
            (About::MyWork, pin("r1", "Cat 1"), Ok(true)),
            (work, pin("r1", ""), Ok(true)),
            (work, None, Ok(false)),
            // A task has no regions, and an answer those of its thread.
            (About::Task, pin("r1", "Cat 1"), Ok(false)),
            (About::Comment(CommentId(1)), pin("r1", "Cat 1"), Ok(false)),
            (About::MyWork, pin("", "Cat 1"), Err("pin_malformed")),
            (About::MyWork, pin(&long, "Cat 1"), Err("pin_malformed")),
            (About::MyWork, pin("r1", &long), Err("pin_malformed")),
            (About::MyWork, pin("r\0", "Cat 1"), Err("pin_malformed")),
        ] {
            let checked = new(about, given.clone(), "Hm?").checked().map(|comment| comment.pin.is_some());
            assert_eq!(checked.map_err(|error| error.code.into_owned()), expected.map_err(str::to_owned), "{given:?}");
        }
    }

    #[test]
    fn who_may_do_what_to_a_comment() {
        use ProjectRole::{Adjudicator, Admin, Annotator, Reviewer};
        let table = [
            // author, about my work, role: may change it, may settle it
            (true, false, Annotator, true, true),
            (false, true, Annotator, false, true),
            (false, false, Annotator, false, false),
            (false, false, Reviewer, false, true),
            (false, false, Adjudicator, false, true),
            (false, false, Admin, false, true),
            (true, true, Admin, true, true),
        ];
        for (is_author, is_about_my_work, role, changes, settles) in table {
            let standing = Standing { is_author, is_about_my_work, role };
            for change in [Change::Reword("x".into()), Change::Delete, Change::Restore] {
                assert_eq!(standing.check(&change).is_ok(), changes, "{standing:?} {change:?}");
            }
            for change in [Change::Resolve, Change::Reopen] {
                assert_eq!(standing.check(&change).is_ok(), settles, "{standing:?} {change:?}");
            }
        }
    }
}
