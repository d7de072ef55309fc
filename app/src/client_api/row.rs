//! A client API in the list: what it fills, where it is, how often it was asked and what that has cost.

use domain::client_api::{ClientApi, ClientApiForm};
use leptos::prelude::*;

use super::api::{MoveClientApi, PutClientApi};
use super::money;
use super::section::Acts;
use crate::ui::{Align, Badge, Icon, Menu, MenuButton, Size, Switch, Time, Tone, count, lu, plural};

fn standing(api: &ClientApi) -> AnyView {
    let (tone, word) = match (api.is_enabled, &api.trouble, api.calls) {
        (false, ..) => (Tone::Neutral, "Off"),
        (true, Some(_), _) => (Tone::Warning, "Failing"),
        (true, None, 0) => (Tone::Neutral, "Not asked yet"),
        (true, None, _) => (Tone::Success, "Answering"),
    };
    view! { <Badge tone dot=true>{word}</Badge> }.into_any()
}

/// How often it was asked and what that has cost, with the limits of it.
fn account(api: &ClientApi) -> String {
    let mut words = vec![plural(api.calls, "call", "calls")];
    if api.failures > 0 {
        words.push(format!("{} failed", count(api.failures)));
    }
    if let Some(most) = api.calls_per_day {
        words.push(format!("{} of {} today", count(api.calls_today), count(most)));
    }
    match api.budget {
        Some(budget) => words.push(format!("{} of {budget} {}", api.cost.normalize(), api.currency)),
        None if api.cost_per_call.is_zero() && api.cost.is_zero() => {}
        None => words.push(money(api)),
    }
    words.join(" · ")
}

#[component]
pub(super) fn Row(api: ClientApi, acts: Acts, put: ServerAction<PutClientApi>) -> impl IntoView {
    let (project_id, client_api_id, position) = (acts.project_id, api.client_api_id, api.position);
    let (words, badge) = (account(&api), standing(&api));
    let stands_in = (position > 1).then(|| format!("stands in, number {position}"));
    let kept = StoredValue::new(api.clone());
    view! {
        <li>
            <span class="grow storage-words">
                <span class="storage-head">
                    <code class="strong">{api.data_key.clone()}</code>
                    <span class="muted truncate" dir="auto">{api.group.clone()}</span>
                    {badge}
                </span>
                <span class="small storage-place"><code>{api.method.as_str()} " " {api.url.clone()}</code></span>
                <span class="muted small">
                    {words}
                    {api.called_at.map(|at| view! { " · asked " <Time at/> })}
                    {api.at_import.then_some(" · at import")}
                    {stands_in.map(|words| format!(" · {words}"))}
                </span>
                {api.trouble.clone().map(|why| view! {
                    <span class="small storage-trouble"><Icon icon=lu::LuTriangleAlert/>{why}</span>
                })}
            </span>
            <span class="storage-acts">
                <Switch
                    name="is_enabled"
                    id=format!("client-api-on-{client_api_id}")
                    label="Active"
                    checked=api.is_enabled
                    on_change=Callback::new(move |is_enabled| {
                        let form = ClientApiForm { is_enabled, ..kept.with_value(ClientApi::form) };
                        acts.editing.set(None);
                        put.dispatch(PutClientApi { project_id, client_api_id: Some(client_api_id), form });
                    })
                />
                <Menu
                    id=format!("client-api-{client_api_id}")
                    label=format!("Manage {} of {}", api.group, api.data_key)
                    icon=lu::LuEllipsis
                    size=Size::Small
                    align=Align::End
                >
                    <MenuButton icon=lu::LuPencil on:click=move |_| {
                        acts.editing.set(Some(kept.get_value()));
                        acts.form_open.set(true);
                    }>"Edit"</MenuButton>
                    {(position > 1).then(|| view! {
                        <MenuButton icon=lu::LuArrowUp on:click=move |_| {
                            acts.moving.dispatch(MoveClientApi { project_id, client_api_id, position: position - 1 });
                        }>"Ask earlier"</MenuButton>
                    })}
                    <MenuButton icon=lu::LuTrash2 danger=true on:click=move |_| {
                        acts.removing.set(Some(kept.get_value()));
                        acts.confirm_open.set(true);
                    }>"Remove"</MenuButton>
                </Menu>
            </span>
        </li>
    }
    .into_any()
}
