//! The page on which somebody leaves.

use super::{AccountFrame, Moment};
use askama::Template;
use gatelet_texts::account;
use gatelet_web::{Faults, Frame};

/// What happens, and a field to show that it is meant.
#[derive(Template)]
#[template(path = "account_delete.html")]
pub(crate) struct DeletePage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within an account.
    pub account: AccountFrame,
    /// What is wrong with what was typed.
    pub faults: Faults,
    /// What is to be typed.
    pub confirmation: String,
    /// The account goes then.
    pub leaves_at: Moment,
    /// Whether there is no time of grace.
    pub is_at_once: bool,
    /// For the form.
    pub csrf: String,
}
