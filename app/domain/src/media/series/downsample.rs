//! Fewer points that look the same: for series that are in the page already.

/// The rows to draw when `values` go into `buckets` stretches: of each stretch the rows of its lowest and its highest value,
/// in order. Rows without a value are left out.
#[must_use]
pub fn min_max(values: &[f64], buckets: usize) -> Vec<usize> {
    let mut rows = Vec::new();
    if buckets == 0 {
        return rows;
    }
    let per_bucket = values.len().div_ceil(buckets).max(1);
    for (at, bucket) in values.chunks(per_bucket).enumerate() {
        let mut extremes: Option<((usize, f64), (usize, f64))> = None;
        for (row, value) in bucket.iter().copied().enumerate().filter(|(_, value)| !value.is_nan()) {
            let here = (row, value);
            extremes = Some(match extremes {
                None => (here, here),
                Some((low, high)) => (if value < low.1 { here } else { low }, if value > high.1 { here } else { high }),
            });
        }
        if let Some(((low, _), (high, _))) = extremes {
            let first = at * per_bucket;
            rows.push(first + low.min(high));
            if low != high {
                rows.push(first + low.max(high));
            }
        }
    }
    rows
}

/// At most `wanted` rows that keep the shape of the line: *largest triangle three buckets* (Steinarsson, “Downsampling Time
/// Series for Visual Representation”, 2013). The first and the last row are always among them; rows without a value never.
#[must_use]
pub fn lttb(times: &[f64], values: &[f64], wanted: usize) -> Vec<usize> {
    let known: Vec<usize> =
        (0..times.len().min(values.len())).filter(|row| !values[*row].is_nan() && !times[*row].is_nan()).collect();
    if known.len() <= wanted {
        return known;
    }
    match wanted {
        0 => return Vec::new(),
        1 => return vec![known[0]],
        2 => return vec![known[0], known[known.len() - 1]],
        _ => {}
    }
    let inner = known.len() - 2;
    // Bucket `at` of the rows between the first and the last.
    let bucket = |at: usize| 1 + at * inner / (wanted - 2)..1 + (at + 1) * inner / (wanted - 2);
    let mut rows = Vec::with_capacity(wanted);
    let mut before = known[0];
    rows.push(before);
    for at in 0..wanted - 2 {
        let next = if at + 1 < wanted - 2 { bucket(at + 1) } else { known.len() - 1..known.len() };
        let count = next.len().max(1) as f64;
        let (mut mean_time, mut mean_value) = (0.0, 0.0);
        for row in &known[next] {
            mean_time += times[*row] / count;
            mean_value += values[*row] / count;
        }
        let area = |row: usize| {
            ((times[before] - mean_time) * (values[row] - values[before])
                - (times[before] - times[row]) * (mean_value - values[before]))
                .abs()
        };
        let largest = known[bucket(at)].iter().copied().max_by(|a, b| area(*a).total_cmp(&area(*b)));
        if let Some(row) = largest {
            rows.push(row);
            before = row;
        }
    }
    rows.push(known[known.len() - 1]);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn peaks_survive() {
        let mut values = vec![0.0; 1000];
        values[500] = 9.0;
        values[501] = -9.0;
        values[7] = f64::NAN;
        let times: Vec<f64> = (0..1000_u32).map(f64::from).collect();
        for rows in [min_max(&values, 10), lttb(&times, &values, 20)] {
            assert!(rows.contains(&500) || rows.contains(&501), "{rows:?}");
            assert!(!rows.contains(&7));
        }
        assert!(min_max(&values, 10).windows(2).any(|pair| pair == [500, 501]));
        assert_eq!(min_max(&values, 0), Vec::<usize>::new());
        assert_eq!(min_max(&[f64::NAN; 5], 2), Vec::<usize>::new());
        assert_eq!(lttb(&times, &values, 2), [0, 999]);
    }

    proptest! {
        #[test]
        fn as_many_as_wanted_in_order(
            values in proptest::collection::vec(-1e3..1e3, 0..2000_usize), wanted in 0_usize..300
        ) {
            let times: Vec<f64> = (0_u32..).zip(&values).map(|(at, _)| f64::from(at)).collect();
            let rows = lttb(&times, &values, wanted);
            prop_assert_eq!(rows.len(), wanted.min(values.len()));
            prop_assert!(rows.windows(2).all(|pair| pair[0] < pair[1]));
            let rows = min_max(&values, wanted);
            prop_assert!(rows.len() <= 2 * wanted);
            prop_assert!(rows.windows(2).all(|pair| pair[0] < pair[1]));
            if wanted > 0 && !values.is_empty() {
                let all = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let kept = rows.iter().map(|row| values[*row]).fold(f64::NEG_INFINITY, f64::max);
                prop_assert_eq!(all, kept);
            }
        }
    }
}
