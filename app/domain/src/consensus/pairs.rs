//! An order of things of which people have only seen two at a time.

/// What somebody said of two things: the one they preferred, and the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preferred {
    /// The better one: a place in a list of things.
    pub winner: usize,
    /// The other.
    pub loser: usize,
}

/// Bradley and Terry (1952): how good each of `things` is, as shares that add up to 1, so that one is preferred to another as
/// often as its share says of both. Found by Hunter's (2004) steps, `rounds` of them at most.
///
/// What never lost, or was never seen, is held by a tie with everything of `0.1` comparisons: shares stay above zero.
#[must_use]
pub fn bradley_terry(things: usize, said: &[Preferred], rounds: usize) -> Vec<f64> {
    let said: Vec<&Preferred> = said.iter().filter(|pair| pair.winner < things && pair.loser < things).collect();
    let mut shares = vec![1.0; things];
    let mut wins = vec![TIE / 2.0; things];
    said.iter().for_each(|pair| wins[pair.winner] += 1.0);
    for _ in 0..rounds {
        // The tie is with something that is as good as all were at first.
        let mut met: Vec<f64> = shares.iter().map(|share| TIE / (share + 1.0)).collect();
        for pair in &said {
            let either = 1.0 / (shares[pair.winner] + shares[pair.loser]);
            met[pair.winner] += either;
            met[pair.loser] += either;
        }
        let next: Vec<f64> = wins.iter().zip(&met).map(|(wins, met)| wins / met).collect();
        let change = next.iter().zip(&shares).map(|(now, then)| (now / then - 1.0).abs()).fold(0.0, f64::max);
        shares = next;
        if change < 1e-12 {
            break;
        }
    }
    let all: f64 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= all);
    shares
}

/// Comparisons that everything is given, half of them won.
const TIE: f64 = 0.1;

/// The middle of numbers of which each has a weight: half of the weight lies on either side. Between two numbers with half of
/// it each, their mean. `None` without any weight.
#[must_use]
pub fn weighted_median(numbers: &[(f64, f64)]) -> Option<f64> {
    let mut numbers: Vec<(f64, f64)> =
        numbers.iter().copied().filter(|(number, weight)| number.is_finite() && *weight > 0.0).collect();
    numbers.sort_by(|one, other| one.0.total_cmp(&other.0));
    let half = numbers.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut before = 0.0;
    for (at, (number, weight)) in numbers.iter().enumerate() {
        before += weight;
        if (before - half).abs() <= half * 1e-12 {
            let next = numbers.get(at + 1).map_or(*number, |(next, _)| *next);
            return Some(f64::midpoint(*number, next));
        }
        if before > half {
            return Some(*number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_as_good_as_they_are_preferred() {
        // Of a, b and c: a wins 2 of 3 against each, and so does b against c.
        let said = [(0, 1), (0, 1), (1, 0), (1, 2), (1, 2), (2, 1), (0, 2), (0, 2), (2, 0)];
        let said = said.map(|(winner, loser)| Preferred { winner, loser });
        let shares = bradley_terry(3, &said, 1_000);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        // The most likely shares are those by which everything wins as often as it did, but for the ties.
        let meets = |one: usize, other: usize| 3.0 * shares[one] / (shares[one] + shares[other]);
        for (thing, (others, wins)) in [([1, 2], 4.0), ([0, 2], 3.0), ([0, 1], 2.0)].into_iter().enumerate() {
            let expected: f64 = others.into_iter().map(|other| meets(thing, other)).sum();
            assert!((expected - wins).abs() < TIE / 2.0, "{shares:?}: {expected} is not {wins}");
        }
        let alone = bradley_terry(3, &[Preferred { winner: 0, loser: 1 }, Preferred { winner: 7, loser: 0 }], 1_000);
        assert!(alone[0] > alone[2] && alone[2] > alone[1] && alone[1] > 0.0, "{alone:?}");
        assert!(bradley_terry(0, &[], 10).is_empty());
    }

    #[test]
    fn the_middle_has_half_of_the_weight_on_either_side() {
        for (numbers, middle) in [
            (&[(1.0, 1.0), (9.0, 1.0), (2.0, 1.0)][..], Some(2.0)),
            (&[(1.0, 1.0), (2.0, 1.0)], Some(1.5)),
            (&[(1.0, 5.0), (2.0, 1.0), (3.0, 1.0)], Some(1.0)),
            (&[(1.0, 1.0), (2.0, 0.0), (3.0, 1.0)], Some(2.0)),
            (&[(f64::NAN, 1.0), (4.0, 1.0)], Some(4.0)),
            (&[(1.0, 0.0)], None),
            (&[], None),
        ] {
            assert_eq!(weighted_median(numbers), middle, "{numbers:?}");
        }
    }
}
