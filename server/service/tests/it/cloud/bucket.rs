//! Storages that run here: a real S3 server over a folder, and small ones that speak what Google, Azure and a bucket without end
//! speak.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use domain::cloud::{Credentials, Place};
use hyper_util::rt::{TokioExecutor, TokioIo};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

pub(super) const KEY_ID: &str = "AKIASYNAPSETEST01";
pub(super) const SECRET: &str = "a-secret-of-the-test";

/// A bucket called `cats` on a server that speaks S3 and checks signatures.
pub(super) struct Bucket {
    pub(super) address: SocketAddr,
    root: tempfile::TempDir,
}

impl Bucket {
    pub(super) async fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("cats")).unwrap();
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                    // A client that has heard enough is gone.
                    let _ = server.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { address, root }
    }

    pub(super) fn place(&self) -> Place {
        self.place_of("cats")
    }

    pub(super) fn place_of(&self, bucket: &str) -> Place {
        Place::S3 { bucket: bucket.into(), region: String::new(), endpoint: format!("http://{}", self.address) }
    }

    pub(super) fn path(&self, key: &str) -> PathBuf {
        self.root.path().join("cats").join(key)
    }

    pub(super) fn put(&self, key: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(super) fn get(&self, key: &str) -> Option<serde_json::Value> {
        Some(serde_json::from_slice(&std::fs::read(self.path(key)).ok()?).unwrap())
    }
}

/// The keys that the bucket knows.
pub(super) fn keys() -> Credentials {
    Credentials::S3 { access_key_id: KEY_ID.into(), secret_access_key: SECRET.into(), session_token: String::new() }
}

/// What was asked: method, path with query, headers, body.
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Asked {
    /// A parameter of the query, decoded.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(&format!("http://host{}", self.target)).unwrap();
        url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    fn path(&self) -> String {
        let path = self.target.split('?').next().unwrap_or_default();
        percent_encoding::percent_decode_str(path).decode_utf8().unwrap().into_owned()
    }
}

/// Status line, further headers, body.
pub(super) type Answer = (&'static str, String, Vec<u8>);

/// Answers requests one by one, until the test is over.
pub(super) async fn serve(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move { attend(stream, &*answer).await });
        }
    });
    address
}

async fn attend(mut stream: TcpStream, answer: &(impl Fn(&Asked) -> Answer + ?Sized)) {
    let mut bytes = Vec::new();
    let (head, body) = loop {
        let mut piece = [0; 8192];
        let count = stream.read(&mut piece).await.unwrap_or(0);
        if count == 0 {
            return;
        }
        bytes.extend_from_slice(&piece[..count]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length =
            head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(str::to_owned));
        let length = length.map_or(0, |length| length.trim().parse::<usize>().unwrap());
        if bytes.len() >= end + 4 + length {
            break (head, bytes[end + 4..end + 4 + length].to_vec());
        }
    };
    let mut first = head.lines().next().unwrap().split(' ');
    let (method, target) = (first.next().unwrap().to_owned(), first.next().unwrap().to_owned());
    let (status, headers, body) = answer(&Asked { method, target, head, body });
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n");
    let _gone = stream.write_all(&[head.as_bytes(), &body].concat()).await;
}

/// Objects by key.
pub(super) type Objects = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

const MOMENT: &str = "2026-11-20T10:00:00.000Z";

fn object_answer(asked: &Asked, key: &str, objects: &Objects) -> Answer {
    let mut objects = objects.lock().unwrap();
    let about = "etag: \"1\"\r\nlast-modified: Fri, 20 Nov 2026 10:00:00 GMT\r\n".to_owned();
    match asked.method.as_str() {
        "PUT" => {
            objects.insert(key.to_owned(), asked.body.clone());
            ("201 Created", about, Vec::new())
        }
        "DELETE" if objects.remove(key).is_some() => ("202 Accepted", String::new(), Vec::new()),
        "GET" | "HEAD" => match objects.get(key) {
            Some(bytes) => ("200 OK", about, bytes.clone()),
            None => ("404 Not Found", String::new(), Vec::new()),
        },
        _ => ("404 Not Found", String::new(), Vec::new()),
    }
}

/// What Azure speaks, as far as it is spoken here; everything is asked with a signature.
pub(super) async fn azure(objects: Objects) -> SocketAddr {
    serve(move |asked| {
        if !asked.head.to_ascii_lowercase().contains("authorization: sharedkey account:") {
            return ("403 Forbidden", String::new(), b"<Error><Code>AuthenticationFailed</Code></Error>".to_vec());
        }
        if asked.parameter("comp").as_deref() == Some("batch") {
            // Several requests in one, of which only deleting is known here.
            let body = String::from_utf8(asked.body.clone()).unwrap();
            let wanted = body.lines().find_map(|line| line.strip_prefix("DELETE /box/")?.strip_suffix(" HTTP/1.1"));
            let is_gone = wanted.is_some_and(|key| objects.lock().unwrap().remove(key).is_some());
            let status = if is_gone { "202 Accepted" } else { "404 Not Found" };
            let part = format!(
                "--part\r\nContent-Type: application/http\r\nContent-ID: 0\r\n\r\nHTTP/1.1 {status}\r\nServer: test\r\n\r\n\
                 --part--\r\n"
            );
            return ("202 Accepted", "content-type: multipart/mixed; boundary=part\r\n".into(), part.into_bytes());
        }
        if asked.parameter("comp").as_deref() == Some("list") {
            let prefix = asked.parameter("prefix").unwrap_or_default();
            let blobs: String = objects
                .lock()
                .unwrap()
                .iter()
                .filter(|(key, _)| key.starts_with(&prefix))
                .map(|(key, bytes)| {
                    format!(
                        "<Blob><Name>{key}</Name><Properties><Last-Modified>Fri, 20 Nov 2026 10:00:00 GMT</Last-Modified>\
                         <Content-Length>{}</Content-Length><Content-Type>image/png</Content-Type><Etag>1</Etag>\
                         </Properties></Blob>",
                        bytes.len()
                    )
                })
                .collect();
            let listing = format!("<EnumerationResults><Blobs>{blobs}</Blobs><NextMarker/></EnumerationResults>");
            return ("200 OK", "content-type: application/xml\r\n".into(), listing.into_bytes());
        }
        let path = asked.path();
        let key = path.strip_prefix("/box/").unwrap_or_default();
        object_answer(asked, key, &objects)
    })
    .await
}

/// What Google speaks, as far as it is spoken here.
pub(super) async fn google(objects: Objects) -> SocketAddr {
    serve(move |asked| {
        if asked.parameter("list-type").is_some() {
            let prefix = asked.parameter("prefix").unwrap_or_default();
            let known = objects.lock().unwrap();
            let found = known.iter().filter(|(key, _)| key.starts_with(&prefix));
            let listing = listing(found.map(|(key, bytes)| (key.clone(), bytes.len())), None);
            return ("200 OK", String::new(), listing);
        }
        let path = asked.path();
        let key = path.strip_prefix("/box/").unwrap_or_default();
        object_answer(asked, key, &objects)
    })
    .await
}

fn listing(objects: impl Iterator<Item = (String, usize)>, next: Option<String>) -> Vec<u8> {
    let contents: String = objects
        .map(|(key, size)| {
            format!(
                "<Contents><Key>{key}</Key><LastModified>{MOMENT}</LastModified><ETag>\"1\"</ETag><Size>{size}</Size></Contents>"
            )
        })
        .collect();
    let next = next.map_or(String::new(), |next| format!("<NextContinuationToken>{next}</NextContinuationToken>"));
    format!("<?xml version=\"1.0\"?><ListBucketResult>{contents}{next}</ListBucketResult>").into_bytes()
}

/// A bucket of `count` pictures that exist in its listing alone: `p/000000.png` and so on.
pub(super) async fn endless(count: usize) -> SocketAddr {
    serve(move |asked| {
        let token = asked.parameter("continuation-token").and_then(|token| token.parse().ok());
        let behind = asked.parameter("start-after").and_then(|key| {
            let number: usize = key.strip_prefix("p/")?.strip_suffix(".png")?.parse().ok()?;
            Some(number + 1)
        });
        let first: usize = token.or(behind).unwrap_or(0);
        let most = asked.parameter("max-keys").and_then(|most| most.parse().ok()).unwrap_or(1_000);
        let last = (first + most).min(count);
        let objects = (first..last).map(|number| (format!("p/{number:06}.png"), 10));
        ("200 OK", String::new(), listing(objects, (last < count).then(|| last.to_string())))
    })
    .await
}
