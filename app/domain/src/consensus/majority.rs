//! Votes that are counted, all alike or by how much each worker is trusted.

use super::votes::{Belief, Votes};

/// The share of votes for each label.
#[must_use]
pub fn majority(votes: &Votes) -> Belief {
    weighted(votes, &vec![1.0; votes.workers()])
}

/// The same with a weight for each worker, such as their trust; one without a weight has none.
#[must_use]
pub fn weighted(votes: &Votes, weights: &[f64]) -> Belief {
    let mut belief = Belief::nothing(votes);
    for vote in votes.all() {
        belief.of_mut(vote.item)[vote.label] += weights.get(vote.worker).copied().unwrap_or(0.0).max(0.0);
    }
    belief.settle();
    belief
}

/// Worker agreement with the aggregate: every worker counts as much as they agree with the majority. Also returns that.
#[must_use]
pub fn wawa(votes: &Votes) -> (Belief, Vec<f64>) {
    let first = majority(votes);
    let best: Vec<Option<usize>> = (0..votes.items()).map(|item| first.best(item).map(|(label, _)| label)).collect();
    let (mut agreed, mut all) = (vec![0.0; votes.workers()], vec![0.0; votes.workers()]);
    for vote in votes.all() {
        all[vote.worker] += 1.0;
        agreed[vote.worker] += f64::from(u8::from(best[vote.item] == Some(vote.label)));
    }
    let skill = |(agreed, all): (f64, f64)| if all > 0.0 { agreed / all } else { 0.0 };
    let skills: Vec<f64> = agreed.into_iter().zip(all).map(skill).collect();
    (weighted(votes, &skills), skills)
}
