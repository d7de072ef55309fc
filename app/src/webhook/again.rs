//! What is sent once more: what has failed for some time, or everything from one message to another.

use chrono::{DateTime, TimeDelta};
use domain::id::{DeliveryId, WebhookId};
use domain::webhook::{KEEP_DAYS, Replay};
use leptos::{html, prelude::*};

use super::api::ReplayWebhook;
use crate::ui::{Button, Choice, FormActions, FormScope, Look, Now, RadioCards, Select, TextField, focus_first_error};

/// The form in its dialog.
#[component]
pub(super) fn Again(
    webhook_id: WebhookId,
    /// The numbers of the oldest and newest message in sight.
    known: Option<(DeliveryId, DeliveryId)>,
    open: RwSignal<bool>,
    replay: ServerAction<ReplayWebhook>,
) -> impl IntoView {
    replay.value().set(None);
    let Now(now) = expect_context();
    let is_range = RwSignal::new(false);
    let hours = RwSignal::new("24".to_owned());
    let number = |id: Option<DeliveryId>| RwSignal::new(id.map(|id| id.to_string()).unwrap_or_default());
    let (first, last) = (number(known.map(|(first, _)| first)), number(known.map(|(_, last)| last)));
    let problem = RwSignal::new(None::<crate::error::AppError>);
    let send = move || {
        let what = if is_range.get_untracked() {
            let read = |field: &'static str, text: RwSignal<String>| {
                text.get_untracked().trim().parse::<DeliveryId>().map_err(|_| {
                    domain::Error::invalid(field, "number_malformed", "Please enter the number of a message.")
                })
            };
            read("first", first).and_then(|first| Ok(Replay::Range(first, read("last", last)?)))
        } else {
            let hours = hours.get_untracked().parse().unwrap_or(24);
            let now = DateTime::from_timestamp(now.get_untracked(), 0).unwrap_or_default();
            Ok(Replay::FailedSince(now - TimeDelta::hours(hours)))
        };
        match what {
            Ok(what) => {
                problem.set(None);
                replay.dispatch(ReplayWebhook { webhook_id, what });
            }
            Err(error) => problem.set(Some(error.into())),
        }
    };
    let error = Signal::derive(move || problem.get().or_else(|| replay.value().get().and_then(Result::err)));
    let form = NodeRef::<html::Form>::new();
    focus_first_error(form, error);
    let days = KEEP_DAYS * 24;
    view! {
        <div class="dialog-body">
            <FormScope error pending=replay.pending()>
                <form
                    class="form"
                    aria-label="Send again"
                    node_ref=form
                    novalidate=true
                    on:submit=move |event| {
                        event.prevent_default();
                        send();
                    }
                >
                    <RadioCards
                        name="what"
                        label="What"
                        value="failed"
                        choices=vec![
                            Choice::new("failed", "What has failed").help("And what was skipped."),
                            Choice::new("range", "A range").help("Everything in it, delivered or not."),
                        ]
                        on_change=Callback::new(move |what: String| is_range.set(what == "range"))
                    />
                    <Show
                        when=move || is_range.get()
                        fallback=move || view! {
                            <Select
                                name="hours"
                                label="Since"
                                value="24"
                                choices=vec![
                                    Choice::new("1", "An hour ago"),
                                    Choice::new("24", "A day ago"),
                                    Choice::new("168", "A week ago"),
                                    Choice::new(days.to_string(), "The log begins"),
                                ]
                                on_change=Callback::new(move |value| hours.set(value))
                            />
                        }
                    >
                        <div class="webhook-range">
                            <TextField name="first" label="From number" kind="number" bind=first min="1".to_owned()/>
                            <TextField name="last" label="To number" kind="number" bind=last min="1".to_owned()/>
                        </div>
                    </Show>
                    <p class="muted small">"Messages keep their ids and go out in their order."</p>
                    <FormActions end=true>
                        <Button on:click=move |_| open.set(false)>"Cancel"</Button>
                        <Button look=Look::Primary kind="submit" busy=replay.pending()>"Send again"</Button>
                    </FormActions>
                </form>
            </FormScope>
        </div>
    }
    .into_any()
}
