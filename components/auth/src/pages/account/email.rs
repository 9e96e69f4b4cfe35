//! The account's address, and a form for another.

use super::AccountFrame;
use askama::Template;
use gatelet_texts::{account, common};
use gatelet_web::{Faults, Frame, Person};

/// One address, and the next.
#[derive(Template)]
#[template(path = "account_email.html")]
pub(crate) struct EmailPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within an account.
    pub account: AccountFrame,
    /// Whose.
    pub person: Person,
    /// For both forms.
    pub csrf: String,
    /// What was typed.
    pub typed: String,
    /// What is wrong with it.
    pub faults: Faults,
}
