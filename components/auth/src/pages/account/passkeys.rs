//! The page of an account's passkeys.

use super::{AccountFrame, Moment};
use crate::pages::{PasskeyForm, PasskeySignal};
use askama::Template;
use gatelet_texts::{Text, account, common};
use gatelet_web::{Faults, Frame};

/// One of them.
pub(crate) struct ShownPasskey {
    /// base64url.
    pub id: String,
    /// The user's word for it.
    pub name: String,
    /// Whether it is on other devices too, or may be.
    pub backup: Text,
    /// When it was added.
    pub created_at: Moment,
    /// When it was used last.
    pub last_used_at: Option<Moment>,
}

/// All of them, and one more.
#[derive(Template)]
#[template(path = "passkeys.html")]
pub(crate) struct PasskeysPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within an account.
    pub account: AccountFrame,
    /// What went wrong.
    pub faults: Faults,
    /// Those that there are.
    pub passkeys: Vec<ShownPasskey>,
    /// What asks the browser for a new one.
    pub passkey: Option<PasskeyForm>,
    /// Which there are, for the browser.
    pub signal: Option<PasskeySignal>,
    /// For the forms.
    pub csrf: String,
}
