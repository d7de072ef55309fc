//! What stands below the list of regions while something is selected: how it is put in order, what is asked about it, and
//! the note that can be written about any region.

use editor::annotate::{Editor, MAX_PAGE_TEXT_CHARS, MAX_REMARK_CHARS, RegionKey};
use leptos::prelude::*;

use super::bench::Bench;
use super::canvas::ArrangeBar;
use super::comments::number_of;
use super::tree::{Beside, Tree, beside};

/// The questions of the interface that are answered here appear with the region they are about.
#[component]
pub(super) fn AboutRegion(bench: Bench) -> impl IntoView {
    let sole = Memo::new(move |_| bench.read(Editor::sole));
    let is_idle = Memo::new(move |_| bench.read(|editor| editor.selection().is_empty()));
    view! {
        <section class="panel-part about-region" aria-label="About the selected region" hidden=move || is_idle.get()>
            {move || sole.get().map(|key| title(bench, key))}
            <ArrangeBar/>
            <Questions bench/>
            {move || sole.get().map(|key| page_text(bench, key))}
            {move || sole.get().map(|key| note(bench, key))}
        </section>
    }
    .into_any()
}

/// Which region it is about, as the list has it.
fn title(bench: Bench, key: RegionKey) -> AnyView {
    let number = move || bench.read_work(|editor| number_of(editor, key));
    let name = move || bench.read_work(|editor| editor.title(key));
    let color = move || bench.read_work(|editor| format!("--label: {}", editor.color(key)));
    view! {
        <p class="about-title" style=color>
            <span class="region-number num">{number}</span>
            <span class="label-dot" aria-hidden="true"></span>
            <span class="truncate" dir="auto">{name}</span>
        </p>
    }
    .into_any()
}

#[component]
fn Questions(bench: Bench) -> impl IntoView {
    provide_context(Beside);
    let asked = bench.config.with_value(|config| beside(bench, &config.root));
    asked.into_iter().map(|element| view! { <Tree element/> }).collect_view().into_any()
}

/// What is written in a box on a page (`ocrtext`); nothing for any other region.
fn page_text(bench: Bench, key: RegionKey) -> Option<AnyView> {
    bench.peek(|editor| editor.page_text(key).is_some()).then(|| {
        let is_fixed = move || {
            bench.read(|editor| editor.is_read_only() || editor.document().mark(key).is_none_or(|mark| mark.locked))
        };
        let text = move || bench.read(|editor| editor.page_text(key).unwrap_or_default().to_owned());
        view! {
            <textarea
                class="input text-field"
                rows="2"
                dir="auto"
                placeholder="What stands in the box"
                aria-label="Text in the box"
                maxlength=MAX_PAGE_TEXT_CHARS
                prop:value=text
                readonly=is_fixed
                on:input=move |event| {
                    let _ = bench.act(|editor| editor.set_page_text(key, &event_target_value(&event)));
                }
            ></textarea>
        }
        .into_any()
    })
}

/// A note about a region (`meta.text`).
fn note(bench: Bench, key: RegionKey) -> AnyView {
    let is_fixed = move || {
        bench.read(|editor| editor.is_read_only() || editor.document().mark(key).is_none_or(|mark| mark.locked))
    };
    let remark =
        move || bench.read(|editor| editor.document().mark(key).map(|mark| mark.remark.clone()).unwrap_or_default());
    view! {
        <textarea
            class="input text-field"
            rows="1"
            dir="auto"
            placeholder="Add a note"
            aria-label="Note"
            maxlength=MAX_REMARK_CHARS
            prop:value=remark
            readonly=is_fixed
            hidden=move || bench.peek(Editor::is_read_only) && remark().is_empty()
            on:input=move |event| { let _ = bench.act(|editor| editor.set_remark(key, &event_target_value(&event))); }
        ></textarea>
    }
    .into_any()
}
