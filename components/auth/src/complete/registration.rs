//! By signing up with a password.

use super::begin::{Stop, begin, changed, new_session, no_session};
use super::password::pending_by_password;
use super::{Outcome, REVISION_OF_NEW, beside};
use crate::invitation;
use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_core::claims::SessionToken;
use gatelet_ports::store::session_writer::{InvitedRegistration, PasswordRegistration, SignIn};
use gatelet_ports::store::types::User;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::proof::Registration;
use gatelet_sign_in::second_factor::Factors;
use gatelet_sign_in::user_id::UserId;
use gatelet_wasi::random;

pub(super) async fn by_registration(
    visit: &Visit<'_>,
    registration: &Registration,
    token: &SessionToken,
) -> Result<Outcome, Stop> {
    let id = UserId::from_random(random::bytes()).as_str().to_owned();
    let user = User {
        id: id.clone(),
        email: registration.email().as_str().to_owned(),
        email_verified: false,
        name: registration.name().as_str().to_owned(),
        created_at: visit.arrival.now,
    };
    let hash = registration.hash().to_owned();
    let sign_in = match registration.invitation() {
        None => SignIn::PasswordRegistration(PasswordRegistration { user, hash }),
        Some(token) => {
            let invitation = invitation::find(visit, token).await?;
            SignIn::InvitedRegistration(InvitedRegistration {
                invitation: token.digest().to_vec(),
                origin: visit.arrival.base_url().as_str().to_owned(),
                user: User {
                    // The operator has said whose it is.
                    email_verified: !invitation.email.is_empty(),
                    ..user
                },
                hash,
            })
        }
    };
    let (row, needed) = match registration.judge(beside(visit, &id, Factors::default(), None)) {
        Ok(sufficient) => (new_session(visit, token, &sufficient), None),
        // The account is made, and a second factor set up before its first session.
        Err(needed) => (no_session(visit, token), Some(needed)),
    };
    let used = registration.invitation();
    let used = used.map(|_| Event::of(Act::InvitationUsed, &id));
    let changes = used
        .into_iter()
        .chain([changed(&sign_in, Act::AccountCreated)]);
    let begun = begin(visit, sign_in, row, changes.collect()).await;
    let started = match (begun, registration.invitation()) {
        (Err(Stop::Conflict), None) => return Err(Problem::EmailTaken.into()),
        // Somebody has just used it, or somebody has the address.
        (Err(Stop::Conflict), Some(token)) => {
            invitation::find(visit, token).await?;
            return Err(Problem::EmailTaken.into());
        }
        (settled, _) => settled?,
    };
    Ok(match needed {
        None => Outcome::Begun(started),
        Some(needed) => {
            let email = registration.email().clone();
            Outcome::Needs(
                needed,
                pending_by_password(visit, id, email, REVISION_OF_NEW),
            )
        }
    })
}
