//! Vectors: lines and curves through points, open, closed or branching.

use std::collections::HashMap;

use kurbo::{CubicBez, Line, PathSeg, Point, Shape as _};
use serde::{Deserialize, Serialize};

use super::{Bounds, ImagePoint, ImageSize, ImageVector, Polygon, UnitPoint};

/// How far a flattened curve may be from the true one, in image pixels.
const FLATTENING: f64 = 0.1;
/// Where a curve with one handle has its other one: this far along the straight line, as Label Studio draws it.
const LONE_HANDLE: f64 = 0.3;

/// One point of a vector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vertex<P = ImagePoint> {
    /// Unique within the vector; empty where it came without.
    pub id: String,
    /// Where it is.
    pub at: P,
    /// The id of the point it is joined to; `None` where a line begins.
    pub previous: Option<String>,
    /// Whether its handles bend the lines that meet in it.
    pub is_bezier: bool,
    /// The handle towards the point before it.
    pub handle_in: Option<P>,
    /// The handle towards the points after it.
    pub handle_out: Option<P>,
}

impl<P> Vertex<P> {
    /// A point without handles.
    #[must_use]
    pub fn corner(id: &str, at: P, previous: Option<&str>) -> Self {
        Self {
            id: id.to_owned(),
            at,
            previous: previous.map(str::to_owned),
            is_bezier: false,
            handle_in: None,
            handle_out: None,
        }
    }

    /// The same point with all places mapped into another space.
    #[must_use]
    pub fn map<Q>(&self, mut to: impl FnMut(&P) -> Q) -> Vertex<Q> {
        Vertex {
            id: self.id.clone(),
            at: to(&self.at),
            previous: self.previous.clone(),
            is_bezier: self.is_bezier,
            handle_in: self.handle_in.as_ref().map(&mut to),
            handle_out: self.handle_out.as_ref().map(&mut to),
        }
    }
}

/// A vector on an image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vector {
    /// In drawing order.
    pub vertices: Vec<Vertex>,
    /// Whether the last point is joined to the first.
    pub closed: bool,
}

/// A vector in fractions (0 to 1) of the picture it is on, as videos have them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitVector {
    /// In drawing order.
    pub vertices: Vec<Vertex<UnitPoint>>,
    /// Whether the last point is joined to the first.
    pub closed: bool,
}

impl UnitVector {
    /// In pixels of a picture of this size.
    #[must_use]
    pub fn on(&self, size: ImageSize) -> Vector {
        Vector {
            vertices: self.vertices.iter().map(|vertex| vertex.map(|point| point.on(size))).collect(),
            closed: self.closed,
        }
    }

    /// From pixels of a picture of this size.
    #[must_use]
    pub fn from_pixels(vector: &Vector, size: ImageSize) -> Self {
        let vertices = vector.vertices.iter();
        Self {
            vertices: vertices.map(|vertex| vertex.map(|point| UnitPoint::from_pixels(*point, size))).collect(),
            closed: vector.closed,
        }
    }
}

impl Vector {
    /// The pairs of points (by index) that are joined: each with its previous one, or, where none names one, in drawing
    /// order; the closing line last.
    #[must_use]
    pub fn joints(&self) -> Vec<(usize, usize)> {
        let count = self.vertices.len();
        let mut joints: Vec<(usize, usize)> = if self.vertices.iter().any(|vertex| vertex.previous.is_some()) {
            let places: HashMap<&str, usize> =
                self.vertices.iter().enumerate().rev().map(|(at, vertex)| (vertex.id.as_str(), at)).collect();
            let previous = |vertex: &Vertex| places.get(vertex.previous.as_deref()?).copied();
            let joint = |(at, vertex)| previous(vertex).filter(|from| *from != at).map(|from| (from, at));
            self.vertices.iter().enumerate().filter_map(joint).collect()
        } else {
            (1..count).map(|at| (at - 1, at)).collect()
        };
        if self.closed && count > 2 {
            joints.push((count - 1, 0));
        }
        joints
    }

    /// Whether some point has several lines going out of it: a skeleton, which has no inside.
    #[must_use]
    pub fn is_branching(&self) -> bool {
        let mut outgoing = vec![0_u32; self.vertices.len()];
        self.joints().into_iter().any(|(from, _)| {
            outgoing[from] += 1;
            outgoing[from] > 1
        })
    }

    /// The lines and curves between joined points.
    #[must_use]
    pub fn segments(&self) -> Vec<PathSeg> {
        self.joints().into_iter().map(|(from, to)| segment(&self.vertices[from], &self.vertices[to])).collect()
    }

    /// The axis-aligned hull, curves included; `None` without points.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        let points = Bounds::of(self.vertices.iter().map(|vertex| vertex.at))?;
        Some(self.segments().iter().fold(points, |hull, segment| {
            let around = segment.bounding_box();
            hull.union(Bounds {
                min: ImagePoint::new(around.x0, around.y0),
                max: ImagePoint::new(around.x1, around.y1),
            })
        }))
    }

    /// Image pixels from a point to the nearest line or curve; infinite without points.
    #[must_use]
    pub fn distance(&self, point: ImagePoint) -> f64 {
        use kurbo::ParamCurveNearest as _;
        let to_points = self.vertices.iter().map(|vertex| vertex.at.distance(point));
        let segments = self.segments();
        let to_lines = segments.iter().map(|segment| segment.nearest(point.to_kurbo(), 1e-3).distance_sq.sqrt());
        to_points.chain(to_lines).fold(f64::INFINITY, f64::min)
    }

    /// The outline as a polygon with curves flattened; `None` for open and for branching vectors, which have no inside.
    #[must_use]
    pub fn outline(&self) -> Option<Polygon> {
        if !self.closed || self.vertices.len() < 3 || self.is_branching() {
            return None;
        }
        let mut points = vec![self.vertices[0].at];
        for segment in self.segments() {
            flatten(segment, &mut points);
        }
        // The closing line ends where the first began.
        points.pop();
        Some(Polygon::of(points, true))
    }

    /// Square pixels inside; 0 for open and branching vectors.
    #[must_use]
    pub fn area(&self) -> f64 {
        self.outline().map_or(0.0, |outline| outline.area())
    }

    /// Whether the point is inside; nothing is inside an open or branching vector.
    #[must_use]
    pub fn contains(&self, point: ImagePoint) -> bool {
        self.outline().is_some_and(|outline| outline.contains(point))
    }

    /// The same vector moved.
    #[must_use]
    pub fn translated(&self, by: ImageVector) -> Self {
        Self { vertices: self.vertices.iter().map(|vertex| vertex.map(|point| *point + by)).collect(), ..self.clone() }
    }

    /// Whether all numbers are finite.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        let finite = |point: &ImagePoint| point.x.is_finite() && point.y.is_finite();
        self.vertices
            .iter()
            .all(|vertex| finite(&vertex.at) && vertex.handle_in.iter().chain(&vertex.handle_out).all(finite))
    }

    /// The vector without the point at `index`: what hung on it hangs on the point before it.
    #[must_use]
    pub fn without(&self, index: usize) -> Self {
        let mut left = self.clone();
        if index >= left.vertices.len() {
            return left;
        }
        let gone = left.vertices.remove(index);
        if !gone.id.is_empty() {
            for vertex in &mut left.vertices {
                if vertex.previous.as_deref() == Some(&gone.id) {
                    vertex.previous.clone_from(&gone.previous);
                }
            }
        }
        left
    }
}

/// The line from one point to the next, bent by the handles of both.
fn segment(from: &Vertex, to: &Vertex) -> PathSeg {
    let (a, b) = (from.at.to_kurbo(), to.at.to_kurbo());
    let out = from.handle_out.filter(|_| from.is_bezier).map(ImagePoint::to_kurbo);
    let into = to.handle_in.filter(|_| to.is_bezier).map(ImagePoint::to_kurbo);
    match (out, into) {
        (None, None) => PathSeg::Line(Line::new(a, b)),
        (out, into) => {
            let first = out.unwrap_or_else(|| a.lerp(b, LONE_HANDLE));
            let second = into.unwrap_or_else(|| b.lerp(a, LONE_HANDLE));
            PathSeg::Cubic(CubicBez::new(a, first, second, b))
        }
    }
}

fn flatten(segment: PathSeg, points: &mut Vec<ImagePoint>) {
    let mut add = |point: Point| points.push(point.into());
    match segment {
        PathSeg::Line(line) => add(line.p1),
        curve => kurbo::flatten(curve.path_elements(FLATTENING), FLATTENING, |element| {
            if let kurbo::PathEl::LineTo(point) = element {
                add(point);
            }
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(points: &[(f64, f64)], closed: bool) -> Vector {
        let vertices =
            points.iter().enumerate().map(|(n, (x, y))| Vertex::corner(&n.to_string(), ImagePoint::new(*x, *y), None));
        Vector { vertices: vertices.collect(), closed }
    }

    #[test]
    fn a_closed_vector_is_a_polygon_and_an_open_one_a_line() {
        let square = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)];
        let closed = through(&square, true);
        assert_eq!((closed.area(), closed.outline().unwrap().points.len()), (100.0, 4));
        assert!(closed.contains(ImagePoint::new(5.0, 5.0)));
        assert_eq!(closed.distance(ImagePoint::new(-3.0, 5.0)), 3.0);
        let open = through(&square, false);
        assert_eq!((open.area(), open.joints().len()), (0.0, 3));
        assert!(!open.contains(ImagePoint::new(5.0, 5.0)));
        assert_eq!(open.distance(ImagePoint::new(-3.0, 5.0)), (9.0_f64 + 25.0).sqrt());
    }

    #[test]
    fn a_circle_of_four_curves() {
        // 0.5523 is the usual handle length of a quarter circle.
        let handle = 55.228_474_983_079_36;
        let at = |x: f64, y: f64| ImagePoint::new(x, y);
        let vertex = |id: &str, point: ImagePoint, into: ImagePoint, out: ImagePoint| Vertex {
            is_bezier: true,
            handle_in: Some(into),
            handle_out: Some(out),
            ..Vertex::corner(id, point, None)
        };
        let circle = Vector {
            vertices: vec![
                vertex("e", at(100.0, 0.0), at(100.0, -handle), at(100.0, handle)),
                vertex("s", at(0.0, 100.0), at(handle, 100.0), at(-handle, 100.0)),
                vertex("w", at(-100.0, 0.0), at(-100.0, handle), at(-100.0, -handle)),
                vertex("n", at(0.0, -100.0), at(-handle, -100.0), at(handle, -100.0)),
            ],
            closed: true,
        };
        assert!((circle.area() / (std::f64::consts::PI * 1e4) - 1.0).abs() < 3e-3, "{}", circle.area());
        let hull = circle.bounds().unwrap();
        assert!((hull.width() - 200.0).abs() < 1e-9 && (hull.height() - 200.0).abs() < 1e-9);
        assert!(circle.contains(at(70.0, 70.0)) && !circle.contains(at(72.0, 72.0)));
        assert!((circle.distance(at(0.0, 130.0)) - 30.0).abs() < 1e-6);
        // Handles of a point that is no curve do not count.
        let straight = Vector {
            vertices: circle.vertices.iter().map(|v| Vertex { is_bezier: false, ..v.clone() }).collect(),
            closed: true,
        };
        assert_eq!(straight.area(), 20_000.0);
    }

    #[test]
    fn a_skeleton_branches_and_heals() {
        let joint = |id: &str, x: f64, y: f64, previous| Vertex::corner(id, ImagePoint::new(x, y), previous);
        let hand = Vector {
            vertices: vec![
                joint("wrist", 0.0, 0.0, None),
                joint("palm", 0.0, 10.0, Some("wrist")),
                joint("thumb", 10.0, 10.0, Some("palm")),
                joint("finger", 0.0, 20.0, Some("palm")),
                joint("lost", 50.0, 50.0, Some("nobody")),
                joint("self", 60.0, 60.0, Some("self")),
            ],
            closed: false,
        };
        assert_eq!(hand.joints(), [(0, 1), (1, 2), (1, 3)]);
        assert!(hand.is_branching());
        assert_eq!(hand.without(1).joints(), [(0, 1), (0, 2)]);
        assert_eq!(hand.without(99), hand);
        assert_eq!(hand.distance(ImagePoint::new(5.0, 12.0)), 2.0);
    }

    #[test]
    fn pixels_and_fractions() {
        let size = ImageSize { width: 200.0, height: 50.0 };
        let vector = through(&[(100.0, 25.0), (200.0, 50.0)], false);
        let unit = UnitVector::from_pixels(&vector, size);
        assert_eq!(unit.vertices[0].at, UnitPoint::new(0.5, 0.5));
        assert_eq!(unit.on(size), vector);
    }
}
