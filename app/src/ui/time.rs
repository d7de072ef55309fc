//! Moments, said relative to now. "Now" is a value the server sends along, so that both sides draw the same words;
//! the browser then keeps it moving.

use chrono::{DateTime, Datelike, Timelike, Utc};
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

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn date(at: DateTime<Utc>) -> String {
    let month = usize::try_from(at.month0()).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
    format!("{} {month} {}", at.day(), at.year())
}

fn exact(at: DateTime<Utc>) -> String {
    format!("{}, {:02}:{:02} UTC", date(at), at.hour(), at.minute())
}

fn relative(at: DateTime<Utc>, now: i64) -> String {
    let ago = now - at.timestamp();
    let (amount, future) = (ago.abs(), ago < 0);
    let (number, unit) = match amount {
        0..45 => return if future { "in a moment".to_owned() } else { "just now".to_owned() },
        45..3600 => ((amount + 30) / 60, "minute"),
        3600..86_400 => (amount / 3600, "hour"),
        86_400..2_592_000 => (amount / 86_400, "day"),
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
            (3599, "60 minutes ago"),
            (3600, "1 hour ago"),
            (7300, "2 hours ago"),
            (86_400, "1 day ago"),
            (-60, "in 1 minute"),
            (-10, "in a moment"),
            (40 * 86_400, "14 Nov 2023"),
        ] {
            assert_eq!(relative(at, at.timestamp() + after), words);
        }
        assert_eq!(exact(at), "14 Nov 2023, 22:13 UTC");
    }
}
