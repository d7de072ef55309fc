//! Moving the view: one pointer drags it, two fingers drag and pinch it.

use domain::region::{ScreenPoint, ScreenVector};

use crate::input::Pointer;
use crate::view::Viewport;

/// The pointers that hold the view.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fingers {
    down: Vec<(i32, ScreenPoint)>,
}

impl Fingers {
    /// How many are down.
    #[must_use]
    pub fn count(&self) -> usize {
        self.down.len()
    }

    /// One goes down; a third and further are ignored.
    pub fn press(&mut self, pointer: &Pointer) {
        self.release(pointer.id);
        if self.down.len() < 2 {
            self.down.push((pointer.id, pointer.at));
        }
    }

    /// One goes up.
    pub fn release(&mut self, id: i32) {
        self.down.retain(|(known, _)| *known != id);
    }

    /// All go up.
    pub fn clear(&mut self) {
        self.down.clear();
    }

    /// One moves, and the view with it. Returns whether it was one of them.
    pub fn drag(&mut self, pointer: &Pointer, view: &mut Viewport) -> bool {
        let Some(at) = self.down.iter().position(|(id, _)| *id == pointer.id) else { return false };
        let before = self.down.clone();
        self.down[at].1 = pointer.at;
        match (&before[..], &self.down[..]) {
            ([(_, from)], [(_, to)]) => view.pan(*to - *from),
            ([(_, a0), (_, b0)], [(_, a1), (_, b1)]) => {
                let (from, to) = (middle(*a0, *b0), middle(*a1, *b1));
                view.pan(ScreenVector::new(to.x - from.x, to.y - from.y));
                let (apart_before, apart) = (a0.distance(*b0), a1.distance(*b1));
                if apart_before > 1.0 && apart > 1.0 {
                    view.zoom_at(to, apart / apart_before);
                }
            }
            _ => {}
        }
        true
    }
}

fn middle(a: ScreenPoint, b: ScreenPoint) -> ScreenPoint {
    ScreenPoint::new(f64::midpoint(a.x, b.x), f64::midpoint(a.y, b.y))
}
