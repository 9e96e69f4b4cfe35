//! What does an admin see? Every page, rendered from data alone: no I/O here, so the tests
//! render them natively.

mod around;
mod overview;

pub(crate) use around::ConsoleFrame;
pub(crate) use overview::OverviewPage;
