//! What did this browser ask which provider for? The memory of a sign-in between
//! the visitor's leaving and coming back: one signed cookie for each attempt.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::provider::{Provider, ProviderId};
use super::refusal::{Refusal, RefusalCode, quoted};
use crate::key::KeyRing;
use crate::return_target::ReturnTarget;
use crate::secret::Secret;

/// How long a visitor may take at the provider.
pub const ATTEMPT_SECONDS: u64 = 600;
/// Random bytes that [`Attempt::begin`] takes: 32 each for state, nonce and verifier.
pub const ATTEMPT_RANDOM_BYTES: usize = 96;
/// Most attempts that a browser keeps: several tabs at once must not fill the
/// header section.
pub const ATTEMPTS_MAX: usize = 4;
/// What stands before the mark in the name of an attempt's cookie, after the
/// prefix that the origin's cookies have.
pub const COOKIE_STEM: &str = "gatelet-attempt-";

const PURPOSE: &str = "attempt";
const MARK_BYTES: usize = 8;
/// A longer return target is given up: four cookies must fit a header section.
const RETURN_TARGET_MAX_BYTES: usize = 1024;

/// One attempt to sign in with a provider, bound to the provider, to the origin
/// and, by its cookie, to the browser.
#[derive(Clone)]
pub struct Attempt {
    provider: ProviderId,
    origin: String,
    state: String,
    nonce: String,
    code_verifier: Secret,
    return_target: ReturnTarget,
    expires: u64,
}

/// As it lies in the cookie.
#[derive(Serialize, Deserialize)]
struct Sealed<'a> {
    provider: &'a str,
    origin: &'a str,
    state: &'a str,
    nonce: &'a str,
    code_verifier: &'a str,
    return_target: &'a str,
    expires: u64,
}

impl Attempt {
    /// Begins an attempt, out of fresh random bytes. `origin` is the base URL of
    /// the origin that it is begun at; `now` in Unix seconds.
    #[must_use]
    pub fn begin(provider: &Provider, origin: &str, return_target: ReturnTarget, random: &[u8; ATTEMPT_RANDOM_BYTES], now: u64) -> Self {
        let [state, nonce, verifier] = [&random[..32], &random[32..64], &random[64..]].map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        let return_target = if return_target.as_str().len() > RETURN_TARGET_MAX_BYTES { ReturnTarget::default() } else { return_target };
        Self {
            provider: provider.id.clone(),
            origin: origin.to_owned(),
            state,
            nonce,
            code_verifier: Secret::new(verifier),
            return_target,
            expires: now.saturating_add(ATTEMPT_SECONDS),
        }
    }

    /// The provider that was asked.
    #[must_use]
    pub fn provider(&self) -> &ProviderId {
        &self.provider
    }

    /// `state` of the authorization request (RFC 6749 §10.12), 256 random bits.
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

    /// Where the visitor wanted to go.
    #[must_use]
    pub fn return_target(&self) -> &ReturnTarget {
        &self.return_target
    }

    /// When it is void, in Unix seconds.
    #[must_use]
    pub fn expires(&self) -> u64 {
        self.expires
    }

    /// What to spend once in the store, so that a callback works once: SHA-256 of
    /// `state`.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.state).into()
    }

    /// Name of the attempt's cookie. `prefix` is `__Host-`, `__Secure-` or empty.
    #[must_use]
    pub fn cookie_name(&self, prefix: &str) -> String {
        format!("{prefix}{COOKIE_STEM}{}", mark(&self.state).unwrap_or_default())
    }

    /// Value of the attempt's cookie.
    #[must_use]
    pub fn seal(&self, keys: &KeyRing) -> String {
        let Self { provider, origin, state, nonce, code_verifier, return_target, expires } = self;
        let sealed = Sealed {
            provider: provider.as_str(),
            origin,
            state,
            nonce,
            code_verifier: code_verifier.expose(),
            return_target: return_target.as_str(),
            expires: *expires,
        };
        let payload = postcard::to_allocvec(&sealed).expect("text and a number serialise");
        keys.seal(PURPOSE, &payload)
    }

    /// Finds the attempt that a callback belongs to, among the request's cookies
    /// (name and value, in any order, others among them).
    ///
    /// 1. A cookie of this browser bears the mark of `state`, is sealed by us, and
    ///    holds this `state`: binding to the browser.
    /// 2. It was begun with the provider whose callback this is.
    /// 3. It was begun at this origin.
    /// 4. It has not expired.
    pub fn find<'a>(
        cookies: impl IntoIterator<Item = (&'a str, &'a str)>,
        prefix: &str,
        state: &str,
        provider: &ProviderId,
        origin: &str,
        keys: &KeyRing,
        now: u64,
    ) -> Result<Self, Refusal> {
        let name = mark(state).map(|mark| format!("{prefix}{COOKIE_STEM}{mark}")).ok_or(RefusalCode::StateMismatch)?;
        let attempt = cookies
            .into_iter()
            .filter(|(cookie, _)| *cookie == name)
            .take(ATTEMPTS_MAX)
            .filter_map(|(_, value)| Self::open(value, keys))
            .find(|attempt| attempt.state.as_bytes().ct_eq(state.as_bytes()).into())
            .ok_or(RefusalCode::StateMismatch)?;
        if attempt.provider != *provider {
            return Err(Refusal::new(RefusalCode::ProviderMismatch, format!("begun with {}, answered by {provider}", attempt.provider)));
        }
        if attempt.origin != origin {
            return Err(Refusal::new(RefusalCode::OriginMismatch, format!("begun at {}, answered at {}", quoted(&attempt.origin), quoted(origin))));
        }
        if now >= attempt.expires {
            return Err(RefusalCode::AttemptExpired.into());
        }
        Ok(attempt)
    }

    /// Names of the cookies to clear when another attempt begins: those that are
    /// not ours or have expired, and of the others the oldest, so that with the
    /// new one [`ATTEMPTS_MAX`] remain.
    #[must_use]
    pub fn superseded<'a>(cookies: impl IntoIterator<Item = (&'a str, &'a str)>, prefix: &str, keys: &KeyRing, now: u64) -> Vec<&'a str> {
        let stem = format!("{prefix}{COOKIE_STEM}");
        let mut dated: Vec<(u64, &str)> = cookies
            .into_iter()
            .filter(|(name, _)| name.starts_with(&stem))
            .map(|(name, value)| (Self::open(value, keys).map_or(0, |attempt| attempt.expires), name))
            .collect();
        dated.sort_by(|one, other| other.cmp(one));
        let kept = dated.iter().take_while(|(expires, _)| *expires > now).count().min(ATTEMPTS_MAX - 1);
        let mut names: Vec<&str> = dated.split_off(kept).into_iter().map(|(_, name)| name).collect();
        names.dedup();
        names
    }

    /// Opens a cookie's value, expired or not.
    fn open(value: &str, keys: &KeyRing) -> Option<Self> {
        let payload = keys.open(PURPOSE, value)?;
        let Sealed { provider, origin, state, nonce, code_verifier, return_target, expires } = postcard::from_bytes(&payload).ok()?;
        Some(Self {
            provider: ProviderId::parse(provider)?,
            origin: origin.to_owned(),
            state: state.to_owned(),
            nonce: nonce.to_owned(),
            code_verifier: Secret::new(code_verifier.to_owned()),
            return_target: ReturnTarget::parse(return_target)?,
            expires,
        })
    }
}

/// State, nonce and verifier are as good as secrets until the callback.
impl fmt::Debug for Attempt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Attempt").field("provider", &self.provider).field("origin", &self.origin).field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// The part of `state` by which its cookie is named. Several tabs so have a
/// cookie each; it is the seal that proves, not the name.
fn mark(state: &str) -> Option<&str> {
    state.get(..MARK_BYTES).filter(|mark| mark.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'))
}

#[cfg(test)]
mod tests {
    use super::super::test_provider::{NOW, attempt, keys, other_keys};
    use super::*;
    use proptest::prelude::*;

    const HERE: &str = "https://app.example";

    fn acme() -> ProviderId {
        ProviderId::parse("acme").expect("an id")
    }

    fn find(cookies: &[(&str, &str)], state: &str, now: u64) -> Result<Attempt, RefusalCode> {
        Attempt::find(cookies.iter().copied(), "__Host-", state, &acme(), HERE, &keys(), now).map_err(|refusal| refusal.code)
    }

    #[test]
    fn an_attempt_comes_back_from_its_cookie_as_it_was() {
        let attempt = attempt(1);
        let (name, value) = (attempt.cookie_name("__Host-"), attempt.seal(&keys()));
        assert_eq!(name, format!("__Host-gatelet-attempt-{}", &attempt.state()[..8]));
        assert!(name.len() + value.len() < 600, "four must fit a header section: {}", value.len());
        let found = find(&[("other", "x"), (&name, &value)], attempt.state(), NOW + ATTEMPT_SECONDS - 1).expect("the attempt");
        assert_eq!(
            (found.state(), found.nonce(), found.code_verifier(), found.return_target().as_str(), found.expires(), found.digest()),
            (attempt.state(), attempt.nonce(), attempt.code_verifier(), "/inbox?page=2", NOW + ATTEMPT_SECONDS, attempt.digest())
        );
    }

    #[test]
    fn state_nonce_and_verifier_are_256_bits_each_and_differ() {
        let attempt = attempt(1);
        let all = [attempt.state(), attempt.nonce(), attempt.code_verifier().expose()];
        assert!(all.iter().all(|text| text.len() == 43));
        assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2]);
    }

    #[test]
    fn the_challenge_is_the_one_of_rfc_7636() {
        let mut attempt = attempt(1);
        attempt.code_verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        assert_eq!(attempt.code_challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn callback_from_another_browser_is_refused() {
        let attempt = attempt(1);
        assert_eq!(find(&[], attempt.state(), NOW).err(), Some(RefusalCode::StateMismatch));
        let other = super::super::test_provider::attempt(2);
        let (name, value) = (other.cookie_name("__Host-"), other.seal(&keys()));
        assert_eq!(find(&[(&name, &value)], attempt.state(), NOW).err(), Some(RefusalCode::StateMismatch));
        // The other's cookie under this attempt's name.
        let name = attempt.cookie_name("__Host-");
        assert_eq!(find(&[(&name, &value)], attempt.state(), NOW).err(), Some(RefusalCode::StateMismatch));
    }

    #[test]
    fn callback_of_another_provider_is_refused() {
        let attempt = attempt(1);
        let (name, value) = (attempt.cookie_name(""), attempt.seal(&keys()));
        let evil = ProviderId::parse("evil").expect("an id");
        let refusal = Attempt::find([(name.as_str(), value.as_str())], "", attempt.state(), &evil, HERE, &keys(), NOW).expect_err("crossed");
        assert_eq!(refusal.code, RefusalCode::ProviderMismatch);
    }

    #[test]
    fn callback_at_another_origin_is_refused() {
        let attempt = attempt(1);
        let (name, value) = (attempt.cookie_name(""), attempt.seal(&keys()));
        let refusal = Attempt::find([(name.as_str(), value.as_str())], "", attempt.state(), &acme(), "https://preview.app.example", &keys(), NOW).expect_err("crossed");
        assert_eq!(refusal.code, RefusalCode::OriginMismatch);
    }

    #[test]
    fn expired_attempt_is_refused() {
        let attempt = attempt(1);
        let (name, value) = (attempt.cookie_name("__Host-"), attempt.seal(&keys()));
        assert_eq!(find(&[(&name, &value)], attempt.state(), NOW + ATTEMPT_SECONDS).err(), Some(RefusalCode::AttemptExpired));
    }

    #[test]
    fn cookie_that_we_did_not_seal_is_refused() {
        let attempt = attempt(1);
        let (name, value) = (attempt.cookie_name("__Host-"), attempt.seal(&keys()));
        assert_eq!(find(&[(&name, &attempt.seal(&other_keys()))], attempt.state(), NOW).err(), Some(RefusalCode::StateMismatch), "another key");
        for cut in 0..value.len() {
            assert!(find(&[(&name, &value[..cut])], attempt.state(), NOW).is_err(), "cut at {cut}");
            let mut bytes = value.clone().into_bytes();
            bytes[cut] = if bytes[cut] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(bytes).expect("ASCII");
            if let Ok(found) = find(&[(&name, &altered)], attempt.state(), NOW) {
                panic!("altered at {cut}: {found:?}");
            }
        }
        // A value sealed for another purpose, and one without the prefix.
        let session = keys().seal("session", b"x");
        assert!(find(&[(&name, &session)], attempt.state(), NOW).is_err());
        assert!(find(&[(&attempt.cookie_name(""), &value)], attempt.state(), NOW).is_err());
    }

    #[test]
    fn a_bad_copy_does_not_hide_the_good_one() {
        let attempt = attempt(1);
        let (name, value) = (attempt.cookie_name("__Host-"), attempt.seal(&keys()));
        assert!(find(&[(&name, "junk"), (&name, &value)], attempt.state(), NOW).is_ok());
    }

    #[test]
    fn two_tabs_keep_an_attempt_each() {
        let (one, other) = (attempt(1), attempt(2));
        let cookies = [(one.cookie_name("__Host-"), one.seal(&keys())), (other.cookie_name("__Host-"), other.seal(&keys()))];
        let cookies: Vec<(&str, &str)> = cookies.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        for attempt in [&one, &other] {
            assert_eq!(find(&cookies, attempt.state(), NOW).expect("an attempt").nonce(), attempt.nonce());
        }
    }

    #[test]
    fn at_most_four_attempts_are_kept_and_the_oldest_goes() {
        let cookies: Vec<(String, String)> = (0..6)
            .map(|n| {
                let mut attempt = attempt(n);
                attempt.expires = NOW + 100 + u64::from(n);
                (attempt.cookie_name("__Host-"), attempt.seal(&keys()))
            })
            .collect();
        let mut request: Vec<(&str, &str)> = cookies.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        request.rotate_left(2);
        request.push(("__Host-gatelet", "session"));
        let mut cleared = Attempt::superseded(request.iter().copied(), "__Host-", &keys(), NOW);
        cleared.sort_unstable();
        let mut oldest: Vec<&str> = cookies[..3].iter().map(|(name, _)| name.as_str()).collect();
        oldest.sort_unstable();
        assert_eq!(cleared, oldest, "three of six stay, and the new one makes four");

        assert!(Attempt::superseded(request[..1].iter().copied(), "__Host-", &keys(), NOW).is_empty());
        assert_eq!(Attempt::superseded(request.iter().copied(), "__Host-", &keys(), NOW + 1000).len(), 6, "all have expired");
        assert_eq!(Attempt::superseded([("__Host-gatelet-attempt-x", "junk")], "__Host-", &keys(), NOW), ["__Host-gatelet-attempt-x"]);
    }

    #[test]
    fn a_long_return_target_does_not_fill_the_cookie() {
        let long = ReturnTarget::parse(&format!("/{}", "x".repeat(1500)));
        let random = [9; ATTEMPT_RANDOM_BYTES];
        let attempt = Attempt::begin(&super::super::test_provider::provider(), HERE, long.unwrap_or_default(), &random, NOW);
        assert_eq!(attempt.return_target().as_str(), "/");
        assert!(attempt.seal(&keys()).len() < 600);
    }

    proptest! {
        #[test]
        fn any_cookie_and_state_are_answered(state in ".{0,60}", value in ".{0,200}") {
            let name = format!("__Host-{COOKIE_STEM}{}", state.get(..8).unwrap_or("12345678"));
            prop_assert!(find(&[(&name, &value)], &state, NOW).is_err());
        }
    }
}
