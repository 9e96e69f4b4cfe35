//! By signing up with a password.

use super::begin::{Stop, begin, new_session, no_session};
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
    let session = match (begin(visit, sign_in, row).await, registration.invitation()) {
        (Err(Stop::Conflict), None) => return Err(Problem::EmailTaken.into()),
        // Somebody has just used it, or somebody has the address.
        (Err(Stop::Conflict), Some(token)) => {
            invitation::find(visit, token).await?;
            return Err(Problem::EmailTaken.into());
        }
        (settled, _) => settled?,
    };
    if registration.invitation().is_some() {
        visit.record(Event::of(Act::InvitationUsed, &id));
    }
    Ok(match needed {
        None => Outcome::Begun(session, Some(Act::AccountCreated)),
        Some(needed) => {
            visit.record(Event::of(Act::AccountCreated, &id).about("password"));
            let email = registration.email().clone();
            Outcome::Needs(
                needed,
                pending_by_password(visit, id, email, REVISION_OF_NEW),
            )
        }
    })
}
