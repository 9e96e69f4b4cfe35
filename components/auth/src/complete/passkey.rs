//! By a passkey.

use super::begin::{Stop, begin, new_session};
use super::{Outcome, TRIES};
use crate::passkey;
use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_core::claims::SessionToken;
use gatelet_ports::store::accounts::Seen;
use gatelet_ports::store::factors;
use gatelet_ports::store::session_writer::{PasskeySignIn, SignIn};
use gatelet_sign_in::proof::PasskeyProof;
use gatelet_webauthn::Refusal;

/// Where the user has changed since, whose passkey it is is looked up again. Where nothing
/// has, what it signed is of no use any more.
pub(super) async fn by_passkey(
    visit: &Visit<'_>,
    proof: PasskeyProof<Seen>,
    token: &SessionToken,
) -> Result<Outcome, Stop> {
    let sufficient = proof.judge();
    let whose = &proof.seen().user_id;
    let mut seen = proof.seen().clone();
    for _ in 0..TRIES {
        if seen.disabled {
            use_up(visit, &proof).await?;
            return Err(visit.disabled(whose).into());
        }
        let revision = seen.revision;
        let assertion = passkey::assertion(proof.id(), proof.signed(), proof.challenge());
        let sign_in = SignIn::Passkey(PasskeySignIn { seen, assertion });
        let row = new_session(visit, token, &sufficient);
        match begin(visit, sign_in, row, Vec::new()).await {
            Err(Stop::Conflict) => {
                let found = factors::find_passkey(visit.arrival.place(), proof.id().to_owned());
                let same = found.await?.filter(|found| found.seen.user_id == *whose);
                let refused = || passkey::refused(visit, Refusal::Unknown, whose);
                seen = same.ok_or_else(refused)?.seen;
                if seen.revision == revision {
                    // Why? Where it was of use after all, somebody else was in between.
                    use_up(visit, &proof).await?;
                    return Err(Stop::Conflict);
                }
            }
            // Only whoever has the passkey hears of it, once.
            Err(stop @ Stop::Leaving { .. }) => {
                use_up(visit, &proof).await?;
                return Err(stop);
            }
            settled => return Ok(Outcome::Begun(settled?)),
        }
    }
    Err(Stop::Conflict)
}

/// What was signed, for an answer that is no session.
async fn use_up(visit: &Visit<'_>, proof: &PasskeyProof<Seen>) -> Result<(), Problem> {
    let assertion = passkey::assertion(proof.id(), proof.signed(), proof.challenge());
    passkey::use_up(visit, assertion, &proof.seen().user_id).await
}
