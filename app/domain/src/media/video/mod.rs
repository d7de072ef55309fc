//! What a video file says about its pictures: size, how many, when each is shown. So that a browser, which seeks by time,
//! can step picture by picture, also where they do not follow each other evenly.
//!
//! Only headers and tables are read, never a picture: of an MP4 the `moov` box and the heads of fragments, of a `WebM` or
//! Matroska file the heads of its blocks.

mod mp4;
mod webm;

use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};

use crate::{
    Error,
    media::{bad, empty, too_large},
};

/// The most pictures of one video: 46 hours at 60 per second.
pub const MAX_FRAMES: usize = 10_000_000;
/// The largest table that is read into memory.
const MAX_TABLE_BYTES: u64 = 256 << 20;
/// How far a step may be from the usual one and still be the same: containers keep times in whole ticks.
const EVEN_TICKS: i64 = 1;

/// What is known of a video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Video {
    /// `mp4` or `webm`.
    pub container: String,
    /// As the file calls it: `avc1`, `V_VP9`.
    pub codec: String,
    /// Pixels across, as shown.
    pub width: u32,
    /// Pixels down, as shown.
    pub height: u32,
    /// Degrees clockwise by which players turn the picture; width and height are those after it.
    pub rotation: u16,
    /// From the first picture to the end of the last, in seconds.
    pub duration_s: f64,
    /// Pictures.
    pub frame_count: u64,
    /// Pictures per second: exact for an even video, the mean of an uneven one.
    pub frame_rate: f64,
    /// Whether pictures are shown for different lengths of time: then only [`Timeline::times_s`] tells which is when.
    pub is_variable: bool,
    /// Whether there is sound.
    pub has_audio: bool,
}

/// A video and when each of its pictures is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// What is known of it.
    pub video: Video,
    /// When each picture is shown, in seconds, rising.
    pub times_s: Vec<f64>,
}

/// Why a video cannot be probed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It is not a video that we understand.
    #[error(transparent)]
    Bad(#[from] Error),
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Failure {
    /// A file that ends too early is the file's fault.
    fn or_truncated(self) -> Self {
        match self {
            Self::Io(error) if error.kind() == ErrorKind::UnexpectedEof => truncated().into(),
            other => other,
        }
    }
}

/// What the readers of containers find.
struct Found {
    container: &'static str,
    codec: String,
    width: u32,
    height: u32,
    rotation: u16,
    has_audio: bool,
    /// Ticks per second.
    timescale: f64,
    /// When pictures are shown, in ticks, in any order.
    ticks: Vec<i64>,
    /// How long the last one is shown, where the file says so.
    last_ticks: Option<i64>,
    /// Pictures per second, where the file says so.
    stated_rate: Option<f64>,
}

/// Reads what there is to know of a video.
///
/// # Errors
/// [`Failure::Bad`] with a sentence: empty, not a video, broken off, without pictures, too long.
pub fn probe<R: Read + Seek>(mut reader: R) -> Result<Timeline, Failure> {
    let size = reader.seek(SeekFrom::End(0))?;
    reader.seek(SeekFrom::Start(0))?;
    if size == 0 {
        return Err(empty().into());
    }
    let mut input = Input { reader: BufReader::with_capacity(32 << 10, reader), at: 0, size };
    let mut head = [0; 12];
    let length = input.reader.by_ref().take(12).read(&mut head)?;
    input.seek_to(0)?;
    let is_mp4 = matches!(&head[4..8], b"ftyp" | b"moov" | b"mdat" | b"free" | b"wide" | b"skip") && length == 12;
    let found = if is_mp4 {
        mp4::read(&mut input)
    } else if head.starts_with(b"\x1a\x45\xdf\xa3") {
        webm::read(&mut input)
    } else {
        let message = "This file is neither an MP4 nor a WebM video.";
        return Err(bad("not_video", message).into());
    };
    timeline(found.map_err(Failure::or_truncated)?)
}

fn timeline(found: Found) -> Result<Timeline, Failure> {
    let Found { mut ticks, timescale, .. } = found;
    ticks.sort_unstable();
    let (Some(first), Some(last)) = (ticks.first().copied(), ticks.last().copied()) else {
        return Err(bad("video_without_pictures", "There is no picture in this video.").into());
    };
    if timescale.is_nan() || timescale <= 0.0 {
        return Err(damaged().into());
    }
    let count = ticks.len();
    let steps = || ticks.windows(2).map(|pair| pair[1] - pair[0]);
    let (shortest, longest) = (steps().min().unwrap_or(0), steps().max().unwrap_or(0));
    let mean = if count > 1 { (last - first) as f64 / (count - 1) as f64 } else { 0.0 };
    // Rounding to ticks makes neighbours differ by one; a picture that came late or is missing makes far more.
    let drift = || {
        ticks.iter().enumerate().map(|(at, tick)| ((tick - first) as f64 - at as f64 * mean).abs()).fold(0.0, f64::max)
    };
    let is_variable = longest - shortest > EVEN_TICKS * 2 || drift() > (EVEN_TICKS * 2) as f64;
    let usual = if mean > 0.0 { mean } else { found.last_ticks.unwrap_or(0) as f64 };
    let last_step = found.last_ticks.map_or(usual, |ticks| ticks as f64).max(0.0);
    let measured = if usual > 0.0 { timescale / usual } else { 0.0 };
    let frame_rate = match found.stated_rate {
        // A stated rate is exact where measured times are rounded to milliseconds.
        Some(stated) if !is_variable && (measured <= 0.0 || (stated / measured - 1.0).abs() < 0.01) => stated,
        _ => measured,
    };
    let times_s: Vec<f64> = ticks.iter().map(|tick| *tick as f64 / timescale).collect();
    let video = Video {
        container: found.container.to_owned(),
        codec: found.codec,
        width: found.width,
        height: found.height,
        rotation: found.rotation,
        duration_s: ((last - first) as f64 + last_step) / timescale,
        frame_count: count as u64,
        frame_rate,
        is_variable,
        has_audio: found.has_audio,
    };
    Ok(Timeline { video, times_s })
}

fn truncated() -> Error {
    bad("video_truncated", "This video breaks off before its end. Please export or send it again.")
}

fn damaged() -> Error {
    bad("video_damaged", "This video is damaged: its table of pictures cannot be read.")
}

fn too_many() -> Error {
    too_large("video_too_long", format!("This video has more than {} million pictures.", MAX_FRAMES / 1_000_000))
}

/// A file that is read forward, with leaps.
struct Input<R> {
    reader: BufReader<R>,
    at: u64,
    size: u64,
}

impl<R: Read + Seek> Input<R> {
    fn exact<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes)?;
        self.at += N as u64;
        Ok(bytes)
    }

    fn u32(&mut self) -> io::Result<u32> {
        self.exact().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> io::Result<u64> {
        self.exact().map(u64::from_be_bytes)
    }

    /// The whole of a table, refused when it is larger than the file or than we take.
    fn table(&mut self, length: u64) -> Result<Vec<u8>, Failure> {
        if length > self.size.saturating_sub(self.at) {
            return Err(truncated().into());
        }
        if length > MAX_TABLE_BYTES {
            return Err(too_many().into());
        }
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        self.reader.read_exact(&mut bytes)?;
        self.at += length;
        Ok(bytes)
    }

    fn is_at_end(&self) -> bool {
        self.at >= self.size
    }

    fn seek_to(&mut self, at: u64) -> io::Result<()> {
        match i64::try_from(at).ok().zip(i64::try_from(self.at).ok()) {
            // Within the buffer nothing is read again.
            Some((to, from)) if at != 0 => self.reader.seek_relative(to - from)?,
            _ => {
                self.reader.seek(SeekFrom::Start(at))?;
            }
        }
        self.at = at;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    const BALLS: &[u8] = include_bytes!("../../../../../public/demo/balls.mp4");

    pub(super) fn code(outcome: Result<Timeline, Failure>) -> String {
        match outcome {
            Err(Failure::Bad(error)) => error.code.into_owned(),
            other => panic!("expected a refusal, got {other:?}"),
        }
    }

    #[test]
    fn a_real_video_is_known_picture_by_picture() {
        let Timeline { video, times_s } = probe(Cursor::new(BALLS)).unwrap();
        assert_eq!((video.container.as_str(), video.rotation), ("mp4", 0));
        assert_eq!(video.frame_count, times_s.len() as u64);
        assert!(!video.is_variable);
        assert!((video.duration_s - 6.0).abs() < 0.1, "{video:?}");
        assert!((video.frame_rate * video.duration_s - video.frame_count as f64).abs() < 1e-6, "{video:?}");
        assert!(video.width > 0 && video.height > 0);
        assert!(times_s[0].abs() < 1e-9);
    }

    #[test]
    fn what_is_no_video_is_named() {
        for (bytes, expected) in [
            (&b""[..], "media_empty"),
            (b"RIFF....WAVEfmt ", "not_video"),
            (b"a", "not_video"),
            (&BALLS[..40], "video_truncated"),
        ] {
            assert_eq!(code(probe(Cursor::new(bytes))), expected);
        }
    }

    proptest! {
        #[test]
        fn ruins_end_in_words(cut in 0..BALLS.len(), at in 0..4000_usize, byte in any::<u8>()) {
            let _ = probe(Cursor::new(&BALLS[..cut]));
            let mut bytes = BALLS.to_vec();
            let at = at.min(bytes.len() - 1);
            bytes[at] = byte;
            let _ = probe(Cursor::new(&bytes));
            let end = bytes.len() - 1 - at;
            bytes[end] = byte;
            let _ = probe(Cursor::new(&bytes));
        }
    }
}
