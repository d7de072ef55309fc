//! Bringing tasks up to date: a look that changes nothing, then the change, and nothing the second time.

use domain::{
    Kind,
    access::ProjectRole,
    format::ExportOptions,
    id::ReimportId,
    import::{
        RunStatus,
        reimport::{Key, LookedRow, Outcome, Proposals, ReimportRun, ReimportStatus, Rules},
    },
    page::Limit,
};
use serde_json::{Value, json};
use service::{
    Actor,
    import::{self, reimport},
    job,
};

use crate::{
    code,
    import::{Desk, archive},
    refused,
};

fn by(field: &str) -> Rules {
    Rules { key: Key::Field(field.to_owned()), ..Rules::default() }
}

impl Desk {
    async fn look(&self, name: &str, content: impl Into<bytes::Bytes>, rules: Rules) -> ReimportRun {
        let file = self.upload(name, content).await.unwrap();
        let id = reimport::start(&self.db.cx, &self.owner, self.project_id, vec![file], rules).await.unwrap();
        self.done(id).await
    }

    async fn done(&self, id: ReimportId) -> ReimportRun {
        job::runner::run_waiting(&self.db.cx).await.unwrap();
        reimport::get(&self.db.cx, &self.owner, self.project_id, id).await.unwrap()
    }

    async fn apply(&self, id: ReimportId) -> ReimportRun {
        reimport::apply(&self.db.cx, &self.owner, self.project_id, id).await.unwrap();
        self.done(id).await
    }

    async fn uploads(&self) -> i64 {
        let uploads = sqlx::query_scalar("select count(*) from file_upload where project_id = $1");
        uploads.bind(self.project_id.0).fetch_one(self.db.pool()).await.unwrap()
    }

    async fn looked(&self, id: ReimportId, outcome: Outcome) -> Vec<LookedRow> {
        let limit = Limit::new(Limit::MAX);
        reimport::rows(&self.db.cx, &self.owner, self.project_id, id, outcome, 0, limit).await.unwrap()
    }

    /// Everything that a reimport might touch, without when.
    async fn state(&self) -> Value {
        sqlx::query_scalar(
            "select jsonb_build_object(
                'tasks', (select jsonb_agg(jsonb_build_array(task_id, data, meta, prediction_count) order by task_id)
                    from task where project_id = $1),
                'predictions', (select jsonb_agg(jsonb_build_array(prediction_id, task_id, model_version, score, result)
                    order by prediction_id) from prediction where project_id = $1),
                'annotations', (select jsonb_agg(jsonb_build_array(annotation_id, task_id, result) order by annotation_id)
                    from annotation where project_id = $1),
                'summary', (select to_jsonb(s) - 'updated_at' from project_count s where project_id = $1))",
        )
        .bind(self.project_id.0)
        .fetch_one(self.db.pool())
        .await
        .unwrap()
    }
}

fn proposal(version: &str, label: &str) -> Value {
    json!({ "model_version": version, "score": 0.5, "result": [{ "id": "r", "from_name": "box", "to_name": "img",
        "type": "rectanglelabels", "value": { "x": 1, "y": 1, "width": 2, "height": 2, "rectanglelabels": [label] } }] })
}

/// Three tasks: with work, with a proposal, with neither.
async fn desk() -> Desk {
    let desk = Desk::new().await;
    let tasks = json!([
        { "data": { "sku": "a", "n": 1, "text": "one" }, "annotations": [{ "result": [] }] },
        { "data": { "sku": "b", "n": 2, "text": "two" }, "predictions": [proposal("old", "Cat"), proposal("other", "Cat")] },
        { "data": { "sku": 3, "text": "three" }, "meta": { "from": "here" } },
    ]);
    let run = desk.file("tasks.json", tasks.to_string()).await;
    assert_eq!((run.status, run.tasks), (RunStatus::Completed, 3));
    desk
}

#[tokio::test]
async fn a_look_changes_nothing_and_tells_everything() {
    let desk = desk().await;
    let before = desk.state().await;
    let table = "sku,n,text,color\na,1,one,red\nb,2,zwei,\nx,9,new,\na,1,twice,\n,1,nobody,\n3,,\n";
    let run = desk.look("update.csv", table, by("sku")).await;
    assert_eq!(run.status, ReimportStatus::Ready, "{run:?}");
    assert_eq!((run.new, run.changed, run.unchanged, run.conflicts), (1, 2, 0, 3));
    assert_eq!(desk.state().await, before);
    let changed = desk.looked(run.reimport_id, Outcome::Changed).await;
    let fields = |row: &LookedRow| -> Vec<(String, Option<String>, String)> {
        row.fields.iter().map(|one| (one.field.clone(), one.before.clone(), one.after.clone())).collect()
    };
    assert_eq!(changed[0].key, "a");
    assert_eq!(fields(&changed[0]), [("color".into(), None, "red".into())]);
    assert_eq!(
        fields(&changed[1]),
        [("text".into(), Some("two".into()), "zwei".into()), ("color".into(), None, String::new())]
    );
    assert_eq!(run.fields, [("color".to_owned(), 2), ("text".to_owned(), 1)]);
    assert_eq!(desk.looked(run.reimport_id, Outcome::New).await[0].key, "x");
    let reasons: Vec<String> =
        desk.looked(run.reimport_id, Outcome::Conflict).await.into_iter().map(|row| row.reason).collect();
    assert!(reasons[0].contains("row 1 of all"), "{reasons:?}");
    assert!(reasons[1].contains("nothing in “sku”"), "{reasons:?}");
    assert!(reasons[2].contains("4 columns"), "{reasons:?}");
}

#[tokio::test]
async fn what_was_looked_at_is_applied_once() {
    let desk = desk().await;
    let rows = json!([
        { "sku": "a", "text": "eins", "more": [1] },
        { "data": { "sku": "3" }, "meta": { "seen": true } },
        { "data": { "sku": "b" }, "predictions": [proposal("old", "Dog"), proposal("new", "Cat")] },
        { "data": { "sku": "z", "text": "new" }, "predictions": [proposal("new", "Cat")] },
    ])
    .to_string();
    let run = desk.look("update.json", rows.clone(), by("sku")).await;
    assert_eq!((run.new, run.changed, run.unchanged, run.conflicts), (1, 3, 0, 0));
    let run = desk.apply(run.reimport_id).await;
    assert_eq!(
        (run.status, run.updated, run.created, run.predictions),
        (ReimportStatus::Completed, 3, 0, 2),
        "{run:?}"
    );
    assert_eq!(
        desk.data().await,
        [
            json!({ "sku": "a", "n": 1, "text": "eins", "more": [1] }),
            json!({ "sku": "b", "n": 2, "text": "two" }),
            // What tells tasks apart is the same, however it is written.
            json!({ "sku": 3, "text": "three" }),
        ]
    );
    let state = desk.state().await;
    assert_eq!(state["tasks"][2][2], json!({ "from": "here", "seen": true }));
    let versions: Vec<&Value> = state["predictions"].as_array().unwrap().iter().map(|one| &one[2]).collect();
    assert_eq!(versions, [&json!("other"), &json!("old"), &json!("new")]);
    assert_eq!(state["tasks"][1][3], 3, "predictions are counted");
    assert_eq!(state["summary"]["predicted_labels"], json!({ "box": { "Cat": 2, "Dog": 1 } }));
    assert_eq!(state["summary"]["all_data_columns"], json!({ "sku": 3, "n": 2, "text": 3, "more": 1 }));
    assert_eq!(state["annotations"].as_array().unwrap().len(), 1, "work stays");
    assert_eq!(
        code(reimport::apply(&desk.db.cx, &desk.owner, desk.project_id, run.reimport_id).await),
        "reimport_not_ready"
    );
    // The same once more, and once more with what was left out.
    let again = desk.look("update.json", rows.clone(), by("sku")).await;
    assert_eq!((again.new, again.changed, again.unchanged, again.conflicts), (1, 0, 3, 0));
    assert_eq!(
        code(reimport::apply(&desk.db.cx, &desk.owner, desk.project_id, again.reimport_id).await),
        "reimport_not_ready"
    );
    let adds = Rules { adds_new: true, ..by("sku") };
    let run = desk.look("update.json", rows.clone(), adds.clone()).await;
    let run = desk.apply(run.reimport_id).await;
    assert_eq!((run.updated, run.created, run.predictions), (0, 1, 1));
    let state = desk.state().await;
    let last = desk.look("update.json", rows, adds).await;
    assert_eq!((last.new, last.changed, last.unchanged, last.conflicts), (0, 0, 4, 0));
    assert_eq!(desk.state().await, state);
    let imports = import::list(&desk.db.cx, &desk.owner, desk.project_id).await.unwrap();
    assert_eq!((imports[0].tasks, imports[0].status), (1, RunStatus::Completed), "new tasks are in the history");
}

#[tokio::test]
async fn what_was_exported_and_changed_elsewhere_comes_back_by_number() {
    let desk = desk().await;
    let before = desk.state().await;
    let whole = ExportOptions { include_unlabeled: true, ..ExportOptions::default() };
    let exported = crate::export_snapshot::snapshot(&desk, whole).await.1;
    let run = desk.look("export.json", Value::from(exported.clone()).to_string(), Rules::default()).await;
    assert_eq!((run.new, run.changed, run.unchanged, run.conflicts), (0, 0, 3, 0), "what came out is what is there");
    let mut changed = exported;
    changed[1]["data"]["text"] = json!("deux");
    changed[2]["id"] = json!(999_999);
    let run = desk.look("export.json", Value::from(changed).to_string(), Rules::default()).await;
    assert_eq!((run.changed, run.unchanged, run.conflicts), (1, 1, 1));
    assert_eq!(desk.state().await, before);
    desk.apply(run.reimport_id).await;
    assert_eq!(desk.data().await[1]["text"], "deux");
    let reason = &desk.looked(run.reimport_id, Outcome::Conflict).await[0].reason;
    assert!(reason.contains("the ID 999999"), "{reason}");
}

#[tokio::test]
async fn all_predictions_of_a_task_may_be_replaced() {
    let desk = desk().await;
    let rows = json!([{ "data": { "sku": "b" }, "predictions": [proposal("new", "Cat")] }]).to_string();
    let rules = Rules { proposals: Proposals::All, ..by("sku") };
    let run = desk.look("update.json", rows, rules).await;
    desk.apply(run.reimport_id).await;
    let state = desk.state().await;
    let versions: Vec<&Value> = state["predictions"].as_array().unwrap().iter().map(|one| &one[2]).collect();
    assert_eq!(versions, [&json!("new")]);
}

#[tokio::test]
async fn tasks_that_share_a_key_are_not_guessed_at() {
    let desk = desk().await;
    desk.file("more.json", json!([{ "sku": "a", "text": "other" }]).to_string()).await;
    let before = desk.state().await;
    let run = desk.look("update.csv", "sku,text\na,changed\n", by("sku")).await;
    assert_eq!((run.changed, run.conflicts), (0, 1));
    let reason = &desk.looked(run.reimport_id, Outcome::Conflict).await[0].reason;
    assert!(reason.contains("Several tasks"), "{reason}");
    assert_eq!(desk.state().await, before);
}

#[tokio::test]
async fn many_rows_go_batch_by_batch_and_go_on_where_they_were() {
    let desk = Desk::new().await;
    let rows = |text: &str| {
        let mut table = String::from("sku,text\n");
        (0..1_200).for_each(|number| table.push_str(&format!("k{number},{text} {number}\n")));
        table
    };
    desk.file("tasks.csv", rows("old")).await;
    let run = desk.look("update.csv", rows("new"), by("sku")).await;
    assert_eq!(
        (run.changed, i64::try_from(desk.looked(run.reimport_id, Outcome::Changed).await.len()).unwrap()),
        (1_200, Limit::new(Limit::MAX).rows())
    );
    // A worker that died behind its first batch.
    reimport::apply(&desk.db.cx, &desk.owner, desk.project_id, run.reimport_id).await.unwrap();
    sqlx::query("update project_reimport set checkpoint = 500, task_count = 500")
        .execute(desk.db.pool())
        .await
        .unwrap();
    let run = desk.done(run.reimport_id).await;
    assert_eq!((run.status, run.updated), (ReimportStatus::Completed, 1_200));
    let data = desk.data().await;
    assert_eq!(
        (&data[0]["text"], &data[500]["text"], &data[1_199]["text"]),
        (&json!("old 0"), &json!("new 500"), &json!("new 1199"))
    );
}

#[tokio::test]
async fn an_archive_of_tables_and_lists_brings_up_to_date() {
    let desk = desk().await;
    let zip = archive(&[
        ("set/a.csv", b"sku,text\na,eins\nx,new\n"),
        ("pictures/cat.png", &crate::import::png(1, 1)),
        ("set/b.json", br#"[{"sku": "b", "text": "zwei"}, {"sku": "b", "text": "again"}]"#),
        ("set/LICENSE", b"as you like"),
        ("__MACOSX/._a.csv", b"nothing"),
        ("../c.csv", b"sku,text\n3,out\n"),
    ]);
    let before = desk.uploads().await;
    let rules = Rules { adds_new: true, ..by("sku") };
    let run = desk.look("rows.zip", zip.clone(), rules.clone()).await;
    assert_eq!((run.status, run.new, run.changed, run.conflicts), (ReimportStatus::Ready, 1, 2, 4), "{run:?}");
    let conflicts = desk.looked(run.reimport_id, Outcome::Conflict).await;
    for (row, reason) in conflicts.iter().zip([
        "row 3 of all",
        "neither a table",
        "leads out of the archive",
        "1 of the files of this archive are media",
    ]) {
        assert!(row.reason.contains(reason), "{}", row.reason);
    }
    let run = desk.apply(run.reimport_id).await;
    assert_eq!((run.status, run.updated, run.created), (ReimportStatus::Completed, 2, 1));
    let data = desk.data().await;
    let texts: Vec<&str> = data.iter().map(|data| data["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["eins", "zwei", "three", "new"]);
    assert_eq!(desk.uploads().await, before + 1, "no media");
    let again = desk.look("rows.zip", zip, rules).await;
    assert_eq!((again.new, again.changed, again.unchanged), (0, 0, 3));

    let mut cut = archive(&[("a.csv", b"sku,text\na,no\n")]);
    cut.truncate(40);
    let failed = desk.look("cut.zip", cut, by("sku")).await;
    assert_eq!(failed.status, ReimportStatus::Failed);
    assert!(failed.error.unwrap().contains("damaged or was cut off"));
}

#[tokio::test]
async fn nonsense_is_refused_in_words() {
    let desk = desk().await;
    let (cx, owner, project_id) = (&desk.db.cx, &desk.owner, desk.project_id);
    let start = async |files, rules| reimport::start(cx, owner, project_id, files, rules).await;
    assert_eq!(code(start(vec![], by("sku")).await), "import_without_files");
    let picture = desk.upload("p.png", crate::import::png(1, 1)).await.unwrap();
    assert_eq!(code(start(vec![picture], by("sku")).await), "file_without_rows");
    let list = desk.upload("list.json", "[]").await.unwrap();
    assert_eq!(code(start(vec![list], by(" ")).await), "key_missing");
    assert_eq!(code(start(vec![list], Rules { adds_new: true, ..Rules::default() }).await), "new_without_key");
    assert_eq!(code(start(vec![domain::id::FileId(999_999)], by("sku")).await), "not_found");
    let empty = desk.look("empty.json", "[]", by("sku")).await;
    assert_eq!((empty.status, empty.changed + empty.new), (ReimportStatus::Ready, 0));
    // A run that was stopped is not applied, and not stopped again.
    let file = desk.upload("update.csv", "sku,text\na,b\n").await.unwrap();
    let id = start(vec![file], by("sku")).await.unwrap();
    reimport::cancel(cx, owner, project_id, id).await.unwrap();
    assert_eq!(desk.done(id).await.status, ReimportStatus::Cancelled);
    assert_eq!(code(reimport::cancel(cx, owner, project_id, id).await), "reimport_over");
    assert_eq!(code(reimport::apply(cx, owner, project_id, id).await), "reimport_not_ready");
}

#[tokio::test]
async fn only_those_who_import_bring_up_to_date() {
    let desk = desk().await;
    let (cx, project_id) = (&desk.db.cx, desk.project_id);
    let run = desk.look("update.csv", "sku,text\na,b\n", by("sku")).await;
    let (_, stranger) = desk.db.org("other").await;
    let annotator = annotator(&desk).await;
    for (who, kind) in
        [(&Actor::Anonymous, Kind::Unauthenticated), (&stranger, Kind::NotFound), (&annotator, Kind::Forbidden)]
    {
        assert_eq!(refused(reimport::list(cx, who, project_id).await), kind);
        assert_eq!(refused(reimport::get(cx, who, project_id, run.reimport_id).await), kind);
        assert_eq!(refused(reimport::apply(cx, who, project_id, run.reimport_id).await), kind);
        assert_eq!(refused(reimport::start(cx, who, project_id, vec![], by("sku")).await), kind);
    }
    // Another project of the same person has no such run.
    let input = domain::project::NewProject { title: "Other".into(), ..Default::default() };
    let elsewhere = service::project::create(cx, &desk.owner, input).await.unwrap();
    assert_eq!(code(reimport::get(cx, &desk.owner, elsewhere, run.reimport_id).await), "not_found");
}

async fn annotator(desk: &Desk) -> Actor {
    let org_id = domain::id::OrgId(
        sqlx::query_scalar("select organization_id from project where project_id = $1")
            .bind(desk.project_id.0)
            .fetch_one(desk.db.pool())
            .await
            .unwrap(),
    );
    let member = desk.db.member(org_id, "Ann", domain::access::OrgRole::Member).await;
    let user_id = service::testing::user_id(&member);
    service::project::put_member(&desk.db.cx, &desk.owner, desk.project_id, user_id, ProjectRole::Annotator)
        .await
        .unwrap();
    member
}
