//! What was done, and by whom.

use askama::Template;
use gatelet_texts::{Moment, account, console};
use gatelet_web::Frame;

use super::Around;

/// Newest first.
#[derive(Template)]
#[template(path = "audit.html")]
pub(crate) struct AuditPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within the console.
    pub around: Around,
    /// A page of them.
    pub events: Vec<EventRow>,
    /// Path and query of the next page.
    pub next: Option<String>,
}

/// Something that happened, perhaps several times.
pub(crate) struct EventRow {
    /// Stable code.
    pub act: String,
    /// Of whom; may be empty.
    pub who: String,
    /// Whether an operator did it.
    pub is_operators: bool,
    /// What it was about; may be empty.
    pub target: String,
    /// Where; may be empty.
    pub origin: String,
    /// From where; may be empty.
    pub address: String,
    /// When, at last.
    pub last_at: Moment,
    /// How often.
    pub times: u64,
}
