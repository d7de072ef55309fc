//! The log of a webhook: every message, what became of it, and what can be done about it.

use domain::id::{DeliveryId, WebhookId};
use domain::page::Page as Rows;
use domain::webhook::{
    Action as Happening, Attempt, Delivery, DeliveryDetail, DeliveryFilter, DeliveryState, KEEP_DAYS, Replay,
};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::again::Again;
use super::api::{ReplayWebhook, SkipDelivery, webhook_deliveries, webhook_delivery};
use crate::error::AppError;
use crate::lost::PartFailed;
use crate::ui::{
    Align, Badge, Button, Choice, Dialog, EmptyState, ErrorBanner, LoadMore, Menu, MenuButton, Select, Size,
    SkeletonRows, Table, Tabs, Time, Tone, answered, count, lu, plural, use_toasts,
};

/// What the rows do.
#[derive(Clone, Copy)]
struct Acts {
    webhook_id: WebhookId,
    looking: RwSignal<Option<DeliveryId>>,
    look_open: RwSignal<bool>,
    replay: ServerAction<ReplayWebhook>,
    skip: ServerAction<SkipDelivery>,
    is_active: bool,
}

/// The log, with its filters in the address.
#[component]
pub(super) fn Log(
    webhook_id: WebhookId,
    filter: DeliveryFilter,
    /// Whether anything is sent at all.
    is_active: bool,
    /// Whether it hears of one project.
    is_of_project: bool,
    page: Rows<Delivery>,
    reload: RwSignal<u32>,
) -> impl IntoView {
    let toasts = use_toasts();
    let rows = RwSignal::new(page.items);
    let next = RwSignal::new(page.next);
    let failed = RwSignal::new(None::<AppError>);
    let replay = ServerAction::<ReplayWebhook>::new();
    let skip = ServerAction::<SkipDelivery>::new();
    let (looking, look_open) = (RwSignal::new(None::<DeliveryId>), RwSignal::new(false));
    let again_open = RwSignal::new(false);
    let acts = Acts { webhook_id, looking, look_open, replay, skip, is_active };
    let more = Action::new(move |(): &()| async move {
        match webhook_deliveries(webhook_id, filter, next.get_untracked()).await {
            Ok(page) => {
                rows.update(|rows| rows.extend(page.items));
                next.set(page.next);
                failed.set(None);
            }
            Err(error) => failed.set(Some(error)),
        }
    });
    Effect::new(move |_| match replay.value().get() {
        Some(Ok(count)) => {
            again_open.set(false);
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            toasts.success(format!("{} again", plural(count, "message is sent", "messages are sent")));
            reload.update(|times| *times += 1);
        }
        // The dialog shows its own.
        Some(Err(error)) if !again_open.get_untracked() => toasts.error(&error),
        _ => {}
    });
    Effect::new(move |_| match skip.value().get() {
        Some(Ok(())) => {
            toasts.success("Skipped: the others go on");
            reload.update(|times| *times += 1);
        }
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
    let known = rows.with_untracked(|rows| {
        let ids = || rows.iter().map(|row| row.delivery_id);
        ids().min().zip(ids().max())
    });
    let is_filtered = filter != DeliveryFilter::default();
    view! {
        <section class="stack gap-3 webhook-log" aria-label="Log">
            <div class="spread">
                <h2>"Log"</h2>
                <div class="row">
                    <Button size=Size::Small icon=lu::LuRotateCw on:click=move |_| reload.update(|times| *times += 1)>"Refresh"</Button>
                    <Button
                        size=Size::Small
                        icon=lu::LuSend
                        disabled=!is_active
                        attr:title=(!is_active).then_some("Switch the webhook on first")
                        on:click=move |_| again_open.set(true)
                    >
                        "Send again"
                    </Button>
                </div>
            </div>
            <div class="webhook-filters">
                <Tabs label="Which messages">
                    <StateTab webhook_id filter state=None/>
                    {DeliveryState::ALL.map(|state| view! { <StateTab webhook_id filter state=Some(state)/> }).collect_view()}
                </Tabs>
                <ActionFilter webhook_id filter is_of_project/>
            </div>
            {move || failed.get().map(|error| view! { <ErrorBanner error/> })}
            <Show
                when=move || rows.with(|rows| !rows.is_empty())
                fallback=move || view! { <Nothing is_filtered/> }
            >
                <Table
                    caption="Messages"
                    head=|| view! {
                        <th scope="col" data-num="">"#"</th>
                        <th scope="col">"What happened"</th>
                        <th scope="col">"State"</th>
                        <th scope="col" data-num="">"Answer"</th>
                        <th scope="col" data-num="">"Took"</th>
                        <th scope="col" data-num="">"Attempts"</th>
                        <th scope="col">"When"</th>
                        <th scope="col"><span class="sr-only">"Actions"</span></th>
                    }.into_any()
                >
                    <For each=move || rows.get() key=|row| row.delivery_id let:delivery>
                        <Row delivery acts/>
                    </For>
                </Table>
                <LoadMore
                    shown=Signal::derive(move || rows.with(Vec::len))
                    total=Signal::stored(None)
                    more=Signal::derive(move || next.with(Option::is_some))
                    busy=more.pending()
                    on_more=Callback::new(move |()| { more.dispatch(()); })
                />
            </Show>
            <p class="faint small">{format!("The log goes back {KEEP_DAYS} days.")}</p>
        </section>
        <Dialog
            open=look_open
            title=Signal::derive(move || format!("Message {}", looking.get().map(|id| id.to_string()).unwrap_or_default()))
            size="wide"
            dismissable=true
        >
            <Look webhook_id delivery_id=looking.get_untracked().unwrap_or(DeliveryId(0))/>
        </Dialog>
        <Dialog open=again_open title="Send again".to_owned()>
            <Again webhook_id known open=again_open replay/>
        </Dialog>
    }
    .into_any()
}

fn word(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Waiting => "Waiting",
        DeliveryState::Delivered => "Delivered",
        DeliveryState::Failed => "Failed",
        DeliveryState::Skipped => "Skipped",
    }
}

fn address(webhook_id: WebhookId, filter: DeliveryFilter) -> String {
    let state = filter.state.map(|state| format!("show={}", state.as_str()));
    let action = filter.action.map(|action| format!("action={}", action.name()));
    let query: Vec<String> = state.into_iter().chain(action).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/webhooks/{webhook_id}{mark}{}", query.join("&"))
}

#[component]
fn StateTab(webhook_id: WebhookId, filter: DeliveryFilter, state: Option<DeliveryState>) -> impl IntoView {
    // Which one is current is in the query, which the router's own link does not compare.
    view! {
        <a
            class="tab"
            href=address(webhook_id, DeliveryFilter { state, ..filter })
            aria-current=(filter.state == state).then_some("page")
        >
            <span>{state.map_or("All", word)}</span>
        </a>
    }
}

#[component]
fn ActionFilter(webhook_id: WebhookId, filter: DeliveryFilter, is_of_project: bool) -> impl IntoView {
    let navigate = use_navigate();
    let is_heard = move |action: Happening| action.happens() && !(is_of_project && action.is_of_organization());
    let offered = Happening::ALL.iter().filter(|action| is_heard(**action) || filter.action == Some(**action));
    let choices: Vec<Choice> = std::iter::once(Choice::new("", "Everything"))
        .chain(offered.map(|action| Choice::new(action.name(), action.title())))
        .collect();
    view! {
        <Select
            name="action"
            label="What happened"
            bare=true
            choices
            value=filter.action.map(|action| action.name().to_owned()).unwrap_or_default()
            on_change=Callback::new(move |name: String| {
                let action = Happening::from_name(&name);
                navigate(&address(webhook_id, DeliveryFilter { action, ..filter }), NavigateOptions::default());
            })
        />
    }
    .into_any()
}

#[component]
fn Nothing(is_filtered: bool) -> impl IntoView {
    let (title, text) = match is_filtered {
        true => ("No such messages", "Nothing in the log is like that."),
        false => {
            ("Nothing sent yet", "Messages appear here as soon as something happens. A test shows whether they arrive.")
        }
    };
    view! { <div class="card"><EmptyState icon=lu::LuInbox title=title text=text/></div> }.into_any()
}

fn badge(delivery: &Delivery) -> AnyView {
    let tone = match (delivery.state, delivery.attempts) {
        (DeliveryState::Delivered, _) => Tone::Success,
        (DeliveryState::Failed, _) => Tone::Danger,
        (DeliveryState::Waiting, 1..) => Tone::Warning,
        (DeliveryState::Waiting, _) => Tone::Accent,
        (DeliveryState::Skipped, _) => Tone::Neutral,
    };
    let word = word(delivery.state);
    view! { <Badge tone dot=true>{word}</Badge> }.into_any()
}

#[component]
fn Row(delivery: Delivery, acts: Acts) -> impl IntoView {
    let Acts { webhook_id, looking, look_open, replay, skip, is_active } = acts;
    let delivery_id = delivery.delivery_id;
    let what = delivery.action.map_or("Test", Happening::title);
    let look = move || {
        looking.set(Some(delivery_id));
        look_open.set(true);
    };
    let again_at = delivery.next_attempt_at;
    let is_waiting = delivery.state == DeliveryState::Waiting;
    let again = if is_waiting { "Try now" } else { "Send again" };
    let is_test = delivery.action.is_none();
    let badge = badge(&delivery);
    let why = Some(delivery.message).filter(|why| !why.is_empty() && delivery.state != DeliveryState::Delivered);
    view! {
        <tr>
            <td data-num="">{count(delivery_id.0)}</td>
            <td>
                <button class="webhook-what" type="button" on:click=move |_| look()>{what}</button>
                {why.map(|why| view! { <span class="webhook-why">{why}</span> })}
                {again_at.map(|at| view! { <span class="webhook-why">"Tried again " <Time at/></span> })}
            </td>
            <td>{badge}</td>
            <td data-num="">{delivery.status}</td>
            <td data-num="" class="nowrap">{delivery.duration_ms.map(|ms| format!("{} ms", count(ms.into())))}</td>
            <td data-num="">{delivery.attempts}</td>
            <td class="nowrap"><Time at=delivery.created_at/></td>
            <td>
                <Menu
                    id=format!("delivery-{delivery_id}")
                    label=format!("Manage message {delivery_id}")
                    icon=lu::LuEllipsis
                    size=Size::Small
                    align=Align::End
                >
                    <MenuButton icon=lu::LuEye on:click=move |_| look()>"Look at it"</MenuButton>
                    {(!is_test && is_active).then(|| view! {
                        <MenuButton icon=lu::LuSend on:click=move |_| {
                            replay.dispatch(ReplayWebhook { webhook_id, what: Replay::One(delivery_id) });
                        }>{again}</MenuButton>
                    })}
                    {is_waiting.then(|| view! {
                        <MenuButton icon=lu::LuSkipForward on:click=move |_| {
                            skip.dispatch(SkipDelivery { webhook_id, delivery_id });
                        }>"Skip it"</MenuButton>
                    })}
                </Menu>
            </td>
        </tr>
    }
    .into_any()
}

/// One message with everything that is known about it.
#[component]
fn Look(webhook_id: WebhookId, delivery_id: DeliveryId) -> impl IntoView {
    let detail = Resource::new(|| (), move |()| webhook_delivery(webhook_id, delivery_id));
    view! {
        <div class="dialog-body">
            <Suspense fallback=|| view! { <SkeletonRows rows=4/> }>
                {answered(detail, |answer| match answer {
                    Ok(detail) => view! { <Detail detail/> }.into_any(),
                    Err(error) => view! { <PartFailed error/> }.into_any(),
                })}
            </Suspense>
        </div>
    }
    .into_any()
}

/// What was sent, and how each attempt went.
#[component]
pub(super) fn Detail(detail: DeliveryDetail) -> impl IntoView {
    let DeliveryDetail { delivery, message_id, body, attempts } = detail;
    let pretty = serde_json::from_str::<serde_json::Value>(&body)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or(body);
    let none = attempts.is_empty();
    let badge = badge(&delivery);
    let attempts = attempts.into_iter().enumerate().map(|(n, attempt)| view! { <Try attempt is_open={n == 0}/> });
    view! {
        <div class="stack webhook-detail">
            <p class="row">
                <span class="strong">{delivery.action.map_or("TEST", Happening::name)}</span>
                {badge}
                <Time at=delivery.created_at/>
                <span class="mono small faint">{message_id}</span>
            </p>
            {none.then(|| view! { <p class="muted">"It has not been tried yet."</p> })}
            {attempts.collect_view()}
            <details class="disclosure">
                <summary>"What is sent"</summary>
                <pre class="webhook-text" tabindex="0">{pretty}</pre>
            </details>
        </div>
    }
    .into_any()
}

#[component]
fn Try(attempt: Attempt, is_open: bool) -> impl IntoView {
    let outcome = match (attempt.status, attempt.message.is_empty()) {
        (Some(status), true) => format!("answered {status}"),
        (_, false) => attempt.message.clone(),
        (None, true) => String::new(),
    };
    let title = format!("Attempt {}: {outcome}", attempt.attempt);
    let headers = |all: Vec<(String, String)>| {
        all.into_iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")
    };
    let has_answer = attempt.status.is_some();
    let answer = match attempt.response_body.is_empty() {
        true => headers(attempt.response_headers),
        false => format!("{}\n\n{}", headers(attempt.response_headers), attempt.response_body),
    };
    view! {
        <details class="disclosure" open=is_open>
            <summary>{title}</summary>
            <p class="muted small">
                <Time at=attempt.started_at/>
                {format!(" · {} ms", count(attempt.duration_ms.into()))}
            </p>
            <h3 class="webhook-part">"Headers of the message"</h3>
            <pre class="webhook-text" tabindex="0">{headers(attempt.request_headers)}</pre>
            {has_answer.then(|| view! {
                <h3 class="webhook-part">"Answer"</h3>
                <pre class="webhook-text" tabindex="0">{answer}</pre>
            })}
        </details>
    }
    .into_any()
}
