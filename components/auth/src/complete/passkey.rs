//! By a passkey.

use super::begin::{Stop, begin, new_session};
use super::{Outcome, TRIES};
use crate::passkey;
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
    let assertion = passkey::assertion(proof.id(), proof.signed(), proof.challenge());
    let whose = &proof.seen().user_id;
    let mut seen = proof.seen().clone();
    for _ in 0..TRIES {
        if seen.disabled {
            passkey::use_up(visit, assertion, whose).await?;
            return Err(visit.disabled(whose).into());
        }
        let revision = seen.revision;
        let sign_in = SignIn::Passkey(PasskeySignIn {
            seen,
            assertion: assertion.clone(),
        });
        let row = new_session(visit, token, &sufficient);
        match begin(visit, sign_in, row, Vec::new()).await {
            Err(Stop::Conflict) => {
                let found = factors::find_passkey(visit.arrival.place(), proof.id().to_owned());
                let same = found.await?.filter(|found| found.seen.user_id == *whose);
                let refused = || passkey::refused(visit, Refusal::Unknown, whose);
                seen = same.ok_or_else(refused)?.seen;
                if seen.revision == revision {
                    // It says why it is of no use. Where it is, the store refused for
                    // another reason.
                    passkey::use_up(visit, assertion, whose).await?;
                    return Err(Stop::Conflict);
                }
            }
            // Only whoever has the passkey hears of it, once.
            Err(stop @ Stop::Leaving { .. }) => {
                passkey::use_up(visit, assertion, whose).await?;
                return Err(stop);
            }
            settled => return Ok(Outcome::Begun(settled?)),
        }
    }
    Err(Stop::Conflict)
}
