//! Storages that tasks come from, and that annotations go to: one family of addresses for each direction and kind.

mod shape;

use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    cloud::{CloudStorage, Direction, ListedObject, Scope, StorageKind},
    id::{CloudStorageId, ProjectId},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use service::{Actor, Cx, cloud};
use utoipa::{IntoParams, ToSchema};

pub use self::shape::{Kind, StorageIn, StorageOut};
use super::{
    Answer, Created,
    input::{At, Input, Query},
};
use crate::error::Failure;

/// How many objects a preview shows, unless it is asked for fewer or more.
const USUAL_FILES: usize = 100;
/// The most objects of a preview.
const MAX_FILES: usize = 1_000;

/// A kind of storage there is.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindOut {
    name: Kind,
    title: &'static str,
}

/// Which storages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Of this project.
    project: Option<i64>,
}

impl ListQuery {
    fn project(&self) -> Result<ProjectId, Problem> {
        let missing = || Problem::invalid("project", "field_missing", "Which project? Name it with ?project=….");
        self.project.map(ProjectId).ok_or_else(missing)
    }
}

/// An object that would come.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileOut {
    key: String,
    last_modified: DateTime<Utc>,
    size: u64,
}

/// The first objects that would come.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilesOut {
    files: Vec<FileOut>,
}

/// One storage of this kind and direction, and the project it is in.
async fn find(
    cx: &Cx,
    actor: &Actor,
    kind: Kind,
    direction: Direction,
    id: CloudStorageId,
) -> Result<(ProjectId, CloudStorage), Failure> {
    let project_id = cloud::project_of(cx, actor, id).await?;
    let storage = cloud::get(cx, actor, project_id, id).await?;
    if Kind::of(storage.place.kind()) != kind || storage.direction != direction {
        return Err(Problem::not_found("storage").into());
    }
    Ok((project_id, storage))
}

async fn all(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    direction: Direction,
    kind: Option<Kind>,
) -> Answer<Vec<StorageOut>> {
    let storages = cloud::list(cx, actor, project_id).await?.into_iter();
    let wanted = storages.filter(|storage| {
        storage.direction == direction && kind.is_none_or(|kind| Kind::of(storage.place.kind()) == kind)
    });
    Ok(Json(wanted.map(|storage| StorageOut::new(cx, project_id, storage)).collect()))
}

async fn make(
    cx: &Cx,
    actor: &Actor,
    kind: Kind,
    direction: Direction,
    input: StorageIn,
) -> Result<Created<StorageOut>, Failure> {
    let project_id = input.project()?;
    let mut storage = cloud::add(cx, actor, project_id, input.form(kind, direction, None)).await?;
    if direction == Direction::Export {
        // What is here already is to be there as well.
        storage = cloud::sync(cx, actor, project_id, storage.cloud_storage_id, Scope::All).await?;
    }
    Ok(Created(StorageOut::new(cx, project_id, storage)))
}

async fn put(
    cx: &Cx,
    actor: &Actor,
    kind: Kind,
    direction: Direction,
    id: CloudStorageId,
    input: StorageIn,
) -> Answer<StorageOut> {
    let (project_id, before) = find(cx, actor, kind, direction, id).await?;
    let form = input.form(kind, direction, Some(&before));
    let storage = cloud::change(cx, actor, project_id, id, form).await?;
    Ok(Json(StorageOut::new(cx, project_id, storage)))
}

async fn look(
    cx: &Cx,
    actor: &Actor,
    kind: Kind,
    direction: Direction,
    input: StorageIn,
) -> Result<Vec<ListedObject>, Failure> {
    let id = input.id.map(CloudStorageId);
    let (project_id, before) = match id {
        Some(id) => {
            let (project_id, before) = find(cx, actor, kind, direction, id).await?;
            (project_id, Some(before))
        }
        None => (input.project()?, None),
    };
    let most = input.limit.unwrap_or(USUAL_FILES).min(MAX_FILES);
    let form = input.form(kind, direction, before.as_ref());
    Ok(cloud::check(cx, actor, project_id, id, form, most).await?)
}

/// Begins a sync; one that is under way is what was wanted.
async fn begin(cx: &Cx, actor: &Actor, kind: Kind, direction: Direction, id: CloudStorageId) -> Answer<StorageOut> {
    let (project_id, before) = find(cx, actor, kind, direction, id).await?;
    let storage = match cloud::sync(cx, actor, project_id, id, Scope::All).await {
        Err(service::Error::Domain(problem)) if problem.code == "storage_syncing" => before,
        begun => begun?,
    };
    Ok(Json(StorageOut::new(cx, project_id, storage)))
}

async fn remove(
    cx: &Cx,
    actor: &Actor,
    kind: Kind,
    direction: Direction,
    id: CloudStorageId,
) -> Result<StatusCode, Failure> {
    let (project_id, _) = find(cx, actor, kind, direction, id).await?;
    cloud::remove(cx, actor, project_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn kinds(actor: &Actor) -> Answer<Vec<KindOut>> {
    actor.user()?;
    Ok(Json(StorageKind::ALL.map(|kind| KindOut { name: Kind::of(kind), title: kind.title() }).into()))
}

macro_rules! doors {
    (
        $module:ident, $direction:expr, $what:tt, $tag:tt,
        $root:tt, $types:tt, $kind:tt, $validate:tt, $files:tt, $one:tt, $sync:tt
    ) => {
        #[doc = $what]
        pub mod $module {
            use super::*;

            /// The kinds there are.
            #[utoipa::path(get, path = $types, tag = $tag, operation_id = concat!(stringify!($module), "_types"),
                responses((status = 200, body = Vec<KindOut>)))]
            pub async fn types(Extension(actor): Extension<Actor>) -> Answer<Vec<KindOut>> {
                kinds(&actor)
            }

            /// Those of a project, of every kind.
            #[utoipa::path(get, path = $root, tag = $tag, params(ListQuery),
                operation_id = concat!(stringify!($module), "_list_all"),
                responses((status = 200, body = Vec<StorageOut>)))]
            pub async fn list_all(
                State(cx): State<Cx>,
                Extension(actor): Extension<Actor>,
                Query(query): Query<ListQuery>,
            ) -> Answer<Vec<StorageOut>> {
                // Without a project there are none to be shown, as Label Studio answers.
                actor.user()?;
                match query.project {
                    Some(id) => all(&cx, &actor, ProjectId(id), $direction, None).await,
                    None => Ok(Json(Vec::new())),
                }
            }

            /// Those of a project and a kind.
            #[utoipa::path(get, path = $kind, tag = $tag, params(("kind" = Kind, Path), ListQuery),
                operation_id = concat!(stringify!($module), "_list"),
                responses((status = 200, body = Vec<StorageOut>)))]
            pub async fn list(
                State(cx): State<Cx>,
                Extension(actor): Extension<Actor>,
                At(kind): At<Kind>,
                Query(query): Query<ListQuery>,
            ) -> Answer<Vec<StorageOut>> {
                all(&cx, &actor, query.project()?, $direction, Some(kind)).await
            }

            /// Makes one, once it has answered.
            #[utoipa::path(post, path = $kind, tag = $tag, params(("kind" = Kind, Path)), request_body = StorageIn,
                operation_id = concat!(stringify!($module), "_create"),
                responses((status = 201, body = StorageOut)))]
            pub async fn create(
                State(cx): State<Cx>,
                Extension(actor): Extension<Actor>,
                At(kind): At<Kind>,
                Input(input): Input<StorageIn>,
            ) -> Result<Created<StorageOut>, Failure> {
                make(&cx, &actor, kind, $direction, input).await
            }

            /// Whether one would answer; nothing is kept.
            #[utoipa::path(post, path = $validate, tag = $tag, params(("kind" = Kind, Path)), request_body = StorageIn,
                operation_id = concat!(stringify!($module), "_validate"), responses((status = 200)))]
            pub async fn validate(
                State(cx): State<Cx>,
                Extension(actor): Extension<Actor>,
                At(kind): At<Kind>,
                Input(input): Input<StorageIn>,
            ) -> Result<StatusCode, Failure> {
                look(&cx, &actor, kind, $direction, input).await.map(|_| StatusCode::OK)
            }

            /// The first objects that would come.
            #[utoipa::path(post, path = $files, tag = $tag, params(("kind" = Kind, Path)), request_body = StorageIn,
                operation_id = concat!(stringify!($module), "_files"), responses((status = 200, body = FilesOut)))]
            pub async fn files(
                State(cx): State<Cx>,
                Extension(actor): Extension<Actor>,
                At(kind): At<Kind>,
                Input(input): Input<StorageIn>,
            ) -> Answer<FilesOut> {
                let found = look(&cx, &actor, kind, $direction, input).await?.into_iter();
                let files = found.map(|file| FileOut {
                    key: file.key,
                    last_modified: file.modified_at,
                    size: file.size_bytes,
                });
                Ok(Json(FilesOut { files: files.collect() }))
            }

            /// One of them.
            #[utoipa::path(get, path = $one, tag = $tag, params(("kind" = Kind, Path), ("id" = i64, Path)),
                operation_id = concat!(stringify!($module), "_get"), responses((status = 200, body = StorageOut)))]
            pub async fn one(
                State(cx): State<Cx>,
                Extension(actor): Extension<Actor>,
                At((kind, id)): At<(Kind, CloudStorageId)>,
            ) -> Answer<StorageOut> {
                let (project_id, storage) = find(&cx, &actor, kind, $direction, id).await?;
                Ok(Json(StorageOut::new(&cx, project_id, storage)))
            }

            /// Changes one, once it has answered. Keys that are not named stay.
            #[utoipa::path(patch, path = $one, tag = $tag, params(("kind" = Kind, Path), ("id" = i64, Path)),
                operation_id = concat!(stringify!($module), "_change"), request_body = StorageIn,
                responses((status = 200, body = StorageOut)))]
            pub async fn change(
                State(cx): State<Cx>,
                Extension(actor): Extension<Actor>,
                At((kind, id)): At<(Kind, CloudStorageId)>,
                Input(input): Input<StorageIn>,
            ) -> Answer<StorageOut> {
                put(&cx, &actor, kind, $direction, id, input).await
            }

            /// Removes one. Nothing is deleted in it.
            #[utoipa::path(delete, path = $one, tag = $tag, params(("kind" = Kind, Path), ("id" = i64, Path)),
                operation_id = concat!(stringify!($module), "_delete"), responses((status = 204)))]
            pub async fn delete(
                State(cx): State<Cx>,
                Extension(actor): Extension<Actor>,
                At((kind, id)): At<(Kind, CloudStorageId)>,
            ) -> Result<StatusCode, Failure> {
                remove(&cx, &actor, kind, $direction, id).await
            }

            /// Begins a sync, which goes on when this is answered: `status` says how it is.
            #[utoipa::path(post, path = $sync, tag = $tag, params(("kind" = Kind, Path), ("id" = i64, Path)),
                operation_id = concat!(stringify!($module), "_sync"), responses((status = 200, body = StorageOut)))]
            pub async fn sync(
                State(cx): State<Cx>,
                Extension(actor): Extension<Actor>,
                At((kind, id)): At<(Kind, CloudStorageId)>,
            ) -> Answer<StorageOut> {
                begin(&cx, &actor, kind, $direction, id).await
            }
        }
    };
}

doors!(
    import_storages,
    Direction::Import,
    "Storages that tasks come from.",
    "Import storages",
    "/storages",
    "/storages/types",
    "/storages/{kind}",
    "/storages/{kind}/validate",
    "/storages/{kind}/files",
    "/storages/{kind}/{id}",
    "/storages/{kind}/{id}/sync"
);
doors!(
    export_storages,
    Direction::Export,
    "Storages that annotations go to.",
    "Export storages",
    "/storages/export",
    "/storages/export/types",
    "/storages/export/{kind}",
    "/storages/export/{kind}/validate",
    "/storages/export/{kind}/files",
    "/storages/export/{kind}/{id}",
    "/storages/export/{kind}/{id}/sync"
);
