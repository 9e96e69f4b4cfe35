//! What is served beside the main origin.

use askama::Template;
use gatelet_texts::{Moment, console};
use gatelet_web::Frame;

use super::Around;

/// By name.
#[derive(Template)]
#[template(path = "origins.html")]
pub(crate) struct OriginsPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within the console.
    pub around: Around,
    /// A page of them.
    pub origins: Vec<OriginRow>,
    /// Path and query of the next page.
    pub next: Option<String>,
}

/// An origin.
pub(crate) struct OriginRow {
    /// Its name.
    pub name: String,
    /// Where it is; may be empty.
    pub base_url: String,
    /// Whose settings it starts from.
    pub parent: String,
    /// Whether it was made for a branch.
    pub is_preview: bool,
    /// That branch; or empty.
    pub branch: String,
    /// Until when it is served.
    pub expires_at: Option<Moment>,
}
