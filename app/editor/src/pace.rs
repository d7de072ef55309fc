//! Time spent on the work: a pause is thinking for a while, and then it is none.

/// A pause counts as work up to this long, in milliseconds.
pub const PAUSE_MS: f64 = 60_000.0;

/// Measures by signs of life: pointers, keys, scrolling, something that plays. All times are in milliseconds of one clock.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pace {
    spent_ms: f64,
    seen_ms: f64,
}

impl Pace {
    /// Begins now.
    #[must_use]
    pub fn new(now_ms: f64) -> Self {
        Self { spent_ms: 0.0, seen_ms: now_ms }
    }

    /// A sign of life.
    pub fn touch(&mut self, now_ms: f64) {
        self.spent_ms = self.spent_ms(now_ms);
        self.seen_ms = now_ms.max(self.seen_ms);
    }

    /// The time spent until now.
    #[must_use]
    pub fn spent_ms(&self, now_ms: f64) -> f64 {
        self.spent_ms + (now_ms - self.seen_ms).clamp(0.0, PAUSE_MS)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_pause_is_no_work() {
        let minute = 60_000.0;
        let mut pace = Pace::new(1_000.0);
        assert_eq!(pace.spent_ms(1_500.0), 500.0);
        pace.touch(11_000.0);
        assert_eq!(pace.spent_ms(11_000.0), 10_000.0);
        // An hour at lunch, then a minute of work.
        pace.touch(11_000.0 + 60.0 * minute);
        assert_eq!(pace.spent_ms(11_000.0 + 60.0 * minute), 10_000.0 + minute);
        pace.touch(11_000.0 + 61.0 * minute);
        assert_eq!(pace.spent_ms(0.0), 10_000.0 + 2.0 * minute, "a clock that goes back takes nothing");
    }

    proptest! {
        #[test]
        fn looking_changes_nothing_and_time_never_runs_faster(
            steps in proptest::collection::vec((0.0..200_000.0_f64, any::<bool>()), 0..40),
        ) {
            let (mut pace, mut now) = (Pace::new(0.0), 0.0);
            for (step, is_sign) in steps {
                let before = pace.spent_ms(now);
                now += step;
                let after = pace.spent_ms(now);
                prop_assert!(after >= before && after - before <= step + 1e-6);
                if is_sign {
                    pace.touch(now);
                    prop_assert_eq!(pace.spent_ms(now), after);
                }
            }
            prop_assert!(pace.spent_ms(now) <= now + 1e-6);
        }
    }
}
