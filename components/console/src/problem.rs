//! What goes wrong in the console, and what is the visitor told? A closed set: each case
//! has a status, a stable code, a heading and a sentence.

use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::FormRefusal;
use gatelet_ports::store::types;
use gatelet_secrets::{Code, ValueError, VaultError};
use gatelet_texts::{Text, console, denials, problems};
use gatelet_web::{Action, Explain, with_return_to};
use http::StatusCode;

/// Why a request gets no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// For a reason that every component with pages has.
    Common(gatelet_web::Problem),
    /// Whoever is signed in is no admin.
    NotAdmin,
    /// It is too long ago that the user signed in, for what is asked.
    NotRecent,
    /// The vault did nothing.
    Vault(Code),
    /// A link to enter a secret is not good, or is so no more.
    LinkVoid,
    /// What was entered is no value.
    Value(ValueError),
    /// The user has as many tokens as anybody may have.
    TooManyTokens,
    /// Nobody does this to themselves, nor an admin to an owner.
    NotYours,
}

impl Problem {
    /// No such page.
    pub(crate) const fn not_found() -> Self {
        Self::Common(gatelet_web::Problem::NotFound)
    }

    /// A form that none of our pages sends.
    pub(crate) const fn unreadable() -> Self {
        Self::Common(gatelet_web::Problem::Form(
            gatelet_forms::FormCode::Malformed,
        ))
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

/// The vault's own line is for agents and the command line: pages say it in the language
/// of their reader.
impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        Self::Vault(error.code)
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
            Self::NotAdmin | Self::NotRecent | Self::NotYours => StatusCode::FORBIDDEN,
            Self::Vault(code) => {
                StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
            }
            Self::LinkVoid => StatusCode::GONE,
            Self::Value(_) => StatusCode::BAD_REQUEST,
            Self::TooManyTokens => StatusCode::CONFLICT,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Common(problem) => problem.code(),
            Self::NotAdmin => "console.not_admin",
            Self::NotRecent => "session.not_recent",
            Self::Vault(code) => match code {
                Code::NotConfigured => "vault.not_configured",
                Code::Invalid => "vault.invalid",
                Code::Forbidden => "vault.forbidden",
                Code::NotFound => "vault.not_found",
                Code::Conflict => "vault.conflict",
                Code::WrongKey => "vault.wrong_key",
                Code::Unavailable => "vault.unavailable",
                Code::Internal => "vault.internal",
            },
            Self::LinkVoid => "secret.link_void",
            Self::Value(ValueError::Empty) => "secret.value_empty",
            Self::Value(ValueError::TooLong) => "secret.value_too_long",
            Self::Value(ValueError::Nul) => "secret.value_nul",
            Self::TooManyTokens => "token.too_many",
            Self::NotYours => "user.not_yours",
        }
    }

    fn title(self) -> Text {
        match self {
            Self::Common(problem) => problem.title(),
            Self::NotAdmin => console::TITLE_NOT_ADMIN,
            Self::NotRecent => problems::TITLE_NOT_RECENT,
            Self::Vault(Code::NotConfigured) => console::TITLE_NOT_CONFIGURED,
            Self::Vault(Code::NotFound) => denials::TITLE_NOT_FOUND,
            Self::Vault(Code::Conflict | Code::Unavailable) => denials::TITLE_AGAIN,
            Self::Vault(Code::Invalid) | Self::Value(_) => problems::TITLE_INVALID,
            Self::Vault(Code::Forbidden) | Self::NotYours => console::TITLE_NOT_YOURS,
            Self::Vault(Code::WrongKey | Code::Internal) => denials::TITLE_WRONG,
            Self::LinkVoid => problems::TITLE_LINK_VOID,
            Self::TooManyTokens => problems::TITLE_TOO_MANY_TOKENS,
        }
    }

    fn message(self) -> Text {
        match self {
            Self::Common(problem) => problem.message(),
            Self::NotAdmin => console::NOT_ADMIN,
            Self::NotRecent => problems::NOT_RECENT,
            Self::Vault(Code::NotConfigured) => console::NOT_CONFIGURED,
            Self::Vault(Code::Invalid) => problems::INVALID,
            Self::Vault(Code::Forbidden) => console::FORBIDDEN,
            Self::Vault(Code::NotFound) => console::NOT_FOUND,
            Self::Vault(Code::Conflict) => console::CONFLICT,
            Self::Vault(Code::WrongKey) => console::WRONG_KEY,
            Self::Vault(Code::Unavailable) => console::UNAVAILABLE,
            Self::Vault(Code::Internal) => denials::INTERNAL,
            Self::LinkVoid => console::LINK_VOID,
            Self::Value(error) => refused_value(error),
            Self::TooManyTokens => problems::TOO_MANY_TOKENS,
            Self::NotYours => console::NOT_YOURS,
        }
    }

    fn action(self, return_to: &ReturnTarget) -> Option<Action> {
        match self {
            Self::Common(problem) => problem.action(return_to),
            // Nothing here is for them.
            Self::NotAdmin => None,
            Self::NotRecent => Some(Action {
                label: problems::CONFIRM,
                href: with_return_to("/auth/confirm", return_to),
            }),
            Self::Vault(_)
            | Self::LinkVoid
            | Self::Value(_)
            | Self::TooManyTokens
            | Self::NotYours => Some(Action {
                label: console::BACK,
                href: crate::section::Section::Overview.path().to_owned(),
            }),
        }
    }
}

/// What is said of what is no value.
pub(crate) fn refused_value(error: ValueError) -> Text {
    match error {
        ValueError::Empty => console::VALUE_EMPTY,
        ValueError::TooLong => console::VALUE_TOO_LONG,
        ValueError::Nul => console::VALUE_NUL,
    }
}
