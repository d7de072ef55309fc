//! What runs here.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// The version of this server.
pub const RELEASE: &str = env!("CARGO_PKG_VERSION");
/// The release of Label Studio whose interface this one follows.
const FOLLOWED: &str = "1.23.2";

/// What runs here.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionOut {
    /// The release of Label Studio whose paths and shapes are followed.
    release: &'static str,
    /// Always `Community`: nothing here is held back.
    edition: &'static str,
    /// This server.
    synapse: &'static str,
    #[serde(rename = "label-studio-os-package")]
    #[schema(value_type = Object)]
    package: serde_json::Value,
    #[serde(rename = "label-studio-os-backend")]
    #[schema(value_type = Object)]
    os_backend: serde_json::Value,
    #[serde(rename = "label-studio-frontend")]
    #[schema(value_type = Object)]
    frontend: serde_json::Value,
    #[serde(rename = "label-studio-converter")]
    #[schema(value_type = Object)]
    converter: serde_json::Value,
    #[schema(value_type = Object)]
    backend: serde_json::Value,
    #[schema(value_type = Object)]
    dm2: serde_json::Value,
    #[schema(value_type = Object)]
    lsf: serde_json::Value,
}

/// The version of this server, and of Label Studio's interface that it speaks.
#[utoipa::path(get, path = "/version", tag = "Server", responses((status = 200, body = VersionOut)), security(()))]
pub async fn version() -> Json<VersionOut> {
    let part = || serde_json::json!({ "version": FOLLOWED });
    Json(VersionOut {
        release: FOLLOWED,
        edition: "Community",
        synapse: RELEASE,
        package: part(),
        os_backend: part(),
        frontend: part(),
        converter: part(),
        backend: part(),
        dm2: part(),
        lsf: part(),
    })
}
