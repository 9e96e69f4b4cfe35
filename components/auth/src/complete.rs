//! From a proof to a session: the one way there is. What was proved is judged, what
//! it changes about users and accounts is decided, and the store does that and begins
//! the session, whole or not at all.

mod address;
mod begin;
mod mail;
mod passkey;
mod password;
mod provider;
mod registration;

pub(crate) use address::{ChangedAddress, change_address, take_back_address};
pub(crate) use password::password_account;

use crate::continuation::after_form;
use crate::device;
use crate::leaving;
use crate::mailed::notices::{self, Told};
use crate::problem::Problem;
use crate::second_factor;
use crate::session;
use crate::visit::{Failure, Visit};
use begin::{Started, Stop};
use gatelet_core::claims::SessionToken;
use gatelet_core::error::Code;
use gatelet_core::negotiate::Reader;
use gatelet_core::return_target::ReturnTarget;
use gatelet_ports::store::accounts::Seen;
use gatelet_ports::store::factors;
use gatelet_sign_in::pending::Pending;
use gatelet_sign_in::proof::{Beside, Proof};
use gatelet_sign_in::second_factor::{Factors, Needed, SecondFactorPolicy, SecondProof};
use gatelet_wasi::random;
use gatelet_web::{Answer, see_other, signed, with_cookies};
use mail::{by_mail, by_mail_before};
use passkey::by_passkey;
use password::{by_password, by_password_before};
use provider::by_provider;
use registration::by_registration;

/// At what revision a user is made.
const REVISION_OF_NEW: u64 = 0;
/// How often somebody else may be faster with the same account.
pub(crate) const TRIES: usize = 3;

/// What comes of a proof.
#[derive(Debug)]
#[must_use]
pub(crate) enum Completion {
    /// A session, and cookies to set.
    SignedIn(Begun, Vec<String>),
    /// Nobody is signed in: the user has asked for the end of the account. Cookies with
    /// which they may stay.
    Leaving(Vec<String>),
    /// Nobody is signed in: this is to be proved first, by this browser.
    Needs(Needed, Box<Pending>),
}

/// A session that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Begun {
    /// Whose.
    pub user_id: String,
    /// By which the store knows it.
    pub token_digest: [u8; 32],
}

impl Completion {
    /// Where it leads, and the cookies to set: there with a session, to the second step
    /// without one.
    pub(crate) fn onward(
        self,
        visit: &Visit<'_>,
        return_to: &ReturnTarget,
    ) -> (String, Vec<String>) {
        match self {
            Self::SignedIn(_, cookies) => (return_to.as_str().to_owned(), cookies),
            Self::Leaving(cookies) => (leaving::page().as_str().to_owned(), cookies),
            Self::Needs(_, pending) => (
                second_factor::PATH.to_owned(),
                vec![second_factor::remember(visit, pending.returning(return_to))],
            ),
        }
    }

    /// The answer to a form.
    pub(crate) fn after_form(
        self,
        visit: &Visit<'_>,
        return_to: &ReturnTarget,
    ) -> Result<Answer, Failure> {
        match self {
            Self::SignedIn(_, cookies) => Ok(with_cookies(after_form(return_to), cookies)),
            Self::Leaving(cookies) => Ok(with_cookies(after_form(&leaving::page()), cookies)),
            Self::Needs(needed, _) => {
                let (location, cookies) = self.onward(visit, return_to);
                if visit.arrival.head.reader() == Reader::Program {
                    let mut failure = Failure::from(Problem::Needed(needed));
                    failure.cookies = cookies;
                    return Err(failure.returning(return_to));
                }
                Ok(with_cookies(see_other(&location), cookies))
            }
        }
    }
}

/// What the store did, or what is to be proved first.
enum Outcome {
    Begun(Started),
    Needs(Needed, Pending),
}

/// Begins a session on what was proved, under a new token, and ends those that the
/// browser came with; or says what is to be proved first.
pub(crate) async fn complete(visit: &Visit<'_>, proof: Proof<Seen>) -> Result<Completion, Problem> {
    completed(visit, proof, None).await
}

/// The same on the two steps of a sign-in.
pub(crate) async fn complete_both(
    visit: &Visit<'_>,
    pending: Pending,
    second: &SecondProof,
) -> Result<Completion, Problem> {
    let second = SecondStep {
        proof: second,
        first_step_at: pending.begun(),
    };
    completed(visit, pending.into_proof(), Some(second)).await
}

/// What is proved after another thing.
#[derive(Clone, Copy)]
struct SecondStep<'a> {
    proof: &'a SecondProof,
    /// When that other thing was, in Unix seconds.
    first_step_at: u64,
}

async fn completed(
    visit: &Visit<'_>,
    proof: Proof<Seen>,
    second_step: Option<SecondStep<'_>>,
) -> Result<Completion, Problem> {
    let second = second_step.map(|step| step.proof);
    let token = SessionToken::from_random(random::bytes());
    let outcome = match proof {
        Proof::Password(proof) => by_password(visit, proof, second, &token).await,
        Proof::PasswordBefore(before) => by_password_before(visit, &before, second, &token).await,
        Proof::Mailed(proof) => by_mail(visit, &proof, second, &token).await,
        Proof::MailedBefore(before) => by_mail_before(visit, before, second, &token).await,
        Proof::Passkey(proof) => by_passkey(visit, proof, &token).await,
        Proof::Provider(identity) => by_provider(visit, identity, second_step, &token).await,
        Proof::Registration(registration) => by_registration(visit, &registration, &token).await,
    };
    let Started {
        session,
        is_new_device,
    } = match outcome {
        Ok(Outcome::Begun(started)) => started,
        Ok(Outcome::Needs(needed, pending)) => {
            return Ok(Completion::Needs(needed, Box::new(pending)));
        }
        Err(Stop::Leaving { user_id, leaves_at }) => {
            let cookie = leaving::remember(visit, &user_id, leaves_at);
            return Ok(Completion::Leaving(vec![cookie]));
        }
        Err(Stop::Conflict) => return Err(Problem::denied(Code::StoreConflict)),
        Err(Stop::Problem(problem)) => return Err(problem),
    };
    // A session id from before must be good for nothing afterwards. The new one
    // exists first: if this fails, nobody is left without either.
    session::end(visit).await?;
    let user = &session.user.id;
    if is_new_device {
        // Whoever came by a letter reads the mail already.
        let is_told = session.user.email_verified && session.provider != "email";
        notices::tell(visit, &session.user.email, is_told, Told::NewDevice).await;
    }
    let device = device::remembered(visit, user);
    let begun = Begun {
        user_id: user.clone(),
        token_digest: token.digest(),
    };
    let cookie = signed(&visit.arrival, &session.into(), token)?;
    let cookies = [cookie, device];
    let cookies = cookies.into_iter().chain(leaving::forgotten(visit));
    Ok(Completion::SignedIn(begun, cookies.collect()))
}

/// What whoever was seen has beside the way in. It may have changed since: then the
/// store does not begin a session on what was seen.
async fn factors(visit: &Visit<'_>, seen: &Seen) -> Result<Factors, Problem> {
    if visit.second_factor() == SecondFactorPolicy::Off {
        return Ok(Factors::default());
    }
    let held = factors::find(visit.arrival.place(), seen.user_id.clone()).await?;
    let held = held.ok_or(Problem::denied(Code::StoreConflict))?;
    Ok(Factors {
        authenticator: held.authenticator.is_some(),
        passkeys: held.passkeys,
    })
}

/// All that counts beside the way in, of somebody who is there already: nobody who is
/// switched off.
async fn beside_seen<'a>(
    visit: &Visit<'_>,
    seen: &'a Seen,
    second: Option<&'a SecondProof>,
) -> Result<Beside<'a>, Stop> {
    if seen.disabled {
        return Err(visit.disabled(&seen.user_id).into());
    }
    let factors = factors(visit, seen).await?;
    Ok(beside(visit, &seen.user_id, factors, second))
}

fn beside<'a>(
    visit: &Visit<'_>,
    user_id: &'a str,
    factors: Factors,
    second: Option<&'a SecondProof>,
) -> Beside<'a> {
    Beside {
        user_id,
        factors,
        policy: visit.second_factor(),
        second,
    }
}
