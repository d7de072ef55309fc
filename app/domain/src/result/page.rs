//! Boxes on pages. `ocrlabels` counts in fractions of the page (0 to 1); what exceeds 1 was written in percent.

use serde_json::{Map, Value};

use super::number::{number, optional, put, put_offset, whole};
use crate::Result;
use crate::region::{ImageSize, PageBox, UnitRect};

const PLACES: [&str; 4] = ["x", "y", "width", "height"];

fn scale(value: &Map<String, Value>) -> f64 {
    let is_percent = PLACES.iter().any(|key| value.get(*key).and_then(Value::as_f64).is_some_and(|n| n.abs() > 1.0));
    if is_percent { 100.0 } else { 1.0 }
}

/// `size` is that of the page's picture, where it is known.
pub(super) fn read(value: &Map<String, Value>, size: Option<ImageSize>) -> Result<PageBox> {
    let scale = scale(value);
    let page = value.get("pageIndex").and_then(Value::as_u64).and_then(|page| u32::try_from(page).ok()).unwrap_or(1);
    Ok(PageBox {
        page,
        rect: UnitRect {
            x: number(value, "x")? / scale,
            y: number(value, "y")? / scale,
            width: number(value, "width")? / scale,
            height: number(value, "height")? / scale,
            rotation: optional(value, "rotation"),
        },
        text: value.get("ocrtext").and_then(Value::as_str).map(str::to_owned),
        size,
    })
}

pub(super) fn write(page: &PageBox, value: &mut Map<String, Value>) {
    let rect = &page.rect;
    let parts = [rect.x, rect.y, rect.width, rect.height];
    // A box that is turned can be longer than its page is broad, which fractions cannot say.
    let scale = if parts.iter().any(|part| part.abs() > 1.0) { 100.0 } else { scale(value) };
    for (key, part) in PLACES.into_iter().zip(parts) {
        put(value, key, part, |written| written / scale, (part * scale).into());
    }
    put(value, "rotation", rect.rotation, |written| written, whole(rect.rotation));
    put_offset(value, "pageIndex", page.page as usize);
    if value.get("ocrtext").and_then(Value::as_str) != page.text.as_deref() {
        match &page.text {
            Some(text) => value.insert("ocrtext".to_owned(), text.as_str().into()),
            None => value.shift_remove("ocrtext"),
        };
    }
}
