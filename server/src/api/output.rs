//! What answers have in common: people, moments, pages.

use chrono::{DateTime, Utc};
use domain::{
    id::UserId,
    page::{Limit, Page},
};
use http::Uri;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

/// A person, in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonOut {
    pub id: i64,
    pub first_name: String,
    pub last_name: String,
    pub username: String,
    pub email: String,
    pub avatar: Option<String>,
}

impl PersonOut {
    pub fn new(id: UserId, name: &str, email: &str) -> Self {
        let (first_name, last_name) = names(name);
        Self { id: id.0, first_name, last_name, username: email.to_owned(), email: email.to_owned(), avatar: None }
    }
}

/// A name in two parts, which is how Label Studio keeps it.
pub fn names(name: &str) -> (String, String) {
    let (first, last) = name.trim().split_once(' ').unwrap_or((name.trim(), ""));
    (first.to_owned(), last.trim().to_owned())
}

/// JSON as the database wrote it.
pub type RawJson = Box<RawValue>;

/// Seconds, from milliseconds.
#[allow(clippy::cast_precision_loss, reason = "nobody works on a task for 285,000 years")]
pub fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1000.0
}

/// Milliseconds, from seconds that a program sent; never more than a day, never less than nothing.
#[allow(clippy::cast_possible_truncation, reason = "brought into a day before")]
pub fn milliseconds(seconds: f64) -> i64 {
    if seconds.is_finite() { (seconds.clamp(0.0, 86_400.0) * 1000.0).round() as i64 } else { 0 }
}

/// How long ago, in words.
pub fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let minutes = (now - at).num_minutes().max(0);
    let counted = |count: i64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    match minutes {
        0..60 => counted(minutes, "minute"),
        60..1440 => counted(minutes / 60, "hour"),
        1440..43_200 => counted(minutes / 1440, "day"),
        43_200..525_600 => counted(minutes / 43_200, "month"),
        _ => counted(minutes / 525_600, "year"),
    }
}

/// Which page of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// From 1.
    #[serde(default)]
    #[param(minimum = 1)]
    pub page: Option<i64>,
    /// How many; a list's own limit holds beyond it.
    #[serde(default)]
    #[param(minimum = 1)]
    pub page_size: Option<i64>,
}

impl PageQuery {
    /// Where it begins and how many it holds.
    pub fn window(&self, usual: i64, most: i64) -> (i64, i64) {
        let limit = self.page_size.filter(|size| *size > 0).unwrap_or(usual).min(most);
        let page = self.page.unwrap_or(1).max(1);
        ((page - 1).saturating_mul(limit), limit)
    }
}

/// A page of a list, as Label Studio tells it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageOut<T> {
    /// In all.
    pub count: i64,
    /// The address of the next page.
    pub next: Option<String>,
    /// The address of the page before.
    pub previous: Option<String>,
    pub results: Vec<T>,
}

/// Where a list that is read on from a cursor begins.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// Behind this one, as `next` of the page before said.
    pub after: Option<String>,
    /// How many, 200 at most.
    #[param(minimum = 1)]
    pub limit: Option<u32>,
}

impl After {
    /// How many.
    pub fn limit(&self) -> Limit {
        self.limit.map_or_else(Limit::default, Limit::new)
    }
}

/// A page of a list that is read on from a cursor.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listed<T> {
    pub results: Vec<T>,
    /// Pass it back as `after`; none at the end.
    pub next: Option<String>,
}

impl<T> Listed<T> {
    pub fn of<S>(page: Page<S>, out: impl FnMut(S) -> T) -> Self {
        Self { results: page.items.into_iter().map(out).collect(), next: page.next }
    }
}

/// The address that was asked for, with another page.
pub fn page_address(base: &str, uri: &Uri, page: i64) -> String {
    let query = uri.query().unwrap_or_default();
    let kept = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "page");
    let mut next = url::form_urlencoded::Serializer::new(String::new());
    next.extend_pairs(kept);
    next.append_pair("page", &page.to_string());
    format!("{base}{}/?{}", uri.path().trim_end_matches('/'), next.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart() {
        for (name, first, last) in
            [("Ada Lovelace", "Ada", "Lovelace"), ("Ada", "Ada", ""), (" J. R. R. T ", "J.", "R. R. T")]
        {
            assert_eq!(names(name), (first.to_owned(), last.to_owned()));
        }
    }

    #[test]
    fn pages_begin_where_the_one_before_ended() {
        for (page, size, window) in [
            (None, None, (0, 30)),
            (Some(2), Some(10), (10, 10)),
            (Some(3), Some(1000), (200, 100)),
            (Some(0), Some(-4), (0, 30)),
            (Some(i64::MAX), Some(100), (i64::MAX, 100)),
        ] {
            assert_eq!(PageQuery { page, page_size: size }.window(30, 100), window, "{page:?} {size:?}");
        }
        let uri: Uri = "/api/projects?title=a+b&page=2".parse().unwrap();
        assert_eq!(page_address("http://x", &uri, 3), "http://x/api/projects/?title=a+b&page=3");
    }

    #[test]
    fn time_spent_stays_within_a_day() {
        for (given, expected) in [(1.5, 1500), (-1.0, 0), (f64::NAN, 0), (1e12, 86_400_000), (0.0004, 0)] {
            assert_eq!(milliseconds(given), expected, "{given}");
        }
    }

    #[test]
    fn ages_are_told_in_one_unit() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        for (minutes, words) in
            [(0, "0 minutes"), (1, "1 minute"), (125, "2 hours"), (3000, "2 days"), (600_000, "1 year")]
        {
            assert_eq!(ago(now - chrono::TimeDelta::minutes(minutes), now), words);
        }
    }
}
