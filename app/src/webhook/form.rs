//! A webhook to be added, or to be changed.

use domain::webhook::{Action as Happening, Group, MAX_URL_CHARS, Scope, Webhook, WebhookForm};
use leptos::{html, prelude::*};

use super::api::PutWebhook;
use crate::headers::{Headers, known, typed};
use crate::ui::{Button, Checkbox, Choice, FormActions, FormScope, Look, RadioCards, TextField, focus_first_error, lu};

/// The form in its dialog.
#[component]
pub(super) fn Form(
    scope: Scope,
    /// The one to be changed.
    webhook: Option<Webhook>,
    open: RwSignal<bool>,
    put: ServerAction<PutWebhook>,
) -> impl IntoView {
    // What was asked for before is not this form's.
    put.value().set(None);
    let webhook_id = webhook.as_ref().map(|webhook| webhook.webhook_id);
    let before = webhook.map(|webhook| webhook.form()).unwrap_or_default();
    let url = RwSignal::new(before.url.clone());
    let is_all = RwSignal::new(before.send_for_all_actions);
    let send_payload = RwSignal::new(before.send_payload);
    let actions = RwSignal::new(before.actions.clone());
    let headers = known(&before.headers);
    let is_active = before.is_active;
    let send = move || {
        let form = WebhookForm {
            url: url.get_untracked(),
            send_payload: send_payload.get_untracked(),
            send_for_all_actions: is_all.get_untracked(),
            actions: actions.get_untracked(),
            headers: typed(headers),
            is_active,
        };
        put.dispatch(PutWebhook { scope, webhook_id, form });
    };
    let error = Signal::derive(move || put.value().get().and_then(Result::err));
    let form = NodeRef::<html::Form>::new();
    focus_first_error(form, error);
    let verb = if webhook_id.is_some() { "Save" } else { "Add the webhook" };
    view! {
        <div class="dialog-body">
            <FormScope error pending=put.pending()>
                <form
                    class="form"
                    aria-label="Webhook"
                    node_ref=form
                    novalidate=true
                    on:submit=move |event| {
                        event.prevent_default();
                        send();
                    }
                >
                    <TextField
                        name="url"
                        label="Address"
                        kind="url"
                        bind=url
                        required=true
                        max_length=u32::try_from(MAX_URL_CHARS).unwrap_or(u32::MAX)
                        placeholder="https://example.com/synapse"
                        help="Messages are sent there by POST."
                    />
                    <RadioCards
                        name="send_for_all_actions"
                        label="What it hears"
                        value=if before.send_for_all_actions { "all" } else { "some" }
                        choices=vec![
                            Choice::new("all", "Everything that happens").icon(lu::LuRadio),
                            Choice::new("some", "Only some of it").icon(lu::LuListChecks),
                        ]
                        on_change=Callback::new(move |value: String| is_all.set(value == "all"))
                    />
                    <Show when=move || !is_all.get()>
                        <Actions scope actions/>
                    </Show>
                    <Checkbox
                        name="send_payload"
                        label="Messages tell everything"
                        help="Otherwise they only name what happened and the numbers of what it happened to."
                        checked=before.send_payload
                        on_change=Callback::new(move |on| send_payload.set(on))
                    />
                    <Headers headers/>
                    <FormActions end=true>
                        <Button on:click=move |_| open.set(false)>"Cancel"</Button>
                        <Button look=Look::Primary kind="submit" busy=put.pending()>{verb}</Button>
                    </FormActions>
                </form>
            </FormScope>
        </div>
    }
    .into_any()
}

/// What can be heard there, by what it is about.
#[component]
fn Actions(scope: Scope, actions: RwSignal<Vec<Happening>>) -> impl IntoView {
    let is_heard = move |action: &Happening| {
        // What was chosen by a program stays to be seen.
        let is_offered = action.happens() || actions.with_untracked(|chosen| chosen.contains(action));
        is_offered && (scope == Scope::Organization || !action.is_of_organization())
    };
    let groups = Group::ALL.into_iter().filter_map(|group| {
        let offered: Vec<Happening> =
            Happening::ALL.iter().copied().filter(|action| action.group() == group).filter(is_heard).collect();
        (!offered.is_empty()).then(|| {
            let boxes = offered.into_iter().map(|action| {
                let checked = actions.with_untracked(|chosen| chosen.contains(&action));
                view! {
                    <Checkbox
                        name="action"
                        id=format!("action-{}", action.name())
                        label=action.title()
                        help=action.text()
                        checked
                        on_change=Callback::new(move |on| actions.update(|chosen| {
                            chosen.retain(|other| *other != action);
                            if on {
                                chosen.push(action);
                            }
                        }))
                    />
                }
            });
            view! {
                <fieldset class="webhook-group">
                    <legend>{group.title()}</legend>
                    {boxes.collect_view()}
                </fieldset>
            }
        })
    });
    view! { <div class="webhook-actions">{groups.collect_view()}</div> }.into_any()
}
