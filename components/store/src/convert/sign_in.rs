//! A decision about whoever signs in, to the statements that do it and their
//! parameters. The order of parameters is `statements::sign_in`'s.

use crate::{
    bindings::exports::gatelet::store::{
        accounts::Seen,
        session_writer::{
            Link, LinkedRegistration, LinkedSignIn, NewSession, PasswordRegistration,
            PasswordSignIn, SignIn, TakeOver,
        },
    },
    convert::{
        account_user, accounts::account_key, optional_text, seconds, session_parameters, text,
    },
    failure::Failure,
    statements::{Guarded, sign_in as statements},
    value::Value,
};

/// What is to be run.
pub(crate) struct Planned {
    pub(crate) statements: &'static Guarded,
    pub(crate) parameters: Vec<Value>,
    pub(crate) session: NewSession,
    /// How the session begins: `password`, or a provider's id.
    pub(crate) provider: String,
}

pub(crate) fn planned(sign_in: SignIn, session: NewSession) -> Result<Planned, Failure> {
    let mut parameters = session_parameters(&session)?;
    let mut provider = "password".to_owned();
    let statements = match sign_in {
        SignIn::PasswordRegistration(PasswordRegistration { user, hash }) => {
            parameters.extend(account_user(user)?);
            parameters.push(text(hash)?);
            &statements::REGISTER
        }
        SignIn::LinkedRegistration(LinkedRegistration { user, identity }) => {
            provider.clone_from(&identity.provider);
            parameters.extend(account_key(identity)?.account());
            parameters.extend(account_user(user)?);
            &statements::REGISTER_LINKED
        }
        SignIn::Password(PasswordSignIn {
            seen,
            hash,
            new_hash,
        }) => {
            parameters.extend(user_as_seen(&seen)?);
            parameters.push(text(hash)?);
            match new_hash {
                Some(new_hash) => {
                    parameters.push(text(new_hash)?);
                    &statements::PASSWORD_REHASHED
                }
                None => &statements::PASSWORD,
            }
        }
        SignIn::Linked(LinkedSignIn {
            seen,
            identity,
            name,
            verified_email,
        }) => {
            provider.clone_from(&identity.provider);
            let key = account_key(identity)?;
            let legacy_issuer = key.legacy_issuer.clone();
            parameters.extend(key.account());
            parameters.extend(user_as_seen(&seen)?);
            parameters.extend([
                optional_text(name)?,
                optional_text(verified_email)?,
                legacy_issuer,
            ]);
            &statements::LINKED
        }
        SignIn::Link(Link { seen, identity }) => {
            provider.clone_from(&identity.provider);
            parameters.extend(account_key(identity)?.account());
            parameters.extend(user_as_seen(&seen)?);
            &statements::LINK
        }
        SignIn::TakeOver(TakeOver {
            seen,
            identity,
            name,
        }) => {
            provider.clone_from(&identity.provider);
            parameters.extend(account_key(identity)?.account());
            parameters.extend(user_as_seen(&seen)?);
            parameters.extend([seconds(seen.sessions_begun)?, text(name)?]);
            &statements::TAKE_OVER
        }
    };
    Ok(Planned {
        statements,
        parameters,
        session,
        provider,
    })
}

/// id, revision. `sessions_begun` is of interest to a take-over alone.
fn user_as_seen(seen: &Seen) -> Result<[Value; 2], Failure> {
    let Seen {
        user_id,
        revision,
        sessions_begun: _,
    } = seen;
    Ok([text(user_id.clone())?, seconds(*revision)?])
}
