//! Short messages that leave by themselves, some with an undo.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::{ev, html};

use super::{Button, Icon, IconButton, Look, Size, Tone, lu};
use crate::error::AppError;

/// How long a message stays; longer when it can be taken back.
const STAY: Duration = Duration::from_secs(6);
const STAY_WITH_UNDO: Duration = Duration::from_secs(12);
/// More than this many at once is noise; the oldest leaves.
const MOST: usize = 4;

#[derive(Clone)]
struct Toast {
    id: u32,
    tone: Tone,
    text: String,
    undo: Option<Undo>,
}

/// What takes it back. It outlives the page it came from, as the message does.
type Undo = Arc<dyn Fn() + Send + Sync>;

/// A way to take something back: a closure, or a [`Callback`], which works as long as the page that made it.
pub trait TakeBack {
    /// As kept with the message.
    fn into_undo(self) -> Arc<dyn Fn() + Send + Sync>;
}

impl<F: Fn() + Send + Sync + 'static> TakeBack for F {
    fn into_undo(self) -> Undo {
        Arc::new(self)
    }
}

impl TakeBack for Callback<()> {
    fn into_undo(self) -> Undo {
        Arc::new(move || {
            self.try_run(());
        })
    }
}

/// Where messages are put. Get it with [`use_toasts`].
#[derive(Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
}

impl Toasts {
    /// It worked.
    pub fn success(self, text: impl Into<String>) {
        self.push(Tone::Success, text.into(), None);
    }

    /// Worth knowing.
    pub fn info(self, text: impl Into<String>) {
        self.push(Tone::Neutral, text.into(), None);
    }

    /// It failed.
    pub fn error(self, error: &AppError) {
        self.push(Tone::Danger, error.sentence(), None);
    }

    /// It is done, and can be taken back for a while.
    pub fn undo(self, text: impl Into<String>, undo: impl TakeBack) {
        self.push(Tone::Success, text.into(), Some(undo.into_undo()));
    }

    fn push(self, tone: Tone, text: String, undo: Option<Undo>) {
        let stay = if undo.is_some() { STAY_WITH_UNDO } else { STAY };
        let id = self.next.get_value();
        self.next.set_value(id.wrapping_add(1));
        self.list.update(|list| {
            // Said again, it is said once; what can be taken back stays as often as it happened.
            list.retain(|toast| undo.is_some() || toast.undo.is_some() || (toast.tone, &toast.text) != (tone, &text));
            list.push(Toast { id, tone, text, undo });
            if list.len() > MOST {
                list.remove(0);
            }
        });
        self.expire(id, stay);
    }

    /// Nothing leaves while someone reads it with the pointer or the focus on it.
    fn expire(self, id: u32, after: Duration) {
        set_timeout(
            move || {
                let held = document().query_selector(".toasts:is(:hover, :focus-within)");
                if matches!(held, Ok(Some(_))) {
                    self.expire(id, Duration::from_secs(2));
                } else {
                    self.remove(id);
                }
            },
            after,
        );
    }

    fn remove(self, id: u32) {
        self.list.update(|list| list.retain(|toast| toast.id != id));
    }
}

/// Call once at the root.
pub fn provide_toasts() {
    provide_context(Toasts { list: RwSignal::new(Vec::new()), next: StoredValue::new(0) });
}

/// The messages of this page.
#[must_use]
pub fn use_toasts() -> Toasts {
    expect_context::<Toasts>()
}

/// Draws them; once, at the root.
#[component]
pub fn Toaster() -> impl IntoView {
    let toasts = use_toasts();
    let node = NodeRef::<html::Div>::new();
    // In the top layer, or an open dialog would cover what it caused.
    Effect::new(move |_| {
        let any = toasts.list.with(|list| !list.is_empty());
        if let Some(node) = node.get() {
            // Above a dialog that was opened since: what is shown last is on top.
            if any && matches!(document().query_selector("dialog[open]"), Ok(Some(_))) {
                let _ = node.hide_popover();
            }
            // Shown when shown already, or hidden when hidden: nothing to do.
            let _ = if any { node.show_popover() } else { node.hide_popover() };
        }
    });
    view! {
        <div class="toasts" popover="manual" role="status" aria-live="polite" aria-label="Messages" node_ref=node>
            <For each=move || toasts.list.get() key=|toast| toast.id let:toast>
                <div class="toast" data-tone=toast.tone.as_str()>
                    <Icon icon=toast.tone.glyph()/>
                    <p>{toast.text}</p>
                    {toast.undo.map(|undo| {
                        let on_undo = move |_: ev::MouseEvent| {
                            toasts.remove(toast.id);
                            undo();
                        };
                        view! { <Button size=Size::Small on:click=on_undo>"Undo"</Button> }
                    })}
                    <IconButton
                        icon=lu::LuX
                        label="Dismiss".to_owned()
                        look=Look::Quiet
                        size=Size::Small
                        on:click=move |_| toasts.remove(toast.id)
                    />
                </div>
            </For>
        </div>
    }
    .into_any()
}
