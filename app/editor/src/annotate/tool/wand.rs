//! The magic wand: press picks what is similar and connected, a drag to the right or left takes more or less. What is
//! picked goes to the selected mask or becomes a new one; with Alt it is taken away.

use domain::region::Mask;
use domain::region::mask::Wand;

use super::{Context, State, Step, brush};
use crate::input::{Event, Pointer};

/// CSS pixels of a drag for one step of the threshold.
const DRAG_PER_STEP: f64 = 2.0;

pub(super) fn step(state: State, event: &Event, context: &Context<'_>) -> Step {
    match (event, state) {
        (Event::PointerDown(pointer), State::Idle) => {
            let on = !pointer.modifiers.alt;
            let at = context.image_point(pointer);
            match brush::target(on, pointer, context) {
                Some((key, before)) if context.view.image().contains(at) => {
                    let now = picked(&before, context.wand, at, on, context);
                    let from = pointer.at;
                    Step::to(State::Picking { key, before, now, at, from, threshold: context.wand.threshold, on })
                }
                _ => Step::to(State::Idle),
            }
        }
        (Event::PointerMove(pointer), State::Picking { key, before, now, at, from, threshold, on }) => {
            let wand = adjusted(context.wand, from.x, pointer);
            // A large area is costly to find: only when another one is asked for.
            let now = if wand.threshold == threshold { now } else { picked(&before, wand, at, on, context) };
            Step::to(State::Picking { key, before, now, at, from, threshold: wand.threshold, on })
        }
        (Event::PointerUp(_), State::Picking { key, before, now, .. }) => brush::keep(key, &before, now),
        (_, state) => Step::to(state),
    }
}

fn adjusted(wand: Wand, from_x: f64, pointer: &Pointer) -> Wand {
    let steps = ((pointer.at.x - from_x) / DRAG_PER_STEP).round();
    // Clamped to the range of the type just before.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let threshold = (f64::from(wand.threshold) + steps).clamp(0.0, 255.0) as u8;
    Wand { threshold, ..wand }
}

fn picked(before: &Mask, wand: Wand, at: domain::region::ImagePoint, on: bool, context: &Context<'_>) -> Mask {
    let mut now = before.clone();
    let pixels = context.picture.and_then(crate::annotate::Picture::pixels);
    // Clamped to the range of the type just before.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let pixel = |at: f64, side: u32| at.floor().clamp(0.0, f64::from(side.saturating_sub(1))) as u32;
    let area = pixels.and_then(|pixels| wand.pick(&pixels, pixel(at.x, now.width()), pixel(at.y, now.height())));
    match area {
        Some(area) if on => now.unite(&area),
        Some(area) => now.subtract(&area),
        None => {}
    }
    now
}
