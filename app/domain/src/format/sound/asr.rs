//! The manifest that speech recognition trains from: a line of JSON per transcript.

use std::io;

use serde_json::{Map, Value};

use super::Sounds;
use crate::{
    format::{ExportTask, Exporter, Manifest, Sink, image::tidy, write_json},
    label_config::LabelConfig,
};

/// Writes the manifest.
pub(in crate::format) struct Asr {
    manifest: Manifest,
    sounds: Sounds,
}

impl Asr {
    pub(in crate::format) fn begin(
        manifest: Manifest,
        config: &LabelConfig,
        all: bool,
        sink: &mut dyn Sink,
    ) -> io::Result<Self> {
        sink.begin("result.jsonl")?;
        Ok(Self { manifest, sounds: Sounds::new(config, all) })
    }
}

impl Exporter for Asr {
    fn task(&mut self, task: &ExportTask, sink: &mut dyn Sink) -> io::Result<()> {
        let Some(sound) = self.sounds.sound(task, &mut self.manifest) else { return Ok(()) };
        let skipped = (task.annotations.len() - task.answers().count()) as u64;
        self.manifest.lose(task.id, skipped, "skipped", "Skipped annotations are not part of this format.");
        for answer in task.answers() {
            self.manifest.annotations += 1;
            let heard = self.sounds.hear(task.id, answer, &mut self.manifest);
            let mut line = |text: &str, place: Option<(f64, f64)>, labels: &[String]| {
                let mut row = Map::new();
                row.insert("audio_filepath".to_owned(), sound.address.as_str().into());
                if let Some((start, end)) = place {
                    row.insert("offset".to_owned(), tidy(start, 1e6).into());
                    row.insert("duration".to_owned(), tidy(end - start, 1e6).into());
                } else {
                    row.insert("duration".to_owned(), heard.length.into());
                }
                row.insert("text".to_owned(), text.into());
                if !labels.is_empty() {
                    row.insert("labels".to_owned(), labels.into());
                }
                let annotator = answer.annotator();
                row.insert("annotator".to_owned(), annotator.into());
                write_json(sink, &Value::Object(row))?;
                sink.write(b"\n")
            };
            for text in &heard.transcripts {
                line(text, None, &[])?;
                self.manifest.results += 1;
            }
            for piece in &heard.pieces {
                if piece.transcript.is_empty() {
                    let message = "Pieces without a transcript were left out.";
                    self.manifest.lose(task.id, 1, "no_transcript", message);
                    continue;
                }
                line(&piece.transcript, Some((piece.start, piece.end)), &piece.labels)?;
                self.manifest.results += 1;
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _sink: &mut dyn Sink) -> io::Result<Manifest> {
        Ok(self.manifest.sorted())
    }
}
