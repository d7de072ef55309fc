//! What is told to whom.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    annotation::Submission,
    data_manager::Order,
    format::{ExportFormat, ExportOptions},
    label::NewLabel,
    project::{NewProject, ProjectPatch},
    webhook::{Action, Scope, WebhookForm},
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use service::{
    annotation,
    data_manager::{self, Asked},
    export, import, label, project, task, webhook,
};
use sha2::Sha256;

use super::{Manner, Receiver, Studio, form, header, kind_receiver, only};

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[tokio::test]
async fn what_happens_is_told_in_full_in_order_and_signed() {
    let studio = Studio::new().await;
    let receiver = kind_receiver().await;
    let headers = vec![header("Authorization", "Bearer hunter2")];
    let hook = studio.add(studio.project(), WebhookForm { headers, ..form(&receiver.url()) }).await.unwrap();
    let key = webhook::signing_key(&studio.cx, studio.owner(), hook.webhook_id).await.unwrap();
    let submitted = studio.submit().await;
    let patch = ProjectPatch { title: Some("Dogs".into()), ..ProjectPatch::default() };
    project::update(&studio.cx, studio.owner(), studio.work.project_id, patch).await.unwrap();
    let task_id = studio.work.next(&studio.annotator).await.task.unwrap().task_id;
    annotation::skip(&studio.cx, &studio.annotator, studio.work.submission(task_id)).await.unwrap();
    assert!(receiver.heard().is_empty(), "nothing goes out with a change");
    studio.deliver().await;

    let heard = receiver.heard();
    let actions: Vec<String> = heard.iter().map(super::receiver::Heard::action).collect();
    assert_eq!(actions, ["ANNOTATION_CREATED", "PROJECT_UPDATED", "ANNOTATION_CREATED"]);
    let body = heard[0].body();
    assert_eq!(body["annotation"]["id"], submitted.annotation_id.0);
    assert_eq!(body["annotation"]["result"], serde_json::to_value(crate::annotate::work()).unwrap());
    assert_eq!(body["annotation"]["lead_time"], json!(1.2));
    assert_eq!(body["annotation"]["was_cancelled"], false);
    assert_eq!(body["annotation"]["created_at"], "2026-09-21T14:13:20.000000Z");
    assert_eq!(body["task"]["id"], body["annotation"]["task"]);
    assert_eq!(body["task"]["data"], json!({"image": 1}));
    assert_eq!(body["task"]["is_labeled"], true);
    assert_eq!(body["project"]["id"], studio.work.project_id.0);
    assert_eq!(body["project"]["title"], "Cats", "as it was then");
    assert_eq!(heard[1].body()["project"]["title"], "Dogs");
    assert_eq!(heard[1].body()["project"]["total_annotations_number"], 1);
    assert_eq!(heard[2].body()["annotation"]["was_cancelled"], true);

    let first = &heard[0];
    assert_eq!(first.header("authorization"), "Bearer hunter2");
    assert_eq!(first.header("content-type"), "application/json");
    assert_eq!(first.header("user-agent"), "Synapse");
    let (id, timestamp) = (first.header("webhook-id"), first.header("webhook-timestamp"));
    assert!(id.starts_with("msg_") && timestamp == first.header("x-timestamp"));
    let secret = STANDARD.decode(key.strip_prefix("whsec_").unwrap()).unwrap();
    let expected = mac(&secret, &format!("{id}.{timestamp}.{}", first.text));
    assert_eq!(first.header("webhook-signature"), format!("v1,{}", STANDARD.encode(expected)));
    let simple = mac(key.as_bytes(), &first.text);
    let hex: String = simple.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(first.header("x-signature"), hex);
    let ids: std::collections::HashSet<&str> = heard.iter().map(|one| one.header("webhook-id")).collect();
    assert_eq!(ids.len(), 3);

    studio.deliver().await;
    assert!(receiver.heard().is_empty(), "once is enough");
}

#[tokio::test]
async fn a_webhook_hears_what_it_asked_for_and_nothing_of_others() {
    let studio = Studio::new().await;
    let (all, some, brief, everywhere, elsewhere) = (
        kind_receiver().await,
        kind_receiver().await,
        kind_receiver().await,
        kind_receiver().await,
        kind_receiver().await,
    );
    studio.listen(&all).await;
    studio.add(studio.project(), only(&some.url(), &[Action::ProjectUpdated])).await.unwrap();
    let ids_alone = WebhookForm { send_payload: false, ..only(&brief.url(), &[Action::AnnotationCreated]) };
    studio.add(studio.project(), ids_alone).await.unwrap();
    studio.add(Scope::Organization, form(&everywhere.url())).await.unwrap();
    let (_, rival) = studio.work.db.org("rival").await;
    webhook::add(&studio.cx, &rival, Scope::Organization, form(&elsewhere.url())).await.unwrap();
    let off = WebhookForm { is_active: false, ..form(&elsewhere.url()) };
    studio.add(studio.project(), off).await.unwrap();

    let submitted = studio.submit().await;
    let config = "<View><Text name='t' value='$t'/></View>".to_owned();
    let new = NewProject { title: "Other".into(), label_config: config, ..NewProject::default() };
    let other = project::create(&studio.cx, studio.owner(), new).await.unwrap();
    project::delete(&studio.cx, studio.owner(), other).await.unwrap();
    project::restore(&studio.cx, studio.owner(), other).await.unwrap();
    studio.deliver().await;

    assert_eq!(all.actions(), ["ANNOTATION_CREATED"]);
    assert_eq!(some.actions(), Vec::<String>::new());
    assert_eq!(everywhere.actions(), ["ANNOTATION_CREATED", "PROJECT_CREATED", "PROJECT_DELETED", "PROJECT_UPDATED"]);
    assert_eq!(elsewhere.actions(), Vec::<String>::new());
    let told: Vec<Value> = brief.heard().iter().map(super::receiver::Heard::body).collect();
    let task: i64 = studio.work.number("select min(task_id) from task where project_id = $1").await;
    assert_eq!(
        told,
        [json!({"action": "ANNOTATION_CREATED", "project_id": studio.work.project_id,
            "annotation_id": submitted.annotation_id, "task_id": task})]
    );

    // Changed by its author: told as a change.
    let again = Submission { annotation_id: Some(submitted.annotation_id), ..studio.work.submission(task.into()) };
    annotation::submit(&studio.cx, &studio.annotator, again).await.unwrap();
    studio.deliver().await;
    assert_eq!(all.actions(), ["ANNOTATION_UPDATED"]);
}

#[tokio::test]
async fn imports_and_exports_are_told_in_chunks() {
    let studio = Studio::new().await;
    let (all, singly) = (kind_receiver().await, kind_receiver().await);
    studio.listen(&all).await;
    let one_by_one = WebhookForm { send_payload: false, ..only(&singly.url(), &[Action::TaskCreated]) };
    studio.add(studio.project(), one_by_one).await.unwrap();
    let mut rows: Vec<Value> = (0..1_200).map(|n| json!({"data": {"image": n}})).collect();
    let result = json!([{"from_name": "mood", "to_name": "img", "type": "choices", "value": {"choices": ["Good"]}}]);
    rows[7] = json!({"data": {"image": 7}, "annotations": [{"result": result}], "predictions": [{"result": result}]});
    let text = import::Source::Text(Value::from(rows).to_string());
    let import_id = import::start(&studio.cx, studio.owner(), studio.work.project_id, text).await.unwrap();
    studio.deliver().await;
    // What the import has told goes out with the next look.
    studio.deliver().await;
    let heard: Vec<Value> = all.heard().iter().map(super::receiver::Heard::body).collect();
    let of = |action: &str| heard.iter().filter(|body| body["action"] == action).collect::<Vec<_>>();
    let chunks: Vec<&Vec<Value>> = of("TASKS_CREATED").iter().map(|body| body["tasks"].as_array().unwrap()).collect();
    assert!(chunks.len() > 1 && chunks.iter().all(|tasks| tasks.len() <= 1_000));
    let images: Vec<i64> =
        chunks.iter().flat_map(|tasks| *tasks).map(|task| task["data"]["image"].as_i64().unwrap()).collect();
    assert_eq!(images, (0..1_200).collect::<Vec<_>>(), "each once and in order");
    let annotations = of("ANNOTATIONS_CREATED");
    assert_eq!(annotations.len(), 1);
    assert_eq!(annotations[0]["annotation"][0]["result"], result);
    assert_eq!(annotations[0]["task"][0]["data"]["image"], 7);
    assert_eq!(of("PREDICTIONS_CREATED")[0]["predictions"][0]["result"], result);
    let done = heard.last().unwrap();
    assert_eq!(done["action"], "IMPORT_COMPLETED");
    assert_eq!(done["import"]["id"], import_id.0);
    assert_eq!(done["import"]["task_count"], 1_200);

    let told = singly.heard();
    assert_eq!(told.len(), 1_200);
    assert!(told.iter().all(|one| one.action() == "TASK_CREATED" && one.body()["task_id"].is_i64()));

    let options = ExportOptions::default();
    export::start(&studio.cx, studio.owner(), studio.work.project_id, ExportFormat::Json, options).await.unwrap();
    studio.deliver().await;
    studio.deliver().await;
    let heard = all.heard();
    assert_eq!(heard[0].action(), "EXPORT_COMPLETED");
    assert_eq!(heard[0].body()["export"]["format"], "JSON");
    let empty = Receiver::new(Manner::status("404 Not Found")).await;
    let nothing = import::Source::Url(empty.url());
    import::start(&studio.cx, studio.owner(), studio.work.project_id, nothing).await.unwrap();
    studio.deliver().await;
    studio.deliver().await;
    assert_eq!(all.actions(), ["IMPORT_FAILED"]);
}

#[tokio::test]
async fn what_is_deleted_is_named() {
    let studio = Studio::new().await;
    let (all, singly) = (kind_receiver().await, kind_receiver().await);
    studio.listen(&all).await;
    let one_by_one = only(&singly.url(), &[Action::TaskDeleted, Action::AnnotationDeleted]);
    studio.add(studio.project(), WebhookForm { send_payload: false, ..one_by_one }).await.unwrap();
    let (first, second) = (studio.submit().await, studio.submit().await);
    studio.deliver().await;
    all.heard();
    // Work by itself, then a task with its work, which goes along and is told with it.
    annotation::change::delete(&studio.cx, studio.owner(), first.annotation_id).await.unwrap();
    let task_id: i64 = sqlx::query_scalar("select task_id from annotation where annotation_id = $1")
        .bind(second.annotation_id.0)
        .fetch_one(studio.work.db.pool())
        .await
        .unwrap();
    task::change::delete(&studio.cx, studio.owner(), task_id.into()).await.unwrap();
    studio.deliver().await;
    let heard: Vec<Value> = all.heard().iter().map(super::receiver::Heard::body).collect();
    assert_eq!(heard.len(), 2, "{heard:?}");
    assert_eq!(heard[0]["action"], "ANNOTATIONS_DELETED");
    assert_eq!(heard[0]["annotations"], json!([{ "id": first.annotation_id }]));
    assert_eq!(heard[1]["action"], "TASKS_DELETED");
    assert_eq!(heard[1]["tasks"], json!([{ "id": task_id }]));
    assert_eq!(heard[1]["project"]["id"], studio.work.project_id.0);
    let told: Vec<Value> = singly.heard().iter().map(super::receiver::Heard::body).collect();
    let project_id = studio.work.project_id;
    assert_eq!(
        told,
        [
            json!({ "action": "ANNOTATION_DELETED", "project_id": project_id, "annotation_id": first.annotation_id }),
            json!({ "action": "TASK_DELETED", "project_id": project_id, "task_id": task_id }),
        ]
    );
    // What was told tells of changes too: the task as it is afterwards.
    let patch = task::change::TaskPatch {
        data: Some(json!({ "image": "new" }).as_object().unwrap().clone()),
        ..task::change::TaskPatch::default()
    };
    let other: i64 = studio.work.number("select min(task_id) from task where project_id = $1").await;
    task::change::update(&studio.cx, studio.owner(), other.into(), patch).await.unwrap();
    studio.deliver().await;
    let heard: Vec<Value> = all.heard().iter().map(super::receiver::Heard::body).collect();
    assert_eq!((&heard[0]["action"], &heard[0]["task"]["data"]), (&json!("TASK_UPDATED"), &json!({ "image": "new" })));
    // A field that is set for many tells of each of them.
    let asked = Asked { project_id: Some(project_id), ..Asked::default() };
    let order = Order::SetField { name: "place".into(), value: json!("Oslo") };
    data_manager::act(&studio.cx, studio.owner(), asked, order).await.unwrap();
    studio.deliver().await;
    let heard: Vec<Value> = all.heard().iter().map(super::receiver::Heard::body).collect();
    assert_eq!(
        heard.len(),
        usize::try_from(studio.work.number("select count(*) from task where project_id = $1").await).unwrap()
    );
    assert!(heard.iter().all(|told| told["action"] == "TASK_UPDATED" && told["task"]["data"]["place"] == "Oslo"));
}

#[tokio::test]
async fn what_did_not_happen_is_not_told() {
    let studio = Studio::new().await;
    let receiver = kind_receiver().await;
    let hook = studio.listen(&receiver).await;
    let task_id = studio.work.next(&studio.annotator).await.task.unwrap().task_id;
    let empty = Submission { result: Vec::new(), ..studio.work.submission(task_id) };
    annotation::submit(&studio.cx, &studio.annotator, empty).await.unwrap_err();
    let submission = studio.work.submission(task_id);
    for _ in 0..2 {
        annotation::submit(&studio.cx, &studio.annotator, submission.clone()).await.unwrap();
    }
    studio.deliver().await;
    assert_eq!(receiver.actions(), ["ANNOTATION_CREATED"], "sent twice is handed in once");
    assert_eq!(studio.log(hook).await.len(), 1);
}

#[tokio::test]
async fn where_nobody_listens_nothing_is_written() {
    let studio = Studio::new().await;
    let receiver = kind_receiver().await;
    studio.add(studio.project(), only(&receiver.url(), &[Action::TasksDeleted])).await.unwrap();
    studio.submit().await;
    let events: i64 =
        sqlx::query_scalar("select count(*) from webhook_event").fetch_one(studio.work.db.pool()).await.unwrap();
    assert_eq!(events, 0);
}

#[tokio::test]
async fn where_labels_of_the_library_are_used_is_told() {
    let studio = Studio::new().await;
    let hearing = kind_receiver().await;
    studio.listen(&hearing).await;
    let (cx, owner, project_id) = (&studio.cx, studio.owner(), studio.work.project_id);
    let (from_name, value) = ("mood".to_owned(), vec!["Good".to_owned()]);
    let new = NewLabel { project_id, from_name, value, title: "Fine".into(), description: None };
    let label_id = label::create(cx, owner, vec![new]).await.unwrap()[0];
    let (link_id, _) = label::get(cx, owner, label_id).await.unwrap().links[0];
    label::update_link(cx, owner, link_id, "tone").await.unwrap();
    label::remove_link(cx, owner, link_id).await.unwrap();
    studio.deliver().await;
    let heard: Vec<Value> = hearing.heard().iter().map(super::receiver::Heard::body).collect();
    let told: Vec<(&Value, &Value)> =
        heard.iter().map(|body| (&body["action"], &body["label_link"]["from_name"])).collect();
    assert_eq!(
        told,
        [
            (&json!("LABEL_LINK_CREATED"), &json!("mood")),
            (&json!("LABEL_LINK_UPDATED"), &json!("tone")),
            (&json!("LABEL_LINK_DELETED"), &Value::Null),
        ]
    );
    assert_eq!(heard[0]["label_link"]["label"]["title"], "Fine");
    assert_eq!(heard[2]["label_link"]["id"], link_id.0);
}
