//! `/auth/passphrase`: what one shared passphrase opens, and to whom. There is no
//! account behind it: the browser gets a cookie that says it has shown it.

use crate::continuation::after_form;
use crate::hashing::hashed;
use crate::limits;
use crate::pages::{PassphraseKnownPage, PassphrasePage};
use crate::problem::Problem;
use crate::visit::{CsrfForm, Failure, Visit};
use gatelet_core::negotiate::Reader;
use gatelet_core::passphrase::{self, PassphraseHash};
use gatelet_core::reply::SIGN_IN_PATH;
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::Form;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::limits::Act as LimitedAct;
use gatelet_sign_in::passphrase::is_passphrase;
use gatelet_texts::{Text, problems};
use gatelet_web::{Answer, Explain, page, scripted, with_cookies, with_return_to, worth_a_retry};
use http::StatusCode;

/// The form; to a browser that has shown the passphrase, the way on. A page and
/// not a redirect: two parts that disagree could send a browser in circles.
pub(crate) fn show(visit: &Visit<'_>) -> Result<Answer, Failure> {
    wanted(visit)?;
    let return_to = return_to(visit.arrival.query().text("return_to"));
    let cookies = visit
        .arrival
        .cookies()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    if passphrase::is_known(
        cookies,
        &visit.site.origin,
        visit.arrival.keys,
        visit.arrival.now,
    ) {
        let (csrf, seed) = visit.arrival.csrf(CsrfForm::SignOut);
        let shown = PassphraseKnownPage {
            frame: visit.frame(),
            csrf,
            return_to: return_to.as_str().to_owned(),
        };
        return Ok(with_cookies(page(StatusCode::OK, &shown), seed));
    }
    let (shown, seed) = form(visit, &return_to);
    Ok(with_cookies(scripted(page(StatusCode::OK, &shown)), seed))
}

/// Judges what was typed.
pub(crate) async fn submit(visit: &Visit<'_>, typed: &Form) -> Result<Answer, Failure> {
    let hash = wanted(visit)?;
    let return_to = return_to(typed.text("return_to"));
    match judge(visit, hash, typed).await {
        Ok(()) => {
            let cookie =
                passphrase::set_cookie(&visit.site.origin, visit.arrival.keys, visit.arrival.now);
            Ok(with_cookies(after_form(&return_to), cookie))
        }
        Err((problem, _, _)) if visit.arrival.head.reader() == Reader::Program => {
            Err(problem.into())
        }
        Err((problem, field, message)) => {
            let (mut shown, seed) = form(visit, &return_to);
            match field {
                Some(field) => shown.faults.field(field, message),
                None => shown.faults.form(message),
            }
            let answer = worth_a_retry(scripted(page(problem.status(), &shown)));
            Ok(with_cookies(limits::told(answer, problem), seed))
        }
    }
}

/// What is wrong, by which field, in which sentence.
type Wrong = (Problem, Option<&'static str>, Text);

async fn judge(visit: &Visit<'_>, hash: &PassphraseHash, typed: &Form) -> Result<(), Wrong> {
    const FIELD: &str = "passphrase";
    visit
        .arrival
        .judge_csrf_token(CsrfForm::Passphrase, typed)
        .map_err(|refusal| {
            let message = refusal.code.message();
            (refusal.into(), None, message)
        })?;
    let text = typed.text(FIELD);
    if text.is_empty() {
        let problem = Problem::Invalid("passphrase.empty");
        return Err((problem, Some(FIELD), problems::PASSPHRASE_EMPTY));
    }
    let passing = |problem: Problem| (problem, None, problem.message());
    let admitted = limits::admit(visit, LimitedAct::Passphrase, None).await;
    let admitted = admitted.map_err(passing)?;
    match hashed(visit, is_passphrase(text, hash)).await {
        Ok(true) => {
            admitted.give_back(visit).await;
            return Ok(());
        }
        Ok(false) => {}
        Err(problem) => {
            admitted.give_back_untried(visit).await;
            return Err(passing(problem));
        }
    }
    let problem = Problem::WrongPassphrase;
    visit.record(Event::of_nobody(Act::PassphraseWrong));
    Err((problem, Some(FIELD), problem.message()))
}

/// The hash; where there is none, there is no such page.
fn wanted<'a>(visit: &Visit<'a>) -> Result<&'a PassphraseHash, Problem> {
    visit.site.origin.passphrase().ok_or(Problem::not_found())
}

/// Only ever here: what it opens is this origin.
fn return_to(asked: &str) -> ReturnTarget {
    ReturnTarget::parse(asked).unwrap_or_default()
}

/// An empty form, and the cookie that goes with it.
fn form(visit: &Visit<'_>, return_to: &ReturnTarget) -> (PassphrasePage, Option<String>) {
    let (csrf, seed) = visit.arrival.csrf(CsrfForm::Passphrase);
    let accounts = visit
        .site
        .origin
        .access()
        .take_accounts_for_the_passphrase();
    let shown = PassphrasePage::new(
        visit.frame(),
        csrf,
        return_to,
        accounts.then(|| with_return_to(SIGN_IN_PATH, return_to)),
    );
    (shown, seed)
}
