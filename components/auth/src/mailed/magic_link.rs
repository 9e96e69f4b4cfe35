//! `/auth/magic-link`: signing in by a letter. Whoever asks hears the same of every
//! address, and the letter goes to those alone who would be let in.

use super::ask::{self, Asked, Kept, keep};
use super::completion::{holder, judged, signed_in};
use super::letters::Writing;
use super::present::{Presented, open, void};
use super::{asked_at, discreet, unless_led_in};
use crate::pages::{AskKind, AskPage, OpenedKind, OpenedPage, SentPage, UnprovedAccount};
use crate::problem::Problem;
use crate::visit::{CsrfForm, Failure, Visit};
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::Form;
use gatelet_ports::store::accounts::{self, Found};
use gatelet_sign_in::email::Email;
use gatelet_sign_in::mailed::decision::{Unproved, Use, Withheld};
use gatelet_sign_in::mailed::proof::MailedProof;
use gatelet_sign_in::mailed::{Opened, Purpose};
use gatelet_texts::{Moment, mailed, problems};
use gatelet_web::{Answer, Explain, Faults, page, with_cookies, worth_a_retry};
use http::StatusCode;
use std::ops::ControlFlow;

const WANTED: &[Purpose] = &[Purpose::SignIn];

/// The form; for whoever comes by a link, its button.
pub(crate) async fn show(visit: &Visit<'_>) -> Result<Answer, Failure> {
    offered(visit)?;
    let query = visit.arrival.query();
    let presented = Presented::of(&query);
    if presented.is_link() {
        let answer = shown(visit, &presented).await;
        return unless_led_in(visit, &presented, answer).await;
    }
    let return_to = visit.return_to(query.text("return_to"));
    let (shown, seed) = form(visit, &return_to);
    Ok(with_cookies(page(StatusCode::OK, &shown), seed))
}

/// Sends a letter, or signs in by the one that was sent.
pub(crate) async fn submit(visit: &Visit<'_>, typed: &Form) -> Result<Answer, Failure> {
    offered(visit)?;
    visit.arrival.judge_csrf_token(CsrfForm::MagicLink, typed)?;
    let presented = Presented::of(typed);
    if presented.is_link() || typed.get("code").is_some() {
        let answer = used(visit, typed, &presented).await;
        unless_led_in(visit, &presented, answer).await
    } else {
        asked(visit, typed).await
    }
}

async fn shown(visit: &Visit<'_>, presented: &Presented) -> Result<Answer, Failure> {
    let opened = open(visit, presented, WANTED).await?;
    button(visit, &opened, presented, StatusCode::OK, Faults::default()).await
}

async fn asked(visit: &Visit<'_>, typed: &Form) -> Result<Answer, Failure> {
    let return_to = visit.return_to(typed.text("return_to"));
    let again = || form(visit, &return_to);
    let email = match ask::admitted_address(visit, typed, again).await? {
        ControlFlow::Continue(email) => email,
        ControlFlow::Break(answer) => return Ok(answer),
    };
    let found = accounts::find_by_email(visit.arrival.place(), email.as_str().to_owned()).await?;
    let asked = Asked::new(Purpose::SignIn, &email, &return_to);
    let kept = keep(visit, asked).await?;
    if found.is_some() || visit.sign_up().judge(&email, false).is_ok() {
        let letter = Writing::new(visit, &email).magic_link(&kept);
        visit.post(&letter).await?;
    } else {
        ask::no_letter(visit, asked).await?;
    }
    let Kept { cookie, .. } = kept;
    Ok(with_cookies(
        sent(visit, &email, &return_to, StatusCode::OK, Faults::default()),
        cookie,
    ))
}

async fn used(visit: &Visit<'_>, typed: &Form, presented: &Presented) -> Result<Answer, Failure> {
    let opened = match open(visit, presented, WANTED).await {
        Ok(opened) => opened,
        Err(problem @ Problem::WrongCode) => {
            let mut faults = Faults::default();
            faults.field("code", problem.message());
            let email = Email::parse(typed.text("email")).map_err(|_| problem)?;
            let return_to = visit.return_to(typed.text("return_to"));
            return Ok(sent(visit, &email, &return_to, problem.status(), faults));
        }
        Err(problem) => return Err(problem.into()),
    };
    let choice = choice(typed);
    let found = holder(visit, &opened).await?;
    if let Err(Withheld::Choice { .. }) = judged(visit, &opened, found.as_ref(), None, choice) {
        let mut faults = Faults::default();
        if presented.is_link() {
            faults.field("choice", problems::CHOICE_MISSING);
        }
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return button(visit, &opened, presented, status, faults).await;
    }
    let return_to = visit.return_to(&opened.link().return_to);
    let proof = MailedProof {
        opened,
        owner: None,
        choice,
        new_hash: None,
    };
    signed_in(visit, proof, &return_to).await
}

/// The page that an opened link leads to.
async fn button(
    visit: &Visit<'_>,
    opened: &Opened,
    presented: &Presented,
    status: StatusCode,
    faults: Faults,
) -> Result<Answer, Failure> {
    let found = holder(visit, opened).await?;
    let decision = judged(visit, opened, found.as_ref(), None, None);
    let (kind, unproved) = match decision {
        Ok(Use::Register) => (OpenedKind::Register, None),
        Ok(_) => (OpenedKind::SignIn, None),
        Err(Withheld::Choice { may_start_anew }) => (
            OpenedKind::SignIn,
            found.map(|found| unproved(&found, may_start_anew)),
        ),
        Err(Withheld::Void | Withheld::Password) => return Err(void(visit, WANTED).into()),
    };
    let (csrf, seed) = visit.arrival.csrf(CsrfForm::MagicLink);
    let shown = OpenedPage {
        frame: visit.frame(),
        kind,
        email: opened.link().email.as_str().to_owned(),
        presented: presented.clone(),
        csrf,
        unproved,
        faults,
    };
    Ok(discreet(with_cookies(page(status, &shown), seed)))
}

/// What is said of an account that nobody has proved.
pub(super) fn unproved(found: &Found, may_start_anew: bool) -> UnprovedAccount {
    UnprovedAccount {
        name: found.user.name.clone(),
        since: Moment(found.user.created_at),
        may_start_anew,
    }
}

/// What was chosen of it.
pub(super) fn choice(typed: &Form) -> Option<Unproved> {
    match typed.text("choice") {
        "keep" => Some(Unproved::Keep),
        "anew" => Some(Unproved::StartAnew),
        _ => None,
    }
}

fn sent(
    visit: &Visit<'_>,
    email: &Email,
    return_to: &ReturnTarget,
    status: StatusCode,
    faults: Faults,
) -> Answer {
    let (csrf, seed) = visit.arrival.csrf(CsrfForm::MagicLink);
    let shown = SentPage {
        frame: visit.frame(),
        lead: match visit.sign_up().judge(email, false) {
            Ok(()) => mailed::SENT_SIGN_IN,
            Err(_) => mailed::SENT_SIGN_IN_IF_ACCOUNT,
        },
        email: email.as_str().to_owned(),
        action: "/auth/magic-link",
        csrf,
        takes_new_password: false,
        faults,
        return_to: return_to.as_str().to_owned(),
        again_href: asked_at(Purpose::SignIn, return_to),
    };
    with_cookies(worth_a_retry(page(status, &shown)), seed)
}

fn form(visit: &Visit<'_>, return_to: &ReturnTarget) -> (AskPage, Option<String>) {
    let (csrf, seed) = visit.arrival.csrf(CsrfForm::MagicLink);
    let shown = AskPage::new(visit.frame(), AskKind::MagicLink, csrf, return_to);
    (shown, seed)
}

fn offered(visit: &Visit<'_>) -> Result<(), Failure> {
    match visit.magic_link() {
        true => Ok(()),
        false => Err(Problem::not_found().into()),
    }
}
