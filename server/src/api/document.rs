//! The `OpenAPI` document: what handlers say of themselves, and what all of them have in common.

use utoipa::{
    OpenApi,
    openapi::{
        Content, OpenApi as Document, Ref, RefOr, Response, ResponseBuilder, Schema,
        path::Operation,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::refusal::Refusal;

/// What every resource is hung into.
pub(super) fn frame() -> Document {
    #[derive(OpenApi)]
    #[openapi(
        info(
            title = "Synapse",
            description = "Label Studio's interface, spoken by Synapse. Programs show a key (`Authorization: Token sk_live_…`) \
                or access they got for a personal access token (`Authorization: Bearer …`); pages use their session. Addresses \
                work with and without a slash at the end. What creates something may carry an `Idempotency-Key`.",
            license(name = "Apache-2.0")
        ),
        components(schemas(Refusal)),
        security(("key" = []), ("access" = []), ("session" = [])),
        servers((url = "/api"))
    )]
    struct Frame;
    Frame::openapi()
}

/// What every operation may answer beside what it says itself.
const REFUSALS: [(u16, &str); 8] = [
    (400, "Something is wrong with the question; `validation_errors` says with what."),
    (401, "Nobody is signed in, or the token is not valid."),
    (403, "Without the right to do this here."),
    (404, "It does not exist, or is somebody else's."),
    (409, "The present state does not allow it."),
    (413, "Larger than is received here."),
    (415, "Not in a form that is read here."),
    (429, "Too many questions; `Retry-After` says when to ask again."),
];

/// With everything that all operations have in common.
pub(super) fn finish(mut document: Document) -> Document {
    document.info.version = super::version::RELEASE.to_owned();
    let components = document.components.get_or_insert_default();
    let key = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
        "Authorization",
        "`Token sk_live_…`: a key from the page of your account.",
    )));
    let access = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("Access for a personal access token, from `/token/refresh`; it lasts five minutes."))
        .build();
    let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
        "synapse_session",
        "The session of a browser.",
    )));
    components.security_schemes.insert("key".to_owned(), key.into());
    components.security_schemes.insert("access".to_owned(), SecurityScheme::Http(access).into());
    components.security_schemes.insert("session".to_owned(), session.into());
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            complete(operation);
        }
    }
    document
}

fn complete(operation: &mut Operation) {
    for (status, words) in REFUSALS {
        let known = operation.responses.responses.entry(status.to_string());
        known.or_insert_with(|| RefOr::T(refusal(words)));
    }
    let Some(RefOr::T(body)) = &mut operation.request_body else { return };
    // What is read as JSON is also read as either kind of form.
    if let Some(content) = body.content.get("application/json").cloned()
        && !body.content.contains_key("multipart/form-data")
        && takes_forms(&content)
    {
        body.content.insert("application/x-www-form-urlencoded".to_owned(), content.clone());
        body.content.insert("multipart/form-data".to_owned(), content);
    }
}

/// Only objects can be written as forms.
fn takes_forms(content: &RefOr<Content>) -> bool {
    let RefOr::T(content) = content else { return false };
    matches!(&content.schema, Some(RefOr::Ref(_) | RefOr::T(Schema::Object(_))))
}

fn refusal(words: &str) -> Response {
    let schema = RefOr::Ref(Ref::from_schema_name("Refusal"));
    ResponseBuilder::new().description(words).content(domain::problem::MEDIA_TYPE, Content::new(Some(schema))).build()
}
