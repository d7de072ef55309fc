//! How alike two lists of pieces are that lie along a line: words of a text, seconds of a sound, frames of a film.

use std::collections::{BTreeMap, BTreeSet};

use super::matching::Matching;

/// A piece from `start` up to `end`, with what it was called.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Where it begins.
    pub start: f64,
    /// Where it ends: the first place that does not belong to it.
    pub end: f64,
    /// Its labels.
    pub labels: BTreeSet<String>,
}

impl Piece {
    fn length(&self) -> f64 {
        (self.end - self.start).max(0.0)
    }

    /// Whether it lies exactly where the other does.
    fn is_where(&self, other: &Self) -> bool {
        (self.start, self.end) == (other.start, other.end)
    }

    fn shared(&self, other: &Self) -> f64 {
        (self.end.min(other.end) - self.start.max(other.start)).max(0.0)
    }

    /// What both cover, of what either covers; two that are one and the same point are alike.
    #[must_use]
    pub fn iou(&self, other: &Self) -> f64 {
        let shared = self.shared(other);
        let either = self.length() + other.length() - shared;
        if either > 0.0 { shared / either } else { f64::from(u8::from(self.is_where(other))) }
    }
}

/// F1 of pieces with the same ends and the same labels, as of named entities (`CoNLL` 2003).
#[must_use]
pub fn strict_f1(one: &[Piece], other: &[Piece]) -> f64 {
    matched(one, other, 1.0, |one, other| f64::from(u8::from(one == other))).f1()
}

/// F1 of pieces that overlap and have the same labels (MUC's partial match).
#[must_use]
pub fn partial_f1(one: &[Piece], other: &[Piece]) -> f64 {
    let any = |one: &Piece, other: &Piece| {
        let meets = one.shared(other) > 0.0 || one.is_where(other);
        f64::from(u8::from(meets && one.labels == other.labels))
    };
    matched(one, other, 1.0, any).f1()
}

/// F1 of the single places: what both give the same label, of what either labels, as long as it is.
#[must_use]
pub fn token_f1(one: &[Piece], other: &[Piece]) -> f64 {
    let (here, there) = (covered(one), covered(other));
    let length = |lines: &BTreeMap<&str, Vec<(f64, f64)>>| -> f64 {
        lines.values().flatten().map(|(start, end)| end - start).sum()
    };
    let all = length(&here) + length(&there);
    if all <= 0.0 {
        return f64::from(u8::from(one.len() == other.len()));
    }
    let shared: f64 = here.iter().filter_map(|(label, line)| Some(meeting(line, there.get(label)?))).sum();
    2.0 * shared / all
}

/// F1 of pieces of the same labels that cover `least` or more of what either covers, matched in the best way.
#[must_use]
pub fn f1_at(one: &[Piece], other: &[Piece], least: f64) -> f64 {
    matched(one, other, least, same_label_iou).f1()
}

/// How alike the pieces are on the whole: of the same labels, matched in the best way.
#[must_use]
pub fn mean_iou(one: &[Piece], other: &[Piece]) -> f64 {
    matched(one, other, 0.0, same_label_iou).mean()
}

fn same_label_iou(one: &Piece, other: &Piece) -> f64 {
    if one.labels == other.labels { one.iou(other) } else { 0.0 }
}

fn matched(one: &[Piece], other: &[Piece], least: f64, alike: impl Fn(&Piece, &Piece) -> f64) -> Matching {
    Matching::of(one.len(), other.len(), least, |here, there| alike(&one[here], &other[there]))
}

/// What each label covers, as stretches that do not meet, in order.
fn covered(pieces: &[Piece]) -> BTreeMap<&str, Vec<(f64, f64)>> {
    let mut lines: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    for piece in pieces {
        for label in &piece.labels {
            lines.entry(label).or_default().push((piece.start, piece.end));
        }
    }
    for line in lines.values_mut() {
        line.sort_by(|one, other| one.0.total_cmp(&other.0));
        line.dedup_by(|next, last| {
            let meets = next.0 <= last.1;
            if meets {
                last.1 = last.1.max(next.1);
            }
            meets
        });
    }
    lines
}

/// How much two lines have in common.
fn meeting(one: &[(f64, f64)], other: &[(f64, f64)]) -> f64 {
    let (mut here, mut there, mut shared) = (0, 0, 0.0);
    while let (Some(first), Some(second)) = (one.get(here), other.get(there)) {
        shared += (first.1.min(second.1) - first.0.max(second.0)).max(0.0);
        if first.1 < second.1 { here += 1 } else { there += 1 }
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(list: &[(f64, f64, &str)]) -> Vec<Piece> {
        let piece = |(start, end, label): &(f64, f64, &str)| Piece {
            start: *start,
            end: *end,
            labels: label.split_whitespace().map(str::to_owned).collect(),
        };
        list.iter().map(piece).collect()
    }

    #[test]
    fn pieces_are_as_alike_as_they_look() {
        // strict, partial, by place, at one half, on the whole
        type Found = [f64; 5];
        type Pieces = &'static [(f64, f64, &'static str)];
        let cases: [(Pieces, Pieces, Found); 8] = [
            (&[(0.0, 5.0, "P")], &[(0.0, 5.0, "P")], [1.0; 5]),
            (&[(0.0, 5.0, "P")], &[(0.0, 5.0, "L")], [0.0; 5]),
            (&[(0.0, 4.0, "P")], &[(2.0, 6.0, "P")], [0.0, 1.0, 0.5, 0.0, 1.0 / 3.0]),
            (&[(0.0, 4.0, "P")], &[(0.0, 3.0, "P")], [0.0, 1.0, 6.0 / 7.0, 1.0, 0.75]),
            (
                &[(0.0, 4.0, "P"), (6.0, 8.0, "L")],
                &[(0.0, 4.0, "P")],
                [2.0 / 3.0, 2.0 / 3.0, 0.8, 2.0 / 3.0, 2.0 / 3.0],
            ),
            // One long piece is one of two, and all of the places.
            (&[(0.0, 4.0, "P")], &[(0.0, 2.0, "P"), (2.0, 4.0, "P")], [0.0, 2.0 / 3.0, 1.0, 2.0 / 3.0, 1.0 / 3.0]),
            (&[], &[], [1.0; 5]),
            (&[], &[(0.0, 1.0, "P")], [0.0; 5]),
        ];
        for (one, other, expected) in cases {
            let (one, other) = (pieces(one), pieces(other));
            for (one, other) in [(&one, &other), (&other, &one)] {
                let found = [
                    strict_f1(one, other),
                    partial_f1(one, other),
                    token_f1(one, other),
                    f1_at(one, other, 0.5),
                    mean_iou(one, other),
                ];
                for (found, expected) in found.iter().zip(expected) {
                    assert!((found - expected).abs() < 1e-9, "{one:?} {other:?}: {found} is not {expected}");
                }
            }
        }
    }

    #[test]
    fn points_and_overlaps_are_counted_once() {
        let point = pieces(&[(3.0, 3.0, "P")]);
        assert_eq!((strict_f1(&point, &point), partial_f1(&point, &point), token_f1(&point, &point)), (1.0, 1.0, 1.0));
        let doubled = pieces(&[(0.0, 4.0, "P"), (2.0, 6.0, "P")]);
        let whole = pieces(&[(0.0, 6.0, "P")]);
        assert_eq!(token_f1(&doubled, &whole), 1.0);
        // Two labels on one piece are two lines.
        assert!((token_f1(&pieces(&[(0.0, 4.0, "P Q")]), &pieces(&[(0.0, 4.0, "P")])) - 2.0 / 3.0).abs() < 1e-12);
    }
}
