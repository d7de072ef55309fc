//! Play, where it is, how fast and loud, and how close.

use editor::annotate::{Axis, clock};
use leptos::{ev, html, prelude::*};

use crate::annotate::bench::Bench;
use crate::ui::{Icon, IconButton, Size, lu};

/// Speeds people choose from.
const SPEEDS: [&str; 8] = ["0.25", "0.5", "0.75", "1", "1.25", "1.5", "2", "3"];

/// The bar of what plays.
#[component]
pub(in crate::annotate) fn PlayBar(
    bench: Bench,
    /// The object's name.
    name: String,
    /// How fast; 1 is as recorded.
    speed: RwSignal<f64>,
    /// From 0 to 1.
    volume: RwSignal<f64>,
    /// Further buttons.
    #[prop(optional, into)]
    more: Option<ViewFn>,
) -> impl IntoView {
    let object = StoredValue::new(name.clone());
    let playing = Memo::new(move |_| {
        object.with_value(|name| bench.read(|editor| editor.line(name).is_some_and(editor::annotate::Line::is_playing)))
    });
    let looping = Memo::new(move |_| {
        object.with_value(|name| bench.read(|editor| editor.line(name).is_some_and(editor::annotate::Line::is_looping)))
    });
    let icon = move || if playing.get() { lu::LuPause } else { lu::LuPlay };
    let play_label = move || if playing.get() { "Pause (Space)" } else { "Play (Space)" };
    let toggle = move |_| {
        object.with_value(|name| {
            let _ = bench.act(|editor| editor.toggle_play(name));
        });
    };
    let repeat = move |_| {
        object.with_value(|name| {
            let _ = bench.act(|editor| editor.toggle_loop(name));
        });
    };
    let time = move || {
        bench.lively.track();
        object.with_value(|name| {
            bench.read(|editor| {
                let line = editor.line(name)?;
                let (at, end) = (line.cursor(), line.axis().whole().1);
                Some(match line.axis() {
                    Axis::Frames { .. } => format!("Frame {} of {end:.0}", line.axis().words(at.min(end - 1.0))),
                    _ => format!("{} / {}", clock(at), clock(end)),
                })
            })
        })
    };
    let select = NodeRef::<html::Select>::new();
    Effect::new(move |_| {
        if let Some(select) = select.get() {
            select.set_value(&speed.get().to_string());
        }
    });
    let on_speed = move |event: ev::Event| {
        if let Ok(chosen) = event_target_value(&event).parse() {
            speed.set(chosen);
        }
    };
    let on_volume = move |event: ev::Event| {
        if let Ok(chosen) = event_target_value(&event).parse::<f64>() {
            volume.set(chosen.clamp(0.0, 1.0));
        }
    };
    view! {
        <div class="line-bar" role="group" aria-label=format!("Playing “{name}”")>
            // One button that stays, so that it keeps the focus.
            <button
                class="icon-button"
                type="button"
                data-look="quiet"
                data-size="small"
                aria-label=play_label
                title=play_label
                on:click=toggle
            >
                {move || view! { <Icon icon=icon()/> }}
            </button>
            <IconButton
                icon=lu::LuRepeat
                label="Play again and again (Shift L)".to_owned()
                size=Size::Small
                pressed=Signal::derive(move || looping.get())
                on:click=repeat
            />
            <span class="line-time num">{time}</span>
            {more.map(|more| more.run())}
            <label class="line-setting">
                <span class="sr-only">"Speed"</span>
                <select node_ref=select on:change=on_speed>
                    {SPEEDS.map(|speed| view! { <option value=speed>{format!("{speed}×")}</option> })}
                </select>
            </label>
            <label class="line-setting">
                <Icon icon=lu::LuVolume2/>
                <span class="sr-only">"Volume"</span>
                <input
                    type="range"
                    min="0"
                    max="1"
                    step="0.05"
                    prop:value=move || volume.get().to_string()
                    on:input=on_volume
                />
            </label>
            <span class="line-space"></span>
            <ZoomButtons bench name=name.clone()/>
        </div>
    }
    .into_any()
}

/// Closer, farther, all of it.
#[component]
pub(in crate::annotate) fn ZoomButtons(bench: Bench, name: String) -> impl IntoView {
    let object = StoredValue::new(name);
    let zoom = move |factor: f64| {
        object.with_value(|name| {
            let _ = bench.act(|editor| editor.zoom_line(name, factor));
        });
    };
    let fit = move |_| {
        object.with_value(|name| {
            let _ = bench.act(|editor| {
                let (from, to) = editor.line(name).map_or((0.0, 1.0), |line| line.axis().whole());
                editor.look_along(name, from, to)
            });
        });
    };
    let words = move || {
        bench.still.track();
        object.with_value(|name| {
            bench.read(|editor| {
                editor.line(name).map_or_else(
                    || "1×".to_owned(),
                    |line| {
                        let zoom = line.zoom();
                        if zoom < 10.0 { format!("{zoom:.1}×") } else { format!("{zoom:.0}×") }
                    },
                )
            })
        })
    };
    view! {
        <div class="line-zoom" role="group" aria-label="Zoom">
            <IconButton icon=lu::LuZoomOut label="Farther (−)".to_owned() size=Size::Small on:click=move |_| zoom(1.0 / 1.6)/>
            <span class="line-zoom-number num">{words}</span>
            <IconButton icon=lu::LuZoomIn label="Closer (+), or Ctrl and the wheel".to_owned() size=Size::Small on:click=move |_| zoom(1.6)/>
            <IconButton icon=lu::LuMaximize2 label="All of it (Shift 1)".to_owned() size=Size::Small on:click=fit/>
        </div>
    }
    .into_any()
}
