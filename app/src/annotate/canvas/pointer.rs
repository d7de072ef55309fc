//! Pointers as the editor wants them.

use domain::region::ScreenPoint;
use editor::annotate::Cursor;
use editor::input::{Button, Modifiers, Pointer, PointerKind};
use leptos::{html, prelude::*};

use crate::annotate::browser;

pub(in crate::annotate) fn place_of(event: &web_sys::MouseEvent, frame: NodeRef<html::Div>) -> Option<ScreenPoint> {
    let rect = frame.get_untracked()?.get_bounding_client_rect();
    Some(ScreenPoint::new(f64::from(event.client_x()) - rect.left(), f64::from(event.client_y()) - rect.top()))
}

pub(in crate::annotate) fn pointer_of(event: &web_sys::PointerEvent, frame: NodeRef<html::Div>) -> Option<Pointer> {
    Some(Pointer {
        id: event.pointer_id(),
        at: place_of(event, frame)?,
        kind: match event.pointer_type().as_str() {
            "touch" => PointerKind::Touch,
            "pen" => PointerKind::Pen,
            _ => PointerKind::Mouse,
        },
        button: match event.button() {
            1 => Button::Middle,
            2 => Button::Secondary,
            _ => Button::Primary,
        },
        modifiers: modifiers_of(event.shift_key(), event.ctrl_key(), event.alt_key(), event.meta_key()),
        pressure: (event.pointer_type() == "pen").then(|| f64::from(event.pressure())),
        time_ms: browser::now_ms(),
    })
}

pub(in crate::annotate) fn modifiers_of(shift: bool, control: bool, alt: bool, meta: bool) -> Modifiers {
    Modifiers { shift, control, alt, meta }
}

/// The style sheet's name of a cursor.
pub(in crate::annotate) fn cursor_name(cursor: Cursor) -> &'static str {
    match cursor {
        Cursor::Default => "default",
        Cursor::Pointer => "pointer",
        Cursor::Crosshair => "crosshair",
        Cursor::Grab => "grab",
        Cursor::Grabbing => "grabbing",
        Cursor::Move => "move",
        Cursor::ResizeVertical => "ns-resize",
        Cursor::ResizeHorizontal => "ew-resize",
        Cursor::ResizeFalling => "nwse-resize",
        Cursor::ResizeRising => "nesw-resize",
    }
}
