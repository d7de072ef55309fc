//! Who a program is, and what its token is good for.

use domain::token::{NewToken, Scope, TokenKind};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use service::account;

use super::{Program, program};
use crate::support::TestApp;

#[tokio::test]
async fn a_program_is_who_its_token_belongs_to() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("Acme").await;
    let email = owner.user().unwrap().email.clone();
    for kind in [TokenKind::Key, TokenKind::Personal] {
        let ours = program(&app, &owner, kind, Scope::Write).await;
        for path in ["/current-user/whoami", "/current-user/whoami/"] {
            let answer = ours.get(path).await;
            assert_eq!(answer.json::<Value>()["email"], json!(email), "{kind:?} {path}");
        }
    }
    let key = program(&app, &owner, TokenKind::Key, Scope::Write).await.authorization.replace("Token ", "");
    let nobody = Program { browser: app.stranger(), authorization: String::new() };
    let named = nobody.with(Method::GET, "/current-user/whoami", None, &[("x-api-key", &key)]).await;
    assert_eq!(named.status, StatusCode::OK);
    for wrong in ["Token nonsense", "Token ", "Bearer a.b.c", "Bearer sk_live_x"] {
        let answer = nobody.with(Method::GET, "/current-user/whoami", None, &[("authorization", wrong)]).await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (StatusCode::UNAUTHORIZED, "Token"), "{wrong}");
    }
    // A token that is none does not fall back to the cookie that comes along.
    let browser = Program { browser: app.browser_of(&owner).await, authorization: "Token nonsense".to_owned() };
    assert_eq!(browser.get("/current-user/whoami").await.status, StatusCode::UNAUTHORIZED);
    let page = Program { browser: app.browser_of(&owner).await, authorization: String::new() };
    assert_eq!(page.get("/current-user/whoami").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_was_taken_back_or_has_ended_is_worth_nothing() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("Acme").await;
    let cx = &app.db.cx;
    let access = program(&app, &owner, TokenKind::Personal, Scope::Write).await;
    let key = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    assert_eq!(access.get("/projects").await.status, StatusCode::OK);
    app.db.wait(chrono::TimeDelta::minutes(6));
    assert_eq!(access.get("/projects").await.status, StatusCode::UNAUTHORIZED, "access lasts five minutes");
    assert_eq!(key.get("/projects").await.status, StatusCode::OK);
    app.db.wait(chrono::TimeDelta::days(31));
    assert_eq!(key.get("/projects").await.status, StatusCode::UNAUTHORIZED, "a key lasts as long as was said");
    let personal = NewToken { title: "x".to_owned(), kind: TokenKind::Personal, scope: Scope::Write, days: Some(1) };
    let personal = account::create_token(cx, &owner, personal).await.unwrap();
    let nobody = Program { browser: app.stranger(), authorization: String::new() };
    let refreshed = nobody.post("/token/refresh", json!({ "refresh": personal.secret })).await;
    let bearer = format!("Bearer {}", refreshed.json::<Value>()["access"].as_str().unwrap());
    let access = Program { browser: app.stranger(), authorization: bearer };
    assert_eq!(access.get("/projects").await.status, StatusCode::OK);
    account::revoke_token(cx, &owner, personal.info.token_id).await.unwrap();
    assert_eq!(access.get("/projects").await.status, StatusCode::UNAUTHORIZED, "access goes with its token");
    let again = nobody.post("/token/refresh", json!({ "refresh": personal.secret })).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_that_reads_changes_nothing() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("Acme").await;
    let reads = program(&app, &owner, TokenKind::Key, Scope::Read).await;
    assert_eq!(reads.get("/projects").await.status, StatusCode::OK);
    let answer = reads.post("/projects", json!({ "title": "No" })).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "token_may_only_read"));
    // Nor does it learn what lets somebody do more than read.
    let writes = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    let hook = writes.post("/webhooks", json!({ "url": "http://1.1.1.1/hook" })).await.json::<Value>()["id"].clone();
    for path in [format!("/v1/webhooks/{hook}/key"), "/invite".to_owned()] {
        assert_eq!(writes.get(&path).await.status, StatusCode::OK, "{path}");
        assert_eq!(reads.get(&path).await.code(), "token_may_only_read", "{path}");
    }
}
