//! RTTM: one line for each time somebody speaks.

use std::io;

use super::Sounds;
use crate::{
    format::{ExportTask, Exporter, Manifest, Sink, image::tidy},
    label_config::LabelConfig,
};

/// Writes RTTM.
pub(in crate::format) struct Rttm {
    manifest: Manifest,
    sounds: Sounds,
}

impl Rttm {
    pub(in crate::format) fn begin(
        manifest: Manifest,
        config: &LabelConfig,
        all: bool,
        sink: &mut dyn Sink,
    ) -> io::Result<Self> {
        sink.begin("result.rttm")?;
        Ok(Self { manifest, sounds: Sounds::new(config, all) })
    }
}

impl Exporter for Rttm {
    fn task(&mut self, task: &ExportTask, sink: &mut dyn Sink) -> io::Result<()> {
        let Some(sound) = self.sounds.sound(task, &mut self.manifest) else { return Ok(()) };
        let Some(answer) = task.answer(&mut self.manifest, "sound") else { return Ok(()) };
        let heard = self.sounds.hear(task.id, answer, &mut self.manifest);
        heard.leave_whole(task.id, &mut self.manifest);
        for piece in &heard.pieces {
            if piece.labels.is_empty() {
                let message = "Regions without a label have no speaker and were left out.";
                self.manifest.lose(task.id, 1, "no_label", message);
                continue;
            }
            let message = "Transcripts are not part of RTTM.";
            self.manifest.lose(task.id, u64::from(!piece.transcript.is_empty()), "transcript", message);
            let (start, duration) = (tidy(piece.start, 1e6), tidy(piece.end - piece.start, 1e6));
            let channel = piece.channel.unwrap_or(0) + 1;
            for label in &piece.labels {
                let speaker = label.split_whitespace().collect::<Vec<_>>().join("_");
                let message = "Names have no spaces in RTTM: each became an underscore.";
                self.manifest.lose(task.id, u64::from(speaker != *label), "name_spacing", message);
                let stem = &sound.stem;
                let line = format!("SPEAKER {stem} {channel} {start} {duration} <NA> <NA> {speaker} <NA> <NA>\n");
                sink.write(line.as_bytes())?;
            }
            self.manifest.results += 1;
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _sink: &mut dyn Sink) -> io::Result<Manifest> {
        Ok(self.manifest.sorted())
    }
}
