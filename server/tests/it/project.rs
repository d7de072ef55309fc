//! The doors of the project area: strangers, people without the right, another organization's owners, ended sessions.

use app::project::api::{
    DuplicateProject, FindProjects, LoadOverview, MoveProject, ProjectHistory, RestoreProject, SetPinned, UpdateProject,
};
use domain::access::{OrgRole, ProjectRole};
use domain::id::ProjectId;
use domain::project::{Find, Found, NewProject, ProjectMove, ProjectOverview, ProjectPatch, ProjectState};
use service::{project, testing::user_id};

use crate::support::{Browser, TestApp};

const CONFIG: &str =
    "<View><Text name='t' value='$text'/><Choices name='c' toName='t'><Choice value='Good'/></Choices></View>";

/// What each door answers to this browser, by the door's name.
async fn answers(browser: &Browser<'_>, project_id: ProjectId) -> Vec<(&'static str, String)> {
    let step = ProjectMove::Pause;
    vec![
        ("overview", browser.call(&LoadOverview { project_id }).await.code_or_ok()),
        ("history", browser.call(&ProjectHistory { project_id }).await.code_or_ok()),
        ("move", browser.call(&MoveProject { project_id, step }).await.code_or_ok()),
        ("duplicate", browser.call(&DuplicateProject { project_id }).await.code_or_ok()),
        ("pin", browser.call(&SetPinned { project_id, pinned: true }).await.code_or_ok()),
        ("restore", browser.call(&RestoreProject { project_id }).await.code_or_ok()),
        ("update", browser.call_json(&UpdateProject { project_id, patch: ProjectPatch::default() }).await.code_or_ok()),
    ]
}

#[tokio::test]
async fn nobody_moves_or_sees_what_is_not_theirs() {
    let app = TestApp::new().await;
    let (org_id, owner) = app.db.org("Ours").await;
    let (_, rival) = app.db.org("Theirs").await;
    let annotator = app.db.member(org_id, "Ann", OrgRole::Member).await;
    let reviewer = app.db.member(org_id, "Rita", OrgRole::Member).await;
    let outsider = app.db.member(org_id, "Otto", OrgRole::Member).await;
    let cx = &app.db.cx;
    let input = NewProject { title: "Signs".into(), label_config: CONFIG.into(), ..NewProject::default() };
    let project_id = project::create(cx, &owner, input).await.unwrap();
    for (person, role) in [(&annotator, ProjectRole::Annotator), (&reviewer, ProjectRole::Reviewer)] {
        project::put_member(cx, &owner, project_id, user_id(person), role).await.unwrap();
    }
    for (door, code) in answers(&app.stranger(), project_id).await {
        assert_eq!(code, "unauthenticated", "{door}");
    }
    for person in [&rival, &outsider] {
        for (door, code) in answers(&app.browser_of(person).await, project_id).await {
            assert_eq!(code, "not_found", "{door}");
        }
    }
    for (person, open) in [(&annotator, &["overview", "pin"][..]), (&reviewer, &["overview", "pin", "history"])] {
        for (door, code) in answers(&app.browser_of(person).await, project_id).await {
            assert_eq!(code, if open.contains(&door) { "ok" } else { "forbidden" }, "{door}");
        }
    }
    // Who may not import finds no way there beside the tasks.
    let page = format!("/projects/{project_id}/data");
    let way = format!("href=\"/projects/{project_id}/import\"");
    for (person, may_import) in [(&owner, true), (&reviewer, false)] {
        let answer = app.browser_of(person).await.get(&page).await;
        assert_eq!((answer.status.as_u16(), answer.text().contains(&way)), (200, may_import));
    }
}

#[tokio::test]
async fn an_owner_moves_a_project_and_finds_it_until_the_session_ends() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("Ours").await;
    let input = NewProject { title: "Street signs".into(), label_config: CONFIG.into(), ..NewProject::default() };
    let project_id = project::create(&app.db.cx, &owner, input).await.unwrap();
    let browser = app.browser_of(&owner).await;
    let go_live = MoveProject { project_id, step: ProjectMove::GoLive };
    assert_eq!(browser.call(&go_live).await.code(), "project_not_ready");
    sqlx::query("update project_summary set task_count = 1").execute(app.db.pool()).await.unwrap();
    assert_eq!(browser.call(&go_live).await.json::<ProjectState>(), ProjectState::Live);
    assert_eq!(browser.call(&go_live).await.code(), "move_illegal");
    let seen: ProjectOverview = browser.call(&LoadOverview { project_id }).await.json();
    assert_eq!((seen.detail.state, seen.days.len()), (ProjectState::Live, 30));
    let find = FindProjects { find: Find { text: "street".into(), here: Some(project_id), ..Find::default() } };
    let found: Found = browser.call_json(&find).await.json();
    assert_eq!((found.projects.len(), found.here.map(|here| here.project_id)), (1, Some(project_id)));

    assert_eq!(app.stranger().call_json(&find).await.code(), "unauthenticated");
    sqlx::query("update session set expires_at = now() - interval '1 year'").execute(app.db.pool()).await.unwrap();
    assert_eq!(browser.call_json(&find).await.code(), "unauthenticated");
    for (door, code) in answers(&browser, project_id).await {
        assert_eq!(code, "unauthenticated", "{door}");
    }
}
