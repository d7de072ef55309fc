//! Objects that move together (`sync`): one of them keeps the time, the others go along.
//!
//! Whoever a person acts on keeps the time from then on, as far as it plays at all; a series, say, only sends the others
//! somewhere. The others go where they are sent at once, and while all play they are set right when they drift apart. What
//! goes along by itself never counts as an act, so nobody runs in circles.

/// How far two that play may drift apart, in seconds.
pub const DRIFT_S: f64 = 0.1;

/// The objects of one group, each by its number, and what they are at.
#[derive(Debug, Clone, PartialEq)]
pub struct Ensemble {
    /// What each of them plays; empty for those that cannot play.
    sources: Vec<String>,
    keeper: Option<usize>,
    second: f64,
    playing: bool,
    speed: Option<f64>,
    /// How often a person has acted on any of them.
    acts: u32,
}

/// What one of them is at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mine {
    /// The act it has followed last.
    pub heard: u32,
    /// Where it is.
    pub second: f64,
    /// Whether it plays.
    pub playing: bool,
    /// How long it is; endless for what does not know.
    pub length: f64,
    /// Whether it can be set right: it is not on its way somewhere, nor has it been a moment ago.
    pub is_settled: bool,
}

/// What one of them is to do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Turn {
    /// It keeps the time: the others are told how far it is.
    Tell,
    /// All is well.
    Stay,
    /// Go there, and play from there or stand still.
    Go {
        /// Where to.
        second: f64,
        /// Whether to play.
        playing: bool,
    },
}

impl Ensemble {
    /// Nobody has acted yet. `sources` says what each of them plays; empty for those that cannot play.
    #[must_use]
    pub fn new(sources: Vec<String>) -> Self {
        Self { sources, keeper: None, second: 0.0, playing: false, speed: None, acts: 0 }
    }

    /// Where they are.
    #[must_use]
    pub fn second(&self) -> f64 {
        self.second
    }

    /// Whether they play.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// How fast; none as long as everybody goes at its own speed.
    #[must_use]
    pub fn speed(&self) -> Option<f64> {
        self.speed
    }

    /// Whether this one keeps the time.
    #[must_use]
    pub fn keeps_time(&self, who: usize) -> bool {
        self.keeper == Some(who)
    }

    /// Whether this one would only be heard as an echo: the one that keeps the time plays the same.
    #[must_use]
    pub fn is_echo(&self, who: usize) -> bool {
        let source = |who: usize| self.sources.get(who).filter(|source| !source.is_empty());
        let Some(keeper) = self.keeper.filter(|keeper| *keeper != who) else { return false };
        source(keeper).is_some_and(|played| source(who) == Some(played))
    }

    /// A person has acted on one of them: all are to be there, playing or not. Returns the number of the act.
    pub fn act(&mut self, who: usize, second: f64, playing: bool, speed: Option<f64>) -> u32 {
        let plays = |who: usize| self.sources.get(who).is_some_and(|source| !source.is_empty());
        if plays(who) {
            self.keeper = Some(who);
        } else if self.keeper.is_none() {
            self.keeper = (0..self.sources.len()).find(|who| plays(*who));
        }
        self.second = if second.is_finite() { second } else { 0.0 };
        self.playing = playing && self.keeper.is_some();
        self.speed = self.speed.or(speed);
        self.acts = self.acts.wrapping_add(1);
        self.acts
    }

    /// The one that keeps the time has come on, or stopped. Nobody else is listened to, nor one that has not heard of the
    /// last act. Returns whether anything has changed.
    pub fn tell(&mut self, who: usize, heard: u32, second: f64, playing: bool) -> bool {
        let is_news = self.keeps_time(who) && heard == self.acts && (second, playing) != (self.second, self.playing);
        if is_news {
            (self.second, self.playing) = (second, playing);
        }
        is_news
    }

    /// All go at this speed. Returns whether that is another one.
    pub fn hurry(&mut self, speed: f64) -> bool {
        let is_news = self.speed != Some(speed);
        self.speed = Some(speed);
        is_news
    }

    /// The number of the last act.
    #[must_use]
    pub fn acts(&self) -> u32 {
        self.acts
    }

    /// What one of them is to do. As long as nobody has acted, everybody stays where it is.
    #[must_use]
    pub fn turn(&self, who: usize, mine: Mine) -> Turn {
        let is_new = mine.heard != self.acts;
        if self.acts == 0 {
            return Turn::Stay;
        }
        if self.keeps_time(who) && !is_new {
            return Turn::Tell;
        }
        let second = self.second.min(mine.length);
        // One that has come to its end does not begin its last moment again and again.
        let rest = if mine.playing { 0.0 } else { 2.0 * DRIFT_S };
        let can_play = self.sources.get(who).is_some_and(|source| !source.is_empty());
        let playing = self.playing && can_play && self.second + rest < mine.length;
        let is_apart = (mine.second - second).abs() > DRIFT_S && mine.is_settled;
        if is_new || playing != mine.playing || !playing || is_apart {
            Turn::Go { second, playing }
        } else {
            Turn::Stay
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUDIO: usize = 0;
    const VIDEO: usize = 1;
    const SERIES: usize = 2;
    const TALK: usize = 3;

    /// A sound, a film, a series, and a dialogue with the recording that is the sound.
    fn ensemble() -> Ensemble {
        Ensemble::new(["/a.wav", "/v.mp4", "", "/a.wav"].map(str::to_owned).to_vec())
    }

    fn at(second: f64, playing: bool, heard: u32) -> Mine {
        Mine { heard, second, playing, length: 10.0, is_settled: true }
    }

    fn go(second: f64, playing: bool) -> Turn {
        Turn::Go { second, playing }
    }

    #[test]
    fn nobody_moves_before_somebody_acts() {
        for who in [AUDIO, VIDEO, SERIES] {
            assert_eq!(ensemble().turn(who, at(3.0, false, 0)), Turn::Stay);
        }
    }

    #[test]
    fn the_one_acted_upon_keeps_the_time_and_the_others_go_along() {
        let mut all = ensemble();
        let act = all.act(AUDIO, 4.0, true, Some(1.5));
        assert_eq!((all.keeps_time(AUDIO), all.speed(), all.is_playing()), (true, Some(1.5), true));
        assert_eq!(all.turn(AUDIO, at(4.0, true, act)), Turn::Tell);
        for (who, mine, expected) in [
            (VIDEO, at(0.0, false, 0), go(4.0, true)),
            // There already, and told all the same: it has not heard of the act.
            (VIDEO, at(4.0, true, 0), go(4.0, true)),
            (VIDEO, at(4.0, true, act), Turn::Stay),
            (VIDEO, at(3.95, true, act), Turn::Stay),
            (VIDEO, at(3.85, true, act), go(4.0, true)),
            (VIDEO, at(4.15, true, act), go(4.0, true)),
            // It is on its way, or has just been set right.
            (VIDEO, Mine { is_settled: false, ..at(3.0, true, act) }, Turn::Stay),
            (VIDEO, Mine { is_settled: false, ..at(3.0, true, 0) }, go(4.0, true)),
            // It stopped by itself.
            (VIDEO, at(4.0, false, act), go(4.0, true)),
            // It is shorter: it stands at its end, and does not begin its last moment again.
            (VIDEO, Mine { length: 3.0, ..at(2.0, true, act) }, go(3.0, false)),
            (VIDEO, Mine { length: 4.1, ..at(4.1, false, act) }, go(4.0, false)),
            (VIDEO, Mine { length: 4.1, ..at(4.0, true, act) }, Turn::Stay),
            // It does not play, it shows.
            (SERIES, at(0.0, false, 0), go(4.0, false)),
            (SERIES, at(4.0, false, act), go(4.0, false)),
        ] {
            assert_eq!(all.turn(who, mine), expected, "{who} {mine:?}");
        }
    }

    #[test]
    fn only_the_one_that_keeps_the_time_is_listened_to() {
        let mut all = ensemble();
        let first = all.act(AUDIO, 1.0, true, None);
        assert!(all.tell(AUDIO, first, 1.5, true) && !all.tell(AUDIO, first, 1.5, true));
        assert!(!all.tell(VIDEO, first, 9.0, true));
        // Another one is acted upon; what the first still has to say is over.
        let second = all.act(VIDEO, 7.0, true, None);
        assert!(!all.tell(AUDIO, first, 1.6, true) && !all.tell(AUDIO, second, 1.6, true));
        assert_eq!(all.turn(AUDIO, at(1.6, true, first)), go(7.0, true));
        // It comes to its end, and all stop.
        assert!(all.tell(VIDEO, second, 8.0, false));
        assert_eq!(all.turn(AUDIO, at(7.9, true, second)), go(8.0, false));
    }

    #[test]
    fn what_cannot_play_sends_the_others_somewhere() {
        let mut all = ensemble();
        let play = all.act(VIDEO, 1.0, true, None);
        let seek = all.act(SERIES, 5.0, all.is_playing(), None);
        // The film keeps the time, but has to go there first.
        assert!(all.keeps_time(VIDEO) && !all.tell(VIDEO, play, 1.2, true));
        assert_eq!(all.turn(VIDEO, at(1.2, true, play)), go(5.0, true));
        assert!(all.tell(VIDEO, seek, 5.1, true));
        // Where nobody keeps the time yet, the first that can play does.
        let mut all = ensemble();
        let act = all.act(SERIES, 5.0, true, None);
        assert_eq!((all.turn(AUDIO, at(0.0, false, 0)), all.keeps_time(AUDIO)), (go(5.0, true), true));
        assert_eq!(all.turn(AUDIO, at(5.0, true, act)), Turn::Tell);
        // And where nobody can play, nobody does.
        let mut silent = Ensemble::new(vec![String::new(); 2]);
        silent.act(0, 5.0, true, None);
        assert_eq!((silent.is_playing(), silent.turn(1, at(0.0, false, 0))), (false, go(5.0, false)));
    }

    #[test]
    fn the_same_recording_is_heard_once() {
        let mut all = ensemble();
        assert!(!all.is_echo(TALK) && !all.is_echo(AUDIO));
        all.act(AUDIO, 1.0, true, None);
        assert_eq!([AUDIO, VIDEO, SERIES, TALK].map(|who| all.is_echo(who)), [false, false, false, true]);
        all.act(TALK, 1.0, true, None);
        assert_eq!([AUDIO, VIDEO, SERIES, TALK].map(|who| all.is_echo(who)), [true, false, false, false]);
    }

    #[test]
    fn all_go_at_one_speed_from_the_first_act_on() {
        let mut all = ensemble();
        assert_eq!(all.speed(), None);
        all.act(SERIES, 1.0, false, None);
        assert_eq!(all.speed(), None);
        all.act(AUDIO, 1.0, false, Some(0.5));
        all.act(VIDEO, 1.0, false, Some(2.0));
        assert_eq!(all.speed(), Some(0.5));
        assert!(all.hurry(2.0) && !all.hurry(2.0));
        assert_eq!(all.speed(), Some(2.0));
    }

    #[test]
    fn what_is_no_second_is_the_beginning() {
        for strange in [f64::NAN, f64::INFINITY] {
            let mut all = ensemble();
            all.act(AUDIO, strange, false, None);
            assert_eq!(all.second().to_bits(), 0.0_f64.to_bits());
        }
    }
}
