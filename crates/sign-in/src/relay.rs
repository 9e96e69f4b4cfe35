//! May this answer of a provider go on to another origin? A preview that no
//! provider knows signs people in with the redirect URI of another origin, its
//! relay, which sends the answer on and keeps nothing.
//!
//! Why it is made so, and against whom: `docs/design/0005-relay.md`. It goes so:
//!
//! 1. At the preview, [`crate::attempt::Attempt::begin`] is given the relay. Its
//!    authorization request has the relay's redirect URI, and as `state` a
//!    [`seal`]ed target around the attempt's own.
//! 2. At the relay, [`RelayState::of`] recognises it, [`RelayState::judge`] lets it
//!    pass or not, and [`Passage::location`] is where the browser goes, with the
//!    code sealed for the preview alone.
//! 3. At the preview the attempt is found by its own `state`, and
//!    [`crate::callback::AuthorizationResponse::judge`] opens the code.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::attempt::Attempt;
use crate::callback::{AuthorizationResponse, SEALED_CODE};
use crate::callback_path::CallbackPath;
use crate::provider::ProviderId;
use crate::refusal::{Refusal, RefusalCode, quoted};
use gatelet_core::base_url::{BaseUrl, Scheme};
use gatelet_core::key::KeyRing;

mod allowed;
mod choice;
mod sealed_code;

pub use allowed::RelayOrigins;
pub use choice::RelayChoice;
pub use sealed_code::SEAL_RANDOM_BYTES;

pub(super) use sealed_code::SealedCode;

/// Longest relay state that is looked at, in bytes.
pub const RELAY_STATE_MAX_BYTES: usize = 1024;
/// What a relay state begins with; an attempt's own state has no dot.
const PREFIX: &str = "relay.";
const PURPOSE: &str = "relay-state";

/// As it lies in `state`, sealed: all of it is signed and none of it secret.
#[derive(Serialize, Deserialize)]
struct Sealed<'a> {
    relay: &'a str,
    target: &'a str,
    provider: &'a str,
    state: &'a str,
    expires: u64,
}

/// A `state` by which an origin's attempt asks another one to be its relay. We
/// sealed it; whether it passes here and now is not judged yet.
#[derive(Clone, PartialEq, Eq)]
pub struct RelayState {
    relay: String,
    target: BaseUrl,
    provider: ProviderId,
    state: String,
    expires: u64,
}

/// The origin that a callback came to.
#[derive(Clone, Copy, Debug)]
pub struct Relay<'a> {
    /// As visitors see it.
    pub base_url: &'a BaseUrl,
    /// Domains within which its targets are, beside its own host's.
    pub domains: &'a [&'a str],
    /// Targets elsewhere.
    pub allowed: &'a RelayOrigins,
}

/// A served origin that an answer may be for.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// As visitors see it.
    pub base_url: &'a BaseUrl,
    /// The relay that it is set up with, if any.
    pub relay: Option<&'a BaseUrl>,
}

/// Proof that an answer may go on, and to where.
#[derive(Clone, PartialEq, Eq)]
pub struct Passage {
    target: BaseUrl,
    callback: CallbackPath,
    state: String,
    /// In which the sealed code goes.
    code_parameter: &'static str,
}

/// The `state` for an authorization request that comes back through `relay`.
#[must_use]
pub fn seal(relay: &str, attempt: &Attempt, keys: &KeyRing) -> String {
    let sealed = Sealed {
        relay,
        target: attempt.origin(),
        provider: attempt.provider().as_str(),
        state: attempt.state(),
        expires: attempt.expires(),
    };
    let payload = postcard::to_allocvec(&sealed).expect("text and a number serialise");
    format!("{PREFIX}{}", keys.seal(PURPOSE, &payload))
}

impl RelayState {
    /// The relay state of a callback. None where its `state` is none, so that the
    /// callback is this origin's own; [`RefusalCode::RelayStateInvalid`] where it
    /// is one that we did not seal.
    #[must_use]
    pub fn of(response: &AuthorizationResponse, keys: &KeyRing) -> Option<Result<Self, Refusal>> {
        let sealed = response.parameter("state")?.strip_prefix(PREFIX)?;
        let opened = (sealed.len() <= RELAY_STATE_MAX_BYTES).then(|| Self::open(sealed, keys));
        Some(
            opened
                .flatten()
                .ok_or_else(|| RefusalCode::RelayStateInvalid.into()),
        )
    }

    /// The base URL that the answer is for: what to look up among the origins
    /// that are served.
    #[must_use]
    pub fn target(&self) -> &BaseUrl {
        &self.target
    }

    /// Judges whether the answer may go on. `provider` is the one whose callback
    /// path it came to, `served` the origin that [`RelayState::target`] means now.
    ///
    /// 1. It was sealed for this very relay.
    /// 2. It was begun with the provider whose callback this is.
    /// 3. It has not expired.
    /// 4. The target is served, under this scheme, host and port.
    /// 5. The target is set up with this relay.
    /// 6. The target is within the relay's own host or its domains, on label
    ///    boundaries, or allowed by name.
    /// 7. What came encrypted goes on encrypted.
    pub fn judge(
        self,
        relay: &Relay<'_>,
        provider: &ProviderId,
        served: Option<Target<'_>>,
        now: u64,
    ) -> Result<Passage, Refusal> {
        let refuse = |code, why: &str| {
            let target = quoted(self.target.as_str());
            Err(Refusal::new(code, format!("{target} {why}")))
        };
        if self.relay != relay.base_url.as_str() {
            return refuse(RefusalCode::OriginMismatch, "goes through another relay");
        }
        if self.provider != *provider {
            return refuse(
                RefusalCode::ProviderMismatch,
                "began with another provider than the one that answers",
            );
        }
        if now >= self.expires {
            return Err(RefusalCode::AttemptExpired.into());
        }
        let Some(served) = served.filter(|served| *served.base_url == self.target) else {
            return refuse(RefusalCode::RelayTargetUnknown, "is not served");
        };
        if served.relay != Some(relay.base_url) {
            return refuse(
                RefusalCode::RelayTargetRefused,
                "is not set up with this relay",
            );
        }
        if !relay.reaches(&self.target) {
            return refuse(
                RefusalCode::RelayTargetRefused,
                "is outside the relay's domain: see relay_origins",
            );
        }
        if relay.base_url.scheme() == Scheme::Https && self.target.scheme() == Scheme::Http {
            return refuse(RefusalCode::RelayTargetRefused, "is plain HTTP");
        }
        Ok(Passage {
            target: self.target,
            callback: CallbackPath::Own(self.provider),
            state: self.state,
            code_parameter: "code",
        })
    }

    fn open(sealed: &str, keys: &KeyRing) -> Option<Self> {
        let payload = keys.open(PURPOSE, sealed)?;
        let (read, rest) = postcard::take_from_bytes::<Sealed<'_>>(&payload).ok()?;
        let Sealed {
            relay,
            target,
            provider,
            state,
            expires,
        } = read;
        rest.is_empty().then_some(())?;
        Some(Self {
            relay: relay.to_owned(),
            target: BaseUrl::parse(target).ok()?,
            provider: ProviderId::parse(provider)?,
            state: state.to_owned(),
            expires,
        })
    }
}

impl Relay<'_> {
    /// Step 6 of [`RelayState::judge`].
    fn reaches(&self, target: &BaseUrl) -> bool {
        let own = [self.base_url.host()];
        own.iter()
            .chain(self.domains)
            .any(|domain| target.is_within(domain))
            || self.allowed.contain(target)
    }
}

impl Passage {
    /// To the same origin's own callback: an answer by `form_post` comes without our
    /// cookies, so the browser is asked to come again, and its address bar gets no code.
    /// Whether there is such an attempt is judged when it does.
    #[must_use]
    pub fn home(base_url: &BaseUrl, callback: &CallbackPath, state: &str) -> Self {
        Self {
            target: base_url.clone(),
            callback: callback.clone(),
            state: state.to_owned(),
            code_parameter: SEALED_CODE,
        }
    }

    /// Where the browser goes on to: the target's callback, with `iss`, `error` and
    /// `error_description` as they came, the attempt's own `state`, and the code
    /// sealed under `random`, which must be fresh.
    ///
    /// `user` is Apple's, which comes with a `form_post` alone, and goes sealed with
    /// the code; what is no bounded JSON object is left out. Nothing else goes on.
    pub fn location(
        &self,
        response: &AuthorizationResponse,
        user: Option<&str>,
        keys: &KeyRing,
        random: &[u8; SEAL_RANDOM_BYTES],
    ) -> Result<String, Refusal> {
        let bounded = |name: &'static str| match response.parameter(name) {
            Some(value) if value.len() > PASSED_MAX_BYTES => Err(Refusal::new(
                RefusalCode::ParametersMalformed,
                format!("{name} is too long to go on"),
            )),
            passed => Ok(passed.map(|value| (name, value))),
        };
        let code = response
            .code()?
            .map(|code| SealedCode::seal(self, code, user, keys, random));
        let code = code
            .as_ref()
            .map(|code| (self.code_parameter, code.as_str()));
        let passed = [bounded("iss")?, bounded("error")?];
        let description = response.parameter("error_description").map(|text| {
            let end = text.floor_char_boundary(PASSED_MAX_BYTES.min(text.len()));
            ("error_description", &text[..end])
        });
        let parameters = code
            .into_iter()
            .chain([("state", self.state.as_str())])
            .chain(passed.into_iter().flatten())
            .chain(description);
        Ok(format!(
            "{}{}?{}",
            self.target,
            self.callback,
            gatelet_forms::encode(parameters)
        ))
    }

    /// The base URL that the answer goes on to.
    #[must_use]
    pub fn target(&self) -> &BaseUrl {
        &self.target
    }
}

/// Longest `iss` and `error` that go on; a longer `error_description` is cut.
const PASSED_MAX_BYTES: usize = 512;

/// The attempt's `state` is as good as a secret until the callback.
impl fmt::Debug for RelayState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("RelayState")
            .field("relay", &self.relay)
            .field("target", &self.target)
            .field("provider", &self.provider)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Passage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Passage")
            .field("target", &self.target)
            .field("callback", &self.callback)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
