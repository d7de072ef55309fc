//! The life of a project, what its overview says, copies of it, and finding it.

use chrono::TimeDelta;
use domain::{
    Kind,
    access::{OrgRole, ProjectRole},
    annotation::{NoTask, Submission},
    id::{ProjectId, TaskId},
    project::{Find, Found, Happening, NewProject, ProjectMove, ProjectPatch, ProjectState, StateChange},
};
use serde_json::json;
use service::{
    Actor, annotation, assignment, project,
    testing::{TestDb, user_id},
};

use crate::{code, refused};

const CONFIG: &str = "<View><Text name='t' value='$text'/><Choices name='mood' toName='t'><Choice value='Good'/>\
    <Choice value='Bad'/></Choices></View>";

/// A project of an organization with everybody it can meet.
struct Cast {
    db: TestDb,
    owner: Actor,
    reviewer: Actor,
    annotator: Actor,
    outsider: Actor,
    stranger: Actor,
    project_id: ProjectId,
}

impl Cast {
    async fn new(config: &str, tasks: i64) -> Self {
        let db = TestDb::new().await;
        let (org_id, owner) = db.org("acme").await;
        let (_, stranger) = db.org("other").await;
        let reviewer = db.member(org_id, "rita", OrgRole::Member).await;
        let annotator = db.member(org_id, "ann", OrgRole::Member).await;
        let outsider = db.member(org_id, "otto", OrgRole::Member).await;
        let input = NewProject { title: "Street signs".into(), label_config: config.into(), ..NewProject::default() };
        let project_id = project::create(&db.cx, &owner, input).await.unwrap();
        for (person, role) in [(&reviewer, ProjectRole::Reviewer), (&annotator, ProjectRole::Annotator)] {
            project::put_member(&db.cx, &owner, project_id, user_id(person), role).await.unwrap();
        }
        let cast = Self { db, owner, reviewer, annotator, outsider, stranger, project_id };
        cast.add_tasks(tasks).await;
        cast
    }

    async fn add_tasks(&self, tasks: i64) {
        sqlx::query(
            "with made as (insert into task (project_id, inner_id, data)
                select $1, n, '{\"text\": \"hello\"}' from generate_series(1, $2) n returning 1)
            update project_summary set task_count = (select count(*) from made) where project_id = $1",
        )
        .bind(self.project_id.0)
        .bind(tasks)
        .execute(self.db.pool())
        .await
        .unwrap();
    }

    async fn step(&self, who: &Actor, step: ProjectMove) -> service::Result<ProjectState> {
        project::change_state(&self.db.cx, who, self.project_id, step).await
    }

    async fn next(&self, who: &Actor) -> Result<TaskId, NoTask> {
        assignment::next_task(&self.db.cx, who, self.project_id).await.unwrap().task.map(|task| task.task_id)
    }

    async fn submit(&self, who: &Actor, task_id: TaskId) -> service::Result<()> {
        annotation::submit(&self.db.cx, who, self.submission(task_id)).await.map(drop)
    }

    fn submission(&self, task_id: TaskId) -> Submission {
        let result = json!([{
            "id": "a", "from_name": "mood", "to_name": "t", "type": "choices", "value": {"choices": ["Good"]}
        }]);
        Submission {
            project_id: self.project_id,
            task_id,
            annotation_id: None,
            key: self.db.cx.new_uuid(),
            result: serde_json::from_value(result).unwrap(),
            lead_time_ms: 4_000,
            prediction_id: None,
        }
    }

    async fn find(&self, who: &Actor, find: Find) -> Found {
        project::find(&self.db.cx, who, find).await.unwrap()
    }
}

#[tokio::test]
async fn a_project_lives_and_every_move_is_history() {
    let c = Cast::new(CONFIG, 1).await;
    let moves = [
        (ProjectMove::GoLive, ProjectState::Live),
        (ProjectMove::Pause, ProjectState::Paused),
        (ProjectMove::Resume, ProjectState::Live),
        (ProjectMove::Complete, ProjectState::Completed),
        (ProjectMove::Reopen, ProjectState::Live),
        (ProjectMove::Reset, ProjectState::Pending),
    ];
    for (step, state) in moves {
        c.db.wait(TimeDelta::minutes(1));
        assert_eq!(c.step(&c.owner, step).await.unwrap(), state);
        assert_eq!(code(c.step(&c.owner, step).await), "move_illegal", "the second click on {step:?}");
        assert_eq!(project::get(&c.db.cx, &c.owner, c.project_id).await.unwrap().state, state);
    }
    let mut history = project::history(&c.db.cx, &c.reviewer, c.project_id).await.unwrap();
    history.reverse();
    assert_eq!(history.len(), 1 + moves.len(), "refused moves leave no trace");
    assert_eq!((history[0].from, history[0].to), (None, ProjectState::Pending));
    for (pair, (_, state)) in history.windows(2).zip(moves) {
        assert_eq!((pair[1].from, pair[1].to), (Some(pair[0].to), state));
        assert_eq!(pair[1].by.as_deref(), Some("acme-owner"));
        assert!(pair[1].at > pair[0].at);
    }
    assert_eq!(refused(project::history(&c.db.cx, &c.annotator, c.project_id).await), Kind::Forbidden);
    assert_eq!(refused(project::history(&c.db.cx, &c.stranger, c.project_id).await), Kind::NotFound);
}

#[tokio::test]
async fn going_live_needs_questions_and_tasks() {
    let c = Cast::new("", 0).await;
    let says = async || match c.step(&c.owner, ProjectMove::GoLive).await {
        Err(service::Error::Domain(problem)) => problem.message,
        other => panic!("{other:?}"),
    };
    assert_eq!(says().await, "This project cannot go live yet: it has no labeling interface and no tasks.");
    project::set_label_config(&c.db.cx, &c.owner, c.project_id, CONFIG.to_owned(), false).await.unwrap();
    assert_eq!(says().await, "This project cannot go live yet: it has no tasks.");
    c.add_tasks(2).await;
    assert_eq!(c.step(&c.owner, ProjectMove::GoLive).await.unwrap(), ProjectState::Live);
}

#[tokio::test]
async fn only_those_who_manage_a_project_move_it() {
    let c = Cast::new(CONFIG, 1).await;
    for (who, kind) in [
        (&c.reviewer, Kind::Forbidden),
        (&c.annotator, Kind::Forbidden),
        (&c.outsider, Kind::NotFound),
        (&c.stranger, Kind::NotFound),
        (&Actor::Anonymous, Kind::Unauthenticated),
    ] {
        assert_eq!(refused(c.step(who, ProjectMove::GoLive).await), kind);
    }
    project::put_member(&c.db.cx, &c.owner, c.project_id, user_id(&c.outsider), ProjectRole::Admin).await.unwrap();
    assert_eq!(c.step(&c.outsider, ProjectMove::GoLive).await.unwrap(), ProjectState::Live, "an admin of the project");
}

#[tokio::test]
async fn the_database_refuses_what_the_rules_refuse() {
    let c = Cast::new(CONFIG, 1).await;
    let states = ProjectState::ALL;
    for from in states {
        for to in states.iter().filter(|to| *to != from) {
            let mut tx = c.db.pool().begin().await.unwrap();
            sqlx::query("set local session_replication_role = replica").execute(&mut *tx).await.unwrap();
            let set = "update project set state = $2 where project_id = $1";
            sqlx::query(set).bind(c.project_id.0).bind(from.as_str()).execute(&mut *tx).await.unwrap();
            sqlx::query("set local session_replication_role = origin").execute(&mut *tx).await.unwrap();
            let done = sqlx::query(set).bind(c.project_id.0).bind(to.as_str()).execute(&mut *tx).await;
            // The workflow builder's own move is not among those of people.
            let is_legal = from.moves().any(|step| from.after(step, &[]).as_ref() == Ok(to))
                || (*from, *to) == (ProjectState::Pending, ProjectState::BuildingWorkflow);
            match done {
                Ok(_) => assert!(is_legal, "{from:?} → {to:?}"),
                Err(error) => {
                    let constraint = error.as_database_error().and_then(|e| e.constraint().map(str::to_owned));
                    assert_eq!(constraint.as_deref(), Some("project_state_moves_legally"), "{error}");
                    assert!(!is_legal, "{from:?} → {to:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn history_is_only_added_to() {
    let c = Cast::new(CONFIG, 1).await;
    let mut tx = c.db.pool().begin().await.unwrap();
    sqlx::query("set local role synapse_tenant").execute(&mut *tx).await.unwrap();
    let done = sqlx::query("delete from state_transition").execute(&mut *tx).await;
    assert!(done.unwrap_err().to_string().contains("permission denied"));
}

#[tokio::test]
async fn tasks_are_handed_out_while_the_project_is_live() {
    let c = Cast::new(CONFIG, 4).await;
    assert_eq!(c.next(&c.annotator).await, Err(NoTask::NotLive));
    assert_eq!(c.next(&c.reviewer).await, Err(NoTask::NotLive));
    let tried = c.next(&c.owner).await.expect("those who manage it may try it out");
    c.submit(&c.owner, tried).await.unwrap();
    c.step(&c.owner, ProjectMove::GoLive).await.unwrap();
    let held = c.next(&c.annotator).await.unwrap();
    c.step(&c.owner, ProjectMove::Pause).await.unwrap();
    assert_eq!(c.next(&c.annotator).await, Err(NoTask::Paused));
    assert_eq!(c.next(&c.owner).await, Err(NoTask::Paused));
    c.submit(&c.annotator, held).await.expect("what was begun may be finished");
    // Opened from the list rather than handed out.
    let open: i64 = sqlx::query_scalar("select max(task_id) from task").fetch_one(c.db.pool()).await.unwrap();
    let new_work = c.submit(&c.reviewer, TaskId(open)).await;
    assert_eq!(code(new_work), "project_not_live");
    assert_eq!(code(annotation::skip(&c.db.cx, &c.reviewer, c.submission(TaskId(open))).await), "project_not_live");
    c.step(&c.owner, ProjectMove::Resume).await.unwrap();
    c.submit(&c.reviewer, TaskId(open)).await.unwrap();
    c.step(&c.owner, ProjectMove::Complete).await.unwrap();
    assert_eq!(c.next(&c.annotator).await, Err(NoTask::Completed));
}

#[tokio::test]
async fn the_overview_counts_what_was_done() {
    let c = Cast::new(CONFIG, 5).await;
    c.step(&c.owner, ProjectMove::GoLive).await.unwrap();
    for _ in 0..2 {
        let task = c.next(&c.annotator).await.unwrap();
        c.submit(&c.annotator, task).await.unwrap();
    }
    c.db.wait(TimeDelta::days(1));
    let task = c.next(&c.annotator).await.unwrap();
    annotation::skip(&c.db.cx, &c.annotator, c.submission(task)).await.unwrap();
    let task = c.next(&c.reviewer).await.unwrap();
    c.submit(&c.reviewer, task).await.unwrap();

    let seen = project::overview(&c.db.cx, &c.owner, c.project_id).await.unwrap();
    assert_eq!(seen.days.len(), 30);
    let last = |days: &[domain::project::WorkDay]| -> Vec<(i64, i64)> {
        days[28..].iter().map(|day| (day.submitted, day.skipped)).collect()
    };
    assert_eq!(last(&seen.days), [(2, 0), (1, 1)]);
    let people: Vec<_> =
        seen.people.iter().map(|p| (p.name.as_str(), p.submitted, p.skipped, p.seconds_per_task())).collect();
    assert_eq!(people, [("ann", 2, 1, Some(4)), ("rita", 1, 0, Some(4))]);
    assert!(
        matches!(&seen.events[0].what, Happening::State(StateChange { to: ProjectState::Live, .. })),
        "{:?}",
        seen.events
    );
    let mut added: Vec<_> = seen
        .events
        .iter()
        .filter_map(|event| match &event.what {
            Happening::Change { action, whom, role } if action == "project_member_added" => {
                Some((whom.as_deref()?, (*role)?))
            }
            _ => None,
        })
        .collect();
    added.sort();
    assert_eq!(added, [("ann", ProjectRole::Annotator), ("rita", ProjectRole::Reviewer)]);
    let first = seen.events.last().map(|event| &event.what);
    assert!(
        matches!(first, Some(Happening::State(StateChange { from: None, .. }))),
        "nothing before the making: {first:?}"
    );

    let own = project::overview(&c.db.cx, &c.annotator, c.project_id).await.unwrap();
    assert_eq!(last(&own.days), [(2, 0), (0, 1)], "of the others nothing");
    assert_eq!((own.people.len(), own.events.len()), (1, 0));
    for who in [&c.outsider, &c.stranger] {
        assert_eq!(refused(project::overview(&c.db.cx, who, c.project_id).await), Kind::NotFound);
    }
    assert_eq!(refused(project::overview(&c.db.cx, &Actor::Anonymous, c.project_id).await), Kind::Unauthenticated);
}

#[tokio::test]
async fn a_copy_has_the_rules_and_the_people_but_no_data() {
    let c = Cast::new(CONFIG, 3).await;
    let patch = ProjectPatch { maximum_annotations: Some(3), ..ProjectPatch::default() };
    project::update(&c.db.cx, &c.owner, c.project_id, patch).await.unwrap();
    c.step(&c.owner, ProjectMove::GoLive).await.unwrap();
    let copy = project::duplicate(&c.db.cx, &c.owner, c.project_id).await.unwrap();
    let detail = project::get(&c.db.cx, &c.owner, copy).await.unwrap();
    assert_eq!((detail.title.as_str(), detail.state), ("Copy of Street signs", ProjectState::Pending));
    assert_eq!((detail.maximum_annotations, detail.label_config.as_str(), detail.progress.tasks), (3, CONFIG, 0));
    assert_eq!(project::get(&c.db.cx, &c.annotator, copy).await.unwrap().role, ProjectRole::Annotator);
    assert_eq!(project::history(&c.db.cx, &c.owner, copy).await.unwrap().len(), 1);
    project::put_member(&c.db.cx, &c.owner, c.project_id, user_id(&c.outsider), ProjectRole::Admin).await.unwrap();
    for (who, kind) in [
        // Manages the project, but may not make new ones.
        (&c.outsider, Kind::Forbidden),
        (&c.reviewer, Kind::Forbidden),
        (&c.stranger, Kind::NotFound),
        (&Actor::Anonymous, Kind::Unauthenticated),
    ] {
        assert_eq!(refused(project::duplicate(&c.db.cx, who, c.project_id).await), kind);
    }
}

#[tokio::test]
async fn things_are_found_by_name_and_number() {
    let c = Cast::new(CONFIG, 20).await;
    let mut ids = vec![c.project_id];
    for title in ["Street lamps", "Birds"] {
        c.db.wait(TimeDelta::minutes(1));
        let input = NewProject { title: title.into(), ..NewProject::default() };
        ids.push(project::create(&c.db.cx, &c.owner, input).await.unwrap());
    }
    let text = |text: &str| Find { text: text.into(), ..Find::default() };
    let titles = |found: Found| found.projects.into_iter().map(|p| p.title).collect::<Vec<_>>();
    assert_eq!(titles(c.find(&c.owner, text("")).await), ["Birds", "Street lamps", "Street signs"]);
    assert_eq!(titles(c.find(&c.owner, text("STREET si")).await), ["Street signs"]);
    assert!(titles(c.find(&c.owner, text("100%_")).await).is_empty());
    let recent = Find { recent: vec![ids[0], ids[2]], ..text("") };
    assert_eq!(titles(c.find(&c.owner, recent).await), ["Street signs", "Birds", "Street lamps"], "opened last, first");
    assert_eq!(titles(c.find(&c.annotator, text("")).await), ["Street signs"], "only where one was added");
    assert!(titles(c.find(&c.stranger, text("street")).await).is_empty());
    project::delete(&c.db.cx, &c.owner, ids[2]).await.unwrap();
    assert!(titles(c.find(&c.owner, text("birds")).await).is_empty(), "nothing of the bin");
    for hostile in ["\0".to_owned(), "x".repeat(10_000)] {
        assert!(titles(c.find(&c.owner, text(&hostile)).await).is_empty());
    }

    let here = |number: &str| Find { here: Some(c.project_id), ..text(number) };
    let found = c.find(&c.owner, here("#17")).await;
    assert_eq!(found.task.map(|(_, number)| number), Some(17));
    assert_eq!(found.here.map(|p| (p.title, p.role)), Some(("Street signs".to_owned(), ProjectRole::Admin)));
    assert_eq!(c.find(&c.owner, here("#21")).await.task, None);
    assert_eq!(c.find(&c.owner, text("#17")).await.task, None, "not inside a project");
    for who in [&c.stranger, &c.outsider] {
        let found = c.find(who, here("#17")).await;
        assert_eq!((found.here, found.task), (None, None));
    }
    assert_eq!(c.find(&c.annotator, here("#1")).await.task, None, "not theirs yet");
    c.step(&c.owner, ProjectMove::GoLive).await.unwrap();
    c.next(&c.annotator).await.unwrap();
    assert_eq!(c.find(&c.annotator, here("#1")).await.task.map(|(_, number)| number), Some(1));
    assert_eq!(refused(project::find(&c.db.cx, &Actor::Anonymous, text("")).await), Kind::Unauthenticated);
}
