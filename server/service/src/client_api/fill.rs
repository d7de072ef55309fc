//! Filling one field of one task: its client APIs are asked in their order, each again while it is only busy, until one has
//! answered.

use std::time::Duration;

use domain::{
    Error as Problem,
    client_api::{Taken, question},
    id::{FillRunId, TaskId},
};
use futures::stream;
use serde_json::{Map, Value};

use super::{
    call::{Caller, Exchange},
    sql,
};
use crate::{
    Cx, Error, Result,
    access::ProjectAccess,
    storage::{
        self,
        kind::{self, FileKind},
    },
};

/// How often a service that is busy is asked the same, and how long the pauses are that it does not choose itself.
const TRIES: usize = 3;
const PAUSES: [Duration; TRIES - 1] = [Duration::from_millis(500), Duration::from_secs(3)];

/// A field with what fills it.
pub(super) struct Field {
    pub(super) data_key: String,
    /// In their order.
    pub(super) callers: Vec<Caller>,
}

/// What became of it.
pub(super) enum Outcome {
    Filled(Value),
    /// Why, of each client API; and whether any of them was asked at all.
    Failed {
        reason: String,
        was_asked: bool,
    },
    /// None may be asked any more.
    Exhausted(String),
}

impl Field {
    /// Fills the field of a task with this data.
    pub(super) async fn fill(
        &self,
        cx: &Cx,
        access: &ProjectAccess,
        run_id: FillRunId,
        task_id: TaskId,
        data: &Map<String, Value>,
    ) -> Result<Outcome> {
        let mut reasons = Vec::new();
        let (mut limited, mut was_asked) = (0, false);
        for caller in &self.callers {
            let api = &caller.api;
            let question = match question(&caller.template, api.method, data) {
                Ok(question) => question,
                Err(problem) => {
                    reasons.push(format!("{}: {}", api.group, problem.message));
                    continue;
                }
            };
            for pause in PAUSES.into_iter().map(Some).chain([None]) {
                let Some(claimed) = sql::claim(cx, access, api.client_api_id).await? else {
                    limited += 1;
                    let why = "is switched off, or has reached its budget or its calls of a day";
                    reasons.push(format!("{} {why}.", api.group));
                    break;
                };
                was_asked = true;
                let exchange = caller.ask(cx, &question).await;
                let place = Place { cx, access, run_id, task_id };
                let found = place.value(caller, &exchange, &self.data_key).await?;
                let trouble = found.as_ref().err().map(String::as_str);
                sql::settle(cx, access, &claimed, exchange.is_answered(), trouble).await?;
                match found {
                    Ok(value) => return Ok(Outcome::Filled(value)),
                    Err(_) if exchange.may_pass && pause.is_some() => {
                        tokio::time::sleep(exchange.after.or(pause).unwrap_or_default()).await;
                    }
                    Err(trouble) => {
                        reasons.push(format!("{}: {trouble}", api.group));
                        break;
                    }
                }
            }
        }
        let reason = reasons.join(" ");
        Ok(match limited == self.callers.len() {
            true => Outcome::Exhausted(reason),
            false => Outcome::Failed { reason, was_asked },
        })
    }
}

/// Where a value goes.
struct Place<'a> {
    cx: &'a Cx,
    access: &'a ProjectAccess,
    run_id: FillRunId,
    task_id: TaskId,
}

impl Place<'_> {
    /// What the field becomes, or what went wrong in a sentence.
    async fn value(&self, caller: &Caller, exchange: &Exchange, field: &str) -> Result<Result<Value, String>> {
        if let Some(trouble) = &exchange.trouble {
            return Ok(Err(trouble.clone()));
        }
        let bytes = match caller.api.taking.take(&exchange.body) {
            Ok(Taken::Value(value)) => return Ok(Ok(value)),
            Ok(Taken::File(bytes)) => bytes,
            Err(problem) => return Ok(Err(problem.message)),
        };
        let (_, ending) = match media(&bytes) {
            Ok(kind) => kind,
            Err(problem) => return Ok(Err(problem.message)),
        };
        // The same place when it is done again after a crash, so that no file is kept twice.
        let (project_id, api) = (self.access.project_id(), caller.api.client_api_id);
        let key = format!("{}/filled/{}/{}-{api}", storage::folder(project_id), self.run_id, self.task_id);
        let name = format!("{field}-{}.{ending}", self.task_id);
        let body = stream::iter([Ok(bytes.into())]);
        match storage::store(self.cx, self.access, &key, &name, body).await {
            Ok(file) => Ok(Ok(file.address().into())),
            Err(Error::Domain(problem)) => Ok(Err(problem.message)),
            Err(error) => Err(error),
        }
    }
}

/// What a file is, with the ending of its name; refused where no task can show it.
pub(super) fn media(bytes: &[u8]) -> Result<(&'static str, &'static str), Problem> {
    let refuse = || {
        let message = "The answer is no picture, sound, film or PDF.";
        Problem::invalid("taking", "answer_not_media", message)
    };
    let kind = kind::of("answer", bytes).map_err(|_| refuse())?;
    let content_type = kind.content_type();
    if !matches!(kind, FileKind::Image(_) | FileKind::Media(_) | FileKind::Svg) {
        return Err(refuse());
    }
    let ending = match content_type {
        "image/jpeg" => "jpg",
        "image/svg+xml" => "svg",
        "audio/mpeg" => "mp3",
        "audio/mp4" => "m4a",
        "video/quicktime" => "mov",
        "video/x-matroska" => "mkv",
        "video/ogg" => "ogv",
        other => other.rsplit('/').next().unwrap_or("bin"),
    };
    Ok((content_type, ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_after_what_they_are() {
        for (bytes, expected) in [
            (&b"RIFF\0\0\0\0WAVEfmt "[..], Some(("audio/wav", "wav"))),
            (b"ID3\x04", Some(("audio/mpeg", "mp3"))),
            (b"\x89PNG\r\n\x1a\n", Some(("image/png", "png"))),
            (b"%PDF-1.7", Some(("application/pdf", "pdf"))),
            (b"<html>no</html>", None),
            (b"{\"error\": 1}", None),
            (b"PK\x03\x04", None),
        ] {
            assert_eq!(media(bytes).ok(), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
