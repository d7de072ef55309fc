//! People: their roles in the organization and in projects, and invitations.

use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    access::{OrgRole, ProjectRole},
    id::{InviteId, ProjectId, UserId},
    org::{Invite, Member, NewInvite},
    project::ProjectMember,
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use service::{Actor, Cx, org, project};
use utoipa::ToSchema;

use super::{
    Answer, Created,
    input::{At, Input},
    output::PersonOut,
};
use crate::error::Failure;

/// How long an invitation lives unless it is said, in days.
const USUAL_DAYS: i64 = 7;

/// Somebody in the organization, or who was.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrgMemberOut {
    user: PersonOut,
    /// `owner`, `admin` or `member`.
    role: &'static str,
    joined_at: DateTime<Utc>,
    /// Since when no longer; they can be taken back for 90 days.
    removed_at: Option<DateTime<Utc>>,
}

impl From<Member> for OrgMemberOut {
    fn from(member: Member) -> Self {
        Self {
            user: PersonOut::new(member.user_id, &member.name, &member.email),
            role: member.role.as_str(),
            joined_at: member.joined_at,
            removed_at: member.removed_at,
        }
    }
}

async fn colleague(cx: &Cx, actor: &Actor, user_id: UserId) -> Result<OrgMemberOut, Failure> {
    let members = org::current(cx, actor).await?.members;
    let found = members.into_iter().find(|member| member.user_id == user_id);
    Ok(found.map(OrgMemberOut::from).ok_or_else(|| Problem::not_found("person"))?)
}

/// The people of the organization, owners first; for those who manage people, also those who were removed.
#[utoipa::path(get, path = "/v1/members", tag = "People", responses((status = 200, body = Vec<OrgMemberOut>)))]
pub async fn list(State(cx): State<Cx>, Extension(actor): Extension<Actor>) -> Answer<Vec<OrgMemberOut>> {
    let detail = org::current(&cx, &actor).await?;
    Ok(Json(detail.members.into_iter().chain(detail.removed).map(OrgMemberOut::from).collect()))
}

/// A role.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RoleIn {
    /// In the organization `owner`, `admin` or `member`; in a project `admin`, `adjudicator`, `reviewer` or `annotator`.
    role: String,
}

fn role<T>(name: &str, found: Option<T>) -> Result<T, Problem> {
    found.ok_or_else(|| Problem::invalid("role", "choice_unknown", format!("“{name}” is none of the roles.")))
}

/// Gives somebody another role in the organization. Only owners make and unmake owners.
#[utoipa::path(patch, path = "/v1/members/{user}", tag = "People", params(("user" = i64, Path)), request_body = RoleIn,
    responses((status = 200, body = OrgMemberOut)))]
pub async fn change(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(user_id): At<UserId>,
    Input(input): Input<RoleIn>,
) -> Answer<OrgMemberOut> {
    let role = role(&input.role, OrgRole::from_name(&input.role));
    // Whoever may not is told that, whatever was asked for.
    colleague(&cx, &actor, user_id).await?;
    org::change_role(&cx, &actor, user_id, role?).await?;
    Ok(Json(colleague(&cx, &actor, user_id).await?))
}

/// Removes somebody from the organization, or oneself. Their work stays.
#[utoipa::path(delete, path = "/v1/members/{user}", tag = "People", params(("user" = i64, Path)),
    responses((status = 204)))]
pub async fn remove(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(user_id): At<UserId>,
) -> Result<StatusCode, Failure> {
    org::remove_member(&cx, &actor, user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes somebody back who was removed, with the role they had.
#[utoipa::path(post, path = "/v1/members/{user}/restore", tag = "People", params(("user" = i64, Path)),
    responses((status = 200, body = OrgMemberOut)))]
pub async fn restore(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(user_id): At<UserId>,
) -> Answer<OrgMemberOut> {
    org::restore_member(&cx, &actor, user_id).await?;
    Ok(Json(colleague(&cx, &actor, user_id).await?))
}

/// An open invitation. Its link is shown once, when it is made.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenInviteOut {
    id: i64,
    role: &'static str,
    /// The only address that may use it.
    email: Option<String>,
    created_by: Option<String>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// How many people came by it.
    use_count: i32,
}

impl From<Invite> for OpenInviteOut {
    fn from(invite: Invite) -> Self {
        Self {
            id: invite.invite_id.0,
            role: invite.role.as_str(),
            email: invite.email,
            created_by: invite.created_by,
            created_at: invite.created_at,
            expires_at: invite.expires_at,
            use_count: invite.use_count,
        }
    }
}

/// The open invitations of the organization; none for those who do not manage people.
#[utoipa::path(get, path = "/v1/invites", tag = "People", responses((status = 200, body = Vec<OpenInviteOut>)))]
pub async fn invites(State(cx): State<Cx>, Extension(actor): Extension<Actor>) -> Answer<Vec<OpenInviteOut>> {
    let invites = org::current(&cx, &actor).await?.invites;
    Ok(Json(invites.into_iter().map(OpenInviteOut::from).collect()))
}

/// An invitation.
#[derive(Debug, Deserialize, ToSchema)]
pub struct InviteIn {
    /// `admin` or `member`; `member` unless it is named.
    role: Option<String>,
    /// It is mailed there and good for this address alone; without one, for everybody who has the link.
    email: Option<String>,
    /// How long it lives: 7 days unless it is said.
    #[schema(minimum = 1, maximum = 30)]
    days: Option<i64>,
}

/// The link of an invitation.
#[derive(Debug, Serialize, ToSchema)]
pub struct InviteLinkOut {
    /// Shown this once.
    url: String,
}

/// Invites somebody into the organization; the link is answered this once.
#[utoipa::path(post, path = "/v1/invites", tag = "People", request_body = InviteIn,
    responses((status = 201, body = InviteLinkOut)))]
pub async fn create_invite(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(input): Input<InviteIn>,
) -> Result<Created<InviteLinkOut>, Failure> {
    let name = input.role.unwrap_or_else(|| OrgRole::Member.as_str().to_owned());
    let role = role(&name, OrgRole::from_name(&name))?;
    let new = NewInvite { role, email: input.email.unwrap_or_default(), days: input.days.unwrap_or(USUAL_DAYS) };
    Ok(Created(InviteLinkOut { url: org::invite(&cx, &actor, new).await? }))
}

/// Ends an invitation before its time.
#[utoipa::path(delete, path = "/v1/invites/{id}", tag = "People", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn revoke_invite(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(id): At<InviteId>,
) -> Result<StatusCode, Failure> {
    org::revoke(&cx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody who works in a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectMemberOut {
    user: PersonOut,
    /// `admin`, `adjudicator`, `reviewer` or `annotator`.
    role: &'static str,
    /// By their role in the organization; they cannot be removed here.
    by_organization: bool,
}

impl From<ProjectMember> for ProjectMemberOut {
    fn from(member: ProjectMember) -> Self {
        Self {
            user: PersonOut::new(member.user_id, &member.name, &member.email),
            role: member.role.as_str(),
            by_organization: member.by_organization,
        }
    }
}

/// The people of a project.
#[utoipa::path(get, path = "/v1/projects/{id}/members", tag = "People", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<ProjectMemberOut>)))]
pub async fn of_project(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<Vec<ProjectMemberOut>> {
    let people = project::people(&cx, &actor, project_id).await?;
    Ok(Json(people.members.into_iter().map(ProjectMemberOut::from).collect()))
}

/// Adds somebody of the organization to a project, or changes what they do there.
#[utoipa::path(put, path = "/v1/projects/{id}/members/{user}", tag = "People",
    params(("id" = i64, Path), ("user" = i64, Path)), request_body = RoleIn,
    responses((status = 200, body = ProjectMemberOut)))]
pub async fn put_in_project(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, user_id)): At<(ProjectId, UserId)>,
    Input(input): Input<RoleIn>,
) -> Answer<ProjectMemberOut> {
    // Who may not even see the project is told so first.
    project::people(&cx, &actor, project_id).await?;
    let role = role(&input.role, ProjectRole::from_name(&input.role))?;
    project::put_member(&cx, &actor, project_id, user_id, role).await?;
    let people = project::people(&cx, &actor, project_id).await?.members;
    let found = people.into_iter().find(|member| member.user_id == user_id);
    Ok(Json(found.map(ProjectMemberOut::from).ok_or_else(|| Problem::not_found("person"))?))
}

/// Takes somebody out of a project. Their work stays.
#[utoipa::path(delete, path = "/v1/projects/{id}/members/{user}", tag = "People",
    params(("id" = i64, Path), ("user" = i64, Path)), responses((status = 204)))]
pub async fn remove_from_project(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, user_id)): At<(ProjectId, UserId)>,
) -> Result<StatusCode, Failure> {
    project::remove_member(&cx, &actor, project_id, user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
