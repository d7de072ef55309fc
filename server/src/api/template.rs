//! Labeling interfaces to start from.

use axum::{Extension, Json};
use domain::{
    Error as Problem,
    template::{self, TEMPLATES, Template},
};
use serde::Serialize;
use serde_json::Value;
use service::Actor;
use utoipa::ToSchema;

use super::{Answer, input::At};

/// A labeling interface to start from.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateOut {
    /// As programs write it.
    id: &'static str,
    /// As people call it.
    title: &'static str,
    description: &'static str,
    /// Where it stands in the gallery.
    group: &'static str,
    /// The labeling interface.
    label_config: &'static str,
    /// The data of one task.
    #[schema(value_type = Object)]
    sample: Value,
}

impl From<&Template> for TemplateOut {
    fn from(template: &Template) -> Self {
        Self {
            id: template.id,
            title: template.title,
            description: template.description,
            group: template.group.title(),
            label_config: template.xml,
            sample: serde_json::from_str(template.sample).unwrap_or_default(),
        }
    }
}

/// Labeling interfaces to start from, in the order of the gallery.
#[utoipa::path(get, path = "/v1/templates", tag = "Projects", responses((status = 200, body = Vec<TemplateOut>)))]
pub async fn list(Extension(actor): Extension<Actor>) -> Answer<Vec<TemplateOut>> {
    actor.user()?;
    Ok(Json(TEMPLATES.iter().map(TemplateOut::from).collect()))
}

/// One of them.
#[utoipa::path(get, path = "/v1/templates/{name}", tag = "Projects", params(("name" = String, Path)),
    responses((status = 200, body = TemplateOut)))]
pub async fn one(Extension(actor): Extension<Actor>, At(name): At<String>) -> Answer<TemplateOut> {
    actor.user()?;
    Ok(Json(template::find(&name).ok_or_else(|| Problem::not_found("template"))?.into()))
}
