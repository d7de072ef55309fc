//! How an operation is asked: with curl, and with the SDK.

use serde_json::{Map, Value, json};

use super::read::name_of;

/// How deep an example goes into types of types; a type that is named elsewhere is a step of its own.
const DEPTH: usize = 6;

/// A value as the schema wants it, with all that is required.
pub fn value(schema: &Value, schemas: &Map<String, Value>) -> Value {
    at_depth(schema, schemas, DEPTH)
}

fn at_depth(schema: &Value, schemas: &Map<String, Value>, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else { return json!({}) };
    if let Some(name) = name_of(schema) {
        return schemas.get(name).map_or(Value::Null, |schema| at_depth(schema, schemas, depth));
    }
    if let Some(example) = schema.get("example").or_else(|| schema["enum"].get(0)) {
        return example.clone();
    }
    let mut joined = ["oneOf", "anyOf", "allOf"].iter().filter_map(|joined| schema[*joined].as_array()).flatten();
    if let Some(one) = joined.rfind(|one| one["type"] != "null") {
        return at_depth(one, schemas, depth);
    }
    let name = match &schema["type"] {
        Value::Array(names) => names.iter().filter_map(Value::as_str).find(|name| *name != "null"),
        name => name.as_str(),
    };
    match (name, schema["format"].as_str()) {
        (Some("integer"), _) => schema["minimum"].as_i64().unwrap_or(1).max(1).into(),
        (Some("number"), _) => json!(0.5),
        (Some("boolean"), _) => true.into(),
        (Some("array"), _) => json!([]),
        (Some("string"), Some("date-time")) => "2026-01-31T12:00:00Z".into(),
        (Some("string"), _) => "…".into(),
        _ => object(schema, schemas, depth),
    }
}

/// What is required; where nothing is, the first member that is one word, a number or a title before all others.
fn object(schema: &Value, schemas: &Map<String, Value>, depth: usize) -> Value {
    let Some(members) = schema["properties"].as_object() else { return json!({}) };
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let chosen = members.iter().filter(|(name, _)| required.contains(&name.as_str()));
    let mut object: Map<String, Value> =
        chosen.map(|(name, member)| (name.clone(), at_depth(member, schemas, depth))).collect();
    if object.is_empty() {
        let mut plain = members.iter().map(|(name, member)| (name, at_depth(member, schemas, depth)));
        let title = plain.clone().find(|(name, _)| *name == "title");
        if let Some((name, value)) = title.or_else(|| plain.find(|(_, value)| !value.is_object() && !value.is_array()))
        {
            object.insert(name.clone(), value);
        }
    }
    object.into()
}

/// By name, the examples of an operation.
pub fn examples(
    base_url: &str,
    method: &str,
    path: &str,
    body: Option<&Value>,
    sdk: Option<&str>,
) -> Vec<(&'static str, String)> {
    let mut examples = vec![("curl", curl(base_url, method, path, body))];
    examples.extend(sdk.map(|name| ("Python", python(name, path, body))));
    examples
}

fn curl(base_url: &str, method: &str, path: &str, body: Option<&Value>) -> String {
    let asked = if method == "get" { String::new() } else { format!(" -X {}", method.to_uppercase()) };
    let address = numbered(path);
    let mut lines = vec![format!("curl{asked} {}/api{address}/", base_url.trim_end_matches('/'))];
    lines.push("-H \"Authorization: Token $SYNAPSE_KEY\"".to_owned());
    if let Some(body) = body {
        lines.push("-H \"Content-Type: application/json\"".to_owned());
        lines.push(format!("-d '{}'", body.to_string().replace('\'', "'\\''")));
    }
    lines.join(" \\\n  ")
}

/// The call of the SDK: numbers of the address first, then what is required of the body.
fn python(name: &str, path: &str, body: Option<&Value>) -> String {
    let mut arguments: Vec<String> =
        path.split('/').filter(|part| part.starts_with('{')).map(|_| "1".to_owned()).collect();
    for (name, value) in body.and_then(Value::as_object).into_iter().flatten() {
        arguments.push(format!("{name}={}", literal(value)));
    }
    format!("client.{name}({})", arguments.join(", "))
}

/// As Python writes it.
fn literal(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(name, value)| format!("{}: {}", json!(name), literal(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
        other => other.to_string(),
    }
}

/// The address with numbers where names stand.
fn numbered(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_hold_what_is_required() {
        let schemas = json!({
            "In": {"type": "object", "required": ["title", "kind"], "properties": {
                "title": {"type": "string"}, "kind": {"$ref": "#/x/Kind"}, "more": {"type": "integer"}}},
            "Kind": {"type": "string", "enum": ["a", "b"]},
            "Own": {"type": "object", "properties": {"own": {"$ref": "#/x/Own"}}},
        });
        let schemas = schemas.as_object().unwrap();
        let sample = value(&json!({"$ref": "#/x/In"}), schemas);
        assert_eq!(sample, json!({"title": "…", "kind": "a"}));
        // A type that holds itself comes to an end.
        assert!(value(&json!({"$ref": "#/x/Own"}), schemas).is_object());
        let found =
            examples("https://x/", "post", "/projects/{id}/exports", Some(&sample), Some("projects.exports.create"));
        assert_eq!(found[0].1.lines().next().unwrap(), "curl -X POST https://x/api/projects/1/exports/ \\");
        assert_eq!(found[1].1, "client.projects.exports.create(1, title=\"…\", kind=\"a\")");
    }

    #[test]
    fn what_is_quoted_stays_one_word() {
        let found = examples("https://x", "post", "/a", Some(&json!({"t": "it's", "b": [true, null]})), Some("a.b"));
        assert!(found[0].1.contains(r#"it'\''s"#), "{}", found[0].1);
        assert!(found[1].1.contains("b=[True, None]"), "{}", found[1].1);
    }
}
