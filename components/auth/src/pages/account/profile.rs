//! The page on which somebody says what they are called.

use super::AccountFrame;
use askama::Template;
use gatelet_texts::{account, common};
use gatelet_web::{Faults, Frame};

/// One field.
#[derive(Template)]
#[template(path = "account_profile.html")]
pub(crate) struct ProfilePage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within an account.
    pub account: AccountFrame,
    /// What is wrong with what was typed.
    pub faults: Faults,
    /// As it is, or as it was typed.
    pub name: String,
    /// In characters.
    pub name_limit: usize,
    /// For the form.
    pub csrf: String,
}
