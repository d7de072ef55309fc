//! Controls that draw.

use domain::label_config::Control;
use domain::ml::Smart;
use domain::region::Shape;
use domain::region::mask::Wand;
use serde::{Deserialize, Serialize};

/// The shapes people draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ShapeKind {
    /// Boxes.
    Rect,
    /// Ellipses.
    Ellipse,
    /// Polygons.
    Polygon,
    /// Single points.
    KeyPoint,
    /// Painted pixels.
    Mask,
    /// Lines and curves.
    Vector,
    /// Boxes on pages.
    Page,
    /// Boxes that move through a video.
    Track,
    /// Lines and curves that move through a video.
    MovingVector,
    /// Pieces of text.
    Text,
    /// Pieces of sounds, series, videos, dialogues and HTML.
    Span,
    /// Messages of chats.
    Message,
}

impl ShapeKind {
    /// The kind of a shape.
    #[must_use]
    pub fn of(shape: &Shape) -> Self {
        match shape {
            Shape::Rect(_) => Self::Rect,
            Shape::Ellipse(_) => Self::Ellipse,
            Shape::Polygon(_) => Self::Polygon,
            Shape::KeyPoint(_) => Self::KeyPoint,
            Shape::Mask(_) => Self::Mask,
            Shape::Vector(_) => Self::Vector,
            Shape::Page(_) => Self::Page,
            Shape::BoxTrack(_) => Self::Track,
            Shape::VectorTrack(_) => Self::MovingVector,
            Shape::Text(_) => Self::Text,
            Shape::Message(_) => Self::Message,
            Shape::Frames(_) | Shape::Time(_) | Shape::Series(_) | Shape::Paragraph(_) | Shape::HyperText(_) => {
                Self::Span
            }
        }
    }

    /// What the tool draws that makes it: boxes on pages are drawn like any other.
    #[must_use]
    pub fn drawn_as(self) -> Self {
        if self == Self::Page { Self::Rect } else { self }
    }

    /// Whether people draw it with a tool in hand.
    #[must_use]
    pub fn has_tool(self) -> bool {
        !matches!(self, Self::Track | Self::MovingVector | Self::Message)
    }

    /// As people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rect => "Box",
            Self::Ellipse => "Ellipse",
            Self::Polygon => "Polygon",
            Self::KeyPoint => "Point",
            Self::Mask => "Mask",
            Self::Vector => "Vector",
            Self::Page => "Box on a page",
            Self::Track => "Track",
            Self::MovingVector => "Moving vector",
            Self::Text => "Text",
            Self::Span => "Span",
            Self::Message => "Message",
        }
    }

    /// The shape a control tag draws and whether it carries its labels itself.
    fn of_tag(tag: &str) -> Option<(Self, bool)> {
        Some(match tag {
            "Rectangle" => (Self::Rect, false),
            // Drawn like any other box; what they are stored as is `draws_pages`.
            "RectangleLabels" | "OcrLabels" | "Labels" => (Self::Rect, true),
            "Ellipse" => (Self::Ellipse, false),
            "EllipseLabels" => (Self::Ellipse, true),
            "Polygon" => (Self::Polygon, false),
            "PolygonLabels" => (Self::Polygon, true),
            "VideoRectangle" => (Self::Track, false),
            "VideoVector" => (Self::MovingVector, false),
            "VideoVectorLabels" => (Self::MovingVector, true),
            "KeyPoint" => (Self::KeyPoint, false),
            "KeyPointLabels" => (Self::KeyPoint, true),
            "Brush" | "Bitmask" | "Magicwand" => (Self::Mask, false),
            "BrushLabels" | "BitmaskLabels" => (Self::Mask, true),
            "Vector" => (Self::Vector, false),
            "VectorLabels" => (Self::Vector, true),
            "Chat" => (Self::Message, false),
            _ => return None,
        })
    }
}

/// What a vector may be like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VectorRules {
    /// Whether the last point may be joined to the first.
    pub closable: bool,
    /// Whether lines may be bent.
    pub curves: bool,
    /// Whether several lines may begin at one point.
    pub skeleton: bool,
    /// The fewest points.
    pub min_points: Option<usize>,
    /// The most points.
    pub max_points: Option<usize>,
}

impl VectorRules {
    /// The fewest points it may have; one alone is no line.
    #[must_use]
    pub fn least(self) -> usize {
        self.min_points.unwrap_or(2).max(2)
    }

    /// The most points it may have.
    #[must_use]
    pub fn most(self) -> usize {
        self.max_points.unwrap_or(usize::MAX).max(self.least()).min(domain::result::MAX_POLYGON_POINTS)
    }

    fn of(control: &Control) -> Self {
        let count = |name: &str| control.attribute(name).and_then(|written| written.trim().parse().ok());
        Self {
            closable: control.flag("closable"),
            curves: control.flag("curves"),
            skeleton: control.flag("skeleton"),
            min_points: count("minPoints"),
            max_points: count("maxPoints"),
        }
    }
}

/// A control that draws.
#[derive(Debug, Clone, PartialEq)]
pub struct ShapeControl {
    /// Its name.
    pub name: String,
    /// The `type` of its results.
    pub item_type: String,
    /// What it draws.
    pub kind: ShapeKind,
    /// Whether the result carries the labels; otherwise a `Labels` control gives them.
    pub joined: bool,
    /// The objects it draws on.
    pub to_names: Vec<String>,
    /// Whether its boxes are boxes on pages.
    pub draws_pages: bool,
    /// Whether points snap to whole pixels.
    pub snap_pixel: bool,
    /// Whether boxes may be rotated.
    pub can_rotate: bool,
    /// The width a new key point is drawn at, in percent of the image.
    pub point_width: f64,
    /// What its vectors may be like.
    pub vector: VectorRules,
    /// How its magic wand picks; `None` where it has none.
    pub wand: Option<Wand>,
    /// Whether what it draws can be a question to a model.
    pub smart: Smart,
}

impl ShapeControl {
    /// The control as one that draws; `None` for any other. `Labels` draw on pages alone.
    pub(super) fn of(control: &Control) -> Option<Self> {
        let (kind, joined) = ShapeKind::of_tag(&control.tag)?;
        let width = control.attribute("strokeWidth").and_then(|width| width.trim().parse::<f64>().ok());
        Some(Self {
            name: control.name.clone(),
            item_type: if kind == ShapeKind::Message {
                "chatmessage".to_owned()
            } else {
                control.tag.to_ascii_lowercase()
            },
            kind,
            joined,
            draws_pages: matches!(control.tag.as_str(), "OcrLabels" | "Labels"),
            to_names: control.to_names.clone(),
            snap_pixel: control.attribute("snap") == Some("pixel"),
            can_rotate: control.attribute("canRotate") != Some("false"),
            point_width: width.filter(|width| (0.05..=20.0).contains(width)).unwrap_or(0.5),
            vector: VectorRules::of(control),
            wand: (control.tag == "Magicwand").then(|| wand_of(control)),
            smart: if kind.has_tool() { Smart::of(control) } else { Smart::No },
        })
    }
}

fn wand_of(control: &Control) -> Wand {
    let number = |name: &str| control.attribute(name).and_then(|written| written.trim().parse::<f64>().ok());
    let usual = Wand::default();
    // Clamped to the range of the type just before.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let whole = |number: f64, most: f64| number.round().clamp(0.0, most) as u32;
    Wand {
        threshold: number("defaultThreshold")
            .and_then(|written| u8::try_from(whole(written, 255.0)).ok())
            .unwrap_or(usual.threshold),
        blur_radius: number("blurRadius").map_or(usual.blur_radius, |written| whole(written, 100.0)),
        ..usual
    }
}
