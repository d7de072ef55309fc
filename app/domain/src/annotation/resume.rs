//! Which of two copies of unsubmitted work one goes on with: the browser's, or the server's.

/// What a browser has kept of the work on a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptHere {
    /// Of the page that kept it: see [`super::DraftToSave::sitting`].
    pub sitting: i64,
    /// The latest revision.
    pub revision: i64,
    /// The latest revision that the server is known to have.
    pub saved: i64,
    /// Whether it began with what the server shows where it has no draft.
    pub is_current: bool,
}

/// What the server has of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptThere {
    /// Who saved it.
    pub sitting: i64,
    /// Its revision.
    pub revision: i64,
}

/// What one goes on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resume {
    /// What this browser has kept.
    Here,
    /// What the server has.
    There,
    /// Both have something that the other has not: the person decides.
    Ask,
}

/// Decides by who has seen what of whom.
#[must_use]
pub fn resume(here: KeptHere, there: Option<KeptThere>) -> Resume {
    let Some(there) = there else {
        return if here.is_current { Resume::Here } else { Resume::Ask };
    };
    if there.sitting == here.sitting {
        // An answer may have been lost on its way: the server's is this one's own, however late.
        return if there.revision > here.revision { Resume::There } else { Resume::Here };
    }
    match (here.revision > here.saved, there.revision == here.saved) {
        (true, true) => Resume::Here,
        (true, false) => Resume::Ask,
        (false, _) => Resume::There,
    }
}

#[cfg(test)]
mod tests {
    use super::{KeptHere, KeptThere, Resume::*, resume};

    #[test]
    fn nobody_overwrites_what_they_have_not_seen() {
        let here = |revision, saved| KeptHere { sitting: 1, revision, saved, is_current: true };
        let there = |sitting, revision| Some(KeptThere { sitting, revision });
        let cases = [
            ("never saved", here(3, 0), None, Here),
            ("begun before the work was changed elsewhere", KeptHere { is_current: false, ..here(3, 0) }, None, Ask),
            ("all saved", here(3, 3), there(1, 3), Here),
            ("closed before it was saved", here(3, 2), there(1, 2), Here),
            ("saved, but the answer never came", here(3, 2), there(1, 3), Here),
            ("the browser lost what it had", here(3, 2), there(1, 4), There),
            ("all saved, and another place went on", here(3, 3), there(2, 4), There),
            ("all saved, and another place began again", here(3, 3), there(2, 1), There),
            ("went on from another place's work", here(5, 3), there(2, 3), Here),
            ("both went on", here(5, 3), there(2, 4), Ask),
        ];
        for (what, here, there, expected) in cases {
            assert_eq!(resume(here, there), expected, "{what}");
        }
    }
}
