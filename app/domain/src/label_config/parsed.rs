//! The interface as programs know it: the JSON called `parsed_label_config`, and its hash.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use super::{Element, LabelConfig, Object};

/// Inside these a value is picked; their parent control lists it.
const LABEL_TAGS: [&str; 3] = ["Label", "Choice", "Relation"];

impl LabelConfig {
    /// `{control: {type, to_name, inputs, labels, labels_attrs, …}}`, in document order.
    #[must_use]
    pub fn to_parsed_json(&self) -> Value {
        let objects: HashMap<&str, &Object> =
            self.objects.iter().map(|object| (object.name.as_str(), object)).collect();
        let mut outputs: Map<String, Value> = Map::new();
        for control in &self.controls {
            let mut output = json!({"type": control.tag, "to_name": control.to_names});
            let inputs = control.to_names.iter().filter_map(|name| objects.get(name.as_str())).map(|object| {
                let written = object.attribute("value").or_else(|| object.attribute("valueList"));
                let value = object.field.as_deref().or(written).unwrap_or_default();
                match object.attribute("valueType") {
                    Some(value_type) => json!({"type": object.tag, "value": value, "valueType": value_type}),
                    None => json!({"type": object.tag, "value": value}),
                }
            });
            output["inputs"] = inputs.collect();
            output["labels"] = json!([]);
            output["labels_attrs"] = json!({});
            if control.dynamic_field().is_some() {
                output["dynamic_labels"] = json!(true);
            }
            if control.flag("perRegion")
                && let Some((kind, name)) =
                    [("tag", "whenTagName"), ("label", "whenLabelValue"), ("choice", "whenChoiceValue")]
                        .into_iter()
                        .find_map(|(kind, when)| Some((kind, control.attribute(when).filter(|name| !name.is_empty())?)))
            {
                output["conditionals"] = json!({"type": kind, "name": name});
            }
            outputs.insert(control.name.clone(), output);
        }
        self.add_labels_and_variables(&mut outputs);
        Value::Object(outputs)
    }

    fn add_labels_and_variables(&self, outputs: &mut Map<String, Value>) {
        let mut flags: BTreeSet<&str> = BTreeSet::new();
        let mut labels: HashMap<&str, Map<String, Value>> = HashMap::new();
        // Elements still to visit in document order, each with the nearest control around it.
        let mut open: Vec<(&Element, Option<&str>)> = vec![(&self.root, None)];
        while let Some((element, control)) = open.pop() {
            if element.tag == "Repeater" {
                flags.insert(element.attribute("indexFlag").unwrap_or(super::INDEX_FLAG));
            }
            let stored =
                ["alias", "value"].iter().find_map(|name| element.attribute(name).filter(|value| !value.is_empty()));
            if let (true, Some(control), Some(stored)) = (LABEL_TAGS.contains(&element.tag.as_str()), control, stored) {
                let attributes = element.attributes.iter().map(|(name, value)| (name.clone(), json!(value)));
                labels.entry(control).or_default().insert(stored.to_owned(), attributes.collect());
            }
            let inside = element.attribute("name").filter(|name| outputs.contains_key(*name)).or(control);
            open.extend(element.elements().rev().map(|child| (child, inside)));
        }
        for (control, attributes) in labels {
            outputs[control]["labels"] = attributes.keys().cloned().collect();
            outputs[control]["labels_attrs"] = Value::Object(attributes);
        }
        for control in &self.controls {
            for flag in flags.iter().filter(|flag| control.to_names.iter().any(|name| name.contains(**flag))) {
                outputs[control.name.as_str()]["regex"][*flag] = json!(".*");
            }
        }
    }
}

/// A number that changes when the meaning of the JSON changes: the order of keys does not count, and the same JSON
/// gives the same number in every build on every machine (FNV-1a over the canonical text).
#[must_use]
pub fn hash(parsed: &Value) -> i64 {
    let mut state = Fnv(0xcbf2_9ce4_8422_2325);
    state.value(parsed);
    i64::from_ne_bytes(state.0.to_ne_bytes())
}

struct Fnv(u64);

impl Fnv {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// Depth is that of a parsed JSON text, which readers limit.
    fn value(&mut self, value: &Value) {
        match value {
            Value::Object(map) => {
                let mut keys: Vec<&String> = map.keys().collect();
                keys.sort_unstable();
                self.bytes(b"{");
                for key in keys {
                    self.bytes(Value::String(key.clone()).to_string().as_bytes());
                    self.bytes(b":");
                    self.value(&map[key]);
                    self.bytes(b",");
                }
                self.bytes(b"}");
            }
            Value::Array(items) => {
                self.bytes(b"[");
                for item in items {
                    self.value(item);
                    self.bytes(b",");
                }
                self.bytes(b"]");
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                self.bytes(value.to_string().as_bytes());
            }
        }
    }
}
