//! The magic wand: the area of similar color around a point.

use serde::{Deserialize, Serialize};

use super::{Mask, MaskBuilder};

/// The pixels of an image, four bytes each (RGBA), in reading order.
#[derive(Debug, Clone, Copy)]
pub struct Pixels<'p> {
    width: u32,
    height: u32,
    rgba: &'p [u8],
}

/// How the wand picks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wand {
    /// The most by which red, green or blue may differ from the picked pixel (`defaultthreshold`).
    pub threshold: u8,
    /// How many pixels the border is smoothed over (`blurradius`); 0 leaves it as it is.
    pub blur_radius: u32,
    /// Only what is connected with the picked pixel, as opposed to all similar pixels.
    pub is_contiguous: bool,
}

impl Default for Wand {
    /// As Label Studio's `<Magicwand>` without attributes.
    fn default() -> Self {
        Self { threshold: 15, blur_radius: 5, is_contiguous: true }
    }
}

impl<'p> Pixels<'p> {
    /// `None` where the number of bytes does not fit the size, or a mask cannot have it.
    #[must_use]
    pub fn new(width: u32, height: u32, rgba: &'p [u8]) -> Option<Self> {
        Mask::new(width, height)?;
        (rgba.len() as u64 == u64::from(width) * u64::from(height) * 4).then_some(Self { width, height, rgba })
    }

    fn index(&self, x: u32, y: u32) -> usize {
        y as usize * self.width as usize + x as usize
    }

    fn color(&self, index: usize) -> [u8; 3] {
        let at = index * 4;
        [self.rgba[at], self.rgba[at + 1], self.rgba[at + 2]]
    }
}

impl Wand {
    /// The area around the pixel in column `x` of row `y`; `None` outside the image.
    #[must_use]
    pub fn pick(self, pixels: &Pixels<'_>, x: u32, y: u32) -> Option<Mask> {
        if x >= pixels.width || y >= pixels.height {
            return None;
        }
        let picked = pixels.color(pixels.index(x, y));
        let is_similar =
            |index: usize| pixels.color(index).iter().zip(picked).all(|(a, b)| a.abs_diff(b) <= self.threshold);
        let mask = if self.is_contiguous {
            connected(pixels, (x, y), is_similar)?
        } else {
            let mut builder = MaskBuilder::new(pixels.width, pixels.height)?;
            builder.push_alpha((0..pixels.rgba.len() / 4).map(|index| u8::from(is_similar(index))));
            builder.finish()
        };
        Some(mask.smoothed(self.blur_radius))
    }
}

/// All similar pixels that can be reached over sides, stretch by stretch.
fn connected(pixels: &Pixels<'_>, seed: (u32, u32), is_similar: impl Fn(usize) -> bool) -> Option<Mask> {
    let mut seen = vec![0_u64; (pixels.rgba.len() / 4).div_ceil(64)];
    let mut spans = Vec::new();
    let mut open = vec![seed];
    while let Some((x, y)) = open.pop() {
        let is_new = |seen: &[u64], x: u32, y: u32| {
            let index = pixels.index(x, y);
            (seen[index / 64] >> (index % 64)) & 1 == 0 && is_similar(index)
        };
        if !is_new(&seen, x, y) {
            continue;
        }
        let (mut x0, mut x1) = (x, x + 1);
        while x0 > 0 && is_new(&seen, x0 - 1, y) {
            x0 -= 1;
        }
        while x1 < pixels.width && is_new(&seen, x1, y) {
            x1 += 1;
        }
        for x in x0..x1 {
            let index = pixels.index(x, y);
            seen[index / 64] |= 1 << (index % 64);
        }
        spans.push((y, x0, x1));
        let above = y.checked_sub(1);
        let below = (y + 1 < pixels.height).then_some(y + 1);
        for y in [above, below].into_iter().flatten() {
            let mut was_new = false;
            for x in x0..x1 {
                let new = is_new(&seen, x, y);
                if new && !was_new {
                    open.push((x, y));
                }
                was_new = new;
            }
        }
    }
    let mut mask = Mask::new(pixels.width, pixels.height)?;
    mask.fill(spans, true);
    Some(mask)
}

impl Mask {
    /// The mask with a smoother border: a pixel stays, or comes, where at least half of the square of `radius` pixels
    /// around it is painted.
    #[must_use]
    pub fn smoothed(&self, radius: u32) -> Self {
        let Some(block) = self.pixel_bounds().filter(|_| radius > 0) else { return self.clone() };
        let (x0, x1) = (block.x0.saturating_sub(radius), block.x1.saturating_add(radius).min(self.width()));
        let (y0, y1) = (block.y0.saturating_sub(radius), block.y1.saturating_add(radius).min(self.height()));
        let mut rows = vec![Vec::new(); (y1 - y0) as usize];
        self.spans(|y, from, to| rows[(y - y0) as usize].push((from, to)));
        // How many painted pixels each column has in the rows around the present one.
        let mut columns = vec![0_u32; (x1 - x0) as usize];
        let add = |columns: &mut Vec<u32>, y: u32, sign: bool| {
            for (from, to) in &rows[(y - y0) as usize] {
                for count in &mut columns[(from - x0) as usize..(to - x0) as usize] {
                    *count = if sign { *count + 1 } else { *count - 1 };
                }
            }
        };
        let mut spans = Vec::new();
        for y in y0..y1.min(y0 + radius) {
            add(&mut columns, y, true);
        }
        for y in y0..y1 {
            if y + radius < y1 {
                add(&mut columns, y + radius, true);
            }
            if y > y0 + radius {
                add(&mut columns, y - radius - 1, false);
            }
            let high = (y + radius).min(self.height() - 1) - y.saturating_sub(radius) + 1;
            let mut sum: u64 = columns.iter().take(radius as usize).map(|count| u64::from(*count)).sum();
            let mut open = None;
            for x in x0..x1 {
                let at = (x - x0) as usize;
                sum += columns.get(at + radius as usize).map_or(0, |count| u64::from(*count));
                if let Some(gone) = at.checked_sub(radius as usize + 1) {
                    sum -= u64::from(columns[gone]);
                }
                let wide = (x + radius).min(self.width() - 1) - x.saturating_sub(radius) + 1;
                let is_in = sum * 2 >= u64::from(wide) * u64::from(high);
                match (is_in, open) {
                    (true, None) => open = Some(x),
                    (false, Some(from)) => {
                        spans.push((y, from, x));
                        open = None;
                    }
                    _ => {}
                }
            }
            spans.extend(open.map(|from| (y, from, x1)));
        }
        let mut smooth = Self::new(self.width(), self.height()).unwrap_or_else(|| self.clone());
        smooth.fill(spans, true);
        smooth
    }
}
