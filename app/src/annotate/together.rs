//! Objects of a task that move together: `domain` says who does (`sync`), `editor` who leads; here they meet.

use domain::label_config::Object;
use editor::annotate::{Ensemble, Mine, Turn};
use leptos::prelude::*;

use super::bench::Bench;
use super::safe::safe_address;

/// The groups of a task. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Together {
    groups: StoredValue<Vec<(Vec<String>, RwSignal<Ensemble>)>>,
}

impl Together {
    /// Everybody alone.
    pub(super) fn nobody() -> Self {
        Self { groups: StoredValue::new(Vec::new()) }
    }

    /// The groups of the task on this bench.
    pub(super) fn on(bench: Bench) -> Self {
        let source = |object: &&Object| match object.tag.as_str() {
            "TimeSeries" => String::new(),
            "Paragraphs" => safe_address(&bench.text_of(object.attribute("audioUrl").unwrap_or_default())),
            _ => safe_address(&bench.text_of(object.attribute("value").unwrap_or_default())),
        };
        let groups = bench.config.with_value(|config| {
            let groups = config.sync_groups().into_iter().map(|group| {
                let ensemble = Ensemble::new(group.iter().map(source).collect());
                (group.into_iter().map(|object| object.name.clone()).collect(), RwSignal::new(ensemble))
            });
            groups.collect()
        });
        Self { groups: StoredValue::new(groups) }
    }

    /// The place of an object in its group; none for one that moves alone.
    pub(super) fn seat(self, object: &str) -> Option<Seat> {
        self.groups.with_value(|groups| {
            groups.iter().find_map(|(names, ensemble)| {
                let who = names.iter().position(|name| name == object)?;
                Some(Seat { who, ensemble: *ensemble, heard: StoredValue::new(0) })
            })
        })
    }
}

/// One object's place in its group. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Seat {
    who: usize,
    ensemble: RwSignal<Ensemble>,
    /// The act it has followed last.
    heard: StoredValue<u32>,
}

impl Seat {
    /// A person has acted on this one: the others go along. What does not play has no speed.
    pub(super) fn act(self, second: f64, playing: bool, speed: Option<f64>) {
        self.ensemble.update(|all| self.heard.set_value(all.act(self.who, second, playing, speed)));
    }

    /// Says how far this one is, if it keeps the time.
    pub(super) fn tell(self, second: f64, playing: bool) {
        // Both are gone when the page has gone on to another task.
        let Some(heard) = self.heard.try_get_value() else { return };
        let _ = self.ensemble.try_maybe_update(|all| (all.tell(self.who, heard, second, playing), ()));
    }

    /// A person has chosen a speed.
    pub(super) fn hurry(self, speed: f64) {
        self.ensemble.maybe_update(|all| all.hurry(speed));
    }

    /// What this one is to do now, and again whenever that changes. What it is told counts as followed.
    pub(super) fn turn(self, second: f64, playing: bool, length: f64, is_settled: bool) -> Turn {
        let length = if length.is_nan() { f64::INFINITY } else { length };
        let mine = Mine { heard: self.heard.get_value(), second, playing, length, is_settled };
        let (turn, acts) = self.ensemble.with(|all| (all.turn(self.who, mine), all.acts()));
        self.heard.set_value(acts);
        turn
    }

    /// Counts the last act as followed.
    pub(super) fn follow(self) {
        self.heard.set_value(self.ensemble.with_untracked(Ensemble::acts));
    }

    /// Whether somebody has acted since this one has followed.
    pub(super) fn has_news(self) -> bool {
        self.ensemble.with_untracked(Ensemble::acts) != self.heard.get_value()
    }

    /// The number of the last act.
    pub(super) fn acts(self) -> u32 {
        self.ensemble.try_with_untracked(Ensemble::acts).unwrap_or(0)
    }

    /// Whether this one keeps the time.
    pub(super) fn keeps_time(self) -> bool {
        self.ensemble.try_with_untracked(|all| all.keeps_time(self.who)).unwrap_or(false)
    }

    /// Whether they play.
    pub(super) fn is_playing(self) -> bool {
        self.ensemble.with_untracked(Ensemble::is_playing)
    }

    /// Where they are and whether they play, and again whenever that changes; none as long as nobody has acted.
    pub(super) fn now(self) -> Option<(f64, bool)> {
        self.ensemble.with(|all| (all.acts() > 0).then_some((all.second(), all.is_playing())))
    }

    /// Follows the common speed: `hear` is told of it whenever it changes.
    pub(super) fn on_speed(self, hear: impl Fn(f64) + 'static) {
        let speed = Memo::new(move |_| self.ensemble.with(Ensemble::speed));
        Effect::new(move |_| {
            if let Some(speed) = speed.get() {
                hear(speed);
            }
        });
    }

    /// The same recording is heard once: `mute` is told when this one becomes an echo, and when it no longer is.
    pub(super) fn on_echo(self, mute: impl Fn(bool) + 'static) {
        let is_echo = Memo::new(move |_| self.ensemble.with(|all| all.is_echo(self.who)));
        Effect::new(move |was: Option<bool>| {
            let is_echo = is_echo.get();
            if was.unwrap_or(false) != is_echo {
                mute(is_echo);
            }
            is_echo
        });
    }
}
