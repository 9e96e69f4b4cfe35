//! From a proof to a session: the one way there is. What was proved is judged, what
//! it changes about users and accounts is decided, and the store does that and begins
//! the session, whole or not at all.

use crate::continuation::after_form;
use crate::device;
use crate::hashing::hashed;
use crate::invitation;
use crate::leaving;
use crate::linking;
use crate::mailed;
use crate::mailed::notices::{self, Told};
use crate::problem::Problem;
use crate::second_factor;
use crate::session;
use crate::visit::{Failure, Visit};
use gatelet_core::claims::SessionToken;
use gatelet_core::error::Code;
use gatelet_core::negotiate::Reader;
use gatelet_core::return_target::ReturnTarget;
use gatelet_ports::store::accounts::{self, Password, Seen};
use gatelet_ports::store::factors;
use gatelet_ports::store::own_account;
use gatelet_ports::store::session_writer::{
    self, InvitedLink, InvitedRegistration, Link, LinkedRegistration, LinkedSignIn, MailboxSignIn,
    MailedChange, MailedReclaim, MailedRegistration, MailedSignIn, NewSession, OtherWays,
    PasskeySignIn, PasswordRegistration, PasswordSignIn, Reclaim, SignIn,
};
use gatelet_ports::store::types::{Error, Session, User};
use gatelet_sign_in::audit::{Act, Event, user_agent};
use gatelet_sign_in::email::Email;
use gatelet_sign_in::identity::ProviderIdentity;
use gatelet_sign_in::mailed::proof::MailedProof;
use gatelet_sign_in::mailed::{Opened, Purpose};
use gatelet_sign_in::pending::Pending;
use gatelet_sign_in::proof::{
    Again, Beside, MailedBefore, PasskeyProof, PasswordAccount, PasswordBefore, PasswordProof,
    Proof, Registration,
};
use gatelet_sign_in::second_factor::{
    Factors, Needed, SecondFactorPolicy, SecondProof, Sufficient,
};
use gatelet_sign_in::user_id::UserId;
use gatelet_wasi::random;
use gatelet_web::{Answer, Arrival, Live, log, see_other, signed, with_cookies};

/// At what revision a user is made.
const REVISION_OF_NEW: u64 = 0;
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
    /// Nobody is signed in: this is to be proved first, by this browser.
    Needs(Needed, Box<Pending>),
}

impl Completion {
    /// Where it leads, and the cookies to set: there with a session, to the second step
    /// without one.
    pub(crate) fn onward(
        self,
        visit: &Visit<'_>,
        return_to: &ReturnTarget,
    ) -> (String, Vec<String>) {
        match self {
            Self::SignedIn(cookies) => (return_to.as_str().to_owned(), cookies),
            Self::Leaving(cookies) => (leaving::page().as_str().to_owned(), cookies),
            Self::Needs(_, pending) => (
                second_factor::PATH.to_owned(),
                vec![second_factor::remember(visit, pending.returning(return_to))],
            ),
        }
    }

    /// The answer to a form.
    pub(crate) fn after_form(
        self,
        visit: &Visit<'_>,
        return_to: &ReturnTarget,
    ) -> Result<Answer, Failure> {
        match self {
            Self::SignedIn(cookies) => Ok(with_cookies(after_form(return_to), cookies)),
            Self::Leaving(cookies) => Ok(with_cookies(after_form(&leaving::page()), cookies)),
            Self::Needs(needed, _) => {
                let (location, cookies) = self.onward(visit, return_to);
                if visit.arrival.head.reader() == Reader::Program {
                    let mut failure = Failure::from(Problem::Needed(needed));
                    failure.cookies = cookies;
                    return Err(failure.returning(return_to));
                }
                Ok(with_cookies(see_other(&location), cookies))
            }
        }
    }
}

/// What the store did, or what is to be proved first.
enum Outcome {
    /// A session, and the change of an account that it came with.
    Begun(Session, Option<Act>),
    Needs(Needed, Pending),
    /// None: this user goes at that time.
    Leaving(String, u64),
}

/// Begins a session on what was proved, under a new token, and ends those that the
/// browser came with; or says what is to be proved first.
pub(crate) async fn complete(visit: &Visit<'_>, proof: Proof<Seen>) -> Result<Completion, Problem> {
    completed(visit, proof, None).await
}

/// The same on the two steps of a sign-in.
pub(crate) async fn complete_both(
    visit: &Visit<'_>,
    pending: Pending,
    second: &SecondProof,
) -> Result<Completion, Problem> {
    completed(visit, pending.into_proof(), Some(second)).await
}

async fn completed(
    visit: &Visit<'_>,
    proof: Proof<Seen>,
    second: Option<&SecondProof>,
) -> Result<Completion, Problem> {
    let token = SessionToken::from_random(random::bytes());
    let outcome = match proof {
        Proof::Password(proof) => by_password(visit, proof, second, &token).await?,
        Proof::PasswordBefore(before) => by_password_before(visit, &before, second, &token).await?,
        Proof::Mailed(proof) => by_mail(visit, &proof, second, &token).await?,
        Proof::MailedBefore(before) => by_mail_before(visit, before, second, &token).await?,
        Proof::Passkey(proof) => by_passkey(visit, proof, &token).await?,
        Proof::Provider(identity) => by_provider(visit, identity, second, &token).await?,
        Proof::Registration(registration) => by_registration(visit, &registration, &token).await?,
    };
    let (session, change) = match outcome {
        Outcome::Begun(session, change) => (session, change),
        Outcome::Needs(needed, pending) => {
            return Ok(Completion::Needs(needed, Box::new(pending)));
        }
        Outcome::Leaving(user, leaves_at) => {
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

/// What whoever was seen has beside the way in. It may have changed since: then the
/// store does not begin a session on what was seen.
async fn factors(visit: &Visit<'_>, seen: &Seen) -> Result<Factors, Problem> {
    if visit.second_factor() == SecondFactorPolicy::Off {
        return Ok(Factors::default());
    }
    let held = factors::find(visit.arrival.place(), seen.user_id.clone()).await?;
    let held = held.ok_or(Problem::denied(Code::StoreConflict))?;
    Ok(Factors {
        authenticator: held.authenticator.is_some(),
        passkeys: held.passkeys,
    })
}

fn beside<'a>(
    visit: &Visit<'_>,
    user_id: &'a str,
    factors: Factors,
    second: Option<&'a SecondProof>,
) -> Beside<'a> {
    Beside {
        user_id,
        factors,
        policy: visit.second_factor(),
        second,
    }
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
    second: Option<&SecondProof>,
    token: &SessionToken,
) -> Result<Outcome, Problem> {
    for _ in 0..TRIES {
        let account = proof.account();
        let seen = account.seen.clone();
        if seen.disabled {
            return Err(visit.disabled(&seen.user_id));
        }
        let factors = factors(visit, &seen).await?;
        let sufficient = match proof.judge(beside(visit, &seen.user_id, factors, second)) {
            Ok(sufficient) => sufficient,
            Err(needed) => {
                let email = proof.email().clone();
                let pending = pending_by_password(visit, seen.user_id, email, seen.revision);
                return Ok(Outcome::Needs(needed, pending));
            }
        };
        let new_hash = match proof.renewed(random::bytes) {
            // The old one does, where too many are being hashed.
            Some(renewal) => hashed(visit, renewal).await.ok(),
            None => None,
        };
        let sign_in = SignIn::Password(PasswordSignIn {
            seen,
            hash: account.hash.clone(),
            new_hash,
        });
        match begin(visit, sign_in, new_session(visit, token, &sufficient)).await {
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
            settled => return Ok(Outcome::Begun(settled?, None)),
        }
    }
    Err(Problem::denied(Code::StoreConflict))
}

/// The password was right in the first step: it is not typed again, so the user must be as
/// then. Signing in begins anew where they are not.
async fn by_password_before(
    visit: &Visit<'_>,
    before: &PasswordBefore,
    second: Option<&SecondProof>,
    token: &SessionToken,
) -> Result<Outcome, Problem> {
    let account = password_account(visit, before.email()).await?;
    let as_then = account
        .filter(|PasswordAccount { seen, hash: _ }| before.is_of(&seen.user_id, seen.revision));
    let PasswordAccount { seen, hash } = as_then.ok_or(Problem::SecondFactorGone)?;
    if seen.disabled {
        return Err(visit.disabled(&seen.user_id));
    }
    let factors = factors(visit, &seen).await?;
    let sufficient = match before.judge(beside(visit, &seen.user_id, factors, second)) {
        Ok(sufficient) => sufficient,
        Err(needed) => {
            let email = before.email().clone();
            let pending = pending_by_password(visit, seen.user_id, email, seen.revision);
            return Ok(Outcome::Needs(needed, pending));
        }
    };
    let user_id = seen.user_id.clone();
    let sign_in = SignIn::Password(PasswordSignIn {
        seen,
        hash,
        new_hash: None,
    });
    match begin(visit, sign_in, new_session(visit, token, &sufficient)).await {
        Err(Error::Conflict) => leaving_or_gone(visit, &user_id).await,
        settled => Ok(Outcome::Begun(settled?, None)),
    }
}

/// Where the user has changed since, whose passkey it is is looked up again.
async fn by_passkey(
    visit: &Visit<'_>,
    proof: PasskeyProof<Seen>,
    token: &SessionToken,
) -> Result<Outcome, Problem> {
    let sufficient = proof.judge();
    let mut seen = proof.seen().clone();
    if seen.disabled {
        return Err(visit.disabled(&seen.user_id));
    }
    for _ in 0..TRIES {
        let id = proof.id().to_owned();
        let sign_in = SignIn::Passkey(PasskeySignIn { seen, id });
        match begin(visit, sign_in, new_session(visit, token, &sufficient)).await {
            Err(Error::Conflict) => {
                if let Some(leaving) = leaving(visit, &proof.seen().user_id).await? {
                    return Ok(leaving);
                }
                let found = factors::find_passkey(visit.arrival.place(), proof.id().to_owned());
                let found = found.await?.map(|found| found.seen);
                let same = found.filter(|found| found.user_id == proof.seen().user_id);
                seen = same.ok_or(Problem::PasskeyRefused)?;
            }
            settled => return Ok(Outcome::Begun(settled?, None)),
        }
    }
    Err(Problem::denied(Code::StoreConflict))
}

/// Where somebody was faster with this account or this address, it is decided anew.
/// Answers the change of an account that it came with, too.
async fn by_provider(
    visit: &Visit<'_>,
    identity: ProviderIdentity,
    second: Option<&SecondProof>,
    token: &SessionToken,
) -> Result<Outcome, Problem> {
    for _ in 0..TRIES {
        let sign_in = linking::decided(visit, &identity).await?;
        let (user_id, known) = whose(&sign_in);
        let factors = match known {
            Some(seen) => factors(visit, seen).await?,
            None => Factors::default(),
        };
        let judged = identity.judge(beside(visit, &user_id, factors, second));
        let (row, needed) = match judged {
            Ok(sufficient) => (new_session(visit, token, &sufficient), None),
            // Who is yet to be made is made, to set up a second factor.
            Err(needed) if known.is_none() => (no_session(visit, token), Some(needed)),
            Err(needed) => {
                let pending = pending_by_provider(visit, user_id, identity);
                return Ok(Outcome::Needs(needed, pending));
            }
        };
        let (change, from) = change(&sign_in);
        let begun = match begin(visit, sign_in, row).await {
            Err(Error::Conflict) => match leaving(visit, &user_id).await? {
                Some(leaving) => return Ok(leaving),
                None => continue,
            },
            settled => settled?,
        };
        if let Some(from) = from {
            visit.record(Event::of(Act::EmailReclaimed, &from).about(&user_id));
        }
        match needed {
            None => return Ok(Outcome::Begun(begun, change)),
            Some(needed) => {
                visit.record(Event::of(Act::AccountCreated, &user_id).about(&begun.provider));
                let pending = pending_by_provider(visit, user_id, identity);
                return Ok(Outcome::Needs(needed, pending));
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
    second: Option<&SecondProof>,
    token: &SessionToken,
) -> Result<Outcome, Problem> {
    for _ in 0..TRIES {
        let sign_in = mailed::decided(visit, proof).await?;
        let (user_id, known) = whose(&sign_in);
        // Ways in that somebody else may have made go, and factors with them.
        let all_go = matches!(&sign_in, SignIn::Mailed(one) if one.others == OtherWays::Drop);
        let factors = match known {
            Some(seen) if !all_go => factors(visit, seen).await?,
            Some(_) | None => Factors::default(),
        };
        // Whoever uses a link makes it grow.
        let revision = known.map_or(REVISION_OF_NEW, |seen| seen.revision + 1);
        let (change, from) = change_by_mail(&sign_in, proof);
        // The link is used in any case, and what it does is done: no session comes of it
        // without a second factor.
        let (row, needed) = match proof.judge(beside(visit, &user_id, factors, second)) {
            Ok(sufficient) => (new_session(visit, token, &sufficient), None),
            Err(needed) => (no_session(visit, token), Some(needed)),
        };
        let begun = match begin(visit, sign_in, row).await {
            Err(Error::Conflict) => match leaving(visit, &user_id).await? {
                Some(leaving) => return Ok(leaving),
                None => continue,
            },
            settled => settled?,
        };
        if let Some(from) = from {
            visit.record(Event::of(Act::EmailReclaimed, &from).about(&user_id));
        }
        let Some(needed) = needed else {
            return Ok(Outcome::Begun(begun, change));
        };
        if let Some(change) = change {
            visit.record(Event::of(change, &user_id).about(&begun.provider));
        }
        let origin = visit.arrival.base_url().as_str();
        let now = visit.arrival.now;
        let pending = Pending::by_mail(random::bytes(), user_id, revision, origin, now);
        return Ok(Outcome::Needs(needed, pending));
    }
    Err(Problem::LinkVoid(proof.opened.link().purpose))
}

/// The change of an account that a link makes, and from whom it takes an address.
fn change_by_mail(sign_in: &SignIn, proof: &MailedProof) -> (Option<Act>, Option<String>) {
    match sign_in {
        SignIn::MailedReclaim(reclaim) => {
            let from = reclaim.seen.user_id.clone();
            (Some(Act::AccountCreated), Some(from))
        }
        SignIn::MailedRegistration(_) => (Some(Act::AccountCreated), None),
        SignIn::Mailed(_) if proof.opened.link().purpose == Purpose::VerifyEmail => {
            (Some(Act::EmailVerified), None)
        }
        SignIn::Mailed(sign_in) if sign_in.others == OtherWays::Drop => {
            (Some(Act::EmailVerified), None)
        }
        _ => (None, None),
    }
}

/// The link was used in the first step: the user must be as then.
async fn by_mail_before(
    visit: &Visit<'_>,
    before: MailedBefore,
    second: Option<&SecondProof>,
    token: &SessionToken,
) -> Result<Outcome, Problem> {
    let place = visit.arrival.place();
    let found = accounts::find_by_id(place, before.user_id().to_owned()).await?;
    let seen = found.map(|found| found.seen);
    let as_then = seen.filter(|seen| before.is_of(&seen.user_id, seen.revision));
    let seen = as_then.ok_or(Problem::SecondFactorGone)?;
    if seen.disabled {
        return Err(visit.disabled(&seen.user_id));
    }
    let factors = factors(visit, &seen).await?;
    let sufficient = match before.judge(beside(visit, &seen.user_id, factors, second)) {
        Ok(sufficient) => sufficient,
        Err(needed) => {
            let origin = visit.arrival.base_url().as_str();
            let (id, now) = (random::bytes(), visit.arrival.now);
            let pending = Pending::by_mail(id, seen.user_id, seen.revision, origin, now);
            return Ok(Outcome::Needs(needed, pending));
        }
    };
    let user_id = seen.user_id.clone();
    let sign_in = SignIn::Mailbox(MailboxSignIn { seen });
    match begin(visit, sign_in, new_session(visit, token, &sufficient)).await {
        Err(Error::Conflict) => leaving_or_gone(visit, &user_id).await,
        settled => Ok(Outcome::Begun(settled?, None)),
    }
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
    let row = continued(visit, &token, session);
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
        let begun = match begin(visit, change, row.clone()).await {
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
    token: &SessionToken,
) -> Result<Outcome, Problem> {
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
        (Err(Error::Conflict), None) => return Err(Problem::EmailTaken),
        // Somebody has just used it, or somebody has the address.
        (Err(Error::Conflict), Some(token)) => {
            invitation::find(visit, token).await?;
            return Err(Problem::EmailTaken);
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

/// The change of an account that it comes with, and from whom it takes an address.
fn change(sign_in: &SignIn) -> (Option<Act>, Option<String>) {
    match sign_in {
        SignIn::LinkedRegistration(_) => (Some(Act::AccountCreated), None),
        SignIn::Reclaim(reclaim) => {
            let from = reclaim.seen.user_id.clone();
            (Some(Act::AccountCreated), Some(from))
        }
        SignIn::Link(_) => (Some(Act::AccountLinked), None),
        SignIn::InvitedLink(_) => (Some(Act::AccountCreated), None),
        _ => (None, None),
    }
}

/// When this user goes, where that is why no session begins.
async fn leaving(visit: &Visit<'_>, user_id: &str) -> Result<Option<Outcome>, Problem> {
    let profile = own_account::find(visit.arrival.place(), user_id.to_owned()).await?;
    let leaves_at = profile.and_then(|profile| profile.leaves_at);
    Ok(leaves_at.map(|leaves_at| Outcome::Leaving(user_id.to_owned(), leaves_at)))
}

async fn leaving_or_gone(visit: &Visit<'_>, user_id: &str) -> Result<Outcome, Problem> {
    let leaving = leaving(visit, user_id).await?;
    leaving.ok_or(Problem::SecondFactorGone)
}

/// The user that it is about, and as what they were seen where they are there already.
fn whose(sign_in: &SignIn) -> (String, Option<&Seen>) {
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
        | SignIn::MailedChange(MailedChange { seen, .. })
        | SignIn::Mailbox(MailboxSignIn { seen })
        | SignIn::Linked(LinkedSignIn { seen, .. })
        | SignIn::Link(Link { seen, .. }) => (seen.user_id.clone(), Some(seen)),
    }
}

fn pending_by_password(visit: &Visit<'_>, user_id: String, email: Email, revision: u64) -> Pending {
    let origin = visit.arrival.base_url().as_str();
    Pending::by_password(
        random::bytes(),
        user_id,
        email,
        revision,
        origin,
        visit.arrival.now,
    )
}

fn pending_by_provider(visit: &Visit<'_>, user_id: String, identity: ProviderIdentity) -> Pending {
    let origin = visit.arrival.base_url().as_str();
    Pending::by_provider(
        random::bytes(),
        user_id,
        identity,
        origin,
        visit.arrival.now,
    )
}

/// Nothing else in the tree calls this operation of the store: a check holds it so.
async fn begin(visit: &Visit<'_>, sign_in: SignIn, row: NewSession) -> Result<Session, Error> {
    session_writer::begin(visit.arrival.place(), sign_in, row).await
}

fn new_session(visit: &Visit<'_>, token: &SessionToken, sufficient: &Sufficient) -> NewSession {
    let (idle_expires_at, expires_at) = visit.arrival.lifetimes().begin(visit.arrival.now);
    NewSession {
        amr: sufficient.methods().to_owned(),
        expires_at,
        idle_expires_at,
        ..no_session(visit, token)
    }
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

/// A row for a user who is made before anything begins: it is over as it begins, and its
/// token goes to nobody.
fn no_session(visit: &Visit<'_>, token: &SessionToken) -> NewSession {
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
    }
}
