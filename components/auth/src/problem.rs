//! What goes wrong, and what is the visitor told? A closed set: each case has a
//! status, a stable code, a heading and a sentence. The detail goes to the log.

use crate::limits::Reached;
use crate::mailed::asked_at;
use crate::pages::with_other_account;
use gatelet_core::error::Code;
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::FormRefusal;
use gatelet_ports::store::types;
use gatelet_sign_in::mailed::Purpose;
use gatelet_sign_in::refusal::RefusalCode;
use gatelet_sign_in::second_factor::Needed;
use gatelet_sign_in::service::Fault;
use gatelet_texts::{Text, denials, problems};
use gatelet_web::{Action, Explain, with_return_to};
use http::StatusCode;

/// Why a request gets no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// For a reason that every component with pages has.
    Common(gatelet_web::Problem),
    /// A sign-in was refused.
    Refused(RefusalCode),
    /// Passwords are switched off.
    PasswordsOff,
    /// A link that was mailed is not good; for what another would be, where one is mailed.
    LinkVoid(Option<Purpose>),
    /// A code that was mailed is not good.
    WrongCode,
    /// No letter can be sent.
    MailOff,
    /// The typed credentials fit nobody.
    WrongCredentials,
    /// What was typed is not the passphrase.
    WrongPassphrase,
    /// Too many passwords are being hashed.
    Busy,
    /// What was typed does not do; the first fault's code.
    Invalid(&'static str),
    /// The address has an account.
    EmailTaken,
    /// The session could not be ended where it is kept.
    NotEnded,
    /// The app is not listed.
    AppUnknown,
    /// It was tried too often.
    Limited(Reached),
    /// Limits are near, and a challenge is to be met first.
    WorkWanted,
    /// What was proved does not suffice for a session.
    Needed(Needed),
    /// The user could not come back without it.
    LastWayIn,
    /// A first password needs a verified address.
    EmailNotVerified,
    /// The user has as many tokens as anybody may have.
    TooManyTokens,
    /// It is too long ago that the user signed in, for what is asked.
    NotRecent,
    /// There is no first step to which this is the second, or no more.
    SecondFactorGone,
    /// What was typed is no code of the user's.
    SecondFactorWrong,
    /// A passkey was refused.
    PasskeyRefused,
    /// A new one has not checked who holds it, and could not sign in.
    PasskeyUnverified,
    /// The user has as many passkeys as anybody may have.
    TooManyPasskeys,
    /// Too many codes were tried.
    SecondFactorLimited,
    /// The last second factor must stay.
    SecondFactorRequired,
    /// Something about the account has changed meanwhile.
    AccountChanged,
    /// What a program asks does not have the right form.
    Input(Fault),
    /// No provider is set up.
    NoProvider,
    /// Another program keeps users and sessions.
    Elsewhere,
    /// No access token of the provider's is kept.
    NoProviderToken,
}

impl Problem {
    /// For a reason that the gateway has too.
    pub(crate) const fn denied(code: Code) -> Self {
        Self::Common(gatelet_web::Problem::Denied(code))
    }

    /// No such page.
    pub(crate) const fn not_found() -> Self {
        Self::Common(gatelet_web::Problem::NotFound)
    }

    /// Whether it may be over in a moment, and the same request be good then.
    pub(crate) fn passes(self) -> bool {
        match self {
            Self::Common(problem) => problem.status() == StatusCode::SERVICE_UNAVAILABLE,
            Self::Refused(code) => code == RefusalCode::ProviderUnreachable,
            Self::Busy | Self::Limited(_) | Self::WorkWanted => true,
            _ => false,
        }
    }
}

impl From<gatelet_web::Problem> for Problem {
    fn from(problem: gatelet_web::Problem) -> Self {
        Self::Common(problem)
    }
}

impl From<FormRefusal> for Problem {
    fn from(refusal: FormRefusal) -> Self {
        Self::Common(refusal.into())
    }
}

impl From<types::Error> for Problem {
    fn from(error: types::Error) -> Self {
        Self::Common(error.into())
    }
}

impl Explain for Problem {
    fn common(self) -> Option<gatelet_web::Problem> {
        match self {
            Self::Common(problem) => Some(problem),
            _ => None,
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::Common(problem) => problem.status(),
            Self::Refused(code) => {
                StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Self::PasswordsOff | Self::MailOff | Self::NoProvider | Self::Elsewhere => {
                StatusCode::FORBIDDEN
            }
            Self::LinkVoid(_) => StatusCode::GONE,
            Self::WrongCredentials
            | Self::WrongPassphrase
            | Self::WrongCode
            | Self::SecondFactorGone
            | Self::PasskeyRefused
            | Self::SecondFactorWrong => StatusCode::UNAUTHORIZED,
            Self::SecondFactorLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Invalid(_) | Self::Input(_) | Self::PasskeyUnverified => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::EmailTaken
            | Self::LastWayIn
            | Self::TooManyTokens
            | Self::TooManyPasskeys
            | Self::SecondFactorRequired
            | Self::AccountChanged => StatusCode::CONFLICT,
            Self::EmailNotVerified => StatusCode::FORBIDDEN,
            Self::NotEnded | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Limited(_) | Self::WorkWanted => StatusCode::TOO_MANY_REQUESTS,
            Self::AppUnknown | Self::NoProviderToken => StatusCode::NOT_FOUND,
            Self::Needed(_) | Self::NotRecent => StatusCode::FORBIDDEN,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Common(problem) => problem.code(),
            Self::Refused(code) => code.as_str(),
            Self::PasswordsOff => "password.off",
            Self::MailOff => "mail.off",
            Self::LinkVoid(_) => "mail.link_void",
            Self::WrongCode => "mail.code_wrong",
            Self::WrongCredentials => "credentials.wrong",
            Self::WrongPassphrase => "passphrase.wrong",
            Self::Busy => "sign_in.busy",
            Self::Limited(_) => "limit.reached",
            Self::WorkWanted => "limit.work_wanted",
            Self::Invalid(code) => code,
            Self::EmailTaken => "account.email_taken",
            Self::NotEnded => "session.not_ended",
            Self::AppUnknown => "app.unknown",
            Self::Needed(needed) => needed.code(),
            Self::LastWayIn => "account.last_way_in",
            Self::EmailNotVerified => "account.email_not_verified",
            Self::TooManyTokens => "token.too_many",
            Self::NotRecent => "session.not_recent",
            Self::SecondFactorGone => "second_factor.gone",
            Self::SecondFactorWrong => "second_factor.wrong",
            Self::PasskeyRefused => "passkey.refused",
            Self::PasskeyUnverified => "passkey.unverified",
            Self::TooManyPasskeys => "passkey.too_many",
            Self::SecondFactorLimited => "second_factor.limited",
            Self::SecondFactorRequired => "second_factor.required",
            Self::AccountChanged => "account.changed",
            Self::Input(_) => "input.invalid",
            Self::NoProvider => "provider.none",
            Self::Elsewhere => "sign_in.elsewhere",
            Self::NoProviderToken => "provider.no_token",
        }
    }

    fn title(self) -> Text {
        match self {
            Self::Common(problem) => problem.title(),
            Self::Refused(code) => refusal_title(code),
            Self::PasswordsOff => problems::TITLE_PASSWORDS_OFF,
            Self::MailOff => problems::TITLE_MAIL_OFF,
            Self::LinkVoid(_) => problems::TITLE_LINK_VOID,
            Self::WrongCode => problems::TITLE_WRONG_CODE,
            Self::WrongCredentials => problems::TITLE_FAILED,
            Self::WrongPassphrase => denials::TITLE_PASSPHRASE,
            Self::Busy => problems::TITLE_BUSY,
            Self::Limited(_) => problems::TITLE_LIMITED,
            Self::WorkWanted => problems::TITLE_WORK_WANTED,
            Self::Invalid(_) | Self::EmailTaken | Self::Input(_) => problems::TITLE_INVALID,
            Self::NoProvider => problems::TITLE_NO_PROVIDER,
            Self::NoProviderToken => problems::TITLE_NO_PROVIDER_TOKEN,
            Self::Elsewhere => problems::TITLE_ELSEWHERE,
            Self::NotEnded => problems::TITLE_NOT_ENDED,
            Self::AppUnknown => problems::TITLE_APP_UNKNOWN,
            Self::Needed(_) => problems::TITLE_NEEDED,
            Self::LastWayIn => problems::TITLE_LAST_WAY_IN,
            Self::EmailNotVerified => problems::TITLE_EMAIL_NOT_VERIFIED,
            Self::TooManyTokens => problems::TITLE_TOO_MANY_TOKENS,
            Self::NotRecent => problems::TITLE_NOT_RECENT,
            Self::SecondFactorGone => problems::TITLE_SECOND_FACTOR_GONE,
            Self::SecondFactorWrong => problems::TITLE_FAILED,
            Self::PasskeyRefused | Self::PasskeyUnverified => problems::TITLE_PASSKEY_REFUSED,
            Self::TooManyPasskeys => problems::TITLE_TOO_MANY_PASSKEYS,
            Self::SecondFactorLimited => problems::TITLE_SECOND_FACTOR_LIMITED,
            Self::SecondFactorRequired => problems::TITLE_SECOND_FACTOR_REQUIRED,
            Self::AccountChanged => problems::TITLE_ACCOUNT_CHANGED,
        }
    }

    fn message(self) -> Text {
        match self {
            Self::Common(problem) => problem.message(),
            Self::Refused(code) => code.message(),
            Self::PasswordsOff => problems::PASSWORDS_OFF,
            Self::MailOff => problems::MAIL_OFF,
            Self::LinkVoid(_) => problems::LINK_VOID,
            Self::WrongCode => problems::WRONG_CODE,
            Self::WrongCredentials => problems::WRONG_CREDENTIALS,
            Self::WrongPassphrase => problems::WRONG_PASSPHRASE,
            Self::Busy => problems::BUSY,
            Self::Limited(reached) => reached.message(),
            Self::WorkWanted => problems::WORK_WANTED,
            Self::Invalid(_) => problems::INVALID,
            Self::Input(_) => problems::INPUT_INVALID,
            Self::NoProvider => problems::NO_PROVIDER,
            Self::NoProviderToken => problems::NO_PROVIDER_TOKEN,
            Self::Elsewhere => problems::ELSEWHERE,
            Self::EmailTaken => problems::EMAIL_TAKEN,
            Self::AppUnknown => problems::APP_UNKNOWN,
            Self::Needed(needed) => needed.message(),
            Self::SecondFactorGone => problems::SECOND_FACTOR_GONE,
            Self::SecondFactorWrong => problems::SECOND_FACTOR_WRONG,
            Self::PasskeyRefused => problems::PASSKEY_REFUSED,
            Self::PasskeyUnverified => problems::PASSKEY_UNVERIFIED,
            Self::TooManyPasskeys => problems::TOO_MANY_PASSKEYS,
            Self::SecondFactorLimited => problems::SECOND_FACTOR_LIMITED,
            Self::SecondFactorRequired => problems::SECOND_FACTOR_REQUIRED,
            Self::AccountChanged => problems::ACCOUNT_CHANGED,
            Self::LastWayIn => problems::LAST_WAY_IN,
            Self::EmailNotVerified => problems::EMAIL_NOT_VERIFIED,
            Self::TooManyTokens => problems::TOO_MANY_TOKENS,
            Self::NotRecent => problems::NOT_RECENT,
            Self::NotEnded => problems::NOT_ENDED,
        }
    }

    fn action(self, return_to: &ReturnTarget) -> Option<Action> {
        match self {
            Self::Common(problem) => problem.action(return_to),
            // Whoever came through here as through a relay has no business here.
            Self::Refused(
                RefusalCode::RelayStateInvalid
                | RefusalCode::RelayTargetUnknown
                | RefusalCode::RelayTargetRefused,
            ) => None,
            Self::Refused(
                RefusalCode::ProviderUnknown | RefusalCode::LinkTaken | RefusalCode::LinkSession,
            )
            | Self::LastWayIn
            | Self::EmailNotVerified
            | Self::TooManyTokens
            | Self::TooManyPasskeys
            | Self::PasskeyUnverified => Some(Action::account()),
            // Without the question the provider would sign the same account in again.
            Self::Refused(
                RefusalCode::EmailDomain
                | RefusalCode::IdTokenTenant
                | RefusalCode::IdTokenHostedDomain
                | RefusalCode::SignUpClosed
                | RefusalCode::NotInvited
                | RefusalCode::SignUpDomain
                | RefusalCode::AccountDisabled
                | RefusalCode::EmailUnverified
                | RefusalCode::Denied,
            ) => Some(Action {
                label: denials::USE_OTHER_ACCOUNT,
                href: with_other_account(&with_return_to("/auth/sign-in", return_to)),
            }),
            Self::LinkVoid(Some(purpose)) => Some(Action {
                label: problems::ASK_FOR_ANOTHER,
                href: asked_at(purpose, return_to),
            }),
            Self::NotEnded
            | Self::LinkVoid(None)
            | Self::PasswordsOff
            | Self::MailOff
            | Self::Elsewhere
            | Self::WrongCode => Some(Action::sign_in(denials::SIGN_IN, return_to)),
            Self::NotRecent => Some(Action {
                label: problems::CONFIRM,
                href: with_return_to("/auth/confirm", return_to),
            }),
            Self::SecondFactorRequired | Self::AccountChanged => Some(Action::account()),
            Self::SecondFactorGone
            | Self::SecondFactorWrong
            | Self::PasskeyRefused
            | Self::SecondFactorLimited => Some(Action::sign_in(denials::SIGN_IN, return_to)),
            Self::Refused(_)
            | Self::WrongCredentials
            | Self::WrongPassphrase
            | Self::Busy
            | Self::Limited(_)
            | Self::WorkWanted
            | Self::Invalid(_)
            | Self::Input(_)
            | Self::NoProvider
            | Self::NoProviderToken
            | Self::EmailTaken
            | Self::AppUnknown
            | Self::Needed(_) => Some(Action::sign_in(denials::TRY_AGAIN, return_to)),
        }
    }
}

fn refusal_title(code: RefusalCode) -> Text {
    match code {
        RefusalCode::ProviderUnknown => problems::NOT_FOUND_TITLE,
        RefusalCode::SignUpClosed | RefusalCode::NotInvited | RefusalCode::SignUpDomain => {
            problems::TITLE_NO_ACCOUNT
        }
        RefusalCode::InvitationInvalid => problems::TITLE_INVITATION_OVER,
        RefusalCode::AccountDisabled => problems::TITLE_ACCOUNT_OFF,
        RefusalCode::LinkTaken | RefusalCode::LinkSession => problems::TITLE_NOTHING_LINKED,
        RefusalCode::EmailDomain
        | RefusalCode::IdTokenTenant
        | RefusalCode::IdTokenHostedDomain => denials::TITLE_OTHER_ACCOUNT,
        RefusalCode::RelayTargetUnknown | RefusalCode::RelayTargetRefused => {
            problems::TITLE_SITE_REFUSED
        }
        _ => problems::TITLE_FAILED,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use gatelet_texts::are_sentences;

    use super::*;

    /// Every one.
    pub(crate) fn problems() -> Vec<Problem> {
        let denied = Code::ALL.iter().map(|code| Problem::denied(*code));
        let refused = RefusalCode::ALL.iter().map(|code| Problem::Refused(*code));
        let own = [
            Problem::not_found(),
            Problem::Common(gatelet_web::Problem::MethodNotAllowed("GET")),
            Problem::PasswordsOff,
            Problem::MailOff,
            Problem::LinkVoid(Some(Purpose::SignIn)),
            Problem::WrongCode,
            Problem::WrongCredentials,
            Problem::WrongPassphrase,
            Problem::Busy,
            Problem::Limited(Reached::any()),
            Problem::WorkWanted,
            Problem::Invalid("name.empty"),
            Problem::EmailTaken,
            Problem::NotEnded,
            Problem::AppUnknown,
            Problem::LastWayIn,
            Problem::EmailNotVerified,
            Problem::TooManyTokens,
            Problem::NotRecent,
            Problem::SecondFactorGone,
            Problem::SecondFactorWrong,
            Problem::PasskeyRefused,
            Problem::PasskeyUnverified,
            Problem::TooManyPasskeys,
            Problem::SecondFactorLimited,
            Problem::SecondFactorRequired,
            Problem::AccountChanged,
            Problem::Input(Fault::NoObject),
            Problem::NoProvider,
            Problem::Elsewhere,
        ];
        let needed = Needed::ALL.iter().map(|needed| Problem::Needed(*needed));
        denied.chain(refused).chain(needed).chain(own).collect()
    }

    #[test]
    fn every_problem_has_a_code_of_its_own_and_a_status_that_denies() {
        let mut seen = std::collections::BTreeSet::new();
        for problem in problems() {
            assert!(
                seen.insert(problem.code()),
                "{} is used twice",
                problem.code()
            );
            let status = problem.status();
            assert!(
                status.is_client_error() || status.is_server_error(),
                "{problem:?}"
            );
            // The operator's to mend, or ours; never the visitor's doing.
            assert!(
                status != StatusCode::INTERNAL_SERVER_ERROR
                    || [Code::Internal, Code::SettingsInvalid]
                        .map(Problem::denied)
                        .contains(&problem),
                "{problem:?}"
            );
        }
    }

    #[test]
    fn every_problem_speaks_in_sentences() {
        for problem in problems() {
            assert!(are_sentences(problem.message()), "{problem:?}");
        }
    }
}
