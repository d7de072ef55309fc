//! Another version of the answers beside the work: what is otherwise, and taking it over.

mod list;
mod version;

use domain::annotation::{Version, VersionId};
use domain::result::ResultItem;
use editor::annotate::Editor;
use leptos::{ev, prelude::*};

use list::Differences;
use version::{about, name};

use super::api;
use super::bench::{Bench, OpenedTask};
use super::tree::Tree;
use crate::error::AppError;
use crate::later::late;
use crate::ui::{ErrorBanner, IconButton, Size, Skeleton, answered, lu};

/// What is compared.
#[derive(Clone, Copy)]
pub(super) struct Comparing {
    /// The work.
    pub(super) bench: Bench,
    pub(super) task: OpenedTask,
    pub(super) versions: StoredValue<Vec<Version>>,
    /// Whether another version is beside the work.
    pub(super) open: RwSignal<bool>,
}

// Looked at now and then: it comes when it is asked for.
late! {
    rare: fn arriving(comparing: Comparing) {
        view! { <Compare comparing/> }.into_any()
    }
}

/// Another version, as soon as the code that compares is here.
pub(super) fn beside(comparing: Comparing) -> AnyView {
    arriving(comparing)
}

#[component]
fn Compare(comparing: Comparing) -> impl IntoView {
    let Comparing { bench, task, versions, open } = comparing;
    let chosen = RwSignal::new(versions.with_value(|versions| versions.first().map(|version| version.id)));
    let results = Resource::new(
        move || chosen.get(),
        move |id| async move {
            let id = id.ok_or_else(|| AppError::Domain(domain::Error::not_found("version")))?;
            api::read_version(task.project_id, task.task_id, id).await
        },
    );
    let is_on = |id: VersionId, chosen: Option<VersionId>| Some(id) == chosen;
    let options = versions.with_value(|versions| {
        versions
            .iter()
            .enumerate()
            .map(|(at, version)| {
                let id = version.id;
                view! { <option value=at.to_string() selected=move || is_on(id, chosen.get())>{name(version)}</option> }
            })
            .collect_view()
    });
    let choose = move |event: ev::Event| {
        let at: Option<usize> = event_target_value(&event).parse().ok();
        chosen.set(at.and_then(|at| versions.with_value(|versions| versions.get(at).map(|version| version.id))));
    };
    let called = move || {
        let id = chosen.get();
        versions.with_value(|versions| versions.iter().find(|version| is_on(version.id, id)).map(name))
    };
    let facts = move || {
        let id = chosen.get();
        versions.with_value(|versions| versions.iter().find(|version| is_on(version.id, id)).map(about))
    };
    let other = RwSignal::new(None::<Bench>);
    view! {
        <p class="compare-title compare-here">"Your work"</p>
        <p class="compare-title compare-there truncate">{called}</p>
        <div class="compare-stage">
            <Transition fallback=|| view! { <Skeleton shape="block"/> }>
                {answered(results, move |results| match results {
                    Ok(results) => view! { <Other bench other results/> }.into_any(),
                    Err(error) => {
                        other.set(None);
                        view! { <div class="compare-failed"><ErrorBanner error/></div> }.into_any()
                    }
                })}
            </Transition>
        </div>
        <aside class="panel compare-panel" aria-label="Differences">
            <div class="panel-head">
                <h2>"Compare with"</h2>
                <span class="panel-tools">
                    <IconButton icon=lu::LuX label="Stop comparing".to_owned() size=Size::Small on:click=move |_| open.set(false)/>
                </span>
                <select class="input compare-choice" aria-label="Version to compare with" on:change=choose>{options}</select>
            </div>
            {move || facts()}
            {move || other.get().map(|other| view! { <Differences bench other/> })}
        </aside>
    }
    .into_any()
}

/// The other version, to be looked at. What the work shows of a picture it shows too, and the other way round.
#[component]
fn Other(bench: Bench, other: RwSignal<Option<Bench>>, results: Vec<ResultItem>) -> impl IntoView {
    let there = bench.beside(&results);
    provide_context(there);
    let root = there.config.with_value(|config| config.root.clone());
    Effect::new(move |_| {
        there.begin(false);
        other.set(Some(there));
    });
    for (one, two) in [(bench, there), (there, bench)] {
        Effect::new(move |_| {
            one.lively.track();
            let views = one.peek(Editor::views);
            if two.peek(|editor| editor.looks_elsewhere(&views)) {
                let _ = two.act(|editor| editor.look_where(&views));
            }
        });
    }
    // Buttons of one name belong together within a form: the work has the same ones.
    view! {
        <form class="stage" on:submit=|event: ev::SubmitEvent| event.prevent_default()>
            <Tree element=root/>
        </form>
    }
    .into_any()
}
