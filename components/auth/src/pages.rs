//! What does a person see? Every page, rendered from data alone: no I/O here,
//! so the tests render them natively.

mod account;
mod confirm;
mod continuation;
mod docs;
mod elsewhere;
mod leaving;
mod mailed;
mod passkey;
mod passphrase;
mod second_factor;
mod service;
mod sign_in;
mod sign_out;
mod sign_up;

pub(crate) use account::{
    AccountFrame, AppChoice, AuthenticatorPage, DeletePage, EmailPage, EventRow, EventsPage,
    ExportPage, LinkedRow, OverviewPage, PasskeysPage, PasswordPage, ProfilePage, ProviderChoice,
    ProvidersPage, RecoveryCodesPage, SessionRow, SessionsPage, SetUp, ShownPasskey, TokensPage,
};
pub(crate) use confirm::ConfirmPage;
pub(crate) use continuation::ContinuePage;
pub(crate) use docs::DocsPage;
pub(crate) use elsewhere::ElsewherePage;
pub(crate) use leaving::LeavingPage;
pub(crate) use mailed::{AskKind, AskPage, OpenedKind, OpenedPage, SentPage, UnprovedAccount};
pub(crate) use passkey::{PasskeyForm, PasskeySignal};
pub(crate) use passphrase::{PassphraseKnownPage, PassphrasePage};
pub(crate) use second_factor::{SecondFactorPage, Step};
pub(crate) use service::ServicePage;
pub(crate) use sign_in::{SignInPage, SignedInPage};
pub(crate) use sign_out::{SignOutPage, Who};
pub(crate) use sign_up::SignUpPage;

pub(crate) use gatelet_texts::Moment;

use crate::start::ANEW;
use gatelet_core::return_target::ReturnTarget;
use gatelet_sign_in::login_hint::LoginHint;
use gatelet_web::{monogram, with_return_to};

/// A link that starts a sign-in with a provider.
pub(crate) struct ProviderLink {
    /// The provider's name as the operator or we spell it.
    pub name: String,
    /// `google`, `github` or `other`: a class in the style sheet.
    pub style: &'static str,
    /// Path and query.
    pub href: String,
}

/// The path with one more parameter, which is written as it goes into a query.
pub(crate) fn with_parameter(path: &str, parameter: &str) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}{parameter}")
}

/// The path, asking for another account than the one that is remembered.
pub(crate) fn with_other_account(path: &str) -> String {
    with_parameter(path, "account=other")
}

impl ProviderLink {
    /// The link for a provider id, coming back to `return_to` afterwards; where `other`,
    /// by way of the provider's own question for the account.
    pub(crate) fn new(id: &str, name: &str, return_to: &ReturnTarget, other: bool) -> Self {
        let start = with_return_to(&format!("/auth/start/{id}"), return_to);
        Self {
            name: name.to_owned(),
            style: match id {
                "google" => "google",
                "github" => "github",
                _ => "other",
            },
            href: if other {
                with_other_account(&start)
            } else {
                start
            },
        }
    }

    /// The same, to be asked there anew who it is.
    pub(crate) fn anew(self) -> Self {
        Self {
            href: with_parameter(&self.href, ANEW),
            ..self
        }
    }

    /// The same, with a word to the provider about as whom.
    pub(crate) fn hinted(self, hint: Option<&LoginHint>) -> Self {
        let href = hint.map_or(self.href.clone(), |hint| hint.on(&self.href));
        Self { href, ..self }
    }

    fn monogram(&self) -> String {
        monogram(&self.name)
    }
}

#[cfg(test)]
mod tests;
