//! A list of pictures (`valueList`): one of them to draw on, all of them in a strip to pick from.
//!
//! To the editor each is an image of its own; see [`domain::label_config::item_name`].

use domain::label_config::{MOST_ITEMS, item_name, item_of};
use leptos::{ev, prelude::*};
use serde_json::Value;

use super::Shown;
use super::image::ImageSurface;
use crate::annotate::bench::Bench;
use crate::annotate::safe::safe_address;
use crate::ui::{Icon, IconButton, Size, lu};

/// An `<Image valueList="…">` of the interface.
pub(super) fn view(shown: &Shown) -> AnyView {
    let entries = shown.value.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let address = |entry: &Value| safe_address(entry.as_str().unwrap_or_default());
    let addresses: Vec<String> = entries.iter().take(MOST_ITEMS).map(address).collect();
    if addresses.is_empty() {
        return view! {
            <p class="object-trouble" role="alert"><Icon icon=lu::LuImageOff/>"This task has no list of pictures here."</p>
        }
        .into_any();
    }
    view! { <Pictures bench=shown.bench name=shown.name.clone() addresses/> }.into_any()
}

#[component]
fn Pictures(
    bench: Bench,
    /// The list's name.
    name: String,
    /// Of the pictures, in their order.
    addresses: Vec<String>,
) -> impl IntoView {
    let count = addresses.len();
    let list = StoredValue::new(name.clone());
    let addresses = StoredValue::new(addresses);
    let current = RwSignal::new(0_usize);
    let entry = move |at: usize| list.with_value(|list| item_name(list, at as u64));
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
            let (of, at) = item_of(&mark.region.to_name)?;
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
        bench.read(|editor| {
            for (_, mark) in editor.document().marks() {
                let at = item_of(&mark.region.to_name).filter(|(of, _)| list.with_value(|list| of == list));
                if let Some(count) = at.and_then(|(_, at)| counts.get_mut(usize::try_from(at).ok()?)) {
                    *count += 1;
                }
            }
        });
        counts
    });
    let on_key = move |event: ev::KeyboardEvent| {
        let here = current.get_untracked();
        match event.key().as_str() {
            "PageDown" => turn(here + 1),
            "PageUp" => turn(here.saturating_sub(1)),
            _ => return,
        }
        event.prevent_default();
    };
    let surface = move |at: usize| {
        let src = addresses.with_value(|addresses| addresses[at].clone());
        let title = format!("{}, {} of {count}", list.get_value(), at + 1);
        view! { <ImageSurface bench name=entry(at) title src/> }
    };
    let thumb = move |at: usize| {
        let src = addresses.with_value(|addresses| addresses[at].clone());
        let regions = move || counts.with(|counts| counts[at]);
        let label = move || match regions() {
            0 => format!("Picture {}", at + 1),
            1 => format!("Picture {}, 1 region", at + 1),
            many => format!("Picture {}, {many} regions", at + 1),
        };
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
                    <img src=src alt="" loading="lazy" decoding="async" draggable="false"/>
                </button>
            </li>
        }
    };
    view! {
        <div class="pictures" on:keydown=on_key>
            // Each has a surface of its own, with its own view and its own listeners.
            <For each=move || [current.get()] key=|at| *at children=surface/>
            <nav class="picture-strip" aria-label=format!("Pictures of “{name}”")>
                <IconButton
                    icon=lu::LuChevronLeft
                    label="Previous picture (Page Up)".to_owned()
                    size=Size::Small
                    disabled=Signal::derive(move || current.get() == 0)
                    on:click=move |_| turn(current.get_untracked().saturating_sub(1))
                />
                <ol>{(0..count).map(thumb).collect_view()}</ol>
                <IconButton
                    icon=lu::LuChevronRight
                    label="Next picture (Page Down)".to_owned()
                    size=Size::Small
                    disabled=Signal::derive(move || current.get() + 1 == count)
                    on:click=move |_| turn(current.get_untracked() + 1)
                />
            </nav>
        </div>
    }
    .into_any()
}
