//! What was asked, of whom, and when? A challenge that carries its own memory: signed,
//! for one purpose, one browser and one origin, and good for five minutes.

use gatelet_core::key::KeyRing;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::refusal::Refusal;

/// For how long one is good, in seconds.
pub const CHALLENGE_SECONDS: u64 = 300;
/// Random bytes of each (§13.4.3 asks for sixteen).
pub const CHALLENGE_RANDOM_BYTES: usize = 32;

const PURPOSE: &str = "passkey-challenge";

/// What a challenge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// A new passkey for whoever is signed in.
    Register,
    /// Sign in, without a name.
    SignIn,
    /// The second step of signing in.
    SecondFactor,
    /// Prove again who is signed in.
    Confirm,
}

/// A challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    purpose: Purpose,
    random: [u8; CHALLENGE_RANDOM_BYTES],
    /// Nobody in particular where it is to sign in.
    user_id: Option<String>,
    /// Of the form's token, which is the browser's own.
    browser: [u8; 32],
    origin: String,
    expires: u64,
}

impl Challenge {
    /// A new one, for the form with this token. `now` in Unix seconds.
    #[must_use]
    pub fn new(
        purpose: Purpose,
        random: [u8; CHALLENGE_RANDOM_BYTES],
        user_id: Option<&str>,
        form_token: &str,
        origin: &str,
        now: u64,
    ) -> Self {
        Self {
            purpose,
            random,
            user_id: user_id.map(str::to_owned),
            browser: Sha256::digest(form_token).into(),
            origin: origin.to_owned(),
            expires: now.saturating_add(CHALLENGE_SECONDS),
        }
    }

    /// The bytes that an authenticator signs over.
    #[must_use]
    pub fn bytes(&self, keys: &KeyRing) -> Vec<u8> {
        let payload = postcard::to_allocvec(self).expect("texts and numbers serialise");
        keys.seal(PURPOSE, &payload).into_bytes()
    }

    /// The challenge that came back, where it is for this.
    pub fn judge(
        bytes: &[u8],
        purpose: Purpose,
        user_id: Option<&str>,
        form_token: &str,
        origin: &str,
        keys: &KeyRing,
        now: u64,
    ) -> Result<Self, Refusal> {
        let text = core::str::from_utf8(bytes).map_err(|_| Refusal::Challenge)?;
        let payload = keys.open(PURPOSE, text).ok_or(Refusal::Challenge)?;
        let challenge: Self = postcard::from_bytes(&payload).map_err(|_| Refusal::Challenge)?;
        let browser: [u8; 32] = Sha256::digest(form_token).into();
        if challenge.purpose != purpose
            || challenge.user_id.as_deref() != user_id
            || challenge.browser != browser
            || challenge.origin != origin
        {
            return Err(Refusal::Challenge);
        }
        if now >= challenge.expires || challenge.expires > now + 2 * CHALLENGE_SECONDS {
            return Err(Refusal::Expired);
        }
        Ok(challenge)
    }

    /// By what the store knows it, which lets it be used once.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.random).into()
    }

    /// When it is void, in Unix seconds.
    #[must_use]
    pub fn expires(&self) -> u64 {
        self.expires
    }
}
