//! What people type to set a storage up.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Direction, Place, StorageKind};
use crate::{Error, Result};

/// The most characters of a title.
pub const MAX_TITLE_CHARS: usize = 256;
/// The most characters of a description.
pub const MAX_DESCRIPTION_CHARS: usize = 2_000;
/// The most characters of a prefix, as of a key.
pub const MAX_PREFIX_CHARS: usize = 1_024;
/// The most characters of a filter.
pub const MAX_REGEX_CHARS: usize = 1_000;
/// The most characters of anything secret; the file of a service account has about 2,400.
pub const MAX_SECRET_CHARS: usize = 16_384;
/// The longest that an address is signed for: a week, as the protocols have it.
pub const MAX_TTL_MINUTES: i32 = 7 * 24 * 60;
/// The most characters of a bucket's name, a region, an account.
const MAX_NAME_CHARS: usize = 255;
const MAX_ENDPOINT_CHARS: usize = 2_048;

/// Who one is to a storage.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Credentials {
    /// Whoever is known already.
    #[default]
    Kept,
    /// Nobody: it is open to everyone, or a folder of this server.
    Public,
    /// Keys of S3.
    S3 {
        /// Which key.
        access_key_id: String,
        /// The key.
        secret_access_key: String,
        /// Of keys that are good for a while; empty for others.
        #[serde(default)]
        session_token: String,
    },
    /// The file of a service account of Google's, JSON.
    Gcs {
        /// All of the file.
        service_account: String,
    },
    /// The key of a storage account of Azure's.
    Azure {
        /// The key.
        account_key: String,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kept => "Kept",
            Self::Public => "Public",
            Self::S3 { .. } => "S3(…)",
            Self::Gcs { .. } => "Gcs(…)",
            Self::Azure { .. } => "Azure(…)",
        })
    }
}

impl Credentials {
    /// As much of them as people may see again, to know which they are.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Kept | Self::Public => String::new(),
            Self::S3 { access_key_id, .. } => format!("Key …{}", tail(access_key_id)),
            Self::Gcs { service_account } => serde_json::from_str::<serde_json::Value>(service_account)
                .ok()
                .and_then(|account| Some(account.get("client_email")?.as_str()?.chars().take(200).collect()))
                .unwrap_or_else(|| "Service account".to_owned()),
            Self::Azure { .. } => "Account key".to_owned(),
        }
    }

    /// Whether they fit this kind of storage.
    fn fits(&self, kind: StorageKind) -> bool {
        match self {
            Self::Kept | Self::Public => true,
            Self::S3 { .. } => kind == StorageKind::S3,
            Self::Gcs { .. } => kind == StorageKind::Gcs,
            Self::Azure { .. } => kind == StorageKind::Azure,
        }
    }

    fn checked(mut self, kind: StorageKind) -> Result<Self> {
        if kind == StorageKind::Local {
            return Ok(Self::Public);
        }
        if !self.fits(kind) {
            let message = "These keys are for another kind of storage.";
            return Err(Error::invalid("credentials", "credentials_misfit", message));
        }
        match &mut self {
            Self::Kept | Self::Public => {}
            Self::S3 { access_key_id, secret_access_key, session_token } => {
                *access_key_id = secret("access_key_id", access_key_id)?;
                *secret_access_key = secret("secret_access_key", secret_access_key)?;
                if !session_token.trim().is_empty() {
                    *session_token = secret("session_token", session_token)?;
                }
            }
            Self::Gcs { service_account } => {
                if service_account.chars().count() > MAX_SECRET_CHARS {
                    return Err(too_long("service_account", MAX_SECRET_CHARS));
                }
                let read = serde_json::from_str::<serde_json::Value>(service_account).ok();
                let has = |name: &str| {
                    let field = read.as_ref().and_then(|account| account.get(name));
                    field.and_then(serde_json::Value::as_str).is_some_and(|text| !text.is_empty())
                };
                if !["client_email", "private_key", "private_key_id"].into_iter().all(has) {
                    let message = "This is not the JSON file of a service account: it has client_email, private_key_id and \
                         private_key in it.";
                    return Err(Error::invalid("service_account", "service_account_malformed", message));
                }
            }
            Self::Azure { account_key } => *account_key = secret("account_key", account_key)?,
        }
        Ok(self)
    }
}

fn tail(text: &str) -> String {
    let count = text.chars().count();
    // Of a short one nothing is told.
    if count < 12 { String::new() } else { text.chars().skip(count - 4).collect() }
}

/// A storage to be added, or as it is to be from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageForm {
    /// Which way things go; of one that is there it stays as it is.
    pub direction: Direction,
    /// Its name.
    pub title: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Where it is.
    pub place: Place,
    /// The folder within; slashes around it do not matter.
    #[serde(default)]
    pub prefix: String,
    /// Who one is to it.
    #[serde(default)]
    pub credentials: Credentials,
    /// What keys must match, from where they begin; empty for all.
    #[serde(default)]
    pub regex: String,
    /// Whether folders within are looked into.
    pub recursive: bool,
    /// Each object is a task, rather than a file of tasks.
    pub use_blob_urls: bool,
    /// Browsers load objects from the storage itself.
    pub presign: bool,
    /// How long a signed address is good for.
    pub presign_ttl_min: i32,
    /// Objects of annotations that are deleted go too.
    #[serde(default)]
    pub can_delete_objects: bool,
}

impl Default for StorageForm {
    fn default() -> Self {
        Self {
            direction: Direction::Import,
            title: String::new(),
            description: String::new(),
            place: Place::S3 { bucket: String::new(), region: String::new(), endpoint: String::new() },
            prefix: String::new(),
            credentials: Credentials::Public,
            regex: String::new(),
            recursive: true,
            use_blob_urls: true,
            presign: true,
            presign_ttl_min: 60,
            can_delete_objects: false,
        }
    }
}

impl StorageForm {
    /// The storage as it is stored. Without a title it is called after where it is.
    ///
    /// # Errors
    /// What is missing, too long or malformed, with its field.
    pub fn checked(mut self) -> Result<Self> {
        self.place = checked_place(self.place)?;
        let kind = self.place.kind();
        self.prefix = self.prefix.trim().trim_matches('/').to_owned();
        within("prefix", &self.prefix, MAX_PREFIX_CHARS)?;
        let is_odd = |part: &str| part.is_empty() || part == "." || part == "..";
        if !self.prefix.is_empty() && self.prefix.split('/').any(is_odd) {
            let message = "A folder is written like photos/2026, without empty parts, “.” and “..”.";
            return Err(Error::invalid("prefix", "prefix_malformed", message));
        }
        self.title = self.title.trim().to_owned();
        if self.title.is_empty() {
            self.title = match kind {
                StorageKind::Local if self.prefix.is_empty() => "Folder on the server".to_owned(),
                StorageKind::Local => self.prefix.clone(),
                _ => self.place.bucket().to_owned(),
            };
            self.title = self.title.chars().take(MAX_TITLE_CHARS).collect();
        }
        within("title", &self.title, MAX_TITLE_CHARS)?;
        self.description = self.description.trim().to_owned();
        if self.description.chars().count() > MAX_DESCRIPTION_CHARS {
            return Err(too_long("description", MAX_DESCRIPTION_CHARS));
        }
        self.regex = self.regex.trim().to_owned();
        within("regex", &self.regex, MAX_REGEX_CHARS)?;
        if !(1..=MAX_TTL_MINUTES).contains(&self.presign_ttl_min) {
            let message = format!("A signed address is good for 1 to {MAX_TTL_MINUTES} minutes.");
            return Err(Error::invalid("presign_ttl_min", "ttl_out_of_limits", message));
        }
        self.credentials = self.credentials.checked(kind)?;
        Ok(self)
    }

    /// Whether the keys that are known may go to where the storage is now: they stay with the server they were typed for.
    ///
    /// # Errors
    /// They have to be typed again, or for the first time.
    pub fn may_keep_credentials(&self, before: Option<&Place>) -> Result<()> {
        if self.credentials != Credentials::Kept {
            return Ok(());
        }
        match before {
            Some(before) if before.is_same_server(&self.place) => Ok(()),
            Some(_) => Err(Error::invalid(
                "credentials",
                "credentials_of_another_server",
                "This leads to another server: please type the keys for it.",
            )),
            None => Err(Error::invalid("credentials", "required", "Please say who we are to this storage.")),
        }
    }
}

fn checked_place(place: Place) -> Result<Place> {
    Ok(match place {
        Place::S3 { bucket, region, endpoint } => Place::S3 {
            bucket: name("bucket", &bucket)?,
            region: optional_name("region", &region)?,
            endpoint: checked_endpoint(&endpoint)?,
        },
        Place::Gcs { bucket, endpoint } => {
            Place::Gcs { bucket: name("bucket", &bucket)?, endpoint: checked_endpoint(&endpoint)? }
        }
        Place::Azure { account, container, endpoint } => Place::Azure {
            account: name("account", &account)?,
            container: name("container", &container)?,
            endpoint: checked_endpoint(&endpoint)?,
        },
        Place::Local => Place::Local,
    })
}

/// The name of a bucket and its like: it becomes part of an address, so only what such names are made of.
fn name(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid(field, "required", "Please fill this in."));
    }
    within(field, text, MAX_NAME_CHARS)?;
    let is_known = |character: char| character.is_ascii_alphanumeric() || "-._".contains(character);
    if !text.chars().all(is_known) || text.starts_with('.') {
        let message = "This may have letters, digits, dots, dashes and underscores in it, and nothing else.";
        return Err(Error::invalid(field, "name_malformed", message));
    }
    Ok(text.to_owned())
}

fn optional_name(field: &'static str, text: &str) -> Result<String> {
    if text.trim().is_empty() { Ok(String::new()) } else { name(field, text) }
}

fn checked_endpoint(text: &str) -> Result<String> {
    let text = text.trim().trim_end_matches('/');
    within("endpoint", text, MAX_ENDPOINT_CHARS)?;
    let is_http = text.starts_with("https://") || text.starts_with("http://");
    if !text.is_empty() && (!is_http || text.contains(['?', '#', '@', ' '])) {
        let message = "An address of a storage looks like https://minio.example.com:9000.";
        return Err(Error::invalid("endpoint", "endpoint_malformed", message));
    }
    Ok(text.to_owned())
}

fn secret(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid(field, "required", "Please fill this in."));
    }
    within(field, text, MAX_SECRET_CHARS)?;
    Ok(text.to_owned())
}

fn within(field: &'static str, text: &str, most: usize) -> Result<()> {
    if text.chars().count() > most {
        return Err(too_long(field, most));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(field, "unprintable", "This contains characters that cannot be shown."));
    }
    Ok(())
}

fn too_long(field: &'static str, most: usize) -> Error {
    Error::invalid(field, "too_long", format!("At most {most} characters fit here."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s3(bucket: &str, endpoint: &str) -> Place {
        Place::S3 { bucket: bucket.into(), region: String::new(), endpoint: endpoint.into() }
    }

    fn form(change: impl FnOnce(&mut StorageForm)) -> Result<StorageForm> {
        let mut form = StorageForm { place: s3("cats", ""), ..StorageForm::default() };
        change(&mut form);
        form.checked()
    }

    #[test]
    fn a_storage_is_stored_within_its_limits() {
        let kept = form(|form| form.prefix = " /photos/2026/ ".into()).unwrap();
        assert_eq!((kept.prefix.as_str(), kept.title.as_str()), ("photos/2026", "cats"));
        let keys = |id: &str, key: &str| Credentials::S3 {
            access_key_id: id.into(),
            secret_access_key: key.into(),
            session_token: String::new(),
        };
        let cases: [(Result<StorageForm>, &str); 14] = [
            (form(|form| form.place = s3("", "")), "bucket"),
            (form(|form| form.place = s3("a/../b", "")), "bucket"),
            (form(|form| form.place = s3("..", "")), "bucket"),
            (form(|form| form.place = s3("a", "ftp://e.org")), "endpoint"),
            (form(|form| form.place = s3("a", "https://me@e.org")), "endpoint"),
            (form(|form| form.prefix = "a/../b".into()), "prefix"),
            (form(|form| form.prefix = "a//b".into()), "prefix"),
            (form(|form| form.title = "a".repeat(300)), "title"),
            (form(|form| form.title = "a\u{0}".into()), "title"),
            (form(|form| form.presign_ttl_min = 0), "presign_ttl_min"),
            (form(|form| form.credentials = keys("", "secret")), "access_key_id"),
            (form(|form| form.credentials = keys("id", " ")), "secret_access_key"),
            (form(|form| form.credentials = Credentials::Azure { account_key: "k".into() }), "credentials"),
            (
                form(|form| {
                    form.place = Place::Gcs { bucket: "b".into(), endpoint: String::new() };
                    form.credentials = Credentials::Gcs { service_account: "{}".into() };
                }),
                "service_account",
            ),
        ];
        for (found, field) in cases {
            assert_eq!(found.unwrap_err().field.as_deref(), Some(field));
        }
        let kept = form(|form| form.credentials = keys(" AKIAEXAMPLE1234 ", " s3cr3t ")).unwrap();
        assert!(!format!("{kept:?}").contains("s3cr3t"), "and never printed");
        assert_eq!(kept.credentials.hint(), "Key …1234");
        assert_eq!(keys("short", "x").hint(), "Key …");
        let local = form(|form| {
            form.place = Place::Local;
            form.credentials = keys("a", "b");
        });
        assert_eq!(local.unwrap().credentials, Credentials::Public);
    }

    #[test]
    fn keys_stay_with_their_server() {
        let keeps = StorageForm { place: s3("cats", ""), credentials: Credentials::Kept, ..StorageForm::default() };
        assert!(keeps.may_keep_credentials(Some(&s3("dogs", ""))).is_ok());
        let code = |before: Option<&Place>| keeps.may_keep_credentials(before).unwrap_err().code;
        let elsewhere = s3("cats", "https://e.org");
        assert_eq!(code(Some(&elsewhere)), "credentials_of_another_server");
        assert_eq!(code(None), "required");
    }
}
