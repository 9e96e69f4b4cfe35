//! How does a flow end that does not reach its aim? With a problem, put into a
//! page for people and into JSON for programs.

use askama::Template;
use gatelet_core::error::Code;
use gatelet_core::negotiate::{Reader, Reading};
use gatelet_core::reply::{RETRY_AFTER_SECONDS, SIGN_IN_PATH};
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::FormRefusal;
use gatelet_ports::store::types;
use gatelet_texts::Text;
use http::header::{ALLOW, Entry, RETRY_AFTER, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use serde_json::json;

use crate::answer::{self, Answer, in_language, with, with_cookies};
use crate::frame::Frame;
use crate::problem::{Action, Explain, Problem};

/// A flow's end short of its aim.
#[derive(Debug)]
pub struct Failure<P> {
    /// What went wrong.
    pub problem: P,
    /// Where the visitor wanted to go, where that is known.
    pub return_to: Option<ReturnTarget>,
    /// To set in any case.
    pub cookies: Vec<String>,
}

impl<P: Explain> Failure<P> {
    /// The same, and where the visitor wanted to go.
    #[must_use]
    pub fn returning(self, return_to: &ReturnTarget) -> Self {
        Self {
            return_to: Some(return_to.clone()),
            ..self
        }
    }

    /// The same, with a cookie to set.
    #[must_use]
    pub fn with_cookie(mut self, cookie: String) -> Self {
        self.cookies.push(cookie);
        self
    }

    /// The answer that says so.
    #[must_use]
    pub fn explained(self, frame: Frame, reader: Reader) -> Answer {
        let Self {
            problem,
            return_to,
            cookies,
        } = self;
        let answer = explained(frame, problem, reader, &return_to.unwrap_or_default());
        with_cookies(answer, cookies)
    }
}

impl<P: Explain> From<P> for Failure<P> {
    fn from(problem: P) -> Self {
        Self {
            problem,
            return_to: None,
            cookies: Vec::new(),
        }
    }
}

impl<P: Explain> From<FormRefusal> for Failure<P> {
    fn from(refusal: FormRefusal) -> Self {
        P::from(refusal.into()).into()
    }
}

impl<P: Explain> From<types::Error> for Failure<P> {
    fn from(error: types::Error) -> Self {
        P::from(error.into()).into()
    }
}

/// What happened, what to do, and the code to tell the operator. Never the detail.
#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    frame: Frame,
    title: Text,
    message: Text,
    action: Option<Action>,
    code: &'static str,
}

/// The answer to a problem.
#[must_use]
pub fn explained<P: Explain>(
    frame: Frame,
    problem: P,
    reader: Reader,
    return_to: &ReturnTarget,
) -> Answer {
    let (common, language) = (problem.common(), frame.language);
    let shown = match reader {
        Reader::Person => {
            let page = ProblemPage {
                frame,
                title: problem.title(),
                message: problem.message(),
                action: problem.action(return_to),
                code: problem.code(),
            };
            answer::page(problem.status(), &page)
        }
        Reader::Program => {
            let mut body = json!({
                "error": problem.code(),
                "message": frame.say(problem.message()),
            });
            if common == Some(Problem::Denied(Code::SessionNone)) {
                body["signInUrl"] = SIGN_IN_PATH.into();
            }
            answer::json(problem.status(), &body)
        }
    };
    let shown = in_language(shown, language);
    match common {
        Some(Problem::MethodNotAllowed(methods)) => {
            with(shown, ALLOW, HeaderValue::from_static(methods))
        }
        Some(Problem::Denied(_) | Problem::Form(_) | Problem::NotFound) | None => {
            worth_a_retry(shown)
        }
    }
}

/// An answer from before it is known at which site.
#[must_use]
pub fn nowhere(code: Code, reading: Reading) -> Answer {
    let (frame, return_to) = (Frame::of_none(reading.language), ReturnTarget::default());
    explained(frame, Problem::Denied(code), reading.reader, &return_to)
}

/// What a page answers behind these cookies: of two by one name the last counts, which is
/// the page's own.
pub fn behind<P>(
    cookies: Vec<String>,
    answer: Result<Answer, Failure<P>>,
) -> Result<Answer, Failure<P>> {
    match answer {
        Ok(mut answer) => {
            let own: Vec<_> = match answer.headers_mut().entry(SET_COOKIE) {
                Entry::Occupied(entry) => entry.remove_entry_mult().1.collect(),
                Entry::Vacant(_) => Vec::new(),
            };
            let answer = with_cookies(answer, cookies);
            let last = |answer, cookie| with(answer, SET_COOKIE, cookie);
            Ok(own.into_iter().fold(answer, last))
        }
        Err(mut failure) => {
            failure.cookies.splice(0..0, cookies);
            Err(failure)
        }
    }
}

/// Says when to try again, where that is worth it.
#[must_use]
pub fn worth_a_retry(answer: Answer) -> Answer {
    if answer.status() != StatusCode::SERVICE_UNAVAILABLE {
        return answer;
    }
    let seconds = HeaderValue::from_static(RETRY_AFTER_SECONDS);
    with(answer, RETRY_AFTER, seconds)
}
