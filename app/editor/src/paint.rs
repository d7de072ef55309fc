//! What to paint, as plain data in CSS pixels: the browser has nothing to decide.

use std::sync::Arc;

use domain::region::{Mask, ScreenPoint};

/// How a shape is painted.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// A CSS color.
    pub color: Arc<str>,
    /// Opacity of the inside, 0 to 1.
    pub fill: f64,
    /// Width of the outline.
    pub width: f64,
    /// Whether the outline is dashed.
    pub dashed: bool,
}

/// One thing to paint.
#[derive(Debug, Clone, PartialEq)]
pub enum Paint {
    /// A ring or a line of points.
    Ring {
        /// In order.
        points: Vec<ScreenPoint>,
        /// Joined at the end.
        closed: bool,
        /// How.
        style: Style,
    },
    /// An ellipse.
    Ellipse {
        /// The middle.
        center: ScreenPoint,
        /// Half its width.
        radius_x: f64,
        /// Half its height.
        radius_y: f64,
        /// Degrees clockwise.
        rotation: f64,
        /// How.
        style: Style,
    },
    /// A key point.
    Dot {
        /// The middle.
        center: ScreenPoint,
        /// How large.
        radius: f64,
        /// How.
        style: Style,
    },
    /// Lines and curves.
    Path {
        /// In order.
        pieces: Vec<Piece>,
        /// Whether the inside is filled, by the even-odd rule: a ring within a ring is a hole.
        filled: bool,
        /// How.
        style: Style,
    },
    /// Painted pixels.
    Mask {
        /// Tells masks apart, so that a painter keeps what it has painted and adds what is new.
        id: u32,
        /// The pixels.
        mask: Mask,
        /// From the image to the surface: `a b c d e f` of `x = a·x + c·y + e, y = b·x + d·y + f`.
        transform: [f64; 6],
        /// A CSS color.
        color: Arc<str>,
        /// 0 to 1.
        opacity: f64,
        /// Whether it is being worked on, and shown pixel by pixel.
        is_exact: bool,
    },
    /// Thin lines that help to judge distances.
    Lines {
        /// Both ends of each.
        lines: Vec<[ScreenPoint; 2]>,
        /// A CSS color.
        color: Arc<str>,
    },
    /// The tip of a brush.
    Tip {
        /// The middle.
        at: ScreenPoint,
        /// Half its size.
        radius: f64,
        /// A square, turned with the view by so many degrees.
        square: Option<f64>,
    },
    /// Something to grab.
    Knob {
        /// The middle.
        center: ScreenPoint,
        /// Its look.
        look: Knob,
    },
    /// A label beside a region.
    Tag {
        /// Its bottom-left corner.
        at: ScreenPoint,
        /// What it says.
        text: String,
        /// Its color.
        color: Arc<str>,
    },
    /// A frame that selects.
    Marquee {
        /// A corner.
        from: ScreenPoint,
        /// The opposite corner.
        to: ScreenPoint,
    },
    /// Lines through the pointer, for exact drawing.
    Crosshair {
        /// The pointer.
        at: ScreenPoint,
    },
}

/// A piece of a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Piece {
    /// Begins a line.
    Move(ScreenPoint),
    /// A straight line.
    Line(ScreenPoint),
    /// A curve with its two handles.
    Curve(ScreenPoint, ScreenPoint, ScreenPoint),
    /// Back to where the line began.
    Close,
}

/// How something to grab looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knob {
    /// Corners and sides of boxes.
    Square,
    /// Points of polygons, and the rotation handle.
    Round,
    /// The point Delete removes, and the first point of a polygon that would close it.
    Strong,
    /// Where a point can be made.
    Faint,
}

/// Two layers, so that hovering does not repaint ten thousand regions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layers {
    /// Repainted when the document, the selection or the view changes.
    pub still: Vec<Paint>,
    /// Repainted on every move.
    pub lively: Vec<Paint>,
}
