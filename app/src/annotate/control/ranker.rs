//! `<Ranker>`: items dragged into order and into buckets, by mouse, pen or finger, or moved by keys.
//!
//! With the keyboard an item is picked up by Space or Enter, moved by arrows, and put down again the same way; Escape puts it
//! back. Each move is an answer at once, so undo takes it back like any other.

use domain::answer::{Answer, Board, ListItem, Ranker, UNSORTED, items_of};
use leptos::task::{spawn_local, tick};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::{Asked, Slot};
use crate::annotate::safe::plain_text;
use crate::ui::{Button, Icon, Size, lu};

/// How far a pointer goes before it drags, in CSS pixels.
const DRAG_FROM: f64 = 5.0;

#[derive(Clone, PartialEq)]
struct Drag {
    id: String,
    from: (f64, f64),
    at: (f64, f64),
    is_moving: bool,
    /// The bucket and the place in it.
    over: Option<(usize, usize)>,
}

#[derive(Clone, Copy)]
struct View {
    slot: Slot,
    rules: StoredValue<Ranker>,
    items: StoredValue<Vec<ListItem>>,
    drag: RwSignal<Option<Drag>>,
    /// Picked up by the keyboard, and the answer before.
    held: RwSignal<Option<(String, Option<Answer>)>>,
    said: RwSignal<String>,
    node: NodeRef<html::Div>,
}

impl View {
    fn board(self) -> Board {
        let ids: Vec<String> = self.items.with_value(|items| items.iter().map(|item| item.id.clone()).collect());
        self.rules.with_value(|rules| self.slot.with(|answer| rules.board(answer, &ids)))
    }

    fn title(self, bucket: &str) -> String {
        if bucket == UNSORTED {
            return "Not sorted yet".to_owned();
        }
        self.rules.with_value(|rules| {
            let known = rules.buckets.iter().find(|known| known.name == bucket);
            known.map_or_else(|| bucket.to_owned(), |known| known.title.clone())
        })
    }

    fn name(self, id: &str) -> String {
        self.items.with_value(|items| {
            let item = items.iter().find(|item| item.id == id);
            item.map_or_else(
                || id.to_owned(),
                |item| if item.title.is_empty() { item.id.clone() } else { item.title.clone() },
            )
        })
    }

    fn put(self, id: &str, to: usize, at: usize) {
        let board = untrack(|| self.board());
        let before = place_of(&board, id);
        let answer = self.rules.with_value(|rules| rules.moved(&board, id, to, at));
        if answer.is_some() && before != Some((to, at)) {
            self.slot.put(answer);
        }
        let place = place_of(&untrack(|| self.board()), id);
        if let Some((to, at)) = place {
            let bucket = board.get(to).map(|(name, _)| self.title(name)).unwrap_or_default();
            let bucket = if bucket.is_empty() { bucket } else { format!("{bucket}, ") };
            self.said.set(format!("{}: {bucket}place {}", self.name(id), at + 1));
        }
    }

    /// Gives the keyboard back to an item that was drawn anew.
    fn focus(self, id: &str) {
        let id = id.to_owned();
        spawn_local(async move {
            // Drawn by then; before the next key, which must not go elsewhere.
            tick().await;
            let Some(node) = self.node.try_get_untracked().flatten() else { return };
            let Ok(cards) = node.query_selector_all("[data-item]") else { return };
            let cards = (0..cards.length()).filter_map(|at| cards.item(at)?.dyn_into::<web_sys::HtmlElement>().ok());
            for card in cards.filter(|card| card.get_attribute("data-item").as_deref() == Some(&id)) {
                // A card that has left the page takes no focus.
                let _ = card.focus();
            }
        });
    }

    fn step(self, id: &str, key: &str) {
        let board = untrack(|| self.board());
        let Some((bucket, at)) = place_of(&board, id) else { return };
        let (to, at) = match key {
            "ArrowUp" if at > 0 => (bucket, at - 1),
            "ArrowDown" => (bucket, at + 1),
            "ArrowRight" if bucket + 1 < board.len() => (bucket + 1, at),
            "ArrowLeft" if bucket > 0 => (bucket - 1, at),
            _ => return,
        };
        self.put(id, to, at);
        self.focus(id);
    }

    /// The place below a point of the screen.
    fn place_at(self, x: f64, y: f64, id: &str) -> Option<(usize, usize)> {
        let node = self.node.get_untracked()?;
        let columns = node.query_selector_all("[data-bucket]").ok()?;
        for bucket in 0..columns.length() {
            let column = columns.item(bucket)?.dyn_into::<web_sys::Element>().ok()?;
            let place = column.get_bounding_client_rect();
            if x < place.left() || x > place.right() || y < place.top() || y > place.bottom() {
                continue;
            }
            let cards = column.query_selector_all("[data-item]").ok()?;
            let mut at = 0;
            for card in 0..cards.length() {
                let card = cards.item(card)?.dyn_into::<web_sys::Element>().ok()?;
                if card.get_attribute("data-item").as_deref() == Some(id) {
                    continue;
                }
                let place = card.get_bounding_client_rect();
                if y < place.top() + place.height() / 2.0 {
                    break;
                }
                at += 1;
            }
            return Some((usize::try_from(bucket).ok()?, at));
        }
        None
    }
}

fn place_of(board: &Board, id: &str) -> Option<(usize, usize)> {
    board.iter().enumerate().find_map(|(bucket, (_, ids))| Some((bucket, ids.iter().position(|known| known == id)?)))
}

pub(super) fn view(asked: &Asked, rules: Ranker) -> AnyView {
    let bench = asked.slot.bench;
    let list = asked.question.to_names.first().cloned().unwrap_or_default();
    let data = bench.config.with_value(|config| {
        let object = config.object(&list)?;
        bench.value_of(object.attribute("value")?)
    });
    let items = data.as_ref().map(items_of).unwrap_or_default();
    if items.is_empty() {
        return view! { <p class="muted small">"This task has no items to rank."</p> }.into_any();
    }
    let is_plain_order = rules.buckets.len() == 1 && !rules.has_unsorted;
    let view = View {
        slot: asked.slot,
        rules: StoredValue::new(rules),
        items: StoredValue::new(items),
        drag: RwSignal::new(None),
        held: RwSignal::new(None),
        said: RwSignal::new(String::new()),
        node: NodeRef::new(),
    };
    let buckets = untrack(|| view.board()).into_iter().map(|(name, _)| name).enumerate().collect::<Vec<_>>();
    let unanswered = move || view.slot.with(|answer| answer.is_none());
    let as_is = move |_| {
        let board = untrack(|| view.board());
        view.slot.put(Some(Answer::Ranking(board)));
    };
    view! {
        <div class="ranker" node_ref=view.node data-dragging=move || view.drag.with(|drag| drag.as_ref().is_some_and(|drag| drag.is_moving)).then_some("")>
            <p class="muted small">
                <span class="with-keys">
                    "Drag, or press Space on an item, move it with the arrows, and press Space again."
                </span>
                <span class="with-fingers">"Drag each item to its place."</span>
            </p>
            <div class="ranker-board">
                {buckets.into_iter().map(|(at, name)| bucket(view, at, &name)).collect_view()}
            </div>
            <p class="sr-only" role="status">{move || view.said.get()}</p>
            <Show when=move || is_plain_order && unanswered()>
                <div><Button size=Size::Small icon=lu::LuCheck on:click=as_is>"This order is right"</Button></div>
            </Show>
        </div>
    }
    .into_any()
}

fn bucket(view: View, at: usize, name: &str) -> AnyView {
    let title = view.title(name);
    let ids = Memo::new(move |_| view.board().get(at).map(|(_, ids)| ids.clone()).unwrap_or_default());
    let over = move || {
        view.drag
            .with(|drag| drag.as_ref().and_then(|drag| drag.over).filter(|(bucket, _)| *bucket == at).map(|(_, at)| at))
    };
    view! {
        <section class="ranker-bucket" data-bucket=name.to_owned() data-over=move || over().map(|_| "") aria-label=title.clone()>
            {(!title.is_empty()).then(|| view! {
                <h5 class="ranker-title">{title.clone()}<span class="panel-count num">{move || ids.with(Vec::len)}</span></h5>
            })}
            <ol class="ranker-items">
                <For each=move || ids.get() key=Clone::clone let:id>{card(view, ids, id)}</For>
            </ol>
            <Show when=move || ids.with(Vec::is_empty)>
                <p class="ranker-empty">"Nothing here yet"</p>
            </Show>
        </section>
    }
    .into_any()
}

fn card(view: View, ids: Memo<Vec<String>>, id: String) -> AnyView {
    let item = view.items.with_value(|items| items.iter().find(|item| item.id == id).cloned());
    let Some(item) = item else { return ().into_any() };
    let body = if item.body.is_empty() { plain_text(&item.html) } else { item.body.clone() };
    let id = StoredValue::new(id);
    let is = move |other: &str| id.with_value(|id| id == other);
    let place = move || ids.with(|ids| ids.iter().position(|known| is(known)).map_or(0, |at| at + 1));
    let is_held = move || view.held.with(|held| held.as_ref().is_some_and(|(held, _)| is(held)));
    let moved_by = move || {
        view.drag.with(|drag| {
            let drag = drag.as_ref().filter(|drag| drag.is_moving && is(&drag.id))?;
            Some(format!("translate: {:.0}px {:.0}px", drag.at.0 - drag.from.0, drag.at.1 - drag.from.1))
        })
    };
    let on_down = move |event: ev::PointerEvent| {
        let can_answer = view.slot.bench.peek(|editor| !editor.is_read_only());
        if event.button() != 0 || !event.is_primary() || !can_answer {
            return;
        }
        let at = (f64::from(event.client_x()), f64::from(event.client_y()));
        view.drag.set(Some(Drag { id: id.get_value(), from: at, at, is_moving: false, over: None }));
        if let Some(card) = event.current_target().and_then(|card| card.dyn_into::<web_sys::Element>().ok()) {
            // Refused for a pointer that is up again already.
            let _ = card.set_pointer_capture(event.pointer_id());
        }
    };
    let on_move = move |event: ev::PointerEvent| {
        let Some(mut drag) = view.drag.get_untracked().filter(|drag| is(&drag.id)) else { return };
        drag.at = (f64::from(event.client_x()), f64::from(event.client_y()));
        let far = (drag.at.0 - drag.from.0).hypot(drag.at.1 - drag.from.1) >= DRAG_FROM;
        drag.is_moving |= far;
        if drag.is_moving {
            event.prevent_default();
            drag.over = view.place_at(drag.at.0, drag.at.1, &drag.id);
        }
        view.drag.set(Some(drag));
    };
    let on_up = move |_: ev::PointerEvent| {
        let Some(drag) = view.drag.get_untracked().filter(|drag| is(&drag.id)) else { return };
        view.drag.set(None);
        if let Some((to, at)) = drag.over.filter(|_| drag.is_moving) {
            view.put(&drag.id, to, at);
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let key = event.key();
        let id = id.get_value();
        match key.as_str() {
            " " | "Enter" if !event.ctrl_key() && !event.meta_key() => {
                let can_answer = view.slot.bench.peek(|editor| !editor.is_read_only());
                if untrack(is_held) {
                    view.held.set(None);
                    view.said.set(format!("{} is put down.", view.name(&id)));
                } else if can_answer {
                    view.said.set(format!("{} is picked up. Move it with the arrows.", view.name(&id)));
                    view.held.set(Some((id, untrack(|| view.slot.get()))));
                }
            }
            "Escape" if untrack(is_held) => {
                if let Some((_, before)) = view.held.get_untracked() {
                    view.slot.put(before);
                }
                view.held.set(None);
                view.focus(&id);
            }
            "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight" if untrack(is_held) => view.step(&id, &key),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <li>
        <div
            class="ranker-card"
            data-item=item.id
            data-held=move || is_held().then_some("")
            data-dragged=move || moved_by().map(|_| "")
            style=moved_by
            tabindex="0"
            role="button"
            aria-roledescription="item to rank"
            aria-pressed=move || if is_held() { "true" } else { "false" }
            on:pointerdown=on_down
            on:pointermove=on_move
            on:pointerup=on_up
            on:pointercancel=move |_| view.drag.set(None)
            on:keydown=on_key
        >
            <span class="ranker-place num" aria-hidden="true">{place}</span>
            <span class="ranker-words">
                {(!item.title.is_empty()).then(|| view! { <span class="strong" dir="auto">{item.title.clone()}</span> })}
                {(!body.is_empty()).then(|| view! { <span class="ranker-body" dir="auto">{body.clone()}</span> })}
            </span>
            <Icon icon=lu::LuGripVertical/>
        </div>
        </li>
    }
    .into_any()
}
