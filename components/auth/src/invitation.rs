//! Is an invitation good here?

use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_ports::store::invitations::{self, Invitation};
use gatelet_sign_in::link_token::LinkToken;
use gatelet_sign_in::linking::SignUp;
use gatelet_sign_in::refusal::RefusalCode;

/// The invitation of this link. One that is not good is refused: used, expired, taken
/// back, for another origin, or no link at all, which all say the same.
pub(crate) async fn find(visit: &Visit<'_>, token: &LinkToken) -> Result<Invitation, Problem> {
    if visit.sign_up().who == SignUp::Closed {
        return Err(visit.refused(RefusalCode::SignUpClosed));
    }
    let found = invitations::find(
        visit.arrival.place(),
        token.digest().to_vec(),
        visit.arrival.base_url().as_str().to_owned(),
        visit.arrival.now,
    );
    let found = found.await?;
    found.ok_or_else(|| visit.refused(RefusalCode::InvitationInvalid))
}
