//! Another address, by a link that was mailed to it.

use super::TRIES;
use super::begin::{Stop, begin, no_session};
use crate::problem::Problem;
use crate::session;
use crate::visit::Visit;
use gatelet_core::claims::SessionToken;
use gatelet_core::error::Code;
use gatelet_ports::store::accounts;
use gatelet_ports::store::session_writer::{self, MailedChange, NewSession, SignIn};
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::mailed::Opened;
use gatelet_wasi::random;
use gatelet_web::{Live, signed};

/// An address that has become another.
pub(crate) struct ChangedAddress {
    /// What it was; empty where there was none.
    pub before: String,
    /// Whether anybody had proved that.
    pub was_proved: bool,
    /// Of the session that goes on under a new token, where one does.
    pub cookie: Option<String>,
}

/// Gives a user the address that a link was mailed to. In a session of the user's, that
/// one goes on, with its time and its methods: a letter is no sign-in. Without, every
/// session ends and none begins.
pub(crate) async fn change_address(
    visit: &Visit<'_>,
    opened: &Opened,
    user_id: &str,
    session: Option<&Live>,
) -> Result<ChangedAddress, Problem> {
    let token = SessionToken::from_random(random::bytes());
    let row = continued(visit, &token, session);
    let link = opened.link();
    for _ in 0..TRIES {
        let place = visit.arrival.place();
        let found = accounts::find_by_id(place, user_id.to_owned()).await?;
        let found = found.ok_or(Problem::LinkVoid(link.purpose))?;
        let before = found.user.email.clone();
        let was_proved = found.user.email_verified;
        let change = SignIn::MailedChange(MailedChange {
            seen: found.seen,
            link: link.token_digest.to_vec(),
            email: before.clone(),
            new_email: link.email.as_str().to_owned(),
            end_sessions: session.is_none(),
        });
        let begun = match begin(visit, change, row.clone()).await {
            Ok(begun) => begun,
            Err(Stop::Conflict) => continue,
            Err(Stop::Leaving { .. }) => return Err(Problem::denied(Code::StoreConflict)),
            Err(Stop::Problem(problem)) => return Err(problem),
        };
        let cookie = match session {
            Some(_) => {
                session::end(visit).await?;
                Some(signed(&visit.arrival, &begun.into(), token)?)
            }
            None => {
                let digest = token.digest().to_vec();
                session_writer::end(visit.arrival.place(), digest).await?;
                None
            }
        };
        visit.record(Event::of(Act::EmailChanged, user_id));
        return Ok(ChangedAddress {
            before,
            was_proved,
            cookie,
        });
    }
    // Somebody has the address, or has used the link.
    Err(Problem::LinkVoid(link.purpose))
}

/// A session that goes on under a new token, with its time and its methods; none where
/// there is none.
fn continued(visit: &Visit<'_>, token: &SessionToken, session: Option<&Live>) -> NewSession {
    let none = no_session(visit, token);
    let Some(session) = session else {
        return none;
    };
    let (idle_expires_at, expires_at) = visit.arrival.lifetimes().begin(visit.arrival.now);
    NewSession {
        amr: session.amr.clone(),
        auth_time: session.auth_time,
        expires_at,
        idle_expires_at,
        ..none
    }
}
