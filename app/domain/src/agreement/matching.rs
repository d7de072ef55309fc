//! Which piece of one answer is which of another.

use super::ratings::count;

/// Pieces that were matched, of so many on either side.
#[derive(Debug, Clone, PartialEq)]
pub struct Matching {
    /// Places here and there, with how alike they are: in the order of those here.
    pub pairs: Vec<(usize, usize, f64)>,
    /// How many pieces there are here.
    pub here: usize,
    /// And there.
    pub there: usize,
}

impl Matching {
    /// Of `here` and `there` pieces, as many pairs as can be of which each is alike by `least` or more, from 0 to 1; of all ways
    /// to have as many, the one that is most alike. A piece is in one pair at most.
    #[must_use]
    pub fn of(here: usize, there: usize, least: f64, alike: impl Fn(usize, usize) -> f64) -> Self {
        // A pair more is worth more than all others being alike.
        let pair = count(here.min(there)) + 1.0;
        let worth = |one, other| {
            let alike = alike(one, other);
            if alike >= least && alike > 0.0 { pair + alike.min(1.0) } else { 0.0 }
        };
        let matrix: Vec<Vec<f64>> = (0..here).map(|one| (0..there).map(|other| worth(one, other)).collect()).collect();
        let pairs = assign(&matrix).into_iter().map(|(one, other)| (one, other, matrix[one][other] - pair)).collect();
        Self { pairs, here, there }
    }

    /// The harmonic mean of precision and recall, which is the same from both sides; 1 where neither has a piece.
    #[must_use]
    pub fn f1(&self) -> f64 {
        let all = self.here + self.there;
        if all == 0 { 1.0 } else { 2.0 * count(self.pairs.len()) / count(all) }
    }

    /// How alike both are on the whole: pieces without a partner are not alike at all; 1 where neither has a piece.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let all = self.here + self.there;
        let alike: f64 = self.pairs.iter().map(|(_, _, alike)| alike).sum();
        if all == 0 { 1.0 } else { 2.0 * alike / count(all) }
    }
}

/// The pairs of rows and columns, each in one pair at most, whose values have the largest sum; pairs of no value are left out.
///
/// Kuhn (1955) by shortest augmenting paths (Jonker and Volgenant 1987): its time grows with rows² · columns.
#[must_use]
pub fn assign(values: &[Vec<f64>]) -> Vec<(usize, usize)> {
    let columns = values.first().map_or(0, Vec::len);
    if values.len() > columns {
        let turned: Vec<Vec<f64>> = (0..columns).map(|at| values.iter().map(|row| row[at]).collect()).collect();
        let mut pairs: Vec<_> = assign(&turned).into_iter().map(|(column, row)| (row, column)).collect();
        pairs.sort_unstable();
        return pairs;
    }
    let most = values.iter().flatten().copied().fold(0.0, f64::max);
    let cost = |row: usize, column: usize| most - values[row][column];
    // Prices of rows and columns, and the row of each column, from 1; column 0 is where the row that comes next waits.
    let (mut of_rows, mut of_columns) = (vec![0.0; values.len() + 1], vec![0.0; columns + 1]);
    let mut row_of = vec![0_usize; columns + 1];
    for row in 1..=values.len() {
        row_of[0] = row;
        let mut least = vec![f64::INFINITY; columns + 1];
        let mut from = vec![0_usize; columns + 1];
        let mut seen = vec![false; columns + 1];
        let mut column = 0;
        while row_of[column] != 0 {
            seen[column] = true;
            let here = row_of[column];
            let (mut step, mut next) = (f64::INFINITY, 0);
            for other in 1..=columns {
                if seen[other] {
                    continue;
                }
                let open = cost(here - 1, other - 1) - of_rows[here] - of_columns[other];
                if open < least[other] {
                    least[other] = open;
                    from[other] = column;
                }
                if least[other] < step {
                    step = least[other];
                    next = other;
                }
            }
            for other in 0..=columns {
                if seen[other] {
                    of_rows[row_of[other]] += step;
                    of_columns[other] -= step;
                } else {
                    least[other] -= step;
                }
            }
            column = next;
        }
        while column != 0 {
            let before = from[column];
            row_of[column] = row_of[before];
            column = before;
        }
    }
    let taken = row_of.iter().enumerate().skip(1).filter(|(_, row)| **row > 0);
    let mut pairs: Vec<(usize, usize)> = taken.map(|(column, row)| (row - 1, column - 1)).collect();
    pairs.retain(|(row, column)| values[*row][*column] > 0.0);
    pairs.sort_unstable();
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The largest sum, by trying everything.
    fn best(values: &[Vec<f64>], row: usize, used: &mut Vec<bool>) -> f64 {
        let Some(here) = values.get(row) else { return 0.0 };
        let mut sum = best(values, row + 1, used);
        for (column, value) in here.iter().enumerate() {
            if !used[column] {
                used[column] = true;
                sum = sum.max(value + best(values, row + 1, used));
                used[column] = false;
            }
        }
        sum
    }

    proptest! {
        #[test]
        fn no_other_pairs_are_worth_more(
            (rows, columns) in (0_usize..5, 0_usize..6),
            numbers in prop::collection::vec(0_u8..10, 30),
        ) {
            let values: Vec<Vec<f64>> =
                (0..rows).map(|row| (0..columns).map(|column| f64::from(numbers[row * 6 + column])).collect()).collect();
            let pairs = assign(&values);
            let sum: f64 = pairs.iter().map(|(row, column)| values[*row][*column]).sum();
            prop_assert_eq!(sum, best(&values, 0, &mut vec![false; columns]));
            let mut columns: Vec<usize> = pairs.iter().map(|(_, column)| *column).collect();
            columns.sort_unstable();
            columns.dedup();
            prop_assert_eq!(columns.len(), pairs.len());
            prop_assert!(pairs.is_sorted_by(|one, other| one.0 < other.0));
        }
    }

    #[test]
    fn as_many_as_can_be_are_matched() {
        // The first is most like the second there, and the only one for it is the first.
        let alike = [[0.6, 0.9], [0.0, 0.6]];
        let matching = Matching::of(2, 2, 0.5, |one, other| alike[one][other]);
        let places: Vec<_> = matching.pairs.iter().map(|(one, other, _)| (*one, *other)).collect();
        assert_eq!(places, [(0, 0), (1, 1)]);
        assert!((matching.mean() - 0.6).abs() < 1e-9 && matching.f1() == 1.0);
        let strict = Matching::of(2, 2, 0.7, |one, other| alike[one][other]);
        assert_eq!((strict.pairs.len(), strict.f1()), (1, 0.5));
        assert_eq!(Matching::of(0, 0, 0.5, |_, _| 1.0).f1(), 1.0);
        assert_eq!(Matching::of(0, 3, 0.5, |_, _| 1.0).f1(), 0.0);
    }
}
