//! May this origin be kept, and what is it called? What operators write down of
//! origins, judged before it is kept: records, previews, other stacks' variables.
//!
//! What is kept is then read by the core's `origins`, and by sign-in's `sites`.
#![forbid(unsafe_code)]

#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
pub mod other_service;
pub mod other_stack;
pub mod preview;
pub mod saving;
pub mod translation;

#[cfg(test)]
mod tests {
    pub(crate) const NOW: u64 = 1_800_000_000;
    /// Random, and used nowhere else.
    pub(crate) const KEY: &str = "k1:Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w";
}
