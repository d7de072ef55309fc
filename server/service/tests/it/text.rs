//! Texts behind addresses: who may read them, from where, and what is said when they are none.

use bytes::Bytes;
use domain::{
    Kind,
    access::{OrgRole, ProjectRole},
    id::{ProjectId, TaskId},
    project::NewProject,
};
use futures::StreamExt;
use serde_json::json;
use service::{
    Actor, CxBuilder, Settings, project, storage, task,
    testing::{TestDb, user_id},
};

use crate::{code, media::Server, refused};

const INTERFACE: &str = r#"<View><Text name="far" value="$far" valueType="url"/><Text name="near" value="$near"/>
    <Labels name="ner" toName="far"><Label value="A"/></Labels></View>"#;

struct Shelf {
    db: TestDb,
    owner: Actor,
    project_id: ProjectId,
}

impl Shelf {
    async fn new() -> Self {
        let db = TestDb::new().await;
        let (_, owner) = db.org("acme").await;
        let new = NewProject { title: "Letters".into(), label_config: INTERFACE.into(), ..NewProject::default() };
        let project_id = project::create(&db.cx, &owner, new).await.unwrap();
        Self { db, owner, project_id }
    }

    async fn task(&self, far: &str) -> TaskId {
        let task_id: i64 = sqlx::query_scalar(
            "insert into task (project_id, inner_id, data, overlap)
            select $1, count(*) + 1, $2, 1 from task where project_id = $1 returning task_id",
        )
        .bind(self.project_id.0)
        .bind(json!({"far": far, "near": "here"}))
        .fetch_one(self.db.pool())
        .await
        .unwrap();
        TaskId(task_id)
    }

    async fn file(&self, name: &str, bytes: &'static [u8]) -> String {
        let body = futures::stream::iter([Ok(Bytes::from_static(bytes))]).boxed();
        storage::receive(&self.db.cx, &self.owner, self.project_id, name, body).await.unwrap().address()
    }

    async fn read(&self, who: &Actor, task_id: TaskId, object: &str) -> service::Result<String> {
        task::text(&self.db.cx, who, self.project_id, task_id, object).await
    }
}

#[tokio::test]
async fn a_text_of_the_project_is_read_by_those_who_may_open_the_task() {
    let shelf = Shelf::new().await;
    let address = shelf.file("letter.txt", "\u{feff}Grüße\nаус Köln".as_bytes()).await;
    let task_id = shelf.task(&address).await;
    assert_eq!(shelf.read(&shelf.owner, task_id, "far").await.unwrap(), "Grüße\nаус Köln");
    // Only what is behind an address is fetched, and only for objects of the interface.
    for object in ["near", "ner", "nowhere"] {
        assert_eq!(refused(shelf.read(&shelf.owner, task_id, object).await), Kind::NotFound, "{object}");
    }
    let (_, stranger) = shelf.db.org("other").await;
    let org_id = shelf.db.again(&shelf.owner).await.user().unwrap().org_id.unwrap();
    let outsider = shelf.db.member(org_id, "out", OrgRole::Member).await;
    let annotator = shelf.db.member(org_id, "ann", OrgRole::Member).await;
    project::put_member(&shelf.db.cx, &shelf.owner, shelf.project_id, user_id(&annotator), ProjectRole::Annotator)
        .await
        .unwrap();
    for (who, kind) in [
        (&stranger, Kind::NotFound),
        (&outsider, Kind::NotFound),
        // Not theirs yet: nobody learns of tasks they do not hold.
        (&annotator, Kind::NotFound),
        (&Actor::Anonymous, Kind::Unauthenticated),
    ] {
        assert_eq!(refused(shelf.read(who, task_id, "far").await), kind);
    }
}

#[tokio::test]
async fn a_text_is_read_in_whatever_it_is_encoded() {
    let shelf = Shelf::new().await;
    let settings = Settings { allow_networks: vec!["127.0.0.0/8".parse().unwrap()], ..shelf.db.cx.settings().clone() };
    let cx = CxBuilder::new(shelf.db.pool().clone()).clock(shelf.db.cx.clock().clone()).settings(settings);
    let cx = cx.build().unwrap();
    for (kind, bytes) in [
        ("text/plain", &b"\xff\xfeG\0r\0\xfc\0\xdf\0e\0"[..]),
        ("text/plain; charset=iso-8859-1", b"Gr\xfc\xdfe"),
        ("text/plain", b"Gr\xfc\xdfe"),
        ("text/plain", b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe"),
    ] {
        let server = Server::new(kind, bytes.to_vec()).await;
        let task_id = shelf.task(&server.url("/letter.txt")).await;
        let text = task::text(&cx, &shelf.owner, shelf.project_id, task_id, "far").await.unwrap();
        assert_eq!(text, "Grüße", "{kind} {bytes:?}");
    }
}

#[tokio::test]
async fn what_is_no_text_and_what_must_not_be_reached_is_refused() {
    let shelf = Shelf::new().await;
    let foreign = {
        let (_, stranger) = shelf.db.org("other").await;
        let new = NewProject { title: "Other".into(), ..NewProject::default() };
        let project_id = project::create(&shelf.db.cx, &stranger, new).await.unwrap();
        let body = futures::stream::iter([Ok(Bytes::from_static(b"secret"))]).boxed();
        storage::receive(&shelf.db.cx, &stranger, project_id, "a.txt", body).await.unwrap().address()
    };
    let picture = shelf.file("cat.png", include_bytes!("pixel.png")).await;
    for (address, expected) in [
        (picture.as_str(), "text_none"),
        (foreign.as_str(), "not_found"),
        ("/files/999999/gone.txt", "not_found"),
        ("http://127.0.0.1/a.txt", "url_private"),
        ("http://169.254.169.254/latest/meta-data", "url_private"),
        ("file:///etc/passwd", "url_scheme"),
        ("letter.txt", "url_malformed"),
    ] {
        let task_id = shelf.task(address).await;
        assert_eq!(code(shelf.read(&shelf.owner, task_id, "far").await), expected, "{address}");
    }
}
