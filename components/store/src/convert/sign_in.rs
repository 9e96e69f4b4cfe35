//! A decision about whoever signs in, to the statements that do it and their
//! parameters. The order of parameters is `statements::sign_in`'s.

use crate::{
    bindings::exports::gatelet::store::{
        accounts::Seen,
        session_writer::{
            InvitedLink, InvitedRegistration, Link, LinkedRegistration, LinkedSignIn,
            MailboxSignIn, NewSession, PasskeySignIn, PasswordRegistration, PasswordSignIn,
            Reclaim, SignIn, Word,
        },
        types::User,
    },
    convert::{
        account_user, accounts::account_key, browser_parameters, digest,
        factors::assertion_parameters, mailed, optional_text, seconds, session_parameters, text,
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
        SignIn::InvitedRegistration(InvitedRegistration {
            invitation,
            origin,
            user,
            hash,
        }) => {
            parameters.extend(account_user(user)?);
            parameters.extend([text(hash)?, digest(invitation)?, text(origin)?]);
            &statements::REGISTER_INVITED
        }
        SignIn::InvitedLink(InvitedLink {
            origin,
            user,
            identity,
        }) => {
            provider.clone_from(&identity.provider);
            if !user.email_verified {
                return Err(Failure::internal(
                    "an invited address that nobody vouches for",
                ));
            }
            parameters.extend(account_key(identity)?.account());
            parameters.push(text(user.email.clone())?);
            parameters.extend(account_user(user)?);
            parameters.push(text(origin)?);
            &statements::REGISTER_LINKED_INVITED
        }
        SignIn::LinkedRegistration(LinkedRegistration { user, identity }) => {
            provider.clone_from(&identity.provider);
            parameters.extend(account_key(identity)?.account());
            let vouched = user.email_verified.then(|| user.email.clone());
            parameters.push(optional_text(vouched)?);
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
        SignIn::Mailbox(MailboxSignIn { seen }) => {
            "email".clone_into(&mut provider);
            parameters.extend(user_as_seen(&seen)?);
            &statements::MAILBOX
        }
        SignIn::Passkey(PasskeySignIn { seen, assertion }) => {
            "passkey".clone_into(&mut provider);
            parameters.extend(user_as_seen(&seen)?);
            parameters.extend(assertion_parameters(assertion)?);
            &statements::PASSKEY
        }
        SignIn::Linked(LinkedSignIn {
            seen,
            identity,
            name,
            word,
        }) => {
            provider.clone_from(&identity.provider);
            let key = account_key(identity)?;
            let legacy_issuer = key.legacy_issuer.clone();
            parameters.extend(key.account());
            let known = user_as_seen(&seen)?;
            let profile = [optional_text(name)?, legacy_issuer];
            match word {
                None => {
                    parameters.extend(known.into_iter().chain(profile));
                    &statements::LINKED
                }
                Some(Word {
                    vouched_email,
                    email,
                    email_verified,
                }) => {
                    parameters.push(optional_text(vouched_email)?);
                    parameters.extend(known.into_iter().chain(profile));
                    parameters.push(kept_email(email, &seen)?);
                    parameters.push(Value::Boolean(email_verified));
                    &statements::LINKED_ANEW
                }
            }
        }
        SignIn::Link(Link {
            seen,
            identity,
            vouched_email,
        }) => {
            provider.clone_from(&identity.provider);
            parameters.extend(account_key(identity)?.account());
            parameters.push(text(vouched_email)?);
            parameters.extend(user_as_seen(&seen)?);
            &statements::LINK
        }
        SignIn::Reclaim(Reclaim {
            seen,
            user,
            identity,
        }) => {
            provider.clone_from(&identity.provider);
            parameters.extend(account_key(identity)?.account());
            let User {
                id,
                email,
                email_verified: _,
                name,
                created_at,
            } = user;
            let email = text(email)?;
            parameters.extend([email.clone(), text(id)?, email, text(name)?]);
            parameters.push(seconds(created_at)?);
            parameters.extend(user_as_seen(&seen)?);
            parameters.push(seconds(seen.sessions_begun)?);
            &statements::RECLAIM
        }
        SignIn::Mailed(sign_in) => {
            by_mail(&mut parameters, &mut provider, mailed::sign_in(sign_in)?)
        }
        SignIn::MailedRegistration(registration) => by_mail(
            &mut parameters,
            &mut provider,
            mailed::registration(registration)?,
        ),
        SignIn::MailedReclaim(reclaim) => {
            by_mail(&mut parameters, &mut provider, mailed::reclaim(reclaim)?)
        }
    };
    parameters.extend(browser_parameters(&session)?);
    Ok(Planned {
        statements,
        parameters,
        session,
        provider,
    })
}

fn by_mail(
    parameters: &mut Vec<Value>,
    provider: &mut String,
    (statements, more): (&'static Guarded, Vec<Value>),
) -> &'static Guarded {
    parameters.extend(more);
    "email".clone_into(provider);
    statements
}

/// An email as it is kept: the id of a user who has none.
fn kept_email(email: String, seen: &Seen) -> Result<Value, Failure> {
    text(if email.is_empty() {
        seen.user_id.clone()
    } else {
        email
    })
}

/// id, revision. `sessions_begun` is of interest to whoever ends them all.
fn user_as_seen(seen: &Seen) -> Result<[Value; 2], Failure> {
    let Seen {
        user_id,
        revision,
        sessions_begun: _,
        disabled: _,
    } = seen;
    Ok([text(user_id.clone())?, seconds(*revision)?])
}
