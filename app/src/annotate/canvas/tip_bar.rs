//! Size and shape of the brush, while one is in hand.

use editor::annotate::Tip;
use editor::command::Command;
use leptos::prelude::*;

use super::toolbar::CommandButton;
use crate::annotate::bench::use_bench;

/// The brush or eraser in hand; nothing with any other tool.
#[component]
pub(in crate::annotate) fn TipBar() -> impl IntoView {
    let bench = use_bench();
    let is_shown = Memo::new(move |_| bench.read(|editor| editor.tool().has_tip()));
    move || {
        is_shown.get().then(|| {
            let size = move || bench.read(|editor| editor.tip().size);
            let resize = move |event| {
                let Ok(size) = event_target_value(&event).parse::<f64>() else { return };
                let size = size.clamp(*Tip::SIZES.start(), *Tip::SIZES.end());
                let _ = bench.act(|editor| editor.set_tip(Tip { size, ..editor.tip() }));
            };
            view! {
                <div class="tipbar" role="group" aria-label="Brush" data-square=move || bench.read(|e| e.tip().is_square).then_some("")>
                    <CommandButton command=Command::BrushShape/>
                    <CommandButton command=Command::BrushSmaller/>
                    // Most brushes are small: the slider ends at 200, keys and buttons go on.
                    <input
                        type="range"
                        min="1"
                        max="200"
                        step="1"
                        aria-label="Brush size in pixels of the picture"
                        prop:value=move || size().to_string()
                        on:input=resize
                    />
                    <CommandButton command=Command::BrushLarger/>
                    <span class="tip-number num">{move || format!("{} px", size())}</span>
                </div>
            }
        })
    }
}
