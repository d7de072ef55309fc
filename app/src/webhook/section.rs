//! The webhooks of a project or of an organization: which there are, what they hear, how they do.

use domain::webhook::{Health, MAX_WEBHOOKS, Scope, Webhook};
use leptos::prelude::*;
use leptos_router::components::A;

use super::api::{PutWebhook, SetWebhookActive};
use super::form::Form;
use super::{health_badge, hears};
use crate::ui::{Button, Dialog, EmptyState, Icon, LinkButton, Look, Size, Switch, Time, lu, use_toasts};

/// The list, and the way to add one.
#[component]
pub(crate) fn Webhooks(scope: Scope, webhooks: Vec<Webhook>, reload: RwSignal<u32>) -> impl IntoView {
    let toasts = use_toasts();
    let put = ServerAction::<PutWebhook>::new();
    let switch = ServerAction::<SetWebhookActive>::new();
    let form_open = RwSignal::new(false);
    let again = move || reload.update(|times| *times += 1);
    Effect::new(move |_| {
        if let Some(Ok(_)) = put.value().get() {
            form_open.set(false);
            toasts.success("Webhook added");
            again();
        }
    });
    Effect::new(move |_| match switch.value().get() {
        Some(Ok(_)) => again(),
        Some(Err(error)) => {
            toasts.error(&error);
            again();
        }
        None => {}
    });
    let is_own = move |webhook: &&Webhook| match scope {
        Scope::Organization => webhook.project_id.is_none(),
        Scope::Project(_) => true,
    };
    let own = webhooks.iter().filter(is_own).count();
    let is_full = i64::try_from(own).is_ok_and(|count| count >= MAX_WEBHOOKS);
    let list = if webhooks.is_empty() {
        view! {
            <EmptyState
                icon=lu::LuWebhook
                title="No webhooks yet"
                text="A server of yours can be told at once what happens here: work that is handed in, tasks that come in, exports that are ready."
            >
                <Button look=Look::Primary icon=lu::LuPlus on:click=move |_| form_open.set(true)>"Add a webhook"</Button>
            </EmptyState>
        }
        .into_any()
    } else {
        let rows = webhooks.into_iter().map(|webhook| view! { <Row scope webhook switch/> }).collect_view();
        view! {
            <ul class="rows webhooks" role="list">{rows}</ul>
            <div class="card-foot">
                <Button size=Size::Small icon=lu::LuPlus disabled=is_full on:click=move |_| form_open.set(true)>"Add a webhook"</Button>
                {is_full.then(|| view! { <span class="muted small">{format!("There can be {MAX_WEBHOOKS} here.")}</span> })}
            </div>
        }
        .into_any()
    };
    view! {
        <div class="spread">
            <p class="muted">"Addresses that are told what happens."</p>
            <LinkButton href="/help/webhooks".to_owned() size=Size::Small look=Look::Quiet icon=lu::LuBookOpen>"How they work"</LinkButton>
        </div>
        <section class="card" aria-label="Webhooks">{list}</section>
        <Dialog open=form_open title="Add a webhook".to_owned() size="wide">
            <Form scope webhook=None open=form_open put/>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Row(scope: Scope, webhook: Webhook, switch: ServerAction<SetWebhookActive>) -> impl IntoView {
    let webhook_id = webhook.webhook_id;
    let of_project = webhook.project_title.clone().filter(|_| scope == Scope::Organization);
    let of_model = webhook.model.clone();
    let (url, badge, hears) = (webhook.url.clone(), health_badge(&webhook), hears(&webhook));
    let trouble = match webhook.health() {
        Health::GivenUp => Some("Nothing got through for days, so it was switched off."),
        Health::Failing => Some("The last messages did not get through; they are tried again."),
        _ => None,
    };
    view! {
        <li>
            <span class="grow webhook-words">
                <span class="webhook-head">
                    <A href=format!("/webhooks/{webhook_id}") attr:class="strong webhook-url">{url}</A>
                    {badge}
                </span>
                <span class="muted small">
                    {hears}
                    {of_model.map(|title| format!(" · for the model “{title}”"))}
                    {of_project.map(|title| format!(" · in “{title}”"))}
                    {webhook.delivered_at.map(|at| view! { " · last delivered " <Time at/> })}
                </span>
                {trouble.map(|why| view! {
                    <span class="small webhook-trouble"><Icon icon=lu::LuTriangleAlert/>{why}</span>
                })}
            </span>
            <Switch
                name="is_active"
                id=format!("webhook-{webhook_id}")
                label="Active"
                checked=webhook.is_active
                on_change=Callback::new(move |is_active| {
                    switch.dispatch(SetWebhookActive { webhook_id, is_active });
                })
            />
        </li>
    }
    .into_any()
}
