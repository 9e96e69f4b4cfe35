//! What goes wrong at any page, and what is the visitor told? A closed set: each
//! case has a status, a stable code, a heading and a sentence. The detail goes to
//! the log.

use core::fmt;

use gatelet_core::error::{Code, StoreError};
use gatelet_core::reply::SIGN_IN_PATH;
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::{FormCode, FormRefusal};
use gatelet_ports::store::types;
use gatelet_texts::{Text, denials, problems};
use http::StatusCode;

use crate::frame::with_return_to;
use crate::log;

/// Why a request gets no further, whichever component it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// For a reason that the gateway has too.
    Denied(Code),
    /// A form is not looked at.
    Form(FormCode),
    /// No such page.
    NotFound,
    /// The page is there, the method is not. What it answers, for `Allow`.
    MethodNotAllowed(&'static str),
}

/// A problem of a component, which may be one that all have.
pub trait Explain: Copy + fmt::Debug + From<Problem> {
    /// The one that all have, where it is.
    fn common(self) -> Option<Problem>;
    /// Status of the answer.
    fn status(self) -> StatusCode;
    /// Stable code.
    fn code(self) -> &'static str;
    /// Heading of the page.
    fn title(self) -> Text;
    /// What happened and what to do, in sentences.
    fn message(self) -> Text;
    /// The way on, for somebody who wanted to go to `return_to`.
    fn action(self, return_to: &ReturnTarget) -> Option<Action>;
}

/// A link onwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What it says.
    pub label: Text,
    /// Path and query.
    pub href: String,
}

impl Action {
    /// To the account page.
    #[must_use]
    pub fn account() -> Self {
        Self {
            label: problems::YOUR_ACCOUNT,
            href: "/auth/account".to_owned(),
        }
    }

    /// To the sign-in page, under this label.
    #[must_use]
    pub fn sign_in(label: Text, return_to: &ReturnTarget) -> Self {
        Self {
            label,
            href: with_return_to(SIGN_IN_PATH, return_to),
        }
    }
}

/// The detail goes to the log.
impl From<FormRefusal> for Problem {
    fn from(refusal: FormRefusal) -> Self {
        log::note(refusal.code.as_str(), &refusal.detail);
        Self::Form(refusal.code)
    }
}

/// The store has logged why.
impl From<types::Error> for Problem {
    fn from(error: types::Error) -> Self {
        let problem = Self::Denied(StoreError::from(error).into());
        log::error(problem.code(), "");
        problem
    }
}

impl Explain for Problem {
    fn common(self) -> Option<Problem> {
        Some(self)
    }

    fn status(self) -> StatusCode {
        let status = match self {
            Self::Denied(code) => code.status(),
            Self::Form(code) => code.status(),
            Self::NotFound => 404,
            Self::MethodNotAllowed(_) => 405,
        };
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn code(self) -> &'static str {
        match self {
            Self::Denied(code) => code.as_str(),
            Self::Form(code) => code.as_str(),
            Self::NotFound => "page.not_found",
            Self::MethodNotAllowed(_) => "method.not_allowed",
        }
    }

    fn title(self) -> Text {
        match self {
            Self::Denied(code) => code.title(),
            Self::Form(code) => code.title(),
            Self::NotFound => problems::NOT_FOUND_TITLE,
            Self::MethodNotAllowed(_) => problems::METHOD_NOT_ALLOWED_TITLE,
        }
    }

    fn message(self) -> Text {
        match self {
            Self::Denied(code) => code.message(),
            Self::Form(code) => code.message(),
            Self::NotFound => problems::NOT_FOUND,
            Self::MethodNotAllowed(_) => problems::METHOD_NOT_ALLOWED,
        }
    }

    fn action(self, return_to: &ReturnTarget) -> Option<Action> {
        match self {
            Self::Denied(Code::OriginUnknown | Code::SettingsInvalid | Code::RequestMalformed) => {
                None
            }
            Self::NotFound | Self::MethodNotAllowed(_) => Some(Action::account()),
            Self::Form(FormCode::CrossSite) => Some(Action::sign_in(denials::SIGN_IN, return_to)),
            Self::Denied(_)
            | Self::Form(FormCode::Malformed | FormCode::TooLarge | FormCode::CsrfMismatch) => {
                Some(Action::sign_in(denials::TRY_AGAIN, return_to))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use gatelet_texts::are_sentences;

    use super::*;

    #[test]
    fn every_common_problem_denies_by_a_code_of_its_own_in_sentences() {
        let mut seen = std::collections::BTreeSet::new();
        let denied = Code::ALL.iter().map(|code| Problem::Denied(*code));
        let forms = FormCode::ALL.iter().map(|code| Problem::Form(*code));
        let own = [Problem::NotFound, Problem::MethodNotAllowed("GET")];
        for problem in denied.chain(forms).chain(own) {
            assert!(seen.insert(problem.code()), "{} twice", problem.code());
            let status = problem.status();
            assert!(
                status.is_client_error() || status.is_server_error(),
                "{problem:?}"
            );
            assert!(are_sentences(problem.message()), "{problem:?}");
        }
    }
}
