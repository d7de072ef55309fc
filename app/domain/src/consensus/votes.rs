//! Who gave which label to what.

/// One answer: places in lists of items, workers and labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vote {
    /// What was labeled.
    pub item: usize,
    /// Who did.
    pub worker: usize,
    /// What they said.
    pub label: usize,
}

/// The answers of a crowd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Votes {
    items: usize,
    workers: usize,
    labels: usize,
    /// By item.
    votes: Vec<Vote>,
}

impl Votes {
    /// Of so many items, workers and labels; answers beyond them are left out.
    #[must_use]
    pub fn new(items: usize, workers: usize, labels: usize, votes: impl IntoIterator<Item = Vote>) -> Self {
        let is_known = |vote: &Vote| vote.item < items && vote.worker < workers && vote.label < labels;
        let mut votes: Vec<Vote> = votes.into_iter().filter(is_known).collect();
        votes.sort_by_key(|vote| vote.item);
        Self { items, workers, labels, votes }
    }

    /// How many items there are, answered or not.
    #[must_use]
    pub fn items(&self) -> usize {
        self.items
    }

    /// How many workers there are.
    #[must_use]
    pub fn workers(&self) -> usize {
        self.workers
    }

    /// How many labels there are.
    #[must_use]
    pub fn labels(&self) -> usize {
        self.labels
    }

    /// The answers, by item.
    #[must_use]
    pub fn all(&self) -> &[Vote] {
        &self.votes
    }
}

/// What is believed of each item: a share for each label, which add up to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Belief {
    labels: usize,
    shares: Vec<f64>,
}

impl Belief {
    /// Zero everywhere: to be filled and then [`Self::settle`]d.
    pub(super) fn nothing(votes: &Votes) -> Self {
        Self { labels: votes.labels, shares: vec![0.0; votes.items * votes.labels] }
    }

    /// The share of each label of an item.
    #[must_use]
    pub fn of(&self, item: usize) -> &[f64] {
        &self.shares[item * self.labels..(item + 1) * self.labels]
    }

    pub(super) fn of_mut(&mut self, item: usize) -> &mut [f64] {
        &mut self.shares[item * self.labels..(item + 1) * self.labels]
    }

    /// Item by item.
    pub fn items(&self) -> impl Iterator<Item = &[f64]> {
        self.shares.chunks_exact(self.labels.max(1))
    }

    pub(super) fn items_mut(&mut self) -> impl Iterator<Item = &mut [f64]> {
        self.shares.chunks_exact_mut(self.labels.max(1))
    }

    /// The label that is believed most, and how much; of several the first. `None` where there are no labels.
    #[must_use]
    pub fn best(&self, item: usize) -> Option<(usize, f64)> {
        let better = |best: Option<(usize, f64)>, (label, share): (usize, &f64)| match best {
            Some((_, most)) if *share <= most => best,
            _ => Some((label, *share)),
        };
        self.of(item).iter().enumerate().fold(None, better)
    }

    /// Makes the shares of every item add up to 1; where nothing was said, all are the same.
    pub(super) fn settle(&mut self) {
        let even = 1.0 / f64::from(u32::try_from(self.labels.max(1)).unwrap_or(u32::MAX));
        for item in self.items_mut() {
            let sum: f64 = item.iter().sum();
            item.iter_mut().for_each(|share| *share = if sum > 0.0 { *share / sum } else { even });
        }
    }

    /// From logarithms, the largest of which may be far below zero.
    pub(super) fn settle_logarithms(&mut self) {
        for item in self.items_mut() {
            let most = item.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            item.iter_mut().for_each(|share| *share = if most.is_finite() { (*share - most).exp() } else { 0.0 });
        }
        self.settle();
    }

    /// The largest change of any share.
    pub(super) fn change(&self, before: &Self) -> f64 {
        self.shares.iter().zip(&before.shares).map(|(now, then)| (now - then).abs()).fold(0.0, f64::max)
    }
}
