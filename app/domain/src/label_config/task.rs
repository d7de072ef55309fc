//! What a task must hold so that an interface can show it.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::tag::{self, FieldType, Tag};
use super::{Element, INDEX_FLAG, LabelConfig, variable};

/// The most items of a list that are looked at, one by one.
const MAX_ITEMS: usize = 1000;
/// The most fields that are looked up in one task, repetitions included.
const MAX_LOOK_UPS: usize = 100_000;

/// A field of the task that an interface reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The field, or the way down to it: `image`, `pages[0].url`.
    pub path: String,
    /// What it holds.
    pub holds: FieldType,
    /// Without it something cannot be shown or answered.
    pub required: bool,
    /// The tag that reads it.
    pub tag: String,
    /// The name of that tag; empty where it has none.
    pub name: String,
}

/// Why a task does not fit an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskProblem {
    /// The field in question.
    pub field: String,
    /// Stable, `snake_case`: `missing_field`, `wrong_type`, `bad_url`.
    pub code: Cow<'static, str>,
    /// One sentence in plain words.
    pub message: String,
}

impl LabelConfig {
    /// The fields a task needs, in document order, each path once; inside a `<Repeater>` they contain its index flag.
    #[must_use]
    pub fn fields(&self) -> Vec<Field> {
        let mut fields: Vec<Field> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        self.visit(&mut |element, tag, _| {
            for field in fields_of(element, tag) {
                match places.get(&field.path) {
                    // Shown twice, it is needed if it is needed once.
                    Some(&place) => fields[place].required |= field.required,
                    None => {
                        places.insert(field.path.clone(), fields.len());
                        fields.push(field);
                    }
                }
            }
        });
        fields
    }

    /// Calls `see` for each element whose tag is known, in document order, with the repeaters around it.
    fn visit<'c>(&'c self, see: &mut impl FnMut(&'c Element, &'static Tag, &[Repeat<'c>])) {
        let mut open: Vec<(&Element, Vec<Repeat<'_>>)> = vec![(&self.root, Vec::new())];
        while let Some((element, mut repeats)) = open.pop() {
            if let Some(tag) = tag::find(&element.tag) {
                see(element, tag, &repeats);
                if tag.name == "Repeater"
                    && let Some(on) = element.attribute("on").and_then(variable::whole)
                {
                    repeats.push(Repeat { on, flag: element.attribute("indexFlag").unwrap_or(INDEX_FLAG) });
                }
            }
            open.extend(element.elements().rev().map(|child| (child, repeats.clone())));
        }
    }
}

/// One `<Repeater>` around an element.
#[derive(Clone, Copy)]
struct Repeat<'c> {
    on: &'c str,
    flag: &'c str,
}

fn fields_of(element: &Element, tag: &Tag) -> Vec<Field> {
    let url = |otherwise: FieldType| match element.attribute("valueType").map(str::trim) {
        Some(kind) if kind.eq_ignore_ascii_case("url") => FieldType::Url,
        _ => otherwise,
    };
    let holds = match tag.name {
        "Paragraphs" => url(FieldType::Dialogue),
        "Text" | "HyperText" | "Table" => url(tag.field),
        "TimeSeries" if element.attribute("valueType").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("json")) => {
            FieldType::Series
        }
        _ => tag.field,
    };
    let main: &[(&str, FieldType)] = match tag.name {
        "Image" => &[("value", FieldType::Image), ("valueList", FieldType::Images)],
        "Repeater" => &[("on", FieldType::List)],
        "ReactCode" => &[("data", FieldType::Any), ("value", FieldType::Any)],
        _ => &[("value", holds)],
    };
    let is_required = tag.is_object() || tag.part.is_some() || tag.name == "Repeater";
    let mut fields = Vec::new();
    for (name, value) in &element.attributes {
        let main = main.iter().find(|(main, _)| name.eq_ignore_ascii_case(main));
        let is_number = matches!(name.as_str(), "frameRate" | "min" | "max" | "step" | "maxRating");
        let aside = if is_number { FieldType::Number } else { FieldType::Any };
        // A reference in the middle of a longer value can hold anything that reads as text.
        let is_whole = variable::whole(value).is_some();
        for path in variable::all(value) {
            let (holds, required) = match main {
                Some((_, holds)) if is_whole => (*holds, is_required),
                Some(_) => (FieldType::Any, is_required),
                None if tag.attribute(name).is_some() => (aside, false),
                None => continue,
            };
            let own_name = element.attribute("name").unwrap_or_default().to_owned();
            fields.push(Field { path: path.to_owned(), holds, required, tag: tag.name.to_owned(), name: own_name });
        }
    }
    fields
}

/// What is missing from a task, or of the wrong kind, for `config` to show it.
#[must_use]
pub fn check_task(config: &LabelConfig, task: &Map<String, Value>) -> Vec<TaskProblem> {
    let mut problems: Vec<TaskProblem> = Vec::new();
    let mut looked_up = 0;
    config.visit(&mut |element, tag, repeats| {
        for field in fields_of(element, tag) {
            for path in repetitions(&field.path, repeats, task) {
                looked_up += 1;
                if looked_up > MAX_LOOK_UPS {
                    return;
                }
                let problem = check_field(task, &path, &field);
                if let Some(problem) =
                    problem.filter(|problem| !problems.contains(problem) && problems.len() < MAX_ITEMS)
                {
                    problems.push(problem);
                }
            }
        }
    });
    problems
}

/// `path` once for each item of the list it repeats over.
fn repetitions(path: &str, repeats: &[Repeat<'_>], task: &Map<String, Value>) -> Vec<String> {
    let mut paths = vec![path.to_owned()];
    for repeat in repeats {
        paths = paths
            .into_iter()
            .flat_map(|path| {
                if !path.contains(repeat.flag) {
                    return vec![path];
                }
                let length = variable::look_up(task, repeat.on).and_then(Value::as_array).map_or(0, Vec::len);
                (0..length.min(MAX_ITEMS)).map(|index| path.replace(repeat.flag, &index.to_string())).collect()
            })
            .take(MAX_ITEMS)
            .collect();
    }
    paths
}

fn check_field(task: &Map<String, Value>, path: &str, field: &Field) -> Option<TaskProblem> {
    let shown_by = if field.name.is_empty() {
        format!("<{}>", field.tag)
    } else {
        format!("<{}> “{}”", field.tag, field.name)
    };
    let problem = |code: &'static str, message: String| TaskProblem {
        field: path.to_owned(),
        code: Cow::Borrowed(code),
        message,
    };
    let value = match variable::look_up(task, path) {
        None | Some(Value::Null) => {
            let message = format!("The field “{path}”, which {shown_by} shows, is missing.");
            return field.required.then(|| problem("missing_field", message));
        }
        Some(value) => value,
    };
    let wanted = match (field.holds, value) {
        (FieldType::Any, _)
        | (FieldType::Text, Value::String(_) | Value::Number(_) | Value::Bool(_))
        | (FieldType::List, Value::Array(_))
        | (FieldType::Number, Value::Number(_)) => return None,
        (
            FieldType::Image | FieldType::Audio | FieldType::Video | FieldType::Pdf | FieldType::Url,
            Value::String(url),
        ) => {
            let message = format!("“{path}” is not an address {shown_by} can load.");
            return (!is_loadable(url)).then(|| problem("bad_url", message));
        }
        (FieldType::Images, Value::Array(urls)) if urls.iter().all(|url| url.as_str().is_some_and(is_loadable)) => {
            return None;
        }
        // One address where several may stand is a list of one.
        (FieldType::Images, Value::String(url)) if is_loadable(url) => return None,
        (FieldType::Dialogue, Value::Array(turns)) if turns.iter().all(Value::is_object) => return None,
        (FieldType::Items, Value::Array(items)) if items.iter().all(|item| item.get("id").is_some()) => return None,
        (FieldType::Series, Value::Object(columns)) if columns.values().all(Value::is_array) => return None,
        (FieldType::Table, Value::Object(_) | Value::Array(_)) => return None,
        (FieldType::Messages, Value::Array(messages))
            if messages.iter().all(|message| message.get("role").is_some() && message.get("content").is_some()) =>
        {
            return None;
        }
        (FieldType::Options, Value::Array(options))
            if options.iter().all(|option| option.is_string() || option.is_object()) =>
        {
            return None;
        }
        (FieldType::Number, Value::String(text)) if text.trim().parse::<f64>().is_ok_and(f64::is_finite) => {
            return None;
        }
        (holds, _) => in_words(holds),
    };
    Some(problem("wrong_type", format!("The field “{path}” must hold {wanted} for {shown_by}.")))
}

/// An address a page may load: of the web, of a storage, of this server, or the data itself.
fn is_loadable(url: &str) -> bool {
    let url = url.trim();
    let is_plain_path = || !url.is_empty() && !url.contains(':') && !url.starts_with("//");
    match url.split_once(':') {
        Some((scheme, rest)) => {
            let known = ["http", "https", "s3", "gs", "azure-blob", "azure-spi", "blob"];
            let is_web = known.iter().any(|known| scheme.eq_ignore_ascii_case(known)) && rest.starts_with("//");
            let is_data = scheme.eq_ignore_ascii_case("data") && rest.contains(',');
            // A path may hold a colon later on: `/data/a:b.jpg`.
            (is_web && rest.len() > 2) || is_data || (url.starts_with('/') && !url.starts_with("//"))
        }
        None => is_plain_path(),
    }
}

fn in_words(holds: FieldType) -> &'static str {
    match holds {
        FieldType::Image => "the address of an image",
        FieldType::Images => "a list of addresses of images",
        FieldType::Audio => "the address of a sound",
        FieldType::Video => "the address of a video",
        FieldType::Pdf => "the address of a PDF",
        FieldType::Text => "text",
        FieldType::Url => "the address of a file",
        FieldType::Dialogue => "a list of turns, each with an author and a text",
        FieldType::Items => "a list of items, each with an id",
        FieldType::Series => "an object of columns, each a list",
        FieldType::Table => "an object or a list of rows",
        FieldType::Messages => "a list of messages with role and content",
        FieldType::Options => "a list of options",
        FieldType::List => "a list",
        FieldType::Number => "a number",
        FieldType::Any => "something",
    }
}
