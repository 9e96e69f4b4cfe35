//! `/auth/verify-email`: proving an address, of an account that is there or one that is
//! to be made. Whoever signed up in another browser types the password: somebody may
//! have signed up with the address of another, who is the one to open the letter.

use super::ask::{self, Asked, Kept, keep, known_mark};
use super::completion::{holder, judged, signed_in};
use super::letters::Writing;
use super::present::{Presented, open, void};
use super::{asked_at, discreet, unless_led_in};
use crate::hashing::hashed;
use crate::limits;
use crate::pages::{OpenedKind, OpenedPage, SentPage};
use crate::problem::Problem;
use crate::visit::{CsrfForm, Failure, Visit};
use gatelet_core::return_target::ReturnTarget;
use gatelet_core::secret::Secret;
use gatelet_forms::Form;
use gatelet_ports::store::accounts;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::email::Email;
use gatelet_sign_in::limits::Act as Limited;
use gatelet_sign_in::mailed::decision::{Owner, Withheld};
use gatelet_sign_in::mailed::proof::MailedProof;
use gatelet_sign_in::mailed::{Opened, Purpose};
use gatelet_sign_in::password::TypedPassword;
use gatelet_sign_in::proof::Registration;
use gatelet_sign_in::settings::EmailVerification;
use gatelet_texts::{mailed, problems};
use gatelet_web::{
    Answer, Current, Explain, Faults, in_store, log, page, see_other, with_cookies, worth_a_retry,
};
use http::StatusCode;

/// What its links are for; the first of them is what a letter from here is asked for as.
fn wanted(visit: &Visit<'_>) -> &'static [Purpose] {
    match visit.email_verification() {
        // The account is yet to be made.
        EmailVerification::Required => &[Purpose::SignUp, Purpose::VerifyEmail],
        EmailVerification::Off | EmailVerification::Optional => {
            &[Purpose::VerifyEmail, Purpose::SignUp]
        }
    }
}

/// As what whoever is here asks for another letter: who is signed in has an account.
fn asked_as(visit: &Visit<'_>, current: &Current) -> Purpose {
    match current {
        Current::Live(..) => Purpose::VerifyEmail,
        Current::Nobody(_) => wanted(visit)[0],
    }
}

/// What a link leads to; without one, where the code is typed.
pub(crate) async fn show(visit: &Visit<'_>) -> Result<Answer, Failure> {
    offered(visit)?;
    let presented = Presented::of(&visit.arrival.query());
    if presented.is_link() {
        let answer = shown(visit, &presented).await;
        return unless_led_in(visit, &presented, answer).await;
    }
    let current = in_store(&visit.arrival).await?;
    let email = match &current {
        Current::Live(session, _) if session.email_verified => {
            return Ok(see_other("/auth/account"));
        }
        Current::Live(session, _) => &session.email,
        Current::Nobody(_) => "",
    };
    let sent = Sent {
        email,
        again: asked_as(visit, &current),
        return_to: &ReturnTarget::default(),
    };
    Ok(sent.page(visit, StatusCode::OK, Faults::default()))
}

async fn shown(visit: &Visit<'_>, presented: &Presented) -> Result<Answer, Failure> {
    let opened = open(visit, presented, wanted(visit)).await?;
    button(visit, &opened, presented, StatusCode::OK, Faults::default()).await
}

/// Proves the address by what came back.
pub(crate) async fn submit(visit: &Visit<'_>, typed: &Form) -> Result<Answer, Failure> {
    offered(visit)?;
    visit
        .arrival
        .judge_csrf_token(CsrfForm::VerifyEmail, typed)?;
    let presented = Presented::of(typed);
    let answer = used(visit, typed, &presented).await;
    unless_led_in(visit, &presented, answer).await
}

async fn used(visit: &Visit<'_>, typed: &Form, presented: &Presented) -> Result<Answer, Failure> {
    let opened = match open(visit, presented, wanted(visit)).await {
        Ok(opened) => opened,
        Err(problem @ Problem::WrongCode) => {
            let mut faults = Faults::default();
            faults.field("code", problem.message());
            let email = Email::parse(typed.text("email"));
            let sent = Sent {
                email: email.as_ref().map_or("", Email::as_str),
                again: asked_as(visit, &in_store(&visit.arrival).await?),
                return_to: &visit.return_to(typed.text("return_to")),
            };
            return Ok(sent.page(visit, problem.status(), faults));
        }
        Err(problem) => return Err(problem.into()),
    };
    let owner = match Owner::by_browser(&opened, known_mark(visit).as_ref()) {
        Some(owner) => Some(owner),
        None => match by_password(visit, &opened, typed.text("password")).await {
            Ok(owner) => owner,
            Err(problem) if problem.passes() => {
                let mut faults = Faults::default();
                faults.passing(problem.code(), problem.message());
                return button(visit, &opened, presented, problem.status(), faults).await;
            }
            Err(problem) => return Err(problem.into()),
        },
    };
    let found = holder(visit, &opened).await?;
    if let Err(Withheld::Password) = judged(visit, &opened, found.as_ref(), owner, None) {
        visit.record(Event::of_nobody(Act::CredentialsWrong));
        let mut faults = Faults::default();
        faults.field("password", problems::PASSWORD_WRONG);
        let status = StatusCode::UNAUTHORIZED;
        return button(visit, &opened, presented, status, faults).await;
    }
    let return_to = visit.return_to(&opened.link().return_to);
    let proof = MailedProof {
        opened,
        owner,
        choice: None,
        new_hash: None,
    };
    signed_in(visit, proof, &return_to).await
}

/// Whether this is the password of whoever made the account.
async fn by_password(
    visit: &Visit<'_>,
    opened: &Opened,
    typed: &str,
) -> Result<Option<Owner>, Problem> {
    let email = &opened.link().email;
    let admitted = limits::admit(visit, Limited::Password, Some(email)).await?;
    let typed = TypedPassword::new(typed);
    let registered = opened.link().hash.as_ref().map(Secret::expose);
    let stored = match (opened.link().purpose, registered) {
        (Purpose::SignUp, hash) => hash.map(str::to_owned),
        _ => {
            let email = opened.link().email.as_str().to_owned();
            let found = accounts::find_password(visit.arrival.place(), email).await?;
            found.map(|found| found.hash)
        }
    };
    let owner = hashed(visit, Owner::by_password(&typed, stored.as_deref())).await;
    match owner {
        Ok(None) => {}
        Ok(Some(_)) => admitted.give_back(visit).await,
        Err(_) => admitted.give_back_untried(visit).await,
    }
    owner
}

/// Somebody signs up, and gets an account once the address is proved. Whoever has the
/// address hears of it, and whoever signs up does not.
pub(crate) async fn sign_up(
    visit: &Visit<'_>,
    registration: &Registration,
    return_to: &ReturnTarget,
) -> Result<Answer, Problem> {
    let email = registration.email();
    ask::admit(visit, email).await?;
    let found = accounts::find_by_email(visit.arrival.place(), email.as_str().to_owned()).await?;
    let asked = Asked {
        name: registration.name().as_str(),
        hash: Some(registration.hash()),
        ..Asked::new(Purpose::SignUp, email, return_to)
    };
    let kept = keep(visit, asked).await?;
    let writing = Writing::new(visit, email);
    let letter = match found.is_some_and(|found| found.user.email_verified) {
        true => writing.has_account(),
        false => writing.verify_email(&kept),
    };
    visit.post(&letter).await?;
    let Kept { cookie, .. } = kept;
    let sent = Sent {
        email: email.as_str(),
        again: Purpose::SignUp,
        return_to,
    };
    let answer = sent.page(visit, StatusCode::OK, Faults::default());
    Ok(with_cookies(answer, cookie))
}

/// A letter to prove the address of an account that was just made, or that asks for
/// another. Answers the cookie that goes with it.
pub(crate) async fn prove(visit: &Visit<'_>, email: &Email) -> Result<Option<String>, Problem> {
    ask::admit(visit, email).await?;
    let found = accounts::find_by_email(visit.arrival.place(), email.as_str().to_owned()).await?;
    let Some(found) = found.filter(|found| !found.user.email_verified) else {
        return Ok(None);
    };
    let nowhere = ReturnTarget::parse("/auth/account").unwrap_or_default();
    let asked = Asked::new(Purpose::VerifyEmail, email, &nowhere).about(Some(&found.user.id));
    let kept = keep(visit, asked).await?;
    let letter = Writing::new(visit, email).verify_email(&kept);
    visit.post(&letter).await?;
    Ok(kept.cookie)
}

/// The same for an account that was just made: it is there, whatever becomes of the
/// letter.
pub(crate) async fn prove_new(visit: &Visit<'_>, email: &Email) -> Option<String> {
    match prove(visit, email).await {
        Ok(cookie) => cookie,
        Err(problem) => {
            log::error(problem.code(), "no letter to confirm an address");
            None
        }
    }
}

/// The page that an opened link leads to.
async fn button(
    visit: &Visit<'_>,
    opened: &Opened,
    presented: &Presented,
    status: StatusCode,
    faults: Faults,
) -> Result<Answer, Failure> {
    let owner = Owner::by_browser(opened, known_mark(visit).as_ref());
    let found = holder(visit, opened).await?;
    let kind = match judged(visit, opened, found.as_ref(), owner, None) {
        Ok(_) => OpenedKind::Verify,
        Err(Withheld::Password) => OpenedKind::VerifyElsewhere,
        Err(Withheld::Void | Withheld::Choice { .. }) => {
            return Err(void(visit, wanted(visit)).into());
        }
    };
    let (csrf, seed) = visit.arrival.csrf(CsrfForm::VerifyEmail);
    let shown = OpenedPage {
        frame: visit.frame(),
        kind,
        email: opened.link().email.as_str().to_owned(),
        presented: presented.clone(),
        csrf,
        unproved: None,
        faults,
    };
    let answer = worth_a_retry(page(status, &shown));
    Ok(discreet(with_cookies(answer, seed)))
}

/// The page after a letter was asked for.
struct Sent<'a> {
    email: &'a str,
    /// As what another is asked for.
    again: Purpose,
    return_to: &'a ReturnTarget,
}

impl Sent<'_> {
    fn page(&self, visit: &Visit<'_>, status: StatusCode, faults: Faults) -> Answer {
        let (csrf, seed) = visit.arrival.csrf(CsrfForm::VerifyEmail);
        let shown = SentPage {
            frame: visit.frame(),
            lead: mailed::SENT,
            email: self.email.to_owned(),
            action: "/auth/verify-email",
            csrf,
            takes_new_password: false,
            faults,
            return_to: self.return_to.as_str().to_owned(),
            again_href: asked_at(self.again, self.return_to),
        };
        with_cookies(page(status, &shown), seed)
    }
}

fn offered(visit: &Visit<'_>) -> Result<(), Failure> {
    match visit.proves_addresses() {
        true => Ok(()),
        false => Err(Problem::not_found().into()),
    }
}
