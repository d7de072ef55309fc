//! The waveform: where it comes from, and how it is drawn.

use std::sync::Arc;

use domain::media::wave::{Builder, HEAD_BYTES, Header, Level, MAX_CHANNELS};
use domain::region::ScreenSize;
use editor::annotate::{Axis, Line};
use leptos::prelude::*;
use web_sys::CanvasRenderingContext2d;

use crate::annotate::line::{Colors, RULER};
use crate::annotate::media::{self, Failure, Parts, Place};

/// Buckets that are fetched together.
const TOGETHER: u64 = 4_096;

/// A waveform, read in parts.
#[derive(Clone)]
pub(super) struct Wave {
    header: Arc<Header>,
    parts: Parts,
}

fn damaged() -> Failure {
    Failure::new("wave_damaged", "The waveform of this sound cannot be read.")
}

/// The waveform that the server made.
pub(super) async fn from_server(address: &str, making: impl Fn(f64) -> bool) -> Result<Wave, Failure> {
    let head = media::fetch(address, Some(0..HEAD_BYTES), making).await?;
    let header = Header::parse(&head).ok_or_else(damaged)?;
    Ok(Wave { header: Arc::new(header), parts: Parts::new(Place::There(address.to_owned())) })
}

/// The waveform of a sound that the browser decodes, made in the page.
pub(super) async fn made_here(address: &str, most: u64) -> Result<Wave, Failure> {
    let bytes = media::whole_file(address, most).await?;
    let not_audio = || Failure::new("not_audio", "This file is no sound that this browser can play.");
    let (channels, rate) = media::decode_sound(&bytes).await.ok_or_else(not_audio)?;
    drop(bytes);
    let count = channels.len().min(usize::from(MAX_CHANNELS));
    let mut builder = Builder::new(u16::try_from(count).unwrap_or(1), || Ok(Vec::new())).map_err(|_| damaged())?;
    let frames = channels.first().map_or(0, Vec::len);
    let mut row = vec![0; count];
    for frame in 0..frames {
        for (sample, channel) in row.iter_mut().zip(&channels) {
            // Clamped to what fits.
            #[allow(clippy::cast_possible_truncation)]
            let whole = (channel.get(frame).copied().unwrap_or(0.0).clamp(-1.0, 1.0) * 32_767.0) as i16;
            *sample = whole;
        }
        builder.push(&row).map_err(|_| damaged())?;
    }
    // Browsers decode to 44,100 a second.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let built = builder.finish(rate as u32).map_err(|_| damaged())?;
    let mut file = built.header.to_bytes();
    for level in built.levels {
        file.extend(level);
    }
    Ok(Wave { header: Arc::new(built.header), parts: Parts::new(Place::Here(file.into())) })
}

impl Wave {
    pub(super) fn channels(&self) -> u16 {
        self.header.channels
    }

    pub(super) fn duration_s(&self) -> f64 {
        self.header.duration_s()
    }

    pub(super) fn sample_rate(&self) -> f64 {
        f64::from(self.header.sample_rate)
    }

    pub(super) fn arrived(&self) -> RwSignal<u32> {
        self.parts.arrived
    }

    /// Lowest and highest per channel of the buckets from `first` to `end`, as far as they are known.
    fn read(&self, level: &Level, first: u64, end: u64) -> Vec<Option<Arc<[u8]>>> {
        let bytes = self.header.bucket_bytes();
        (first / TOGETHER..end.div_ceil(TOGETHER))
            .map(|part| {
                let (from, to) = (part * TOGETHER, ((part + 1) * TOGETHER).min(level.buckets));
                self.parts.get(level.offset + from * bytes..level.offset + to * bytes)
            })
            .collect()
    }

    /// Draws what of the sound is shown: per CSS pixel the lowest and the highest sample. What is still on its way is
    /// drawn from the coarsest level, which comes first. Each lane leaves room below its `share`.
    pub(super) fn paint(
        &self,
        canvas: &CanvasRenderingContext2d,
        line: &Line,
        size: ScreenSize,
        colors: &Colors,
        share: f64,
    ) {
        let lanes = match line.axis() {
            Axis::Sound { channels, .. } => u16::try_from(*channels).unwrap_or(1).max(1),
            _ => 1,
        };
        let (from, to) = line.shown();
        let rate = self.sample_rate();
        let per_pixel = (to - from) * rate / size.width.max(1.0);
        let Some(coarse) = self.header.levels.first() else { return };
        let fine = self.header.level_for(per_pixel).unwrap_or(coarse);
        let levels = if fine == coarse { vec![coarse] } else { vec![fine, coarse] };
        let all = (size.height - RULER) / f64::from(lanes);
        let height = all * share;
        canvas.set_fill_style_str(&colors.get("border-bottom-color"));
        for lane in 0..lanes {
            let middle = RULER + all * f64::from(lane) + height / 2.0;
            canvas.fill_rect(0.0, middle.round(), size.width, 1.0);
        }
        let read: Vec<_> = levels
            .into_iter()
            .map(|level| {
                let bucket = |at: f64| whole(at * rate / as_float(level.frames_per_bucket)).min(level.buckets);
                let (first, end) = (bucket(from.max(0.0)), (bucket(to) + 1).min(level.buckets));
                (level, first / TOGETHER, self.read(level, first, end))
            })
            .collect();
        canvas.set_fill_style_str(&colors.get("color"));
        canvas.begin_path();
        let columns = whole(size.width.ceil());
        for column in 0..columns {
            let x = as_float(column);
            let frame = |x: f64| ((from + x / size.width * (to - from)) * rate).max(0.0);
            let (start, end) = (frame(x), frame(x + 1.0));
            for lane in 0..lanes {
                let of = if lanes > 1 { lane..lane + 1 } else { 0..self.header.channels };
                let Some((low, high)) = read
                    .iter()
                    .find_map(|(level, first, parts)| self.extremes(level, *first, parts, (start, end), of.clone()))
                else {
                    continue;
                };
                let middle = RULER + all * f64::from(lane) + height / 2.0;
                let scale = (height / 2.0 - 4.0) / 32_768.0;
                let (top, bottom) = (middle - f64::from(high) * scale, middle - f64::from(low) * scale);
                canvas.rect(x, top - 0.5, 1.0, (bottom - top).max(0.0) + 1.0);
            }
        }
        canvas.fill();
    }

    /// Lowest and highest of these frames in these channels.
    fn extremes(
        &self,
        level: &Level,
        first_part: u64,
        parts: &[Option<Arc<[u8]>>],
        (start, end): (f64, f64),
        channels: std::ops::Range<u16>,
    ) -> Option<(i16, i16)> {
        let first = whole(start / as_float(level.frames_per_bucket)).min(level.buckets.checked_sub(1)?);
        let last = whole((end / as_float(level.frames_per_bucket)).ceil()).clamp(first + 1, level.buckets);
        let bytes = usize::try_from(self.header.bucket_bytes()).ok()?;
        let mut found: Option<(i16, i16)> = None;
        for bucket in first..last {
            let part = parts.get(usize::try_from((bucket / TOGETHER).checked_sub(first_part)?).ok()?)?.as_ref()?;
            let at = usize::try_from(bucket % TOGETHER).ok()? * bytes;
            for channel in channels.clone() {
                let at = at + usize::from(channel) * 4;
                let [a, b, c, d] = *part.get(at..at + 4)? else { return None };
                let (low, high) = (i16::from_le_bytes([a, b]), i16::from_le_bytes([c, d]));
                found = Some(found.map_or((low, high), |(l, h)| (l.min(low), h.max(high))));
            }
        }
        found
    }
}

/// Whole and not negative; saturates.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn whole(number: f64) -> u64 {
    number.max(0.0) as u64
}

/// Exact below 2⁵³.
pub(super) fn as_float(number: u64) -> f64 {
    number as f64
}
