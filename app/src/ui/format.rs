//! Numbers as people read them, the same on both sides.

/// `1234567` as `1,234,567`.
#[must_use]
pub fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        grouped.push('\u{2212}');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `12345` as `12.3k`.
#[must_use]
pub fn compact(number: i64) -> String {
    scaled(number.unsigned_abs(), 1000, &["", "k", "M", "B", "T"], if number < 0 { "\u{2212}" } else { "" })
}

/// `1536` as `1.5 KB`.
#[must_use]
pub fn bytes(number: u64) -> String {
    scaled(number, 1024, &[" B", " KB", " MB", " GB", " TB"], "")
}

/// Rounds down to one decimal below ten units, so that nothing is ever shown larger than it is.
fn scaled(number: u64, step: u64, units: &[&str], sign: &str) -> String {
    let mut unit = 0;
    let mut scale = 1_u64;
    while number / scale >= step && unit + 1 < units.len() {
        scale *= step;
        unit += 1;
    }
    let whole = number / scale;
    let tenth = (number % scale).saturating_mul(10) / scale;
    let suffix = units.get(unit).copied().unwrap_or_default();
    if tenth > 0 && whole < 100 { format!("{sign}{whole}.{tenth}{suffix}") } else { format!("{sign}{whole}{suffix}") }
}

/// `0.4273` as `42.7%`; never 100 % before it is done, nor 0 % once it has begun.
#[must_use]
pub fn percent(share: f64) -> String {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) * 100.0 } else { 0.0 };
    let text = if share > 99.9 && share < 100.0 {
        "99.9".to_owned()
    } else if share > 0.0 && share < 0.1 {
        "<0.1".to_owned()
    } else {
        format!("{share:.1}")
    };
    format!("{}%", text.strip_suffix(".0").unwrap_or(&text))
}

/// `3725` seconds as `1 h 2 min`.
#[must_use]
pub fn duration(seconds: i64) -> String {
    let seconds = seconds.max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => pair(seconds / 60, "min", seconds % 60, "s"),
        3600..86400 => pair(seconds / 3600, "h", seconds % 3600 / 60, "min"),
        _ => pair(seconds / 86400, "d", seconds % 86400 / 3600, "h"),
    }
}

fn pair(large: i64, large_unit: &str, small: i64, small_unit: &str) -> String {
    if small == 0 { format!("{large} {large_unit}") } else { format!("{large} {large_unit} {small} {small_unit}") }
}

/// `1 task`, `1,200 tasks`.
#[must_use]
pub fn plural(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (number, long, short) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1000, "1,000", "1k"),
            (12_345, "12,345", "12.3k"),
            (999_999, "999,999", "999k"),
            (1_250_000, "1,250,000", "1.2M"),
            (-1500, "\u{2212}1,500", "\u{2212}1.5k"),
        ] {
            assert_eq!(count(number), long);
            assert_eq!(compact(number), short);
        }
        assert_eq!(count(i64::MIN), "\u{2212}9,223,372,036,854,775,808");
        assert_eq!(bytes(u64::MAX), "16777215 TB");
        assert_eq!(bytes(1536), "1.5 KB");
    }

    #[test]
    fn shares_do_not_flatter() {
        for (share, text) in
            [(0.0, "0%"), (0.0004, "<0.1%"), (0.4273, "42.7%"), (0.9999, "99.9%"), (1.0, "100%"), (f64::NAN, "0%")]
        {
            assert_eq!(percent(share), text);
        }
    }

    #[test]
    fn durations() {
        for (seconds, text) in
            [(5, "5 s"), (60, "1 min"), (61, "1 min 1 s"), (3725, "1 h 2 min"), (90_000, "1 d 1 h"), (-4, "0 s")]
        {
            assert_eq!(duration(seconds), text);
        }
        assert_eq!(plural(1, "task", "tasks"), "1 task");
        assert_eq!(plural(1200, "task", "tasks"), "1,200 tasks");
    }
}
