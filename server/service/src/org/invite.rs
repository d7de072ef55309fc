//! Invitations: a link, optionally sent by mail to the one address that may use it.

use chrono::TimeDelta;
use domain::{
    Error as Problem,
    access::{OrgPermission, OrgRole},
    account::Email,
    id::{InviteId, OrgId, UserId},
    org::{INVITE_DAYS, InvitePreview, NewInvite},
};
use serde_json::json;
use sqlx::PgConnection;

use super::{record, sql};
use crate::{
    Actor, Cx, Result, access,
    account::{hash_token, new_token},
    boxed,
    provider::mail::{self, letter},
};

/// Makes an invitation and returns its link, which cannot be shown again. With an address it is mailed as well, and an
/// earlier invitation of that address works no more.
///
/// # Errors
/// *Forbidden* for members; a malformed address; a lifetime outside the limits; an invitation to ownership; *conflict*
/// for an address whose person is in the organization already.
#[boxed]
pub async fn create(cx: &Cx, actor: &Actor, input: NewInvite) -> Result<String> {
    let access = access::current_org(cx, actor, OrgPermission::ManageMembers).await?;
    if input.role == OrgRole::Owner {
        return Err(Problem::invalid("role", "invite_owner", "Invite somebody first, then make them an owner.").into());
    }
    if !INVITE_DAYS.contains(&input.days) {
        return Err(Problem::invalid("days", "invite_days", "An invitation lives between 1 and 30 days.").into());
    }
    let email = match input.email.trim() {
        "" => None,
        text => Some(Email::parse(text)?),
    };
    let token = new_token(cx);
    let link = cx.link(&format!("/invite/{token}"));
    let expires_at = cx.now() + TimeDelta::days(input.days);
    let mut tx = access.begin(cx).await?;
    if let Some(email) = &email {
        if let Some(name) = sql::member_with(&mut tx, &access, email.as_str()).await? {
            let message = format!("{name} is in this organization already.");
            return Err(Problem::conflict("invite_member", message).on("email").into());
        }
        sql::revoke_invites_of(&mut tx, &access, email.as_str(), cx.now()).await?;
    }
    let invite = sql::NewInviteRow {
        token_hash: &hash_token(&token),
        role: input.role,
        email: email.as_ref().map(Email::as_str),
        expires_at,
        max_uses: email.as_ref().map(|_| 1),
        now: cx.now(),
    };
    let invite_id = sql::insert_invite(&mut tx, &access, &invite).await?;
    if let Some(email) = &email {
        let organization = sql::name(&mut tx, &access).await?;
        let inviter = &actor.user()?.name;
        let mail = letter(
            email.as_str(),
            &format!("{inviter} invites you to {organization}"),
            "there",
            &format!("{inviter} would like you to work in {organization} on Synapse."),
            Some(("Accept the invitation", &link)),
            &format!("The link is for you alone and works until {}.", expires_at.format("%-d %B %Y")),
        );
        mail::enqueue(cx, &mut tx, &mail).await?;
    }
    let data = json!({ "role": input.role, "email": email, "expires_at": expires_at });
    record(cx, &mut tx, access.org_id(), access.user_id(), "invite_created", "invite", invite_id.0, data).await?;
    tx.commit().await?;
    Ok(link)
}

/// Ends an invitation before its time.
///
/// # Errors
/// *Forbidden* for members, *not found* for another organization's.
#[boxed]
pub async fn revoke(cx: &Cx, actor: &Actor, invite_id: InviteId) -> Result<()> {
    let access = access::current_org(cx, actor, OrgPermission::ManageMembers).await?;
    let mut tx = access.begin(cx).await?;
    if !sql::revoke_invite(&mut tx, &access, invite_id, cx.now()).await? {
        return Err(Problem::not_found("invitation").into());
    }
    record(cx, &mut tx, access.org_id(), access.user_id(), "invite_revoked", "invite", invite_id.0, json!({})).await?;
    tx.commit().await?;
    Ok(())
}

/// What the link leads to, for whoever holds it.
///
/// # Errors
/// *Conflict* when it was used up, revoked or has expired; *not found* when it never was.
#[boxed]
pub async fn preview(cx: &Cx, token: &str) -> Result<InvitePreview> {
    let invite = usable(cx, &mut *cx.pool().acquire().await?, token).await?;
    Ok(InvitePreview {
        org_id: invite.org_id,
        organization: invite.organization,
        role: invite.role,
        invited_by: invite.invited_by,
        email: invite.email,
        expires_at: invite.expires_at,
    })
}

/// Takes the signed-in person into the organization. Somebody who is already in it keeps their role.
///
/// # Errors
/// As [`preview`]; *forbidden* for another address than the invited one.
#[boxed]
pub async fn accept(cx: &Cx, actor: &Actor, token: &str) -> Result<OrgId> {
    let me = actor.user()?;
    let mut tx = cx.begin().await?;
    let org_id = accept_for(cx, &mut tx, me.user_id, &me.email, token).await?;
    tx.commit().await?;
    Ok(org_id)
}

/// [`accept`] in a transaction of its own caller's: a new account joins as it is made.
pub(crate) async fn accept_for(
    cx: &Cx,
    conn: &mut PgConnection,
    user_id: UserId,
    email: &str,
    token: &str,
) -> Result<OrgId> {
    let invite = usable(cx, conn, token).await?;
    if invite.email.as_ref().is_some_and(|invited| !invited.eq_ignore_ascii_case(email)) {
        let invited = invite.email.unwrap_or_default();
        return Err(Problem::new(
            domain::Kind::Forbidden,
            "invite_for_another",
            format!("This invitation is for {invited}. Sign in with that address, or ask for another link."),
        )
        .into());
    }
    if sql::is_member(conn, invite.org_id, user_id).await? {
        return Ok(invite.org_id);
    }
    if !sql::use_invite(conn, invite.invite_id).await? {
        return Err(spent().into());
    }
    sql::put_member(conn, invite.org_id, user_id, invite.role, cx.now()).await?;
    let data = json!({ "invite_id": invite.invite_id, "role": invite.role });
    record(cx, conn, invite.org_id, Some(user_id), "member_joined", "user_account", user_id.0, data).await?;
    Ok(invite.org_id)
}

fn spent() -> Problem {
    Problem::conflict("invite_spent", "This invitation has already been used. Ask for a new one.")
}

async fn usable(cx: &Cx, conn: &mut PgConnection, token: &str) -> Result<sql::InviteRow> {
    let invite =
        sql::invite_by_token(conn, &hash_token(token)).await?.ok_or_else(|| Problem::not_found("invitation"))?;
    if invite.revoked {
        return Err(Problem::conflict("invite_revoked", "This invitation was withdrawn. Ask for a new one.").into());
    }
    if invite.expires_at <= cx.now() {
        return Err(Problem::conflict("invite_expired", "This invitation has expired. Ask for a new one.").into());
    }
    if invite.max_uses.is_some_and(|most| invite.use_count >= most) {
        return Err(spent().into());
    }
    Ok(invite)
}
