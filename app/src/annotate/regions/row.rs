//! One line of the list: a region, or what a group of them is called.

use std::collections::BTreeSet;

use domain::label_config::item_of;
use domain::region::Shape;
use editor::annotate::{Editor, Entry, Oddity, RegionKey, clock};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::window::Window;
use crate::annotate::bench::Bench;
use crate::annotate::comments::badge;
use crate::ui::{Icon, IconButton, Look, Size, lu, plural};

/// A region as its line shows it.
#[derive(Clone, PartialEq)]
pub(super) struct Row {
    pub(super) key: RegionKey,
    /// Its place in the list, from 0.
    at: usize,
    /// Its number among all regions.
    number: usize,
    title: String,
    detail: String,
    color: String,
    hidden: bool,
    locked: bool,
    selected: bool,
    hovered: bool,
    /// A required question about it is still open.
    is_open: bool,
    /// What is wrong with it.
    odd: Option<&'static str>,
}

/// What is on the page.
#[derive(Clone, PartialEq)]
pub(super) enum Line {
    Head { at: usize, title: String, count: usize },
    Region(Row),
}

/// The lines between `from` and `to`, and the one within reach of the Tab key wherever it is.
pub(super) fn lines(
    editor: &Editor,
    entries: &[Entry],
    (from, to): (usize, usize),
    active: usize,
    open: &BTreeSet<RegionKey>,
) -> Vec<Line> {
    let to = to.min(entries.len());
    let from = from.min(to);
    let (before, after) = (Some(active).filter(|at| *at < from), Some(active).filter(|at| *at >= to));
    before
        .into_iter()
        .chain(from..to)
        .chain(after)
        .filter_map(|at| match entries.get(at)? {
            Entry::Head { title, count } => Some(Line::Head { at, title: title.clone(), count: *count }),
            Entry::Region { key, number } => row(editor, at, *key, *number, open).map(Line::Region),
        })
        .collect()
}

fn row(editor: &Editor, at: usize, key: RegionKey, number: usize, open: &BTreeSet<RegionKey>) -> Option<Row> {
    let mark = editor.document().mark(key)?;
    let about = editor.note(key).map_or_else(|| detail(&mark.region.shape), |note| shortened(&note));
    let odd = match editor.oddity(key) {
        Some(Oddity::Outside) => Some("It lies outside the picture."),
        Some(Oddity::TooFewPoints) => Some("A polygon needs three points."),
        None => None,
    };
    Some(Row {
        key,
        at,
        number,
        title: editor.title(key),
        detail: match item_of(&mark.region.to_name) {
            Some((_, index)) => format!("Picture {} · {about}", index + 1),
            None => about,
        },
        color: format!("--label: {}; --at: {at}", editor.color(key)),
        hidden: mark.hidden,
        locked: mark.locked,
        selected: editor.selection().contains(&key),
        hovered: editor.hovered() == Some(key),
        is_open: open.contains(&key),
        odd,
    })
}

/// What a region is beside its labels: how large, from when to when, which words.
pub(in crate::annotate) fn detail(shape: &Shape) -> String {
    match shape {
        Shape::Rect(rect) if rect.rotation == 0.0 => format!("{:.0} × {:.0}", rect.width, rect.height),
        Shape::Rect(rect) => format!("{:.0} × {:.0}, {:.0}°", rect.width, rect.height, rect.rotation),
        Shape::Ellipse(ellipse) => format!("{:.0} × {:.0}", ellipse.radius_x * 2.0, ellipse.radius_y * 2.0),
        Shape::Polygon(polygon) => {
            let count = |count: usize, one, many| plural(i64::try_from(count).unwrap_or(0), one, many);
            let points = count(polygon.points.len(), "point", "points");
            match polygon.holes.len() {
                0 => points,
                holes => format!("{points}, {}", count(holes, "hole", "holes")),
            }
        }
        Shape::KeyPoint(point) => format!("{:.0}, {:.0}", point.x, point.y),
        Shape::Mask(mask) => plural(i64::try_from(mask.area()).unwrap_or(i64::MAX), "pixel", "pixels"),
        Shape::Vector(vector) => plural(i64::try_from(vector.vertices.len()).unwrap_or(0), "point", "points"),
        Shape::Page(page) => match page.text.as_deref().filter(|text| !text.trim().is_empty()) {
            Some(text) => format!("Page {} · {}", page.page, shortened(text)),
            None => format!("Page {}", page.page),
        },
        Shape::BoxTrack(track) => plural(i64::try_from(track.keyframes.len()).unwrap_or(0), "keyframe", "keyframes"),
        Shape::VectorTrack(track) => plural(i64::try_from(track.keyframes.len()).unwrap_or(0), "keyframe", "keyframes"),
        Shape::Frames(frames) => {
            frames.ranges.iter().map(|range| format!("{}–{}", range.start, range.end)).collect::<Vec<_>>().join(", ")
        }
        Shape::Time(span) => format!("{}–{}", clock(span.start), clock(span.end)),
        Shape::Series(span) => format!("{}–{}", span.start, span.end),
        Shape::Text(span) => shortened(&span.text),
        Shape::Paragraph(span) => shortened(&span.text),
        Shape::HyperText(span) => shortened(&span.text),
        Shape::Message(message) => shortened(&message.content),
    }
}

fn shortened(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// What the regions below are called.
pub(super) fn head(at: usize, title: String, count: usize) -> AnyView {
    view! {
        <li class="region-group" style=format!("--at: {at}")>
            <span class="truncate">{title}</span>
            <span class="panel-count num">{count}</span>
        </li>
    }
    .into_any()
}

#[component]
pub(super) fn RegionRow(bench: Bench, view: Window, key: RegionKey, lines: Memo<Vec<Line>>) -> impl IntoView {
    let row = Memo::new(move |before: Option<&Option<Row>>| {
        // A row on its way out keeps its last face.
        let mine = |line: &Line| match line {
            Line::Region(row) if row.key == key => Some(row.clone()),
            _ => None,
        };
        lines.with(|lines| lines.iter().find_map(mine)).or_else(|| before.cloned().flatten())
    });
    let look = move |look: fn(&Row) -> bool| row.with(|row| row.as_ref().is_some_and(look));
    let words = move |words: fn(&Row) -> String| row.with(|row| row.as_ref().map(words).unwrap_or_default());
    let at = move || row.with(|row| row.as_ref().map_or(0, |row| row.at));
    let name = move || words(|row| format!("{} {}", row.title, row.number));
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
                <span class="region-number num">{move || row.with(|row| row.as_ref().map_or(0, |row| row.number))}</span>
                <span class="label-dot" aria-hidden="true"></span>
                <span class="region-words">
                    <span class="truncate">{move || words(|row| row.title.clone())}</span>
                    <span class="region-detail truncate" dir="auto">{move || words(|row| row.detail.clone())}</span>
                </span>
                {move || look(|row| row.is_open).then(|| view! {
                    <span class="region-open" title="A required question about it has no answer"><Icon icon=lu::LuCircleAlert/></span>
                })}
                {move || row.with(|row| row.as_ref()?.odd).map(|odd| view! {
                    <span class="region-open" title=odd><Icon icon=lu::LuTriangleAlert/><span class="sr-only">{odd}</span></span>
                })}
                {badge(bench, key)}
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
            {move || look(|row| row.hidden).then(|| view! { <span class="region-lock"><Icon icon=lu::LuEyeOff/></span> })}
            {move || look(|row| row.locked).then(|| view! { <span class="region-lock"><Icon icon=lu::LuLock/></span> })}
        </li>
    }
    .into_any()
}
