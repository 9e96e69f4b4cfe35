//! The page from which somebody takes all that is kept of them.

use super::AccountFrame;
use askama::Template;
use gatelet_texts::account;
use gatelet_web::Frame;

/// One button.
#[derive(Template)]
#[template(path = "account_export.html")]
pub(crate) struct ExportPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within an account.
    pub account: AccountFrame,
    /// For the form.
    pub csrf: String,
}
