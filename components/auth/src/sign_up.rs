//! `/auth/sign-up`: makes an account and signs its maker in. What it tells about
//! an address that is taken: docs/design/0004-sign-up-and-enumeration.md.

use crate::breached;
use crate::complete::complete;
use crate::hashing::hashed;
use crate::limits;
use crate::mailed::verify;
use crate::pages::SignUpPage;
use crate::problem::Problem;
use crate::visit::{CsrfForm, Failure, Visit};
use crate::work;
use gatelet_core::negotiate::Reader;
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::Form;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::email::Email;
use gatelet_sign_in::invitation;
use gatelet_sign_in::limits::Act as LimitedAct;
use gatelet_sign_in::link_token::LinkToken;
use gatelet_sign_in::linking::SignUp;
use gatelet_sign_in::name::{DisplayName, NAME_MAX_CHARACTERS};
use gatelet_sign_in::password::NewPassword;
use gatelet_sign_in::proof::{Proof, Registration};
use gatelet_sign_in::refusal::RefusalCode;
use gatelet_sign_in::settings::EmailVerification;
use gatelet_sign_in::work::Challenge;
use gatelet_texts::Text;
use gatelet_wasi::random;
use gatelet_web::{
    Answer, Current, Explain, Faults, current, page, scripted, with_cookies, worth_a_retry,
};
use http::StatusCode;

/// The form; to somebody who is signed in already, what sign-in says to them.
pub(crate) async fn show(visit: &Visit<'_>) -> Result<Answer, Failure> {
    let query = visit.arrival.query();
    let invited = by_invitation(visit, &query).await?;
    let return_to = visit.return_to(query.text("return_to"));
    match current(&visit.arrival).await? {
        Current::Live(..) => crate::sign_in::show(visit).await,
        Current::Nobody(mut cookies) => {
            let (shown, seed) = form(visit, &return_to, invited.as_ref());
            cookies.extend(seed);
            Ok(with_cookies(paged(StatusCode::OK, &shown), cookies))
        }
    }
}

/// Makes the account.
pub(crate) async fn submit(visit: &Visit<'_>, typed: &Form) -> Result<Answer, Failure> {
    let invited = by_invitation(visit, typed).await?;
    if !visit.passwords() {
        return Err(Problem::PasswordsOff.into());
    }
    let return_to = visit.return_to(typed.text("return_to"));
    let again = |problem: Problem, faults: Faults| {
        asked_again(
            visit,
            typed,
            &return_to,
            invited.as_ref(),
            problem,
            faults,
            None,
        )
    };
    if let Err(refusal) = visit.arrival.judge_csrf_token(CsrfForm::SignUp, typed) {
        let mut faults = Faults::default();
        faults.form(refusal.code.message());
        return again(refusal.into(), faults);
    }
    let address = match &invited {
        Some(Invited { email, .. }) if !email.is_empty() => email.as_str(),
        _ => typed.text("email"),
    };
    let (name, email, password) = match parse(typed, address) {
        Ok(parsed) => parsed,
        Err((code, faults)) => return again(Problem::Invalid(code), faults),
    };
    if let Err(code) = visit.sign_up().judge(&email, invited.is_some()) {
        let mut faults = Faults::default();
        faults.field("email", code.message());
        return again(visit.refused(code), faults);
    }
    let passing = |problem: Problem| {
        if !problem.passes() {
            return Err(Failure::from(problem).returning(&return_to));
        }
        let mut faults = Faults::default();
        faults.passing(problem.code(), problem.message());
        Ok((problem, faults))
    };
    let admitted = match limits::admit(visit, LimitedAct::SignUp, Some(&email)).await {
        Ok(admitted) => admitted,
        Err(problem) => {
            let (problem, faults) = passing(problem)?;
            return again(problem, faults);
        }
    };
    match work::wanted(visit, "sign-up", &admitted, typed).await {
        Ok(None) => {}
        Ok(challenge @ Some(_)) => {
            // Whoever works for it comes back and is counted then.
            admitted.give_back(visit).await;
            let (problem, faults) = passing(Problem::WorkWanted)?;
            return asked_again(
                visit,
                typed,
                &return_to,
                invited.as_ref(),
                problem,
                faults,
                challenge,
            );
        }
        Err(problem) => {
            let (problem, faults) = passing(problem)?;
            return again(problem, faults);
        }
    }
    if let Err(error) = breached::judge(visit, &password).await {
        let mut faults = Faults::default();
        faults.field("password", error.message());
        return again(Problem::Invalid(error.code()), faults);
    }
    // Hashed before the address is looked at: both outcomes cost the same.
    let hashing = Registration::new(name, email, &password, random::bytes());
    let registration = match hashed(visit, hashing).await {
        Ok(registration) => match &invited {
            Some(invited) => registration.invited(invited.token.clone()),
            None => registration,
        },
        Err(problem @ Problem::Busy) => {
            let mut faults = Faults::default();
            faults.passing(problem.code(), problem.message());
            return again(problem, faults);
        }
        Err(problem) => return Err(Failure::from(problem).returning(&return_to)),
    };
    // Who was invited is whom the operator knows, and is in at once.
    if invited.is_none() && visit.email_verification() == EmailVerification::Required {
        let asked = verify::sign_up(visit, &registration, &return_to).await;
        return asked.map_err(|problem| Failure::from(problem).returning(&return_to));
    }
    let email = registration.email().clone();
    let completed = complete(visit, Proof::Registration(registration)).await;
    match completed {
        Ok(completion) => {
            let mut cookies = Vec::new();
            if visit.email_verification() != EmailVerification::Off {
                cookies.extend(verify::prove_new(visit, &email).await);
            }
            let answer = completion.after_form(visit, &return_to)?;
            Ok(with_cookies(answer, cookies))
        }
        Err(problem @ Problem::EmailTaken) => {
            let mut faults = Faults::default();
            faults.field("email", problem.message());
            visit.record(Event::of_nobody(Act::EmailTaken));
            again(problem, faults)
        }
        Err(problem) if problem.passes() => {
            let mut faults = Faults::default();
            faults.passing(problem.code(), problem.message());
            again(problem, faults)
        }
        Err(problem) => Err(Failure::from(problem).returning(&return_to)),
    }
}

/// The form with what was typed, what is wrong with it, and what is to be met first.
fn asked_again(
    visit: &Visit<'_>,
    typed: &Form,
    return_to: &ReturnTarget,
    invited: Option<&Invited>,
    problem: Problem,
    faults: Faults,
    challenge: Option<Challenge>,
) -> Result<Answer, Failure> {
    if visit.arrival.head.reader() == Reader::Program {
        return Err(problem.into());
    }
    let (mut shown, seed) = form(visit, return_to, invited);
    shown.faults = faults;
    shown.challenge = challenge;
    shown.name = typed.text("name").to_owned();
    if shown.invited_email().is_empty() {
        shown.email = typed.text("email").to_owned();
    }
    let answer = worth_a_retry(paged(problem.status(), &shown));
    let answer = match shown.challenge {
        Some(_) => answer,
        None => limits::told(answer, problem),
    };
    Ok(with_cookies(answer, seed))
}

/// All that is typed, or all that is wrong with it and the first one's code.
fn parse(
    typed: &Form,
    address: &str,
) -> Result<(DisplayName, Email, NewPassword), (&'static str, Faults)> {
    let mut faults = Faults::default();
    let mut first = None;
    let mut fault = |field, code: &'static str, message: Text| {
        first = first.or(Some(code));
        faults.field(field, message);
    };
    let name = DisplayName::parse(typed.text("name"));
    if let Err(error) = &name {
        fault("name", error.code(), error.message());
    }
    let email = Email::parse(address);
    if let Err(error) = &email {
        fault("email", error.code(), error.message());
    }
    // Without an address the password is judged all the same, against an address
    // that nobody has.
    let nobody = || Email::parse("nobody@nobody.invalid").expect("the literal is an address");
    let judged_against = email.clone().unwrap_or_else(|_| nobody());
    let password = NewPassword::parse(
        typed.text("password"),
        &judged_against,
        name.as_ref().map_or("", DisplayName::as_str),
    );
    if let Err(error) = &password {
        fault("password", error.code(), error.message());
    }
    match (name, email, password) {
        (Ok(name), Ok(email), Ok(password)) => Ok((name, email, password)),
        _ => Err((first.unwrap_or_default(), faults)),
    }
}

/// By which invitation the account is made; none where everybody may make one.
struct Invited {
    token: LinkToken,
    /// The address that it names, or none.
    email: String,
}

/// Whether the page is open to whoever asks: to everybody, or by the invitation that
/// comes along.
async fn by_invitation(visit: &Visit<'_>, asked: &Form) -> Result<Option<Invited>, Failure> {
    let text = asked.text(invitation::FIELD);
    if text.is_empty() {
        return match visit.sign_up().who {
            SignUp::Open => Ok(None),
            SignUp::Invited => Err(visit.refused(RefusalCode::NotInvited).into()),
            SignUp::Closed => Err(visit.refused(RefusalCode::SignUpClosed).into()),
        };
    }
    let token =
        LinkToken::parse(text).ok_or_else(|| visit.refused(RefusalCode::InvitationInvalid))?;
    let email = crate::invitation::find(visit, &token).await?.email;
    Ok(Some(Invited { token, email }))
}

/// An empty form, and the cookie that goes with it.
fn form(
    visit: &Visit<'_>,
    return_to: &ReturnTarget,
    invited: Option<&Invited>,
) -> (SignUpPage, Option<String>) {
    let (csrf, seed) = visit.arrival.csrf(CsrfForm::SignUp);
    // A provider has no use for a link that names no address.
    let links = match invited {
        Some(invited) if invited.email.is_empty() => Vec::new(),
        _ => visit.provider_links(return_to),
    };
    let shown = SignUpPage::new(
        visit.frame(),
        links,
        visit.passwords(),
        NAME_MAX_CHARACTERS,
        csrf,
        return_to,
    );
    let shown = match invited {
        Some(Invited { token, email }) => shown.invited(token.expose(), email),
        None => shown,
    };
    (shown, seed)
}

fn paged(status: StatusCode, shown: &SignUpPage) -> Answer {
    scripted(page(status, shown))
}
