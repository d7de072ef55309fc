//! `$field` in attributes: how a labeling interface reads task data.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// The field of `value="$field"`, where the whole value is one reference.
#[must_use]
pub fn whole(value: &str) -> Option<&str> {
    let path = value.trim().strip_prefix('$')?.trim();
    (!path.is_empty() && !path.contains('$') && !path.contains("://")).then_some(path)
}

/// Every field a value refers to, such as `a` and `b` in `https://host/$a/$b`.
#[must_use]
pub fn all(value: &str) -> Vec<&str> {
    if let Some(path) = whole(value) {
        return vec![path];
    }
    let mut rest = value;
    let mut paths = Vec::new();
    while let Some(start) = rest.find('$') {
        rest = &rest[start + 1..];
        let length = rest
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '[' | ']' | '.' | '{' | '}')))
            .unwrap_or(rest.len());
        let path = rest[..length].trim_end_matches('.');
        if !path.is_empty() {
            paths.push(path);
        }
        rest = &rest[length..];
    }
    paths
}

/// What `path` refers to in a task: the field of exactly that name, or a way down such as `pages[0].url`.
#[must_use]
pub fn look_up<'t>(task: &'t Map<String, Value>, path: &str) -> Option<&'t Value> {
    if let Some(value) = task.get(path) {
        return Some(value);
    }
    let (first, rest) = split_step(path);
    let mut value = task.get(first.as_ref())?;
    let mut rest = rest;
    while !rest.is_empty() {
        let (step, after) = split_step(rest);
        value = match value {
            Value::Object(map) => map.get(step.as_ref())?,
            Value::Array(items) => items.get(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
        rest = after;
    }
    Some(value)
}

/// The first step of a path, and what comes after.
fn split_step(path: &str) -> (Cow<'_, str>, &str) {
    if let Some(inside) = path.strip_prefix('[')
        && let Some((index, after)) = inside.split_once(']')
    {
        return (Cow::Borrowed(index.trim_matches(['"', '\''])), after.strip_prefix('.').unwrap_or(after));
    }
    match path.find(['.', '[']) {
        Some(0) | None => (Cow::Borrowed(path), ""),
        Some(end) => {
            let after = &path[end..];
            (Cow::Borrowed(&path[..end]), after.strip_prefix('.').unwrap_or(after))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_values_and_mixtures() {
        assert_eq!(whole("$image"), Some("image"));
        assert_eq!(whole(" $First Name "), Some("First Name"));
        assert_eq!(whole("$"), None);
        assert_eq!(whole("image"), None);
        assert_eq!(all("https://host/$a/$b.jpg?$"), ["a", "b.jpg"]);
        assert_eq!(all("About $topic."), ["topic"]);
        assert!(all("none").is_empty());
    }

    #[test]
    fn looks_down_into_a_task() {
        let task = serde_json::json!({"a": {"b": [{"c": 1}]}, "x.y": 2, "list": [[7]]});
        let task = task.as_object().unwrap();
        assert_eq!(look_up(task, "a.b[0].c"), Some(&Value::from(1)));
        assert_eq!(look_up(task, "x.y"), Some(&Value::from(2)));
        assert_eq!(look_up(task, "list[0][0]"), Some(&Value::from(7)));
        for missing in ["a.b[1].c", "a.z", "", ".", "a..b", "[0]", "list[x]", "a.b[0"] {
            assert_eq!(look_up(task, missing), None, "{missing}");
        }
    }
}
