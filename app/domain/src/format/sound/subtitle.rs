//! Subtitles: SRT and `WebVTT`, one file per sound.

use std::{fmt::Write as _, io};

use super::{Heard, Piece, Sounds, clock};
use crate::{
    format::{ExportTask, Exporter, Manifest, Sink, write_json},
    label_config::LabelConfig,
};

/// Which subtitles.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::format) enum Kind {
    Srt,
    Vtt,
}

/// Writes subtitles.
pub(in crate::format) struct Subtitles {
    manifest: Manifest,
    sounds: Sounds,
    kind: Kind,
}

impl Subtitles {
    pub(in crate::format) fn begin(manifest: Manifest, config: &LabelConfig, all: bool, kind: Kind) -> Self {
        Self { manifest, sounds: Sounds::new(config, all), kind }
    }

    fn cues(&mut self, task: i64, heard: &Heard) -> String {
        let mut text = if self.kind == Kind::Vtt { "WEBVTT\n\n".to_owned() } else { String::new() };
        for (at, piece) in heard.pieces.iter().enumerate() {
            if piece.labels.is_empty() && piece.transcript.trim().is_empty() {
                let message = "Regions without a label and without a transcript were left out.";
                self.manifest.lose(task, 1, "no_label", message);
                continue;
            }
            let exact = |seconds: f64| (seconds * 1000.0 - (seconds * 1000.0).round()).abs() < 1e-6;
            let message = "Times were rounded to milliseconds.";
            self.manifest.lose(task, u64::from(!exact(piece.start) || !exact(piece.end)), "rounded", message);
            let comma = if self.kind == Kind::Srt { ',' } else { '.' };
            let (start, end) = (clock(piece.start, comma), clock(piece.end, comma));
            let words = self.words(task, piece);
            let _infallible = write!(text, "{}\n{start} --> {end}\n{words}\n\n", at + 1);
            self.manifest.results += 1;
        }
        text
    }

    fn words(&mut self, task: i64, piece: &Piece) -> String {
        let labels = piece.labels.join(", ");
        let words = one_block(&piece.transcript);
        match self.kind {
            Kind::Srt if words.is_empty() => one_block(&labels),
            Kind::Srt => {
                let message = "Labels of pieces that have a transcript have no place in SRT.";
                self.manifest.lose(task, u64::from(!labels.is_empty()), "labels_beside_text", message);
                words
            }
            Kind::Vtt if labels.is_empty() => escape(&words),
            Kind::Vtt => {
                let voice = escape(&labels.split_whitespace().collect::<Vec<_>>().join(" "));
                let words = if words.is_empty() { voice.clone() } else { escape(&words) };
                format!("<v {voice}>{words}")
            }
        }
    }
}

/// An empty line would end a subtitle.
fn one_block(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Marks that `WebVTT` reads as its own.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

impl Exporter for Subtitles {
    fn task(&mut self, task: &ExportTask, sink: &mut dyn Sink) -> io::Result<()> {
        let Some(sound) = self.sounds.sound(task, &mut self.manifest) else { return Ok(()) };
        let Some(answer) = task.answer(&mut self.manifest, "sound") else { return Ok(()) };
        let heard = self.sounds.hear(task.id, answer, &mut self.manifest);
        heard.leave_whole(task.id, &mut self.manifest);
        heard.leave_channels(task.id, &mut self.manifest);
        let text = self.cues(task.id, &heard);
        let ending = if self.kind == Kind::Srt { "srt" } else { "vtt" };
        sink.begin(&format!("{}.{ending}", sound.stem))?;
        sink.write(text.as_bytes())
    }

    fn finish(self: Box<Self>, sink: &mut dyn Sink) -> io::Result<Manifest> {
        let manifest = self.manifest.sorted();
        sink.begin("manifest.json")?;
        write_json(sink, &manifest)?;
        Ok(manifest)
    }
}
