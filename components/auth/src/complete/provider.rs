//! By a provider's word.

use super::begin::{Stop, begin, new_session, no_session, whose};
use super::{Outcome, TRIES, beside, factors};
use crate::linking;
use crate::visit::Visit;
use gatelet_core::claims::SessionToken;
use gatelet_ports::store::session_writer::{NewSession, SignIn};
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::identity::ProviderIdentity;
use gatelet_sign_in::pending::Pending;
use gatelet_sign_in::second_factor::{Factors, SecondProof};
use gatelet_wasi::random;

/// Where somebody was faster with this account or this address, it is decided anew.
/// Answers the change of an account that it came with, too.
pub(super) async fn by_provider(
    visit: &Visit<'_>,
    identity: ProviderIdentity,
    second: Option<&SecondProof>,
    token: &SessionToken,
) -> Result<Outcome, Stop> {
    for _ in 0..TRIES {
        let sign_in = linking::decided(visit, &identity).await?;
        let (user_id, known) = whose(&sign_in);
        let factors = match known {
            Some(seen) => factors(visit, seen).await?,
            None => Factors::default(),
        };
        let judged = identity.judge(beside(visit, &user_id, factors, second));
        let (row, needed) = match judged {
            Ok(sufficient) => (
                NewSession {
                    auth_time: identity.proved_at(visit.arrival.now),
                    provider_groups: identity.groups().joined(),
                    provider_session: identity.session().to_owned(),
                    ..new_session(visit, token, &sufficient)
                },
                None,
            ),
            // Who is yet to be made is made, to set up a second factor.
            Err(needed) if known.is_none() => (no_session(visit, token), Some(needed)),
            Err(needed) => {
                let pending = pending_by_provider(visit, user_id, identity);
                return Ok(Outcome::Needs(needed, pending));
            }
        };
        let (change, from) = change(&sign_in);
        let begun = match begin(visit, sign_in, row).await {
            Err(Stop::Conflict) => continue,
            settled => settled?,
        };
        if let Some(from) = from {
            visit.record(Event::of(Act::EmailReclaimed, &from).about(&user_id));
        }
        match needed {
            None => {
                let missing = identity.groups().missing_from(&begun.groups);
                if !missing.is_empty() {
                    visit
                        .groups_left_out(&identity, &format!("{} find no room", missing.join(",")));
                }
                return Ok(Outcome::Begun(begun, change));
            }
            Some(needed) => {
                visit.record(Event::of(Act::AccountCreated, &user_id).about(&begun.provider));
                let pending = pending_by_provider(visit, user_id, identity);
                return Ok(Outcome::Needs(needed, pending));
            }
        }
    }
    Err(Stop::Conflict)
}

/// The change of an account that it comes with, and from whom it takes an address.
fn change(sign_in: &SignIn) -> (Option<Act>, Option<String>) {
    match sign_in {
        SignIn::LinkedRegistration(_) => (Some(Act::AccountCreated), None),
        SignIn::Reclaim(reclaim) => {
            let from = reclaim.seen.user_id.clone();
            (Some(Act::AccountCreated), Some(from))
        }
        SignIn::Link(_) => (Some(Act::AccountLinked), None),
        SignIn::InvitedLink(_) => (Some(Act::AccountCreated), None),
        _ => (None, None),
    }
}

fn pending_by_provider(visit: &Visit<'_>, user_id: String, identity: ProviderIdentity) -> Pending {
    let origin = visit.arrival.base_url().as_str();
    Pending::by_provider(
        random::bytes(),
        user_id,
        identity.in_first_step(visit.arrival.now),
        origin,
        visit.arrival.now,
    )
}
