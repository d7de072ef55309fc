//! Permission as a value: the only place that proves who may do what, to which rows.
//!
//! A proof has private fields, so SQL that takes one cannot be called without asking here. Another organization's row is
//! *not found*; one's own without the right is *forbidden*, and says which right.

use domain::{
    Error as Problem, Kind,
    access::{OrgPermission, OrgRole, ProjectPermission, ProjectRole},
    id::{AnnotationId, DraftId, OrgId, PredictionId, ProjectId, SessionId, TaskId, UserId},
    project::IN_BIN,
};
use sqlx::PgConnection;

use crate::{Cx, Error, Result, Tx};

/// Who is acting.
#[derive(Debug, Clone)]
pub enum Actor {
    /// Nobody has signed in.
    Anonymous,
    /// A person with a session or a token.
    User(SignedIn),
    /// A job or the command line.
    System,
}

/// A signed-in person.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub user_id: UserId,
    /// In which browser; programs have none.
    pub session_id: Option<SessionId>,
    /// The organization this browser works in, if the person is in any.
    pub org_id: Option<OrgId>,
    /// As shown to people.
    pub name: String,
    /// As typed at sign-up.
    pub email: String,
    /// Platform staff.
    pub is_staff: bool,
}

impl Actor {
    /// The person.
    ///
    /// # Errors
    /// *Unauthenticated* when nobody is signed in.
    pub fn user(&self) -> Result<&SignedIn> {
        match self {
            Self::User(user) => Ok(user),
            Self::Anonymous | Self::System => Err(Problem::unauthenticated().into()),
        }
    }

    /// The person's id, where there is one: for columns such as `created_by`.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user.user_id),
            Self::Anonymous | Self::System => None,
        }
    }
}

/// Proof that the actor may do something in an organization.
#[derive(Debug, Clone)]
pub struct OrgAccess {
    org_id: OrgId,
    role: OrgRole,
    user_id: Option<UserId>,
}

/// Proof that the actor may do something in a project.
#[derive(Debug, Clone)]
pub struct ProjectAccess {
    project_id: ProjectId,
    org_id: OrgId,
    role: ProjectRole,
    user_id: Option<UserId>,
}

/// Proof that the actor works for the platform.
#[derive(Debug, Clone)]
pub struct StaffAccess {
    user_id: UserId,
}

/// Proves `permission` in the organization.
///
/// # Errors
/// *Unauthenticated*, *not found* for people outside it, *forbidden* for members without the right.
pub async fn org(cx: &Cx, actor: &Actor, org_id: OrgId, permission: OrgPermission) -> Result<OrgAccess> {
    if matches!(actor, Actor::System) {
        return Ok(OrgAccess { org_id, role: OrgRole::Owner, user_id: None });
    }
    let user = actor.user()?;
    let role = sqlx::query_scalar!(
        "select role from organization_member where organization_id = $1 and user_id = $2 and removed_at is null",
        org_id.0,
        user.user_id.0
    )
    .fetch_optional(cx.pool())
    .await?
    .and_then(|role| OrgRole::from_name(&role))
    .ok_or_else(|| Problem::not_found("organization"))?;
    if !role.allows(permission) {
        return Err(Problem::forbidden(org_right(permission)).into());
    }
    Ok(OrgAccess { org_id, role, user_id: Some(user.user_id) })
}

/// Proves `permission` in the organization this browser works in.
///
/// # Errors
/// As [`org`]; *not found* for people without an organization.
pub async fn current_org(cx: &Cx, actor: &Actor, permission: OrgPermission) -> Result<OrgAccess> {
    let org_id = actor.user()?.org_id.ok_or_else(|| Problem::not_found("organization"))?;
    org(cx, actor, org_id, permission).await
}

/// Proves `permission` in the project. Projects in the bin answer only to [`ProjectPermission::Delete`].
///
/// # Errors
/// *Unauthenticated*, *not found* for people outside it, *forbidden* for members without the right.
pub async fn project(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    permission: ProjectPermission,
) -> Result<ProjectAccess> {
    let user_id = match actor {
        Actor::System => None,
        Actor::User(user) => Some(user.user_id),
        Actor::Anonymous => return Err(Problem::unauthenticated().into()),
    };
    let row = sqlx::query!(
        r#"select p.organization_id as "org_id: OrgId", p.deleted_at is not null as "deleted!",
            om.role as "org_role?", pm.member_type as "member_type?"
        from project p
        left join organization_member om
            on om.organization_id = p.organization_id and om.user_id = $2 and om.removed_at is null
        left join project_member pm on pm.project_id = p.project_id and pm.user_id = om.user_id and pm.enabled
        where p.project_id = $1"#,
        project_id.0,
        user_id.map(|id| id.0)
    )
    .fetch_optional(cx.pool())
    .await?
    .ok_or_else(|| Problem::not_found("project"))?;
    let by_org = row.org_role.as_deref().and_then(OrgRole::from_name).and_then(OrgRole::in_projects);
    let by_project = row.member_type.and_then(ProjectRole::from_member_type);
    let role = if matches!(actor, Actor::System) { Some(ProjectRole::Admin) } else { by_org.or(by_project) };
    let role = role.ok_or_else(|| Problem::not_found("project"))?;
    if row.deleted && permission != ProjectPermission::Delete {
        let (code, message) = if role.allows(ProjectPermission::Delete) {
            (IN_BIN, "You can take it back from there.")
        } else {
            ("not_found", "This project is in the bin. An admin of it can take it back from there.")
        };
        return Err(Problem::new(Kind::NotFound, code, message).into());
    }
    if !role.allows(permission) {
        return Err(Problem::forbidden(project_right(permission)).into());
    }
    Ok(ProjectAccess { project_id, org_id: row.org_id, role, user_id })
}

/// Proves `permission` in the project that a task is in; programs address tasks by their number alone.
///
/// # Errors
/// As [`project`]; *not found* where there is no such task for this person.
pub async fn task(cx: &Cx, actor: &Actor, task_id: TaskId, permission: ProjectPermission) -> Result<ProjectAccess> {
    let found = sqlx::query_scalar!("select project_id from task where task_id = $1", task_id.0)
        .fetch_optional(cx.pool())
        .await?;
    through(cx, actor, found, "task", permission).await
}

/// Proves `permission` in the project that an annotation is in, and says on which task it is.
///
/// # Errors
/// As [`task`].
pub async fn annotation(
    cx: &Cx,
    actor: &Actor,
    annotation_id: AnnotationId,
    permission: ProjectPermission,
) -> Result<(ProjectAccess, TaskId)> {
    let row = sqlx::query!("select project_id, task_id from annotation where annotation_id = $1", annotation_id.0)
        .fetch_optional(cx.pool())
        .await?;
    let (project_id, task_id) = row.map(|row| (row.project_id, TaskId(row.task_id))).unzip();
    let access = through(cx, actor, project_id, "annotation", permission).await?;
    Ok((access, task_id.ok_or_else(|| Problem::not_found("annotation"))?))
}

/// Proves `permission` in the project that a prediction is in, and says for which task it is.
///
/// # Errors
/// As [`task`].
pub async fn prediction(
    cx: &Cx,
    actor: &Actor,
    prediction_id: PredictionId,
    permission: ProjectPermission,
) -> Result<(ProjectAccess, TaskId)> {
    let row = sqlx::query!("select project_id, task_id from prediction where prediction_id = $1", prediction_id.0)
        .fetch_optional(cx.pool())
        .await?;
    let (project_id, task_id) = row.map(|row| (row.project_id, TaskId(row.task_id))).unzip();
    let access = through(cx, actor, project_id, "prediction", permission).await?;
    Ok((access, task_id.ok_or_else(|| Problem::not_found("prediction"))?))
}

/// Proves `permission` in the project that a draft is in.
///
/// # Errors
/// As [`task`].
pub async fn draft(cx: &Cx, actor: &Actor, draft_id: DraftId, permission: ProjectPermission) -> Result<ProjectAccess> {
    let found =
        sqlx::query_scalar!("select project_id from annotation_draft where annotation_draft_id = $1", draft_id.0)
            .fetch_optional(cx.pool())
            .await?;
    through(cx, actor, found, "draft", permission).await
}

/// What is in a project the person is not in does not exist for them either.
async fn through(
    cx: &Cx,
    actor: &Actor,
    found: Option<i64>,
    what: &str,
    permission: ProjectPermission,
) -> Result<ProjectAccess> {
    if matches!(actor, Actor::Anonymous) {
        return Err(Problem::unauthenticated().into());
    }
    let project_id = found.ok_or_else(|| Problem::not_found(what))?;
    match project(cx, actor, ProjectId(project_id), permission).await {
        Err(Error::Domain(problem)) if problem.kind == Kind::NotFound && problem.code == "not_found" => {
            Err(Problem::not_found(what).into())
        }
        proved => proved,
    }
}

/// Proves that the actor works for the platform.
///
/// # Errors
/// *Unauthenticated*; *not found* for everybody else, since the pages do not exist for them.
pub fn staff(actor: &Actor) -> Result<StaffAccess> {
    let user = actor.user()?;
    if user.is_staff { Ok(StaffAccess { user_id: user.user_id }) } else { Err(Problem::not_found("page").into()) }
}

impl OrgAccess {
    /// The organization.
    #[must_use]
    pub fn org_id(&self) -> OrgId {
        self.org_id
    }

    /// The actor's role in it.
    #[must_use]
    pub fn role(&self) -> OrgRole {
        self.role
    }

    /// The actor, unless it is the system.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        self.user_id
    }

    /// A transaction that sees this organization and nothing else.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn begin(&self, cx: &Cx) -> Result<Tx> {
        let mut tx = cx.begin().await?;
        enter(&mut tx, self.org_id, None).await?;
        Ok(tx)
    }
}

impl OrgAccess {
    /// Everything, in a project that the holder has just made in this organization.
    pub(crate) fn of_new(&self, project_id: ProjectId) -> ProjectAccess {
        ProjectAccess { project_id, org_id: self.org_id, role: ProjectRole::Admin, user_id: self.user_id }
    }
}

impl ProjectAccess {
    /// The project.
    #[must_use]
    pub fn project_id(&self) -> ProjectId {
        self.project_id
    }

    /// Its organization.
    #[must_use]
    pub fn org_id(&self) -> OrgId {
        self.org_id
    }

    /// The actor's role in it.
    #[must_use]
    pub fn role(&self) -> ProjectRole {
        self.role
    }

    /// The actor, unless it is the system.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        self.user_id
    }

    /// Whether the role also allows something else: for what a screen shows.
    #[must_use]
    pub fn allows(&self, permission: ProjectPermission) -> bool {
        self.role.allows(permission)
    }

    /// A transaction that sees this project and the shared rows of its organization, and nothing else.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn begin(&self, cx: &Cx) -> Result<Tx> {
        let mut tx = cx.begin().await?;
        enter(&mut tx, self.org_id, Some(self.project_id)).await?;
        Ok(tx)
    }
}

impl StaffAccess {
    /// The person.
    #[must_use]
    pub fn user_id(&self) -> UserId {
        self.user_id
    }
}

/// Puts the transaction behind the tenant wall (see the row-level security migration). It ends with the transaction.
async fn enter(conn: &mut PgConnection, org_id: OrgId, project_id: Option<ProjectId>) -> Result<()> {
    sqlx::query!(
        "select set_config('synapse.organization_id', $1, true) as organization,
            set_config('synapse.project_id', $2, true) as project, set_config('role', 'synapse_tenant', true) as role",
        org_id.to_string(),
        project_id.map(|id| id.to_string()).unwrap_or_default()
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

fn org_right(permission: OrgPermission) -> &'static str {
    match permission {
        OrgPermission::View => "see this organization",
        OrgPermission::CreateProject => "create projects",
        OrgPermission::ManageMembers => "manage people",
        OrgPermission::ManageWorkspaces => "manage workspaces",
        OrgPermission::Manage => "change the organization",
        OrgPermission::ManageOwners => "make or remove owners",
    }
}

fn project_right(permission: ProjectPermission) -> &'static str {
    match permission {
        ProjectPermission::View => "see this project",
        ProjectPermission::ViewData => "see all data of this project",
        ProjectPermission::Annotate => "label tasks",
        ProjectPermission::Review => "review work",
        ProjectPermission::Adjudicate => "adjudicate",
        ProjectPermission::Import => "import data",
        ProjectPermission::Export => "export data",
        ProjectPermission::Manage => "change settings",
        ProjectPermission::Delete => "delete or restore the project",
    }
}
