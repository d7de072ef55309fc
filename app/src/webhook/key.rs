//! The signing key of a webhook: shown to whoever asks, replaced by another one.

use domain::webhook::{OLD_SECRET_HOURS, Webhook};
use leptos::prelude::*;

use super::api::{RotateWebhookKey, WebhookKey};
use crate::ui::{Button, Card, ConfirmDialog, CopyLine, Size, Time, lu, use_toasts};

/// The card.
#[component]
pub(super) fn Key(webhook: Webhook) -> impl IntoView {
    let webhook_id = webhook.webhook_id;
    let toasts = use_toasts();
    let show = ServerAction::<WebhookKey>::new();
    let rotate = ServerAction::<RotateWebhookKey>::new();
    let key = RwSignal::new(None::<String>);
    let asking = RwSignal::new(false);
    let is_old_used = RwSignal::new(false);
    Effect::new(move |_| match show.value().get() {
        Some(Ok(shown)) => key.set(Some(shown)),
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
    Effect::new(move |_| {
        match rotate.value().get() {
            Some(Ok(new)) => {
                key.set(Some(new));
                is_old_used.set(true);
                toasts.success("The signing key was replaced");
            }
            Some(Err(error)) => toasts.error(&error),
            None => return,
        }
        asking.set(false);
    });
    let old = webhook.old_secret_until;
    view! {
        <Card title="Signing key" text="With it a receiver knows that a message is from here and unchanged.">
            <div class="stack gap-3">
                {move || key.get().map(|key| view! { <CopyLine text=key label="the signing key"/> })}
                <div class="row">
                    <Button size=Size::Small icon=lu::LuEye busy=show.pending() on:click=move |_| {
                        if key.with_untracked(Option::is_some) {
                            key.set(None);
                        } else {
                            show.dispatch(WebhookKey { webhook_id });
                        }
                    }>
                        {move || if key.with(Option::is_some) { "Hide the key" } else { "Show the key" }}
                    </Button>
                    <Button size=Size::Small icon=lu::LuRotateCw on:click=move |_| asking.set(true)>"Replace the key"</Button>
                </div>
                {move || match (is_old_used.get(), old) {
                    (true, _) => Some(view! {
                        <p class="muted small">{format!("Messages are signed with the old key too for {OLD_SECRET_HOURS} hours.")}</p>
                    }.into_any()),
                    (false, Some(at)) => Some(view! {
                        <p class="muted small">"Messages are signed with the old key too. It ends " <Time at/> "."</p>
                    }.into_any()),
                    (false, None) => None,
                }}
            </div>
        </Card>
        <ConfirmDialog
            open=asking
            title="Replace the signing key?".to_owned()
            text=format!("Messages are signed with both keys for {OLD_SECRET_HOURS} hours, so that you can enter the new one over there. X-Signature is made with the new one at once.")
            verb="Replace"
            danger=false
            busy=rotate.pending()
            on_confirm=Callback::new(move |()| { rotate.dispatch(RotateWebhookKey { webhook_id }); })
        />
    }
    .into_any()
}
