//! The page: resources, their operations, and the types these name.

use leptos::prelude::*;

use super::read::{Answer, Body, Field, Group, Kind, Operation, Reference, Type, anchor};

/// Everything before the page's body. The theme is the reader's.
pub fn head(theme: Option<&str>) -> String {
    let theme = theme.map(|theme| format!(" data-theme=\"{theme}\"")).unwrap_or_default();
    format!(
        "<!DOCTYPE html><html lang=\"en\"{theme}><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>REST interface · Synapse</title>\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"><link rel=\"stylesheet\" href=\"/docs/api/page.css\">\
         <script src=\"/docs/api/page.js\" defer></script></head>"
    )
}

/// The body, which is the same for everybody.
pub fn body(reference: &Reference) -> String {
    let contents = reference.groups.iter().map(|group| {
        let count = group.operations.len();
        view! { <li><a href=format!("#{}", anchor(&group.name))>{group.name.clone()}<span>{count}</span></a></li> }
    });
    let page = view! {
        <body>
            <a class="skip" href="#content">"Skip to the operations"</a>
            <header class="bar">
                <a class="brand" href="/"><img src="/favicon.svg" alt="" width="20" height="20"/>"Synapse"</a>
                <search>
                    <label class="hidden" for="words">"Search operations"</label>
                    <input id="words" type="search" placeholder="Search operations" autocomplete="off" hidden/>
                </search>
                <nav aria-label="Elsewhere">
                    <a href="/help/api">"Guide"</a>
                    <a href="/api/openapi.json">"OpenAPI 3.1"</a>
                </nav>
            </header>
            <div class="frame">
                <nav class="contents" aria-label="Resources">
                    <ul>
                        {contents.collect_view()}
                        <li><a href="#refusals">"Refusals"</a></li>
                        <li><a href="#types">"Types"<span>{reference.types.len()}</span></a></li>
                    </ul>
                </nav>
                <main id="content">
                    <h1>"REST interface"</h1>
                    <p class="lead">{inline(&reference.about)}</p>
                    <p class="quiet">{format!("Version {}. ", reference.version)}"Tokens, pages, limits and what differs from Label Studio are in the "<a href="/help/api">"guide"</a>"."</p>
                    <p id="found" class="quiet" role="status"></p>
                    {reference.groups.iter().map(group).collect_view()}
                    <section class="group" id="refusals">
                        <h2>"Refusals"</h2>
                        <p>"Every operation may refuse, with a problem document: "{kind(&Kind { text: "Refusal".to_owned(), named: Some("Refusal".to_owned()) })}"."</p>
                        {answers(&reference.refusals)}
                    </section>
                    <section class="group" id="types">
                        <h2>"Types"</h2>
                        {reference.types.iter().map(named).collect_view()}
                    </section>
                </main>
            </div>
        </body>
    };
    [page.to_html().as_str(), "</html>"].concat()
}

fn group(group: &Group) -> impl IntoView + use<> {
    view! {
        <section class="group" id=anchor(&group.name)>
            <h2>{group.name.clone()}</h2>
            <p>{inline(&group.about)}</p>
            {group.operations.iter().map(operation).collect_view()}
        </section>
    }
}

fn operation(operation: &Operation) -> impl IntoView + use<> {
    let words = format!("{} {} {}", operation.method, operation.path, operation.summary).to_lowercase();
    let href = format!("#{}", operation.id);
    let parameters = (!operation.parameters.is_empty()).then(|| {
        view! { <h4>"Parameters"</h4> {fields("Parameters", &operation.parameters)} }
    });
    let examples = operation.examples.iter().map(|(name, text)| {
        view! { <div class="example"><h4>{*name}</h4><pre tabindex="0"><code>{text.clone()}</code></pre></div> }
    });
    view! {
        <details class="operation" id=operation.id.clone() data-words=words>
            <summary>
                <span class="method" data-method=operation.method.clone()>{operation.method.clone()}</span>
                <code class="path">{operation.path.clone()}</code>
                <span class="summary">{inline(&operation.summary)}</span>
            </summary>
            <div class="inside">
                {(!operation.about.is_empty()).then(|| view! { <p>{inline(&operation.about)}</p> })}
                {parameters}
                {operation.body.as_ref().map(body_of)}
                <h4>"Answers"</h4>
                {answers(&operation.answers)}
                {examples.collect_view()}
                <p class="quiet"><a href=href>"Link to this operation"</a></p>
            </div>
        </details>
    }
}

fn body_of(body: &Body) -> impl IntoView + use<> {
    let media = body.media.join(", ");
    let fields = (!body.fields.is_empty()).then(|| fields("Body", &body.fields));
    view! {
        <h4>"Body"</h4>
        <p>{kind(&body.kind)}" "<span class="quiet">{media}</span></p>
        {fields}
    }
}

fn answers(answers: &[Answer]) -> impl IntoView + use<> {
    let rows = answers.iter().map(|answer| {
        view! { <tr><th scope="row"><code>{answer.status.clone()}</code></th><td>{inline(&answer.about)}</td><td>{answer.kind.as_ref().map(kind)}</td></tr> }
    });
    view! {
        <div class="table"><table>
            <caption class="hidden">"Answers"</caption>
            <thead class="hidden"><tr><th scope="col">"Status"</th><th scope="col">"What it means"</th><th scope="col">"What it holds"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table></div>
    }
}

fn fields(caption: &'static str, fields: &[Field]) -> impl IntoView + use<> {
    let rows = fields.iter().map(|field| {
        let mut notes = Vec::new();
        if !field.place.is_empty() {
            notes.push(field.place.clone());
        }
        if field.is_required {
            notes.push("required".to_owned());
        }
        view! {
            <tr>
                <th scope="row"><code>{field.name.clone()}</code><span class="quiet">{notes.join(", ")}</span></th>
                <td class="kind">{kind(&field.kind)}</td>
                <td>{inline(&field.about)}</td>
            </tr>
        }
    });
    view! {
        <div class="table"><table>
            <caption class="hidden">{caption}</caption>
            <thead class="hidden"><tr><th scope="col">"Name"</th><th scope="col">"Kind"</th><th scope="col">"What it is"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table></div>
    }
}

fn named(named: &Type) -> impl IntoView + use<> {
    let words = (!named.words.is_empty()).then(|| view! { <p><code>{named.words.join(" | ")}</code></p> });
    let fields = (!named.fields.is_empty()).then(|| fields("Members", &named.fields));
    view! {
        <details class="operation" id=type_anchor(&named.name)>
            <summary><code class="path">{named.name.clone()}</code><span class="summary">{inline(&named.about)}</span></summary>
            <div class="inside">{words}{fields}</div>
        </details>
    }
}

fn type_anchor(name: &str) -> String {
    format!("type-{}", anchor(name))
}

/// What a value is, with a link to where that is told.
fn kind(kind: &Kind) -> AnyView {
    let text = kind.text.clone();
    match &kind.named {
        Some(name) => view! { <a href=format!("#{}", type_anchor(name))><code>{text}</code></a> }.into_any(),
        None => view! { <code>{text}</code> }.into_any(),
    }
}

/// A sentence in which words between backticks are code.
fn inline(text: &str) -> impl IntoView + use<> {
    let parts: Vec<AnyView> = text
        .split('`')
        .enumerate()
        .map(|(place, part)| match (place % 2, part.to_owned()) {
            (1, part) => view! { <code>{part}</code> }.into_any(),
            (_, part) => part.into_any(),
        })
        .collect();
    parts
}
