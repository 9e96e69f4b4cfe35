//! What happened to somebody's account, told to the owner by a letter. What was done is
//! done, whatever becomes of the letter.

use super::letters::Writing;
use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_letters::letter::Letter;
use gatelet_ports::store::accounts::{self, Found};
use gatelet_sign_in::email::Email;
use gatelet_texts::{Moment, Text, letters};
use gatelet_web::{Explain, log};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told<'a> {
    /// The password is another.
    PasswordChanged,
    /// Somebody signed in where nobody of this account had before.
    NewDevice,
    /// A way to prove who it is was added.
    FactorAdded(Factor),
    /// One was taken away.
    FactorRemoved(Factor),
    /// There is one more token for programs.
    TokenMade {
        /// As its user calls it.
        name: &'a str,
        /// Good until then, in Unix seconds.
        expires_at: u64,
    },
    /// The account is to go then, in Unix seconds.
    DeletionAsked(u64),
}

/// A way to prove who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Factor {
    /// A passkey.
    Passkey,
    /// An authenticator app.
    Authenticator,
    /// Recovery codes.
    RecoveryCodes,
    /// An account at a provider.
    Provider,
}

/// Tells the owner, where there is mail. `verified` is whether somebody has proved the
/// address: nobody else gets letters about an account.
pub(crate) async fn tell(visit: &Visit<'_>, email: &str, verified: bool, told: Told<'_>) {
    if visit.mail().is_none() || !verified {
        return;
    }
    let Ok(to) = Email::parse(email) else {
        return;
    };
    let letter = Writing::for_the_owner(visit, &to, |writing| written(visit, writing, told));
    if let Err(problem) = visit.post(&letter).await {
        log::error(problem.code(), "the owner of an account is not told");
    }
}

/// The same of a user by id, whose address is looked up.
pub(crate) async fn tell_user(visit: &Visit<'_>, user_id: &str, told: Told<'_>) {
    if visit.mail().is_none() {
        return;
    }
    let found = accounts::find_by_id(visit.arrival.place(), user_id.to_owned()).await;
    match found {
        Ok(Some(Found { user, seen: _ })) => {
            tell(visit, &user.email, user.email_verified, told).await;
        }
        Ok(None) => {}
        Err(error) => log::error(
            Problem::from(error).code(),
            "the owner of an account is not told",
        ),
    }
}

fn written(visit: &Visit<'_>, writing: Writing<'_>, told: Told<'_>) -> Letter {
    let now = visit.arrival.now;
    match told {
        Told::PasswordChanged => writing.password_changed(),
        Told::NewDevice => {
            let from = visit.arrival.client.map(|client| client.ip().to_string());
            writing.new_device(Moment(now), from, visit.passwords())
        }
        Told::FactorAdded(factor) => writing.factor_changed(added(factor)),
        Told::FactorRemoved(factor) => writing.factor_changed(removed(factor)),
        Told::TokenMade { name, expires_at } => writing.token_made(name, Moment(expires_at)),
        Told::DeletionAsked(leaves_at) => {
            writing.deletion((leaves_at > now).then_some(Moment(leaves_at)))
        }
    }
}

const fn added(factor: Factor) -> Text {
    match factor {
        Factor::Passkey => letters::PASSKEY_ADDED,
        Factor::Authenticator => letters::AUTHENTICATOR_ADDED,
        Factor::RecoveryCodes => letters::RECOVERY_CODES_MADE,
        Factor::Provider => letters::PROVIDER_LINKED,
    }
}

const fn removed(factor: Factor) -> Text {
    match factor {
        Factor::Passkey => letters::PASSKEY_REMOVED,
        Factor::Authenticator => letters::AUTHENTICATOR_REMOVED,
        Factor::RecoveryCodes => letters::RECOVERY_CODES_REMOVED,
        Factor::Provider => letters::PROVIDER_UNLINKED,
    }
}
