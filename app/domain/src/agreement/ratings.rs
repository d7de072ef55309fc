//! What raters said about items, as places in a list of categories.

/// Who gave which category to which item. Categories are counted from 0, in their order where they have one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ratings {
    raters: usize,
    categories: usize,
    /// Item by item, one place for each rater.
    cells: Vec<Option<usize>>,
}

impl Ratings {
    /// Of items, each with what every rater said, or `None` where one said nothing. A category beyond `categories` counts as
    /// nothing said, and so do raters that an item has no place for.
    #[must_use]
    pub fn new<I>(raters: usize, categories: usize, items: I) -> Self
    where
        I: IntoIterator,
        I::Item: IntoIterator<Item = Option<usize>>,
    {
        let known = |cell: Option<usize>| cell.filter(|category| *category < categories);
        let row = |item: I::Item| item.into_iter().chain(std::iter::repeat(None)).take(raters).map(known);
        Self { raters, categories, cells: items.into_iter().flat_map(row).collect() }
    }

    /// How many raters there are.
    #[must_use]
    pub fn raters(&self) -> usize {
        self.raters
    }

    /// How many categories there are, given or not.
    #[must_use]
    pub fn categories(&self) -> usize {
        self.categories
    }

    /// What every rater said, item by item.
    pub fn items(&self) -> impl Iterator<Item = &[Option<usize>]> {
        self.cells.chunks_exact(self.raters.max(1))
    }

    /// How often each rater gave each category.
    pub(super) fn of_raters(&self) -> Vec<Vec<f64>> {
        let mut counts = vec![vec![0.0; self.categories]; self.raters];
        for item in self.items() {
            for (rater, category) in item.iter().enumerate() {
                if let Some(category) = category {
                    counts[rater][*category] += 1.0;
                }
            }
        }
        counts
    }

    /// How often each category was given to each item, without those that nobody rated.
    pub(super) fn table(&self) -> Table {
        let mut table = Table { categories: self.categories, counts: Vec::new(), totals: Vec::new() };
        for item in self.items() {
            let total = item.iter().flatten().count();
            if total == 0 {
                continue;
            }
            let start = table.counts.len();
            table.counts.resize(start + self.categories, 0.0);
            for category in item.iter().flatten() {
                table.counts[start + category] += 1.0;
            }
            table.totals.push(count(total));
        }
        table
    }
}

/// How often each category was given to each item.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) categories: usize,
    counts: Vec<f64>,
    /// How many rated each item: one at least.
    totals: Vec<f64>,
}

impl Table {
    /// The counts of each item, and how many rated it.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&[f64], f64)> {
        self.counts.chunks_exact(self.categories.max(1)).zip(self.totals.iter().copied())
    }

    /// How many items there are.
    pub(super) fn len(&self) -> f64 {
        count(self.totals.len())
    }

    /// Only the items that two raters or more have rated: the others say nothing of agreement.
    pub(super) fn paired(&self) -> Self {
        let mut table = Self { categories: self.categories, counts: Vec::new(), totals: Vec::new() };
        for (counts, total) in self.rows().filter(|(_, total)| *total >= 2.0) {
            table.counts.extend_from_slice(counts);
            table.totals.push(total);
        }
        table
    }

    /// The share of each category: the mean over items of its share there.
    pub(super) fn shares(&self) -> Vec<f64> {
        let mut shares = vec![0.0; self.categories];
        for (counts, total) in self.rows() {
            for (share, count) in shares.iter_mut().zip(counts) {
                *share += count / total;
            }
        }
        let items = self.len();
        shares.iter_mut().for_each(|share| *share /= items);
        shares
    }
}

/// A count as a number to reckon with: exact up to 2^53.
pub(super) fn count(number: usize) -> f64 {
    let number = u64::try_from(number).unwrap_or(u64::MAX);
    let (high, low) = (number >> 32, number & 0xffff_ffff);
    f64::from(u32::try_from(high).unwrap_or(u32::MAX))
        .mul_add(4_294_967_296.0, f64::from(u32::try_from(low).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_category_was_not_said() {
        let ratings = Ratings::new(3, 2, [vec![Some(0), Some(2)], vec![None, Some(1), Some(1), Some(0)], vec![]]);
        let items: Vec<_> = ratings.items().collect();
        assert_eq!(items, [&[Some(0), None, None], &[None, Some(1), Some(1)], &[None; 3]]);
        assert_eq!(ratings.of_raters(), [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]);
        let table = ratings.table();
        assert_eq!(table.rows().collect::<Vec<_>>(), [(&[1.0, 0.0][..], 1.0), (&[0.0, 2.0][..], 2.0)]);
        assert_eq!(table.shares(), [0.5, 0.5]);
        assert_eq!(table.paired().len(), 1.0);
    }

    #[test]
    fn counts_are_exact() {
        for number in [0, 1, 4_294_967_295, 4_294_967_296, 4_294_967_297, (1 << 53) - 1] {
            assert_eq!(format!("{:.0}", count(number)), number.to_string());
        }
    }
}
