//! The one call that begins a session, what its row says, and why there may be none.

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
use gatelet_ports::store::types::{Error, Session};
use gatelet_sign_in::audit::user_agent;
use gatelet_sign_in::second_factor::Sufficient;
use gatelet_web::Arrival;

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

/// Does what was decided, and begins a session on it. Nothing else in the tree calls this
/// operation of the store: a check holds it so.
pub(super) async fn begin(
    visit: &Visit<'_>,
    sign_in: SignIn,
    row: NewSession,
) -> Result<Session, Stop> {
    let (user_id, known) = whose(&sign_in);
    let is_known = known.is_some();
    let begun = session_writer::begin(visit.arrival.place(), sign_in, row).await;
    if is_known && matches!(begun, Err(Error::Conflict)) {
        let profile = own_account::find(visit.arrival.place(), user_id.clone()).await?;
        if let Some(leaves_at) = profile.and_then(|profile| profile.leaves_at) {
            return Err(Stop::Leaving { user_id, leaves_at });
        }
    }
    Ok(begun?)
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
