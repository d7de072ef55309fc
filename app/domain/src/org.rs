//! Organizations: their people, invitations and workspaces, as shown.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Result,
    access::OrgRole,
    id::{InviteId, OrgId, UserId, WorkspaceId},
};

/// The colors a workspace or a project may have; the names are tokens of the style sheet.
pub const COLORS: [&str; 10] = ["slate", "red", "orange", "amber", "green", "teal", "blue", "indigo", "violet", "pink"];

/// A color token.
///
/// # Errors
/// When it is none of [`COLORS`].
pub fn parse_color(text: &str) -> Result<String> {
    COLORS
        .contains(&text)
        .then(|| text.to_owned())
        .ok_or_else(|| Error::invalid("color", "color_unknown", "Please pick one of the colors."))
}

/// How long an invitation may live, in days.
pub const INVITE_DAYS: std::ops::RangeInclusive<i64> = 1..=30;

/// Everything the organization page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgDetail {
    /// Which.
    pub org_id: OrgId,
    /// Its name.
    pub name: String,
    /// The viewer's role.
    pub my_role: OrgRole,
    /// The viewer.
    pub me: UserId,
    /// Present people, owners first.
    pub members: Vec<Member>,
    /// Removed people, for those who may take them back.
    pub removed: Vec<Member>,
    /// Open invitations, for those who manage people.
    pub invites: Vec<Invite>,
    /// Workspaces by name.
    pub workspaces: Vec<Workspace>,
}

/// A person in an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub user_id: UserId,
    /// As shown.
    pub name: String,
    /// The address.
    pub email: String,
    /// The role.
    pub role: OrgRole,
    /// Since when.
    pub joined_at: DateTime<Utc>,
    /// Since when no longer.
    pub removed_at: Option<DateTime<Utc>>,
}

/// An open invitation. Its link is shown once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    /// Which.
    pub invite_id: InviteId,
    /// The role it gives.
    pub role: OrgRole,
    /// The only address that may use it, if it was sent by mail.
    pub email: Option<String>,
    /// Who made it.
    pub created_by: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
    /// How many people came by it.
    pub use_count: i32,
}

/// The form for a new invitation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewInvite {
    /// The role it gives; never owner.
    pub role: OrgRole,
    /// Send it to this address; empty for a link that anybody may use.
    #[serde(default)]
    pub email: String,
    /// How long it lives, in [`INVITE_DAYS`].
    pub days: i64,
}

/// What an invitation link leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitePreview {
    /// Which organization.
    pub org_id: OrgId,
    /// The organization's name.
    pub organization: String,
    /// The role it gives.
    pub role: OrgRole,
    /// Who made it.
    pub invited_by: Option<String>,
    /// The only address that may use it.
    pub email: Option<String>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// A folder of projects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    /// Which.
    pub workspace_id: WorkspaceId,
    /// Its name, unique in the organization.
    pub name: String,
    /// A color token.
    pub color: String,
    /// How many projects are in it.
    pub project_count: i64,
}

/// Whether `actor` may give `target` the role `new` (or remove them, with `None`), when `owners` people own the organization.
///
/// # Errors
/// Only owners touch owners, and the last owner stays.
pub fn check_role_change(actor: OrgRole, target: OrgRole, new: Option<OrgRole>, owners: i64) -> Result<()> {
    let touches_owner = target == OrgRole::Owner || new == Some(OrgRole::Owner);
    if touches_owner && actor != OrgRole::Owner {
        return Err(Error::forbidden("make or remove owners"));
    }
    if target == OrgRole::Owner && new != Some(OrgRole::Owner) && owners <= 1 {
        return Err(Error::conflict(
            "last_owner",
            "An organization needs an owner. Make somebody else an owner first.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrgRole::{Admin, Member, Owner};

    #[test]
    fn role_changes() {
        for (actor, target, new, owners, allowed) in [
            (Owner, Member, Some(Admin), 1, true),
            (Owner, Member, Some(Owner), 1, true),
            (Owner, Owner, Some(Member), 2, true),
            (Owner, Owner, Some(Member), 1, false),
            (Owner, Owner, None, 1, false),
            (Owner, Owner, None, 2, true),
            (Admin, Member, Some(Admin), 1, true),
            (Admin, Member, None, 1, true),
            (Admin, Member, Some(Owner), 1, false),
            (Admin, Owner, None, 2, false),
            (Admin, Owner, Some(Admin), 2, false),
        ] {
            assert_eq!(
                check_role_change(actor, target, new, owners).is_ok(),
                allowed,
                "{actor:?} {target:?} {new:?} {owners}"
            );
        }
    }
}
