//! The account's first page: who am I, how did I come in, and out again.

use super::{AccountFrame, Moment};
use askama::Template;
use gatelet_texts::account;
use gatelet_web::{Frame, Person};

/// Who is signed in, how and until when.
#[derive(Template)]
#[template(path = "account.html")]
pub(crate) struct OverviewPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within an account.
    pub account: AccountFrame,
    /// Who.
    pub person: Person,
    /// The provider as it is called, or what stands in its place.
    pub provider: String,
    /// The session ends then unless it is used.
    pub expires_at: Moment,
    /// For the sign-out form.
    pub csrf: String,
}
