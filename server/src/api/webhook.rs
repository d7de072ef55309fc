//! Webhooks: in the shapes of Label Studio, and what it does not have under `/v1`.

use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    id::{DeliveryId, ProjectId, WebhookId},
    page::Limit,
    webhook::{
        Action, Attempt, Delivery, DeliveryDetail, DeliveryFilter, DeliveryState, Header, MASK, Replay, Scope, Webhook,
        WebhookForm,
    },
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use service::{Actor, Cx, webhook};
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer, Created,
    input::{At, Input, Json as AnyJson, Query},
};
use crate::{auth::Writes, error::Failure};

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookOut {
    id: i64,
    organization: i64,
    /// None for all projects of the organization.
    project: Option<i64>,
    url: String,
    /// Whether messages tell everything, or only what and which.
    send_payload: bool,
    /// Whether it hears everything, whatever `actions` says.
    send_for_all_actions: bool,
    /// Names, with a mask for each value: those are never shown.
    #[schema(value_type = Object)]
    headers: Value,
    is_active: bool,
    actions: Vec<&'static str>,
    /// Since when nothing has got through.
    failing_since: Option<DateTime<Utc>>,
    /// When it was switched off for that.
    switched_off_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// The signing key; only in the answer to the question that made the webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<Webhook> for WebhookOut {
    fn from(webhook: Webhook) -> Self {
        let masked: Map<String, Value> = webhook.headers.into_iter().map(|name| (name, MASK.into())).collect();
        Self {
            id: webhook.webhook_id.0,
            organization: webhook.org_id.0,
            project: webhook.project_id.map(|id| id.0),
            url: webhook.url,
            send_payload: webhook.send_payload,
            send_for_all_actions: webhook.send_for_all_actions,
            headers: masked.into(),
            is_active: webhook.is_active,
            actions: webhook.actions.into_iter().map(Action::name).collect(),
            failing_since: webhook.failing_since,
            switched_off_at: webhook.switched_off_at,
            created_at: webhook.created_at,
            updated_at: webhook.updated_at,
            secret: None,
        }
    }
}

/// What of a webhook can be set. What is not named stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct WebhookIn {
    /// Where messages are sent by POST.
    #[schema(max_length = 2048)]
    url: Option<String>,
    /// The project it listens to, when it is made; none for all of the organization.
    project: Option<i64>,
    send_payload: Option<bool>,
    send_for_all_actions: Option<bool>,
    /// Names and values. A mask in the place of a value stands for the one that is stored.
    #[schema(value_type = Option<Object>)]
    headers: Option<AnyJson>,
    is_active: Option<bool>,
    /// What it hears, where it does not hear everything.
    actions: Option<Vec<String>>,
}

impl WebhookIn {
    /// What it makes of a webhook.
    fn over(self, before: WebhookForm) -> Result<WebhookForm, Problem> {
        let actions: Option<Result<Vec<Action>, Problem>> =
            self.actions.map(|names| names.iter().map(|name| action("actions", name)).collect());
        Ok(WebhookForm {
            url: self.url.unwrap_or(before.url),
            send_payload: self.send_payload.unwrap_or(before.send_payload),
            send_for_all_actions: self.send_for_all_actions.unwrap_or(before.send_for_all_actions),
            actions: actions.transpose()?.unwrap_or(before.actions),
            headers: self.headers.map_or(Ok(before.headers), headers)?,
            is_active: self.is_active.unwrap_or(before.is_active),
        })
    }
}

fn action(field: &'static str, name: &str) -> Result<Action, Problem> {
    let unknown = || Problem::invalid(field, "choice_unknown", format!("“{name}” is none of the choices."));
    Action::from_name(name).ok_or_else(unknown)
}

/// Names and values out of an object.
pub(super) fn headers(given: AnyJson) -> Result<Vec<Header>, Problem> {
    if given.0.is_null() {
        return Ok(Vec::new());
    }
    let read = |(name, value): (String, Value)| match value {
        Value::String(value) => Ok(Header { name, value: Some(value) }),
        Value::Number(number) => Ok(Header { name, value: Some(number.to_string()) }),
        _ => Err(Problem::invalid("headers", "field_malformed", format!("The value of “{name}” should be text."))),
    };
    given.object("headers")?.into_iter().map(read).collect()
}

/// Which webhooks.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Of this project alone.
    project: Option<i64>,
}

/// The webhooks of a project, or all of the organization.
#[utoipa::path(get, path = "/webhooks", tag = "Webhooks", params(ListQuery),
    responses((status = 200, body = Vec<WebhookOut>)))]
pub async fn list(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Query(query): Query<ListQuery>,
) -> Answer<Vec<WebhookOut>> {
    let found = webhook::list(&cx, &actor, scope(query.project)).await?;
    Ok(Json(found.into_iter().map(WebhookOut::from).collect()))
}

fn scope(project: Option<i64>) -> Scope {
    project.map_or(Scope::Organization, |id| Scope::Project(ProjectId(id)))
}

/// Makes a webhook.
#[utoipa::path(post, path = "/webhooks", tag = "Webhooks", request_body = WebhookIn,
    responses((status = 201, body = WebhookOut)))]
pub async fn create(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(input): Input<WebhookIn>,
) -> Result<Created<WebhookOut>, Failure> {
    let scope = scope(input.project);
    let form = input.over(WebhookForm::default())?;
    let made = webhook::add(&cx, &actor, scope, form).await.map_err(placed)?;
    let secret = Some(webhook::signing_key(&cx, &actor, made.webhook_id).await?);
    Ok(Created(WebhookOut { secret, ..made.into() }))
}

/// What is wrong with project and actions together belongs to none of them, as Label Studio has it.
fn placed(error: service::Error) -> service::Error {
    match error {
        service::Error::Domain(problem) if problem.code == "action_of_organization" => {
            problem.on("non_field_errors").into()
        }
        other => other,
    }
}

/// Which actions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InfoQuery {
    /// Only those that webhooks of a project never hear of.
    #[serde(default, rename = "organization-only")]
    organization_only: bool,
}

/// Every action by its name, with its words.
#[utoipa::path(get, path = "/webhooks/info", tag = "Webhooks", params(InfoQuery),
    responses((status = 200, body = Object)))]
pub async fn info(Extension(actor): Extension<Actor>, Query(query): Query<InfoQuery>) -> Answer<Value> {
    actor.user()?;
    let shown = Action::ALL.iter().filter(|action| !query.organization_only || action.is_of_organization());
    let told: Map<String, Value> = shown
        .map(|action| {
            let words = json!({ "name": action.title(), "description": action.text(), "key": action.key(),
                "organization-only": action.is_of_organization() });
            (action.name().to_owned(), words)
        })
        .collect();
    Ok(Json(told.into()))
}

/// One webhook.
#[utoipa::path(get, path = "/webhooks/{id}", tag = "Webhooks", params(("id" = i64, Path)),
    responses((status = 200, body = WebhookOut)))]
pub async fn one(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(webhook_id): At<WebhookId>,
) -> Answer<WebhookOut> {
    Ok(Json(webhook::get(&cx, &actor, webhook_id).await?.into()))
}

/// Changes a webhook; its project stays.
#[utoipa::path(patch, path = "/webhooks/{id}", tag = "Webhooks", params(("id" = i64, Path)), request_body = WebhookIn,
    responses((status = 200, body = WebhookOut)))]
pub async fn change(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(webhook_id): At<WebhookId>,
    Input(input): Input<WebhookIn>,
) -> Answer<WebhookOut> {
    let before = webhook::get(&cx, &actor, webhook_id).await?.form();
    let after = webhook::change(&cx, &actor, webhook_id, input.over(before)?).await.map_err(placed)?;
    Ok(Json(after.into()))
}

/// The same.
#[utoipa::path(put, path = "/webhooks/{id}", tag = "Webhooks", params(("id" = i64, Path)), request_body = WebhookIn,
    responses((status = 200, body = WebhookOut)))]
pub async fn replace(
    cx: State<Cx>,
    actor: Extension<Actor>,
    at: At<WebhookId>,
    input: Input<WebhookIn>,
) -> Answer<WebhookOut> {
    change(cx, actor, at, input).await
}

/// Removes a webhook with its log.
#[utoipa::path(delete, path = "/webhooks/{id}", tag = "Webhooks", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn delete(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(webhook_id): At<WebhookId>,
) -> Result<StatusCode, Failure> {
    webhook::remove(&cx, &actor, webhook_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A message to a webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryOut {
    /// Later ones have larger numbers.
    id: i64,
    /// What it tells of; none for a test.
    action: Option<&'static str>,
    /// `waiting`, `delivered`, `failed` or `skipped`.
    state: &'static str,
    attempts: i32,
    /// The status of the last answer.
    status: Option<i32>,
    /// What went wrong the last time.
    message: String,
    duration_ms: Option<i32>,
    created_at: DateTime<Utc>,
    next_attempt_at: Option<DateTime<Utc>>,
}

impl From<Delivery> for DeliveryOut {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.delivery_id.0,
            action: delivery.action.map(Action::name),
            state: delivery.state.as_str(),
            attempts: delivery.attempts,
            status: delivery.status,
            message: delivery.message,
            duration_ms: delivery.duration_ms,
            created_at: delivery.created_at,
            next_attempt_at: delivery.next_attempt_at,
        }
    }
}

/// An attempt to deliver a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttemptOut {
    attempt: i32,
    started_at: DateTime<Utc>,
    duration_ms: i32,
    status: Option<i32>,
    message: String,
    /// Pairs of names and values; secrets are masked.
    #[schema(value_type = Vec<Vec<String>>)]
    request_headers: Vec<(String, String)>,
    #[schema(value_type = Vec<Vec<String>>)]
    response_headers: Vec<(String, String)>,
    /// The beginning.
    response_body: String,
}

impl From<Attempt> for AttemptOut {
    fn from(attempt: Attempt) -> Self {
        Self {
            attempt: attempt.attempt,
            started_at: attempt.started_at,
            duration_ms: attempt.duration_ms,
            status: attempt.status,
            message: attempt.message,
            request_headers: attempt.request_headers,
            response_headers: attempt.response_headers,
            response_body: attempt.response_body,
        }
    }
}

/// A message with everything that is known about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryDetailOut {
    #[serde(flatten)]
    delivery: DeliveryOut,
    /// As in the header `webhook-id`.
    message_id: String,
    /// What is sent.
    body: String,
    /// The newest first.
    tries: Vec<AttemptOut>,
}

impl From<DeliveryDetail> for DeliveryDetailOut {
    fn from(detail: DeliveryDetail) -> Self {
        Self {
            delivery: detail.delivery.into(),
            message_id: detail.message_id,
            body: detail.body,
            tries: detail.attempts.into_iter().map(AttemptOut::from).collect(),
        }
    }
}

/// A page of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveriesOut {
    results: Vec<DeliveryOut>,
    /// Pass it back as `after`; none at the end.
    next: Option<String>,
}

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeliveriesQuery {
    /// `waiting`, `delivered`, `failed` or `skipped`.
    state: Option<String>,
    /// What they tell of.
    action: Option<String>,
    /// Behind this one, as the page before said.
    after: Option<String>,
    /// How many, 200 at most.
    #[param(minimum = 1)]
    limit: Option<u32>,
}

/// The log of a webhook, the newest message first.
#[utoipa::path(get, path = "/v1/webhooks/{id}/deliveries", tag = "Webhooks",
    params(("id" = i64, Path), DeliveriesQuery), responses((status = 200, body = DeliveriesOut)))]
pub async fn deliveries(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(webhook_id): At<WebhookId>,
    Query(query): Query<DeliveriesQuery>,
) -> Answer<DeliveriesOut> {
    let state = query.state.map(|name| {
        let unknown = || Problem::invalid("state", "choice_unknown", format!("“{name}” is none of the choices."));
        DeliveryState::from_name(&name).ok_or_else(unknown)
    });
    let filter = DeliveryFilter {
        state: state.transpose()?,
        action: query.action.map(|name| action("action", &name)).transpose()?,
    };
    let limit = query.limit.map_or_else(Limit::default, Limit::new);
    let page = webhook::deliveries(&cx, &actor, webhook_id, filter, query.after, limit).await?;
    let results = page.items.into_iter().map(DeliveryOut::from).collect();
    Ok(Json(DeliveriesOut { results, next: page.next }))
}

/// One message with what was sent and answered.
#[utoipa::path(get, path = "/v1/webhooks/{id}/deliveries/{delivery}", tag = "Webhooks",
    params(("id" = i64, Path), ("delivery" = i64, Path)), responses((status = 200, body = DeliveryDetailOut)))]
pub async fn delivery(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((webhook_id, delivery_id)): At<(WebhookId, DeliveryId)>,
) -> Answer<DeliveryDetailOut> {
    Ok(Json(webhook::delivery(&cx, &actor, webhook_id, delivery_id).await?.into()))
}

/// Goes on without a message that waits to be tried again.
#[utoipa::path(post, path = "/v1/webhooks/{id}/deliveries/{delivery}/skip", tag = "Webhooks",
    params(("id" = i64, Path), ("delivery" = i64, Path)), responses((status = 204)))]
pub async fn skip(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((webhook_id, delivery_id)): At<(WebhookId, DeliveryId)>,
) -> Result<StatusCode, Failure> {
    webhook::skip(&cx, &actor, webhook_id, delivery_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is sent again: `delivery`, or `first` and `last`, or `failed_since`.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ReplayIn {
    /// One message.
    delivery: Option<i64>,
    /// Everything from this message …
    first: Option<i64>,
    /// … to this one.
    last: Option<i64>,
    /// What has failed or was skipped since then.
    failed_since: Option<DateTime<Utc>>,
}

impl ReplayIn {
    fn read(self) -> Result<Replay, Problem> {
        match (self.delivery, self.first, self.last, self.failed_since) {
            (Some(id), None, None, None) => Ok(Replay::One(DeliveryId(id))),
            (None, Some(first), Some(last), None) => Ok(Replay::Range(DeliveryId(first), DeliveryId(last))),
            (None, None, None, Some(since)) => Ok(Replay::FailedSince(since)),
            _ => {
                let message = "Name a delivery, or the first and the last, or since when they failed.";
                Err(Problem::invalid("delivery", "replay_malformed", message))
            }
        }
    }
}

/// How many messages.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayOut {
    count: u64,
}

/// Sends messages once more, in their order and under their ids.
#[utoipa::path(post, path = "/v1/webhooks/{id}/replay", tag = "Webhooks", params(("id" = i64, Path)),
    request_body = ReplayIn, responses((status = 200, body = ReplayOut)))]
pub async fn replay(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(webhook_id): At<WebhookId>,
    Input(input): Input<ReplayIn>,
) -> Answer<ReplayOut> {
    let count = webhook::replay(&cx, &actor, webhook_id, input.read()?).await?;
    Ok(Json(ReplayOut { count }))
}

/// Sends a test at once, and answers what became of it.
#[utoipa::path(post, path = "/v1/webhooks/{id}/test", tag = "Webhooks", params(("id" = i64, Path)),
    responses((status = 200, body = DeliveryDetailOut)))]
pub async fn test(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(webhook_id): At<WebhookId>,
) -> Answer<DeliveryDetailOut> {
    Ok(Json(webhook::test(&cx, &actor, webhook_id).await?.into()))
}

/// A signing key.
#[derive(Debug, Serialize, ToSchema)]
pub struct SigningKeyOut {
    key: String,
}

/// The signing key. Whoever holds it can sign as this server, so a token that only reads is not told.
#[utoipa::path(get, path = "/v1/webhooks/{id}/key", tag = "Webhooks", params(("id" = i64, Path)),
    responses((status = 200, body = SigningKeyOut)))]
pub async fn key(
    _: Writes,
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(webhook_id): At<WebhookId>,
) -> Answer<SigningKeyOut> {
    Ok(Json(SigningKeyOut { key: webhook::signing_key(&cx, &actor, webhook_id).await? }))
}

/// Puts another signing key in its place. Messages are signed with both for a day.
#[utoipa::path(post, path = "/v1/webhooks/{id}/key", tag = "Webhooks", params(("id" = i64, Path)),
    responses((status = 201, body = SigningKeyOut)))]
pub async fn rotate(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(webhook_id): At<WebhookId>,
) -> Result<Created<SigningKeyOut>, Failure> {
    Ok(Created(SigningKeyOut { key: webhook::rotate_key(&cx, &actor, webhook_id).await? }))
}
