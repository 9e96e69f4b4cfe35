//! The page for whoever has asked for the end of their account.

use askama::Template;
use gatelet_texts::{Moment, common, sign_in};
use gatelet_web::Frame;

/// When it ends, and the way to stay.
#[derive(Template)]
#[template(path = "leaving.html")]
pub(crate) struct LeavingPage {
    /// Around the page.
    pub frame: Frame,
    /// The account goes then.
    pub leaves_at: Moment,
    /// Whether that is past.
    pub is_over: bool,
    /// For the form.
    pub csrf: String,
}
