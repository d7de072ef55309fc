//! A sound: its waveform to mark pieces on, and its player.
//!
//! The waveform comes from the server (`docs/media.md`), so that hours open at once; in a preview, and where the server
//! cannot read the sound but the browser can, it is made here. A sound that plays but cannot be drawn has no waveform and
//! can be labeled all the same. A spectrogram below it is the server's alone, and the work does not wait for it.

mod spectrum;
mod wave;

use domain::label_config::Element;
use editor::annotate::{Axis, Line};
use leptos::task::spawn_local;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use self::spectrum::Spectrum;
use self::wave::Wave;
use super::Shown;
use super::trouble::Trouble;
use crate::annotate::bench::{Bench, OpenedTask};
use crate::annotate::browser;
use crate::annotate::line::{Clock, LineSurface, Making, Overview, PlayBar, Player, RULER, pending_hint};
use crate::annotate::media::{self, Failure, Way};
use crate::ui::{Icon, IconButton, Size, lu};

/// The largest file that is decoded in the page.
const MOST_DECODED: u64 = 200 << 20;

/// The least height of a spectrogram, in CSS pixels.
const SHALLOWEST: f64 = 128.0;

/// An `<Audio>` of the interface.
pub(super) fn view(shown: &Shown) -> AnyView {
    view! { <Sound bench=shown.bench name=shown.name.clone() src=shown.address() element=shown.element.clone()/> }
        .into_any()
}

/// How far a sound is.
#[derive(Clone)]
enum State {
    /// On its way; the share of 1 that the server has made.
    Opening(Option<f64>),
    /// Drawn.
    Drawn(Wave),
    /// It plays, but there is no waveform, and why.
    Undrawn(String),
    /// It cannot be had.
    Failed(Failure),
}

/// How far the spectrogram is.
#[derive(Clone)]
enum Below {
    /// Nobody wants to see it.
    Hidden,
    /// On its way; the share of 1 that the server has made.
    Opening(Option<f64>),
    /// Drawn.
    Drawn(Spectrum),
    /// It cannot be had.
    Failed(Failure),
}

#[component]
fn Sound(
    bench: Bench,
    /// The object's name.
    name: String,
    /// Where the sound is; empty when the task has none.
    src: String,
    /// As written.
    element: Element,
) -> impl IntoView {
    let task = use_context::<OpenedTask>();
    let object = StoredValue::new(name.clone());
    let address = StoredValue::new(src.clone());
    let way = Way::new(task, src);
    let state = RwSignal::new(State::Opening(None));
    let player = NodeRef::<html::Audio>::new();
    let written = |attribute: &str| element.attribute(attribute).and_then(|text| text.trim().parse::<f64>().ok());
    let is_split = element.attribute("splitChannels").is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let lane = written("waveHeight").or(written("height")).unwrap_or(96.0).clamp(48.0, 600.0);
    let speed = RwSignal::new(written("defaultSpeed").unwrap_or(1.0).clamp(0.25, 4.0));
    let volume = RwSignal::new(written("defaultVolume").unwrap_or(1.0).clamp(0.0, 1.0));
    let first_zoom = written("defaultZoom").unwrap_or(1.0).max(1.0);

    // What was measured becomes a line; the work can begin.
    let open = move |duration_s: f64, sample_rate: f64, channels: u32| {
        object.with_value(|name| {
            let _ = bench.act(|editor| {
                let known = editor.line(name).is_some();
                let opened = editor.open_line(name, Axis::Sound { duration_s, sample_rate, channels });
                if known || first_zoom <= 1.0 {
                    return opened;
                }
                opened.and(editor.look_along(name, 0.0, duration_s / first_zoom))
            });
        });
    };
    let load = move || {
        state.set(State::Opening(None));
        spawn_local(async move {
            let src = address.get_value();
            let got = match task {
                _ if src.is_empty() => Err(Failure::new("media_missing", "This task has no sound here.")),
                Some(task) => {
                    wave::from_server(&media::derived(task, "wave", &src, &[]), |share| {
                        // The page may have gone on to another task.
                        state.try_set(State::Opening(Some(share))).is_none()
                    })
                    .await
                }
                None => wave::made_here(&src, MOST_DECODED).await,
            };
            let got = match got {
                Err(failure) if task.is_some() && failure.code == "audio_codec" => {
                    let place = media::in_storage(task, &src).or_else(|| media::relayed(task, &src)).unwrap_or(src);
                    wave::made_here(&place, MOST_DECODED).await.map_err(|_| failure)
                }
                other => other,
            };
            if state.try_get_untracked().is_none() {
                return;
            }
            match got {
                Ok(wave) => {
                    let channels = if is_split { u32::from(wave.channels()) } else { 1 };
                    open(wave.duration_s(), wave.sample_rate(), channels);
                    state.set(State::Drawn(wave));
                }
                Err(failure) => state.set(undrawn(player, &failure).map_or(State::Failed(failure), |duration| {
                    open(duration.0, 1_000.0, 1);
                    State::Undrawn(duration.1)
                })),
            }
        });
    };
    Effect::new(move |_| load());
    Effect::new(move |_| {
        if let Some(player) = player.get() {
            way.relay_what_failed(&player);
        }
    });
    // The player may know how long the sound is only after the server has given up on it.
    let on_metadata = move |_| {
        if let State::Failed(failure) = state.get_untracked()
            && let Some((duration, why)) = undrawn(player, &failure)
        {
            open(duration, 1_000.0, 1);
            state.set(State::Undrawn(why));
        }
    };
    let find = move || Some(player.try_get_untracked().flatten()?.unchecked_into());
    let _ = Player::follow(bench, object, find, StoredValue::new(Clock::Seconds), (speed, volume));

    let again = Callback::new(move |()| {
        if let Some(player) = player.get_untracked() {
            player.load();
        }
        load();
    });
    let title = format!(
        "Sound “{name}”. Arrow keys move, with Shift they mark a piece; then press the key of a label. Space plays."
    );
    let title = StoredValue::new(title);
    let is_wanted = element.attribute("spectrogram").is_some_and(|text| text.trim().eq_ignore_ascii_case("true"));
    let below = spectrogram(task, address, is_wanted);
    let body = move || {
        let lanes = |wave: &Wave| if is_split { f64::from(wave.channels()) } else { 1.0 };
        match state.get() {
            State::Opening(share) => view! { <Making share height=lane + RULER/> }.into_any(),
            State::Failed(failure) => view! { <Trouble failure address=address.get_value() again/> }.into_any(),
            State::Undrawn(why) => view! {
                <p class="line-note"><Icon icon=lu::LuInfo/>{why}</p>
                {board(bench, object, title, None, (1.0, lane), below, (speed, volume))}
            }
            .into_any(),
            State::Drawn(wave) => {
                let lanes = lanes(&wave);
                board(bench, object, title, Some(wave), (lanes, lane), below, (speed, volume))
            }
        }
    };
    view! {
        <div class="line-object" data-kind="sound">
            <audio
                preload="metadata"
                src=move || Some(way.loads.get()).filter(|loads| !loads.is_empty())
                node_ref=player
                on:loadedmetadata=on_metadata
                on:error=move |_| { let _may_come = way.relay(); }
            ></audio>
            {body}
            {move || pending_hint(bench, object)}
        </div>
    }
    .into_any()
}

/// How long the sound is as its player knows, and a sentence on why it is not drawn; `None` where it does not play either.
fn undrawn(player: NodeRef<html::Audio>, failure: &Failure) -> Option<(f64, String)> {
    let duration = player.get_untracked()?.duration();
    let plays = duration.is_finite() && duration > 0.0 && failure.code != "media_empty";
    plays.then(|| (duration, format!("There is no waveform: {}", failure.sentence)))
}

/// The spectrogram, and what shows it or takes it away. People's choice holds for the project, in this browser.
fn spectrogram(
    task: Option<OpenedTask>,
    address: StoredValue<String>,
    is_wanted: bool,
) -> (RwSignal<Below>, Callback<()>) {
    let below = RwSignal::new(Below::Hidden);
    let load = move || {
        let Some(task) = task else {
            let sentence = "A preview does without; it is there when a task is opened.";
            below.set(Below::Failed(Failure::new("spectrum_preview", sentence)));
            return;
        };
        below.set(Below::Opening(None));
        spawn_local(async move {
            let address = media::derived(task, "spectrum", &address.get_value(), &[]);
            let got = spectrum::from_server(&address, |share| {
                // The page may have gone on to another task, or whoever asked does not want it any more.
                let waits = below.try_with_untracked(|below| matches!(below, Below::Opening(_))).unwrap_or(false);
                waits && below.try_set(Below::Opening(Some(share))).is_none()
            })
            .await;
            if below.try_with_untracked(|below| matches!(below, Below::Opening(_))) == Some(true) {
                below.set(got.map_or_else(Below::Failed, Below::Drawn));
            }
        });
    };
    let key = task.map(|task| format!("synapse.spectrogram.{}", task.project_id));
    let key = StoredValue::new(key);
    Effect::new(move |_| {
        let chosen = key.with_value(|key| browser::kept::<bool>(key.as_deref()?));
        if chosen.unwrap_or(is_wanted) && !address.with_value(String::is_empty) {
            load();
        }
    });
    let toggle = move |()| {
        let shows = below.with_untracked(|below| matches!(below, Below::Hidden));
        key.with_value(|key| {
            // A browser that keeps nothing asks again next time.
            let _ = key.as_ref().map(|key| browser::keep(key, &shows));
        });
        if shows { load() } else { below.set(Below::Hidden) }
    };
    (below, Callback::new(toggle))
}

fn board(
    bench: Bench,
    object: StoredValue<String>,
    title: StoredValue<String>,
    wave: Option<Wave>,
    (lanes, lane): (f64, f64),
    (below, toggle): (RwSignal<Below>, Callback<()>),
    (speed, volume): (RwSignal<f64>, RwSignal<f64>),
) -> AnyView {
    let name = object.get_value();
    let depth = lane.max(SHALLOWEST);
    let arrived = wave.as_ref().map(Wave::arrived);
    let changed = Signal::derive(move || {
        let drawn = below.with(|below| if let Below::Drawn(drawn) = below { drawn.arrived().get() } else { 0 });
        drawn.wrapping_add(arrived.map_or(0, |arrived| arrived.get()))
    });
    let ground: crate::annotate::line::Ground = std::sync::Arc::new(move |canvas, line: &Line, size, colors| {
        let drawn =
            below.with_untracked(|below| if let Below::Drawn(drawn) = below { Some(drawn.clone()) } else { None });
        let share = if drawn.is_some() { lane / (lane + depth) } else { 1.0 };
        if let Some(wave) = &wave {
            wave.paint(canvas, line, size, colors, share);
        }
        if let Some(drawn) = drawn {
            drawn.paint(canvas, line, size, colors, share);
        }
    });
    let height = Signal::derive(move || {
        let depth = below.with(|below| if matches!(below, Below::Drawn(_)) { depth } else { 0.0 });
        lanes * (lane + depth) + RULER
    });
    let pressed = Signal::derive(move || below.with(|below| !matches!(below, Below::Hidden)));
    let more = move || {
        view! {
            <IconButton
                icon=lu::LuAudioLines
                label="Spectrogram".to_owned()
                size=Size::Small
                pressed
                on:click=move |_| toggle.run(())
            />
        }
    };
    // Where it will be, or why it is not.
    let instead = move || {
        match below.get() {
        Below::Hidden | Below::Drawn(_) => ().into_any(),
        Below::Opening(share) => view! { <Making share height=depth/> }.into_any(),
        Below::Failed(failure) => view! {
            <p class="line-note" role="status"><Icon icon=lu::LuInfo/>{format!("There is no spectrogram: {}", failure.sentence)}</p>
        }
        .into_any(),
    }
    };
    view! {
        <PlayBar bench name=name.clone() speed volume more/>
        <LineSurface bench name=name.clone() label=title.get_value() height ground changed/>
        {instead}
        <Overview bench name/>
    }
    .into_any()
}
