//! Sends a file with its progress, which `fetch` cannot tell.

use domain::id::{FileId, ProjectId};
use js_sys::{Function, Promise};
use leptos::prelude::*;
use leptos::server_fn::error::FromServerFnError;
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FormData, ProgressEvent, XmlHttpRequest};

use crate::error::{AppError, Result};

#[derive(Deserialize)]
struct Received {
    file_id: FileId,
}

/// Sends `file`; `done` follows from 0 to 1.
pub(super) async fn send(project_id: ProjectId, file: &File, done: RwSignal<f64>) -> Result<FileId> {
    let lost = |error: JsValue| AppError::Transport(format!("{error:?}"));
    let form = FormData::new().map_err(lost)?;
    form.append_with_blob_and_filename("file", file, &file.name()).map_err(lost)?;
    let request = XmlHttpRequest::new().map_err(lost)?;
    request.open("POST", &format!("/projects/{project_id}/upload")).map_err(lost)?;
    let progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
        if event.length_computable() && event.total() > 0.0 {
            done.set(event.loaded() / event.total());
        }
    });
    let upload = request.upload().map_err(lost)?;
    upload.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    let ended = Promise::new(&mut |resolve: Function, _: Function| request.set_onloadend(Some(&resolve)));
    request.send_with_opt_form_data(Some(&form)).map_err(lost)?;
    JsFuture::from(ended).await.map_err(lost)?;
    upload.set_onprogress(None);
    request.set_onloadend(None);
    let status = request.status().map_err(lost)?;
    let body = request.response_text().map_err(lost)?.unwrap_or_default();
    if status == 200 {
        let received: Vec<Received> =
            serde_json::from_str(&body).map_err(|error| AppError::Transport(error.to_string()))?;
        let first = received.into_iter().next();
        return first.map(|file| file.file_id).ok_or_else(|| AppError::Transport("nothing was received".to_owned()));
    }
    Err(AppError::de(body.into()))
}
