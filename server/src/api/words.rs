//! What the document says in words where handlers leave it to a rule: what resources are, what numbers in addresses stand for,
//! what answers mean, and how the SDK calls an operation. After it no operation, parameter and answer is without a word.

use serde_json::{Value, json};

/// The resources in the order in which they are read, and what each is.
const RESOURCES: [(&str, &str); 22] = [
    ("Projects", "A project holds tasks, the interface they are labeled with, and the people who work on them."),
    ("Tasks", "A task is one thing to be labeled: data under names that the interface of its project refers to."),
    ("Annotations", "What a person answered on a task."),
    ("Drafts", "Work that is saved and not handed in yet; everybody sees their own."),
    ("Comments", "What people say to each other about a task and the work on it."),
    ("Predictions", "What a model, or an import, proposes for a task."),
    ("Import", "Tasks, finished work and predictions on their way in."),
    ("Export", "Work on its way out: at once, or as snapshots that stay."),
    ("Data Manager", "Views of a project's tasks, with filters and orders, and actions on many tasks."),
    ("Labels", "Labels that an organization keeps in one place, and the projects that use them."),
    ("Models", "Models that are asked for predictions and told of work."),
    ("Client APIs", "Services outside that fill fields of tasks, and the runs that ask them."),
    ("Jobs", "Everything that runs for a project or has run, with its progress."),
    ("Webhooks", "Addresses that are told when something happens, and the log of what they were told."),
    ("Import storages", "Buckets and folders that tasks come from."),
    ("Export storages", "Buckets and folders that annotations go to."),
    ("Organizations", "The company or team that projects belong to, and its members."),
    ("Workspaces", "Folders of an organization's projects."),
    ("People", "Who works in the organization and in its projects, as what, and who is invited."),
    ("Users", "The people of the organization; first of all oneself."),
    ("Tokens", "What programs show instead of a password."),
    ("Server", "What runs here."),
];

/// How the official SDK calls an operation: `client.` before it.
const SDK: [(&str, &str); 83] = [
    ("POST /annotations/bulk-delete", "annotations.delete_bulk"),
    ("DELETE /annotations/{id}", "annotations.delete"),
    ("GET /annotations/{id}", "annotations.get"),
    ("PATCH /annotations/{id}", "annotations.update"),
    ("GET /current-user", "users.get_current_user"),
    ("PATCH /current-user", "users.update_current_user"),
    ("GET /current-user/hotkeys", "users.get_hotkeys"),
    ("PATCH /current-user/hotkeys", "users.update_hotkeys"),
    ("POST /current-user/reset-token", "users.reset_token"),
    ("GET /current-user/token", "users.get_token"),
    ("GET /current-user/whoami", "users.whoami"),
    ("GET /dm/actions", "actions.list"),
    ("POST /dm/actions", "actions.create"),
    ("GET /dm/views", "views.list"),
    ("POST /dm/views", "views.create"),
    ("POST /dm/views/order", "views.update_order"),
    ("DELETE /dm/views/reset", "views.delete_all"),
    ("DELETE /dm/views/{id}", "views.delete"),
    ("GET /dm/views/{id}", "views.get"),
    ("PATCH /dm/views/{id}", "views.update"),
    ("DELETE /import/file-upload/{id}", "files.delete"),
    ("GET /import/file-upload/{id}", "files.get"),
    ("PATCH /import/file-upload/{id}", "files.update"),
    ("GET /invite", "organizations.invites.get_invite_link"),
    ("POST /invite/reset-token", "organizations.reset_token"),
    ("GET /jwt/settings", "jwt_settings.get"),
    ("GET /organizations", "organizations.list"),
    ("GET /organizations/{id}", "organizations.get"),
    ("PATCH /organizations/{id}", "organizations.update"),
    ("GET /organizations/{id}/memberships", "organizations.members.list"),
    ("DELETE /organizations/{id}/memberships/{user}", "organizations.members.delete"),
    ("GET /organizations/{id}/memberships/{user}", "organizations.members.get"),
    ("GET /predictions", "predictions.list"),
    ("POST /predictions", "predictions.create"),
    ("DELETE /predictions/{id}", "predictions.delete"),
    ("GET /predictions/{id}", "predictions.get"),
    ("PATCH /predictions/{id}", "predictions.update"),
    ("GET /projects", "projects.list"),
    ("POST /projects", "projects.create"),
    ("GET /projects/counts", "projects.list_counts"),
    ("DELETE /projects/{id}", "projects.delete"),
    ("GET /projects/{id}", "projects.get"),
    ("PATCH /projects/{id}", "projects.update"),
    ("GET /projects/{id}/annotators", "projects.list_unique_annotators"),
    ("POST /projects/{id}/duplicate", "projects.duplicate"),
    ("GET /projects/{id}/export", "projects.exports.download_sync"),
    ("GET /projects/{id}/export/formats", "projects.exports.list_formats"),
    ("GET /projects/{id}/exports", "projects.exports.list"),
    ("POST /projects/{id}/exports", "projects.exports.create"),
    ("DELETE /projects/{id}/exports/{export}", "projects.exports.delete"),
    ("GET /projects/{id}/exports/{export}", "projects.exports.get"),
    ("POST /projects/{id}/exports/{export}/convert", "projects.exports.convert"),
    ("GET /projects/{id}/exports/{export}/download", "projects.exports.download"),
    ("DELETE /projects/{id}/file-uploads", "files.delete_many"),
    ("GET /projects/{id}/file-uploads", "files.list"),
    ("POST /projects/{id}/import", "projects.import_tasks"),
    ("POST /projects/{id}/import/predictions", "projects.import_predictions"),
    ("GET /projects/{id}/imports/{import}", "tasks.create_many_status"),
    ("DELETE /projects/{id}/tasks", "tasks.delete_all_tasks"),
    ("POST /projects/{id}/validate", "projects.validate_label_config"),
    ("GET /tasks", "tasks.list"),
    ("POST /tasks", "tasks.create"),
    ("DELETE /tasks/{id}", "tasks.delete"),
    ("GET /tasks/{id}", "tasks.get"),
    ("PATCH /tasks/{id}", "tasks.update"),
    ("GET /tasks/{id}/annotations", "annotations.list"),
    ("POST /tasks/{id}/annotations", "annotations.create"),
    ("GET /token", "tokens.list"),
    ("POST /token", "tokens.create"),
    ("POST /token/blacklist", "tokens.blacklist"),
    ("POST /token/refresh", "tokens.refresh"),
    ("POST /token/rotate", "tokens.rotate"),
    ("GET /users", "users.list"),
    ("POST /users", "users.create"),
    ("GET /users/{id}", "users.get"),
    ("PATCH /users/{id}", "users.update"),
    ("GET /version", "versions.get"),
    ("GET /webhooks", "webhooks.list"),
    ("POST /webhooks", "webhooks.create"),
    ("GET /webhooks/info", "webhooks.info"),
    ("DELETE /webhooks/{id}", "webhooks.delete"),
    ("GET /webhooks/{id}", "webhooks.get"),
    ("PATCH /webhooks/{id}", "webhooks.update"),
];

/// The document with words everywhere.
pub(super) fn complete(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    let mut used = Vec::new();
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let Some(operation) = operation.as_object_mut() else { continue };
            used.extend(operation.get("tags").and_then(|tags| tags[0].as_str()).map(str::to_owned));
            // Handlers of different resources have one name: an operation is known by how and where it is asked.
            operation.insert("operationId".to_owned(), name(method, path).into());
            if let Some((_, call)) = SDK.iter().find(|(line, _)| *line == format!("{} {path}", method.to_uppercase())) {
                operation.insert("x-sdk-method".to_owned(), (*call).into());
            }
            for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
                let about = parameter["name"].as_str().map(|name| of_parameter(path, name)).unwrap_or_default();
                put(parameter, about);
            }
            for (status, answer) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten()
            {
                let about = of_answer(status, answer, &schemas);
                put(answer, about);
            }
        }
    }
    let mut tags: Vec<Value> = RESOURCES
        .iter()
        .filter(|(name, _)| used.iter().any(|tag| tag == name))
        .map(|(name, about)| json!({ "name": name, "description": about }))
        .collect();
    let unknown = used.into_iter().filter(|tag| RESOURCES.iter().all(|(name, _)| name != tag));
    for tag in unknown {
        if tags.iter().all(|known| known["name"] != tag) {
            tags.push(json!({ "name": tag }));
        }
    }
    document["tags"] = tags.into();
}

/// Where nothing was said before.
fn put(place: &mut Value, about: String) {
    let Some(place) = place.as_object_mut() else { return };
    if place.get("description").and_then(Value::as_str).is_none_or(str::is_empty) {
        place.insert("description".to_owned(), about.into());
    }
}

fn name(method: &str, path: &str) -> String {
    let parts = path.split(['/', '-']).filter(|part| !part.is_empty()).map(|part| part.trim_matches(['{', '}']));
    std::iter::once(method).chain(parts).collect::<Vec<_>>().join("_")
}

/// What a name in an address stands for: a number of what is listed before it.
fn of_parameter(path: &str, name: &str) -> String {
    let written = format!("{{{name}}}");
    let parts: Vec<&str> = path.split('/').collect();
    let place = parts.iter().position(|part| *part == written);
    let Some(before) = place.and_then(|place| parts.get(place.checked_sub(1)?)) else {
        return format!("The {}.", name.replace('_', " "));
    };
    match (*before, name) {
        (_, "kind") => "The kind of storage.".to_owned(),
        ("actions", "action") => "The action's name, such as `delete_tasks`.".to_owned(),
        ("actions", _) => "The run of an action, by its number.".to_owned(),
        ("templates", _) => "The template's name, such as `object_detection`.".to_owned(),
        ("exports", _) => "The snapshot, by its number.".to_owned(),
        ("client-apis", _) => "The client API, by its number.".to_owned(),
        ("memberships" | "members", _) => "The member, by their number as a person.".to_owned(),
        ("ml", _) => "The model, by its number.".to_owned(),
        ("deliveries", _) => "The message, by its number.".to_owned(),
        (noun, _) if noun.starts_with('{') => "Its number.".to_owned(),
        (noun, _) => format!("The {}, by its number.", noun.trim_end_matches('s').replace(['_', '-'], " ")),
    }
}

/// What comes back, told by its type.
fn of_answer(status: &str, answer: &Value, schemas: &Value) -> String {
    let content = answer["content"].as_object().and_then(|content| content.values().next());
    let schema = content.map(|content| &content["schema"]);
    let about = |schema: &Value| {
        let name = schema["$ref"].as_str()?.rsplit('/').next()?;
        let about = schemas[name]["description"].as_str()?;
        Some(about.split("\n\n").next().unwrap_or(about).replace('\n', " "))
    };
    let told = schema.and_then(|schema| match about(&schema["items"]) {
        Some(item) => Some(format!("A list, each: {item}")),
        None => about(schema),
    });
    match (status, told) {
        (_, Some(told)) => told,
        ("201", None) => "It was made.".to_owned(),
        ("204", None) => "Done; there is nothing more to say.".to_owned(),
        ("202", None) => "It was begun.".to_owned(),
        _ => "As asked.".to_owned(),
    }
}

/// Operations that lack a word, each with what is missing.
#[cfg(test)]
pub(super) fn missing(document: &Value) -> Vec<String> {
    let said = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
    let mut missing = Vec::new();
    let items = document["paths"].as_object().cloned().unwrap_or_default();
    for (path, item) in items {
        for (method, operation) in item.as_object().cloned().unwrap_or_default() {
            let mut check = |is_said: bool, what: &str| {
                if !is_said {
                    missing.push(format!("{method} {path}: {what}"));
                }
            };
            check(said(&operation["summary"]), "summary");
            check(said(&operation["tags"][0]), "tag");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                check(said(&parameter["description"]), parameter["name"].as_str().unwrap_or_default());
            }
            for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
                check(said(&answer["description"]), status);
            }
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn everything_in_the_document_is_said_in_words() {
        let document = super::super::document();
        assert_eq!(missing(&document), [""; 0]);
        let paths = document["paths"].as_object().unwrap();
        let operations = paths.values().flat_map(|item| item.as_object().unwrap().values());
        let ids: Vec<&str> = operations.map(|operation| operation["operationId"].as_str().unwrap()).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    }

    #[test]
    fn what_the_sdk_calls_is_there() {
        let document = super::super::document();
        for (line, call) in SDK {
            let (method, path) = line.split_once(' ').unwrap();
            assert_eq!(document["paths"][path][method.to_lowercase()]["x-sdk-method"], call, "{line}");
        }
    }

    #[test]
    fn numbers_in_addresses_are_told_by_what_is_before_them() {
        for (path, name, told) in [
            ("/projects/{id}/tasks", "id", "The project, by its number."),
            ("/projects/{id}/exports/{export}", "export", "The snapshot, by its number."),
            ("/tasks/{id}/annotations/{annotation}/drafts", "annotation", "The annotation, by its number."),
            ("/dm/views/{id}", "id", "The view, by its number."),
            ("/dm/actions/{action}/form", "action", "The action's name, such as `delete_tasks`."),
            ("/storages/{kind}/{id}/sync", "id", "Its number."),
        ] {
            assert_eq!(of_parameter(path, name), told, "{path} {name}");
        }
    }
}
