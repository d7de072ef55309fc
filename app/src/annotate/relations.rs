//! The list of relations, and their lines over the stage.
//!
//! Lines go between any two regions, on pictures and in texts alike: where a region is on the page is asked of the editor
//! for what is painted and of the page for what is written. They lie over everything and take no pointer.

use domain::region::{Bounds, ImagePoint};
use editor::annotate::{Direction, Editor, RegionKey, RelationKey};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::bench::Bench;
use crate::ui::{Button, Icon, IconButton, Look, Size, lu};

/// Rows and lines drawn at first; more rows come when somebody asks.
const PAGE: usize = 200;
/// The most lines over the stage at a time.
const MOST_LINES: usize = 2_000;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Row {
    key: RelationKey,
    from: String,
    to: String,
    ends: (RegionKey, RegionKey),
    direction: Direction,
    labels: Vec<String>,
    color: String,
}

/// The color of a relation: that of its first label.
fn color_of(editor: &Editor, labels: &[String]) -> String {
    let kit = &editor.document().kit().relations;
    let label = labels.first().and_then(|label| kit.label(label));
    label.map_or_else(|| "var(--accent)".to_owned(), |label| label.color.clone())
}

fn rows(editor: &Editor, most: usize) -> Vec<Row> {
    let named = |key: RegionKey| {
        let at = editor.document().marks().take_while(|(known, _)| *known < key).count();
        format!("{} {}", editor.title(key), at + 1)
    };
    let relations = editor.document().relations().take(most);
    relations
        .map(|(key, relation)| Row {
            key,
            from: named(relation.from),
            to: named(relation.to),
            ends: (relation.from, relation.to),
            direction: relation.direction,
            labels: relation.labels.clone(),
            color: format!("--label: {}", color_of(editor, &relation.labels)),
        })
        .collect()
}

/// The list of relations, once there is something to relate.
#[component]
pub(super) fn Relations(bench: Bench) -> impl IntoView {
    let shown = RwSignal::new(PAGE);
    let rows = Memo::new(move |_| bench.read_work(|editor| rows(editor, shown.get())));
    let count = Memo::new(move |_| bench.read_work(|editor| editor.document().relations().count()));
    let can_begin = move || bench.read(|editor| !editor.is_read_only() && editor.selection().len() == 1);
    let relating = Memo::new(move |_| bench.read(|editor| editor.relating().map(|key| editor.title(key))));
    let read_only = bench.peek(Editor::is_read_only);
    // Where nothing can be related, only what is.
    let enough = Memo::new(move |_| if read_only { count.get() > 0 } else { bench.read(|it| it.document().len() > 1) });
    let begin = move |_| {
        let _ = bench.act(Editor::relate);
    };
    view! {
        <Show when=move || enough.get()>
            <section class="panel-part relations" aria-labelledby="relations-title">
                <div class="panel-head">
                    <h2 id="relations-title">"Relations"</h2>
                    <span class="panel-count num">{count}</span>
                    {move || (!read_only).then(|| {
                        let is_on = relating.with(Option::is_some);
                        view! {
                            <IconButton
                                icon=if is_on { lu::LuX } else { lu::LuPlus }
                                label=if is_on { "Call off (Esc)".to_owned() } else { "Relate the selected region to another (A)".to_owned() }
                                size=Size::Small
                                disabled=Signal::derive(move || !is_on && !can_begin())
                                on:click=begin
                            />
                        }
                    })}
                </div>
                <p class="panel-empty" role="status">
                    {move || match relating.get() {
                        Some(title) => {
                            format!("Pick the region that “{title}” points to, on the stage or in the list.").into_any()
                        }
                        None if count.get() == 0 => view! {
                            <span class="with-keys">"Select a region and press A, then pick another."</span>
                            <span class="with-fingers">"Select a region, press +, then pick another."</span>
                        }
                        .into_any(),
                        None => ().into_any(),
                    }}
                </p>
                <ul class="relation-list" role="list">
                    <For each=move || rows.get() key=|row| row.clone() let:row>{relation_row(bench, row)}</For>
                </ul>
                <Show when=move || { count.get() > shown.get() }>
                    <Button size=Size::Small look=Look::Quiet on:click=move |_| shown.update(|shown| *shown += PAGE)>
                        "Show more"
                    </Button>
                </Show>
            </section>
        </Show>
    }
    .into_any()
}

fn relation_row(bench: Bench, row: Row) -> AnyView {
    let Row { key, from, to, ends, direction, labels, color } = row;
    let (icon, way) = match direction {
        Direction::Right => (lu::LuArrowRight, "to"),
        Direction::Left => (lu::LuArrowLeft, "from"),
        Direction::Bi => (lu::LuArrowLeftRight, "to and from"),
    };
    let name = format!("{from} {way} {to}");
    let (read_only, offered) =
        bench.peek(|editor| (editor.is_read_only(), editor.document().kit().relations.labels.clone()));
    // Labels that came with the work and are not on offer are shown too, and can be taken back.
    let others: Vec<String> =
        labels.iter().filter(|label| offered.iter().all(|known| known.value != **label)).cloned().collect();
    let chip = move |value: String, text: String, color: String, is_on: bool| {
        view! {
            <button
                class="relation-label"
                type="button"
                style=format!("--label: {color}")
                aria-pressed=if is_on { "true" } else { "false" }
                disabled=read_only
                on:click=move |_| { let _ = bench.act(|editor| editor.label_relation(key, &value)); }
            >
                {text}
            </button>
        }
    };
    // Who only looks sees what it is called, not what it might be.
    let is_shown = |value: &String| !read_only || labels.contains(value);
    let chips = offered
        .into_iter()
        .filter(|label| is_shown(&label.value))
        .map(|label| {
            let is_on = labels.contains(&label.value);
            chip(label.value, label.text, label.color, is_on)
        })
        .chain(others.into_iter().map(|value| chip(value.clone(), value, "var(--accent)".to_owned(), true)))
        .collect_view();
    let pick = move |_| {
        let _ = bench.act(|editor| editor.select([ends.0, ends.1].into()));
    };
    view! {
        <li class="relation-row" style=color>
            <div class="relation-line">
                <button class="relation-pick" type="button" title=format!("Select {name}") on:click=pick>
                    <span class="truncate" dir="auto">{from}</span>
                    <Icon icon/>
                    <span class="truncate" dir="auto">{to}</span>
                </button>
                {(!read_only).then(|| view! {
                    <IconButton
                        icon=lu::LuRefreshCw
                        label=format!("Turn {name}")
                        size=Size::Small
                        on:click=move |_| { let _ = bench.act(|editor| editor.turn_relation(key)); }
                    />
                    <IconButton
                        icon=lu::LuTrash2
                        label=format!("Delete relation {name}")
                        look=Look::QuietDanger
                        size=Size::Small
                        on:click=move |_| { let _ = bench.act(|editor| editor.unrelate(key)); }
                    />
                })}
            </div>
            <div class="relation-labels" role="group" aria-label=format!("Labels of {name}")>{chips}</div>
        </li>
    }
    .into_any()
}

/// A box on the screen, in CSS pixels of the window.
#[derive(Clone, Copy, PartialEq)]
struct Place {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Place {
    fn of(rect: &web_sys::DomRect) -> Self {
        Self { left: rect.left(), top: rect.top(), right: rect.right(), bottom: rect.bottom() }
    }

    fn middle(self) -> (f64, f64) {
        (f64::midpoint(self.left, self.right), f64::midpoint(self.top, self.bottom))
    }

    /// Where the line from the middle towards a point leaves the box.
    fn edge_towards(self, to: (f64, f64)) -> (f64, f64) {
        let from = self.middle();
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let part = |room: f64, way: f64| if way.abs() < 1e-6 { f64::INFINITY } else { room / way.abs() };
        let by = part((self.right - self.left) / 2.0, dx).min(part((self.bottom - self.top) / 2.0, dy)).min(1.0);
        (from.0 + dx * by, from.1 + dy * by)
    }
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Line {
    key: RelationKey,
    path: String,
    /// The middle, as written into the picture.
    x: String,
    y: String,
    direction: Direction,
    words: String,
    color: String,
}

/// A curve between two boxes, and its middle.
fn curve(from: Place, to: Place) -> (String, (f64, f64)) {
    let ((ax, ay), (bx, by)) = (from.edge_towards(to.middle()), to.edge_towards(from.middle()));
    let (dx, dy) = (bx - ax, by - ay);
    // Bent a little to one side, so that two regions in a line with a third can be told apart.
    let (mx, my) = (f64::midpoint(ax, bx) - dy * 0.12, f64::midpoint(ay, by) + dx * 0.12);
    let middle = (f64::midpoint(f64::midpoint(ax, bx), mx), f64::midpoint(f64::midpoint(ay, by), my));
    (format!("M {ax:.1} {ay:.1} Q {mx:.1} {my:.1} {bx:.1} {by:.1}"), middle)
}

/// Where a region is on the screen; `None` while it is hidden or nowhere on the page.
fn place_of(stage: &web_sys::Element, editor: &Editor, key: RegionKey) -> Option<Place> {
    let mark = editor.document().mark(key).filter(|mark| !mark.hidden)?;
    if let Some((view, bounds)) = editor.view(&mark.region.to_name).zip(mark.region.shape.bounds()) {
        let surfaces = stage.query_selector_all("[data-object]").ok()?;
        let surface = (0..surfaces.length()).find_map(|at| {
            let surface = surfaces.item(at)?.dyn_into::<web_sys::Element>().ok()?;
            (surface.get_attribute("data-object").as_deref() == Some(&mark.region.to_name)).then_some(surface)
        })?;
        let frame = Place::of(&surface.get_bounding_client_rect());
        let Bounds { min, max } = bounds;
        let corners = [(min.x, min.y), (max.x, min.y), (min.x, max.y), (max.x, max.y)].map(|(x, y)| {
            let at = view.screen_from_image(ImagePoint::new(x, y));
            ((frame.left + at.x).clamp(frame.left, frame.right), (frame.top + at.y).clamp(frame.top, frame.bottom))
        });
        let hull = corners.iter().fold(None::<Place>, |hull, (x, y)| {
            Some(hull.map_or(Place { left: *x, top: *y, right: *x, bottom: *y }, |hull| Place {
                left: hull.left.min(*x),
                top: hull.top.min(*y),
                right: hull.right.max(*x),
                bottom: hull.bottom.max(*y),
            }))
        });
        return hull;
    }
    let piece = stage.query_selector(&format!("[data-keys~='{}']", key.0)).ok().flatten()?;
    Some(Place::of(&piece.get_bounding_client_rect()))
}

fn lines(stage: &web_sys::Element, editor: &Editor) -> Vec<Line> {
    let relations = editor.document().relations().take(MOST_LINES);
    relations
        .filter_map(|(key, relation)| {
            let (from, to) = (place_of(stage, editor, relation.from)?, place_of(stage, editor, relation.to)?);
            let (path, (x, y)) = curve(from, to);
            let kit = &editor.document().kit().relations;
            let words =
                relation.labels.iter().map(|label| kit.label(label).map_or(label.as_str(), |known| &known.text));
            Some(Line {
                key,
                path,
                x: format!("{x:.1}"),
                y: format!("{y:.1}"),
                direction: relation.direction,
                words: words.collect::<Vec<_>>().join(", "),
                color: format!("--label: {}", color_of(editor, &relation.labels)),
            })
        })
        .collect()
}

/// The lines of all relations, over the stage.
#[component]
pub(super) fn RelationLines(bench: Bench, stage: NodeRef<html::Div>) -> impl IntoView {
    let drawn = RwSignal::new(Vec::<Line>::new());
    let clip = RwSignal::new(String::new());
    let draw = move || {
        let Some(stage) = stage.try_get_untracked().flatten() else { return };
        if bench.peek(|editor| editor.document().relations().next().is_none()) {
            if drawn.try_with_untracked(Vec::is_empty) == Some(false) {
                drawn.set(Vec::new());
            }
            return;
        }
        let place = Place::of(&stage.get_bounding_client_rect());
        let (left, top, right, bottom) = (place.left, place.top, place.right, place.bottom);
        clip.set(format!(
            "clip-path: polygon({left:.0}px {top:.0}px, {right:.0}px {top:.0}px, {right:.0}px {bottom:.0}px, {left:.0}px {bottom:.0}px)"
        ));
        let lines = bench.peek(|editor| lines(&stage, editor));
        if drawn.with_untracked(|drawn| *drawn != lines) {
            drawn.set(lines);
        }
    };
    let ask = move || request_animation_frame(draw);
    Effect::new(move |_| {
        bench.still.track();
        bench.lively.track();
        bench.read(|_| ());
        ask();
    });
    Effect::new(move |_| {
        let callback = Closure::<dyn FnMut()>::new(ask);
        for event in ["scroll", "resize"] {
            let listener = callback.as_ref().unchecked_ref();
            // Refused by no browser for these events.
            let _ = window().add_event_listener_with_callback_and_bool(event, listener, true);
        }
        let held = StoredValue::new_local(callback);
        on_cleanup(move || {
            let _ = held.try_with_value(|callback| {
                for event in ["scroll", "resize"] {
                    let listener = callback.as_ref().unchecked_ref();
                    let _ = window().remove_event_listener_with_callback_and_bool(event, listener, true);
                }
            });
        });
    });
    view! {
        <svg class="relation-lines" aria-hidden="true" style=move || clip.get()>
            <defs>
                <marker id="relation-end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse">
                    <path d="M 0 0 L 8 4 L 0 8 z"></path>
                </marker>
            </defs>
            <For each=move || drawn.get() key=Clone::clone let:line>{view_line(line)}</For>
        </svg>
    }
    .into_any()
}

fn view_line(line: Line) -> AnyView {
    let Line { path, x, y, direction, words, color, .. } = line;
    let at_start = (direction != Direction::Right).then_some("url(#relation-end)");
    let at_end = (direction != Direction::Left).then_some("url(#relation-end)");
    view! {
        <g class="relation" style=color data-direction=direction.code()>
            <path class="relation-halo" d=path.clone()></path>
            <path class="relation-path" d=path marker-start=at_start marker-end=at_end></path>
            {(!words.is_empty()).then(|| view! {
                <text class="relation-words" x=x y=y>{words.clone()}</text>
            })}
        </g>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_begin_and_end_at_the_edges() {
        let a = Place { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };
        let b = Place { left: 100.0, top: 0.0, right: 110.0, bottom: 10.0 };
        assert_eq!(a.edge_towards(b.middle()), (10.0, 5.0));
        assert_eq!(b.edge_towards(a.middle()), (100.0, 5.0));
        // One inside the other: the line stays between the middles.
        let inner = Place { left: 4.0, top: 4.0, right: 8.0, bottom: 8.0 };
        assert_eq!(a.edge_towards(inner.middle()), (6.0, 6.0));
        let (path, middle) = curve(a, b);
        assert_eq!(path, "M 10.0 5.0 Q 55.0 15.8 100.0 5.0");
        assert!((middle.0 - 55.0).abs() < 1e-9 && (middle.1 - 10.4).abs() < 1e-9, "{middle:?}");
    }
}
