//! The spectrogram: where it comes from, and how it is drawn.

use std::sync::Arc;

use domain::media::spectrum::{HEAD_BYTES, Header, marks};
use domain::media::wave::Level;
use domain::region::ScreenSize;
use editor::annotate::{Axis, Line};
use leptos::prelude::*;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::wave::{as_float, whole};
use crate::annotate::line::{Colors, RULER};
use crate::annotate::media::{self, Failure, Parts, Place};

/// Columns that are fetched together.
const TOGETHER: u64 = 256;
/// From silent to loud, as properties of the canvas.
const STOPS: [&str; 5] =
    ["text-decoration-color", "border-left-color", "border-right-color", "column-rule-color", "fill"];
/// What is drawn as silent and as loud, as shares of what is told apart: below is noise, above hardly any sound.
const QUIET: f64 = 0.12;
const LOUD: f64 = 0.9;
/// Between two frequencies written beside it, in CSS pixels.
const APART: f64 = 18.0;

/// A spectrum, read in parts.
#[derive(Clone)]
pub(super) struct Spectrum {
    header: Arc<Header>,
    parts: Parts,
    brush: StoredValue<Option<Brush>, LocalStorage>,
}

/// What a stretch is drawn with before it is laid into its place.
#[derive(Clone)]
struct Brush {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    /// The colors it was mixed from, and what came of them: one for each strength.
    stops: Vec<String>,
    mixed: Arc<[[u8; 3]]>,
}

/// The spectrum that the server made.
pub(super) async fn from_server(address: &str, making: impl Fn(f64) -> bool) -> Result<Spectrum, Failure> {
    let head = media::fetch(address, Some(0..HEAD_BYTES), making).await?;
    let damaged = || Failure::new("spectrum_damaged", "What was made of this sound cannot be read.");
    let spectrum = Spectrum {
        parts: Parts::new(Place::There(address.to_owned())),
        brush: StoredValue::new_local(None),
        header: Arc::new(Header::parse(&head).ok_or_else(damaged)?),
    };
    // The coarsest level has come along.
    if let Some(coarse) = spectrum.header.levels.first() {
        for part in 0..coarse.buckets.div_ceil(TOGETHER) {
            let range = spectrum.part(coarse, part);
            let bytes = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
            let Some(bytes) = bytes.and_then(|(from, to)| head.get(from..to)) else { break };
            spectrum.parts.know(range.start, bytes.into());
        }
    }
    Ok(spectrum)
}

impl Spectrum {
    pub(super) fn arrived(&self) -> RwSignal<u32> {
        self.parts.arrived
    }

    /// Draws what of the sound is shown, in each lane below its share `above` that the waveform has: per CSS pixel how strong
    /// each frequency is at most. What is still on its way is drawn from the coarsest level, which comes first.
    pub(super) fn paint(
        &self,
        canvas: &CanvasRenderingContext2d,
        line: &Line,
        size: ScreenSize,
        colors: &Colors,
        above: f64,
    ) {
        let lanes = match line.axis() {
            Axis::Sound { channels, .. } => u16::try_from(*channels).unwrap_or(1).max(1),
            _ => 1,
        };
        let (from, to) = line.shown();
        let rate = f64::from(self.header.sample_rate);
        let per_pixel = (to - from) * rate / size.width.max(1.0);
        let Some(coarse) = self.header.levels.first() else { return };
        let fine = self.header.level_for(per_pixel).unwrap_or(coarse);
        let levels = if fine == coarse { vec![coarse] } else { vec![fine, coarse] };
        let frame = |x: f64| ((from + x / size.width * (to - from)) * rate).max(0.0);
        let read: Vec<_> = levels
            .into_iter()
            .map(|level| {
                let column = |frame: f64| whole(frame / as_float(level.frames_per_bucket)).min(level.buckets);
                let (first, end) = (column(frame(0.0)), (column(frame(size.width)) + 1).min(level.buckets));
                (level, first / TOGETHER, self.read(level, first, end))
            })
            .collect();
        let Some(brush) = self.brush(colors) else { return };
        let (width, bins) = (u32::try_from(whole(size.width.ceil())).unwrap_or(0), usize::from(self.header.bins));
        let across = usize::try_from(width).unwrap_or(0);
        let height = (size.height - RULER) / f64::from(lanes);
        let mut pixels = vec![0; across * bins * 4];
        let mut strongest = vec![0; bins];
        for lane in 0..lanes {
            let of = if lanes > 1 { lane..lane + 1 } else { 0..self.header.channels };
            for x in 0..across {
                let place = as_float(x as u64);
                let frames = (frame(place), frame(place + 1.0));
                let is_known = read.iter().any(|(level, first, parts)| {
                    self.strongest(level, *first, parts, frames, of.clone(), &mut strongest).is_some()
                });
                for (bin, strength) in strongest.iter().enumerate() {
                    let at = ((bins - 1 - bin) * across + x) * 4;
                    pixels[at..at + 3].copy_from_slice(&brush.mixed[usize::from(*strength)]);
                    pixels[at + 3] = if is_known { 255 } else { 0 };
                }
            }
            let top = RULER + height * (f64::from(lane) + above);
            self.lay(canvas, &brush, &pixels, width, (top, size.width, height * (1.0 - above)));
            self.frequencies(canvas, colors, size.width, (top, height * (1.0 - above)));
        }
    }

    /// The numbers of the columns from `first` to `end`, as far as they are known.
    fn read(&self, level: &Level, first: u64, end: u64) -> Vec<Option<Arc<[u8]>>> {
        (first / TOGETHER..end.div_ceil(TOGETHER)).map(|part| self.parts.get(self.part(level, part))).collect()
    }

    /// Where the columns lie that are fetched together.
    fn part(&self, level: &Level, part: u64) -> std::ops::Range<u64> {
        let bytes = self.header.column_bytes();
        let (from, to) = (part * TOGETHER, ((part + 1) * TOGETHER).min(level.buckets));
        level.offset + from * bytes..level.offset + to * bytes
    }

    /// How strong each frequency is at most in these frames of these channels; none while it is not known.
    fn strongest(
        &self,
        level: &Level,
        first_part: u64,
        parts: &[Option<Arc<[u8]>>],
        (start, end): (f64, f64),
        channels: std::ops::Range<u16>,
        strongest: &mut [u8],
    ) -> Option<()> {
        let first = whole(start / as_float(level.frames_per_bucket)).min(level.buckets.checked_sub(1)?);
        let last = whole((end / as_float(level.frames_per_bucket)).ceil()).clamp(first + 1, level.buckets);
        let bytes = usize::try_from(self.header.column_bytes()).ok()?;
        let bins = strongest.len();
        strongest.fill(0);
        for column in first..last {
            let part = parts.get(usize::try_from((column / TOGETHER).checked_sub(first_part)?).ok()?)?.as_ref()?;
            let at = usize::try_from(column % TOGETHER).ok()? * bytes;
            for channel in channels.clone() {
                let at = at + usize::from(channel) * bins;
                for (most, strength) in strongest.iter_mut().zip(part.get(at..at + bins)?) {
                    *most = (*most).max(*strength);
                }
            }
        }
        Some(())
    }

    /// What to draw with, in the colors of the theme.
    fn brush(&self, colors: &Colors) -> Option<Brush> {
        let stops: Vec<String> = STOPS.iter().map(|stop| colors.get(stop)).collect();
        if let Some(brush) = self.brush.get_value().filter(|brush| brush.stops == stops) {
            return Some(brush);
        }
        let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        // The browser reads colors of any kind.
        let mut x = 0.0;
        for stop in &stops {
            context.set_fill_style_str(stop);
            context.fill_rect(x, 0.0, 1.0, 1.0);
            x += 1.0;
        }
        let drawn = context.get_image_data(0.0, 0.0, x, 1.0).ok()?.data();
        let known: Vec<[u8; 3]> = drawn.chunks_exact(4).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        let mixed = (0..=u8::MAX).map(|strength| mix(&known, f64::from(strength) / 255.0)).collect();
        let brush = Brush { canvas, context, stops, mixed };
        self.brush.set_value(Some(brush.clone()));
        Some(brush)
    }

    fn lay(
        &self,
        canvas: &CanvasRenderingContext2d,
        brush: &Brush,
        pixels: &[u8],
        width: u32,
        (top, across, height): (f64, f64, f64),
    ) {
        let bins = u32::from(self.header.bins);
        let Ok(image) = ImageData::new_with_u8_clamped_array_and_sh(Clamped(pixels), width, bins) else { return };
        brush.canvas.set_width(width);
        brush.canvas.set_height(bins);
        // Refused only when the canvas is gone.
        let _ = brush.context.put_image_data(&image, 0.0, 0.0);
        let _ = canvas.draw_image_with_html_canvas_element_and_dw_and_dh(&brush.canvas, 0.0, top, across, height);
    }

    /// The frequencies at the right edge.
    fn frequencies(&self, canvas: &CanvasRenderingContext2d, colors: &Colors, width: f64, (top, height): (f64, f64)) {
        canvas.set_font("500 11px ui-sans-serif, system-ui, sans-serif");
        canvas.set_text_baseline("middle");
        canvas.set_text_align("right");
        // Readable over whatever is heard there.
        canvas.set_fill_style_str(&colors.get("outline-color"));
        canvas.set_stroke_style_str(&colors.get("text-decoration-color"));
        canvas.set_line_width(6.0);
        canvas.set_line_join("round");
        for (share, words) in marks(self.header.highest_hz(), height, APART) {
            let at = top + (1.0 - share) * height;
            let y = at.clamp(top + 8.0, top + height - 8.0);
            // Refused only when the canvas is gone.
            let _ = canvas.stroke_text(&words, width - 12.0, y);
            let _ = canvas.fill_text(&words, width - 12.0, y);
            canvas.fill_rect(width - 6.0, at.clamp(top, top + height - 1.0).round(), 6.0, 1.0);
        }
        canvas.set_text_align("left");
    }
}

/// The color of a strength from 0 to 1 between those that are known.
fn mix(known: &[[u8; 3]], strength: f64) -> [u8; 3] {
    let share = ((strength - QUIET) / (LOUD - QUIET)).clamp(0.0, 1.0) * as_float(known.len().saturating_sub(1) as u64);
    let below = usize::try_from(whole(share)).unwrap_or(0);
    let part = share - share.floor();
    let color = |at: usize| known.get(at).or(known.last()).copied().unwrap_or_default();
    let (low, high) = (color(below), color(below + 1));
    std::array::from_fn(|n| {
        let between = f64::from(low[n]) * (1.0 - part) + f64::from(high[n]) * part;
        // Between two bytes.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let byte = between.round() as u8;
        byte
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strengths_go_from_color_to_color() {
        let known = [[0, 0, 0], [100, 0, 0], [100, 200, 50]];
        for (strength, expected) in [
            (0.0, [0, 0, 0]),
            (QUIET, [0, 0, 0]),
            (QUIET + (LOUD - QUIET) * 0.25, [50, 0, 0]),
            (QUIET + (LOUD - QUIET) * 0.75, [100, 100, 25]),
            (1.0, [100, 200, 50]),
        ] {
            assert_eq!(mix(&known, strength), expected, "{strength}");
        }
    }
}
