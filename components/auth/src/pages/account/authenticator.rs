//! The page of an account's authenticator app.

use super::AccountFrame;
use askama::Template;
use gatelet_texts::{account, common};
use gatelet_web::{Faults, Frame};
use qrcodegen::{QrCode, QrCodeEcc};

/// What an app is given: as a picture and as text.
pub(crate) struct SetUp {
    /// As people type it.
    pub secret: String,
    /// The secret as the form brings it back.
    pub offer: String,
    pub(in crate::pages) qr_path: String,
    pub(in crate::pages) qr_size: i32,
}

impl SetUp {
    /// Of a secret and its URI.
    pub(crate) fn new(secret: String, uri: &str, offer: String) -> Self {
        // A URI is some 150 bytes, a picture holds 2,331; without one there is the text.
        let code = QrCode::encode_text(uri, QrCodeEcc::Medium).ok();
        let (qr_path, qr_size) = code.map_or_else(Default::default, |code| drawn(&code));
        Self {
            secret,
            offer,
            qr_path,
            qr_size,
        }
    }
}

/// One path of unit squares, and the side with its quiet zone of four.
fn drawn(code: &QrCode) -> (String, i32) {
    use core::fmt::Write as _;
    const QUIET: i32 = 4;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET).expect("a String takes it");
        }
    }
    (path, code.size() + 2 * QUIET)
}

/// Whether there is an app, and how to get one.
#[derive(Template)]
#[template(path = "authenticator.html")]
pub(crate) struct AuthenticatorPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within an account.
    pub account: AccountFrame,
    /// What is wrong with what was typed.
    pub faults: Faults,
    /// Whether there is one.
    pub is_set_up: bool,
    /// To be taken.
    pub set_up: Option<SetUp>,
    /// For the form.
    pub csrf: String,
}
