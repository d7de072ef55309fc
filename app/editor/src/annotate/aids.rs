//! What helps to look: lines over the image, lines through the pointer, the place that is shown.

use domain::region::{ImagePoint, ScreenPoint};

use super::editor::{Editor, Response};
use super::kit::ImageRules;
use crate::paint::Paint;
use crate::view::Viewport;

/// Grids closer than this on the screen are left out, in CSS pixels.
const CLOSEST: f64 = 5.0;

/// What helps to look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Aids {
    /// Lines over the image.
    pub grid: bool,
    /// Lines through the pointer, whatever the tool.
    pub crosshair: bool,
}

impl Editor {
    /// How an image wants to be looked at.
    #[must_use]
    pub fn image_rules(&self, object: &str) -> Option<&ImageRules> {
        self.document.kit().image(object)
    }

    /// What helps to look at an image now.
    #[must_use]
    pub fn aids(&self, object: &str) -> Aids {
        self.surfaces.get(object).map(|surface| surface.aids).unwrap_or_default()
    }

    /// Takes or leaves what helps to look.
    pub fn set_aids(&mut self, object: &str, aids: Aids) -> Response {
        if let Some(surface) = self.surfaces.get_mut(object) {
            surface.aids = aids;
        }
        Response { panels: true, ..Response::LIVELY }
    }

    /// Shows a place of the image in the middle of its surface.
    pub fn center_on(&mut self, object: &str, place: ImagePoint) -> Response {
        let Some(surface) = self.surfaces.get_mut(object) else { return Response::NONE };
        if !(place.x.is_finite() && place.y.is_finite()) {
            return Response::NONE;
        }
        let place = surface.view.image().clamp(place);
        let size = surface.view.surface();
        let middle = ScreenPoint::new(size.width / 2.0, size.height / 2.0);
        let by = middle - surface.view.screen_from_image(place);
        surface.view.pan(by);
        self.view_moved()
    }
}

/// The lines of a grid over the part of the image that is seen.
pub(super) fn grid(rules: &ImageRules, view: &Viewport) -> Option<Paint> {
    let step = rules.grid_size;
    if step * view.zoom() < CLOSEST {
        return None;
    }
    let (size, seen) = (view.image(), view.visible());
    let (from, to) = (size.clamp(seen.min), size.clamp(seen.max));
    let places = |from: f64, to: f64| {
        let first = (from / step).ceil();
        (0_u32..).map(move |n| (first + f64::from(n)) * step).take_while(move |at| *at <= to)
    };
    let line = |a: (f64, f64), b: (f64, f64)| {
        [view.screen_from_image(ImagePoint::new(a.0, a.1)), view.screen_from_image(ImagePoint::new(b.0, b.1))]
    };
    let upright = places(from.x, to.x).map(|x| line((x, from.y), (x, to.y)));
    let level = places(from.y, to.y).map(|y| line((from.x, y), (to.x, y)));
    Some(Paint::Lines { lines: upright.chain(level).collect(), color: rules.grid_color.as_str().into() })
}
