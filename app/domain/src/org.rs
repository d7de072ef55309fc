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

/// What programs that think in `#rrggbb` are told, in the order of [`COLORS`].
const HEX: [&str; 10] =
    ["#64748B", "#EF4444", "#F97316", "#F59E0B", "#22C55E", "#14B8A6", "#3B82F6", "#6366F1", "#8B5CF6", "#EC4899"];

/// A color token as `#RRGGBB`.
#[must_use]
pub fn color_as_hex(token: &str) -> &'static str {
    let place = COLORS.iter().position(|color| *color == token).unwrap_or_default();
    HEX[place]
}

/// The color token that a program means: one of [`COLORS`], or the nearest to a `#RRGGBB`.
///
/// # Errors
/// When it is neither.
pub fn color_from_program(text: &str) -> Result<String> {
    let Some(wanted) = rgb(text) else { return parse_color(text) };
    let distance = |hex: &str| {
        let found = rgb(hex).unwrap_or_default();
        wanted.iter().zip(found).map(|(one, other)| (i32::from(*one) - i32::from(other)).pow(2)).sum::<i32>()
    };
    // White and black are what programs send that do not care.
    if wanted.iter().all(|part| *part == wanted[0]) {
        return Ok(COLORS[0].to_owned());
    }
    let nearest = COLORS.iter().zip(HEX).min_by_key(|(_, hex)| distance(hex));
    Ok(nearest.map_or(COLORS[0], |(token, _)| *token).to_owned())
}

fn rgb(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
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
    fn programs_name_colors_by_numbers() {
        for (text, token) in [
            ("#FFFFFF", Some("slate")),
            ("#000000", Some("slate")),
            ("#EF4444", Some("red")),
            ("#f00000", Some("red")),
            ("#112233", Some("slate")),
            ("#0000ff", Some("indigo")),
            ("#0080ff", Some("blue")),
            ("teal", Some("teal")),
            ("#12", None),
            ("#gggggg", None),
            ("#ééé", None),
            ("", None),
        ] {
            assert_eq!(color_from_program(text).ok().as_deref(), token, "{text}");
        }
        for token in COLORS {
            assert_eq!(color_from_program(color_as_hex(token)).as_deref(), Ok(token));
        }
    }

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
