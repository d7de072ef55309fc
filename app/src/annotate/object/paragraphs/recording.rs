//! The recording of a dialogue: which turn is heard, and playing one alone.
//!
//! A dialogue may move together with others (`sync`): then it goes where they are, and they go where it is moved. Without a
//! recording of its own it is theirs that is heard.

use domain::dialogue::Turn;
use editor::annotate::Turn as Move;
use leptos::{ev, html, prelude::*};
use web_sys::HtmlAudioElement;

use super::Rules;
use crate::annotate::bench::{Bench, OpenedTask};
use crate::annotate::media::Way;
use crate::annotate::together::Seat;
use crate::ui::{IconButton, Size, lu};

/// What a player says of where it is differs from where it was sent by less, in seconds.
const SAME_S: f64 = 0.02;
/// A player that has been set right is left alone for so long, in milliseconds.
const SETTLES_MS: f64 = 1_000.0;

/// The recording and how far it is. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Recording {
    player: NodeRef<html::Audio>,
    way: Way,
    /// Whether there is one of its own.
    is_own: bool,
    second: RwSignal<f64>,
    is_playing: RwSignal<bool>,
    /// Where to stop: at the end of the turn that is played alone.
    until: StoredValue<Option<f64>>,
    /// Why it cannot be heard.
    trouble: RwSignal<bool>,
    /// Its place among those that move together.
    seat: Option<Seat>,
    /// Where it was last sent by them, and when.
    sent: StoredValue<(f64, f64)>,
}

impl Recording {
    pub(super) fn new(bench: Bench, rules: &Rules) -> Self {
        let recording = Self {
            player: NodeRef::new(),
            way: Way::new(use_context::<OpenedTask>(), rules.audio.clone()),
            is_own: !rules.audio.is_empty(),
            second: RwSignal::new(0.0),
            is_playing: RwSignal::new(false),
            until: StoredValue::new(None),
            trouble: RwSignal::new(false),
            seat: bench.together.seat(&rules.name),
            sent: StoredValue::new((0.0, f64::NEG_INFINITY)),
        };
        if let Some(seat) = recording.seat {
            recording.follow(seat);
        }
        recording
    }

    /// Whether turns can be played at all.
    pub(super) fn is_there(self) -> bool {
        self.is_own || self.seat.is_some()
    }

    /// The turn that is heard now.
    pub(super) fn heard(self, turns: &[Turn]) -> Option<usize> {
        let second = self.second.get();
        if !self.is_playing.get() && second == 0.0 {
            return None;
        }
        let next = |at: usize| turns[at + 1..].iter().find_map(|turn| turn.start);
        turns.iter().enumerate().rposition(|(at, turn)| turn.is_heard_at(second, next(at)))
    }

    /// Plays a turn from its beginning to its end, or stops where it is being played.
    fn toggle(self, turn: &Turn, next: Option<f64>) {
        let Some(start) = turn.start else { return };
        let until = turn.end.or(next);
        let Some(player) = self.player.get_untracked() else {
            let Some(seat) = self.seat else { return };
            let second = self.second.get_untracked();
            if self.is_playing.get_untracked() && turn.is_heard_at(second, next) {
                seat.act(second, false, None);
                return;
            }
            seat.act(start, true, None);
            self.until.set_value(until);
            return;
        };
        if !player.paused() && turn.is_heard_at(player.current_time(), next) {
            // Never refused.
            let _ = player.pause();
            return;
        }
        self.until.set_value(until);
        player.set_current_time(start);
        self.second.set(start);
        // Refused where the browser cannot read it, which the player tells by an event.
        drop(player.play());
    }

    fn tick(self) {
        let Some(player) = self.player.try_get_untracked().flatten() else { return };
        let second = player.current_time();
        if self.until.get_value().is_some_and(|until| second >= until) {
            self.until.set_value(None);
            // Never refused.
            let _ = player.pause();
        }
        self.second.set(second);
        self.is_playing.set(!player.paused());
    }

    /// Goes along with the others.
    fn follow(self, seat: Seat) {
        on_cleanup(move || {
            if let Some(second) = self.second.try_get_untracked() {
                seat.tell(second, false);
            }
        });
        Effect::new(move |_| {
            let Some((second, playing)) = seat.now() else { return };
            let has_news = seat.has_news();
            if has_news && !seat.keeps_time() {
                // Somebody has gone elsewhere: the turn is no longer what is played.
                self.until.set_value(None);
            }
            if let Some(player) = self.player.get() {
                self.go_along(seat, &player);
                return;
            }
            seat.follow();
            self.second.set(second);
            self.is_playing.set(playing);
            if playing && self.until.get_value().is_some_and(|until| second >= until) {
                self.until.set_value(None);
                seat.act(second, false, None);
            }
        });
        seat.on_speed(move |speed| {
            if let Some(player) = self.player.get_untracked() {
                player.set_default_playback_rate(speed);
                player.set_playback_rate(speed);
            }
        });
        // A person may have muted it before.
        let was_muted = StoredValue::new(false);
        seat.on_echo(move |is_echo| {
            if let Some(player) = self.player.get_untracked() {
                if is_echo {
                    was_muted.set_value(player.muted());
                }
                player.set_muted(is_echo || was_muted.get_value());
            }
        });
    }

    fn go_along(self, seat: Seat, player: &HtmlAudioElement) {
        let now_ms = js_sys::Date::now();
        let (here, playing) = (player.current_time(), !player.paused());
        let (sent, sent_ms) = self.sent.get_value();
        let is_settled = !player.seeking() && now_ms - sent_ms > SETTLES_MS;
        let has_news = seat.has_news();
        let Move::Go { second, playing: plays } = seat.turn(here, playing, player.duration(), is_settled) else {
            return;
        };
        // Where it stands still it may be asked for the same again and again.
        if (here - second).abs() > SAME_S || (!plays && has_news && here.to_bits() != second.to_bits()) {
            let is_there = (sent - second).abs() < 1e-6 && !playing && !has_news;
            if !is_there {
                self.sent.set_value((second, now_ms));
                player.set_current_time(second);
                self.second.set(second);
            }
        }
        if plays && player.paused() && player.error().is_none() {
            // Refused where the browser cannot read it, which the player tells by an event.
            drop(player.play());
        } else if !plays && playing {
            // Never refused.
            let _ = player.pause();
        }
    }

    /// A person has moved, begun or stopped the player, or it has stopped by itself; what it was told to do is no news.
    fn told(self, seat: Seat, name: &str) {
        let Some(player) = self.player.get_untracked() else { return };
        let (second, playing) = (player.current_time(), !player.paused());
        let is_act = match name {
            "seeking" => (second - self.sent.get_value().0).abs() > SAME_S,
            "play" => !seat.is_playing(),
            // At its own end the others may go on.
            _ => seat.is_playing() && (seat.keeps_time() || second + SAME_S < player.duration()),
        };
        if is_act {
            // Whatever it is sent to next is news again.
            self.sent.set_value((f64::NEG_INFINITY, f64::NEG_INFINITY));
            seat.act(second, playing, Some(player.playback_rate()));
        }
        if name == "play" {
            self.keep_time(seat);
        }
    }

    /// Tells the others at every frame of the screen how far it is, as long as it plays.
    fn keep_time(self, seat: Seat) {
        let Some(player) = self.player.try_get_untracked().flatten().filter(|player| !player.paused()) else { return };
        self.tick();
        seat.tell(player.current_time(), !player.paused());
        request_animation_frame(move || self.keep_time(seat));
    }

    /// The player itself; nothing for a dialogue without a recording.
    pub(super) fn view(self, rules: &Rules) -> AnyView {
        if rules.audio.is_empty() {
            return ().into_any();
        }
        let told = move |event: ev::Event| {
            self.tick();
            if let Some(seat) = self.seat.filter(|_| event.type_() != "timeupdate") {
                self.told(seat, &event.type_());
            }
        };
        let hurried = move |_: ev::Event| {
            if let (Some(seat), Some(player)) = (self.seat, self.player.get_untracked()) {
                seat.hurry(player.playback_rate());
            }
        };
        // Whoever moves the player by hand wants to hear on.
        let moved = move |_: ev::Event| {
            if let Some(player) = self.player.get_untracked() {
                let second = player.current_time();
                if self.until.get_value().is_some_and(|until| second > until) {
                    self.until.set_value(None);
                }
            }
            self.tick();
        };
        Effect::new(move |_| {
            if let Some(player) = self.player.get() {
                self.way.relay_what_failed(&player);
            }
        });
        let has_player = rules.has_player;
        view! {
            <div class="dialogue-player" data-follows=rules.follows.then_some("")>
                <audio
                    class="presented-media"
                    controls=has_player
                    hidden=!has_player
                    preload="metadata"
                    src=move || self.way.loads.get()
                    aria-label=format!("Recording of {}", rules.name)
                    node_ref=self.player
                    on:timeupdate=told
                    on:play=told
                    on:pause=told
                    on:seeking=told
                    on:seeked=moved
                    on:ratechange=hurried
                    on:error=move |_| if !self.way.relay() { self.trouble.set(true) }
                    on:loadedmetadata=move |_| self.trouble.set(false)
                ></audio>
                {move || self.trouble.get().then(|| view! {
                    <p class="answer-problem" role="alert">"The recording cannot be played. The dialogue can be labeled all the same."</p>
                })}
            </div>
        }
        .into_any()
    }

    /// The button of a turn.
    pub(super) fn button(self, at: usize, turn: Turn, next: Option<f64>) -> Option<AnyView> {
        turn.start?;
        let here = turn.clone();
        let is_on = Memo::new(move |_| self.is_playing.get() && here.is_heard_at(self.second.get(), next));
        let turn = StoredValue::new(turn);
        let button = move || {
            let (icon, label) = if is_on.get() {
                (lu::LuPause, format!("Stop turn {}", at + 1))
            } else {
                (lu::LuPlay, format!("Play turn {}", at + 1))
            };
            view! {
                <IconButton icon label size=Size::Small on:click=move |_| turn.with_value(|turn| self.toggle(turn, next))/>
            }
        };
        Some(view! { <span class="turn-play">{button}</span> }.into_any())
    }
}
