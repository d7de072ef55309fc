//! How far the edges of two masks are apart.

use super::ratings::count;
use crate::region::Mask;

/// Hausdorff distance in pixels: how far the farthest edge pixel of either is from the nearest edge pixel of the other; for a
/// `share` below 1, how far the pixel is that so many are nearer than (HD95 for 0.95). `None` where only one covers anything;
/// 0 where neither does.
///
/// Huttenlocher et al. (1993); of parts, the quantile of the distances from both sides together, between two of them in line.
#[must_use]
pub fn hausdorff(one: &Mask, other: &Mask, share: f64) -> Option<f64> {
    let (one, other) = (Edge::of(one), Edge::of(other));
    if one.is_empty() || other.is_empty() {
        return (one.is_empty() && other.is_empty()).then_some(0.0);
    }
    let mut distances: Vec<f64> = one.distances_to(&other).chain(other.distances_to(&one)).collect();
    distances.sort_by(f64::total_cmp);
    let place = share.clamp(0.0, 1.0) * count(distances.len() - 1);
    let below = distances.iter().enumerate().take_while(|(at, _)| count(*at) <= place).last().map_or(0, |(at, _)| at);
    let above = (below + 1).min(distances.len() - 1);
    Some(distances[below] + (place - count(below)) * (distances[above] - distances[below]))
}

/// The pixels of a mask beside which one is not painted, row by row, each row in order.
struct Edge {
    rows: Vec<Vec<u32>>,
}

impl Edge {
    fn of(mask: &Mask) -> Self {
        let mut rows = vec![Vec::new(); usize::try_from(mask.height()).unwrap_or(0)];
        mask.spans(|y, x0, x1| {
            let Some(row) = usize::try_from(y).ok().and_then(|y| rows.get_mut(y)) else { return };
            let is_inner = |x: u32| {
                let above = y.checked_sub(1).is_some_and(|above| mask.get(x, above));
                let beside = x.checked_sub(1).is_some_and(|left| mask.get(left, y)) && mask.get(x + 1, y);
                above && beside && mask.get(x, y + 1)
            };
            row.extend((x0..x1).filter(|x| !is_inner(*x)));
        });
        for row in &mut rows {
            row.sort_unstable();
        }
        Self { rows }
    }

    fn is_empty(&self) -> bool {
        self.rows.iter().all(Vec::is_empty)
    }

    fn distances_to<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = f64> + 'a {
        let rows = self.rows.iter().enumerate();
        rows.flat_map(move |(y, row)| row.iter().map(move |x| other.nearest(*x, y)))
    }

    /// Rows are gone through outwards, until they are farther than what was found.
    fn nearest(&self, x: u32, y: usize) -> f64 {
        let mut best = f64::INFINITY;
        for away in 0..self.rows.len() {
            let down = count(away);
            if down >= best {
                break;
            }
            let above = y.checked_sub(away).filter(|_| away > 0);
            for row in [Some(y + away), above].into_iter().flatten().filter_map(|y| self.rows.get(y)) {
                let at = row.partition_point(|other| *other < x);
                let beside = [at.checked_sub(1), Some(at)].into_iter().flatten().filter_map(|at| row.get(at));
                for other in beside {
                    best = best.min(down.hypot(f64::from(other.abs_diff(x))));
                }
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: u32, y: u32, side: u32) -> Mask {
        let mut mask = Mask::new(100, 100).unwrap();
        mask.fill((y..y + side).map(|row| (row, x, x + side)), true);
        mask
    }

    #[test]
    fn edges_are_as_far_apart_as_they_look() {
        let here = square(10, 10, 20);
        for (what, other, all, most) in [
            ("the same", square(10, 10, 20), Some(0.0), Some(0.0)),
            ("to the right", square(13, 10, 20), Some(3.0), Some(3.0)),
            ("down and to the right", square(13, 14, 20), Some(5.0), None),
            ("nothing", Mask::new(100, 100).unwrap(), None, None),
        ] {
            assert_eq!(hausdorff(&here, &other, 1.0), all, "{what}");
            assert_eq!(hausdorff(&other, &here, 1.0), all, "{what}");
            if let Some(most) = most {
                assert_eq!(hausdorff(&here, &other, 0.95), Some(most), "{what}");
            }
        }
        // One stray pixel far away moves the greatest distance, and not that of 95 of 100.
        let mut stray = here.clone();
        stray.fill([(90, 90, 91)], true);
        assert!(hausdorff(&here, &stray, 1.0).unwrap() > 80.0);
        assert_eq!(hausdorff(&here, &stray, 0.95), Some(0.0));
        let nothing = Mask::new(4, 4).unwrap();
        assert_eq!(hausdorff(&nothing, &nothing, 1.0), Some(0.0));
    }

    #[test]
    fn a_quantile_lies_between_two_distances() {
        let (mut one, mut other) = (Mask::new(10, 10).unwrap(), Mask::new(10, 10).unwrap());
        one.fill([(0, 0, 1)], true);
        other.fill([(0, 4, 5)], true);
        assert_eq!(hausdorff(&one, &other, 0.5), Some(4.0));
        // Distances 0, 0, 3: halfway between the second and the third.
        other = one.clone();
        other.fill([(0, 3, 4)], true);
        assert_eq!(hausdorff(&one, &other, 0.75), Some(1.5));
    }
}
