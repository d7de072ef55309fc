//! What is true and how workers err, each estimated from the other until both stand still.
//!
//! Dawid, A. P. and Skene, A. M. (1979), *Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm*.

use super::{
    majority::majority,
    votes::{Belief, Vote, Votes},
};

/// How long it is gone on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Until {
    /// Rounds at most.
    pub rounds: usize,
    /// No share has changed by more than this.
    pub change: f64,
}

impl Default for Until {
    fn default() -> Self {
        Self { rounds: 100, change: 1e-5 }
    }
}

/// Takes the place of what was never seen: nothing is impossible, as one more such answer could come.
const UNSEEN: f64 = 1e-10;

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimated {
    /// What is believed of each item.
    pub belief: Belief,
    /// How common each label is.
    pub shares: Vec<f64>,
    /// How often each worker says what, of each true label: workers, then true labels, then what they say.
    pub confusions: Vec<Vec<Vec<f64>>>,
    /// How often each worker is right, on the whole.
    pub skills: Vec<f64>,
    /// Rounds it took.
    pub rounds: usize,
}

/// Every worker mixes labels up in their own way. Its time grows with answers × labels × rounds.
#[must_use]
pub fn dawid_skene(votes: &Votes, until: Until) -> Estimated {
    let labels = votes.labels();
    let mut belief = majority(votes);
    for round in 1.. {
        let shares = common(&belief);
        // By true label, then by what is said: rows that stand beside each other are read together.
        let mut said = vec![0.0; votes.workers() * labels * labels];
        for vote in votes.all() {
            let row = (vote.worker * labels + vote.label) * labels;
            said[row..row + labels].iter_mut().zip(belief.of(vote.item)).for_each(|(said, share)| *said += share);
        }
        let mut logarithms = said;
        for worker in logarithms.chunks_exact_mut((labels * labels).max(1)) {
            for truth in 0..labels {
                let all: f64 = (0..labels).map(|label| worker[label * labels + truth]).sum();
                for label in 0..labels {
                    let place = &mut worker[label * labels + truth];
                    *place = if all > 0.0 { (*place / all).max(UNSEEN).ln() } else { 0.0 };
                }
            }
        }
        let next = judge(votes, &shares, |vote, item| {
            let row = (vote.worker * labels + vote.label) * labels;
            item.iter_mut().zip(&logarithms[row..row + labels]).for_each(|(item, logarithm)| *item += logarithm);
        });
        let change = next.change(&belief);
        belief = next;
        if round >= until.rounds || change <= until.change {
            let confusions = confusions(votes, &belief);
            let shares = common(&belief);
            let skills = confusions
                .iter()
                .map(|worker| worker.iter().enumerate().map(|(truth, said)| shares[truth] * said[truth]).sum())
                .collect();
            return Estimated { belief, shares, confusions, skills, rounds: round };
        }
    }
    unreachable!("rounds are counted up to their limit")
}

/// Every worker is right with a chance of their own, and otherwise says any other label: for few answers by each.
#[must_use]
pub fn one_coin(votes: &Votes, until: Until) -> Estimated {
    let labels = votes.labels();
    let others = f64::from(u32::try_from(labels.saturating_sub(1).max(1)).unwrap_or(u32::MAX));
    let mut belief = majority(votes);
    for round in 1.. {
        let shares = common(&belief);
        let skills = skills(votes, &belief);
        let logarithms: Vec<(f64, f64)> =
            skills.iter().map(|skill| (skill.max(UNSEEN).ln(), ((1.0 - skill) / others).max(UNSEEN).ln())).collect();
        let next = judge(votes, &shares, |vote, item| {
            let (right, wrong) = logarithms[vote.worker];
            item.iter_mut()
                .enumerate()
                .for_each(|(label, item)| *item += if label == vote.label { right } else { wrong });
        });
        let change = next.change(&belief);
        belief = next;
        if round >= until.rounds || change <= until.change {
            let (shares, skills) = (common(&belief), self::skills(votes, &belief));
            let row = |skill: f64, truth: usize| {
                (0..labels).map(|label| if label == truth { skill } else { (1.0 - skill) / others }).collect()
            };
            let confusions = skills.iter().map(|skill| (0..labels).map(|truth| row(*skill, truth)).collect()).collect();
            return Estimated { belief, shares, confusions, skills, rounds: round };
        }
    }
    unreachable!("rounds are counted up to their limit")
}

/// How common each label is.
pub(super) fn common(belief: &Belief) -> Vec<f64> {
    let mut shares = Vec::new();
    let mut items = 0.0;
    for item in belief.items() {
        shares.resize(item.len(), 0.0);
        shares.iter_mut().zip(item).for_each(|(sum, share)| *sum += share);
        items += 1.0;
    }
    shares.iter_mut().for_each(|share| *share /= items);
    shares
}

/// What is believed when labels are as common as `shares` and every vote says what `say` adds to the logarithms of its item.
pub(super) fn judge(votes: &Votes, shares: &[f64], say: impl Fn(&Vote, &mut [f64])) -> Belief {
    let mut belief = Belief::nothing(votes);
    let logarithms: Vec<f64> = shares.iter().map(|share| share.max(UNSEEN).ln()).collect();
    belief.items_mut().for_each(|item| item.copy_from_slice(&logarithms));
    for vote in votes.all() {
        say(vote, belief.of_mut(vote.item));
    }
    belief.settle_logarithms();
    belief
}

/// How often each worker is right.
fn skills(votes: &Votes, belief: &Belief) -> Vec<f64> {
    let (mut right, mut all) = (vec![0.0; votes.workers()], vec![0.0; votes.workers()]);
    for vote in votes.all() {
        right[vote.worker] += belief.of(vote.item)[vote.label];
        all[vote.worker] += 1.0;
    }
    right.into_iter().zip(all).map(|(right, all): (f64, f64)| if all > 0.0 { right / all } else { 0.0 }).collect()
}

fn confusions(votes: &Votes, belief: &Belief) -> Vec<Vec<Vec<f64>>> {
    let labels = votes.labels();
    let mut said = vec![vec![vec![0.0; labels]; labels]; votes.workers()];
    for vote in votes.all() {
        for (truth, share) in belief.of(vote.item).iter().enumerate() {
            said[vote.worker][truth][vote.label] += share;
        }
    }
    for row in said.iter_mut().flatten() {
        let all: f64 = row.iter().sum();
        if all > 0.0 {
            row.iter_mut().for_each(|share| *share /= all);
        }
    }
    said
}
