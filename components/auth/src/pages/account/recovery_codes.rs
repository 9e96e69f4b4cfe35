//! The page of an account's recovery codes.

use super::AccountFrame;
use askama::Template;
use gatelet_texts::account;
use gatelet_web::Frame;

/// How many are left, and the new ones, once.
#[derive(Template)]
#[template(path = "recovery_codes.html")]
pub(crate) struct RecoveryCodesPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within an account.
    pub account: AccountFrame,
    /// How many are left.
    pub left: u32,
    /// Whether there is a factor that they stand in for.
    pub useful: bool,
    /// New ones, as they are shown.
    pub codes: Vec<String>,
    /// For the form.
    pub csrf: String,
}

impl RecoveryCodesPage {
    /// As a file: a text that the link itself carries.
    fn file(&self) -> String {
        format!(
            "data:text/plain;charset=utf-8,{}",
            self.codes.join("%0D%0A")
        )
    }
}
