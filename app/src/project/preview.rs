//! A labeling interface as people will see it, filled with a task: to look at and try, nothing is kept.

use domain::label_config::{Element, LabelConfig, Node, find_tag, is_color, look_up};
use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::ui::{Icon, Kbd, lu};

/// The most items of a list or repetitions that are shown.
const MOST_ITEMS: usize = 5;

/// `config` filled with `task`.
#[component]
pub(super) fn Preview(config: LabelConfig, task: Map<String, Value>) -> impl IntoView {
    let look = Look { task: &task };
    view! { <div class="config-preview">{look.children(&config.root)}</div> }.into_any()
}

struct Look<'t> {
    task: &'t Map<String, Value>,
}

impl Look<'_> {
    fn children(&self, element: &Element) -> AnyView {
        element.elements().map(|child| self.element(child)).collect_view().into_any()
    }

    /// Depth is limited by the parser.
    fn element(&self, element: &Element) -> AnyView {
        let name = element.attribute("name").unwrap_or_default().to_owned();
        match element.tag.as_str() {
            "Style" | "Filter" | "Shortcut" | "Label" | "Choice" => ().into_any(),
            "Header" => {
                view! { <p class="preview-header" data-size=element.attribute("size").map(str::to_owned)>{self.text(element)}</p> }
                    .into_any()
            }
            "Markdown" => view! { <p class="preview-text">{self.text(element)}</p> }.into_any(),
            "Image" => self.image(element),
            "Text" | "HyperText" => view! { <div class="preview-document" dir="auto">{self.text(element)}</div> }.into_any(),
            "Audio" => view! { <audio class="preview-media" controls preload="none" src=self.address(element)></audio> }.into_any(),
            "Video" => view! { <video class="preview-media" controls preload="metadata" src=self.address(element)></video> }.into_any(),
            "Paragraphs" => self.dialogue(element, "nameKey", "author", "textKey", "text"),
            "Chat" => self.dialogue(element, "roleKey", "role", "contentKey", "content"),
            "List" => self.list(element),
            "Table" => self.table(element),
            "TimeSeries" => placeholder(lu::LuChartLine, "Time series", &self.field_words(element)),
            "Pdf" => placeholder(lu::LuFile, "PDF", &self.field_words(element)),
            "Choices" => self.choices(element, &name),
            "Taxonomy" => view! { <div class="preview-tree">{tree(element)}</div> }.into_any(),
            "TextArea" => {
                let placeholder = element.attribute("placeholder").unwrap_or("Type here").to_owned();
                let rows = element.attribute("rows").unwrap_or("2").to_owned();
                view! { <textarea class="input" aria-label=name rows=rows placeholder=placeholder></textarea> }.into_any()
            }
            "Rating" => rating(element, &name),
            "Number" => {
                let bound = |bound: &str| element.attribute(bound).map(str::to_owned);
                view! { <input class="input preview-small" type="number" aria-label=name min=bound("min") max=bound("max") step=bound("step")/> }
                    .into_any()
            }
            "DateTime" => {
                let kind = match element.attribute("only") {
                    Some("date") => "date",
                    Some("time") => "time",
                    Some("month") => "month",
                    Some("year") => "number",
                    _ => "datetime-local",
                };
                view! { <input class="input preview-small" type=kind aria-label=name/> }.into_any()
            }
            "Pairwise" => view! {
                <div class="preview-pair">
                    <span class="preview-key"><Icon icon=lu::LuArrowLeft/>"Left is better"</span>
                    <span class="preview-key">"Right is better"<Icon icon=lu::LuArrowRight/></span>
                </div>
            }
            .into_any(),
            "Ranker" => self.buckets(element),
            "Relations" => chips(element, "Relation"),
            "Repeater" => self.repeater(element),
            "Panel" => view! {
                <details class="disclosure" open>
                    <summary>{element.attribute("value").unwrap_or("More").to_owned()}</summary>
                    {self.children(element)}
                </details>
            }
            .into_any(),
            _ if is_label_set(&element.tag) => chips(element, "Label"),
            "View" | "Collapse" => self.view(element),
            _ => match find_tag(&element.tag) {
                // A control without labels works on the object itself.
                Some(tag) if tag.is_control() => ().into_any(),
                Some(_) | None => self.children(element),
            },
        }
    }

    fn view(&self, element: &Element) -> AnyView {
        let inline = element.attribute("display") == Some("inline");
        let waits = element.attribute("visibleWhen").is_some();
        view! {
            <div class="preview-view" data-inline=inline.then_some("") data-waits=waits.then_some("")>
                {waits.then(|| view! { <span class="faint small">"Shown when its condition is met"</span> })}
                {self.children(element)}
            </div>
        }
        .into_any()
    }

    /// The value of an attribute with its references filled in.
    fn filled(&self, written: &str) -> Option<Value> {
        match written.trim().strip_prefix('$') {
            Some(path) => look_up(self.task, path.trim()).cloned(),
            None => Some(Value::from(written)),
        }
    }

    fn value(&self, element: &Element) -> Option<Value> {
        self.filled(element.attribute("value").or_else(|| element.attribute("valueList"))?)
    }

    fn text(&self, element: &Element) -> String {
        match self.value(element) {
            Some(Value::String(text)) => text,
            Some(value) => value.to_string(),
            None => element.attribute("value").unwrap_or_default().to_owned(),
        }
    }

    /// The address of a medium, where it is one of the web or of this server.
    fn address(&self, element: &Element) -> Option<String> {
        let value = self.value(element)?;
        let url = value.as_str().or_else(|| value.get(0).and_then(Value::as_str))?;
        ["https://", "http://", "/", "data:image/"].iter().any(|start| url.starts_with(start)).then(|| url.to_owned())
    }

    fn field_words(&self, element: &Element) -> String {
        element.attribute("value").map_or_else(String::new, |value| format!("from {}", value.trim_start_matches('$')))
    }

    fn image(&self, element: &Element) -> AnyView {
        match self.address(element) {
            Some(url) => view! { <img class="preview-image" src=url alt="The image of the sample task"/> }.into_any(),
            None => placeholder(lu::LuImage, "Image", &self.field_words(element)),
        }
    }

    fn dialogue(&self, element: &Element, who: &str, usual_who: &str, said: &str, usual_said: &str) -> AnyView {
        let key = |name: &str, usual: &str| element.attribute(name).unwrap_or(usual).to_owned();
        let (who, said) = (key(who, usual_who), key(said, usual_said));
        let part = |turn: &Value, key: &str| turn.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let Some(Value::Array(turns)) = self.value(element) else {
            return placeholder(lu::LuMessagesSquare, "Dialogue", &self.field_words(element));
        };
        let turns = turns.iter().take(MOST_ITEMS).map(|turn| {
            view! {
                <div class="preview-turn">
                    <dt>{part(turn, &who)}</dt>
                    <dd dir="auto">{part(turn, &said)}</dd>
                </div>
            }
        });
        view! { <dl class="preview-dialogue">{turns.collect_view()}</dl> }.into_any()
    }

    fn list(&self, element: &Element) -> AnyView {
        let Some(Value::Array(items)) = self.value(element) else {
            return placeholder(lu::LuListOrdered, "List", &self.field_words(element));
        };
        let items = items.iter().take(MOST_ITEMS).map(|item| {
            let part = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            view! {
                <li class="preview-item">
                    <strong>{part("title")}</strong>
                    <span dir="auto">{part("body")}</span>
                </li>
            }
        });
        view! { <ol class="preview-list" role="list">{items.collect_view()}</ol> }.into_any()
    }

    fn table(&self, element: &Element) -> AnyView {
        let Some(Value::Object(record)) = self.value(element) else {
            return placeholder(lu::LuTable2, "Table", &self.field_words(element));
        };
        let rows = record.iter().take(4 * MOST_ITEMS).map(|(key, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            view! {
                <tr>
                    <th scope="row">{key.clone()}</th>
                    <td>{value}</td>
                </tr>
            }
        });
        view! { <div class="table-frame"><table class="table"><tbody>{rows.collect_view()}</tbody></table></div> }
            .into_any()
    }

    fn choices(&self, element: &Element, name: &str) -> AnyView {
        let is_multiple = element.attribute("choice") == Some("multiple");
        let is_stacked =
            element.attribute("showInline") == Some("false") || element.attribute("layout") == Some("vertical");
        let kind = if is_multiple { "checkbox" } else { "radio" };
        let group = format!("preview-{name}");
        let option = |value: String, hotkey: Option<String>| {
            view! {
                <label class="preview-choice">
                    <input class="check-box" type=kind name=group.clone()/>
                    <span>{value}</span>
                    {hotkey.map(|key| view! { <Kbd keys=key/> })}
                </label>
            }
            .into_any()
        };
        let mut options: Vec<AnyView> = Vec::new();
        let mut open: Vec<&Element> = element.elements().rev().collect();
        while let Some(next) = open.pop() {
            if next.tag == "Choice" {
                let value = next.attribute("value").unwrap_or_default().to_owned();
                options.push(option(value, next.attribute("hotkey").map(str::to_owned)));
            }
            open.extend(next.elements().rev());
        }
        if let Some(Value::Array(dynamic)) = self.value(element) {
            for item in dynamic.iter().take(4 * MOST_ITEMS) {
                let value = item.as_str().or_else(|| item.get("value").and_then(Value::as_str)).unwrap_or_default();
                options.push(option(value.to_owned(), None));
            }
        }
        view! { <div class="preview-choices" role="group" aria-label=name.to_owned() data-stacked=is_stacked.then_some("")>{options}</div> }
            .into_any()
    }

    fn buckets(&self, element: &Element) -> AnyView {
        let buckets = element.elements().filter(|child| child.tag == "Bucket").map(|bucket| {
            let title = bucket.attribute("title").or_else(|| bucket.attribute("name")).unwrap_or_default().to_owned();
            view! { <div class="preview-bucket">{title}</div> }
        });
        view! { <div class="preview-pair">{buckets.collect_view()}</div> }.into_any()
    }

    fn repeater(&self, element: &Element) -> AnyView {
        let Some(Value::Array(items)) = element.attribute("on").and_then(|on| self.filled(on)) else {
            return self.children(element);
        };
        let flag = element.attribute("indexFlag").unwrap_or(domain::label_config::INDEX_FLAG);
        (0..items.len().min(MOST_ITEMS))
            .map(|index| self.children(&with_index(element, flag, &index.to_string())))
            .collect_view()
            .into_any()
    }
}

/// A copy of `element` with its index flag replaced.
fn with_index(element: &Element, flag: &str, index: &str) -> Element {
    let replace = |(name, value): &(String, String)| (name.clone(), value.replace(flag, index));
    Element {
        tag: element.tag.clone(),
        attributes: element.attributes.iter().map(replace).collect(),
        children: element.elements().map(|child| Node::Element(with_index(child, flag, index))).collect(),
        at: element.at,
    }
}

fn is_label_set(tag: &str) -> bool {
    find_tag(tag).is_some_and(|tag| tag.part == Some("Label"))
}

fn placeholder(icon: crate::ui::Glyph, what: &str, where_from: &str) -> AnyView {
    view! {
        <div class="preview-placeholder">
            <Icon icon/>
            <span>{what.to_owned()}</span>
            <span class="faint">{where_from.to_owned()}</span>
        </div>
    }
    .into_any()
}

/// Labels with their color and hotkey.
fn chips(element: &Element, part: &str) -> AnyView {
    let mut open: Vec<&Element> = element.elements().rev().collect();
    let mut found = Vec::new();
    while let Some(next) = open.pop() {
        if next.tag == part {
            let color = next.attribute("background").map(str::trim).filter(|color| is_color(color)).map(str::to_owned);
            let hotkey = next.attribute("hotkey").map(str::to_owned);
            found.push(view! {
                <span class="preview-chip">
                    <svg class="preview-swatch" viewBox="0 0 10 10" aria-hidden="true">
                        <circle cx="5" cy="5" r="5" fill=color.unwrap_or_else(|| "currentColor".to_owned())></circle>
                    </svg>
                    {next.attribute("value").unwrap_or_default().to_owned()}
                    {hotkey.map(|key| view! { <Kbd keys=key/> })}
                </span>
            });
        }
        open.extend(next.elements().rev());
    }
    view! { <div class="preview-chips">{found}</div> }.into_any()
}

fn tree(element: &Element) -> AnyView {
    let items = element.elements().filter(|child| child.tag == "Choice").map(|choice| {
        let value = choice.attribute("value").unwrap_or_default().to_owned();
        if choice.elements().any(|child| child.tag == "Choice") {
            view! {
                <li>
                    <details open>
                        <summary>{value}</summary>
                        {tree(choice)}
                    </details>
                </li>
            }
            .into_any()
        } else {
            view! { <li><label class="preview-choice"><input class="check-box" type="checkbox"/>{value}</label></li> }
                .into_any()
        }
    });
    view! { <ul role="list">{items.collect_view()}</ul> }.into_any()
}

fn rating(element: &Element, name: &str) -> AnyView {
    let most: usize = element.attribute("maxRating").and_then(|number| number.parse().ok()).unwrap_or(5);
    let stars = (1..=most.min(20)).map(|_| view! { <Icon icon=lu::LuStar/> });
    view! { <span class="preview-stars" role="img" aria-label=format!("{name}: up to {most} stars")>{stars.collect_view()}</span> }
        .into_any()
}
