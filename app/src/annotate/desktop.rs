//! The interface with its list of regions: the label page and the preview alike.

use leptos::{html, prelude::*};

use super::about_region::AboutRegion;
use super::bench::Bench;
use super::regions::Regions;
use super::relations::{RelationLines, Relations};
use super::tree::Tree;

/// The interface and, where regions can be drawn, their list.
#[component]
pub(super) fn Desktop(bench: Bench) -> impl IntoView {
    let root = bench.config.with_value(|config| config.root.clone());
    let (draws, has_picture) = bench.peek(|editor| {
        let kit = editor.document().kit();
        (!kit.shapes.is_empty() || !kit.label_sets.is_empty(), kit.canvases().next().is_some())
    });
    let stage = NodeRef::<html::Div>::new();
    view! {
        <div class="desktop" data-panel=draws.then_some("") data-picture=has_picture.then_some("")>
            <div class="stage" node_ref=stage>
                <Tree element=root/>
            </div>
            {draws.then(|| view! { <aside class="panel" aria-label="Regions"><Regions/><AboutRegion bench/><Relations bench/></aside> })}
            {draws.then(|| view! { <RelationLines bench stage/> })}
        </div>
    }
    .into_any()
}
