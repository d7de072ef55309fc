//! Servers outside that the demo speaks of: one that is told what happens, and one that would translate. Their addresses are
//! reserved for examples, and nothing is sent to them.

use domain::{
    client_api::{ClientApiForm, Taking},
    id::{ProjectId, WebhookId},
    webhook::{Action, Header, Scope, WebhookForm},
};

use super::content::People;
use crate::{Cx, Result, client_api, webhook};

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

/// A translation of each article, and another service that would stand in.
pub(super) async fn translation(cx: &Cx, people: &People, project_id: ProjectId) -> Result<()> {
    let services = [
        (
            "primary",
            "https://translate.northlight.example/v2/translate",
            r#"{"text": ["$text"], "target_lang": "EN"}"#,
            "translations[0].text",
            "0.0002",
        ),
        (
            "fallback",
            "https://lingua.northlight.example/api/translate",
            r#"{"q": "$text", "source": "auto", "target": "en"}"#,
            "translatedText",
            "0",
        ),
    ];
    for (group, url, payload, path, cost) in services {
        let form = ClientApiForm {
            data_key: "english".to_owned(),
            group: group.to_owned(),
            url: url.to_owned(),
            headers: vec![header("Authorization", "Bearer demo")],
            payload: payload.to_owned(),
            taking: Taking::Json { path: path.to_owned() },
            cost_per_call: cost.parse().unwrap_or_default(),
            calls_per_day: Some(5_000),
            ..ClientApiForm::default()
        };
        client_api::add_unjudged(cx, &people.owner, project_id, form).await?;
    }
    Ok(())
}
