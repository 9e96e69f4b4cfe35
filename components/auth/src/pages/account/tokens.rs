//! The page with tokens for programs.

use super::{AccountFrame, Moment};
use askama::Template;
use gatelet_texts::{account, common};
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
    /// Newest first.
    pub tokens: Vec<TokenRow>,
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

/// A token that nobody has seen before.
pub(crate) struct NewToken {
    /// The token.
    pub text: String,
    /// As its user calls it.
    pub name: String,
    /// Good until then.
    pub expires_at: Moment,
}

/// A token that is kept.
pub(crate) struct TokenRow {
    /// By which it is revoked.
    pub id: String,
    /// As its user calls it.
    pub name: String,
    /// By name, separated by commas; None for all.
    pub apps: Option<String>,
    /// When it was made.
    pub created_at: Moment,
    /// Good until then.
    pub expires_at: Moment,
    /// To the hour.
    pub used_at: Option<Moment>,
}
