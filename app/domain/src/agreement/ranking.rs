//! How alike orders are.

use super::ratings::count;

/// Kendall (1945): τ-b of two lists of ranks, of the same things in the same order; 1 for the same order, −1 for the reverse. Ties
/// are taken out of both. `None` for fewer than two things, or where all of one list are tied.
#[must_use]
pub fn kendall_tau(one: &[f64], other: &[f64]) -> Option<f64> {
    let number = one.len().min(other.len());
    let (mut score, mut of_one, mut of_other) = (0_i64, 0_i64, 0_i64);
    for at in 0..number {
        for before in 0..at {
            let (here, there) = (sign(one[at] - one[before]), sign(other[at] - other[before]));
            score += here * there;
            of_one += here * here;
            of_other += there * there;
        }
    }
    let open = whole(of_one) * whole(of_other);
    (open > 0.0).then(|| whole(score) / open.sqrt())
}

/// Kendall and Babington Smith (1939): W of several lists of ranks, corrected for ties; 1 where all agree, 0 where nobody does.
/// `None` for fewer than two lists or things, or where everything is tied.
#[must_use]
pub fn kendall_w(lists: &[Vec<f64>]) -> Option<f64> {
    let things = lists.iter().map(Vec::len).min().filter(|things| *things > 1)?;
    let judges = count(lists.len());
    let mut sums = vec![0.0; things];
    let mut tied = 0.0;
    for list in lists {
        let (ranks, ties) = ranks(&list[..things]);
        sums.iter_mut().zip(ranks).for_each(|(sum, rank)| *sum += rank);
        tied += ties;
    }
    let number = count(things);
    let mean = sums.iter().sum::<f64>() / number;
    let spread: f64 = sums.iter().map(|sum| (sum - mean).powi(2)).sum();
    let open = judges.powi(2) * (number.powi(3) - number) - judges * tied;
    (lists.len() > 1 && open > 0.0).then(|| 12.0 * spread / open)
}

/// Ranks from 1, tied ones sharing their mean, and the sum of t³ − t over groups of t that are tied.
fn ranks(list: &[f64]) -> (Vec<f64>, f64) {
    let mut order: Vec<usize> = (0..list.len()).collect();
    order.sort_by(|one, other| list[*one].total_cmp(&list[*other]));
    let (mut ranks, mut ties) = (vec![0.0; list.len()], 0.0);
    let mut before = 0.0;
    for group in order.chunk_by(|one, other| list[*one].total_cmp(&list[*other]).is_eq()) {
        let size = count(group.len());
        group.iter().for_each(|place| ranks[*place] = before + f64::midpoint(1.0, size));
        before += size;
        ties += size.powi(3) - size;
    }
    (ranks, ties)
}

fn sign(difference: f64) -> i64 {
    i64::from(difference > 0.0) - i64::from(difference < 0.0)
}

fn whole(number: i64) -> f64 {
    let size = count(usize::try_from(number.unsigned_abs()).unwrap_or(usize::MAX));
    if number < 0 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_as_alike_as_published() {
        let tau = |one: &[f64], other: &[f64]| kendall_tau(one, other).unwrap();
        assert_eq!(tau(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0]), 1.0);
        assert_eq!(tau(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), -1.0);
        // SciPy's example of `kendalltau`, with ties.
        assert!((tau(&[12.0, 2.0, 1.0, 12.0, 2.0], &[1.0, 4.0, 7.0, 1.0, 0.0]) + 0.471_404_520_8).abs() < 1e-9);
        assert_eq!(kendall_tau(&[1.0], &[1.0]), None);
        assert_eq!(kendall_tau(&[1.0, 1.0], &[1.0, 2.0]), None);
    }

    #[test]
    fn judges_are_as_concordant_as_published() {
        // Siegel and Castellan (1988), table 9.10: three judges of six applicants.
        let judges = [[1.0, 6.0, 3.0, 2.0, 5.0, 4.0], [1.0, 5.0, 6.0, 4.0, 2.0, 3.0], [6.0, 3.0, 2.0, 5.0, 4.0, 1.0]];
        let lists: Vec<Vec<f64>> = judges.iter().map(|list| list.to_vec()).collect();
        assert!((kendall_w(&lists).unwrap() - 0.161_904_761_9).abs() < 1e-9);
        assert_eq!(kendall_w(&[vec![1.0, 2.0, 3.0], vec![1.0, 2.0, 3.0]]), Some(1.0));
        assert_eq!(kendall_w(&[vec![1.0, 2.0, 3.0]]), None);
        assert_eq!(kendall_w(&[vec![1.0, 1.0], vec![1.0, 1.0]]), None);
        assert_eq!(ranks(&[3.0, 1.0, 3.0]), (vec![2.5, 1.0, 2.5], 6.0));
    }
}
