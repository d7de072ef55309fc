//! Labeling: leases, submissions, skips and drafts.

use chrono::TimeDelta;
use domain::{
    Kind,
    access::OrgRole,
    annotation::{DRAFT_ELSEWHERE, Desk, DraftToSave, NoTask, Submission},
    hotkeys::OwnKeys,
    id::{OrgId, ProjectId, TaskId},
    result::ResultItem,
};
use futures::StreamExt;
use serde_json::{Value, json};
use service::{
    Actor, account, annotation, assignment, storage, task,
    testing::{TestDb, user_id},
};

use crate::{code, refused};

pub(crate) struct Work {
    pub(crate) db: TestDb,
    pub(crate) org_id: OrgId,
    pub(crate) owner: Actor,
    pub(crate) project_id: ProjectId,
}

impl Work {
    /// A project whose tasks need `overlap` annotations each.
    pub(crate) async fn new(tasks: i64, overlap: i32) -> Self {
        let db = TestDb::new().await;
        let (org_id, owner) = db.org("acme").await;
        let config = r#"<View><Image name="img" value="$image"/>
            <RectangleLabels name="box" toName="img"><Label value="Cat"/></RectangleLabels>
            <Choices name="mood" toName="img" required="true" requiredMessage="Which mood?"><Choice value="Good"/></Choices></View>"#;
        let project_id: i64 = sqlx::query_scalar(
            "insert into project (organization_id, title, label_config, maximum_annotations, state)
            values ($1, 'Cats', $2, $3, 'live') returning project_id",
        )
        .bind(org_id.0)
        .bind(config)
        .bind(overlap)
        .fetch_one(db.pool())
        .await
        .unwrap();
        sqlx::query("insert into project_summary (project_id, task_count) values ($1, $2)")
            .bind(project_id)
            .bind(tasks)
            .execute(db.pool())
            .await
            .unwrap();
        sqlx::query(
            r#"insert into task (project_id, inner_id, data, overlap)
            select $1, n, jsonb_build_object('image', n), $3 from generate_series(1, $2) n"#,
        )
        .bind(project_id)
        .bind(tasks)
        .bind(overlap)
        .execute(db.pool())
        .await
        .unwrap();
        Self { db, org_id, owner, project_id: ProjectId(project_id) }
    }

    pub(crate) async fn annotator(&self, name: &str) -> Actor {
        let person = self.db.member(self.org_id, name, OrgRole::Member).await;
        sqlx::query("insert into project_member (project_id, user_id, member_type) values ($1, $2, 4)")
            .bind(self.project_id.0)
            .bind(user_id(&person).0)
            .execute(self.db.pool())
            .await
            .unwrap();
        person
    }

    pub(crate) async fn set(&self, assignment: &str) {
        let statement = format!("update project set {assignment} where project_id = {}", self.project_id);
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(self.db.pool()).await.unwrap();
    }

    pub(crate) async fn next(&self, who: &Actor) -> Desk {
        assignment::next_task(&self.db.cx, who, self.project_id).await.unwrap()
    }

    async fn next_number(&self, who: &Actor) -> i64 {
        self.next(who).await.task.expect("a task").inner_id
    }

    pub(crate) fn submission(&self, task_id: TaskId) -> Submission {
        Submission {
            project_id: self.project_id,
            task_id,
            annotation_id: None,
            key: self.db.cx.new_uuid(),
            result: work(),
            lead_time_ms: 1_200,
            prediction_id: None,
        }
    }

    pub(crate) async fn submit_next(&self, who: &Actor) -> i64 {
        let task = self.next(who).await.task.expect("a task");
        annotation::submit(&self.db.cx, who, self.submission(task.task_id)).await.unwrap();
        task.inner_id
    }

    pub(crate) async fn skip_next(&self, who: &Actor) -> i64 {
        let task = self.next(who).await.task.expect("a task");
        annotation::skip(&self.db.cx, who, self.submission(task.task_id)).await.unwrap();
        task.inner_id
    }

    pub(crate) async fn number(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).bind(self.project_id.0).fetch_one(self.db.pool()).await.unwrap()
    }

    /// The law, and that the counts kept on the task are the true ones.
    pub(crate) async fn check_law(&self) {
        let broken: i64 = self
            .number(
                "select count(*) from task t where t.project_id = $1 and (
                    annotation_count + lease_count > overlap
                    or lease_count <> (select count(*) from assignment a where a.task_id = t.task_id and a.state = 'lease')
                    or annotation_count <> (select count(*) from annotation a where a.task_id = t.task_id and not a.was_cancelled)
                    or cancelled_count <> (select count(*) from annotation a where a.task_id = t.task_id and a.was_cancelled))",
            )
            .await;
        assert_eq!(broken, 0, "tasks break the law");
    }
}

pub(crate) fn items(json: Value) -> Vec<ResultItem> {
    ResultItem::list_from_json(json).unwrap()
}

pub(crate) fn work() -> Vec<ResultItem> {
    items(json!([
        {"id": "r", "from_name": "box", "to_name": "img", "type": "rectanglelabels", "original_width": 200,
            "original_height": 100, "value": {"x": 10, "y": 10, "width": 50, "height": 20, "rotation": 0,
            "rectanglelabels": ["Cat"]}, "unknown": {"kept": [1.50, null]}},
        {"from_name": "mood", "to_name": "img", "type": "choices", "value": {"choices": ["Good"]}}
    ]))
}

#[tokio::test]
async fn tasks_come_in_order_and_a_reload_keeps_the_task() {
    let work = Work::new(3, 1).await;
    let ana = work.annotator("ana").await;
    let ben = work.annotator("ben").await;
    assert_eq!(work.next_number(&ana).await, 1);
    assert_eq!(work.next_number(&ana).await, 1, "a reload does not hoard");
    assert_eq!(work.next_number(&ben).await, 2);
    assert_eq!(work.submit_next(&ana).await, 1);
    assert_eq!(work.submit_next(&ana).await, 3);
    assert_eq!(work.next(&ana).await.task, Err(NoTask::AllTaken));
    work.submit_next(&ben).await;
    assert_eq!(work.next(&ben).await.task, Err(NoTask::AllLabeled));
    work.check_law().await;
    let desk = work.next(&ana).await;
    assert_eq!(desk.done.iter().map(|done| done.inner_id).collect::<Vec<_>>(), [3, 1]);
}

#[tokio::test]
async fn asking_often_at_the_same_moment_gives_one_task() {
    let work = Work::new(9, 1).await;
    let ana = work.annotator("ana").await;
    let desks = futures::future::join_all((0..6).map(|_| work.next(&ana))).await;
    assert!(desks.iter().all(|desk| desk.task.as_ref().is_ok_and(|task| task.inner_id == 1)));
    assert_eq!(work.number("select sum(lease_count)::bigint from task where project_id = $1").await, 1);
}

#[tokio::test]
async fn an_empty_and_a_paused_project_say_so() {
    let work = Work::new(0, 1).await;
    let ana = work.annotator("ana").await;
    assert_eq!(work.next(&ana).await.task, Err(NoTask::Empty));
    work.set("state = 'paused'").await;
    assert_eq!(work.next(&ana).await.task, Err(NoTask::Paused));
}

#[tokio::test]
async fn a_submission_is_stored_whole_and_counted_once() {
    let work = Work::new(1, 1).await;
    let ana = work.annotator("ana").await;
    let task = work.next(&ana).await.task.unwrap();
    let submission = work.submission(task.task_id);
    let first = annotation::submit(&work.db.cx, &ana, submission.clone()).await.unwrap();
    assert!(first.is_labeled);
    assert_eq!(annotation::submit(&work.db.cx, &ana, submission.clone()).await.unwrap(), first, "the second click");
    let stored = task::open(&work.db.cx, &ana, work.project_id, task.task_id).await.unwrap().task.unwrap();
    assert_eq!(stored.annotation.unwrap().result, submission.result);
    let again = work.submission(task.task_id);
    assert_eq!(code(annotation::submit(&work.db.cx, &ana, again).await), "already_annotated");
    assert_eq!(work.number("select annotation_count from project_count where project_id = $1").await, 1);
    assert_eq!(work.number("select labeled_task_count from project_count where project_id = $1").await, 1);
    assert_eq!(work.number("select count(*) from state_transition where project_id = $1").await, 4);
    let area: f64 = sqlx::query_scalar("select area from region where project_id = $1 and labels = '{Cat}'")
        .bind(work.project_id.0)
        .fetch_one(work.db.pool())
        .await
        .unwrap();
    assert!((area - 2_000.0).abs() < 1e-6);
    work.check_law().await;
}

#[tokio::test]
async fn two_copies_at_the_same_moment_are_one() {
    let work = Work::new(1, 3).await;
    let ana = work.annotator("ana").await;
    let task = work.next(&ana).await.task.unwrap();
    let submission = work.submission(task.task_id);
    let copies = (0..6).map(|_| annotation::submit(&work.db.cx, &ana, submission.clone()));
    let answers: Vec<_> = futures::future::join_all(copies).await.into_iter().map(Result::unwrap).collect();
    assert!(answers.iter().all(|answer| answer == &answers[0]));
    assert_eq!(work.number("select count(*) from annotation where project_id = $1").await, 1);
    work.check_law().await;
}

#[tokio::test]
async fn what_is_missing_is_refused_by_name() {
    let work = Work::new(1, 1).await;
    let ana = work.annotator("ana").await;
    let task = work.next(&ana).await.task.unwrap();
    let submission = Submission { result: vec![], ..work.submission(task.task_id) };
    match annotation::submit(&work.db.cx, &ana, submission.clone()).await {
        Err(service::Error::Domain(problem)) => {
            assert_eq!((problem.field.as_deref(), problem.message.as_str()), (Some("mood"), "Which mood?"));
        }
        other => panic!("expected a refusal, got {other:?}"),
    }
    work.set("enable_empty_annotation = false").await;
    assert_eq!(code(annotation::submit(&work.db.cx, &ana, submission).await), "empty_annotation");
}

#[tokio::test]
async fn what_only_the_task_tells_is_asked_for_too() {
    let work = Work::new(1, 1).await;
    let ana = work.annotator("ana").await;
    let task_id = work.next(&ana).await.task.unwrap().task_id;
    sqlx::query("update task set data = $2 where task_id = $1")
        .bind(task_id.0)
        .bind(json!({"chat": [{"role": "user", "content": "Hi"}], "parts": ["one", "two"]}))
        .execute(work.db.pool())
        .await
        .unwrap();
    let rating = |name: &str, to: &str| json!({"id": name, "from_name": name, "to_name": to, "type": "rating", "value": {"rating": 3}});
    let said = json!({"id": "m", "from_name": "chat", "to_name": "chat", "type": "chatmessage",
        "value": {"chatmessage": {"role": "user", "content": "Bye"}}});
    let table = [
        (r#"<Chat name="chat" value="$chat" minMessages="2"/>"#, json!([rating("none", "chat")]), json!([said])),
        (
            r#"<Repeater on="$parts"><Text name="t_{{idx}}" value="$parts[{{idx}}]"/>
                <Rating name="r_{{idx}}" toName="t_{{idx}}" required="true"/></Repeater>"#,
            json!([rating("r_0", "t_0")]),
            json!([rating("r_0", "t_0"), rating("r_1", "t_1")]),
        ),
    ];
    for (interface, too_little, enough) in table {
        sqlx::query("update project set label_config = $2 where project_id = $1")
            .bind(work.project_id.0)
            .bind(format!("<View>{interface}</View>"))
            .execute(work.db.pool())
            .await
            .unwrap();
        let submission = |result: Value| Submission { result: items(result), ..work.submission(task_id) };
        let refusal = annotation::submit(&work.db.cx, &ana, submission(too_little)).await;
        assert_eq!(refused(refusal), Kind::Invalid, "{interface}");
        let submitted = annotation::submit(&work.db.cx, &ana, submission(enough)).await.unwrap();
        sqlx::query("delete from annotation where annotation_id = $1")
            .bind(submitted.annotation_id.0)
            .execute(work.db.pool())
            .await
            .unwrap();
        sqlx::query("update task set annotation_count = 0, is_labeled = false, overlap = 9 where task_id = $1")
            .bind(task_id.0)
            .execute(work.db.pool())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn leases_run_out_unless_the_page_is_alive() {
    let work = Work::new(1, 1).await;
    let ana = work.annotator("ana").await;
    let ben = work.annotator("ben").await;
    let task = work.next(&ana).await.task.unwrap();
    work.db.wait(TimeDelta::minutes(29));
    assert_eq!(work.next(&ben).await.task, Err(NoTask::AllTaken));
    assert!(assignment::heartbeat(&work.db.cx, &ana, work.project_id, task.task_id).await.unwrap());
    work.db.wait(TimeDelta::minutes(9));
    assert_eq!(work.next(&ben).await.task, Err(NoTask::AllTaken));
    work.db.wait(TimeDelta::minutes(2));
    assert_eq!(work.next_number(&ben).await, 1);
    assert!(!assignment::heartbeat(&work.db.cx, &ana, work.project_id, task.task_id).await.unwrap());
    // The work is not thrown away: it stays a draft, and the law holds.
    assert_eq!(code(annotation::submit(&work.db.cx, &ana, work.submission(task.task_id)).await), "task_taken");
    work.submit_next(&ben).await;
    work.check_law().await;
}

#[tokio::test]
async fn a_late_submission_counts_while_there_is_room() {
    let work = Work::new(1, 1).await;
    let ana = work.annotator("ana").await;
    let ben = work.annotator("ben").await;
    let task = work.next(&ana).await.task.unwrap();
    work.db.wait(TimeDelta::hours(3));
    annotation::submit(&work.db.cx, &ana, work.submission(task.task_id)).await.unwrap();
    assert_eq!(work.next(&ben).await.task, Err(NoTask::AllLabeled));
    work.check_law().await;
}

#[tokio::test]
async fn a_skipped_task_goes_to_others_until_all_have_skipped() {
    let work = Work::new(2, 1).await;
    let ana = work.annotator("ana").await;
    let ben = work.annotator("ben").await;
    assert_eq!(work.skip_next(&ana).await, 1);
    assert_eq!(work.skip_next(&ana).await, 2);
    assert_eq!(work.next(&ana).await.task, Err(NoTask::NothingForYou));
    assert_eq!(work.skip_next(&ben).await, 1);
    assert_eq!(work.next_number(&ana).await, 1, "everybody has skipped it: the round begins anew");
    assert_eq!(work.submit_next(&ana).await, 1);
    assert_eq!(work.submit_next(&ben).await, 2);
    assert_eq!(work.number("select skipped_annotation_count from project_count where project_id = $1").await, 3);
    work.check_law().await;
}

#[tokio::test]
async fn skipped_tasks_come_back_later_or_never_as_the_project_wants() {
    let mine = Work::new(2, 1).await;
    mine.set("skip_queue = 'REQUEUE_FOR_ME'").await;
    let ana = mine.annotator("ana").await;
    let _ben = mine.annotator("ben").await;
    assert_eq!(mine.skip_next(&ana).await, 1);
    assert_eq!(mine.submit_next(&ana).await, 2);
    assert_eq!(mine.next_number(&ana).await, 1);

    let ignored = Work::new(2, 1).await;
    ignored.set("skip_queue = 'IGNORE_SKIPPED'").await;
    let ana = ignored.annotator("ana").await;
    assert_eq!(ignored.skip_next(&ana).await, 1);
    assert_eq!(ignored.submit_next(&ana).await, 2);
    assert_eq!(ignored.next(&ana).await.task, Err(NoTask::AllLabeled));
    assert_eq!(ignored.number("select labeled_task_count from project_count where project_id = $1").await, 2);
    ignored.set("show_skip_button = false").await;
    let refusal = annotation::skip(&ignored.db.cx, &ana, ignored.submission(TaskId(1))).await;
    assert_eq!(refused(refusal), Kind::Forbidden);
}

#[tokio::test]
async fn work_is_changed_by_its_author_only() {
    let work = Work::new(2, 1).await;
    let ana = work.annotator("ana").await;
    let ben = work.annotator("ben").await;
    let task = work.next(&ana).await.task.unwrap();
    let first = annotation::submit(&work.db.cx, &ana, work.submission(task.task_id)).await.unwrap();
    let change = Submission {
        annotation_id: Some(first.annotation_id),
        result: work_without_box(),
        ..work.submission(task.task_id)
    };
    assert_eq!(annotation::submit(&work.db.cx, &ana, change.clone()).await.unwrap().annotation_id, first.annotation_id);
    assert_eq!(work.number("select result_count from project_count where project_id = $1").await, 1);
    assert_eq!(work.number("select count(*) from region where project_id = $1").await, 1);
    assert_eq!(refused(annotation::submit(&work.db.cx, &ben, change.clone()).await), Kind::NotFound);
    annotation::submit(&work.db.cx, &work.owner, change).await.unwrap();
    assert_eq!(work.number("select annotation_count from project_count where project_id = $1").await, 1);
    work.check_law().await;
}

pub(crate) fn work_without_box() -> Vec<ResultItem> {
    work().split_off(1)
}

#[tokio::test]
async fn other_peoples_tasks_and_other_tenants_do_not_exist() {
    let work = Work::new(2, 1).await;
    let ana = work.annotator("ana").await;
    let ben = work.annotator("ben").await;
    let task = work.next(&ana).await.task.unwrap();
    assert_eq!(refused(task::open(&work.db.cx, &ben, work.project_id, task.task_id).await), Kind::NotFound);
    assert_eq!(refused(annotation::submit(&work.db.cx, &ben, work.submission(task.task_id)).await), Kind::NotFound);
    assert!(task::open(&work.db.cx, &work.owner, work.project_id, task.task_id).await.unwrap().task.is_ok());
    let (_, stranger) = work.db.org("other").await;
    assert_eq!(refused(assignment::next_task(&work.db.cx, &stranger, work.project_id).await), Kind::NotFound);
    assert_eq!(refused(task::open(&work.db.cx, &stranger, work.project_id, task.task_id).await), Kind::NotFound);
    let nobody = assignment::next_task(&work.db.cx, &Actor::Anonymous, work.project_id).await;
    assert_eq!(refused(nobody), Kind::Unauthenticated);
}

#[tokio::test]
async fn what_comes_next_is_told_and_not_taken() {
    let work = Work::new(4, 1).await;
    sqlx::query("update task set data = jsonb_build_object('image', ' /files/' || inner_id || '/a.png')")
        .execute(work.db.pool())
        .await
        .unwrap();
    let (ana, ben) = (work.annotator("ana").await, work.annotator("ben").await);
    let upcoming =
        async |who: &Actor, task_id| assignment::upcoming(&work.db.cx, who, work.project_id, task_id).await.unwrap();
    let first = work.next(&ana).await.task.unwrap().task_id;
    assert_eq!(upcoming(&ana, first).await, ["/files/2/a.png"]);
    assert_eq!(work.number("select count(*) from assignment where project_id = $1").await, 1, "nothing is taken");
    // What somebody else works on does not come.
    assert_eq!(work.next_number(&ben).await, 2);
    assert_eq!(upcoming(&ana, first).await, ["/files/3/a.png"]);
    assert!(upcoming(&ben, first).await.is_empty(), "from their own task only");
    work.set("sampling = 'UNIFORM'").await;
    assert!(upcoming(&ana, first).await.is_empty());
    work.set("sampling = 'SEQUENCE', state = 'paused'").await;
    assert!(upcoming(&ana, first).await.is_empty());
    work.set("state = 'live'").await;
    work.submit_next(&ana).await;
    let third = work.next(&ana).await.task.unwrap().task_id;
    assert_eq!(upcoming(&ana, third).await, ["/files/4/a.png"]);
    let (_, stranger) = work.db.org("other").await;
    assert_eq!(refused(assignment::upcoming(&work.db.cx, &stranger, work.project_id, first).await), Kind::NotFound);
}

#[tokio::test]
async fn the_document_that_comes_next_is_prepared_meanwhile() {
    let work = Work::new(2, 1).await;
    let config =
        r#"<View><Pdf name="doc" value="$doc"/><Choices name="c" toName="doc"><Choice value="A"/></Choices></View>"#;
    work.set(&format!("label_config = '{config}'")).await;
    let bytes = include_bytes!("../../../../public/demo/invoice.pdf").as_slice();
    let body = futures::stream::iter([Ok(bytes.into())]).boxed();
    let file = storage::receive(&work.db.cx, &work.owner, work.project_id, "a.pdf", body).await.unwrap();
    sqlx::query("update task set data = jsonb_build_object('doc', $1::text) where inner_id = 2")
        .bind(file.address())
        .execute(work.db.pool())
        .await
        .unwrap();
    let folder = object_store::path::Path::from(format!("project/{}/media", work.project_id));
    let prepared = || work.db.cx.store().list(Some(&folder)).count();
    let ana = work.annotator("ana").await;
    let first = work.next(&ana).await.task.unwrap().task_id;
    assert_eq!(prepared().await, 0);
    let pictures = assignment::upcoming(&work.db.cx, &ana, work.project_id, first).await.unwrap();
    assert!(pictures.is_empty());
    let made = async {
        while prepared().await == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), made).await.expect("nobody has to open it first");
}

#[tokio::test]
async fn a_draft_is_overwritten_by_nothing_older_and_nothing_from_elsewhere() {
    let work = Work::new(2, 1).await;
    let ana = work.annotator("ana").await;
    let ben = work.annotator("ben").await;
    let task = work.next(&ana).await.task.unwrap();
    let draft = |revision, result| DraftToSave {
        project_id: work.project_id,
        task_id: task.task_id,
        annotation_id: None,
        revision,
        sitting: 7,
        since: 0,
        is_chosen: false,
        result,
        lead_time_ms: revision * 10,
    };
    let newer = work_without_box();
    assert_eq!(annotation::save_draft(&work.db.cx, &ana, draft(2, newer.clone())).await.unwrap(), 2);
    assert_eq!(annotation::save_draft(&work.db.cx, &ana, draft(1, vec![])).await.unwrap(), 2);
    let kept = work.next(&ana).await.task.unwrap().draft.unwrap();
    assert_eq!((kept.revision, &kept.result), (2, &newer));
    assert_eq!(refused(annotation::save_draft(&work.db.cx, &ben, draft(3, vec![])).await), Kind::NotFound);
    // Another sitting overwrites only what it has seen, or what its person chose to.
    let elsewhere =
        |revision, since, is_chosen| DraftToSave { sitting: 8, since, is_chosen, ..draft(revision, vec![]) };
    let save = |draft| annotation::save_draft(&work.db.cx, &ana, draft);
    assert_eq!(code(save(elsewhere(1, 0, false)).await), DRAFT_ELSEWHERE);
    assert_eq!(code(save(elsewhere(9, 1, false)).await), DRAFT_ELSEWHERE);
    assert_eq!(work.next(&ana).await.task.unwrap().draft.unwrap(), kept, "refused is refused");
    assert_eq!(save(elsewhere(3, 2, false)).await.unwrap(), 3);
    assert_eq!(code(save(draft(3, vec![])).await), DRAFT_ELSEWHERE, "a number of its own does not make it newer");
    let chosen = DraftToSave { is_chosen: true, ..draft(3, kept.result.clone()) };
    assert_eq!(save(chosen).await.unwrap(), 4, "revisions only rise");
    let after = work.next(&ana).await.task.unwrap().draft.unwrap();
    assert_eq!((after.revision, after.sitting, after.result), (4, 7, kept.result));
    assert_eq!(save(DraftToSave { since: 4, ..draft(5, vec![]) }).await.unwrap(), 5, "and go on from there");
    annotation::submit(&work.db.cx, &ana, work.submission(task.task_id)).await.unwrap();
    assert_eq!(work.number("select count(*) from annotation_draft where project_id = $1").await, 0);
}

#[tokio::test]
async fn keys_belong_to_the_person() {
    let work = Work::new(1, 2).await;
    let ana = work.annotator("ana").await;
    let ben = work.annotator("ben").await;
    let keys = OwnKeys([("Undo".to_owned(), "U".to_owned()), ("Skip".to_owned(), String::new())].into());
    account::set_keys(&work.db.cx, &ana, &keys).await.unwrap();
    assert_eq!(work.next(&ana).await.keys, keys);
    assert_eq!(work.next(&ben).await.keys, OwnKeys::default());
    let many = OwnKeys((0..1_001).map(|n| (n.to_string(), "A".to_owned())).collect());
    assert_eq!(refused(account::set_keys(&work.db.cx, &ana, &many).await), Kind::Invalid);
    assert_eq!(work.next(&ana).await.keys, keys);
}

#[tokio::test]
async fn many_people_at_once_never_break_the_law() {
    let work = Work::new(12, 2).await;
    let mut people = Vec::new();
    for n in 0..5 {
        people.push(work.annotator(&format!("p{n}")).await);
    }
    // Everybody asks, submits, skips and lets leases run out, all at once, round after round.
    for round in 0..8_usize {
        let turns = people.iter().enumerate().map(|(at, who)| {
            let work = &work;
            async move {
                let Ok(task) = work.next(who).await.task else { return };
                match (round + at) % 4 {
                    0 => drop(annotation::skip(&work.db.cx, who, work.submission(task.task_id)).await.unwrap()),
                    1 => {}
                    _ => {
                        let sent = annotation::submit(&work.db.cx, who, work.submission(task.task_id)).await;
                        sent.expect("a held task can be submitted");
                    }
                }
            }
        });
        futures::future::join_all(turns).await;
        work.check_law().await;
        if round % 3 == 2 {
            work.db.wait(TimeDelta::minutes(31));
        }
    }
    work.db.wait(TimeDelta::minutes(31));
    // No task is lost: in the end each has what it needs.
    for _ in 0..60 {
        for who in &people {
            if let Ok(task) = work.next(who).await.task {
                annotation::submit(&work.db.cx, who, work.submission(task.task_id)).await.unwrap();
            }
        }
    }
    assert_eq!(work.number("select count(*) from task where project_id = $1 and not is_labeled").await, 0);
    assert_eq!(work.number("select count(*) from annotation where project_id = $1 and not was_cancelled").await, 24);
    work.check_law().await;
}
