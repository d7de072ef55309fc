//! Sounds, decoded as a stream and never kept: WAV, AIFF, MP3, OGG/Vorbis, FLAC, AAC/M4A, and the sound of MP4 and Matroska.
//!
//! Memory is a packet and what is open of the waveform or the spectrum, whatever the length.

use std::{
    fs::File,
    io::{self, BufWriter},
    sync::Arc,
};

use domain::media::wave::{Builder, MAX_CHANNELS};
use symphonia::core::{
    codecs::audio::AudioDecoderOptions,
    errors::Error as Broken,
    formats::{FormatOptions, TrackType, probe::Hint},
    io::{MediaSource, MediaSourceStream},
    meta::MetadataOptions,
};

use super::{
    derive::{Watched, Work, join, place, problem_in},
    source::{Opened, refuse},
};
use crate::Result;

/// The largest file with sound, which may be a video.
pub(super) const MAX_BYTES: u64 = 16 << 30;
/// The longest sound, in seconds.
const MAX_SECONDS: u64 = 48 * 60 * 60;

impl MediaSource for Watched {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.size())
    }
}

/// What is made of the samples as they are decoded.
pub(super) trait Listener: Sized {
    /// For sounds of so many channels and frames per second.
    fn new(channels: u16, rate: u32) -> io::Result<Self>;
    /// Takes frames: samples of all channels side by side.
    fn push(&mut self, interleaved: &[i16]) -> io::Result<()>;
    /// Frames taken so far.
    fn frames(&self) -> u64;
}

impl Listener for Builder<BufWriter<File>> {
    fn new(channels: u16, _rate: u32) -> io::Result<Self> {
        Self::new(channels, place)
    }

    fn push(&mut self, interleaved: &[i16]) -> io::Result<()> {
        self.push(interleaved)
    }

    fn frames(&self) -> u64 {
        self.frames()
    }
}

/// The waveform of a sound.
pub(super) fn wave(opened: Opened, work: &Arc<Work>) -> Result<File> {
    let (builder, rate) = listen::<Builder<BufWriter<File>>>(opened, work)?;
    let built = builder.finish(rate).map_err(anyhow::Error::new)?;
    Ok(join(&built.header.to_bytes(), built.levels).map_err(anyhow::Error::new)?)
}

/// Decodes a sound from its beginning to its end; returns who has listened, and the frames per second.
pub(super) fn listen<L: Listener>(opened: Opened, work: &Arc<Work>) -> Result<(L, u32)> {
    let mut hint = Hint::new();
    hint.with_extension(&opened.extension);
    let stream = MediaSourceStream::new(Box::new(work.watch(opened)), <_>::default());
    let probed =
        symphonia::default::get_probe().probe(&hint, stream, FormatOptions::default(), MetadataOptions::default());
    let mut format = probed.map_err(|error| failed(error, not_audio))?;
    let track = format
        .default_track(TrackType::Audio)
        .ok_or_else(|| refuse("audio_without_sound", "There is no sound in this file."))?;
    let (track_id, length) = (track.id, track.num_frames);
    let unknown = || refuse("audio_codec", "The sound in this file is encoded in a way that cannot be read here.");
    let params = track.codec_params.as_ref().and_then(|params| params.audio()).ok_or_else(unknown)?;
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(params, &AudioDecoderOptions::default())
        .map_err(|error| failed(error, unknown))?;

    let mut listener: Option<(u16, L)> = None;
    let mut rate = 0;
    let mut samples: Vec<i16> = Vec::new();
    loop {
        let packet = match format.next_packet() {
            Ok(Some(packet)) => packet,
            // A recording that breaks off is shown as far as it goes.
            Ok(None) | Err(Broken::ResetRequired | Broken::DecodeError(_)) => break,
            Err(Broken::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(failed(error, not_audio)),
        };
        if packet.track_id != track_id {
            continue;
        }
        let decoded = match decoder.decode(&packet) {
            Ok(decoded) => decoded,
            // One bad packet is a gap of some milliseconds.
            Err(Broken::DecodeError(_)) => continue,
            Err(Broken::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => continue,
            Err(error) => return Err(failed(error, not_audio)),
        };
        let channels = u16::try_from(decoded.spec().channels().count()).unwrap_or(u16::MAX);
        let listener = match &mut listener {
            Some((known, listener)) if *known == channels => listener,
            Some(_) => {
                let message = "This sound changes its number of channels midway, which cannot be shown.";
                return Err(refuse("audio_channels", message).into());
            }
            None if channels == 0 || channels > MAX_CHANNELS => {
                let message = format!("This sound has {channels} channels; from 1 to {MAX_CHANNELS} can be shown.");
                return Err(refuse("audio_channels", message).into());
            }
            None => {
                rate = decoded.spec().rate();
                let new = L::new(channels, rate).map_err(anyhow::Error::new)?;
                &mut listener.insert((channels, new)).1
            }
        };
        decoded.copy_to_vec_interleaved(&mut samples);
        listener.push(&samples).map_err(anyhow::Error::new)?;
        let seconds = listener.frames() / u64::from(rate.max(1));
        if seconds > MAX_SECONDS {
            let message = format!("This sound is longer than {} hours, the most that is shown.", MAX_SECONDS / 3600);
            return Err(domain::Error::new(domain::Kind::TooLarge, "audio_too_long", message).on("src").into());
        }
        if let Some(length) = length {
            work.at(listener.frames(), length)?;
        }
    }
    let (_, listener) = listener.ok_or_else(not_audio)?;
    if listener.frames() == 0 || rate == 0 {
        return Err(not_audio().into());
    }
    Ok((listener, rate))
}

fn not_audio() -> domain::Error {
    refuse("not_audio", "This file is not a sound that can be read: WAV, MP3, OGG, FLAC, M4A.")
}

/// What the decoder says, in words for people; its own words go to the log.
fn failed(error: Broken, otherwise: fn() -> domain::Error) -> crate::Error {
    match error {
        Broken::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => problem_in(error),
        error => {
            tracing::debug!(%error, "a sound could not be decoded");
            otherwise().into()
        }
    }
}
