//! The channels of a series, as written and as its table has them.

use domain::label_config::Element;
use editor::annotate::safe_color;

use super::store::Series;

/// Colors of channels that name none.
const COLORS: [&str; 6] = ["#3e63dd", "#e5484d", "#30a46c", "#f5a524", "#8e4ec6", "#12a5b8"];

/// One channel.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Channel {
    /// The column's name.
    pub(super) name: String,
    /// Which of the table's columns.
    pub(super) column: usize,
    /// What it is called.
    pub(super) title: String,
    /// What its numbers count.
    pub(super) units: String,
    /// CSS pixels; 0 for one that is drawn over the one before it.
    pub(super) height: f64,
    /// A CSS color.
    pub(super) color: String,
    /// CSS pixels.
    pub(super) width: f64,
    /// Always shown from its lowest to its highest value, rather than from the lowest in sight.
    pub(super) is_fixed: bool,
    /// Whether its scale is written beside it.
    pub(super) has_axis: bool,
    /// Digits after the point, where `displayFormat` says so.
    pub(super) digits: Option<usize>,
}

/// The channels as written; those of a `MultiChannel` share one place.
pub(super) fn of(element: &Element) -> Vec<Channel> {
    let mut channels = Vec::new();
    let fixed = flag(element, "fixedScale", false);
    for child in element.elements() {
        match child.tag.as_str() {
            "Channel" => add(&mut channels, child, None, fixed),
            "MultiChannel" => {
                let height = number(child, "height").unwrap_or(200.0).clamp(40.0, 1_000.0);
                for (n, inner) in child.elements().filter(|inner| inner.tag == "Channel").enumerate() {
                    add(&mut channels, inner, Some(if n == 0 { height } else { 0.0 }), fixed);
                }
            }
            _ => {}
        }
    }
    channels
}

fn number(element: &Element, name: &str) -> Option<f64> {
    element.attribute(name).and_then(|text| text.trim().parse::<f64>().ok()).filter(|number| number.is_finite())
}

fn flag(element: &Element, name: &str, otherwise: bool) -> bool {
    element.attribute(name).map_or(otherwise, |text| text.eq_ignore_ascii_case("true"))
}

fn add(channels: &mut Vec<Channel>, element: &Element, height: Option<f64>, fixed: bool) {
    let text = |name: &str| element.attribute(name).unwrap_or_default().trim().to_owned();
    let name = text("column");
    let title = Some(text("legend")).filter(|title| !title.is_empty()).unwrap_or_else(|| name.clone());
    // d3's `,.1f` and its kin: what stands between the point and the letter.
    let format = text("displayFormat");
    let digits = format.split_once('.').and_then(|(_, rest)| rest.trim_end_matches(char::is_alphabetic).parse().ok());
    channels.push(Channel {
        column: channels.len(),
        title,
        units: text("units"),
        height: height.unwrap_or_else(|| number(element, "height").unwrap_or(200.0).clamp(40.0, 1_000.0)),
        color: safe_color(&text("strokeColor")).unwrap_or_else(|| COLORS[channels.len() % COLORS.len()].to_owned()),
        width: number(element, "strokeWidth").unwrap_or(1.0).clamp(0.5, 10.0),
        is_fixed: flag(element, "fixedScale", fixed),
        has_axis: flag(element, "showAxis", true),
        digits: digits.filter(|digits| *digits <= 12),
        name,
    });
}

/// The channels with their columns; all columns where the interface names none.
pub(super) fn matched(channels: &[Channel], series: &Series) -> Vec<Channel> {
    let names = series.names();
    if channels.is_empty() {
        return names
            .enumerate()
            .map(|(column, name)| Channel {
                name: name.to_owned(),
                column,
                title: name.to_owned(),
                units: String::new(),
                height: 120.0,
                color: COLORS[column % COLORS.len()].to_owned(),
                width: 1.0,
                is_fixed: false,
                has_axis: true,
                digits: None,
            })
            .collect();
    }
    let names: Vec<&str> = names.collect();
    channels
        .iter()
        .filter_map(|channel| {
            let column = names.iter().position(|name| *name == channel.name)?;
            Some(Channel { column, ..channel.clone() })
        })
        .collect()
}

/// A value as people read it.
pub(super) fn number_words(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e7).contains(&size) {
        return format!("{value:.2e}");
    }
    let digits = if size >= 1_000.0 {
        0
    } else if size >= 10.0 {
        1
    } else {
        3
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// As written in `displayFormat`, else as people read it.
pub(super) fn number_of(value: f64, digits: Option<usize>) -> String {
    digits.map_or_else(|| number_words(value), |digits| format!("{value:.digits$}"))
}
