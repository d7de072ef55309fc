//! Putting several regions in line, and looking at some of them alone.

use domain::region::{Bounds, ImageVector};

use super::document::{Mark, RegionKey};
use super::edit::Edit;
use super::editor::{Editor, Response};

/// Which line the hulls of regions are brought to, or what is made equal between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrange {
    /// Left sides in line.
    Left,
    /// Middles in line, one above the other.
    Center,
    /// Right sides in line.
    Right,
    /// Upper sides in line.
    Top,
    /// Middles in line, one beside the other.
    Middle,
    /// Lower sides in line.
    Bottom,
    /// The gaps between them equal, from left to right.
    Across,
    /// The gaps between them equal, from top to bottom.
    Down,
}

impl Arrange {
    /// The fewest regions it means something for.
    #[must_use]
    pub fn least(self) -> usize {
        match self {
            Self::Across | Self::Down => 3,
            _ => 2,
        }
    }

    /// How far each hull moves.
    fn moves(self, hulls: &[Bounds]) -> Vec<ImageVector> {
        let Some(all) = hulls.iter().copied().reduce(Bounds::union) else { return Vec::new() };
        let across = |x: f64| ImageVector::new(x, 0.0);
        let down = |y: f64| ImageVector::new(0.0, y);
        let each = |by: &dyn Fn(&Bounds) -> ImageVector| hulls.iter().map(by).collect();
        match self {
            Self::Left => each(&|hull| across(all.min.x - hull.min.x)),
            Self::Center => each(&|hull| across(all.center().x - hull.center().x)),
            Self::Right => each(&|hull| across(all.max.x - hull.max.x)),
            Self::Top => each(&|hull| down(all.min.y - hull.min.y)),
            Self::Middle => each(&|hull| down(all.center().y - hull.center().y)),
            Self::Bottom => each(&|hull| down(all.max.y - hull.max.y)),
            Self::Across => {
                let spans: Vec<_> = hulls.iter().map(|hull| (hull.min.x, hull.max.x)).collect();
                spread(&spans).into_iter().map(across).collect()
            }
            Self::Down => {
                let spans: Vec<_> = hulls.iter().map(|hull| (hull.min.y, hull.max.y)).collect();
                spread(&spans).into_iter().map(down).collect()
            }
        }
    }
}

/// How far each span moves so that the gaps between neighbours are equal; the first and the last stay, and none leaves
/// what they all covered before, as a long one would where there is no room and the gaps are negative.
fn spread(spans: &[(f64, f64)]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    let middle = |at: usize| f64::midpoint(spans[at].0, spans[at].1);
    order.sort_by(|a, b| middle(*a).total_cmp(&middle(*b)));
    let mut moves = vec![0.0; spans.len()];
    let (Some(first), Some(last)) = (order.first(), order.last()) else { return moves };
    let inner: f64 = order.iter().map(|at| spans[*at].1 - spans[*at].0).sum();
    let gaps = u32::try_from(order.len().saturating_sub(1)).map_or(1.0, f64::from).max(1.0);
    let gap = (spans[*last].1 - spans[*first].0 - inner) / gaps;
    let lowest = spans.iter().fold(f64::INFINITY, |low, span| low.min(span.0));
    let highest = spans.iter().fold(f64::NEG_INFINITY, |high, span| high.max(span.1));
    let mut at = spans[*first].0;
    for (n, index) in order.iter().enumerate() {
        let is_end = n == 0 || n + 1 == order.len();
        let (from, length) = (spans[*index].0, spans[*index].1 - spans[*index].0);
        moves[*index] = if is_end { 0.0 } else { at.min(highest - length).max(lowest) - from };
        at += length + gap;
    }
    moves
}

impl Editor {
    /// Whether something that is selected overlaps others: it can go in front of them, or behind.
    pub(super) fn can_stack(&self) -> bool {
        let overlaps = |(key, mark): (RegionKey, &Mark)| {
            let surface = self.surfaces.get(&mark.region.to_name).filter(|_| mark.is_editable());
            let near = surface.and_then(|surface| Some(surface.scene.near(&surface.scene.bounds(key)?)));
            near.is_some_and(|near| near.iter().any(|other| !self.selection.contains(other)))
        };
        self.selected_marks().any(overlaps)
    }

    /// What is selected goes in front of all others of its picture, or behind them; among itself it stays as it was.
    pub(super) fn stack(&mut self, front: bool) -> Response {
        self.drop_gesture();
        let mut edits = Vec::new();
        for (key, mark) in self.selected_marks().filter(|(_, mark)| mark.is_editable()) {
            let others = self.document.marks_on(&mark.region.to_name);
            let others = others.filter(|(key, _)| !self.selection.contains(key)).map(|(_, other)| other.z_order);
            let of_selected = self.selected_marks().filter(|(_, other)| other.region.to_name == mark.region.to_name);
            let of_selected = of_selected.map(|(_, other)| other.z_order);
            let by = if front {
                others.max().zip(of_selected.min()).map(|(others, mine)| others.saturating_add(1).saturating_sub(mine))
            } else {
                others.min().zip(of_selected.max()).map(|(others, mine)| others.saturating_sub(1).saturating_sub(mine))
            };
            // What lies there already stays as it is.
            let by = by.filter(|by| if front { *by > 0 } else { *by < 0 });
            edits.extend(by.map(|by| Edit::Stack(key, mark.z_order.saturating_add(by))));
        }
        self.apply_all(edits)
    }

    /// The selected regions of the active surface that may be moved, with their hulls.
    fn movable(&self) -> Vec<(RegionKey, Bounds)> {
        self.selected_marks()
            .filter(|(_, mark)| mark.is_editable() && mark.region.to_name == self.active)
            .filter_map(|(key, mark)| Some((key, mark.region.shape.bounds()?)))
            .collect()
    }

    pub(super) fn can_arrange(&self, how: Arrange) -> bool {
        self.selection.len() >= how.least() && self.movable().len() >= how.least()
    }

    pub(super) fn arrange(&mut self, how: Arrange) -> Response {
        self.drop_gesture();
        let movable = self.movable();
        let hulls: Vec<Bounds> = movable.iter().map(|(_, hull)| *hull).collect();
        // All hulls stay within the hull of all, so nothing leaves the image.
        let edits = movable.iter().zip(how.moves(&hulls)).filter_map(|((key, _), by)| {
            let mark = self.document.mark(*key)?;
            (by.length() > 0.0).then(|| Edit::Reshape(*key, mark.region.shape.translated(by)))
        });
        let edits = edits.collect();
        self.apply_all(edits)
    }

    /// Whether something is hidden so that what is selected is seen alone.
    #[must_use]
    pub fn is_solo(&self) -> bool {
        self.solo.is_some()
    }

    /// Hides all but what is selected; once more shows what was shown before. Not an undo step: the work does not change.
    pub(super) fn toggle_solo(&mut self) -> Response {
        let keys: Vec<RegionKey> = match self.solo.take() {
            Some(hidden) => hidden,
            None => {
                let others = self.document.marks().filter(|(key, mark)| !mark.hidden && !self.selection.contains(key));
                let others: Vec<RegionKey> = others.map(|(key, _)| key).collect();
                self.solo = Some(others.clone());
                others
            }
        };
        let hide = self.solo.is_some();
        for key in &keys {
            if let Some(mark) = self.document.mark_mut(*key) {
                mark.hidden = hide;
            }
        }
        self.touch(&keys);
        Response::ALL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_become_equal_and_the_ends_stay() {
        assert_eq!(spread(&[(0.0, 10.0), (12.0, 22.0), (50.0, 60.0)]), [0.0, 13.0, 0.0]);
        // In any order.
        assert_eq!(spread(&[(50.0, 60.0), (0.0, 10.0), (12.0, 22.0)]), [0.0, 0.0, 13.0]);
        // More than there is room for: they overlap evenly.
        assert_eq!(spread(&[(0.0, 10.0), (2.0, 12.0), (8.0, 18.0)]), [0.0, 2.0, 0.0]);
        // Long ones that begin together stay where all of them were.
        assert_eq!(spread(&[(0.0, 10.0), (0.0, 100.0), (0.0, 120.0)]), [0.0, 0.0, 0.0]);
        assert_eq!(spread(&[(0.0, 30.0), (40.0, 130.0), (100.0, 130.0)]), [0.0, -20.0, 0.0]);
        assert_eq!(spread(&[]), [0.0; 0]);
    }
}
