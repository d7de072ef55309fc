//! Permission as a value: the only place that proves who may do what, to which rows.
//!
//! A proof has private fields, so SQL that takes one cannot be called without asking here. Another organization's row is
//! *not found*; one's own without the right is *forbidden*, and says which right.

use crate::{Cx, Result, Tx};
use domain::{
    Error as Problem, Kind,
    access::{OrgPermission, OrgRole, ProjectPermission, ProjectRole},
    id::{AnnotationId, DraftId, LabelLinkId, MlBackendId, OrgId, PredictionId, ProjectId, SessionId, TaskId, UserId},
    project::IN_BIN,
};

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

/// What decides about a person in a project, and the task that was asked for, where it was something on one.
struct Found {
    project_id: ProjectId,
    org_id: OrgId,
    is_deleted: bool,
    org_role: Option<String>,
    member_type: Option<i16>,
    task_id: Option<TaskId>,
}

/// What decides about a person in the project that `$project` finds by `$1`; `$task` finds the task. One text for each kind of
/// thing: with a choice in it, the database would think of its way anew for every request, for longer than the way takes.
macro_rules! found {
    ($cx:expr, $actor:expr, $id:expr, $project:literal, $task:literal) => {
        sqlx::query_as!(
            Found,
            r#"select p.project_id as "project_id: ProjectId", p.organization_id as "org_id: OrgId",
                p.deleted_at is not null as "is_deleted!", om.role as "org_role?", pm.member_type as "member_type?", "#
                + $task
                + r#" as "task_id?: TaskId"
            from project p
            left join organization_member om
                on om.organization_id = p.organization_id and om.user_id = $2 and om.removed_at is null
            left join project_member pm on pm.project_id = p.project_id and pm.user_id = om.user_id and pm.enabled
            where p.project_id = "#
                + $project,
            $id,
            person($actor)?
        )
        .fetch_optional($cx.pool())
        .await?
    };
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
    let found = found!(cx, actor, project_id.0, "$1", "null::bigint");
    Ok(prove(actor, found, "project", permission)?.0)
}

/// Who asks; nobody for the system.
fn person(actor: &Actor) -> Result<Option<i64>> {
    match actor {
        Actor::System => Ok(None),
        Actor::User(user) => Ok(Some(user.user_id.0)),
        Actor::Anonymous => Err(Problem::unauthenticated().into()),
    }
}

/// Proves `permission` by what was found. What is in a project the person is not in does not exist for them either: `what` they
/// asked for is not there.
fn prove(
    actor: &Actor,
    found: Option<Found>,
    what: &str,
    permission: ProjectPermission,
) -> Result<(ProjectAccess, Option<TaskId>)> {
    let found = found.ok_or_else(|| Problem::not_found(what))?;
    let by_org = found.org_role.as_deref().and_then(OrgRole::from_name).and_then(OrgRole::in_projects);
    let by_project = found.member_type.and_then(ProjectRole::from_member_type);
    let role = if matches!(actor, Actor::System) { Some(ProjectRole::Admin) } else { by_org.or(by_project) };
    let role = role.ok_or_else(|| Problem::not_found(what))?;
    if found.is_deleted && permission != ProjectPermission::Delete {
        let (code, message) = if role.allows(ProjectPermission::Delete) {
            (IN_BIN, "You can take it back from there.")
        } else {
            ("not_found", "This project is in the bin. An admin of it can take it back from there.")
        };
        return Err(match code == IN_BIN || what == "project" {
            true => Problem::new(Kind::NotFound, code, message),
            false => Problem::not_found(what),
        }
        .into());
    }
    if !role.allows(permission) {
        return Err(Problem::forbidden(project_right(permission)).into());
    }
    let access = ProjectAccess { project_id: found.project_id, org_id: found.org_id, role, user_id: actor.user_id() };
    Ok((access, found.task_id))
}

/// Proves `permission` in the project that a task is in; programs address tasks by their number alone.
///
/// # Errors
/// As [`project`]; *not found* where there is no such task for this person.
pub async fn task(cx: &Cx, actor: &Actor, task_id: TaskId, permission: ProjectPermission) -> Result<ProjectAccess> {
    let found = found!(cx, actor, task_id.0, "(select project_id from task where task_id = $1)", "null::bigint");
    Ok(prove(actor, found, "task", permission)?.0)
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
    let found = found!(
        cx,
        actor,
        annotation_id.0,
        "(select project_id from annotation where annotation_id = $1)",
        "(select task_id from annotation where annotation_id = $1)"
    );
    let (access, task_id) = prove(actor, found, "annotation", permission)?;
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
    let found = found!(
        cx,
        actor,
        prediction_id.0,
        "(select project_id from prediction where prediction_id = $1)",
        "(select task_id from prediction where prediction_id = $1)"
    );
    let (access, task_id) = prove(actor, found, "prediction", permission)?;
    Ok((access, task_id.ok_or_else(|| Problem::not_found("prediction"))?))
}

/// Proves `permission` in the project that a model is of.
///
/// # Errors
/// As [`task`].
pub async fn ml_backend(
    cx: &Cx,
    actor: &Actor,
    ml_backend_id: MlBackendId,
    permission: ProjectPermission,
) -> Result<ProjectAccess> {
    let found = found!(
        cx,
        actor,
        ml_backend_id.0,
        "(select project_id from ml_backend where ml_backend_id = $1)",
        "null::bigint"
    );
    Ok(prove(actor, found, "model", permission)?.0)
}

/// Proves `permission` in the project that a draft is in.
///
/// # Errors
/// As [`task`].
pub async fn draft(cx: &Cx, actor: &Actor, draft_id: DraftId, permission: ProjectPermission) -> Result<ProjectAccess> {
    let found = found!(
        cx,
        actor,
        draft_id.0,
        "(select project_id from annotation_draft where annotation_draft_id = $1)",
        "null::bigint"
    );
    Ok(prove(actor, found, "draft", permission)?.0)
}

/// Proves `permission` in the project that a label of the library is used in.
///
/// # Errors
/// As [`task`].
pub async fn label_link(
    cx: &Cx,
    actor: &Actor,
    link_id: LabelLinkId,
    permission: ProjectPermission,
) -> Result<ProjectAccess> {
    let found =
        found!(cx, actor, link_id.0, "(select project_id from label_link where label_link_id = $1)", "null::bigint");
    Ok(prove(actor, found, "label_link", permission)?.0)
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
        enter(cx, self.org_id, None, "begin", "").await
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
        enter(cx, self.org_id, Some(self.project_id), "begin", "").await
    }

    /// As [`Self::begin`], for work on things whose numbers are known. However many there are and whoever asks, there is one
    /// good way to them: the database thinks of it once for each connection, not each time, which takes longer than the way.
    /// Not for statements whose way depends on what is asked for.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub(crate) async fn begin_by_number(&self, cx: &Cx) -> Result<Tx> {
        enter(cx, self.org_id, Some(self.project_id), "begin", BY_NUMBER).await
    }

    /// As [`Self::begin_by_number`], for handing out tasks: one person's requests wait for each other until the transaction
    /// ends, so that two tabs, or a page asked for twice at the same moment, get the same task.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub(crate) async fn begin_handing_out(&self, cx: &Cx) -> Result<Tx> {
        let me = self.user_id.map_or(0, |id| id.0);
        let turn = format!(", pg_advisory_xact_lock(hashtextextended('lease {} {me}', 0))", self.project_id);
        enter(cx, self.org_id, Some(self.project_id), "begin", &format!("{BY_NUMBER}{turn}")).await
    }

    /// As [`Self::begin`], and all its statements see the same moment. Where somebody else has changed a row since then, to
    /// change it fails (SQLSTATE 40001): begin anew.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub(crate) async fn begin_at_one_moment(&self, cx: &Cx) -> Result<Tx> {
        enter(cx, self.org_id, Some(self.project_id), "begin isolation level repeatable read", "").await
    }
}

impl StaffAccess {
    /// The person.
    #[must_use]
    pub fn user_id(&self) -> UserId {
        self.user_id
    }
}

/// One plan of a statement for whatever is asked for.
const BY_NUMBER: &str = ", set_config('plan_cache_mode', 'force_generic_plan', true)";

/// A transaction behind the tenant wall (see the row-level security migration), which ends with it. Said in one go with the
/// beginning, which is `begin`, and with what else is asked `then`: nothing is asked as often.
async fn enter(cx: &Cx, org_id: OrgId, project_id: Option<ProjectId>, begin: &str, then: &str) -> Result<Tx> {
    let project = project_id.map(|id| id.0.to_string()).unwrap_or_default();
    let begin = format!(
        "{begin}; select set_config('synapse.organization_id', '{}', true), set_config('synapse.project_id', '{project}', true),
            set_config('role', 'synapse_tenant', true){then}",
        org_id.0
    );
    // Numbers of ours and words of this file: there is nothing in it that somebody wrote.
    Ok(cx.pool().begin_with(sqlx::AssertSqlSafe(begin)).await?)
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
