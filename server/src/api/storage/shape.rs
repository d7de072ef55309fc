//! How a storage looks to programs, and what of it they set.

use std::path::Path as FilePath;

use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    cloud::{CloudStorage, Credentials, Direction, Place, StorageForm, StorageKind, SyncRun},
    id::ProjectId,
    import::RunStatus,
};
use serde::{Deserialize, Serialize};
use service::Cx;
use utoipa::ToSchema;

/// What kind of storage, as it stands in addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Amazon S3, and whatever speaks its protocol.
    S3,
    /// Google Cloud Storage.
    Gcs,
    /// Azure Blob Storage.
    Azure,
    /// Folders of the server.
    LocalFiles,
}

impl Kind {
    pub(super) fn of(kind: StorageKind) -> Self {
        match kind {
            StorageKind::S3 => Self::S3,
            StorageKind::Gcs => Self::Gcs,
            StorageKind::Azure => Self::Azure,
            StorageKind::Local => Self::LocalFiles,
        }
    }
}

/// How the last sync went, as far as Label Studio says so.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncMeta {
    /// Objects looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    /// Objects that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_queued: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_completed: Option<DateTime<Utc>>,
}

/// A storage. What is secret is never in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct StorageOut {
    id: i64,
    #[serde(rename = "type")]
    kind: Kind,
    synchronizable: bool,
    project: i64,
    title: String,
    description: String,
    created_at: DateTime<Utc>,
    last_sync: Option<DateTime<Utc>>,
    last_sync_count: Option<u64>,
    last_sync_job: Option<String>,
    /// `initialized`, `queued`, `in_progress`, `completed`, `completed_with_errors` or `failed`.
    status: &'static str,
    traceback: Option<String>,
    meta: SyncMeta,
    regex_filter: Option<String>,
    use_blob_urls: bool,
    /// S3, Google.
    #[serde(skip_serializing_if = "Option::is_none")]
    bucket: Option<String>,
    /// Azure.
    #[serde(skip_serializing_if = "Option::is_none")]
    container: Option<String>,
    /// Azure.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_name: Option<String>,
    /// S3, Google, Azure.
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    /// S3.
    #[serde(skip_serializing_if = "Option::is_none")]
    region_name: Option<String>,
    /// S3.
    #[serde(skip_serializing_if = "Option::is_none")]
    s3_endpoint: Option<String>,
    /// Folders of the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    recursive_scan: Option<bool>,
    /// Sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    presign: Option<bool>,
    /// Sources: minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    presign_ttl: Option<i32>,
    /// Targets.
    #[serde(skip_serializing_if = "Option::is_none")]
    can_delete_objects: Option<bool>,
}

fn status(sync: Option<&SyncRun>) -> &'static str {
    match sync.map(|sync| (sync.status, sync.failed)) {
        None => "initialized",
        Some((RunStatus::Created, _)) => "queued",
        Some((RunStatus::InProgress, _)) => "in_progress",
        Some((RunStatus::Completed, 0)) => "completed",
        Some((RunStatus::Completed, _)) => "completed_with_errors",
        Some((RunStatus::Failed | RunStatus::Cancelled, _)) => "failed",
    }
}

impl StorageOut {
    pub(super) fn new(cx: &Cx, project_id: ProjectId, storage: CloudStorage) -> Self {
        let is_source = storage.direction == Direction::Import;
        let kind = storage.place.kind();
        let root = cx.settings().local_files.as_deref().unwrap_or(FilePath::new("/"));
        let path = root.join(&storage.prefix).to_string_lossy().into_owned();
        let text = |text: &str| Some(text.to_owned());
        let (mut bucket, mut container, mut account_name) = (None, None, None);
        let (mut region_name, mut s3_endpoint) = (None, None);
        match &storage.place {
            Place::S3 { bucket: name, region, endpoint } => {
                (bucket, region_name, s3_endpoint) = (text(name), text(region), text(endpoint));
            }
            Place::Gcs { bucket: name, .. } => bucket = text(name),
            Place::Azure { account, container: name, .. } => (container, account_name) = (text(name), text(account)),
            Place::Local => {}
        }
        let sync = storage.sync.as_ref();
        let cancelled = sync.filter(|sync| sync.status == RunStatus::Cancelled).map(|_| "Cancelled.".to_owned());
        Self {
            id: storage.cloud_storage_id.0,
            kind: Kind::of(kind),
            synchronizable: true,
            project: project_id.0,
            title: storage.title,
            description: storage.description,
            created_at: storage.created_at,
            last_sync: storage.last_sync_at,
            last_sync_count: storage.last_sync_count,
            last_sync_job: None,
            status: status(sync),
            traceback: sync.and_then(|sync| sync.error.clone()).or(cancelled),
            meta: SyncMeta {
                total: sync.map(|sync| sync.done),
                failed: sync.map(|sync| sync.failed),
                time_queued: sync.and_then(|sync| sync.started_at),
                time_completed: sync.and_then(|sync| sync.finished_at),
            },
            regex_filter: Some(storage.regex),
            use_blob_urls: storage.use_blob_urls,
            bucket,
            container,
            account_name,
            prefix: (kind != StorageKind::Local).then_some(storage.prefix),
            region_name,
            s3_endpoint,
            path: (kind == StorageKind::Local).then_some(path),
            recursive_scan: is_source.then_some(storage.recursive),
            presign: is_source.then_some(storage.presign),
            presign_ttl: is_source.then_some(storage.presign_ttl_min),
            can_delete_objects: (!is_source).then_some(storage.can_delete_objects),
        }
    }
}

/// A storage to be made or changed. What is not named stays as it is, or is as usual.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct StorageIn {
    /// In which project; needed to make one.
    project: Option<i64>,
    /// To try out: the storage whose keys are meant where none are named.
    pub(super) id: Option<i64>,
    title: Option<String>,
    description: Option<String>,
    regex_filter: Option<String>,
    use_blob_urls: Option<bool>,
    recursive_scan: Option<bool>,
    presign: Option<bool>,
    /// Minutes.
    presign_ttl: Option<i32>,
    can_delete_objects: Option<bool>,
    bucket: Option<String>,
    container: Option<String>,
    prefix: Option<String>,
    region_name: Option<String>,
    s3_endpoint: Option<String>,
    aws_access_key_id: Option<String>,
    aws_secret_access_key: Option<String>,
    aws_session_token: Option<String>,
    /// The JSON file of a service account.
    google_application_credentials: Option<String>,
    account_name: Option<String>,
    account_key: Option<String>,
    /// Of the server, below the folder that its operator allows.
    path: Option<String>,
    /// Of a preview: how many objects.
    pub(super) limit: Option<usize>,
}

impl StorageIn {
    pub(super) fn project(&self) -> Result<ProjectId, Problem> {
        let missing = || Problem::invalid("project", "field_missing", "“project” is missing.");
        self.project.map(ProjectId).ok_or_else(missing)
    }

    /// What it says about a storage of this kind; `before` is the one that is there.
    pub(super) fn form(self, kind: Kind, direction: Direction, before: Option<&CloudStorage>) -> StorageForm {
        let place = before.map(|before| before.place.clone());
        let known = |of: fn(&Place) -> Option<&str>| place.as_ref().and_then(of).unwrap_or_default().to_owned();
        let bucket = |named: Option<String>| named.unwrap_or_else(|| known(|place| Some(place.bucket())));
        let endpoint = |named: Option<String>| named.unwrap_or_else(|| known(Place::endpoint));
        let is_given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        // Without new keys the known ones stay; a new storage without any is open to everyone.
        let otherwise = if before.is_some() { Credentials::Kept } else { Credentials::Public };
        let (place, credentials) = match kind {
            Kind::S3 => {
                let has_keys = is_given(&self.aws_access_key_id) || is_given(&self.aws_secret_access_key);
                let keys = Credentials::S3 {
                    access_key_id: self.aws_access_key_id.unwrap_or_default(),
                    secret_access_key: self.aws_secret_access_key.unwrap_or_default(),
                    session_token: self.aws_session_token.unwrap_or_default(),
                };
                let region = self.region_name.unwrap_or_else(|| {
                    known(|place| match place {
                        Place::S3 { region, .. } => Some(region.as_str()),
                        _ => None,
                    })
                });
                let place = Place::S3 { bucket: bucket(self.bucket), region, endpoint: endpoint(self.s3_endpoint) };
                (place, if has_keys { keys } else { otherwise })
            }
            Kind::Gcs => {
                let has_keys = is_given(&self.google_application_credentials);
                let service_account = self.google_application_credentials.unwrap_or_default();
                let place = Place::Gcs { bucket: bucket(self.bucket), endpoint: endpoint(None) };
                (place, if has_keys { Credentials::Gcs { service_account } } else { otherwise })
            }
            Kind::Azure => {
                let has_keys = is_given(&self.account_key);
                let account_key = self.account_key.unwrap_or_default();
                let account = self.account_name.unwrap_or_else(|| {
                    known(|place| match place {
                        Place::Azure { account, .. } => Some(account.as_str()),
                        _ => None,
                    })
                });
                let place = Place::Azure { account, container: bucket(self.container), endpoint: endpoint(None) };
                (place, if has_keys { Credentials::Azure { account_key } } else { otherwise })
            }
            Kind::LocalFiles => (Place::Local, Credentials::Public),
        };
        let prefix = if kind == Kind::LocalFiles { self.path } else { self.prefix };
        let text = |named: Option<String>, of: fn(&CloudStorage) -> &str| {
            named.unwrap_or_else(|| before.map(|before| of(before).to_owned()).unwrap_or_default())
        };
        let flag = |named: Option<bool>, of: fn(&CloudStorage) -> bool, usual: bool| {
            named.unwrap_or_else(|| before.map_or(usual, of))
        };
        StorageForm {
            direction,
            title: text(self.title, |it| &it.title),
            description: text(self.description, |it| &it.description),
            place,
            prefix: text(prefix, |it| &it.prefix),
            credentials,
            regex: text(self.regex_filter, |it| &it.regex),
            recursive: flag(self.recursive_scan, |it| it.recursive, false),
            use_blob_urls: flag(self.use_blob_urls, |it| it.use_blob_urls, false),
            presign: flag(self.presign, |it| it.presign, true),
            presign_ttl_min: self.presign_ttl.unwrap_or_else(|| before.map_or(1, |before| before.presign_ttl_min)),
            can_delete_objects: flag(self.can_delete_objects, |it| it.can_delete_objects, false),
        }
    }
}
