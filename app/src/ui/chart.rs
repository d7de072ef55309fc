//! Charts as SVG, drawn on either side alike, each with its table one click away.
//!
//! Colors come by number from the style sheet (`data-series`), so that themes and contrast stay in one place.

use leptos::prelude::*;

use super::{compact, count, percent};

/// A named amount.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// As shown.
    pub label: String,
    /// Never negative.
    pub value: i64,
    /// What is left over, drawn as a ground and not as one of the colors.
    pub is_rest: bool,
}

impl Slice {
    /// A named amount; less than nothing counts as nothing.
    pub fn new(label: impl Into<String>, value: i64) -> Self {
        Self { label: label.into(), value: value.max(0), is_rest: false }
    }

    /// The same as what is left over.
    #[must_use]
    pub fn rest(self) -> Self {
        Self { is_rest: true, ..self }
    }

    fn color(&self, at: usize) -> String {
        if self.is_rest { "rest".to_owned() } else { color(at) }
    }
}

/// A named row of amounts.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// As shown.
    pub label: String,
    /// One per place on the axis.
    pub values: Vec<i64>,
}

impl Series {
    /// A named row of amounts.
    pub fn new(label: impl Into<String>, values: impl Into<Vec<i64>>) -> Self {
        Self { label: label.into(), values: values.into() }
    }
}

/// How many colors there are before they begin anew.
const COLORS: usize = 8;

fn color(at: usize) -> String {
    (at % COLORS + 1).to_string()
}

#[expect(clippy::cast_precision_loss, reason = "pixels do not show the 54th bit")]
fn float(number: i64) -> f64 {
    number as f64
}

fn share(part: i64, whole: i64) -> f64 {
    if whole <= 0 { 0.0 } else { float(part) / float(whole) }
}

/// Two decimals are finer than a pixel and keep the document small.
fn px(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn frame(title: String, picture: AnyView, head: Vec<String>, rows: Vec<Vec<String>>) -> AnyView {
    let head = head.into_iter().map(|cell| view! { <th scope="col">{cell}</th> }).collect_view();
    let rows = rows
        .into_iter()
        .map(|row| {
            let cells = row
                .into_iter()
                .enumerate()
                .map(|(at, cell)| match at {
                    0 => view! { <th scope="row">{cell}</th> }.into_any(),
                    _ => view! { <td data-num="">{cell}</td> }.into_any(),
                })
                .collect_view();
            view! { <tr>{cells}</tr> }
        })
        .collect_view();
    view! {
        <figure class="chart">
            <figcaption class="chart-title">{title}</figcaption>
            {picture}
            <details class="disclosure">
                <summary>"Show as table"</summary>
                <div class="table-frame">
                    <table class="table">
                        <thead>
                            <tr>{head}</tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
        </figure>
    }
    .into_any()
}

/// What the colors mean: each with a name, and perhaps an amount.
fn legend(names: impl IntoIterator<Item = (String, String, Option<String>)>) -> AnyView {
    let items = names
        .into_iter()
        .map(|(color, name, value)| {
            view! {
                <li>
                    <span class="swatch" data-series=color></span>
                    <span class="truncate">{name}</span>
                    {value.map(|value| view! { <span>{value}</span> })}
                </li>
            }
        })
        .collect_view();
    view! { <ul class="legend">{items}</ul> }.into_any()
}

fn slice_rows(slices: &[Slice], total: i64) -> Vec<Vec<String>> {
    slices
        .iter()
        .map(|slice| vec![slice.label.clone(), count(slice.value), percent(share(slice.value, total))])
        .collect()
}

/// Amounts as lying bars, the longest filling the line.
#[component]
pub fn BarChart(#[prop(into)] title: String, #[prop(into)] slices: Vec<Slice>) -> impl IntoView {
    let most = slices.iter().map(|slice| slice.value).max().unwrap_or(0);
    let total = slices.iter().map(|slice| slice.value).sum();
    let bars = slices
        .iter()
        .enumerate()
        .map(|(at, slice)| {
            let width = px(share(slice.value, most) * 100.0);
            view! {
                <li>
                    <span class="truncate">{slice.label.clone()}</span>
                    <svg class="bar-track" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
                        <rect class="mark" data-series=color(at) width=width height="1"></rect>
                    </svg>
                    <span class="num">{count(slice.value)}</span>
                </li>
            }
        })
        .collect_view();
    let rows = slice_rows(&slices, total);
    frame(title, view! { <ul class="bars">{bars}</ul> }.into_any(), words(["", "Amount", "Share"]), rows)
}

/// Each row's amounts as parts of one bar; the longest row fills the line.
#[component]
pub fn StackedBarChart(
    #[prop(into)] title: String,
    /// What the parts are.
    #[prop(into)]
    parts: Vec<String>,
    /// One row per bar, its values in the order of `parts`.
    #[prop(into)]
    rows: Vec<Series>,
) -> impl IntoView {
    let most = rows.iter().map(|row| row.values.iter().sum::<i64>()).max().unwrap_or(0);
    let bars = rows
        .iter()
        .map(|row| {
            let mut start = 0.0;
            let segments = row
                .values
                .iter()
                .enumerate()
                .map(|(at, value)| {
                    let width = share(*value, most) * 100.0;
                    let x = px(start);
                    start += width;
                    let name = parts.get(at).cloned().unwrap_or_default();
                    view! {
                        <rect class="mark" data-series=color(at) x=x width=px(width) height="1">
                            <title>{format!("{name}: {}", count(*value))}</title>
                        </rect>
                    }
                })
                .collect_view();
            view! {
                <li>
                    <span class="truncate">{row.label.clone()}</span>
                    <svg class="bar-track" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">{segments}</svg>
                    <span class="num">{count(row.values.iter().sum())}</span>
                </li>
            }
        })
        .collect_view();
    let table = rows
        .iter()
        .map(|row| std::iter::once(row.label.clone()).chain(row.values.iter().map(|value| count(*value))).collect())
        .collect();
    let head = std::iter::once(String::new()).chain(parts.iter().cloned()).collect();
    let picture = view! {
        <ul class="bars">{bars}</ul>
        {legend(parts.into_iter().enumerate().map(|(at, part)| (color(at), part, None)))}
    };
    frame(title, picture.into_any(), head, table)
}

/// Shares of a whole.
#[component]
pub fn Donut(
    #[prop(into)] title: String,
    #[prop(into)] slices: Vec<Slice>,
    /// Under the number in the middle.
    #[prop(into)]
    unit: String,
) -> impl IntoView {
    /// So that a share of the ring is a hundredth of its length.
    const RADIUS: &str = "15.9155";
    let total: i64 = slices.iter().map(|slice| slice.value).sum();
    let mut start = 0.0;
    let arcs = slices
        .iter()
        .enumerate()
        .filter(|(_, slice)| slice.value > 0)
        .map(|(at, slice)| {
            let length = share(slice.value, total) * 100.0;
            // A hair between neighbours, unless one fills the ring.
            let drawn = if length > 99.0 { length } else { (length - 0.8).max(0.4) };
            let offset = px(25.0 - start);
            start += length;
            view! {
                <circle
                    class="mark arc"
                    data-series=slice.color(at)
                    cx="21"
                    cy="21"
                    r=RADIUS
                    stroke-dasharray=format!("{} {}", px(drawn), px(100.0 - drawn))
                    stroke-dashoffset=offset
                >
                    <title>{format!("{}: {}", slice.label, count(slice.value))}</title>
                </circle>
            }
        })
        .collect_view();
    let picture = view! {
        <div class="donut">
            <svg viewBox="0 0 42 42" aria-hidden="true">
                <circle class="arc arc-ground" cx="21" cy="21" r=RADIUS></circle>
                {arcs}
                <text class="donut-total" x="21" y="21.5" text-anchor="middle">{compact(total)}</text>
                <text class="donut-unit" x="21" y="26" text-anchor="middle">{unit}</text>
            </svg>
            {legend(slices.iter().enumerate().map(|(at, slice)| {
                (slice.color(at), slice.label.clone(), Some(percent(share(slice.value, total))))
            }))}
        </div>
    };
    let rows = slice_rows(&slices, total);
    frame(title, picture.into_any(), words(["", "Amount", "Share"]), rows)
}

/// Amounts along an axis.
#[component]
pub fn LineChart(
    #[prop(into)] title: String,
    /// The places on the axis: days, rounds.
    #[prop(into)]
    axis: Vec<String>,
    #[prop(into)] series: Vec<Series>,
) -> impl IntoView {
    const WIDTH: f64 = 560.0;
    const HEIGHT: f64 = 160.0;
    let most = series.iter().flat_map(|series| series.values.iter().copied()).max().unwrap_or(0).max(1);
    let lines = series
        .iter()
        .enumerate()
        .map(|(at, series)| {
            let points = polyline(&series.values, most, WIDTH, HEIGHT);
            let area = format!("0,{HEIGHT} {points} {WIDTH},{HEIGHT}");
            view! {
                {(at == 0).then(|| view! { <polygon class="area" data-series=color(at) points=area></polygon> })}
                <polyline class="line" data-series=color(at) points=points><title>{series.label.clone()}</title></polyline>
            }
        })
        .collect_view();
    let ends = axis.first().cloned().unwrap_or_default();
    let last = axis.last().cloned().unwrap_or_default();
    let picture = view! {
        <svg viewBox="0 -14 560 198" aria-hidden="true">
            <line class="axis" x1="0" x2="560" y1="160" y2="160"></line>
            <line class="axis" x1="0" x2="560" y1="80" y2="80" stroke-dasharray="2 4"></line>
            <line class="axis" x1="0" x2="560" y1="0" y2="0" stroke-dasharray="2 4"></line>
            {lines}
            <text x="0" y="-4">{compact(most)}</text>
            <text x="0" y="178">{ends}</text>
            <text x="560" y="178" text-anchor="end">{last}</text>
        </svg>
        {(series.len() > 1).then(|| legend(series.iter().enumerate().map(|(at, series)| (color(at), series.label.clone(), None))))}
    };
    let rows = axis
        .iter()
        .enumerate()
        .map(|(at, place)| {
            let values =
                series.iter().map(|series| series.values.get(at).map_or_else(String::new, |value| count(*value)));
            std::iter::once(place.clone()).chain(values).collect()
        })
        .collect();
    let head = std::iter::once(String::new()).chain(series.iter().map(|series| series.label.clone())).collect();
    frame(title, picture.into_any(), head, rows)
}

/// A line the size of a word; `label` says it in words.
#[component]
pub fn Sparkline(#[prop(into)] label: String, #[prop(into)] values: Vec<i64>) -> impl IntoView {
    let most = values.iter().copied().max().unwrap_or(0).max(1);
    let points = polyline(&values, most, 96.0, 24.0);
    view! {
        <svg class="sparkline" viewBox="-1 -2 98 28" role="img" aria-label=label>
            <polyline class="line" data-series="1" points=points></polyline>
        </svg>
    }
}

fn polyline(values: &[i64], most: i64, width: f64, height: f64) -> String {
    let last = i64::try_from(values.len().saturating_sub(1)).unwrap_or(i64::MAX);
    let point = |at: usize, value: i64| {
        let x = share(i64::try_from(at).unwrap_or(i64::MAX), last) * width;
        let y = height - share(value.max(0), most) * height;
        format!("{},{}", px(x), px(y))
    };
    values.iter().enumerate().map(|(at, value)| point(at, *value)).collect::<Vec<_>>().join(" ")
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fill_their_box() {
        assert_eq!(polyline(&[0, 5, 10], 10, 100.0, 20.0), "0,20 50,10 100,0");
        assert_eq!(polyline(&[7], 7, 100.0, 20.0), "0,0");
        assert_eq!(polyline(&[], 1, 100.0, 20.0), "");
    }

    #[test]
    fn shares_of_nothing_are_nothing() {
        assert!(share(5, 0).abs() < f64::EPSILON);
        assert_eq!(Slice::new("a", -3).value, 0);
    }
}
