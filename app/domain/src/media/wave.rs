//! The waveform of a sound: the lowest and the highest sample of every stretch, at several lengths of stretch.
//!
//! A file of this kind (`docs/media.md`, “Waveform”) begins with a small header that says where each level lies, followed by
//! the levels from coarse to fine. Whoever reads the first [`HEAD_BYTES`] has the header and a drawing of the whole sound,
//! however long it is; finer levels are read by range, and a stretch of time is one contiguous range.

use std::io::{self, Write};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Bytes, MAX_LEVELS};

/// How a file begins.
pub const MAGIC: [u8; 4] = *b"SYNW";
/// The version written here.
pub const VERSION: u16 = 1;
/// Frames (samples of all channels at one moment) in a bucket of the finest level.
pub const FINEST_FRAMES: u64 = 16;
/// How many buckets of one level make one of the next.
pub const FACTOR: u64 = 4;
/// The coarsest level has no more buckets than this, unless a sound is too long for the longest stretch.
pub const COARSE_BUCKETS: u64 = 2048;
/// The most channels that are kept.
pub const MAX_CHANNELS: u16 = 32;
/// Enough for the header and the coarsest level of a stereo sound.
pub const HEAD_BYTES: u64 = 32 << 10;
/// A waveform is never larger: the finest levels of very long sounds are left out.
pub const MAX_BYTES: u64 = 128 << 20;

const FIXED_BYTES: u64 = 24;
const LEVEL_BYTES: u64 = 24;
/// Stretches from 16 frames to 16 Mi frames (six minutes at 44.1 kHz).
const LEVELS: usize = 11;

/// What a waveform says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Channels.
    pub channels: u16,
    /// Frames per second.
    pub sample_rate: u32,
    /// Frames in all.
    pub frames: u64,
    /// From coarse to fine.
    pub levels: Vec<Level>,
}

/// One level of a waveform: for each bucket, for each channel, the lowest and the highest sample as 16-bit numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// Frames in one bucket; the last bucket may have fewer.
    pub frames_per_bucket: u64,
    /// Buckets.
    pub buckets: u64,
    /// Where the first bucket begins in the file.
    pub offset: u64,
}

impl Header {
    /// How long the sound is.
    #[must_use]
    pub fn duration_s(&self) -> f64 {
        if self.sample_rate == 0 { 0.0 } else { self.frames as f64 / f64::from(self.sample_rate) }
    }

    /// Bytes of one bucket.
    #[must_use]
    pub fn bucket_bytes(&self) -> u64 {
        u64::from(self.channels) * 4
    }

    /// Bytes of the header itself.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        FIXED_BYTES + LEVEL_BYTES * self.levels.len() as u64
    }

    /// The coarsest level that still has a bucket per pixel, or the finest there is.
    #[must_use]
    pub fn level_for(&self, frames_per_pixel: f64) -> Option<&Level> {
        self.levels.iter().find(|level| level.frames_per_bucket as f64 <= frames_per_pixel).or(self.levels.last())
    }

    /// Where the buckets lie that cover these frames; empty beyond the end.
    #[must_use]
    pub fn bytes_of(&self, level: &Level, frames: Range<u64>) -> Range<u64> {
        let first = (frames.start / level.frames_per_bucket).min(level.buckets);
        let end = frames.end.div_ceil(level.frames_per_bucket).clamp(first, level.buckets);
        level.offset + first * self.bucket_bytes()..level.offset + end * self.bucket_bytes()
    }

    /// As the file begins.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(MAGIC);
        out.extend(VERSION.to_le_bytes());
        out.extend(self.channels.to_le_bytes());
        out.extend(self.sample_rate.to_le_bytes());
        out.extend(u32::try_from(self.levels.len()).unwrap_or(0).to_le_bytes());
        out.extend(self.frames.to_le_bytes());
        for level in &self.levels {
            out.extend(level.frames_per_bucket.to_le_bytes());
            out.extend(level.buckets.to_le_bytes());
            out.extend(level.offset.to_le_bytes());
        }
        out
    }

    /// Reads the beginning of a file; `None` for anything that is no waveform, or too short to hold its own header.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut bytes = Bytes::new(bytes);
        if bytes.take(4)? != MAGIC || bytes.u16()? != VERSION {
            return None;
        }
        let (channels, sample_rate, count) = (bytes.u16()?, bytes.u32()?, bytes.u32()? as usize);
        if channels == 0 || channels > MAX_CHANNELS || count > MAX_LEVELS {
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
        Some(Self { channels, sample_rate, frames, levels })
    }
}

/// Takes samples in order and writes every level at once; memory does not grow with the sound.
pub struct Builder<W> {
    channels: u16,
    frames: u64,
    levels: Vec<Building<W>>,
}

struct Building<W> {
    /// Lowest and highest per channel of the bucket that is being filled.
    open: Vec<(i16, i16)>,
    /// Frames (finest level) or buckets of the level below in it.
    filled: u64,
    full_at: u64,
    buckets: u64,
    out: W,
}

/// A finished waveform: the header, and the bytes of each level in the header's order.
pub struct Built<W> {
    /// What the file begins with.
    pub header: Header,
    /// Each level's bytes, from coarse to fine.
    pub levels: Vec<W>,
}

const NOTHING: (i16, i16) = (i16::MAX, i16::MIN);

impl<W: Write> Builder<W> {
    /// A builder for sounds of `channels` (at least one, at most [`MAX_CHANNELS`]); `place` makes a place for a level.
    ///
    /// # Errors
    /// When no place can be made.
    pub fn new(channels: u16, mut place: impl FnMut() -> io::Result<W>) -> io::Result<Self> {
        let channels = channels.clamp(1, MAX_CHANNELS);
        let level = |at: usize, out: W| Building {
            open: vec![NOTHING; usize::from(channels)],
            filled: 0,
            full_at: if at == 0 { FINEST_FRAMES } else { FACTOR },
            buckets: 0,
            out,
        };
        let levels = (0..LEVELS).map(|at| Ok(level(at, place()?))).collect::<io::Result<Vec<_>>>()?;
        Ok(Self { channels, frames: 0, levels })
    }

    /// Frames taken so far.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Takes frames: samples of all channels side by side. What is no whole frame at the end is left out.
    ///
    /// # Errors
    /// When a level cannot be written.
    pub fn push(&mut self, interleaved: &[i16]) -> io::Result<()> {
        for frame in interleaved.chunks_exact(usize::from(self.channels)) {
            self.frames += 1;
            let finest = &mut self.levels[0];
            for (open, sample) in finest.open.iter_mut().zip(frame) {
                *open = (open.0.min(*sample), open.1.max(*sample));
            }
            finest.filled += 1;
            if finest.filled == finest.full_at {
                self.close(0)?;
            }
        }
        Ok(())
    }

    /// Writes the open bucket of a level and hands it to the level above.
    fn close(&mut self, at: usize) -> io::Result<()> {
        let mut at = at;
        loop {
            let level = &mut self.levels[at];
            for (low, high) in &level.open {
                level.out.write_all(&low.to_le_bytes())?;
                level.out.write_all(&high.to_le_bytes())?;
            }
            level.buckets += 1;
            level.filled = 0;
            let closed: Vec<_> = level.open.iter_mut().map(|open| std::mem::replace(open, NOTHING)).collect();
            let Some(above) = self.levels.get_mut(at + 1) else { return Ok(()) };
            for (open, closed) in above.open.iter_mut().zip(closed) {
                *open = (open.0.min(closed.0), open.1.max(closed.1));
            }
            above.filled += 1;
            if above.filled < above.full_at {
                return Ok(());
            }
            at += 1;
        }
    }

    /// Closes what is open and says where everything goes.
    ///
    /// # Errors
    /// When a level cannot be written.
    pub fn finish(mut self, sample_rate: u32) -> io::Result<Built<W>> {
        for at in 0..self.levels.len() {
            if self.levels[at].filled > 0 {
                self.close(at)?;
            }
        }
        let bucket_bytes = u64::from(self.channels) * 4;
        let stretches = (0..).map(|at| FINEST_FRAMES * FACTOR.pow(at));
        let all = stretches.zip(self.levels).map(|(stretch, level)| (stretch, level.buckets, level.out)).collect();
        let head = |levels: usize| FIXED_BYTES + LEVEL_BYTES * levels as u64;
        let (levels, outs) = lay_out(all, COARSE_BUCKETS, bucket_bytes, MAX_BYTES, head);
        let header = Header { channels: self.channels, sample_rate, frames: self.frames, levels };
        Ok(Built { header, levels: outs })
    }
}

/// Which levels of a pyramid are kept, from coarse to fine, and where each begins: none coarser than the first with at most
/// `coarse` buckets, none finer than `most` bytes in all allow. `all` goes from fine to coarse: frames in a bucket, buckets,
/// and where they have been written; `head` is the length of the header.
pub(super) fn lay_out<W>(
    mut all: Vec<(u64, u64, W)>,
    coarse: u64,
    bucket_bytes: u64,
    most: u64,
    head: impl Fn(usize) -> u64,
) -> (Vec<Level>, Vec<W>) {
    let coarsest = all.iter().position(|(_, buckets, _)| *buckets <= coarse);
    all.truncate(coarsest.map_or(all.len(), |at| at + 1));
    let mut kept = Vec::new();
    let mut size = 0;
    while let Some((frames_per_bucket, buckets, out)) = all.pop() {
        size += buckets * bucket_bytes;
        if size > most && !kept.is_empty() {
            break;
        }
        kept.push((frames_per_bucket, buckets, out));
    }
    let mut offset = head(kept.len());
    let mut levels = Vec::new();
    let mut outs = Vec::new();
    for (frames_per_bucket, buckets, out) in kept {
        levels.push(Level { frames_per_bucket, buckets, offset });
        offset += buckets * bucket_bytes;
        outs.push(out);
    }
    (levels, outs)
}

/// Lowest and highest sample per bucket and channel, as a range of a level's bytes holds them.
pub fn peaks(bytes: &[u8]) -> impl Iterator<Item = (i16, i16)> + '_ {
    bytes.chunks_exact(4).map(|four| (i16::from_le_bytes([four[0], four[1]]), i16::from_le_bytes([four[2], four[3]])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The whole file.
    fn file(channels: u16, samples: &[i16]) -> Vec<u8> {
        let mut builder = Builder::new(channels, || Ok(Vec::new())).unwrap();
        // In uneven pieces of whole frames, as a decoder hands them out.
        for piece in samples.chunks(usize::from(channels) * 1153) {
            builder.push(piece).unwrap();
        }
        let built = builder.finish(8000).unwrap();
        built.levels.into_iter().fold(built.header.to_bytes(), |mut file, level| {
            file.extend(level);
            file
        })
    }

    fn check(channels: u16, samples: &[i16]) {
        let file = file(channels, samples);
        let header = Header::parse(&file).unwrap();
        let frames = samples.len() / usize::from(channels);
        assert_eq!((header.channels, header.frames), (channels, frames as u64));
        let end = header.levels.last().map_or(header.bytes(), |l| l.offset + l.buckets * header.bucket_bytes());
        assert_eq!(end, file.len() as u64);
        for level in &header.levels {
            let per_bucket = usize::try_from(level.frames_per_bucket).unwrap();
            let range = header.bytes_of(level, 0..header.frames);
            let bytes = &file[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()];
            let found: Vec<_> = peaks(bytes).collect();
            let expected: Vec<_> = samples[..frames * usize::from(channels)]
                .chunks(per_bucket * usize::from(channels))
                .flat_map(|bucket| {
                    (0..usize::from(channels)).map(|channel| {
                        let of = bucket.iter().skip(channel).step_by(usize::from(channels));
                        (*of.clone().min().unwrap(), *of.max().unwrap())
                    })
                })
                .collect();
            assert_eq!(found, expected, "{per_bucket} frames per bucket");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(80))]
        #[test]
        fn every_bucket_is_the_lowest_and_the_highest(
            channels in 1_u16..4, samples in proptest::collection::vec(any::<i16>(), 0..20_000)
        ) {
            check(channels, &samples);
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
    }

    #[test]
    fn a_long_sound_opens_with_little() {
        // 20 minutes at 8 kHz.
        let samples: Vec<i16> = (0..9_600_000_i32).map(|at| i16::try_from(at % 30_000).unwrap()).collect();
        let file = file(1, &samples);
        let header = Header::parse(&file).unwrap();
        let coarse = header.levels[0];
        assert!(coarse.buckets <= COARSE_BUCKETS);
        assert!(coarse.offset + coarse.buckets * header.bucket_bytes() <= HEAD_BYTES);
        assert!((header.duration_s() - 1200.0).abs() < 1e-9);
        assert_eq!(header.level_for(1e9), Some(&coarse));
        assert_eq!(header.level_for(70.0).map(|level| level.frames_per_bucket), Some(64));
        assert_eq!(header.level_for(1.0).map(|level| level.frames_per_bucket), Some(16));
        let fine = *header.levels.last().unwrap();
        assert_eq!(header.bytes_of(&fine, 16..33), fine.offset + 4..fine.offset + 12);
        assert!(header.bytes_of(&fine, u64::MAX - 1..u64::MAX).is_empty());
    }

    #[test]
    fn silence_and_nothing() {
        check(2, &[0; 40]);
        let nothing = Header::parse(&file(1, &[])).unwrap();
        assert_eq!((nothing.frames, nothing.levels.len()), (0, 1));
        assert_eq!(Header::parse(b"RIFF"), None);
    }
}
