//! The list of regions: real elements, so that keyboards, screen readers and tests have something to hold.
//!
//! Only the rows in sight are on the page, however many regions there are; the list is as tall as all of them. One row at a
//! time is within reach of the Tab key, arrows go from row to row. It can be looked through, and put together by label.

mod row;
mod window;

use std::collections::BTreeSet;

use editor::annotate::{Editor, Entry, ObjectKind, RegionKey, Unshown, Wanted};
use editor::command::Command;
use leptos::{ev, html, prelude::*};

pub(super) use row::detail;
use row::{Line, RegionRow, head, lines};
use window::{FIRST, Window};

use super::bench::{Bench, use_bench};
use super::browser::overhear;
use crate::ui::{Button, Icon, IconButton, Look, Size, lu};

/// A line of the list, whatever it shows.
#[derive(Clone, PartialEq, Eq, Hash)]
enum LineKey {
    Head(String, usize, usize),
    Region(RegionKey),
}

impl LineKey {
    fn of(line: &Line) -> Self {
        match line {
            Line::Head { at, title, count } => Self::Head(title.clone(), *count, *at),
            Line::Region(row) => Self::Region(row.key),
        }
    }
}

/// What to do while nothing is marked, for the objects there are.
fn how_to_begin(bench: Bench) -> String {
    bench.peek(|editor| {
        if editor.is_read_only() {
            return "Nothing is marked.".to_owned();
        }
        let kit = editor.document().kit();
        let mut ways: Vec<&str> = Vec::new();
        for (_, kind) in &kit.objects {
            let way = match kind {
                ObjectKind::Image => "draw on the picture",
                ObjectKind::Sheet => "draw on a page",
                ObjectKind::Text => "select a piece of the text",
                ObjectKind::Dialogue => "select a piece of a turn",
                ObjectKind::Page => "select a piece of the page",
                ObjectKind::Sound => "drag along the sound",
                ObjectKind::Series => "drag along the curves",
                ObjectKind::Video => "draw on the video or drag along its timeline",
                ObjectKind::Chat => "write a message",
            };
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        let first = if kit.labels.is_empty() { "To begin, " } else { "Pick a label, then " };
        format!("Nothing marked yet. {first}{}.", ways.join(", or "))
    })
}

/// The panel.
#[component]
pub(super) fn Regions() -> impl IntoView {
    let bench = use_bench();
    let wanted = RwSignal::new(Wanted::default());
    let entries = Memo::new(move |_| wanted.with(|wanted| bench.read_work(|editor| editor.listing(wanted))));
    let view = Window { entries, list: NodeRef::new(), seen: RwSignal::new((0, FIRST)), active: RwSignal::new(0) };
    // Worked out only after a question about regions has kept the work from being submitted.
    let open = Memo::new(move |_| {
        let asked = bench.to_answer.get();
        let keys = asked.map(|control| bench.read_work(|editor| editor.to_answer(&control)));
        keys.unwrap_or_default().into_iter().collect::<BTreeSet<_>>()
    });
    let lines = Memo::new(move |_| {
        let (seen, active) = (view.seen.get(), view.active.get());
        entries.with(|entries| open.with(|open| bench.read(|editor| lines(editor, entries, seen, active, open))))
    });
    let keys = move || lines.with(|lines| lines.iter().map(LineKey::of).collect::<Vec<_>>());
    let count = Memo::new(move |_| view.count());
    Effect::new(move |_| {
        // Scrolling does not rise, so it is caught on its way down, whoever scrolls.
        overhear(&["scroll", "resize"], move || view.look());
    });
    Effect::new(move |_| {
        count.track();
        request_animation_frame(move || view.look());
    });
    // What is picked on the surface comes into sight here.
    let picked = Memo::new(move |_| {
        let key = bench.read(|editor| editor.selection().last().copied())?;
        entries.with(|entries| entries.iter().position(|entry| entry.key() == Some(key)))
    });
    Effect::new(move |before: Option<Option<usize>>| {
        let picked = picked.get();
        if before.is_some_and(|before| before != picked)
            && let Some(at) = picked
        {
            view.active.set(at);
            request_animation_frame(move || view.reveal(at));
        }
        picked
    });
    // Of another list, the first region is within reach.
    Effect::new(move |is_begun: Option<()>| {
        wanted.track();
        if is_begun.is_some() {
            let first = entries.with_untracked(|entries| entries.iter().position(|entry| entry.key().is_some()));
            view.active.set(first.unwrap_or(0));
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        let here = view.active.get_untracked();
        let to = match event.key().as_str() {
            "ArrowDown" => here.saturating_add(1),
            "ArrowUp" => here.saturating_sub(1),
            "PageDown" => here.saturating_add(10),
            "PageUp" => here.saturating_sub(10),
            "Home" => 0,
            "End" => usize::MAX,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        view.focus(to, here);
    };
    view! {
        <section class="panel-part regions" aria-labelledby="regions-title">
            <Head bench entries wanted/>
            <HeldBack bench/>
            <NotShown bench/>
            <Show when=move || count.get() == 0>
                <p class="panel-empty">
                    {move || {
                        let is_looking = wanted.with(|wanted| !wanted.words.trim().is_empty());
                        if is_looking { "No region has these words in its label, text or note.".to_owned() } else { how_to_begin(bench) }
                    }}
                </p>
            </Show>
            <ul
                class="region-list"
                role="list"
                style=move || format!("--count: {}", count.get())
                node_ref=view.list
                on:keydown=on_key
            >
                <For
                    each=keys
                    key=Clone::clone
                    children=move |key| match key {
                        LineKey::Head(title, count, at) => head(at, title, count),
                        LineKey::Region(key) => view! { <RegionRow bench view key lines/> }.into_any(),
                    }
                />
            </ul>
        </section>
    }
    .into_any()
}

/// What a model proposes and is shown one by one.
#[component]
fn HeldBack(bench: Bench) -> impl IntoView {
    let left = Memo::new(move |_| bench.read(Editor::withheld));
    let words = move || match left.get() {
        1 => "A model proposes one more.".to_owned(),
        left => format!("A model proposes {left} more."),
    };
    view! {
        <Show when=move || left.get() != 0>
            <p class="panel-note">
                <span><Icon icon=lu::LuSparkles/>{words}</span>
                <Button
                    size=Size::Small
                    look=Look::Plain
                    attr:title="Show the next proposal (Shift P)"
                    on:click=move |_| { let _ = bench.act(|editor| editor.run(Command::Reveal)); }
                >
                    "Show the next"
                </Button>
            </p>
        </Show>
    }
    .into_any()
}

/// What came with the results and cannot be shown.
#[component]
fn NotShown(bench: Bench) -> impl IntoView {
    /// So many are told one by one.
    const TOLD: usize = 5;
    let unshown = Memo::new(move |_| bench.read_work(Editor::unshown));
    move || {
        let unshown = unshown.get();
        let more = unshown.len().saturating_sub(TOLD);
        let words = match unshown.len() {
            0 => return None,
            1 => "1 region cannot be shown. It is handed in as it came.".to_owned(),
            several => format!("{several} regions cannot be shown. They are handed in as they came."),
        };
        let told = unshown.into_iter().take(TOLD).map(|Unshown { title, sentence }| {
            view! { <li><b>{title}</b>": "{sentence}</li> }
        });
        Some(view! {
            <details class="panel-odd">
                <summary><Icon icon=lu::LuTriangleAlert/>{words}</summary>
                <ul>{told.collect_view()}{(more > 0).then(|| view! { <li>{format!("and {more} more")}</li> })}</ul>
            </details>
        })
    }
}

/// What the list is called, how long it is, and what it shows.
#[component]
fn Head(bench: Bench, entries: Memo<Vec<Entry>>, wanted: RwSignal<Wanted>) -> impl IntoView {
    let looking = RwSignal::new(false);
    let field = NodeRef::<html::Input>::new();
    let all = Memo::new(move |_| bench.read_work(|editor| editor.document().len()));
    let count = move || {
        let found = entries.with(|entries| entries.iter().filter(|entry| entry.key().is_some()).count());
        if found == all.get() { found.to_string() } else { format!("{found} of {}", all.get()) }
    };
    let by_label = Memo::new(move |_| wanted.with(|wanted| wanted.by_label));
    let look = move |is_looking: bool| {
        looking.set(is_looking);
        if is_looking {
            request_animation_frame(move || {
                if let Some(field) = field.try_get_untracked().flatten() {
                    // A field that has left the page takes no focus.
                    let _ = field.focus();
                }
            });
        } else {
            wanted.update(|wanted| wanted.words.clear());
        }
    };
    view! {
        <div class="panel-head">
            <h2 id="regions-title">"Regions"</h2>
            <span class="panel-count num" role="status">{count}</span>
            <Show when=move || all.get() != 0>
                <span class="panel-tools">
                    <IconButton
                        icon=lu::LuSearch
                        label="Find regions".to_owned()
                        size=Size::Small
                        attr:aria-pressed=move || looking.get().to_string()
                        on:click=move |_| look(!looking.get_untracked())
                    />
                    <IconButton
                        icon=lu::LuTags
                        label="Group by label".to_owned()
                        size=Size::Small
                        attr:aria-pressed=move || by_label.get().to_string()
                        on:click=move |_| wanted.update(|wanted| wanted.by_label = !wanted.by_label)
                    />
                </span>
            </Show>
            <Show when=move || looking.get()>
                <input
                    class="input panel-search"
                    type="search"
                    aria-label="Find regions by label, text or note"
                    placeholder="Label, text or note"
                    node_ref=field
                    prop:value=move || wanted.with(|wanted| wanted.words.clone())
                    on:input=move |event| wanted.update(|wanted| wanted.words = event_target_value(&event))
                    on:keydown=move |event| {
                        if event.key() == "Escape" {
                            event.prevent_default();
                            event.stop_propagation();
                            look(false);
                        }
                    }
                />
            </Show>
        </div>
    }
    .into_any()
}
