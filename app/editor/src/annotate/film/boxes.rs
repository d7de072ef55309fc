//! Boxes on the picture of a video.

use domain::region::{BoxTrack, ScreenPoint, ScreenSize, Shape, UnitRect};

use super::{Film, LEAST};
use crate::annotate::document::{Mark, RegionKey};
use crate::annotate::editor::Editor;
use crate::input::Pointer;

/// A box as it is at the frame in sight.
#[derive(Debug, Clone, PartialEq)]
pub struct FilmBox {
    /// Its region; none for one that is being drawn.
    pub key: Option<RegionKey>,
    /// Where it is, in shares of the picture.
    pub rect: UnitRect,
    /// A CSS color.
    pub color: String,
    /// Its labels.
    pub title: String,
    /// Selected.
    pub selected: bool,
    /// Under the pointer.
    pub hovered: bool,
    /// Whether it was set by hand at this frame.
    pub is_keyframe: bool,
}

/// What of a box is held: −1 and 1 are its sides, 0 is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::annotate) struct Side {
    across: i8,
    down: i8,
}

pub(super) const BODY: Side = Side { across: 0, down: 0 };

impl Editor {
    /// The boxes of the frame in sight, the one being drawn last. `size` is that of the picture in CSS pixels.
    #[must_use]
    pub fn film_boxes(&self, object: &str, size: ScreenSize) -> Vec<FilmBox> {
        let Some(frame) = self.frame(object) else { return Vec::new() };
        let mut boxes: Vec<FilmBox> = self
            .tracks(object)
            .filter_map(|(key, mark, track)| {
                Some(FilmBox {
                    key: Some(key),
                    rect: track.visible_at(frame)?,
                    color: self.color_of(mark).to_owned(),
                    title: self.title(key),
                    selected: self.selection.contains(&key),
                    hovered: self.hovered == Some(key),
                    is_keyframe: track.keyframe(frame).is_some(),
                })
            })
            .collect();
        if let Film::Drawing { from, to } = self.film {
            let color = self.label().map_or(Self::PLAIN, |label| label.color.as_str());
            boxes.push(FilmBox {
                key: None,
                rect: drawn(from, to, size),
                color: color.to_owned(),
                title: String::new(),
                selected: true,
                hovered: false,
                is_keyframe: true,
            });
        }
        boxes
    }

    fn tracks<'a>(&'a self, object: &'a str) -> impl Iterator<Item = (RegionKey, &'a Mark, &'a BoxTrack)> {
        self.moving(object).filter_map(|(key, mark)| {
            let Shape::BoxTrack(track) = &mark.region.shape else { return None };
            Some((key, mark, track))
        })
    }

    /// The box at a place on the picture, and what of it is there: what is selected first, then the smallest.
    pub(super) fn film_hit(&self, object: &str, pointer: &Pointer, size: ScreenSize) -> Option<(RegionKey, Side)> {
        let reach = pointer.kind.handle_radius();
        let boxes = self.film_boxes(object, size).into_iter().filter_map(|film| {
            let key = film.key?;
            let (left, top) = (film.rect.x * size.width, film.rect.y * size.height);
            let (width, height) = (film.rect.width * size.width, film.rect.height * size.height);
            // In the box's own directions; it turns about its first corner.
            let (sin, cos) = film.rect.rotation.to_radians().sin_cos();
            let (x, y) = (pointer.at.x - left, pointer.at.y - top);
            let (x, y) = (x * cos + y * sin, y * cos - x * sin);
            let side = |at: f64, length: f64| {
                if at.abs() <= reach {
                    Some(-1)
                } else if (at - length).abs() <= reach {
                    Some(1)
                } else {
                    (at > 0.0 && at < length).then_some(0)
                }
            };
            let side = Side { across: side(x, width)?, down: side(y, height)? };
            let grip = if film.selected && film.rect.rotation == 0.0 { side } else { BODY };
            Some((!film.selected, width * height, key, grip))
        });
        boxes
            .min_by(|a, b| (a.0, a.1).partial_cmp(&(b.0, b.1)).unwrap_or(std::cmp::Ordering::Equal))
            .map(|b| (b.2, b.3))
    }
}

impl Side {
    /// The box with this side of it moved, still on the picture.
    pub(super) fn drag(self, rect: UnitRect, by: (f64, f64), size: ScreenSize) -> UnitRect {
        let along = |from: f64, length: f64, by: f64, side: i8, least: f64| match side {
            -1 => {
                let end = from + length;
                let from = (from + by).clamp(0.0_f64.min(from), (end - least).max(0.0));
                (from, end - from)
            }
            1 => (from, (length + by).clamp(least, (1.0 - from).max(length.max(least)))),
            _ => (from, length),
        };
        let (x, width) = along(rect.x, rect.width, by.0, self.across, LEAST / size.width);
        let (y, height) = along(rect.y, rect.height, by.1, self.down, LEAST / size.height);
        if self != BODY {
            return UnitRect { x, y, width, height, ..rect };
        }
        let stay = |from: f64, length: f64, by: f64| {
            (from + by).clamp(0.0_f64.min(from), (1.0 - length).max(from.max(0.0)).max(0.0))
        };
        if rect.rotation != 0.0 {
            return UnitRect { x: rect.x + by.0, y: rect.y + by.1, ..rect };
        }
        UnitRect {
            x: stay(rect.x, rect.width, by.0).min((1.0 - rect.width).max(rect.x.min(0.0))),
            y: stay(rect.y, rect.height, by.1).min((1.0 - rect.height).max(rect.y.min(0.0))),
            ..rect
        }
    }
}

/// What lies between two places, on the picture.
pub(super) fn drawn(from: ScreenPoint, to: ScreenPoint, size: ScreenSize) -> UnitRect {
    let across = |x: f64| (x / size.width).clamp(0.0, 1.0);
    let down = |y: f64| (y / size.height).clamp(0.0, 1.0);
    let (left, right) = (across(from.x.min(to.x)), across(from.x.max(to.x)));
    let (top, bottom) = (down(from.y.min(to.y)), down(from.y.max(to.y)));
    UnitRect { x: left, y: top, width: right - left, height: bottom - top, rotation: 0.0 }
}
