//! The page that says what has happened to an account.

use super::{AccountFrame, Moment, browser_in_words};
use askama::Template;
use gatelet_sign_in::audit::Act;
use gatelet_sign_in::browser::Browser;
use gatelet_web::Frame;

/// Newest first.
#[derive(Template)]
#[template(path = "account_events.html")]
pub(crate) struct EventsPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within an account.
    pub account: AccountFrame,
    /// A page of them.
    pub events: Vec<EventRow>,
    /// Path and query of the next page.
    pub next: Option<String>,
}

/// Something that happened, perhaps several times.
pub(crate) struct EventRow {
    /// What.
    pub act: Act,
    /// By or of which provider, where it is about one.
    pub provider: Option<String>,
    /// Whether an operator did it.
    pub is_operators: bool,
    /// When, at last.
    pub last_at: Moment,
    /// How often.
    pub times: u64,
    /// By what it was done, where that is known.
    pub browser: Option<Browser>,
    /// From where; may be empty.
    pub address: String,
}

impl EventRow {
    fn browser(&self) -> Option<String> {
        self.browser.map(browser_in_words)
    }

    fn words(&self) -> &'static str {
        words(self.act)
    }
}

/// What a user reads of an act.
fn words(act: Act) -> &'static str {
    match act {
        Act::SessionBegun => "You signed in",
        Act::SessionEnded => "You signed out",
        Act::SessionRevoked => "A session was ended",
        Act::SessionsRevoked => "All other sessions were ended",
        Act::CredentialsWrong => "Somebody typed a wrong password",
        Act::PassphraseWrong => "Somebody typed a wrong passphrase",
        Act::SignInRefused => "A sign-in was refused",
        Act::AccountDisabled => "A sign-in was refused because the account is switched off",
        Act::AccountLocked => "Too many wrong passwords: sign-in was closed for a while",
        Act::Limited => "Too much was asked at once",
        Act::DeviceNew => "You signed in with a browser for the first time",
        Act::AccountCreated => "Your account was made",
        Act::EmailTaken => "Somebody tried to make an account with your email",
        Act::AccountImported => "Your account came from another system",
        Act::AccountLinked => "An account was linked",
        Act::AccountUnlinked => "An account was unlinked",
        Act::EmailReclaimed => "Somebody else proved that your email is theirs",
        Act::ProfileChanged => "Your profile was changed",
        Act::DeletionAsked => "The end of your account was asked for",
        Act::DeletionWithdrawn => "Your account was kept after all",
        Act::AccountDeleted => "Your account was deleted",
        Act::AccountExported => "Your data was exported",
        Act::AccountSwitchedOff => "Your account was switched off",
        Act::AccountSwitchedOn => "Your account was switched on again",
        Act::AccountUnlocked => "Sign-in was opened again",
        Act::EmailChanged => "Your email was changed",
        Act::EmailVerified => "Your email was verified",
        Act::PasswordChanged => "Your password was changed",
        Act::PasswordReset => "Your password was set anew",
        Act::PasswordRemoved => "Your password was removed",
        Act::LinkSent => "A letter with a link was sent to you",
        Act::LinkRefused => "A link was no longer good",
        Act::FactorAdded => "A second step was set up",
        Act::FactorRemoved => "A second step was removed",
        Act::FactorWrong => "The second step of a sign-in was wrong",
        Act::RecoveryCodeUsed => "A recovery code was used",
        Act::RecoveryCodesMade => "New recovery codes were made",
        Act::FactorsReset => "Your second steps were removed",
        Act::StepUp => "You confirmed that it is you",
        Act::TokenMade => "An access token was made",
        Act::TokenRevoked => "An access token was revoked",
        Act::InvitationMade => "You were invited",
        Act::InvitationUsed => "You accepted an invitation",
        Act::InvitationRevoked => "An invitation was taken back",
        Act::GroupCreated => "A group was made",
        Act::GroupDeleted => "A group was deleted",
        Act::GroupJoined => "You came into a group",
        Act::GroupLeft => "You left a group",
        Act::AppGranted => "You were granted an app",
        Act::AppRevoked => "An app was granted no longer",
    }
}
