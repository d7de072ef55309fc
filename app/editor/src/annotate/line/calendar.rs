//! Months on a line of time: they are not equally long, so rulers ask where they begin.

/// Milliseconds of a day.
const DAY_MS: f64 = 86_400_000.0;
/// The most beginnings that are listed.
const MOST: usize = 200;

/// Where months begin between two times, in milliseconds since 1970 (UTC): every `step` months, counted from the beginning
/// of a year where `step` is no longer than one, else from the year 0. Nothing for times beyond a hundred thousand years.
#[must_use]
pub fn month_starts(from_ms: f64, to_ms: f64, step: u32) -> Vec<f64> {
    let reach = 36_525_000.0 * DAY_MS;
    if step == 0 || !(-reach..reach).contains(&from_ms) || !(from_ms..reach).contains(&to_ms) {
        return Vec::new();
    }
    let step = i64::from(step);
    // Within reach, so it fits.
    #[allow(clippy::cast_possible_truncation)]
    let first_day = (from_ms / DAY_MS).floor() as i64;
    let mut month = month_of_day(first_day).div_euclid(step) * step;
    let mut starts = Vec::new();
    while starts.len() < MOST {
        #[allow(clippy::cast_precision_loss)]
        let at = day_of_month(month) as f64 * DAY_MS;
        if at > to_ms {
            break;
        }
        if at >= from_ms {
            starts.push(at);
        }
        month += step;
    }
    starts
}

/// Months since the year 0 for a day counted from 1970-01-01 (H. Hinnant, chrono-compatible low-level date algorithms).
fn month_of_day(day: i64) -> i64 {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Years begin in March there, so that the leap day is the last.
    let march_month = (5 * day_of_year + 2) / 153;
    (era * 400 + year_of_era) * 12 + march_month + 2
}

/// The first day of a month counted from the year 0, as days since 1970-01-01; the inverse of [`month_of_day`].
fn day_of_month(month: i64) -> i64 {
    let from_march = month - 2;
    let (year, march_month) = (from_march.div_euclid(12), from_march.rem_euclid(12));
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * march_month + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use domain::media::series::TimeFormat;

    use super::*;

    fn written(from: &str, to: &str, step: u32) -> Vec<String> {
        let format = TimeFormat::new("%Y-%m-%d").unwrap();
        let at = |text: &str| format.parse(text).unwrap();
        month_starts(at(from), at(to), step).into_iter().map(|at| format.format(at).unwrap()).collect()
    }

    #[test]
    fn months_begin_on_their_first_day() {
        assert_eq!(written("2012-01-01", "2012-04-01", 1), ["2012-01-01", "2012-02-01", "2012-03-01", "2012-04-01"]);
        assert_eq!(
            written("1999-11-15", "2001-02-01", 3),
            ["2000-01-01", "2000-04-01", "2000-07-01", "2000-10-01", "2001-01-01"]
        );
        assert_eq!(written("2012-01-02", "2016-01-01", 12), ["2013-01-01", "2014-01-01", "2015-01-01", "2016-01-01"]);
        assert_eq!(written("1958-01-01", "1985-01-01", 120), ["1960-01-01", "1970-01-01", "1980-01-01"]);
    }

    #[test]
    fn every_month_of_a_long_time_comes_back() {
        for month in -30_000..30_000 {
            assert_eq!(month_of_day(day_of_month(month)), month);
            assert_eq!(month_of_day(day_of_month(month) - 1), month - 1);
        }
    }

    #[test]
    fn nothing_is_listed_without_end() {
        assert_eq!(month_starts(0.0, 1e15, 1).len(), MOST);
        for (from, to, step) in
            [(f64::NAN, 1.0, 1), (0.0, f64::INFINITY, 1), (1.0, 0.0, 1), (0.0, 1e12, 0), (-1e300, 1e300, 1)]
        {
            assert_eq!(month_starts(from, to, step), [0.0; 0]);
        }
    }
}
