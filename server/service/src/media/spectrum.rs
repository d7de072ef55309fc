//! The spectrum of a sound, found as the sound is decoded: a Fourier transform every few milliseconds.
//!
//! Memory is a window of samples per channel and the open columns of the spectrum, whatever the length.

use std::{
    fs::File,
    io::{self, BufWriter},
    sync::Arc,
};

use domain::media::spectrum::{BINS, Bands, Builder, hop_of, window_of};
use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex};

use super::{
    audio::{Listener, listen},
    derive::{Work, join, place},
    source::Opened,
};
use crate::Result;

/// The spectrum of a sound.
pub(super) fn spectrum(opened: Opened, work: &Arc<Work>) -> Result<File> {
    let (analysis, rate) = listen::<Analysis>(opened, work)?;
    let built = analysis.finish(rate).map_err(anyhow::Error::new)?;
    Ok(join(&built.header.to_bytes(), built.levels).map_err(anyhow::Error::new)?)
}

struct Analysis {
    channels: u16,
    frames: u64,
    hop: usize,
    /// Samples still to be looked at, channel by channel, a window of them at most.
    waiting: Vec<Vec<f32>>,
    /// How much of each sample of a window counts (Hann).
    weights: Vec<f32>,
    transform: Arc<dyn RealToComplex<f32>>,
    weighted: Vec<f32>,
    found: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    powers: Vec<f32>,
    bands: Bands,
    column: Vec<u8>,
    builder: Builder<BufWriter<File>>,
}

impl Listener for Analysis {
    fn new(channels: u16, rate: u32) -> io::Result<Self> {
        let (window, hop) = (window_of(rate), hop_of(rate));
        let transform = RealFftPlanner::new().plan_fft_forward(window);
        let turn = std::f64::consts::TAU / window as f64;
        // Between 0 and 1.
        #[allow(clippy::cast_possible_truncation)]
        let weights = (0..window).map(|at| (0.5 - 0.5 * (turn * at as f64).cos()) as f32).collect();
        // The middle of a window is the middle of its column, so the first begins before the sound.
        let before = vec![0.0; (window - hop) / 2];
        Ok(Self {
            channels,
            frames: 0,
            hop,
            waiting: vec![before; usize::from(channels)],
            weights,
            weighted: transform.make_input_vec(),
            found: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            powers: Vec::with_capacity(window / 2 + 1),
            transform,
            bands: Bands::new(rate),
            column: vec![0; usize::from(channels) * usize::from(BINS)],
            builder: Builder::new(channels, hop, place)?,
        })
    }

    fn push(&mut self, interleaved: &[i16]) -> io::Result<()> {
        for frame in interleaved.chunks_exact(usize::from(self.channels)) {
            self.frames += 1;
            self.take(frame)?;
        }
        Ok(())
    }

    fn frames(&self) -> u64 {
        self.frames
    }
}

impl Analysis {
    fn take(&mut self, frame: &[i16]) -> io::Result<()> {
        for (waiting, sample) in self.waiting.iter_mut().zip(frame) {
            waiting.push(f32::from(*sample) / 32_768.0);
        }
        if self.waiting[0].len() == self.weights.len() { self.look() } else { Ok(()) }
    }

    /// Makes a column of what is waiting and goes on by a hop.
    fn look(&mut self) -> io::Result<()> {
        for (waiting, out) in self.waiting.iter_mut().zip(self.column.chunks_exact_mut(usize::from(BINS))) {
            for ((weighted, sample), weight) in self.weighted.iter_mut().zip(&*waiting).zip(&self.weights) {
                *weighted = sample * weight;
            }
            self.transform
                .process_with_scratch(&mut self.weighted, &mut self.found, &mut self.scratch)
                .map_err(io::Error::other)?;
            self.powers.clear();
            self.powers.extend(self.found.iter().map(Complex::norm_sqr));
            self.bands.fill(&self.powers, out);
            waiting.drain(..self.hop);
        }
        self.builder.push(&self.column)
    }

    /// What is left at the end is looked at with silence behind it.
    fn finish(mut self, rate: u32) -> io::Result<domain::media::spectrum::Built<BufWriter<File>>> {
        let silence = vec![0; usize::from(self.channels)];
        while self.builder.columns() * (self.hop as u64) < self.frames {
            self.take(&silence)?;
        }
        self.builder.finish(rate, self.frames)
    }
}
