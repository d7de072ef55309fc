//! Entries of a tree as an address gives them: checked before anything is shown, and without whatever else came along.

use serde_json::{Map, Value};

use crate::{Error, Result};

/// The most entries of one answer.
pub const MAX_ENTRIES: usize = 100_000;
/// The most characters of an entry's text.
pub const MAX_ENTRY_CHARS: usize = 1_000;

/// Reads a list of entries: texts, or objects with `value`, `alias`, `hint`, `selected`, `children` and `isLeaf`; it may be
/// under `items`.
///
/// # Errors
/// *Invalid* with what is wrong with it.
pub fn read_entries(text: &str) -> Result<Value> {
    let json: Value = serde_json::from_str(text).map_err(|_| none())?;
    let list = json.get("items").unwrap_or(&json).as_array().ok_or_else(none)?;
    let mut room = MAX_ENTRIES;
    Ok(entries(list, &mut room)?.into())
}

/// How deep they lie in each other needs no limit of its own: the parser of JSON goes no deeper than some sixty of them.
fn entries(list: &[Value], room: &mut usize) -> Result<Vec<Value>> {
    *room = room.checked_sub(list.len()).ok_or_else(|| {
        let message = format!("There are more than {MAX_ENTRIES} entries behind this address.");
        Error::invalid("url", "entries_too_many", message)
    })?;
    list.iter().map(|entry| read_entry(entry, room)).collect()
}

fn read_entry(entry: &Value, room: &mut usize) -> Result<Value> {
    let is_text = |text: &str| !text.is_empty() && text.chars().count() <= MAX_ENTRY_CHARS;
    let object = match entry {
        Value::String(text) if is_text(text) => return Ok(entry.clone()),
        Value::Object(object) => object,
        _ => return Err(malformed()),
    };
    let mut known = Map::new();
    for key in ["value", "alias", "hint"] {
        match object.get(key) {
            Some(Value::String(text)) if is_text(text) => _ = known.insert(key.to_owned(), text.as_str().into()),
            None | Some(Value::Null) if key != "value" => {}
            Some(Value::String(text)) if text.is_empty() && key != "value" => {}
            _ => return Err(malformed()),
        }
    }
    for key in ["selected", "isLeaf"] {
        if let Some(flag) = object.get(key).and_then(Value::as_bool) {
            known.insert(key.to_owned(), flag.into());
        }
    }
    match object.get("children") {
        None | Some(Value::Null) => {}
        Some(Value::Array(children)) => {
            known.insert("children".to_owned(), entries(children, room)?.into());
        }
        Some(_) => return Err(malformed()),
    }
    Ok(known.into())
}

fn none() -> Error {
    Error::invalid("url", "entries_none", "What is behind this address is no list of entries.")
}

fn malformed() -> Error {
    let message = "The list behind this address holds something that is no entry: a text, or an object with a “value”.";
    Error::invalid("url", "entries_malformed", message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_of_entries_are_read_and_nothing_else() {
        let good = [
            (json!([]), json!([])),
            (json!(["A", {"value": "B"}]), json!(["A", {"value": "B"}])),
            (json!({"items": ["A"], "next": 2}), json!(["A"])),
            (
                json!([{"value": "A", "alias": "a", "hint": "", "isLeaf": false, "selected": true, "secret": [1], "children": null}]),
                json!([{"value": "A", "alias": "a", "selected": true, "isLeaf": false}]),
            ),
            (
                json!([{"value": "A", "children": [{"value": "B", "children": ["C"]}]}]),
                json!([{"value": "A", "children": [{"value": "B", "children": ["C"]}]}]),
            ),
        ];
        for (given, expected) in good {
            assert_eq!(read_entries(&given.to_string()).unwrap(), expected);
        }
        let bad = [
            ("<html>", "entries_none"),
            ("{}", "entries_none"),
            (r#"{"items": {"a": 1}}"#, "entries_none"),
            ("[1]", "entries_malformed"),
            (r#"[""]"#, "entries_malformed"),
            (r#"[{"alias": "a"}]"#, "entries_malformed"),
            (r#"[{"value": 1}]"#, "entries_malformed"),
            (r#"[{"value": "A", "children": "B"}]"#, "entries_malformed"),
            (r#"[{"value": "A", "hint": {}}]"#, "entries_malformed"),
        ];
        for (given, expected) in bad {
            assert_eq!(read_entries(given).unwrap_err().code, expected, "{given}");
        }
    }

    #[test]
    fn there_are_limits() {
        let long = "a".repeat(MAX_ENTRY_CHARS + 1);
        assert_eq!(read_entries(&json!([long]).to_string()).unwrap_err().code, "entries_malformed");
        let many = |count: usize| json!([{"value": "A", "children": vec!["b"; count]}]).to_string();
        assert!(read_entries(&many(MAX_ENTRIES - 1)).is_ok());
        assert_eq!(read_entries(&many(MAX_ENTRIES)).unwrap_err().code, "entries_too_many");
        let deep =
            |levels: usize| (0..levels).fold(json!(["A"]), |below, _| json!([{"value": "A", "children": below}]));
        assert_eq!(read_entries(&deep(500).to_string()).unwrap_err().code, "entries_none");
        assert!(read_entries(&deep(60).to_string()).is_ok());
    }
}
