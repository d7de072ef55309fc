//! Storages: a real S3 server, folders, and everything that can be wrong with them.

mod bucket;
mod exports;
mod imports;
mod objects;
mod pictures;

use std::path::Path;

use domain::{
    Kind,
    access::OrgRole,
    cloud::{CloudStorage, Credentials, Direction, Place, Scope, StorageForm},
    id::{CloudStorageId, OrgId, ProjectId},
    page::Limit,
    project::NewProject,
};
use serde_json::Value;
use service::{Actor, Cx, CxBuilder, Settings, cloud, job, project, testing::TestDb};

use crate::{code, refused};
use bucket::{Bucket, SECRET, keys};

const PICTURES: &str = "<View><Image name='img' value='$picture'/><RectangleLabels name='box' toName='img'>\
    <Label value='Cat'/></RectangleLabels></View>";

/// A project whose people may reach this machine, and one folder of it.
struct Desk {
    db: TestDb,
    cx: Cx,
    org_id: OrgId,
    owner: Actor,
    project_id: ProjectId,
    folder: tempfile::TempDir,
}

impl Desk {
    async fn new() -> Self {
        let db = TestDb::new().await;
        let (org_id, owner) = db.org("acme").await;
        let input = NewProject { title: "Cats".into(), label_config: PICTURES.into(), ..NewProject::default() };
        let project_id = project::create(&db.cx, &owner, input).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
            local_files: Some(folder.path().to_owned()),
            ..db.cx.settings().clone()
        };
        let cx = Self::with(&db, settings);
        Self { db, cx, org_id, owner, project_id, folder }
    }

    fn with(db: &TestDb, settings: Settings) -> Cx {
        CxBuilder::new(db.pool().clone()).clock(db.cx.clock().clone()).settings(settings).build().unwrap()
    }

    async fn add(&self, form: StorageForm) -> CloudStorage {
        cloud::add(&self.cx, &self.owner, self.project_id, form).await.unwrap()
    }

    async fn sync(&self, id: CloudStorageId) -> CloudStorage {
        self.sync_scope(id, Scope::All).await
    }

    async fn sync_scope(&self, id: CloudStorageId, scope: Scope) -> CloudStorage {
        let begun = cloud::sync(&self.cx, &self.owner, self.project_id, id, scope).await.unwrap();
        assert!(begun.is_syncing());
        job::runner::run_waiting(&self.cx).await.unwrap();
        self.storage(id).await
    }

    async fn storage(&self, id: CloudStorageId) -> CloudStorage {
        cloud::get(&self.cx, &self.owner, self.project_id, id).await.unwrap()
    }

    async fn failures(&self, id: CloudStorageId) -> Vec<(String, String)> {
        let limit = Limit::default();
        let failed = cloud::failures(&self.cx, &self.owner, self.project_id, id, String::new(), limit).await.unwrap();
        failed.into_iter().map(|failed| (failed.key, failed.error)).collect()
    }

    async fn data(&self) -> Vec<Value> {
        sqlx::query_scalar("select data from task where project_id = $1 order by inner_id")
            .bind(self.project_id.0)
            .fetch_all(self.db.pool())
            .await
            .unwrap()
    }

    async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).bind(self.project_id.0).fetch_one(self.db.pool()).await.unwrap()
    }

    /// Puts a file below the folder that is allowed.
    fn put(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// A source of pictures.
fn source(place: Place) -> StorageForm {
    let credentials = if place == Place::Local { Credentials::Public } else { keys() };
    StorageForm { place, credentials, ..StorageForm::default() }
}

fn target(place: Place) -> StorageForm {
    StorageForm { direction: Direction::Export, ..source(place) }
}

fn folder(path: &str) -> StorageForm {
    StorageForm { prefix: path.into(), ..source(Place::Local) }
}

#[tokio::test]
async fn a_storage_that_does_not_answer_is_not_added() {
    let (desk, bucket) = (Desk::new().await, Bucket::new().await);
    let keys = |id: &str, secret: &str| Credentials::S3 {
        access_key_id: id.into(),
        secret_access_key: secret.into(),
        session_token: String::new(),
    };
    let form = source(bucket.place());
    let closed = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let at = |endpoint: String| Place::S3 { bucket: "cats".into(), region: String::new(), endpoint };
    let cases = [
        (StorageForm { credentials: keys("AKIANOBODY", SECRET), ..form.clone() }, "storage_unknown_key"),
        (StorageForm { credentials: keys(bucket::KEY_ID, "wrong"), ..form.clone() }, "storage_wrong_key"),
        (StorageForm { place: bucket.place_of("dogs"), ..form.clone() }, "storage_no_bucket"),
        (StorageForm { place: at(closed), ..form.clone() }, "storage_unreachable"),
        (StorageForm { place: at("http://10.0.0.1".into()), ..form.clone() }, "url_private"),
        (StorageForm { place: at("http://169.254.169.254".into()), ..form.clone() }, "url_private"),
        (StorageForm { regex: "(".into(), ..form.clone() }, "regex_malformed"),
        (StorageForm { credentials: Credentials::Kept, ..form.clone() }, "required"),
        (folder("nowhere"), "local_no_folder"),
        (folder("../.."), "prefix_malformed"),
    ];
    for (form, expected) in cases {
        let checked = cloud::check(&desk.cx, &desk.owner, desk.project_id, None, form.clone(), 10).await;
        assert_eq!(code(checked), expected, "{form:?}");
        assert_eq!(code(cloud::add(&desk.cx, &desk.owner, desk.project_id, form).await), expected);
    }
    assert!(cloud::list(&desk.cx, &desk.owner, desk.project_id).await.unwrap().is_empty());
    cloud::check(&desk.cx, &desk.owner, desk.project_id, None, form, 10).await.unwrap();
    cloud::check(&desk.cx, &desk.owner, desk.project_id, None, target(bucket.place()), 10).await.unwrap();
    assert!(!bucket.path("synapse-connection-check.txt").exists(), "nothing is left behind");
    assert!(cloud::list(&desk.cx, &desk.owner, desk.project_id).await.unwrap().is_empty(), "nothing is kept");
}

#[tokio::test]
async fn storages_are_for_those_who_change_settings() {
    let (desk, bucket) = (Desk::new().await, Bucket::new().await);
    let org_id = desk.owner.user().unwrap().org_id.unwrap();
    let id = desk.add(source(bucket.place())).await.cloud_storage_id;
    let annotator = desk.db.member(org_id, "ann", OrgRole::Member).await;
    sqlx::query("insert into project_member (project_id, user_id, member_type) values ($1, $2, 4)")
        .bind(desk.project_id.0)
        .bind(service::testing::user_id(&annotator).0)
        .execute(desk.db.pool())
        .await
        .unwrap();
    let (_, rival) = desk.db.org("rival").await;
    for (who, expected) in [(&annotator, Kind::Forbidden), (&rival, Kind::NotFound)] {
        let project_id = desk.project_id;
        assert_eq!(refused(cloud::list(&desk.cx, who, project_id).await), expected);
        assert_eq!(refused(cloud::get(&desk.cx, who, project_id, id).await), expected);
        assert_eq!(refused(cloud::add(&desk.cx, who, project_id, source(bucket.place())).await), expected);
        assert_eq!(refused(cloud::sync(&desk.cx, who, project_id, id, Scope::All).await), expected);
        assert_eq!(refused(cloud::remove(&desk.cx, who, project_id, id).await), expected);
    }
    let input = NewProject { title: "Dogs".into(), label_config: PICTURES.into(), ..NewProject::default() };
    let other = project::create(&desk.cx, &desk.owner, input).await.unwrap();
    assert_eq!(refused(cloud::get(&desk.cx, &desk.owner, other, id).await), Kind::NotFound, "of another project");
    cloud::remove(&desk.cx, &desk.owner, desk.project_id, id).await.unwrap();
    cloud::remove(&desk.cx, &desk.owner, desk.project_id, id).await.unwrap();
}

#[tokio::test]
async fn keys_are_sealed_and_stay_with_their_server() {
    let (desk, bucket) = (Desk::new().await, Bucket::new().await);
    let added = desk.add(source(bucket.place())).await;
    let id = added.cloud_storage_id;
    assert_eq!(added.credentials_hint, "Key …ST01");
    assert!(!format!("{added:?}{}", serde_json::to_string(&added).unwrap()).contains(SECRET));
    let sealed: Vec<u8> =
        sqlx::query_scalar("select credentials from cloud_storage").fetch_one(desk.db.pool()).await.unwrap();
    assert!(!sealed.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()));
    let mut tenant = desk.db.pool().begin().await.unwrap();
    sqlx::query("set local role synapse_tenant").execute(&mut *tenant).await.unwrap();
    let read = sqlx::query("select credentials from cloud_storage").fetch_all(&mut *tenant).await;
    assert!(read.unwrap_err().to_string().contains("permission denied"));
    drop(tenant);
    let change = |form| cloud::change(&desk.cx, &desk.owner, desk.project_id, id, form);
    let kept = StorageForm { credentials: Credentials::Kept, title: "Cats".into(), ..source(bucket.place()) };
    assert_eq!(change(kept.clone()).await.unwrap().title, "Cats");
    desk.sync(id).await;
    let elsewhere = Place::S3 { bucket: "cats".into(), region: String::new(), endpoint: "http://127.0.0.1:9".into() };
    assert_eq!(code(change(StorageForm { place: elsewhere, ..kept }).await), "credentials_of_another_server");
}

#[tokio::test]
async fn a_folder_of_the_server_is_what_the_operator_allows() {
    let desk = Desk::new().await;
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret.png"), "no").unwrap();
    desk.put("set/a.png", "a");
    desk.put("set/deep/b.png", "b");
    desk.put("other/c.png", "c");
    std::os::unix::fs::symlink(outside.path(), desk.folder.path().join("set/out")).unwrap();
    std::os::unix::fs::symlink(desk.folder.path().join("other/c.png"), desk.folder.path().join("set/beside.png"))
        .unwrap();
    let absolute = desk.folder.path().join("set");
    let added = desk.add(folder(&absolute.to_string_lossy())).await;
    assert_eq!(added.prefix, "set", "an absolute path into the folder is meant as it is");
    let synced = desk.sync(added.cloud_storage_id).await;
    assert_eq!(synced.object_count, 2);
    let mut data = desk.data().await;
    data.sort_by_key(ToString::to_string);
    let named: Vec<_> = data.iter().map(|data| data["picture"].as_str().unwrap()).collect();
    assert_eq!(named, ["/data/local-files/?d=set/a.png", "/data/local-files/?d=set/deep/b.png"]);
    let link = folder("set/out");
    assert_eq!(code(cloud::check(&desk.cx, &desk.owner, desk.project_id, None, link, 10).await), "storage_no_object");
    let without = Settings { local_files: None, ..desk.cx.settings().clone() };
    let cx = Desk::with(&desk.db, without);
    let checked = cloud::check(&cx, &desk.owner, desk.project_id, None, folder("set"), 10).await;
    assert_eq!(code(checked), "local_files_off");
    assert!(!cloud::allows_folders(&cx) && cloud::allows_folders(&desk.cx));
    assert!(Path::new(&absolute).is_dir());
}
