//! Workers differ in ability and items in difficulty.
//!
//! Whitehill, J. et al. (2009), *Whose Vote Should Count More*: a vote is right with the chance σ(α·β) of the worker's ability α and
//! the item's ease β = e^b; α and b are drawn around 1. Wrong votes spread over all other labels alike.

use super::{
    dawid_skene::{Until, common, judge},
    majority::majority,
    votes::{Belief, Votes},
};

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Glad {
    /// What is believed of each item.
    pub belief: Belief,
    /// The ability of each worker: below zero for those who are mostly wrong.
    pub abilities: Vec<f64>,
    /// The ease of each item: near zero where votes are no better than chance.
    pub eases: Vec<f64>,
}

/// Steps towards the best abilities and eases in each round, each a Newton step of one of them while the others stand.
const STEPS: usize = 5;
/// Nothing moves farther in one step.
const LONGEST: f64 = 1.0;
/// The middle of what is believed of abilities and of logarithms of eases before any vote.
const MIDDLE: f64 = 1.0;

/// Estimates beliefs, abilities and eases from each other. Its time grows with answers × rounds.
#[must_use]
pub fn glad(votes: &Votes, until: Until) -> Glad {
    let others = f64::from(u32::try_from(votes.labels().saturating_sub(1).max(1)).unwrap_or(u32::MAX));
    let mut belief = majority(votes);
    let (mut abilities, mut eases) = (vec![MIDDLE; votes.workers()], vec![MIDDLE; votes.items()]);
    for _ in 0..until.rounds {
        for _ in 0..STEPS {
            // What a vote says of its worker's ability, and then of its item's ease.
            let mut moves = vec![Move::default(); votes.workers()];
            for vote in votes.all() {
                let ease = eases[vote.item].exp();
                moves[vote.worker].add(belief.of(vote.item)[vote.label], abilities[vote.worker] * ease, ease);
            }
            abilities.iter_mut().zip(&moves).for_each(|(ability, step)| *ability += step.from(*ability));
            let mut moves = vec![Move::default(); votes.items()];
            for vote in votes.all() {
                let both = abilities[vote.worker] * eases[vote.item].exp();
                moves[vote.item].add(belief.of(vote.item)[vote.label], both, both);
            }
            eases.iter_mut().zip(&moves).for_each(|(ease, step)| *ease += step.from(*ease));
        }
        let shares = common(&belief);
        let next = judge(votes, &shares, |vote, item| {
            let right = sigmoid(abilities[vote.worker] * eases[vote.item].exp());
            let (right, wrong) =
                (right.max(f64::MIN_POSITIVE).ln(), ((1.0 - right) / others).max(f64::MIN_POSITIVE).ln());
            item.iter_mut()
                .enumerate()
                .for_each(|(label, item)| *item += if label == vote.label { right } else { wrong });
        });
        let change = next.change(&belief);
        belief = next;
        if change <= until.change {
            break;
        }
    }
    Glad { belief, abilities, eases: eases.into_iter().map(f64::exp).collect() }
}

/// Where the likelihood of the votes leads one number.
#[derive(Debug, Clone, Copy, Default)]
struct Move {
    slope: f64,
    bend: f64,
}

impl Move {
    /// A vote that is right with the chance σ(`at`), and is believed to be right by `share`; `by` is how fast `at` grows with the
    /// number.
    fn add(&mut self, share: f64, at: f64, by: f64) {
        let right = sigmoid(at);
        self.slope += (share - right) * by;
        self.bend += right * (1.0 - right) * by * by;
    }

    /// The step from where the number is, which is drawn to the middle too.
    fn from(self, number: f64) -> f64 {
        ((self.slope - (number - MIDDLE)) / (self.bend + 1.0)).clamp(-LONGEST, LONGEST)
    }
}

fn sigmoid(at: f64) -> f64 {
    1.0 / (1.0 + (-at).exp())
}
