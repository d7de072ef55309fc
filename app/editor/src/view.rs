//! What part of the image the surface shows.

use domain::region::{Bounds, ImagePoint, ImageSize, ScreenPoint, ScreenSize, ScreenVector};
use kurbo::Affine;

/// Between an image and the surface it is shown on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Viewport {
    image: ImageSize,
    surface: ScreenSize,
    /// CSS pixels per image pixel.
    zoom: f64,
    /// Where the image's middle is on the surface.
    middle: ScreenPoint,
    /// Degrees clockwise about the image's middle.
    rotation: f64,
}

impl Viewport {
    /// The most CSS pixels an image pixel may take.
    pub const MAX_ZOOM: f64 = 64.0;
    /// Free space around a fitted image.
    const MARGIN: f64 = 16.0;

    /// The whole image, fitted.
    #[must_use]
    pub fn new(image: ImageSize, surface: ScreenSize) -> Self {
        let mut view = Self { image, surface, zoom: 1.0, middle: ScreenPoint::default(), rotation: 0.0 };
        view.fit();
        view
    }

    /// The plane of the image itself: a CSS pixel per image pixel, from its corner on.
    #[must_use]
    pub fn one_to_one(image: ImageSize) -> Self {
        let surface = ScreenSize { width: image.width, height: image.height };
        let middle = ScreenPoint::new(image.width / 2.0, image.height / 2.0);
        Self { image, surface, zoom: 1.0, middle, rotation: 0.0 }
    }

    /// The same view on a surface that is larger by these CSS pixels on every side.
    #[must_use]
    pub fn with_margin(&self, margin: ScreenVector) -> Self {
        let surface =
            ScreenSize { width: self.surface.width + 2.0 * margin.x, height: self.surface.height + 2.0 * margin.y };
        Self { surface, middle: self.middle + margin, ..*self }
    }

    /// Whether all that `other` shows of the image is shown here, at about its size.
    #[must_use]
    pub fn stands_in_for(&self, other: &Self) -> bool {
        /// Enlarged or reduced by more, it no longer looks like it.
        const MOST: f64 = 1.5;
        let (here, there) = (self.visible(), other.visible());
        let scale = other.zoom / self.zoom;
        let is_covered = |low: f64, high: f64, from: f64, to: f64, side: f64| {
            low <= from.max(0.0) + 1e-6 && to.min(side) - 1e-6 <= high
        };
        (1.0 / MOST..=MOST).contains(&scale)
            && self.rotation.to_bits() == other.rotation.to_bits()
            && is_covered(here.min.x, here.max.x, there.min.x, there.max.x, self.image.width)
            && is_covered(here.min.y, here.max.y, there.min.y, there.max.y, self.image.height)
    }

    /// The size of the image.
    #[must_use]
    pub fn image(&self) -> ImageSize {
        self.image
    }

    /// The size of the surface.
    #[must_use]
    pub fn surface(&self) -> ScreenSize {
        self.surface
    }

    /// CSS pixels per image pixel.
    #[must_use]
    pub fn zoom(&self) -> f64 {
        self.zoom
    }

    /// Degrees clockwise the view is turned by.
    #[must_use]
    pub fn rotation(&self) -> f64 {
        self.rotation
    }

    /// The transform painters use.
    #[must_use]
    pub fn screen_from_image_transform(&self) -> Affine {
        Affine::translate(self.middle.to_kurbo().to_vec2())
            * Affine::rotate(self.rotation.to_radians())
            * Affine::scale(self.zoom)
            * Affine::translate((-self.image.width / 2.0, -self.image.height / 2.0))
    }

    /// Where an image point is on the surface.
    #[must_use]
    pub fn screen_from_image(&self, point: ImagePoint) -> ScreenPoint {
        (self.screen_from_image_transform() * point.to_kurbo()).into()
    }

    /// The image point under a surface point.
    #[must_use]
    pub fn image_from_screen(&self, point: ScreenPoint) -> ImagePoint {
        (self.screen_from_image_transform().inverse() * point.to_kurbo()).into()
    }

    /// Image pixels that take `pixels` CSS pixels.
    #[must_use]
    pub fn image_length(&self, pixels: f64) -> f64 {
        pixels / self.zoom
    }

    /// The part of the image plane that can be seen.
    #[must_use]
    pub fn visible(&self) -> Bounds {
        let corner = |x: f64, y: f64| self.image_from_screen(ScreenPoint::new(x, y));
        let (w, h) = (self.surface.width, self.surface.height);
        Bounds::from_corners(corner(0.0, 0.0), corner(w, h)).union(Bounds::from_corners(corner(w, 0.0), corner(0.0, h)))
    }

    fn fitting_zoom(&self) -> f64 {
        let (sin, cos) = self.rotation.to_radians().sin_cos();
        let width = (self.image.width * cos).abs() + (self.image.height * sin).abs();
        let height = (self.image.width * sin).abs() + (self.image.height * cos).abs();
        let across = (self.surface.width - 2.0 * Self::MARGIN).max(1.0) / width;
        let down = (self.surface.height - 2.0 * Self::MARGIN).max(1.0) / height;
        across.min(down).clamp(1e-6, Self::MAX_ZOOM)
    }

    /// Whether the image is shown smaller than there is room for.
    #[must_use]
    pub fn is_smaller_than_fitted(&self) -> bool {
        self.zoom < self.fitting_zoom() - 1e-9
    }

    /// Whether all of the image is on the surface.
    #[must_use]
    pub fn shows_all(&self) -> bool {
        let seen = self.visible();
        let corner = ImagePoint::new(self.image.width, self.image.height);
        // A turned view sees less than its hull: only quarters can be told exactly.
        seen.inflate(1e-6).contains(ImagePoint::default()) && seen.inflate(1e-6).contains(corner)
    }

    /// Shows the whole image.
    pub fn fit(&mut self) {
        self.zoom = self.fitting_zoom();
        self.middle = ScreenPoint::new(self.surface.width / 2.0, self.surface.height / 2.0);
    }

    /// One CSS pixel per image pixel, about the surface's middle.
    pub fn original(&mut self) {
        let middle = ScreenPoint::new(self.surface.width / 2.0, self.surface.height / 2.0);
        self.zoom_at(middle, 1.0 / self.zoom);
    }

    /// Zooms by `factor` so that what is under `at` stays there.
    pub fn zoom_at(&mut self, at: ScreenPoint, factor: f64) {
        let smallest = (self.fitting_zoom() / 4.0).min(1.0);
        let zoom = (self.zoom * factor).clamp(smallest, Self::MAX_ZOOM);
        let factor = zoom / self.zoom;
        self.zoom = zoom;
        let from_at = self.middle - at;
        self.middle = at + ScreenVector::new(from_at.x * factor, from_at.y * factor);
        self.keep_in_sight();
    }

    /// Zooms in or out about the surface's middle.
    pub fn zoom_by(&mut self, factor: f64) {
        self.zoom_at(ScreenPoint::new(self.surface.width / 2.0, self.surface.height / 2.0), factor);
    }

    /// Shows a fitted image larger or smaller by `factor`, from its top on.
    pub fn zoom_from_top(&mut self, factor: f64) {
        let (sin, cos) = self.rotation.to_radians().sin_cos();
        let height = (self.image.width * sin).abs() + (self.image.height * cos).abs();
        self.zoom_at(ScreenPoint::new(self.surface.width / 2.0, self.middle.y - height * self.zoom / 2.0), factor);
    }

    /// Moves the image.
    pub fn pan(&mut self, by: ScreenVector) {
        self.middle = self.middle + by;
        self.keep_in_sight();
    }

    /// Turns the view; regions keep their own coordinates.
    pub fn rotate_to(&mut self, degrees: f64) {
        self.rotation = degrees.rem_euclid(360.0);
        self.fit();
    }

    /// The surface has another size; a fitted image stays fitted, otherwise the middle stays in the middle.
    pub fn resize(&mut self, surface: ScreenSize) {
        let was_fitted = (self.zoom - self.fitting_zoom()).abs() < 1e-9;
        let shift =
            ScreenVector::new((surface.width - self.surface.width) / 2.0, (surface.height - self.surface.height) / 2.0);
        self.surface = surface;
        if was_fitted { self.fit() } else { self.pan(shift) }
    }

    /// Shows the part of the image that another view of it shows, as large. Returns whether that is another part.
    pub fn follow(&mut self, other: &Self) -> bool {
        let middle = |view: &Self| ScreenPoint::new(view.surface.width / 2.0, view.surface.height / 2.0);
        let shown = other.image_from_screen(middle(other));
        let is_there = self.image_from_screen(middle(self)).distance(shown) * self.zoom < 0.5;
        let is_alike = (self.zoom / other.zoom - 1.0).abs() < 1e-6 && (self.rotation - other.rotation).abs() < 1e-6;
        if (is_there && is_alike) || self.image != other.image {
            return false;
        }
        (self.zoom, self.rotation) = (other.zoom, other.rotation);
        let at = self.screen_from_image(shown);
        self.middle = self.middle + (middle(self) - at);
        self.keep_in_sight();
        true
    }

    /// At least a corner of the image stays on the surface, so that nobody gets lost.
    fn keep_in_sight(&mut self) {
        let half = self.image.width.hypot(self.image.height) * self.zoom / 2.0;
        let keep = 48.0_f64.min(half);
        let axis = |at: f64, side: f64| at.clamp(keep - half, (side - keep + half).max(keep - half));
        self.middle =
            ScreenPoint::new(axis(self.middle.x, self.surface.width), axis(self.middle.y, self.surface.height));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn view() -> Viewport {
        Viewport::new(ImageSize::new(600.0, 400.0).unwrap(), ScreenSize { width: 632.0, height: 500.0 })
    }

    #[test]
    fn fits_with_a_margin() {
        let view = view();
        assert_eq!(view.zoom(), 1.0);
        assert_eq!(view.screen_from_image(ImagePoint::new(0.0, 0.0)), ScreenPoint::new(16.0, 50.0));
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let mut view = view();
        let at = ScreenPoint::new(100.0, 120.0);
        let before = view.image_from_screen(at);
        view.zoom_at(at, 3.0);
        assert!(before.distance(view.image_from_screen(at)) < 1e-9);
        view.zoom_at(at, 1e9);
        assert_eq!(view.zoom(), Viewport::MAX_ZOOM);
    }

    #[test]
    fn a_view_follows_another_one_and_settles() {
        let (mut one, mut two) = (view(), view());
        two.resize(ScreenSize { width: 400.0, height: 300.0 });
        one.rotate_to(90.0);
        one.zoom_at(ScreenPoint::new(300.0, 200.0), 3.0);
        one.pan(ScreenVector::new(-50.0, 20.0));
        assert!(two.follow(&one));
        assert_eq!((two.zoom(), two.rotation()), (one.zoom(), one.rotation()));
        let middle = |view: &Viewport| {
            view.image_from_screen(ScreenPoint::new(view.surface.width / 2.0, view.surface.height / 2.0))
        };
        assert!(middle(&two).distance(middle(&one)) < 1e-9);
        assert!(!two.follow(&one) && !one.follow(&two), "neither moves again");
    }

    #[test]
    fn a_view_with_a_margin_stands_in_for_those_around_it() {
        let close = {
            let mut view = view();
            view.zoom_by(4.0);
            view
        };
        let wide = close.with_margin(ScreenVector::new(100.0, 80.0));
        let at = ImagePoint::new(300.0, 200.0);
        assert_eq!(wide.screen_from_image(at), close.screen_from_image(at) + ScreenVector::new(100.0, 80.0));
        let moved = |by: ScreenVector| {
            let mut view = close;
            view.pan(by);
            view
        };
        assert!(wide.stands_in_for(&close) && wide.stands_in_for(&moved(ScreenVector::new(99.0, -79.0))));
        assert!(!wide.stands_in_for(&moved(ScreenVector::new(101.0, 0.0))));
        // Where the image ends there is nothing to see beyond it.
        assert!(view().stands_in_for(&{
            let mut view = view();
            view.pan(ScreenVector::new(200.0, 100.0));
            view
        }));
        for (factor, stands) in [(1.4, true), (1.6, false)] {
            let mut view = close;
            view.zoom_by(factor);
            assert_eq!(wide.stands_in_for(&view), stands, "{factor}");
        }
        let mut turned = close;
        turned.rotate_to(90.0);
        assert!(!wide.stands_in_for(&turned));
    }

    #[test]
    fn a_turned_view_turns_back() {
        let mut view = view();
        view.rotate_to(90.0);
        let top_left = view.screen_from_image(ImagePoint::new(0.0, 0.0));
        assert!(top_left.x > 316.0 && top_left.y < 250.0, "the origin is now at the top right: {top_left:?}");
    }

    proptest! {
        #[test]
        fn there_and_back(x in -1e4..1e4_f64, y in -1e4..1e4_f64, factor in 0.01..50.0_f64, turn in 0.0..360.0_f64, pan in -5e3..5e3_f64) {
            let mut view = view();
            view.rotate_to(turn);
            view.zoom_at(ScreenPoint::new(x, y), factor);
            view.pan(ScreenVector::new(pan, -pan));
            let point = ImagePoint::new(x, y);
            prop_assert!(point.distance(view.image_from_screen(view.screen_from_image(point))) < 1e-6);
        }
    }
}
