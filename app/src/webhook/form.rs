//! A webhook to be added, or to be changed.

use domain::webhook::{Action as Happening, Group, Header, MAX_HEADERS, MAX_URL_CHARS, Scope, Webhook, WebhookForm};
use leptos::{html, prelude::*};

use super::api::PutWebhook;
use crate::ui::{
    Button, Checkbox, Choice, FormActions, FormScope, IconButton, Look, RadioCards, Size, TextField, focus_first_error,
    lu,
};

/// One header while it is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Typed {
    key: u32,
    name: RwSignal<String>,
    value: RwSignal<String>,
    /// Its value is stored, and not shown.
    is_known: bool,
}

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
    let headers = RwSignal::new(known_headers(&before));
    let is_active = before.is_active;
    let send = move || {
        let typed = headers.get_untracked().into_iter().filter_map(|typed| {
            let (name, value) = (typed.name.get_untracked(), typed.value.get_untracked());
            if name.trim().is_empty() && value.is_empty() {
                return None;
            }
            let value = (!typed.is_known || !value.is_empty()).then_some(value);
            Some(Header { name, value })
        });
        let form = WebhookForm {
            url: url.get_untracked(),
            send_payload: send_payload.get_untracked(),
            send_for_all_actions: is_all.get_untracked(),
            actions: actions.get_untracked(),
            headers: typed.collect(),
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

fn known_headers(form: &WebhookForm) -> Vec<Typed> {
    let typed = |(key, header): (u32, &Header)| Typed {
        key,
        name: RwSignal::new(header.name.clone()),
        value: RwSignal::new(String::new()),
        is_known: true,
    };
    (0..).zip(&form.headers).map(typed).collect()
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

/// Headers that go along, each with its name and its value.
#[component]
fn Headers(headers: RwSignal<Vec<Typed>>) -> impl IntoView {
    let next = StoredValue::new(headers.with_untracked(|all| u32::try_from(all.len()).unwrap_or(0)));
    let add = move || {
        let key = next.get_value();
        next.set_value(key + 1);
        let typed =
            Typed { key, name: RwSignal::new(String::new()), value: RwSignal::new(String::new()), is_known: false };
        headers.update(|all| all.push(typed));
    };
    view! {
        <fieldset class="webhook-headers">
            <legend>"Headers of your own"</legend>
            <p class="field-help">"As for signing in over there. Values are stored encrypted and never shown again."</p>
            <For each=move || headers.get() key=|typed| typed.key let:typed>
                <div class="webhook-header">
                    <TextField
                        name="header_name"
                        id=format!("header-name-{}", typed.key)
                        label="Name"
                        bind=typed.name
                        autocomplete="off"
                        placeholder="Authorization"
                        max_length=100_u32
                    />
                    <TextField
                        name="header_value"
                        id=format!("header-value-{}", typed.key)
                        label="Value"
                        bind=typed.value
                        autocomplete="off"
                        placeholder=if typed.is_known { "•••••••• (stored)" } else { "" }
                        max_length=4096_u32
                    />
                    <IconButton
                        icon=lu::LuX
                        label="Remove this header".to_owned()
                        on:click=move |_| headers.update(|all| all.retain(|other| other.key != typed.key))
                    />
                </div>
            </For>
            <Show when=move || headers.with(|all| all.len() < MAX_HEADERS)>
                <Button size=Size::Small icon=lu::LuPlus on:click=move |_| add()>"Add a header"</Button>
            </Show>
        </fieldset>
    }
    .into_any()
}
