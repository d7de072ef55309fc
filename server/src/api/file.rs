//! Files that were sent to a project.

use axum::{Extension, Json, extract::State};
use domain::{
    Error as Problem,
    id::{FileId, ProjectId},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use service::{
    Actor, Cx,
    storage::{self, StoredFile, kept},
};
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer,
    input::{At, Input, Json as AnyJson, Query, is_yes},
};
use crate::error::Failure;

/// A file that was sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileOut {
    id: i64,
    /// Where it is, behind `/data/`.
    file: String,
    /// Bytes.
    size: u64,
}

impl From<StoredFile> for FileOut {
    fn from(file: StoredFile) -> Self {
        let StoredFile { file_id, project_id, name, size_bytes, .. } = file;
        Self { id: file_id.0, file: format!("upload/{project_id}/{file_id}-{name}"), size: size_bytes }
    }
}

/// Which files.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FilesQuery {
    /// All of them; without it and without `ids`, none.
    all: Option<String>,
    /// These: a JSON list, or one after the other.
    #[serde(default)]
    #[param(value_type = Vec<String>)]
    ids: Vec<AnyJson>,
}

/// Numbers in a list, in lists within it, or as text.
fn numbers(field: &'static str, values: &[serde_json::Value]) -> Result<Vec<FileId>, Problem> {
    let malformed = || Problem::invalid(field, "field_malformed", format!("“{field}” should be a list of numbers."));
    let mut ids = Vec::new();
    for value in values {
        match value {
            serde_json::Value::Array(list) => ids.extend(numbers(field, list)?),
            serde_json::Value::Number(number) => ids.push(FileId(number.as_i64().ok_or_else(malformed)?)),
            serde_json::Value::String(text) => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                let parts = parts.map(|part| part.parse().map_err(|_| malformed()));
                ids.extend(parts.collect::<Result<Vec<FileId>, _>>()?);
            }
            _ => return Err(malformed()),
        }
    }
    Ok(ids)
}

/// The files of a project in the order they came, at most 10,000.
#[utoipa::path(get, path = "/projects/{id}/file-uploads", tag = "Import", params(("id" = i64, Path), FilesQuery),
    responses((status = 200, body = Vec<FileOut>)))]
pub async fn list(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Query(query): Query<FilesQuery>,
) -> Answer<Vec<FileOut>> {
    let ids: Vec<serde_json::Value> = query.ids.into_iter().map(|AnyJson(value)| value).collect();
    let wanted = (!is_yes(query.all.as_deref(), false)).then(|| numbers("ids", &ids)).transpose()?;
    let files = kept::list(&cx, &actor, project_id, wanted).await?;
    Ok(Json(files.into_iter().map(FileOut::from).collect()))
}

/// Which files are thrown away.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct FilesGone {
    /// These; all where nothing is said.
    #[serde(default)]
    file_upload_ids: Option<Vec<i64>>,
}

/// How many files were thrown away.
#[derive(Debug, Serialize, ToSchema)]
pub struct GoneOut {
    deleted: u64,
}

/// Throws files away. What a task shows, and what an import is about to read, is kept.
#[utoipa::path(delete, path = "/projects/{id}/file-uploads", tag = "Import", params(("id" = i64, Path)),
    request_body = FilesGone, responses((status = 200, body = GoneOut)))]
pub async fn throw_away(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<FilesGone>,
) -> Answer<GoneOut> {
    let wanted = input.file_upload_ids.map(|ids| ids.into_iter().map(FileId).collect());
    Ok(Json(GoneOut { deleted: kept::throw_all_away(&cx, &actor, project_id, wanted).await? }))
}

/// A file that was sent.
#[utoipa::path(get, path = "/import/file-upload/{id}", tag = "Import", params(("id" = i64, Path)),
    responses((status = 200, body = FileOut)))]
pub async fn one(State(cx): State<Cx>, Extension(actor): Extension<Actor>, At(file_id): At<FileId>) -> Answer<FileOut> {
    Ok(Json(storage::open(&cx, &actor, file_id).await?.into()))
}

/// What can be said of a file.
#[derive(Debug, Deserialize, ToSchema)]
pub struct FilePatch {
    /// Where it is: it stays there.
    file: Option<String>,
}

/// The file as it is: what was sent never changes.
#[utoipa::path(patch, path = "/import/file-upload/{id}", tag = "Import", params(("id" = i64, Path)),
    request_body = FilePatch, responses((status = 200, body = FileOut)))]
pub async fn change(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(file_id): At<FileId>,
    Input(input): Input<FilePatch>,
) -> Answer<FileOut> {
    let out = FileOut::from(storage::open(&cx, &actor, file_id).await?);
    if input.file.is_some_and(|file| file != out.file) {
        let message = "A file that was sent never changes. Send another one.";
        return Err(Problem::invalid("file", "file_stays", message).into());
    }
    Ok(Json(out))
}

/// Throws a file away; what a task shows, or an import is about to read, is kept.
#[utoipa::path(delete, path = "/import/file-upload/{id}", tag = "Import", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn delete(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(file_id): At<FileId>,
) -> Result<StatusCode, Failure> {
    kept::throw_away(&cx, &actor, file_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_come_in_many_ways() {
        for (given, expected) in [
            (json!([]), Some(vec![])),
            (json!([[1, 2]]), Some(vec![1, 2])),
            (json!([1, "2", "3, 4"]), Some(vec![1, 2, 3, 4])),
            (json!(["x"]), None),
            (json!([1.5]), None),
            (json!([{}]), None),
        ] {
            let read = numbers("ids", given.as_array().unwrap()).ok();
            assert_eq!(read, expected.map(|ids| ids.into_iter().map(FileId).collect()), "{given}");
        }
    }
}
