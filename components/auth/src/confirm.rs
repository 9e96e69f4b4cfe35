//! `/auth/confirm`: whoever is signed in proves it again, before what changes how
//! people get into the account. Signing in anew as the same user does it: the session
//! that begins is a new one, and says when and by what.

use crate::account::{Section, on_the_way};
use crate::complete::{Completion, complete, password_account};
use crate::hashing::hashed;
use crate::limits;
use crate::pages::{ConfirmPage, ProviderLink};
use crate::passkey;
use crate::problem::Problem;
use crate::visit::{CsrfForm, Failure, Visit};
use gatelet_core::error::Code;
use gatelet_core::negotiate::Reader;
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::Form;
use gatelet_ports::store::accounts::Seen;
use gatelet_ports::store::factors;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::email::Email;
use gatelet_sign_in::limits::Act as LimitedAct;
use gatelet_sign_in::password::TypedPassword;
use gatelet_sign_in::proof::{PasswordAccount, PasswordProof, Proof, is_recent};
use gatelet_texts::{Text, problems, sign_in};
use gatelet_web::{
    Answer, Current, Explain, Live, in_store, page, scripted, see_other, with_cookies,
    with_return_to, worth_a_retry,
};
use gatelet_webauthn::Purpose;
use http::StatusCode;

/// What a rule of the gateway's asks for, beside signing in anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Demand {
    Nothing,
    Passkey,
    SecondFactor,
}

impl Demand {
    /// As the gateway sends people here.
    fn of(visit: &Visit<'_>) -> Self {
        match visit.arrival.query().text("with") {
            "passkey" => Self::Passkey,
            "second-factor" => Self::SecondFactor,
            _ => Self::Nothing,
        }
    }

    /// Where the forms post to: a mistake there is answered by the same question.
    const fn action(self) -> &'static str {
        match self {
            Self::Nothing => "/auth/confirm",
            Self::Passkey => "/auth/confirm?with=passkey",
            Self::SecondFactor => "/auth/confirm?with=second-factor",
        }
    }

    /// What somebody lacks who cannot meet it, and the page of the account that has it.
    const fn lacking(self) -> Option<(Text, Section)> {
        match self {
            Self::Nothing => None,
            Self::Passkey => Some((sign_in::LACKS_PASSKEY, Section::Passkeys)),
            Self::SecondFactor => Some((sign_in::LACKS_SECOND_FACTOR, Section::Authenticator)),
        }
    }
}

/// Whether the user proved a short while ago who it is. What changes how people get
/// into an account asks it first; who it refuses is led to the confirmation, and from
/// there back to the page that asked.
pub(crate) fn recent(visit: &Visit<'_>, session: &Live) -> Result<(), Failure> {
    if is_recent(session.auth_time, visit.arrival.now) {
        return Ok(());
    }
    Err(Problem::NotRecent.into())
}

/// The way to the confirmation, and from there back to the page that was asked for.
pub(crate) fn first(visit: &Visit<'_>, failure: Failure) -> Answer {
    let asked = failure.return_to.unwrap_or_else(|| visit.own_address());
    let answer = see_other(&with_return_to("/auth/confirm", &asked));
    with_cookies(answer, failure.cookies)
}

/// The question.
pub(crate) async fn show(visit: &Visit<'_>) -> Result<Answer, Failure> {
    let return_to = visit.return_to(visit.arrival.query().text("return_to"));
    match in_store(&visit.arrival).await? {
        Current::Live(session, mut cookies) => {
            let (shown, seed) = form(visit, &session, &return_to).await?;
            cookies.extend(seed);
            Ok(with_cookies(paged(StatusCode::OK, &shown), cookies))
        }
        Current::Nobody(cookies) => {
            let sign_in = see_other(&with_return_to("/auth/sign-in", &return_to));
            Ok(with_cookies(sign_in, cookies))
        }
    }
}

/// Signs in anew with the password that was typed.
pub(crate) async fn submit(visit: &Visit<'_>, typed: &Form) -> Result<Answer, Failure> {
    let return_to = visit.return_to(typed.text("return_to"));
    let session = match in_store(&visit.arrival).await? {
        Current::Live(session, _) => session,
        Current::Nobody(cookies) => {
            let mut failure = Failure::from(Problem::denied(Code::SessionNone));
            failure.cookies = cookies;
            return Err(failure.returning(&return_to));
        }
    };
    let outcome = match visit.arrival.judge_csrf_token(CsrfForm::Confirm, typed) {
        Ok(()) if passkey::is_in(typed) => by_passkey(visit, &session, typed).await,
        Ok(()) => confirmed(visit, &session, typed.text("password")).await,
        Err(refusal) => Err(refusal.into()),
    };
    match outcome {
        Ok(completion) => completion.after_form(visit, &return_to),
        Err(problem) if visit.arrival.head.reader() == Reader::Program => Err(problem.into()),
        Err(problem) => {
            let (mut shown, seed) = form(visit, &session, &return_to).await?;
            match problem {
                Problem::WrongCredentials => {
                    shown.faults.field("password", problems::OWN_PASSWORD_WRONG);
                }
                problem if problem.passes() => {
                    shown.faults.passing(problem.code(), problem.message());
                }
                problem => shown.faults.form(problem.message()),
            }
            let answer = worth_a_retry(paged(problem.status(), &shown));
            let answer = limits::told(answer, problem);
            Ok(with_cookies(answer, seed))
        }
    }
}

async fn by_passkey(
    visit: &Visit<'_>,
    session: &Live,
    typed: &Form,
) -> Result<Completion, Problem> {
    let user_id = Some(session.user_id.as_str());
    let proof = passkey::proof(visit, Purpose::Confirm, user_id, typed).await?;
    stepped_up(visit, session, Proof::Passkey(proof)).await
}

/// From what was typed to a new session of the same user, or to the second step.
async fn confirmed(
    visit: &Visit<'_>,
    session: &Live,
    password: &str,
) -> Result<Completion, Problem> {
    let (email, account) = known(visit, session).await?.ok_or(Problem::PasswordsOff)?;
    let typed = TypedPassword::new(password);
    let admitted = limits::admit_in_session(visit, LimitedAct::Password, &email).await?;
    let check = PasswordProof::check(email, typed, Some(account));
    let proof = match hashed(visit, check).await {
        Ok(Some(proof)) => proof,
        Ok(None) => {
            visit.record(Event::of(Act::CredentialsWrong, &session.user_id));
            return Err(Problem::WrongCredentials);
        }
        Err(problem) => {
            admitted.give_back_untried(visit).await;
            return Err(problem);
        }
    };
    admitted.give_back(visit).await;
    stepped_up(visit, session, Proof::Password(proof)).await
}

/// Signs in anew. Who has a second step before them has not confirmed anything yet.
async fn stepped_up(
    visit: &Visit<'_>,
    session: &Live,
    proof: Proof<Seen>,
) -> Result<Completion, Problem> {
    let completion = complete(visit, proof).await?;
    if matches!(completion, Completion::SignedIn(..)) {
        visit.record(Event::of(Act::StepUp, &session.user_id));
    }
    Ok(completion)
}

/// The password of whoever is signed in, where they have one and it is asked for here.
async fn known(
    visit: &Visit<'_>,
    session: &Live,
) -> Result<Option<(Email, PasswordAccount<Seen>)>, Problem> {
    let Ok(email) = Email::parse(&session.email) else {
        return Ok(None);
    };
    if !visit.passwords() {
        return Ok(None);
    }
    let account = password_account(visit, &email).await?;
    let own = account.filter(|account| account.seen.user_id == session.user_id);
    Ok(own.map(|account| (email, account)))
}

async fn form(
    visit: &Visit<'_>,
    session: &Live,
    return_to: &ReturnTarget,
) -> Result<(ConfirmPage, Option<String>), Problem> {
    let (csrf, seed) = visit.arrival.csrf(CsrfForm::Confirm);
    let demand = Demand::of(visit);
    let provider = visit.providers().get(&session.provider);
    let links = provider
        .filter(|_| demand != Demand::Passkey)
        .map(|provider| ProviderLink::new(provider.id.as_str(), &provider.name, return_to, false))
        .map(ProviderLink::anew);
    let all = factors::passkeys(visit.arrival.place(), session.user_id.clone()).await?;
    let is_met = match demand {
        Demand::Nothing => true,
        Demand::Passkey => !all.is_empty(),
        Demand::SecondFactor => {
            let held = factors::find(visit.arrival.place(), session.user_id.clone()).await?;
            !all.is_empty() || held.is_some_and(|held| held.authenticator.is_some())
        }
    };
    let passkey = match all.is_empty() {
        true => None,
        false => {
            let ask = (Purpose::Confirm, demand.action());
            let user = Some((session.user_id.as_str(), all.as_slice()));
            passkey::ask(visit, ask, user, csrf.clone(), return_to)
        }
    };
    let lacking = demand.lacking().filter(|_| !is_met);
    let lacking = lacking.map(|(message, section)| {
        let there = on_the_way(section.path(), Some(return_to));
        (message, section, there)
    });
    let shown = ConfirmPage {
        frame: visit.frame(),
        person: session.person(),
        faults: gatelet_web::Faults::default(),
        action: demand.action(),
        lacking,
        password: is_met && demand != Demand::Passkey && known(visit, session).await?.is_some(),
        passkey,
        providers: links.filter(|_| is_met).into_iter().collect(),
        csrf,
        return_to: return_to.as_str().to_owned(),
    };
    Ok((shown, seed))
}

fn paged(status: StatusCode, shown: &ConfirmPage) -> Answer {
    scripted(page(status, shown))
}
