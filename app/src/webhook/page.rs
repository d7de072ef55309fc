//! `/webhooks/{id}`: one webhook, how it does, its signing key and its log.

use domain::id::WebhookId;
use domain::webhook::{
    Action as Happening, DeliveryDetail, DeliveryFilter, DeliveryState, Health, Scope, Webhook, WebhookView as Loaded,
    retry::OFF_AFTER_DAYS,
};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};

use super::api::{PutWebhook, RemoveWebhook, SetWebhookActive, TestWebhook, load_webhook};
use super::form::Form;
use super::key::Key;
use super::log::{Detail, Log};
use super::{health_badge, hears};
use crate::lost::Failed;
use crate::shell::{Crumb, Page, PageHead};
use crate::ui::{
    Align, Banner, Button, ConfirmDialog, Dialog, Look, Menu, MenuButton, Size, Skeleton, SkeletonRows, Time, Tone,
    answered_anew, lu, use_toasts,
};

/// The page.
#[component]
pub fn WebhookPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| {
        WebhookId(params.with(|params| params.get("id").and_then(|id| id.parse().ok())).unwrap_or(0))
    });
    let filter = Memo::new(move |_| {
        query.with(|query| DeliveryFilter {
            state: query.get("show").and_then(|name| DeliveryState::from_name(&name)),
            action: query.get("action").and_then(|name| Happening::from_name(&name)),
        })
    });
    let reload = RwSignal::new(0_u32);
    let loaded = Resource::new_blocking(
        move || (id.get(), filter.get(), reload.get()),
        |(id, filter, _)| async move { load_webhook(id, filter).await.map(|page| (page, filter)) },
    );
    view! {
        <Transition fallback=waiting>
            {answered_anew(loaded, move |answer| match answer {
                Ok((loaded, filter)) => view! { <Content loaded filter reload/> }.into_any(),
                Err(error) => view! { <Failed error/> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}

fn waiting() -> AnyView {
    view! {
        <Page title="Webhook".to_owned()>
            <Skeleton shape="title"/>
            <div class="card"><SkeletonRows/></div>
        </Page>
    }
    .into_any()
}

/// The way back to where the webhook is listed.
fn crumbs(webhook: &Webhook) -> (Vec<Crumb>, String) {
    match (webhook.project_id, &webhook.project_title) {
        (Some(id), Some(title)) => {
            let list = format!("/projects/{id}/settings/webhooks");
            let project = Crumb::new(title.clone(), format!("/projects/{id}"));
            (vec![Crumb::new("Projects", "/projects"), project, Crumb::new("Webhooks", list.clone())], list)
        }
        _ => {
            let list = "/org/webhooks".to_owned();
            (vec![Crumb::new("Organization", "/org"), Crumb::new("Webhooks", list.clone())], list)
        }
    }
}

/// The server's name, for the end of the breadcrumb.
fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned()
}

#[component]
fn Content(loaded: Loaded, filter: DeliveryFilter, reload: RwSignal<u32>) -> impl IntoView {
    let Loaded { webhook, deliveries } = loaded;
    let webhook_id = webhook.webhook_id;
    let (crumbs, list) = crumbs(&webhook);
    let title = host(&webhook.url);
    let (badge, hears) = (health_badge(&webhook), hears(&webhook));
    let (delivered_at, send_payload) = (webhook.delivered_at, webhook.send_payload);
    let (is_active, is_of_project) = (webhook.is_active, webhook.project_id.is_some());
    let facts = view! {
        <div class="row webhook-facts">
            {badge}
            <span class="muted">{hears}</span>
            {webhook.model.clone().map(|title| view! { <span class="muted">{format!("For the model “{title}”")}</span> })}
            {(!send_payload).then(|| view! { <span class="muted">"Numbers alone"</span> })}
            {delivered_at.map(|at| view! { <span class="muted">"Last delivered " <Time at/></span> })}
        </div>
    };
    view! {
        <Page title=title crumbs>
            <div class="stack gap-6 webhook-page">
                <div class="stack gap-2">
                    <Head webhook=webhook.clone() list reload/>
                    {facts}
                </div>
                <Trouble webhook=webhook.clone() reload/>
                <Key webhook/>
                <Log webhook_id filter is_active is_of_project page=deliveries reload/>
            </div>
        </Page>
    }
    .into_any()
}

/// The address and what can be done with it.
#[component]
fn Head(webhook: Webhook, list: String, reload: RwSignal<u32>) -> impl IntoView {
    let webhook_id = webhook.webhook_id;
    let toasts = use_toasts();
    let navigate = use_navigate();
    let put = ServerAction::<PutWebhook>::new();
    let switch = ServerAction::<SetWebhookActive>::new();
    let test = ServerAction::<TestWebhook>::new();
    let remove = ServerAction::<RemoveWebhook>::new();
    let (form_open, test_open, asking) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let again = move || reload.update(|times| *times += 1);
    let tested = RwSignal::new(None::<DeliveryDetail>);
    Effect::new(move |_| {
        if let Some(Ok(_)) = put.value().get() {
            form_open.set(false);
            toasts.success("Saved");
            again();
        }
    });
    Effect::new(move |_| match switch.value().get() {
        Some(Ok(webhook)) => {
            toasts.success(if webhook.is_active { "Switched on" } else { "Switched off" });
            again();
        }
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
    Effect::new(move |_| match test.value().get() {
        Some(Ok(detail)) => {
            tested.set(Some(detail));
            test_open.set(true);
        }
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
    // The log behind the dialog is asked for when that is closed.
    Effect::new(move |was_open: Option<bool>| {
        let is_open = test_open.get();
        if was_open == Some(true) && !is_open {
            again();
        }
        is_open
    });
    Effect::new(move |_| match remove.value().get() {
        Some(Ok(())) => {
            toasts.success("Webhook removed");
            navigate(&list, NavigateOptions::default());
        }
        Some(Err(error)) => {
            asking.set(false);
            toasts.error(&error);
        }
        None => {}
    });
    let is_active = webhook.is_active;
    let scope = webhook.project_id.map_or(Scope::Organization, Scope::Project);
    let for_form = StoredValue::new(webhook.clone());
    let actions = move || {
        view! {
            <Button icon=lu::LuSend busy=test.pending() on:click=move |_| { test.dispatch(TestWebhook { webhook_id }); }>
                "Send a test"
            </Button>
            <Button icon=lu::LuPencil on:click=move |_| form_open.set(true)>"Edit"</Button>
            <Menu id="webhook-menu" label="More" icon=lu::LuEllipsis align=Align::End>
                <MenuButton icon=if is_active { lu::LuPause } else { lu::LuPlay } on:click=move |_| {
                    switch.dispatch(SetWebhookActive { webhook_id, is_active: !is_active });
                }>{if is_active { "Switch off" } else { "Switch on" }}</MenuButton>
                <MenuButton icon=lu::LuTrash2 danger=true on:click=move |_| asking.set(true)>"Remove"</MenuButton>
            </Menu>
        }
    };
    view! {
        <PageHead title=webhook.url.clone() icon=lu::LuWebhook actions=ViewFn::from(actions)/>
        <Dialog open=form_open title="Edit the webhook".to_owned() size="wide">
            <Form scope webhook=Some(for_form.get_value()) open=form_open put/>
        </Dialog>
        <Dialog
            open=test_open
            title=Signal::derive(move || {
                let is_fine = tested.with(|test| test.as_ref().is_some_and(|test| test.delivery.state == DeliveryState::Delivered));
                if is_fine { "The test arrived" } else { "The test did not arrive" }.to_owned()
            })
            size="wide"
            dismissable=true
        >
            <div class="dialog-body">{tested.get_untracked().map(|detail| view! { <Detail detail/> })}</div>
        </Dialog>
        <ConfirmDialog
            open=asking
            title=format!("Remove {}?", host(&webhook.url))
            text="Its log and its signing key are gone afterwards.".to_owned()
            verb="Remove"
            busy=remove.pending()
            on_confirm=Callback::new(move |()| { remove.dispatch(RemoveWebhook { webhook_id }); })
        />
    }
    .into_any()
}

/// Why nothing gets through, and what to do about it.
#[component]
fn Trouble(webhook: Webhook, reload: RwSignal<u32>) -> impl IntoView {
    let webhook_id = webhook.webhook_id;
    let toasts = use_toasts();
    let switch = ServerAction::<SetWebhookActive>::new();
    Effect::new(move |_| match switch.value().get() {
        Some(Ok(_)) => {
            toasts.success("Switched on");
            reload.update(|times| *times += 1);
        }
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
    let on = move || {
        view! {
            <Button size=Size::Small look=Look::Primary busy=switch.pending() on:click=move |_| {
                switch.dispatch(SetWebhookActive { webhook_id, is_active: true });
            }>"Switch on"</Button>
        }
    };
    match webhook.health() {
        Health::GivenUp => view! {
            <Banner tone=Tone::Danger title="Switched off by itself" actions=ViewFn::from(on)>
                <p>{format!("Nothing got through for {OFF_AFTER_DAYS} days. Once the receiver works, switch it on and send again what has failed.")}</p>
            </Banner>
        }
        .into_any(),
        Health::Off => view! {
            <Banner tone=Tone::Neutral title="Switched off" actions=ViewFn::from(on)>
                <p>"What happens meanwhile is not told."</p>
            </Banner>
        }
        .into_any(),
        Health::Failing => view! {
            <Banner tone=Tone::Warning title="Messages do not get through">
                <p>
                    {webhook.failing_since.map(|at| view! { "The first one failed " <Time at/> ". " })}
                    {format!("They wait in their order and are tried again. After {OFF_AFTER_DAYS} days without a success the webhook is switched off.")}
                </p>
            </Banner>
        }
        .into_any(),
        Health::Fine | Health::New => ().into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_called_by_their_names() {
        for (url, name) in [
            ("https://example.org/hook?a=b", "example.org"),
            ("http://127.0.0.1:8080", "127.0.0.1:8080"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(host(url), name);
        }
    }
}
