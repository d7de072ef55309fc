//! Projects: for every yes its nearest no.

use chrono::TimeDelta;
use domain::{
    Kind,
    access::{OrgRole, ProjectRole},
    id::{ProjectId, TaskId, WorkspaceId},
    page::Limit,
    project::{BIN_DAYS, IN_BIN, NewProject, ProjectPatch, ProjectQuery, ProjectSort, ProjectState, SkipQueue},
};
use serde_json::{Value, json};
use service::{
    Actor, org, project,
    testing::{TestDb, user_id},
};

use crate::{code, refused};

const BOXES: &str = "<View><Image name='img' value='$image'/><RectangleLabels name='box' toName='img'>\
    <Label value='Cat'/><Label value='Dog'/></RectangleLabels></View>";
const WITHOUT_DOG: &str = "<View><Image name='img' value='$image'/><RectangleLabels name='box' toName='img'>\
    <Label value='Cat'/></RectangleLabels></View>";

fn called(title: &str) -> NewProject {
    NewProject { title: title.to_owned(), ..NewProject::default() }
}

async fn titles(db: &TestDb, actor: &Actor, query: ProjectQuery) -> Vec<String> {
    let page = project::list(&db.cx, actor, query, Limit::default()).await.unwrap();
    page.items.into_iter().map(|card| card.title).collect()
}

/// Everybody a project can meet: its admin, a reviewer, an annotator, a member who was not added, and a stranger.
struct Cast {
    owner: Actor,
    reviewer: Actor,
    annotator: Actor,
    outsider: Actor,
    stranger: Actor,
    project_id: ProjectId,
}

async fn cast(db: &TestDb) -> Cast {
    let (org_id, owner) = db.org("acme").await;
    let (_, stranger) = db.org("other").await;
    let reviewer = db.member(org_id, "rita", OrgRole::Member).await;
    let annotator = db.member(org_id, "ann", OrgRole::Member).await;
    let outsider = db.member(org_id, "otto", OrgRole::Member).await;
    let input = NewProject { label_config: BOXES.to_owned(), ..called("Cats and dogs") };
    let project_id = project::create(&db.cx, &owner, input).await.unwrap();
    for (person, role) in [(&reviewer, ProjectRole::Reviewer), (&annotator, ProjectRole::Annotator)] {
        project::put_member(&db.cx, &owner, project_id, user_id(person), role).await.unwrap();
    }
    Cast { owner, reviewer, annotator, outsider, stranger, project_id }
}

#[tokio::test]
async fn a_project_is_made_with_its_labeling_interface() {
    let db = TestDb::new().await;
    let (_, owner) = db.org("acme").await;
    let workspace_id = org::create_workspace(&db.cx, &owner, "Animals", "teal").await.unwrap();
    let input = NewProject {
        description: "Which is which".to_owned(),
        color: "teal".to_owned(),
        workspace_id: Some(workspace_id),
        label_config: BOXES.to_owned(),
        ..called("  Cats and dogs ")
    };
    let id = project::create(&db.cx, &owner, input).await.unwrap();
    let detail = project::get(&db.cx, &owner, id).await.unwrap();
    assert_eq!((detail.title.as_str(), detail.color.as_str()), ("Cats and dogs", "teal"));
    assert_eq!(
        (detail.workspace_id, detail.role, detail.state),
        (Some(workspace_id), ProjectRole::Admin, ProjectState::Pending)
    );
    assert!(detail.has_controls && detail.label_config_hash != 0);
    let parsed: Value =
        sqlx::query_scalar("select parsed_label_config from project").fetch_one(db.pool()).await.unwrap();
    assert_eq!(parsed["box"]["labels"], json!(["Cat", "Dog"]));
    let states: Vec<(Option<String>, String)> =
        sqlx::query_as("select from_state, to_state from state_transition").fetch_all(db.pool()).await.unwrap();
    assert_eq!(states, [(None, "pending".to_owned())]);
}

#[tokio::test]
async fn a_project_is_refused_where_a_rule_is_broken() {
    let db = TestDb::new().await;
    let (org_id, owner) = db.org("acme").await;
    let (_, stranger) = db.org("other").await;
    let member = db.member(org_id, "ben", OrgRole::Member).await;
    let foreign = org::create_workspace(&db.cx, &stranger, "Theirs", "red").await.unwrap();
    assert_eq!(code(project::create(&db.cx, &owner, called("ab")).await), "name_short");
    let broken = NewProject { label_config: "<View><Image/></View>".to_owned(), ..called("Cats") };
    assert_eq!(code(project::create(&db.cx, &owner, broken).await), "label_config_invalid");
    let elsewhere = NewProject { workspace_id: Some(foreign), ..called("Cats") };
    assert_eq!(refused(project::create(&db.cx, &owner, elsewhere).await), Kind::NotFound);
    assert_eq!(refused(project::create(&db.cx, &member, called("Cats")).await), Kind::Forbidden);
    assert_eq!(refused(project::create(&db.cx, &Actor::Anonymous, called("Cats")).await), Kind::Unauthenticated);
    assert!(titles(&db, &owner, ProjectQuery::default()).await.is_empty(), "nothing half-written");
}

#[tokio::test]
async fn everybody_sees_the_projects_they_are_in() {
    let db = TestDb::new().await;
    let c = cast(&db).await;
    for (person, role) in
        [(&c.owner, ProjectRole::Admin), (&c.reviewer, ProjectRole::Reviewer), (&c.annotator, ProjectRole::Annotator)]
    {
        let page = project::list(&db.cx, person, ProjectQuery::default(), Limit::default()).await.unwrap();
        assert_eq!((page.items.len(), page.items[0].role), (1, role));
        assert_eq!(page.items[0].data_type.as_deref(), Some("Image"));
        assert_eq!(project::get(&db.cx, person, c.project_id).await.unwrap().role, role);
    }
    for person in [&c.outsider, &c.stranger] {
        assert!(titles(&db, person, ProjectQuery::default()).await.is_empty());
        assert_eq!(refused(project::get(&db.cx, person, c.project_id).await), Kind::NotFound);
    }
    assert_eq!(refused(project::get(&db.cx, &Actor::Anonymous, c.project_id).await), Kind::Unauthenticated);
    assert_eq!(refused(project::get(&db.cx, &c.owner, ProjectId(9999)).await), Kind::NotFound);
}

#[tokio::test]
async fn the_list_searches_sorts_and_pages_with_pinned_ones_first() {
    let db = TestDb::new().await;
    let (_, owner) = db.org("acme").await;
    let mut ids = Vec::new();
    for title in ["Alpha", "Gamma", "beta"] {
        ids.push(project::create(&db.cx, &owner, called(title)).await.unwrap());
        db.wait(TimeDelta::minutes(1));
    }
    let by = |sort| ProjectQuery { sort, ..ProjectQuery::default() };
    assert_eq!(titles(&db, &owner, by(ProjectSort::Newest)).await, ["beta", "Gamma", "Alpha"]);
    assert_eq!(titles(&db, &owner, by(ProjectSort::Title)).await, ["Alpha", "beta", "Gamma"]);
    sqlx::query("update project_summary set last_annotation_at = $2 where project_id = $1")
        .bind(ids[0].0)
        .bind(db.cx.now())
        .execute(db.pool())
        .await
        .unwrap();
    assert_eq!(titles(&db, &owner, by(ProjectSort::Activity)).await, ["Alpha", "beta", "Gamma"]);
    project::set_pinned(&db.cx, &owner, ids[1], true).await.unwrap();
    project::set_pinned(&db.cx, &owner, ids[1], true).await.unwrap();
    assert_eq!(titles(&db, &owner, by(ProjectSort::Title)).await, ["Gamma", "Alpha", "beta"]);

    let mut seen = Vec::new();
    let mut query = by(ProjectSort::Title);
    loop {
        let page = project::list(&db.cx, &owner, query.clone(), Limit::new(1)).await.unwrap();
        seen.extend(page.items.into_iter().map(|card| card.title));
        let Some(next) = page.next else { break };
        query.after = Some(next);
    }
    assert_eq!(seen, ["Gamma", "Alpha", "beta"]);
    project::set_pinned(&db.cx, &owner, ids[1], false).await.unwrap();
    assert_eq!(titles(&db, &owner, by(ProjectSort::Title)).await, ["Alpha", "beta", "Gamma"]);

    let search = |text: &str| ProjectQuery { search: text.to_owned(), ..ProjectQuery::default() };
    assert_eq!(titles(&db, &owner, search("BETA")).await, ["beta"]);
    assert!(titles(&db, &owner, search("100%_")).await.is_empty());
    let state = ProjectQuery { state: Some(ProjectState::Live), ..ProjectQuery::default() };
    assert!(titles(&db, &owner, state).await.is_empty());
    for nonsense in ["", "x", "1.x.y", "0.1", "0.1.\0"] {
        let query = ProjectQuery { after: Some(nonsense.to_owned()), ..ProjectQuery::default() };
        assert_eq!(
            code(project::list(&db.cx, &owner, query, Limit::default()).await),
            "cursor_malformed",
            "{nonsense:?}"
        );
    }
}

#[tokio::test]
async fn settings_change_one_by_one() {
    let db = TestDb::new().await;
    let c = cast(&db).await;
    let patch = ProjectPatch {
        expert_instruction: Some("**Tight** boxes <script>alert(1)</script>".to_owned()),
        skip_queue: Some(SkipQueue::IgnoreSkipped),
        show_skip_button: Some(false),
        reveal_preannotations_interactively: Some(true),
        ..ProjectPatch::default()
    };
    project::update(&db.cx, &c.owner, c.project_id, patch.clone()).await.unwrap();
    let detail = project::get(&db.cx, &c.owner, c.project_id).await.unwrap();
    assert_eq!(detail.title, "Cats and dogs", "what was not sent stays");
    assert_eq!(
        (detail.skip_queue, detail.show_skip_button, detail.show_instruction),
        (SkipQueue::IgnoreSkipped, false, false)
    );
    assert!(detail.reveal_preannotations_interactively);
    assert!(detail.instruction_html.contains("<strong>Tight</strong>") && !detail.instruction_html.contains("script"));
    for (person, kind) in [
        (&c.reviewer, Kind::Forbidden),
        (&c.annotator, Kind::Forbidden),
        (&c.outsider, Kind::NotFound),
        (&c.stranger, Kind::NotFound),
        (&Actor::Anonymous, Kind::Unauthenticated),
    ] {
        assert_eq!(refused(project::update(&db.cx, person, c.project_id, patch.clone()).await), kind);
    }
    let bad = ProjectPatch { title: Some("x".to_owned()), ..ProjectPatch::default() };
    assert_eq!(code(project::update(&db.cx, &c.owner, c.project_id, bad).await), "name_short");
}

#[tokio::test]
async fn a_project_moves_between_workspaces_of_its_organization() {
    let db = TestDb::new().await;
    let c = cast(&db).await;
    let ours = org::create_workspace(&db.cx, &c.owner, "Ours", "red").await.unwrap();
    let theirs = org::create_workspace(&db.cx, &c.stranger, "Theirs", "red").await.unwrap();
    let to = |id| ProjectPatch { workspace_id: Some(id), ..ProjectPatch::default() };
    project::update(&db.cx, &c.owner, c.project_id, to(ours)).await.unwrap();
    assert_eq!(refused(project::update(&db.cx, &c.owner, c.project_id, to(theirs)).await), Kind::NotFound);
    assert_eq!(project::get(&db.cx, &c.owner, c.project_id).await.unwrap().workspace_id, Some(ours));
    let inside = ProjectQuery { workspace_id: Some(ours), ..ProjectQuery::default() };
    assert_eq!(titles(&db, &c.owner, inside).await, ["Cats and dogs"]);
    project::update(&db.cx, &c.owner, c.project_id, to(WorkspaceId(0))).await.unwrap();
    assert_eq!(project::get(&db.cx, &c.owner, c.project_id).await.unwrap().workspace_id, None);
}

#[tokio::test]
async fn more_annotations_per_task_open_finished_tasks_again() {
    let db = TestDb::new().await;
    let c = cast(&db).await;
    for (inner_id, annotations) in [(1, 0), (2, 1), (3, 2)] {
        sqlx::query("insert into task (project_id, inner_id, data, annotation_count, is_labeled) values ($1, $2, '{}', $3, $3 > 0)")
            .bind(c.project_id.0)
            .bind(inner_id)
            .bind(annotations)
            .execute(db.pool())
            .await
            .unwrap();
    }
    let overlap = |number| ProjectPatch { maximum_annotations: Some(number), ..ProjectPatch::default() };
    for (number, labeled) in [(2, 1), (3, 0), (1, 2)] {
        project::update(&db.cx, &c.owner, c.project_id, overlap(number)).await.unwrap();
        let detail = project::get(&db.cx, &c.owner, c.project_id).await.unwrap();
        assert_eq!((detail.maximum_annotations, detail.progress.labeled), (number, labeled));
    }
    assert_eq!(code(project::update(&db.cx, &c.owner, c.project_id, overlap(0)).await), "overlap_out_of_range");
}

#[tokio::test]
async fn more_annotations_are_asked_for_in_the_cohort_alone() {
    let db = TestDb::new().await;
    let c = cast(&db).await;
    sqlx::query("update project set overlap_cohort_percentage = 40 where project_id = $1")
        .bind(c.project_id.0)
        .execute(db.pool())
        .await
        .unwrap();
    sqlx::query("insert into task (project_id, inner_id, data) select $1, n, '{}' from generate_series(1, 200) n")
        .bind(c.project_id.0)
        .execute(db.pool())
        .await
        .unwrap();
    let three = ProjectPatch { maximum_annotations: Some(3), ..ProjectPatch::default() };
    project::update(&db.cx, &c.owner, c.project_id, three).await.unwrap();
    let tasks: Vec<(i64, i32)> = sqlx::query_as("select task_id, overlap from task where project_id = $1")
        .bind(c.project_id.0)
        .fetch_all(db.pool())
        .await
        .unwrap();
    assert!(tasks.iter().all(|(id, overlap)| *overlap == domain::task::overlap(TaskId(*id), 3, 40)), "{tasks:?}");
    assert!((40..120).contains(&tasks.iter().filter(|(_, overlap)| *overlap == 3).count()), "{tasks:?}");
}

#[tokio::test]
async fn the_labeling_interface_changes_and_warns_before_work_is_lost() {
    let db = TestDb::new().await;
    let c = cast(&db).await;
    let set = async |actor: &Actor, xml: &str, accept| {
        project::set_label_config(&db.cx, actor, c.project_id, xml.to_owned(), accept).await
    };
    let before = project::get(&db.cx, &c.owner, c.project_id).await.unwrap().label_config_hash;
    assert_eq!(set(&c.owner, BOXES, false).await.unwrap(), before, "the same meaning has the same hash");
    assert_ne!(set(&c.owner, WITHOUT_DOG, false).await.unwrap(), before, "nobody used it yet");
    set(&c.owner, BOXES, false).await.unwrap();
    sqlx::query("update project_summary set created_annotations = $1, created_labels = $2")
        .bind(json!({"box|img|rectanglelabels": 3}))
        .bind(json!({"box": {"Dog": 2, "Cat": 1}}))
        .execute(db.pool())
        .await
        .unwrap();
    assert_eq!(code(set(&c.owner, WITHOUT_DOG, false).await), "labels_in_use");
    assert_eq!(project::get(&db.cx, &c.owner, c.project_id).await.unwrap().label_config, BOXES);
    set(&c.owner, WITHOUT_DOG, true).await.unwrap();
    assert_eq!(code(set(&c.owner, "<View><Imag", true).await), "label_config_invalid");
    assert_eq!(refused(set(&c.owner, &" ".repeat(2_000_000), true).await), Kind::TooLarge);
    assert_eq!(refused(set(&c.reviewer, BOXES, false).await), Kind::Forbidden);
    assert_eq!(refused(set(&c.stranger, BOXES, false).await), Kind::NotFound);
    assert_eq!(refused(set(&Actor::Anonymous, BOXES, false).await), Kind::Unauthenticated);
}

#[tokio::test]
async fn labels_and_samples_are_for_those_who_see_all_data() {
    let db = TestDb::new().await;
    let c = cast(&db).await;
    sqlx::query("insert into task (project_id, inner_id, data) values ($1, 1, '{\"image\": \"/a.jpg\"}')")
        .bind(c.project_id.0)
        .execute(db.pool())
        .await
        .unwrap();
    sqlx::query("update project_summary set created_labels = '{\"box\": {\"Cat\": 4}}'")
        .execute(db.pool())
        .await
        .unwrap();
    let seen = project::get(&db.cx, &c.reviewer, c.project_id).await.unwrap();
    assert_eq!(
        (seen.labels[0].counts.as_slice(), seen.sample),
        (&[("Cat".to_owned(), 4)][..], Some(json!({"image": "/a.jpg"})))
    );
    let hidden = project::get(&db.cx, &c.annotator, c.project_id).await.unwrap();
    assert!(hidden.labels.is_empty() && hidden.sample.is_none());
}

#[tokio::test]
async fn pins_are_personal() {
    let db = TestDb::new().await;
    let c = cast(&db).await;
    project::set_pinned(&db.cx, &c.annotator, c.project_id, true).await.unwrap();
    assert!(project::get(&db.cx, &c.annotator, c.project_id).await.unwrap().pinned);
    assert!(!project::get(&db.cx, &c.owner, c.project_id).await.unwrap().pinned);
    assert_eq!(refused(project::set_pinned(&db.cx, &c.stranger, c.project_id, true).await), Kind::NotFound);
    assert_eq!(refused(project::set_pinned(&db.cx, &Actor::System, c.project_id, true).await), Kind::Unauthenticated);
}

#[tokio::test]
async fn the_bin_gives_back_for_thirty_days() {
    let db = TestDb::new().await;
    let c = cast(&db).await;
    for (person, kind) in [(&c.reviewer, Kind::Forbidden), (&c.outsider, Kind::NotFound), (&c.stranger, Kind::NotFound)]
    {
        assert_eq!(refused(project::delete(&db.cx, person, c.project_id).await), kind);
    }
    project::delete(&db.cx, &c.owner, c.project_id).await.unwrap();
    project::delete(&db.cx, &c.owner, c.project_id).await.unwrap();
    for (person, expected) in [(&c.owner, IN_BIN), (&c.reviewer, "not_found"), (&c.stranger, "not_found")] {
        assert_eq!(code(project::get(&db.cx, person, c.project_id).await), expected);
    }
    assert!(titles(&db, &c.owner, ProjectQuery::default()).await.is_empty());
    let bin = ProjectQuery { bin: true, ..ProjectQuery::default() };
    assert_eq!(titles(&db, &c.owner, bin.clone()).await, ["Cats and dogs"]);
    assert!(titles(&db, &c.stranger, bin.clone()).await.is_empty());
    assert_eq!(refused(project::restore(&db.cx, &c.reviewer, c.project_id).await), Kind::Forbidden);
    project::restore(&db.cx, &c.owner, c.project_id).await.unwrap();
    assert_eq!(project::get(&db.cx, &c.owner, c.project_id).await.unwrap().title, "Cats and dogs");

    project::delete(&db.cx, &c.owner, c.project_id).await.unwrap();
    db.wait(TimeDelta::days(BIN_DAYS));
    assert_eq!(project::empty_bin(&db.cx, &Actor::System).await.unwrap(), 0, "not a moment too early");
    db.wait(TimeDelta::seconds(1));
    assert_eq!(refused(project::empty_bin(&db.cx, &c.owner).await), Kind::Forbidden);
    assert_eq!(project::empty_bin(&db.cx, &Actor::System).await.unwrap(), 1);
    assert_eq!(refused(project::restore(&db.cx, &c.owner, c.project_id).await), Kind::NotFound);
}

#[tokio::test]
async fn people_come_into_a_project_change_and_leave() {
    let db = TestDb::new().await;
    let c = cast(&db).await;
    let names = |people: &domain::project::ProjectPeople| -> Vec<(String, ProjectRole)> {
        people.members.iter().map(|member| (member.name.clone(), member.role)).collect()
    };
    let people = project::people(&db.cx, &c.owner, c.project_id).await.unwrap();
    assert_eq!(
        names(&people),
        [
            ("acme-owner".to_owned(), ProjectRole::Admin),
            ("rita".to_owned(), ProjectRole::Reviewer),
            ("ann".to_owned(), ProjectRole::Annotator)
        ]
    );
    assert_eq!(people.candidates.iter().map(|person| person.1.as_str()).collect::<Vec<_>>(), ["otto"]);
    assert!(project::people(&db.cx, &c.reviewer, c.project_id).await.unwrap().candidates.is_empty());
    assert_eq!(refused(project::people(&db.cx, &c.annotator, c.project_id).await), Kind::Forbidden);

    let put = async |actor: &Actor, person: &Actor, role| {
        project::put_member(&db.cx, actor, c.project_id, user_id(person), role).await
    };
    put(&c.owner, &c.annotator, ProjectRole::Adjudicator).await.unwrap();
    assert_eq!(project::get(&db.cx, &c.annotator, c.project_id).await.unwrap().role, ProjectRole::Adjudicator);
    assert_eq!(
        refused(put(&c.owner, &c.stranger, ProjectRole::Annotator).await),
        Kind::NotFound,
        "not of this organization"
    );
    assert_eq!(refused(put(&c.reviewer, &c.outsider, ProjectRole::Annotator).await), Kind::Forbidden);
    assert_eq!(refused(put(&c.stranger, &c.stranger, ProjectRole::Admin).await), Kind::NotFound);
    project::remove_member(&db.cx, &c.owner, c.project_id, user_id(&c.annotator)).await.unwrap();
    project::remove_member(&db.cx, &c.owner, c.project_id, user_id(&c.annotator)).await.unwrap();
    assert_eq!(refused(project::get(&db.cx, &c.annotator, c.project_id).await), Kind::NotFound);
}
