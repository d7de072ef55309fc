//! Coefficients whose chance is that of each rater: everybody draws from the categories as they themselves gave them.

use super::{
    Estimate, Ratings, Weights,
    chance::{Seen, beyond, dot, fleiss},
    ratings::count,
};

/// Scott (1955): π of two raters, of whom chance makes one. `None` as [`fleiss`], and for more or fewer than two raters.
#[must_use]
pub fn scott(ratings: &Ratings, weights: Weights) -> Option<Estimate> {
    (ratings.raters() == 2).then(|| fleiss(ratings, weights))?
}

/// Cohen (1960), and weighted Cohen (1968): κ of two raters. `None` as [`conger`], and for more or fewer than two raters.
#[must_use]
pub fn cohen(ratings: &Ratings, weights: Weights) -> Option<Estimate> {
    (ratings.raters() == 2).then(|| conger(ratings, weights))?
}

/// Conger (1980): κ of any number of raters. By chance, each draws from the categories as they gave them, and chance is the
/// mean over pairs of raters (Gwet 2014, ch. 2 and 6).
///
/// `None` when no item has two ratings, when fewer than two people rated, or where everybody gave one and the same category.
#[must_use]
pub fn conger(ratings: &Ratings, weights: Weights) -> Option<Estimate> {
    let table = ratings.table();
    let seen = Seen::of(&table, weights)?;
    // Who rated nothing has no habits.
    let habits: Vec<Option<(f64, Vec<f64>)>> = ratings
        .of_raters()
        .into_iter()
        .map(|counts| {
            let total: f64 = counts.iter().sum();
            (total > 0.0).then(|| (total, counts.iter().map(|count| count / total).collect()))
        })
        .collect();
    let raters = count(habits.iter().flatten().count());
    let pairs = raters * (raters - 1.0);
    if pairs <= 0.0 {
        return None;
    }
    let mut all = vec![0.0; table.categories];
    for (_, shares) in habits.iter().flatten() {
        all.iter_mut().zip(shares).for_each(|(all, share)| *all += share);
    }
    // For each rater: how much each category agrees with what the others are in the habit of giving.
    let met: Vec<Option<Met>> = habits
        .iter()
        .map(|habit| {
            let (total, shares) = habit.as_ref()?;
            let others: Vec<f64> = all.iter().zip(shares).map(|(all, own)| all - own).collect();
            let of: Vec<f64> = seen.weights.iter().map(|row| dot(row, &others)).collect();
            Some(Met { total: *total, mean: dot(shares, &of), of })
        })
        .collect();
    let chance = met.iter().flatten().map(|met| met.mean).sum::<f64>() / pairs;
    let value = beyond(seen.share, chance)?;
    let items = table.len();
    let rated = ratings.items().filter(|item| item.iter().any(Option::is_some));
    let chances = rated.map(|item| {
        let moved = item.iter().zip(&met).filter_map(|(category, met)| {
            let (category, met) = (category.as_ref()?, met.as_ref()?);
            Some(items / met.total * (met.of[*category] - met.mean))
        });
        chance + moved.sum::<f64>() / pairs
    });
    Some(seen.estimate(value, chance, chances))
}

/// What a rater meets in the others.
struct Met {
    /// How much they rated.
    total: f64,
    of: Vec<f64>,
    /// The same for their own habits.
    mean: f64,
}
