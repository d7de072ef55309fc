//! The panel: what is said, and the box for what is to be said.

use domain::comment::{About, NewComment, Pin};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::thread::ThreadRow;
use super::writing::WritingBox;
use super::{Here, Talk, is_open, name_of};
use crate::annotate::api;
use crate::ui::{Button, Checkbox, Choice, ErrorBanner, Icon, IconButton, Segments, Size, lu};

#[component]
pub(super) fn Panel(talk: Talk) -> impl IntoView {
    let shown = RwSignal::new("open".to_owned());
    let ids = Memo::new(move |_| {
        let all = shown.with(|shown| shown == "all");
        talk.threads.with(|threads| {
            let wanted = threads.iter().filter(|thread| all || is_open(thread));
            wanted.map(|thread| thread.head.comment_id).collect::<Vec<_>>()
        })
    });
    // Whoever sends a comment twice by keyboard does not hand in the work.
    let keep_here = |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.stop_propagation();
        }
    };
    let settled = move || talk.threads.with(Vec::len) - talk.open_count();
    let empty = move || match (settled(), shown.with(|shown| shown == "all")) {
        (0, _) | (_, true) => "Nothing has been said about this task yet. Ask what the instructions leave open.",
        (1, false) => "Nothing is open. 1 comment is resolved.",
        (_, false) => "Nothing is open. All comments are resolved.",
    };
    view! {
        <aside class="panel comments" aria-label="Comments" on:keydown=keep_here>
            <div class="panel-head">
                <h2>"Comments"</h2>
                <span class="panel-count num" role="status">{move || ids.with(Vec::len).to_string()}</span>
                <span class="panel-tools">
                    <IconButton icon=lu::LuX label="Close comments".to_owned() size=Size::Small on:click=move |_| talk.toggle()/>
                </span>
                <Segments
                    label="Which comments"
                    choices=vec![Choice::new("open", "Open"), Choice::new("all", "All")]
                    value=shown
                    on_change=Callback::new(move |choice| shown.set(choice))
                />
            </div>
            {move || talk.trouble.get().map(|error| view! {
                <div class="comments-trouble stack gap-2">
                    <ErrorBanner error/>
                    <Button size=Size::Small on:click=move |_| talk.look_again()>"Look again"</Button>
                </div>
            })}
            <Show when=move || ids.with(Vec::is_empty)>
                <p class="panel-empty">{empty}</p>
            </Show>
            <ul class="comment-list" role="list">
                <For each=move || ids.get() key=|id| *id let:id>
                    <ThreadRow talk id/>
                </For>
            </ul>
            <Composer talk/>
        </aside>
    }
    .into_any()
}

/// What a new comment says, and about what.
#[component]
fn Composer(talk: Talk) -> impl IntoView {
    let pinned = Memo::new(move |_| {
        let key = talk.pin.get().filter(|_| talk.here != Here::Nobodys)?;
        talk.bench.read(|editor| {
            let id = editor.document().mark(key)?.region.id.clone();
            Some(Pin { id, title: name_of(editor, key)? })
        })
    });
    let send = Callback::new(move |()| {
        let pin = pinned.get_untracked();
        let about = match talk.here {
            _ if pin.is_none() && talk.for_all.get_untracked() => About::Task,
            Here::Mine => About::MyWork,
            Here::Annotation(id) => About::Annotation(id),
            Here::Nobodys => About::Task,
        };
        let comment = NewComment {
            project_id: talk.task.project_id,
            task_id: talk.task.task_id,
            about,
            pin,
            text: talk.writing.text.get_untracked(),
            key: talk.writing.key(),
        };
        talk.writing.send(talk, api::write_comment(comment), || ());
    });
    let is_about_work = talk.here != Here::Nobodys;
    let node = NodeRef::<html::Section>::new();
    Effect::new(move |_| {
        if !talk.wants_keys.get() || node.get().is_none() {
            return;
        }
        talk.wants_keys.set(false);
        // On the page by then.
        request_animation_frame(move || {
            let field =
                node.try_get_untracked().flatten().and_then(|node| node.query_selector("textarea").ok().flatten());
            if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
                // One that has left the page takes no focus.
                let _ = field.focus();
            }
        });
    });
    view! {
        <section class="comment-composer" aria-label="New comment" node_ref=node>
            {move || pinned.get().map(|pin| view! {
                <p class="comment-about">
                    <Icon icon=lu::LuMapPin/>
                    <span class="truncate">{format!("About: {}", pin.title)}</span>
                    <IconButton
                        icon=lu::LuX
                        label="About no region".to_owned()
                        size=Size::Small
                        on:click=move |_| talk.pin.set(None)
                    />
                </p>
            })}
            <WritingBox
                writing=talk.writing
                label="Comment"
                placeholder="Ask or say something"
                action="Comment"
                on_send=send
            />
            {(!is_about_work).then(|| view! { <p class="comment-for">"For everybody who works on this task."</p> })}
            <Show when=move || is_about_work && pinned.with(Option::is_none)>
                <div class="comment-for">
                    <Checkbox
                        name="for-all"
                        label="For everybody who works on this task"
                        checked=talk.for_all.get_untracked()
                        on_change=Callback::new(move |for_all| talk.for_all.set(for_all))
                    />
                </div>
            </Show>
        </section>
    }
    .into_any()
}
