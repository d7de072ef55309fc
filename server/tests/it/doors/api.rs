//! The REST interface: every operation of its document, and who is turned away at it.

use std::collections::BTreeMap;

use axum::body::Body;
use http::{Method, Request, header};
use serde_json::{Value, json};

use super::{Who, World, world::OURS};
use crate::support::Answer;

/// An operation with its question, and what each kind of person is answered.
struct Operation {
    method: Method,
    /// As the document writes it.
    pattern: &'static str,
    address: String,
    body: Option<Value>,
    /// What the owner of another organization is answered: 404, or 200 and 201 where it is about nobody but them.
    rival: u16,
    /// What a colleague without the right is answered; none where every member has it.
    lacking: Option<(Who, u16)>,
    right: (Who, u16),
}

/// Open to everybody, for a reason.
const OPEN: [(&str, &str); 3] = [
    ("GET /version", "what runs here"),
    ("POST /projects/validate", "arithmetic on what was sent"),
    ("POST /token/refresh", "the token in the question is the proof"),
];

const ANNOTATOR: Option<(Who, u16)> = Some((Who::Annotator, 403));
const MEMBER: Option<(Who, u16)> = Some((Who::Member, 404));

async fn operations(world: &World) -> Vec<Operation> {
    let (project, import, export) = (world.project_id, world.import_id, world.export_id);
    let (org, colleague) = (world.org_id, world.colleague);
    let [first, second, third] = [world.tasks[0], world.tasks[1], world.tasks[2]];
    let owner = |path: String, body: Value| async move {
        let answer = ask(world, Who::Owner, &Method::POST, &path, Some(&body)).await;
        assert_eq!(answer.status.as_u16(), 201, "{path}: {}", answer.text());
        answer.json::<Value>()["id"].as_i64().unwrap()
    };
    let annotation = owner(format!("/tasks/{first}/annotations"), json!({ "result": [] })).await;
    let other = owner(format!("/tasks/{third}/annotations"), json!({ "result": [] })).await;
    let prediction = owner("/predictions".to_owned(), json!({ "task": first, "result": [] })).await;
    let draft = owner(format!("/tasks/{first}/drafts"), json!({ "result": [] })).await;
    let view = owner("/dm/views".to_owned(), json!({ "project": project, "data": { "title": OURS } })).await;
    let nothing = json!({ "selectedItems": { "all": false, "included": [] } });
    let acted = format!("/dm/actions?id=delete_tasks&project={project}");
    let acted = ask(world, Who::Owner, &Method::POST, &acted, Some(&nothing)).await;
    let run = acted.json::<Value>()["run"]["id"].as_i64().unwrap();
    let token = owner("/v1/tokens".to_owned(), json!({ "title": "Mine" })).await;
    // Its address leads nowhere, and what it would send is not there.
    let api = json!({ "data_key": "speech", "url": "https://1.1.1.1/", "payload": "$nothing" });
    let client_api = owner(format!("/v1/projects/{project}/client-apis"), api).await;
    let fill_run: i64 = sqlx::query_scalar(
        "insert into client_api_run (project_id, overwrite, last_task_id, total, created_at)
        values ($1, false, 0, 0, now()) returning client_api_run_id",
    )
    .bind(project.0)
    .fetch_one(world.app.db.pool())
    .await
    .unwrap();
    let said = format!("/tasks/{first}/comments");
    let said = ask(world, Who::Owner, &Method::POST, &format!("/v1{said}"), Some(&json!({ "text": "?" }))).await;
    let comment = said.json::<Value>()[0]["id"].as_i64().unwrap();
    let result = || Some(json!({ "result": [] }));
    let mut all = Vec::new();
    let mut add = |line: &'static str, address: String, body: Option<Value>, rival: u16, lacking, right: u16| {
        let (method, pattern) = line.split_once(' ').unwrap();
        let method = method.parse().unwrap();
        all.push(Operation { method, pattern, address, body, rival, lacking, right: (Who::Owner, right) });
    };
    let own = |path: &str| path.to_owned();
    // About nobody but the person who asks.
    add("GET /current-user/whoami", own("/current-user/whoami"), None, 200, None, 200);
    add("GET /current-user", own("/current-user"), None, 200, None, 200);
    add("PATCH /current-user", own("/current-user"), Some(json!({})), 200, None, 200);
    add("GET /current-user/hotkeys", own("/current-user/hotkeys"), None, 200, None, 200);
    let keys = Some(json!({ "custom_hotkeys": {} }));
    add("PATCH /current-user/hotkeys", own("/current-user/hotkeys"), keys, 200, None, 200);
    add("GET /current-user/token", own("/current-user/token"), None, 404, None, 404);
    add("POST /current-user/reset-token", own("/current-user/reset-token"), None, 201, None, 201);
    add("GET /token", own("/token"), None, 200, None, 200);
    add("POST /token", own("/token"), None, 201, None, 201);
    let guess = || Some(json!({ "refresh": "guess" }));
    add("POST /token/rotate", own("/token/rotate"), guess(), 404, None, 404);
    add("POST /token/blacklist", own("/token/blacklist"), guess(), 404, None, 404);
    add("GET /jwt/settings", own("/jwt/settings"), None, 200, None, 200);
    add("GET /v1/tokens", own("/v1/tokens"), None, 200, None, 200);
    add("POST /v1/tokens", own("/v1/tokens"), Some(json!({ "title": "x" })), 201, None, 201);
    add("DELETE /v1/tokens/{id}", format!("/v1/tokens/{token}"), None, 404, MEMBER, 204);
    // Of one's own organization.
    add("GET /users", own("/users"), None, 200, None, 200);
    let new = Some(json!({ "email": "new@example.com" }));
    add("POST /users", own("/users"), new, 201, Some((Who::Member, 403)), 201);
    add("GET /users/{id}", format!("/users/{colleague}"), None, 404, None, 200);
    add("PATCH /users/{id}", format!("/users/{colleague}"), Some(json!({})), 404, Some((Who::Member, 403)), 403);
    add("GET /organizations", own("/organizations"), None, 200, None, 200);
    add("GET /organizations/{id}", format!("/organizations/{org}"), None, 404, None, 200);
    let title = Some(json!({ "title": OURS }));
    add("PATCH /organizations/{id}", format!("/organizations/{org}"), title, 404, Some((Who::Member, 403)), 200);
    let members = format!("/organizations/{org}/memberships");
    add("GET /organizations/{id}/memberships", members.clone(), None, 404, None, 200);
    let one = format!("{members}/{colleague}");
    add("GET /organizations/{id}/memberships/{user}", one.clone(), None, 404, None, 200);
    add("GET /invite", own("/invite"), None, 200, Some((Who::Member, 403)), 200);
    add("POST /invite/reset-token", own("/invite/reset-token"), None, 201, Some((Who::Member, 403)), 201);
    // Projects.
    add("GET /projects", own("/projects"), None, 200, None, 200);
    add("GET /projects/counts", own("/projects/counts"), None, 200, None, 200);
    add("POST /projects", own("/projects"), Some(json!({ "title": "New" })), 201, Some((Who::Member, 403)), 201);
    let p = format!("/projects/{project}");
    add("GET /projects/{id}", p.clone(), None, 404, MEMBER, 200);
    add("PATCH /projects/{id}", p.clone(), Some(json!({ "description": "x" })), 404, ANNOTATOR, 200);
    add("PUT /projects/{id}", p.clone(), Some(json!({ "description": "y" })), 404, ANNOTATOR, 200);
    let config = Some(json!({ "label_config": super::world::CONFIG }));
    add("POST /projects/{id}/validate", format!("{p}/validate"), config, 404, ANNOTATOR, 200);
    add("GET /projects/{id}/summary", format!("{p}/summary"), None, 404, ANNOTATOR, 200);
    add("POST /projects/{id}/summary/reset", format!("{p}/summary/reset"), None, 404, ANNOTATOR, 200);
    add("POST /projects/{id}/sample-task", format!("{p}/sample-task"), Some(json!({})), 404, MEMBER, 200);
    add("GET /projects/{id}/next", format!("{p}/next"), None, 404, MEMBER, 200);
    add("POST /projects/{id}/duplicate", format!("{p}/duplicate"), Some(json!({})), 404, ANNOTATOR, 201);
    add("GET /projects/{id}/annotators", format!("{p}/annotators"), None, 404, ANNOTATOR, 200);
    add("GET /projects/{id}/model-versions", format!("{p}/model-versions"), None, 404, ANNOTATOR, 200);
    let version = Some(json!({ "model_version": "one" }));
    add("DELETE /projects/{id}/model-versions", format!("{p}/model-versions"), version, 404, ANNOTATOR, 200);
    let compared = format!("/v1{p}/model-versions");
    add("GET /v1/projects/{id}/model-versions", compared, None, 404, ANNOTATOR, 200);
    add("GET /projects/{id}/tasks", format!("{p}/tasks"), None, 404, ANNOTATOR, 200);
    let tasks = Some(json!([{ "text": "new" }]));
    add("POST /projects/{id}/import", format!("{p}/import"), tasks, 404, ANNOTATOR, 201);
    let status = format!("{p}/imports/{import}");
    add("GET /projects/{id}/imports/{import}", status, None, 404, ANNOTATOR, 200);
    let again = Some(json!({ "file_upload_ids": [] }));
    add("POST /projects/{id}/reimport", format!("{p}/reimport"), again, 404, ANNOTATOR, 200);
    let status = format!("{p}/reimports/{import}");
    add("GET /projects/{id}/reimports/{import}", status, None, 404, ANNOTATOR, 200);
    add("GET /projects/{id}/file-uploads", format!("{p}/file-uploads?all=true"), None, 404, ANNOTATOR, 200);
    let file = format!("/import/file-upload/{}", world.file_id);
    add("GET /import/file-upload/{id}", file.clone(), None, 404, ANNOTATOR, 200);
    add("PATCH /import/file-upload/{id}", file.clone(), Some(json!({})), 404, ANNOTATOR, 200);
    let none = Some(json!({ "file_upload_ids": [] }));
    add("DELETE /projects/{id}/file-uploads", format!("{p}/file-uploads"), none, 404, ANNOTATOR, 200);
    let none = Some(json!([]));
    add("POST /projects/{id}/import/predictions", format!("{p}/import/predictions"), none, 404, ANNOTATOR, 201);
    add("GET /projects/{id}/export/formats", format!("{p}/export/formats"), None, 404, ANNOTATOR, 200);
    // Asked for a format that there is not: past the permission it is the question's fault.
    add("GET /projects/{id}/export", format!("{p}/export?exportType=COCO"), None, 404, ANNOTATOR, 400);
    add("GET /projects/{id}/exports", format!("{p}/exports"), None, 404, ANNOTATOR, 200);
    add("POST /projects/{id}/exports", format!("{p}/exports"), Some(json!({})), 404, ANNOTATOR, 201);
    let e = format!("{p}/exports/{export}");
    add("GET /projects/{id}/exports/{export}", e.clone(), None, 404, ANNOTATOR, 200);
    add("GET /projects/{id}/exports/{export}/download", format!("{e}/download"), None, 404, ANNOTATOR, 200);
    let table = Some(json!({ "export_type": "CSV" }));
    add("POST /projects/{id}/exports/{export}/convert", format!("{e}/convert"), table, 404, ANNOTATOR, 200);
    let compared = format!("/v1{e}/comparison?earlier={export}");
    add("GET /v1/projects/{id}/exports/{export}/comparison", compared, None, 404, ANNOTATOR, 200);
    // Tasks and what belongs to them.
    add("GET /tasks", format!("/tasks?project={project}"), None, 404, ANNOTATOR, 200);
    let task = Some(json!({ "project": project, "data": { "text": "x" } }));
    add("POST /tasks", own("/tasks"), task, 404, ANNOTATOR, 201);
    let t = format!("/tasks/{first}");
    add("GET /tasks/{id}", format!("/tasks/{third}"), None, 404, Some((Who::Annotator, 404)), 200);
    add("PATCH /tasks/{id}", t.clone(), Some(json!({ "overlap": 2 })), 404, ANNOTATOR, 200);
    let annotations = format!("/tasks/{second}/annotations");
    add("GET /tasks/{id}/annotations", annotations.clone(), None, 404, MEMBER, 200);
    add("POST /tasks/{id}/annotations", annotations, result(), 404, MEMBER, 201);
    add("GET /tasks/{id}/drafts", format!("{t}/drafts"), None, 404, MEMBER, 200);
    add("POST /tasks/{id}/drafts", format!("{t}/drafts"), result(), 404, MEMBER, 201);
    let draft_of = format!("{t}/annotations/{annotation}/drafts");
    add("GET /tasks/{id}/annotations/{annotation}/drafts", draft_of.clone(), None, 404, MEMBER, 200);
    add("POST /tasks/{id}/annotations/{annotation}/drafts", draft_of, result(), 404, MEMBER, 201);
    let a = format!("/annotations/{annotation}");
    add("GET /annotations/{id}", a.clone(), None, 404, Some((Who::Annotator, 404)), 200);
    add("PATCH /annotations/{id}", a.clone(), result(), 404, Some((Who::Annotator, 404)), 200);
    add("PUT /annotations/{id}", a.clone(), result(), 404, Some((Who::Annotator, 404)), 200);
    let d = format!("/drafts/{draft}");
    add("GET /drafts/{id}", d.clone(), None, 404, Some((Who::Annotator, 404)), 200);
    add("PATCH /drafts/{id}", d.clone(), result(), 404, Some((Who::Annotator, 404)), 200);
    add("DELETE /drafts/{id}", d, None, 404, Some((Who::Annotator, 404)), 204);
    add("GET /predictions", format!("/predictions?project={project}"), None, 404, ANNOTATOR, 200);
    let new = Some(json!({ "task": first, "result": [] }));
    // A task that is not there is what is wrong with the question.
    add("POST /predictions", own("/predictions"), new, 400, ANNOTATOR, 201);
    let x = format!("/predictions/{prediction}");
    add("GET /predictions/{id}", x.clone(), None, 404, ANNOTATOR, 200);
    add("PATCH /predictions/{id}", x.clone(), Some(json!({ "score": 0.5 })), 404, ANNOTATOR, 200);
    add("PUT /predictions/{id}", x.clone(), Some(json!({ "score": 0.4 })), 404, ANNOTATOR, 200);
    // The library of labels.
    let new = json!([{ "project": project, "value": [OURS], "title": OURS, "from_name": "mood" }]);
    let made = ask(world, Who::Owner, &Method::POST, "/labels", Some(&new)).await.json::<Value>();
    let (label, link) = (made[0]["id"].as_i64().unwrap(), made[0]["links"][0].as_i64().unwrap());
    add("GET /labels", own("/labels"), None, 200, None, 200);
    let another = Some(json!([{ "project": project, "value": ["x"], "title": "Another", "from_name": "mood" }]));
    add("POST /labels", own("/labels"), another, 404, ANNOTATOR, 201);
    let l = format!("/labels/{label}");
    add("GET /labels/{id}", l.clone(), None, 404, None, 200);
    add("PATCH /labels/{id}", l.clone(), Some(json!({ "approved": true })), 404, Some((Who::Member, 403)), 200);
    let renamed = Some(json!({ "project": project, "old_label": ["x"], "new_label": ["y"] }));
    add("POST /labels/bulk", own("/labels/bulk"), renamed, 404, ANNOTATOR, 200);
    add("GET /label_links", format!("/label_links?project={project}"), None, 404, ANNOTATOR, 200);
    let k = format!("/label_links/{link}");
    add("GET /label_links/{id}", k.clone(), None, 404, ANNOTATOR, 200);
    add("PATCH /label_links/{id}", k.clone(), Some(json!({ "from_name": "tone" })), 404, ANNOTATOR, 200);
    add("DELETE /label_links/{id}", k, None, 404, ANNOTATOR, 204);
    let again = Some(json!({ "project": project, "label": label, "from_name": "mood" }));
    add("POST /label_links", own("/label_links"), again, 404, ANNOTATOR, 201);
    add("DELETE /labels/{id}", l, None, 404, Some((Who::Member, 403)), 204);
    // Bringing up to date.
    let files = Some(json!({ "file_upload_ids": [world.file_id], "key": "text" }));
    let u = format!("/v1/projects/{project}/reimports");
    add("GET /v1/projects/{id}/reimports", u.clone(), None, 404, ANNOTATOR, 200);
    add("POST /v1/projects/{id}/reimports", u.clone(), files, 404, ANNOTATOR, 201);
    let one = format!("{u}/{}", world.reimport_id);
    add("GET /v1/projects/{id}/reimports/{reimport}", one.clone(), None, 404, ANNOTATOR, 200);
    add("GET /v1/projects/{id}/reimports/{reimport}/rows", format!("{one}/rows"), None, 404, ANNOTATOR, 200);
    // It was looked at and would change nothing: past the permission that is what it is refused for.
    add("POST /v1/projects/{id}/reimports/{reimport}/apply", format!("{one}/apply"), None, 404, ANNOTATOR, 409);
    add("POST /v1/projects/{id}/reimports/{reimport}/cancel", format!("{one}/cancel"), None, 404, ANNOTATOR, 204);
    // Webhooks.
    let (w, delivery) = (format!("/webhooks/{}", world.webhook_id), world.delivery_id);
    let hook = || Some(json!({ "url": "http://1.1.1.1/secret", "project": project }));
    let one_of = |path: &str| format!("/v1{w}{path}");
    add("GET /webhooks", format!("/webhooks?project={project}"), None, 404, ANNOTATOR, 200);
    add("GET /webhooks/info", own("/webhooks/info"), None, 200, None, 200);
    add("POST /webhooks", own("/webhooks"), hook(), 404, ANNOTATOR, 201);
    add("GET /webhooks/{id}", w.clone(), None, 404, ANNOTATOR, 200);
    add("PATCH /webhooks/{id}", w.clone(), Some(json!({})), 404, ANNOTATOR, 200);
    add("PUT /webhooks/{id}", w.clone(), hook(), 404, ANNOTATOR, 200);
    add("GET /v1/webhooks/{id}/deliveries", one_of("/deliveries"), None, 404, ANNOTATOR, 200);
    let message = one_of(&format!("/deliveries/{delivery}"));
    add("GET /v1/webhooks/{id}/deliveries/{delivery}", message.clone(), None, 404, ANNOTATOR, 200);
    let again = Some(json!({ "delivery": delivery }));
    add("POST /v1/webhooks/{id}/replay", one_of("/replay"), again, 404, ANNOTATOR, 200);
    let skip = format!("{message}/skip");
    add("POST /v1/webhooks/{id}/deliveries/{delivery}/skip", skip, None, 404, ANNOTATOR, 204);
    add("GET /v1/webhooks/{id}/key", one_of("/key"), None, 404, ANNOTATOR, 200);
    add("POST /v1/webhooks/{id}/key", one_of("/key"), None, 404, ANNOTATOR, 201);
    add("DELETE /webhooks/{id}", w.clone(), None, 404, ANNOTATOR, 204);
    // It is gone: a test would go out into the world.
    add("POST /v1/webhooks/{id}/test", one_of("/test"), None, 404, Some((Who::Annotator, 404)), 404);
    // Storages. They lie where the server does not go: past the permission that is what they are refused for.
    for (direction, prefix) in [("import", "/storages"), ("export", "/storages/export")] {
        let id = storage(world, direction).await;
        let body = || {
            let place = json!({ "bucket": "cats", "s3_endpoint": "http://127.0.0.1:9" });
            let mut body = place.as_object().unwrap().clone();
            body.insert("project".to_owned(), project.0.into());
            Some(Value::Object(body))
        };
        let line = |method: &str, rest: &str| -> &'static str { format!("{method} {prefix}{rest}").leak() };
        add(line("GET", "/types"), format!("{prefix}/types"), None, 200, None, 200);
        add(line("GET", ""), format!("{prefix}?project={project}"), None, 404, ANNOTATOR, 200);
        add(line("GET", "/{kind}"), format!("{prefix}/s3?project={project}"), None, 404, ANNOTATOR, 200);
        add(line("POST", "/{kind}"), format!("{prefix}/s3"), body(), 404, ANNOTATOR, 400);
        add(line("POST", "/{kind}/validate"), format!("{prefix}/s3/validate"), body(), 404, ANNOTATOR, 400);
        add(line("POST", "/{kind}/files"), format!("{prefix}/s3/files"), body(), 404, ANNOTATOR, 400);
        let one = format!("{prefix}/s3/{id}");
        add(line("GET", "/{kind}/{id}"), one.clone(), None, 404, ANNOTATOR, 200);
        add(line("PATCH", "/{kind}/{id}"), one.clone(), Some(json!({})), 404, ANNOTATOR, 400);
        add(line("POST", "/{kind}/{id}/sync"), format!("{one}/sync"), None, 404, ANNOTATOR, 200);
        add(line("DELETE", "/{kind}/{id}"), one, None, 404, ANNOTATOR, 204);
    }
    // Models. This one is where the server does not go: past the permission that is what they are refused for.
    let (m, model) =
        (format!("/ml/{}", model(world).await), || Some(json!({ "project": project, "url": "http://127.0.0.1:9" })));
    add("GET /ml", format!("/ml?project={project}"), None, 404, ANNOTATOR, 200);
    add("POST /ml", own("/ml"), model(), 404, ANNOTATOR, 400);
    add("GET /ml/{id}", m.clone(), None, 404, ANNOTATOR, 200);
    add("PATCH /ml/{id}", m.clone(), Some(json!({})), 404, ANNOTATOR, 400);
    add("PUT /ml/{id}", m.clone(), Some(json!({})), 404, ANNOTATOR, 400);
    add("POST /ml/{id}/train", format!("{m}/train"), None, 404, ANNOTATOR, 200);
    add("POST /ml/{id}/predict", format!("{m}/predict"), None, 404, ANNOTATOR, 200);
    add("POST /ml/{id}/predict/test", format!("{m}/predict/test?random=true"), None, 404, ANNOTATOR, 200);
    add("GET /ml/{id}/versions", format!("{m}/versions"), None, 404, ANNOTATOR, 400);
    let asked = Some(json!({ "task": third, "context": {} }));
    let annotating = format!("{m}/interactive-annotating");
    add("POST /ml/{id}/interactive-annotating", annotating, asked, 404, Some((Who::Annotator, 404)), 200);
    add("DELETE /ml/{id}", m, None, 404, ANNOTATOR, 204);
    // The Data Manager.
    add("GET /dm/views", format!("/dm/views?project={project}"), None, 404, ANNOTATOR, 200);
    let new = Some(json!({ "project": project, "data": { "title": OURS } }));
    add("POST /dm/views", own("/dm/views"), new, 404, ANNOTATOR, 201);
    let v = format!("/dm/views/{view}");
    add("GET /dm/views/{id}", v.clone(), None, 404, ANNOTATOR, 200);
    add("PATCH /dm/views/{id}", v.clone(), Some(json!({ "order": 3 })), 404, ANNOTATOR, 200);
    add("PUT /dm/views/{id}", v.clone(), Some(json!({ "data": {} })), 404, ANNOTATOR, 200);
    let order = Some(json!({ "project": project, "ids": [view] }));
    add("POST /dm/views/order", own("/dm/views/order"), order, 404, ANNOTATOR, 200);
    add("GET /dm/columns", format!("/dm/columns?project={project}"), None, 404, ANNOTATOR, 200);
    add("GET /dm/project", format!("/dm/project?project={project}"), None, 404, ANNOTATOR, 200);
    add("GET /dm/actions", format!("/dm/actions?project={project}"), None, 404, ANNOTATOR, 200);
    let form = format!("/dm/actions/delete_tasks_annotations/form?project={project}");
    add("GET /dm/actions/{action}/form", form, None, 404, ANNOTATOR, 200);
    let none = Some(json!({ "selectedItems": { "all": false, "included": [] } }));
    let act = format!("/dm/actions?id=delete_tasks&project={project}");
    add("POST /dm/actions", act, none, 404, ANNOTATOR, 200);
    let runs = format!("/v1/projects/{project}/actions");
    add("GET /v1/projects/{id}/actions", runs.clone(), None, 404, ANNOTATOR, 200);
    add("GET /v1/projects/{id}/actions/{run}", format!("{runs}/{run}"), None, 404, ANNOTATOR, 200);
    add("DELETE /dm/views/{id}", v, None, 404, ANNOTATOR, 204);
    add("DELETE /dm/views/reset", format!("/dm/views/reset?project={project}"), None, 404, ANNOTATOR, 204);
    // What the interface can do and Label Studio's does not know.
    let apis = format!("/v1/projects/{project}/client-apis");
    add("GET /v1/projects/{id}/client-apis", apis.clone(), None, 404, ANNOTATOR, 200);
    let new = json!({ "data_key": "spoken", "url": "https://1.1.1.1/speech", "payload": { "text": "$text" } });
    add("POST /v1/projects/{id}/client-apis", apis.clone(), Some(new), 404, ANNOTATOR, 201);
    let one_api = format!("{apis}/{client_api}");
    add("GET /v1/projects/{id}/client-apis/{api}", one_api.clone(), None, 404, ANNOTATOR, 200);
    let patch = Some(json!({ "group": "first" }));
    add("PATCH /v1/projects/{id}/client-apis/{api}", one_api.clone(), patch, 404, ANNOTATOR, 200);
    // Past the permission, a field that the task does not have.
    let test = format!("{one_api}/test");
    add("POST /v1/projects/{id}/client-apis/{api}/test", test, Some(json!({})), 404, ANNOTATOR, 400);
    let api_runs = format!("{apis}/runs");
    add("GET /v1/projects/{id}/client-apis/runs", api_runs.clone(), None, 404, ANNOTATOR, 200);
    let fill = Some(json!({ "fields": ["nothing"] }));
    add("POST /v1/projects/{id}/client-apis/runs", api_runs.clone(), fill, 404, ANNOTATOR, 409);
    let one_run = format!("{api_runs}/{fill_run}");
    add("GET /v1/projects/{id}/client-apis/runs/{run}", one_run.clone(), None, 404, ANNOTATOR, 200);
    let failures = format!("{one_run}/failures");
    add("GET /v1/projects/{id}/client-apis/runs/{run}/failures", failures, None, 404, ANNOTATOR, 200);
    let cancel = format!("{one_run}/cancel");
    add("POST /v1/projects/{id}/client-apis/runs/{run}/cancel", cancel, None, 404, ANNOTATOR, 200);
    add("DELETE /v1/projects/{id}/client-apis/{api}", one_api, None, 404, ANNOTATOR, 204);
    let v1 = format!("/v1/projects/{project}");
    add("GET /v1/projects/{id}/state", format!("{v1}/state"), None, 404, MEMBER, 200);
    let pause = Some(json!({ "move": "pause" }));
    add("POST /v1/projects/{id}/state", format!("{v1}/state"), pause, 404, ANNOTATOR, 200);
    add("GET /v1/projects/{id}/history", format!("{v1}/history"), None, 404, ANNOTATOR, 200);
    add("POST /v1/projects/{id}/restore", format!("{v1}/restore"), None, 404, ANNOTATOR, 204);
    add("PUT /v1/projects/{id}/pin", format!("{v1}/pin"), None, 404, MEMBER, 204);
    add("DELETE /v1/projects/{id}/pin", format!("{v1}/pin"), None, 404, MEMBER, 204);
    add("GET /v1/projects/{id}/jobs", format!("{v1}/jobs"), None, 404, ANNOTATOR, 200);
    let refused_rows = format!("{v1}/imports/{import}/failures");
    add("GET /v1/projects/{id}/imports/{import}/failures", refused_rows, None, 404, ANNOTATOR, 200);
    let cancel = format!("{v1}/imports/{}/cancel", world.waiting_import_id);
    add("POST /v1/projects/{id}/imports/{import}/cancel", cancel, None, 404, ANNOTATOR, 204);
    add("GET /v1/projects/{id}/members", format!("{v1}/members"), None, 404, ANNOTATOR, 200);
    let place = format!("{v1}/members/{colleague}");
    let reviewer = Some(json!({ "role": "reviewer" }));
    add("PUT /v1/projects/{id}/members/{user}", place.clone(), reviewer, 404, ANNOTATOR, 200);
    add("DELETE /v1/projects/{id}/members/{user}", place, None, 404, ANNOTATOR, 204);
    let not_manager = Some((Who::Member, 403));
    add("GET /v1/members", own("/v1/members"), None, 200, None, 200);
    let person = format!("/v1/members/{colleague}");
    let role = Some(json!({ "role": "admin" }));
    add("PATCH /v1/members/{user}", person.clone(), role, 404, not_manager, 200);
    add("GET /v1/invites", own("/v1/invites"), None, 200, None, 200);
    add("POST /v1/invites", own("/v1/invites"), Some(json!({})), 201, not_manager, 201);
    let invite = format!("/v1/invites/{}", world.invite_id);
    add("DELETE /v1/invites/{id}", invite, None, 404, not_manager, 204);
    add("GET /v1/workspaces", own("/v1/workspaces"), None, 200, None, 200);
    let new = Some(json!({ "title": "New" }));
    add("POST /v1/workspaces", own("/v1/workspaces"), new, 201, not_manager, 201);
    let folder = format!("/v1/workspaces/{}", world.workspace_id);
    add("GET /v1/workspaces/{id}", folder.clone(), None, 404, None, 200);
    let color = Some(json!({ "color": "teal" }));
    add("PATCH /v1/workspaces/{id}", folder.clone(), color, 404, not_manager, 200);
    add("DELETE /v1/workspaces/{id}", folder, None, 404, not_manager, 204);
    let said = format!("/v1/tasks/{first}/comments");
    add("GET /v1/tasks/{id}/comments", said.clone(), None, 404, MEMBER, 200);
    let words = Some(json!({ "text": "Hm?" }));
    add("POST /v1/tasks/{id}/comments", said.clone(), words, 404, MEMBER, 201);
    let one_comment = format!("{said}/{comment}");
    let words = Some(json!({ "text": "Well." }));
    add("PATCH /v1/tasks/{id}/comments/{comment}", one_comment.clone(), words, 404, MEMBER, 200);
    add("DELETE /v1/tasks/{id}/comments/{comment}", one_comment, None, 404, MEMBER, 204);
    add("POST /v1/tasks/{id}/heartbeat", format!("/v1/tasks/{first}/heartbeat"), None, 404, MEMBER, 200);
    add("GET /v1/templates", own("/v1/templates"), None, 200, None, 200);
    let template = format!("/v1/templates/{}", domain::template::TEMPLATES[0].id);
    add("GET /v1/templates/{name}", template, None, 200, None, 200);
    add("GET /v1/audit-events", own("/v1/audit-events"), None, 200, not_manager, 200);
    add("GET /v1/sessions", own("/v1/sessions"), None, 200, None, 200);
    let session = format!("/v1/sessions/{}", world.other_session);
    add("DELETE /v1/sessions/{id}", session, None, 404, MEMBER, 204);
    add("DELETE /v1/sessions", own("/v1/sessions"), None, 200, None, 200);
    // What takes away comes last.
    add("DELETE /import/file-upload/{id}", file, None, 404, ANNOTATOR, 204);
    add("DELETE /predictions/{id}", x, None, 404, ANNOTATOR, 204);
    let none = Some(json!({ "ids": [] }));
    add("POST /annotations/bulk-delete", own("/annotations/bulk-delete"), none, 200, None, 200);
    let back = format!("/annotations/{other}/convert-to-draft");
    add("POST /annotations/{id}/convert-to-draft", back, None, 404, ANNOTATOR, 201);
    add("DELETE /annotations/{id}", a, None, 404, ANNOTATOR, 204);
    add("DELETE /projects/{id}/exports/{export}", e, None, 404, ANNOTATOR, 204);
    let one = format!("{members}/{colleague}");
    add("DELETE /organizations/{id}/memberships/{user}", one, None, 404, Some((Who::Member, 403)), 204);
    let back = format!("/v1/members/{colleague}/restore");
    add("POST /v1/members/{user}/restore", back, None, 404, Some((Who::Member, 403)), 200);
    add("DELETE /v1/members/{user}", person, None, 404, Some((Who::Member, 403)), 204);
    add("DELETE /tasks/{id}", t, None, 404, ANNOTATOR, 204);
    add("DELETE /projects/{id}/tasks", format!("{p}/tasks"), None, 404, ANNOTATOR, 204);
    add("DELETE /projects/{id}", p, None, 404, ANNOTATOR, 204);
    all
}

/// A storage that was there before the server stopped going where it lies.
async fn storage(world: &World, direction: &str) -> i64 {
    sqlx::query_scalar(
        "insert into cloud_storage (project_id, kind, direction, title, place, bucket, prefix, recursive, use_blob_urls,
            presign, presign_ttl_minutes, can_delete_objects, created_at, updated_at)
        values ($1, 's3', $2, 'Secret cats', $3, 'cats', '', true, true, true, 1, false, now(), now())
        returning cloud_storage_id",
    )
    .bind(world.project_id.0)
    .bind(direction)
    .bind(json!({ "kind": "s3", "bucket": "cats", "region": "", "endpoint": "http://127.0.0.1:9" }))
    .fetch_one(world.app.db.pool())
    .await
    .unwrap()
}

/// A model that was there before the server stopped going where it is.
async fn model(world: &World) -> i64 {
    sqlx::query_scalar(
        "insert into ml_backend (project_id, title, url, timeout_seconds, is_interactive, created_at, updated_at)
        values ($1, 'Secret cats', 'http://127.0.0.1:9', 1, false, now(), now()) returning ml_backend_id",
    )
    .bind(world.project_id.0)
    .fetch_one(world.app.db.pool())
    .await
    .unwrap()
}

async fn ask(world: &World, who: Who, method: &Method, address: &str, body: Option<&Value>) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api{address}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header("sec-fetch-site", "same-origin");
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    world.browser(who).send(request.body(body).unwrap()).await
}

#[tokio::test]
async fn every_operation_turns_away_whom_it_should() {
    let world = World::new().await;
    let mut wrong = Vec::new();
    for operation in operations(&world).await {
        let Operation { method, address, body, rival, lacking, right, .. } = &operation;
        let expected = [(Who::Stranger, 401), (Who::Expired, 401), (Who::Rival, *rival)];
        for (who, status) in expected.into_iter().chain(*lacking).chain([*right]) {
            let answer = ask(&world, who, method, address, body.as_ref()).await;
            let text = answer.text();
            if answer.status.as_u16() != status {
                wrong.push(format!(
                    "{method} {address} asked by {who:?}: expected {status}, was {}: {text}",
                    answer.status
                ));
            } else if !answer.status.is_success() {
                answer.problem();
            }
            if matches!(who, Who::Stranger | Who::Expired | Who::Rival) && text.contains(OURS) {
                wrong.push(format!("{method} {address} tells {who:?} something of ours: {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_operation_is_in_the_table() {
    let world = World::new().await;
    let document: Value = world.browser(Who::Stranger).get("/api/openapi.json").await.json();
    let mut written = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            written.insert(format!("{} {path}", method.to_uppercase()), ());
        }
    }
    let open = OPEN.iter().map(|(line, reason)| {
        assert!(!reason.is_empty());
        (*line).to_owned()
    });
    let known =
        operations(&world).await.into_iter().map(|operation| format!("{} {}", operation.method, operation.pattern));
    let known: BTreeMap<String, ()> = known.chain(open).map(|line| (line, ())).collect();
    let missing: Vec<_> = written.keys().filter(|line| !known.contains_key(*line)).collect();
    let gone: Vec<_> = known.keys().filter(|line| !written.contains_key(*line)).collect();
    assert!(missing.is_empty() && gone.is_empty(), "who may do these? {missing:?}; these are no more: {gone:?}");
}
