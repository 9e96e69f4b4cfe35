//! What goes wrong, and what is the visitor told? A closed set: each case has a
//! status, a stable code, a heading and a sentence. The detail goes to the log.

use gatelet_core::error::Code;
use gatelet_sign_in::refusal::RefusalCode;
use http::StatusCode;

/// Why a request gets no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// For a reason that the gateway has too.
    Denied(Code),
    /// A sign-in was refused.
    Refused(RefusalCode),
    /// No such page.
    NotFound,
    /// The page is there, the method is not. What it answers, for `Allow`.
    MethodNotAllowed(&'static str),
    /// Passwords are switched off.
    PasswordsOff,
    /// The typed credentials fit nobody.
    WrongCredentials,
    /// What was typed is not the passphrase.
    WrongPassphrase,
    /// What was typed does not do; the first fault's code.
    Invalid(&'static str),
    /// The address has an account.
    EmailTaken,
    /// The session could not be ended where it is kept.
    NotEnded,
    /// The app is not listed.
    AppUnknown,
}

impl Problem {
    /// Status of the answer.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Denied(code) => {
                StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Self::Refused(code) => refusal_status(code),
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::PasswordsOff => StatusCode::FORBIDDEN,
            Self::WrongCredentials | Self::WrongPassphrase => StatusCode::UNAUTHORIZED,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::EmailTaken => StatusCode::CONFLICT,
            Self::NotEnded => StatusCode::SERVICE_UNAVAILABLE,
            Self::AppUnknown => StatusCode::NOT_FOUND,
        }
    }

    /// Whether it may be over in a moment, and the same request be good then.
    pub(crate) fn passes(self) -> bool {
        match self {
            Self::Denied(_) => self.status() == StatusCode::SERVICE_UNAVAILABLE,
            Self::Refused(code) => code == RefusalCode::ProviderUnreachable,
            _ => false,
        }
    }

    /// Stable code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Denied(code) => code.as_str(),
            Self::Refused(code) => code.as_str(),
            Self::NotFound => "page.not_found",
            Self::MethodNotAllowed(_) => "method.not_allowed",
            Self::PasswordsOff => "password.off",
            Self::WrongCredentials => "credentials.wrong",
            Self::WrongPassphrase => "passphrase.wrong",
            Self::Invalid(code) => code,
            Self::EmailTaken => "account.email_taken",
            Self::NotEnded => "session.not_ended",
            Self::AppUnknown => "app.unknown",
        }
    }

    /// Heading of the page.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Denied(code) => code.title(),
            Self::Refused(code) => refusal_title(code),
            Self::NotFound => "Page not found",
            Self::MethodNotAllowed(_) => "This page does not do that",
            Self::PasswordsOff => "Passwords are switched off",
            Self::WrongCredentials => "Sign-in did not work",
            Self::WrongPassphrase => "Passphrase needed",
            Self::Invalid(_) | Self::EmailTaken => "That does not do yet",
            Self::NotEnded => "Signed out in this browser only",
            Self::AppUnknown => "No such app",
        }
    }

    /// What happened and what to do.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Denied(code) => code.message(),
            Self::Refused(code) => code.message(),
            Self::NotFound => "There is nothing at this address. The link may be old or mistyped.",
            Self::MethodNotAllowed(_) => "The page is there, but it does not answer such requests.",
            Self::PasswordsOff => {
                "Signing in with a password is switched off here. Choose another way."
            }
            Self::WrongCredentials => "Email or password is wrong.",
            Self::WrongPassphrase => "That is not the passphrase.",
            Self::Invalid(_) => "Something that was typed does not do.",
            Self::EmailTaken => {
                "This address has an account already. Sign in instead, or use another address."
            }
            Self::AppUnknown => "There is no app of that name on the list.",
            Self::NotEnded => {
                "The database did not answer, so the session itself could not be ended. It ends by itself when it \
                 expires."
            }
        }
    }
}

fn refusal_status(code: RefusalCode) -> StatusCode {
    match code {
        RefusalCode::ProviderUnknown => StatusCode::NOT_FOUND,
        RefusalCode::FormTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        RefusalCode::Denied
        | RefusalCode::CsrfMismatch
        | RefusalCode::CrossSite
        | RefusalCode::SignUpClosed
        | RefusalCode::RelayTargetRefused
        | RefusalCode::EmailMissing
        | RefusalCode::EmailUnverified => StatusCode::FORBIDDEN,
        // The provider's answer is no good, whoever made it so (RFC 9110 §15.6.3).
        RefusalCode::ProviderError
        | RefusalCode::ProviderUnreachable
        | RefusalCode::DiscoveryMalformed
        | RefusalCode::DiscoveryIssuerMismatch
        | RefusalCode::DiscoveryEndpointInsecure
        | RefusalCode::DiscoveryUnsupported
        | RefusalCode::JwksMalformed
        | RefusalCode::TokenMalformed
        | RefusalCode::UserInfoMalformed
        | RefusalCode::GitHubMalformed
        | RefusalCode::IdTokenMissing
        | RefusalCode::IdTokenMalformed
        | RefusalCode::IdTokenAlgorithm
        | RefusalCode::IdTokenKeyUnknown
        | RefusalCode::IdTokenKeyAmbiguous
        | RefusalCode::IdTokenSignature
        | RefusalCode::IdTokenIssuer
        | RefusalCode::IdTokenAudience
        | RefusalCode::IdTokenAuthorizedParty
        | RefusalCode::IdTokenNonce
        | RefusalCode::IdTokenExpired
        | RefusalCode::IdTokenIssuedAt
        | RefusalCode::IdTokenNotBefore
        | RefusalCode::IdTokenSubject
        | RefusalCode::IdTokenAccessTokenHash
        | RefusalCode::UserInfoSubject => StatusCode::BAD_GATEWAY,
        RefusalCode::ParametersMalformed
        | RefusalCode::StateMissing
        | RefusalCode::StateMismatch
        | RefusalCode::AttemptExpired
        | RefusalCode::ProviderMismatch
        | RefusalCode::OriginMismatch
        | RefusalCode::ResponseIssuerMismatch
        | RefusalCode::ResponseIssuerMissing
        | RefusalCode::CodeMissing
        | RefusalCode::Replayed
        | RefusalCode::RelayStateInvalid
        | RefusalCode::RelayTargetUnknown
        | RefusalCode::RelayCodeInvalid
        | RefusalCode::TokenRefused
        | RefusalCode::FormMalformed => StatusCode::BAD_REQUEST,
    }
}

fn refusal_title(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::ProviderUnknown => "Page not found",
        RefusalCode::SignUpClosed => "No account for you here",
        RefusalCode::RelayTargetUnknown | RefusalCode::RelayTargetRefused => {
            "That site cannot be signed in to"
        }
        RefusalCode::FormMalformed | RefusalCode::FormTooLarge => "That did not come through",
        RefusalCode::CsrfMismatch | RefusalCode::CrossSite => "Nothing has happened",
        _ => "Sign-in did not work",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems() -> Vec<Problem> {
        let denied = Code::ALL.iter().map(|code| Problem::Denied(*code));
        let refused = RefusalCode::ALL.iter().map(|code| Problem::Refused(*code));
        let own = [
            Problem::NotFound,
            Problem::MethodNotAllowed("GET"),
            Problem::PasswordsOff,
            Problem::WrongCredentials,
            Problem::WrongPassphrase,
            Problem::Invalid("name.empty"),
            Problem::EmailTaken,
            Problem::NotEnded,
            Problem::AppUnknown,
        ];
        denied.chain(refused).chain(own).collect()
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
                    || matches!(
                        problem,
                        Problem::Denied(Code::Internal | Code::SettingsInvalid)
                    ),
                "{problem:?}"
            );
        }
    }

    #[test]
    fn every_problem_speaks_in_sentences() {
        for problem in problems() {
            assert!(
                !problem.title().is_empty() && problem.message().ends_with('.'),
                "{problem:?}"
            );
        }
    }
}
