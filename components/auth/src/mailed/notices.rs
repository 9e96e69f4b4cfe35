//! What happened to somebody's account, told to the owner by a letter. What was done is
//! done, whatever becomes of the letter.

use super::letters;
use crate::pages::Moment;
use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_ports::store::accounts::{self, Found};
use gatelet_sign_in::email::Email;
use gatelet_web::{Explain, log};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// The password is another.
    PasswordChanged,
    /// Somebody signed in where nobody of this account had before.
    NewDevice,
    /// A way to prove who it is was added.
    FactorAdded(Factor),
    /// One was taken away.
    FactorRemoved(Factor),
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
pub(crate) async fn tell(visit: &Visit<'_>, email: &str, verified: bool, told: Told) {
    if visit.mail().is_none() || !verified {
        return;
    }
    let Ok(to) = Email::parse(email) else {
        return;
    };
    let base_url = visit.arrival.base_url();
    let letter = match told {
        Told::PasswordChanged => letters::password_changed(&to, base_url),
        Told::NewDevice => {
            let from = visit.arrival.client.map(|client| client.ip().to_string());
            let when = Moment(visit.arrival.now).text(visit.language());
            letters::new_device(&to, base_url, when, from)
        }
        Told::FactorAdded(factor) => letters::factor_changed(&to, base_url, added(factor)),
        Told::FactorRemoved(factor) => letters::factor_changed(&to, base_url, removed(factor)),
    };
    if let Err(problem) = visit.post(&letter).await {
        log::error(problem.code(), "the owner of an account is not told");
    }
}

/// The same of a user by id, whose address is looked up.
pub(crate) async fn tell_user(visit: &Visit<'_>, user_id: &str, told: Told) {
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

const fn added(factor: Factor) -> &'static str {
    match factor {
        Factor::Passkey => "A passkey was added to your account.",
        Factor::Authenticator => "An authenticator app was added to your account.",
        Factor::RecoveryCodes => "New recovery codes were made for your account.",
        Factor::Provider => "An account at another site was linked to yours.",
    }
}

const fn removed(factor: Factor) -> &'static str {
    match factor {
        Factor::Passkey => "A passkey was removed from your account.",
        Factor::Authenticator => "The authenticator app was removed from your account.",
        Factor::RecoveryCodes => "The recovery codes of your account were removed.",
        Factor::Provider => "An account at another site is no longer linked to yours.",
    }
}
