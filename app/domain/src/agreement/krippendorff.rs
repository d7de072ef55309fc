//! Krippendorff's α: how much less people disagree than their answers would, dealt out anew.
//!
//! Krippendorff, K. (2011), *Computing Krippendorff's Alpha-Reliability*; the metrics from (2019) *Content Analysis*, 4th ed.,
//! ch. 12. Ratings may be missing, and there may be any number of raters.

use std::f64::consts::PI;

use super::{
    Estimate, Ratings,
    ratings::{Table, count},
};

/// How far two categories are apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Metric<'a> {
    /// The same or not.
    Nominal,
    /// How many answers lie between them: categories stand in order.
    Ordinal,
    /// The square of the difference of these values, one for each category.
    Interval(&'a [f64]),
    /// The same in relation to their sum: values from zero up.
    Ratio(&'a [f64]),
    /// Places on a circle, as hours of a day: the categories are all of its places, in order.
    Circular,
    /// Values between two ends, near which small differences weigh more.
    Bipolar {
        /// One for each category.
        values: &'a [f64],
        /// The ends of the scale.
        ends: (f64, f64),
    },
}

impl Metric<'_> {
    /// The squared distance of two categories; `given` says how often each was given.
    fn distance(self, one: usize, other: usize, given: &[f64]) -> f64 {
        if one == other {
            return 0.0;
        }
        let of = |values: &[f64]| (values.get(one).copied().unwrap_or(0.0), values.get(other).copied().unwrap_or(0.0));
        match self {
            Self::Nominal => 1.0,
            Self::Ordinal => {
                let (low, high) = (one.min(other), one.max(other));
                let between: f64 = given[low..=high].iter().sum();
                (between - f64::midpoint(given[low], given[high])).powi(2)
            }
            Self::Interval(values) => {
                let (one, other) = of(values);
                (one - other).powi(2)
            }
            Self::Ratio(values) => {
                let (one, other) = of(values);
                let sum = one + other;
                if sum.abs() > f64::EPSILON { ((one - other) / sum).powi(2) } else { 0.0 }
            }
            Self::Circular => (PI * count(one.abs_diff(other)) / count(given.len())).sin().powi(2),
            Self::Bipolar { values, ends: (min, max) } => {
                let (one, other) = of(values);
                let room = (one + other - 2.0 * min) * (2.0 * max - one - other);
                if room.abs() > f64::EPSILON { (one - other).powi(2) / room } else { 0.0 }
            }
        }
    }
}

/// α: 1 for full agreement, 0 for as much as chance gives, less for systematic disagreement. The interval is a linearization as
/// of the other coefficients (Gwet 2014, ch. 6).
///
/// `None` when no item has two ratings, or when all ratings are the same.
#[must_use]
pub fn krippendorff(ratings: &Ratings, metric: Metric<'_>) -> Option<Estimate> {
    let table = ratings.table().paired();
    let given = given(&table);
    let total: f64 = given.iter().sum();
    let categories = table.categories;
    let distances: Vec<Vec<f64>> =
        (0..categories).map(|one| (0..categories).map(|other| metric.distance(one, other, &given)).collect()).collect();
    // How far each category is from all answers together.
    let from_all: Vec<f64> = distances.iter().map(|row| row.iter().zip(&given).map(|(d, n)| d * n).sum()).collect();
    let by_chance: f64 = from_all.iter().zip(&given).map(|(d, n)| d * n).sum();
    if by_chance <= 0.0 {
        return None;
    }
    let apart = |counts: &[f64], total: f64| {
        let there = counts.iter().enumerate().filter(|(_, count)| **count > 0.0);
        let pairs = there.map(|(one, count)| {
            count * counts.iter().zip(&distances[one]).map(|(count, distance)| count * distance).sum::<f64>()
        });
        pairs.sum::<f64>() / (total - 1.0)
    };
    let items: Vec<f64> = table.rows().map(|(counts, total)| apart(counts, total)).collect();
    let seen: f64 = items.iter().sum();
    let value = 1.0 - (total - 1.0) * seen / by_chance;
    // Without the correction for small samples, which moves the figure and not its spread.
    let ratio = total * seen / by_chance;
    let number = table.len();
    let moved = table.rows().zip(&items).map(|((counts, rated), apart)| {
        let from_all: f64 = counts.iter().zip(&from_all).map(|(count, distance)| count * distance).sum();
        let chance = 2.0 * from_all / by_chance;
        value - number * (total * apart / by_chance + ratio * (rated / total - chance))
    });
    Some(Estimate::of(value, &moved.collect::<Vec<_>>()))
}

/// How often each category was given.
fn given(table: &Table) -> Vec<f64> {
    let mut given = vec![0.0; table.categories];
    for (counts, _) in table.rows() {
        given.iter_mut().zip(counts).for_each(|(given, count)| *given += count);
    }
    given
}
