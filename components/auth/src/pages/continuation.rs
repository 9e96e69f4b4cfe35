//! The page between a form and the app.

use askama::Template;
use gatelet_texts::{common, sign_in};
use gatelet_web::Frame;

/// "You are signed in", for as long as a browser takes to go on.
#[derive(Template)]
#[template(path = "continue.html")]
pub(crate) struct ContinuePage {
    /// Around the page.
    pub frame: Frame,
    /// Where it leads.
    pub return_to: String,
}
