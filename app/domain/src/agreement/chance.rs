//! Coefficients for any number of raters that differ in what they take for chance.
//!
//! Gwet, K. L. (2014), *Handbook of Inter-Rater Reliability*, 4th ed., ch. 2, 3 and 6: agreement that was seen, weighted, with
//! ratings missing; standard errors by linearization.

use super::{
    Estimate, Ratings, Weights,
    ratings::{Table, count},
};

/// The share of pairs of raters who agree, chance and all.
///
/// `None` when no item has two ratings.
#[must_use]
pub fn percent(ratings: &Ratings, weights: Weights) -> Option<Estimate> {
    let seen = Seen::of(&ratings.table(), weights)?;
    Some(Estimate::of(seen.share, &seen.corrected(0.0)))
}

/// Brennan and Prediger (1981): by chance, every category comes equally often.
///
/// `None` when no item has two ratings, or there is one category only.
#[must_use]
pub fn brennan_prediger(ratings: &Ratings, weights: Weights) -> Option<Estimate> {
    let table = ratings.table();
    let seen = Seen::of(&table, weights)?;
    let chance = seen.weights.iter().flatten().sum::<f64>() / count(table.categories).powi(2);
    let value = beyond(seen.share, chance)?;
    Some(Estimate::of(value, &seen.corrected(chance)))
}

/// Fleiss (1971): by chance, raters draw from the categories as all of them together gave them. With two raters, Scott's π.
///
/// `None` when no item has two ratings, or only one category was given.
#[must_use]
pub fn fleiss(ratings: &Ratings, weights: Weights) -> Option<Estimate> {
    let table = ratings.table();
    let seen = Seen::of(&table, weights)?;
    let shares = table.shares();
    let weighted = agreeing(&seen.weights, &shares);
    let chance = dot(&weighted, &shares);
    let value = beyond(seen.share, chance)?;
    let chances = table.rows().map(|(counts, total)| dot(counts, &weighted) / total);
    Some(seen.estimate(value, chance, chances))
}

/// Gwet (2008): AC1, and AC2 with weights. By chance, raters who do not know guess among all categories; how many do not know
/// is read from how much the categories were mixed.
///
/// `None` when no item has two ratings, or there is one category only.
#[must_use]
pub fn gwet(ratings: &Ratings, weights: Weights) -> Option<Estimate> {
    let table = ratings.table();
    let seen = Seen::of(&table, weights)?;
    let shares = table.shares();
    let categories = count(table.categories);
    let guess = seen.weights.iter().flatten().sum::<f64>() / (categories * (categories - 1.0));
    let mixed: Vec<f64> = shares.iter().map(|share| 1.0 - share).collect();
    let chance = guess * dot(&shares, &mixed);
    let value = beyond(seen.share, chance)?;
    let chances = table.rows().map(|(counts, total)| guess * dot(counts, &mixed) / total);
    Some(seen.estimate(value, chance, chances))
}

/// The agreement that was seen.
pub(super) struct Seen {
    /// The share of pairs that agree, a mean over items that two have rated.
    pub(super) share: f64,
    pub(super) weights: Vec<Vec<f64>>,
    /// Item by item; `None` where fewer than two have rated it.
    items: Vec<Option<f64>>,
    /// How many items there are for each that counts.
    stretch: f64,
}

impl Seen {
    pub(super) fn of(table: &Table, weights: Weights) -> Option<Self> {
        let weights = weights.matrix(table.categories);
        let agree = |counts: &[f64], total: f64| {
            let pairs: f64 = counts.iter().zip(&weights).map(|(count, row)| count * (dot(row, counts) - 1.0)).sum();
            pairs / (total * (total - 1.0))
        };
        let items: Vec<Option<f64>> =
            table.rows().map(|(counts, total)| (total >= 2.0).then(|| agree(counts, total))).collect();
        let rated = items.iter().flatten().count();
        if rated == 0 {
            return None;
        }
        let share = items.iter().flatten().sum::<f64>() / count(rated);
        let stretch = count(items.len()) / count(rated);
        Some(Self { share, weights, items, stretch })
    }

    /// What each item adds to a coefficient, as long as chance is taken for known.
    fn corrected(&self, chance: f64) -> Vec<f64> {
        let one = |item: &Option<f64>| item.map_or(0.0, |share| self.stretch * (share - chance) / (1.0 - chance));
        self.items.iter().map(one).collect()
    }

    /// With what each item adds to chance.
    pub(super) fn estimate(&self, value: f64, chance: f64, chances: impl Iterator<Item = f64>) -> Estimate {
        let mut items = self.corrected(chance);
        for (item, by_chance) in items.iter_mut().zip(chances) {
            *item -= 2.0 * (1.0 - value) * (by_chance - chance) / (1.0 - chance);
        }
        Estimate::of(value, &items)
    }
}

/// The share of what chance leaves open; `None` where it leaves nothing.
pub(super) fn beyond(seen: f64, chance: f64) -> Option<f64> {
    let open = 1.0 - chance;
    (open > 1e-12).then(|| (seen - chance) / open)
}

pub(super) fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// How much each category agrees with these shares. Weights are the same both ways.
pub(super) fn agreeing(weights: &[Vec<f64>], shares: &[f64]) -> Vec<f64> {
    weights.iter().map(|row| dot(row, shares)).collect()
}
