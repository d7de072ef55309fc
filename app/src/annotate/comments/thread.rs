//! A comment with the answers to it.

use domain::comment::{About, Change, Comment, NewComment, Pin, Thread, Work};
use domain::id::CommentId;
use editor::annotate::RegionKey;
use leptos::{html, prelude::*};
use leptos_router::components::A;

use super::writing::{Writing, WritingBox};
use super::{Talk, name_of};
use crate::annotate::api;
use crate::annotate::bench::OpenedTask;
use crate::ui::{Avatar, Button, Icon, IconButton, Look, Size, Time, lu, use_toasts};

/// A thread. Looked up by its number: what was asked for again comes in place of it, and what is being written in it stays.
#[component]
pub(super) fn ThreadRow(talk: Talk, id: CommentId) -> impl IntoView {
    let toasts = use_toasts();
    let thread = Memo::new(move |before: Option<&Option<Thread>>| {
        let found = talk.threads.with(|threads| threads.iter().find(|thread| thread.head.comment_id == id).cloned());
        // One on its way out keeps its last face.
        found.or_else(|| before.cloned().flatten())
    });
    let look = move |look: fn(&Thread) -> bool| thread.with(|thread| thread.as_ref().is_some_and(look));
    let comments = Memo::new(move |_| {
        thread.with(|thread| {
            let answers = thread.iter().flat_map(|thread| &thread.answers);
            std::iter::once(id).chain(answers.map(|answer| answer.comment_id)).collect::<Vec<_>>()
        })
    });
    let place = Memo::new(move |_| thread.with(|thread| thread.as_ref().map(|it| (it.work.clone(), it.pin.clone()))));
    let answering = RwSignal::new(false);
    let row = NodeRef::<html::Li>::new();
    // The keyboard stays where the box was.
    let leave = move || {
        answering.set(false);
        if let Some(row) = row.get_untracked() {
            let _ = row.focus();
        }
    };
    Effect::new(move |_| {
        if talk.sought.get() == Some(id)
            && let Some(row) = row.get()
        {
            talk.sought.set(None);
            // The panel may have been opened for it just now.
            request_animation_frame(move || _ = row.focus());
        }
    });
    let answer = Writing::new("");
    let send = Callback::new(move |()| {
        let comment = NewComment {
            project_id: talk.task.project_id,
            task_id: talk.task.task_id,
            about: About::Comment(id),
            pin: None,
            text: answer.text.get_untracked(),
            key: answer.key(),
        };
        answer.send(talk, api::write_comment(comment), leave);
    });
    let settle = move |_| match untrack(|| look(|thread| thread.resolved.is_some())) {
        true => talk.change(id, Change::Reopen, toasts, None),
        false => talk.change(id, Change::Resolve, toasts, Some(("Resolved.", Change::Reopen))),
    };
    view! {
        <li class="thread" tabindex="-1" node_ref=row data-resolved=move || look(|thread| thread.resolved.is_some()).then_some("")>
            {move || place.get().map(|(work, pin)| about(talk, work, pin))}
            <For each=move || comments.get() key=|id| *id let:of>
                <CommentRow talk thread id=of/>
            </For>
            {move || thread.with(|thread| thread.as_ref().and_then(|it| it.resolved.clone())).map(|resolved| view! {
                <p class="thread-resolved">
                    <Icon icon=lu::LuCircleCheck/>
                    <span>
                        {if resolved.by.is_empty() { "Resolved ".to_owned() } else { format!("Resolved by {} ", resolved.by) }}
                        <Time at=resolved.at/>
                    </span>
                </p>
            })}
            <div class="thread-actions">
                <Show when=move || look(|thread| !thread.head.is_deleted) && !answering.get()>
                    <Button look=Look::Quiet size=Size::Small icon=lu::LuReply on:click=move |_| answering.set(true)>"Answer"</Button>
                </Show>
                <Show when=move || look(|thread| thread.may_resolve && !thread.head.is_deleted)>
                    <Button look=Look::Quiet size=Size::Small icon=lu::LuCheck on:click=settle>
                        {move || if look(|thread| thread.resolved.is_some()) { "Reopen" } else { "Resolve" }}
                    </Button>
                </Show>
            </div>
            <Show when=move || answering.get()>
                <WritingBox
                    writing=answer
                    label="Answer"
                    action="Answer"
                    on_send=send
                    on_leave=Some(Callback::new(move |()| leave()))
                />
            </Show>
        </li>
    }
    .into_any()
}

/// What a thread is about, as far as that does not go without saying.
fn about(talk: Talk, work: Option<Work>, pin: Option<Pin>) -> AnyView {
    let Some(work) = work else {
        return view! { <p class="thread-about"><Icon icon=lu::LuUsers/>"For everybody on this task"</p> }.into_any();
    };
    if !talk.is_here(&work) {
        let called = pin.map(|pin| format!("{}, ", pin.title)).unwrap_or_default();
        let whose = match (work.is_mine, work.by.as_str()) {
            (true, _) => "your own work".to_owned(),
            (false, "") => "work".to_owned(),
            (false, by) => format!("the work of {by}"),
        };
        let OpenedTask { project_id, task_id, .. } = talk.task;
        return match work.annotation_id {
            Some(id) => view! {
                <p class="thread-about">
                    <Icon icon=lu::LuFileSearch/>
                    <A href=format!("/projects/{project_id}/tasks/{task_id}?annotation={id}")>
                        {format!("About: {called}{whose}")}
                    </A>
                </p>
            }
            .into_any(),
            None => view! {
                <p class="thread-about"><Icon icon=lu::LuFileSearch/>{format!("About: {called}{whose}, not handed in yet")}</p>
            }
            .into_any(),
        };
    }
    pin.map(|pin| region(talk, pin)).into_any()
}

/// The region a thread is about: a way to it, or what it was called.
fn region(talk: Talk, pin: Pin) -> AnyView {
    let Pin { id, title } = pin;
    let found = Memo::new(move |_| {
        talk.bench.read(|editor| {
            let key = editor.document().key_of(&id)?;
            Some((key, name_of(editor, key)?))
        })
    });
    let show = move |key: RegionKey| {
        let _ = talk.bench.act(|editor| editor.select([key].into()).and(editor.bring_into_view(key)));
    };
    let shown = move || match found.get() {
        Some((key, name)) => view! {
            <button class="thread-pin" type="button" on:click=move |_| show(key)>
                <Icon icon=lu::LuMapPin/>
                <span class="truncate">{format!("About: {name}")}</span>
            </button>
        }
        .into_any(),
        None if title.is_empty() => {
            view! { <p class="thread-about"><Icon icon=lu::LuMapPinOff/>"About a region that is gone"</p> }.into_any()
        }
        None => view! {
            <p class="thread-about"><Icon icon=lu::LuMapPinOff/>{format!("About: {title}, which is gone")}</p>
        }
        .into_any(),
    };
    shown.into_any()
}

/// One comment.
#[component]
fn CommentRow(talk: Talk, thread: Memo<Option<Thread>>, id: CommentId) -> impl IntoView {
    let toasts = use_toasts();
    let comment = Memo::new(move |before: Option<&Option<Comment>>| {
        let found = thread.with(|thread| {
            let mut all = thread.iter().flat_map(|thread| std::iter::once(&thread.head).chain(&thread.answers));
            all.find(|comment| comment.comment_id == id).cloned()
        });
        found.or_else(|| before.cloned().flatten())
    });
    let editing = RwSignal::new(false);
    let row = NodeRef::<html::Article>::new();
    // The keyboard stays where the box was.
    let leave = move || {
        editing.set(false);
        if let Some(row) = row.get_untracked() {
            let _ = row.focus();
        }
    };
    let writing = Writing::new("");
    let edit = move |_| {
        writing
            .text
            .set(comment.with_untracked(|comment| comment.as_ref().map(|it| it.text.clone()).unwrap_or_default()));
        editing.set(true);
    };
    let send = Callback::new(move |()| {
        let OpenedTask { project_id, task_id, .. } = talk.task;
        let change = Change::Reword(writing.text.get_untracked());
        let question = api::change_comment(project_id, task_id, id, change);
        writing.send(talk, question, leave);
    });
    let delete = move |_| talk.change(id, Change::Delete, toasts, Some(("Comment deleted.", Change::Restore)));
    let face = move |Comment { by, is_mine, text, at, edited_at, is_deleted, .. }: Comment| {
        if is_deleted {
            return view! { <p class="comment-gone">"This comment was deleted."</p> }.into_any();
        }
        let by = if by.is_empty() { "Somebody".to_owned() } else { by };
        view! {
            <div class="comment-head">
                <Avatar name=by.clone() size="small"/>
                <span class="comment-by truncate">{by}</span>
                <span class="comment-at"><Time at/></span>
                {edited_at.map(|_| view! { <span class="comment-at">"edited"</span> })}
                {is_mine.then(|| view! {
                    <span class="comment-tools">
                        <IconButton icon=lu::LuPencil label="Edit comment".to_owned() size=Size::Small on:click=edit/>
                        <IconButton icon=lu::LuTrash2 label="Delete comment".to_owned() look=Look::QuietDanger size=Size::Small on:click=delete/>
                    </span>
                })}
            </div>
            <p class="comment-text" dir="auto" hidden=move || editing.get()>{text}</p>
        }
        .into_any()
    };
    view! {
        <article class="comment" tabindex="-1" node_ref=row aria-label=move || comment.with(|it| it.as_ref().map(|it| format!("Comment by {}", it.by)))>
            {move || comment.get().map(face)}
            <Show when=move || editing.get()>
                <WritingBox
                    writing
                    label="Edit comment"
                    action="Save"
                    on_send=send
                    on_leave=Some(Callback::new(move |()| leave()))
                />
            </Show>
        </article>
    }
    .into_any()
}
