//! How models hear of the work: by a webhook like any other, which is made and kept with the model.

use std::collections::BTreeMap;

use domain::{
    id::MlBackendId,
    webhook::{Action, Header, WebhookForm},
};

use super::{put_headers, put_key, sql};
use crate::{Cx, Result, Tx, access::ProjectAccess};

/// What a model is told: what it learns from, when it is to learn, and what the interface looks like now. Work that comes in
/// with an import is not told piece by piece.
const HEARS: [Action; 4] =
    [Action::AnnotationCreated, Action::AnnotationUpdated, Action::ProjectUpdated, Action::StartTraining];

/// Where a model listens.
pub(crate) struct Ear {
    pub(crate) ml_backend_id: MlBackendId,
    pub(crate) url: String,
    /// The header `Authorization`, where it wants one.
    pub(crate) authorization: Option<String>,
}

/// Has a model told of the work from now on, at its present address; switches its webhook on again.
pub(crate) async fn listen_for_model(cx: &Cx, tx: &mut Tx, access: &ProjectAccess, ear: Ear) -> Result<()> {
    let form = WebhookForm {
        url: ear.url,
        send_payload: true,
        send_for_all_actions: false,
        actions: HEARS.to_vec(),
        headers: ear
            .authorization
            .into_iter()
            .map(|value| Header { name: "Authorization".to_owned(), value: Some(value) })
            .collect(),
        is_active: true,
    };
    let now = cx.now();
    let webhook_id = match sql::of_model(tx, ear.ml_backend_id).await? {
        Some(webhook_id) => {
            sql::update(tx, webhook_id, &form, now).await?;
            webhook_id
        }
        None => {
            let created_by = access.user_id().map(|id| id.0);
            let (org_id, project_id) = (access.org_id(), Some(access.project_id()));
            let webhook_id = sql::insert(tx, org_id, project_id, &form, created_by, now).await?;
            sql::give_to_model(tx, webhook_id, ear.ml_backend_id).await?;
            put_key(cx, tx, webhook_id).await?;
            webhook_id
        }
    };
    sql::put_actions(tx, webhook_id, &form.actions).await?;
    put_headers(cx, tx, webhook_id, &form.headers, &BTreeMap::new()).await
}
