//! By a provider's word.

use super::begin::{Started, Stop, begin, changed, new_session, no_session, reclaimed, whose};
use super::{Outcome, SecondStep, TRIES, beside, factors};
use crate::linking;
use crate::problem::Problem;
use crate::provider_sign_out::note_over;
use crate::visit::Visit;
use gatelet_core::claims::SessionToken;
use gatelet_ports::store::session_writer::{self, NewSession, SignIn};
use gatelet_ports::store::user_sessions;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::identity::ProviderIdentity;
use gatelet_sign_in::pending::Pending;
use gatelet_sign_in::second_factor::Factors;
use gatelet_wasi::random;

/// Where somebody was faster with this account or this address, it is decided anew.
pub(super) async fn by_provider(
    visit: &Visit<'_>,
    identity: ProviderIdentity,
    second_step: Option<SecondStep<'_>>,
    token: &SessionToken,
) -> Result<Outcome, Stop> {
    let second = second_step.map(|step| step.proof);
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
                if let Some(SecondStep { first_step_at, .. }) = second_step {
                    end_if_over(visit, &identity, first_step_at, &started, token).await?;
                }
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

/// Ends what has begun on two steps where the provider has said between them that it is over:
/// it found no session to end then. Nobody has its token yet.
async fn end_if_over(
    visit: &Visit<'_>,
    identity: &ProviderIdentity,
    first_step_at: u64,
    started: &Started,
    token: &SessionToken,
) -> Result<(), Stop> {
    let account = linking::key(visit, identity).map_err(|refusal| visit.not_believed(refusal))?;
    let (place, session) = (visit.arrival.place(), identity.session().to_owned());
    if !user_sessions::is_over(place.clone(), account, session, first_step_at).await? {
        return Ok(());
    }
    session_writer::end(place, token.digest().to_vec()).await?;
    let provider = identity.provider().as_str();
    note_over(visit, &started.session.user.id, provider).await;
    Err(Problem::SecondFactorGone.into())
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
