//! Moments, said relative to now. "Now" is a value the server sends along, so that both sides draw the same words;
//! the browser then keeps it moving.

use chrono::{DateTime, Datelike, Timelike, Utc};
use domain::calendar::short_month;
use leptos::prelude::*;

/// The present, in seconds since 1970.
#[derive(Clone, Copy)]
pub struct Now(pub RwSignal<i64>);

/// Seconds between two looks at the clock.
const TICK: std::time::Duration = std::time::Duration::from_secs(20);

/// Call once at the root.
pub fn provide_now() {
    let now = RwSignal::new(SharedValue::new(clock).into_inner());
    provide_context(Now(now));
    Effect::new(move |_| {
        now.set(clock());
        if let Ok(handle) = set_interval_with_handle(move || now.set(clock()), TICK) {
            on_cleanup(move || handle.clear());
        }
    });
}

#[cfg(feature = "ssr")]
fn clock() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(not(feature = "ssr"))]
#[expect(clippy::cast_possible_truncation, reason = "milliseconds of this epoch fit many times over")]
fn clock() -> i64 {
    (js_sys::Date::now() / 1000.0) as i64
}

/// "3 minutes ago", with the exact moment on hover.
#[component]
pub fn Time(#[prop(into)] at: DateTime<Utc>) -> impl IntoView {
    let now = use_context::<Now>();
    let words = move || now.map_or_else(|| date(at), |now| relative(at, now.0.get()));
    view! {
        <time datetime=at.to_rfc3339() title=exact(at)>{words}</time>
    }
}

fn date(at: DateTime<Utc>) -> String {
    format!("{} {} {}", at.day(), short_month(at.month0()), at.year())
}

fn exact(at: DateTime<Utc>) -> String {
    format!("{}, {:02}:{:02} UTC", date(at), at.hour(), at.minute())
}

/// Seconds around now that are now: clocks differ, and the page looks at its own every [`TICK`] only.
const JUST_NOW: i64 = 45;
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// What has passed is counted in whole units, what is to come in the nearest: what was made for seven days a moment ago ends
/// in seven days.
fn relative(at: DateTime<Utc>, now: i64) -> String {
    let ago = now - at.timestamp();
    let (amount, future) = (ago.abs(), ago < 0);
    let count = |unit: i64| if future { (amount + unit / 2) / unit } else { amount / unit };
    let (number, unit) = match amount {
        0..JUST_NOW => return "just now".to_owned(),
        _ if count(MINUTE) < 60 => (count(MINUTE).max(1), "minute"),
        _ if count(HOUR) < 24 => (count(HOUR).max(1), "hour"),
        _ if count(DAY) <= 30 => (count(DAY).max(1), "day"),
        _ => return date(at),
    };
    let plural = if number == 1 { "" } else { "s" };
    if future { format!("in {number} {unit}{plural}") } else { format!("{number} {unit}{plural} ago") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_in_words() {
        let at = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        for (after, words) in [
            (0, "just now"),
            (50, "1 minute ago"),
            (3599, "59 minutes ago"),
            (3600, "1 hour ago"),
            (7300, "2 hours ago"),
            (86_400, "1 day ago"),
            (-60, "in 1 minute"),
            (-10, "just now"),
            (-3590, "in 1 hour"),
            (-7 * 86_400 + 30, "in 7 days"),
            (-30 * 86_400 + 90, "in 30 days"),
            (30 * 86_400 - 1, "29 days ago"),
            (40 * 86_400, "14 Nov 2023"),
        ] {
            assert_eq!(relative(at, at.timestamp() + after), words);
        }
        assert_eq!(exact(at), "14 Nov 2023, 22:13 UTC");
    }
}
