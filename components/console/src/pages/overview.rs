//! The first page.

use askama::Template;
use gatelet_texts::console;
use gatelet_web::Frame;

use super::ConsoleFrame;

/// What there is, and whether secrets can be kept.
#[derive(Template)]
#[template(path = "overview.html")]
pub(crate) struct OverviewPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within the console.
    pub console: ConsoleFrame,
    /// The id of the vault's key; none where there is no key.
    pub key: Option<String>,
}
