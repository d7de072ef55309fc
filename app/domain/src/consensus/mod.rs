//! What a crowd says together, and how sure it is.

mod boxes;
mod dawid_skene;
mod glad;
mod mace;
mod majority;
mod pairs;
mod votes;

#[cfg(test)]
mod tests;

pub use boxes::{Drawn, Fused, fuse_boxes};
pub use dawid_skene::{Estimated, Until, dawid_skene, one_coin};
pub use glad::{Glad, glad};
pub use mace::{Mace, mace};
pub use majority::{majority, wawa, weighted};
pub use pairs::{Preferred, bradley_terry, weighted_median};
pub use votes::{Belief, Vote, Votes};
