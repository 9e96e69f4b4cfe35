//! The page with the accounts elsewhere that let somebody in.

use super::{AccountFrame, Moment};
use askama::Template;
use gatelet_texts::account;
use gatelet_web::Frame;

/// Those that are linked, and those that could be.
#[derive(Template)]
#[template(path = "account_providers.html")]
pub(crate) struct ProvidersPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within an account.
    pub account: AccountFrame,
    /// Oldest first.
    pub linked: Vec<LinkedRow>,
    /// In the order of their buttons.
    pub choices: Vec<ProviderChoice>,
    /// For the forms.
    pub csrf: String,
}

/// One that is linked.
pub(crate) struct LinkedRow {
    /// By which it is unlinked.
    pub issuer: String,
    /// Likewise.
    pub subject: String,
    /// The provider as it is called.
    pub provider: String,
    /// Whether it still lets anybody in.
    pub is_open: bool,
    /// The address there; empty where it is not known.
    pub email: String,
    /// Since when.
    pub linked_at: Moment,
    /// Whether another way in is left without it.
    pub may_unlink: bool,
}

/// One that could be.
pub(crate) struct ProviderChoice {
    /// The provider's id.
    pub id: String,
    /// As it is called.
    pub name: String,
}
