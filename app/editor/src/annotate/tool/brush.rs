//! Brush and eraser: one stroke is one step. The stroke goes on the selected mask; without one a brush begins a new one,
//! and the eraser takes the mask under it. Alt turns one into the other while it is held.

use domain::region::{Mask, Shape};

use super::{Context, Effect, State, Step, ToolKind};
use crate::annotate::document::RegionKey;
use crate::annotate::edit::Edit;
use crate::input::{Event, Pointer};

pub(super) fn step(kind: ToolKind, state: State, event: &Event, context: &Context<'_>) -> Step {
    match (event, state) {
        (Event::PointerDown(pointer), State::Idle) => begin(kind, pointer, context),
        (Event::PointerMove(pointer), State::Painting { key, before, now, at, on }) => {
            Step::to(paint(key, before, now, at, on, pointer, context))
        }
        (Event::PointerUp(pointer), State::Painting { key, before, now, at, on }) => {
            match paint(key, before, now, at, on, pointer, context) {
                State::Painting { key, before, now, .. } => keep(key, &before, now),
                other => Step::to(other),
            }
        }
        (_, state) => Step::to(state),
    }
}

fn begin(kind: ToolKind, pointer: &Pointer, context: &Context<'_>) -> Step {
    let on = (kind == ToolKind::Eraser) == pointer.modifiers.alt;
    let Some((key, before)) = target(on, pointer, context) else { return Step::to(State::Idle) };
    let at = context.image_point(pointer);
    let mut step = Step::to(paint(key, before.clone(), before, at, on, pointer, context));
    if let Some(key) = key.filter(|key| !context.selection.contains(key)) {
        step = step.with(Effect::Select([key].into()));
    }
    step
}

fn paint(
    key: Option<RegionKey>,
    before: Mask,
    mut now: Mask,
    from: domain::region::ImagePoint,
    on: bool,
    pointer: &Pointer,
    context: &Context<'_>,
) -> State {
    let at = context.image_point(pointer);
    now.stroke(from, at, context.tip.brush(pointer), on);
    State::Painting { key, before, now, at, on }
}

/// The mask that is painted on: the selected one, for the eraser also the one under it, for the brush a new one.
pub(super) fn target(on: bool, pointer: &Pointer, context: &Context<'_>) -> Option<(Option<RegionKey>, Mask)> {
    if let Some((key, Shape::Mask(mask))) = context.sole() {
        return Some((Some(key), mask.clone()));
    }
    if on {
        return Some((None, Mask::on(context.view.image())?));
    }
    let key = context.region_at(pointer)?;
    let mark = context.document.mark(key).filter(|mark| mark.is_editable())?;
    match &mark.region.shape {
        Shape::Mask(mask) => Some((Some(key), mask.clone())),
        _ => None,
    }
}

/// The end of a stroke: a new region, what changed of the old one, or none where nothing is left of it.
pub(super) fn keep(key: Option<RegionKey>, before: &Mask, now: Mask) -> Step {
    let idle = Step::to(State::Idle);
    let edit = match key {
        None if now.is_empty() => return idle,
        None => return idle.with(Effect::Draw(Shape::Mask(now))),
        Some(key) if now.is_empty() => Edit::Remove(key),
        Some(key) => Edit::Repaint(key, before.patch_to(&now)),
    };
    let is_gone = matches!(edit, Edit::Remove(_));
    let step = idle.with(Effect::Begin).with(Effect::Preview(vec![edit])).with(Effect::Commit);
    if is_gone { step.with(Effect::Select([].into())) } else { step }
}
