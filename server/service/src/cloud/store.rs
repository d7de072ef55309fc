//! A storage that is open: listing it page by page, reading and writing objects, addresses that are signed for a while.

use std::{ops::Range, path::PathBuf, sync::Arc, time::Duration};

use bytes::Bytes;
use domain::{
    Error as Problem,
    cloud::{Credentials, Place, StorageKind},
};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    ClientOptions, GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig,
    StaticCredentialProvider,
    aws::AmazonS3Builder,
    azure::{AzureConfigKey, MicrosoftAzureBuilder},
    gcp::{GcpCredential, GoogleCloudStorageBuilder},
    list::{PaginatedListOptions, PaginatedListStore},
    local::LocalFileSystem,
    path::Path,
    signer::Signer,
};

use super::{guard::Guard, local, trouble::told};
use crate::Cx;

/// How many objects are looked at together.
pub(super) const PAGE: usize = 1_000;
/// How often a request is tried again, and for how long, where a storage stumbles.
const RETRIES: usize = 3;
const RETRY_FOR: Duration = Duration::from_secs(30);

/// An open storage. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Store {
    objects: Arc<dyn ObjectStore>,
    pages: Option<Arc<dyn PaginatedListStore>>,
    signer: Option<Arc<dyn Signer>>,
    /// Of local files: the folder that is allowed.
    root: Option<PathBuf>,
    /// Where everything it may touch lies.
    prefix: String,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.objects)
    }
}

/// Opens a storage; nothing is asked of it yet.
pub(super) fn open(cx: &Cx, place: &Place, prefix: &str, credentials: &Credentials) -> Result<Store, Problem> {
    let retry = RetryConfig { max_retries: RETRIES, retry_timeout: RETRY_FOR, ..RetryConfig::default() };
    let guard = Guard::new(cx);
    let options = ClientOptions::new().with_allow_http(true);
    let told = |error: object_store::Error| told(&error);
    let prefix = prefix.to_owned();
    Ok(match place {
        Place::S3 { bucket, region, endpoint } => {
            let region = if region.is_empty() { "us-east-1" } else { region };
            let mut builder = AmazonS3Builder::new()
                .with_bucket_name(bucket)
                .with_region(region)
                // Not everything that speaks the protocol deletes many at once, and nothing here does.
                .with_disable_bulk_delete(true)
                .with_retry(retry)
                .with_client_options(options)
                .with_http_connector(guard);
            if endpoint.is_empty() {
                // A name with dots has no certificate of its own in front of Amazon's.
                builder = builder.with_virtual_hosted_style_request(!bucket.contains('.'));
            } else {
                builder = builder.with_endpoint(endpoint).with_allow_http(true);
            }
            let signs = if let Credentials::S3 { access_key_id, secret_access_key, session_token } = credentials {
                builder = builder.with_access_key_id(access_key_id).with_secret_access_key(secret_access_key);
                if !session_token.is_empty() {
                    builder = builder.with_token(session_token);
                }
                true
            } else {
                builder = builder.with_skip_signature(true);
                false
            };
            let store = Arc::new(builder.build().map_err(told)?);
            Store {
                objects: store.clone(),
                pages: Some(store.clone()),
                signer: signs.then_some(store as Arc<dyn Signer>),
                root: None,
                prefix,
            }
        }
        Place::Gcs { bucket, endpoint } => {
            let mut builder = GoogleCloudStorageBuilder::new()
                .with_bucket_name(bucket)
                .with_retry(retry)
                .with_client_options(options)
                .with_http_connector(guard);
            if !endpoint.is_empty() {
                builder = builder.with_base_url(endpoint);
            }
            let signs = if let Credentials::Gcs { service_account } = credentials {
                builder = builder.with_service_account_key(service_account);
                true
            } else {
                // Never what this machine is known as to Google: that is the operator's, not the project's.
                let nobody = StaticCredentialProvider::new(GcpCredential { bearer: String::new() });
                builder = builder.with_credentials(Arc::new(nobody)).with_skip_signature(true);
                false
            };
            let store = Arc::new(builder.build().map_err(told)?);
            Store {
                objects: store.clone(),
                pages: Some(store.clone()),
                signer: signs.then_some(store as Arc<dyn Signer>),
                root: None,
                prefix,
            }
        }
        Place::Azure { account, container, endpoint } => {
            let mut builder = MicrosoftAzureBuilder::new()
                .with_account(account)
                .with_container_name(container)
                .with_retry(retry)
                .with_client_options(options)
                .with_http_connector(guard);
            if !endpoint.is_empty() {
                builder = builder.with_endpoint(endpoint.clone()).with_allow_http(true);
            }
            let signs = if let Credentials::Azure { account_key } = credentials {
                builder = builder.with_access_key(account_key);
                true
            } else {
                builder = builder.with_config(AzureConfigKey::SkipSignature, "true");
                false
            };
            let store = Arc::new(builder.build().map_err(told)?);
            Store {
                objects: store.clone(),
                pages: Some(store.clone()),
                signer: signs.then_some(store as Arc<dyn Signer>),
                root: None,
                prefix,
            }
        }
        Place::Local => {
            let root = local::root(cx)?;
            if !root.join(&prefix).is_dir() {
                let message = "There is no such folder below the one that this server allows.";
                return Err(Problem::invalid("prefix", "local_no_folder", message));
            }
            local::check(&root, &prefix, &prefix).map_err(|problem| problem.on("prefix"))?;
            let store = Arc::new(LocalFileSystem::new_with_prefix(&root).map_err(told)?);
            Store { objects: store, pages: None, signer: None, root: Some(root), prefix }
        }
    })
}

/// Where listing stands.
enum At {
    Begin,
    Page(String),
    End,
}

impl Store {
    /// What kind of storage keeps its objects in order of their keys, so that one can go on behind a key.
    pub(super) fn is_ordered(kind: StorageKind) -> bool {
        kind != StorageKind::Local
    }

    /// The objects of the folder, page by page, behind the key `after`; without those in folders within unless `recursive`.
    pub(super) fn list(
        &self,
        recursive: bool,
        after: Option<String>,
    ) -> BoxStream<'static, Result<Vec<ObjectMeta>, Problem>> {
        let folder = if self.prefix.is_empty() { String::new() } else { format!("{}/", self.prefix) };
        let Some(pages) = self.pages.clone() else { return self.list_folder(recursive) };
        futures::stream::try_unfold(At::Begin, move |at| {
            let (pages, folder, after) = (pages.clone(), folder.clone(), after.clone());
            async move {
                let page_token = match at {
                    At::Begin => None,
                    At::Page(token) => Some(token),
                    At::End => return Ok(None),
                };
                let options = PaginatedListOptions {
                    offset: after.clone(),
                    delimiter: (!recursive).then_some("/".into()),
                    max_keys: Some(PAGE),
                    page_token,
                    ..PaginatedListOptions::default()
                };
                let prefix = (!folder.is_empty()).then_some(folder.as_str());
                let found = pages.list_paginated(prefix, options).await.map_err(|error| told(&error))?;
                let mut objects = found.result.objects;
                // Whatever the storage makes of what it was asked.
                objects.retain(|object| {
                    let key = object.location.as_ref();
                    key.starts_with(&folder) && after.as_deref().is_none_or(|after| key > after)
                });
                Ok(Some((objects, found.page_token.map_or(At::End, At::Page))))
            }
        })
        .boxed()
    }

    fn list_folder(&self, recursive: bool) -> BoxStream<'static, Result<Vec<ObjectMeta>, Problem>> {
        let depth = if self.prefix.is_empty() { 0 } else { self.prefix.split('/').count() };
        let prefix = match Path::parse(&self.prefix) {
            Ok(prefix) => Some(prefix).filter(|_| !self.prefix.is_empty()),
            Err(error) => return futures::stream::iter([Err(told(&error.into()))]).boxed(),
        };
        let (root, folder) = (self.root.clone(), self.prefix.clone());
        let is_wanted = move |object: &ObjectMeta| {
            let is_near = recursive || object.location.parts_count() == depth + 1;
            let is_inside =
                root.as_ref().is_some_and(|root| local::check(root, &folder, object.location.as_ref()).is_ok());
            is_near && is_inside
        };
        self.objects
            .list(prefix.as_ref())
            .try_filter(move |object| std::future::ready(is_wanted(object)))
            .try_chunks(PAGE)
            .map_err(|broken| told(&broken.1))
            .boxed()
    }

    /// The first object of the folder, if there is any: whether it can be listed.
    pub(super) async fn look(&self) -> Result<(), Problem> {
        let Some(pages) = &self.pages else { return Ok(()) };
        let folder = format!("{}/", self.prefix);
        let options = PaginatedListOptions { max_keys: Some(1), ..PaginatedListOptions::default() };
        let prefix = (!self.prefix.is_empty()).then_some(folder.as_str());
        pages.list_paginated(prefix, options).await.map_err(|error| told(&error))?;
        Ok(())
    }

    /// The way to a key, if it is one that this storage may touch.
    fn path(&self, key: &str) -> Result<Path, Problem> {
        if let Some(root) = &self.root {
            local::check(root, &self.prefix, key)?;
        }
        Path::parse(key).map_err(|error| told(&error.into()))
    }

    /// All of an object or a part of it.
    pub(crate) async fn get(&self, key: &str, range: Option<Range<u64>>) -> Result<GetResult, Problem> {
        let range = range.map(|range| match range.end {
            u64::MAX => GetRange::Offset(range.start),
            _ => GetRange::Bounded(range),
        });
        let options = GetOptions { range, ..GetOptions::default() };
        self.objects.get_opts(&self.path(key)?, options).await.map_err(|error| told(&error))
    }

    /// All of an object of at most `limit` bytes.
    pub(super) async fn read(&self, key: &str, limit: u64) -> Result<Bytes, Problem> {
        let too_large = || {
            let message = format!("This file of tasks is larger than {} MB, the most that is read.", limit >> 20);
            Problem::new(domain::Kind::TooLarge, "object_too_large", message)
        };
        let found = self.get(key, None).await?;
        if found.meta.size > limit {
            return Err(too_large());
        }
        let mut bytes = bytes::BytesMut::new();
        let mut stream = found.into_stream();
        while let Some(chunk) = stream.next().await {
            bytes.extend_from_slice(&chunk.map_err(|error| told(&error))?);
            if bytes.len() as u64 > limit {
                return Err(too_large());
            }
        }
        Ok(bytes.freeze())
    }

    /// Writes an object.
    pub(super) async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), Problem> {
        let path = self.path(key)?;
        self.objects.put(&path, PutPayload::from(bytes)).await.map_err(|error| told(&error))?;
        Ok(())
    }

    /// Deletes an object; one that is gone already is as good.
    pub(super) async fn delete(&self, key: &str) -> Result<(), Problem> {
        match self.objects.delete(&self.path(key)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(told(&error)),
        }
    }

    /// Where a browser loads an object without us for a while; nothing where nobody can sign for it.
    pub(crate) async fn sign(&self, key: &str, good_for: Duration) -> Result<Option<String>, Problem> {
        let Some(signer) = &self.signer else { return Ok(None) };
        let url = signer.signed_url(http::Method::GET, &self.path(key)?, good_for).await;
        url.map(|url| Some(url.into())).map_err(|error| told(&error))
    }
}
