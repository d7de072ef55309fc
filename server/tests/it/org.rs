//! The doors of the organization area: strangers, members without the right, and another organization's admins.

use app::org::api::{
    AcceptInvite, ChangeRole, CreateInvite, CreateOrg, CreateWorkspace, CurrentOrg, DeleteWorkspace, PreviewInvite,
    RemoveMember, RenameOrg, RestoreMember, RevokeInvite, UpdateWorkspace,
};
use domain::access::OrgRole;
use domain::id::{InviteId, OrgId, UserId, WorkspaceId};
use domain::org::{InvitePreview, OrgDetail};
use http::StatusCode;
use service::testing::user_id;

use crate::support::{Browser, TestApp};

fn invite(email: &str) -> CreateInvite {
    CreateInvite { role: OrgRole::Member, email: email.to_owned(), days: 7 }
}

/// What each door that changes something answers to this browser, by the door's name.
async fn answers(
    browser: &Browser<'_>,
    person: UserId,
    workspace: WorkspaceId,
    invite_id: InviteId,
) -> Vec<(&'static str, String)> {
    let name = || "Anything".to_owned();
    vec![
        ("rename", browser.call(&RenameOrg { name: name() }).await.code_or_ok()),
        ("invite", browser.call(&invite("")).await.code_or_ok()),
        ("revoke", browser.call(&RevokeInvite { invite_id }).await.code_or_ok()),
        ("role", browser.call(&ChangeRole { user_id: person, role: OrgRole::Admin }).await.code_or_ok()),
        ("remove", browser.call(&RemoveMember { user_id: person }).await.code_or_ok()),
        ("restore", browser.call(&RestoreMember { user_id: person }).await.code_or_ok()),
        ("add workspace", browser.call(&CreateWorkspace { name: name(), color: "teal".into() }).await.code_or_ok()),
        (
            "edit workspace",
            browser
                .call(&UpdateWorkspace { workspace_id: workspace, name: name(), color: "teal".into() })
                .await
                .code_or_ok(),
        ),
        ("delete workspace", browser.call(&DeleteWorkspace { workspace_id: workspace }).await.code_or_ok()),
    ]
}

#[tokio::test]
async fn nobody_changes_what_is_not_theirs_to_change() {
    let app = TestApp::new().await;
    let (org_id, owner) = app.db.org("Ours").await;
    let member = app.db.member(org_id, "Mia", OrgRole::Member).await;
    let colleague = user_id(&app.db.member(org_id, "Cem", OrgRole::Member).await);
    let boss = app.browser_of(&owner).await;
    let workspace: WorkspaceId =
        boss.call(&CreateWorkspace { name: "Folder".into(), color: "blue".into() }).await.json();
    boss.call(&invite("guest@example.com")).await.json::<String>();
    let invite_id = boss.call(&CurrentOrg {}).await.json::<OrgDetail>().invites[0].invite_id;

    let stranger = app.stranger();
    assert_eq!(stranger.call(&CurrentOrg {}).await.code(), "unauthenticated");
    assert_eq!(stranger.call(&CreateOrg { name: "Mine".into() }).await.code(), "unauthenticated");
    for (door, code) in answers(&stranger, colleague, workspace, invite_id).await {
        assert_eq!(code, "unauthenticated", "{door}");
    }
    for (door, code) in answers(&app.browser_of(&member).await, colleague, workspace, invite_id).await {
        assert_eq!(code, "forbidden", "{door}");
    }
    // An owner elsewhere: what they do happens in their own organization, where these rows do not exist.
    let (_, rival) = app.db.org("Theirs").await;
    for (door, code) in answers(&app.browser_of(&rival).await, colleague, workspace, invite_id).await {
        let expected = if ["rename", "invite", "add workspace"].contains(&door) { "ok" } else { "not_found" };
        assert_eq!(code, expected, "{door}");
    }
    let after: OrgDetail = boss.call(&CurrentOrg {}).await.json();
    assert_eq!(
        (after.name.as_str(), after.members.len(), after.invites.len(), after.workspaces.len()),
        ("Ours", 3, 1, 1)
    );
}

#[tokio::test]
async fn an_invitation_leads_in_once_and_says_why_when_it_does_not() {
    let app = TestApp::new().await;
    let (org_id, owner) = app.db.org("Ours").await;
    let boss = app.browser_of(&owner).await;
    let guest = app.db.person("Gia").await;
    let link: String = boss.call(&invite(&guest.user().unwrap().email)).await.json();
    let token = link.rsplit('/').next().unwrap().to_owned();
    let path = format!("/invite/{token}");

    let preview: InvitePreview = app.stranger().call(&PreviewInvite { token: token.clone() }).await.json();
    assert_eq!(preview.organization, "Ours");
    assert!(app.stranger().get(&path).await.text().contains("Create an account and join"));
    let accept = AcceptInvite { token: token.clone() };
    assert_eq!(app.stranger().call(&accept).await.code(), "unauthenticated");
    let other = app.browser_of(&app.db.person("Eve").await).await;
    assert_eq!(other.call(&accept).await.code(), "invite_for_another");

    let browser = app.browser_of(&guest).await;
    assert!(browser.get(&path).await.text().contains("Accept and join"));
    assert_eq!(browser.call(&accept).await.json::<String>(), "/projects");
    assert_eq!(browser.call(&CurrentOrg {}).await.json::<OrgDetail>().org_id, org_id, "the browser now works there");

    assert_eq!(app.stranger().call(&PreviewInvite { token: "guess".into() }).await.code(), "not_found");
    let spent = app.stranger().get(&path).await;
    assert_eq!(spent.status, StatusCode::CONFLICT);
    assert!(spent.text().contains("already been used"));
    assert_eq!(app.stranger().get("/invite/guess").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_page_shows_each_role_what_it_may_do() {
    let app = TestApp::new().await;
    let (org_id, owner) = app.db.org("Ours").await;
    let member = app.db.member(org_id, "Mia", OrgRole::Member).await;
    let page = app.browser_of(&owner).await.get("/org").await.text();
    assert!(page.contains("Ours") && page.contains("Invite people") && page.contains("Mia"));
    let page = app.browser_of(&member).await.get("/org").await.text();
    assert!(page.contains("Ours") && page.contains("Mia"));
    assert!(!page.contains("Manage Mia") && !page.contains("Invitations"), "members see no controls");
    let alone = app.db.person("Una").await;
    let browser = app.browser_of(&alone).await;
    assert!(browser.get("/org").await.text().contains("You are in no organization yet"));
    assert_eq!(browser.call(&CreateOrg { name: "Una’s".into() }).await.json::<String>(), "/org");
    assert_ne!(browser.call(&CurrentOrg {}).await.json::<OrgDetail>().org_id, OrgId(0));
}
