//! `<Table>`: an object as names and values, or a list of rows with a column for every name.

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::Shown;
use super::trouble::unreadable;

/// Rows shown at first, and again each time somebody asks for more.
const PAGE: usize = 200;
/// The most columns.
const MOST_COLUMNS: usize = 200;

pub(super) fn view(shown: &Shown) -> AnyView {
    let inner = match &shown.value {
        Some(Value::Object(map)) if map.is_empty() => {
            return view! { <p class="muted small">"This task's table is empty."</p> }.into_any();
        }
        Some(Value::Object(map)) => record(map),
        Some(Value::Array(rows)) if !rows.is_empty() => list(rows.clone()),
        Some(Value::String(text)) => match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(map)) => record(&map),
            Ok(Value::Array(rows)) if !rows.is_empty() => list(rows),
            _ => view! { <p class="presented-text" dir="auto">{text.clone()}</p> }.into_any(),
        },
        None | Some(Value::Null | Value::Array(_)) => {
            return unreadable("This task has no table here.");
        }
        Some(other) => view! { <p class="presented-text">{other.to_string()}</p> }.into_any(),
    };
    view! {
        <div class="table-object" role="region" tabindex="0" aria-label=format!("Table “{}”", shown.name)>{inner}</div>
    }
    .into_any()
}

fn record(map: &Map<String, Value>) -> AnyView {
    let rows = map
        .iter()
        .map(|(key, value)| {
            view! { <tr><th scope="row" dir="auto">{key.clone()}</th><td dir="auto">{words(Some(value))}</td></tr> }
        })
        .collect_view();
    view! { <table class="presented-table"><tbody>{rows}</tbody></table> }.into_any()
}

fn list(rows: Vec<Value>) -> AnyView {
    let columns = columns(&rows);
    let count = rows.len();
    let shown = RwSignal::new(PAGE);
    let rows = StoredValue::new(rows);
    let heads = columns.iter().map(|name| view! { <th scope="col" dir="auto">{name.clone()}</th> }).collect_view();
    let columns = StoredValue::new(columns);
    let row = move |at: usize| {
        let cells = rows.with_value(|rows| {
            let row = rows.get(at);
            columns.with_value(|columns| match row {
                Some(Value::Object(map)) => columns.iter().map(|name| words(map.get(name))).collect::<Vec<_>>(),
                Some(Value::Array(cells)) => (0..columns.len()).map(|cell| words(cells.get(cell))).collect(),
                other => vec![words(other)],
            })
        });
        view! { <tr>{cells.into_iter().map(|cell| view! { <td dir="auto">{cell}</td> }).collect_view()}</tr> }
    };
    view! {
        <table class="presented-table">
            <thead><tr>{heads}</tr></thead>
            <tbody>
                <For each=move || 0..shown.get().min(count) key=|at| *at let:at>{row(at)}</For>
            </tbody>
        </table>
        <Show when=move || shown.get() < count>
            <button class="button" type="button" data-size="small" on:click=move |_| shown.update(|shown| *shown += PAGE)>
                {move || format!("Show more ({} of {count} rows)", shown.get().min(count))}
            </button>
        </Show>
    }
    .into_any()
}

/// Every name that any row has, in the order in which they first come.
fn columns(rows: &[Value]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for row in rows {
        match row {
            Value::Object(map) => {
                columns.extend(map.keys().filter(|name| known.insert((*name).clone())).cloned());
            }
            Value::Array(cells) => {
                let numbers = (1..=cells.len()).map(|number| number.to_string());
                columns.extend(numbers.filter(|name| known.insert(name.clone())));
            }
            _ => {
                let only = "Value".to_owned();
                columns.extend(known.insert(only.clone()).then_some(only));
            }
        }
        if columns.len() >= MOST_COLUMNS {
            columns.truncate(MOST_COLUMNS);
            break;
        }
    }
    columns
}

fn words(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "–".to_owned(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_those_of_all_rows() {
        let rows = |json: Value| json.as_array().cloned().unwrap();
        assert_eq!(columns(&rows(json!([{"a": 1}, {"b": 2, "a": 3}]))), ["a", "b"]);
        assert_eq!(columns(&rows(json!([[1, 2], [1, 2, 3]]))), ["1", "2", "3"]);
        assert_eq!(columns(&rows(json!(["x", 5]))), ["Value"]);
    }
}
