//! Pointers as the editor wants them.

use domain::region::{ScreenPoint, ScreenVector};
use editor::annotate::Cursor;
use editor::input::{Button, Event, Modifiers, Pointer, PointerKind};
use leptos::{html, prelude::*};

use crate::annotate::browser;

fn place_of(event: &web_sys::MouseEvent, frame: NodeRef<html::Div>) -> Option<ScreenPoint> {
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

/// All further events of a pointer that has gone down come to the surface, and so do keys.
pub(in crate::annotate) fn hold_pointer(event: &web_sys::PointerEvent, frame: NodeRef<html::Div>) {
    if let Some(frame) = frame.get_untracked() {
        // Refused when the pointer is already gone; the cancel event then ends the gesture.
        let _ = frame.set_pointer_capture(event.pointer_id());
        let _ = frame.focus();
    }
}

pub(in crate::annotate) fn wheel_of(event: &web_sys::WheelEvent, frame: NodeRef<html::Div>) -> Option<Event> {
    // Browsers count in pixels, lines or pages.
    let unit = [1.0, 16.0, 400.0].get(usize::try_from(event.delta_mode()).unwrap_or(0)).copied().unwrap_or(1.0);
    Some(Event::Wheel {
        at: place_of(event, frame)?,
        by: ScreenVector::new(event.delta_x() * unit, event.delta_y() * unit),
        modifiers: modifiers_of(event.shift_key(), event.ctrl_key(), event.alt_key(), event.meta_key()),
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
