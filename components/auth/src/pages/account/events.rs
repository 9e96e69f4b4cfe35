//! The page that says what has happened to an account.

use super::{AccountFrame, Moment, browser_in_words};
use askama::Template;
use gatelet_sign_in::audit::Act;
use gatelet_sign_in::browser::Browser;
use gatelet_texts::{Language, Text, account};
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
    fn browser(&self, language: Language) -> Option<String> {
        self.browser
            .map(|browser| browser_in_words(browser, language))
    }

    fn words(&self) -> Text {
        words(self.act)
    }
}

/// What a user reads of an act.
fn words(act: Act) -> Text {
    match act {
        Act::SessionBegun => account::ACT_SESSION_BEGUN,
        Act::SessionEnded => account::ACT_SESSION_ENDED,
        Act::SessionRevoked => account::ACT_SESSION_REVOKED,
        Act::SessionsRevoked => account::ACT_SESSIONS_REVOKED,
        Act::CredentialsWrong => account::ACT_CREDENTIALS_WRONG,
        Act::PassphraseWrong => account::ACT_PASSPHRASE_WRONG,
        Act::SignInRefused => account::ACT_SIGN_IN_REFUSED,
        Act::AccountDisabled => account::ACT_ACCOUNT_DISABLED,
        Act::AccountLocked => account::ACT_ACCOUNT_LOCKED,
        Act::Limited => account::ACT_LIMITED,
        Act::DeviceNew => account::ACT_DEVICE_NEW,
        Act::AccountCreated => account::ACT_ACCOUNT_CREATED,
        Act::EmailTaken => account::ACT_EMAIL_TAKEN,
        Act::AccountImported => account::ACT_ACCOUNT_IMPORTED,
        Act::AccountLinked => account::ACT_ACCOUNT_LINKED,
        Act::AccountUnlinked => account::ACT_ACCOUNT_UNLINKED,
        Act::EmailReclaimed => account::ACT_EMAIL_RECLAIMED,
        Act::ProfileChanged => account::ACT_PROFILE_CHANGED,
        Act::DeletionAsked => account::ACT_DELETION_ASKED,
        Act::DeletionWithdrawn => account::ACT_DELETION_WITHDRAWN,
        Act::AccountDeleted => account::ACT_ACCOUNT_DELETED,
        Act::AccountExported => account::ACT_ACCOUNT_EXPORTED,
        Act::AccountSwitchedOff => account::ACT_ACCOUNT_SWITCHED_OFF,
        Act::AccountSwitchedOn => account::ACT_ACCOUNT_SWITCHED_ON,
        Act::AccountUnlocked => account::ACT_ACCOUNT_UNLOCKED,
        Act::EmailChanged => account::ACT_EMAIL_CHANGED,
        Act::EmailVerified => account::ACT_EMAIL_VERIFIED,
        Act::PasswordChanged => account::ACT_PASSWORD_CHANGED,
        Act::PasswordReset => account::ACT_PASSWORD_RESET,
        Act::PasswordRemoved => account::ACT_PASSWORD_REMOVED,
        Act::LinkSent => account::ACT_LINK_SENT,
        Act::LinkMade => account::ACT_LINK_MADE,
        Act::LinkRefused => account::ACT_LINK_REFUSED,
        Act::FactorAdded => account::ACT_FACTOR_ADDED,
        Act::FactorRemoved => account::ACT_FACTOR_REMOVED,
        Act::FactorWrong => account::ACT_FACTOR_WRONG,
        Act::RecoveryCodeUsed => account::ACT_RECOVERY_CODE_USED,
        Act::RecoveryCodesMade => account::ACT_RECOVERY_CODES_MADE,
        Act::FactorsReset => account::ACT_FACTORS_RESET,
        Act::StepUp => account::ACT_STEP_UP,
        Act::TokenMade => account::ACT_TOKEN_MADE,
        Act::TokenRevoked => account::ACT_TOKEN_REVOKED,
        Act::SessionsOver => account::ACT_SESSIONS_OVER,
        Act::ProviderTokensEnded => account::ACT_PROVIDER_TOKENS_ENDED,
        Act::ProviderTokensRevoked => account::ACT_PROVIDER_TOKENS_REVOKED,
        Act::InvitationMade => account::ACT_INVITATION_MADE,
        Act::InvitationUsed => account::ACT_INVITATION_USED,
        Act::InvitationRevoked => account::ACT_INVITATION_REVOKED,
        Act::LoginSwitchedOn => account::ACT_LOGIN_SWITCHED_ON,
        Act::LoginSwitchedOff => account::ACT_LOGIN_SWITCHED_OFF,
        Act::GroupCreated => account::ACT_GROUP_CREATED,
        Act::GroupDeleted => account::ACT_GROUP_DELETED,
        Act::GroupJoined => account::ACT_GROUP_JOINED,
        Act::GroupLeft => account::ACT_GROUP_LEFT,
        Act::AppGranted => account::ACT_APP_GRANTED,
        Act::AppRevoked => account::ACT_APP_REVOKED,
        Act::SecretRequested => account::ACT_SECRET_REQUESTED,
        Act::SecretEntered => account::ACT_SECRET_ENTERED,
        Act::SecretRotated => account::ACT_SECRET_ROTATED,
        Act::SecretEntryRefused => account::ACT_SECRET_ENTRY_REFUSED,
        Act::SecretDeleted => account::ACT_SECRET_DELETED,
        Act::SecretBound => account::ACT_SECRET_BOUND,
        Act::SecretRevealed => account::ACT_SECRET_REVEALED,
        Act::VariablesSet => account::ACT_VARIABLES_SET,
        Act::VariablesDeleted => account::ACT_VARIABLES_DELETED,
        Act::ProjectReconciled => account::ACT_PROJECT_RECONCILED,
        Act::ApplicationAdded => account::ACT_APPLICATION_ADDED,
        Act::ApplicationRemoved => account::ACT_APPLICATION_REMOVED,
        Act::VaultRekeyed => account::ACT_VAULT_REKEYED,
    }
}
