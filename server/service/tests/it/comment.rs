//! Comments: who reads them, who changes them, and what they leave alone.

use chrono::TimeDelta;
use domain::{
    Kind,
    access::OrgRole,
    comment::{About, Change, MAX_COMMENTS, NewComment, Pin, Thread},
    id::{AnnotationId, CommentId, TaskId},
    page::Limit,
    task::TaskFilter,
};
use service::{Actor, annotation, comment, org, task, testing::user_id};

use crate::{annotate::Work, code, refused};

fn new(work: &Work, task_id: TaskId, about: About, text: &str) -> NewComment {
    let key = work.db.cx.new_uuid();
    NewComment { project_id: work.project_id, task_id, about, pin: None, text: text.to_owned(), key }
}

async fn say(work: &Work, who: &Actor, task_id: TaskId, about: About, text: &str) -> service::Result<CommentId> {
    let threads = comment::write(&work.db.cx, who, new(work, task_id, about, text)).await?;
    let all = threads.iter().flat_map(|thread| std::iter::once(&thread.head).chain(&thread.answers));
    Ok(all.map(|comment| comment.comment_id).max().expect("what was written is there"))
}

async fn list(work: &Work, who: &Actor, task_id: TaskId) -> service::Result<Vec<Thread>> {
    comment::list(&work.db.cx, who, work.project_id, task_id).await
}

async fn texts(work: &Work, who: &Actor, task_id: TaskId) -> Vec<String> {
    list(work, who, task_id).await.unwrap().into_iter().map(|thread| thread.head.text).collect()
}

async fn change(
    work: &Work,
    who: &Actor,
    task_id: TaskId,
    id: CommentId,
    change: Change,
) -> service::Result<Vec<Thread>> {
    comment::change(&work.db.cx, who, work.project_id, task_id, id, change).await
}

async fn reviewer(work: &Work, name: &str) -> Actor {
    let person = work.annotator(name).await;
    sqlx::query("update project_member set member_type = 3 where user_id = $1")
        .bind(user_id(&person).0)
        .execute(work.db.pool())
        .await
        .unwrap();
    person
}

/// A task that Ana and Ben hold, and a reviewer.
async fn at_one_task() -> (Work, [Actor; 3], TaskId) {
    let work = Work::new(3, 2).await;
    let people = [work.annotator("ana").await, work.annotator("ben").await, reviewer(&work, "rita").await];
    let task_id = work.next(&people[0]).await.task.unwrap().task_id;
    assert_eq!(work.next(&people[1]).await.task.unwrap().task_id, task_id);
    (work, people, task_id)
}

#[tokio::test]
async fn a_question_about_a_region_is_answered_and_settled() {
    let (work, [ana, ben, rita], task_id) = at_one_task().await;
    let pin = Pin { id: "r1".to_owned(), title: "Cat 1".to_owned() };
    let question =
        NewComment { pin: Some(pin.clone()), ..new(&work, task_id, About::MyWork, "Is the tail a part of it?") };
    let asked = comment::write(&work.db.cx, &ana, question.clone()).await.unwrap();
    // Sent again, it is there once.
    assert_eq!(comment::write(&work.db.cx, &ana, question).await.unwrap(), asked);
    let [thread] = &asked[..] else { panic!("{asked:?}") };
    let id = thread.head.comment_id;
    assert_eq!((thread.pin.as_ref(), thread.head.is_mine, thread.may_resolve), (Some(&pin), true, true));
    assert_eq!(thread.work.as_ref().map(|work| (work.is_mine, work.annotation_id)), Some((true, None)));

    work.db.wait(TimeDelta::minutes(5));
    // Ben labels the same task and is not to be led by what Ana does.
    assert_eq!(list(&work, &ben, task_id).await.unwrap(), []);
    assert_eq!(refused(say(&work, &ben, task_id, About::Comment(id), "No.").await), Kind::NotFound);
    let answer = say(&work, &rita, task_id, About::Comment(id), "Yes, all of it.").await.unwrap();
    change(&work, &rita, task_id, id, Change::Resolve).await.unwrap();
    // Settled once, by whoever was first.
    change(&work, &work.owner, task_id, id, Change::Resolve).await.unwrap();

    let submitted = annotation::submit(&work.db.cx, &ana, work.submission(task_id)).await.unwrap();
    let told = list(&work, &ana, task_id).await.unwrap();
    let [thread] = &told[..] else { panic!("{told:?}") };
    assert_eq!(thread.resolved.as_ref().map(|resolved| resolved.by.as_str()), Some("rita"));
    let [last] = &thread.answers[..] else { panic!("{thread:?}") };
    assert_eq!((last.comment_id, last.by.as_str(), last.is_mine), (answer, "rita", false));
    // What was said about a draft is about what became of it.
    assert_eq!(thread.work.as_ref().and_then(|work| work.annotation_id), Some(submitted.annotation_id));
    // It comes with the task, and is no part of the work.
    let desk = task::open(&work.db.cx, &ana, work.project_id, task_id).await.unwrap().task.unwrap();
    assert_eq!(desk.comments, told);
    assert_eq!(desk.annotation.unwrap().result, crate::annotate::work());

    let again = change(&work, &ana, task_id, id, Change::Reopen).await.unwrap();
    assert_eq!(again[0].resolved, None);
    let history = "select count(*) from state_transition where project_id = $1 and entity = 'comment'";
    // Written twice, settled once, opened again.
    assert_eq!(work.number(history).await, 4);
}

#[tokio::test]
async fn comments_are_for_those_they_concern() {
    let (work, [ana, ben, rita], task_id) = at_one_task().await;
    let submitted = annotation::submit(&work.db.cx, &ana, work.submission(task_id)).await.unwrap();
    let anas = About::Annotation(submitted.annotation_id);
    say(&work, &ana, task_id, About::MyWork, "from Ana").await.unwrap();
    say(&work, &ben, task_id, About::MyWork, "from Ben").await.unwrap();
    say(&work, &rita, task_id, anas, "to Ana").await.unwrap();
    let to_all = say(&work, &rita, task_id, About::Task, "to all").await.unwrap();
    say(&work, &ana, task_id, anas, "to herself").await.unwrap();
    for (who, expected) in [
        (&ana, &["from Ana", "to Ana", "to all", "to herself"][..]),
        (&ben, &["from Ben", "to all"]),
        (&rita, &["from Ana", "from Ben", "to Ana", "to all", "to herself"]),
        (&work.owner, &["from Ana", "from Ben", "to Ana", "to all", "to herself"]),
    ] {
        assert_eq!(texts(&work, who, task_id).await, expected, "{:?}", user_id(who));
    }
    // About other people's work only those write who see it; of another task it is nobody's.
    assert_eq!(refused(say(&work, &ben, task_id, anas, "Hm").await), Kind::NotFound);
    let other = TaskId(task_id.0 + 1);
    assert_eq!(refused(say(&work, &rita, other, anas, "Hm").await), Kind::NotFound);
    assert_eq!(refused(say(&work, &rita, other, About::Comment(to_all), "Hm").await), Kind::NotFound);
    let nobodys = About::Annotation(AnnotationId(0));
    assert_eq!(refused(say(&work, &rita, task_id, nobodys, "Hm").await), Kind::NotFound);
    // Answers are not answered again.
    let answer = say(&work, &ben, task_id, About::Comment(to_all), "Thanks").await.unwrap();
    assert_eq!(list(&work, &ana, task_id).await.unwrap()[2].answers[0].text, "Thanks");
    assert_eq!(refused(say(&work, &rita, task_id, About::Comment(answer), "Hm").await), Kind::NotFound);

    let (_, stranger) = work.db.org("other").await;
    let cleo = work.annotator("cleo").await;
    let gone = work.annotator("gone").await;
    let outside = work.db.member(work.org_id, "outside", OrgRole::Member).await;
    org::remove_member(&work.db.cx, &work.owner, user_id(&gone)).await.unwrap();
    // Cleo labels in the project, but not this task.
    for who in [&stranger, &cleo, &gone, &outside] {
        assert_eq!(refused(list(&work, who, task_id).await), Kind::NotFound, "{:?}", user_id(who));
        assert_eq!(refused(say(&work, who, task_id, About::Task, "Hm").await), Kind::NotFound);
        assert_eq!(refused(change(&work, who, task_id, to_all, Change::Resolve).await), Kind::NotFound);
    }
    assert_eq!(refused(list(&work, &Actor::Anonymous, task_id).await), Kind::Unauthenticated);
    let no_task = TaskId(task_id.0 + 100);
    assert_eq!(refused(list(&work, &work.owner, no_task).await), Kind::NotFound);
    assert_eq!(refused(say(&work, &work.owner, no_task, About::Task, "Hm").await), Kind::NotFound);
}

#[tokio::test]
async fn people_change_what_is_theirs() {
    let (work, [ana, ben, rita], task_id) = at_one_task().await;
    let to_all = say(&work, &rita, task_id, About::Task, "The picture is upside down").await.unwrap();
    let anas = say(&work, &ana, task_id, About::MyWork, "Hm").await.unwrap();
    let reword = |text: &str| Change::Reword(text.to_owned());
    for what in [reword("x"), Change::Delete, Change::Restore] {
        assert_eq!(refused(change(&work, &ana, task_id, to_all, what.clone()).await), Kind::Forbidden, "{what:?}");
        assert_eq!(refused(change(&work, &work.owner, task_id, anas, what.clone()).await), Kind::Forbidden, "{what:?}");
        assert_eq!(refused(change(&work, &ben, task_id, anas, what.clone()).await), Kind::NotFound, "{what:?}");
    }
    // What is said to everybody is not settled by anybody.
    assert_eq!(refused(change(&work, &ana, task_id, to_all, Change::Resolve).await), Kind::Forbidden);
    assert_eq!(refused(change(&work, &ben, task_id, anas, Change::Resolve).await), Kind::NotFound);

    // Said as before, it is not called edited.
    let same = change(&work, &rita, task_id, to_all, reword(" The picture is upside down ")).await.unwrap();
    assert_eq!(same[0].head.edited_at, None);
    work.db.wait(TimeDelta::minutes(1));
    let reworded = change(&work, &rita, task_id, to_all, reword("Turn the picture first")).await.unwrap();
    assert_eq!(reworded[0].head.text, "Turn the picture first");
    assert_eq!(reworded[0].head.edited_at, Some(work.db.cx.now()));
    assert_eq!(code(change(&work, &rita, task_id, to_all, reword(" ")).await), "comment_empty");

    // Deleted, it is gone for everybody, and comes back as it was; with answers its place stays.
    change(&work, &rita, task_id, to_all, Change::Resolve).await.unwrap();
    change(&work, &rita, task_id, to_all, Change::Delete).await.unwrap();
    assert_eq!(texts(&work, &ben, task_id).await, [""; 0]);
    for what in [reword("x"), Change::Resolve, Change::Delete] {
        assert_eq!(refused(change(&work, &rita, task_id, to_all, what).await), Kind::NotFound);
    }
    assert_eq!(refused(say(&work, &ben, task_id, About::Comment(to_all), "Hm").await), Kind::NotFound);
    let back = change(&work, &rita, task_id, to_all, Change::Restore).await.unwrap();
    assert!(back[0].resolved.is_some());
    let answer = say(&work, &ben, task_id, About::Comment(to_all), "Done").await.unwrap();
    assert_eq!(refused(change(&work, &rita, task_id, answer, Change::Resolve).await), Kind::NotFound);
    change(&work, &rita, task_id, to_all, Change::Delete).await.unwrap();
    let left = list(&work, &ben, task_id).await.unwrap();
    assert_eq!((left[0].head.is_deleted, left[0].head.text.as_str(), left[0].answers.len()), (true, "", 1));
}

#[tokio::test]
async fn there_is_a_limit_to_everything() {
    let (work, [ana, _, rita], task_id) = at_one_task().await;
    assert_eq!(code(say(&work, &ana, task_id, About::MyWork, " ").await), "comment_empty");
    assert_eq!(code(say(&work, &ana, task_id, About::MyWork, &"x".repeat(5_001)).await), "comment_long");
    say(&work, &ana, task_id, About::MyWork, &"🐈".repeat(5_000)).await.unwrap();
    sqlx::query(
        "insert into comment (project_id, task_id, is_for_task, body, sent_key, created_at)
        select $1, $2, true, 'said', gen_random_uuid(), now() from generate_series(2, $3)",
    )
    .bind(work.project_id.0)
    .bind(task_id.0)
    .bind(MAX_COMMENTS)
    .execute(work.db.pool())
    .await
    .unwrap();
    assert_eq!(i64::try_from(list(&work, &rita, task_id).await.unwrap().len()), Ok(MAX_COMMENTS));
    assert_eq!(code(say(&work, &rita, task_id, About::Task, "One more").await), "comments_full");
    // Elsewhere there is room, until somebody writes faster than anybody can.
    let other = TaskId(task_id.0 + 1);
    let mut said = 0;
    let refusal = loop {
        match say(&work, &rita, other, About::Task, "And another one").await {
            Ok(_) => said += 1,
            Err(error) => break error,
        }
        assert!(said < 100, "nobody stops this");
    };
    assert_eq!(refusal.domain().map(|problem| problem.kind), Some(Kind::RateLimited));
    work.db.wait(TimeDelta::minutes(11));
    say(&work, &rita, other, About::Task, "After a rest").await.unwrap();
}

#[tokio::test]
async fn the_list_of_tasks_knows_open_comments() {
    let (work, [ana, _, rita], task_id) = at_one_task().await;
    let first = say(&work, &ana, task_id, About::MyWork, "Hm").await.unwrap();
    say(&work, &rita, task_id, About::Comment(first), "Yes?").await.unwrap();
    say(&work, &rita, task_id, About::Task, "Mind the tail").await.unwrap();
    let open = async || {
        let listed =
            task::list(&work.db.cx, &rita, work.project_id, TaskFilter::Commented, None, Limit::default()).await;
        listed.unwrap().items.into_iter().map(|row| (row.task_id, row.open_comments)).collect::<Vec<_>>()
    };
    assert_eq!(open().await, [(task_id, 2)]);
    for thread in list(&work, &rita, task_id).await.unwrap() {
        change(&work, &rita, task_id, thread.head.comment_id, Change::Resolve).await.unwrap();
    }
    assert_eq!(open().await, []);
    change(&work, &rita, task_id, first, Change::Reopen).await.unwrap();
    change(&work, &ana, task_id, first, Change::Delete).await.unwrap();
    assert_eq!(open().await, []);
}

#[tokio::test]
async fn a_person_who_is_deleted_leaves_no_secret_behind() {
    let (work, [ana, ben, rita], task_id) = at_one_task().await;
    say(&work, &ana, task_id, About::MyWork, "between us").await.unwrap();
    sqlx::query("delete from user_account where user_id = $1")
        .bind(user_id(&ana).0)
        .execute(work.db.pool())
        .await
        .unwrap();
    assert_eq!(texts(&work, &ben, task_id).await, [""; 0]);
    let left = list(&work, &rita, task_id).await.unwrap();
    assert_eq!((left[0].head.by.as_str(), left[0].head.text.as_str()), ("", "between us"));
}
