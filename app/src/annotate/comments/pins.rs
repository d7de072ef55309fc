//! Pins on the picture: where a region has comments that wait. One for each such region, so their number does not depend on
//! how many regions there are.

use domain::comment::Thread;
use domain::id::CommentId;
use editor::annotate::State;
use leptos::{ev, prelude::*};

use super::{Talk, is_open, name_of};
use crate::annotate::bench::Bench;
use crate::ui::{Icon, lu, plural};

/// CSS pixels between the corner of a region and its pin.
const APART: f64 = 5.0;
/// How high a pin is, as its style says.
const HEIGHT: f64 = 24.0;
/// How broad a pin is at most.
const WIDTH: f64 = 48.0;

/// What is said about one region and waits.
#[derive(Clone, PartialEq)]
struct Pinned {
    count: usize,
    first: CommentId,
}

/// The pins on one picture; none where nobody talks, and on other versions of the work.
pub(in crate::annotate) fn pins(bench: Bench, object: StoredValue<String>) -> AnyView {
    let Some(talk) = use_context::<Talk>().filter(|talk| talk.bench.is_same(bench)) else { return ().into_any() };
    let ids = Memo::new(move |_| talk.pinned_ids());
    // A click that sets a point of a polygon is meant for the picture.
    let is_busy = Memo::new(move |_| {
        bench.lively.track();
        bench.peek(|editor| !matches!(editor.state(), State::Idle))
    });
    view! {
        <div class="surface-pins" data-busy=move || is_busy.get().then_some("")>
            <For each=move || ids.get() key=Clone::clone let:id>
                {pin(talk, object, id)}
            </For>
        </div>
    }
    .into_any()
}

fn pin(talk: Talk, object: StoredValue<String>, id: String) -> AnyView {
    let id = StoredValue::new(id);
    let bench = talk.bench;
    let place = Memo::new(move |_| {
        bench.still.track();
        bench.lively.track();
        object.with_value(|object| {
            bench.peek(|editor| {
                let (at, size) = (id.with_value(|id| editor.pin_place(object, id))?, editor.view(object)?.surface());
                // Above and beside the corner, which is there to be dragged; at the edge of the surface all of it is seen.
                let (x, y) = ((at.x + APART).min(size.width - WIDTH), (at.y - APART - HEIGHT).max(0.0));
                Some((x.max(0.0), y))
            })
        })
    });
    let pinned = Memo::new(move |_| id.with_value(|id| talk.pinned(id)));
    let count = move || pinned.with(|pinned| pinned.as_ref().map_or(0, |pinned| pinned.count));
    let words = move || {
        let name = bench.read(|editor| {
            let key = id.with_value(|id| editor.document().key_of(id))?;
            name_of(editor, key)
        });
        let count = plural(i64::try_from(count()).unwrap_or(i64::MAX), "comment", "comments");
        format!("{count} about {}", name.unwrap_or_default())
    };
    let style = move || place.get().map(|(x, y)| format!("transform: translate({x:.1}px, {y:.1}px)"));
    view! {
        // By keyboard one gets there through the list of regions and the panel.
        <button
            class="surface-pin num"
            type="button"
            tabindex="-1"
            hidden=move || place.get().is_none()
            style=style
            title=words
            aria-label=words
            on:pointerdown=|event: ev::PointerEvent| event.stop_propagation()
            on:click=move |_| {
                if let Some(pinned) = pinned.get_untracked() {
                    talk.show(pinned.first);
                }
            }
        >
            <Icon icon=lu::LuMessageSquare/>
            {count}
        </button>
    }
    .into_any()
}

impl Talk {
    fn is_pinned_here(self, thread: &Thread) -> bool {
        is_open(thread) && thread.pin.is_some() && thread.work.as_ref().is_some_and(|work| self.is_here(work))
    }

    /// The regions of the work on this page that have comments that wait.
    fn pinned_ids(self) -> Vec<String> {
        let mut ids: Vec<String> = self.threads.with(|threads| {
            let here = threads.iter().filter(|thread| self.is_pinned_here(thread));
            here.filter_map(|thread| thread.pin.as_ref().map(|pin| pin.id.clone())).collect()
        });
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The threads about one of them.
    fn pinned(self, id: &str) -> Option<Pinned> {
        self.threads.with(|threads| {
            let is_about =
                |thread: &&Thread| self.is_pinned_here(thread) && thread.pin.as_ref().is_some_and(|pin| pin.id == id);
            let mut about = threads.iter().filter(is_about);
            let first = about.next()?.head.comment_id;
            Some(Pinned { count: 1 + about.count(), first })
        })
    }

    /// How many threads that wait are about a region of the work on this page.
    pub(super) fn count_about(self, id: &str) -> usize {
        self.pinned(id).map_or(0, |pinned| pinned.count)
    }
}
