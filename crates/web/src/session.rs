//! Who is signed in in this browser?

use gatelet_core::backend::{Confirmed, Foreign, recognise_foreign};
use gatelet_core::claims::{Claims, OversizedClaims, SessionToken};
use gatelet_core::cookie::{NoSession, Scratch};
use gatelet_core::credential::{self, Usage, recognise};
use gatelet_core::error::{Code, StoreError};
use gatelet_core::session::{StoredSession, StoredUser};
use gatelet_ports::store::own_account::{self, Holder, Profile};
use gatelet_ports::store::sessions;
use gatelet_ports::store::types::Error;
use gatelet_ports::{look_up, look_up_foreign};

use crate::arrival::Arrival;
use crate::failure::Failure;
use crate::log;
use crate::person::Person;
use crate::problem::{Explain, Problem};

/// What a request's cookies come to, and the cookies to set because of it.
pub enum Current {
    /// Somebody.
    Live(Box<Live>, Vec<String>),
    /// Nobody.
    Nobody(Vec<String>),
}

/// A session, by its fresh cookie or by the store.
pub struct Live {
    /// A UUID.
    pub user_id: String,
    /// Canonical address.
    pub email: String,
    /// Whether somebody proved to read mail there.
    pub email_verified: bool,
    /// Display name; may be empty.
    pub name: String,
    /// `password`, or a provider's id.
    pub provider: String,
    /// By which methods the user signed in: RFC 8176 values, separated by spaces.
    pub amr: String,
    /// When the user proved last who it is, in Unix seconds; 0 where a provider could say and
    /// did not.
    pub auth_time: u64,
    /// When it began or its copy was made, in Unix seconds.
    pub issued_at: u64,
    /// The groups that the user is in: names in order, separated by commas.
    pub groups: String,
    /// Unix seconds: it ends then unless it is used.
    pub expires_at: u64,
    /// By which the store knows it: the SHA-256 of its token.
    pub token_digest: [u8; 32],
}

impl Live {
    /// As the store knows whoever changes something.
    #[must_use]
    pub fn holder(&self) -> Holder {
        Holder {
            user_id: self.user_id.clone(),
            session: self.token_digest.to_vec(),
        }
    }

    /// The account as it is now.
    pub async fn profile<P: Explain>(&self, arrival: &Arrival<'_>) -> Result<Profile, Failure<P>> {
        let found = own_account::find(arrival.place(), self.user_id.clone()).await?;
        found.ok_or_else(|| P::from(Problem::Denied(Code::SessionNone)).into())
    }

    /// As pages show it.
    #[must_use]
    pub fn person(&self) -> Person {
        Person {
            id: self.user_id.clone(),
            email: self.email.clone(),
            email_verified: self.email_verified,
            name: self.name.clone(),
        }
    }

    fn of(claims: &Claims<'_>) -> Box<Self> {
        let Claims {
            token,
            user_id,
            email,
            email_verified,
            name,
            provider,
            audience: _,
            amr,
            auth_time,
            groups,
            issued_at,
            fresh_until: _,
            expires_at,
        } = claims;
        Box::new(Self {
            user_id: (*user_id).to_owned(),
            email: (*email).to_owned(),
            email_verified: *email_verified,
            name: (*name).to_owned(),
            provider: (*provider).to_owned(),
            amr: (*amr).to_owned(),
            auth_time: *auth_time,
            issued_at: *issued_at,
            groups: (*groups).to_owned(),
            expires_at: *expires_at,
            token_digest: token.digest(),
        })
    }

    fn of_stored(session: StoredSession, token_digest: [u8; 32]) -> Box<Self> {
        let expires_at = session.good_until();
        let StoredUser {
            id,
            email,
            email_verified,
            name,
            created_at: _,
        } = session.user;
        Box::new(Self {
            user_id: id,
            email,
            email_verified,
            name,
            provider: session.provider,
            amr: session.amr,
            auth_time: session.auth_time,
            issued_at: session.created_at,
            groups: session.groups,
            expires_at,
            token_digest,
        })
    }
}

/// Who is signed in. Asks the store where what the browser shows is stale, and gives
/// it a new copy.
pub async fn current(arrival: &Arrival<'_>) -> Result<Current, Error> {
    find(arrival, Believe::WhileFresh).await
}

/// The same by the store alone, however fresh the browser's copy is.
pub async fn in_store(arrival: &Arrival<'_>) -> Result<Current, Error> {
    find(arrival, Believe::Nothing).await
}

/// The cookie of a session that goes on under another token; None where it has ended.
pub async fn under(arrival: &Arrival<'_>, token: SessionToken) -> Result<Option<String>, Error> {
    let found = sessions::resume(
        arrival.place(),
        token.digest().to_vec(),
        arrival.audience().to_owned(),
        None,
        arrival.now,
        0,
    );
    match found.await? {
        Some(found) => signed(arrival, &found.session.into(), token).map(Some),
        None => Ok(None),
    }
}

/// Whom the browser's cookie names, whatever has become of the session: for a page
/// that does nothing but say so.
#[must_use]
pub fn shown(arrival: &Arrival<'_>) -> Option<Person> {
    let (origin, keys, now) = (arrival.origin, arrival.keys, arrival.now);
    let mut scratch = Scratch::new();
    let copy = credential::copy(|| raw_cookies(arrival), origin, keys, now, &mut scratch);
    copy.map(|copy| Live::of(&copy).person())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Believe {
    WhileFresh,
    Nothing,
}

async fn find(arrival: &Arrival<'_>, believe: Believe) -> Result<Current, Error> {
    let (origin, keys, now) = (arrival.origin, arrival.keys, arrival.now);
    if let Some(backend) = origin.backend().foreign() {
        return find_foreign(arrival, backend, believe).await;
    }
    let mut scratch = Scratch::new();
    let credential = match recognise(raw_cookies(arrival), origin, keys, now, &mut scratch) {
        Ok(credential) => credential,
        // Another program's, or one that a key signed which is gone: not ours to clear.
        Err(NoSession::None | NoSession::Invalid) => return Ok(Current::Nobody(Vec::new())),
        Err(NoSession::Expired) => return Ok(nobody(arrival)),
    };
    if believe == Believe::WhileFresh
        && let Some(claims) = credential.believed(origin, now)
    {
        return Ok(Current::Live(Live::of(claims), Vec::new()));
    }
    let question = credential.look_up(origin, now);
    let found = match look_up(question.inquiry(None, Usage::Arriving), now).await {
        Err(Error::Unavailable) if believe == Believe::WhileFresh => {
            let claims = credential.believed_without_store(origin, now);
            let live = claims
                .map(|claims| Live::of(claims))
                .ok_or(Error::Unavailable)?;
            return Ok(Current::Live(live, Vec::new()));
        }
        found => found?,
    };
    let Some(session) = found.and_then(|found| question.confirmed(found.session, now)) else {
        return Ok(nobody(arrival));
    };
    let token_digest = question.token_digest;
    let cookie = question
        .renewed(&session, origin, keys, now)
        .map_err(oversized)?;
    Ok(Current::Live(
        Live::of_stored(session, token_digest),
        vec![cookie],
    ))
}

/// The same where another program keeps sessions.
async fn find_foreign(
    arrival: &Arrival<'_>,
    backend: Foreign<'_>,
    believe: Believe,
) -> Result<Current, Error> {
    let (origin, keys, now) = (arrival.origin, arrival.keys, arrival.now);
    let mut scratch = Scratch::new();
    let cookies = || raw_cookies(arrival);
    let recognised = recognise_foreign(cookies, origin, backend, keys, now, &mut scratch);
    let Ok(credential) = recognised else {
        return Ok(Current::Nobody(Vec::new()));
    };
    if believe == Believe::WhileFresh
        && let Some(claims) = credential.believed(origin, now)
    {
        return Ok(Current::Live(Live::of(claims), Vec::new()));
    }
    let Ok(question) = credential.look_up(origin) else {
        return Ok(Current::Nobody(Vec::new()));
    };
    let found = match look_up_foreign(question.inquiry(Usage::Arriving)).await {
        Err(StoreError::Unavailable) if believe == Believe::WhileFresh => {
            let claims = credential.believed_without_store(origin, now);
            let live = claims
                .map(|claims| Live::of(claims))
                .ok_or(Error::Unavailable)?;
            return Ok(Current::Live(live, Vec::new()));
        }
        found => found.map_err(ported)?,
    };
    let Some(found) = question.confirmed(&found, backend, now) else {
        return Ok(nobody(arrival));
    };
    let set = found.set_cookie(backend, origin);
    let Confirmed {
        binding,
        session,
        replacement: _,
    } = found;
    let digest = binding.digest();
    let cookie = signed(arrival, &session, binding)?;
    Ok(Current::Live(
        Live::of_stored(session, digest),
        core::iter::once(cookie).chain(set).collect(),
    ))
}

fn ported(error: StoreError) -> Error {
    match error {
        StoreError::Unavailable => Error::Unavailable,
        StoreError::ReadOnly => Error::ReadOnly,
        StoreError::Full => Error::Full,
        StoreError::Conflict => Error::Conflict,
        StoreError::Schema => Error::Schema,
        StoreError::Internal => Error::Internal,
    }
}

fn raw_cookies<'a>(arrival: &Arrival<'a>) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
    let cookies = arrival.cookies();
    cookies.map(|(name, value)| (name.as_bytes(), value.as_bytes()))
}

/// And the browser's copy goes.
fn nobody(arrival: &Arrival<'_>) -> Current {
    Current::Nobody(vec![arrival.cookie_names().clear_session()])
}

/// The cookie of a session.
pub fn signed(
    arrival: &Arrival<'_>,
    session: &StoredSession,
    token: SessionToken,
) -> Result<String, Error> {
    session
        .set_cookie(
            token,
            arrival.lifetimes(),
            arrival.origin,
            arrival.keys,
            arrival.now,
        )
        .map_err(oversized)
}

/// Every field was bounded before it was stored.
fn oversized(error: OversizedClaims) -> Error {
    log::error("session.oversized", &error.to_string());
    Error::Internal
}
