//! The first page.

use askama::Template;
use gatelet_texts::console;
use gatelet_web::Frame;

use super::Around;
use crate::section::Section;

/// What there is, and whether secrets can be kept.
#[derive(Template)]
#[template(path = "overview.html")]
pub(crate) struct OverviewPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within the console.
    pub around: Around,
    /// None where the vault has no key.
    pub vault: Option<Kept>,
}

/// What the vault keeps.
pub(crate) struct Kept {
    /// The id of its key.
    pub key: String,
    /// How many secrets.
    pub secrets: u64,
    /// How many requests wait.
    pub requests: u64,
    /// How many applications.
    pub applications: u64,
}
