//! Which page or call is a path? By exact match: no trailing slash, no case
//! folding, no decoding.

use crate::account::Section;
use gatelet_sign_in::end_session;
use gatelet_sign_in::service::{Endpoint, Surface, document};

/// What a path under `/auth` or `/api/auth` stands for.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) enum Route<'a> {
    /// `/auth`: leads to the account page.
    Root,
    /// The sign-in form.
    SignIn,
    /// The sign-up form.
    SignUp,
    /// The sign-out question and its answer.
    SignOut,
    /// The form for the shared passphrase.
    Passphrase,
    /// Signing in by a letter.
    MagicLink,
    /// Asking for a letter to choose a new password.
    ForgotPassword,
    /// Choosing it.
    ResetPassword,
    /// Proving an address.
    VerifyEmail,
    /// Taking a changed address back.
    UndoChange,
    /// Whoever is signed in proves it again.
    Confirm,
    /// The second step of signing in.
    SecondFactor,
    /// Sign in by a passkey.
    Passkey,
    /// The script that asks browsers for one.
    PasskeyScript,
    /// What hands on the part of an address that no server sees.
    FragmentScript,
    /// What sends a form once.
    OnceScript,
    /// On to where somebody who just signed in wanted to go.
    Continue,
    /// Whoever is leaving may stay.
    Leaving,
    /// A page of the account.
    Account(Section),
    /// JSON: is there a session?
    Session,
    /// JSON: the user, or 401.
    Me,
    /// JSON: a provider's access token, for scripts.
    Token,
    /// JSON: may the user use this app?
    Check,
    /// How the app reads who is asking.
    Docs,
    /// The same as text.
    DocsText,
    /// Begin a sign-in with this provider.
    Start(&'a str),
    /// A provider sends the browser back.
    Callback(&'a str),
    /// A provider says that a session there is over.
    BackChannelLogout(&'a str),
    /// It has the browser say so.
    FrontChannelLogout(&'a str),
    /// A provider sends the browser back that it has signed out.
    SignedOut,
    /// A call of the API that apps know from a central auth service.
    Service(Endpoint, Surface),
    /// What programs are told of it.
    ServiceDocument,
    /// The same for people.
    ServicePage,
    /// The style sheet.
    Style,
    /// The operator's style sheet.
    Theme,
    /// The operator's logo.
    Logo,
    /// What stands for the site in a browser's tab.
    Icon,
    /// The script that solves challenges.
    WorkScript,
    /// Nothing that we know.
    Unknown,
}

impl<'a> Route<'a> {
    /// Reads a path, without its query.
    pub(crate) fn of(path: &'a str) -> Self {
        match path {
            "/auth" | "/auth/" => Self::Root,
            "/auth/sign-in" => Self::SignIn,
            "/auth/sign-up" => Self::SignUp,
            "/auth/sign-out" => Self::SignOut,
            "/auth/passphrase" => Self::Passphrase,
            "/auth/confirm" => Self::Confirm,
            "/auth/second-factor" => Self::SecondFactor,
            "/auth/passkey" => Self::Passkey,
            "/auth/passkeys.js" => Self::PasskeyScript,
            "/auth/fragment.js" => Self::FragmentScript,
            "/auth/once.js" => Self::OnceScript,
            end_session::SIGNED_OUT_PATH => Self::SignedOut,
            crate::leaving::PATH => Self::Leaving,
            "/auth/magic-link" => Self::MagicLink,
            "/auth/forgot-password" => Self::ForgotPassword,
            "/auth/reset-password" => Self::ResetPassword,
            "/auth/verify-email" => Self::VerifyEmail,
            "/auth/undo-email-change" => Self::UndoChange,
            "/auth/continue" => Self::Continue,
            "/auth/session" => Self::Session,
            "/auth/me" => Self::Me,
            "/auth/token" => Self::Token,
            "/auth/check" => Self::Check,
            "/auth/docs" => Self::Docs,
            "/auth/llms.txt" => Self::DocsText,
            "/auth/style.css" => Self::Style,
            "/auth/theme.css" => Self::Theme,
            "/auth/logo" => Self::Logo,
            "/auth/icon.svg" => Self::Icon,
            "/auth/work.js" => Self::WorkScript,
            document::PATH => Self::ServiceDocument,
            document::PAGE_PATH => Self::ServicePage,
            _ => {
                if let Some((endpoint, surface)) = Endpoint::of(path) {
                    Self::Service(endpoint, surface)
                } else if let Some(section) = Section::of(path) {
                    Self::Account(section)
                } else if let Some(provider) = path.strip_prefix("/auth/start/") {
                    named(provider, Self::Start)
                } else if let Some(provider) = path.strip_prefix("/auth/backchannel-logout/") {
                    named(provider, Self::BackChannelLogout)
                } else if let Some(provider) = path.strip_prefix("/auth/frontchannel-logout/") {
                    named(provider, Self::FrontChannelLogout)
                } else if let Some(provider) = path
                    .strip_prefix("/auth/callback/")
                    // The path that many providers have registered already.
                    .or_else(|| path.strip_prefix("/api/auth/callback/"))
                {
                    named(provider, Self::Callback)
                } else {
                    Self::Unknown
                }
            }
        }
    }

    /// The methods that it answers, for `Allow` (RFC 9110 §10.2.1).
    pub(crate) fn methods(self) -> &'static str {
        match self {
            Self::Account(section) if section.takes_forms() => "GET, HEAD, POST",
            Self::SignIn
            | Self::SignUp
            | Self::SignOut
            | Self::Passphrase
            | Self::Confirm
            | Self::SecondFactor
            | Self::Leaving
            | Self::MagicLink
            | Self::ForgotPassword
            | Self::ResetPassword
            | Self::VerifyEmail
            | Self::UndoChange => "GET, HEAD, POST",
            Self::Service(endpoint, surface) => endpoint.methods(surface),
            Self::Callback(_) => "GET, POST",
            Self::Start(_) | Self::FrontChannelLogout(_) | Self::Token => "GET",
            Self::Passkey | Self::BackChannelLogout(_) => "POST",
            Self::Check => "GET, HEAD, OPTIONS",
            Self::Root
            | Self::Continue
            | Self::SignedOut
            | Self::Account(_)
            | Self::Session
            | Self::Me
            | Self::Docs
            | Self::DocsText
            | Self::ServiceDocument
            | Self::ServicePage
            | Self::Style
            | Self::Theme
            | Self::Logo
            | Self::Icon
            | Self::PasskeyScript
            | Self::FragmentScript
            | Self::OnceScript
            | Self::WorkScript
            | Self::Unknown => "GET, HEAD",
        }
    }

    /// Whether it is a file of the pages', which browsers keep.
    pub(crate) fn is_kept(self) -> bool {
        matches!(
            self,
            Self::Style
                | Self::Theme
                | Self::Logo
                | Self::Icon
                | Self::PasskeyScript
                | Self::FragmentScript
                | Self::OnceScript
                | Self::WorkScript
        )
    }

    /// Whether it answers in JSON whoever asks.
    pub(crate) fn is_api(self) -> bool {
        match self {
            Self::Session | Self::Me | Self::Token | Self::Check | Self::ServiceDocument => true,
            Self::Service(endpoint, surface) => !endpoint.changes() || surface == Surface::Rpc,
            _ => false,
        }
    }
}

fn named<'a>(provider: &'a str, route: fn(&'a str) -> Route<'a>) -> Route<'a> {
    let valid = (1..=32).contains(&provider.len())
        && provider
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if valid {
        route(provider)
    } else {
        Route::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_match_exactly() {
        for (path, route) in [
            ("/auth", Route::Root),
            ("/auth/", Route::Root),
            ("/auth/sign-in", Route::SignIn),
            ("/auth/sign-up", Route::SignUp),
            ("/auth/sign-out", Route::SignOut),
            ("/auth/passphrase", Route::Passphrase),
            ("/auth/confirm", Route::Confirm),
            ("/auth/second-factor", Route::SecondFactor),
            ("/auth/passkey", Route::Passkey),
            ("/auth/passkeys.js", Route::PasskeyScript),
            ("/auth/fragment.js", Route::FragmentScript),
            ("/auth/once.js", Route::OnceScript),
            (
                "/auth/account/authenticator",
                Route::Account(Section::Authenticator),
            ),
            ("/auth/account/leaving", Route::Leaving),
            ("/auth/passphrase/", Route::Unknown),
            ("/auth/magic-link", Route::MagicLink),
            ("/auth/forgot-password", Route::ForgotPassword),
            ("/auth/reset-password", Route::ResetPassword),
            ("/auth/verify-email", Route::VerifyEmail),
            ("/auth/undo-email-change", Route::UndoChange),
            ("/auth/continue", Route::Continue),
            ("/auth/docs", Route::Docs),
            ("/auth/llms.txt", Route::DocsText),
            ("/auth/docs/", Route::Unknown),
            ("/auth/account", Route::Account(Section::Overview)),
            ("/auth/account/profile", Route::Account(Section::Profile)),
            ("/auth/account/", Route::Unknown),
            ("/auth/account/profile/", Route::Unknown),
            ("/auth/account/nothing", Route::Unknown),
            ("/auth/session", Route::Session),
            ("/auth/me", Route::Me),
            ("/auth/token", Route::Token),
            ("/auth/check", Route::Check),
            (
                "/api/v1/auth/signin",
                Route::Service(Endpoint::SignIn, Surface::Rest),
            ),
            (
                "/api/rpc/v1/auth/me",
                Route::Service(Endpoint::Me, Surface::Rpc),
            ),
            ("/api/v1/auth/openapi.json", Route::ServiceDocument),
            ("/api/v1/auth/docs", Route::ServicePage),
            ("/api/v1/auth/", Route::Unknown),
            ("/api/rpc/v1/auth/docs", Route::Unknown),
            ("/auth/style.css", Route::Style),
            ("/auth/theme.css", Route::Theme),
            ("/auth/logo", Route::Logo),
            ("/auth/icon.svg", Route::Icon),
            ("/auth/work.js", Route::WorkScript),
            ("/auth/start/google", Route::Start("google")),
            ("/auth/callback/acme-2", Route::Callback("acme-2")),
            (
                "/auth/backchannel-logout/acme-2",
                Route::BackChannelLogout("acme-2"),
            ),
            (
                "/auth/frontchannel-logout/acme-2",
                Route::FrontChannelLogout("acme-2"),
            ),
            ("/auth/backchannel-logout/", Route::Unknown),
            ("/auth/frontchannel-logout/a/b", Route::Unknown),
            ("/auth/signed-out", Route::SignedOut),
            ("/api/auth/callback/github", Route::Callback("github")),
            ("/auth/sign-in/", Route::Unknown),
            ("/auth/Sign-In", Route::Unknown),
            ("/auth//sign-in", Route::Unknown),
            ("/auth/%73ign-in", Route::Unknown),
            ("/auth/start/", Route::Unknown),
            ("/auth/start/..", Route::Unknown),
            ("/auth/start/a/b", Route::Unknown),
            ("/auth/start/Google", Route::Unknown),
            (
                "/auth/start/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                Route::Unknown,
            ),
            ("/api/auth/sign-in", Route::Unknown),
            ("/api/auth/start/google", Route::Unknown),
            ("", Route::Unknown),
        ] {
            assert_eq!(Route::of(path), route, "{path}");
        }
    }
}
