//! Praat's `TextGrid`: a tier for each label, tiled from the beginning of the sound to its end.

use std::{collections::BTreeMap, fmt::Write as _, io};

use super::{Heard, Sounds};
use crate::{
    format::{ExportTask, Exporter, Manifest, Sink, image::tidy, write_json},
    label_config::LabelConfig,
};

/// The tier of pieces without a label.
const UNNAMED: &str = "text";

/// Writes one file per sound.
pub(in crate::format) struct TextGrid {
    manifest: Manifest,
    sounds: Sounds,
}

/// A piece on a tier.
struct Interval<'h> {
    start: f64,
    end: f64,
    text: &'h str,
}

impl TextGrid {
    pub(in crate::format) fn begin(manifest: Manifest, config: &LabelConfig, all: bool) -> Self {
        Self { manifest, sounds: Sounds::new(config, all) }
    }
}

/// Pieces that overlap one of the same tier go to a further one.
fn tiers(heard: &Heard) -> BTreeMap<(&str, usize), Vec<Interval<'_>>> {
    let mut tiers: BTreeMap<(&str, usize), Vec<Interval<'_>>> = BTreeMap::new();
    for piece in &heard.pieces {
        let mut names: Vec<&str> = piece.labels.iter().map(String::as_str).collect();
        if names.is_empty() {
            names.push(UNNAMED);
        }
        for name in names {
            let text = if piece.transcript.is_empty() { name } else { piece.transcript.as_str() };
            let free = (0..).find(|number| {
                let last = tiers.get(&(name, *number)).and_then(|tier| tier.last());
                last.is_none_or(|last| last.end <= piece.start)
            });
            let interval = Interval { start: piece.start, end: piece.end, text };
            tiers.entry((name, free.unwrap_or(0))).or_default().push(interval);
        }
    }
    tiers
}

fn written(heard: &Heard) -> String {
    let tiers = tiers(heard);
    let end = heard.pieces.iter().map(|piece| piece.end).fold(heard.length.unwrap_or(0.0), f64::max);
    let mut text = String::from("File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n");
    let _infallible = write!(
        text,
        "xmin = 0 \nxmax = {end} \ntiers? <exists> \nsize = {} \nitem []: \n",
        tiers.len(),
        end = tidy(end, 1e9)
    );
    for (at, ((name, number), tier)) in tiers.iter().enumerate() {
        let name = if *number == 0 { (*name).to_owned() } else { format!("{name} ({})", number + 1) };
        let mut tiled: Vec<(f64, f64, &str)> = Vec::new();
        let mut reached = 0.0;
        for interval in tier {
            if interval.start > reached {
                tiled.push((reached, interval.start, ""));
            }
            tiled.push((interval.start, interval.end, interval.text));
            reached = interval.end;
        }
        if reached < end {
            tiled.push((reached, end, ""));
        }
        let _infallible = write!(
            text,
            "    item [{}]:\n        class = \"IntervalTier\" \n        name = {} \n        xmin = 0 \n        xmax = {} \n        intervals: size = {} \n",
            at + 1,
            quoted(&name),
            tidy(end, 1e9),
            tiled.len()
        );
        for (at, (start, end, words)) in tiled.iter().enumerate() {
            let _infallible = write!(
                text,
                "        intervals [{}]:\n            xmin = {} \n            xmax = {} \n            text = {} \n",
                at + 1,
                tidy(*start, 1e9),
                tidy(*end, 1e9),
                quoted(words)
            );
        }
    }
    text
}

/// Quotation marks within are written twice.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

impl Exporter for TextGrid {
    fn task(&mut self, task: &ExportTask, sink: &mut dyn Sink) -> io::Result<()> {
        let Some(sound) = self.sounds.sound(task, &mut self.manifest) else { return Ok(()) };
        let Some(answer) = task.answer(&mut self.manifest, "sound") else { return Ok(()) };
        let heard = self.sounds.hear(task.id, answer, &mut self.manifest);
        heard.leave_whole(task.id, &mut self.manifest);
        heard.leave_channels(task.id, &mut self.manifest);
        self.manifest.results += heard.pieces.len() as u64;
        sink.begin(&format!("{}.TextGrid", sound.stem))?;
        sink.write(written(&heard).as_bytes())
    }

    fn finish(self: Box<Self>, sink: &mut dyn Sink) -> io::Result<Manifest> {
        let manifest = self.manifest.sorted();
        sink.begin("manifest.json")?;
        write_json(sink, &manifest)?;
        Ok(manifest)
    }
}
