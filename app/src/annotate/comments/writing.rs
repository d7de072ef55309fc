//! A box to write in. What could not be sent stays in it, with the reason.

use domain::comment::{MAX_COMMENT_CHARS, Thread};
use leptos::{ev, html, prelude::*};
use uuid::Uuid;

use super::Talk;
use crate::annotate::browser;
use crate::error::AppError;
use crate::ui::{Button, ErrorBanner, Look, Size};

/// A text on its way to the server.
#[derive(Clone, Copy)]
pub(super) struct Writing {
    pub(super) text: RwSignal<String>,
    busy: RwSignal<bool>,
    /// Why it has not arrived.
    error: RwSignal<Option<AppError>>,
    /// The key of what may have reached the server; anew for another text.
    key: StoredValue<Option<Uuid>>,
    /// Where the browser keeps what is written, if it does.
    kept_as: StoredValue<Option<String>>,
}

impl Writing {
    pub(super) fn new(text: &str) -> Self {
        Self {
            text: RwSignal::new(text.to_owned()),
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
            key: StoredValue::new(None),
            kept_as: StoredValue::new(None),
        }
    }

    /// The same, kept by the browser under a key as it is written.
    pub(super) fn kept(key: String) -> Self {
        let writing = Self::new("");
        writing.kept_as.set_value(Some(key));
        writing
    }

    /// It says something else now, or to others: sent again it would be another comment.
    pub(super) fn is_other(self) {
        self.key.set_value(None);
    }

    /// The key under which it is sent, however often.
    pub(super) fn key(self) -> Uuid {
        let key = self.key.get_value().unwrap_or_else(browser::new_key);
        self.key.set_value(Some(key));
        key
    }

    fn change(self, text: String) {
        self.text.set(text);
        self.key.set_value(None);
        self.error.set(None);
    }

    /// Sends it; empties the box when it has arrived.
    pub(super) fn send(
        self,
        talk: Talk,
        question: impl Future<Output = Result<Vec<Thread>, AppError>> + 'static,
        then: impl FnOnce() + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        let sent = self.text.get_untracked();
        let kept_as = self.kept_as.get_value();
        talk.ask(question, move |outcome| {
            // The box, or the page, may have been left meanwhile: what has arrived does not wait there to be sent again.
            if let (Ok(()), Some(key)) = (&outcome, &kept_as)
                && browser::kept::<String>(key).as_ref() == Some(&sent)
            {
                browser::forget(key);
            }
            if self.busy.try_set(false).is_some() {
                return;
            }
            match outcome {
                Ok(()) => {
                    // What was written meanwhile is another comment.
                    if self.text.with_untracked(|text| *text == sent) {
                        self.change(String::new());
                    } else {
                        self.key.set_value(None);
                    }
                    then();
                }
                Err(error) => self.error.set(Some(error)),
            }
        });
    }
}

/// The box with its buttons.
#[component]
pub(super) fn WritingBox(
    writing: Writing,
    /// What is written there, read out.
    label: &'static str,
    #[prop(optional)] placeholder: &'static str,
    /// The word on the button.
    action: &'static str,
    /// Sends what is written.
    on_send: Callback<()>,
    /// Leaves without sending.
    #[prop(optional_no_strip)]
    on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let area = NodeRef::<html::Textarea>::new();
    let is_empty = Memo::new(move |_| writing.text.with(|text| text.trim().is_empty()));
    let too_long = Memo::new(move |_| writing.text.with(|text| text.chars().count()).checked_sub(MAX_COMMENT_CHARS));
    let cannot = move || is_empty.get() || too_long.get().is_some_and(|over| over > 0);
    let send = move || {
        if !untrack(cannot) {
            on_send.run(());
        }
    };
    // Which keyboard it is becomes known in the browser; the server writes Ctrl.
    let is_apple = RwSignal::new(false);
    Effect::new(move |_| is_apple.set(browser::is_apple()));
    // What was opened to be written in has the keyboard.
    Effect::new(move |_| {
        if on_leave.is_some()
            && let Some(area) = area.get()
        {
            // One that cannot take the focus is in sight all the same.
            let _ = area.focus();
        }
    });
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        // Ctrl Enter sends what is written here, not the work.
        "Enter" if event.ctrl_key() || event.meta_key() => {
            event.prevent_default();
            event.stop_propagation();
            if !event.repeat() {
                send();
            }
        }
        "Escape" if on_leave.is_some() => {
            event.prevent_default();
            event.stop_propagation();
            if let Some(on_leave) = on_leave {
                on_leave.run(());
            }
        }
        _ => {}
    };
    view! {
        <div class="comment-box">
            <textarea
                class="input"
                rows="3"
                dir="auto"
                node_ref=area
                aria-label=label
                placeholder=placeholder
                aria-keyshortcuts="Control+Enter"
                aria-invalid=move || too_long.get().is_some_and(|over| over > 0).then_some("true")
                prop:value=move || writing.text.get()
                on:input=move |event| writing.change(event_target_value(&event))
                on:keydown=on_key
            ></textarea>
            {move || too_long.get().filter(|over| *over > 0).map(|over| view! {
                <p class="answer-problem" role="alert">{format!("{over} characters too many.")}</p>
            })}
            {move || writing.error.get().map(|error| view! { <ErrorBanner error/> })}
            <div class="comment-foot">
                <span class="comment-hint">
                    <span class="with-keys">{move || if is_apple.get() { "⌘ Enter sends" } else { "Ctrl Enter sends" }}</span>
                </span>
                {on_leave.map(|on_leave| view! {
                    <Button look=Look::Quiet size=Size::Small on:click=move |_| on_leave.run(())>"Cancel"</Button>
                })}
                <Button
                    look=Look::Primary
                    size=Size::Small
                    busy=writing.busy
                    disabled=Signal::derive(cannot)
                    on:click=move |_| send()
                >
                    {action}
                </Button>
            </div>
        </div>
    }
    .into_any()
}
