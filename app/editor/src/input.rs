//! What people do, as plain data.

use domain::region::{ScreenPoint, ScreenVector};

/// Keys held during an event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Modifiers {
    /// Shift.
    pub shift: bool,
    /// Control.
    pub control: bool,
    /// Alt or Option.
    pub alt: bool,
    /// Command on Apple keyboards, the Windows key elsewhere.
    pub meta: bool,
}

impl Modifiers {
    /// Control, or Command where that is the custom.
    #[must_use]
    pub fn command(self) -> bool {
        self.control || self.meta
    }
}

/// What points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PointerKind {
    /// A mouse or trackpad.
    #[default]
    Mouse,
    /// A stylus.
    Pen,
    /// A finger: larger targets, two of them pinch.
    Touch,
}

impl PointerKind {
    /// How far from a handle, in CSS pixels, it still counts as on it.
    #[must_use]
    pub fn handle_radius(self) -> f64 {
        match self {
            Self::Mouse | Self::Pen => 7.0,
            Self::Touch => 18.0,
        }
    }

    /// How far from an outline, in CSS pixels, it still counts as on it.
    #[must_use]
    pub fn tolerance(self) -> f64 {
        match self {
            Self::Mouse | Self::Pen => 3.0,
            Self::Touch => 10.0,
        }
    }
}

/// The button of a press.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Button {
    /// Left, or a touch.
    #[default]
    Primary,
    /// The wheel.
    Middle,
    /// Right.
    Secondary,
}

/// A pointer at a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pointer {
    /// Tells fingers apart.
    pub id: i32,
    /// Where, on the surface.
    pub at: ScreenPoint,
    /// What points.
    pub kind: PointerKind,
    /// The button of the press; `Primary` while moving.
    pub button: Button,
    /// Keys held.
    pub modifiers: Modifiers,
    /// How hard a pen is pressed, 0 to 1; `None` where nothing tells.
    pub pressure: Option<f64>,
    /// When, on any clock that only goes forward.
    pub time_ms: f64,
}

/// A key that means something to the editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A character, lower case.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Escape,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Space.
    Space,
    /// Tab.
    Tab,
    /// Left arrow.
    Left,
    /// Right arrow.
    Right,
    /// Up arrow.
    Up,
    /// Down arrow.
    Down,
}

impl Key {
    /// The key a browser calls by this name (`KeyboardEvent.key`); `None` for keys without a meaning here.
    #[must_use]
    pub fn from_dom(name: &str) -> Option<Self> {
        Some(match name {
            "Enter" => Self::Enter,
            "Escape" => Self::Escape,
            "Backspace" => Self::Backspace,
            "Delete" => Self::Delete,
            " " => Self::Space,
            "Tab" => Self::Tab,
            "ArrowLeft" => Self::Left,
            "ArrowRight" => Self::Right,
            "ArrowUp" => Self::Up,
            "ArrowDown" => Self::Down,
            other => {
                let mut chars = other.chars();
                let first = chars.next().filter(|_| chars.next().is_none())?;
                Self::Char(first.to_lowercase().next().unwrap_or(first))
            }
        })
    }
}

impl Key {
    /// As [`Key::from_dom`], where it matters that some keys are known by their place: Shift and the key of 1 or 0 mean the
    /// same on every keyboard, whatever sign is written there. `code` is the key's place (`KeyboardEvent.code`).
    #[must_use]
    pub fn from_dom_at(name: &str, code: &str, shift: bool) -> Option<Self> {
        let key = Self::from_dom(name)?;
        // Where digits themselves need Shift, they stay digits.
        let is_sign = matches!(key, Self::Char(c) if !c.is_alphanumeric());
        Some(match code {
            "Digit1" if shift && is_sign => Self::Char('!'),
            "Digit0" if shift && is_sign => Self::Char(')'),
            _ => key,
        })
    }
}

/// One thing a person did on a surface.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event {
    /// A button or finger went down.
    PointerDown(Pointer),
    /// It moved, pressed or not.
    PointerMove(Pointer),
    /// It went up.
    PointerUp(Pointer),
    /// The system took the pointer away.
    PointerCancel,
    /// The pointer left the surface without being pressed.
    PointerLeave,
    /// The wheel turned or two fingers slid.
    Wheel {
        /// Where.
        at: ScreenPoint,
        /// How far, in CSS pixels.
        by: ScreenVector,
        /// Keys held; browsers report a trackpad pinch with Control.
        modifiers: Modifiers,
    },
    /// A key went down.
    KeyDown {
        /// Which.
        key: Key,
        /// Keys held.
        modifiers: Modifiers,
    },
    /// A key went up.
    KeyUp {
        /// Which.
        key: Key,
    },
}

impl Event {
    /// Whether all its numbers are finite; others are ignored.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        match self {
            Self::PointerDown(p) | Self::PointerMove(p) | Self::PointerUp(p) => {
                p.at.x.is_finite() && p.at.y.is_finite()
            }
            Self::Wheel { at, by, .. } => [at.x, at.y, by.x, by.y].into_iter().all(f64::is_finite),
            Self::PointerCancel | Self::PointerLeave | Self::KeyDown { .. } | Self::KeyUp { .. } => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shift_and_a_digit_mean_the_same_on_every_keyboard() {
        for (name, code, expected) in [
            // American, German and French.
            ("!", "Digit1", '!'),
            (")", "Digit0", ')'),
            ("=", "Digit0", ')'),
            ("1", "Digit1", '1'),
            ("à", "Digit0", 'à'),
            ("=", "Equal", '='),
        ] {
            assert_eq!(Key::from_dom_at(name, code, true), Some(Key::Char(expected)), "{name} on {code}");
        }
        assert_eq!(Key::from_dom_at("=", "Digit0", false), Some(Key::Char('=')));
        assert_eq!(Key::from_dom_at("Dead", "Digit1", true), None);
    }
}
