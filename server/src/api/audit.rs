//! What was done in the organization, and where one is signed in.

use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use domain::{
    account::SessionInfo,
    id::{SessionId, UserId},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::{Actor, Cx, account, audit};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Answer,
    input::{At, Query},
    output::{After, Listed},
};
use crate::error::Failure;

/// Something somebody did.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryOut {
    #[schema(value_type = String)]
    id: Uuid,
    /// Who; none for the command line, and where nobody knows any more.
    actor: Option<i64>,
    actor_name: Option<String>,
    /// What, as in `member_removed`.
    action: String,
    /// What it was done to: its kind and its number.
    subject: String,
    subject_id: Option<i64>,
    #[schema(value_type = Object)]
    data: Value,
    at: DateTime<Utc>,
}

impl From<audit::Entry> for EntryOut {
    fn from(entry: audit::Entry) -> Self {
        Self {
            id: entry.id,
            actor: entry.actor_id.map(|id| id.0),
            actor_name: entry.actor,
            action: entry.action,
            subject: entry.subject,
            subject_id: entry.subject_id,
            data: entry.data,
            at: entry.at,
        }
    }
}

/// Which entries; all without any of these.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Of this action.
    action: Option<String>,
    /// About things of this kind, such as `project`.
    subject: Option<String>,
    /// About this one.
    subject_id: Option<i64>,
    /// By this person.
    actor: Option<i64>,
}

/// What was done in the organization, the newest first; for those who change its settings.
#[utoipa::path(get, path = "/v1/audit-events", tag = "Organizations", params(AuditQuery, After),
    responses((status = 200, body = Listed<EntryOut>)))]
pub async fn events(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Query(which): Query<AuditQuery>,
    Query(page): Query<After>,
) -> Answer<Listed<EntryOut>> {
    let filter = audit::Filter {
        action: which.action,
        subject: which.subject,
        subject_id: which.subject_id,
        actor_id: which.actor.map(UserId),
    };
    let limit = page.limit();
    Ok(Json(Listed::of(audit::list(&cx, &actor, filter, page.after, limit).await?, EntryOut::from)))
}

/// A browser one is signed in with.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionOut {
    id: i64,
    /// Such as “Firefox on Linux”.
    device: String,
    /// The network address of the last visit.
    ip: String,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    /// The browser that asks.
    is_current: bool,
}

impl From<SessionInfo> for SessionOut {
    fn from(session: SessionInfo) -> Self {
        Self {
            id: session.session_id.0,
            device: session.device,
            ip: session.ip,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            is_current: session.is_current,
        }
    }
}

/// The browsers one is signed in with.
#[utoipa::path(get, path = "/v1/sessions", tag = "Users", responses((status = 200, body = Vec<SessionOut>)))]
pub async fn sessions(State(cx): State<Cx>, Extension(actor): Extension<Actor>) -> Answer<Vec<SessionOut>> {
    Ok(Json(account::sessions(&cx, &actor).await?.into_iter().map(SessionOut::from).collect()))
}

/// How many.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndedOut {
    count: u64,
}

/// Signs out everywhere but in the browser that asks.
#[utoipa::path(delete, path = "/v1/sessions", tag = "Users", responses((status = 200, body = EndedOut)))]
pub async fn end_others(State(cx): State<Cx>, Extension(actor): Extension<Actor>) -> Answer<EndedOut> {
    Ok(Json(EndedOut { count: account::sign_out_everywhere(&cx, &actor).await? }))
}

/// Signs out in one browser.
#[utoipa::path(delete, path = "/v1/sessions/{id}", tag = "Users", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn end(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(session_id): At<SessionId>,
) -> Result<StatusCode, Failure> {
    account::sign_out_one(&cx, &actor, session_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
