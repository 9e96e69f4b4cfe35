//! Another address for an account. The new one proves that it is read, in a session of
//! the user's; the old one is told, and may take the account back for a week.

use super::ask::{self, Asked, Kept, keep};
use super::letters::Writing;
use super::present::{Presented, open, void};
use super::{asked_at, discreet};
use crate::account::{Member, Notice, Section};
use crate::complete::{ChangedAddress, change_address, take_back_address};
use crate::confirm::recent;
use crate::pages::{EmailPage, OpenedKind, OpenedPage, SentPage};
use crate::problem::Problem;
use crate::visit::{CsrfForm, Failure, Visit};
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::Form;
use gatelet_ports::store::accounts;
use gatelet_sign_in::email::Email;
use gatelet_sign_in::mailed::{Opened, Purpose};
use gatelet_texts::{Text, mailed, problems};
use gatelet_web::{Answer, Explain, Faults, log, page, see_other, with_cookies, worth_a_retry};
use http::StatusCode;

const NEW: &[Purpose] = &[Purpose::ChangeEmail];
const UNDO: &[Purpose] = &[Purpose::UndoChange];

/// The address, and a form for another; for whoever comes by a link, its button.
pub(crate) async fn show(member: &Member<'_>) -> Result<Answer, Failure> {
    let visit = member.visit;
    let presented = Presented::of(&visit.arrival.query());
    if presented.is_link() {
        let opened = mine(member, &presented).await?;
        let answer = button(
            visit,
            OpenedKind::ChangeEmail,
            &opened,
            presented,
            member.csrf.clone(),
        );
        return Ok(answer);
    }
    Ok(form(member, "", StatusCode::OK, Faults::default()))
}

/// Sends a letter to the new address, or changes it by the one that was sent.
pub(crate) async fn submit(member: &Member<'_>, typed: &Form) -> Result<Answer, Failure> {
    let presented = Presented::of(typed);
    if presented.is_link() || typed.get("code").is_some() {
        used(member, typed, &presented).await
    } else if typed.get("confirm").is_some() {
        let email = Email::parse(&member.session.email).map_err(|_| Problem::not_found())?;
        let cookie = super::verify::prove(member.visit, &email).await?;
        Ok(with_cookies(see_other("/auth/verify-email"), cookie))
    } else {
        asked(member, typed).await
    }
}

async fn asked(member: &Member<'_>, typed: &Form) -> Result<Answer, Failure> {
    let Member { visit, session, .. } = member;
    recent(visit, session)?;
    let again = |code, message: Text| {
        let mut faults = Faults::default();
        faults.field("email", message);
        let status = Problem::Invalid(code).status();
        Ok(form(member, typed.text("email"), status, faults))
    };
    let email = match Email::parse(typed.text("email")) {
        Ok(email) if email.as_str() == session.email => {
            return again("email.same", problems::EMAIL_SAME);
        }
        Ok(email) => email,
        Err(error) => return again(error.code(), error.message()),
    };
    ask::admit(visit, &email).await?;
    let found = accounts::find_by_email(visit.arrival.place(), email.as_str().to_owned()).await?;
    let nowhere = ReturnTarget::default();
    let asked =
        Asked::new(Purpose::ChangeEmail, &email, &nowhere).about(Some(session.user_id.as_str()));
    let kept = keep(visit, asked).await?;
    // Whoever asks hears the same; whoever has the address hears of it.
    let writing = Writing::new(visit, &email);
    let letter = match found {
        Some(_) => writing.has_account(),
        None => writing.change_email(&kept),
    };
    visit.post(&letter).await?;
    let Kept { cookie, .. } = kept;
    let answer = sent(member, &email, StatusCode::OK, Faults::default());
    Ok(with_cookies(answer, cookie))
}

async fn used(member: &Member<'_>, typed: &Form, presented: &Presented) -> Result<Answer, Failure> {
    let Member { visit, session, .. } = member;
    let opened = match mine(member, presented).await {
        Ok(opened) => opened,
        Err(problem @ Problem::WrongCode) => {
            let mut faults = Faults::default();
            faults.field("code", problem.message());
            let email = Email::parse(typed.text("email")).map_err(|_| problem)?;
            return Ok(sent(member, &email, problem.status(), faults));
        }
        Err(problem) => return Err(problem.into()),
    };
    let ChangedAddress {
        before,
        was_proved,
        cookie,
    } = change_address(visit, &opened, &member.session.holder()).await?;
    // An address that nobody proved may be a stranger's, whose the account never was.
    if was_proved {
        tell_the_old_one(visit, &before, &session.user_id, &opened.link().email).await;
    }
    let done = see_other(&Notice::EmailChanged.at(Section::Email.path()));
    Ok(with_cookies(done, cookie))
}

/// The change is done, whatever becomes of the letter.
async fn tell_the_old_one(visit: &Visit<'_>, before: &str, user_id: &str, after: &Email) {
    let Ok(old) = Email::parse(before) else {
        return;
    };
    let nowhere = ReturnTarget::default();
    let asked = Asked::new(Purpose::UndoChange, &old, &nowhere).about(Some(user_id));
    let told = match keep(visit, asked).await {
        Ok(kept) => {
            let write = |writing: Writing<'_>| writing.email_changed(after, &kept);
            let letter = Writing::for_the_owner(visit, &old, write);
            visit.post(&letter).await
        }
        Err(problem) => Err(problem),
    };
    if let Err(problem) = told {
        log::error(problem.code(), "the owner is not told of a new address");
    }
}

/// The opened link, which this user asked for.
async fn mine(member: &Member<'_>, presented: &Presented) -> Result<Opened, Problem> {
    let opened = open(member.visit, presented, NEW).await?;
    match opened.link().user_id.as_deref() == Some(member.session.user_id.as_str()) {
        true => Ok(opened),
        false => Err(void(member.visit, NEW)),
    }
}

/// What whoever has the old address is led to.
pub(crate) async fn show_undo(visit: &Visit<'_>) -> Result<Answer, Failure> {
    offered(visit)?;
    let presented = Presented::of(&visit.arrival.query());
    let opened = match presented.is_link() {
        true => open(visit, &presented, UNDO).await?,
        false => return Err(void(visit, UNDO).into()),
    };
    let (csrf, seed) = visit.arrival.csrf(CsrfForm::UndoChange);
    let answer = button(visit, OpenedKind::UndoChange, &opened, presented, csrf);
    Ok(with_cookies(answer, seed))
}

/// The account gets the old address again, everybody is signed out of it, and whoever has
/// just proved to read its mail chooses a new password.
pub(crate) async fn undo(visit: &Visit<'_>, typed: &Form) -> Result<Answer, Failure> {
    offered(visit)?;
    visit
        .arrival
        .judge_csrf_token(CsrfForm::UndoChange, typed)?;
    let presented = Presented::of(typed);
    let opened = match presented.is_link() {
        true => open(visit, &presented, UNDO).await?,
        false => return Err(void(visit, UNDO).into()),
    };
    let user_id = opened.link().user_id.clone().unwrap_or_default();
    take_back_address(visit, &opened, &user_id).await?;
    if !visit.passwords() {
        return Ok(see_other("/auth/sign-in"));
    }
    // Whoever changed the address may know the password.
    let email = &opened.link().email;
    let nowhere = ReturnTarget::default();
    let asked = Asked::new(Purpose::ResetPassword, email, &nowhere).about(Some(&user_id));
    let Kept { url, cookie, .. } = keep(visit, asked).await?;
    Ok(with_cookies(see_other(url.expose()), cookie))
}

fn button(
    visit: &Visit<'_>,
    kind: OpenedKind,
    opened: &Opened,
    presented: Presented,
    csrf: String,
) -> Answer {
    let shown = OpenedPage {
        frame: visit.frame(),
        kind,
        email: opened.link().email.as_str().to_owned(),
        presented,
        csrf,
        unproved: None,
        faults: Faults::default(),
    };
    discreet(page(StatusCode::OK, &shown))
}

fn form(member: &Member<'_>, typed: &str, status: StatusCode, faults: Faults) -> Answer {
    let shown = EmailPage {
        frame: member.visit.frame(),
        account: member.frame(),
        person: member.session.person(),
        csrf: member.csrf.clone(),
        typed: typed.to_owned(),
        faults,
    };
    worth_a_retry(page(status, &shown))
}

fn sent(member: &Member<'_>, email: &Email, status: StatusCode, faults: Faults) -> Answer {
    let shown = SentPage {
        frame: member.visit.frame(),
        lead: mailed::SENT,
        email: email.as_str().to_owned(),
        action: "/auth/account/email",
        csrf: member.csrf.clone(),
        takes_new_password: false,
        faults,
        return_to: String::new(),
        again_href: asked_at(Purpose::ChangeEmail, &ReturnTarget::default()),
    };
    page(status, &shown)
}

fn offered(visit: &Visit<'_>) -> Result<(), Failure> {
    match visit.proves_addresses() {
        true => Ok(()),
        false => Err(Problem::not_found().into()),
    }
}
