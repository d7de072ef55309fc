//! What paints: the brush in hand, and the picture the magic wand looks at.

use domain::region::mask::{Brush, Pixels};

use crate::input::{Pointer, PointerKind};

/// The brush and the eraser in hand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tip {
    /// Its diameter or side, in image pixels.
    pub size: f64,
    /// A square instead of a disc.
    pub is_square: bool,
}

impl Default for Tip {
    fn default() -> Self {
        Self { size: 24.0, is_square: false }
    }
}

impl Tip {
    /// The smallest and the largest size, in image pixels.
    pub const SIZES: std::ops::RangeInclusive<f64> = 1.0..=1_000.0;

    /// About a fifth larger or smaller, always by a whole pixel at least.
    #[must_use]
    pub fn resized(self, larger: bool) -> Self {
        let size = if larger { (self.size * 1.2).max(self.size + 1.0) } else { (self.size / 1.2).min(self.size - 1.0) };
        Self { size: size.round().clamp(*Self::SIZES.start(), *Self::SIZES.end()), ..self }
    }

    /// What it paints with under this pointer: a pen that is pressed harder paints broader.
    pub(super) fn brush(self, pointer: &Pointer) -> Brush {
        let size = match (pointer.kind, pointer.pressure) {
            // Half the pressure is the size as it stands; the lightest touch still leaves a trace.
            (PointerKind::Pen, Some(pressure)) => self.size * (0.2 + 1.6 * pressure.clamp(0.0, 1.0)),
            _ => self.size,
        };
        if self.is_square { Brush::Square(size) } else { Brush::Round(size) }
    }
}

/// The colors of an image, for the magic wand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

impl Picture {
    /// Four bytes for each pixel in reading order; `None` where their number does not fit.
    #[must_use]
    pub fn new(width: u32, height: u32, rgba: Vec<u8>) -> Option<Self> {
        Pixels::new(width, height, &rgba)?;
        Some(Self { width, height, rgba })
    }

    pub(super) fn pixels(&self) -> Option<Pixels<'_>> {
        Pixels::new(self.width, self.height, &self.rgba)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_go_up_and_down_and_stop() {
        let tip = Tip { size: 1.0, is_square: false };
        assert_eq!(tip.resized(false).size, 1.0);
        assert_eq!(tip.resized(true).size, 2.0);
        assert_eq!(Tip { size: 990.0, ..tip }.resized(true).size, 1_000.0);
        let (mut up, mut steps) = (tip, 0);
        while up.size < 1_000.0 {
            (up, steps) = (up.resized(true), steps + 1);
        }
        assert!(steps < 50, "{steps} presses from the smallest to the largest");
    }

    #[test]
    fn only_pens_press() {
        let tip = Tip { size: 10.0, is_square: false };
        let pen = |pressure| Pointer { kind: PointerKind::Pen, pressure, ..Pointer::default() };
        assert_eq!(tip.brush(&pen(Some(0.5))), Brush::Round(10.0));
        assert_eq!(tip.brush(&pen(Some(1.0))), Brush::Round(18.0));
        assert_eq!(tip.brush(&pen(None)), Brush::Round(10.0));
        let mouse = Pointer { pressure: Some(1.0), ..Pointer::default() };
        assert_eq!(Tip { is_square: true, ..tip }.brush(&mouse), Brush::Square(10.0));
    }
}
