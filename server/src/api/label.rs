//! The library of labels, and where they are used.

use std::time::Duration;

use axum::{
    Extension, Json,
    extract::{OriginalUri, State},
};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    id::{LabelId, LabelLinkId, ProjectId},
    import::RunStatus,
    label::{Label, LabelLink, LabelPatch, NewLabel},
};
use http::{StatusCode, Uri};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::{
    Actor, Cx, data_manager,
    label::{self, Rename},
};
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer, Created,
    input::{At, Input, Json as AnyJson, Query},
    output::{PageOut, PageQuery, page_address},
    waiting::Watch,
};
use crate::error::Failure;

/// How many a page holds.
const USUAL_PAGE: i64 = 100;
/// How long a program waits for a renaming on very many tasks before it goes on without it.
const PATIENCE: Duration = Duration::from_secs(50);

/// A label of the library.
#[derive(Debug, Serialize, ToSchema)]
pub struct LabelOut {
    id: i64,
    /// Where it is used.
    links: Vec<i64>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// As results have it: the label, or the way down to it in a taxonomy.
    value: Vec<String>,
    /// What people call it.
    title: String,
    description: Option<String>,
    approved: bool,
    created_by: Option<i64>,
    approved_by: Option<i64>,
    organization: i64,
    projects: Vec<i64>,
    /// Of the project it was made for, where it was just made.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<i64>,
    /// Of the control it was made for, where it was just made.
    #[serde(skip_serializing_if = "Option::is_none")]
    from_name: Option<String>,
}

impl From<Label> for LabelOut {
    fn from(label: Label) -> Self {
        Self {
            id: label.label_id.0,
            links: label.links.iter().map(|(link, _)| link.0).collect(),
            projects: label.links.iter().map(|(_, project)| project.0).collect(),
            created_at: label.created_at,
            updated_at: label.updated_at,
            value: label.value,
            title: label.title,
            description: label.description,
            approved: label.approved,
            created_by: label.created_by.map(|id| id.0),
            approved_by: label.approved_by.map(|id| id.0),
            organization: label.organization_id.0,
            project: None,
            from_name: None,
        }
    }
}

/// A page of a list that knows how long it is.
fn page<T>(cx: &Cx, uri: &Uri, window: &PageQuery, count: i64, results: Vec<T>) -> Result<PageOut<T>, Failure> {
    let number = window.page.unwrap_or(1).max(1);
    if number > 1 && results.is_empty() {
        return Err(Problem::new(domain::Kind::NotFound, "page_unknown", "Invalid page.").into());
    }
    let (offset, _) = window.window(USUAL_PAGE, label::MAX_PAGE);
    let shown = i64::try_from(results.len()).unwrap_or(0);
    let base = &cx.settings().base_url;
    Ok(PageOut {
        count,
        next: (offset.saturating_add(shown) < count).then(|| page_address(base, uri, number + 1)),
        previous: (number > 1).then(|| page_address(base, uri, number - 1)),
        results,
    })
}

/// The labels of the organization, oldest first.
#[utoipa::path(get, path = "/labels", tag = "Labels", params(PageQuery),
    responses((status = 200, body = PageOut<LabelOut>)))]
pub async fn list(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    OriginalUri(uri): OriginalUri,
    Query(window): Query<PageQuery>,
) -> Answer<PageOut<LabelOut>> {
    let (offset, limit) = window.window(USUAL_PAGE, label::MAX_PAGE);
    let (count, labels) = label::list(&cx, &actor, offset, limit).await?;
    let labels = labels.into_iter().map(LabelOut::from).collect();
    Ok(Json(page(&cx, &uri, &window, count, labels)?))
}

/// A label for the library.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LabelIn {
    /// Where it is used first.
    project: i64,
    /// The control that offers it.
    from_name: String,
    /// A list of one text, or of the steps down to it in a taxonomy; a text alone is one step.
    #[schema(value_type = Vec<String>)]
    value: AnyJson,
    /// What people call it; unique in the library.
    #[schema(max_length = 200)]
    title: String,
    description: Option<String>,
}

/// The steps of a label.
fn steps(field: &'static str, AnyJson(value): AnyJson) -> Result<Vec<String>, Problem> {
    let malformed = || Problem::invalid(field, "label_malformed", format!("“{field}” should be a list of texts."));
    let step = |value: Value| match value {
        Value::String(text) => Ok(text),
        _ => Err(malformed()),
    };
    match value {
        Value::Array(list) => list.into_iter().map(step).collect(),
        one => Ok(vec![step(one)?]),
    }
}

/// Makes labels, each linked to the project it is used in first: all of them, or none.
#[utoipa::path(post, path = "/labels", tag = "Labels", request_body = Vec<LabelIn>,
    responses((status = 201, body = Vec<LabelOut>)))]
pub async fn create(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(AnyJson(body)): Input<AnyJson>,
) -> Result<Created<Vec<LabelOut>>, Failure> {
    actor.user()?;
    let list = AnyJson(body)
        .list("non_field_errors")
        .map_err(|_| Problem::invalid("non_field_errors", "field_malformed", "Labels come as a list."))?;
    let mut new = Vec::with_capacity(list.len().min(domain::label::MAX_AT_ONCE));
    for one in list {
        let bytes = serde_json::to_vec(&one).map_err(anyhow::Error::new).map_err(service::Error::from)?;
        let LabelIn { project, from_name, value, title, description } = super::input::json(&bytes)?;
        let value = steps("value", value)?;
        new.push(NewLabel { project_id: ProjectId(project), from_name, value, title, description });
    }
    let placed: Vec<(i64, String)> = new.iter().map(|one| (one.project_id.0, one.from_name.clone())).collect();
    let made = label::create(&cx, &actor, new).await?;
    let mut out = Vec::with_capacity(made.len());
    for (label_id, (project, from_name)) in made.into_iter().zip(placed) {
        let label = LabelOut::from(label::get(&cx, &actor, label_id).await?);
        out.push(LabelOut { project: Some(project), from_name: Some(from_name), ..label });
    }
    Ok(Created(out))
}

/// One label.
#[utoipa::path(get, path = "/labels/{id}", tag = "Labels", params(("id" = i64, Path)),
    responses((status = 200, body = LabelOut)))]
pub async fn one(State(cx): State<Cx>, Extension(actor): Extension<Actor>, At(id): At<LabelId>) -> Answer<LabelOut> {
    Ok(Json(label::get(&cx, &actor, id).await?.into()))
}

/// What of a label can be changed.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LabelPatchIn {
    /// As results have it from now on; see `/labels/bulk` for what they have already.
    #[schema(value_type = Option<Vec<String>>)]
    value: Option<AnyJson>,
    title: Option<String>,
    description: Option<String>,
    approved: Option<bool>,
}

/// Changes a label in the library; results stay as they are.
#[utoipa::path(patch, path = "/labels/{id}", tag = "Labels", params(("id" = i64, Path)), request_body = LabelPatchIn,
    responses((status = 200, body = LabelOut)))]
pub async fn change(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(id): At<LabelId>,
    Input(input): Input<LabelPatchIn>,
) -> Answer<LabelOut> {
    let value = input.value.map(|value| steps("value", value)).transpose()?;
    let patch = LabelPatch { value, title: input.title, description: input.description, approved: input.approved };
    label::update(&cx, &actor, id, patch).await?;
    Ok(Json(label::get(&cx, &actor, id).await?.into()))
}

/// Takes a label out of the library and out of every project; results stay as they are.
#[utoipa::path(delete, path = "/labels/{id}", tag = "Labels", params(("id" = i64, Path)), responses((status = 204)))]
pub async fn delete(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(id): At<LabelId>,
) -> Result<StatusCode, Failure> {
    label::delete(&cx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A label that is called otherwise from now on.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RenameIn {
    project: i64,
    /// The control that offers it; every one that has given it where nothing is said.
    from_name: Option<String>,
    #[schema(value_type = Vec<String>)]
    old_label: AnyJson,
    #[schema(value_type = Vec<String>)]
    new_label: AnyJson,
}

/// How many annotations have the label.
#[derive(Debug, Serialize, ToSchema)]
pub struct RenamedOut {
    annotations_updated: i64,
}

/// Renames a label in the results of a project. Very many tasks are worked on after the answer.
#[utoipa::path(post, path = "/labels/bulk", tag = "Labels", request_body = RenameIn,
    responses((status = 200, body = RenamedOut)))]
pub async fn rename(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(input): Input<RenameIn>,
) -> Answer<RenamedOut> {
    actor.user()?;
    let asked = Rename {
        project_id: ProjectId(input.project),
        from_name: input.from_name,
        from: steps("old_label", input.old_label)?,
        to: steps("new_label", input.new_label)?,
    };
    let renamed = label::rename(&cx, &actor, asked).await?;
    let through = async {
        for run in renamed.runs {
            let mut watch = Watch::new(&cx, data_manager::topic(run.run_id));
            let mut now = run;
            while !now.status.is_over() {
                watch.changed().await;
                now = data_manager::action_run(&cx, &actor, now.project_id, now.run_id).await?;
            }
            if now.status == RunStatus::Failed {
                let message = now.error.unwrap_or_else(|| "This could not be done.".to_owned());
                return Err(Failure::from(Problem::invalid("non_field_errors", "action_failed", message)));
            }
        }
        Ok(())
    };
    if let Ok(outcome) = tokio::time::timeout(PATIENCE, through).await {
        outcome?;
    }
    Ok(Json(RenamedOut { annotations_updated: renamed.annotations }))
}

/// A label in a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkOut {
    id: i64,
    /// How often it was given.
    annotations_count: i64,
    /// The control that offers it.
    from_name: String,
    project: i64,
    /// Its number; the label itself with `expand=label`.
    #[schema(value_type = i64)]
    label: Value,
}

impl From<LabelLink> for LinkOut {
    fn from(link: LabelLink) -> Self {
        Self {
            id: link.label_link_id.0,
            annotations_count: link.uses,
            from_name: link.from_name,
            project: link.project_id.0,
            label: link.label_id.0.into(),
        }
    }
}

/// Which links.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LinksQuery {
    /// Of this project.
    project: Option<i64>,
    /// `label` for whole labels.
    expand: Option<String>,
}

/// Where labels are used, oldest first.
#[utoipa::path(get, path = "/label_links", tag = "Labels", params(LinksQuery, PageQuery),
    responses((status = 200, body = PageOut<LinkOut>)))]
pub async fn links(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<LinksQuery>,
    Query(window): Query<PageQuery>,
) -> Answer<PageOut<LinkOut>> {
    let (offset, limit) = window.window(USUAL_PAGE, label::MAX_PAGE);
    let (count, links) = label::links(&cx, &actor, query.project.map(ProjectId), offset, limit).await?;
    let mut out: Vec<LinkOut> = links.into_iter().map(LinkOut::from).collect();
    if query.expand.as_deref().is_some_and(|names| names.split(',').any(|name| name.trim() == "label")) {
        for link in &mut out {
            let id = LabelId(link.label.as_i64().unwrap_or_default());
            let label = LabelOut::from(label::get(&cx, &actor, id).await?);
            link.label = serde_json::to_value(label).map_err(anyhow::Error::new).map_err(service::Error::from)?;
        }
    }
    Ok(Json(page(&cx, &uri, &window, count, out)?))
}

/// A label to use in a project.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LinkIn {
    project: i64,
    label: i64,
    /// The control that offers it.
    from_name: String,
}

/// Uses a label of the library in a project.
#[utoipa::path(post, path = "/label_links", tag = "Labels", request_body = LinkIn,
    responses((status = 201, body = LinkOut)))]
pub async fn create_link(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(input): Input<LinkIn>,
) -> Result<Created<LinkOut>, Failure> {
    let (project_id, label_id) = (ProjectId(input.project), LabelId(input.label));
    let id = label::add_link(&cx, &actor, project_id, label_id, &input.from_name).await?;
    Ok(Created(label::link(&cx, &actor, id).await?.into()))
}

/// Where a label is used.
#[utoipa::path(get, path = "/label_links/{id}", tag = "Labels", params(("id" = i64, Path)),
    responses((status = 200, body = LinkOut)))]
pub async fn link(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(id): At<LabelLinkId>,
) -> Answer<LinkOut> {
    Ok(Json(label::link(&cx, &actor, id).await?.into()))
}

/// What of a link can be changed.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LinkPatch {
    /// The control that offers the label.
    from_name: Option<String>,
}

/// Gives a link another control.
#[utoipa::path(patch, path = "/label_links/{id}", tag = "Labels", params(("id" = i64, Path)), request_body = LinkPatch,
    responses((status = 200, body = LinkOut)))]
pub async fn change_link(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(id): At<LabelLinkId>,
    Input(input): Input<LinkPatch>,
) -> Answer<LinkOut> {
    if let Some(from_name) = input.from_name {
        label::update_link(&cx, &actor, id, &from_name).await?;
    }
    Ok(Json(label::link(&cx, &actor, id).await?.into()))
}

/// Uses a label in a project no longer; results stay as they are.
#[utoipa::path(delete, path = "/label_links/{id}", tag = "Labels", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn delete_link(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(id): At<LabelLinkId>,
) -> Result<StatusCode, Failure> {
    label::remove_link(&cx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
