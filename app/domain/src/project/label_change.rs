//! What existing work loses when the labeling interface changes.

use std::collections::HashSet;

use serde_json::Value;

use crate::label_config::{Label, LabelConfig};

/// Sentences about work that a new interface no longer shows; empty where nothing is lost.
///
/// `created_annotations` is `{"from_name|to_name|type": count}` and `created_labels` is
/// `{"from_name": {"label": count}}`, as kept in the project's summary.
#[must_use]
pub fn losses(created_annotations: &Value, created_labels: &Value, config: &LabelConfig) -> Vec<String> {
    let mut found = Vec::new();
    let mut gone: HashSet<&str> = HashSet::new();
    for (key, count) in entries(created_annotations) {
        let (name, count) = (key.split('|').next().unwrap_or_default(), count.as_i64().unwrap_or(0));
        if count > 0 && config.control(name).is_none() && gone.insert(name) {
            found.push(format!("“{name}” has {} and is no longer asked.", regions(count)));
        }
    }
    for (name, labels) in entries(created_labels) {
        let Some(control) = config.control(name) else { continue };
        // Labels of the task itself are not known here.
        if control.dynamic_field().is_some() || control.labels.is_empty() {
            continue;
        }
        let mut on_offer = HashSet::new();
        collect(&control.labels, &mut on_offer);
        for (label, count) in entries(labels) {
            let count = count.as_i64().unwrap_or(0);
            if count > 0 && !on_offer.contains(label.as_str()) {
                found.push(format!("“{label}” of “{name}” has {} and is no longer on offer.", regions(count)));
            }
        }
    }
    found
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn regions(count: i64) -> String {
    if count == 1 { "1 answer".to_owned() } else { format!("{count} answers") }
}

fn collect<'l>(labels: &'l [Label], into: &mut HashSet<&'l str>) {
    for label in labels {
        into.insert(label.stored());
        into.insert(&label.value);
        collect(&label.children, into);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::label_config::parse;

    #[test]
    fn only_work_that_can_no_longer_be_shown_is_a_loss() {
        let config = parse(
            "<View><Image name='i' value='$i'/><RectangleLabels name='box' toName='i'><Label value='Cat' alias='C'/></RectangleLabels>\
             <Choices name='c' toName='i' value='$options'/></View>",
        )
        .config
        .unwrap();
        let annotations = json!({"box|i|rectanglelabels": 3, "old|i|choices": 2, "never|i|choices": 0});
        let labels = json!({"box": {"Cat": 1, "C": 1, "Dog": 1, "Cow": 0}, "old": {"x": 2}, "c": {"anything": 5}});
        assert_eq!(
            losses(&annotations, &labels, &config),
            ["“old” has 2 answers and is no longer asked.", "“Dog” of “box” has 1 answer and is no longer on offer."]
        );
        assert!(losses(&json!({}), &json!({}), &config).is_empty());
        assert!(losses(&json!(null), &json!([1]), &config).is_empty());
    }
}
