//! Media: real small files, hostile ones, and everybody who may not see them.

mod access;
mod server;
mod sights;
mod sounds;

use bytes::Bytes;
use domain::{
    id::{ProjectId, TaskId},
    project::{NewProject, ProjectPatch},
};
use futures::{StreamExt, TryStreamExt};
use serde_json::{Value, json};
use service::{
    Actor, Cx, CxBuilder, Settings,
    import::{self, Source},
    job,
    media::{self, Asked, Derived, State},
    project, storage,
    testing::TestDb,
};

pub(crate) use server::Server;

/// A project whose people may reach this machine, and into which files go.
struct Studio {
    db: TestDb,
    cx: Cx,
    owner: Actor,
    project_id: ProjectId,
}

impl Studio {
    async fn new() -> Self {
        let db = TestDb::new().await;
        let (_, owner) = db.org("acme").await;
        let config =
            "<View><Text name='t' value='$t'/><Choices name='c' toName='t'><Choice value='x'/></Choices></View>";
        let input = NewProject { title: "Sounds".into(), label_config: config.into(), ..NewProject::default() };
        let project_id = project::create(&db.cx, &owner, input).await.unwrap();
        let settings = Settings {
            allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
            site_dir: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/../../public").into()),
            ..db.cx.settings().clone()
        };
        let cx = CxBuilder::new(db.pool().clone()).clock(db.cx.clock().clone()).settings(settings).build().unwrap();
        Self { db, cx, owner, project_id }
    }

    async fn upload(&self, name: &str, bytes: impl Into<Bytes>) -> String {
        let bytes: Bytes = bytes.into();
        let body = futures::stream::iter([Ok(bytes)]).boxed();
        storage::receive(&self.cx, &self.owner, self.project_id, name, body).await.unwrap().address()
    }

    /// A task with this data.
    async fn task(&self, data: Value) -> TaskId {
        let source = Source::Text(json!([data]).to_string());
        import::start(&self.cx, &self.owner, self.project_id, source).await.unwrap();
        job::runner::run_waiting(&self.cx).await.unwrap();
        let id: i64 = sqlx::query_scalar("select max(task_id) from task where project_id = $1")
            .bind(self.project_id.0)
            .fetch_one(self.db.pool())
            .await
            .unwrap();
        TaskId(id)
    }

    async fn allow_proxy(&self) {
        let patch = ProjectPatch { allow_media_proxy: Some(true), ..ProjectPatch::default() };
        project::update(&self.cx, &self.owner, self.project_id, patch).await.unwrap();
    }

    fn asked(&self, src: &str) -> Asked {
        Asked { project_id: self.project_id, task_id: None, src: src.to_owned() }
    }

    fn of_task(&self, src: &str, task_id: TaskId) -> Asked {
        Asked { task_id: Some(task_id), ..self.asked(src) }
    }

    async fn wave(&self, src: &str) -> service::Result<Vec<u8>> {
        let asked = self.asked(src);
        let derived = ready(async || media::wave(&self.cx, &self.owner, &asked).await).await?;
        Ok(self.read(&derived).await)
    }

    async fn spectrum(&self, src: &str) -> service::Result<Vec<u8>> {
        let asked = self.asked(src);
        let derived = ready(async || media::spectrum(&self.cx, &self.owner, &asked).await).await?;
        Ok(self.read(&derived).await)
    }

    async fn read(&self, derived: &Derived) -> Vec<u8> {
        let body = media::read(&self.cx, derived, None).await.unwrap();
        body.map_ok(|chunk| chunk.to_vec()).try_concat().await.unwrap()
    }
}

/// Asks until it is made, as a page does.
async fn ready<T>(ask: impl AsyncFn() -> service::Result<State<T>>) -> service::Result<T> {
    loop {
        if let State::Ready(made) = ask().await? {
            return Ok(made);
        }
    }
}
