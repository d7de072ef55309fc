//! The text behind an address in a task's data (`valueType="url"`), fetched here: a browser may not read what another
//! server does not share, and files of the project are not open to everyone who labels.

use bytes::Bytes;
use domain::{
    Error as Problem, Kind,
    cloud::ObjectAddress,
    id::{ProjectId, TaskId},
    label_config,
};
use futures::{StreamExt, stream::BoxStream};
use serde_json::Value;

use super::encoding::decode;
use crate::{Actor, Cx, Result, access, boxed, import, media, storage};

/// The longest text that is labeled.
pub const MAX_TEXT_BYTES: usize = 16 << 20;

/// The text that `object` of the labeling interface shows of a task. Whoever may open the task may read it; only addresses
/// in the task itself are read, never one that the reader names.
///
/// # Errors
/// *Not found* for tasks the person may not see and objects without an address; *invalid* with what the address or its
/// server said, or when what comes is no text; *too large* beyond [`MAX_TEXT_BYTES`].
#[boxed]
pub async fn text(cx: &Cx, actor: &Actor, project_id: ProjectId, task_id: TaskId, object: &str) -> Result<String> {
    let desk = super::open(cx, actor, project_id, task_id).await?;
    let missing = || Problem::not_found("text");
    let config = label_config::read(&desk.project.label_config).ok_or_else(missing)?;
    let task = desk.task.map_err(|_| missing())?;
    // What is repeated has its numbered names only for a task.
    let config = config.for_task(&task.data);
    let object = config.object(object).filter(|object| object.attribute("valueType") == Some("url"));
    let field = object.and_then(|object| object.field.as_deref()).ok_or_else(missing)?;
    let address = label_config::look_up(&task.data, field).and_then(Value::as_str).ok_or_else(missing)?.trim();
    let (body, content_type) = match storage::file_of(address) {
        Some(file_id) => {
            let access = access::project(cx, actor, project_id, domain::access::ProjectPermission::Annotate).await?;
            let file = storage::of_project(cx, &access, file_id).await?.ok_or_else(missing)?;
            (storage::read(cx, &file, None).await?, None)
        }
        None if ObjectAddress::is_one(address) => {
            let access = access::project(cx, actor, project_id, domain::access::ProjectPermission::Annotate).await?;
            let passed = media::read_ahead(cx, access, address).await?;
            (passed.body, Some(passed.content_type))
        }
        None => {
            let answer = import::fetch::get(cx, address, None).await?;
            (answer.body, answer.content_type)
        }
    };
    read(body, content_type.as_deref(), MAX_TEXT_BYTES).await
}

/// All of a text that is no longer than `most` bytes.
pub(super) async fn read(
    mut body: BoxStream<'static, std::io::Result<Bytes>>,
    content_type: Option<&str>,
    most: usize,
) -> Result<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| {
            tracing::debug!(%error, "a text broke off");
            Problem::invalid("url", "text_broken", "The text broke off before its end.")
        })?;
        bytes.extend_from_slice(&chunk);
        if bytes.len() > most {
            let message =
                format!("The text behind this address is longer than {} MB, the most that is read.", most >> 20);
            return Err(Problem::new(Kind::TooLarge, "text_too_large", message).on("url").into());
        }
    }
    decode(&bytes, content_type)
        .ok_or_else(|| Problem::invalid("url", "text_none", "What is behind this address is no text.").into())
}
