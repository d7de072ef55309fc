//! Projects: making, finding, changing, binning them, and the people in them.

pub(crate) mod count;
mod duplicate;
mod find;
mod lifecycle;
pub(crate) mod markdown;
mod member;
mod member_sql;
mod overlap_sql;
mod overview;
pub mod record;
mod recount;
mod said;
mod sql;

use chrono::TimeDelta;
use domain::{
    Error as Problem,
    access::{OrgPermission, ProjectPermission},
    id::{ProjectId, WorkspaceId},
    page::{Limit, Page},
    project::{
        BIN_DAYS, CheckedConfig, NewProject, Progress, ProjectCard, ProjectDetail, ProjectHead, ProjectPatch,
        ProjectQuery, ProjectState, Sampling, SkipQueue, label_counts, losses,
    },
};
use serde_json::{Value, json};
use sqlx::PgConnection;

pub(crate) use self::sql::{label_config, lock};
pub use self::{
    count::PutCountsTogether,
    duplicate::duplicate,
    find::find,
    lifecycle::{change_state, history},
    markdown::to_html,
    member::{people, put_member, remove_member},
    overview::overview,
    record::{ProjectRecord, RecordQuery, annotators, create_with, record, records, summary},
    recount::recount,
    said::{Said, keep_said, publish},
};
use crate::{
    Actor, Cx, Result, Tx,
    access::{self, OrgAccess, ProjectAccess},
    audit, boxed,
    webhook::{Happening, Place, tell},
};

/// Makes a project in the current organization, with its labeling interface.
///
/// # Errors
/// *Forbidden* for members; a title, color, workspace or labeling interface outside the limits.
#[boxed]
pub async fn create(cx: &Cx, actor: &Actor, input: NewProject) -> Result<ProjectId> {
    let access = access::current_org(cx, actor, OrgPermission::CreateProject).await?;
    create_in(cx, &access, input).await
}

/// As [`create`], in an organization access to which is already proved; also for demo data.
///
/// # Errors
/// A title, color, workspace or labeling interface outside the limits.
#[boxed]
pub async fn create_in(cx: &Cx, access: &OrgAccess, input: NewProject) -> Result<ProjectId> {
    let mut tx = access.begin(cx).await?;
    let project_id = insert(cx, &mut tx, access, input).await?;
    tell(cx, &mut tx, Place { org_id: access.org_id(), project_id }, Happening::ProjectCreated).await?;
    tx.commit().await?;
    Ok(project_id)
}

async fn insert(cx: &Cx, tx: &mut Tx, access: &OrgAccess, input: NewProject) -> Result<ProjectId> {
    let project = input.check()?;
    known_workspace(tx, project.workspace_id).await?;
    let project_id = sql::insert(tx, access, &project, cx.now()).await?;
    let change = audit::Transition {
        org_id: access.org_id(),
        project_id: Some(project_id),
        entity: "project",
        entity_id: project_id.0,
        from: None,
        to: ProjectState::Pending.as_str(),
        transition: "create",
        actor_id: access.user_id(),
        data: json!({ "title": project.title }),
    };
    audit::transition(cx, tx, change).await?;
    Ok(project_id)
}

async fn known_workspace(conn: &mut PgConnection, workspace_id: Option<WorkspaceId>) -> Result<()> {
    let known = match workspace_id {
        Some(id) if id.0 != 0 => sql::has_workspace(conn, id).await?,
        _ => true,
    };
    if known { Ok(()) } else { Err(Problem::not_found("workspace").on("workspace_id").into()) }
}

/// A page of the projects the actor can see in the current organization, pinned ones first.
///
/// # Errors
/// *Not found* for people without an organization; a cursor that is none.
#[boxed]
pub async fn list(cx: &Cx, actor: &Actor, query: ProjectQuery, limit: Limit) -> Result<Page<ProjectCard>> {
    let access = access::current_org(cx, actor, OrgPermission::View).await?;
    let after = query.after.as_deref().map(read_cursor).transpose()?;
    let mut tx = access.begin(cx).await?;
    let (items, end) = sql::list(&mut tx, &access, &query, after.as_ref(), limit.rows()).await?;
    tx.commit().await?;
    Ok(Page { items, next: end.as_ref().map(write_cursor), total: None })
}

fn write_cursor(cursor: &sql::Cursor) -> String {
    format!("{}.{}.{}", i32::from(cursor.unpinned), cursor.project_id, cursor.key)
}

fn read_cursor(text: &str) -> Result<sql::Cursor> {
    let mut parts = text.splitn(3, '.');
    let cursor = (|| {
        let unpinned = parts.next()? == "1";
        let project_id = parts.next()?.parse().ok()?;
        Some(sql::Cursor { unpinned, project_id, key: parts.next()?.to_owned() })
    })();
    let refused = || Problem::invalid("after", "cursor_malformed", "This page of the list does not exist.");
    cursor.filter(|cursor| !cursor.key.contains('\0')).ok_or_else(|| refused().into())
}

/// What the frame of a project's page shows, for those who may do there what the page is for.
///
/// # Errors
/// *Not found* for people outside it, *forbidden* without the right.
#[boxed]
pub async fn head(cx: &Cx, actor: &Actor, project_id: ProjectId, permission: ProjectPermission) -> Result<ProjectHead> {
    let access = access::project(cx, actor, project_id, permission).await?;
    let mut tx = access.begin(cx).await?;
    let title = sql::title(&mut tx, &access).await?.ok_or_else(|| Problem::not_found("project"))?;
    tx.commit().await?;
    Ok(ProjectHead { project_id, title, role: access.role() })
}

/// Everything the pages of a project show.
///
/// # Errors
/// *Not found* for people outside it.
#[boxed]
pub async fn get(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<ProjectDetail> {
    let access = access::project(cx, actor, project_id, ProjectPermission::View).await?;
    let mut tx = access.begin(cx).await?;
    let row = sql::get(&mut tx, &access).await?.ok_or_else(|| Problem::not_found("project"))?;
    // Those who may not see all data do not get a look at some of it here either.
    let sample = if access.allows(ProjectPermission::ViewData) { sql::sample(&mut tx, &access).await? } else { None };
    tx.commit().await?;
    Ok(ProjectDetail {
        project_id,
        title: row.title,
        description: row.description,
        color: row.color,
        workspace_id: row.workspace_id,
        state: ProjectState::from_name(&row.state).unwrap_or_default(),
        role: access.role(),
        pinned: row.pinned,
        has_controls: row.parsed_label_config.as_object().is_some_and(|controls| !controls.is_empty()),
        label_config: row.label_config,
        label_config_hash: row.label_config_hash,
        instruction_html: to_html(&row.expert_instruction),
        expert_instruction: row.expert_instruction,
        show_instruction: row.show_instruction,
        show_skip_button: row.show_skip_button,
        enable_empty_annotation: row.enable_empty_annotation,
        show_collab_predictions: row.show_collab_predictions,
        reveal_preannotations_interactively: row.reveal_preannotations_interactively,
        allow_media_proxy: row.allow_media_proxy,
        maximum_annotations: row.maximum_annotations,
        sampling: Sampling::from_name(&row.sampling).unwrap_or_default(),
        skip_queue: SkipQueue::from_name(&row.skip_queue).unwrap_or_default(),
        model_version: row.model_version,
        min_annotations_to_start_training: row.min_annotations_to_start_training,
        evaluate_predictions_automatically: row.evaluate_predictions_automatically,
        progress: Progress {
            tasks: row.task_count,
            labeled: row.labeled_task_count,
            annotations: row.annotation_count,
            skipped: row.skipped_annotation_count,
            predictions: row.prediction_count,
        },
        labels: if access.allows(ProjectPermission::ViewData) { label_counts(&row.created_labels) } else { Vec::new() },
        sample,
        member_count: row.member_count,
        created_by: row.created_by,
        created_at: row.created_at,
        last_annotation_at: row.last_annotation_at,
    })
}

/// Changes settings; what the patch does not hold stays.
///
/// # Errors
/// *Not found*, *forbidden* without the right; a value outside its limits.
#[boxed]
pub async fn update(cx: &Cx, actor: &Actor, project_id: ProjectId, patch: ProjectPatch) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let patch = patch.check()?;
    let mut tx = access.begin(cx).await?;
    write_patch(cx, &mut tx, &access, &patch).await?;
    tell(cx, &mut tx, (&access).into(), Happening::ProjectUpdated).await?;
    tx.commit().await?;
    Ok(())
}

async fn write_patch(cx: &Cx, tx: &mut Tx, access: &ProjectAccess, patch: &ProjectPatch) -> Result<()> {
    known_workspace(tx, patch.workspace_id).await?;
    let (maximum, percentage) = overlap_sql::lock_overlap(tx, access).await?;
    sql::update(tx, access, patch, cx.now()).await?;
    if patch.color.is_some() {
        said::forget(tx, access, "color").await?;
    }
    let is_changed = |wanted: Option<i32>, before| wanted.is_some_and(|wanted| wanted != before);
    if is_changed(patch.maximum_annotations, maximum) || is_changed(patch.overlap_cohort_percentage, percentage) {
        overlap_sql::spread_overlap(tx, access, cx.now()).await?;
    }
    record_event(cx, tx, access, "project_updated", json!({ "settings": names_in(patch) })).await?;
    if let Some(allowed) = patch.allow_media_proxy {
        record_event(cx, tx, access, "media_proxy_changed", json!({ "allowed": allowed })).await?;
    }
    Ok(())
}

/// The settings a patch holds.
fn names_in(patch: &ProjectPatch) -> Vec<String> {
    let json = serde_json::to_value(patch).unwrap_or_default();
    let settings = json.as_object().into_iter().flatten();
    settings.filter(|(_, value)| !value.is_null()).map(|(name, _)| name.clone()).collect()
}

/// Gives the project another labeling interface.
///
/// # Errors
/// *Not found*, *forbidden* without the right; an interface with errors. *Conflict* `labels_in_use` when work would
/// lose its label and `accept_losses` is false: the message says what.
#[boxed]
pub async fn set_label_config(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    xml: String,
    accept_losses: bool,
) -> Result<i64> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let config = CheckedConfig::new(&xml)?;
    let mut tx = access.begin(cx).await?;
    let (annotations, labels) = sql::lock_work(&mut tx, &access).await?;
    let lost = losses(&annotations, &labels, &config.config);
    if !lost.is_empty() && !accept_losses {
        return Err(Problem::conflict("labels_in_use", in_sentences(&lost)).on("label_config").into());
    }
    sql::set_config(&mut tx, &access, &config, cx.now()).await?;
    record_event(cx, &mut tx, &access, "label_config_changed", json!({ "hash": config.hash, "losses": lost })).await?;
    tell(cx, &mut tx, (&access).into(), Happening::ProjectUpdated).await?;
    tx.commit().await?;
    Ok(config.hash)
}

/// Whether another labeling interface would lose work of the project.
///
/// # Errors
/// As [`set_label_config`] without `accept_losses`.
#[boxed]
pub async fn check_label_config(cx: &Cx, actor: &Actor, project_id: ProjectId, xml: &str) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let config = CheckedConfig::new(xml)?;
    let mut tx = access.begin(cx).await?;
    let (annotations, labels) = sql::lock_work(&mut tx, &access).await?;
    tx.commit().await?;
    let lost = losses(&annotations, &labels, &config.config);
    if lost.is_empty() {
        return Ok(());
    }
    Err(Problem::conflict("labels_in_use", in_sentences(&lost)).on("label_config").into())
}

/// The first few of many sentences, and how many more there are.
fn in_sentences(all: &[String]) -> String {
    /// As many as fit into a dialog.
    const SHOWN: usize = 5;
    let shown = all.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(" ");
    match all.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} And {more} more."),
    }
}

/// Keeps the project on top of the actor's own list, or no longer.
///
/// # Errors
/// *Not found* for people outside it.
#[boxed]
pub async fn set_pinned(cx: &Cx, actor: &Actor, project_id: ProjectId, pinned: bool) -> Result<()> {
    actor.user()?;
    let access = access::project(cx, actor, project_id, ProjectPermission::View).await?;
    let mut tx = access.begin(cx).await?;
    if pinned {
        sql::pin(&mut tx, &access, cx.now()).await?;
    } else {
        sql::unpin(&mut tx, &access).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Moves the project into the bin, where it stays [`BIN_DAYS`] days. Doing it twice is the same as once.
///
/// # Errors
/// *Not found*, *forbidden* without the right.
#[boxed]
pub async fn delete(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<()> {
    move_to_bin(cx, actor, project_id, true).await
}

/// Takes the project out of the bin. Doing it twice is the same as once.
///
/// # Errors
/// *Not found*, *forbidden* without the right.
#[boxed]
pub async fn restore(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<()> {
    move_to_bin(cx, actor, project_id, false).await
}

async fn move_to_bin(cx: &Cx, actor: &Actor, project_id: ProjectId, deleted: bool) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Delete).await?;
    let mut tx = access.begin(cx).await?;
    if sql::set_deleted(&mut tx, &access, deleted, cx.now()).await? {
        let title = sql::title_of(&mut tx, &access).await?;
        let action = if deleted { "project_deleted" } else { "project_restored" };
        record_event(cx, &mut tx, &access, action, json!({ "title": title })).await?;
        let happening = if deleted { Happening::ProjectDeleted } else { Happening::ProjectUpdated };
        tell(cx, &mut tx, (&access).into(), happening).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Removes for good what has been in the bin for [`BIN_DAYS`] days; returns how many projects. For housekeeping.
///
/// # Errors
/// *Forbidden* for anybody but the system.
#[boxed]
pub async fn empty_bin(cx: &Cx, actor: &Actor) -> Result<usize> {
    /// A project may hold a million tasks; a few at a time keep the transaction short.
    const AT_ONCE: i64 = 5;
    if !matches!(actor, Actor::System) {
        return Err(Problem::forbidden("empty the bin").into());
    }
    let mut removed = 0;
    loop {
        let mut tx = cx.begin().await?;
        let gone = sql::purge(&mut tx, cx.now() - TimeDelta::days(BIN_DAYS), AT_ONCE).await?;
        for (project_id, org_id, title) in &gone {
            let event = audit::Event {
                org_id: Some((*org_id).into()),
                actor_id: None,
                action: "project_purged",
                subject: "project",
                subject_id: Some(*project_id),
                data: json!({ "title": title }),
            };
            audit::record(cx, &mut tx, event).await?;
        }
        tx.commit().await?;
        removed += gone.len();
        if gone.is_empty() {
            return Ok(removed);
        }
    }
}

async fn record_event(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    action: &'static str,
    data: Value,
) -> Result<()> {
    let event = audit::Event {
        org_id: Some(access.org_id()),
        actor_id: access.user_id(),
        action,
        subject: "project",
        subject_id: Some(access.project_id().0),
        data,
    };
    audit::record(cx, conn, event).await
}
