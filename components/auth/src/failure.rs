//! How does a flow end that does not reach its aim? With a problem, put into a
//! page for people and into JSON for programs.

use crate::answer::{self, Answer, with};
use crate::log;
use crate::pages::{Action, Frame, ProblemPage, with_return_to};
use crate::ports::{Error, store_error};
use crate::problem::Problem;
use gatelet_core::error::Code;
use gatelet_core::negotiate::Reader;
use gatelet_core::reply::{RETRY_AFTER_SECONDS, SIGN_IN_PATH};
use gatelet_core::return_target::ReturnTarget;
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use http::header::{ALLOW, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde_json::json;

/// A flow's end short of its aim.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What went wrong.
    pub problem: Problem,
    /// Where the visitor wanted to go, where that is known.
    pub return_to: Option<ReturnTarget>,
    /// To set in any case.
    pub cookies: Vec<String>,
}

impl Failure {
    /// The same, and where the visitor wanted to go.
    pub(crate) fn returning(self, return_to: &ReturnTarget) -> Self {
        Self {
            return_to: Some(return_to.clone()),
            ..self
        }
    }

    /// The same, with a cookie to set.
    pub(crate) fn with_cookie(mut self, cookie: String) -> Self {
        self.cookies.push(cookie);
        self
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            return_to: None,
            cookies: Vec::new(),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        log::note(refusal.code.as_str(), &refusal.detail);
        Problem::Refused(refusal.code).into()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let problem = Problem::Denied(store_error(error).into());
        // The store has logged why.
        log::error(problem.code(), "");
        problem.into()
    }
}

/// The answer to a problem.
pub(crate) fn explained(
    frame: Frame,
    problem: Problem,
    reader: Reader,
    return_to: &ReturnTarget,
) -> Answer {
    let shown = match reader {
        Reader::Person => answer::page(problem.status(), &problem_page(frame, problem, return_to)),
        Reader::Program => {
            let mut body = json!({ "error": problem.code(), "message": problem.message() });
            if problem == Problem::Denied(Code::SessionNone) {
                body["signInUrl"] = SIGN_IN_PATH.into();
            }
            answer::json(problem.status(), &body)
        }
    };
    annotated(shown, problem)
}

fn problem_page(frame: Frame, problem: Problem, return_to: &ReturnTarget) -> ProblemPage {
    let action = match problem {
        Problem::Denied(Code::OriginUnknown | Code::SettingsInvalid | Code::RequestMalformed) => {
            None
        }
        // Whoever came through here as through a relay has no business here.
        Problem::Refused(
            RefusalCode::RelayStateInvalid
            | RefusalCode::RelayTargetUnknown
            | RefusalCode::RelayTargetRefused,
        ) => None,
        Problem::NotFound
        | Problem::MethodNotAllowed(_)
        | Problem::Refused(RefusalCode::ProviderUnknown) => Some(Action {
            label: "Your account",
            href: "/auth/account".to_owned(),
        }),
        Problem::NotEnded
        | Problem::Refused(RefusalCode::CrossSite | RefusalCode::SignUpClosed)
        | Problem::PasswordsOff => Some(Action {
            label: "Sign in",
            href: with_return_to(SIGN_IN_PATH, return_to),
        }),
        _ => Some(Action {
            label: "Try again",
            href: with_return_to(SIGN_IN_PATH, return_to),
        }),
    };
    ProblemPage {
        frame,
        title: problem.title().to_owned(),
        message: problem.message().to_owned(),
        action,
        code: problem.code(),
    }
}

/// The header fields that a status asks for.
fn annotated(answer: Answer, problem: Problem) -> Answer {
    match problem {
        Problem::MethodNotAllowed(methods) => {
            with(answer, ALLOW, HeaderValue::from_static(methods))
        }
        Problem::Denied(_) if problem.status() == StatusCode::SERVICE_UNAVAILABLE => with(
            answer,
            RETRY_AFTER,
            HeaderValue::from_static(RETRY_AFTER_SECONDS),
        ),
        _ => answer,
    }
}
