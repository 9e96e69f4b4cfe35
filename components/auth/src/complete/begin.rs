//! The one call that begins a session, what its row says, and why there may be none.

use crate::device;
use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_core::claims::SessionToken;
use gatelet_ports::store::accounts::Seen;
use gatelet_ports::store::own_account;
use gatelet_ports::store::session_writer::{
    self, InvitedLink, InvitedRegistration, Link, LinkedRegistration, LinkedSignIn, MailboxSignIn,
    MailedReclaim, MailedRegistration, MailedSignIn, NewSession, PasskeySignIn,
    PasswordRegistration, PasswordSignIn, Reclaim, SignIn,
};
use gatelet_ports::store::types::{Error, Session, User};
use gatelet_sign_in::audit::{Act, Event, user_agent};
use gatelet_sign_in::second_factor::Sufficient;
use gatelet_sign_in::ways;
use gatelet_web::Arrival;
use gatelet_web::audit::Whence;

/// Why no session begins.
pub(super) enum Stop {
    /// What was seen does not hold any more.
    Conflict,
    /// The user has asked for the end of the account, and goes at that time.
    Leaving {
        user_id: String,
        leaves_at: u64,
    },
    Problem(Problem),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::Conflict => Self::Conflict,
            error => Self::Problem(error.into()),
        }
    }
}

/// The user that it is about, and as what they were seen where they are there already.
pub(super) fn whose(sign_in: &SignIn) -> (String, Option<&Seen>) {
    match sign_in {
        SignIn::PasswordRegistration(PasswordRegistration { user, .. })
        | SignIn::InvitedRegistration(InvitedRegistration { user, .. })
        | SignIn::InvitedLink(InvitedLink { user, .. })
        | SignIn::MailedRegistration(MailedRegistration { user, .. })
        | SignIn::MailedReclaim(MailedReclaim { user, .. })
        | SignIn::LinkedRegistration(LinkedRegistration { user, .. })
        | SignIn::Reclaim(Reclaim { user, .. }) => (user.id.clone(), None),
        SignIn::Password(PasswordSignIn { seen, .. })
        | SignIn::Passkey(PasskeySignIn { seen, .. })
        | SignIn::Mailed(MailedSignIn { seen, .. })
        | SignIn::Mailbox(MailboxSignIn { seen })
        | SignIn::Linked(LinkedSignIn { seen, .. })
        | SignIn::Link(Link { seen, .. }) => (seen.user_id.clone(), Some(seen)),
    }
}

/// By which way in: a provider's id, or what stands for one.
fn way_in(sign_in: &SignIn) -> &str {
    match sign_in {
        SignIn::PasswordRegistration(_) | SignIn::InvitedRegistration(_) | SignIn::Password(_) => {
            ways::PASSWORD
        }
        SignIn::Passkey(_) => "passkey",
        SignIn::Mailbox(_)
        | SignIn::Mailed(_)
        | SignIn::MailedRegistration(_)
        | SignIn::MailedReclaim(_) => ways::MAILBOX,
        SignIn::LinkedRegistration(LinkedRegistration { identity, .. })
        | SignIn::InvitedLink(InvitedLink { identity, .. })
        | SignIn::Linked(LinkedSignIn { identity, .. })
        | SignIn::Link(Link { identity, .. })
        | SignIn::Reclaim(Reclaim { identity, .. }) => &identity.provider,
    }
}

/// What becomes of the account by a sign-in.
pub(super) fn changed(sign_in: &SignIn, act: Act) -> Event {
    let (user_id, _) = whose(sign_in);
    Event::of(act, &user_id).about(way_in(sign_in))
}

/// That somebody has the address from now on that another had.
pub(super) fn reclaimed(from: &Seen, by: &User) -> Event {
    Event::of(Act::EmailReclaimed, &from.user_id).about(&by.id)
}

/// What has begun.
pub(super) struct Started {
    pub session: Session,
    /// Whether a user who was there already has never signed in on this browser.
    pub is_new_device: bool,
}

/// Does what was decided, begins a session on it, and writes both down beside the changes
/// that it comes with: all of it or nothing. Nothing else in the tree calls this operation of
/// the store: a check holds it so.
pub(super) async fn begin(
    visit: &Visit<'_>,
    sign_in: SignIn,
    row: NewSession,
    changes: Vec<Event>,
) -> Result<Started, Stop> {
    let (user_id, known) = whose(&sign_in);
    let is_known = known.is_some();
    let mut events = changes;
    let is_new_device = is_known && !device::is_known(visit, &user_id);
    if !is_over(&row) {
        events.push(changed(&sign_in, Act::SessionBegun));
        if is_new_device {
            events.push(Event::of(Act::DeviceNew, &user_id));
        }
    }
    let whence = Whence::of(&visit.arrival);
    let rows = events.iter().map(|event| whence.row(event)).collect();
    let begun = session_writer::begin(visit.arrival.place(), sign_in, row, rows).await;
    if is_known && matches!(begun, Err(Error::Conflict)) {
        let profile = own_account::find(visit.arrival.place(), user_id.clone()).await?;
        if let Some(leaves_at) = profile.and_then(|profile| profile.leaves_at) {
            return Err(Stop::Leaving { user_id, leaves_at });
        }
    }
    let session = begun?;
    for event in &events {
        visit.note_event(event);
    }
    Ok(Started {
        session,
        is_new_device,
    })
}

pub(super) fn new_session(
    visit: &Visit<'_>,
    token: &SessionToken,
    sufficient: &Sufficient,
) -> NewSession {
    let (idle_expires_at, expires_at) = visit.arrival.lifetimes().begin(visit.arrival.now);
    NewSession {
        amr: sufficient.methods().to_owned(),
        expires_at,
        idle_expires_at,
        ..no_session(visit, token)
    }
}

/// A row for a user who is made before anything begins: it is over as it begins, and its
/// token goes to nobody.
pub(super) fn no_session(visit: &Visit<'_>, token: &SessionToken) -> NewSession {
    let now = visit.arrival.now;
    let Arrival { head, client, .. } = &visit.arrival;
    NewSession {
        token: token.digest().to_vec(),
        audience: visit.arrival.audience().to_owned(),
        amr: "pwd".to_owned(),
        auth_time: now,
        created_at: now,
        expires_at: now,
        idle_expires_at: now,
        user_agent: user_agent(head.field("user-agent").unwrap_or_default()),
        address: client.map_or_else(String::new, |client| client.ip().to_string()),
        region: visit.region(),
        provider_groups: String::new(),
        provider_session: String::new(),
    }
}

fn is_over(row: &NewSession) -> bool {
    row.expires_at <= row.created_at
}
