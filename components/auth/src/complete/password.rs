//! By a password: typed now, or in the first of two steps.

use super::begin::{Stop, begin, new_session};
use super::{Outcome, TRIES, beside_seen};
use crate::hashing::hashed;
use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_core::claims::SessionToken;
use gatelet_ports::store::accounts::{self, Password, Seen};
use gatelet_ports::store::session_writer::{PasswordSignIn, SignIn};
use gatelet_ports::store::types::Error;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::email::Email;
use gatelet_sign_in::pending::Pending;
use gatelet_sign_in::proof::{Again, PasswordAccount, PasswordBefore, PasswordProof};
use gatelet_sign_in::second_factor::SecondProof;
use gatelet_wasi::random;
use gatelet_web::log;

/// Whose password it is, in the store's words.
pub(crate) async fn password_account(
    visit: &Visit<'_>,
    email: &Email,
) -> Result<Option<PasswordAccount<Seen>>, Error> {
    let found = accounts::find_password(visit.arrival.place(), email.as_str().to_owned()).await?;
    Ok(found.map(|found| {
        let Password {
            user,
            seen,
            hash,
        } = found;
        let account = PasswordAccount { seen, hash };
        if !account.is_checkable() {
            let detail = format!(
                "the password of user {} cannot be checked: its hash is no Argon2, or asks for more than a \
                 component has",
                user.id
            );
            log::error("account.hash_unusable", &detail);
        }
        account
    }))
}

/// Where the account has changed since, the password is held against what it is now.
pub(super) async fn by_password(
    visit: &Visit<'_>,
    mut proof: PasswordProof<Seen>,
    second: Option<&SecondProof>,
    token: &SessionToken,
) -> Result<Outcome, Stop> {
    for _ in 0..TRIES {
        let account = proof.account();
        let seen = account.seen.clone();
        let sufficient = match proof.judge(beside_seen(visit, &seen, second).await?) {
            Ok(sufficient) => sufficient,
            Err(needed) => {
                let email = proof.email().clone();
                let pending = pending_by_password(visit, seen.user_id, email, seen.revision);
                return Ok(Outcome::Needs(needed, pending));
            }
        };
        let new_hash = match proof.renewed(random::bytes) {
            // The old one does, where too many are being hashed.
            Some(renewal) => hashed(visit, renewal).await.ok(),
            None => None,
        };
        let sign_in = SignIn::Password(PasswordSignIn {
            seen,
            hash: account.hash.clone(),
            new_hash,
        });
        let row = new_session(visit, token, &sufficient);
        match begin(visit, sign_in, row, Vec::new()).await {
            Err(Stop::Conflict) => {
                let whose = account.seen.user_id.clone();
                let account = password_account(visit, proof.email()).await?;
                let checked = match proof.again(account) {
                    Again::Holds(proof) => Some(proof),
                    Again::Check(checking) => hashed(visit, checking).await?,
                };
                proof = checked.ok_or_else(|| {
                    visit.record(Event::of(Act::CredentialsWrong, &whose));
                    Problem::WrongCredentials
                })?;
            }
            settled => return Ok(Outcome::Begun(settled?)),
        }
    }
    Err(Stop::Conflict)
}

/// The password was right in the first step: it is not typed again, so the user must be as
/// then. Signing in begins anew where they are not.
pub(super) async fn by_password_before(
    visit: &Visit<'_>,
    before: &PasswordBefore,
    second: Option<&SecondProof>,
    token: &SessionToken,
) -> Result<Outcome, Stop> {
    let account = password_account(visit, before.email()).await?;
    let as_then = account
        .filter(|PasswordAccount { seen, hash: _ }| before.is_of(&seen.user_id, seen.revision));
    let PasswordAccount { seen, hash } = as_then.ok_or(Problem::SecondFactorGone)?;
    let sufficient = match before.judge(beside_seen(visit, &seen, second).await?) {
        Ok(sufficient) => sufficient,
        Err(needed) => {
            let email = before.email().clone();
            let pending = pending_by_password(visit, seen.user_id, email, seen.revision);
            return Ok(Outcome::Needs(needed, pending));
        }
    };
    let sign_in = SignIn::Password(PasswordSignIn {
        seen,
        hash,
        new_hash: None,
    });
    let row = new_session(visit, token, &sufficient);
    match begin(visit, sign_in, row, Vec::new()).await {
        Err(Stop::Conflict) => Err(Problem::SecondFactorGone.into()),
        settled => Ok(Outcome::Begun(settled?)),
    }
}

pub(super) fn pending_by_password(
    visit: &Visit<'_>,
    user_id: String,
    email: Email,
    revision: u64,
) -> Pending {
    let origin = visit.arrival.base_url().as_str();
    Pending::by_password(
        random::bytes(),
        user_id,
        email,
        revision,
        origin,
        visit.arrival.now,
    )
}
