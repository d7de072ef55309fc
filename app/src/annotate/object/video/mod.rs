//! A video: its picture to draw moving boxes on, its timeline to mark stretches on, and its player.
//!
//! Browsers seek by time; how many frames there are and when each is shown is known from the file's own tables
//! (`docs/media.md`, “Video”), so that each step is exactly one frame. In a preview the interface's `frameRate` has to do.

mod picture;

use std::sync::Arc;

use domain::label_config::Element;
use domain::media::video::Video;
use editor::annotate::{Axis, Editor, Line, Response, ShapeKind};
use leptos::task::spawn_local;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use self::picture::Picture;
use super::Shown;
use super::trouble::Trouble;
use crate::annotate::bench::{Bench, OpenedTask};
use crate::annotate::line::{Clock, Ground, LineSurface, Overview, PlayBar, Player, RULER, pending_hint};
use crate::annotate::media::{self, Failure, Way};
use crate::ui::{Icon, IconButton, Size, lu};

/// The player knows length and size (`HTMLMediaElement.HAVE_METADATA`).
const HAS_METADATA: u16 = 1;
/// The code of a failure: a sound where a video should be.
const NO_PICTURE: &str = "video_pictureless";

/// A `<Video>` of the interface.
pub(super) fn view(shown: &Shown) -> AnyView {
    // `frameRate` may name a field of the task.
    let stated = shown.bench.text_of(shown.get("frameRate")).trim().parse::<f64>().ok().filter(|rate| *rate > 0.0);
    view! {
        <Film
            bench=shown.bench
            name=shown.name.clone()
            src=shown.address()
            stated=stated.unwrap_or(24.0)
            element=shown.element.clone()
        />
    }
    .into_any()
}

/// How far a video is.
#[derive(Clone, PartialEq)]
enum State {
    /// On its way.
    Opening,
    /// It can be worked on; a sentence on what to know of it.
    Open(Option<String>),
    /// It cannot be had.
    Failed(Failure),
}

#[component]
fn Film(
    bench: Bench,
    /// The object's name.
    name: String,
    /// Where the video is; empty when the task has none.
    src: String,
    /// Frames per second as the interface says.
    stated: f64,
    /// As written.
    element: Element,
) -> impl IntoView {
    let task = use_context::<OpenedTask>();
    let object = StoredValue::new(name.clone());
    let address = StoredValue::new(src.clone());
    let way = Way::new(task, src);
    let state = RwSignal::new(State::Opening);
    let video = NodeRef::<html::Video>::new();
    let clock = StoredValue::new(Clock::Even { rate: stated });
    let duration = StoredValue::new(0.0_f64);
    let written = |attribute: &str| element.attribute(attribute).and_then(|text| text.trim().parse::<f64>().ok());
    let height = written("height").unwrap_or(600.0).clamp(120.0, 2_000.0);
    let timeline = written("timelineHeight").unwrap_or(64.0).clamp(48.0, 400.0) + RULER;
    let is_muted = element.attribute("muted").is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let speed = RwSignal::new(written("defaultPlaybackSpeed").unwrap_or(1.0).clamp(0.25, 4.0));
    let volume = RwSignal::new(if is_muted { 0.0 } else { 1.0 });

    let open = move |count: u32, seconds: f64| {
        duration.set_value(seconds);
        object.with_value(|name| {
            let _ = bench.act(|editor| editor.open_line(name, Axis::Frames { count }));
        });
    };
    // How wide for how high, once it is known.
    let ratio = RwSignal::new(None::<f64>);
    // Looks at what the player has found. A sound plays in it too, but there is nothing to draw on.
    let has_picture = move || {
        let Some(video) = video.try_get_untracked().flatten() else { return true };
        let (width, height) = (video.video_width(), video.video_height());
        if width > 0 && height > 0 {
            ratio.set(Some(f64::from(width) / f64::from(height)));
        }
        video.ready_state() < HAS_METADATA || width > 0
    };
    let fail_without_picture = move || {
        let is_sound = !has_picture();
        if is_sound {
            let sentence = "There is no picture in this file: it is a sound, not a video.";
            state.set(State::Failed(Failure::new(NO_PICTURE, sentence)));
        }
        is_sound
    };
    // Without tables of its own a video has as many frames as its length and the stated rate make.
    let guess = move |why: Option<String>| -> bool {
        if fail_without_picture() {
            return true;
        }
        let seconds = video.try_get_untracked().flatten().map_or(f64::NAN, |video| video.duration());
        if !(seconds.is_finite() && seconds > 0.0) {
            return false;
        }
        clock.set_value(Clock::Even { rate: stated });
        open(whole((seconds * stated).round()).max(1), seconds);
        state.set(State::Open(why));
        true
    };
    let load = move || {
        state.set(State::Opening);
        let Some(task) = task else {
            // A preview opens as soon as the player knows how long the video is.
            let _ = guess(None);
            return;
        };
        spawn_local(async move {
            let src = address.get_value();
            let got = if src.is_empty() {
                Err(Failure::new("media_missing", "This task has no video here."))
            } else {
                probe(task, &src, move || state.try_get_untracked().is_some()).await
            };
            if state.try_get_untracked().is_none() {
                // The page has gone on to another task.
                return;
            }
            match got {
                Ok((known, times)) => {
                    let note = known.is_variable.then(|| {
                        "The frames of this video last differently long. Each step is still exactly one frame; other tools may count otherwise.".to_owned()
                    });
                    clock.set_value(times.map_or(Clock::Even { rate: known.frame_rate.max(0.01) }, Clock::Uneven));
                    open(u32::try_from(known.frame_count).unwrap_or(u32::MAX), known.duration_s);
                    state.set(State::Open(note));
                    fail_without_picture();
                }
                Err(failure) => {
                    let why = format!("{} Frames are counted at {stated} per second.", failure.sentence);
                    if failure.code == "media_empty" || !guess(Some(why)) {
                        state.set(State::Failed(failure));
                    }
                }
            }
        });
    };
    Effect::new(move |_| load());
    Effect::new(move |_| {
        if let Some(video) = video.get() {
            way.relay_what_failed(&video);
        }
    });
    let on_metadata = move |_| match state.get_untracked() {
        State::Open(_) => {
            fail_without_picture();
        }
        State::Opening if task.is_none() => {
            guess(None);
        }
        State::Failed(failure) if ![NO_PICTURE, "media_empty"].contains(&failure.code.as_str()) => {
            guess(Some(format!("{} Frames are counted at {stated} per second.", failure.sentence)));
        }
        State::Opening | State::Failed(_) => {
            has_picture();
        }
    };
    let on_error = move |_| {
        let is_told = matches!(state.get_untracked(), State::Failed(_)) || address.with_value(String::is_empty);
        if way.relay() || is_told {
            return;
        }
        let sentence = "This video is not there, or of a kind that this browser cannot play.";
        state.set(State::Failed(Failure::new("video_unplayable", sentence)));
    };
    let find = move || Some(video.try_get_untracked().flatten()?.unchecked_into());
    let _ = Player::follow(bench, object, find, clock, (speed, volume));

    let again = Callback::new(move |()| {
        if let Some(video) = video.get_untracked() {
            video.load();
        }
        load();
    });
    let title = StoredValue::new(format!(
        "Timeline of video “{name}”. Arrow keys go from frame to frame, with Shift by ten. Space plays."
    ));
    let is_open = Memo::new(move |_| matches!(state.get(), State::Open(_)));
    let below = move || match state.get() {
        State::Opening => ().into_any(),
        State::Failed(failure) => view! { <Trouble failure address=address.get_value() again/> }.into_any(),
        State::Open(note) => {
            let ground: Ground = Arc::new(|_, _: &Line, _, _| {});
            let name = object.get_value();
            view! {
                {note.map(|note| view! { <p class="line-note" role="status"><Icon icon=lu::LuInfo/>{note}</p> })}
                <PlayBar bench name=name.clone() speed volume more=move || steps(bench, object)/>
                <LineSurface bench name=name.clone() label=title.get_value() height=timeline ground changed=Signal::from(0)/>
                <Overview bench name/>
            }
            .into_any()
        }
    };
    view! {
        <div class="line-object" data-kind="video">
            <div
                class="film"
                style=move || {
                    let ratio = ratio.get().map(|ratio| format!("; --film-ratio: {ratio:.5}")).unwrap_or_default();
                    format!("--film-height: {height}px{ratio}")
                }
                hidden=move || matches!(state.get(), State::Failed(_))
            >
                <div class="film-picture">
                    <video
                        preload="auto"
                        playsinline="true"
                        src=move || Some(way.loads.get()).filter(|loads| !loads.is_empty())
                        node_ref=video
                        on:loadedmetadata=on_metadata
                        on:error=on_error
                    ></video>
                    {move || is_open.get().then(|| view! { <Picture bench object duration/> })}
                </div>
            </div>
            {below}
            {move || pending_hint(bench, object)}
        </div>
    }
    .into_any()
}

/// What the server knows of a video; and when each frame is shown, where they last differently long.
async fn probe(
    task: OpenedTask,
    src: &str,
    waits: impl Fn() -> bool + Copy,
) -> Result<(Video, Option<Arc<[f64]>>), Failure> {
    let unread = || Failure::new("video_damaged", "What is known of this video cannot be read.");
    let bytes = media::fetch(&media::derived(task, "video", src, &[]), None, |_| waits()).await?;
    let known: Video = serde_json::from_slice(&bytes).map_err(|_| unread())?;
    if !known.is_variable {
        return Ok((known, None));
    }
    let bytes = media::fetch(&media::derived(task, "frames", src, &[]), None, |_| waits()).await?;
    let times: Arc<[f64]> = bytes.chunks_exact(8).map(|time| time.try_into().map_or(0.0, f64::from_le_bytes)).collect();
    Ok((known, Some(times)))
}

/// Frame by frame, keyframes, and when what is selected is there.
fn steps(bench: Bench, object: StoredValue<String>) -> AnyView {
    let act = move |act: fn(&mut Editor, &str) -> Response| {
        object.with_value(|name| {
            let _ = bench.act(|editor| act(editor, name));
        });
    };
    let has_tracks = bench.peek(|editor| {
        let kit = editor.document().kit();
        (kit.draws(ShapeKind::Track) || kit.draws(ShapeKind::MovingVector)) && !editor.is_read_only()
    });
    let draws_paths = Memo::new(move |_| bench.read(|editor| object.with_value(|name| editor.film_choice(name))));
    let nothing = Signal::derive(move || bench.read(|editor| editor.selection().is_empty()));
    view! {
        <IconButton icon=lu::LuStepBack label="A frame back (←)".to_owned() size=Size::Small
            on:click=move |_| act(|editor, name| { let at = editor.line(name).map_or(0.0, Line::cursor); editor.seek(name, at - 1.0) })/>
        <IconButton icon=lu::LuStepForward label="A frame on (→)".to_owned() size=Size::Small
            on:click=move |_| act(|editor, name| { let at = editor.line(name).map_or(0.0, Line::cursor); editor.seek(name, at + 1.0) })/>
        {draws_paths.get_untracked().is_some().then(|| view! {
            <IconButton icon=lu::LuSquare label="Draw boxes".to_owned() size=Size::Small
                attr:aria-pressed=move || (draws_paths.get() == Some(false)).to_string()
                on:click=move |_| { let _ = bench.act(|editor| editor.draw_paths(false)); }/>
            <IconButton icon=lu::LuSpline label="Draw lines".to_owned() size=Size::Small
                attr:aria-pressed=move || (draws_paths.get() == Some(true)).to_string()
                on:click=move |_| { let _ = bench.act(|editor| editor.draw_paths(true)); }/>
        })}
        {has_tracks.then(|| view! {
            <IconButton icon=lu::LuChevronsLeft label="Keyframe before".to_owned() size=Size::Small
                on:click=move |_| act(|editor, name| editor.seek_keyframe(name, false))/>
            <IconButton icon=lu::LuDiamond label="Set or remove keyframe".to_owned() size=Size::Small disabled=nothing
                on:click=move |_| act(Editor::toggle_keyframe)/>
            <IconButton icon=lu::LuChevronsRight label="Keyframe after".to_owned() size=Size::Small
                on:click=move |_| act(|editor, name| editor.seek_keyframe(name, true))/>
            <IconButton icon=lu::LuEyeOff label="Gone after this frame, or back from here".to_owned() size=Size::Small disabled=nothing
                on:click=move |_| act(Editor::toggle_life)/>
        })}
    }
    .into_any()
}

/// Saturates.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(number: f64) -> u32 {
    number.max(0.0) as u32
}
