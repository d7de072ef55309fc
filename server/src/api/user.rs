//! People: who asks, and who is in the organization.

use std::collections::BTreeMap;

use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem, Kind,
    access::OrgRole,
    account::Me,
    hotkeys::OwnKeys,
    id::UserId,
    org::{Member, NewInvite},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::{Actor, Cx, account, org};
use utoipa::ToSchema;

use super::{
    Answer, Created,
    input::{At, Input},
    output::names,
};
use crate::error::Failure;

/// A person, at length.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserOut {
    id: i64,
    first_name: String,
    last_name: String,
    username: String,
    email: String,
    last_activity: Option<DateTime<Utc>>,
    custom_hotkeys: BTreeMap<String, Value>,
    avatar: Option<String>,
    initials: String,
    phone: String,
    active_organization: Option<i64>,
    active_organization_meta: Option<OrganizationMeta>,
    allow_newsletters: Option<bool>,
    date_joined: Option<DateTime<Utc>>,
    /// The person's role in the organization.
    role: Option<String>,
}

/// The organization somebody works in.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationMeta {
    title: String,
    email: String,
}

fn initials(name: &str) -> String {
    let letters: String = name.split_whitespace().filter_map(|part| part.chars().next()).take(2).collect();
    letters.to_uppercase()
}

fn of_me(me: &Me, now: DateTime<Utc>) -> UserOut {
    let (first_name, last_name) = names(&me.name);
    UserOut {
        id: me.user_id.0,
        first_name,
        last_name,
        username: me.email.clone(),
        email: me.email.clone(),
        last_activity: Some(now),
        custom_hotkeys: BTreeMap::new(),
        avatar: None,
        initials: initials(&me.name),
        phone: String::new(),
        active_organization: me.org.as_ref().map(|org| org.org_id.0),
        active_organization_meta: me
            .org
            .as_ref()
            .map(|org| OrganizationMeta { title: org.name.clone(), email: me.email.clone() }),
        allow_newsletters: None,
        date_joined: None,
        role: me.org.as_ref().map(|org| org.role.as_str().to_owned()),
    }
}

fn of_member(member: &Member, org_id: i64) -> UserOut {
    let (first_name, last_name) = names(&member.name);
    UserOut {
        id: member.user_id.0,
        first_name,
        last_name,
        username: member.email.clone(),
        email: member.email.clone(),
        last_activity: None,
        custom_hotkeys: BTreeMap::new(),
        avatar: None,
        initials: initials(&member.name),
        phone: String::new(),
        active_organization: Some(org_id),
        active_organization_meta: None,
        allow_newsletters: None,
        date_joined: Some(member.joined_at),
        role: Some(member.role.as_str().to_owned()),
    }
}

async fn myself(cx: &Cx, actor: &Actor) -> Result<UserOut, Failure> {
    let me = account::me(cx, actor).await?;
    Ok(of_me(&me, cx.now()))
}

/// Who asks.
#[utoipa::path(get, path = "/current-user/whoami", tag = "Users", responses((status = 200, body = UserOut)))]
pub async fn whoami(State(cx): State<Cx>, Extension(actor): Extension<Actor>) -> Answer<UserOut> {
    Ok(Json(myself(&cx, &actor).await?))
}

/// Who asks.
#[utoipa::path(get, path = "/current-user", tag = "Users", responses((status = 200, body = UserOut)))]
pub async fn current(State(cx): State<Cx>, Extension(actor): Extension<Actor>) -> Answer<UserOut> {
    Ok(Json(myself(&cx, &actor).await?))
}

/// What of a person can be changed here.
#[derive(Debug, Deserialize, ToSchema)]
pub struct UserPatch {
    first_name: Option<String>,
    last_name: Option<String>,
}

/// Gives the person another name; who they are from then on.
async fn rename(cx: &Cx, actor: Actor, patch: UserPatch) -> Result<Actor, Failure> {
    if patch.first_name.is_none() && patch.last_name.is_none() {
        return Ok(actor);
    }
    let me = account::me(cx, &actor).await?;
    let (first, last) = names(&me.name);
    let name = format!("{} {}", patch.first_name.unwrap_or(first), patch.last_name.unwrap_or(last));
    let name = name.trim().to_owned();
    account::rename(cx, &actor, &name).await?;
    Ok(match actor {
        Actor::User(user) => Actor::User(service::access::SignedIn { name, ..user }),
        other => other,
    })
}

/// Changes one's own name.
#[utoipa::path(patch, path = "/current-user", tag = "Users", request_body = UserPatch,
    responses((status = 200, body = UserOut)))]
pub async fn change_current(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(patch): Input<UserPatch>,
) -> Answer<UserOut> {
    let actor = rename(&cx, actor, patch).await?;
    Ok(Json(myself(&cx, &actor).await?))
}

/// The people of the organization.
#[utoipa::path(get, path = "/users", tag = "Users", responses((status = 200, body = Vec<UserOut>)))]
pub async fn list(State(cx): State<Cx>, Extension(actor): Extension<Actor>) -> Answer<Vec<UserOut>> {
    let detail = org::current(&cx, &actor).await?;
    let present = detail.members.iter().filter(|member| member.removed_at.is_none());
    Ok(Json(present.map(|member| of_member(member, detail.org_id.0)).collect()))
}

/// Somebody to invite.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewUser {
    email: String,
}

/// An invitation that was sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitedOut {
    email: String,
    /// The link in the mail, shown this once.
    invite_url: String,
}

/// Invites somebody into the organization by mail: accounts are made by the people they belong to.
#[utoipa::path(post, path = "/users", tag = "Users", request_body = NewUser,
    responses((status = 201, body = InvitedOut)))]
pub async fn invite(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(new): Input<NewUser>,
) -> Result<Created<InvitedOut>, Failure> {
    if new.email.trim().is_empty() {
        return Err(Problem::invalid("email", "field_missing", "“email” is missing.").into());
    }
    let input = NewInvite { role: OrgRole::Member, email: new.email.clone(), days: *domain::org::INVITE_DAYS.end() };
    // A conflict would be asked again and again by the SDK; that somebody is here already stays as it is.
    let invite_url = org::invite(&cx, &actor, input).await.map_err(|error| match error {
        service::Error::Domain(problem) if problem.kind == Kind::Conflict => {
            service::Error::from(Problem { kind: Kind::Invalid, ..problem })
        }
        other => other,
    })?;
    Ok(Created(InvitedOut { email: new.email, invite_url }))
}

async fn found(cx: &Cx, actor: &Actor, user_id: UserId) -> Result<UserOut, Failure> {
    if actor.user()?.user_id == user_id {
        return myself(cx, actor).await;
    }
    let detail = org::current(cx, actor).await?;
    let member = detail.members.iter().find(|member| member.user_id == user_id && member.removed_at.is_none());
    Ok(member.map(|member| of_member(member, detail.org_id.0)).ok_or_else(|| Problem::not_found("person"))?)
}

/// Somebody of the organization.
#[utoipa::path(get, path = "/users/{id}", tag = "Users", params(("id" = i64, Path)),
    responses((status = 200, body = UserOut)))]
pub async fn one(State(cx): State<Cx>, Extension(actor): Extension<Actor>, At(user_id): At<UserId>) -> Answer<UserOut> {
    Ok(Json(found(&cx, &actor, user_id).await?))
}

/// Changes one's own name; nobody changes that of others.
#[utoipa::path(patch, path = "/users/{id}", tag = "Users", params(("id" = i64, Path)), request_body = UserPatch,
    responses((status = 200, body = UserOut)))]
pub async fn change_one(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(user_id): At<UserId>,
    Input(patch): Input<UserPatch>,
) -> Answer<UserOut> {
    if actor.user()?.user_id != user_id {
        found(&cx, &actor, user_id).await?;
        return Err(Problem::forbidden("change other people's accounts").into());
    }
    let actor = rename(&cx, actor, patch).await?;
    Ok(Json(myself(&cx, &actor).await?))
}

/// Keys that a person has chosen.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Hotkeys {
    /// By action: the key, and whether it has one.
    #[serde(default)]
    custom_hotkeys: BTreeMap<String, Hotkey>,
}

/// What is on an action.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Hotkey {
    /// The key in words.
    #[serde(default)]
    key: Option<String>,
    /// Whether it does anything.
    #[serde(default)]
    active: bool,
}

async fn chosen(cx: &Cx, actor: &Actor) -> Answer<Hotkeys> {
    let OwnKeys(keys) = account::keys(cx, actor).await?;
    let key = |(action, key): (String, String)| {
        let active = !key.is_empty();
        (action, Hotkey { key: active.then_some(key), active })
    };
    Ok(Json(Hotkeys { custom_hotkeys: keys.into_iter().map(key).collect() }))
}

/// The keys one has chosen.
#[utoipa::path(get, path = "/current-user/hotkeys", tag = "Users", responses((status = 200, body = Hotkeys)))]
pub async fn hotkeys(State(cx): State<Cx>, Extension(actor): Extension<Actor>) -> Answer<Hotkeys> {
    chosen(&cx, &actor).await
}

/// Chooses keys.
#[utoipa::path(patch, path = "/current-user/hotkeys", tag = "Users", request_body = Hotkeys,
    responses((status = 200, body = Hotkeys)))]
pub async fn change_hotkeys(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(input): Input<Hotkeys>,
) -> Answer<Hotkeys> {
    let key = |(action, hotkey): (String, Hotkey)| (action, hotkey.key.filter(|_| hotkey.active).unwrap_or_default());
    let keys = OwnKeys(input.custom_hotkeys.into_iter().map(key).collect());
    account::set_keys(&cx, &actor, &keys).await?;
    chosen(&cx, &actor).await
}
