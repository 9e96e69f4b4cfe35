//! What do components ask of the store and of the operator's variables? The store's
//! ports, by the core's names for what crosses them; the settings that an instance
//! goes by; and the judgement of a request with the one call that it may need.
//!
//! Whoever depends on this imports what it calls and nothing else.

mod bindings;
mod convert;
mod judge;
mod sealed;
mod settings;

pub use bindings::gatelet::store;
pub use judge::{answer, judge, look_up, look_up_foreign, look_up_token};
pub use sealed::handed_token;
pub use settings::{AsTheyAre, Gathered, Known, Listing, Parse, Prepare, Settings};
