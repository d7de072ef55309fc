//! How models are asked about many tasks, and for how long one that fails is left alone.

use chrono::TimeDelta;

/// How many tasks a question to a model is about, unless somebody says otherwise.
pub const BATCH: i64 = 16;
/// The most tasks of one question.
pub const MAX_BATCH: i64 = 100;
/// The longest that a model is given for a question, in seconds.
pub const MAX_QUESTION_S: i32 = 600;
/// The longest that somebody who opens a task waits for a prediction, in seconds.
pub const MAX_OPENING_S: i32 = 10;
/// So many questions without an answer, and the model is left alone for a while.
pub const BREAKS_AFTER: i32 = 3;
/// So many questions without an answer, and work on many tasks is given up.
pub const GIVES_UP_AFTER: i32 = 8;
/// So many tasks in a row that a model fails on, and it is not asked about the others.
pub const MAX_FAILED_IN_A_ROW: usize = 20;

/// How long a model is given for a question about so many tasks.
#[must_use]
pub fn seconds_for(tasks: usize, timeout_s: i32) -> i32 {
    i32::try_from(tasks).unwrap_or(i32::MAX).max(1).saturating_mul(timeout_s).clamp(1, MAX_QUESTION_S)
}

/// How long to wait after so many failures in a row before work on many tasks asks again.
#[must_use]
pub fn pause_after(failures: i32) -> TimeDelta {
    match failures {
        ..=1 => TimeDelta::seconds(1),
        2 => TimeDelta::seconds(5),
        3 => TimeDelta::seconds(20),
        4 => TimeDelta::minutes(1),
        5 => TimeDelta::minutes(3),
        _ => TimeDelta::minutes(10),
    }
}

/// How long everybody leaves it alone after so many failures in a row; none while it may be chance.
#[must_use]
pub fn rest_after(failures: i32) -> Option<TimeDelta> {
    (failures >= BREAKS_AFTER).then(|| pause_after(failures))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_grows_with_the_tasks_up_to_a_limit() {
        for (tasks, timeout, seconds) in [(0, 20, 20), (1, 20, 20), (16, 20, 320), (100, 20, 600), (1, 600, 600)] {
            assert_eq!(seconds_for(tasks, timeout), seconds, "{tasks} {timeout}");
        }
    }

    #[test]
    fn pauses_grow() {
        let pauses: Vec<_> = (1..=GIVES_UP_AFTER).map(pause_after).collect();
        assert!(pauses.is_sorted());
        assert_eq!(pauses.last(), Some(&TimeDelta::minutes(10)));
        assert_eq!([1, 2, 3].map(rest_after), [None, None, Some(TimeDelta::seconds(20))]);
    }
}
