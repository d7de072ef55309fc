//! `<Chat>`: what the task says, what was added to it, and room to say more. Added messages are picked like regions.

use domain::chat::{ChatRules, messages_of};
use domain::region::{Message, Shape};
use editor::annotate::{Editor, RegionKey, speaker};
use editor::command::Command;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::Shown;
use crate::annotate::bench::Bench;
use crate::annotate::browser;
use crate::ui::{Button, IconButton, Look, Size, lu};

/// One chat on the page. Cheap to copy.
#[derive(Clone, Copy)]
struct Chat {
    bench: Bench,
    object: StoredValue<String>,
    /// The message that is being worded anew.
    editing: RwSignal<Option<RegionKey>>,
}

impl Chat {
    fn message(self, key: RegionKey) -> Option<Message> {
        self.bench.read(|editor| match &editor.document().mark(key)?.region.shape {
            Shape::Message(message) => Some(message.clone()),
            _ => None,
        })
    }

    fn reword(self, key: RegionKey, content: &str) {
        let _ = self.bench.act(|editor| editor.reword(key, content));
        self.editing.set(None);
    }
}

pub(super) fn view(shown: &Shown) -> AnyView {
    let (bench, name, given) = (shown.bench, shown.name.clone(), shown.value.clone());
    let rules = bench.peek(|editor| editor.chat_rules(&name)).unwrap_or_default();
    let chat = Chat { bench, object: StoredValue::new(name.clone()), editing: RwSignal::new(None) };
    let told = given.as_ref().map(messages_of).unwrap_or_default();
    let is_empty = told.is_empty();
    let told = told.into_iter().map(|message| view! { <Told message/> }).collect_view();
    let keys = Memo::new(move |_| {
        let keys = |editor: &Editor| {
            chat.object.with_value(|object| editor.messages(object).into_iter().map(|(key, _)| key).collect::<Vec<_>>())
        };
        bench.read(keys)
    });
    let may_say = Memo::new(move |_| {
        bench.read(|editor| chat.object.with_value(|object| editor.may_say(object, given.as_ref())))
    });
    view! {
        <section class="chat" aria-label=format!("Chat “{name}”")>
            {told}
            <Show when=move || is_empty && keys.with(Vec::is_empty)>
                <p class="muted small">"Nothing has been said yet."</p>
            </Show>
            <For each=move || keys.get() key=|key| *key children=move |key| view! { <Said chat key/> }/>
            <Show when=move || may_say.get()><Composer chat rules=rules.clone()/></Show>
        </section>
    }
    .into_any()
}

/// A message of the task: to be read.
#[component]
fn Told(message: Message) -> impl IntoView {
    view! {
        <article class="chat-message" data-role=message.role.clone()>
            {(!message.role.is_empty()).then(|| view! { <p class="chat-role">{speaker(&message.role)}</p> })}
            <p class="chat-text" dir="auto">{message.content}</p>
        </article>
    }
}

/// A message that was added: to be picked, worded anew where that is allowed, and deleted.
#[component]
fn Said(chat: Chat, key: RegionKey) -> impl IntoView {
    let bench = chat.bench;
    let message = Memo::new(move |before: Option<&Option<Message>>| {
        // One on its way out keeps its last face.
        chat.message(key).or_else(|| before.cloned().flatten())
    });
    let role = move || message.with(|message| message.as_ref().map(|message| message.role.clone()).unwrap_or_default());
    let content = move || message.with(|message| message.as_ref().map(|m| m.content.clone()).unwrap_or_default());
    let is_picked = Memo::new(move |_| bench.read(|editor| editor.selection().contains(&key)));
    let may_reword = Memo::new(move |_| bench.read(|editor| editor.may_reword(key)));
    let may_delete = Memo::new(move |_| {
        bench.read(|editor| {
            !editor.is_read_only() && editor.document().mark(key).is_some_and(editor::annotate::Mark::is_editable)
        })
    });
    let is_hidden =
        Memo::new(move |_| bench.read(|editor| editor.document().mark(key).is_some_and(|mark| mark.hidden)));
    let pick = move |_| {
        let _ = bench.act(|editor| {
            let keys = if editor.selection().contains(&key) { [].into() } else { [key].into() };
            editor.select(keys)
        });
    };
    let field = NodeRef::<html::Textarea>::new();
    let begin = move |_| {
        chat.editing.set(Some(key));
        request_animation_frame(move || {
            if let Some(field) = field.try_get_untracked().flatten() {
                // A field that has left the page takes no focus.
                let _ = field.focus();
            }
        });
    };
    let written = move || field.get_untracked().map(|field| field.value()).unwrap_or_default();
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            event.stop_propagation();
            chat.editing.set(None);
        }
        "Enter" if sends(&event) => {
            event.prevent_default();
            chat.reword(key, &written());
        }
        // What is written is meant; the key goes on to hand the work in.
        "Enter" if event.ctrl_key() || event.meta_key() => chat.reword(key, &written()),
        _ => {}
    };
    let on_leave = move |event: ev::FocusEvent| {
        if leaves(&event) && chat.editing.try_get_untracked().flatten() == Some(key) {
            chat.reword(key, &written());
        }
    };
    view! {
        <article
            class="chat-message chat-said"
            data-role=role
            data-selected=move || is_picked.get().then_some("")
            data-hidden=move || is_hidden.get().then_some("")
            on:focusout=on_leave
        >
            <header class="chat-head">
                <button class="chat-pick chat-role" type="button" aria-pressed=move || is_picked.get().to_string() on:click=pick>
                    {move || speaker(&role())}
                </button>
                <span class="chat-tools">
                    <Show when=move || may_reword.get() && chat.editing.get() != Some(key)>
                        <IconButton icon=lu::LuPencil label="Word this message anew".to_owned() size=Size::Small on:click=begin/>
                    </Show>
                    <Show when=move || may_delete.get()>
                        <IconButton
                            icon=lu::LuTrash2
                            label="Delete this message".to_owned()
                            look=Look::QuietDanger
                            size=Size::Small
                            on:click=move |_| { let _ = bench.act(|editor| editor.remove(key)); }
                        />
                    </Show>
                </span>
            </header>
            <Show
                when=move || chat.editing.get() == Some(key)
                fallback=move || view! { <p class="chat-text" dir="auto" on:click=pick>{content}</p> }
            >
                <textarea
                    class="input chat-field"
                    aria-label="Message"
                    dir="auto"
                    rows="3"
                    node_ref=field
                    prop:value=content
                    on:keydown=on_key
                ></textarea>
                <div class="row gap-2">
                    <Button look=Look::Primary size=Size::Small on:click=move |_| chat.reword(key, &written())>"Save"</Button>
                    <Button look=Look::Quiet size=Size::Small on:click=move |_| chat.editing.set(None)>"Cancel"</Button>
                </div>
            </Show>
        </article>
    }
}

/// Room for another message: in whose name, and what is said.
#[component]
fn Composer(chat: Chat, rules: ChatRules) -> impl IntoView {
    let role = RwSignal::new(rules.roles.first().cloned().unwrap_or_default());
    let text = RwSignal::new(String::new());
    let send = move || {
        let said = chat.object.with_value(|object| {
            let (role, text) = (role.get_untracked(), text.get_untracked());
            chat.bench.act(|editor| editor.say(object, &role, &text, js_sys::Date::now()))
        });
        if said.changed {
            text.set(String::new());
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if sends(&event) {
            event.prevent_default();
            send();
        } else if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && !event.repeat() {
            event.prevent_default();
            // What is written is meant.
            send();
            let _ = chat.bench.act(|editor| editor.run(Command::Submit));
        }
    };
    let on_leave = move |event: ev::FocusEvent| {
        if leaves(&event) && text.try_with_untracked(|text| !text.trim().is_empty()) == Some(true) {
            send();
        }
    };
    // Which it is becomes known in the browser; the server writes of keys.
    let has_keys = RwSignal::new(true);
    Effect::new(move |_| has_keys.set(browser::has_keys()));
    let hint = move || match has_keys.get() {
        true => "Write a message. Enter adds it, Shift Enter begins a new line.",
        false => "Write a message.",
    };
    let options = rules
        .roles
        .into_iter()
        .map(|name| {
            let words = speaker(&name);
            let mine = name.clone();
            view! { <option value=name selected=move || role.with(|role| *role == mine)>{words}</option> }
        })
        .collect_view();
    view! {
        <div class="chat-composer" on:focusout=on_leave>
            <select
                class="input chat-as"
                aria-label="Who speaks"
                on:change=move |event| role.set(event_target_value(&event))
            >
                {options}
            </select>
            <textarea
                class="input chat-field"
                aria-label="New message"
                placeholder=hint
                dir="auto"
                rows="2"
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
                on:keydown=on_key
            ></textarea>
            <Button
                icon=lu::LuPlus
                disabled=Signal::derive(move || text.with(|text| text.trim().is_empty()))
                on:click=move |_| send()
            >
                "Add"
            </Button>
        </div>
    }
}

/// Whether the keyboard goes elsewhere on the page, and not only to another window or another part of the same place.
fn leaves(event: &ev::FocusEvent) -> bool {
    let place = event.current_target().and_then(|place| place.dyn_into::<web_sys::Node>().ok());
    let next = event.related_target().and_then(|next| next.dyn_into::<web_sys::Node>().ok());
    match (place, next) {
        (Some(place), Some(next)) => !place.contains(Some(&next)),
        _ => false,
    }
}

/// Enter alone: what is written is said.
fn sends(event: &ev::KeyboardEvent) -> bool {
    let is_plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key() && !event.shift_key();
    event.key() == "Enter" && is_plain && !event.is_composing()
}
