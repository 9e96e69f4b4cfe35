//! By a link in a letter: used now, or in the first of two steps.

use super::begin::{Stop, begin, changed, new_session, no_session, reclaimed, whose};
use super::{Outcome, REVISION_OF_NEW, TRIES, beside, beside_seen, factors};
use crate::mailed;
use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_core::claims::SessionToken;
use gatelet_ports::store::accounts;
use gatelet_ports::store::session_writer::{MailboxSignIn, OtherWays, SignIn};
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::mailed::Purpose;
use gatelet_sign_in::mailed::proof::MailedProof;
use gatelet_sign_in::pending::Pending;
use gatelet_sign_in::proof::MailedBefore;
use gatelet_sign_in::second_factor::{Factors, SecondProof};
use gatelet_wasi::random;

/// Where somebody was faster with this link or this address, it is decided anew; of two
/// with one link the second finds it used.
pub(super) async fn by_mail(
    visit: &Visit<'_>,
    proof: &MailedProof,
    second: Option<&SecondProof>,
    token: &SessionToken,
) -> Result<Outcome, Stop> {
    for _ in 0..TRIES {
        let sign_in = mailed::decided(visit, proof).await?;
        let (user_id, known) = whose(&sign_in);
        // Ways in that somebody else may have made go, and factors with them.
        let all_go = matches!(&sign_in, SignIn::Mailed(one) if one.others == OtherWays::Drop);
        let factors = match known {
            Some(seen) if !all_go => factors(visit, seen).await?,
            Some(_) | None => Factors::default(),
        };
        // Whoever uses a link makes it grow.
        let revision = known.map_or(REVISION_OF_NEW, |seen| seen.revision + 1);
        let changes = changes(&sign_in, proof);
        // The link is used in any case, and what it does is done: no session comes of it
        // without a second factor.
        let (row, needed) = match proof.judge(beside(visit, &user_id, factors, second)) {
            Ok(sufficient) => (new_session(visit, token, &sufficient), None),
            Err(needed) => (no_session(visit, token), Some(needed)),
        };
        let started = match begin(visit, sign_in, row, changes).await {
            Err(Stop::Conflict) => continue,
            settled => settled?,
        };
        let Some(needed) = needed else {
            return Ok(Outcome::Begun(started));
        };
        let origin = visit.arrival.base_url().as_str();
        let now = visit.arrival.now;
        let pending = Pending::by_mail(random::bytes(), user_id, revision, origin, now);
        return Ok(Outcome::Needs(needed, pending));
    }
    Err(mailed::void(visit, &[proof.opened.link().purpose]).into())
}

/// The changes that a link makes.
fn changes(sign_in: &SignIn, proof: &MailedProof) -> Vec<Event> {
    let change = |act| changed(sign_in, act);
    match sign_in {
        SignIn::MailedReclaim(reclaim) => vec![
            reclaimed(&reclaim.seen, &reclaim.user),
            change(Act::AccountCreated),
        ],
        SignIn::MailedRegistration(_) => vec![change(Act::AccountCreated)],
        SignIn::Mailed(mailed)
            if proof.opened.link().purpose == Purpose::VerifyEmail
                || mailed.others == OtherWays::Drop =>
        {
            vec![change(Act::EmailVerified)]
        }
        _ => Vec::new(),
    }
}

/// The link was used in the first step: the user must be as then.
pub(super) async fn by_mail_before(
    visit: &Visit<'_>,
    before: MailedBefore,
    second: Option<&SecondProof>,
    token: &SessionToken,
) -> Result<Outcome, Stop> {
    let place = visit.arrival.place();
    let found = accounts::find_by_id(place, before.user_id().to_owned()).await?;
    let seen = found.map(|found| found.seen);
    let as_then = seen.filter(|seen| before.is_of(&seen.user_id, seen.revision));
    let seen = as_then.ok_or(Problem::SecondFactorGone)?;
    let sufficient = match before.judge(beside_seen(visit, &seen, second).await?) {
        Ok(sufficient) => sufficient,
        Err(needed) => {
            let origin = visit.arrival.base_url().as_str();
            let (id, now) = (random::bytes(), visit.arrival.now);
            let pending = Pending::by_mail(id, seen.user_id, seen.revision, origin, now);
            return Ok(Outcome::Needs(needed, pending));
        }
    };
    let sign_in = SignIn::Mailbox(MailboxSignIn { seen });
    let row = new_session(visit, token, &sufficient);
    match begin(visit, sign_in, row, Vec::new()).await {
        Err(Stop::Conflict) => Err(Problem::SecondFactorGone.into()),
        settled => Ok(Outcome::Begun(settled?)),
    }
}
