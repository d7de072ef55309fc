//! A list of pictures (`valueList`), or the pages of a document: one of them to draw on, all of them in a strip to pick from.
//!
//! To the editor each is an image of its own; see [`domain::label_config::part_of`].

use domain::label_config::{MOST_ITEMS, item_name, part_of};
use leptos::{ev, html, prelude::*};
use serde_json::Value;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::Shown;
use super::image::ImageSurface;
use crate::annotate::bench::{Bench, OpenedTask};
use crate::annotate::browser::{self, Keyboard};
use crate::annotate::media::Way;
use crate::annotate::safe::safe_address;
use crate::ui::{Icon, IconButton, Size, lu};

/// An `<Image valueList="…">` of the interface.
pub(super) fn view(shown: &Shown) -> AnyView {
    let entries = shown.value.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let picture = |(at, entry): (u64, &Value)| {
        let src = safe_address(entry.as_str().unwrap_or_default());
        Picture { name: item_name(&shown.name, at), thumb: src.clone(), src }
    };
    let pictures: Vec<Picture> = (0..).zip(entries.iter().take(MOST_ITEMS)).map(picture).collect();
    if pictures.is_empty() {
        return view! {
            <p class="object-trouble" role="alert"><Icon icon=lu::LuImageOff/>"This task has no list of pictures here."</p>
        }
        .into_any();
    }
    let current = RwSignal::new(0);
    view! { <Pictures bench=shown.bench name=shown.name.clone() what=What::Pictures pictures current/> }.into_any()
}

/// What is turned over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// Pictures of a list.
    Pictures,
    /// Pages of a document.
    Pages,
}

impl What {
    /// One, and several.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Pictures => ("Picture", "Pictures"),
            Self::Pages => ("Page", "Pages"),
        }
    }
}

/// One of them.
pub(super) struct Picture {
    /// As the editor calls it.
    pub(super) name: String,
    /// Where it is.
    pub(super) src: String,
    /// Where a small one is.
    pub(super) thumb: String,
}

#[component]
pub(super) fn Pictures(
    bench: Bench,
    /// The name of the list or document.
    name: String,
    what: What,
    /// In their order.
    pictures: Vec<Picture>,
    /// The one in hand, from 0.
    current: RwSignal<usize>,
) -> impl IntoView {
    let task = use_context::<OpenedTask>();
    let count = pictures.len();
    let (one, many) = what.words();
    let list = StoredValue::new(name.clone());
    let pictures = StoredValue::new(pictures);
    let entry = move |at: usize| pictures.with_value(|pictures| pictures[at].name.clone());
    let turn = move |at: usize| {
        if at < count && current.get_untracked() != at {
            let _ = bench.act(|editor| editor.turn_to(&entry(at)));
            current.set(at);
        }
    };
    // Whoever picks a region in the list wants to see it.
    let picked = Memo::new(move |_| {
        bench.read(|editor| {
            let mark = editor.document().mark(*editor.selection().first()?)?;
            let (of, at) = part_of(&mark.region.to_name)?;
            list.with_value(|list| of == list).then_some(usize::try_from(at).ok()?)
        })
    });
    Effect::new(move |_| {
        if let Some(at) = picked.get() {
            turn(at);
        }
    });
    // How many regions each picture has.
    let counts = Memo::new(move |_| {
        let mut counts = vec![0_usize; count];
        bench.read_work(|editor| {
            for (_, mark) in editor.document().marks() {
                let at = part_of(&mark.region.to_name).filter(|(of, _)| list.with_value(|list| of == list));
                if let Some(count) = at.and_then(|(_, at)| counts.get_mut(usize::try_from(at).ok()?)) {
                    *count += 1;
                }
            }
        });
        counts
    });
    let frame = NodeRef::<html::Div>::new();
    // Wherever the keyboard is, unless in a field or in another list; the surface that had it goes with its picture.
    Effect::new(move |_| {
        let on_key = window_event_listener(ev::keydown, move |event| {
            let here = current.get_untracked();
            let to = match event.key().as_str() {
                "PageDown" => here + 1,
                "PageUp" => here.saturating_sub(1),
                _ => return,
            };
            let is_free = !event.default_prevented() && matches!(browser::keyboard(&event), Keyboard::Free);
            if let Some(list) = frame.get_untracked().filter(|list| is_free && is_meant(list)) {
                event.prevent_default();
                let had_keys = list.contains(document().active_element().as_deref());
                turn(to);
                if had_keys {
                    request_animation_frame(move || {
                        let surface = list.query_selector(".surface").ok().flatten();
                        if let Some(surface) = surface.and_then(|surface| surface.dyn_into::<HtmlElement>().ok()) {
                            // Refused only for what has left the page.
                            let _ = surface.focus();
                        }
                    });
                }
            }
        });
        on_cleanup(move || on_key.remove());
    });
    let surface = move |at: usize| {
        let src = pictures.with_value(|pictures| pictures[at].src.clone());
        let title = match what {
            What::Pictures => format!("{}, {} of {count}", list.get_value(), at + 1),
            What::Pages => format!("{}, page {} of {count}", list.get_value(), at + 1),
        };
        // Pages were made by this server.
        let task = task.filter(|_| what == What::Pictures);
        view! { <ImageSurface bench name=entry(at) title src task/> }
    };
    let thumb = move |at: usize| {
        let way = Way::new(task, pictures.with_value(|pictures| pictures[at].thumb.clone()));
        let regions = move || counts.with(|counts| counts[at]);
        let label = move || match regions() {
            0 => format!("{one} {}", at + 1),
            1 => format!("{one} {}, 1 region", at + 1),
            several => format!("{one} {}, {several} regions", at + 1),
        };
        let is_lost = RwSignal::new(false);
        let lose = move || {
            if !way.relay() {
                is_lost.set(true);
            }
        };
        let image = NodeRef::<html::Img>::new();
        Effect::new(move |_| {
            // What failed before the page came alive does not say so again.
            if let Some(image) = image.get()
                && image.complete()
                && image.natural_width() == 0
            {
                lose();
            }
        });
        view! {
            <li>
                <button
                    class="picture-thumb"
                    type="button"
                    aria-label=label
                    data-number=at + 1
                    data-count=move || Some(regions()).filter(|count| *count > 0)
                    aria-current=move || (current.get() == at).then_some("true")
                    on:click=move |_| turn(at)
                >
                    <img
                        src=way.loads
                        alt=""
                        loading="lazy"
                        decoding="async"
                        draggable="false"
                        hidden=move || is_lost.get()
                        node_ref=image
                        on:error=move |_| lose()
                    />
                    {move || is_lost.get().then(|| view! { <Icon icon=lu::LuImageOff/> })}
                </button>
            </li>
        }
    };
    view! {
        <div class="pictures" node_ref=frame>
            // Each has a surface of its own, with its own view and its own listeners.
            <For each=move || [current.get()] key=|at| *at children=surface/>
            <nav class="picture-strip" data-what=many aria-label=format!("{many} of “{name}”")>
                <IconButton
                    icon=lu::LuChevronLeft
                    label=format!("Previous {} (Page Up)", one.to_lowercase())
                    size=Size::Small
                    disabled=Signal::derive(move || current.get() == 0)
                    on:click=move |_| turn(current.get_untracked().saturating_sub(1))
                />
                <ol>{(0..count).map(thumb).collect_view()}</ol>
                <IconButton
                    icon=lu::LuChevronRight
                    label=format!("Next {} (Page Down)", one.to_lowercase())
                    size=Size::Small
                    disabled=Signal::derive(move || current.get() + 1 == count)
                    on:click=move |_| turn(current.get_untracked() + 1)
                />
            </nav>
        </div>
    }
    .into_any()
}

/// Whether keys that turn are for this list: the keyboard is in it, or in none and it is the first.
fn is_meant(list: &HtmlElement) -> bool {
    let around = document().active_element().and_then(|here| here.closest(".pictures").ok().flatten());
    let first = || document().query_selector(".pictures").ok().flatten();
    around.or_else(first).is_some_and(|meant| meant == **list)
}
