//! How well people agree: coefficients that take chance out of categories, and measures of how alike two answers are.
//!
//! Formulas and their sources stand at each function; `docs/quality.md` explains them to those who read the numbers.

mod chance;
mod cohen;
mod distance;
mod estimate;
mod krippendorff;
mod matching;
mod points;
mod ranking;
mod ratings;
mod sets;
mod shapes;
mod spans;
mod text;
mod weights;

#[cfg(test)]
mod tests;

pub use chance::{brennan_prediger, fleiss, gwet, percent};
pub use cohen::{cohen, conger, scott};
pub use distance::hausdorff;
pub use estimate::Estimate;
pub use krippendorff::{Metric, krippendorff};
pub use matching::{Matching, assign};
pub use points::{SIGMA, alike, is_within, mean_oks, nearness, oks, track_iou};
pub use ranking::{kendall_tau, kendall_w};
pub use ratings::Ratings;
pub use sets::{jaccard, masi};
pub use shapes::{Outline, iou};
pub use spans::{Piece, f1_at, mean_iou, partial_f1, strict_f1, token_f1};
pub use text::{Step, alikeness, error_rate};
pub use weights::Weights;
