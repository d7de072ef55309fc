//! Organizations, the people in them, and invitations.

use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    access::OrgRole,
    account::Me,
    id::{OrgId, UserId},
    org::{Member, NewInvite, OrgDetail},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use service::{Actor, Cx, account, org};
use utoipa::ToSchema;

use super::{
    Answer, Created,
    input::{At, Input, Query},
    output::{PageOut, PageQuery, PersonOut},
};
use crate::{auth::Writes, error::Failure};

/// An organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationOut {
    id: i64,
    title: String,
    contact_info: Option<String>,
    created_at: Option<DateTime<Utc>>,
}

/// The organizations the person is in.
#[utoipa::path(get, path = "/organizations", tag = "Organizations",
    responses((status = 200, body = Vec<OrganizationOut>)))]
pub async fn list(State(cx): State<Cx>, Extension(actor): Extension<Actor>) -> Answer<Vec<OrganizationOut>> {
    let me: Me = account::me(&cx, &actor).await?;
    let out = me.orgs.into_iter().map(|org| OrganizationOut {
        id: org.org_id.0,
        title: org.name,
        contact_info: None,
        created_at: None,
    });
    Ok(Json(out.collect()))
}

/// The organization the token works in; any other is not found.
async fn mine(cx: &Cx, actor: &Actor, org_id: OrgId) -> Result<OrgDetail, Failure> {
    let detail = org::current(cx, actor).await?;
    if detail.org_id == org_id { Ok(detail) } else { Err(Problem::not_found("organization").into()) }
}

fn out(detail: &OrgDetail) -> OrganizationOut {
    OrganizationOut { id: detail.org_id.0, title: detail.name.clone(), contact_info: None, created_at: None }
}

/// The organization that the token works in.
#[utoipa::path(get, path = "/organizations/{id}", tag = "Organizations", params(("id" = i64, Path)),
    responses((status = 200, body = OrganizationOut)))]
pub async fn one(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(org_id): At<OrgId>,
) -> Answer<OrganizationOut> {
    Ok(Json(out(&mine(&cx, &actor, org_id).await?)))
}

/// What of an organization can be changed.
#[derive(Debug, Deserialize, ToSchema)]
pub struct OrganizationPatch {
    /// 2 to 100 characters.
    title: Option<String>,
}

/// Renames the organization.
#[utoipa::path(patch, path = "/organizations/{id}", tag = "Organizations", params(("id" = i64, Path)),
    request_body = OrganizationPatch, responses((status = 200, body = OrganizationOut)))]
pub async fn change(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(org_id): At<OrgId>,
    Input(input): Input<OrganizationPatch>,
) -> Answer<OrganizationOut> {
    mine(&cx, &actor, org_id).await?;
    if let Some(title) = input.title {
        org::rename(&cx, &actor, &title).await.map_err(|error| match error {
            service::Error::Domain(problem) if problem.field.as_deref() == Some("name") => {
                service::Error::from(problem.on("title"))
            }
            other => other,
        })?;
    }
    Ok(Json(out(&mine(&cx, &actor, org_id).await?)))
}

/// Somebody in the organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberOut {
    id: i64,
    organization: i64,
    user: PersonOut,
    /// `owner`, `admin` or `member`.
    role: &'static str,
    created_at: DateTime<Utc>,
}

fn member_out(member: &Member, org_id: OrgId) -> MemberOut {
    MemberOut {
        id: member.user_id.0,
        organization: org_id.0,
        user: PersonOut::new(member.user_id, &member.name, &member.email),
        role: member.role.as_str(),
        created_at: member.joined_at,
    }
}

/// The people of the organization.
#[utoipa::path(get, path = "/organizations/{id}/memberships", tag = "Organizations",
    params(("id" = i64, Path), PageQuery), responses((status = 200, body = PageOut<MemberOut>)))]
pub async fn members(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(org_id): At<OrgId>,
    Query(page): Query<PageQuery>,
) -> Answer<PageOut<MemberOut>> {
    let detail = mine(&cx, &actor, org_id).await?;
    let (offset, limit) = page.window(20, 1_000);
    let (skip, take) = (usize::try_from(offset).unwrap_or(usize::MAX), usize::try_from(limit).unwrap_or(0));
    let results = detail.members.iter().skip(skip).take(take).map(|member| member_out(member, org_id)).collect();
    let count = i64::try_from(detail.members.len()).unwrap_or(i64::MAX);
    Ok(Json(PageOut { count, next: None, previous: None, results }))
}

/// Somebody in the organization, and what they have done there.
#[derive(Debug, Serialize, ToSchema)]
pub struct MembershipOut {
    user: i64,
    organization: i64,
    /// Projects with work of theirs.
    contributed_projects_count: i64,
    /// Annotations of theirs, skipped tasks among them.
    annotations_count: i64,
    /// `owner`, `admin` or `member`.
    role: &'static str,
    created_at: DateTime<Utc>,
    /// Never told.
    #[schema(value_type = Option<Vec<Object>>)]
    created_projects: Option<()>,
    /// Never told.
    #[schema(value_type = Option<Vec<Object>>)]
    contributed_to_projects: Option<()>,
}

/// Somebody in the organization, and what they have done there.
#[utoipa::path(get, path = "/organizations/{id}/memberships/{user}", tag = "Organizations",
    params(("id" = i64, Path), ("user" = i64, Path)), responses((status = 200, body = MembershipOut)))]
pub async fn member(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((org_id, user_id)): At<(OrgId, UserId)>,
) -> Answer<MembershipOut> {
    let detail = mine(&cx, &actor, org_id).await?;
    let found = detail.members.iter().find(|member| member.user_id == user_id);
    let member = found.ok_or_else(|| Problem::not_found("person"))?;
    let work = org::work_of(&cx, &actor, user_id).await?;
    Ok(Json(MembershipOut {
        user: user_id.0,
        organization: org_id.0,
        contributed_projects_count: work.projects,
        annotations_count: work.annotations,
        role: member.role.as_str(),
        created_at: member.joined_at,
        created_projects: None,
        contributed_to_projects: None,
    }))
}

/// Removes somebody from the organization; they can be taken back for 90 days.
#[utoipa::path(delete, path = "/organizations/{id}/memberships/{user}", tag = "Organizations",
    params(("id" = i64, Path), ("user" = i64, Path)), responses((status = 204)))]
pub async fn remove_member(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((org_id, user_id)): At<(OrgId, UserId)>,
) -> Result<StatusCode, Failure> {
    mine(&cx, &actor, org_id).await?;
    org::remove_member(&cx, &actor, user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A link that leads into the organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct InviteOut {
    token: String,
    invite_url: String,
}

async fn new_link(cx: &Cx, actor: &Actor) -> Result<InviteOut, Failure> {
    let input = NewInvite { role: OrgRole::Member, email: String::new(), days: *domain::org::INVITE_DAYS.end() };
    let invite_url = org::invite(cx, actor, input).await?;
    let token = invite_url.rsplit('/').next().unwrap_or_default().to_owned();
    Ok(InviteOut { token, invite_url })
}

/// Makes a link by which people come into the organization; it lives 30 days. A link is shown once, so each question makes
/// another.
#[utoipa::path(get, path = "/invite", tag = "Organizations", responses((status = 200, body = InviteOut)))]
pub async fn invite(_: Writes, State(cx): State<Cx>, Extension(actor): Extension<Actor>) -> Answer<InviteOut> {
    Ok(Json(new_link(&cx, &actor).await?))
}

/// Makes a link in the place of all that anybody may use.
#[utoipa::path(post, path = "/invite/reset-token", tag = "Organizations",
    responses((status = 201, body = InviteOut)))]
pub async fn reset_invite(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
) -> Result<Created<InviteOut>, Failure> {
    let before = org::current(&cx, &actor).await?.invites;
    let made = new_link(&cx, &actor).await?;
    for invite in before.iter().filter(|invite| invite.email.is_none()) {
        org::revoke(&cx, &actor, invite.invite_id).await?;
    }
    Ok(Created(made))
}
