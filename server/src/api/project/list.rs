//! Finding projects.

use axum::{
    Extension, Json,
    extract::{OriginalUri, State},
};
use domain::{Error as Problem, Kind};
use http::Uri;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::{
    Actor, Cx,
    project::{self, RecordQuery, record::MAX_PAGE},
};
use utoipa::IntoParams;

use super::shape::{CountsOut, ProjectOut};
use crate::{
    api::{
        input::Query,
        output::{PageOut, PageQuery, page_address},
    },
    error::Failure,
};

/// How many a page of the list holds.
const USUAL_PAGE: i64 = 30;

/// Which projects.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Only these, separated by commas.
    ids: Option<String>,
    /// Part of the title.
    title: Option<String>,
    /// Part of the title.
    search: Option<String>,
    /// In this state.
    state: Option<String>,
    /// In these folders, separated by commas.
    workspaces: Option<String>,
    /// `all`, `pinned_only` or `exclude_pinned`.
    filter: Option<String>,
    /// `title`, `id`, `created_at`, `updated_at` or `state`; with `-` in front for descending.
    ordering: Option<String>,
    /// Only these members of each, separated by commas.
    include: Option<String>,
}

fn numbers(field: &'static str, text: Option<&str>) -> Result<Vec<i64>, Problem> {
    let parts = text.unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty());
    let numbers = parts.take(1_000).map(|part| {
        part.parse().map_err(|_| Problem::invalid(field, "field_malformed", format!("“{field}” should be numbers.")))
    });
    numbers.collect()
}

async fn page(
    cx: &Cx,
    actor: &Actor,
    uri: &Uri,
    query: &ListQuery,
    window: &PageQuery,
) -> Result<PageOut<ProjectOut>, Failure> {
    let (offset, limit) = window.window(USUAL_PAGE, MAX_PAGE);
    let pinned = match query.filter.as_deref() {
        Some("pinned_only") => Some(true),
        Some("exclude_pinned") => Some(false),
        _ => None,
    };
    let wanted = RecordQuery {
        ids: numbers("ids", query.ids.as_deref())?,
        title: query.title.clone().or_else(|| query.search.clone()).unwrap_or_default().replace('\0', ""),
        state: query.state.clone().filter(|state| !state.contains('\0')),
        workspaces: numbers("workspaces", query.workspaces.as_deref())?,
        pinned,
        ordering: query.ordering.clone().unwrap_or_default().replace('\0', ""),
        offset,
        limit,
    };
    let (count, found) = project::records(cx, actor, wanted).await?;
    let number = window.page.unwrap_or(1).max(1);
    if number > 1 && found.is_empty() {
        return Err(Problem::new(Kind::NotFound, "page_unknown", "Invalid page.").into());
    }
    let base = &cx.settings().base_url;
    let shown = i64::try_from(found.len()).unwrap_or(0);
    Ok(PageOut {
        count,
        next: (offset.saturating_add(shown) < count).then(|| page_address(base, uri, number + 1)),
        previous: (number > 1).then(|| page_address(base, uri, number - 1)),
        results: found.into_iter().map(ProjectOut::from).collect(),
    })
}

/// The projects the person can see in the organization: pinned ones first, then the newest.
#[utoipa::path(get, path = "/projects", tag = "Projects", params(ListQuery, PageQuery),
    responses((status = 200, body = PageOut<ProjectOut>)))]
pub async fn list(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<ListQuery>,
    Query(window): Query<PageQuery>,
) -> Result<Json<Value>, Failure> {
    let page = page(&cx, &actor, &uri, &query, &window).await?;
    Ok(Json(narrowed(&page, query.include.as_deref())?))
}

/// Only the members of results that were asked for.
fn narrowed<T: Serialize>(page: &PageOut<T>, include: Option<&str>) -> Result<Value, Failure> {
    let mut page = serde_json::to_value(page).map_err(anyhow::Error::new).map_err(service::Error::from)?;
    let Some(include) = include.filter(|include| !include.trim().is_empty()) else { return Ok(page) };
    let wanted: Vec<&str> = include.split(',').map(str::trim).collect();
    for result in page.get_mut("results").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(members) = result.as_object_mut() {
            members.retain(|name, _| wanted.contains(&name.as_str()));
        }
    }
    Ok(page)
}

/// How much there is in projects.
#[utoipa::path(get, path = "/projects/counts", tag = "Projects", params(ListQuery, PageQuery),
    responses((status = 200, body = PageOut<CountsOut>)))]
pub async fn counts(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<ListQuery>,
    Query(window): Query<PageQuery>,
) -> Result<Json<Value>, Failure> {
    let page = page(&cx, &actor, &uri, &query, &window).await?;
    let results = page.results.into_iter().map(CountsOut::from).collect();
    let page = PageOut { count: page.count, next: page.next, previous: page.previous, results };
    Ok(Json(narrowed(&page, query.include.as_deref())?))
}
