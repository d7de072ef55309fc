//! Trees on other servers: who may ask for them, whether the project allows it, and what is said when they are none.

use domain::{
    Kind,
    access::{OrgRole, ProjectRole},
    id::{ProjectId, TaskId},
    project::{NewProject, ProjectPatch},
};
use serde_json::{Value, json};
use service::{
    Actor, Cx, CxBuilder, Settings, project, task,
    testing::{TestDb, user_id},
};

use crate::{code, media::Server, refused};

struct Grove {
    db: TestDb,
    /// Reaches this machine, where the other server is.
    cx: Cx,
    owner: Actor,
}

/// A project whose tree lies at this address, with one task.
struct Tree {
    project_id: ProjectId,
    task_id: TaskId,
}

impl Grove {
    async fn new() -> Self {
        let db = TestDb::new().await;
        let (_, owner) = db.org("acme").await;
        let settings = Settings { allow_networks: vec!["127.0.0.0/8".parse().unwrap()], ..db.cx.settings().clone() };
        let cx = CxBuilder::new(db.pool().clone()).clock(db.cx.clock().clone()).settings(settings).build().unwrap();
        Self { db, cx, owner }
    }

    async fn tree(&self, address: &str, is_allowed: bool) -> Tree {
        let label_config = format!(
            r#"<View><Text name="text" value="$text"/><Taxonomy name="kind" toName="text" apiUrl="{address}"/>
            <Taxonomy name="own" toName="text"><Choice value="A"/></Taxonomy></View>"#
        );
        let new = NewProject { title: "Kinds".into(), label_config, ..NewProject::default() };
        let project_id = project::create(&self.db.cx, &self.owner, new).await.unwrap();
        if is_allowed {
            let patch = ProjectPatch { allow_media_proxy: Some(true), ..ProjectPatch::default() };
            project::update(&self.db.cx, &self.owner, project_id, patch).await.unwrap();
        }
        let task_id: i64 = sqlx::query_scalar(
            "insert into task (project_id, inner_id, data, overlap) values ($1, 1, $2, 1) returning task_id",
        )
        .bind(project_id.0)
        .bind(json!({"text": "A"}))
        .fetch_one(self.db.pool())
        .await
        .unwrap();
        Tree { project_id, task_id: TaskId(task_id) }
    }

    async fn ask(&self, who: &Actor, tree: &Tree, control: &str) -> service::Result<Value> {
        let path = ["Home".to_owned()];
        task::tree(&self.cx, who, tree.project_id, tree.task_id, control, &path).await
    }
}

#[tokio::test]
async fn entries_of_another_server_come_where_the_project_allows_it() {
    let grove = Grove::new().await;
    let entries = json!({"items": ["Pots", {"value": "Pans", "isLeaf": false, "token": "secret"}]});
    let server = Server::new("application/json", entries.to_string().into_bytes()).await;
    let address = server.url("/tree?v=1");
    let shut = grove.tree(&address, false).await;
    assert_eq!(code(grove.ask(&grove.owner, &shut, "kind").await), "tree_proxy_off");
    assert_eq!(server.count(), 0, "nobody was asked");

    let open = grove.tree(&address, true).await;
    let found = grove.ask(&grove.owner, &open, "kind").await.unwrap();
    assert_eq!(found, json!(["Pots", {"value": "Pans", "isLeaf": false}]));
    assert_eq!(server.count(), 1);
    // Only what is behind an address of the interface is fetched.
    for control in ["own", "text", "nowhere", &address] {
        assert_eq!(refused(grove.ask(&grove.owner, &open, control).await), Kind::NotFound, "{control}");
    }
    let (_, stranger) = grove.db.org("other").await;
    let org_id = grove.db.again(&grove.owner).await.user().unwrap().org_id.unwrap();
    let outsider = grove.db.member(org_id, "out", OrgRole::Member).await;
    let annotator = grove.db.member(org_id, "ann", OrgRole::Member).await;
    project::put_member(&grove.db.cx, &grove.owner, open.project_id, user_id(&annotator), ProjectRole::Annotator)
        .await
        .unwrap();
    for (who, kind) in [
        (&stranger, Kind::NotFound),
        (&outsider, Kind::NotFound),
        // Not theirs yet: nobody learns of tasks they do not hold.
        (&annotator, Kind::NotFound),
        (&Actor::Anonymous, Kind::Unauthenticated),
    ] {
        assert_eq!(refused(grove.ask(who, &open, "kind").await), kind);
    }
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn what_is_no_tree_and_what_must_not_be_reached_is_refused() {
    let mut grove = Grove::new().await;
    for (kind, bytes, expected) in [
        ("text/html", b"<p>Sign in</p>".to_vec(), "entries_none"),
        ("application/json", b"[[1]]".to_vec(), "entries_malformed"),
        ("application/json", vec![b' '; task::MAX_TREE_BYTES + 1], "text_too_large"),
        ("404", Vec::new(), "url_status"),
    ] {
        let server = Server::new(kind, bytes).await;
        let tree = grove.tree(&server.url("/tree"), true).await;
        assert_eq!(code(grove.ask(&grove.owner, &tree, "kind").await), expected);
    }
    let server = Server::new("application/json", b"[]".to_vec()).await;
    grove.cx = grove.db.cx.clone();
    for (address, expected) in [
        (server.url("/tree"), "url_private"),
        ("http://169.254.169.254/latest/meta-data".to_owned(), "url_private"),
        ("file:///etc/passwd".to_owned(), "url_scheme"),
        ("//other.example/tree".to_owned(), "url_malformed"),
        // Of this site: the browser asks for those itself.
        ("/demo/tree.json".to_owned(), "not_found"),
    ] {
        let tree = grove.tree(&address, true).await;
        assert_eq!(code(grove.ask(&grove.owner, &tree, "kind").await), expected, "{address}");
    }
    assert_eq!(server.count(), 0);
}
