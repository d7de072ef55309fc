//! Undo and redo over edits that know their inverse.
//!
//! A step is what one gesture did. While a gesture runs its step is open: it can be replaced as a whole (moves are
//! computed from the start, so nothing drifts) and rolled back. Nothing limits the number of steps.

/// A change to `T` that can be taken back.
pub trait Reversible<T>: Sized {
    /// Makes the change and returns its inverse; `None` when there was nothing to change.
    fn apply(self, to: &mut T) -> Option<Self>;
}

/// What can be undone and redone.
#[derive(Debug, Clone)]
pub struct History<E> {
    undo: Vec<Entry<E>>,
    redo: Vec<Entry<E>>,
    open: Option<Vec<E>>,
}

#[derive(Debug, Clone)]
struct Entry<E> {
    /// Inverses, in the order the edits were made.
    inverses: Vec<E>,
    /// Consecutive steps with the same name become one: typing in a field.
    merge: Option<String>,
}

impl<E> Default for History<E> {
    fn default() -> Self {
        Self { undo: Vec::new(), redo: Vec::new(), open: None }
    }
}

impl<E> History<E> {
    /// Opens a step; one that was open is closed first.
    pub fn begin(&mut self) {
        self.commit();
        self.open = Some(Vec::new());
    }

    /// Whether a step is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Makes a change, in the open step or as a step of its own. Returns whether anything changed.
    pub fn apply<T>(&mut self, edit: E, to: &mut T) -> bool
    where
        E: Reversible<T>,
    {
        let Some(inverse) = edit.apply(to) else { return false };
        match &mut self.open {
            Some(step) => step.push(inverse),
            None => self.push(Entry { inverses: vec![inverse], merge: None }),
        }
        true
    }

    /// As [`History::apply`], merged into the step before it when that has the same name.
    pub fn apply_merged<T>(&mut self, edit: E, to: &mut T, name: &str) -> bool
    where
        E: Reversible<T>,
    {
        self.commit();
        let Some(inverse) = edit.apply(to) else { return false };
        match self.undo.last_mut() {
            Some(last) if last.merge.as_deref() == Some(name) && self.redo.is_empty() => last.inverses.push(inverse),
            _ => self.push(Entry { inverses: vec![inverse], merge: Some(name.to_owned()) }),
        }
        true
    }

    /// Takes the open step back to its beginning, leaving it open.
    pub fn rewind<T>(&mut self, to: &mut T)
    where
        E: Reversible<T>,
    {
        if let Some(step) = &mut self.open {
            for inverse in step.drain(..).rev() {
                inverse.apply(to);
            }
        }
    }

    /// Takes the open step back and closes it, as if it had never begun.
    pub fn rollback<T>(&mut self, to: &mut T)
    where
        E: Reversible<T>,
    {
        self.rewind(to);
        self.open = None;
    }

    /// Closes the open step; an empty one leaves no trace. Returns whether there is a step more.
    pub fn commit(&mut self) -> bool {
        match self.open.take() {
            Some(inverses) if !inverses.is_empty() => {
                self.push(Entry { inverses, merge: None });
                true
            }
            _ => false,
        }
    }

    /// What takes the last step back, in the order its edits were made; empty where there is none.
    #[must_use]
    pub fn last(&self) -> &[E] {
        self.undo.last().map_or(&[], |entry| &entry.inverses)
    }

    /// What takes all steps back that have been made, and not undone.
    pub fn inverses(&self) -> impl Iterator<Item = &E> {
        self.undo.iter().flat_map(|entry| &entry.inverses)
    }

    fn push(&mut self, entry: Entry<E>) {
        self.redo.clear();
        self.undo.push(entry);
    }

    /// Undoes one step. Returns whether there was one.
    pub fn undo<T>(&mut self, to: &mut T) -> bool
    where
        E: Reversible<T>,
    {
        self.commit();
        let Some(entry) = self.undo.pop() else { return false };
        self.redo.push(reverse(entry, to));
        true
    }

    /// Redoes one step. Returns whether there was one.
    pub fn redo<T>(&mut self, to: &mut T) -> bool
    where
        E: Reversible<T>,
    {
        let Some(entry) = self.redo.pop() else { return false };
        self.undo.push(reverse(entry, to));
        true
    }

    /// Whether something can be undone.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty() || self.open.as_ref().is_some_and(|step| !step.is_empty())
    }

    /// Whether something can be redone.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }
}

fn reverse<E: Reversible<T>, T>(entry: Entry<E>, to: &mut T) -> Entry<E> {
    let inverses = entry.inverses.into_iter().rev().filter_map(|inverse| inverse.apply(to)).collect();
    Entry { inverses, merge: None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    struct Put(usize, i32);

    impl Reversible<[i32; 4]> for Put {
        fn apply(self, to: &mut [i32; 4]) -> Option<Self> {
            let before = to[self.0];
            (before != self.1).then(|| {
                to[self.0] = self.1;
                Self(self.0, before)
            })
        }
    }

    #[test]
    fn a_gesture_is_one_step() {
        let (mut history, mut state) = (History::default(), [0; 4]);
        history.begin();
        for n in 1..=3 {
            history.rewind(&mut state);
            history.apply(Put(0, n), &mut state);
            history.apply(Put(1, n * 10), &mut state);
        }
        history.commit();
        assert_eq!(state, [3, 30, 0, 0]);
        assert!(history.undo(&mut state) && !history.can_undo());
        assert_eq!(state, [0; 4]);
        assert!(history.redo(&mut state));
        assert_eq!(state, [3, 30, 0, 0]);
    }

    #[test]
    fn a_rolled_back_gesture_leaves_no_trace() {
        let (mut history, mut state) = (History::default(), [0; 4]);
        history.begin();
        history.apply(Put(2, 7), &mut state);
        history.rollback(&mut state);
        assert_eq!(state, [0; 4]);
        assert!(!history.can_undo() && !history.can_redo());
    }

    #[test]
    fn typing_is_one_step_until_something_else_happens() {
        let (mut history, mut state) = (History::default(), [0; 4]);
        history.apply_merged(Put(0, 1), &mut state, "note");
        history.apply_merged(Put(0, 2), &mut state, "note");
        history.apply(Put(1, 5), &mut state);
        history.apply_merged(Put(0, 3), &mut state, "note");
        let mut seen = vec![state];
        while history.undo(&mut state) {
            seen.push(state);
        }
        assert_eq!(seen, [[3, 5, 0, 0], [2, 5, 0, 0], [2, 0, 0, 0], [0, 0, 0, 0]]);
    }

    proptest! {
        #[test]
        fn undone_is_the_start_and_redone_is_the_end(edits in proptest::collection::vec((0..4_usize, 0..5_i32, 0..3_u8), 0..40)) {
            let (mut history, mut state) = (History::default(), [0; 4]);
            for (at, to, how) in edits {
                match how {
                    0 => { history.apply(Put(at, to), &mut state); }
                    1 => { history.begin(); history.apply(Put(at, to), &mut state); }
                    _ => { history.apply_merged(Put(at, to), &mut state, "field"); }
                }
            }
            history.commit();
            let end = state;
            while history.undo(&mut state) {}
            prop_assert_eq!(state, [0; 4]);
            while history.redo(&mut state) {}
            prop_assert_eq!(state, end);
        }
    }
}
