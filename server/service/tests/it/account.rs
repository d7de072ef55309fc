//! Signing up, in and out.

use chrono::TimeDelta;
use domain::{
    Kind,
    access::OrgRole,
    account::{SignUp, SignUpAs},
};
use service::{
    Actor,
    account::{self, Client},
    org,
    provider::mail,
    testing::{PASSWORD, TestDb},
};

use crate::{code, refused};

fn browser() -> Client {
    Client { ip: "192.0.2.7".into(), user_agent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0".into() }
}

fn form(email: &str, sign_up_as: SignUpAs) -> SignUp {
    SignUp { email: email.into(), name: "Ana".into(), password: PASSWORD.into(), sign_up_as, ..SignUp::default() }
}

/// The secret in the newest mail's link.
async fn mailed_token(db: &TestDb, path: &str) -> String {
    let mails = mail::newest(&db.cx, 1).await.unwrap();
    let text = &mails.first().expect("a mail").mail.text;
    let (_, rest) = text.split_once(&format!("/{path}?token=")).unwrap_or_else(|| panic!("no {path} link in {text}"));
    rest.split_whitespace().next().expect("a token").to_owned()
}

#[tokio::test]
async fn the_first_person_owns_the_first_organization() {
    let db = TestDb::new().await;
    account::sign_up(&db.cx, &browser(), form("ana@example.com", SignUpAs::Annotator)).await.unwrap();

    let early = account::sign_in(&db.cx, &browser(), "ana@example.com", PASSWORD.into()).await;
    assert_eq!(code(early), "email_unverified");

    let token = mailed_token(&db, "verify").await;
    account::check_verify_link(&db.cx, &token).await.unwrap();
    let session = account::verify_email(&db.cx, &browser(), &token).await.unwrap();
    assert_eq!(code(account::verify_email(&db.cx, &browser(), &token).await), "link_expired", "a link works once");
    assert_eq!(code(account::check_verify_link(&db.cx, &token).await), "link_expired");

    let actor = account::actor_from_session(&db.cx, &session.token, &browser()).await.unwrap();
    let me = account::me(&db.cx, &actor).await.unwrap();
    assert_eq!(me.org.map(|org| org.name), Some("Ana’s organization".to_owned()));

    // the second annotator joins nothing by themselves
    account::sign_up(&db.cx, &browser(), form("ben@example.com", SignUpAs::Annotator)).await.unwrap();
    let token = mailed_token(&db, "verify").await;
    let session = account::verify_email(&db.cx, &browser(), &token).await.unwrap();
    let actor = account::actor_from_session(&db.cx, &session.token, &browser()).await.unwrap();
    assert_eq!(account::me(&db.cx, &actor).await.unwrap().org, None);
}

#[tokio::test]
async fn a_known_address_is_told_by_mail_and_not_on_the_screen() {
    let db = TestDb::new().await;
    db.person("ana").await;
    account::sign_up(&db.cx, &browser(), form("ANA@example.com", SignUpAs::Client)).await.unwrap();
    let mails = mail::newest(&db.cx, 10).await.unwrap();
    assert_eq!(mails[0].mail.subject, "You already have an account");
    // an unknown address gets no mail and the same answer
    account::request_password_reset(&db.cx, "nobody@example.com").await.unwrap();
    assert_eq!(mail::newest(&db.cx, 10).await.unwrap().len(), mails.len());
}

#[tokio::test]
async fn sign_up_refuses_what_it_must() {
    let db = TestDb::new().await;
    for (change, expected) in [
        ((|f: &mut SignUp| f.email = "ana".into()) as fn(&mut SignUp), "email_malformed"),
        (|f| f.name = "  ".into(), "name_short"),
        (|f| f.password = "short".into(), "password_short"),
        (|f| f.password = "password1234".into(), "password_weak"),
        (|f| f.password = "x".repeat(1000), "password_long"),
        (|f| f.invite = "no-such-token".into(), "not_found"),
    ] {
        let mut input = form("ana@example.com", SignUpAs::Client);
        change(&mut input);
        assert_eq!(code(account::sign_up(&db.cx, &browser(), input).await), expected);
    }
    assert!(account::nobody_yet(&db.cx).await.unwrap(), "nothing is half-written");
}

#[tokio::test]
async fn guessing_is_limited_and_the_limit_ends() {
    let db = TestDb::new().await;
    db.person("ana").await;
    for _ in 0..10 {
        let guess = account::sign_in(&db.cx, &browser(), "ana@example.com", "wrong-password".into()).await;
        assert_eq!(refused(guess), Kind::Unauthenticated);
    }
    // even the right password waits now
    let right = account::sign_in(&db.cx, &browser(), "ana@example.com", PASSWORD.into()).await;
    assert_eq!(refused(right), Kind::RateLimited);
    db.wait(TimeDelta::minutes(16));
    account::sign_in(&db.cx, &browser(), "ana@example.com", PASSWORD.into()).await.unwrap();
}

#[tokio::test]
async fn unknown_and_wrong_are_the_same_answer() {
    let db = TestDb::new().await;
    db.person("ana").await;
    let wrong = account::sign_in(&db.cx, &browser(), "ana@example.com", "wrong-password".into()).await.unwrap_err();
    let unknown = account::sign_in(&db.cx, &browser(), "eve@example.com", "wrong-password".into()).await.unwrap_err();
    assert_eq!(wrong.to_string(), unknown.to_string());
}

#[tokio::test]
async fn a_reset_changes_the_password_and_signs_everything_out() {
    let db = TestDb::new().await;
    db.person("ana").await;
    let old = account::sign_in(&db.cx, &browser(), "ana@example.com", PASSWORD.into()).await.unwrap();
    account::request_password_reset(&db.cx, "ana@example.com").await.unwrap();
    let token = mailed_token(&db, "reset").await;
    account::check_reset_link(&db.cx, &token).await.unwrap();
    assert_eq!(code(account::reset_password(&db.cx, &browser(), &token, "weak".into()).await), "password_short");
    account::reset_password(&db.cx, &browser(), &token, "another-fine-otter-9".into()).await.unwrap();
    assert_eq!(code(account::check_reset_link(&db.cx, &token).await), "link_expired");
    let actor = account::actor_from_session(&db.cx, &old.token, &browser()).await.unwrap();
    assert!(matches!(actor, Actor::Anonymous));
    assert_eq!(
        refused(account::sign_in(&db.cx, &browser(), "ana@example.com", PASSWORD.into()).await),
        Kind::Unauthenticated
    );
    account::sign_in(&db.cx, &browser(), "ana@example.com", "another-fine-otter-9".into()).await.unwrap();
}

#[tokio::test]
async fn a_reset_link_expires() {
    let db = TestDb::new().await;
    db.person("ana").await;
    account::request_password_reset(&db.cx, "ana@example.com").await.unwrap();
    let token = mailed_token(&db, "reset").await;
    db.wait(TimeDelta::minutes(61));
    assert_eq!(code(account::check_reset_link(&db.cx, &token).await), "link_expired");
    let late = account::reset_password(&db.cx, &browser(), &token, "another-fine-otter-9".into()).await;
    assert_eq!(code(late), "link_expired");
}

#[tokio::test]
async fn devices_are_listed_and_signed_out() {
    let db = TestDb::new().await;
    let ana = db.person("ana").await;
    let ben = db.person("ben").await;
    account::sign_in(&db.cx, &browser(), "ana@example.com", PASSWORD.into()).await.unwrap();
    let sessions = account::sessions(&db.cx, &ana).await.unwrap();
    assert_eq!(sessions.len(), 2);
    assert!(sessions[0].is_current);
    assert_eq!(sessions[1].device, "Firefox on Linux");

    assert_eq!(refused(account::sign_out_one(&db.cx, &ben, sessions[1].session_id).await), Kind::NotFound);
    assert_eq!(account::sign_out_everywhere(&db.cx, &ana).await.unwrap(), 1);
    assert_eq!(account::sessions(&db.cx, &ana).await.unwrap().len(), 1);
    assert_eq!(refused(account::sessions(&db.cx, &Actor::Anonymous).await), Kind::Unauthenticated);
}

#[tokio::test]
async fn a_session_ends_after_a_month_of_silence() {
    let db = TestDb::new().await;
    db.person("ana").await;
    let session = account::sign_in(&db.cx, &browser(), "ana@example.com", PASSWORD.into()).await.unwrap();
    db.wait(TimeDelta::days(29));
    assert!(matches!(account::actor_from_session(&db.cx, &session.token, &browser()).await.unwrap(), Actor::User(_)));
    db.wait(TimeDelta::days(29));
    assert!(
        matches!(account::actor_from_session(&db.cx, &session.token, &browser()).await.unwrap(), Actor::User(_)),
        "a visit prolongs it"
    );
    db.wait(TimeDelta::days(31));
    assert!(matches!(account::actor_from_session(&db.cx, &session.token, &browser()).await.unwrap(), Actor::Anonymous));
    account::cleanup(&db.cx).await.unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from session").fetch_one(db.pool()).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn changing_the_password_needs_the_present_one() {
    let db = TestDb::new().await;
    let ana = db.person("ana").await;
    let wrong = account::change_password(&db.cx, &ana, "not-it".into(), "another-fine-otter-9".into()).await;
    assert_eq!(code(wrong), "wrong_password");
    account::change_password(&db.cx, &ana, PASSWORD.into(), "another-fine-otter-9".into()).await.unwrap();
    assert_eq!(
        refused(account::change_password(&db.cx, &Actor::Anonymous, String::new(), String::new()).await),
        Kind::Unauthenticated
    );
}

#[tokio::test]
async fn only_the_system_makes_people() {
    let db = TestDb::new().await;
    let ana = db.person("ana").await;
    let person = account::NewPerson {
        email: "eve@example.com".into(),
        name: "Eve".into(),
        password: PASSWORD.into(),
        organization: None,
        is_staff: true,
        is_demo: false,
        is_annotator: false,
    };
    assert_eq!(refused(account::create(&db.cx, &ana, person.clone()).await), Kind::Forbidden);
    account::create(&db.cx, &Actor::System, person.clone()).await.unwrap();
    assert_eq!(code(account::create(&db.cx, &Actor::System, person.clone()).await), "email_taken");

    let owner =
        account::NewPerson { email: "olga@example.com".into(), organization: Some(" Olga’s ".into()), ..person };
    let nameless = account::NewPerson { organization: Some("?".into()), ..owner.clone() };
    assert_eq!(refused(account::create(&db.cx, &Actor::System, nameless).await), Kind::Invalid);
    let created = account::create(&db.cx, &Actor::System, owner).await.unwrap();
    let owned = org::current(&db.cx, &db.signed_in("olga@example.com").await).await.unwrap();
    assert_eq!((Some(owned.org_id), owned.name.as_str(), owned.my_role), (created.org_id, "Olga’s", OrgRole::Owner));
}
