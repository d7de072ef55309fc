//! Comments beside the work: what is said about the task and about single regions.
//!
//! What is said comes with the task; it is asked for again when the page has the attention back, and every writing answers
//! with all of it. What is being written stays in its box until the server has it, and in this browser besides.

mod panel;
mod pins;
mod thread;
mod writing;

use domain::comment::{Change, Thread, Work};
use domain::id::{AnnotationId, CommentId, UserId};
use editor::annotate::{Editor, RegionKey};
use leptos::task::spawn_local;
use leptos::{ev, prelude::*};

use panel::Panel;
pub(super) use pins::pins;
use writing::Writing;

use super::api;
use super::bench::{Bench, OpenedTask};
use super::browser;
use crate::account::SIGNED_IN;
use crate::error::AppError;
use crate::later::late;
use crate::ui::{Button, Icon, Look, Toasts, lu, plural};

/// Whose work is on the page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Here {
    /// That of the person who looks.
    Mine,
    /// What somebody has handed in.
    Annotation(AnnotationId),
    /// Nobody's: a proposal, or nothing.
    Nobodys,
}

/// What is said about a task, and what is being said. Cheap to copy; lives as long as the view of the task.
#[derive(Clone, Copy)]
pub(super) struct Talk {
    bench: Bench,
    pub(in crate::annotate) task: OpenedTask,
    here: Here,
    threads: RwSignal<Vec<Thread>>,
    /// Whether the panel is to be seen.
    pub(super) open: RwSignal<bool>,
    /// Somebody has just opened it, and goes on by writing.
    wants_keys: RwSignal<bool>,
    /// The thread that somebody wants to see.
    sought: RwSignal<Option<CommentId>>,
    /// Why the comments could not be asked for again.
    trouble: RwSignal<Option<AppError>>,
    /// What is asked is counted: an older answer never takes the place of a newer one.
    asked: StoredValue<u32>,
    heard: StoredValue<u32>,
    /// The new comment.
    writing: Writing,
    /// The region it is about.
    pin: RwSignal<Option<RegionKey>>,
    /// Whether it is for everybody who works on the task.
    for_all: RwSignal<bool>,
    /// Where this browser keeps it.
    kept_as: StoredValue<String>,
}

/// Whether somebody waits for something: what was taken back is over, whatever was answered.
pub(super) fn is_open(thread: &Thread) -> bool {
    thread.resolved.is_none() && !thread.head.is_deleted
}

impl Talk {
    /// `for_all`: whether comments are for everybody who works on the task, as long as nothing else is chosen.
    pub(super) fn new(
        bench: Bench,
        task: OpenedTask,
        user_id: UserId,
        here: Here,
        threads: Vec<Thread>,
        for_all: bool,
    ) -> Self {
        Self {
            bench,
            task,
            here,
            threads: RwSignal::new(threads),
            open: RwSignal::new(false),
            wants_keys: RwSignal::new(false),
            sought: RwSignal::new(None),
            trouble: RwSignal::new(None),
            asked: StoredValue::new(0),
            heard: StoredValue::new(0),
            writing: Writing::kept(format!("synapse.comment.{user_id}.{}", task.task_id)),
            pin: RwSignal::new(None),
            for_all: RwSignal::new(for_all),
            kept_as: StoredValue::new(format!("synapse.comment.{user_id}.{}", task.task_id)),
        }
    }

    /// The page has come alive.
    pub(super) fn start(self) {
        Effect::new(move |_| {
            // Where it would lie over the work, it is opened by hand.
            self.open.set(browser::has_room() && browser::kept(OPEN).unwrap_or(false));
            if let Some(text) = self.kept_as.with_value(|key| browser::kept::<String>(key)) {
                self.writing.text.set(text);
            }
            let back = window_event_listener(ev::focus, move |_| self.look_again());
            let online = window_event_listener(ev::online, move |_| self.look_again());
            let signed_in = window_event_listener(ev::storage, move |event| {
                if event.key().as_deref() == Some(SIGNED_IN) {
                    self.look_again();
                }
            });
            on_cleanup(move || {
                back.remove();
                online.remove();
                signed_in.remove();
            });
        });
        Effect::new(move |was: Option<bool>| {
            let is_empty = self.writing.text.with(String::is_empty);
            self.kept_as.with_value(|key| match (is_empty, was) {
                // A full storage keeps nothing; the box still does.
                (false, _) => _ = browser::keep(key, &self.writing.text.get_untracked()),
                (true, Some(_)) => browser::forget(key),
                (true, None) => {}
            });
            is_empty
        });
        Effect::new(move |_| {
            self.pin.track();
            self.for_all.track();
            self.writing.is_other();
        });
        // A comment is about the region that is picked. What is being written keeps the one it was begun with, until
        // another is picked.
        let sole = Memo::new(move |_| self.bench.read(Editor::sole));
        Effect::new(move |_| match sole.get() {
            Some(key) => self.pin.set(Some(key)),
            None if self.writing.text.with_untracked(String::is_empty) => self.pin.set(None),
            None => {}
        });
    }

    /// Opens the panel at a thread.
    fn show(self, id: CommentId) {
        if !self.open.get_untracked() {
            self.toggle();
            // What is said has the keyboard, not the box for more.
            self.wants_keys.set(false);
        }
        self.sought.set(Some(id));
    }

    pub(super) fn toggle(self) {
        self.open.update(|open| *open = !*open);
        self.wants_keys.set(self.open.get_untracked() && browser::has_keys());
        // Remembered for the next task; where nothing is kept, the panel is closed there.
        let _ = browser::keep(OPEN, &self.open.get_untracked());
    }

    /// How many threads are not settled.
    pub(super) fn open_count(self) -> usize {
        self.threads.with(|threads| threads.iter().filter(|thread| is_open(thread)).count())
    }

    /// Whether that work is on this page.
    fn is_here(self, work: &Work) -> bool {
        match self.here {
            Here::Mine => work.is_mine,
            Here::Annotation(id) => work.annotation_id == Some(id),
            Here::Nobodys => false,
        }
    }

    /// Asks for the comments again.
    fn look_again(self) {
        let OpenedTask { project_id, task_id, .. } = self.task;
        self.ask(api::comments(project_id, task_id), move |outcome| {
            // The page may have been left meanwhile.
            let _left = self.trouble.try_set(outcome.err());
        });
    }

    /// Does something to a comment; `undo` says what has been done and takes it back.
    fn change(self, id: CommentId, change: Change, toasts: Toasts, undo: Option<(&'static str, Change)>) {
        let OpenedTask { project_id, task_id, .. } = self.task;
        self.ask(api::change_comment(project_id, task_id, id, change), move |outcome| match (outcome, undo) {
            (Ok(()), Some((words, back))) => {
                toasts.undo(words, move || self.change(id, back.clone(), toasts, None));
            }
            (Ok(()), None) => {}
            (Err(error), _) => toasts.error(&error),
        });
    }

    /// Asks the server something that it answers with all comments.
    fn ask(
        self,
        question: impl Future<Output = Result<Vec<Thread>, AppError>> + 'static,
        then: impl FnOnce(Result<(), AppError>) + 'static,
    ) {
        let number = self.asked.try_get_value().unwrap_or(0).wrapping_add(1);
        let _left = self.asked.try_set_value(number);
        spawn_local(async move {
            let outcome = question.await.map(|threads| {
                if self.heard.try_get_value().is_some_and(|heard| heard < number) {
                    self.heard.set_value(number);
                    self.threads.set(threads);
                    self.trouble.set(None);
                }
            });
            then(outcome);
        });
    }
}

/// Whether the panel is open, from task to task.
const OPEN: &str = "synapse.comments";

/// What a region is called: as in the list of regions.
pub(super) fn name_of(editor: &Editor, key: RegionKey) -> Option<String> {
    Some(format!("{} {}", editor.title(key), number_of(editor, key)?))
}

/// The number of a region in the list of all.
pub(super) fn number_of(editor: &Editor, key: RegionKey) -> Option<usize> {
    Some(editor.document().marks().position(|(other, _)| other == key)? + 1)
}

// Said now and then: it comes when the panel is opened.
late! {
    rare: fn arriving(talk: Talk) {
        view! { <Panel talk/> }.into_any()
    }
}

/// The panel, from when it is first opened.
pub(super) fn beside(talk: Talk) -> AnyView {
    let was_open = Memo::new(move |was: Option<&bool>| was == Some(&true) || talk.open.get());
    let panel = move || was_open.get().then(|| arriving(talk));
    view! { <div class="comments-place" hidden=move || !talk.open.get()>{panel}</div> }.into_any()
}

/// The button that opens and closes the panel, with the number of comments that wait.
#[component]
pub(super) fn CommentsButton(talk: Talk) -> impl IntoView {
    let count = Memo::new(move |_| talk.open_count());
    view! {
        <Button
            look=Look::Quiet
            icon=lu::LuMessageSquare
            attr:aria-pressed=move || if talk.open.get() { "true" } else { "false" }
            on:click=move |_| talk.toggle()
        >
            <span class="desk-word">"Comments"</span>
            <Show when=move || count.get() != 0>
                " "
                <span class="panel-count num">{move || count.get().to_string()}<span class="sr-only">" open"</span></span>
            </Show>
        </Button>
    }
    .into_any()
}

/// In the row of a region: how many comments about it wait.
pub(super) fn badge(bench: Bench, key: RegionKey) -> AnyView {
    let Some(talk) = use_context::<Talk>() else { return ().into_any() };
    let id = bench.peek(|editor| editor.document().mark(key).map(|mark| mark.region.id.clone())).unwrap_or_default();
    let count = Memo::new(move |_| talk.count_about(&id));
    let shown = move || {
        let count = count.get();
        let words = || plural(i64::try_from(count).unwrap_or(i64::MAX), "comment", "comments");
        (count != 0).then(|| {
            view! {
                <span class="region-comments num" title=words()>
                    <Icon icon=lu::LuMessageSquare/>
                    {count}
                    <span class="sr-only">{if count == 1 { " comment" } else { " comments" }}</span>
                </span>
            }
        })
    };
    shown.into_any()
}
