//! How alike two written texts are.

use unicode_segmentation::UnicodeSegmentation;

use super::ratings::count;

/// What counts as one step of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Step {
    /// A word, as for word error rate.
    #[default]
    Word,
    /// A character as people see it, as for character error rate.
    Character,
}

/// The most steps that are compared; what is longer is compared up to here, so that a book cannot stop the machine.
const MOST: usize = 5_000;

/// One text measured by the other: the fewest insertions, deletions and substitutions, of the steps of `truth`. Above 1 where
/// most of `said` is wrong; `None` where there is no truth and something was said.
#[must_use]
pub fn error_rate(truth: &str, said: &str, step: Step) -> Option<f64> {
    let (truth, said) = (steps(truth, step), steps(said, step));
    let edits = distance(&truth, &said);
    if edits == 0 {
        return Some(0.0);
    }
    (!truth.is_empty()).then(|| count(edits) / count(truth.len()))
}

/// How alike two texts are, neither of which is the truth: 1 less the edits in relation to the longer one.
#[must_use]
pub fn alikeness(one: &str, other: &str, step: Step) -> f64 {
    let (one, other) = (steps(one, step), steps(other, step));
    let most = one.len().max(other.len());
    if most == 0 { 1.0 } else { 1.0 - count(distance(&one, &other)) / count(most) }
}

fn steps(text: &str, step: Step) -> Vec<&str> {
    match step {
        Step::Word => text.split_whitespace().take(MOST).collect(),
        Step::Character => text.trim().graphemes(true).take(MOST).collect(),
    }
}

/// Levenshtein (1966), in two rows.
fn distance(one: &[&str], other: &[&str]) -> usize {
    // What both begin and end with costs nothing.
    let head = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let (one, other) = (&one[head..], &other[head..]);
    let tail = one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count();
    let (one, other) = (&one[..one.len() - tail], &other[..other.len() - tail]);
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, here) in one.iter().enumerate() {
        let mut corner = row[0];
        row[0] = at + 1;
        for (place, there) in other.iter().enumerate() {
            let replaced = corner + usize::from(here != there);
            corner = row[place + 1];
            row[place + 1] = replaced.min(corner + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (truth, said, words, characters) in [
            ("the cat sat on the mat", "the cat sat on the mat", Some(0.0), Some(0.0)),
            ("the cat sat", "the hat sat", Some(1.0 / 3.0), Some(1.0 / 11.0)),
            ("kitten", "sitting", Some(1.0), Some(0.5)),
            ("a b", "a x y z", Some(1.5), Some(5.0 / 3.0)),
            ("", "", Some(0.0), Some(0.0)),
            ("", "noise", None, None),
            ("Grüße", "Gruße", Some(1.0), Some(0.2)),
        ] {
            assert_eq!(error_rate(truth, said, Step::Word), words, "{truth} / {said}");
            assert_eq!(error_rate(truth, said, Step::Character), characters, "{truth} / {said}");
        }
    }

    #[test]
    fn alikeness_is_the_same_both_ways() {
        for (one, other, alike) in [("a b c", "a b", 2.0 / 3.0), ("", "", 1.0), ("a", "", 0.0), ("a b", "c d", 0.0)] {
            for (one, other) in [(one, other), (other, one)] {
                assert!((alikeness(one, other, Step::Word) - alike).abs() < 1e-12, "{one} / {other}");
            }
        }
    }
}
