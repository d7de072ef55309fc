//! When a delivery is tried again, and when a receiver is given up.

use chrono::{DateTime, TimeDelta, Utc};

/// How long each attempt waits after the one before: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h.
const PAUSES_S: [i64; 8] = [0, 5, 5 * 60, 30 * 60, 2 * 3_600, 5 * 3_600, 10 * 3_600, 10 * 3_600];

/// A webhook that has heard nothing for so long is switched off.
pub const OFF_AFTER_DAYS: i64 = 5;

/// How often a delivery is tried.
#[must_use]
pub fn most_attempts() -> i32 {
    i32::try_from(PAUSES_S.len()).unwrap_or(i32::MAX)
}

/// How long to wait before the next attempt, after so many that have failed; nothing when there is none.
#[must_use]
pub fn pause_after(attempts: i32) -> Option<TimeDelta> {
    let pause = PAUSES_S.get(usize::try_from(attempts).ok()?)?;
    Some(TimeDelta::seconds(*pause))
}

/// Whether a webhook that has been failing since then is switched off.
#[must_use]
pub fn is_given_up(failing_since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - failing_since >= TimeDelta::days(OFF_AFTER_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_come_further_and_further_apart() {
        let pauses: Vec<_> = (0..9).map(|n| pause_after(n).map(|pause| pause.num_seconds())).collect();
        let seconds = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 36_000].map(Some);
        assert_eq!(pauses[..8], seconds);
        assert_eq!(pauses[8], None);
        assert_eq!(pause_after(-1), None);
        assert_eq!(most_attempts(), 8);
    }

    #[test]
    fn five_days_are_enough() {
        let then = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        assert!(!is_given_up(then, then + TimeDelta::days(5) - TimeDelta::seconds(1)));
        assert!(is_given_up(then, then + TimeDelta::days(5)));
    }
}
