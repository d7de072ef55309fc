//! What a project labels, as an outline and a word.

use crate::ui::{Glyph, lu};

/// The outline and the word for the tag of an object: `Image`, `Text`.
pub(super) fn of(tag: Option<&str>) -> (Glyph, &'static str) {
    match tag {
        Some("Image") => (lu::LuImage, "Images"),
        Some("Text" | "HyperText") => (lu::LuFileText, "Text"),
        Some("Paragraphs" | "Chat") => (lu::LuMessagesSquare, "Dialogue"),
        Some("Audio") => (lu::LuAudioLines, "Audio"),
        Some("Video") => (lu::LuVideo, "Video"),
        Some("TimeSeries") => (lu::LuChartLine, "Time series"),
        Some("List") => (lu::LuListOrdered, "Lists"),
        Some("Table") => (lu::LuTable2, "Records"),
        Some("Pdf") => (lu::LuFile, "PDF"),
        _ => (lu::LuFolder, "No labeling interface yet"),
    }
}
