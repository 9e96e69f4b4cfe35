//! What was mailed, and what has whoever uses it proved?
//!
//! 1. [`LinkToken`] goes into the link, [`MailedCode`] stands beside it, and
//!    [`BrowserMark`] stays with the browser that asked. What is kept of them is a
//!    [`Link`]: digests, and a MAC of the code.
//! 2. [`Link::open`] judges what came back: by the token, wherever it is opened, or by
//!    the code, in the browser that asked. An [`Opened`] link is proof that somebody
//!    reads mail at its address.
//! 3. [`decision::decide`] says what that opens.

mod code;
pub mod decision;
mod mark;
pub mod proof;

pub use code::{CODE_TRIES, MailedCode};
pub use mark::BrowserMark;

use crate::email::Email;
use crate::link_token::LinkToken;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::key::KeyRing;
use gatelet_core::secret::Secret;

/// What a link is for. One for a purpose is no good for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The address of a user who is there is to be proved.
    VerifyEmail,
    /// Whoever signed up gets an account once the address is proved.
    SignUp,
    /// To sign in.
    SignIn,
    /// To choose a new password.
    ResetPassword,
    /// The address is to become a user's.
    ChangeEmail,
    /// The address was a user's until just now, and is to be so again.
    UndoChange,
}

/// A link as it is kept.
#[derive(Clone, Debug)]
pub struct Link {
    /// SHA-256 of the token.
    pub token_digest: [u8; 32],
    /// What it is for.
    pub purpose: Purpose,
    /// To whom it was mailed.
    pub email: Email,
    /// Whom it is about; None where there is nobody yet.
    pub user_id: Option<String>,
    /// Base URL of the origin that it was made at.
    pub base_url: String,
    /// Where the visitor wanted to go. Judge it again before sending anybody there.
    pub return_to: String,
    /// What whoever signs up is to be called.
    pub name: String,
    /// PHC string of the password of whoever signs up.
    pub hash: Option<Secret>,
    /// MAC of the code.
    pub code_mac: [u8; 32],
    /// SHA-256 of the mark of the browser that asked.
    pub browser_digest: [u8; 32],
    /// In Unix seconds.
    pub expires: u64,
}

/// Proof that somebody reads mail at the link's address. Only [`Link::open`] and
/// [`Link::open_by_code`] make one.
#[derive(Clone, Debug)]
pub struct Opened(Link);

/// It is not good: unknown, used, expired, altered, for another purpose or another
/// origin. Nobody is told which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Void;

impl Purpose {
    /// Every case, for tests.
    pub const ALL: &'static [Self] = &[
        Self::VerifyEmail,
        Self::SignUp,
        Self::SignIn,
        Self::ResetPassword,
        Self::ChangeEmail,
        Self::UndoChange,
    ];

    /// A word of its own.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify-email",
            Self::SignUp => "sign-up",
            Self::SignIn => "sign-in",
            Self::ResetPassword => "reset-password",
            Self::ChangeEmail => "change-email",
            Self::UndoChange => "undo-change",
        }
    }

    /// How long it is good.
    #[must_use]
    pub const fn lifetime_seconds(self) -> u64 {
        const MINUTE: u64 = 60;
        const DAY: u64 = 24 * 60 * MINUTE;
        match self {
            Self::SignIn => 15 * MINUTE,
            Self::ResetPassword => 30 * MINUTE,
            Self::VerifyEmail | Self::SignUp | Self::ChangeEmail => DAY,
            // Whoever is on holiday learns of it too.
            Self::UndoChange => 7 * DAY,
        }
    }

    /// The page that its link leads to.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::VerifyEmail | Self::SignUp => "/auth/verify-email",
            Self::SignIn => "/auth/magic-link",
            Self::ResetPassword => "/auth/reset-password",
            Self::ChangeEmail => "/auth/account/email",
            Self::UndoChange => "/auth/undo-email-change",
        }
    }

    /// The link, whole, at the origin of this base URL.
    #[must_use]
    pub fn link(self, token: &LinkToken, base_url: &BaseUrl) -> Secret {
        let path = self.path();
        Secret::new(format!("{base_url}{path}?token={}", token.expose()))
    }
}

impl Link {
    /// Judges a link that was found by its token's digest.
    ///
    /// 1. It is there, so it was not used.
    /// 2. It is for one of the purposes that are asked for.
    /// 3. It was made at this origin.
    /// 4. It has not expired.
    pub fn open(
        found: Option<Self>,
        wanted: &[Purpose],
        base_url: &BaseUrl,
        now: u64,
    ) -> Result<Opened, Void> {
        let link = found.ok_or(Void)?;
        let is_good = wanted.contains(&link.purpose)
            && link.base_url == base_url.as_str()
            && now < link.expires;
        is_good.then_some(Opened(link)).ok_or(Void)
    }

    /// Judges a code against the links that this browser asked for, each of which counted
    /// the try: the one that it belongs to, by the same rules.
    pub fn open_by_code(
        asked_for: impl IntoIterator<Item = Self>,
        code: &MailedCode,
        keys: &KeyRing,
        wanted: &[Purpose],
        base_url: &BaseUrl,
        now: u64,
    ) -> Result<Opened, Void> {
        // All of them, so that it takes as long whichever it is.
        let found = asked_for.into_iter().fold(None, |found, link| {
            let fits = code.fits(&link.token_digest, &link.code_mac, keys);
            found.or(fits.then_some(link))
        });
        Self::open(found, wanted, base_url, now)
    }
}

impl Opened {
    /// What it says.
    #[must_use]
    pub fn link(&self) -> &Link {
        &self.0
    }
}

#[cfg(test)]
mod tests;
