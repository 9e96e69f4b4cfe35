//! From a proof to a session: the one way there is. What was proved is judged, what
//! it changes about users and accounts is decided, and the store does that and begins
//! the session, whole or not at all.

use crate::device;
use crate::hashing::hashed;
use crate::invitation;
use crate::leaving;
use crate::linking;
use crate::mailed;
use crate::mailed::notices::{self, Told};
use crate::problem::Problem;
use crate::session;
use crate::visit::Visit;
use gatelet_core::claims::SessionToken;
use gatelet_core::error::Code;
use gatelet_core::return_target::ReturnTarget;
use gatelet_ports::store::accounts::{self, Password, Seen};
use gatelet_ports::store::own_account;
use gatelet_ports::store::session_writer::{
    self, InvitedRegistration, MailedChange, NewSession, OtherWays, PasswordRegistration,
    PasswordSignIn, SignIn,
};
use gatelet_ports::store::types::{Error, Session, User};
use gatelet_sign_in::audit::{Act, Event, user_agent};
use gatelet_sign_in::email::Email;
use gatelet_sign_in::identity::ProviderIdentity;
use gatelet_sign_in::mailed::proof::MailedProof;
use gatelet_sign_in::mailed::{Opened, Purpose};
use gatelet_sign_in::proof::{Again, Needed, PasswordAccount, PasswordProof, Proof, Registration};
use gatelet_sign_in::user_id::UserId;
use gatelet_wasi::random;
use gatelet_web::{Live, log, signed};

/// How often somebody else may be faster with the same account.
const TRIES: usize = 3;

/// What comes of a proof.
#[derive(Debug)]
#[must_use]
pub(crate) enum Completion {
    /// A session: cookies to set.
    SignedIn(Vec<String>),
    /// Nobody is signed in: the user has asked for the end of the account. Cookies with
    /// which they may stay.
    Leaving(Vec<String>),
    /// Nobody is signed in: this is to be proved first.
    Needs(Needed),
}

impl Completion {
    /// Where it leads whoever wanted to go to `return_to`.
    pub(crate) fn leads_to(&self, return_to: &ReturnTarget) -> ReturnTarget {
        match self {
            Self::Leaving(_) => leaving::page(),
            Self::SignedIn(_) | Self::Needs(_) => return_to.clone(),
        }
    }

    /// The cookies to set; a problem where there are none.
    pub(crate) fn cookies(self) -> Result<Vec<String>, Problem> {
        match self {
            Self::SignedIn(cookies) | Self::Leaving(cookies) => Ok(cookies),
            Self::Needs(needed) => Err(Problem::Needed(needed)),
        }
    }
}

/// Begins a session on what was proved, under a new token, and ends those that the
/// browser came with.
pub(crate) async fn complete(visit: &Visit<'_>, proof: Proof<Seen>) -> Result<Completion, Problem> {
    let sufficient = match proof.judge() {
        Ok(sufficient) => sufficient,
        Err(needed) => return Ok(Completion::Needs(needed)),
    };
    let token = SessionToken::from_random(random::bytes());
    let row = new_session(visit, &token, sufficient.methods());
    let (begun, change) = match sufficient.into_proof() {
        Proof::Password(proof) => (by_password(visit, proof, &row).await?, None),
        Proof::Provider(identity) => by_provider(visit, &identity, &row).await?,
        Proof::Registration(registration) => {
            let session = by_registration(visit, &registration, &row).await?;
            if registration.invitation().is_some() {
                visit.record(Event::of(Act::InvitationUsed, &session.user.id));
            }
            (Begun::Session(session), Some(Act::AccountCreated))
        }
        Proof::Mailed(proof) => by_mail(visit, &proof, &row).await?,
    };
    let session = match begun {
        Begun::Session(session) => session,
        Begun::Leaving(user, leaves_at) => {
            let cookie = leaving::remember(visit, &user, leaves_at);
            return Ok(Completion::Leaving(vec![cookie]));
        }
    };
    // A session id from before must be good for nothing afterwards. The new one
    // exists first: if this fails, nobody is left without either.
    session::end(visit).await?;
    let (user, provider) = (&session.user.id, &session.provider);
    if let Some(change) = change {
        visit.record(Event::of(change, user).about(provider));
    }
    visit.record(Event::of(Act::SessionBegun, user).about(provider));
    if change != Some(Act::AccountCreated) && !device::is_known(visit, user) {
        // Whoever came by a letter reads the mail already.
        let is_told = session.user.email_verified && provider != "email";
        notices::tell(visit, &session.user.email, is_told, Told::NewDevice).await;
        visit.record(Event::of(Act::DeviceNew, user));
    }
    let device = device::remembered(visit, user);
    let cookie = signed(&visit.arrival, &session.into(), token)?;
    let cookies = [cookie, device];
    let cookies = cookies.into_iter().chain(leaving::forgotten(visit));
    Ok(Completion::SignedIn(cookies.collect()))
}

/// What the store makes of a sign-in.
enum Begun {
    Session(Session),
    /// None: this user goes at that time.
    Leaving(String, u64),
}

/// Whose password it is, in the store's words.
pub(crate) async fn password_account(
    visit: &Visit<'_>,
    email: &Email,
) -> Result<Option<PasswordAccount<Seen>>, Error> {
    let found = accounts::find_password(visit.arrival.place(), email.as_str().to_owned()).await?;
    Ok(found.map(|found| {
        let Password {
            user,
            seen,
            hash,
        } = found;
        let account = PasswordAccount { seen, hash };
        if !account.is_checkable() {
            let detail = format!(
                "the password of user {} cannot be checked: its hash is no Argon2, or asks for more than a \
                 component has",
                user.id
            );
            log::error("account.hash_unusable", &detail);
        }
        account
    }))
}

/// Where the account has changed since, the password is held against what it is now.
async fn by_password(
    visit: &Visit<'_>,
    mut proof: PasswordProof<Seen>,
    row: &NewSession,
) -> Result<Begun, Problem> {
    for _ in 0..TRIES {
        let seen = &proof.account().seen;
        if seen.disabled {
            return Err(visit.disabled(&seen.user_id));
        }
        let new_hash = match proof.renewed(random::bytes) {
            // The old one does, where too many are being hashed.
            Some(renewal) => hashed(visit, renewal).await.ok(),
            None => None,
        };
        let account = proof.account();
        let sign_in = SignIn::Password(PasswordSignIn {
            seen: account.seen.clone(),
            hash: account.hash.clone(),
            new_hash,
        });
        match begin(visit, sign_in, row).await {
            Err(Error::Conflict) => {
                let whose = account.seen.user_id.clone();
                if let Some(leaving) = leaving(visit, &whose).await? {
                    return Ok(leaving);
                }
                let account = password_account(visit, proof.email()).await?;
                let checked = match proof.again(account) {
                    Again::Holds(proof) => Some(proof),
                    Again::Check(checking) => hashed(visit, checking).await?,
                };
                proof = checked.ok_or_else(|| {
                    visit.record(Event::of(Act::CredentialsWrong, &whose));
                    Problem::WrongCredentials
                })?;
            }
            settled => return Ok(Begun::Session(settled?)),
        }
    }
    Err(Problem::denied(Code::StoreConflict))
}

/// Where somebody was faster with this account or this address, it is decided anew.
/// Answers the change of an account that it came with, too.
async fn by_provider(
    visit: &Visit<'_>,
    identity: &ProviderIdentity,
    row: &NewSession,
) -> Result<(Begun, Option<Act>), Problem> {
    for _ in 0..TRIES {
        let sign_in = linking::decided(visit, identity).await?;
        let (change, from) = match &sign_in {
            SignIn::LinkedRegistration(_) => (Some(Act::AccountCreated), None),
            SignIn::Reclaim(reclaim) => {
                let from = reclaim.seen.user_id.clone();
                (
                    Some(Act::AccountCreated),
                    Some((from, reclaim.user.id.clone())),
                )
            }
            SignIn::Link(_) => (Some(Act::AccountLinked), None),
            SignIn::InvitedLink(_) => (Some(Act::AccountCreated), None),
            SignIn::Linked(_)
            | SignIn::Password(_)
            | SignIn::PasswordRegistration(_)
            | SignIn::InvitedRegistration(_)
            | SignIn::Mailed(_)
            | SignIn::MailedRegistration(_)
            | SignIn::MailedReclaim(_)
            | SignIn::MailedChange(_) => (None, None),
        };
        let user = match &sign_in {
            SignIn::Linked(linked) => Some(linked.seen.user_id.clone()),
            SignIn::Link(link) => Some(link.seen.user_id.clone()),
            _ => None,
        };
        match begin(visit, sign_in, row).await {
            Err(Error::Conflict) => {
                if let Some(user) = user
                    && let Some(leaving) = leaving(visit, &user).await?
                {
                    return Ok((leaving, None));
                }
            }
            settled => {
                let session = settled?;
                if let Some((from, to)) = from {
                    visit.record(Event::of(Act::EmailReclaimed, &from).about(&to));
                }
                return Ok((Begun::Session(session), change));
            }
        }
    }
    Err(Problem::denied(Code::StoreConflict))
}

/// Where somebody was faster with this link or this address, it is decided anew; of two
/// with one link the second finds it used.
async fn by_mail(
    visit: &Visit<'_>,
    proof: &MailedProof,
    row: &NewSession,
) -> Result<(Begun, Option<Act>), Problem> {
    for _ in 0..TRIES {
        let sign_in = mailed::decided(visit, proof).await?;
        let (change, from) = match &sign_in {
            SignIn::MailedReclaim(reclaim) => {
                let from = reclaim.seen.user_id.clone();
                let to = reclaim.user.id.clone();
                (Some(Act::AccountCreated), Some((from, to)))
            }
            SignIn::MailedRegistration(_) => (Some(Act::AccountCreated), None),
            SignIn::Mailed(_) if proof.opened.link().purpose == Purpose::VerifyEmail => {
                (Some(Act::EmailVerified), None)
            }
            SignIn::Mailed(sign_in) if sign_in.others == OtherWays::Drop => {
                (Some(Act::EmailVerified), None)
            }
            _ => (None, None),
        };
        let user = match &sign_in {
            SignIn::Mailed(sign_in) => Some(sign_in.seen.user_id.clone()),
            _ => None,
        };
        match begin(visit, sign_in, row).await {
            Err(Error::Conflict) => {
                if let Some(user) = user
                    && let Some(leaving) = leaving(visit, &user).await?
                {
                    return Ok((leaving, None));
                }
            }
            settled => {
                let session = settled?;
                if let Some((from, to)) = from {
                    visit.record(Event::of(Act::EmailReclaimed, &from).about(&to));
                }
                return Ok((Begun::Session(session), change));
            }
        }
    }
    Err(Problem::LinkVoid(proof.opened.link().purpose))
}

/// An address that has become another.
pub(crate) struct ChangedAddress {
    /// What it was; empty where there was none.
    pub before: String,
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
    let mut row = new_session(visit, &token, "email");
    if let Some(session) = session {
        row.amr.clone_from(&session.amr);
        row.auth_time = session.auth_time;
    }
    let link = opened.link();
    for _ in 0..TRIES {
        let place = visit.arrival.place();
        let found = accounts::find_by_id(place, user_id.to_owned()).await?;
        let found = found.ok_or(Problem::LinkVoid(link.purpose))?;
        let before = found.user.email.clone();
        let change = SignIn::MailedChange(MailedChange {
            seen: found.seen,
            link: link.token_digest.to_vec(),
            email: before.clone(),
            new_email: link.email.as_str().to_owned(),
            end_sessions: session.is_none(),
        });
        let begun = match begin(visit, change, &row).await {
            Err(Error::Conflict) => continue,
            settled => settled?,
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
        return Ok(ChangedAddress { before, cookie });
    }
    // Somebody has the address, or has used the link.
    Err(Problem::LinkVoid(link.purpose))
}

async fn by_registration(
    visit: &Visit<'_>,
    registration: &Registration,
    row: &NewSession,
) -> Result<Session, Problem> {
    let user = User {
        id: UserId::from_random(random::bytes()).as_str().to_owned(),
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
    match (begin(visit, sign_in, row).await, registration.invitation()) {
        (Err(Error::Conflict), None) => Err(Problem::EmailTaken),
        // Somebody has just used it, or somebody has the address.
        (Err(Error::Conflict), Some(token)) => {
            invitation::find(visit, token).await?;
            Err(Problem::EmailTaken)
        }
        (settled, _) => Ok(settled?),
    }
}

/// When this user goes, where that is why no session begins.
async fn leaving(visit: &Visit<'_>, user_id: &str) -> Result<Option<Begun>, Problem> {
    let profile = own_account::find(visit.arrival.place(), user_id.to_owned()).await?;
    let leaves_at = profile.and_then(|profile| profile.leaves_at);
    Ok(leaves_at.map(|leaves_at| Begun::Leaving(user_id.to_owned(), leaves_at)))
}

/// Nothing else in the tree calls this operation of the store: a check holds it so.
async fn begin(visit: &Visit<'_>, sign_in: SignIn, row: &NewSession) -> Result<Session, Error> {
    session_writer::begin(visit.arrival.place(), sign_in, row.clone()).await
}

fn new_session(visit: &Visit<'_>, token: &SessionToken, methods: &str) -> NewSession {
    let now = visit.arrival.now;
    let (idle_expires_at, expires_at) = visit.arrival.lifetimes().begin(now);
    NewSession {
        token: token.digest().to_vec(),
        audience: visit.arrival.audience().to_owned(),
        amr: methods.to_owned(),
        auth_time: now,
        created_at: now,
        expires_at,
        idle_expires_at,
        user_agent: user_agent(visit.arrival.head.field("user-agent").unwrap_or_default()),
        address: visit
            .arrival
            .client
            .map_or_else(String::new, |client| client.ip().to_string()),
        region: visit.region(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatelet_web::Explain;

    #[test]
    fn what_needs_more_first_is_refused_and_sets_no_cookie() {
        for needed in Needed::ALL {
            let problem = Completion::Needs(*needed)
                .cookies()
                .expect_err("no session");
            assert_eq!(problem, Problem::Needed(*needed));
            assert_eq!(problem.code(), needed.code());
            assert!(problem.status().is_client_error(), "{problem:?}");
        }
        let cookies = Completion::SignedIn(vec!["gatelet=x".to_owned()]).cookies();
        assert_eq!(cookies, Ok(vec!["gatelet=x".to_owned()]));
    }

    #[test]
    fn whoever_is_leaving_is_led_to_what_they_may_do_about_it_and_everybody_else_on() {
        let board = ReturnTarget::parse("/board").expect("a path");
        let leaving = Completion::Leaving(Vec::new()).leads_to(&board);
        assert_eq!(leaving.as_str(), leaving::PATH);
        let signed_in = Completion::SignedIn(Vec::new()).leads_to(&board);
        assert_eq!(signed_in, board);
    }
}
