//! Servers outside that the demo speaks of: one that is told what happens, and one that would translate. Their addresses are
//! reserved for examples, and nothing is sent to them.

use domain::{
    client_api::{ClientApiForm, Taking},
    id::{ProjectId, WebhookId},
    webhook::{Action, Header, Scope, WebhookForm},
};
use rust_decimal::Decimal;
use serde_json::Value;

use super::content::People;
use crate::{
    Cx, Result,
    client_api::rehearse::{self, Answer},
    webhook,
};

/// What the translation fills.
const FIELD: &str = "english";
const BUSY: &str = "The service answered 503.";

fn header(name: &str, value: &str) -> Header {
    Header { name: name.to_owned(), value: Some(value.to_owned()) }
}

/// A search index that hears of new work.
pub(super) async fn listener(cx: &Cx, people: &People, project_id: ProjectId) -> Result<WebhookId> {
    let form = WebhookForm {
        url: "https://search.northlight.example/hooks/synapse".to_owned(),
        send_for_all_actions: false,
        actions: vec![Action::AnnotationCreated, Action::AnnotationUpdated, Action::ExportCompleted],
        headers: vec![header("Authorization", "Bearer demo")],
        ..WebhookForm::default()
    };
    webhook::rehearse::add(cx, &people.owner, Scope::Project(project_id), form).await
}

/// What the index has answered to the newest message; now and then it is busy first.
pub(super) async fn heard(cx: &Cx, webhook_id: WebhookId, turn: i32) -> Result<()> {
    let duration_ms = 84 + turn * 37 % 210;
    if turn % 5 == 3 {
        webhook::rehearse::answer(cx, webhook_id, 503, 1_912).await?;
    }
    webhook::rehearse::answer(cx, webhook_id, 202, duration_ms).await?;
    Ok(())
}

/// Once the story is told nothing is sent any more.
pub(super) async fn silence(cx: &Cx, people: &People, webhook_id: WebhookId) -> Result<()> {
    webhook::set_active(cx, &people.owner, webhook_id, false).await?;
    Ok(())
}

/// A translation of each article, and another service that stands in while the first is busy.
pub(super) async fn translation(cx: &Cx, people: &People, project_id: ProjectId, texts: &[Value]) -> Result<()> {
    let primary = ClientApiForm {
        data_key: FIELD.to_owned(),
        group: "primary".to_owned(),
        url: "https://translate.northlight.example/v2/translate".to_owned(),
        headers: vec![header("Authorization", "Bearer demo")],
        payload: r#"{"text": ["$text"], "target_lang": "EN"}"#.to_owned(),
        taking: Taking::Json { path: "translations[0].text".to_owned() },
        cost_per_call: "0.0002".parse().unwrap_or_default(),
        calls_per_day: Some(5_000),
        ..ClientApiForm::default()
    };
    let fallback = ClientApiForm {
        group: "fallback".to_owned(),
        url: "https://lingua.northlight.example/api/translate".to_owned(),
        payload: r#"{"q": "$text", "source": "auto", "target": "en"}"#.to_owned(),
        taking: Taking::Json { path: "translatedText".to_owned() },
        cost_per_call: Decimal::ZERO,
        ..primary.clone()
    };
    let primary = rehearse::add(cx, &people.owner, project_id, primary).await?;
    let fallback = rehearse::add(cx, &people.owner, project_id, fallback).await?;
    let english = |article: &Value| texts.iter().find(|text| text["language"] == "en" && text["article"] == *article);
    rehearse::fill(cx, &people.owner, project_id, FIELD, |task| {
        let (article, language) = (task.get("article"), task.get("language").and_then(Value::as_str));
        let text = article.and_then(english).map_or(Value::Null, |text| text["text"].clone());
        let is_busy = article.and_then(Value::as_i64).is_some_and(|article| article % 5 == 3);
        match language {
            // Long articles in this language are more than either takes.
            Some("hi") if is_busy => {
                vec![(primary, Answer::Trouble(BUSY)), (fallback, Answer::Trouble("The service answered 413."))]
            }
            _ if is_busy => vec![(primary, Answer::Trouble(BUSY)), (fallback, Answer::Value(text))],
            _ => vec![(primary, Answer::Value(text))],
        }
    })
    .await
}
