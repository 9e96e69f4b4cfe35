//! By a provider's word.

use super::begin::{Stop, begin, changed, new_session, no_session, reclaimed, whose};
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
        let changes = changes(&sign_in);
        let started = match begin(visit, sign_in, row, changes).await {
            Err(Stop::Conflict) => continue,
            settled => settled?,
        };
        match needed {
            None => {
                let missing = identity.groups().missing_from(&started.session.groups);
                if !missing.is_empty() {
                    visit
                        .groups_left_out(&identity, &format!("{} find no room", missing.join(",")));
                }
                return Ok(Outcome::Begun(started));
            }
            Some(needed) => {
                let pending = pending_by_provider(visit, user_id, identity);
                return Ok(Outcome::Needs(needed, pending));
            }
        }
    }
    Err(Stop::Conflict)
}

/// The changes that it comes with.
fn changes(sign_in: &SignIn) -> Vec<Event> {
    let change = |act| changed(sign_in, act);
    match sign_in {
        SignIn::Reclaim(reclaim) => vec![
            reclaimed(&reclaim.seen, &reclaim.user),
            change(Act::AccountCreated),
        ],
        SignIn::LinkedRegistration(_) | SignIn::InvitedLink(_) => {
            vec![change(Act::AccountCreated)]
        }
        SignIn::Link(_) => vec![change(Act::AccountLinked)],
        _ => Vec::new(),
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
