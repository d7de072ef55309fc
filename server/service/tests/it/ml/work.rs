//! What models do beside answering while people draw: predictions for many tasks and for one that is opened, learning, and how
//! their versions compare.

use domain::{
    data_manager::{Action, ActionRun, Order, Pick},
    import::RunStatus,
    ml::{patience::GIVES_UP_AFTER, protocol::MAX_VERSION_CHARS},
    project::ProjectPatch,
};
use service::{
    annotation,
    data_manager::{self, Asked},
    job, prediction, project,
};

use super::*;

fn good(score: f64, version: &str) -> Value {
    let mood = json!({"from_name": "mood", "to_name": "img", "type": "choices", "value": {"choices": ["Good"]}});
    json!({"result": [mood], "score": score, "model_version": version})
}

/// Good, about every task; with the number of the picture as the score.
fn all_good(question: &Value) -> Result<Value, &'static str> {
    let number = |task: &Value| task["data"]["image"].as_f64().unwrap();
    let tasks = question["tasks"].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(json!({"results": tasks.iter().map(|task| good(number(task), "v1")).collect::<Vec<_>>()}))
}

/// The same, but picture 2 breaks it.
fn breaks_on_two(question: &Value) -> Result<Value, &'static str> {
    let has_two = question["tasks"].as_array().into_iter().flatten().any(|task| task["data"]["image"] == 2);
    if has_two { Err("500 Internal Server Error") } else { all_good(question) }
}

impl Studio {
    async fn run(&self) {
        job::runner::run_waiting(&self.cx).await.unwrap();
    }

    async fn retrieve(&self, id: Option<MlBackendId>) -> service::Result<ActionRun> {
        let asked = Asked { project_id: Some(self.project_id()), view_id: None, pick: Pick::default() };
        let order = Order::Predict { ml_backend_id: id, batch: Some(2) };
        let begun = data_manager::act(&self.cx, &self.work.owner, asked, order).await?;
        assert_eq!((begun.action, begun.status), (Action::RetrieveTasksPredictions, RunStatus::Created));
        // A run that waits for its model is taken up again by a job of its own.
        for _ in 0..=GIVES_UP_AFTER {
            self.run().await;
            let run = data_manager::action_run(&self.cx, &self.work.owner, self.project_id(), begun.run_id).await?;
            if run.status.is_over() {
                return Ok(run);
            }
        }
        panic!("the run is never over")
    }

    async fn settings(&self, patch: ProjectPatch) {
        project::update(&self.cx, &self.work.owner, self.project_id(), patch).await.unwrap();
    }

    async fn submit(&self) {
        let task_id = self.work.next(&self.annotator).await.task.unwrap().task_id;
        annotation::submit(&self.cx, &self.annotator, self.work.submission(task_id)).await.unwrap();
    }

    async fn scores(&self) -> Vec<(f64, String)> {
        sqlx::query_as(
            "select score, model_version from prediction where project_id = $1 order by task_id, prediction_id",
        )
        .bind(self.project_id().0)
        .fetch_all(self.work.db.pool())
        .await
        .unwrap()
    }
}

#[tokio::test]
async fn many_tasks_are_predicted_and_one_that_breaks_the_model_costs_no_other() {
    let studio = Studio::with(5).await;
    let owner = &studio.work.owner;
    assert_eq!(code(studio.retrieve(None).await), "no_model");
    let model = StandIn::new(Manner::Does(breaks_on_two)).await;
    let id = studio.add(form(&model.url())).await.unwrap().ml_backend_id;
    model.heard();
    let run = studio.retrieve(None).await.unwrap();
    assert_eq!((run.status, run.total, run.done, run.changed, run.failed), (RunStatus::Completed, 5, 5, 4, 1));
    assert!(run.told.starts_with("Retrieved 4 predictions; 1 task failed: “SAM” could not answer"), "{}", run.told);
    let asked: Vec<usize> = model
        .heard()
        .iter()
        .filter(|(first, ..)| first == "POST /model/predict")
        .map(|(.., body)| body["tasks"].as_array().unwrap().len())
        .collect();
    assert_eq!(asked, [2, 1, 1, 2, 1], "two at once, and one by one where that fails");
    let expected = [1.0, 3.0, 4.0, 5.0].map(|score| (score, "v1".to_owned()));
    assert_eq!(studio.scores().await, expected);
    // A second time it says the same in the same place.
    let ids = "select sum(prediction_id)::bigint from prediction where project_id = $1";
    let before = studio.work.number(ids).await;
    assert_eq!(studio.retrieve(Some(id)).await.unwrap().changed, 4);
    assert_eq!(studio.work.number(ids).await, before);
    assert_eq!(studio.scores().await, expected);
    let counted = "select sum(prediction_count)::bigint from task where project_id = $1";
    assert_eq!(studio.work.number(counted).await, 4);
    assert_eq!(prediction::score(&studio.cx, owner, studio.task_id).await.unwrap(), Some(1.0));

    // Of a version that is gone nothing is left, and it is counted nowhere.
    let gone = prediction::delete_version(&studio.cx, owner, studio.project_id(), "v1").await.unwrap();
    assert_eq!((gone, studio.work.number(counted).await), (4, 0));
    assert_eq!(prediction::delete_version(&studio.cx, owner, studio.project_id(), "v1").await.unwrap(), 0);
    let refusal = prediction::delete_version(&studio.cx, &studio.annotator, studio.project_id(), "v1").await;
    assert_eq!(refused(refusal), Kind::Forbidden);
}

#[tokio::test]
async fn a_model_that_never_answers_is_left_alone_and_the_run_says_why() {
    let studio = Studio::new().await;
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let id = studio.add(form(&format!("http://{nobody}"))).await.unwrap().ml_backend_id;
    let run = studio.retrieve(None).await.unwrap();
    assert_eq!((run.status, run.done), (RunStatus::Failed, 0));
    assert!(run.error.unwrap().contains("“SAM” failed several times in a row"));
    assert_eq!(code(studio.ask().await), "model_rests", "nobody waits for it in vain");
    let model = ml::stored(&studio.cx, &studio.work.owner, id).await.unwrap();
    assert!(model.rests_until.unwrap() > studio.cx.now());
    // After a while it is asked again.
    studio.work.db.wait(chrono::TimeDelta::minutes(30));
    assert_eq!(code(studio.ask().await), "model_unreachable");
    // What is wrong with its answers is told, and is no reason to leave it alone.
    let model = StandIn::new(Manner::Says("200 OK", String::new(), "[1, 2]".into())).await;
    ml::change(&studio.cx, &studio.work.owner, studio.project_id(), id, form(&model.url())).await.unwrap();
    let run = studio.retrieve(None).await.unwrap();
    assert_eq!((run.status, run.done, run.failed), (RunStatus::Failed, 2, 2));
    assert!(run.error.unwrap().contains("is not what an ML backend answers"));
    assert_eq!(code(studio.ask().await), "model_nonsense");
    assert!(studio.scores().await.is_empty());
}

#[tokio::test]
async fn a_model_hears_of_the_work_and_learns_when_there_is_enough() {
    let studio = Studio::with(6).await;
    let (cx, owner) = (&studio.cx, &studio.work.owner);
    let model = StandIn::new(Manner::Does(all_good)).await;
    let auth = basic("me", Some("open sesame"));
    let id = studio.add(BackendForm { auth, ..form(&model.url()) }).await.unwrap().ml_backend_id;
    let other = StandIn::new(Manner::Does(all_good)).await;
    studio.add(BackendForm { title: "Other".into(), ..form(&other.url()) }).await.unwrap();
    studio.settings(ProjectPatch { min_annotations_to_start_training: Some(2), ..ProjectPatch::default() }).await;
    studio.run().await;
    model.heard();
    let told = async || {
        studio.run().await;
        studio.run().await;
        let heard = model.heard();
        let told: Vec<String> = heard
            .iter()
            .filter(|(first, ..)| first == "POST /model/webhook")
            .map(|(_, credentials, body)| {
                assert_eq!(credentials.as_deref(), Some("Basic bWU6b3BlbiBzZXNhbWU="));
                assert_eq!(body["project"]["id"], studio.project_id().0);
                assert!(body["project"]["label_config"].as_str().unwrap().contains("RectangleLabels"));
                body["action"].as_str().unwrap().to_owned()
            })
            .collect();
        told
    };
    studio.submit().await;
    assert_eq!(told().await, ["ANNOTATION_CREATED"]);
    assert_eq!(ml::stored(cx, owner, id).await.unwrap().untrained, 1);
    studio.submit().await;
    assert_eq!(told().await, ["ANNOTATION_CREATED", "START_TRAINING"]);
    let trained = ml::stored(cx, owner, id).await.unwrap();
    assert_eq!((trained.untrained, trained.trained_at), (0, Some(cx.now())));
    assert!(told().await.is_empty(), "once");
    studio.submit().await;
    assert_eq!(told().await, ["ANNOTATION_CREATED"]);
    // Whoever does not want to wait says so, to one model.
    studio.run().await;
    other.heard();
    ml::train(cx, owner, id).await.unwrap();
    assert_eq!(told().await, ["START_TRAINING"]);
    assert!(other.heard().is_empty());
    assert_eq!(refused(ml::train(cx, &studio.annotator, id).await), Kind::Forbidden);
    ml::remove(cx, owner, studio.project_id(), id).await.unwrap();
    studio.submit().await;
    assert!(told().await.is_empty());
}

#[tokio::test]
async fn a_task_that_is_opened_is_predicted_where_the_project_wants_it() {
    let studio = Studio::with(3).await;
    let model = StandIn::new(Manner::Does(all_good)).await;
    let id = studio.add(form(&model.url())).await.unwrap().ml_backend_id;
    let opened = async || {
        let desk = service::assignment::next_task(&studio.cx, &studio.annotator, studio.project_id()).await.unwrap();
        desk.task.unwrap().prediction.map(|prediction| prediction.model_version)
    };
    assert_eq!(opened().await, None);
    studio.settings(ProjectPatch { evaluate_predictions_automatically: Some(true), ..ProjectPatch::default() }).await;
    assert_eq!(opened().await.as_deref(), Some("v1"));
    // Which version counts is the project's to say: a version, or a model for the one it has.
    let by = async |version: &str| {
        let patch = ProjectPatch { model_version: Some(version.into()), ..ProjectPatch::default() };
        studio.settings(patch).await;
    };
    by("v0").await;
    assert_eq!(opened().await, None);
    by("v1").await;
    assert_eq!(opened().await.as_deref(), Some("v1"));
    let score = prediction::score(&studio.cx, &studio.work.owner, studio.task_id).await.unwrap();
    assert_eq!(score, Some(1.0));
    by("").await;
    // A model that fails stands in nobody's way.
    let broken = StandIn::new(Manner::Says("500 Internal Server Error", String::new(), "{}".into())).await;
    ml::change(&studio.cx, &studio.work.owner, studio.project_id(), id, form(&broken.url())).await.unwrap();
    studio.submit().await;
    assert_eq!(opened().await, None);
    assert!(broken.heard().iter().any(|(first, ..)| first == "POST /model/predict"));
}

#[tokio::test]
async fn versions_are_held_against_what_people_said() {
    let studio = Studio::with(3).await;
    let (cx, owner, project_id) = (&studio.cx, &studio.work.owner, studio.project_id());
    let tasks: Vec<i64> = sqlx::query_scalar("select task_id from task where project_id = $1 order by task_id")
        .bind(project_id.0)
        .fetch_all(studio.work.db.pool())
        .await
        .unwrap();
    // People say “Good” and draw a cat.
    studio.submit().await;
    studio.submit().await;
    let mood = json!([{"from_name": "mood", "to_name": "img", "type": "choices", "value": {"choices": ["Good"]}}]);
    let both = serde_json::to_value(crate::annotate::work()).unwrap();
    let says = |task: i64, version: &str, score: Option<f64>, result: &Value| prediction::NewPrediction {
        task_id: TaskId(task),
        result: items(result.clone()),
        score,
        model_version: version.into(),
    };
    let new = vec![
        says(tasks[0], "mood only", Some(0.5), &mood),
        says(tasks[1], "mood only", Some(1.0), &mood),
        says(tasks[2], "mood only", None, &mood),
        says(tasks[0], "both", None, &mood),
        // What it said before does not count.
        says(tasks[0], "both", None, &both),
    ];
    prediction::add_many(cx, owner, project_id, new).await.unwrap();
    studio.settings(ProjectPatch { model_version: Some("both".into()), ..ProjectPatch::default() }).await;
    let compared = ml::compare(cx, owner, project_id).await.unwrap();
    let told: Vec<_> = compared
        .iter()
        .map(|it| {
            let controls: Vec<_> = it.controls.iter().map(|control| (control.name.as_str(), control.rate())).collect();
            (it.model_version.as_str(), it.predictions, it.compared, it.mean_score, it.counts, controls)
        })
        .collect();
    let expected = [
        ("both", 2, 1, None, true, vec![("box", Some(1.0)), ("mood", Some(1.0))]),
        ("mood only", 3, 2, Some(0.75), false, vec![("box", Some(0.0)), ("mood", Some(1.0))]),
    ];
    assert_eq!(told, expected);
    assert_eq!(refused(ml::compare(cx, &studio.annotator, project_id).await), Kind::Forbidden);
}

#[tokio::test]
async fn programs_ask_a_model_and_see_what_it_says() {
    let studio = Studio::new().await;
    let (cx, owner) = (&studio.cx, &studio.work.owner);
    let model = StandIn::new(Manner::Does(all_good)).await;
    let extra_params = Some(json!({"strength": 3}));
    let id = studio.add(BackendForm { extra_params, ..form(&model.url()) }).await.unwrap().ml_backend_id;
    assert_eq!(model.heard()[1].2["extra_params"], json!({"strength": 3}));
    assert_eq!(ml::versions(cx, owner, id).await.unwrap(), ["stand-in 0", "stand-in 1"]);
    let first: Vec<String> = model.heard().into_iter().map(|(first, ..)| first).collect();
    assert_eq!(first, ["GET /model/versions", "POST /model/versions"], "older ones are asked otherwise");
    let context = json!({"result": [prompt("p")], "hint": 1}).as_object().cloned().unwrap();
    let answer = ml::annotate(cx, &studio.annotator, id, studio.task_id, context).await.unwrap();
    assert_eq!((answer.score, answer.model_version.as_deref()), (Some(1.0), Some("v1")));
    let asked = model.heard().remove(0).2;
    assert_eq!(asked["params"]["context"]["hint"], 1);
    assert_eq!(asked["params"]["context"]["task_id"], studio.task_id.0);
    let tested = ml::test(cx, owner, id).await.unwrap();
    assert_eq!((tested.trouble, tested.request["tasks"].as_array().unwrap().len()), (None, 1));
    assert!(studio.scores().await.is_empty(), "nothing of it is stored");
    let idle = studio.work.annotator("idle").await;
    let refusal = ml::annotate(cx, &idle, id, studio.task_id, serde_json::Map::new()).await;
    assert_eq!(refused(refusal), Kind::NotFound);
    assert_eq!(refused(ml::test(cx, &studio.annotator, id).await), Kind::Forbidden);
    const { assert!(MAX_VERSION_CHARS < prediction::MAX_VERSION_CHARS, "whatever a model calls itself can be stored") };
    // A model that does not answer is not added where it has to.
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let refusal = ml::add_working(cx, owner, studio.project_id(), form(&format!("http://{nobody}"))).await;
    assert_eq!(code(refusal), "model_unreachable");
    assert_eq!(ml::list(cx, owner, studio.project_id()).await.unwrap().len(), 1);
}
