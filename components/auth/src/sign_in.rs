//! `/auth/sign-in`: the form, and who it lets in. Unknown user and wrong password
//! cost the same and say the same.

use crate::complete::{Completion, complete};
use crate::elsewhere;
use crate::hashing::hashed;
use crate::limits;
use crate::pages::{SignInPage, SignedInPage};
use crate::passkey;
use crate::problem::Problem;
use crate::visit::{CsrfForm, Failure, Visit};
use gatelet_core::negotiate::Reader;
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::Form;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::email::{Email, EmailError};
use gatelet_sign_in::limits::Act as LimitedAct;
use gatelet_sign_in::linking::SignUp;
use gatelet_sign_in::password::TypedPassword;
use gatelet_sign_in::proof::{PasswordProof, Proof};
use gatelet_texts::{Text, problems, sign_in};
use gatelet_web::{
    Answer, Current, Explain, current, page, scripted, with_cookies, with_return_to, worth_a_retry,
};
use gatelet_webauthn::Purpose;
use http::StatusCode;

/// The form; to somebody who is signed in already, the way on.
pub(crate) async fn show(visit: &Visit<'_>) -> Result<Answer, Failure> {
    let query = visit.arrival.query();
    let return_to = visit.return_to(query.text("return_to"));
    match current(&visit.arrival).await? {
        Current::Live(session, mut cookies) => {
            let (csrf, seed) = visit.arrival.csrf(CsrfForm::SignOut);
            cookies.extend(seed);
            let shown = SignedInPage {
                frame: visit.frame(),
                person: session.person(),
                csrf,
                return_to: return_to.as_str().to_owned(),
            };
            Ok(with_cookies(page(StatusCode::OK, &shown), cookies))
        }
        Current::Nobody(cookies) if let Some(backend) = elsewhere::backend(visit) => Ok(
            with_cookies(elsewhere::lead(visit, backend, &return_to), cookies),
        ),
        Current::Nobody(mut cookies) => {
            let (mut shown, seed) = form(visit, &return_to);
            cookies.extend(seed);
            let hint = visit.login_hint();
            shown.email = hint.map_or_else(String::new, |hint| hint.as_str().to_owned());
            shown.notice = (query.get("signed_out").is_some()).then_some(sign_in::SIGNED_OUT);
            Ok(with_cookies(paged(StatusCode::OK, &shown), cookies))
        }
    }
}

/// Signs in with what was typed.
pub(crate) async fn submit(visit: &Visit<'_>, typed: &Form) -> Result<Answer, Failure> {
    let return_to = visit.return_to(typed.text("return_to"));
    if !visit.passwords() {
        return Err(Problem::PasswordsOff.into());
    }
    match signed_in(visit, typed).await {
        Ok(completion) => completion.after_form(visit, &return_to),
        Err(Rejected::Form(problem, field, message)) => {
            if visit.arrival.head.reader() == Reader::Program {
                return Err(problem.into());
            }
            let (mut shown, seed) = form(visit, &return_to);
            shown.email = typed.text("email").to_owned();
            match field {
                Some(field) => shown.faults.field(field, message),
                None if problem.passes() => shown.faults.passing(problem.code(), message),
                None => shown.faults.form(message),
            }
            let answer = worth_a_retry(paged(problem.status(), &shown));
            let answer = limits::told(answer, problem);
            Ok(with_cookies(answer, seed))
        }
        Err(Rejected::Failed(problem)) => Err(Failure::from(problem).returning(&return_to)),
    }
}

/// Signs in by a passkey, whoever it says that it is of.
pub(crate) async fn by_passkey(visit: &Visit<'_>, typed: &Form) -> Result<Answer, Failure> {
    let return_to = visit.return_to(typed.text("return_to"));
    let outcome = match visit.arrival.judge_csrf_token(CsrfForm::Passkey, typed) {
        Ok(()) => passkey_signed(visit, typed).await,
        Err(refusal) => Err(refusal.into()),
    };
    match outcome {
        Ok(completion) => completion.after_form(visit, &return_to),
        Err(problem) if visit.arrival.head.reader() == Reader::Program => Err(problem.into()),
        Err(problem) => {
            let (mut shown, cookies) = form(visit, &return_to);
            // What was refused is not offered again unasked.
            if let Some(passkey) = &mut shown.passkey {
                passkey.conditional = false;
            }
            if problem == Problem::PasskeyRefused {
                shown.signal = passkey::unknown(visit, typed).await;
            }
            match problem.passes() {
                true => shown.faults.passing(problem.code(), problem.message()),
                false => shown.faults.form(problem.message()),
            }
            let answer = worth_a_retry(paged(problem.status(), &shown));
            Ok(with_cookies(limits::told(answer, problem), cookies))
        }
    }
}

async fn passkey_signed(visit: &Visit<'_>, typed: &Form) -> Result<Completion, Problem> {
    limits::check_remembered(visit, LimitedAct::Code)?;
    let completed = match passkey::proof(visit, Purpose::SignIn, None, typed).await {
        Ok(proof) => complete(visit, Proof::Passkey(proof)).await,
        Err(problem) => Err(problem),
    };
    if let Err(Problem::PasskeyRefused) = completed {
        let _counted = limits::admit(visit, LimitedAct::Code, None).await?;
    }
    completed
}

/// Why nobody is signed in.
enum Rejected {
    /// To be said on the form: by this field, in this sentence.
    Form(Problem, Option<&'static str>, Text),
    /// To be said on a page of its own.
    Failed(Problem),
}

impl<E: Into<Problem>> From<E> for Rejected {
    fn from(error: E) -> Self {
        match error.into() {
            problem @ Problem::WrongCredentials => {
                Self::Form(problem, Some("password"), problem.message())
            }
            // What was typed stays for another try.
            problem if problem.passes() => Self::Form(problem, None, problem.message()),
            problem => Self::Failed(problem),
        }
    }
}

/// From what was typed to a session, or to the second step.
async fn signed_in(visit: &Visit<'_>, typed: &Form) -> Result<Completion, Rejected> {
    // Our own page that was open for too long: said on the form, what was typed stays.
    if let Err(refusal) = visit.arrival.judge_csrf_token(CsrfForm::SignIn, typed) {
        let code = refusal.code;
        return Err(Rejected::Form(refusal.into(), None, code.message()));
    }
    let invalid =
        |field, code, message| Err(Rejected::Form(Problem::Invalid(code), Some(field), message));
    let email = match Email::parse(typed.text("email")) {
        Ok(email) => email,
        Err(error @ EmailError::Empty) => return invalid("email", error.code(), error.message()),
        Err(error @ (EmailError::TooLong | EmailError::Malformed)) => {
            return invalid("email", error.code(), error.message());
        }
    };
    if typed.text("password").is_empty() {
        return invalid("password", "password.empty", problems::OWN_PASSWORD_EMPTY);
    }
    let password = TypedPassword::new(typed.text("password"));
    let (account, admitted) = limits::admit_password(visit, &email).await?;
    let whose = account
        .as_ref()
        .map_or(String::new(), |account| account.seen.user_id.clone());
    let check = PasswordProof::check(email.clone(), password, account);
    let proof = match hashed(visit, check).await {
        Ok(Some(proof)) => proof,
        Ok(None) => {
            visit.record(Event::of(Act::CredentialsWrong, &whose));
            return Err(Problem::WrongCredentials.into());
        }
        Err(problem) => {
            admitted.give_back_untried(visit).await;
            return Err(problem.into());
        }
    };
    admitted.give_back(visit).await;
    Ok(complete(visit, Proof::Password(proof)).await?)
}

/// An empty form, and the cookie that goes with it.
fn form(visit: &Visit<'_>, return_to: &ReturnTarget) -> (SignInPage, Option<String>) {
    let forms = [CsrfForm::SignIn, CsrfForm::Passkey];
    let ([csrf, passkey_csrf], seed) = visit.arrival.csrf_each(forms);
    let links = visit.provider_links(return_to);
    let mut shown = SignInPage::new(
        visit.frame(),
        links,
        visit.passwords(),
        visit.passwords() && visit.sign_up().who == SignUp::Open,
        csrf,
        return_to,
    );
    let ask = (Purpose::SignIn, "/auth/passkey");
    shown.passkey = passkey::ask(visit, ask, None, passkey_csrf, return_to);
    shown.magic_link_href = visit
        .magic_link()
        .then(|| with_return_to("/auth/magic-link", return_to));
    shown.forgot_password_href = (visit.passwords() && visit.mail().is_some())
        .then(|| with_return_to("/auth/forgot-password", return_to));
    (shown, seed)
}

fn paged(status: StatusCode, shown: &SignInPage) -> Answer {
    scripted(page(status, shown))
}
