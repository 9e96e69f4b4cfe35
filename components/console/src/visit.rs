//! One request on its way through the console: what arrived, and at which origin.

use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::FormPurpose;
use gatelet_texts::Language;
use gatelet_web::{
    Answer, Arrival, Explain as _, Frame, Looks, log, see_other, with_cookies, with_return_to,
};

use crate::problem::Problem;
use crate::section::Section;
use crate::settings::Site;
use gatelet_core::negotiate::Reader;

/// Why a flow ends short of its aim.
pub(crate) type Failure = gatelet_web::Failure<Problem>;

/// One request.
pub(crate) struct Visit<'a> {
    /// What arrived, when, and from whom.
    pub arrival: Arrival<'a>,
    /// Where it came to.
    pub site: &'a Site,
}

/// The forms that are here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CsrfForm {
    /// A page of the navigation, and those below it.
    Section(Section),
    /// The page of a link.
    Enter,
}

impl FormPurpose for CsrfForm {
    fn as_str(self) -> &'static str {
        match self {
            Self::Section(section) => section.purpose(),
            Self::Enter => "csrf:console-enter",
        }
    }
}

impl Visit<'_> {
    /// What is around every page.
    pub(crate) fn frame(&self) -> Frame {
        let origin = self.arrival.origin;
        Frame {
            site_name: origin.site_name().to_owned(),
            language: self.language(),
            insecure: origin.is_insecure(),
            preview: self.site.preview,
            looks: Looks::of(&self.site.theme),
        }
    }

    /// What the visitor reads.
    pub(crate) fn language(&self) -> Language {
        self.arrival.head.language(self.arrival.origin.languages())
    }

    /// A line of the log about this request.
    pub(crate) fn note(&self, code: &str, detail: &str) {
        log::note(code, &format!("{} {detail}", self.arrival.trace()));
    }

    /// Back to what was asked for, once somebody has signed in.
    pub(crate) fn asked(&self) -> ReturnTarget {
        let head = self.arrival.head;
        let asked = match head.query() {
            "" => head.path().to_owned(),
            query => format!("{}?{query}", head.path()),
        };
        ReturnTarget::parse(&asked).unwrap_or_default()
    }

    /// The answer to a failure: a page for people, JSON for programs.
    pub(crate) fn failed(&self, failure: Failure) -> Answer {
        let reader = self.arrival.head.reader();
        if failure.problem == Problem::NotRecent && reader == Reader::Person {
            let back = failure.return_to.unwrap_or_else(|| self.asked());
            let confirm = see_other(&with_return_to("/auth/confirm", &back));
            return with_cookies(confirm, failure.cookies);
        }
        if failure.problem.common().is_none() {
            self.note(failure.problem.code(), "");
        }
        failure.explained(self.frame(), reader)
    }
}
