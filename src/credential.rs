//! By what does a request say who it is from? What it shows is recognised from its
//! head alone. Whose that is, and until when, the store says: [`LookUp`] is the
//! question. What the person may use is asked beside it, and is not looked at here.

use core::fmt;

use crate::access_token::{self, AccessToken};
use crate::backend::recognise_foreign;
use crate::claims::{OversizedClaims, SessionToken};
use crate::cookie::{self, NoSession, Scratch, Verified};
use crate::error::Code;
use crate::head::Head;
use crate::inquiry::{SessionInquiry, TokenInquiry};
use crate::key::KeyRing;
use crate::origin::Origin;
use crate::origin_record::Place;
use crate::request::bearer;
use crate::session::{StoredSession, StoredToken};

/// What a request shows.
pub enum Credential<'s> {
    /// A session cookie of ours: a signed copy of a row of the store's.
    Cookie(Verified<'s>),
}

/// Whose is this token, and until when? The arguments of
/// `gatelet:store/sessions.resume`.
pub struct LookUp {
    token: SessionToken,
    /// SHA-256 of the session token.
    pub token_digest: [u8; 32],
    /// Where the session is.
    pub place: Place,
    /// What the session must be good for.
    pub audience: String,
    /// Its idle expiry if it is used now, in Unix seconds.
    pub idle_expires_at: u64,
    /// When the first session of the origin can have begun, in Unix seconds.
    since: u64,
}

/// Whose is this personal access token? The arguments of
/// `gatelet:store/access-tokens.resume`.
#[derive(Debug)]
pub struct TokenLookUp {
    /// SHA-256 of the token.
    pub digest: [u8; 32],
    /// Where its user is.
    pub place: Place,
    /// What the token must be good for.
    pub audience: String,
    /// When the first token of the origin can have been made, in Unix seconds.
    since: u64,
}

impl TokenLookUp {
    pub(crate) fn new(token: &AccessToken, origin: &Origin) -> Self {
        Self {
            digest: token.digest(),
            place: origin.place().clone(),
            audience: origin.audience().to_owned(),
            since: origin.sessions_since(),
        }
    }

    /// It as data; and whether its user was granted `app`, where that is of interest.
    #[must_use]
    pub fn inquiry(&self, app: Option<String>) -> TokenInquiry {
        TokenInquiry {
            place: self.place.clone(),
            digest: self.digest,
            audience: self.audience.clone(),
            app,
        }
    }

    /// The token, where it is what was asked for and good for the origin's app. The store
    /// has checked all but that; see [`LookUp::confirmed`].
    #[must_use]
    pub fn confirmed(&self, found: StoredToken, origin: &Origin, now: u64) -> Option<StoredToken> {
        let is_good = found.audience == self.audience
            && found.created_at >= self.since
            && now < found.expires_at
            && access_token::allow(&found.scopes, origin.app());
        is_good.then_some(found)
    }
}

/// Whether the session that is asked about is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// A request has come with it, whose answer goes to whoever has it: what takes a
    /// cookie's place arrives there.
    Arriving,
    /// Somebody asks for something with it, or sends or gets something over what it
    /// opened.
    Active,
    /// What it opened is still open, and nothing comes over it: its idle limit runs on.
    Silent,
}

/// Recognises what a head shows of a personal access token at an origin: None where it
/// shows none, an error where what it shows is nobody's, or two at once.
pub fn recognise_token(head: &Head<'_>, origin: &Origin) -> Result<Option<TokenLookUp>, Code> {
    let mut tokens = head.values("authorization").filter_map(bearer);
    let Some(shown) = tokens.next() else {
        return Ok(None);
    };
    if tokens.next().is_some() {
        return Err(Code::RequestMalformed);
    }
    // Ours are of our users.
    if origin.backend().foreign().is_some() {
        return Err(Code::TokenInvalid);
    }
    let text = core::str::from_utf8(shown).map_err(|_| Code::TokenInvalid)?;
    let token = AccessToken::parse(text).ok_or(Code::TokenInvalid)?;
    Ok(Some(TokenLookUp::new(&token, origin)))
}

/// Recognises what a request's cookies show at an origin, at `now` in Unix seconds.
pub fn recognise<'c, 's>(
    cookies: impl Iterator<Item = (&'c [u8], &'c [u8])>,
    origin: &Origin,
    keys: &KeyRing,
    now: u64,
    scratch: &'s mut Scratch,
) -> Result<Credential<'s>, NoSession> {
    let (name, audience) = (origin.cookies().session(), origin.audience());
    cookie::find(cookies, name, keys, audience, now, scratch).map(Credential::Cookie)
}

/// The signed copy of ours that counts at an origin, believed or not: of a session of ours,
/// or of another program's. `cookies` gives all of the request's, each time it is asked.
pub fn copy<'c, 's, C>(
    cookies: impl Fn() -> C,
    origin: &'c Origin,
    keys: &KeyRing,
    now: u64,
    scratch: &'s mut Scratch,
) -> Option<Verified<'s>>
where
    C: Iterator<Item = (&'c [u8], &'c [u8])>,
{
    match origin.backend().foreign() {
        None => match recognise(cookies(), origin, keys, now, scratch).ok()? {
            Credential::Cookie(copy) => Some(copy),
        },
        Some(backend) => recognise_foreign(cookies, origin, backend, keys, now, scratch)
            .ok()?
            .into_copy(),
    }
}

impl<'s> Credential<'s> {
    /// Whose it is by itself, for as long as that is believed without asking.
    #[must_use]
    pub fn believed(&self, origin: &Origin, now: u64) -> Option<&Verified<'s>> {
        match self {
            Self::Cookie(claims) => origin.believes(claims, now).then_some(claims),
        }
    }

    /// The same while the store is away.
    #[must_use]
    pub fn believed_without_store(&self, origin: &Origin, now: u64) -> Option<&Verified<'s>> {
        match self {
            Self::Cookie(claims) => origin.believes_without_store(claims, now).then_some(claims),
        }
    }

    /// What to ask the store about it.
    #[must_use]
    pub fn look_up(&self, origin: &Origin, now: u64) -> LookUp {
        LookUp::new(self.token(), origin, now)
    }

    /// The session's token.
    #[must_use]
    pub fn token(&self) -> SessionToken {
        match self {
            Self::Cookie(claims) => claims.token.clone(),
        }
    }
}

impl LookUp {
    pub(crate) fn new(token: SessionToken, origin: &Origin, now: u64) -> Self {
        Self {
            token_digest: token.digest(),
            token,
            place: origin.place().clone(),
            audience: origin.audience().to_owned(),
            idle_expires_at: origin.lifetimes().slide(now),
            since: origin.sessions_since(),
        }
    }

    /// It as data; and whether its holder was granted `app`, where that is of interest.
    #[must_use]
    pub fn inquiry(&self, app: Option<String>, usage: Usage) -> SessionInquiry {
        SessionInquiry {
            place: self.place.clone(),
            token_digest: self.token_digest,
            audience: self.audience.clone(),
            app,
            idle_expires_at: match usage {
                Usage::Arriving | Usage::Active => self.idle_expires_at,
                Usage::Silent => 0,
            },
            wanted: None,
        }
    }

    /// The session, where it is what was asked for. The store has checked that, and a
    /// row that is not must all the same not become a cookie. Nor is one that began
    /// before the origin was there: it is of another that had the host, among the same
    /// users.
    #[must_use]
    pub fn confirmed(&self, found: StoredSession, now: u64) -> Option<StoredSession> {
        (found.created_at >= self.since && found.is_live(&self.audience, now)).then_some(found)
    }

    /// The signed copy of a session that was confirmed: claims, and the `Set-Cookie`
    /// value that brings them to the browser.
    pub fn renewed(
        self,
        session: &StoredSession,
        origin: &Origin,
        keys: &KeyRing,
        now: u64,
    ) -> Result<String, OversizedClaims> {
        session.set_cookie(self.token, origin.lifetimes(), origin, keys, now)
    }
}

/// Neither token nor place.
impl fmt::Debug for LookUp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("LookUp")
            .field("audience", &self.audience)
            .field("idle_expires_at", &self.idle_expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::Claims;
    use crate::fixture::{Asked, BASE_URL, HOST, NOW, claims, settings, stale_claims, stored};
    use crate::settings::GateSettings;

    fn origin(settings: &GateSettings) -> std::sync::Arc<Origin> {
        settings.origins.resolve(HOST, NOW).expect("served")
    }

    fn shown(claims: &Claims<'_>, settings: &GateSettings) -> String {
        cookie::sign(claims, &settings.keys).expect("fits")
    }

    fn recognised<'s>(
        value: &str,
        settings: &GateSettings,
        scratch: &'s mut Scratch,
    ) -> Result<Credential<'s>, NoSession> {
        let origin = origin(settings);
        let name = origin.cookies().session();
        let cookies = [(name.as_bytes(), value.as_bytes())].into_iter();
        recognise(cookies, &origin, &settings.keys, NOW, scratch)
    }

    #[test]
    fn a_session_that_began_before_its_origin_is_of_another_that_had_the_host() {
        use crate::origin_record::{OriginRecord, Place};
        use crate::settings::Base;
        let settings = |domain: &str| {
            let record = OriginRecord {
                name: "feat".to_owned(),
                parent: "main".to_owned(),
                is_preview: false,
                values: vec![("base_url".to_owned(), "https://feat.example.com".to_owned())],
                place: Place::main(),
                created_at: NOW,
                expires_at: None,
            };
            let base = Base::of_variables([
                ("base_url", crate::fixture::BASE_URL),
                ("session_keys", crate::fixture::KEY),
                ("cookie_domain", domain),
            ]);
            GateSettings::new(base, vec![record], true).expect("settings")
        };
        for (domain, created_at, good, why) in [
            ("", NOW, true, "of the same second"),
            ("", NOW - 60, true, "clocks differ"),
            ("", NOW - 61, false, "of the one before"),
            (
                "example.com",
                NOW - 9000,
                true,
                "the login is older than its apps",
            ),
        ] {
            let settings = settings(domain);
            let origin = settings
                .origins
                .resolve("feat.example.com", NOW)
                .expect("feat");
            let token = SessionToken::from_random([1; 32]);
            let session = StoredSession {
                created_at,
                audience: origin.audience().to_owned(),
                ..stored()
            };
            let found = LookUp::new(token, &origin, NOW).confirmed(session, NOW);
            assert_eq!(found.is_some(), good, "{why}");
        }
    }

    #[test]
    fn a_fresh_cookie_is_believed_and_a_stale_one_is_looked_up() {
        let settings = settings(&[]);
        let origin = origin(&settings);
        for (claims, believed) in [(claims(), true), (stale_claims(), false)] {
            let mut scratch = Scratch::new();
            let value = shown(&claims, &settings);
            let credential = recognised(&value, &settings, &mut scratch).expect("ours");
            let found = credential.believed(&origin, NOW);
            assert_eq!(found.is_some(), believed);
            assert!(found.is_none_or(|found| found.user_id == claims.user_id));
            let question = credential.look_up(&origin, NOW);
            assert_eq!(question.token_digest, claims.token.digest());
            assert_eq!(question.audience, origin.audience());
            assert!(!format!("{question:?}").contains("token"));
        }
    }

    #[test]
    fn a_token_is_what_one_bearer_shows_in_our_form() {
        let settings = settings(&[]);
        let origin = origin(&settings);
        let token = AccessToken::from_random([7; crate::access_token::TOKEN_BYTES]);
        let shown = |values: &[&str]| {
            let fields: Vec<_> = values.iter().map(|one| ("authorization", *one)).collect();
            let asked = Asked::get("/").with(&fields);
            recognise_token(&asked.head(), &origin).map(|found| found.map(|found| found.digest))
        };
        let bearer = format!("Bearer {}", token.expose());
        let lower = format!("bearer  {}", token.expose());
        let (ours, none) = (Ok(Some(token.digest())), Ok(None));
        assert_eq!(shown(&[]), none);
        assert_eq!(shown(&[&bearer]), ours);
        assert_eq!(shown(&[&lower]), ours);
        for others in ["Basic Zm9v", "Bearer eyJhbGciOiJub25lIn0.e30.", ""] {
            assert_eq!(shown(&[others]), none, "{others}");
            assert_eq!(shown(&[others, &bearer]), ours, "{others}");
        }
        assert_eq!(shown(&["Bearer gat_"]), Err(Code::TokenInvalid));
        assert_eq!(shown(&["Bearer gat_\u{fc}"]), Err(Code::TokenInvalid));
        assert_eq!(shown(&[&bearer, &bearer]), Err(Code::RequestMalformed));
    }

    #[test]
    fn what_is_no_credential_of_ours_is_none() {
        let settings = settings(&[]);
        let expired = Claims {
            expires_at: NOW,
            ..claims()
        };
        for (value, reason) in [
            (String::new(), NoSession::Invalid),
            ("x".to_owned(), NoSession::Invalid),
            (shown(&expired, &settings), NoSession::Expired),
        ] {
            let mut scratch = Scratch::new();
            let found = recognised(&value, &settings, &mut scratch).err();
            assert_eq!(found, Some(reason), "{value}");
        }
    }

    #[test]
    fn a_row_that_is_not_what_was_asked_for_is_no_session() {
        let settings = settings(&[]);
        let question = LookUp::new(claims().token, &origin(&settings), NOW);
        assert_eq!(
            format!("{question:?}"),
            format!(
                "LookUp {{ audience: {BASE_URL:?}, idle_expires_at: {}, .. }}",
                question.idle_expires_at
            ),
            "neither token nor place"
        );
        let confirmed = |session| question.confirmed(session, NOW).is_some();
        assert!(confirmed(stored()));
        assert!(!confirmed(StoredSession {
            audience: "https://other.example".to_owned(),
            ..stored()
        }));
        assert!(!confirmed(StoredSession {
            expires_at: NOW,
            ..stored()
        }));
    }
}
