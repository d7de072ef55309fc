//! Pictures that leave with the work: out of storages, from other servers, and everything that may go wrong on the way.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
    sync::Arc,
    time::Duration,
};

use domain::{
    cloud::{Credentials, Place, StorageForm},
    format::{ExportFormat, ExportOptions, Manifest},
    project::ProjectPatch,
};
use futures::TryStreamExt;
use serde_json::{Value, json};
use service::{CxBuilder, Settings, export, import, job, project};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::Barrier,
};
use zip::ZipArchive;

use super::{
    Desk,
    bucket::{self, Bucket, Objects},
    source,
};
use crate::webhook::receiver::{Manner, Receiver};

/// How long a picture may take: long enough for one that comes on a machine with much to do.
const PATIENCE: Duration = Duration::from_secs(4);

const PIXEL: &[u8] = include_bytes!("../pixel.png");

/// Its files, and its account of itself.
struct Archive {
    files: BTreeMap<String, Vec<u8>>,
    manifest: Manifest,
}

impl Archive {
    /// The picture of a task, counted from 0 in the order of the archive's images.
    fn picture(&self, at: usize) -> &[u8] {
        let coco: Value = serde_json::from_slice(&self.files["result.json"]).unwrap();
        assert_eq!((&coco["images"][at]["width"], &coco["images"][at]["height"]), (&json!(1), &json!(1)));
        &self.files[coco["images"][at]["file_name"].as_str().unwrap()]
    }

    /// The last part of every address that is missing, and why.
    fn missing(&self) -> Vec<(&str, &str)> {
        let missing = self.manifest.missing_images.iter();
        missing.map(|image| (image.address.rsplit('/').next().unwrap(), image.reason.as_str())).collect()
    }

    fn lost(&self) -> Vec<(&str, u64)> {
        let losses = self.manifest.losses.iter().filter(|loss| loss.code.starts_with("image_"));
        losses.map(|loss| (loss.code.as_str(), loss.count)).collect()
    }
}

impl Desk {
    async fn leave(&self) -> Archive {
        let options = ExportOptions { include_unlabeled: true, ..ExportOptions::default() };
        let (cx, owner, project_id) = (&self.cx, &self.owner, self.project_id);
        let id = export::start(cx, owner, project_id, ExportFormat::CocoWithImages, options).await.unwrap();
        job::runner::run_waiting(cx).await.unwrap();
        let run = export::get(cx, owner, project_id, id).await.unwrap();
        let manifest = run.manifest.unwrap_or_else(|| panic!("{:?}", run.error));
        let download = export::download(cx, owner, project_id, id).await.unwrap();
        let chunks: Vec<_> = export::read(cx, &download, None).await.unwrap().try_collect().await.unwrap();
        let mut zip = ZipArchive::new(Cursor::new(chunks.concat())).unwrap();
        let mut files = BTreeMap::new();
        for at in 0..zip.len() {
            let mut file = zip.by_index(at).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            files.insert(file.name().unwrap().into_owned(), bytes);
        }
        assert_eq!(serde_json::from_slice::<Manifest>(&files["manifest.json"]).unwrap(), manifest);
        Archive { files, manifest }
    }

    /// Tasks that show these pictures.
    async fn show(&self, addresses: &[String]) {
        let tasks: Vec<Value> = addresses.iter().map(|address| json!({ "picture": address })).collect();
        let source = import::Source::Text(json!(tasks).to_string());
        import::start(&self.cx, &self.owner, self.project_id, source).await.unwrap();
        job::runner::run_waiting(&self.cx).await.unwrap();
    }

    async fn allow_other_servers(&self) {
        let patch = ProjectPatch { allow_media_proxy: Some(true), ..ProjectPatch::default() };
        project::update(&self.cx, &self.owner, self.project_id, patch).await.unwrap();
    }

    fn change(&mut self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.cx.settings().clone();
        change(&mut settings);
        let cx = CxBuilder::new(self.db.pool().clone()).clock(self.db.cx.clock().clone()).settings(settings);
        self.cx = cx.build().unwrap();
    }
}

#[tokio::test]
async fn pictures_of_a_folder_leave_with_the_work() {
    let desk = Desk::new().await;
    desk.put("set/a.png", PIXEL);
    desk.put("set/b.png", PIXEL);
    let id = desk.add(super::folder("set")).await.cloud_storage_id;
    desk.sync(id).await;
    std::fs::remove_file(desk.folder.path().join("set/b.png")).unwrap();
    let archive = desk.leave().await;
    assert_eq!((archive.manifest.images, archive.lost()), (1, vec![("image_not_fetched", 1)]));
    assert_eq!(archive.picture(0), PIXEL);
    assert!(archive.missing()[0].0.ends_with("b.png"), "{:?}", archive.missing());
}

#[tokio::test]
async fn pictures_of_every_kind_of_bucket_leave_with_the_work() {
    let objects = Objects::default();
    objects.lock().unwrap().insert("set/a.png".into(), PIXEL.to_vec());
    let bucket = Bucket::new().await;
    bucket.put("set/a.png", PIXEL);
    let google =
        Place::Gcs { bucket: "box".into(), endpoint: format!("http://{}", bucket::google(objects.clone()).await) };
    let azure = Place::Azure {
        account: "account".into(),
        container: "box".into(),
        endpoint: format!("http://{}", bucket::azure(objects.clone()).await),
    };
    let key = Credentials::Azure { account_key: "c2VjcmV0IG9mIHRoZSBhY2NvdW50".into() };
    for (place, credentials, beside) in [
        (bucket.place(), bucket::keys(), "s3://cats/beside/b.png"),
        (google, Credentials::Public, "gs://box/beside/b.png"),
        (azure, key, "azure-blob://box/beside/b.png"),
    ] {
        let desk = Desk::new().await;
        let form = StorageForm { prefix: "set".into(), credentials, ..source(place.clone()) };
        let id = desk.add(form).await.cloud_storage_id;
        desk.sync(id).await;
        // Of a bucket only what the storage is about.
        desk.show(&[beside.to_owned()]).await;
        let archive = desk.leave().await;
        assert_eq!((archive.manifest.images, archive.lost()), (1, vec![("image_not_fetched", 1)]), "{place:?}");
        assert_eq!(archive.picture(0), PIXEL);
        assert_eq!(archive.missing()[0].0, "b.png");
    }
}

#[tokio::test]
async fn pictures_of_other_servers_leave_where_the_project_allows_it() {
    let mut desk = Desk::new().await;
    desk.change(|settings| {
        settings.max_upload_bytes = 100_000;
        settings.image_patience = PATIENCE;
    });
    let address = bucket::serve(|asked| {
        let to = |target: &str| ("302 Found", format!("location: {target}\r\n"), Vec::new());
        match asked.target.as_str() {
            "/set/a.png" => ("200 OK", "content-type: image/png\r\n".into(), PIXEL.to_vec()),
            "/moved.png" => to("/set/a.png"),
            "/inside.png" => to("http://169.254.169.254/a.png"),
            "/login.png" => ("200 OK", "content-type: text/html\r\n".into(), b"<p>Who are you?".to_vec()),
            "/empty.png" => ("200 OK", "content-type: image/png\r\n".into(), Vec::new()),
            _ => ("404 Not Found", String::new(), Vec::new()),
        }
    })
    .await;
    let mut addresses: Vec<String> =
        ["set/a.png", "moved.png", "inside.png", "login.png", "empty.png", "gone.png", "set/a.png"]
            .iter()
            .map(|path| format!("http://{address}/{path}"))
            .collect();
    let (hangs, dawdles, floods, boasts) = (
        Receiver::new(Manner::Hangs).await,
        Receiver::new(Manner::Dawdles).await,
        Receiver::new(Manner::Floods).await,
        Receiver::new(Manner::Boasts).await,
    );
    addresses.extend([hangs.url(), dawdles.url(), floods.url(), boasts.url()]);
    addresses.extend(["http://10.0.0.1/b.png".to_owned(), "http://localhost:3000/files/999999/own.png".to_owned()]);
    desk.show(&addresses).await;

    let archive = desk.leave().await;
    assert_eq!((archive.manifest.images, archive.lost()), (0, vec![("image_not_stored", 13)]));
    let missing = archive.missing();
    assert!(missing[..12].iter().all(|(_, reason)| reason.contains("Settings, General, Media")), "{missing:?}");
    assert_eq!(missing[12], ("own.png", "The project has no such file."));
    assert!(hangs.heard().is_empty(), "nobody is asked without leave");

    desk.allow_other_servers().await;
    let archive = desk.leave().await;
    assert_eq!(
        (archive.manifest.images, archive.lost()),
        (3, vec![("image_not_fetched", 9), ("image_not_stored", 1)]),
        "{:?}",
        archive.missing()
    );
    assert_eq!((archive.picture(0), archive.picture(1), archive.picture(6)), (PIXEL, PIXEL, PIXEL));
    let reasons = [
        "private network",
        "text/html",
        "empty",
        "404",
        "not here after 4 seconds",
        "not here after 4 seconds",
        "larger than",
        "larger than",
        "private network",
        "no such file",
    ];
    let missing = archive.missing();
    assert_eq!(missing.len(), reasons.len());
    for ((name, told), reason) in missing.iter().zip(reasons) {
        assert!(told.contains(reason), "{name}: {told}");
    }
}

#[tokio::test]
async fn pictures_are_fetched_some_at_once_and_a_silent_server_is_left_alone() {
    let mut desk = Desk::new().await;
    desk.change(|settings| settings.image_patience = PATIENCE);
    desk.allow_other_servers().await;
    // Answers nobody before four ask at the same time.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let together = listener.local_addr().unwrap();
    let four = Arc::new(Barrier::new(4));
    tokio::spawn(async move {
        for at in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let four = Arc::clone(&four);
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    assert!(stream.read_buf(&mut head).await.unwrap() > 0);
                }
                if at < 4 {
                    four.wait().await;
                }
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    PIXEL.len()
                );
                stream.write_all(&[head.as_bytes(), PIXEL].concat()).await.unwrap();
            });
        }
    });
    let silent = Receiver::new(Manner::Hangs).await;
    let mut addresses: Vec<String> = (0..40).map(|at| format!("http://{together}/{at}.png")).collect();
    addresses.extend((0..60).map(|at| format!("{}&{at}", silent.url())));
    desk.show(&addresses).await;
    let archive = desk.leave().await;
    assert_eq!((archive.manifest.images, archive.lost()), (40, vec![("image_not_fetched", 60)]));
    assert!((0..40).all(|at| archive.picture(at) == PIXEL));
    let missing = archive.missing();
    assert_eq!(missing[0].1, "It was not here after 4 seconds.");
    assert_eq!(missing[59].1, "Its server has not answered several times in a row.");
    let asked = silent.heard().len();
    assert!((5..=16).contains(&asked), "it was asked {asked} times");
}
