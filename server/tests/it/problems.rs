//! What goes wrong is told in the form of whoever asked: a problem document to programs, a page to people.

use axum::body::Body;
use domain::{
    annotation::DraftToSave,
    id::{ProjectId, TaskId},
    problem::MEDIA_TYPE,
};
use http::{Method, Request, StatusCode, header};

use crate::support::{Answer, Call, TestApp};

fn request(method: &Method, path: &str, accept: &str) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::ACCEPT, accept)
        .header("sec-fetch-site", "same-origin")
        .body(Body::empty())
        .unwrap()
}

fn is_page(answer: &Answer) -> bool {
    answer.header("content-type").starts_with("text/html") && answer.text().contains("<html")
}

#[tokio::test]
async fn an_unknown_address_for_programs_is_a_problem_whatever_is_accepted() {
    let app = TestApp::new().await;
    for path in ["/api", "/api/", "/api/none/1", "/api/v1/none", "/fn/app/org/api/none"] {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            for accept in ["text/html", "application/json", "*/*"] {
                let answer = app.stranger().send(request(&method, path, accept)).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path} {accept}");
                let problem = answer.problem();
                assert_eq!(problem.code, "not_found");
                let id = answer.header("x-request-id");
                assert_eq!(problem.instance.as_deref(), Some(format!("urn:uuid:{id}").as_str()));
                assert_eq!(
                    answer.header("content-security-policy"),
                    "default-src 'none'; frame-ancestors 'none'; sandbox"
                );
            }
        }
    }
    // Only where programs ask.
    assert!(is_page(&app.stranger().get("/apiary").await));
}

#[tokio::test]
async fn a_layer_in_front_of_a_function_speaks_in_problems_too() {
    let app = TestApp::new().await;
    let call = Call::of(&app::org::api::CurrentOrg {});
    let wrong_method = app.stranger().send(request(&Method::GET, call.path, "text/html")).await;
    assert_eq!(wrong_method.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(wrong_method.code(), "method_not_allowed");
    assert_eq!(wrong_method.header("allow"), "POST", "what the router said stays");

    let mut foreign = call.request();
    foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_eq!(app.stranger().send(foreign).await.code(), "forbidden");

    let mut large = call.request();
    large.headers_mut().insert(header::CONTENT_LENGTH, (1_u64 << 40).into());
    assert_eq!(app.stranger().send(large).await.code(), "payload_too_large");

    let garbage = Request::post("/projects/none/upload").header("sec-fetch-site", "same-origin").body(Body::empty());
    assert_eq!(app.stranger().send(garbage.unwrap()).await.code(), "bad_request");
}

#[tokio::test]
async fn work_of_many_regions_is_read_whole() {
    let app = TestApp::new().await;
    let item = serde_json::json!({
        "id": "a", "from_name": "note", "to_name": "text", "type": "textarea", "value": { "text": ["x".repeat(31 << 20)] }
    });
    let draft = DraftToSave {
        project_id: ProjectId(1),
        task_id: TaskId(1),
        annotation_id: None,
        revision: 1,
        sitting: 1,
        since: 0,
        is_chosen: false,
        result: serde_json::from_value(serde_json::json!([item])).unwrap(),
        lead_time_ms: 5,
    };
    // Read to its end, then refused for who sends it.
    assert_eq!(app.stranger().call(&app::annotate::api::SaveDraft { draft }).await.code(), "unauthenticated");
}

#[tokio::test]
async fn a_compressed_refusal_is_left_as_it_is() {
    let app = TestApp::new().await;
    let mut request = Call::of(&app::org::api::CurrentOrg {}).request();
    request.headers_mut().insert(header::ACCEPT_ENCODING, "gzip".parse().unwrap());
    let answer = app.stranger().send(request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!((answer.header("content-type"), answer.header("content-encoding")), (MEDIA_TYPE, "gzip"));
    assert_eq!(answer.body[..2], [0x1f, 0x8b], "and it is compressed indeed");
}

#[tokio::test]
async fn what_a_page_cannot_show_is_a_page() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("acme").await;
    let browser = app.browser_of(&owner).await;
    for path in ["/no/such/page", "/projects/999999", "/projects/none", "/projects/999999/label", "/files/1/none"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(is_page(&answer), "{path}: {}", answer.text());
    }
    // The same file, asked for by a program.
    let answer = browser.send(request(&Method::GET, "/files/1/none", "*/*")).await;
    assert_eq!(answer.header("content-type"), MEDIA_TYPE);
}

#[tokio::test]
async fn a_failure_of_ours_is_a_page_to_people_and_a_problem_to_programs_and_tells_nothing() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("acme").await;
    let browser = app.browser_of(&owner).await;
    // The person is known, but nothing can be asked.
    sqlx::query("alter table organization_member rename to gone").execute(app.db.pool()).await.unwrap();
    let page = browser.get("/projects").await;
    let called = browser.call(&app::org::api::CurrentOrg {}).await;
    let file = browser.send(request(&Method::GET, "/events/projects/1/imports/1", "*/*")).await;
    // Not even the person is known.
    sqlx::query("alter table session rename to session_gone").execute(app.db.pool()).await.unwrap();
    let page_before = browser.get("/projects").await;
    let called_before = browser.call(&app::org::api::CurrentOrg {}).await;
    for page in [page, page_before] {
        assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(is_page(&page), "{}", page.text());
        let id = page.header("x-request-id");
        assert!(page.text().contains(id), "people are told the number by which the log is found");
        assert!(!page.text().contains("organization_member") && !page.text().contains("relation"));
    }
    for program in [called, file, called_before] {
        let problem = program.problem();
        assert_eq!((problem.status, problem.code.as_str()), (500, "internal"));
        assert!(problem.detail.contains(program.header("x-request-id")), "{}", problem.detail);
        assert!(!program.text().contains("relation"));
    }
}
