//! Gestures as people make them, and what must hold whatever they do.

mod answering;
mod arranging;
mod asking;
mod chats;
mod comparing;
mod copying;
mod dialogues;
mod drawing;
mod hands;
mod invariants;
mod lines;
mod listing;
mod logging;
mod looking;
mod oddities;
mod pages;
mod painting;
mod paths;
mod picking;
mod pictures;
mod pieces;
mod relating;
mod results;
mod shaping;
mod sheets;
mod still;
mod usages;
mod vectors;
mod withholding;

use domain::region::{ImageSize, RotatedRect, ScreenPoint, ScreenSize, ScreenVector, Shape};
use serde_json::{Value, json};

use super::*;
use crate::command::Command;
use crate::input::{Button, Event, Key, Modifiers, Pointer, PointerKind};
use crate::testing::{IMAGE, TestEditor, config, items, selected, sizes};

const SHIFT: Modifiers = Modifiers { shift: true, control: false, alt: false, meta: false };
const ALT: Modifiers = Modifiers { shift: false, control: false, alt: true, meta: false };
const CONTROL: Modifiers = Modifiers { shift: false, control: true, alt: false, meta: false };
const NONE: Modifiers = Modifiers { shift: false, control: false, alt: false, meta: false };

const BOX: ToolKind = ToolKind::Draw(ShapeKind::Rect);
const POLYGON: ToolKind = ToolKind::Draw(ShapeKind::Polygon);
const POINT: ToolKind = ToolKind::Draw(ShapeKind::KeyPoint);

fn boxed(id: &str, x: f64, y: f64, width: f64, height: f64, rotation: f64) -> Value {
    json!({"id": id, "from_name": "box", "to_name": "img", "type": "rectanglelabels", "origin": "manual",
        "original_width": 600, "original_height": 400, "image_rotation": 0,
        "value": {"x": x / 6.0, "y": y / 4.0, "width": width / 6.0, "height": height / 4.0, "rotation": rotation,
            "rectanglelabels": ["Cat"]}})
}

fn with_box() -> TestEditor {
    let mut editor = TestEditor::with(&config::boxes_and_choices(), json!([boxed("a", 100.0, 100.0, 60.0, 60.0, 0.0)]));
    editor.tool(ToolKind::Select);
    editor
}
