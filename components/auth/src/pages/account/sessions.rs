//! The page that says where somebody is signed in.

use super::{AccountFrame, Moment, browser_in_words, place_in_words};
use askama::Template;
use gatelet_sign_in::browser::Browser;
use gatelet_texts::{Language, account};
use gatelet_web::Frame;

/// This session, and others.
#[derive(Template)]
#[template(path = "account_sessions.html")]
pub(crate) struct SessionsPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within an account.
    pub account: AccountFrame,
    /// The one that asks, on the first page.
    pub this: Option<SessionRow>,
    /// Newest first.
    pub others: Vec<SessionRow>,
    /// Path and query of the next page.
    pub next: Option<String>,
    /// For the forms.
    pub csrf: String,
}

/// One session, as its user knows it.
pub(crate) struct SessionRow {
    /// By which it is ended.
    pub id: String,
    /// The browser.
    pub browser: Browser,
    /// `Berlin, DE`; may be empty.
    pub region: String,
    /// May be empty.
    pub address: String,
    /// By which way in.
    pub provider: String,
    /// When.
    pub signed_in_at: Moment,
    /// When it was last used.
    pub seen_at: Moment,
}

impl SessionRow {
    fn place(&self, language: Language) -> String {
        place_in_words(&self.region, language)
    }

    fn browser(&self, language: Language) -> String {
        browser_in_words(self.browser, language)
    }
}
