//! The page that asks for the shared passphrase, and what it shows to a browser
//! that has shown it already.

use askama::Template;
use gatelet_core::return_target::ReturnTarget;
use gatelet_texts::{common, denials, sign_in};
use gatelet_web::{Faults, Frame};

/// One field, and where an account does as well, the way to sign in.
#[derive(Template)]
#[template(path = "passphrase.html")]
pub(crate) struct PassphrasePage {
    frame: Frame,
    /// What is wrong with what was typed, which never comes back.
    pub faults: Faults,
    csrf: String,
    return_to: String,
    sign_in_href: Option<String>,
}

impl PassphrasePage {
    /// An empty form.
    pub(crate) fn new(
        frame: Frame,
        csrf: String,
        return_to: &ReturnTarget,
        sign_in_href: Option<String>,
    ) -> Self {
        Self {
            frame,
            faults: Faults::default(),
            csrf,
            return_to: return_to.as_str().to_owned(),
            sign_in_href,
        }
    }
}

/// The way on, and the way to be forgotten.
#[derive(Template)]
#[template(path = "passphrase_known.html")]
pub(crate) struct PassphraseKnownPage {
    /// Around the page.
    pub frame: Frame,
    /// For the sign-out form, which clears this cookie too.
    pub csrf: String,
    /// Where "Continue" leads.
    pub return_to: String,
}
