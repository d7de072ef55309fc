//! A page of HTML to label: shown in a frame that runs nothing, its pieces marked like those of a text.
//!
//! What is stored are paths (`XPath`) with offsets, and offsets over the whole text; the latter decide where both are there.

mod clean;
mod page;

use std::cell::RefCell;
use std::collections::BTreeMap;

use domain::label_config::decode;
use domain::region::{HyperSpan, PartSpan, Shape};
use editor::input::Key;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use self::page::Page;
use super::reading::{alter_selection, clear_selection, pending_hint, pieces, selected_parts, take_or_pick};
use super::trouble::unreadable;
use super::{Shown, far};
use crate::annotate::bench::Bench;
use crate::annotate::canvas::modifiers_of;

/// A `<HyperText>` of the interface.
pub(super) fn view(shown: &Shown) -> AnyView {
    let (bench, name) = (shown.bench, shown.name.clone());
    let opens_links = shown.get("clickableLinks").trim().eq_ignore_ascii_case("true");
    if shown.get("valueType") == "url" {
        return far::view(
            shown,
            move |html| Ok(view! { <Frame bench name=name.clone() html opens_links/> }.into_any()),
        );
    }
    match decode(shown.get("encoding"), shown.text()) {
        Some(html) if html.trim().is_empty() => unreadable("This task has no page here."),
        Some(html) => view! { <Frame bench name html opens_links/> }.into_any(),
        None => {
            unreadable("This task's page cannot be decoded: it is no Base64, though the labeling interface says so.")
        }
    }
}

/// A page in its frame, and what listens to it. All of it belongs to the browser's one thread, and to no server.
struct Open {
    page: Page,
    _listeners: [Closure<dyn FnMut(web_sys::Event)>; 3],
    _fit: Closure<dyn FnMut()>,
    observer: Option<web_sys::ResizeObserver>,
}

thread_local! {
    /// The pages that are shown, by number.
    static OPEN: RefCell<BTreeMap<u32, Open>> = const { RefCell::new(BTreeMap::new()) };
}

/// The page and what people do on it. Cheap to copy.
#[derive(Clone, Copy)]
struct Surface {
    bench: Bench,
    object: StoredValue<String>,
    /// The number of the page that is shown; a frame that loads again has another one.
    number: StoredValue<Option<u32>>,
    /// Rises when the frame has loaded.
    loaded: RwSignal<u32>,
    opens_links: bool,
}

impl Surface {
    fn with_page<T>(self, look: impl FnOnce(&Page) -> T) -> Option<T> {
        let number = self.number.try_get_value().flatten()?;
        OPEN.with_borrow(|open| open.get(&number).map(|open| look(&open.page)))
    }

    /// The piece that is selected on the page.
    fn selected(self) -> Option<Shape> {
        self.with_page(|page| {
            let (from, to) = selected_parts(&page.body)?;
            let span = PartSpan::select(&page.leaves, from, to)?;
            let granularity = self.object.with_value(|name| self.bench.peek(|editor| editor.granularity(name)));
            let span = granularity.of_parts(&page.leaves, span);
            Some(Shape::HyperText(HyperSpan::of(span, &page.leaves)))
        })
        .flatten()
    }

    fn clear(self) {
        let _ = self.with_page(|page| clear_selection(&page.body));
    }

    fn take_selection(self) -> bool {
        let Some(piece) = self.selected() else { return false };
        if self.object.with_value(|name| self.bench.act(|editor| editor.mark_piece(name, piece))).changed {
            self.clear();
        }
        true
    }

    fn draw(self) {
        let pieces = self.with_page(|page| {
            let place = |shape: &Shape| match shape {
                Shape::HyperText(span) => span.place(&page.leaves),
                _ => None,
            };
            self.bench.read(|editor| self.object.with_value(|name| pieces(editor, name, &page.leaves, place)))
        });
        if let (Some(pieces), Some(number)) = (pieces, self.number.get_value()) {
            OPEN.with_borrow_mut(|open| {
                if let Some(open) = open.get_mut(&number) {
                    open.page.show(pieces);
                }
            });
        }
    }

    fn on_pointer_up(self, event: &web_sys::Event) {
        // A frame that has gone meanwhile has nothing to take, and nothing to pick.
        take_or_pick(self.bench, event.unchecked_ref(), move || {
            self.with_page(|_| ()).is_none() || self.take_selection()
        });
    }

    /// Links lead nowhere, or where the interface allows it, into a tab of their own.
    fn on_click(self, event: &web_sys::Event) {
        let Some(target) = event.target() else { return };
        let target: web_sys::Element = target.unchecked_into();
        let Ok(Some(link)) = target.closest("a[href]") else { return };
        event.prevent_default();
        if let Some(address) = link.get_attribute("href").filter(|_| self.opens_links) {
            // A browser that opens no tabs says so itself.
            let _ = window().open_with_url_and_target_and_features(&address, "_blank", "noopener,noreferrer");
        }
    }

    /// Keys in a frame never reach the page around it.
    fn on_key(self, event: &web_sys::Event) {
        let event: &web_sys::KeyboardEvent = event.unchecked_ref();
        if self.with_page(|page| alter_selection(&page.body, event)) != Some(false) {
            return;
        }
        let modifiers = modifiers_of(event.shift_key(), event.ctrl_key(), event.alt_key(), event.meta_key());
        let Some(key) = Key::from_dom(&event.key()) else { return };
        if key == Key::Tab || (key == Key::Char('k') && modifiers.command()) {
            return;
        }
        if key == Key::Enter && !modifiers.command() && !modifiers.alt && self.take_selection() {
            event.prevent_default();
            return;
        }
        if let Key::Char(letter) = key
            && !modifiers.command()
            && !modifiers.alt
            && let Some(piece) = self.selected()
            && self.object.with_value(|name| self.bench.act(|editor| editor.hold_piece(letter, name, piece))).handled
        {
            self.clear();
        }
        // A key held down hands in once, not every task that comes.
        let hands_in = modifiers.command() && matches!(key, Key::Enter | Key::Space);
        if (event.repeat() && hands_in) || self.bench.act(|editor| editor.key(key, modifiers)).handled {
            event.prevent_default();
        }
    }

    /// The frame has loaded its page.
    fn open(self, frame: &web_sys::HtmlElement) {
        let Some(page) = Page::open(frame.as_ref()) else { return };
        let body = page.body.clone();
        let label = self.object.with_value(|name| {
            format!(
                "Page “{name}”. Select a piece with Shift and the arrow keys, then press Enter or the key of a label."
            )
        });
        for (name, value) in [
            ("tabindex", "0"),
            ("role", "textbox"),
            ("aria-readonly", "true"),
            ("aria-multiline", "true"),
            ("aria-label", label.as_str()),
        ] {
            // Refused only for names that no attribute can have.
            let _ = body.set_attribute(name, value);
        }
        let listen = |event: &str, act: fn(Self, &web_sys::Event)| {
            let callback = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| act(self, &event));
            // Refused only for an option that no browser knows.
            let _ = body.add_event_listener_with_callback(event, callback.as_ref().unchecked_ref());
            callback
        };
        let listeners = [
            listen("pointerup", Self::on_pointer_up),
            listen("click", Self::on_click),
            listen("keydown", Self::on_key),
        ];
        let frame = frame.clone();
        let fit = Closure::<dyn FnMut()>::new(move || {
            if let Some(height) = self.with_page(Page::height) {
                // Refused only for what is no style.
                let _ = frame.style().set_property("block-size", &format!("{height}px"));
            }
        });
        let observer = web_sys::ResizeObserver::new(fit.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(&body);
        }
        let number = OPEN.with_borrow_mut(|open| {
            let number = open.last_key_value().map_or(0, |(last, _)| last.wrapping_add(1));
            open.insert(number, Open { page, _listeners: listeners, _fit: fit, observer });
            number
        });
        self.number.set_value(Some(number));
        self.loaded.update(|times| *times += 1);
    }

    /// The frame goes, and with it whatever listened to it.
    fn close(self) {
        let Some(number) = self.number.try_get_value().flatten() else { return };
        let gone = OPEN.with_borrow_mut(|open| open.remove(&number));
        if let Some(observer) = gone.and_then(|gone| gone.observer) {
            observer.disconnect();
        }
        let _ = self.number.try_set_value(None);
    }
}

#[component]
fn Frame(bench: Bench, name: String, html: String, opens_links: bool) -> impl IntoView {
    let object = StoredValue::new(name.clone());
    let surface = Surface { bench, object, number: StoredValue::new(None), loaded: RwSignal::new(0), opens_links };
    let node = NodeRef::<html::Iframe>::new();
    // Made harmless in the browser, before anything of it is shown.
    let source = RwSignal::new(None::<String>);
    let html = StoredValue::new(html);
    Effect::new(move |_| {
        let cleaned = html.with_value(|html| clean::clean(html)).unwrap_or_default();
        source.set(Some(format!(
            "<!doctype html><html><head><meta charset=\"utf-8\"></head><body>{cleaned}</body></html>"
        )));
    });
    let on_load = move |_| {
        let Some(frame) = node.get_untracked() else { return };
        if source.with_untracked(Option::is_some) {
            surface.close();
            surface.open(frame.unchecked_ref());
        }
    };
    Effect::new(move |_| {
        surface.loaded.track();
        surface.draw();
    });
    on_cleanup(move || surface.close());
    view! {
        <div class="text-frame">
            <iframe
                class="hypertext-frame"
                title=format!("Page {name}")
                // Reachable from here, and nothing else: no scripts, no forms, no windows, no way out.
                sandbox="allow-same-origin"
                srcdoc=move || source.get()
                data-object=name
                node_ref=node
                on:load=on_load
            ></iframe>
            {move || pending_hint(bench, object)}
        </div>
    }
    .into_any()
}
