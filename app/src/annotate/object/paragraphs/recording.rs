//! The recording of a dialogue: which turn is heard, and playing one alone.

use domain::dialogue::Turn;
use leptos::{ev, html, prelude::*};

use super::Rules;
use crate::ui::{IconButton, Size, lu};

/// The recording and how far it is. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Recording {
    player: NodeRef<html::Audio>,
    second: RwSignal<f64>,
    is_playing: RwSignal<bool>,
    /// Where to stop: at the end of the turn that is played alone.
    until: StoredValue<Option<f64>>,
    /// Why it cannot be heard.
    trouble: RwSignal<bool>,
}

impl Recording {
    pub(super) fn new() -> Self {
        Self {
            player: NodeRef::new(),
            second: RwSignal::new(0.0),
            is_playing: RwSignal::new(false),
            until: StoredValue::new(None),
            trouble: RwSignal::new(false),
        }
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
        let (Some(player), Some(start)) = (self.player.get_untracked(), turn.start) else { return };
        if !player.paused() && turn.is_heard_at(player.current_time(), next) {
            // Never refused.
            let _ = player.pause();
            return;
        }
        self.until.set_value(turn.end.or(next));
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

    /// The player itself; nothing for a dialogue without a recording.
    pub(super) fn view(self, rules: &Rules) -> AnyView {
        if rules.audio.is_empty() {
            return ().into_any();
        }
        let told = move |_: ev::Event| self.tick();
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
        let has_player = rules.has_player;
        view! {
            <div class="dialogue-player" data-follows=rules.follows.then_some("")>
                <audio
                    class="presented-media"
                    controls=has_player
                    hidden=!has_player
                    preload="metadata"
                    src=rules.audio.clone()
                    aria-label=format!("Recording of {}", rules.name)
                    node_ref=self.player
                    on:timeupdate=told
                    on:play=told
                    on:pause=told
                    on:seeked=moved
                    on:error=move |_| self.trouble.set(true)
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
