//! How an `<Image>` and the pages of a `<Pdf>` want to be looked at.

use domain::label_config::Object;

use super::safe_color;

/// The attributes of an image that say how it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageRules {
    /// Whether the wheel zooms (`zoom`).
    pub wheel_zooms: bool,
    /// How much closer a notch of the wheel goes (`zoomBy`); `None` where nothing is written.
    pub zoom_by: Option<f64>,
    /// Whether one may go farther away than the whole image (`negativeZoom`).
    pub may_shrink: bool,
    /// Whether it is first shown one pixel per pixel (`defaultZoom="original"`), otherwise as a whole.
    pub begins_original: bool,
    /// Whether pixels run into each other when enlarged (`smoothing`).
    pub is_smooth: bool,
    /// Whether lines help to judge distances at the start (`grid`).
    pub grid: bool,
    /// Pixels between them (`gridSize`).
    pub grid_size: f64,
    /// Their color (`gridColor`).
    pub grid_color: String,
    /// Whether lines cross at the pointer at the start, whatever the tool (`crosshair`).
    pub crosshair: bool,
    /// Whether buttons zoom (`zoomControl`).
    pub has_zoom: bool,
    /// Whether brightness can be changed (`brightnessControl`).
    pub has_brightness: bool,
    /// Whether contrast can be changed (`contrastControl`).
    pub has_contrast: bool,
    /// Whether the view can be turned (`rotateControl`).
    pub has_rotation: bool,
}

fn written<'o>(object: &'o Object, name: &str) -> Option<&'o str> {
    let found = object.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim())
}

/// The attributes of a document that say how a page of it is first shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SheetRules {
    /// How many times as large as when all of it is to be seen (`zoom`).
    pub zoom: f64,
    /// Degrees clockwise, quarter by quarter (`rotate`).
    pub rotation: f64,
}

impl SheetRules {
    /// `None` where nothing is written that can be followed: all of it is shown, upright.
    pub(super) fn of(object: &Object) -> Option<Self> {
        let number = |name: &str| written(object, name).and_then(|value| value.parse::<f64>().ok());
        let zoom = number("zoom").filter(|zoom| (0.25..=16.0).contains(zoom));
        let rotation = number("rotate").filter(|degrees| degrees.is_finite() && degrees % 90.0 == 0.0);
        let rules = Self { zoom: zoom.unwrap_or(1.0), rotation: rotation.unwrap_or(0.0).rem_euclid(360.0) };
        (rules != Self { zoom: 1.0, rotation: 0.0 }).then_some(rules)
    }
}

impl ImageRules {
    pub(super) fn of(object: &Object) -> Self {
        let written = |name: &str| written(object, name);
        let says = |name: &str| written(name).map(|value| value.eq_ignore_ascii_case("true"));
        let number = |name: &str| written(name).and_then(|value| value.parse::<f64>().ok());
        Self {
            wheel_zooms: says("zoom").unwrap_or(true),
            zoom_by: number("zoomBy").filter(|by| (1.0..=10.0).contains(by) && *by > 1.0),
            may_shrink: says("negativeZoom").unwrap_or(true),
            begins_original: written("defaultZoom").is_some_and(|zoom| zoom.eq_ignore_ascii_case("original")),
            is_smooth: says("smoothing").unwrap_or(true),
            grid: says("grid").unwrap_or(false),
            grid_size: number("gridSize").filter(|size| (1.0..=10_000.0).contains(size)).unwrap_or(30.0),
            grid_color: written("gridColor").and_then(safe_color).unwrap_or_else(|| "#eeeef4".to_owned()),
            crosshair: says("crosshair").unwrap_or(false),
            has_zoom: says("zoomControl").unwrap_or(true),
            has_brightness: says("brightnessControl").unwrap_or(true),
            has_contrast: says("contrastControl").unwrap_or(true),
            has_rotation: says("rotateControl").unwrap_or(true),
        }
    }
}
