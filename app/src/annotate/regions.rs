//! The list of regions: real elements, so that keyboards, screen readers and tests have something to hold.
//!
//! Only the rows in sight are on the page, however many regions there are; the list is as tall as all of them. One row at a
//! time is within reach of the Tab key, arrows go from row to row.

use domain::region::Shape;
use editor::annotate::{Editor, ObjectKind, RegionKey};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::bench::{Bench, use_bench};
use super::browser::overhear;
use crate::ui::{Icon, IconButton, Look, Size, lu, plural};

/// Rows drawn beyond each end of what is in sight, so that scrolling shows no gap.
const BEYOND: usize = 8;
/// Rows drawn before anybody knows how tall the panel is.
const FIRST: usize = 40;

#[derive(Clone, PartialEq)]
struct Row {
    key: RegionKey,
    at: usize,
    title: String,
    detail: String,
    color: String,
    hidden: bool,
    locked: bool,
    selected: bool,
    hovered: bool,
}

/// The rows between `from` and `to`, and the one within reach of the Tab key wherever it is.
fn rows(editor: &Editor, (from, to): (usize, usize), active: usize) -> Vec<Row> {
    let marks = editor.document().marks().enumerate();
    marks
        .filter(|(at, _)| (from..to).contains(at) || *at == active)
        .map(|(at, (key, mark))| Row {
            key,
            at,
            title: editor.title(key),
            detail: editor.note(key).map_or_else(|| detail(&mark.region.shape), |note| shortened(&note)),
            color: format!("--label: {}; --at: {at}", editor.color(key)),
            hidden: mark.hidden,
            locked: mark.locked,
            selected: editor.selection().contains(&key),
            hovered: editor.hovered() == Some(key),
        })
        .collect()
}

fn detail(shape: &Shape) -> String {
    match shape {
        Shape::Rect(rect) if rect.rotation == 0.0 => format!("{:.0} × {:.0}", rect.width, rect.height),
        Shape::Rect(rect) => format!("{:.0} × {:.0}, {:.0}°", rect.width, rect.height, rect.rotation),
        Shape::Ellipse(ellipse) => format!("{:.0} × {:.0}", ellipse.radius_x * 2.0, ellipse.radius_y * 2.0),
        Shape::Polygon(polygon) => plural(i64::try_from(polygon.points.len()).unwrap_or(0), "point", "points"),
        Shape::KeyPoint(point) => format!("{:.0}, {:.0}", point.x, point.y),
        Shape::Mask(mask) => plural(i64::try_from(mask.area()).unwrap_or(i64::MAX), "pixel", "pixels"),
        Shape::Vector(vector) => plural(i64::try_from(vector.vertices.len()).unwrap_or(0), "point", "points"),
        Shape::Page(page) => format!("Page {}", page.page),
        Shape::BoxTrack(track) => plural(i64::try_from(track.keyframes.len()).unwrap_or(0), "keyframe", "keyframes"),
        Shape::VectorTrack(track) => plural(i64::try_from(track.keyframes.len()).unwrap_or(0), "keyframe", "keyframes"),
        Shape::Frames(frames) => {
            frames.ranges.iter().map(|range| format!("{}–{}", range.start, range.end)).collect::<Vec<_>>().join(", ")
        }
        Shape::Time(span) => format!("{:.2}–{:.2} s", span.start, span.end),
        Shape::Series(span) => format!("{}–{}", span.start, span.end),
        Shape::Text(span) => shortened(&span.text),
        Shape::Paragraph(span) => shortened(&span.text),
        Shape::HyperText(span) => shortened(&span.text),
    }
}

fn shortened(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// Which rows are drawn, and which one has the keyboard.
#[derive(Clone, Copy)]
struct Window {
    bench: Bench,
    list: NodeRef<html::Ul>,
    seen: RwSignal<(usize, usize)>,
    active: RwSignal<usize>,
}

impl Window {
    fn count(self) -> usize {
        self.bench.read(|editor| editor.document().len())
    }

    /// How tall one row is, in CSS pixels: all are the same.
    fn row_height(self, list: &web_sys::HtmlUListElement) -> f64 {
        let count = self.bench.peek(|editor| editor.document().len());
        u32::try_from(count).map_or(0.0, |count| list.get_bounding_client_rect().height() / f64::from(count.max(1)))
    }

    /// Looks which rows are in sight now.
    fn look(self) {
        let Some(list) = self.list.try_get_untracked().flatten() else { return };
        let height = self.row_height(&list);
        if height < 1.0 {
            return;
        }
        let place = list.get_bounding_client_rect();
        let screen = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
        let (top, bottom) = match scroller(&list) {
            Some(panel) => {
                let panel = panel.get_bounding_client_rect();
                (panel.top().max(0.0), panel.bottom().min(screen))
            }
            None => (0.0, screen),
        };
        let row = |at: f64| format!("{:.0}", ((at - place.top()) / height).floor().max(0.0)).parse().unwrap_or(0_usize);
        let seen = (row(top).saturating_sub(BEYOND), row(bottom.max(top)) + 1 + BEYOND);
        if self.seen.get_untracked() != seen {
            self.seen.set(seen);
        }
    }

    /// Brings a row into sight where the panel scrolls by itself; a page that scrolls as a whole stays where it is.
    fn reveal(self, at: usize) {
        let Some(list) = self.list.try_get_untracked().flatten() else { return };
        let Some(panel) = scroller(&list) else { return };
        let (height, at) = (self.row_height(&list), u32::try_from(at).unwrap_or(u32::MAX));
        let top = list.get_bounding_client_rect().top() + f64::from(at) * height;
        let room = panel.get_bounding_client_rect();
        // The heading stays on top of the rows.
        let head = list.get_bounding_client_rect().top() - room.top() + f64::from(panel.scroll_top());
        let by = if top < room.top() + head {
            top - room.top() - head
        } else if top + height > room.bottom() {
            top + height - room.bottom()
        } else {
            return;
        };
        panel.set_scroll_top(panel.scroll_top() + format!("{by:.0}").parse::<i32>().unwrap_or(0));
        self.look();
    }

    /// Moves the keyboard to a row.
    fn focus(self, at: usize) {
        let at = at.min(self.bench.peek(|editor| editor.document().len()).saturating_sub(1));
        self.active.set(at);
        self.reveal(at);
        // The row may only now be drawn.
        request_animation_frame(move || {
            let Some(list) = self.list.try_get_untracked().flatten() else { return };
            let row = list.query_selector(&format!("[data-row=\"{at}\"]")).ok().flatten();
            if let Some(row) = row.and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = row.focus();
            }
        });
    }
}

/// What scrolls the list: the panel on wide screens, the page itself on narrow ones.
fn scroller(list: &web_sys::HtmlUListElement) -> Option<web_sys::Element> {
    let panel = list.closest(".panel").ok().flatten()?;
    (panel.scroll_height() > panel.client_height()).then_some(panel)
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
                ObjectKind::Text => "select a piece of the text",
                ObjectKind::Dialogue => "select a piece of a turn",
                ObjectKind::Page => "select a piece of the page",
                ObjectKind::Sound => "drag along the sound",
                ObjectKind::Series => "drag along the curves",
                ObjectKind::Video => "draw on the video or drag along its timeline",
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
    let view = Window { bench, list: NodeRef::new(), seen: RwSignal::new((0, FIRST)), active: RwSignal::new(0) };
    let rows = Memo::new(move |_| {
        let (seen, active) = (view.seen.get(), view.active.get());
        bench.read(|editor| rows(editor, seen, active))
    });
    let keys = move || rows.with(|rows| rows.iter().map(|row| row.key).collect::<Vec<_>>());
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
        bench.read(|editor| {
            let key = *editor.selection().last()?;
            editor.document().marks().position(|(known, _)| known == key)
        })
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
        view.focus(to);
    };
    view! {
        <section class="panel-part regions" aria-labelledby="regions-title">
            <div class="panel-head">
                <h2 id="regions-title">"Regions"</h2>
                <span class="panel-count num">{count}</span>
            </div>
            <Show when=move || count.get() == 0>
                <p class="panel-empty">{how_to_begin(bench)}</p>
            </Show>
            <ul
                class="region-list"
                role="list"
                style=move || format!("--count: {}", count.get())
                node_ref=view.list
                on:keydown=on_key
            >
                <For each=keys key=|key| *key let:key>
                    <RegionRow view key rows/>
                </For>
            </ul>
        </section>
    }
    .into_any()
}

#[component]
fn RegionRow(view: Window, key: RegionKey, rows: Memo<Vec<Row>>) -> impl IntoView {
    let bench = view.bench;
    let row = Memo::new(move |before: Option<&Option<Row>>| {
        // A row on its way out keeps its last face.
        rows.with(|rows| rows.iter().find(|row| row.key == key).cloned()).or_else(|| before.cloned().flatten())
    });
    let look = move |look: fn(&Row) -> bool| row.with(|row| row.as_ref().is_some_and(look));
    let words = move |words: fn(&Row) -> String| row.with(|row| row.as_ref().map(words).unwrap_or_default());
    let at = move || row.with(|row| row.as_ref().map_or(0, |row| row.at));
    let name = move || words(|row| format!("{} {}", row.title, row.at + 1));
    let read_only = bench.peek(Editor::is_read_only);
    let is_active = move || at() == view.active.get();
    let tab = move || if is_active() { "0" } else { "-1" };
    let pick = move |event: ev::MouseEvent| {
        let extend = event.shift_key() || event.ctrl_key() || event.meta_key();
        view.active.set(untrack(at));
        let _ = bench.act(|editor| {
            let mut keys = if extend { editor.selection().clone() } else { [].into() };
            if !keys.insert(key) {
                keys.remove(&key);
            }
            let picked = keys.contains(&key);
            let response = editor.select(keys);
            if picked { response.and(editor.bring_into_view(key)) } else { response }
        });
        // Whoever points goes on pointing: Space and the arrows are for the work again, not for the row.
        let row = event.current_target().filter(|_| event.detail() > 0);
        if let Some(row) = row.and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok()) {
            // What has no focus has none to lose.
            let _ = row.blur();
        }
    };
    view! {
        <li
            class="region-row"
            style=move || words(|row| row.color.clone())
            aria-posinset=move || (at() + 1).to_string()
            aria-setsize=move || view.count().to_string()
            data-selected=move || look(|row| row.selected).then_some("")
            data-hovered=move || look(|row| row.hovered).then_some("")
            data-hidden=move || look(|row| row.hidden).then_some("")
            on:pointerenter=move |_| { let _ = bench.act(|editor| editor.hover(Some(key))); }
            on:pointerleave=move |_| { let _ = bench.act(|editor| editor.hover(None)); }
        >
            <button
                class="region-pick"
                type="button"
                tabindex=tab
                data-row=move || at().to_string()
                aria-pressed=move || if look(|row| row.selected) { "true" } else { "false" }
                on:click=pick
                on:focus=move |_| view.active.set(untrack(at))
            >
                <span class="region-number num">{move || at() + 1}</span>
                <span class="label-dot" aria-hidden="true"></span>
                <span class="region-words">
                    <span class="truncate">{move || words(|row| row.title.clone())}</span>
                    <span class="region-detail truncate" dir="auto">{move || words(|row| row.detail.clone())}</span>
                </span>
            </button>
            <span class="region-actions">
                {move || {
                    let hidden = look(|row| row.hidden);
                    view! {
                        <IconButton
                            icon=if hidden { lu::LuEyeOff } else { lu::LuEye }
                            label=if hidden { format!("Show {}", name()) } else { format!("Hide {}", name()) }
                            size=Size::Small
                            attr:tabindex=tab
                            on:click=move |_| { let _ = bench.act(|editor| editor.toggle_hidden(key)); }
                        />
                    }
                }}
                {(!read_only).then(|| view! {
                    {move || {
                        let locked = look(|row| row.locked);
                        view! {
                            <IconButton
                                icon=if locked { lu::LuLock } else { lu::LuLockOpen }
                                label=if locked { format!("Unlock {}", name()) } else { format!("Lock {}", name()) }
                                size=Size::Small
                                attr:tabindex=tab
                                on:click=move |_| { let _ = bench.act(|editor| editor.toggle_locked(key)); }
                            />
                            <IconButton
                                icon=lu::LuTrash2
                                label=format!("Delete {}", name())
                                look=Look::QuietDanger
                                size=Size::Small
                                disabled=locked
                                attr:tabindex=tab
                                on:click=move |_| { let _ = bench.act(|editor| editor.remove(key)); }
                            />
                        }
                    }}
                })}
            </span>
            {move || look(|row| row.locked).then(|| view! { <span class="region-lock"><Icon icon=lu::LuLock/></span> })}
        </li>
    }
    .into_any()
}
