//! What is picked in a list comes into view on its object, and what is said about a region stands beside it there.

use domain::region::{ImagePoint, ScreenPoint};

use super::document::RegionKey;
use super::editor::{Editor, Response};

impl Editor {
    /// Where on the surface of an object a pin about the region of this id stands: at its top right corner as it is seen.
    /// `None` for one that is elsewhere, hidden or out of sight.
    #[must_use]
    pub fn pin_place(&self, object: &str, id: &str) -> Option<ScreenPoint> {
        let surface = self.surfaces.get(object)?;
        let key = self.document.key_of(id)?;
        self.document.mark(key).filter(|mark| !mark.hidden)?;
        let (bounds, size) = (surface.scene.bounds(key)?, surface.view.surface());
        let across = [bounds.min.x, bounds.max.x];
        let corners = across.into_iter().flat_map(|x| [bounds.min.y, bounds.max.y].map(|y| ImagePoint::new(x, y)));
        let pin = corners
            .map(|corner| surface.view.screen_from_image(corner))
            .reduce(|a, b| ScreenPoint::new(a.x.max(b.x), a.y.min(b.y)))?;
        let is_seen = (0.0..=size.width).contains(&pin.x) && (0.0..=size.height).contains(&pin.y);
        is_seen.then_some(pin)
    }

    /// Brings a region into view; of what is in view already, nothing moves.
    pub fn bring_into_view(&mut self, key: RegionKey) -> Response {
        let Some(mark) = self.document.mark(key) else { return Response::NONE };
        let object = mark.region.to_name.clone();
        if let Some(surface) = self.surfaces.get(&object) {
            let bounds = surface.scene.bounds(key);
            return match bounds.filter(|bounds| !surface.view.visible().intersects(bounds)) {
                Some(bounds) => self.center_on(&object, bounds.center()),
                None => Response::NONE,
            };
        }
        let Some(line) = self.line(&object) else { return Response::NONE };
        if let (Some(track), Some(frame)) = (mark.region.shape.moving(), self.frame(&object)) {
            let spans = track.spans();
            let lives = spans.iter().any(|(from, to)| *from <= frame && to.is_none_or(|to| frame <= to));
            return match spans.first() {
                Some((first, _)) if !lives => self.seek(&object, f64::from(*first) - 1.0),
                _ => Response::NONE,
            };
        }
        let (low, high) = line.shown();
        let places = line.axis().places(&mark.region.shape);
        match places.first().map(|place| place.from) {
            Some(from) if places.iter().all(|place| place.to < low || place.from > high) => {
                self.on_line(&object, |line| line.reveal(from));
                Response::ALL
            }
            _ => Response::NONE,
        }
    }
}
