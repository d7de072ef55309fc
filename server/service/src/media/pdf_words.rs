//! The words on a page of a document, put together from the places of its letters.
//!
//! This is also where a page is measured before it is painted: one that takes too many steps or holds too large an image is
//! left by [`resume_unwind`], since the interpreter knows no other way out.

use std::{panic::resume_unwind, sync::Arc};

use domain::{
    Error as Problem, Kind,
    media::pdf::{MOST_WORDS, Page, Word, is_leftward, is_unspaced},
};
use hayro::{
    hayro_interpret::{
        BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask,
        font::{Glyph, GlyphRun, PositionedGlyph},
        hayro_cmap::BfString,
    },
    kurbo::{Affine, BezPath, Point, Rect, Vec2},
};

use super::derive::Work;

/// The most things that are painted on a page.
const MAX_STEPS: u64 = 2_000_000;
/// The most characters that one letter of a font stands for: a ligature has a few.
const MOST_CHARS_PER_GLYPH: usize = 8;
/// The most bytes of text on a page.
const MOST_BYTES: usize = 1 << 20;
/// How often the clock is looked at.
const CLOCK_STEPS: u64 = 1_000;
/// The most pixels of an image on a page.
pub(super) const MAX_IMAGE_PIXELS: u64 = 80_000_000;
/// A font's letters are drawn in a square of this many units.
const EM: f64 = 1000.0;
/// Letters reach about this far below and above their line.
const DEPTH: f64 = -220.0;
const HEIGHT: f64 = 780.0;
/// Letters farther apart than this part of their size are of two words.
const GAP: f64 = 0.22;
/// Letters farther from the line of those before than this part of their size are of another line.
const SLIP: f64 = 0.35;

/// Sees what is painted on a page.
pub(super) struct Reader {
    page: Page,
    work: Arc<Work>,
    steps: u64,
    words: Vec<Word>,
    /// Of text so far.
    bytes: usize,
    open: Option<Open>,
    /// The run that was shown last: what is filled and stroked comes twice.
    last: Option<(usize, [f64; 6])>,
}

/// A word that may go on.
struct Open {
    text: String,
    hull: Rect,
    /// Where the next letter is expected.
    end: Point,
    /// Which way it is written.
    way: Vec2,
    size: f64,
}

impl Reader {
    pub(super) fn new(page: Page, work: Arc<Work>) -> Self {
        Self { page, work, steps: 0, words: Vec::new(), bytes: 0, open: None, last: None }
    }

    pub(super) fn finish(mut self) -> Vec<Word> {
        self.close();
        self.words
    }

    fn step(&mut self, count: u64) {
        let before = self.steps / CLOCK_STEPS;
        self.steps += count;
        if self.steps > MAX_STEPS {
            let message = "A page of this PDF takes too many steps to be shown.";
            stop(Problem::new(Kind::TooLarge, "pdf_complex", message).on("src"));
        }
        if self.steps / CLOCK_STEPS != before
            && let Err(problem) = self.work.in_time()
        {
            stop(problem);
        }
    }

    fn letter(&mut self, glyph: &PositionedGlyph<'_>, transform: Affine) {
        let place = transform * glyph.transform();
        let (unicode, advance) = match &**glyph {
            Glyph::Outline(outline) => (outline.as_unicode(), outline.advance_width()),
            Glyph::Type3(drawn) => (drawn.as_unicode(), drawn.advance_width()),
        };
        let advance = advance.map_or(EM / 2.0, f64::from);
        let origin = place * Point::ZERO;
        let end = place * Point::new(advance, 0.0);
        let size = (place * Point::new(0.0, EM) - origin).hypot();
        if !(origin.is_finite() && end.is_finite() && size.is_finite()) || size <= 0.0 {
            return;
        }
        let text = match unicode {
            Some(BfString::Char(c)) => c.to_string(),
            Some(BfString::String(text)) => text.chars().take(MOST_CHARS_PER_GLYPH).collect(),
            None => return,
        };
        self.bytes += text.len();
        if self.bytes > MOST_BYTES {
            return;
        }
        if text.chars().all(|c| c.is_whitespace() || c.is_control()) {
            self.close();
            return;
        }
        let way = (place * Point::new(EM, 0.0) - origin) / size;
        let hull = place.transform_rect_bbox(Rect::new(0.0, DEPTH, advance, HEIGHT));
        let is_alone = text.chars().any(is_unspaced);
        let goes_on = !is_alone && self.open.as_ref().is_some_and(|open| open.takes(origin, way, size));
        if !goes_on {
            self.close();
        }
        let open = self.open.get_or_insert_with(|| Open { text: String::new(), hull, end, way, size });
        open.text.push_str(&text);
        open.hull = open.hull.union(hull);
        open.end = end;
        if is_alone {
            self.close();
        }
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let paper = Rect::new(0.0, 0.0, self.page.width, self.page.height);
        let hull = open.hull.intersect(paper);
        if hull.width() <= 0.0 || hull.height() <= 0.0 || self.words.len() >= MOST_WORDS {
            return;
        }
        // Painted from left to right, and read the other way.
        let is_turned = is_leftward(&open.text) && open.way.x > 0.0;
        let text = if is_turned { open.text.chars().rev().collect() } else { open.text };
        // A hundred-thousandth of a page is finer than any letter.
        let part = |length: f64, side: f64| (length / side * 1e5).round() / 1e5;
        self.words.push(Word {
            text,
            x: part(hull.x0, self.page.width),
            y: part(hull.y0, self.page.height),
            width: part(hull.width(), self.page.width),
            height: part(hull.height(), self.page.height),
        });
    }
}

impl Open {
    fn takes(&self, origin: Point, way: Vec2, size: f64) -> bool {
        let by = origin - self.end;
        let (along, across) = (by.dot(self.way), by.cross(self.way).abs());
        let usual = self.size.max(size);
        along.abs() <= GAP * usual && across <= SLIP * usual && way.dot(self.way) > 0.0
    }
}

fn stop(problem: Problem) -> ! {
    resume_unwind(Box::new(problem))
}

impl<'a> Device<'a> for Reader {
    fn draw_path(&mut self, path: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.step(1 + path.elements().len() as u64);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.step(1 + clip.path.elements().len() as u64);
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.step(1);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        let glyphs = run.glyphs();
        self.step(1 + glyphs.len() as u64);
        let first = glyphs.first().map(|first| (glyphs.len(), (props.transform * first.transform()).as_coeffs()));
        if first.is_some() && first == self.last {
            return;
        }
        self.last = first;
        for glyph in glyphs {
            self.letter(glyph, props.transform);
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.step(1);
        if u64::from(image.width()) * u64::from(image.height()) > MAX_IMAGE_PIXELS {
            let message = format!(
                "An image in this PDF has {} × {} pixels; at most {} million can be shown.",
                image.width(),
                image.height(),
                MAX_IMAGE_PIXELS / 1_000_000
            );
            stop(Problem::new(Kind::TooLarge, "pdf_image_too_large", message).on("src"));
        }
    }

    fn pop_clip(&mut self) {
        self.step(1);
    }

    fn pop_transparency_group(&mut self) {
        self.step(1);
    }
}
