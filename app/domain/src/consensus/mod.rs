//! What a crowd says together, and how sure it is.

mod dawid_skene;
mod glad;
mod mace;
mod majority;
mod votes;

#[cfg(test)]
mod tests;

pub use dawid_skene::{Estimated, Until, dawid_skene, one_coin};
pub use glad::{Glad, glad};
pub use mace::{Mace, mace};
pub use majority::{majority, wawa, weighted};
pub use votes::{Belief, Vote, Votes};
