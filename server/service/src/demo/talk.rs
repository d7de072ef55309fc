//! What the demo people say to each other about their work.

use domain::{
    Error as Problem,
    comment::{About, Change, NewComment, Pin},
    id::{CommentId, ProjectId, TaskId},
    page::Limit,
    task::TaskFilter,
};

use super::content::People;
use crate::{Actor, Cx, Result, comment, task};

/// A question about a box that is answered and settled, one that waits, and a word to everybody on a task.
pub(super) async fn about_photos(cx: &Cx, people: &People, project_id: ProjectId) -> Result<()> {
    let listed = task::list(cx, &people.owner, project_id, TaskFilter::All, None, Limit::default()).await?;
    let task = |at: usize| listed.items.get(at).map(|row| row.task_id).ok_or_else(|| Problem::not_found("task"));
    let [mei, samuel] = &people.annotators;
    let jonas = &people.reviewer;

    // Coins on a dark board.
    let talk = Talk { cx, project_id, task_id: task(0)? };
    let asked = "The rim of this coin is lost in the shadow. Do I box the whole disc, or what is lit?";
    let question = talk.say(mei, About::MyWork, Some(("thing-0-0", "Coin 1")), asked).await?;
    talk.say(jonas, About::Comment(question), None, "The whole disc: its edge can be followed in the shadow.").await?;
    talk.say(mei, About::Comment(question), None, "Done, thank you.").await?;
    comment::change(cx, jonas, project_id, talk.task_id, question, Change::Resolve).await?;

    // A spoon beside a cup of coffee.
    let talk = Talk { task_id: task(1)?, ..talk };
    let asked = "The handle ends behind the saucer. Is what cannot be seen a part of the box?";
    talk.say(samuel, About::MyWork, Some(("thing-1-1", "Spoon 2")), asked).await?;

    // An astronaut in front of a flag.
    let talk = Talk { task_id: task(2)?, ..talk };
    let word = "The flag and the model behind her: box the shuttle as a vehicle, and leave the flag out, please.";
    talk.say(jonas, About::Task, None, word).await?;
    Ok(())
}

/// Talk about one task.
struct Talk<'a> {
    cx: &'a Cx,
    project_id: ProjectId,
    task_id: TaskId,
}

impl Talk<'_> {
    async fn say(&self, who: &Actor, about: About, pin: Option<(&str, &str)>, text: &str) -> Result<CommentId> {
        let comment = NewComment {
            project_id: self.project_id,
            task_id: self.task_id,
            about,
            pin: pin.map(|(id, title)| Pin { id: id.to_owned(), title: title.to_owned() }),
            text: text.to_owned(),
            key: self.cx.new_uuid(),
        };
        let threads = comment::write(self.cx, who, comment).await?;
        let all = threads.iter().flat_map(|thread| std::iter::once(&thread.head).chain(&thread.answers));
        let newest = all.map(|comment| comment.comment_id).max();
        Ok(newest.ok_or_else(|| Problem::not_found("comment"))?)
    }
}
