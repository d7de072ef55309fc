//! What is picked in a list comes into view on its object.

use super::document::RegionKey;
use super::editor::{Editor, Response};

impl Editor {
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
