//! Proof of access to a project: every kind of person against every permission, and the wall behind it.

use domain::{
    Kind,
    access::{OrgRole, ProjectPermission, ProjectRole},
    id::{OrgId, ProjectId, UserId},
};
use service::{
    Actor, access,
    testing::{TestDb, user_id},
};

use crate::refused;

async fn a_project(db: &TestDb, org_id: OrgId) -> ProjectId {
    let id: i64 = sqlx::query_scalar(
        "insert into project (organization_id, title, state) values ($1, 'Street signs', 'live') returning project_id",
    )
    .bind(org_id.0)
    .fetch_one(db.pool())
    .await
    .unwrap();
    ProjectId(id)
}

async fn add(db: &TestDb, project_id: ProjectId, user_id: UserId, role: ProjectRole) {
    sqlx::query("insert into project_member (project_id, user_id, member_type) values ($1, $2, $3)")
        .bind(project_id.0)
        .bind(user_id.0)
        .bind(role.member_type())
        .execute(db.pool())
        .await
        .unwrap();
}

const PERMISSIONS: [ProjectPermission; 9] = [
    ProjectPermission::View,
    ProjectPermission::ViewData,
    ProjectPermission::Annotate,
    ProjectPermission::Review,
    ProjectPermission::Adjudicate,
    ProjectPermission::Import,
    ProjectPermission::Export,
    ProjectPermission::Manage,
    ProjectPermission::Delete,
];

#[tokio::test]
async fn members_have_what_the_matrix_gives_them() {
    let db = TestDb::new().await;
    let (org_id, _) = db.org("acme").await;
    let project_id = a_project(&db, org_id).await;
    for role in ProjectRole::ALL {
        let person = db.member(org_id, role.as_str(), OrgRole::Member).await;
        add(&db, project_id, user_id(&person), role).await;
        for permission in PERMISSIONS {
            let outcome = access::project(&db.cx, &person, project_id, permission).await;
            if role.allows(permission) {
                assert_eq!(outcome.unwrap().role(), role);
            } else {
                assert_eq!(refused(outcome), Kind::Forbidden, "{role:?} {permission:?}");
            }
        }
    }
}

#[tokio::test]
async fn owners_and_admins_of_the_organization_are_admins_of_its_projects() {
    let db = TestDb::new().await;
    let (org_id, owner) = db.org("acme").await;
    let admin = db.member(org_id, "admin", OrgRole::Admin).await;
    let project_id = a_project(&db, org_id).await;
    for person in [&owner, &admin, &Actor::System] {
        for permission in PERMISSIONS {
            access::project(&db.cx, person, project_id, permission).await.unwrap();
        }
    }
}

#[tokio::test]
async fn everybody_else_is_told_it_does_not_exist() {
    let db = TestDb::new().await;
    let (org_id, owner) = db.org("acme").await;
    let (_, stranger) = db.org("globex").await;
    let project_id = a_project(&db, org_id).await;
    let colleague = db.member(org_id, "colleague", OrgRole::Member).await;
    let disabled = db.member(org_id, "disabled", OrgRole::Member).await;
    add(&db, project_id, user_id(&disabled), ProjectRole::Admin).await;
    sqlx::query("update project_member set enabled = false").execute(db.pool()).await.unwrap();
    // a member of the project who has left the organization
    let gone = db.member(org_id, "gone", OrgRole::Member).await;
    add(&db, project_id, user_id(&gone), ProjectRole::Admin).await;
    service::org::remove_member(&db.cx, &owner, user_id(&gone)).await.unwrap();
    for permission in PERMISSIONS {
        for person in [&stranger, &colleague, &disabled, &gone] {
            let outcome = access::project(&db.cx, person, project_id, permission).await;
            assert_eq!(refused(outcome), Kind::NotFound);
        }
        let outcome = access::project(&db.cx, &Actor::Anonymous, project_id, permission).await;
        assert_eq!(refused(outcome), Kind::Unauthenticated);
        let outcome = access::project(&db.cx, &owner, ProjectId(i64::MAX), permission).await;
        assert_eq!(refused(outcome), Kind::NotFound);
    }
}

#[tokio::test]
async fn a_project_in_the_bin_can_only_be_restored() {
    let db = TestDb::new().await;
    let (org_id, owner) = db.org("acme").await;
    let project_id = a_project(&db, org_id).await;
    sqlx::query("update project set deleted_at = now()").execute(db.pool()).await.unwrap();
    assert_eq!(refused(access::project(&db.cx, &owner, project_id, ProjectPermission::View).await), Kind::NotFound);
    access::project(&db.cx, &owner, project_id, ProjectPermission::Delete).await.unwrap();
}

#[tokio::test]
async fn a_transaction_of_one_project_sees_no_other() {
    let db = TestDb::new().await;
    let (org_id, owner) = db.org("acme").await;
    let mine = a_project(&db, org_id).await;
    let sibling = a_project(&db, org_id).await;
    for project_id in [mine, sibling] {
        sqlx::query("insert into task (project_id, inner_id, data) values ($1, 1, '{}')")
            .bind(project_id.0)
            .execute(db.pool())
            .await
            .unwrap();
    }
    let access = access::project(&db.cx, &owner, mine, ProjectPermission::ViewData).await.unwrap();
    let mut tx = access.begin(&db.cx).await.unwrap();
    let seen: Vec<i64> = sqlx::query_scalar("select project_id from task").fetch_all(&mut *tx).await.unwrap();
    assert_eq!(seen, [mine.0]);
    let smuggled = sqlx::query("insert into task (project_id, inner_id, data) values ($1, 2, '{}')")
        .bind(sibling.0)
        .execute(&mut *tx)
        .await;
    assert!(smuggled.is_err());
}
