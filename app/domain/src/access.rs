//! Who may do what: the matrix of roles and permissions, once.
//!
//! The screen uses it to hide a control, the service to refuse the call, so a button and its refusal cannot disagree.

use serde::{Deserialize, Serialize};

/// A person's standing in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type))]
#[cfg_attr(feature = "sqlx", sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum OrgRole {
    /// Everything, including handing the organization over.
    Owner,
    /// Everything but ownership.
    Admin,
    /// Works in the projects they were added to.
    Member,
}

/// A person's standing in one project. The numbers are the ones programs know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectRole {
    /// Full control of the project (1).
    Admin,
    /// Decides where annotators disagree (2).
    Adjudicator,
    /// Accepts, rejects and fixes work (3).
    Reviewer,
    /// Labels tasks (4).
    Annotator,
}

/// Something a person does to an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrgPermission {
    /// See its name and its people.
    View,
    /// Create projects.
    CreateProject,
    /// Invite people, change their roles, remove them.
    ManageMembers,
    /// Create, rename and remove workspaces.
    ManageWorkspaces,
    /// Rename it, change its settings.
    Manage,
    /// Make and unmake owners.
    ManageOwners,
}

/// Something a person does to a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectPermission {
    /// Open the project and its instructions.
    View,
    /// See every task and every person's work.
    ViewData,
    /// Take tasks and label them.
    Annotate,
    /// Accept, reject and fix other people's work.
    Review,
    /// Decide between annotations.
    Adjudicate,
    /// Bring data in.
    Import,
    /// Take data out.
    Export,
    /// Change settings, the labeling interface, members.
    Manage,
    /// Move to the bin and restore.
    Delete,
}

impl OrgRole {
    /// All roles, strongest first.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Admin, Self::Member];

    /// Whether this role may do that.
    #[must_use]
    pub fn allows(self, permission: OrgPermission) -> bool {
        use OrgPermission as P;
        match self {
            Self::Owner => true,
            Self::Admin => !matches!(permission, P::ManageOwners),
            Self::Member => matches!(permission, P::View),
        }
    }

    /// As stored and spoken.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// What the role is in a project of its organization without being added to it.
    #[must_use]
    pub fn in_projects(self) -> Option<ProjectRole> {
        match self {
            Self::Owner | Self::Admin => Some(ProjectRole::Admin),
            Self::Member => None,
        }
    }
}

impl ProjectRole {
    /// All roles, strongest first.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Adjudicator, Self::Reviewer, Self::Annotator];

    /// Whether this role may do that.
    #[must_use]
    pub fn allows(self, permission: ProjectPermission) -> bool {
        use ProjectPermission as P;
        match self {
            Self::Admin => true,
            Self::Adjudicator => matches!(permission, P::View | P::ViewData | P::Annotate | P::Review | P::Adjudicate),
            Self::Reviewer => matches!(permission, P::View | P::ViewData | P::Annotate | P::Review),
            Self::Annotator => matches!(permission, P::View | P::Annotate),
        }
    }

    /// The number stored in `project_member.member_type`.
    #[must_use]
    pub fn member_type(self) -> i16 {
        match self {
            Self::Admin => 1,
            Self::Adjudicator => 2,
            Self::Reviewer => 3,
            Self::Annotator => 4,
        }
    }

    /// The role of that number.
    #[must_use]
    pub fn from_member_type(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.member_type() == number)
    }

    /// As shown to people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Adjudicator => "adjudicator",
            Self::Reviewer => "reviewer",
            Self::Annotator => "annotator",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn project_matrix_cell_by_cell() {
        use ProjectPermission as P;
        let table: [(P, [bool; 4]); 9] = [
            // permission, admin, adjudicator, reviewer, annotator
            (P::View, [true, true, true, true]),
            (P::ViewData, [true, true, true, false]),
            (P::Annotate, [true, true, true, true]),
            (P::Review, [true, true, true, false]),
            (P::Adjudicate, [true, true, false, false]),
            (P::Import, [true, false, false, false]),
            (P::Export, [true, false, false, false]),
            (P::Manage, [true, false, false, false]),
            (P::Delete, [true, false, false, false]),
        ];
        for (permission, expected) in table {
            assert_eq!(ProjectRole::ALL.map(|role| role.allows(permission)), expected, "{permission:?}");
        }
    }

    #[test]
    fn organization_matrix_cell_by_cell() {
        use OrgPermission as P;
        let table: [(P, [bool; 3]); 6] = [
            // permission, owner, admin, member
            (P::View, [true, true, true]),
            (P::CreateProject, [true, true, false]),
            (P::ManageMembers, [true, true, false]),
            (P::ManageWorkspaces, [true, true, false]),
            (P::Manage, [true, true, false]),
            (P::ManageOwners, [true, false, false]),
        ];
        for (permission, expected) in table {
            assert_eq!(OrgRole::ALL.map(|role| role.allows(permission)), expected, "{permission:?}");
        }
    }

    #[test]
    fn numbers_and_names_round_trip() {
        for role in ProjectRole::ALL {
            assert_eq!(ProjectRole::from_member_type(role.member_type()), Some(role));
            assert_eq!(ProjectRole::from_name(role.as_str()), Some(role));
        }
        assert_eq!(ProjectRole::from_member_type(0), None);
        for role in OrgRole::ALL {
            assert_eq!(OrgRole::from_name(role.as_str()), Some(role));
        }
    }
}
