//! The page on which a password is set, changed, or taken away.

use super::AccountFrame;
use askama::Template;
use gatelet_texts::{account, common};
use gatelet_web::{Faults, Frame};

/// A new password, and where another way in is left, none.
#[derive(Template)]
#[template(path = "account_password.html")]
pub(crate) struct PasswordPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within an account.
    pub account: AccountFrame,
    /// What is wrong with what was typed, which never comes back.
    pub faults: Faults,
    /// For password managers; empty where there is none.
    pub email: String,
    /// Whether there is one.
    pub has_password: bool,
    /// Whether one may be set.
    pub may_set: bool,
    /// Whether it may be taken away.
    pub may_remove: bool,
    /// For the forms.
    pub csrf: String,
}
