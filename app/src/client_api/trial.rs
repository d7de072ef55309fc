//! What is sent for a task, while it is typed, and what came of trying it.

use domain::client_api::{ClientApiForm, SampleTask, Template, Tried, question};
use leptos::prelude::*;
use serde_json::Value;

use crate::error::AppError;
use crate::ui::{Banner, ErrorBanner, Tone, bytes};

/// JSON over several lines.
fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// What a form would send for a task, or why it cannot.
fn sent(form: &ClientApiForm, sample: &SampleTask) -> Result<String, String> {
    let told = |problem: domain::Error| problem.message;
    let template = Template::read(&form.payload).map_err(told)?;
    let question = question(&template, form.method, &sample.data).map_err(told)?;
    Ok(match (question.body, question.query.is_empty()) {
        (Some(body), _) => pretty(&body),
        (None, true) => "Nothing beside the address and the headers.".to_owned(),
        (None, false) => {
            let line = |(name, value): &(String, String)| format!("{name} = {value}");
            question.query.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    })
}

/// What is sent, as it is typed.
#[component]
pub(super) fn Preview(form: Signal<ClientApiForm>, sample: Option<SampleTask>) -> impl IntoView {
    let Some(sample) = sample else {
        let text = "There is no task yet, so what is sent for one cannot be shown.";
        return view! { <p class="muted small">{text}</p> }.into_any();
    };
    let title = format!("What is sent for task ID {}", sample.task_id);
    let label = title.clone();
    let fields = sample.data.keys().map(|name| format!("${name}")).collect::<Vec<_>>().join(", ");
    view! {
        <section class="client-api-preview" aria-label=title>
            <h3 class="webhook-part">{label}</h3>
            {move || match form.with(|form| sent(form, &sample)) {
                Ok(text) => view! { <pre class="webhook-text" tabindex="0">{text}</pre> }.into_any(),
                Err(why) => view! { <p class="client-api-trouble small" role="status">{why}</p> }.into_any(),
            }}
            <p class="faint small">"Fields of this task: " <code>{fields}</code></p>
        </section>
    }
    .into_any()
}

/// What came of trying it.
#[component]
pub(super) fn Trial(outcome: Result<Tried, AppError>) -> impl IntoView {
    let tried = match outcome {
        Ok(tried) => tried,
        // What is wrong with a field stands at the field.
        Err(error) => return error.field().is_none().then(|| view! { <ErrorBanner error/> }).into_any(),
    };
    let line = format!("{} {}", tried.method.as_str(), tried.url);
    let took = format!("{} ms", tried.duration_ms);
    let about = [tried.status.map(|status| format!("Status {status}")), Some(took)];
    let about = about.into_iter().flatten().chain(Some(tried.content_type.clone()).filter(|kind| !kind.is_empty()));
    let about = about.chain([bytes(tried.size_bytes)]).collect::<Vec<_>>().join(" · ");
    let headers = tried.headers.iter().map(|(name, value)| format!("{name}: {value}"));
    let body = tried.body.as_ref().map(|body| format!("\n{}", pretty(body)));
    let request = [line].into_iter().chain(headers).chain(body).collect::<Vec<_>>().join("\n");
    let value = tried.value.as_ref().map(|value| match value {
        Value::String(text) => text.clone(),
        other => pretty(other),
    });
    let answer = (!tried.answer.is_empty()).then(|| {
        view! {
            <h4 class="webhook-part">"Answer"</h4>
            <pre class="webhook-text" tabindex="0">{tried.answer.clone()}</pre>
        }
    });
    view! {
        <div class="client-api-trial">
            {match (value, tried.trouble) {
                (Some(value), _) => view! {
                    <Banner tone=Tone::Success title="The field would become">
                        <p class="client-api-value">{value}</p>
                        <p class="small">{about}</p>
                    </Banner>
                }.into_any(),
                (None, trouble) => view! {
                    <Banner tone=Tone::Danger title="That did not work">
                        <p>{trouble.unwrap_or_default()}</p>
                        <p class="small">{about}</p>
                    </Banner>
                }.into_any(),
            }}
            <details>
                <summary>"What was asked and answered"</summary>
                <h4 class="webhook-part">"Request"</h4>
                <pre class="webhook-text" tabindex="0">{request}</pre>
                {answer}
            </details>
        </div>
    }
    .into_any()
}
