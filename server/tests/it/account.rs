//! The doors of the account area: what a stranger may ask, and that nobody reaches into somebody else's account.

use app::account::api::{
    ChangePassword, Outbox, OutboxMail, PasswordStrength, Rename, RequestPasswordReset, ResendVerification,
    ResetPassword, Sessions, SignIn, SignOut, SignOutEverywhere, SignOutOne, SignUp, SwitchOrg, VerifyEmail, WhoAmI,
};
use axum::body::Body;
use domain::account::{Me, SessionInfo, SignUpAs, Strength};
use domain::id::OrgId;
use http::{Request, StatusCode, header};
use service::testing::PASSWORD;

use crate::support::TestApp;

const LONG: &str = "nine tulips walk uphill";

fn sign_in(email: &str, password: &str, next: &str) -> SignIn {
    SignIn { email: email.to_owned(), password: password.to_owned(), next: next.to_owned() }
}

#[tokio::test]
async fn a_stranger_is_nobody_and_may_only_come_in() {
    let app = TestApp::new().await;
    let stranger = app.stranger();
    assert_eq!(stranger.call(&WhoAmI {}).await.json::<Option<Me>>(), None);
    let strength = PasswordStrength { password: "password12".into(), known: "Ana ana@example.com".into() };
    assert!(stranger.call(&strength).await.json::<Strength>().score < 2);

    assert_eq!(stranger.call(&Rename { name: "Eve".into() }).await.code(), "unauthenticated");
    assert_eq!(stranger.call(&Sessions {}).await.code(), "unauthenticated");
    assert_eq!(stranger.call(&SignOutEverywhere {}).await.code(), "unauthenticated");
    assert_eq!(stranger.call(&SignOutOne { session_id: 1.into() }).await.code(), "unauthenticated");
    assert_eq!(stranger.call(&SwitchOrg { org_id: OrgId(1) }).await.code(), "unauthenticated");
    let change = ChangePassword { present: PASSWORD.into(), new: LONG.into() };
    assert_eq!(stranger.call(&change).await.code(), "unauthenticated");
    assert_eq!(stranger.call(&SignOut {}).await.status, StatusCode::OK, "leaving twice is no mistake");
}

#[tokio::test]
async fn links_that_never_were_open_nothing() {
    let app = TestApp::new().await;
    let stranger = app.stranger();
    assert_eq!(stranger.call(&VerifyEmail { token: "guess".into() }).await.code(), "link_expired");
    let reset = ResetPassword { token: "guess".into(), password: LONG.into() };
    assert_eq!(stranger.call(&reset).await.code(), "link_expired");
    // Known and unknown addresses are answered alike.
    assert_eq!(stranger.call(&ResendVerification { email: "x@example.com".into() }).await.status, StatusCode::OK);
    assert_eq!(stranger.call(&RequestPasswordReset { email: "x@example.com".into() }).await.status, StatusCode::OK);
}

#[tokio::test]
async fn signing_up_leads_to_the_mail_page_and_says_what_is_wrong_at_its_field() {
    let app = TestApp::new().await;
    let form = |email: &str, password: &str| SignUp {
        name: "Ana".into(),
        email: email.into(),
        password: password.into(),
        sign_up_as: SignUpAs::Client,
        organization: String::new(),
        invite: String::new(),
    };
    let answer = app.stranger().call(&form("ana+1@example.com", LONG)).await;
    assert_eq!(answer.json::<String>(), "/check-mail?email=ana%2B1%40example.com");
    let answer = app.stranger().call(&form("nonsense", LONG)).await;
    assert_eq!((answer.code().as_str(), answer.field().as_str()), ("email_malformed", "email"));
    let answer = app.stranger().call(&form("ana@example.com", "short")).await;
    assert_eq!((answer.code().as_str(), answer.field().as_str()), ("password_short", "password"));
}

#[tokio::test]
async fn signing_in_sets_a_cookie_scripts_cannot_read_and_never_leads_elsewhere() {
    let app = TestApp::new().await;
    let ana = app.db.person("Ana").await;
    let email = &ana.user().unwrap().email;
    let answer = app.stranger().call(&sign_in(email, PASSWORD, "/projects/7?tab=data")).await;
    assert_eq!(answer.json::<String>(), "/projects/7?tab=data");
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let answer = app.stranger().call(&sign_in(email, PASSWORD, "//evil.example/projects")).await;
    assert_eq!(answer.json::<String>(), "/projects");
    let answer = app.stranger().call(&sign_in(email, "wrong", "")).await;
    assert_eq!(answer.code(), "wrong_credentials");
    assert_eq!(answer.header("set-cookie"), "");
}

#[tokio::test]
async fn a_form_works_before_the_page_is_alive() {
    let app = TestApp::new().await;
    let ana = app.db.person("Ana").await;
    let body = format!(
        "email={}&password={}&next=",
        ana.user().unwrap().email.replace('@', "%40"),
        PASSWORD.replace(' ', "+")
    );
    let request = Request::post(<SignIn as leptos::server_fn::ServerFn>::PATH)
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap();
    let answer = app.stranger().send(request).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert_eq!(answer.header("location"), "/projects");
}

#[tokio::test]
async fn sessions_are_ones_own() {
    let app = TestApp::new().await;
    let (ana, eve) = (app.db.person("Ana").await, app.db.person("Eve").await);
    let (laptop, phone) = (app.browser_of(&ana).await, app.browser_of(&ana).await);
    let stranger = app.browser_of(&eve).await;
    let sessions: Vec<SessionInfo> = laptop.call(&Sessions {}).await.json();
    let other = sessions.iter().find(|session| !session.is_current).unwrap().session_id;
    assert_eq!(stranger.call(&SignOutOne { session_id: other }).await.code(), "not_found");
    assert_eq!(laptop.call(&SignOutEverywhere {}).await.status, StatusCode::OK);
    assert_eq!(phone.call(&WhoAmI {}).await.json::<Option<Me>>(), None, "the phone is out");
    assert!(laptop.call(&WhoAmI {}).await.json::<Option<Me>>().is_some(), "the laptop is in");
    let (elsewhere, _) = app.db.org("Elsewhere").await;
    assert_eq!(laptop.call(&SwitchOrg { org_id: elsewhere }).await.code(), "not_found");
}

#[tokio::test]
async fn pages_inside_ask_to_sign_in_and_come_back() {
    let app = TestApp::new().await;
    let answer = app.stranger().get("/account?from=mail").await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert_eq!(answer.header("location"), "/login?next=%2Faccount%3Ffrom%3Dmail");
    let ana = app.db.person("Ana").await;
    let answer = app.browser_of(&ana).await.get("/account").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().contains("Ana"), "the first paint has its content");
    assert_eq!(app.browser_of(&ana).await.get("/login").await.header("location"), "/projects");
}

#[tokio::test]
async fn pages_before_signing_in_are_drawn_by_the_server() {
    let app = TestApp::new().await;
    for (path, words) in [
        ("/", "Training data"),
        ("/login", "Forgot your password?"),
        ("/signup", "Label data"),
        ("/check-mail?email=ana%40example.com", "ana@example.com"),
        ("/verify?token=x", "This link does not work"),
        ("/forgot", "Send the link"),
        ("/forgot?sent=ana%40example.com", "If there is an account"),
        ("/reset?token=x", "This link does not work"),
        ("/signed-in", "You are not signed in"),
    ] {
        let answer = app.stranger().get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.text().contains(words), "{path}");
    }
    let ana = app.db.person("Ana").await;
    assert!(app.browser_of(&ana).await.get("/signed-in").await.text().contains("Close this tab"));
}

#[tokio::test]
async fn the_theme_is_painted_by_the_server() {
    let app = TestApp::new().await;
    let request = |cookie: &str| {
        Request::get("/login")
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, cookie)
            .body(Body::empty())
            .unwrap()
    };
    assert!(app.stranger().send(request("theme=dark")).await.text().contains(r#"data-theme="dark""#));
    assert!(!app.stranger().send(request("theme=%22onload=")).await.text().contains("data-theme"));
}

#[tokio::test]
async fn the_outbox_shows_the_mail_and_its_link_signs_in() {
    let app = TestApp::new().await;
    let form = SignUp {
        name: "Ana".into(),
        email: "ana@example.com".into(),
        password: LONG.into(),
        sign_up_as: SignUpAs::Annotator,
        organization: String::new(),
        invite: String::new(),
    };
    app.stranger().call(&form).await.json::<String>();
    let mails: Vec<OutboxMail> = app.stranger().call(&Outbox {}).await.json();
    let mail = &mails[0];
    assert_eq!((mails.len(), mail.to.as_str()), (1, "ana@example.com"));
    assert!(app.stranger().get("/dev/outbox").await.text().contains(&mail.subject));
    let token = mail.text.split("/verify?token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let answer = app.stranger().call(&VerifyEmail { token: token.clone() }).await;
    assert_eq!(answer.json::<String>(), "/projects");
    assert!(answer.header("set-cookie").starts_with("synapse_session="));
    assert_eq!(app.stranger().call(&VerifyEmail { token }).await.code(), "link_expired", "once");
}

#[tokio::test]
async fn development_pages_are_only_where_the_operator_wants_them() {
    let outbox_link = "href=\"/dev/outbox\"";
    let app = TestApp::new().await;
    assert!(app.stranger().get("/check-mail").await.text().contains(outbox_link));
    assert_eq!(app.stranger().get("/dev/outbox").await.status, StatusCode::OK);
    assert_eq!(app.stranger().get("/dev/gallery").await.status, StatusCode::OK);

    let app = TestApp::for_others().await;
    assert!(!app.stranger().get("/check-mail").await.text().contains(outbox_link));
    assert_eq!(app.stranger().get("/dev/outbox").await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.stranger().get("/dev/gallery").await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.stranger().call(&Outbox {}).await.code(), "not_found");
}

#[tokio::test]
async fn the_outbox_shows_a_mail_that_can_do_nothing_to_the_page() {
    let app = TestApp::new().await;
    let script = "<script>alert(1)</script>";
    let mail = service::provider::mail::Mail {
        to: "ana@example.com".into(),
        subject: "Hello".into(),
        text: script.into(),
        html: format!("<html><body>\"{script}</body></html>"),
    };
    let mut conn = app.db.pool().acquire().await.unwrap();
    service::provider::mail::enqueue(&app.db.cx, &mut conn, &mail).await.unwrap();
    let page = app.stranger().get("/dev/outbox").await.text();
    assert!(page.contains("<iframe") && page.contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\""));
    assert!(!page.contains(script), "the mail stands in an attribute and in a text");
}
