//! What did this browser ask which provider for? The memory of a sign-in between
//! the visitor's leaving and coming back: one signed cookie for each attempt.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::callback_path::CallbackPath;
use crate::provider::{Provider, ProviderId};
use crate::refusal::{Refusal, RefusalCode, quoted};
use crate::relay;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::key::KeyRing;
use gatelet_core::return_target::ReturnTarget;
use gatelet_core::secret::Secret;

/// How long a visitor may take at the provider.
pub const ATTEMPT_SECONDS: u64 = 600;
/// Random bytes that [`Attempt::begin`] takes: 32 each for state, nonce and verifier.
pub const ATTEMPT_RANDOM_BYTES: usize = 96;
/// Most attempts that a browser keeps: several tabs at once must not fill the
/// header section.
pub const ATTEMPTS_MAX: usize = 4;
/// What stands before the mark in the name of an attempt's cookie, after the name
/// that the origin's cookies begin with.
pub const COOKIE_STEM: &str = "-attempt-";

const PURPOSE: &str = "attempt";
/// Of one that is to be asked anew: a program that does not know of that opens none.
const PURPOSE_ANEW: &str = "attempt-anew";
const PURPOSE_LANDED: &str = "landed";
const MARK_BYTES: usize = 8;
/// Of a longer return target as much is kept as fits.
const RETURN_TARGET_MAX_BYTES: usize = 1_600;
/// Most bytes of all together, by their cookies' values: with what else there is, they fit
/// the line of 8 KiB that proxies take.
const ALL_MAX_BYTES: usize = 7_000;

/// One attempt to sign in with a provider, bound to the provider, to the origin
/// and, by its cookie, to the browser.
#[derive(Clone)]
pub struct Attempt {
    provider: ProviderId,
    origin: String,
    relay: Option<String>,
    state: String,
    nonce: String,
    code_verifier: Secret,
    return_target: ReturnTarget,
    expires: u64,
    link: Option<LinkTo>,
    shares_callback: bool,
    anew: bool,
}

/// To whom the account is to be linked, in place of signing anybody in: whoever was
/// signed in when it began, in the very session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkTo {
    /// The user.
    pub user_id: String,
    /// What the store knows the session by.
    pub session: [u8; 32],
}

/// As it lies in the cookie.
#[derive(Serialize, Deserialize)]
struct Sealed<'a> {
    provider: &'a str,
    origin: &'a str,
    relay: Option<&'a str>,
    state: &'a str,
    nonce: &'a str,
    code_verifier: &'a str,
    return_target: &'a str,
    expires: u64,
    link: Option<(&'a str, [u8; 32])>,
    shares_callback: bool,
}

impl Attempt {
    /// Begins an attempt, out of fresh random bytes. `origin` is the base URL of
    /// the origin that it is begun at, `relay` that of the one whose redirect URI
    /// the provider knows, where that is another; `now` in Unix seconds.
    #[must_use]
    pub fn begin(
        provider: &Provider,
        origin: &str,
        relay: Option<&BaseUrl>,
        return_target: ReturnTarget,
        random: &[u8; ATTEMPT_RANDOM_BYTES],
        now: u64,
    ) -> Self {
        let [state, nonce, verifier] = [&random[..32], &random[32..64], &random[64..]]
            .map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        let return_target = return_target.within(RETURN_TARGET_MAX_BYTES);
        Self {
            provider: provider.id.clone(),
            origin: origin.to_owned(),
            relay: relay
                .map(|relay| relay.as_str().to_owned())
                .filter(|relay| relay != origin),
            state,
            nonce,
            code_verifier: Secret::new(verifier),
            return_target,
            expires: now.saturating_add(ATTEMPT_SECONDS),
            link: None,
            shares_callback: false,
            anew: false,
        }
    }

    /// The same, of somebody who is signed in and is to prove it again.
    #[must_use]
    pub fn asking_anew(self, anew: bool) -> Self {
        Self { anew, ..self }
    }

    /// Whether the provider is to ask anew who it is.
    #[must_use]
    pub fn is_anew(&self) -> bool {
        self.anew
    }

    /// The same, with the redirect URI that all providers share. Not by way of a relay:
    /// that one's address is the provider's own.
    #[must_use]
    pub fn sharing_callback(self) -> Self {
        Self {
            shares_callback: !self.is_relayed(),
            ..self
        }
    }

    /// Where its answer comes to, here or at the relay.
    #[must_use]
    pub fn callback_path(&self) -> CallbackPath {
        match self.shares_callback {
            true => CallbackPath::Shared,
            false => CallbackPath::Own(self.provider.clone()),
        }
    }

    /// The same, to link an account where there is somebody to link it to.
    #[must_use]
    pub fn linking(self, link: Option<LinkTo>) -> Self {
        Self { link, ..self }
    }

    /// To whom the account is to be linked; None where it signs somebody in.
    #[must_use]
    pub fn link(&self) -> Option<&LinkTo> {
        self.link.as_ref()
    }

    /// The provider that was asked.
    #[must_use]
    pub fn provider(&self) -> &ProviderId {
        &self.provider
    }

    /// Base URL of the origin that it was begun at.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether the answer comes through another origin.
    #[must_use]
    pub fn is_relayed(&self) -> bool {
        self.relay.is_some()
    }

    /// What the authorization request and the token request both say: the callback
    /// at this origin, or at its relay.
    #[must_use]
    pub fn redirect_uri(&self, provider: &Provider) -> String {
        match self.callback_path() {
            CallbackPath::Own(_) => {
                provider.redirect_uri(self.relay.as_deref().unwrap_or(&self.origin))
            }
            CallbackPath::Shared => {
                let base_url = self.origin.trim_end_matches('/');
                format!("{base_url}{}", CallbackPath::Shared)
            }
        }
    }

    /// `state` of the authorization request: the attempt's own, for a relay with the
    /// sealed way back around it.
    #[must_use]
    pub fn state_parameter(&self, keys: &KeyRing) -> String {
        match &self.relay {
            None => self.state.clone(),
            Some(relay) => relay::seal(relay, self, keys),
        }
    }

    /// `state` as this origin's callback gets it (RFC 6749 §10.12), 256 random bits.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.state
    }

    /// `nonce` of the authentication request (OpenID Connect Core 1.0 §15.5.2).
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// PKCE's verifier (RFC 7636 §4.1): 43 characters, 256 random bits.
    #[must_use]
    pub fn code_verifier(&self) -> &Secret {
        &self.code_verifier
    }

    /// PKCE's challenge by S256 (RFC 7636 §4.2).
    #[must_use]
    pub fn code_challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.code_verifier.expose()))
    }

    /// Where the visitor wanted to go. An app elsewhere may be listed no more: judge
    /// it again before sending anybody there.
    #[must_use]
    pub fn return_target(&self) -> &ReturnTarget {
        &self.return_target
    }

    /// When it is void, in Unix seconds.
    #[must_use]
    pub fn expires(&self) -> u64 {
        self.expires
    }

    /// When it began, in Unix seconds.
    #[must_use]
    pub fn begun(&self) -> u64 {
        self.expires.saturating_sub(ATTEMPT_SECONDS)
    }

    /// What to spend once in the store, so that a callback works once: SHA-256 of
    /// `state`.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.state).into()
    }

    /// Name of the attempt's cookie. `names` is what the origin's
    /// cookies for itself alone begin with.
    #[must_use]
    pub fn cookie_name(&self, names: &str) -> String {
        format!(
            "{names}{COOKIE_STEM}{}",
            mark(&self.state).unwrap_or_default()
        )
    }

    /// Value of the attempt's cookie.
    #[must_use]
    pub fn seal(&self, keys: &KeyRing) -> String {
        let Self {
            provider,
            origin,
            relay,
            state,
            nonce,
            code_verifier,
            return_target,
            expires,
            link,
            shares_callback,
            anew,
        } = self;
        let sealed = Sealed {
            provider: provider.as_str(),
            origin,
            relay: relay.as_deref(),
            state,
            nonce,
            code_verifier: code_verifier.expose(),
            return_target: return_target.as_str(),
            expires: *expires,
            link: link
                .as_ref()
                .map(|link| (link.user_id.as_str(), link.session)),
            shares_callback: *shares_callback,
        };
        let payload = postcard::to_allocvec(&sealed).expect("text and a number serialise");
        let purpose = if *anew { PURPOSE_ANEW } else { PURPOSE };
        keys.seal(purpose, &payload)
    }

    /// Finds the attempt that a callback belongs to, among the request's cookies
    /// (name and value, in any order, others among them).
    ///
    /// 1. A cookie of this browser bears the mark of `state`, is sealed by us, and
    ///    holds this `state`: binding to the browser.
    /// 2. It was begun with the provider whose callback this is, where it is one's own,
    ///    and came to the redirect URI that was sent (RFC 6749 §3.1.2.3).
    /// 3. It was begun at this origin.
    /// 4. It has not expired.
    pub fn find<'a>(
        cookies: impl IntoIterator<Item = (&'a str, &'a str)>,
        names: &str,
        state: &str,
        came_to: &CallbackPath,
        origin: &str,
        keys: &KeyRing,
        now: u64,
    ) -> Result<Self, Refusal> {
        let name = mark(state)
            .map(|mark| format!("{names}{COOKIE_STEM}{mark}"))
            .ok_or(RefusalCode::StateMismatch)?;
        let attempt = cookies
            .into_iter()
            .filter(|(cookie, _)| *cookie == name)
            .take(ATTEMPTS_MAX)
            .filter_map(|(_, value)| Self::open(value, keys))
            .find(|attempt| attempt.state.as_bytes().ct_eq(state.as_bytes()).into())
            .ok_or(RefusalCode::StateMismatch)?;
        if let CallbackPath::Own(provider) = came_to
            && attempt.provider != *provider
        {
            return Err(Refusal::new(
                RefusalCode::ProviderMismatch,
                format!("begun with {}, answered by {provider}", attempt.provider),
            ));
        }
        if attempt.callback_path() != *came_to {
            return Err(Refusal::new(
                RefusalCode::CallbackMismatch,
                format!("sent to {}, came to {came_to}", attempt.callback_path()),
            ));
        }
        if attempt.origin != origin {
            return Err(Refusal::new(
                RefusalCode::OriginMismatch,
                format!(
                    "begun at {}, answered at {}",
                    quoted(&attempt.origin),
                    quoted(origin)
                ),
            ));
        }
        if now >= attempt.expires {
            return Err(RefusalCode::AttemptExpired.into());
        }
        Ok(attempt)
    }

    /// Names of the cookies to clear when another attempt begins, whose cookie's value has
    /// so many bytes: those that are not ours or have expired, and of the others the oldest,
    /// so that with the new one [`ATTEMPTS_MAX`] remain, and no more bytes than a header
    /// section has room for.
    #[must_use]
    pub fn superseded<'a>(
        cookies: impl IntoIterator<Item = (&'a str, &'a str)>,
        names: &str,
        new_bytes: usize,
        keys: &KeyRing,
        now: u64,
    ) -> Vec<&'a str> {
        let stem = format!("{names}{COOKIE_STEM}");
        let mut dated: Vec<(u64, &str, usize)> = cookies
            .into_iter()
            .filter(|(name, _)| name.starts_with(&stem))
            .map(|(name, value)| {
                let expires = Self::open(value, keys).map_or(0, |attempt| attempt.expires);
                (expires, name, value.len())
            })
            .collect();
        dated.sort_by(|one, other| other.cmp(one));
        let mut bytes = new_bytes;
        let kept = dated
            .iter()
            .take(ATTEMPTS_MAX - 1)
            .take_while(|(expires, _, length)| {
                bytes += length;
                *expires > now && bytes <= ALL_MAX_BYTES
            })
            .count();
        let mut superseded: Vec<&str> = dated
            .split_off(kept)
            .into_iter()
            .map(|(_, name, _)| name)
            .collect();
        superseded.dedup();
        superseded
    }

    /// Opens a cookie's value, expired or not.
    fn open(value: &str, keys: &KeyRing) -> Option<Self> {
        let (anew, payload) = match keys.open(PURPOSE, value) {
            Some(payload) => (false, payload),
            None => (true, keys.open(PURPOSE_ANEW, value)?),
        };
        let Sealed {
            provider,
            origin,
            relay,
            state,
            nonce,
            code_verifier,
            return_target,
            expires,
            link,
            shares_callback,
        } = postcard::from_bytes(&payload).ok()?;
        Some(Self {
            provider: ProviderId::parse(provider)?,
            origin: origin.to_owned(),
            relay: relay.map(str::to_owned),
            state: state.to_owned(),
            nonce: nonce.to_owned(),
            code_verifier: Secret::new(code_verifier.to_owned()),
            // Ours, so it was good when the attempt began; whether it still is, is
            // for whoever sends the visitor there.
            return_target: ReturnTarget::parse_for(return_target, |_| true)?,
            expires,
            link: link.map(|(user_id, session)| LinkTo {
                user_id: user_id.to_owned(),
                session,
            }),
            shares_callback,
            anew,
        })
    }
}

/// What a browser keeps of an attempt that has signed somebody in: where it led.
#[must_use]
pub fn seal_landed(state: &str, return_target: &ReturnTarget, keys: &KeyRing) -> String {
    let digest: [u8; 32] = Sha256::digest(state).into();
    let payload = postcard::to_allocvec(&(digest, return_target.as_str()));
    keys.seal(PURPOSE_LANDED, &payload.expect("bytes and text serialise"))
}

/// Where the attempt of this `state` led, to be judged anew; None where it is another's.
#[must_use]
pub fn landed_at(value: &str, state: &str, keys: &KeyRing) -> Option<String> {
    let payload = keys.open(PURPOSE_LANDED, value)?;
    let (digest, return_target): ([u8; 32], &str) = postcard::from_bytes(&payload).ok()?;
    let expected: [u8; 32] = Sha256::digest(state).into();
    (digest == expected).then(|| return_target.to_owned())
}

/// State, nonce and verifier are as good as secrets until the callback.
impl fmt::Debug for Attempt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Attempt")
            .field("provider", &self.provider)
            .field("origin", &self.origin)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// The part of `state` by which its cookie is named. Several tabs so have a
/// cookie each; it is the seal that proves, not the name.
fn mark(state: &str) -> Option<&str> {
    state.get(..MARK_BYTES).filter(|mark| {
        mark.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    })
}

#[cfg(test)]
mod tests;
