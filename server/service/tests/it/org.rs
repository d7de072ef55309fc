//! Organizations: roles, invitations, workspaces, and the wall between tenants.

use chrono::TimeDelta;
use domain::{
    Kind,
    access::{OrgPermission, OrgRole},
    org::NewInvite,
};
use service::{
    Actor, access, org,
    testing::{TestDb, user_id},
};

use crate::{code, refused};

fn link_for_anybody() -> NewInvite {
    NewInvite { role: OrgRole::Member, email: String::new(), days: 7 }
}

fn token(link: &str) -> &str {
    link.rsplit('/').next().expect("a link has a path")
}

#[tokio::test]
async fn an_invitation_brings_somebody_in_once_per_person() {
    let db = TestDb::new().await;
    let (org_id, owner) = db.org("acme").await;
    let ben = db.person("ben").await;
    let link = org::invite(&db.cx, &owner, link_for_anybody()).await.unwrap();
    assert_eq!(org::preview(&db.cx, token(&link)).await.unwrap().organization, "acme");
    assert_eq!(org::accept(&db.cx, &ben, token(&link)).await.unwrap(), org_id);
    assert_eq!(org::accept(&db.cx, &ben, token(&link)).await.unwrap(), org_id, "a second click changes nothing");
    let ben = db.again(&ben).await;
    let detail = org::current(&db.cx, &ben).await.unwrap();
    assert_eq!(detail.members.len(), 2);
    assert!(detail.invites.is_empty(), "members do not see invitations");
    assert_eq!(org::current(&db.cx, &owner).await.unwrap().invites[0].use_count, 1);
}

#[tokio::test]
async fn an_invitation_by_mail_is_for_one_address() {
    let db = TestDb::new().await;
    let (_, owner) = db.org("acme").await;
    let ben = db.person("ben").await;
    let eve = db.person("eve").await;
    let input = NewInvite { email: "Ben@example.com".into(), ..link_for_anybody() };
    let link = org::invite(&db.cx, &owner, input).await.unwrap();
    assert_eq!(code(org::accept(&db.cx, &eve, token(&link)).await), "invite_for_another");
    org::accept(&db.cx, &ben, token(&link)).await.unwrap();
    let mails = service::provider::mail::newest(&db.cx, 1).await.unwrap();
    assert!(mails[0].mail.text.contains(&link));
    org::remove_member(&db.cx, &owner, user_id(&ben)).await.unwrap();
    assert_eq!(
        code(org::accept(&db.cx, &ben, token(&link)).await),
        "invite_spent",
        "removal is not undone by an old link"
    );
}

#[tokio::test]
async fn nobody_is_invited_twice() {
    let db = TestDb::new().await;
    let (org_id, owner) = db.org("acme").await;
    let ben = db.person("ben").await;
    let to_ben = || NewInvite { email: "Ben@example.com".into(), ..link_for_anybody() };
    let first = org::invite(&db.cx, &owner, to_ben()).await.unwrap();
    let second = org::invite(&db.cx, &owner, to_ben()).await.unwrap();
    assert_eq!(org::current(&db.cx, &owner).await.unwrap().invites.len(), 1, "the newer takes the place of the older");
    assert_eq!(code(org::accept(&db.cx, &ben, token(&first)).await), "invite_revoked");
    assert_eq!(org::preview(&db.cx, token(&second)).await.unwrap().org_id, org_id);
    org::accept(&db.cx, &ben, token(&second)).await.unwrap();
    let refusal = org::invite(&db.cx, &owner, to_ben()).await.unwrap_err();
    assert_eq!(code(Err::<(), _>(refusal)), "invite_member");
    assert_eq!(service::provider::mail::newest(&db.cx, 10).await.unwrap().len(), 2, "who is in gets no mail");
    // Of another organization they may be invited as before.
    let (_, stranger) = db.org("globex").await;
    org::invite(&db.cx, &stranger, to_ben()).await.unwrap();
}

#[tokio::test]
async fn invitations_expire_and_are_revoked() {
    let db = TestDb::new().await;
    let (_, owner) = db.org("acme").await;
    let ben = db.person("ben").await;
    let expired = org::invite(&db.cx, &owner, link_for_anybody()).await.unwrap();
    db.wait(TimeDelta::days(8));
    assert_eq!(code(org::accept(&db.cx, &ben, token(&expired)).await), "invite_expired");
    let revoked = org::invite(&db.cx, &owner, link_for_anybody()).await.unwrap();
    let invite_id = org::current(&db.cx, &owner).await.unwrap().invites[0].invite_id;

    let (_, stranger) = db.org("globex").await;
    assert_eq!(refused(org::revoke(&db.cx, &stranger, invite_id).await), Kind::NotFound);
    org::revoke(&db.cx, &owner, invite_id).await.unwrap();
    assert_eq!(code(org::accept(&db.cx, &ben, token(&revoked)).await), "invite_revoked");
    assert_eq!(refused(org::accept(&db.cx, &ben, "made-up").await), Kind::NotFound);
    assert_eq!(refused(org::accept(&db.cx, &Actor::Anonymous, token(&revoked)).await), Kind::Unauthenticated);
}

#[tokio::test]
async fn members_may_look_but_not_manage() {
    let db = TestDb::new().await;
    let (org_id, owner) = db.org("acme").await;
    let ben = db.member(org_id, "ben", OrgRole::Member).await;
    let owner_id = user_id(&owner);
    assert_eq!(refused(org::rename(&db.cx, &ben, "Mine now").await), Kind::Forbidden);
    assert_eq!(refused(org::invite(&db.cx, &ben, link_for_anybody()).await), Kind::Forbidden);
    assert_eq!(refused(org::change_role(&db.cx, &ben, owner_id, OrgRole::Member).await), Kind::Forbidden);
    assert_eq!(refused(org::remove_member(&db.cx, &ben, owner_id).await), Kind::Forbidden);
    assert_eq!(refused(org::restore_member(&db.cx, &ben, owner_id).await), Kind::Forbidden);
    assert_eq!(refused(org::create_workspace(&db.cx, &ben, "Vision", "blue").await), Kind::Forbidden);
    assert_eq!(refused(org::current(&db.cx, &Actor::Anonymous).await), Kind::Unauthenticated);
    let nowhere = db.person("nowhere").await;
    assert_eq!(refused(org::current(&db.cx, &nowhere).await), Kind::NotFound);
}

#[tokio::test]
async fn owners_are_touched_by_owners_and_the_last_one_stays() {
    let db = TestDb::new().await;
    let (org_id, owner) = db.org("acme").await;
    let admin = db.member(org_id, "admin", OrgRole::Admin).await;
    assert_eq!(code(org::remove_member(&db.cx, &owner, user_id(&owner)).await), "last_owner");
    assert_eq!(refused(org::remove_member(&db.cx, &admin, user_id(&owner)).await), Kind::Forbidden);
    assert_eq!(refused(org::change_role(&db.cx, &admin, user_id(&admin), OrgRole::Owner).await), Kind::Forbidden);
    org::change_role(&db.cx, &owner, user_id(&admin), OrgRole::Owner).await.unwrap();
    org::remove_member(&db.cx, &owner, user_id(&owner)).await.unwrap();
    let detail = org::current(&db.cx, &db.again(&admin).await).await.unwrap();
    assert_eq!((detail.members.len(), detail.removed.len()), (1, 1));
}

#[tokio::test]
async fn a_removed_person_is_out_at_once_and_can_be_taken_back() {
    let db = TestDb::new().await;
    let (org_id, owner) = db.org("acme").await;
    let ben = db.member(org_id, "ben", OrgRole::Admin).await;
    org::remove_member(&db.cx, &owner, user_id(&ben)).await.unwrap();
    assert_eq!(refused(org::current(&db.cx, &ben).await), Kind::NotFound, "even with the session still open");
    org::restore_member(&db.cx, &owner, user_id(&ben)).await.unwrap();
    assert_eq!(org::current(&db.cx, &db.again(&ben).await).await.unwrap().my_role, OrgRole::Admin);
}

#[tokio::test]
async fn workspaces_have_names_of_their_own() {
    let db = TestDb::new().await;
    let (_, owner) = db.org("acme").await;
    let (_, stranger) = db.org("globex").await;
    let id = org::create_workspace(&db.cx, &owner, "Vision", "blue").await.unwrap();
    assert_eq!(code(org::create_workspace(&db.cx, &owner, "vision", "red").await), "workspace_name_taken");
    assert_eq!(code(org::create_workspace(&db.cx, &owner, "Text", "mauve").await), "color_unknown");
    org::create_workspace(&db.cx, &stranger, "Vision", "blue").await.unwrap();
    assert_eq!(refused(org::update_workspace(&db.cx, &stranger, id, "Theirs", "red").await), Kind::NotFound);
    assert_eq!(refused(org::delete_workspace(&db.cx, &stranger, id).await), Kind::NotFound);
    org::update_workspace(&db.cx, &owner, id, "Seeing", "teal").await.unwrap();
    org::delete_workspace(&db.cx, &owner, id).await.unwrap();
    assert!(org::current(&db.cx, &owner).await.unwrap().workspaces.is_empty());
}

#[tokio::test]
async fn the_second_wall_holds_without_a_where() {
    let db = TestDb::new().await;
    let (mine, owner) = db.org("acme").await;
    let (theirs, _) = db.org("globex").await;
    let access = access::org(&db.cx, &owner, mine, OrgPermission::View).await.unwrap();
    let mut tx = access.begin(&db.cx).await.unwrap();
    let seen: Vec<i64> =
        sqlx::query_scalar("select organization_id from organization").fetch_all(&mut *tx).await.unwrap();
    assert_eq!(seen, [mine.0]);
    let changed = sqlx::query("update organization set name = 'ours'").execute(&mut *tx).await.unwrap().rows_affected();
    assert_eq!(changed, 1);
    let smuggled = sqlx::query("insert into workspace (organization_id, name) values ($1, 'smuggled')")
        .bind(theirs.0)
        .execute(&mut *tx)
        .await;
    assert!(smuggled.is_err(), "rows of another organization cannot be written either");
    drop(tx);
    let mut tx = access.begin(&db.cx).await.unwrap();
    assert!(
        sqlx::query("select token_hash from session").execute(&mut *tx).await.is_err(),
        "credentials are out of reach"
    );
    drop(tx);
    // the role ends with the transaction
    let all: i64 = sqlx::query_scalar("select count(*) from organization").fetch_one(db.pool()).await.unwrap();
    assert_eq!(all, 2);
}
