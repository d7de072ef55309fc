//! From the `OpenAPI` document to what the page says.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::example;

/// The whole document.
pub struct Reference {
    pub version: String,
    pub about: String,
    pub groups: Vec<Group>,
    /// Types that operations name.
    pub types: Vec<Type>,
    /// What every operation may answer when it refuses.
    pub refusals: Vec<Answer>,
}

/// Operations on one resource.
pub struct Group {
    pub name: String,
    pub about: String,
    pub operations: Vec<Operation>,
}

/// One question.
pub struct Operation {
    pub id: String,
    pub method: String,
    pub path: String,
    pub summary: String,
    pub about: String,
    pub parameters: Vec<Field>,
    pub body: Option<Body>,
    pub answers: Vec<Answer>,
    /// With curl, and with the SDK where that has a word for it.
    pub examples: Vec<(&'static str, String)>,
}

/// A parameter, or a member of an object.
pub struct Field {
    pub name: String,
    /// `path` or `query`; empty for members.
    pub place: String,
    pub kind: Kind,
    pub is_required: bool,
    pub about: String,
}

/// What a value is, and where that is told.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kind {
    pub text: String,
    pub named: Option<String>,
}

/// What a question carries.
pub struct Body {
    pub media: Vec<String>,
    pub kind: Kind,
    pub fields: Vec<Field>,
}

/// What may come back.
pub struct Answer {
    pub status: String,
    pub about: String,
    pub kind: Option<Kind>,
}

/// A named type.
pub struct Type {
    pub name: String,
    pub about: String,
    pub fields: Vec<Field>,
    /// Where it is one of some words.
    pub words: Vec<String>,
}

/// The name under which a heading is linked to.
pub fn anchor(name: &str) -> String {
    name.to_lowercase().replace(|character: char| !character.is_alphanumeric(), "-")
}

/// Reads the document.
pub fn reference(document: &Value, base_url: &str) -> Reference {
    let schemas = document["components"]["schemas"].as_object().cloned().unwrap_or_default();
    let reader = Reader { schemas: &schemas, base_url };
    let mut groups: Vec<Group> = list(&document["tags"])
        .map(|tag| Group { name: text(&tag["name"]), about: text(&tag["description"]), operations: Vec::new() })
        .collect();
    let mut refusals: BTreeMap<String, Answer> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in ["get", "post", "put", "patch", "delete"] {
            let Some(written) = item.get(method) else { continue };
            let mut operation = reader.operation(path, method, written);
            let (answers, refused) = operation.answers.into_iter().partition(|answer| answer.status.as_str() < "400");
            operation.answers = answers;
            refusals.extend(refused.into_iter().map(|answer: Answer| (answer.status.clone(), answer)));
            let tag = text(&written["tags"][0]);
            match groups.iter_mut().find(|group| group.name == tag) {
                Some(group) => group.operations.push(operation),
                None => groups.push(Group { name: tag, about: String::new(), operations: vec![operation] }),
            }
        }
    }
    groups.retain(|group| !group.operations.is_empty());
    Reference {
        version: text(&document["info"]["version"]),
        about: text(&document["info"]["description"]),
        groups,
        types: schemas.iter().map(|(name, schema)| reader.named(name, schema)).collect(),
        refusals: refusals.into_values().collect(),
    }
}

struct Reader<'a> {
    schemas: &'a Map<String, Value>,
    base_url: &'a str,
}

impl Reader<'_> {
    fn operation(&self, path: &str, method: &str, written: &Value) -> Operation {
        let parameters: Vec<Field> = list(&written["parameters"])
            .map(|parameter| Field {
                name: text(&parameter["name"]),
                place: text(&parameter["in"]),
                kind: kind(&parameter["schema"]),
                is_required: parameter["required"].as_bool().unwrap_or_default(),
                about: text(&parameter["description"]),
            })
            .collect();
        let content = written["requestBody"]["content"].as_object();
        let schema = content.and_then(|content| content.values().next()).map(|media| &media["schema"]);
        let body = content.zip(schema).map(|(content, schema)| Body {
            media: content.keys().cloned().collect(),
            kind: kind(schema),
            fields: self.fields(schema),
        });
        let answers = written["responses"].as_object().into_iter().flatten().map(|(status, answer)| {
            let media = answer["content"].as_object().and_then(|content| content.iter().next());
            let kind = media.map(|(media, content)| match content.get("schema") {
                Some(schema) => kind(schema),
                None => Kind { text: media.clone(), named: None },
            });
            Answer { status: status.clone(), about: text(&answer["description"]), kind }
        });
        let sample = schema.map(|schema| example::value(schema, self.schemas));
        let examples =
            example::examples(self.base_url, method, path, sample.as_ref(), written["x-sdk-method"].as_str());
        Operation {
            id: text(&written["operationId"]),
            method: method.to_uppercase(),
            path: format!("/api{path}"),
            summary: text(&written["summary"]),
            about: text(&written["description"]),
            answers: answers.collect(),
            parameters,
            body,
            examples,
        }
    }

    fn named(&self, name: &str, schema: &Value) -> Type {
        let words = list(&schema["enum"]).filter_map(Value::as_str).map(str::to_owned).collect();
        Type { name: name.to_owned(), about: text(&schema["description"]), fields: self.fields(schema), words }
    }

    /// The members of an object, also of one that is known by its name.
    fn fields(&self, schema: &Value) -> Vec<Field> {
        let schema = match name_of(schema) {
            Some(name) => self.schemas.get(name).unwrap_or(schema),
            None => schema,
        };
        let required: Vec<&str> = list(&schema["required"]).filter_map(Value::as_str).collect();
        let members = schema["properties"].as_object().into_iter().flatten().map(|(name, member)| Field {
            name: name.clone(),
            place: String::new(),
            kind: kind(member),
            is_required: required.contains(&name.as_str()),
            about: about(member),
        });
        members.collect()
    }
}

/// What is said of a member; where it may be nothing, that stands beside the type.
fn about(member: &Value) -> String {
    let beside = || list(&member["oneOf"]).find_map(|one| one["description"].as_str());
    member["description"].as_str().or_else(beside).unwrap_or_default().to_owned()
}

/// The name of a type that is referred to.
pub fn name_of(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// What a schema says in a few words.
fn kind(schema: &Value) -> Kind {
    if let Some(name) = name_of(schema) {
        return Kind { text: name.to_owned(), named: Some(name.to_owned()) };
    }
    let plain = |text: &str| Kind { text: text.to_owned(), named: None };
    for joined in ["oneOf", "anyOf", "allOf"] {
        let kinds: Vec<Kind> = list(&schema[joined]).map(kind).collect();
        if let Some(named) = kinds.iter().find_map(|kind| kind.named.clone()) {
            let words: Vec<String> = kinds.into_iter().map(|kind| kind.text).collect();
            return Kind { text: words.join(" | "), named: Some(named) };
        }
    }
    let words: Vec<&str> = list(&schema["enum"]).filter_map(Value::as_str).collect();
    if !words.is_empty() {
        return plain(&words.join(" | "));
    }
    let names: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => vec!["any"],
    };
    let mut words = Vec::new();
    let mut named = None;
    for name in names {
        match (name, schema["format"].as_str()) {
            ("array", _) => {
                let item = kind(&schema["items"]);
                words.push(format!("{}[]", item.text));
                named = item.named;
            }
            ("string", Some(format)) => words.push(format.to_owned()),
            (name, _) => words.push(name.to_owned()),
        }
    }
    Kind { text: words.join(" | "), named }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn kinds_are_told_in_a_few_words() {
        for (schema, words, named) in [
            (json!({"type": "integer", "format": "int64"}), "integer", None),
            (json!({"type": ["string", "null"], "format": "date-time"}), "date-time | null", None),
            (json!({"$ref": "#/components/schemas/TaskOut"}), "TaskOut", Some("TaskOut")),
            (json!({"type": "array", "items": {"$ref": "#/components/schemas/TaskOut"}}), "TaskOut[]", Some("TaskOut")),
            (json!({"oneOf": [{"type": "null"}, {"$ref": "#/a/Wish"}]}), "null | Wish", Some("Wish")),
            (json!({"type": "string", "enum": ["only", "exclude"]}), "only | exclude", None),
            (json!({}), "any", None),
        ] {
            let found = kind(&schema);
            assert_eq!((found.text.as_str(), found.named.as_deref()), (words, named), "{schema}");
        }
    }

    #[test]
    fn operations_stand_under_their_resource() {
        let document = json!({
            "info": {"title": "T", "version": "1"},
            "tags": [{"name": "Tasks", "description": "What is labeled."}, {"name": "Empty", "description": "."}],
            "paths": {"/tasks/{id}": {
                "get": {"tags": ["Tasks"], "operationId": "a", "summary": "One.", "x-sdk-method": "tasks.get",
                    "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}],
                    "responses": {"200": {"description": "A task."}, "404": {"description": "None."}}},
                "delete": {"tags": ["Tasks"], "operationId": "b", "responses": {"204": {"description": "Gone."}}},
            }},
        });
        let found = reference(&document, "https://x");
        assert_eq!(found.groups.len(), 1);
        let [get, delete] = &found.groups[0].operations[..] else { panic!() };
        assert_eq!(
            (get.method.as_str(), get.path.as_str(), delete.method.as_str()),
            ("GET", "/api/tasks/{id}", "DELETE")
        );
        assert_eq!((get.answers.len(), found.refusals.len(), get.examples.len()), (1, 1, 2));
    }
}
