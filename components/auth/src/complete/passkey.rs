//! By a passkey.

use super::begin::{Stop, begin, new_session};
use super::{Outcome, TRIES};
use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_core::claims::SessionToken;
use gatelet_ports::store::accounts::Seen;
use gatelet_ports::store::factors;
use gatelet_ports::store::session_writer::{PasskeySignIn, SignIn};
use gatelet_sign_in::proof::PasskeyProof;

/// Where the user has changed since, whose passkey it is is looked up again.
pub(super) async fn by_passkey(
    visit: &Visit<'_>,
    proof: PasskeyProof<Seen>,
    token: &SessionToken,
) -> Result<Outcome, Stop> {
    let sufficient = proof.judge();
    let mut seen = proof.seen().clone();
    if seen.disabled {
        return Err(visit.disabled(&seen.user_id).into());
    }
    for _ in 0..TRIES {
        let id = proof.id().to_owned();
        let sign_in = SignIn::Passkey(PasskeySignIn { seen, id });
        match begin(visit, sign_in, new_session(visit, token, &sufficient)).await {
            Err(Stop::Conflict) => {
                let found = factors::find_passkey(visit.arrival.place(), proof.id().to_owned());
                let found = found.await?.map(|found| found.seen);
                let same = found.filter(|found| found.user_id == proof.seen().user_id);
                seen = same.ok_or(Problem::PasskeyRefused)?;
            }
            settled => return Ok(Outcome::Begun(settled?, None)),
        }
    }
    Err(Stop::Conflict)
}
