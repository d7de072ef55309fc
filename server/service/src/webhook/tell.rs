//! The outbox: what happens is written down in the transaction of the change, for the webhooks that hear of it.
//!
//! Where nobody listens this is one look at an index. No row of a webhook is locked and nobody is notified, because both would
//! make the changes of an organization wait for each other.

use domain::{
    id::{AnnotationId, ExportId, ImportId, LabelLinkId, MlBackendId, OrgId, PredictionId, ProjectId, TaskId},
    webhook::{
        Action,
        payload::{chunks, list, object},
    },
};
use serde_json::json;
use sqlx::PgConnection;

use super::outbox::{self, Event};
use crate::{Cx, Result, access::ProjectAccess};

/// Where it happens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// In which organization.
    pub(crate) org_id: OrgId,
    /// In which project.
    pub(crate) project_id: ProjectId,
}

impl From<&ProjectAccess> for Place {
    fn from(access: &ProjectAccess) -> Self {
        Self { org_id: access.org_id(), project_id: access.project_id() }
    }
}

/// What happened. Things that are gone are only named.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Happening<'a> {
    ProjectCreated,
    ProjectUpdated,
    ProjectDeleted,
    /// Of models, only this one hears it.
    StartTraining(MlBackendId),
    TasksCreated(&'a [TaskId]),
    TaskUpdated(TaskId),
    TasksDeleted(&'a [TaskId]),
    AnnotationCreated(AnnotationId),
    AnnotationsCreated(&'a [AnnotationId]),
    AnnotationUpdated(AnnotationId),
    AnnotationsDeleted(&'a [AnnotationId]),
    PredictionsCreated(&'a [PredictionId]),
    /// How it ended is in its row.
    ImportCompleted(ImportId),
    ImportFailed(ImportId),
    ExportCompleted(ExportId),
    ExportFailed(ExportId),
    LabelLinkCreated(LabelLinkId),
    LabelLinkUpdated(LabelLinkId),
    LabelLinkDeleted(LabelLinkId),
}

impl Happening<'_> {
    fn action(self) -> Action {
        match self {
            Self::ProjectCreated => Action::ProjectCreated,
            Self::ProjectUpdated => Action::ProjectUpdated,
            Self::ProjectDeleted => Action::ProjectDeleted,
            Self::StartTraining(_) => Action::StartTraining,
            Self::TasksCreated(_) => Action::TasksCreated,
            Self::TaskUpdated(_) => Action::TaskUpdated,
            Self::TasksDeleted(_) => Action::TasksDeleted,
            Self::AnnotationCreated(_) => Action::AnnotationCreated,
            Self::AnnotationsCreated(_) => Action::AnnotationsCreated,
            Self::AnnotationUpdated(_) => Action::AnnotationUpdated,
            Self::AnnotationsDeleted(_) => Action::AnnotationsDeleted,
            Self::PredictionsCreated(_) => Action::PredictionsCreated,
            Self::ImportCompleted(_) => Action::ImportCompleted,
            Self::ImportFailed(_) => Action::ImportFailed,
            Self::ExportCompleted(_) => Action::ExportCompleted,
            Self::ExportFailed(_) => Action::ExportFailed,
            Self::LabelLinkCreated(_) => Action::LabelLinkCreated,
            Self::LabelLinkUpdated(_) => Action::LabelLinkUpdated,
            Self::LabelLinkDeleted(_) => Action::LabelLinkDeleted,
        }
    }

    /// Whether it happened to anything.
    fn is_empty(self) -> bool {
        match self {
            Self::TasksCreated(ids) | Self::TasksDeleted(ids) => ids.is_empty(),
            Self::AnnotationsCreated(ids) | Self::AnnotationsDeleted(ids) => ids.is_empty(),
            Self::PredictionsCreated(ids) => ids.is_empty(),
            _ => false,
        }
    }

    /// Whose numbers they are.
    fn ids(self) -> Vec<i64> {
        match self {
            Self::ProjectCreated | Self::ProjectUpdated | Self::ProjectDeleted | Self::StartTraining(_) => Vec::new(),
            Self::TasksCreated(ids) | Self::TasksDeleted(ids) => ids.iter().map(|id| id.0).collect(),
            Self::TaskUpdated(id) => vec![id.0],
            Self::AnnotationsCreated(ids) | Self::AnnotationsDeleted(ids) => ids.iter().map(|id| id.0).collect(),
            Self::AnnotationCreated(id) | Self::AnnotationUpdated(id) => vec![id.0],
            Self::PredictionsCreated(ids) => ids.iter().map(|id| id.0).collect(),
            Self::ImportCompleted(id) | Self::ImportFailed(id) => vec![id.0],
            Self::ExportCompleted(id) | Self::ExportFailed(id) => vec![id.0],
            Self::LabelLinkCreated(id) | Self::LabelLinkUpdated(id) | Self::LabelLinkDeleted(id) => vec![id.0],
        }
    }
}

/// A thing as it is told, with the task it belongs to where there is one.
struct Thing {
    id: i64,
    /// In full, where somebody wants that.
    full: Option<String>,
    task: Option<(i64, Option<String>)>,
}

/// Tells the webhooks that hear of it, when the transaction on `conn` commits.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn tell(cx: &Cx, conn: &mut PgConnection, place: Place, happening: Happening<'_>) -> Result<()> {
    if happening.is_empty() {
        return Ok(());
    }
    let action = happening.action();
    let model = if let Happening::StartTraining(id) = happening { Some(id) } else { None };
    let listeners = outbox::listeners(conn, place, action, model).await?;
    if listeners.is_empty() {
        return Ok(());
    }
    let wants_all = listeners.iter().any(|listener| listener.send_payload);
    let project = match wants_all {
        true => outbox::project(conn, place, action.key() == "project").await?,
        false => None,
    };
    let things = things(conn, place, happening, wants_all).await?;
    let project = (place.project_id.0, project);
    let hearing: Vec<i64> = listeners.iter().filter(|one| one.hears).map(|one| one.webhook_id.0).collect();
    let singly: Vec<i64> = listeners.iter().filter(|one| one.hears_singly).map(|one| one.webhook_id.0).collect();
    if !hearing.is_empty() {
        let sizes: Vec<usize> = things.iter().map(|it| it.full.as_ref().map_or(0, String::len)).collect();
        let events = match action.key() {
            "project" => vec![message(cx, action, &project, &[])],
            _ => chunks(&sizes).into_iter().map(|part| message(cx, action, &project, &things[part])).collect(),
        };
        outbox::write(conn, place, action, events, &hearing, cx.now()).await?;
    }
    if let (Some(single), false) = (action.one_by_one(), singly.is_empty()) {
        let events = things.iter().map(|thing| message(cx, single, &project, std::slice::from_ref(thing))).collect();
        outbox::write(conn, place, single, events, &singly, cx.now()).await?;
    }
    Ok(())
}

/// Tells of tasks that were changed, one message each; where nobody listens, after one look.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn tell_each_updated(cx: &Cx, conn: &mut PgConnection, place: Place, tasks: &[TaskId]) -> Result<()> {
    if tasks.is_empty() || outbox::listeners(conn, place, Action::TaskUpdated, None).await?.is_empty() {
        return Ok(());
    }
    for task_id in tasks {
        tell(cx, conn, place, Happening::TaskUpdated(*task_id)).await?;
    }
    Ok(())
}

fn named(id: i64) -> String {
    object(&[("id", &id.to_string())])
}

async fn things(
    conn: &mut PgConnection,
    place: Place,
    happening: Happening<'_>,
    wants_all: bool,
) -> Result<Vec<Thing>> {
    let ids = happening.ids();
    let plain = |(id, full): (i64, Option<String>)| Thing { id, full, task: None };
    Ok(match happening {
        Happening::ProjectCreated
        | Happening::ProjectUpdated
        | Happening::ProjectDeleted
        | Happening::StartTraining(_) => Vec::new(),
        Happening::TasksCreated(_) | Happening::TaskUpdated(_) if wants_all => {
            let found = outbox::tasks(conn, place, &ids).await?;
            found.into_iter().map(|(id, full)| plain((id, Some(full)))).collect()
        }
        Happening::TasksCreated(_) | Happening::TaskUpdated(_) => ids.into_iter().map(|id| plain((id, None))).collect(),
        // There is no more to tell of what is gone.
        Happening::TasksDeleted(_) | Happening::AnnotationsDeleted(_) | Happening::LabelLinkDeleted(_) => {
            ids.into_iter().map(|id| plain((id, Some(named(id))))).collect()
        }
        Happening::AnnotationCreated(_) | Happening::AnnotationUpdated(_) | Happening::AnnotationsCreated(_) => {
            let found = outbox::annotations(conn, place, &ids, wants_all).await?;
            let thing = |row: outbox::Annotation| Thing {
                id: row.annotation_id,
                full: row.annotation,
                task: Some((row.task_id, row.task)),
            };
            found.into_iter().map(thing).collect()
        }
        Happening::PredictionsCreated(_) if wants_all => {
            let found = outbox::predictions(conn, place, &ids).await?;
            found.into_iter().map(|(id, full)| plain((id, Some(full)))).collect()
        }
        Happening::PredictionsCreated(_) => ids.into_iter().map(|id| plain((id, None))).collect(),
        Happening::ImportCompleted(id) | Happening::ImportFailed(id) => {
            let full = outbox::import(conn, place, id).await?;
            vec![plain((id.0, full))]
        }
        Happening::LabelLinkCreated(id) | Happening::LabelLinkUpdated(id) => {
            let full = outbox::label_link(conn, place, id).await?;
            vec![plain((id.0, full))]
        }
        Happening::ExportCompleted(id) | Happening::ExportFailed(id) => {
            let full = outbox::export(conn, place, id).await?;
            vec![plain((id.0, full))]
        }
    })
}

/// One message about these things.
fn message(cx: &Cx, action: Action, project: &(i64, Option<String>), things: &[Thing]) -> Event {
    Event {
        event_id: cx.new_uuid(),
        body: in_full(action, project, things),
        brief: by_numbers(action, project.0, things),
    }
}

/// With everything; nothing where nobody wants that.
fn in_full(action: Action, project: &(i64, Option<String>), things: &[Thing]) -> Option<String> {
    let name = format!("\"{}\"", action.name());
    let whole = |mut all: Vec<&str>| match action.is_many() {
        true => list(all),
        false => all.pop().unwrap_or_default().to_owned(),
    };
    let mut members = vec![("action", name), ("project", project.1.clone()?)];
    if !things.is_empty() {
        members.push((action.key(), whole(things.iter().map(|it| it.full.as_deref()).collect::<Option<_>>()?)));
    }
    let tasks = things.iter().filter_map(|it| it.task.as_ref());
    let tasks: Vec<&str> = tasks.map(|(_, full)| full.as_deref()).collect::<Option<_>>()?;
    if !tasks.is_empty() {
        members.push(("task", whole(tasks)));
    }
    let members: Vec<(&str, &str)> = members.iter().map(|(key, value)| (*key, value.as_str())).collect();
    Some(object(&members))
}

/// What happened to which numbers: `annotation_id`, or `task_ids` where there may be many.
fn by_numbers(action: Action, project_id: i64, things: &[Thing]) -> String {
    let noun = action.key().trim_end_matches('s');
    let mut told = json!({ "action": action.name(), "project_id": project_id });
    let mut put = |noun: &str, mut ids: Vec<i64>| match (action.is_many(), ids.pop()) {
        (_, None) => {}
        (false, Some(id)) => told[format!("{noun}_id")] = id.into(),
        (true, Some(id)) => {
            ids.push(id);
            told[format!("{noun}_ids")] = ids.into();
        }
    };
    put(noun, things.iter().map(|it| it.id).collect());
    put("task", things.iter().filter_map(|it| it.task.as_ref()).map(|(id, _)| *id).collect());
    told.to_string()
}
