//! The Data Manager's views and columns.

use axum::{Extension, Json, extract::State};
use domain::{
    Error as Problem,
    data_manager::{Filter, NewView, Ordering, Pick, Selection, View, ViewPatch},
    id::{ProjectId, ViewId},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use service::{Actor, Cx, data_manager};
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer, Created,
    input::{At, Input, Json as AnyJson, Query},
    project::{self, ProjectOut},
};
use crate::error::Failure;

/// Reads `{"filters": …, "ordering": […], "selectedItems": …}` as it stands in an address.
pub(super) fn read_query(text: &str) -> Result<Pick, Problem> {
    let json = serde_json::from_str(text)
        .map_err(|error| Problem::invalid("query", "json_malformed", format!("This is not JSON: {error}.")))?;
    match json {
        Value::Object(query) => read_pick(&query),
        _ => Err(Problem::invalid(
            "query",
            "query_malformed",
            "A query is an object with filters, ordering, selectedItems.",
        )),
    }
}

/// The same as members of an object.
pub(super) fn read_pick(query: &Map<String, Value>) -> Result<Pick, Problem> {
    // Forms write objects and lists as text.
    let part = |name: &str| match query.get(name) {
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into()),
        Some(part) => part.clone(),
        None => Value::Null,
    };
    Ok(Pick {
        filter: Filter::parse(&part("filters"))?,
        ordering: Ordering::parse(&part("ordering"))?,
        selection: Selection::parse(&part("selectedItems"))?,
    })
}

/// A view: what a tab of the Data Manager remembers.
#[derive(Debug, Serialize, ToSchema)]
pub struct ViewOut {
    id: i64,
    /// Title, columns, filters, ordering and whatever else was put there.
    #[schema(value_type = Object)]
    data: Value,
    /// Its place among the tabs, from the left.
    order: i32,
    /// Who made it.
    user: Option<i64>,
    project: i64,
    /// Whether only that person sees it.
    private: bool,
}

impl From<View> for ViewOut {
    fn from(view: View) -> Self {
        Self {
            id: view.view_id.0,
            data: Value::Object(view.data.json().clone()),
            order: view.order,
            user: view.user_id.map(|id| id.0),
            project: view.project_id.0,
            private: view.is_private,
        }
    }
}

/// Of which project.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProjectQuery {
    /// Of this project.
    project: Option<i64>,
}

impl ProjectQuery {
    /// The project, where there has to be one.
    pub(super) fn required(&self) -> Result<ProjectId, Problem> {
        self.project.map(ProjectId).ok_or_else(Self::missing)
    }

    /// Nobody said of which project.
    pub(super) fn missing() -> Problem {
        Problem::invalid("project", "project_missing", "Say of which project: project=….")
    }
}

/// The views of a project, or of all projects, from the left.
#[utoipa::path(get, path = "/dm/views", tag = "Data Manager", params(ProjectQuery),
    responses((status = 200, body = Vec<ViewOut>)))]
pub async fn list(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Query(query): Query<ProjectQuery>,
) -> Answer<Vec<ViewOut>> {
    let views = data_manager::views(&cx, &actor, query.project.map(ProjectId)).await?;
    Ok(Json(views.into_iter().map(ViewOut::from).collect()))
}

/// A view to make.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ViewIn {
    /// In which project.
    project: i64,
    /// What it remembers.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    data: Option<AnyJson>,
    /// Whether only its maker sees it.
    private: Option<bool>,
}

/// What it remembers; nothing where nothing was sent.
fn data_of(data: Option<AnyJson>) -> Result<Option<Map<String, Value>>, Problem> {
    data.filter(|data| !data.0.is_null()).map(|data| data.object("data")).transpose()
}

/// Makes a view.
#[utoipa::path(post, path = "/dm/views", tag = "Data Manager", request_body = ViewIn,
    responses((status = 201, body = ViewOut)))]
pub async fn create(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(input): Input<ViewIn>,
) -> Result<Created<ViewOut>, Failure> {
    let new = NewView { data: data_of(input.data)?.unwrap_or_default(), is_private: input.private.unwrap_or(false) };
    Ok(Created(data_manager::create_view(&cx, &actor, ProjectId(input.project), new).await?.into()))
}

/// One view.
#[utoipa::path(get, path = "/dm/views/{id}", tag = "Data Manager", params(("id" = i64, Path)),
    responses((status = 200, body = ViewOut)))]
pub async fn one(State(cx): State<Cx>, Extension(actor): Extension<Actor>, At(view_id): At<ViewId>) -> Answer<ViewOut> {
    Ok(Json(data_manager::view(&cx, &actor, view_id).await?.into()))
}

/// What of a view is changed. What is not named stays as it is, and so do filters, ordering and selection that `data` does
/// not name.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ViewPatchIn {
    /// What it remembers from now on.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    data: Option<AnyJson>,
    /// Its place among the tabs.
    order: Option<i32>,
    /// Whether only its maker sees it.
    private: Option<bool>,
    /// A view stays in its project.
    project: Option<i64>,
}

async fn set(cx: &Cx, actor: &Actor, view_id: ViewId, input: ViewPatchIn) -> Answer<ViewOut> {
    let before = data_manager::view(cx, actor, view_id).await?;
    if input.project.is_some_and(|project| project != before.project_id.0) {
        return Err(Problem::invalid("project", "view_elsewhere", "A view stays in its project.").into());
    }
    let patch = ViewPatch { data: data_of(input.data)?, order: input.order, is_private: input.private };
    Ok(Json(data_manager::update_view(cx, actor, view_id, patch).await?.into()))
}

/// Changes a view.
#[utoipa::path(patch, path = "/dm/views/{id}", tag = "Data Manager", params(("id" = i64, Path)),
    request_body = ViewPatchIn, responses((status = 200, body = ViewOut)))]
pub async fn change(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(view_id): At<ViewId>,
    Input(input): Input<ViewPatchIn>,
) -> Answer<ViewOut> {
    set(&cx, &actor, view_id, input).await
}

/// Changes a view, as with PATCH.
#[utoipa::path(put, path = "/dm/views/{id}", tag = "Data Manager", params(("id" = i64, Path)),
    request_body = ViewPatchIn, responses((status = 200, body = ViewOut)))]
pub async fn replace(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(view_id): At<ViewId>,
    Input(input): Input<ViewPatchIn>,
) -> Answer<ViewOut> {
    set(&cx, &actor, view_id, input).await
}

/// Deletes a view; its tasks stay.
#[utoipa::path(delete, path = "/dm/views/{id}", tag = "Data Manager", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn delete(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(view_id): At<ViewId>,
) -> Result<StatusCode, Failure> {
    data_manager::delete_view(&cx, &actor, view_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Views in the order they are to stand.
#[derive(Debug, Deserialize, ToSchema)]
pub struct OrderIn {
    /// Of which project.
    project: i64,
    /// From the left.
    ids: Vec<i64>,
}

/// Puts views into another order.
#[utoipa::path(post, path = "/dm/views/order", tag = "Data Manager", request_body = OrderIn, responses((status = 200)))]
pub async fn order(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(input): Input<OrderIn>,
) -> Result<StatusCode, Failure> {
    let ids = input.ids.into_iter().map(ViewId).collect();
    data_manager::order_views(&cx, &actor, ProjectId(input.project), ids).await?;
    Ok(StatusCode::OK)
}

/// Deletes all views of a project that everybody sees, and one's own. The project may also be named in the body.
#[utoipa::path(delete, path = "/dm/views/reset", tag = "Data Manager", params(ProjectQuery), responses((status = 204)))]
pub async fn reset(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Query(query): Query<ProjectQuery>,
    Input(body): Input<ProjectQuery>,
) -> Result<StatusCode, Failure> {
    actor.user()?;
    let project = ProjectQuery { project: query.project.or(body.project) }.required()?;
    data_manager::reset_views(&cx, &actor, project).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The columns of a project's tasks.
#[derive(Debug, Serialize, ToSchema)]
pub struct ColumnsOut {
    #[schema(value_type = Vec<Object>)]
    columns: Vec<domain::data_manager::ColumnInfo>,
}

/// The columns of a project's tasks: fields of their data and what every project has.
#[utoipa::path(get, path = "/dm/columns", tag = "Data Manager", params(ProjectQuery),
    responses((status = 200, body = ColumnsOut)))]
pub async fn columns(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Query(query): Query<ProjectQuery>,
) -> Answer<ColumnsOut> {
    let columns = data_manager::columns(&cx, &actor, query.project.map(ProjectId)).await?;
    Ok(Json(ColumnsOut { columns }))
}

/// A project as its Data Manager needs it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ManagedOut {
    #[serde(flatten)]
    project: ProjectOut,
    can_delete_tasks: bool,
    can_manage_annotations: bool,
    can_manage_tasks: bool,
    source_syncing: bool,
    target_syncing: bool,
    task_count: i64,
    annotation_count: i64,
}

/// A project as its Data Manager needs it: with what the person may do.
#[utoipa::path(get, path = "/dm/project", tag = "Data Manager", params(ProjectQuery),
    responses((status = 200, body = ManagedOut)))]
pub async fn project(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Query(query): Query<ProjectQuery>,
) -> Answer<ManagedOut> {
    actor.user()?;
    let project_id = query.required()?;
    let acts = !data_manager::actions(&cx, &actor, project_id).await?.is_empty();
    let project = project::found(&cx, &actor, project_id).await?;
    let (task_count, annotation_count) = project.counts();
    Ok(Json(ManagedOut {
        project,
        can_delete_tasks: acts,
        can_manage_annotations: acts,
        can_manage_tasks: acts,
        source_syncing: false,
        target_syncing: false,
        task_count,
        annotation_count,
    }))
}
