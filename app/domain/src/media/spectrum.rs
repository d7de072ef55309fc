//! The spectrum of a sound: how strong each frequency is in every stretch of time, at several lengths of stretch.
//!
//! A file of this kind (`docs/media.md`, “Spectrum”) is built like a waveform ([`super::wave`]): a small header, then levels
//! from coarse to fine, each of them columns in order of time. A column has [`BINS`] numbers for each channel, from 0 Hz up to
//! half the sample rate; they lie as far apart as people hear them (mel). Whoever makes one finds the powers (a Fourier
//! transform of [`window_of`] samples every [`hop_of`]), [`Bands`] makes a column of them and [`Builder`] the levels.

use std::io::{self, Write};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::wave::{Level, MAX_CHANNELS, lay_out};
use super::{Bytes, MAX_LEVELS};

/// How a file begins.
pub const MAGIC: [u8; 4] = *b"SYNF";
/// The version written here.
pub const VERSION: u16 = 1;
/// Frequencies told apart in a column of a channel.
pub const BINS: u16 = 128;
/// How many columns of one level make one of the next; the strongest stays.
pub const FACTOR: u64 = 4;
/// The coarsest level has no more columns than this, unless a sound is too long for the longest stretch.
pub const COARSE_COLUMNS: u64 = 512;
/// Enough for the header and the coarsest level of a stereo sound.
pub const HEAD_BYTES: u64 = 130 << 10;
/// A spectrum is never larger: the finest levels of very long sounds are left out.
pub const MAX_BYTES: u64 = 128 << 20;
/// What is told apart, in decibels: 255 is a pure tone as loud as can be, 0 is so much quieter, or silent.
pub const RANGE_DB: f64 = 100.0;

const FIXED_BYTES: u64 = 28;
const LEVEL_BYTES: u64 = 24;
const LEVELS: usize = 11;

/// Samples a column is made of: about 40 ms, a power of two.
#[must_use]
pub fn window_of(sample_rate: u32) -> usize {
    let wanted = usize::try_from(sample_rate / 25).unwrap_or(usize::MAX);
    wanted.clamp(256, 8192).next_power_of_two()
}

/// Samples from one column of the finest level to the next.
#[must_use]
pub fn hop_of(sample_rate: u32) -> usize {
    window_of(sample_rate) / 4
}

/// What a spectrum says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Channels.
    pub channels: u16,
    /// Numbers per channel in a column.
    pub bins: u16,
    /// Frames per second.
    pub sample_rate: u32,
    /// Frames in all.
    pub frames: u64,
    /// From coarse to fine; a bucket is a column.
    pub levels: Vec<Level>,
}

impl Header {
    /// The highest frequency, in Hz.
    #[must_use]
    pub fn highest_hz(&self) -> f64 {
        f64::from(self.sample_rate) / 2.0
    }

    /// Bytes of one column.
    #[must_use]
    pub fn column_bytes(&self) -> u64 {
        u64::from(self.channels) * u64::from(self.bins)
    }

    /// Bytes of the header itself.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        FIXED_BYTES + LEVEL_BYTES * self.levels.len() as u64
    }

    /// The coarsest level that still has a column for every two pixels, or the finest there is.
    #[must_use]
    pub fn level_for(&self, frames_per_pixel: f64) -> Option<&Level> {
        self.levels.iter().find(|level| level.frames_per_bucket as f64 <= frames_per_pixel * 2.0).or(self.levels.last())
    }

    /// Where the columns lie that cover these frames; empty beyond the end.
    #[must_use]
    pub fn bytes_of(&self, level: &Level, frames: Range<u64>) -> Range<u64> {
        let first = (frames.start / level.frames_per_bucket).min(level.buckets);
        let end = frames.end.div_ceil(level.frames_per_bucket).clamp(first, level.buckets);
        level.offset + first * self.column_bytes()..level.offset + end * self.column_bytes()
    }

    /// As the file begins.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(MAGIC);
        out.extend(VERSION.to_le_bytes());
        out.extend(self.channels.to_le_bytes());
        out.extend(self.sample_rate.to_le_bytes());
        out.extend(u32::from(self.bins).to_le_bytes());
        out.extend(u32::try_from(self.levels.len()).unwrap_or(0).to_le_bytes());
        out.extend(self.frames.to_le_bytes());
        for level in &self.levels {
            out.extend(level.frames_per_bucket.to_le_bytes());
            out.extend(level.buckets.to_le_bytes());
            out.extend(level.offset.to_le_bytes());
        }
        out
    }

    /// Reads the beginning of a file; `None` for anything that is no spectrum, or too short to hold its own header.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut bytes = Bytes::new(bytes);
        if bytes.take(4)? != MAGIC || bytes.u16()? != VERSION {
            return None;
        }
        let (channels, sample_rate) = (bytes.u16()?, bytes.u32()?);
        let (bins, count) = (u16::try_from(bytes.u32()?).ok()?, bytes.u32()? as usize);
        if channels == 0 || channels > MAX_CHANNELS || bins == 0 || bins > BINS || count > MAX_LEVELS {
            return None;
        }
        let frames = bytes.u64()?;
        let mut levels = Vec::with_capacity(count);
        for _ in 0..count {
            let level = Level { frames_per_bucket: bytes.u64()?, buckets: bytes.u64()?, offset: bytes.u64()? };
            if level.frames_per_bucket == 0 {
                return None;
            }
            levels.push(level);
        }
        Some(Self { channels, bins, sample_rate, frames, levels })
    }
}

fn mel(hz: f64) -> f64 {
    2595.0 * (hz / 700.0).ln_1p() / std::f64::consts::LN_10
}

/// How high a frequency lies between 0 and the highest, as a share of 1.
#[must_use]
pub fn share_of(hz: f64, highest_hz: f64) -> f64 {
    if highest_hz > 0.0 { (mel(hz) / mel(highest_hz)).clamp(0.0, 1.0) } else { 0.0 }
}

/// The frequency that lies so high; the other way round.
#[must_use]
pub fn hz_of(share: f64, highest_hz: f64) -> f64 {
    ((share * mel(highest_hz) * std::f64::consts::LN_10 / 2595.0).exp_m1() * 700.0).clamp(0.0, highest_hz.max(0.0))
}

/// The bin of a column that a frequency falls into.
#[must_use]
pub fn bin_of(hz: f64, highest_hz: f64) -> u16 {
    // Between 0 and the number of bins.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let bin = (share_of(hz, highest_hz) * f64::from(BINS)) as u16;
    bin.min(BINS - 1)
}

/// How strong a power is, where 1 is a pure tone as loud as can be.
#[must_use]
pub fn level_of(power: f64) -> u8 {
    let decibels = if power > 0.0 { 10.0 * power.log10() } else { f64::NEG_INFINITY };
    // Clamped to what fits; what is no number is silent.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let level = ((decibels / RANGE_DB + 1.0) * 255.0).round().clamp(0.0, 255.0) as u8;
    level
}

/// Frequencies to write beside a spectrum of this height, from low to high, at least `apart` from each other: how high each
/// lies, as a share of 1, and its words. The highest is always there.
#[must_use]
pub fn marks(highest_hz: f64, height: f64, apart: f64) -> Vec<(f64, String)> {
    let words = |hz: f64| {
        if hz < 1_000.0 { format!("{hz:.0} Hz") } else { format!("{} kHz", (hz / 10.0).round() / 100.0) }
    };
    let mut marks = vec![(1.0, words(highest_hz))];
    let steps = [0.0, 100.0, 200.0, 500.0, 1e3, 2e3, 4e3, 8e3, 16e3, 32e3, 64e3];
    let mut places: Vec<(f64, f64)> = steps.iter().map(|hz| (share_of(*hz, highest_hz), *hz)).collect();
    places.retain(|(share, hz)| *hz < highest_hz && (1.0 - share) * height >= apart);
    // Round thousands first, for they are what people look for; then what still has room.
    places.sort_by_key(|(_, hz)| *hz > 0.0 && *hz < 1_000.0);
    for (share, hz) in places {
        if marks.iter().all(|(other, _)| (other - share).abs() * height >= apart) {
            marks.push((share, words(hz)));
        }
    }
    marks.sort_by(|one, other| one.0.total_cmp(&other.0));
    marks
}

/// How the powers of a Fourier transform become the numbers of a column.
#[derive(Debug, Clone)]
pub struct Bands {
    /// Of each bin: its middle among the powers, and the powers that lie in it.
    bins: Vec<(f64, Range<usize>)>,
    /// The power of a pure tone as loud as can be.
    full: f64,
}

impl Bands {
    /// For sounds of this rate; the transform has [`window_of`] samples under a Hann window.
    #[must_use]
    pub fn new(sample_rate: u32) -> Self {
        let window = window_of(sample_rate);
        let highest = f64::from(sample_rate.max(1)) / 2.0;
        let half = (window / 2) as f64;
        let place = |share: f64| hz_of(share, highest) / highest * half;
        let bins = (0..BINS).map(|bin| {
            let share = |part: f64| (f64::from(bin) + part) / f64::from(BINS);
            // Between 0 and half the window.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let (first, end) = (place(share(0.0)).ceil() as usize, place(share(1.0)).ceil() as usize);
            (place(share(0.5)), first..end)
        });
        // A tone puts a quarter of the window into its frequency.
        Self { bins: bins.collect(), full: (window as f64 / 4.0).powi(2) }
    }

    /// Writes the numbers of one channel's column: the strongest power of each bin, and where the transform tells apart less
    /// than people do, what lies between two of its powers.
    pub fn fill(&self, powers: &[f32], column: &mut [u8]) {
        let power = |at: usize| f64::from(powers.get(at).copied().unwrap_or(0.0));
        for ((middle, inside), out) in self.bins.iter().zip(column) {
            // Between 0 and half the window.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let below = middle.floor() as usize;
            let part = middle - middle.floor();
            let between = power(below) * (1.0 - part) + power(below + 1) * part;
            let strongest = inside.clone().map(power).fold(between, f64::max);
            *out = level_of(strongest / self.full);
        }
    }
}

/// Takes columns in order and writes every level at once; memory does not grow with the sound.
pub struct Builder<W> {
    channels: u16,
    hop: u64,
    levels: Vec<Building<W>>,
}

struct Building<W> {
    /// The strongest of the column that is being filled.
    open: Vec<u8>,
    /// Columns of the level below in it.
    filled: u64,
    columns: u64,
    out: W,
}

/// A finished spectrum: the header, and the bytes of each level in the header's order.
pub struct Built<W> {
    /// What the file begins with.
    pub header: Header,
    /// Each level's bytes, from coarse to fine.
    pub levels: Vec<W>,
}

impl<W: Write> Builder<W> {
    /// A builder for sounds of `channels` (at least one, at most [`MAX_CHANNELS`]) with a column every `hop` frames; `place`
    /// makes a place for a level.
    ///
    /// # Errors
    /// When no place can be made.
    pub fn new(channels: u16, hop: usize, mut place: impl FnMut() -> io::Result<W>) -> io::Result<Self> {
        let channels = channels.clamp(1, MAX_CHANNELS);
        let bytes = usize::from(channels) * usize::from(BINS);
        let level = |out: W| Building { open: vec![0; bytes], filled: 0, columns: 0, out };
        let levels = (0..LEVELS).map(|_| Ok(level(place()?))).collect::<io::Result<Vec<_>>>()?;
        Ok(Self { channels, hop: hop.max(1) as u64, levels })
    }

    /// Columns taken so far.
    #[must_use]
    pub fn columns(&self) -> u64 {
        self.levels[0].columns
    }

    /// Takes a column: the numbers of all channels one after the other.
    ///
    /// # Errors
    /// When a level cannot be written.
    pub fn push(&mut self, column: &[u8]) -> io::Result<()> {
        for (open, level) in self.levels[0].open.iter_mut().zip(column) {
            *open = *level;
        }
        self.close(0)
    }

    /// Writes the open column of a level and hands it to the level above.
    fn close(&mut self, at: usize) -> io::Result<()> {
        let mut at = at;
        loop {
            let level = &mut self.levels[at];
            // A level that has become too large is not kept, so the rest of it is not written either.
            if (level.columns + 1) * level.open.len() as u64 <= MAX_BYTES {
                level.out.write_all(&level.open)?;
            }
            level.columns += 1;
            level.filled = 0;
            let empty = vec![0; level.open.len()];
            let closed = std::mem::replace(&mut level.open, empty);
            let Some(above) = self.levels.get_mut(at + 1) else { return Ok(()) };
            for (open, closed) in above.open.iter_mut().zip(closed) {
                *open = (*open).max(closed);
            }
            above.filled += 1;
            if above.filled < FACTOR {
                return Ok(());
            }
            at += 1;
        }
    }

    /// Closes what is open and says where everything goes.
    ///
    /// # Errors
    /// When a level cannot be written.
    pub fn finish(mut self, sample_rate: u32, frames: u64) -> io::Result<Built<W>> {
        for at in 1..self.levels.len() {
            if self.levels[at].filled > 0 {
                self.close(at)?;
            }
        }
        let column_bytes = u64::from(self.channels) * u64::from(BINS);
        let stretches = (0..).map(|at| self.hop * FACTOR.pow(at));
        let all = stretches.zip(self.levels).map(|(stretch, level)| (stretch, level.columns, level.out)).collect();
        let head = |levels: usize| FIXED_BYTES + LEVEL_BYTES * levels as u64;
        let (levels, outs) = lay_out(all, COARSE_COLUMNS, column_bytes, MAX_BYTES, head);
        let header = Header { channels: self.channels, bins: BINS, sample_rate, frames, levels };
        Ok(Built { header, levels: outs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The whole file of these columns.
    fn file(channels: u16, columns: &[u8]) -> Vec<u8> {
        let bytes = usize::from(channels) * usize::from(BINS);
        let mut builder = Builder::new(channels, 128, || Ok(Vec::new())).unwrap();
        for column in columns.chunks_exact(bytes) {
            builder.push(column).unwrap();
        }
        let frames = builder.columns() * 128;
        let built = builder.finish(8000, frames).unwrap();
        built.levels.into_iter().fold(built.header.to_bytes(), |mut file, level| {
            file.extend(level);
            file
        })
    }

    fn check(channels: u16, columns: &[u8]) {
        let bytes = usize::from(channels) * usize::from(BINS);
        let columns = &columns[..columns.len() / bytes * bytes];
        let file = file(channels, columns);
        let header = Header::parse(&file).unwrap();
        assert_eq!((header.channels, header.frames), (channels, (columns.len() / bytes * 128) as u64));
        let end = header.levels.last().map_or(header.bytes(), |l| l.offset + l.buckets * header.column_bytes());
        assert_eq!(end, file.len() as u64);
        for level in &header.levels {
            let range = header.bytes_of(level, 0..header.frames);
            let found = &file[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()];
            let together = usize::try_from(level.frames_per_bucket / 128).unwrap();
            let expected: Vec<u8> = columns
                .chunks(together * bytes)
                .flat_map(|stretch| {
                    (0..bytes).map(|bin| stretch.iter().skip(bin).step_by(bytes).copied().max().unwrap_or(0))
                })
                .collect();
            assert_eq!(found, expected, "{together} columns in one");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn every_stretch_is_as_strong_as_its_strongest(
            channels in 1_u16..3, columns in proptest::collection::vec(any::<u8>(), 0..6_000)
        ) {
            check(channels, &columns);
        }

        #[test]
        fn any_header_is_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut file = MAGIC.to_vec();
            file.extend([1, 0]);
            file.extend(bytes);
            if let Some(header) = Header::parse(&file) {
                prop_assert_eq!(Header::parse(&header.to_bytes()), Some(header));
            }
        }

        #[test]
        fn frequencies_and_heights_are_the_same_thing(hz in 0.0..22_050.0_f64) {
            prop_assert!((hz_of(share_of(hz, 22_050.0), 22_050.0) - hz).abs() < 1e-6);
        }
    }

    #[test]
    fn a_long_sound_opens_with_little() {
        let columns = vec![7; 256 * 3_000];
        let file = file(2, &columns);
        let header = Header::parse(&file).unwrap();
        let coarse = header.levels[0];
        assert!(coarse.buckets <= COARSE_COLUMNS);
        assert!(header.bytes() + LEVEL_BYTES * 8 + COARSE_COLUMNS * header.column_bytes() <= HEAD_BYTES);
        assert_eq!(header.level_for(1e9), Some(&coarse));
        assert_eq!(header.level_for(300.0).map(|level| level.frames_per_bucket), Some(512));
        assert_eq!(header.level_for(64.0).map(|level| level.frames_per_bucket), Some(128));
        assert_eq!(header.level_for(1.0).map(|level| level.frames_per_bucket), Some(128));
        let fine = *header.levels.last().unwrap();
        assert_eq!(header.bytes_of(&fine, 128..257), fine.offset + 256..fine.offset + 768);
        assert!(header.bytes_of(&fine, u64::MAX - 1..u64::MAX).is_empty());
        assert_eq!((Header::parse(b"SYNW"), Header::parse(&header.to_bytes()[..30])), (None, None));
    }

    /// The powers of a sound under a Hann window, the slow way.
    fn powers(sound: impl Fn(f64) -> f64, rate: u32) -> Vec<f32> {
        let window = window_of(rate);
        let turn = std::f64::consts::TAU / window as f64;
        let samples: Vec<f64> =
            (0..window).map(|at| sound(at as f64 / f64::from(rate)) * (0.5 - 0.5 * (turn * at as f64).cos())).collect();
        let power = |bin: usize| {
            let (mut re, mut im) = (0.0, 0.0);
            for (at, sample) in samples.iter().enumerate() {
                let angle = turn * (bin * at % window) as f64;
                re += sample * angle.cos();
                im -= sample * angle.sin();
            }
            // Small enough for what a decoder makes of it.
            #[allow(clippy::cast_possible_truncation)]
            let power = (re * re + im * im) as f32;
            power
        };
        (0..=window / 2).map(power).collect()
    }

    #[test]
    fn a_pure_tone_lights_its_bin() {
        for (rate, hz) in
            [(8_000_u32, 1_000.0), (16_000, 1_000.0), (16_000, 440.0), (8_000, 3_500.0), (44_100, 1_000.0)]
        {
            let highest = f64::from(rate) / 2.0;
            let mut column = [0; BINS as usize];
            Bands::new(rate).fill(&powers(|s| (std::f64::consts::TAU * hz * s).sin(), rate), &mut column);
            let loudest = (0..BINS).max_by_key(|bin| column[usize::from(*bin)]).unwrap();
            assert_eq!(loudest, bin_of(hz, highest), "{hz} Hz of {rate}");
            assert!(column[usize::from(loudest)] > 245, "as loud as can be");
            for bin in (0..BINS).filter(|bin| bin.abs_diff(loudest) > 8) {
                assert!(column[usize::from(bin)] < 130, "{hz} Hz of {rate} is not in bin {bin}");
            }
        }
    }

    #[test]
    fn silence_is_nothing_and_no_sound_is_louder_than_full() {
        let mut column = [9; BINS as usize];
        Bands::new(44_100).fill(&powers(|_| 0.0, 44_100), &mut column);
        assert_eq!(column, [0; BINS as usize]);
        for (power, level) in
            [(0.0, 0), (-1.0, 0), (f64::NAN, 0), (1e-12, 0), (1e-10, 0), (1e-5, 128), (1.0, 255), (9.0, 255)]
        {
            assert_eq!(level_of(power), level, "{power}");
        }
    }

    #[test]
    fn windows_fit_the_rate() {
        for (rate, window) in [(0, 256), (1, 256), (8_000, 512), (16_000, 1_024), (44_100, 2_048), (48_000, 2_048)] {
            assert_eq!((window_of(rate), hop_of(rate)), (window, window / 4));
        }
        assert_eq!(window_of(u32::MAX), 8_192);
        // No rate at all makes bands that go beyond what there is.
        Bands::new(0).fill(&[], &mut [0; 128]);
    }

    #[test]
    fn frequencies_are_written_where_there_is_room() {
        let words = |highest: f64, height: f64| {
            marks(highest, height, 16.0).into_iter().map(|(_, words)| words).collect::<Vec<_>>()
        };
        assert_eq!(words(22_050.0, 96.0), ["0 Hz", "1 kHz", "4 kHz", "8 kHz", "22.05 kHz"]);
        assert_eq!(
            words(22_050.0, 200.0),
            ["0 Hz", "500 Hz", "1 kHz", "2 kHz", "4 kHz", "8 kHz", "16 kHz", "22.05 kHz"]
        );
        assert_eq!(words(4_000.0, 96.0), ["0 Hz", "500 Hz", "1 kHz", "2 kHz", "4 kHz"]);
        assert_eq!(words(4_000.0, 20.0), ["0 Hz", "4 kHz"]);
        assert_eq!(words(0.0, 96.0), ["0 Hz"]);
    }
}
