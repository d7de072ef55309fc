//! Client APIs over real sockets: who sets them up, what is asked and kept, and everything a service can do wrong.

use chrono::TimeDelta;
use domain::{
    Kind,
    access::OrgRole,
    client_api::{ClientApi, ClientApiForm, FillFailure, FillOrder, FillRun, Method, Taking},
    id::{ProjectId, TaskId},
    import::RunStatus,
    page::Limit,
    webhook::{Header, MASK},
};
use serde_json::{Value, json};
use service::{Actor, Cx, client_api, import, job, job::Job, project, testing::TestDb};

use crate::{
    annotate::Work,
    code, refused,
    webhook::{
        reaching,
        receiver::{Manner, Receiver},
    },
};

/// A project with texts, whose server may reach this machine.
struct Studio {
    work: Work,
    cx: Cx,
}

impl Studio {
    async fn new(tasks: i64) -> Self {
        let work = Work::new(tasks, 1).await;
        sqlx::query("update task set data = jsonb_build_object('text', 'Text ' || inner_id, 'n', inner_id)")
            .execute(work.db.pool())
            .await
            .unwrap();
        let cx = reaching(&work, &["127.0.0.0/8"]);
        Self { work, cx }
    }

    fn owner(&self) -> &Actor {
        &self.work.owner
    }

    fn project(&self) -> ProjectId {
        self.work.project_id
    }

    async fn add(&self, form: ClientApiForm) -> ClientApi {
        client_api::add(&self.cx, self.owner(), self.project(), form).await.unwrap()
    }

    async fn begin(&self, order: FillOrder) -> service::Result<FillRun> {
        client_api::fill(&self.cx, self.owner(), self.project(), order).await
    }

    /// A run to its end.
    async fn fill(&self, order: FillOrder) -> FillRun {
        let run = self.begin(order).await.unwrap();
        job::runner::run_waiting(&self.cx).await.unwrap();
        client_api::run(&self.cx, self.owner(), self.project(), run.run_id).await.unwrap()
    }

    async fn failures(&self, run: &FillRun) -> Vec<FillFailure> {
        let limit = Limit::default();
        client_api::failures(&self.cx, self.owner(), self.project(), run.run_id, None, limit).await.unwrap().items
    }

    async fn api(&self, api: &ClientApi) -> ClientApi {
        client_api::get(&self.cx, self.owner(), self.project(), api.client_api_id).await.unwrap()
    }

    /// The data of the tasks, in order.
    async fn data(&self) -> Vec<Value> {
        sqlx::query_scalar("select data from task where project_id = $1 order by task_id")
            .bind(self.project().0)
            .fetch_all(self.work.db.pool())
            .await
            .unwrap()
    }

    async fn tasks(&self) -> Vec<TaskId> {
        let ids: Vec<i64> = sqlx::query_scalar("select task_id from task where project_id = $1 order by task_id")
            .bind(self.project().0)
            .fetch_all(self.work.db.pool())
            .await
            .unwrap();
        ids.into_iter().map(TaskId).collect()
    }
}

/// A translation of the text.
fn translation(service: &Receiver) -> ClientApiForm {
    ClientApiForm {
        data_key: "translation".into(),
        url: service.url(),
        payload: r#"{"text": ["$text"], "to": "ES", "id": "$n"}"#.into(),
        taking: Taking::Json { path: "translations[0].text".into() },
        headers: vec![Header { name: "X-Key".into(), value: Some("secret-key".into()) }],
        cost_per_call: "0.015".parse().unwrap(),
        timeout_s: 2,
        ..ClientApiForm::default()
    }
}

fn hola() -> Manner {
    Manner::says(r#"{"translations": [{"text": "Hola"}]}"#)
}

#[tokio::test]
async fn fields_are_filled_from_answers() {
    let studio = Studio::new(3).await;
    let service = Receiver::new(hola()).await;
    let api = studio.add(translation(&service)).await;
    let run = studio.fill(FillOrder::default()).await;
    assert_eq!((run.status, run.total, run.done), (RunStatus::Completed, 3, 3));
    assert_eq!((run.filled, run.kept, run.failed, run.error.as_deref()), (3, 0, 0, None));
    for (number, data) in (1..).zip(studio.data().await) {
        assert_eq!(data, json!({ "text": format!("Text {number}"), "n": number, "translation": "Hola" }));
    }
    let mut heard = service.heard();
    heard.sort_by_key(|message| message.body()["id"].as_i64());
    assert_eq!(heard.len(), 3);
    assert_eq!(heard[0].body(), json!({ "text": ["Text 1"], "to": "ES", "id": 1 }));
    assert_eq!(heard[0].header("x-key"), "secret-key");
    assert_eq!(heard[0].header("content-type"), "application/json");
    let api = studio.api(&api).await;
    assert_eq!((api.calls, api.failures, api.calls_today, api.cost.to_string()), (3, 0, 3, "0.045".to_owned()));
    // The fields of the project know of the new one.
    let columns: Value = sqlx::query_scalar("select all_data_columns from project_summary where project_id = $1")
        .bind(studio.project().0)
        .fetch_one(studio.work.db.pool())
        .await
        .unwrap();
    assert!(columns.to_string().contains("translation"), "{columns}");
    // What is there stays, unless replacing is asked for.
    let again = studio.fill(FillOrder::default()).await;
    assert_eq!((again.filled, again.kept), (0, 3));
    assert!(service.heard().is_empty(), "nobody was asked");
    service.becomes(Manner::says(r#"{"translations": [{"text": "Buenas"}]}"#));
    let first = studio.tasks().await[0];
    let over = studio.fill(FillOrder { tasks: vec![first], overwrite: true, ..FillOrder::default() }).await;
    assert_eq!((over.total, over.filled), (1, 1));
    let data = studio.data().await;
    assert_eq!((&data[0]["translation"], &data[1]["translation"]), (&json!("Buenas"), &json!("Hola")));
}

#[tokio::test]
async fn the_next_group_stands_in_for_the_first() {
    let studio = Studio::new(2).await;
    let broken = Receiver::new(Manner::status("400 Bad Request")).await;
    let good = Receiver::new(hola()).await;
    let first = studio.add(ClientApiForm { group: "first".into(), ..translation(&broken) }).await;
    let second = studio.add(ClientApiForm { group: "second".into(), ..translation(&good) }).await;
    assert_eq!((first.position, second.position), (1, 2));
    let run = studio.fill(FillOrder::default()).await;
    assert_eq!((run.filled, run.failed), (2, 0));
    assert_eq!((broken.heard().len(), good.heard().len()), (2, 2), "what is refused is not asked again");
    let first = studio.api(&first).await;
    // What is not answered costs nothing.
    assert_eq!((first.calls, first.failures, first.cost.to_string()), (2, 2, "0".to_owned()));
    assert_eq!(first.trouble.as_deref(), Some("The service answered 400 Bad Request."));
    // The other way round, the first is enough.
    let apis = client_api::put_at(&studio.cx, studio.owner(), studio.project(), second.client_api_id, 1).await.unwrap();
    assert_eq!(apis.iter().map(|api| &*api.group).collect::<Vec<_>>(), ["second", "first"]);
    studio.fill(FillOrder { overwrite: true, ..FillOrder::default() }).await;
    assert_eq!((broken.heard().len(), good.heard().len()), (0, 2));
    // Twice the same group is refused.
    let twice = ClientApiForm { group: "first".into(), ..translation(&good) };
    assert_eq!(
        code(client_api::add(&studio.cx, studio.owner(), studio.project(), twice).await),
        "client_api_group_taken"
    );
}

#[tokio::test]
async fn a_service_that_is_busy_is_asked_again() {
    let studio = Studio::new(1).await;
    let busy = Manner::status("429 Too Many Requests");
    let down = Manner::Says("503 Service Unavailable", "retry-after: 0\r\n".into(), String::new());
    let service = Receiver::new(busy.then(down.then(hola()))).await;
    let api = studio.add(translation(&service)).await;
    let run = studio.fill(FillOrder::default()).await;
    assert_eq!((run.filled, run.failed), (1, 0));
    assert_eq!(service.heard().len(), 3);
    let api = studio.api(&api).await;
    assert_eq!((api.calls, api.failures, api.cost.to_string()), (3, 2, "0.015".to_owned()));
    assert_eq!(api.trouble, None);
}

#[tokio::test]
async fn whatever_a_service_does_is_told() {
    let studio = Studio::new(1).await;
    let service = Receiver::new(Manner::ok()).await;
    let away = format!("location: {}\r\n", service.url());
    let api = studio.add(ClientApiForm { timeout_s: 1, ..translation(&service) }).await;
    let file = studio.add(ClientApiForm {
        data_key: "audio".into(),
        taking: Taking::File,
        timeout_s: 1,
        ..translation(&service)
    });
    let file = file.await;
    // Whatever may pass is given up at once: a service that wants us to wait for a day.
    let later = |status| Manner::Says(status, "retry-after: 86400\r\n".into(), String::new());
    for (manner, asked, sentence) in [
        (Manner::Says("302 Found", away, String::new()), &api, "Redirects are not followed"),
        (later("429 Too Many Requests"), &api, "answered 429"),
        (later("500 Internal Server Error"), &api, "answered 500"),
        (Manner::ok(), &api, "The answer is empty."),
        (Manner::says("<html>no</html>"), &api, "The answer is not JSON"),
        (Manner::says("{}"), &api, "there is no “translations”"),
        (Manner::says(r#"{"translations": [{"text": ""}]}"#), &api, "is empty"),
        (Manner::says("\u{0}"), &api, "not JSON"),
        (Manner::says(r#"{"translations": [{"text": "a\u0000b"}]}"#), &api, "NUL"),
        (Manner::Boasts, &api, "larger than 8 MB"),
        (Manner::Floods, &api, "larger than 8 MB"),
        (Manner::Boasts, &file, "larger than 64 MB"),
        (Manner::says("<html>no</html>"), &file, "no picture, sound, film or PDF"),
        (Manner::says(r#"[{"text": "tasks"}]"#), &file, "no picture, sound, film or PDF"),
        (Manner::Gives("image/png", b"\x89PNG\r\n\x1a\nand no more".to_vec()), &file, "image"),
    ] {
        service.becomes(manner.clone());
        let order = FillOrder { fields: vec![asked.data_key.clone()], ..FillOrder::default() };
        let run = studio.fill(order).await;
        assert_eq!((run.status, run.filled, run.failed), (RunStatus::Completed, 0, 1), "{manner:?}");
        let failures = studio.failures(&run).await;
        assert!(failures[0].reason.contains(sentence), "{manner:?}: {}", failures[0].reason);
    }
    // One that never answers is asked thrice.
    for manner in [Manner::Hangs, Manner::Dawdles] {
        service.heard();
        service.becomes(manner);
        let run = studio.fill(FillOrder { fields: vec!["translation".into()], ..FillOrder::default() }).await;
        assert_eq!(studio.failures(&run).await[0].reason, "group1: The service did not answer within 1 seconds.");
        assert_eq!(service.heard().len(), 3);
    }
    assert_eq!(studio.data().await[0], json!({ "text": "Text 1", "n": 1 }), "nothing was written");
}

#[tokio::test]
async fn files_are_kept_and_their_address_is_the_value() {
    let studio = Studio::new(2).await;
    let sound = include_bytes!("../../../../public/demo/melody.wav").to_vec();
    let service = Receiver::new(Manner::Gives("audio/wav", sound)).await;
    let speech = ClientApiForm {
        data_key: "audio".into(),
        payload: r#"{"say": "$text"}"#.into(),
        taking: Taking::File,
        ..translation(&service)
    };
    studio.add(speech).await;
    let picture = Receiver::new(Manner::says(json!({ "image": base64(include_bytes!("pixel.png")) }).to_string()));
    let picture = picture.await;
    let encoded = Taking::Encoded { path: "image".into() };
    studio.add(ClientApiForm { data_key: "image".into(), taking: encoded, ..translation(&picture) }).await;
    let run = studio.fill(FillOrder::default()).await;
    assert_eq!((run.filled, run.failed), (4, 0), "{:?}", studio.failures(&run).await);
    for data in studio.data().await {
        let audio = data["audio"].as_str().unwrap();
        assert!(audio.starts_with("/files/") && audio.ends_with(".wav"), "{audio}");
        let file = service::storage::file_of(audio).unwrap();
        let file = service::storage::open(&studio.cx, studio.owner(), file).await.unwrap();
        assert_eq!(file.content_type, "audio/wav");
        assert!(data["image"].as_str().unwrap().ends_with(".png"));
    }
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            text.push(char::from(LETTERS[(bits >> (18 - 6 * place) & 63) as usize]));
        }
    }
    text
}

#[tokio::test]
async fn with_get_the_question_stands_in_the_address() {
    let studio = Studio::new(1).await;
    let service = Receiver::new(Manner::says("Hallo")).await;
    let get = ClientApiForm {
        method: Method::Get,
        payload: r#"{"q": "$text", "n": "$n"}"#.into(),
        taking: Taking::Text,
        ..translation(&service)
    };
    studio.add(get).await;
    studio.fill(FillOrder::default()).await;
    assert_eq!(studio.data().await[0]["translation"], "Hallo");
    let heard = service.heard();
    assert_eq!(heard[0].line, "GET /hook?from=synapse&q=Text+1&n=1");
    assert_eq!(heard[0].text, "");
}

#[tokio::test]
async fn limits_are_never_passed() {
    let studio = Studio::new(10).await;
    let service = Receiver::new(hola()).await;
    let limited = ClientApiForm { calls_per_day: Some(4), ..translation(&service) };
    let api = studio.add(limited.clone()).await;
    let run = studio.fill(FillOrder::default()).await;
    assert_eq!((run.status, run.filled), (RunStatus::Failed, 4));
    assert!(run.error.unwrap().contains("its calls of a day"));
    assert_eq!(service.heard().len(), 4);
    // The next day it goes on with what is left.
    studio.work.db.wait(TimeDelta::days(1));
    assert_eq!(studio.fill(FillOrder::default()).await.filled, 4);
    // A budget is for good.
    let budget =
        ClientApiForm { calls_per_day: None, budget: Some("0.135".parse().unwrap()), ..studio.api(&api).await.form() };
    client_api::change(&studio.cx, studio.owner(), studio.project(), api.client_api_id, budget.clone()).await.unwrap();
    assert_eq!(studio.fill(FillOrder::default()).await.filled, 1);
    let api = studio.api(&api).await;
    assert_eq!((api.calls, api.cost.to_string()), (9, "0.135".to_owned()));
    // In another currency it begins anew.
    let euros = ClientApiForm { currency: "EUR".into(), ..budget };
    let api = client_api::change(&studio.cx, studio.owner(), studio.project(), api.client_api_id, euros).await.unwrap();
    assert_eq!((api.calls, api.cost.to_string()), (9, "0".to_owned()));
    assert_eq!(studio.fill(FillOrder::default()).await.filled, 1);
}

#[tokio::test]
async fn a_service_that_always_fails_is_left_alone() {
    let studio = Studio::new(60).await;
    let service = Receiver::new(Manner::status("401 Unauthorized")).await;
    studio.add(translation(&service)).await;
    let run = studio.fill(FillOrder::default()).await;
    assert_eq!(run.status, RunStatus::Failed);
    assert!(run.error.as_deref().unwrap().contains("in a row"), "{run:?}");
    assert!(service.heard().len() < 60);
    // What a task lacks costs nothing and stops nothing.
    let lacking = Studio::new(60).await;
    lacking.add(ClientApiForm { payload: r#""$missing""#.into(), ..translation(&service) }).await;
    let run = lacking.fill(FillOrder::default()).await;
    assert_eq!((run.status, run.failed), (RunStatus::Completed, 60));
    assert_eq!(service.heard().len(), 0);
}

#[tokio::test]
async fn a_run_that_was_killed_goes_on_where_it_was() {
    let studio = Studio::new(5).await;
    let service = Receiver::new(hola()).await;
    studio.add(translation(&service)).await;
    let run = studio.begin(FillOrder { overwrite: true, ..FillOrder::default() }).await.unwrap();
    // As if two tasks had been written before the server was killed: they are behind the checkpoint and done.
    for task in &studio.tasks().await[..2] {
        sqlx::query(
            "insert into client_api_outcome (project_id, client_api_run_id, task_id, data_key, happened_at)
            values ($1, $2, $3, 'translation', now())",
        )
        .bind(studio.project().0)
        .bind(run.run_id.0)
        .bind(task.0)
        .execute(studio.work.db.pool())
        .await
        .unwrap();
    }
    let job = client_api::FillTasks { project_id: studio.project(), run_id: run.run_id };
    job.run(&studio.cx).await.unwrap();
    assert_eq!(service.heard().len(), 3, "the others were asked about");
    // Once more changes nothing.
    job.run(&studio.cx).await.unwrap();
    assert_eq!(service.heard().len(), 0);
    let run = client_api::run(&studio.cx, studio.owner(), studio.project(), run.run_id).await.unwrap();
    assert_eq!((run.status, run.done), (RunStatus::Completed, 5));
}

#[tokio::test]
async fn runs_are_begun_once_and_can_be_stopped() {
    let studio = Studio::new(2).await;
    assert_eq!(code(studio.begin(FillOrder::default()).await), "no_client_api");
    let service = Receiver::new(hola()).await;
    let api = studio.add(translation(&service)).await;
    let other = FillOrder { fields: vec!["audio".into()], ..FillOrder::default() };
    assert_eq!(code(studio.begin(other).await), "no_client_api");
    let run = studio.begin(FillOrder::default()).await.unwrap();
    assert_eq!(code(studio.begin(FillOrder::default()).await), "fill_under_way");
    client_api::cancel(&studio.cx, studio.owner(), studio.project(), run.run_id).await.unwrap();
    assert_eq!(code(client_api::cancel(&studio.cx, studio.owner(), studio.project(), run.run_id).await), "fill_over");
    job::runner::run_waiting(&studio.cx).await.unwrap();
    let run = client_api::run(&studio.cx, studio.owner(), studio.project(), run.run_id).await.unwrap();
    assert_eq!((run.status, run.filled, service.heard().len()), (RunStatus::Cancelled, 0, 0));
    // Switched off, it is not asked.
    let off = ClientApiForm { is_enabled: false, ..api.form() };
    client_api::change(&studio.cx, studio.owner(), studio.project(), api.client_api_id, off).await.unwrap();
    assert_eq!(code(studio.begin(FillOrder::default()).await), "no_client_api");
    let page = client_api::runs(&studio.cx, studio.owner(), studio.project(), None, Limit::new(1)).await.unwrap();
    assert_eq!((page.items.len(), page.next), (1, None));
}

#[tokio::test]
async fn an_import_fills_what_it_brings() {
    let studio = Studio::new(1).await;
    let service = Receiver::new(hola()).await;
    studio.add(ClientApiForm { at_import: true, ..translation(&service) }).await;
    studio.add(ClientApiForm { data_key: "later".into(), ..translation(&service) }).await;
    let rows = r#"[{"text": "One", "n": 1}, {"text": "Two", "n": 2, "translation": "Dos"}]"#;
    import::start(&studio.cx, studio.owner(), studio.project(), import::Source::Text(rows.into())).await.unwrap();
    job::runner::run_waiting(&studio.cx).await.unwrap();
    job::runner::run_waiting(&studio.cx).await.unwrap();
    let direct = bytes::Bytes::from_static(br#"[{"text": "Three", "n": 3}]"#);
    import::direct(&studio.cx, studio.owner(), studio.project(), direct, Vec::new()).await.unwrap();
    job::runner::run_waiting(&studio.cx).await.unwrap();
    let filled: Vec<Value> = studio.data().await.into_iter().map(|data| data["translation"].clone()).collect();
    assert_eq!(filled, [json!(null), json!("Hola"), json!("Dos"), json!("Hola")]);
    assert_eq!(service.heard().len(), 2);
    let runs = client_api::page(&studio.cx, studio.owner(), studio.project()).await.unwrap().runs;
    assert_eq!(runs.len(), 2);
    assert!(runs.iter().all(|run| run.import_id.is_some()), "{runs:?}");
    assert_eq!((runs[1].filled, runs[1].kept), (1, 1));
}

#[tokio::test]
async fn a_test_shows_what_is_asked_and_answered() {
    let studio = Studio::new(2).await;
    let service = Receiver::new(hola()).await;
    let api = studio.add(translation(&service)).await;
    let second = studio.tasks().await[1];
    let test = |id, form, task| client_api::test(&studio.cx, studio.owner(), studio.project(), id, form, task);
    let tried = test(Some(api.client_api_id), api.form(), Some(second)).await.unwrap();
    assert_eq!((tried.status, tried.value, tried.trouble), (Some(200), Some(json!("Hola")), None));
    assert_eq!(tried.body.unwrap()["text"], json!(["Text 2"]));
    assert_eq!(tried.headers, [("X-Key".to_owned(), MASK.to_owned())]);
    assert!(tried.answer.contains("Hola"));
    assert_eq!(service.heard()[0].header("x-key"), "secret-key", "the stored one");
    assert_eq!(studio.data().await[1].get("translation"), None, "nothing is kept");
    assert_eq!(studio.api(&api).await.calls, 1);
    // Not stored yet: with its own headers, and counted nowhere.
    let typed = ClientApiForm { taking: Taking::Text, ..translation(&service) };
    assert!(test(None, typed, None).await.unwrap().value.unwrap().as_str().unwrap().contains("Hola"));
    assert_eq!(studio.api(&api).await.calls, 1);
    let unknown = ClientApiForm { headers: api.form().headers, ..translation(&service) };
    assert_eq!(code(test(None, unknown, None).await), "header_without_value");
    service.becomes(Manner::status("418 I'm a teapot"));
    let tried = test(Some(api.client_api_id), api.form(), None).await.unwrap();
    assert_eq!((tried.status, tried.value), (Some(418), None));
    assert!(tried.trouble.unwrap().contains("418"));
    assert_eq!(refused(test(None, translation(&service), Some(TaskId(0))).await), Kind::NotFound);
    let missing = ClientApiForm { payload: r#""$nothing""#.into(), ..translation(&service) };
    assert_eq!(code(test(None, missing, None).await), "field_missing");
}

#[tokio::test]
async fn addresses_and_headers_are_kept_with_care() {
    let studio = Studio::new(1).await;
    let service = Receiver::new(hola()).await;
    let api = studio.add(translation(&service)).await;
    assert_eq!(api.headers, ["X-Key"]);
    let change = |form| client_api::change(&studio.cx, studio.owner(), studio.project(), api.client_api_id, form);
    // Sealed in the database, and kept when it is changed.
    let sealed: Vec<u8> =
        sqlx::query_scalar("select headers from project_client_api").fetch_one(studio.work.db.pool()).await.unwrap();
    assert!(!String::from_utf8_lossy(&sealed).contains("secret-key"));
    change(ClientApiForm { group: "other".into(), ..api.form() }).await.unwrap();
    studio.fill(FillOrder::default()).await;
    assert_eq!(service.heard()[0].header("x-key"), "secret-key");
    // They do not go to another server.
    let elsewhere = Receiver::new(hola()).await;
    let form = ClientApiForm { url: elsewhere.url(), ..api.form() };
    assert_eq!(code(change(form).await), "header_of_another_server");
    // Nor does anything go where it must not.
    let strict = &studio.work.db.cx;
    let add = |url: &str| {
        let form = ClientApiForm { url: url.into(), data_key: "x".into(), ..translation(&service) };
        client_api::add(strict, studio.owner(), studio.project(), form)
    };
    for (url, refusal) in [
        (&*service.url(), "url_private"),
        ("http://169.254.169.254/latest", "url_private"),
        ("https://[::1]/", "url_private"),
        ("http://1.1.1.1/", "url_not_https"),
        ("ftp://1.1.1.1/", "url_scheme"),
        ("https://me:pw@1.1.1.1/", "url_credentials"),
        ("nonsense", "url_malformed"),
    ] {
        assert_eq!(code(add(url).await), refusal, "{url}");
    }
    // Judged anew with each call: what was allowed once is not for ever.
    let run = studio.begin(FillOrder { overwrite: true, ..FillOrder::default() }).await.unwrap();
    service.heard();
    client_api::FillTasks { project_id: studio.project(), run_id: run.run_id }.run(strict).await.unwrap();
    assert_eq!(service.heard().len(), 0);
    let failed = studio.failures(&run).await;
    assert!(failed[0].reason.contains("private network"), "{failed:?}");
}

#[tokio::test]
async fn only_those_who_change_settings_come_near() {
    let studio = Studio::new(1).await;
    let service = Receiver::new(hola()).await;
    let api = studio.add(translation(&service)).await;
    let annotator = studio.work.annotator("ann").await;
    let member = studio.work.db.member(studio.work.org_id, "mem", OrgRole::Member).await;
    let (_, rival) = studio.work.db.org("rival").await;
    let (cx, project_id, id) = (&studio.cx, studio.project(), api.client_api_id);
    for (who, kind) in [(&annotator, Kind::Forbidden), (&member, Kind::NotFound), (&rival, Kind::NotFound)] {
        assert_eq!(refused(client_api::list(cx, who, project_id).await), kind);
        assert_eq!(refused(client_api::page(cx, who, project_id).await), kind);
        assert_eq!(refused(client_api::get(cx, who, project_id, id).await), kind);
        assert_eq!(refused(client_api::add(cx, who, project_id, translation(&service)).await), kind);
        assert_eq!(refused(client_api::change(cx, who, project_id, id, api.form()).await), kind);
        assert_eq!(refused(client_api::put_at(cx, who, project_id, id, 1).await), kind);
        assert_eq!(refused(client_api::remove(cx, who, project_id, id).await), kind);
        assert_eq!(refused(client_api::test(cx, who, project_id, Some(id), api.form(), None).await), kind);
        assert_eq!(refused(client_api::fill(cx, who, project_id, FillOrder::default()).await), kind);
    }
    // Another project's is none of this one's.
    let other = other_project(&studio.work.db, studio.owner()).await;
    assert_eq!(refused(client_api::get(cx, studio.owner(), other, id).await), Kind::NotFound);
    client_api::remove(cx, studio.owner(), other, id).await.unwrap();
    assert_eq!(client_api::list(cx, studio.owner(), project_id).await.unwrap().len(), 1);
    client_api::remove(cx, studio.owner(), project_id, id).await.unwrap();
    client_api::remove(cx, studio.owner(), project_id, id).await.unwrap();
    assert_eq!(refused(client_api::get(cx, studio.owner(), project_id, id).await), Kind::NotFound);
}

async fn other_project(db: &TestDb, owner: &Actor) -> ProjectId {
    let new = domain::project::NewProject { title: "Other".into(), ..Default::default() };
    project::create(&db.cx, owner, new).await.unwrap()
}
