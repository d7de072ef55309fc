//! The doors of an organization.

use app::org::api::{
    AcceptInvite, ChangeRole, CreateInvite, CreateOrg, CreateWorkspace, CurrentOrg, DeleteWorkspace, PreviewInvite,
    RemoveMember, RenameOrg, RestoreMember, RevokeInvite, UpdateWorkspace,
};
use domain::access::OrgRole;

use super::{Door, OWN, Who, World, door, public};

pub(super) fn doors(world: &World) -> Vec<Door> {
    let member = Some((Who::Member, "forbidden"));
    let user_id = world.colleague;
    let workspace_id = world.workspace_id;
    let token = || world.invite_token.clone();
    vec![
        door(&CurrentOrg {}, OWN, None, Who::Member),
        // What an owner elsewhere renames, invites to or adds to is their own organization.
        door(&RenameOrg { name: "Secret still".into() }, OWN, member, Who::Owner),
        door(&CreateInvite { role: OrgRole::Member, email: String::new(), days: 7 }, OWN, member, Who::Owner),
        door(&RevokeInvite { invite_id: world.invite_id }, "not_found", member, Who::Owner),
        public(
            &PreviewInvite { token: token() },
            "ok",
            "the token is the proof; people see it before they have an account",
        ),
        door(
            &AcceptInvite { token: token() },
            "invite_for_another",
            Some((Who::Member, "invite_for_another")),
            Who::Guest,
        ),
        door(&ChangeRole { user_id, role: OrgRole::Admin }, "not_found", member, Who::Owner),
        door(&RemoveMember { user_id }, "not_found", member, Who::Owner),
        door(&RestoreMember { user_id }, "not_found", member, Who::Owner),
        door(&CreateWorkspace { name: "Secret too".into(), color: "teal".into() }, OWN, member, Who::Owner),
        door(
            &UpdateWorkspace { workspace_id, name: "Secret".into(), color: "teal".into() },
            "not_found",
            member,
            Who::Owner,
        ),
        door(&DeleteWorkspace { workspace_id }, "not_found", member, Who::Owner),
        door(&CreateOrg { name: "One more".into() }, OWN, None, Who::Guest),
    ]
}
