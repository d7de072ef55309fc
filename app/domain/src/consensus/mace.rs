//! Workers who mean it are right; those who do not say whatever they say always.
//!
//! Hovy, D. et al. (2013), *Learning Whom to Trust with MACE*. Begins at the agreement with the majority instead of at chance, so
//! that the same votes always give the same.

use super::{
    dawid_skene::Until,
    majority::wawa,
    votes::{Belief, Votes},
};

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Mace {
    /// What is believed of each item.
    pub belief: Belief,
    /// How often each worker means it.
    pub trust: Vec<f64>,
    /// What each worker says when they do not: workers, then labels.
    pub habits: Vec<Vec<f64>>,
}

/// Added to every count, over all labels: a worker of one answer is not known.
const SMOOTHING: f64 = 0.1;
/// Nobody is beyond doubt, and nobody is beyond trust.
const EDGE: f64 = 0.01;

/// Estimates beliefs, trust and habits from each other. Its time grows with answers × labels × rounds.
#[must_use]
pub fn mace(votes: &Votes, until: Until) -> Mace {
    let labels = votes.labels();
    let share = 1.0 / f64::from(u32::try_from(labels.max(1)).unwrap_or(u32::MAX));
    let (mut belief, skills) = wawa(votes);
    let mut trust: Vec<f64> = skills.into_iter().map(|skill| skill.clamp(EDGE, 1.0 - EDGE)).collect();
    let mut habits = vec![vec![share; labels]; votes.workers()];
    for _ in 0..until.rounds {
        let mut next = Belief::nothing(votes);
        for vote in votes.all() {
            let by_habit = (1.0 - trust[vote.worker]) * habits[vote.worker][vote.label];
            let item = next.of_mut(vote.item);
            for (label, logarithm) in item.iter_mut().enumerate() {
                let meant = if label == vote.label { trust[vote.worker] } else { 0.0 };
                *logarithm += (meant + by_habit).max(f64::MIN_POSITIVE).ln();
            }
        }
        next.settle_logarithms();
        let smooth = SMOOTHING * share;
        let (mut meant, mut not) = (vec![SMOOTHING; votes.workers()], vec![SMOOTHING; votes.workers()]);
        let mut said = vec![vec![smooth; labels]; votes.workers()];
        for vote in votes.all() {
            let by_habit = (1.0 - trust[vote.worker]) * habits[vote.worker][vote.label];
            // Only who is right can have meant it.
            let right = next.of(vote.item)[vote.label];
            let share = right * trust[vote.worker] / (trust[vote.worker] + by_habit).max(f64::MIN_POSITIVE);
            meant[vote.worker] += share;
            not[vote.worker] += 1.0 - share;
            said[vote.worker][vote.label] += 1.0 - share;
        }
        trust = meant.iter().zip(&not).map(|(meant, not)| (meant / (meant + not)).clamp(EDGE, 1.0 - EDGE)).collect();
        for row in &mut said {
            let all: f64 = row.iter().sum();
            row.iter_mut().for_each(|count| *count /= all);
        }
        habits = said;
        let change = next.change(&belief);
        belief = next;
        if change <= until.change {
            break;
        }
    }
    Mace { belief, trust, habits }
}
