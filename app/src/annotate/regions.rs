//! The list of regions: real elements, so that keyboards, screen readers and tests have something to hold.

use domain::region::Shape;
use editor::annotate::{Editor, RegionKey};
use leptos::prelude::*;

use super::bench::use_bench;
use crate::ui::{Icon, IconButton, Look, Size, lu, plural};

/// More rows than this make nobody wiser and the page slow; the surface shows all regions.
const MOST_ROWS: usize = 500;

#[derive(Clone, PartialEq)]
struct Row {
    key: RegionKey,
    number: usize,
    title: String,
    detail: String,
    color: String,
    hidden: bool,
    locked: bool,
    selected: bool,
    hovered: bool,
}

fn rows(editor: &Editor) -> Vec<Row> {
    let marks = editor.document().marks().enumerate();
    marks
        .take(MOST_ROWS)
        .map(|(at, (key, mark))| Row {
            key,
            number: at + 1,
            title: editor.title(key),
            detail: detail(&mark.region.shape),
            color: format!("--label: {}", editor.color(key)),
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
        Shape::Text(span) => {
            let short: String = span.text.chars().take(40).collect();
            if short.len() < span.text.len() { format!("{short}…") } else { short }
        }
    }
}

/// The panel.
#[component]
pub(super) fn Regions() -> impl IntoView {
    let bench = use_bench();
    let rows = Memo::new(move |_| bench.read(rows));
    // Hovering on the surface is not a change of the panels' content, but the row lights up.
    let count = move || bench.read(|editor| editor.document().len());
    view! {
        <section class="panel-part regions" aria-labelledby="regions-title">
            <div class="panel-head">
                <h2 id="regions-title">"Regions"</h2>
                <span class="panel-count num">{count}</span>
            </div>
            <Show when=move || rows.with(Vec::is_empty)>
                <p class="panel-empty">"Nothing marked yet. Pick a label, then draw on the picture or select a piece of text."</p>
            </Show>
            <ul class="region-list" role="list">
                <For each=move || rows.get() key=|row| (row.key, row.number, row.title.clone(), row.detail.clone(), row.hidden, row.locked, row.selected, row.hovered) let:row>
                    <RegionRow row/>
                </For>
            </ul>
            {move || (count() > MOST_ROWS).then(|| view! {
                <p class="panel-empty">{format!("The first {MOST_ROWS} are listed; the others are on the surface.")}</p>
            })}
        </section>
    }
    .into_any()
}

#[component]
fn RegionRow(row: Row) -> impl IntoView {
    let bench = use_bench();
    let key = row.key;
    let name = format!("{} {}", row.title, row.number);
    let read_only = bench.peek(Editor::is_read_only);
    let pick = move |event: leptos::ev::MouseEvent| {
        let extend = event.shift_key() || event.ctrl_key() || event.meta_key();
        let _ = bench.act(|editor| {
            let mut keys = if extend { editor.selection().clone() } else { [].into() };
            if !keys.insert(key) {
                keys.remove(&key);
            }
            editor.select(keys)
        });
    };
    view! {
        <li
            class="region-row"
            style=row.color
            data-selected=row.selected.then_some("")
            data-hovered=row.hovered.then_some("")
            data-hidden=row.hidden.then_some("")
            on:pointerenter=move |_| { let _ = bench.act(|editor| editor.hover(Some(key))); }
            on:pointerleave=move |_| { let _ = bench.act(|editor| editor.hover(None)); }
        >
            <button class="region-pick" type="button" aria-pressed=if row.selected { "true" } else { "false" } on:click=pick>
                <span class="region-number num">{row.number}</span>
                <span class="label-dot" aria-hidden="true"></span>
                <span class="region-words">
                    <span class="truncate">{row.title}</span>
                    <span class="region-detail truncate" dir="auto">{row.detail}</span>
                </span>
            </button>
            <span class="region-actions">
                <IconButton
                    icon=if row.hidden { lu::LuEyeOff } else { lu::LuEye }
                    label=if row.hidden { format!("Show {name}") } else { format!("Hide {name}") }
                    size=Size::Small
                    on:click=move |_| { let _ = bench.act(|editor| editor.toggle_hidden(key)); }
                />
                {(!read_only).then(|| view! {
                    <IconButton
                        icon=if row.locked { lu::LuLock } else { lu::LuLockOpen }
                        label=if row.locked { format!("Unlock {name}") } else { format!("Lock {name}") }
                        size=Size::Small
                        on:click=move |_| { let _ = bench.act(|editor| editor.toggle_locked(key)); }
                    />
                    <IconButton
                        icon=lu::LuTrash2
                        label=format!("Delete {name}")
                        look=Look::QuietDanger
                        size=Size::Small
                        disabled=row.locked
                        on:click=move |_| { let _ = bench.act(|editor| editor.remove(key)); }
                    />
                })}
            </span>
            {row.locked.then(|| view! { <span class="region-lock"><Icon icon=lu::LuLock/></span> })}
        </li>
    }
    .into_any()
}
