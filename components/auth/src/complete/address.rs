//! Another address, by a link that was mailed to it.

use super::TRIES;
use crate::mailed;
use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_core::claims::SessionToken;
use gatelet_ports::store::accounts::{self, Found};
use gatelet_ports::store::own_account::{self, EmailChange, Holder};
use gatelet_ports::store::types::Error;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::mailed::Opened;
use gatelet_wasi::random;
use gatelet_web::under;

/// An address that has become another.
pub(crate) struct ChangedAddress {
    /// What it was; empty where there was none.
    pub before: String,
    /// Whether anybody had proved that.
    pub was_proved: bool,
    /// Of the session, which goes on under another token; none where it has ended.
    pub cookie: Option<String>,
}

/// Gives the user who asked for it, in the session that goes on, the address that a link
/// was mailed to.
pub(crate) async fn change_address(
    visit: &Visit<'_>,
    opened: &Opened,
    holder: &Holder,
) -> Result<ChangedAddress, Problem> {
    let arrival = &visit.arrival;
    let token = SessionToken::from_random(random::bytes());
    let user_id = &holder.user_id;
    let Found { user, .. } = changed(visit, opened, user_id, async |found, change| {
        let digest = token.digest().to_vec();
        let (place, by) = (arrival.place(), holder.clone());
        own_account::change_email(place, by, found.seen, change, digest, arrival.now).await
    })
    .await?;
    Ok(ChangedAddress {
        before: user.email,
        was_proved: user.email_verified,
        cookie: under(arrival, token).await?,
    })
}

/// Gives a user the address back that a link was mailed to. Every session ends.
pub(crate) async fn take_back_address(
    visit: &Visit<'_>,
    opened: &Opened,
    user_id: &str,
) -> Result<(), Problem> {
    let arrival = &visit.arrival;
    changed(visit, opened, user_id, async |found, change| {
        own_account::take_back_email(arrival.place(), found.seen, change, arrival.now).await
    })
    .await?;
    Ok(())
}

/// The user as they were before, where the address is changed.
async fn changed(
    visit: &Visit<'_>,
    opened: &Opened,
    user_id: &str,
    change: impl AsyncFn(Found, EmailChange) -> Result<(), Error>,
) -> Result<Found, Problem> {
    let link = opened.link();
    let void = || mailed::void(visit, &[link.purpose]);
    for _ in 0..TRIES {
        let place = visit.arrival.place();
        let found = accounts::find_by_id(place, user_id.to_owned()).await?;
        let found = found.ok_or_else(void)?;
        let said = EmailChange {
            link: link.token_digest.to_vec(),
            before: found.user.email.clone(),
            after: link.email.as_str().to_owned(),
        };
        match change(found.clone(), said).await {
            // Something about the user is otherwise by now, or the link is void.
            Err(Error::Conflict) => {}
            outcome => {
                outcome?;
                visit.record(Event::of(Act::EmailChanged, user_id));
                return Ok(found);
            }
        }
    }
    // Somebody has the address, or has used the link.
    Err(void())
}
