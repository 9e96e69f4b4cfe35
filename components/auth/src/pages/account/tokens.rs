//! The page with tokens for programs.

use super::AccountFrame;
use askama::Template;
use gatelet_texts::{account, common};
use gatelet_web::access_tokens::{NewToken, TokenRow};
use gatelet_web::{Faults, Frame};

/// Those there are, one more, and the one that was just made.
#[derive(Template)]
#[template(path = "account_tokens.html")]
pub(crate) struct TokensPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within an account.
    pub account: AccountFrame,
    /// What is wrong with what was typed.
    pub faults: Faults,
    /// Shown this once.
    pub made: Option<NewToken>,
    /// Newest first, each with the apps that it is good for; none for all.
    pub tokens: Vec<TokenRow<Option<String>>>,
    /// What was typed.
    pub name: String,
    /// In characters.
    pub name_limit: usize,
    /// For how many a token may be made.
    pub days: Vec<u64>,
    /// The listed apps.
    pub apps: Vec<AppChoice>,
    /// For the forms.
    pub csrf: String,
}

/// A listed app.
pub(crate) struct AppChoice {
    /// Its box.
    pub field: String,
    /// Its name.
    pub name: String,
}
