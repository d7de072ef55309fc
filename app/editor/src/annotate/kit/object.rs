//! Objects that can be worked on.

use domain::region::Shape;

/// How the regions of an object are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// A picture: regions are drawn on it with tools.
    Image,
    /// A text: regions are pieces of it.
    Text,
    /// A sound: regions are pieces of it, perhaps of one channel.
    Sound,
    /// A series of measurements: regions are pieces and moments of it.
    Series,
    /// A dialogue: regions are pieces of its turns.
    Dialogue,
    /// A page of HTML: regions are pieces of its text.
    Page,
    /// A video: things move through it, and stretches of it are labeled.
    Video,
    /// A page of a document: boxes are drawn on it, and what is written there is read.
    Sheet,
    /// A chat: messages are written below those of the task.
    Chat,
}

impl ObjectKind {
    /// By the object's tag; `None` for what can only be looked at.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        Some(match tag {
            "Image" => Self::Image,
            "Text" => Self::Text,
            "Paragraphs" => Self::Dialogue,
            "HyperText" => Self::Page,
            "Audio" => Self::Sound,
            "TimeSeries" => Self::Series,
            "Video" => Self::Video,
            "Pdf" => Self::Sheet,
            "Chat" => Self::Chat,
            _ => return None,
        })
    }

    /// Whether it is drawn on with tools, on a surface with a view that zooms and pans.
    #[must_use]
    pub fn is_canvas(self) -> bool {
        matches!(self, Self::Image | Self::Sheet)
    }

    /// Whether a region of this shape can be on it.
    #[must_use]
    pub fn bears(self, shape: &Shape) -> bool {
        match self {
            Self::Image => match shape {
                Shape::Polygon(polygon) => !polygon.points.is_empty(),
                Shape::Rect(_) | Shape::Ellipse(_) | Shape::KeyPoint(_) | Shape::Page(_) => true,
                Shape::Mask(mask) => !mask.is_empty(),
                Shape::Vector(vector) => !vector.vertices.is_empty(),
                // What no tool here draws or paints is carried through.
                _ => false,
            },
            Self::Sheet => matches!(shape, Shape::Page(_)),
            Self::Text => matches!(shape, Shape::Text(_)),
            Self::Dialogue => matches!(shape, Shape::Paragraph(_)),
            Self::Page => matches!(shape, Shape::HyperText(_)),
            Self::Sound => matches!(shape, Shape::Time(_)),
            Self::Series => matches!(shape, Shape::Series(_)),
            Self::Chat => matches!(shape, Shape::Message(_)),
            Self::Video => matches!(shape, Shape::Frames(_) | Shape::BoxTrack(_) | Shape::VectorTrack(_)),
        }
    }
}
