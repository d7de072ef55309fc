//! Many regions as plain numbers, so that they can be painted beside the page: handing over objects would cost what
//! painting them costs.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::region::{Bounds, ScreenPoint, Shape};

use super::document::{Mark, RegionKey};
use super::editor::Editor;
use super::layers::{Look, POINT_RADIUS, STILL, paint_shape};
use crate::paint::{Paint, Piece, Style};
use crate::view::Viewport;

/// What a painter does with the numbers that follow; each is followed by x and y, [`CLOSE`] by nothing.
const MOVE: f32 = 0.0;
const LINE: f32 = 1.0;
/// Two handles, then where it leads.
const CURVE: f32 = 2.0;
const CLOSE: f32 = 3.0;
/// Half its width and height, and by how much it is turned, in radians.
const ELLIPSE: f32 = 4.0;
/// Its radius on the image, and the least and the most CSS pixels this may be on the screen.
const POINT: f32 = 5.0;

/// Regions in the order in which they are painted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Crowd {
    /// How they look.
    pub faces: Vec<Face>,
    /// Of each region: the number of its face, how many numbers are its own, its hull (left, top, right, bottom), then its
    /// own: lines, curves and points in pixels of the image.
    pub numbers: Vec<f32>,
    /// Painted masks, which are pictures and no lines.
    pub masks: Vec<RegionKey>,
}

/// How regions look that are painted at one stroke.
#[derive(Debug, Clone, PartialEq)]
pub struct Face {
    /// Color and outline.
    pub style: Style,
    /// Key points: full of color, with a white rim.
    pub is_point: bool,
    /// Filled by the even-odd rule, each on its own: a ring within a ring is a hole.
    pub is_hollow: bool,
}

impl Editor {
    /// Whether a part of an image shows more regions than `most`. Stops looking as soon as it knows.
    #[must_use]
    pub fn is_crowded(&self, object: &str, part: &Bounds, most: usize) -> bool {
        self.surfaces.get(object).is_some_and(|surface| surface.scene.has_more_than(most, part))
    }

    /// The painted masks of the still layer.
    #[must_use]
    pub fn still_masks(&self, object: &str) -> Vec<RegionKey> {
        let is_mask = |mark: &Mark| matches!(mark.region.shape, Shape::Mask(_)) && !mark.hidden;
        let masks = self.document.marks_on(object).filter(|(key, mark)| is_mask(mark) && !self.selection.contains(key));
        masks.map(|(key, _)| key).collect()
    }

    /// Regions of the still layer as numbers.
    #[must_use]
    pub fn crowd(&self, object: &str, keys: &[RegionKey]) -> Crowd {
        let mut crowd = Crowd::default();
        let Some(view) = self.view(object).map(|view| Viewport::one_to_one(view.image())) else { return crowd };
        let mut known: BTreeMap<(&str, bool, bool, bool, bool), usize> = BTreeMap::new();
        let mut paints = Vec::with_capacity(1);
        for (key, mark) in keys.iter().filter_map(|key| Some((key, self.document.mark(*key)?))) {
            let shape = &mark.region.shape;
            if matches!(shape, Shape::Mask(_)) {
                crowd.masks.push(*key);
                continue;
            }
            let Some(hull) = shape.bounds() else { continue };
            let color = self.color_of(mark);
            let style = Style { color: Arc::from(color), fill: STILL.0, width: STILL.1, dashed: mark.locked };
            paint_shape(key.0, shape, &view, style, Look::Still, &mut paints);
            for paint in paints.drain(..) {
                let mut own = Vec::with_capacity(16);
                let Some(face) = write(&paint, shape, &mut own) else { continue };
                let looks = (color, face.style.dashed, face.style.fill > 0.0, face.is_point, face.is_hollow);
                let face = *known.entry(looks).or_insert_with(|| {
                    crowd.faces.push(face);
                    crowd.faces.len() - 1
                });
                crowd.numbers.extend([number(face), number(own.len())]);
                crowd.numbers.extend([hull.min.x, hull.min.y, hull.max.x, hull.max.y].map(single));
                crowd.numbers.append(&mut own);
            }
        }
        crowd
    }
}

/// Writes down what is painted; none for what is no line.
fn write(paint: &Paint, shape: &Shape, own: &mut Vec<f32>) -> Option<Face> {
    let line = |style: &Style| Some(Face { style: style.clone(), is_point: false, is_hollow: false });
    match paint {
        Paint::Ring { points, closed, style } => {
            for (n, point) in points.iter().enumerate() {
                put(own, if n == 0 { MOVE } else { LINE }, &[*point]);
            }
            if *closed {
                own.push(CLOSE);
            }
            line(style)
        }
        Paint::Ellipse { center, radius_x, radius_y, rotation, style } => {
            put(own, ELLIPSE, &[*center]);
            own.extend([*radius_x, *radius_y, rotation.to_radians()].map(single));
            own.push(CLOSE);
            line(style)
        }
        Paint::Path { pieces, filled, style } => {
            for piece in pieces {
                match piece {
                    Piece::Move(at) => put(own, MOVE, &[*at]),
                    Piece::Line(at) => put(own, LINE, &[*at]),
                    Piece::Curve(a, b, at) => put(own, CURVE, &[*a, *b, *at]),
                    Piece::Close => own.push(CLOSE),
                }
            }
            let style = Style { fill: if *filled { style.fill } else { 0.0 }, ..style.clone() };
            Some(Face { style, is_point: false, is_hollow: *filled })
        }
        Paint::Dot { center, style, .. } => {
            let Shape::KeyPoint(point) = shape else { return None };
            put(own, POINT, &[*center]);
            own.extend([point.width / 2.0, *POINT_RADIUS.start(), *POINT_RADIUS.end()].map(single));
            own.push(CLOSE);
            Some(Face { style: style.clone(), is_point: true, is_hollow: false })
        }
        _ => None,
    }
}

fn put(own: &mut Vec<f32>, stroke: f32, points: &[ScreenPoint]) {
    own.push(stroke);
    own.extend(points.iter().flat_map(|point| [single(point.x), single(point.y)]));
}

/// Exact to a five-hundredth of a pixel on the largest image there is.
#[allow(clippy::cast_possible_truncation, reason = "painting needs no more")]
fn single(number: f64) -> f32 {
    number as f32
}

#[allow(clippy::cast_precision_loss, reason = "far below the sixteen millions that are exact")]
fn number(count: usize) -> f32 {
    count as f32
}
