//! The player does what a line says, and the line knows how far it has come.

use std::sync::Arc;

use editor::annotate::{Line, Turn};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlMediaElement;

use crate::annotate::bench::Bench;
use crate::annotate::together::Seat;

/// A player that has been set right is left alone for so long, in milliseconds: going somewhere takes its time.
const SETTLES_MS: f64 = 1_000.0;

/// How a player's seconds and places on its line belong together.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::annotate) enum Clock {
    /// The line counts seconds.
    Seconds,
    /// The line counts frames, all equally long.
    Even {
        /// Frames per second.
        rate: f64,
    },
    /// The line counts frames; these are the seconds each is first shown at.
    Uneven(Arc<[f64]>),
}

impl Clock {
    /// The second to be at: of a frame its middle, so that rounding never shows the one beside it.
    fn second(&self, at: f64) -> f64 {
        match self {
            Self::Seconds => at,
            Self::Even { rate } => (at.floor() + 0.5) / rate,
            Self::Uneven(times) => {
                let frame = index(at).min(times.len().saturating_sub(1));
                let now = times.get(frame).copied().unwrap_or(0.0);
                times.get(frame + 1).map_or(now + 1e-3, |next| f64::midpoint(now, *next))
            }
        }
    }

    /// The place on the line that is seen or heard at a second.
    fn place(&self, second: f64) -> f64 {
        match self {
            Self::Seconds => second,
            Self::Even { rate } => (second * rate + 1e-3).floor(),
            Self::Uneven(times) => {
                let after = times.partition_point(|time| *time <= second + 1e-4);
                // Exact: a video has fewer than 2³² frames.
                f64::from(u32::try_from(after.saturating_sub(1)).unwrap_or(u32::MAX))
            }
        }
    }
}

/// Saturates.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn index(at: f64) -> usize {
    at.max(0.0) as usize
}

/// One player and its line.
#[derive(Clone, Copy)]
pub(in crate::annotate) struct Player {
    bench: Bench,
    object: StoredValue<String>,
    element: StoredValue<Box<dyn Fn() -> Option<HtmlMediaElement> + Send + Sync>>,
    clock: StoredValue<Clock>,
    /// Where on the line the player was last known to be, so that only a person's moves move it.
    known: StoredValue<f64>,
    /// Where it sits among those that move together with it.
    seat: Option<Seat>,
    /// The last act on the line that the others have been told of.
    told: StoredValue<Option<u32>>,
    /// When it was last set right.
    sent_ms: StoredValue<f64>,
    /// The act of the others after which the browser would not play this one: it is not asked again before the next.
    refused: StoredValue<Option<u32>>,
}

impl Player {
    /// Begins to follow. `element` finds the player on the page, while there is one.
    pub(in crate::annotate) fn follow(
        bench: Bench,
        object: StoredValue<String>,
        element: impl Fn() -> Option<HtmlMediaElement> + Send + Sync + 'static,
        clock: StoredValue<Clock>,
        (speed, volume): (RwSignal<f64>, RwSignal<f64>),
    ) -> Self {
        let player = Self {
            bench,
            object,
            element: StoredValue::new(Box::new(element)),
            clock,
            known: StoredValue::new(f64::NAN),
            seat: object.with_value(|name| bench.together.seat(name)),
            told: StoredValue::new(None),
            sent_ms: StoredValue::new(f64::NEG_INFINITY),
            refused: StoredValue::new(None),
        };
        Effect::new(move |_| {
            let (speed, volume) = (speed.get(), volume.get());
            if let Some(element) = player.element() {
                element.set_default_playback_rate(speed);
                element.set_playback_rate(speed);
                element.set_volume(volume);
            }
        });
        Effect::new(move |_| {
            bench.lively.track();
            let state = object.with_value(|name| {
                bench.read(|editor| editor.line(name).map(|line| (line.is_playing(), line.cursor(), line.acts())))
            });
            let (Some((playing, cursor, acts)), Some(element)) = (state, player.element()) else { return };
            let has_moved = player.known.get_value().to_bits() != cursor.to_bits();
            if has_moved {
                player.known.set_value(cursor);
                element.set_current_time(player.clock.with_value(|clock| clock.second(cursor)));
            }
            if playing && element.paused() {
                player.start(&element);
            } else if !playing && !element.paused() {
                // Never refused.
                let _ = element.pause();
            }
            if let Some(seat) = player.seat {
                // What was done before this player was there is over.
                let told = player.told.get_value();
                player.told.set_value(Some(acts));
                if told.is_some_and(|told| acts > told || (has_moved && seat.keeps_time())) {
                    let second = player.clock.with_value(|clock| clock.second(cursor));
                    seat.act(second, playing, Some(speed.get_untracked()));
                }
                player.go_along(seat, &element, playing);
            }
        });
        if let Some(seat) = player.seat {
            Effect::new(move |before: Option<()>| {
                let speed = speed.get();
                // What the interface begins with is nobody's choice.
                if before.is_some() {
                    seat.hurry(speed);
                }
            });
            seat.on_speed(move |common| {
                if speed.get_untracked().to_bits() != common.to_bits() {
                    speed.set(common);
                }
            });
            seat.on_echo(move |is_echo| {
                if let Some(element) = player.element() {
                    element.set_muted(is_echo);
                }
            });
        }
        on_cleanup(move || {
            if let Some(element) = player.element() {
                let _ = element.pause();
                if let Some(seat) = player.seat {
                    seat.tell(element.current_time(), false);
                }
            }
        });
        player
    }

    fn element(self) -> Option<HtmlMediaElement> {
        self.element.try_with_value(|find| find()).flatten()
    }

    /// Does what those it moves together with do.
    fn go_along(self, seat: Seat, element: &HtmlMediaElement, playing: bool) {
        let now_ms = js_sys::Date::now();
        let is_settled = !element.seeking() && now_ms - self.sent_ms.get_value() > SETTLES_MS;
        match seat.turn(element.current_time(), playing, element.duration(), is_settled) {
            Turn::Stay => {}
            // How far it is they are told as it plays.
            Turn::Tell if playing == seat.is_playing() => {}
            Turn::Tell => seat.tell(element.current_time(), playing),
            Turn::Go { second, playing } => {
                let is_refused = self.refused.get_value() == Some(seat.acts());
                if is_refused && playing {
                    return;
                }
                let at = self.clock.with_value(|clock| clock.place(second));
                let cursor = self.object.with_value(|name| {
                    let _ = self.bench.act(|editor| editor.follow_line(name, at, playing));
                    self.bench.peek(|editor| editor.line(name).map(Line::cursor))
                });
                let Some(cursor) = cursor else { return };
                if self.known.get_value().to_bits() != cursor.to_bits() {
                    self.known.set_value(cursor);
                    self.sent_ms.set_value(now_ms);
                    element.set_current_time(self.clock.with_value(|clock| clock.second(cursor)));
                }
            }
        }
    }

    fn start(self, element: &HtmlMediaElement) {
        let Ok(promise) = element.play() else { return };
        let element = element.clone();
        spawn_local(async move {
            if let Err(error) = JsFuture::from(promise).await
                && element.paused()
            {
                // Browsers refuse to play before a page has been touched, and what they cannot read. One that was stopped
                // meanwhile is another thing.
                if let Some(seat) = self.seat.filter(|_| !is_interrupted(&error)) {
                    let _ = self.refused.try_set_value(Some(seat.acts()));
                }
                let _ = self.object.try_with_value(|name| self.bench.act(|editor| editor.stop_playing(name)));
                return;
            }
            self.tick();
        });
    }

    /// Tells the line at every frame of the screen how far the player is, as long as it plays.
    fn tick(self) {
        let Some(element) = self.element() else { return };
        let (second, is_over) = (element.current_time(), element.ended());
        let told = self.object.try_with_value(|name| {
            let Some((end, asked)) =
                self.bench.peek(|editor| editor.line(name).map(|line| (line.axis().whole().1, Line::cursor(line))))
            else {
                return;
            };
            if asked.to_bits() != self.known.get_value().to_bits() {
                // Somebody has moved the cursor; the player is on its way there.
                return;
            }
            let at = if is_over { end } else { self.clock.with_value(|clock| clock.place(second)).clamp(0.0, end) };
            // Known before anybody is told, so that nothing is moved back to where it is.
            self.known.set_value(at);
            let _ = self.bench.act(|editor| editor.played_to(name, at));
            if let Some(seat) = self.seat {
                let playing = self.bench.peek(|editor| editor.line(name).is_some_and(Line::is_playing));
                seat.tell(second, playing);
            }
        });
        if told.is_some() && !element.paused() {
            request_animation_frame(move || self.tick());
        }
    }
}

/// Whether what was to play has been stopped before it began.
fn is_interrupted(error: &JsValue) -> bool {
    js_sys::Reflect::get(error, &"name".into()).is_ok_and(|name| name == "AbortError")
}
