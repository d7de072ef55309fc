//! What stands in the place of a line that is not there yet, and of a piece that has no label yet.

use leptos::prelude::*;

use crate::annotate::bench::Bench;
use crate::ui::ProgressBar;

/// It is being fetched or made; the share of 1 that is done, where the server says so.
#[component]
pub(in crate::annotate) fn Making(share: Option<f64>, height: f64) -> impl IntoView {
    view! {
        <div class="line-making" aria-busy="true" style=format!("block-size: {height}px")>
            {share.map(|share| view! {
                <ProgressBar label="Getting it ready".to_owned() value=Signal::derive(move || Some(share))/>
            })}
        </div>
    }
    .into_any()
}

/// Says that a piece waits for its label.
pub(in crate::annotate) fn pending_hint(bench: Bench, object: StoredValue<String>) -> Option<AnyView> {
    let words = bench.read(|editor| {
        let (name, shape) = editor.pending()?;
        object.with_value(|object| {
            let line = editor.line(object).filter(|_| object == name)?;
            let place = line.axis().places(shape).first().copied()?;
            let last =
                if matches!(line.axis(), editor::annotate::Axis::Frames { .. }) { place.to - 1.0 } else { place.to };
            let (from, to) = (line.axis().words(place.from), line.axis().words(last));
            Some(if from == to { from } else { format!("{from} – {to}") })
        })
    })?;
    let view = view! {
        <p class="text-hint" role="status">
            <span class="strong num">{words}</span>
            <span>" is marked. Pick a label for it, or press its key."</span>
        </p>
    };
    Some(view.into_any())
}
