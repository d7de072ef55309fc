//! Storages outside: buckets and folders that tasks come from and annotations go to.
//!
//! What people set up is a [`StorageForm`]; what they see is a [`CloudStorage`], which never has a key in it. A task names
//! an object by its [`ObjectAddress`].

mod address;
mod form;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::CloudStorageId;
use crate::import::RunStatus;

pub use address::{ObjectAddress, as_written, resolve};
pub use form::{
    Credentials, MAX_DESCRIPTION_CHARS, MAX_PREFIX_CHARS, MAX_REGEX_CHARS, MAX_SECRET_CHARS, MAX_TITLE_CHARS,
    MAX_TTL_MINUTES, StorageForm,
};

/// The most storages of one project, in each direction.
pub const MAX_STORAGES: i64 = 50;

/// What kind of storage it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageKind {
    /// Amazon S3, and whatever speaks its protocol.
    #[default]
    S3,
    /// Google Cloud Storage.
    Gcs,
    /// Azure Blob Storage.
    Azure,
    /// A folder of the server.
    Local,
}

impl StorageKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::S3, Self::Gcs, Self::Azure, Self::Local];

    /// As stored, and as it stands in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Gcs => "gcs",
            Self::Azure => "azure",
            Self::Local => "localfiles",
        }
    }

    /// What is stored under that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// As people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::S3 => "S3",
            Self::Gcs => "Google Cloud Storage",
            Self::Azure => "Azure Blob Storage",
            Self::Local => "Folder on the server",
        }
    }
}

/// Which way things go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Tasks come from it.
    #[default]
    Import,
    /// Annotations go to it.
    Export,
}

impl Direction {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Export => "export",
        }
    }

    /// What is stored under that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Import, Self::Export].into_iter().find(|direction| direction.as_str() == name)
    }
}

/// Where it is: everything but what is secret, and but the folder within.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    /// A bucket of S3.
    S3 {
        /// Its name.
        bucket: String,
        /// Such as `eu-central-1`; empty for the first one.
        #[serde(default)]
        region: String,
        /// The address of a server that speaks the protocol; empty for Amazon's.
        #[serde(default)]
        endpoint: String,
    },
    /// A bucket of Google's.
    Gcs {
        /// Its name.
        bucket: String,
        /// The address of a server that speaks the protocol; empty for Google's.
        #[serde(default)]
        endpoint: String,
    },
    /// A container of Azure's.
    Azure {
        /// The storage account.
        account: String,
        /// The container.
        container: String,
        /// The address of a server that speaks the protocol; empty for Azure's.
        #[serde(default)]
        endpoint: String,
    },
    /// Below the folder that the operator allows; which one is the prefix.
    Local,
}

impl Place {
    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> StorageKind {
        match self {
            Self::S3 { .. } => StorageKind::S3,
            Self::Gcs { .. } => StorageKind::Gcs,
            Self::Azure { .. } => StorageKind::Azure,
            Self::Local => StorageKind::Local,
        }
    }

    /// The bucket or container; empty for local files.
    #[must_use]
    pub fn bucket(&self) -> &str {
        match self {
            Self::S3 { bucket, .. } | Self::Gcs { bucket, .. } => bucket,
            Self::Azure { container, .. } => container,
            Self::Local => "",
        }
    }

    /// The address people typed, where they did.
    #[must_use]
    pub fn endpoint(&self) -> Option<&str> {
        let endpoint = match self {
            Self::S3 { endpoint, .. } | Self::Gcs { endpoint, .. } | Self::Azure { endpoint, .. } => endpoint,
            Self::Local => return None,
        };
        Some(endpoint.as_str()).filter(|endpoint| !endpoint.is_empty())
    }

    /// Whether keys typed for the one may be said to the other: they lead to the same server.
    #[must_use]
    pub fn is_same_server(&self, other: &Self) -> bool {
        let account = |place: &Self| match place {
            Self::Azure { account, .. } => account.clone(),
            _ => String::new(),
        };
        self.kind() == other.kind() && self.endpoint() == other.endpoint() && account(self) == account(other)
    }

    /// The address of an object in it.
    #[must_use]
    pub fn address(&self, key: &str) -> ObjectAddress {
        ObjectAddress { kind: self.kind(), bucket: self.bucket().to_owned(), key: key.to_owned() }
    }
}

/// How the last sync of a storage went, or goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncRun {
    /// Where it stands.
    pub status: RunStatus,
    /// Objects looked at, or annotations written.
    pub done: u64,
    /// Of how many, where that is known.
    pub total: Option<u64>,
    /// Tasks made, or objects written.
    pub made: u64,
    /// Objects that failed.
    pub failed: u64,
    /// Why it failed as a whole.
    pub error: Option<String>,
    /// When it was asked for.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// A storage as people see it. What is secret is never among what they see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudStorage {
    /// Which.
    pub cloud_storage_id: CloudStorageId,
    /// Which way things go.
    pub direction: Direction,
    /// Its name.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// Where it is.
    pub place: Place,
    /// The folder within, without slashes around it; empty for all of it.
    pub prefix: String,
    /// What keys must match, from where they begin; empty for all.
    pub regex: String,
    /// Whether folders within are looked into.
    pub recursive: bool,
    /// Each object is a task, rather than a file of tasks.
    pub use_blob_urls: bool,
    /// Browsers load objects from the storage itself, by an address that is signed for a while.
    pub presign: bool,
    /// How long such an address is good for.
    pub presign_ttl_min: i32,
    /// Objects of annotations that are deleted go too.
    pub can_delete_objects: bool,
    /// Who one is to it, as much as may be shown; empty where it is public.
    pub credentials_hint: String,
    /// Objects that are tasks here, or annotations that are there.
    pub object_count: u64,
    /// Objects that failed, and have not been mended since.
    pub error_count: u64,
    /// The last sync; nothing before the first.
    pub sync: Option<SyncRun>,
    /// When a sync was last completed.
    pub last_sync_at: Option<DateTime<Utc>>,
    /// How many tasks or objects it made.
    pub last_sync_count: Option<u64>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

impl CloudStorage {
    /// Whether a sync is under way.
    #[must_use]
    pub fn is_syncing(&self) -> bool {
        self.sync.as_ref().is_some_and(|sync| !sync.status.is_over())
    }

    /// Where it is, in one line.
    #[must_use]
    pub fn location(&self) -> String {
        let Self { place, prefix, .. } = self;
        let slash = if prefix.is_empty() { "" } else { "/" };
        match place {
            Place::Local => format!("/{prefix}"),
            Place::S3 { bucket, .. } => format!("s3://{bucket}{slash}{prefix}"),
            Place::Gcs { bucket, .. } => format!("gs://{bucket}{slash}{prefix}"),
            Place::Azure { account, container, .. } => format!("{account} · {container}{slash}{prefix}"),
        }
    }
}

/// How much of a storage is looked through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All of it; what is known already is passed over.
    #[default]
    All,
    /// What comes behind the last key that is known: for keys that only grow, such as dates.
    BehindLast,
}

/// An object that failed, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedObject {
    /// Its key.
    pub key: String,
    /// Why, in a sentence.
    pub error: String,
    /// When it was tried last.
    pub tried_at: DateTime<Utc>,
}

/// An object as a storage lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedObject {
    /// Its key.
    pub key: String,
    /// How large it is.
    pub size_bytes: u64,
    /// When it was written.
    pub modified_at: DateTime<Utc>,
}

/// The folder that an object must lie in.
#[must_use]
pub fn is_below(prefix: &str, key: &str) -> bool {
    prefix.is_empty() || key.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_more_than_how_a_key_begins() {
        assert!(is_below("", "a.jpg"));
        assert!(is_below("set/a", "set/a/1.jpg"));
        assert!(!is_below("set/a", "set/ab/1.jpg"));
        assert!(!is_below("set/a", "set/a"));
    }

    #[test]
    fn keys_go_to_the_server_they_were_typed_for() {
        let s3 = |bucket: &str, endpoint: &str| Place::S3 {
            bucket: bucket.into(),
            region: String::new(),
            endpoint: endpoint.into(),
        };
        assert!(s3("a", "").is_same_server(&s3("b", "")));
        assert!(!s3("a", "").is_same_server(&s3("a", "https://minio.example.org")));
        assert!(!s3("a", "").is_same_server(&Place::Gcs { bucket: "a".into(), endpoint: String::new() }));
        let azure =
            |account: &str| Place::Azure { account: account.into(), container: "c".into(), endpoint: String::new() };
        assert!(!azure("one").is_same_server(&azure("two")));
        assert_eq!(azure("one").address("k").to_string(), "azure-blob://c/k");
    }
}
