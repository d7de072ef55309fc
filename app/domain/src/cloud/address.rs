//! How a task names an object of a storage: `s3://bucket/key`, `gs://bucket/key`, `azure-blob://container/key`,
//! `/data/local-files/?d=path`.

use std::fmt;

use serde_json::Value;

use super::StorageKind;
use crate::id::{ProjectId, TaskId};

/// What addresses of local files begin with.
const LOCAL: &str = "/data/local-files/?d=";

/// One object of a storage, as a task names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectAddress {
    /// What kind of storage it lies in.
    pub kind: StorageKind,
    /// The bucket or container; empty for local files.
    pub bucket: String,
    /// The key; for local files the path below the folder that the operator allows.
    pub key: String,
}

impl ObjectAddress {
    /// Reads an address; nothing for any other text. It may also begin with the address of this very site, which the caller
    /// has taken off.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(path) = text.strip_prefix(LOCAL).or_else(|| text.strip_prefix("/data/local-files?d=")) {
            let key = decode(path.split('&').next().unwrap_or_default())?;
            let key = key.trim_start_matches('/').to_owned();
            return (!key.is_empty()).then_some(Self { kind: StorageKind::Local, bucket: String::new(), key });
        }
        let (scheme, rest) = text.split_once("://")?;
        let kind = match scheme.to_ascii_lowercase().as_str() {
            "s3" => StorageKind::S3,
            "gs" => StorageKind::Gcs,
            "azure-blob" => StorageKind::Azure,
            _ => return None,
        };
        let (bucket, key) = rest.split_once('/')?;
        let is_whole = !bucket.is_empty() && !key.is_empty();
        is_whole.then(|| Self { kind, bucket: bucket.to_owned(), key: key.to_owned() })
    }

    /// Where a page loads what a task names by such an address: through this server, which knows the storage and sends
    /// browsers on to it where it may. Nothing for every other text.
    #[must_use]
    pub fn loads(project_id: ProjectId, task_id: TaskId, src: &str) -> Option<String> {
        let src = src.trim();
        Self::parse(src)?;
        Some(format!("/projects/{project_id}/media/file?src={}&task={task_id}", encode(src)))
    }

    /// Whether a text is such an address.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        Self::parse(text).is_some()
    }
}

impl fmt::Display for ObjectAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, bucket, key } = self;
        match kind {
            StorageKind::S3 => write!(f, "s3://{bucket}/{key}"),
            StorageKind::Gcs => write!(f, "gs://{bucket}/{key}"),
            StorageKind::Azure => write!(f, "azure-blob://{bucket}/{key}"),
            StorageKind::Local => write!(f, "{LOCAL}{}", encode(key)),
        }
    }
}

/// What addresses of uploads begin with.
const UPLOAD: &str = "/files/";

/// The data of a task with every address of an object of a storage, and of an upload, as one that programs can fetch from this
/// site; nothing where there is none.
#[must_use]
pub fn resolve(project_id: ProjectId, task_id: TaskId, data: &str, site: &str) -> Option<Value> {
    // Nearly all tasks have none, and are not read for it.
    let may_have =
        ["s3://", "gs://", "azure-blob://", "/data/local-files", UPLOAD].iter().any(|begins| data.contains(begins));
    let mut data = may_have.then(|| serde_json::from_str::<Value>(data).ok()).flatten()?;
    let mut open = vec![&mut data];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => {
                if let Some(path) = ObjectAddress::loads(project_id, task_id, text) {
                    *text = format!("{site}{path}");
                } else if text.starts_with(UPLOAD) {
                    text.insert_str(0, site);
                }
            }
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => open.extend(fields.values_mut()),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    Some(data)
}

/// Data as programs send it back that they read with [`resolve`]: addresses that it made are again what a task says.
pub fn as_written(data: &mut Value, site: &str) {
    let mut open = vec![data];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => {
                let Some(path) = text.strip_prefix(site).filter(|_| !site.is_empty()) else { continue };
                if path.starts_with(UPLOAD) {
                    *text = path.to_owned();
                } else if let Some(source) = loaded(path) {
                    *text = source;
                }
            }
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => open.extend(fields.values_mut()),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// What a path of [`ObjectAddress::loads`] loads.
fn loaded(path: &str) -> Option<String> {
    let (_, rest) = path.strip_prefix("/projects/")?.split_once("/media/file?src=")?;
    let (source, _) = rest.rsplit_once("&task=")?;
    decode(source).filter(|source| ObjectAddress::is_one(source))
}

/// As a parameter of an address; slashes stay, since people read them.
fn encode(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            written.push(char::from(byte));
        } else {
            written.push_str(&format!("%{byte:02X}"));
        }
    }
    written
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| others.get(..2).and_then(|two| std::str::from_utf8(two).ok())).flatten();
        match escaped.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &others[2..];
            }
            None => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_written() {
        for (text, kind, bucket, key) in [
            ("s3://cats/a/b c.jpg", StorageKind::S3, "cats", "a/b c.jpg"),
            ("gs://cats/ä.png", StorageKind::Gcs, "cats", "ä.png"),
            ("azure-blob://box/x.wav", StorageKind::Azure, "box", "x.wav"),
            ("/data/local-files/?d=set/a%20%26%20%C3%A4.png", StorageKind::Local, "", "set/a & ä.png"),
        ] {
            let address = ObjectAddress::parse(text).unwrap();
            assert_eq!((address.kind, &*address.bucket, &*address.key), (kind, bucket, key), "{text}");
            assert_eq!(address.to_string(), text);
        }
        let other = ObjectAddress::parse("/data/local-files?d=/a+b.png&x=1").unwrap();
        assert_eq!(other.key, "a+b.png", "a plus is a plus in a path");
        assert_eq!(ObjectAddress::parse(" S3://b/k "), ObjectAddress::parse("s3://b/k"));
        assert_eq!(ObjectAddress::parse("/data/local-files/?d=100%").unwrap().key, "100%");
    }

    #[test]
    fn a_page_loads_an_object_through_this_server() {
        let loads = |src: &str| ObjectAddress::loads(ProjectId(1), TaskId(2), src);
        assert_eq!(
            loads("s3://b/a&b=c.png").as_deref(),
            Some("/projects/1/media/file?src=s3%3A//b/a%26b%3Dc.png&task=2")
        );
        assert_eq!(loads("https://e.org/a.png"), None);
    }

    #[test]
    fn data_is_told_with_addresses_that_can_be_fetched() {
        let data = r#"{"a": ["s3://b/1.png", "x"], "n": {"b": "gs://b/2.png", "c": 1}}"#;
        let told = resolve(ProjectId(1), TaskId(2), data, "https://label.example.org").unwrap();
        assert_eq!(told["a"][0], "https://label.example.org/projects/1/media/file?src=s3%3A//b/1.png&task=2");
        assert_eq!((&told["a"][1], &told["n"]["c"]), (&"x".into(), &1.into()));
        assert!(told["n"]["b"].as_str().unwrap().starts_with("https://"));
        assert_eq!(resolve(ProjectId(1), TaskId(2), r#"{"a": "https://e.org"}"#, ""), None);
        let upload =
            resolve(ProjectId(1), TaskId(2), r#"{"a": ["/files/3/x.png"]}"#, "https://label.example.org").unwrap();
        assert_eq!(upload["a"][0], "https://label.example.org/files/3/x.png");
        // What comes back is what it was.
        for data in [
            json!({"a": ["/files/3/x.png"]}),
            json!({"a": "s3://cats/a & b.png", "b": 1, "c": "https://e.org/files/1/x"}),
        ] {
            let mut told = resolve(ProjectId(1), TaskId(2), &data.to_string(), "https://label.example.org").unwrap();
            as_written(&mut told, "https://label.example.org");
            assert_eq!(told, data);
        }
    }

    #[test]
    fn other_texts_are_none() {
        let none = [
            "",
            "cat",
            "https://e.org/a",
            "s3://",
            "s3://bucket",
            "s3:///key",
            "s3://bucket/",
            "/data/local-files/?d=",
            "/files/1/a",
        ];
        for text in none {
            assert!(!ObjectAddress::is_one(text), "{text}");
        }
    }
}
