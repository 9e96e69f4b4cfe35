//! The page between a form and the app.

use super::Frame;
use askama::Template;

/// "You are signed in", for as long as a browser takes to go on.
#[derive(Template)]
#[template(path = "continue.html")]
pub(crate) struct ContinuePage {
    /// Around the page.
    pub frame: Frame,
    /// Where it leads.
    pub return_to: String,
}
