//! The sheet for developers of the app.

use askama::Template;
use gatelet_guide::{Part, Sheet};
use gatelet_texts::guide;
use gatelet_web::Frame;

/// How the app reads who is asking.
#[derive(Template)]
#[template(path = "docs.html")]
pub(crate) struct DocsPage {
    /// Around the page.
    pub frame: Frame,
    /// All that it says.
    pub sheet: Sheet,
}
