//! Whose account does a provider's word open? Looks up who has it and who has the
//! address, and puts the core's decision into the store's words.

use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_core::error::Code;
use gatelet_ports::store::accounts::{self, Found};
use gatelet_ports::store::session_writer::{
    Link, LinkedRegistration, LinkedSignIn, SignIn, TakeOver,
};
use gatelet_ports::store::types::{Identity, User};
use gatelet_sign_in::identity::ProviderIdentity;
use gatelet_sign_in::linking::{LinkDecision, LocalUser, decide};
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use gatelet_sign_in::user_id::UserId;
use gatelet_wasi::random;

/// What the store is to do, on what was seen just now.
pub(crate) async fn decided(
    visit: &Visit<'_>,
    identity: &ProviderIdentity,
) -> Result<SignIn, Problem> {
    let key = key(visit, identity)?;
    let linked = accounts::find_linked(visit.arrival.place(), key.clone()).await?;
    let holder = match (&linked, identity.email()) {
        (None, Some(email)) => {
            accounts::find_by_email(visit.arrival.place(), email.as_str().to_owned()).await?
        }
        (Some(_), _) | (None, None) => None,
    };
    let decision = decide(
        identity,
        linked.as_ref().map(local),
        holder.as_ref().map(local),
        visit.sign_up(),
    )?;
    match (decision, linked, holder) {
        (LinkDecision::SignIn { user_id: _ }, Some(found), _) => {
            let verified = identity.email().filter(|_| identity.email_verified());
            Ok(SignIn::Linked(LinkedSignIn {
                seen: found.seen,
                identity: key,
                name: identity.name().map(|name| name.as_str().to_owned()),
                verified_email: verified.map(|email| email.as_str().to_owned()),
            }))
        }
        (LinkDecision::Link { user_id: _ }, _, Some(found)) => Ok(SignIn::Link(Link {
            seen: found.seen,
            identity: key,
        })),
        (LinkDecision::TakeOver { user_id: _ }, _, Some(found)) => Ok(SignIn::TakeOver(TakeOver {
            seen: found.seen,
            identity: key,
            // Whatever the one before was called.
            name: identity.display_name().to_owned(),
        })),
        (LinkDecision::Create, _, _) => {
            let email = identity.email();
            let email = email.ok_or_else(|| Refusal::from(RefusalCode::EmailMissing))?;
            Ok(SignIn::LinkedRegistration(LinkedRegistration {
                user: User {
                    id: UserId::from_random(random::bytes()).as_str().to_owned(),
                    email: email.as_str().to_owned(),
                    email_verified: identity.email_verified(),
                    name: identity.display_name().to_owned(),
                    created_at: visit.arrival.now,
                },
                identity: key,
            }))
        }
        // The decision is about the user that it was given.
        (
            LinkDecision::SignIn { .. } | LinkDecision::Link { .. } | LinkDecision::TakeOver { .. },
            _,
            _,
        ) => Err(Problem::denied(Code::Internal)),
    }
}

fn key(visit: &Visit<'_>, identity: &ProviderIdentity) -> Result<Identity, Refusal> {
    let id = identity.provider().as_str();
    let provider = visit.providers().get(id);
    let provider = provider.ok_or_else(|| Refusal::new(RefusalCode::ProviderUnknown, id))?;
    Ok(Identity {
        issuer: provider.account_issuer().to_owned(),
        subject: identity.subject().to_owned(),
        provider: id.to_owned(),
    })
}

fn local(found: &Found) -> LocalUser {
    LocalUser {
        id: found.user.id.clone(),
        email_verified: found.user.email_verified,
    }
}
