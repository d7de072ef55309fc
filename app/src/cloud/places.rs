//! What the form of a storage asks about where it is, and about who one is to it.

use domain::cloud::{CloudStorage, Credentials, MAX_SECRET_CHARS, Place, StorageKind};
use leptos::prelude::*;

use crate::ui::{Choice, PasswordField, Select, TextArea, TextField};

/// Where a storage is, as it is typed.
#[derive(Clone, Copy)]
pub(super) struct Typed {
    pub(super) kind: RwSignal<StorageKind>,
    bucket: RwSignal<String>,
    region: RwSignal<String>,
    endpoint: RwSignal<String>,
    account: RwSignal<String>,
    pub(super) prefix: RwSignal<String>,
    access: RwSignal<Access>,
    key_id: RwSignal<String>,
    key: RwSignal<String>,
    token: RwSignal<String>,
    file: RwSignal<String>,
}

/// How one is known to a storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Kept,
    Keys,
    Public,
}

impl Typed {
    /// As the storage is, or empty.
    pub(super) fn of(storage: Option<&CloudStorage>) -> Self {
        let place = storage.map(|storage| storage.place.clone());
        let account = match &place {
            Some(Place::Azure { account, .. }) => account.clone(),
            _ => String::new(),
        };
        let region = match &place {
            Some(Place::S3 { region, .. }) => region.clone(),
            _ => String::new(),
        };
        let text = |text: Option<&str>| RwSignal::new(text.unwrap_or_default().to_owned());
        let access = match storage {
            Some(storage) if storage.credentials_hint.is_empty() => Access::Public,
            Some(_) => Access::Kept,
            None => Access::Keys,
        };
        Self {
            kind: RwSignal::new(place.as_ref().map(Place::kind).unwrap_or_default()),
            bucket: text(place.as_ref().map(Place::bucket)),
            region: RwSignal::new(region),
            endpoint: text(place.as_ref().and_then(Place::endpoint)),
            account: RwSignal::new(account),
            prefix: text(storage.map(|storage| storage.prefix.as_str())),
            access: RwSignal::new(access),
            key_id: text(None),
            key: text(None),
            token: text(None),
            file: text(None),
        }
    }

    /// Where it is.
    pub(super) fn place(self) -> Place {
        let (bucket, endpoint) = (self.bucket.get_untracked(), self.endpoint.get_untracked());
        match self.kind.get_untracked() {
            StorageKind::S3 => Place::S3 { bucket, region: self.region.get_untracked(), endpoint },
            StorageKind::Gcs => Place::Gcs { bucket, endpoint },
            StorageKind::Azure => Place::Azure { account: self.account.get_untracked(), container: bucket, endpoint },
            StorageKind::Local => Place::Local,
        }
    }

    /// Who one is to it.
    pub(super) fn credentials(self) -> Credentials {
        match (self.access.get_untracked(), self.kind.get_untracked()) {
            (_, StorageKind::Local) | (Access::Public, _) => Credentials::Public,
            (Access::Kept, _) => Credentials::Kept,
            (Access::Keys, StorageKind::S3) => Credentials::S3 {
                access_key_id: self.key_id.get_untracked(),
                secret_access_key: self.key.get_untracked(),
                session_token: self.token.get_untracked(),
            },
            (Access::Keys, StorageKind::Gcs) => Credentials::Gcs { service_account: self.file.get_untracked() },
            (Access::Keys, StorageKind::Azure) => Credentials::Azure { account_key: self.key.get_untracked() },
        }
    }
}

/// Which bucket, container or folder.
#[component]
pub(super) fn Where(typed: Typed) -> impl IntoView {
    let Typed { kind, bucket, region, endpoint, account, prefix, .. } = typed;
    let address = move |placeholder: &'static str| {
        view! {
            <TextField
                name="endpoint"
                label="Address of the server"
                kind="url"
                bind=endpoint
                optional=true
                placeholder=placeholder
                help="Only for a server of your own that speaks the same protocol."
            />
        }
    };
    let folder = move || {
        view! {
            <TextField
                name="prefix"
                label="Folder"
                bind=prefix
                optional=true
                placeholder="photos/2026"
                help="Only what lies below it is touched. Empty for all of it."
            />
        }
    };
    move || match kind.get() {
        StorageKind::S3 => view! {
            <div class="storage-pair">
                <TextField name="bucket" label="Bucket" bind=bucket required=true placeholder="my-images"/>
                <TextField name="region" label="Region" bind=region optional=true placeholder="us-east-1"/>
            </div>
            {folder()}
            {address("https://minio.example.com:9000")}
        }
        .into_any(),
        StorageKind::Gcs => view! {
            <TextField name="bucket" label="Bucket" bind=bucket required=true placeholder="my-images"/>
            {folder()}
            {address("https://storage.example.com")}
        }
        .into_any(),
        StorageKind::Azure => view! {
            <div class="storage-pair">
                <TextField name="account" label="Storage account" bind=account required=true/>
                <TextField name="container" label="Container" bind=bucket required=true/>
            </div>
            {folder()}
            {address("https://azurite.example.com/account")}
        }
        .into_any(),
        StorageKind::Local => view! {
            <TextField
                name="prefix"
                label="Folder"
                bind=prefix
                optional=true
                placeholder="photos/2026"
                help="Below the folder that the operator of this server allows."
            />
        }
        .into_any(),
    }
}

const NEVER_AGAIN: &str = "It is kept sealed, said to this storage alone, and never shown again.";

/// Who one is to it.
#[component]
pub(super) fn Who(
    typed: Typed,
    /// As much of the keys that are known as may be shown; empty where there are none.
    hint: String,
) -> impl IntoView {
    let Typed { kind, access, key_id, key, token, file, .. } = typed;
    let known = !hint.is_empty();
    let choices = move || {
        let kept = known.then(|| Choice::new("kept", format!("The keys that are stored ({hint})")));
        let typed = Choice::new("keys", if known { "Other keys" } else { "With keys" });
        kept.into_iter().chain([typed, Choice::new("public", "Without: it is open to everyone")]).collect::<Vec<_>>()
    };
    let first = match access.get_untracked() {
        Access::Kept => "kept",
        Access::Keys => "keys",
        Access::Public => "public",
    };
    let select = view! {
        <Select
            name="credentials"
            label="Access"
            value=first.to_owned()
            choices=choices()
            on_change=Callback::new(move |how: String| access.set(match how.as_str() {
                "kept" => Access::Kept,
                "public" => Access::Public,
                _ => Access::Keys,
            }))
        />
    };
    let keys = move || {
        match (access.get(), kind.get()) {
        (Access::Keys, StorageKind::S3) => view! {
            <div class="storage-pair">
                <TextField name="access_key_id" label="Access key ID" bind=key_id required=true autocomplete="off"/>
                <PasswordField
                    name="secret_access_key"
                    label="Secret access key"
                    autocomplete="new-password"
                    on_change=Callback::new(move |typed| key.set(typed))
                />
            </div>
            <TextField name="session_token" label="Session token" bind=token optional=true autocomplete="off" help=NEVER_AGAIN.to_owned()/>
        }
        .into_any(),
        (Access::Keys, StorageKind::Gcs) => view! {
            <TextArea
                name="service_account"
                label="Service account"
                bind=file
                rows=5
                max_length=u32::try_from(MAX_SECRET_CHARS).unwrap_or(u32::MAX)
                placeholder="{ \"type\": \"service_account\", … }"
                help=format!("The JSON file of its key, as Google gives it. {NEVER_AGAIN}")
            />
        }
        .into_any(),
        (Access::Keys, StorageKind::Azure) => view! {
            <PasswordField
                name="account_key"
                label="Account key"
                autocomplete="new-password"
                help=NEVER_AGAIN
                on_change=Callback::new(move |typed| key.set(typed))
            />
        }
        .into_any(),
        _ => ().into_any(),
    }
    };
    view! {
        <div class="form" hidden=move || kind.get() == StorageKind::Local>
            {select}
            {keys}
        </div>
    }
    .into_any()
}
