//! Another version of the answers beside the work: what is otherwise, and taking it over.

mod list;

use std::collections::BTreeSet;

use domain::annotation::{Version, VersionId};
use domain::result::ResultItem;
use editor::annotate::Editor;
use editor::view::Viewport;
use leptos::{ev, html, prelude::*};

use list::Differences;

use super::api;
use super::bench::{Bench, OpenedTask};
use super::browser;
use super::relations::RelationLines;
use super::tree::Tree;
use super::version::{about, name};
use crate::error::AppError;
use crate::later::late;
use crate::ui::{Button, ErrorBanner, IconButton, Size, Skeleton, answered_anew, lu};

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
    let version_again = Callback::new(move |()| results.refetch());
    let other = RwSignal::new(None::<Bench>);
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
        // What is listed is never about another version than the one that is named.
        other.set(None);
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
    let title = NodeRef::<html::P>::new();
    // Where it begins below the work, it is brought into sight, and once more when all of it is there.
    Effect::new(move |was_there: Option<bool>| {
        let is_there = was_there == Some(true) || other.with(Option::is_some);
        if was_there != Some(true)
            && !browser::has_room()
            && let Some(title) = title.get()
        {
            title.scroll_into_view();
        }
        is_there
    });
    view! {
        <p class="compare-title compare-here">"Your work"</p>
        <p class="compare-title compare-there truncate" node_ref=title>{called}</p>
        <div class="compare-stage">
            <Transition fallback=|| view! { <Skeleton shape="block"/> }>
                {answered_anew(results, move |results| match results {
                    Ok(results) => view! { <Other bench other results/> }.into_any(),
                    Err(error) => view! {
                        <div class="compare-failed stack gap-3">
                            <ErrorBanner error/>
                            <Button on:click=move |_| version_again.run(())>"Try again"</Button>
                        </div>
                    }
                    .into_any(),
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
    let show = |on: Bench, views: &[(String, Viewport)]| {
        let _ = on.act(|editor| editor.look_where(views));
    };
    Effect::new(move |_| {
        bench.lively.track();
        show(there, &bench.peek(Editor::views));
    });
    // A picture that is new there shows what the work shows, not the other way round.
    let seen = StoredValue::new(BTreeSet::<String>::new());
    Effect::new(move |_| {
        there.lively.track();
        let (known, new): (Vec<_>, Vec<_>) =
            there.peek(Editor::views).into_iter().partition(|(name, _)| seen.with_value(|seen| seen.contains(name)));
        show(bench, &known);
        if !new.is_empty() {
            seen.update_value(|seen| seen.extend(new.into_iter().map(|(name, _)| name)));
            show(there, &bench.peek(Editor::views));
        }
    });
    let stage = NodeRef::new();
    // Buttons of one name belong together within a form: the work has the same ones.
    view! {
        <form class="compare-form" on:submit=|event: ev::SubmitEvent| event.prevent_default()>
            <div class="stage" node_ref=stage>
                <Tree element=root/>
            </div>
            <RelationLines bench=there stage/>
        </form>
    }
    .into_any()
}
