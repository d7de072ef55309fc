//! How alike two sets of labels are.

use std::collections::BTreeSet;

/// Jaccard (1901): what both have, of what either has. Two empty sets are the same.
#[must_use]
pub fn jaccard<T: Ord>(one: &BTreeSet<T>, other: &BTreeSet<T>) -> f64 {
    let both = one.intersection(other).count();
    let either = one.len() + other.len() - both;
    if either == 0 { 1.0 } else { super::ratings::count(both) / super::ratings::count(either) }
}

/// MASI (Passonneau 2006): Jaccard's, less where one does not hold all of the other: two thirds where one is part of the other,
/// one third where they overlap, nothing where they do not.
#[must_use]
pub fn masi<T: Ord>(one: &BTreeSet<T>, other: &BTreeSet<T>) -> f64 {
    let order = if one == other {
        1.0
    } else if one.is_disjoint(other) {
        0.0
    } else if one.is_subset(other) || other.is_subset(one) {
        2.0 / 3.0
    } else {
        1.0 / 3.0
    };
    jaccard(one, other) * order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_as_alike_as_published() {
        // Passonneau's examples, and those of NLTK's `masi_distance` and `jaccard_distance`.
        for (one, other, of_jaccard, of_masi) in [
            (&[1, 2, 3, 4][..], &[1, 2, 3, 4][..], 1.0, 1.0),
            (&[1, 2], &[1, 2, 3, 4], 0.5, 1.0 / 3.0),
            (&[1, 2, 3], &[3, 4, 5], 0.2, 0.2 / 3.0),
            (&[1], &[2], 0.0, 0.0),
            (&[], &[], 1.0, 1.0),
            (&[], &[1], 0.0, 0.0),
        ] {
            let (one, other): (BTreeSet<i32>, BTreeSet<i32>) =
                (one.iter().copied().collect(), other.iter().copied().collect());
            assert!((jaccard(&one, &other) - of_jaccard).abs() < 1e-12, "{one:?} {other:?}");
            assert!((masi(&one, &other) - of_masi).abs() < 1e-12, "{one:?} {other:?}");
            assert_eq!(masi(&one, &other), masi(&other, &one));
        }
    }
}
