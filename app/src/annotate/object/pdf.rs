//! A document: its pages one at a time, like the pictures of a list. The server makes them (`docs/media.md`, “Documents”).

use std::sync::Arc;

use domain::label_config::page_name;
use domain::media::pdf::{Pdf, Word};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Shown;
use super::image::ImageSurface;
use super::pictures::{Picture, Pictures, What};
use super::trouble::Trouble;
use crate::annotate::bench::{Bench, OpenedTask};
use crate::annotate::media::{self, Failure};
use crate::ui::{Icon, ProgressBar, lu};

/// A sheet of white paper.
const BLANK: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='1413' height='2000'%3E%3Crect \
    width='1413' height='2000' fill='white'/%3E%3C/svg%3E";

/// A `<Pdf>` of the interface.
pub(super) fn view(shown: &Shown) -> AnyView {
    view! { <Document bench=shown.bench name=shown.name.clone() src=shown.address()/> }.into_any()
}

/// How far a document is.
#[derive(Clone)]
enum State {
    /// On its way; the share of 1 that is done, where the server says so.
    Making(Option<f64>),
    /// So many pages can be worked on.
    Open(usize),
    /// It cannot be had.
    Failed(Failure),
}

#[component]
fn Document(
    bench: Bench,
    /// The object's name.
    name: String,
    /// Where the document is; empty when the task has none.
    src: String,
) -> impl IntoView {
    let Some(task) = use_context::<OpenedTask>() else { return blank(bench, name) };
    let object = StoredValue::new(name);
    let address = StoredValue::new(src);
    let state = RwSignal::new(State::Making(None));
    let load = move || {
        state.set(State::Making(None));
        spawn_local(async move {
            // Whoever has gone on to another task waits no more.
            let making = |share| state.try_set(State::Making(Some(share))).is_none();
            let got = address.with_value(Clone::clone);
            let got = open(task, &got, making).await;
            if state.try_get_untracked().is_none() {
                return;
            }
            match got {
                Ok(pdf) => {
                    let sizes = (0..)
                        .zip(&pdf.pages)
                        .map(|(at, page)| (object.with_value(|name| page_name(name, at)), page.size()));
                    bench.measure_all(sizes);
                    state.set(State::Open(pdf.pages.len()));
                }
                Err(failure) => state.set(State::Failed(failure)),
            }
        });
    };
    Effect::new(move |_| load());
    let view = move || {
        match state.get() {
        State::Making(share) => view! {
            <div class="document-making" aria-busy="true">
                <Icon icon=lu::LuFileText/>
                {match share {
                    Some(share) => view! {
                        <ProgressBar label="Getting the pages ready".to_owned() value=Signal::derive(move || Some(share))/>
                    }
                    .into_any(),
                    None => view! { <p class="muted small">"Opening the document…"</p> }.into_any(),
                }}
            </div>
        }
        .into_any(),
        State::Open(count) => {
            view! { <Pages bench task name=object.get_value() src=address.get_value() count/> }.into_any()
        }
        State::Failed(failure) => {
            view! { <Trouble failure address=address.get_value() again=Callback::new(move |()| load())/> }.into_any()
        }
    }
    };
    view.into_any()
}

#[component]
fn Pages(
    bench: Bench,
    task: OpenedTask,
    /// The document's name.
    name: String,
    /// Where it is.
    src: String,
    count: usize,
) -> impl IntoView {
    let part = |at: usize, part: &str| media::derived(task, &format!("page/{}{part}", at + 1), &src, &[]);
    let pictures = (0..count)
        .map(|at| Picture { name: page_name(&name, at as u64), src: part(at, ""), thumb: part(at, "/thumb") })
        .collect::<Vec<_>>();
    let words = StoredValue::new((0..count).map(|at| Some(part(at, "/words"))).collect::<Vec<_>>());
    let current = RwSignal::new(0);
    let document = StoredValue::new(name.clone());
    // What is written on a page is fetched when it is first looked at.
    Effect::new(move |_| {
        let at = current.get();
        let asked = words.try_update_value(|words| words.get_mut(at).and_then(Option::take)).flatten();
        let Some(address) = asked else { return };
        spawn_local(async move {
            let got = read(&address, move || words.try_with_value(|_| ()).is_some()).await;
            match got {
                Some(read) => {
                    let object = document.try_with_value(|name| page_name(name, at as u64));
                    if let Some(object) = object {
                        let _ = bench.act(|editor| editor.set_words(&object, read));
                    }
                }
                // Asked for again when the page is next turned to. Until then what is in a box can be typed.
                None => {
                    let _ = words.try_update_value(|words| words[at] = Some(address));
                }
            }
        });
    });
    view! { <Pictures bench name what=What::Pages pictures current/> }.into_any()
}

async fn open(task: OpenedTask, src: &str, making: impl Fn(f64) -> bool) -> Result<Pdf, Failure> {
    if src.is_empty() {
        return Err(Failure::new("media_missing", "This task has no document here."));
    }
    let bytes = media::fetch(&media::derived(task, "pdf", src, &[]), None, making).await?;
    let unread = || Failure::new("pdf_damaged", "What is known of this document cannot be read.");
    serde_json::from_slice(&bytes).map_err(|_| unread())
}

async fn read(address: &str, waits: impl Fn() -> bool) -> Option<Arc<[Word]>> {
    let bytes = media::fetch(address, None, |_| waits()).await.ok()?;
    waits().then(|| serde_json::from_slice::<Vec<Word>>(&bytes).ok().map(Into::into)).flatten()
}

/// In a preview there is no task whose document could be opened: a blank page to try the tools on.
fn blank(bench: Bench, name: String) -> AnyView {
    let page = page_name(&name, 0);
    view! {
        <div class="pictures">
            <p class="presented-link"><Icon icon=lu::LuFileText/>"A blank page to try out. The document is shown when a task is opened."</p>
            <ImageSurface bench name=page title=name src=BLANK.to_owned() task=None/>
        </div>
    }
    .into_any()
}
