//! The form that a script fills in with what a passkey says. Without the script it is not
//! to be seen.

use crate::passkey;
use gatelet_texts::Text;

/// One ceremony of WebAuthn.
pub(crate) struct PasskeyForm {
    /// Where it posts to.
    pub action: &'static str,
    /// `get` or `create`.
    pub kind: &'static str,
    /// Whether the browser may offer passkeys beside what is typed.
    pub conditional: bool,
    /// What the browser is asked, in JSON.
    pub options: String,
    /// What the button says.
    pub label: Text,
    /// For the form.
    pub csrf: String,
    /// Where to go afterwards.
    pub return_to: String,
}

impl PasskeyForm {
    pub(super) fn script_href(&self) -> String {
        passkey::SCRIPT.href()
    }
}

/// What the browser is told of passkeys that are kept here or not, for it to forget those that
/// are of no use (WebAuthn level 3, §5.1.10).
pub(crate) struct PasskeySignal {
    /// By which method of `PublicKeyCredential`.
    pub method: &'static str,
    /// Its argument, in JSON.
    pub credentials: String,
}
