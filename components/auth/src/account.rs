//! `/auth/account` and the pages below it: what people see and change of their own
//! account. Below the first page by the store alone, however fresh the browser's copy of
//! a session is: one that was ended elsewhere neither sees nor changes anything.

mod notice;
mod overview;
mod section;

pub(crate) use notice::Notice;
pub(crate) use section::Section;

use crate::mailed::change;
use crate::pages::AccountFrame;
use crate::problem::Problem;
use crate::visit::{CsrfForm, Failure, Visit};
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::Form;
use gatelet_web::{
    Answer, Current, Live, current, in_store, see_other, with_cookies, with_return_to,
};

/// Whoever is signed in, at one page of their account.
pub(crate) struct Member<'a> {
    /// The request.
    pub visit: &'a Visit<'a>,
    /// The session that it came with, as the store has it now.
    pub session: Live,
    /// The page.
    pub section: Section,
    /// For the page's forms.
    pub csrf: String,
}

impl Member<'_> {
    /// What is around the page.
    pub(crate) fn frame(&self) -> AccountFrame {
        let word = self.visit.arrival.query();
        AccountFrame::new(
            self.section,
            Section::ALL
                .into_iter()
                .filter(|section| section.is_offered(self.visit)),
            Notice::of(word.text("done")),
        )
    }
}

/// Shows a page. Nobody is sent to sign in and comes back.
pub(crate) async fn show(visit: &Visit<'_>, section: Section) -> Result<Answer, Failure> {
    let (member, cookies) = match member(visit, section).await? {
        Ok(member) => member,
        Err(answer) => return Ok(answer),
    };
    with_these(cookies, shown(&member).await)
}

/// Does what a form asks for.
pub(crate) async fn submit(
    visit: &Visit<'_>,
    section: Section,
    typed: &Form,
) -> Result<Answer, Failure> {
    let (member, cookies) = match member(visit, section).await? {
        Ok(member) => member,
        Err(answer) => return Ok(answer),
    };
    let judged = visit
        .arrival
        .judge_csrf_token(CsrfForm::Account(section), typed);
    let answer = match judged {
        Ok(()) => submitted(&member, typed).await,
        Err(refusal) => Err(refusal.into()),
    };
    with_these(
        cookies,
        answer.map_err(|failure| failure.returning(&back(section))),
    )
}

async fn shown(member: &Member<'_>) -> Result<Answer, Failure> {
    match member.section {
        Section::Overview => Ok(overview::show(member)),
        Section::Email => change::show(member).await,
        Section::Profile
        | Section::Password
        | Section::Providers
        | Section::Sessions
        | Section::Passkeys
        | Section::Authenticator
        | Section::RecoveryCodes
        | Section::Tokens
        | Section::Events
        | Section::Export
        | Section::Delete => Err(Problem::not_found().into()),
    }
}

async fn submitted(member: &Member<'_>, typed: &Form) -> Result<Answer, Failure> {
    match member.section {
        Section::Email => change::submit(member, typed).await,
        Section::Overview
        | Section::Profile
        | Section::Password
        | Section::Providers
        | Section::Sessions
        | Section::Passkeys
        | Section::Authenticator
        | Section::RecoveryCodes
        | Section::Tokens
        | Section::Events
        | Section::Export
        | Section::Delete => Err(Problem::not_found().into()),
    }
}

/// Who is signed in and the cookies to set, or the way to sign in.
async fn member<'a>(
    visit: &'a Visit<'a>,
    section: Section,
) -> Result<Result<(Member<'a>, Vec<String>), Answer>, Failure> {
    if !section.is_offered(visit) {
        return Err(Problem::not_found().into());
    }
    let arrival = &visit.arrival;
    let current = match section {
        // It shows what the session says of itself and changes nothing.
        Section::Overview => current(arrival).await?,
        _ => in_store(arrival).await?,
    };
    Ok(match current {
        Current::Live(session, mut cookies) => {
            let (csrf, seed) = visit.arrival.csrf(CsrfForm::Account(section));
            cookies.extend(seed);
            let member = Member {
                visit,
                session,
                section,
                csrf,
            };
            Ok((member, cookies))
        }
        Current::Nobody(cookies) => {
            let sign_in = with_return_to("/auth/sign-in", &back(section));
            Err(with_cookies(see_other(&sign_in), cookies))
        }
    })
}

/// Back to a page, after signing in.
fn back(section: Section) -> ReturnTarget {
    ReturnTarget::parse(section.path()).expect("our own paths are on this site")
}

fn with_these(cookies: Vec<String>, answer: Result<Answer, Failure>) -> Result<Answer, Failure> {
    match answer {
        Ok(answer) => Ok(with_cookies(answer, cookies)),
        Err(mut failure) => {
            failure.cookies.extend(cookies);
            Err(failure)
        }
    }
}
