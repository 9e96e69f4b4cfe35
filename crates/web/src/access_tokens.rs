//! Tokens that programs show in place of a session: what is typed for one, making one, and
//! how it is shown. What they are good for is the component's.

use gatelet_core::access_token::AccessToken;
use gatelet_core::error::Code;
use gatelet_forms::Form;
use gatelet_ports::store::access_token_writer;
use gatelet_ports::store::access_tokens::Token;
use gatelet_ports::store::types::Error;
use gatelet_sign_in::name::{DisplayName, NameError};
use gatelet_sign_in::user_id::UserId;
use gatelet_texts::{Moment, problems};
use gatelet_wasi::random;

use crate::arrival::Arrival;
use crate::failure::Failure;
use crate::faults::Faults;
use crate::problem::{Explain, Problem};
use crate::session::Live;

/// Most that one user has, of every kind.
const TOKENS_MAX: u32 = 50;
/// For how many days a token may be made.
pub const DAYS: [u64; 4] = [7, 30, 90, 365];
const DAY_SECONDS: u64 = 86_400;
/// How often what was seen is looked at again where it has changed meanwhile.
const TRIES: usize = 3;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// As its user calls it.
    pub name: DisplayName,
    /// For how long.
    pub days: u64,
    /// For whom it is.
    pub audience: String,
    /// What it is good for there, separated by spaces.
    pub scopes: String,
}

/// A token that nobody has seen before.
pub struct NewToken {
    /// By which it is known from now on.
    pub id: String,
    /// The token.
    pub text: String,
    /// As its user calls it.
    pub name: String,
    /// Good until then.
    pub expires_at: Moment,
}

/// A token that is kept.
pub struct TokenRow<R> {
    /// By which it is revoked.
    pub id: String,
    /// As its user calls it.
    pub name: String,
    /// What it is good for.
    pub reach: R,
    /// When it was made.
    pub created_at: Moment,
    /// Good until then.
    pub expires_at: Moment,
    /// To the hour.
    pub used_at: Option<Moment>,
}

impl<R> TokenRow<R> {
    /// As pages show it; what it is good for is read out of its scopes.
    #[must_use]
    pub fn of(token: Token, reach: impl FnOnce(&str) -> R) -> Self {
        let Token {
            id,
            name,
            audience: _,
            scopes,
            created_at,
            expires_at,
            used_at,
        } = token;
        Self {
            id,
            name,
            reach: reach(&scopes),
            created_at: Moment(created_at),
            expires_at: Moment(expires_at),
            used_at: used_at.map(Moment),
        }
    }
}

/// Name and days as they were typed, and what is wrong with them.
pub fn parse(typed: &Form, faults: &mut Faults) -> Option<(DisplayName, u64)> {
    let name = DisplayName::parse(typed.text("name"));
    if let Err(error) = &name {
        faults.field(
            "name",
            match error {
                NameError::Empty => problems::TOKEN_NAME_EMPTY,
                NameError::TooLong | NameError::Unprintable => error.message(),
            },
        );
    }
    let days = typed.text("days").parse::<u64>().ok();
    let days = days.filter(|days| DAYS.contains(days));
    if days.is_none() {
        faults.field("days", problems::TOKEN_DAYS);
    }
    Some((name.ok()?, days?))
}

/// Makes one for whoever is signed in, unless there are enough, or what ends all tokens
/// comes first.
pub async fn make<P: Explain>(
    arrival: &Arrival<'_>,
    session: &Live,
    wanted: Wanted,
    too_many: P,
) -> Result<NewToken, Failure<P>> {
    let secret = AccessToken::from_random(random::bytes());
    let expires_at = arrival.now.saturating_add(wanted.days * DAY_SECONDS);
    let name = wanted.name.as_str();
    let token = Token {
        id: UserId::from_random(random::bytes()).as_str().to_owned(),
        name: name.to_owned(),
        audience: wanted.audience,
        scopes: wanted.scopes,
        created_at: arrival.now,
        expires_at,
        used_at: None,
    };
    for _ in 0..TRIES {
        let made = access_token_writer::create(
            arrival.place(),
            session.holder(),
            session.profile(arrival).await?.seen,
            token.clone(),
            secret.digest().to_vec(),
            TOKENS_MAX,
            arrival.now,
        );
        match made.await {
            Err(Error::Conflict) => {
                if list(arrival, session).await?.len() >= TOKENS_MAX as usize {
                    return Err(too_many.into());
                }
            }
            outcome => {
                outcome?;
                return Ok(NewToken {
                    id: token.id,
                    text: secret.expose().to_owned(),
                    name: name.to_owned(),
                    expires_at: Moment(expires_at),
                });
            }
        }
    }
    Err(P::from(Problem::Denied(Code::StoreConflict)).into())
}

/// All of the user's, whatever they are for.
pub async fn list(arrival: &Arrival<'_>, session: &Live) -> Result<Vec<Token>, Error> {
    access_token_writer::list(arrival.place(), session.user_id.clone(), arrival.now).await
}

/// Takes one back; whether there was one.
pub async fn revoke(arrival: &Arrival<'_>, session: &Live, id: &str) -> Result<bool, Error> {
    let (place, holder) = (arrival.place(), session.holder());
    access_token_writer::revoke(place, holder, id.to_owned(), arrival.now).await
}
