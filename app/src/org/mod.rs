//! Organizations: their people, invitations and workspaces.

pub mod api;
mod invite_dialog;
mod invite_page;
mod org_page;
mod people;
mod workspaces;

pub use invite_page::InvitePage;
pub use org_page::{NoOrg, OrgPage};

/// The token in the address of an invitation.
#[must_use]
pub fn invite_of(path: &str) -> Option<&str> {
    path.strip_prefix("/invite/").filter(|token| !token.is_empty() && !token.contains('/'))
}
