//! `/auth/forgot-password` and `/auth/reset-password`: a new password for whoever reads
//! the account's mail. It ends every session and tells the owner. Where no mail is sent, the
//! link comes from an operator.

use super::ask::{self, Asked, Kept, keep};
use super::completion::{holder, judged};
use super::letters::Writing;
use super::magic_link::{choice, unproved};
use super::notices::{self, Told};
use super::present::{Presented, open, void};
use super::{asked_at, discreet};
use crate::breached;
use crate::complete::{Completion, complete};
use crate::hashing::hashed;
use crate::pages::{AskKind, AskPage, OpenedKind, OpenedPage, SentPage};
use crate::problem::Problem;
use crate::visit::{CsrfForm, Failure, Visit};
use gatelet_core::return_target::ReturnTarget;
use gatelet_core::secret::Secret;
use gatelet_forms::Form;
use gatelet_ports::store::accounts;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::email::Email;
use gatelet_sign_in::mailed::decision::Withheld;
use gatelet_sign_in::mailed::proof::MailedProof;
use gatelet_sign_in::mailed::{Opened, Purpose};
use gatelet_sign_in::password::NewPassword;
use gatelet_sign_in::proof::Proof;
use gatelet_texts::{mailed, problems};
use gatelet_wasi::random;
use gatelet_web::{Answer, Explain, Faults, page, with_cookies, worth_a_retry};
use http::StatusCode;
use std::ops::ControlFlow;

const WANTED: &[Purpose] = &[Purpose::ResetPassword];

/// The form that asks for a letter.
pub(crate) async fn show_ask(visit: &Visit<'_>) -> Result<Answer, Failure> {
    mailed_here(visit)?;
    let return_to = visit.return_to(visit.arrival.query().text("return_to"));
    let (shown, seed) = form(visit, &return_to);
    Ok(with_cookies(page(StatusCode::OK, &shown), seed))
}

/// Sends a letter, where there is an account with this address.
pub(crate) async fn ask(visit: &Visit<'_>, typed: &Form) -> Result<Answer, Failure> {
    mailed_here(visit)?;
    visit
        .arrival
        .judge_csrf_token(CsrfForm::ForgotPassword, typed)?;
    let return_to = visit.return_to(typed.text("return_to"));
    let again = || form(visit, &return_to);
    let email = match ask::admitted_address(visit, typed, again).await? {
        ControlFlow::Continue(email) => email,
        ControlFlow::Break(answer) => return Ok(answer),
    };
    let found = accounts::find_by_email(visit.arrival.place(), email.as_str().to_owned()).await?;
    let user_id = found.as_ref().map(|found| found.user.id.as_str());
    let asked = Asked::new(Purpose::ResetPassword, &email, &return_to).about(user_id);
    let kept = keep(visit, asked).await?;
    if found.is_some() {
        let letter = Writing::new(visit, &email).reset_password(&kept);
        visit.post(&letter).await?;
    } else {
        ask::no_letter(visit, asked).await?;
    }
    let Kept { cookie, .. } = kept;
    let answer = sent(visit, &email, &return_to, StatusCode::OK, Faults::default());
    Ok(with_cookies(answer, cookie))
}

/// The form that a link leads to.
pub(crate) async fn show(visit: &Visit<'_>) -> Result<Answer, Failure> {
    let presented = Presented::of(&visit.arrival.query());
    good_here(visit, &presented)?;
    let opened = match presented.is_link() {
        true => open(visit, &presented, WANTED).await?,
        false => return Err(void(visit, WANTED).into()),
    };
    new_password(visit, &opened, presented, StatusCode::OK, Faults::default()).await
}

/// Sets the password and signs in.
pub(crate) async fn submit(visit: &Visit<'_>, typed: &Form) -> Result<Answer, Failure> {
    let presented = Presented::of(typed);
    good_here(visit, &presented)?;
    visit
        .arrival
        .judge_csrf_token(CsrfForm::ResetPassword, typed)?;
    let password = typed.text("password");
    // Before a try of a code is used for what would not do for anybody.
    let nobody = Email::parse("nobody@nobody.invalid").expect("the literal is an address");
    if let (false, Err(error)) = (
        presented.is_link(),
        NewPassword::parse(password, &nobody, ""),
    ) {
        let mut faults = Faults::default();
        faults.field("password", error.message());
        return code_again(visit, typed, Problem::Invalid(error.code()), faults);
    }
    let opened = match open(visit, &presented, WANTED).await {
        Ok(opened) => opened,
        Err(problem @ Problem::WrongCode) => {
            let mut faults = Faults::default();
            faults.field("code", problem.message());
            return code_again(visit, typed, problem, faults);
        }
        Err(problem) => return Err(problem.into()),
    };
    let email = opened.link().email.clone();
    let found = holder(visit, &opened).await?;
    let choice = choice(typed);
    let mut faults = Faults::default();
    let name = found.as_ref().map_or("", |found| found.user.name.as_str());
    let parsed = match NewPassword::parse(password, &email, name) {
        Ok(password) => breached::judge(visit, &password).await.map(|()| password),
        Err(error) => Err(error),
    };
    if let Err(Withheld::Choice { .. }) = judged(visit, &opened, found.as_ref(), None, choice) {
        faults.field("choice", problems::CHOICE_MISSING);
    }
    if let Err(error) = &parsed {
        faults.field("password", error.message());
    }
    let (Ok(password), true) = (parsed, faults.is_empty()) else {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return new_password(visit, &opened, presented, status, faults).await;
    };
    let hash = match hashed(visit, password.hash(random::bytes())).await {
        Ok(hash) => hash,
        Err(problem) if problem.passes() => {
            faults.passing(problem.code(), problem.message());
            return new_password(visit, &opened, presented, problem.status(), faults).await;
        }
        Err(problem) => return Err(problem.into()),
    };
    let return_to = visit.return_to(&opened.link().return_to);
    let user_id = opened.link().user_id.clone().unwrap_or_default();
    let proof = MailedProof {
        opened,
        owner: None,
        choice,
        new_hash: Some(Secret::new(hash)),
    };
    let completed = complete(visit, Proof::Mailed(proof)).await;
    let completion = completed.map_err(|problem| Failure::from(problem).returning(&return_to))?;
    // Whoever is leaving has the password of before, and the link.
    if !matches!(completion, Completion::Leaving(_)) {
        visit.record(Event::of(Act::PasswordReset, &user_id));
        notices::tell(visit, email.as_str(), true, Told::PasswordChanged).await;
    }
    completion.after_form(visit, &return_to)
}

/// The page that takes a new password.
async fn new_password(
    visit: &Visit<'_>,
    opened: &Opened,
    presented: Presented,
    status: StatusCode,
    faults: Faults,
) -> Result<Answer, Failure> {
    let found = holder(visit, opened).await?;
    let unproved = match judged(visit, opened, found.as_ref(), None, None) {
        Ok(_) => None,
        Err(Withheld::Choice { may_start_anew }) => {
            found.map(|found| unproved(&found, may_start_anew))
        }
        Err(Withheld::Void | Withheld::Password) => return Err(void(visit, WANTED).into()),
    };
    let (csrf, seed) = visit.arrival.csrf(CsrfForm::ResetPassword);
    let shown = OpenedPage {
        frame: visit.frame(),
        kind: OpenedKind::NewPassword,
        email: opened.link().email.as_str().to_owned(),
        presented,
        csrf,
        unproved,
        faults,
    };
    let answer = worth_a_retry(page(status, &shown));
    Ok(discreet(with_cookies(answer, seed)))
}

/// The page that takes the code, once more.
fn code_again(
    visit: &Visit<'_>,
    typed: &Form,
    problem: Problem,
    faults: Faults,
) -> Result<Answer, Failure> {
    let email = Email::parse(typed.text("email")).map_err(|_| problem)?;
    let return_to = visit.return_to(typed.text("return_to"));
    Ok(sent(visit, &email, &return_to, problem.status(), faults))
}

fn sent(
    visit: &Visit<'_>,
    email: &Email,
    return_to: &ReturnTarget,
    status: StatusCode,
    faults: Faults,
) -> Answer {
    let (csrf, seed) = visit.arrival.csrf(CsrfForm::ResetPassword);
    let shown = SentPage {
        frame: visit.frame(),
        lead: mailed::SENT_NEW_PASSWORD_IF_ACCOUNT,
        email: email.as_str().to_owned(),
        action: "/auth/reset-password",
        csrf,
        takes_new_password: true,
        faults,
        return_to: return_to.as_str().to_owned(),
        again_href: asked_at(Purpose::ResetPassword, return_to),
    };
    with_cookies(page(status, &shown), seed)
}

fn form(visit: &Visit<'_>, return_to: &ReturnTarget) -> (AskPage, Option<String>) {
    let (csrf, seed) = visit.arrival.csrf(CsrfForm::ForgotPassword);
    let shown = AskPage::new(visit.frame(), AskKind::NewPassword, csrf, return_to);
    (shown, seed)
}

fn mailed_here(visit: &Visit<'_>) -> Result<(), Failure> {
    offered(visit.passwords() && visit.mail().is_some())
}

/// A link may come from an operator, a code from a letter alone.
fn good_here(visit: &Visit<'_>, presented: &Presented) -> Result<(), Failure> {
    offered(visit.passwords() && (presented.is_link() || visit.mail().is_some()))
}

fn offered(is: bool) -> Result<(), Failure> {
    match is {
        true => Ok(()),
        false => Err(Problem::not_found().into()),
    }
}
