//! Messages of a chat. They stand under a key of their own, in older results directly in the value.

use serde_json::{Map, Value};

use super::number::{malformed, whole};
use crate::Result;
use crate::region::Message;

const KEY: &str = "chatmessage";

pub(super) fn read(value: &Map<String, Value>) -> Result<Message> {
    let message = value.get(KEY).and_then(Value::as_object).unwrap_or(value);
    let text =
        |key: &'static str| message.get(key).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| malformed(key));
    Ok(Message {
        role: text("role")?,
        content: text("content")?,
        created_at: message.get("createdAt").and_then(Value::as_f64),
    })
}

pub(super) fn write(message: &Message, value: &mut Map<String, Value>) {
    if value.contains_key("role") && !value.contains_key(KEY) {
        return put(message, value);
    }
    let mut nested = match value.get_mut(KEY).map(Value::take) {
        Some(Value::Object(nested)) => nested,
        _ => Map::new(),
    };
    put(message, &mut nested);
    value.insert(KEY.to_owned(), nested.into());
}

fn put(message: &Message, object: &mut Map<String, Value>) {
    object.insert("role".to_owned(), message.role.as_str().into());
    object.insert("content".to_owned(), message.content.as_str().into());
    if let Some(at) = message.created_at
        && object.get("createdAt").and_then(Value::as_f64) != Some(at)
    {
        object.insert("createdAt".to_owned(), whole(at));
    }
}
