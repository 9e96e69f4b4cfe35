//! Whose account does a provider's word open? Looks up who has it and who has the
//! address, and puts the core's decision into the store's words.

use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_core::error::Code;
use gatelet_ports::store::accounts::{self, Linked};
use gatelet_ports::store::invitations;
use gatelet_ports::store::session_writer::{
    self, InvitedLink, Link, LinkedRegistration, LinkedSignIn, Reclaim, SignIn,
};
use gatelet_ports::store::types::{Identity, User};
use gatelet_sign_in::identity::ProviderIdentity;
use gatelet_sign_in::linking::{
    LinkDecision, LinkedUser, LocalUser, SignUp, Word, decide, wants_holder,
};
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use gatelet_sign_in::user_id::UserId;
use gatelet_wasi::random;

/// What the store is to do, on what was seen just now.
pub(crate) async fn decided(
    visit: &Visit<'_>,
    identity: &ProviderIdentity,
) -> Result<SignIn, Problem> {
    let key = key(visit, identity).map_err(|refusal| visit.refused(refusal))?;
    let found = accounts::find_linked(visit.arrival.place(), key.clone()).await?;
    let linked = found.as_ref().map(linked);
    let holder = match identity.email() {
        Some(email) if wants_holder(identity, linked.as_ref()) => {
            accounts::find_by_email(visit.arrival.place(), email.as_str().to_owned()).await?
        }
        Some(_) | None => None,
    };
    // Whoever is switched off comes in by no other account with the address either.
    let whose = match (&found, &holder) {
        (Some(found), _) => Some(&found.seen),
        (None, Some(holder)) if identity.email_verified() => Some(&holder.seen),
        (None, _) => None,
    };
    if let Some(seen) = whose.filter(|seen| seen.disabled) {
        return Err(visit.disabled(&seen.user_id));
    }
    let (sign_up, is_invited) = match found {
        Some(_) => (Ok(()), false),
        None => may_sign_up(visit, identity).await?,
    };
    let open = match sign_up {
        Ok(()) => SignUp::Open,
        Err(_) => SignUp::Closed,
    };
    let local_holder = holder.as_ref().map(|found| local(&found.user));
    let decision = decide(identity, linked, local_holder, open).map_err(|refusal| {
        visit.refused(match (refusal.code, sign_up) {
            (RefusalCode::SignUpClosed, Err(code)) => code.into(),
            _ => refusal,
        })
    })?;
    match (decision, found, holder) {
        (LinkDecision::SignIn { user_id: _, word }, Some(found), _) => {
            Ok(SignIn::Linked(LinkedSignIn {
                seen: found.seen,
                identity: key,
                name: identity.name().map(|name| name.as_str().to_owned()),
                word: word.map(said),
            }))
        }
        (LinkDecision::Link { user_id: _, email }, _, Some(found)) => Ok(SignIn::Link(Link {
            seen: found.seen,
            identity: key,
            vouched_email: email.as_str().to_owned(),
        })),
        (LinkDecision::Reclaim { from: _ }, _, Some(found)) => {
            let user = new_user(visit, identity)?;
            Ok(SignIn::Reclaim(Reclaim {
                seen: found.seen,
                user,
                identity: key,
            }))
        }
        (LinkDecision::Create, _, _) if is_invited => Ok(SignIn::InvitedLink(InvitedLink {
            origin: visit.arrival.base_url().as_str().to_owned(),
            user: new_user(visit, identity)?,
            identity: key,
        })),
        (LinkDecision::Create, _, _) => Ok(SignIn::LinkedRegistration(LinkedRegistration {
            user: new_user(visit, identity)?,
            identity: key,
        })),
        // The decision is about the user that it was given.
        (
            LinkDecision::SignIn { .. } | LinkDecision::Link { .. } | LinkDecision::Reclaim { .. },
            _,
            _,
        ) => Err(Problem::denied(Code::Internal)),
    }
}

/// Whether whoever has this identity may make an account, and was invited to. An address
/// that nobody vouches for is at no domain, and nobody's invitation.
async fn may_sign_up(
    visit: &Visit<'_>,
    identity: &ProviderIdentity,
) -> Result<(Result<(), RefusalCode>, bool), Problem> {
    let policy = visit.sign_up();
    let Some(email) = identity.email() else {
        // That is said first.
        return Ok((Ok(()), false));
    };
    if !identity.email_verified() {
        let judged = match policy.asks_for_domains() {
            true if policy.who == SignUp::Open => Err(RefusalCode::SignUpDomain),
            _ => policy.judge(email, false),
        };
        return Ok((judged, false));
    }
    let invitation = invitations::find_by_email(
        visit.arrival.place(),
        email.as_str().to_owned(),
        visit.arrival.base_url().as_str().to_owned(),
        visit.arrival.now,
    );
    let is_invited = policy.who != SignUp::Closed && invitation.await?.is_some();
    Ok((policy.judge(email, is_invited), is_invited))
}

fn new_user(visit: &Visit<'_>, identity: &ProviderIdentity) -> Result<User, Problem> {
    let email = identity.email();
    let email = email.ok_or_else(|| visit.refused(RefusalCode::EmailMissing))?;
    Ok(User {
        id: UserId::from_random(random::bytes()).as_str().to_owned(),
        email: email.as_str().to_owned(),
        email_verified: identity.email_verified(),
        name: identity.display_name().to_owned(),
        created_at: visit.arrival.now,
    })
}

pub(crate) fn key(visit: &Visit<'_>, identity: &ProviderIdentity) -> Result<Identity, Refusal> {
    let id = identity.provider().as_str();
    let provider = visit.providers().get(id);
    let provider = provider.ok_or_else(|| Refusal::new(RefusalCode::ProviderUnknown, id))?;
    Ok(Identity {
        issuer: identity
            .issuer()
            .map_or_else(|| provider.account_issuer(), str::to_owned),
        subject: identity.subject().to_owned(),
        provider: id.to_owned(),
    })
}

fn linked(found: &Linked) -> LinkedUser {
    let Linked {
        user,
        seen: _,
        vouched_email,
        sole,
        vouched_elsewhere,
    } = found;
    LinkedUser {
        user: local(user),
        vouched: vouched_email.clone(),
        is_sole: *sole,
        vouched_elsewhere: *vouched_elsewhere,
    }
}

fn local(user: &User) -> LocalUser {
    LocalUser {
        id: user.id.clone(),
        email: user.email.clone(),
        email_verified: user.email_verified,
    }
}

fn said(word: Word) -> session_writer::Word {
    let Word {
        vouched,
        email,
        email_verified,
    } = word;
    session_writer::Word {
        vouched_email: vouched,
        email,
        email_verified,
    }
}
