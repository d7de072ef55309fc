//! What the formats of sounds share: pieces with labels and transcripts, and the transcripts of whole sounds.

mod asr;
mod rttm;
mod subtitle;
mod textgrid;

use std::collections::HashMap;

use serde_json::Value;

pub(super) use asr::Asr;
pub(super) use rttm::Rttm;
pub(super) use subtitle::{Kind, Subtitles};
pub(super) use textgrid::TextGrid;

use super::{ExportAnnotation, ExportTask, Manifest, image::file_name};
use crate::{
    label_config::{LabelConfig, look_up},
    region::Shape,
    result::{Region, ResultItem},
};

/// The task field that holds the sound's address.
pub(super) fn field(config: &LabelConfig) -> Option<&str> {
    config.objects.iter().find(|object| object.tag == "Audio" && object.field.is_some())?.field.as_deref()
}

/// Which object and field the sounds of an export come from.
struct Sounds {
    object: String,
    field: String,
    all: bool,
}

/// A sound, and what it is called in the export.
struct Sound {
    address: String,
    stem: String,
}

/// What one annotation says about a sound.
#[derive(Default)]
struct Heard {
    pieces: Vec<Piece>,
    /// What is said in the whole sound.
    transcripts: Vec<String>,
    /// Seconds of the whole sound, where the answer knows.
    length: Option<f64>,
}

/// A piece of a sound.
struct Piece {
    start: f64,
    end: f64,
    channel: Option<u32>,
    labels: Vec<String>,
    transcript: String,
}

impl Sounds {
    fn new(config: &LabelConfig, all: bool) -> Self {
        let sound = config.objects.iter().find(|object| object.tag == "Audio" && object.field.is_some());
        Self {
            object: sound.map(|object| object.name.clone()).unwrap_or_default(),
            field: sound.and_then(|object| object.field.clone()).unwrap_or_default(),
            all,
        }
    }

    /// The task's sound; none where there is nothing to write. Either way the manifest knows.
    fn sound(&self, task: &ExportTask, manifest: &mut Manifest) -> Option<Sound> {
        let labeled = manifest.look_at(task, self.all);
        if !labeled && !self.all {
            manifest.lose(task.id, 1, "not_labeled", "Tasks without a valid annotation were left out, as chosen.");
            return None;
        }
        let address = look_up(&task.data, &self.field).and_then(|value| value.as_str().map(str::to_owned));
        let Some(address) = address.filter(|address| !address.is_empty()) else {
            manifest.tasks_written -= 1;
            let message = format!("Tasks whose field “{}” holds no sound were left out.", self.field);
            manifest.lose(task.id, 1, "no_sound", &message);
            return None;
        };
        let name = file_name(task.id, None, &address);
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned();
        Some(Sound { address, stem })
    }

    /// The pieces and transcripts of an annotation, in order of time.
    fn hear(&self, task: i64, answer: &ExportAnnotation, manifest: &mut Manifest) -> Heard {
        let mut heard = Heard::default();
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut spoken: Vec<(ResultItem, String)> = Vec::new();
        for item in answer.result.iter().filter_map(|item| ResultItem::from_json(item.clone()).ok()) {
            heard.length = heard.length.or(item.original_length());
            if item.to_name() != self.object && item.item_type() != "relation" {
                manifest.lose(task, 1, "other_sound", "Answers about anything but the sound were left out.");
                continue;
            }
            if item.item_type() == "textarea" {
                let text = transcript(&item);
                spoken.push((item, text));
                continue;
            }
            let region = match Region::from_item(&item, None) {
                Ok(Some(region)) => region,
                Ok(None) => {
                    manifest.lose(task, 1, "not_a_piece", "Answers that are no piece of the sound stay behind.");
                    continue;
                }
                Err(_) => {
                    manifest.lose(task, 1, "unusable", "Regions with unusable numbers were left out.");
                    continue;
                }
            };
            let Shape::Time(span) = &region.shape else {
                // Whole seconds without a channel look like pieces of a text.
                if let Shape::Text(span) = &region.shape {
                    let seconds = |count: usize| u32::try_from(count).map_or(f64::MAX, f64::from);
                    known.insert(region.id.clone(), heard.pieces.len());
                    let (start, end) = (seconds(span.start), seconds(span.end));
                    heard.pieces.push(Piece {
                        start,
                        end,
                        channel: None,
                        labels: region.labels,
                        transcript: String::new(),
                    });
                } else {
                    manifest.lose(task, 1, "not_a_piece", "Answers that are no piece of the sound stay behind.");
                }
                continue;
            };
            match known.get(&region.id).filter(|_| !region.id.is_empty()) {
                Some(at) => heard.pieces[*at].labels.extend(region.labels),
                None => {
                    known.insert(region.id, heard.pieces.len());
                    heard.pieces.push(Piece {
                        start: span.start.max(0.0),
                        end: span.end.max(0.0),
                        channel: span.channel,
                        labels: region.labels,
                        transcript: String::new(),
                    });
                }
            }
        }
        for (item, text) in spoken {
            match known.get(item.id()).filter(|_| !item.id().is_empty()) {
                Some(at) => {
                    let piece = &mut heard.pieces[*at];
                    let gap = if piece.transcript.is_empty() { "" } else { "\n" };
                    piece.transcript.push_str(gap);
                    piece.transcript.push_str(&text);
                }
                None => heard.transcripts.push(text),
            }
        }
        heard.pieces.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.end.total_cmp(&b.end)));
        heard
    }
}

impl Heard {
    /// Counts the transcripts of the whole sound, for formats that have no place for them.
    fn leave_whole(&self, task: i64, manifest: &mut Manifest) {
        let message = "Transcripts of the whole sound have no time and were left out.";
        manifest.lose(task, self.transcripts.len() as u64, "whole_text", message);
    }

    /// Counts the channels, for formats that have no place for them.
    fn leave_channels(&self, task: i64, manifest: &mut Manifest) {
        let channels = self.pieces.iter().filter(|piece| piece.channel.is_some_and(|channel| channel > 0)).count();
        manifest.lose(task, channels as u64, "channel", "The format does not say on which channel a piece is.");
    }
}

fn transcript(item: &ResultItem) -> String {
    match item.value().and_then(|value| value.get("text")) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        _ => String::new(),
    }
}

/// Hours, minutes, seconds and milliseconds, `comma` before the last.
fn clock(seconds: f64, comma: char) -> String {
    let milliseconds: u64 = format!("{:.0}", (seconds * 1000.0).round().clamp(0.0, 1e15)).parse().unwrap_or(0);
    let (seconds, milliseconds) = (milliseconds / 1000, milliseconds % 1000);
    format!("{:02}:{:02}:{:02}{comma}{milliseconds:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_count_milliseconds() {
        for (seconds, written) in [
            (0.0, "00:00:00,000"),
            (1.0005, "00:00:01,001"),
            (3_661.25, "01:01:01,250"),
            (360_000.0, "100:00:00,000"),
            (-1.0, "00:00:00,000"),
        ] {
            assert_eq!(clock(seconds, ','), written);
        }
    }
}
