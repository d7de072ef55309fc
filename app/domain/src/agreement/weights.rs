//! How much two categories that are not the same agree all the same.

use super::ratings::count;

/// Whether, and how, near categories agree in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Weights {
    /// The same or not: for names.
    #[default]
    Identity,
    /// Less by the distance of their places: for steps that are alike.
    Linear,
    /// Less by the square of it: for steps whose great distances are much worse.
    Quadratic,
    /// Less by the pairs of places that lie between: for an order without distances.
    Ordinal,
}

impl Weights {
    /// How much the categories at two places agree, from 0 to 1, of `categories` in their order.
    ///
    /// Gwet (2014), *Handbook of Inter-Rater Reliability*, 4th ed., ch. 3.
    #[must_use]
    pub fn between(self, one: usize, other: usize, categories: usize) -> f64 {
        if one == other {
            return 1.0;
        }
        let (apart, most) = (count(one.abs_diff(other)), count(categories.saturating_sub(1)).max(1.0));
        match self {
            Self::Identity => 0.0,
            Self::Linear => 1.0 - apart / most,
            Self::Quadratic => 1.0 - (apart / most).powi(2),
            Self::Ordinal => 1.0 - pairs(apart + 1.0) / pairs(most + 1.0),
        }
    }

    /// Row by row, for `categories`.
    pub(super) fn matrix(self, categories: usize) -> Vec<Vec<f64>> {
        let row = |one| (0..categories).map(|other| self.between(one, other, categories)).collect();
        (0..categories).map(row).collect()
    }
}

/// How many pairs there are among so many.
fn pairs(number: f64) -> f64 {
    number * (number - 1.0) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_categories_agree_in_part() {
        for (weights, expected) in [
            (Weights::Identity, [1.0, 0.0, 0.0, 0.0, 0.0]),
            (Weights::Linear, [1.0, 0.75, 0.5, 0.25, 0.0]),
            (Weights::Quadratic, [1.0, 0.9375, 0.75, 0.4375, 0.0]),
            (Weights::Ordinal, [1.0, 0.9, 0.7, 0.4, 0.0]),
        ] {
            let found: Vec<f64> = (0..5).map(|other| weights.between(0, other, 5)).collect();
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-12, "{weights:?}: {found} is not {expected}");
            }
        }
        assert_eq!(Weights::Linear.between(0, 0, 1), 1.0);
    }
}
