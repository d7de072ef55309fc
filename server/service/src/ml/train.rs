//! Models learn: when somebody says so, or when enough work has come in since the last time. What they are told goes through
//! the outbox, behind the work they heard of before.

use domain::{
    Kind,
    access::ProjectPermission,
    id::{MlBackendId, WebhookId},
};
use serde::{Deserialize, Serialize};

use super::{
    gone, listen, record,
    sql::{self, Which},
    train_sql,
};
use crate::{
    Actor, Cx, Error, Result,
    access::{self, ProjectAccess},
    boxed,
    job::Job,
    webhook::{Happening, tell},
};

/// Asks a model to learn from the work.
///
/// # Errors
/// *Not found*, *forbidden* without the right to change settings. Whether it learned is in the log of its messages.
#[boxed]
pub async fn train(cx: &Cx, actor: &Actor, ml_backend_id: MlBackendId) -> Result<()> {
    let access = access::ml_backend(cx, actor, ml_backend_id, ProjectPermission::Manage).await?;
    let model = sql::model(cx, &access, Which::Numbered(ml_backend_id)).await?.ok_or_else(gone)?;
    let mut tx = access.begin(cx).await?;
    // Whoever wants a model to learn wants it to hear that.
    listen(cx, &mut tx, &access, &model).await?;
    train_sql::begin(&mut tx, &access, ml_backend_id, cx.now(), false).await?;
    tell(cx, &mut tx, (&access).into(), Happening::StartTraining(ml_backend_id)).await?;
    record(cx, &mut tx, &access, "ml_backend_trained", ml_backend_id, &model.title).await?;
    tx.commit().await?;
    Ok(())
}

/// Asks the models to learn for which enough work has come in: all of them, or the one that hears through this webhook.
pub(crate) async fn train_if_due(cx: &Cx, webhook_id: Option<WebhookId>) -> Result<()> {
    for (project_id, ml_backend_id) in train_sql::due(cx.pool(), webhook_id).await? {
        match access::project(cx, &Actor::System, project_id, ProjectPermission::Manage).await {
            Ok(access) => train_now(cx, &access, ml_backend_id).await?,
            // It went to the bin meanwhile.
            Err(Error::Domain(problem)) if problem.kind == Kind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn train_now(cx: &Cx, access: &ProjectAccess, ml_backend_id: MlBackendId) -> Result<()> {
    let mut tx = access.begin(cx).await?;
    if train_sql::begin(&mut tx, access, ml_backend_id, cx.now(), true).await? {
        tell(cx, &mut tx, access.into(), Happening::StartTraining(ml_backend_id)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Looks for models that have enough to learn from: what came in by an import is told to nobody piece by piece.
#[derive(Debug, Serialize, Deserialize)]
pub struct TrainDue;

impl Job for TrainDue {
    const NAME: &'static str = "train_due";

    async fn run(&self, cx: &Cx) -> Result<()> {
        train_sql::forget_deleted(cx.pool()).await?;
        train_if_due(cx, None).await
    }
}
