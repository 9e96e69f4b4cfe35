//! What time is it, and what can nobody guess? The host knows both: the core takes
//! them as arguments, and components get them here.

pub mod clock;
pub mod random;
