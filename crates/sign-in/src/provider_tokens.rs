//! Which tokens did a provider give for an account, how long are they good, and what takes
//! their place? Kept only where the operator asks for it (`keep_tokens`), and sealed.

mod refresh;
mod sealed;
#[cfg(test)]
mod tests;

use gatelet_core::secret::Secret;
use sha2::{Digest as _, Sha256};

use crate::provider::{KeepsTokens, Provider};
use crate::token::TokenResponse;

pub use refresh::Refreshed;
pub use sealed::{Owner, SEAL_RANDOM_BYTES};

/// Longest access token that is kept, in bytes: what servers take in one field.
pub const ACCESS_TOKEN_MAX_BYTES: usize = 8 * 1024;
/// Longest refresh token that is kept, in bytes.
pub const REFRESH_TOKEN_MAX_BYTES: usize = 4 * 1024;
/// Longest list of scopes that is kept, in bytes.
const SCOPE_MAX_BYTES: usize = 1024;
/// How long before its end an access token is renewed, in seconds; of one that is good for
/// less than four times that, a quarter of its time.
pub const AHEAD_SECONDS: u64 = 120;
/// Longest time that an access token is believed to be good, in seconds.
const LIFETIME_MAX_SECONDS: u64 = 400 * 86_400;

/// The tokens of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderTokens {
    /// Whose they are: a provider's id may come to mean another one, and no token of the one
    /// is for the other to see.
    pub(crate) source: Source,
    /// For the provider's own API.
    pub access_token: Secret,
    /// What the next one is had for.
    pub refresh_token: Option<Secret>,
    /// When they were given, in Unix seconds.
    pub obtained_at: u64,
    /// When the access token runs out, in Unix seconds, where the provider says so.
    pub expires_at: Option<u64>,
    /// What it is good for, separated by spaces; may be empty.
    pub scope: String,
}

/// Who gave them, and to which client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) provider: String,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
}

impl Source {
    fn of(provider: &Provider) -> Self {
        Self {
            provider: provider.id.as_str().to_owned(),
            issuer: provider.account_issuer(),
            client_id: provider.client_id.clone(),
        }
    }
}

impl ProviderTokens {
    /// What a provider that keeps tokens gave at `now`, in Unix seconds. Where it gave no
    /// refresh token, the one from `before` stays: some give one once, and some do not
    /// change theirs (RFC 6749 §6). None where nothing is kept, or what was given is too
    /// long.
    #[must_use]
    pub fn given(
        provider: &Provider,
        response: &TokenResponse,
        before: Option<&Self>,
        now: u64,
    ) -> Option<Self> {
        if provider.keeps_tokens == KeepsTokens::No
            || response.access_token.expose().len() > ACCESS_TOKEN_MAX_BYTES
        {
            return None;
        }
        let before = before.filter(|before| before.is_of(provider));
        let fits = |token: &&Secret| token.expose().len() <= REFRESH_TOKEN_MAX_BYTES;
        let refresh_token = response.refresh_token.as_ref();
        let refresh_token = refresh_token
            .or_else(|| before?.refresh_token.as_ref())
            .filter(fits);
        let scope = match (&response.scope, before) {
            (Some(scope), _) => scope,
            (None, Some(before)) => &before.scope,
            (None, None) => &provider.scopes,
        };
        let seconds = response.expires_in_seconds;
        Some(Self {
            source: Source::of(provider),
            access_token: response.access_token.clone(),
            refresh_token: refresh_token.cloned(),
            obtained_at: now,
            expires_at: seconds
                .map(|seconds| now.saturating_add(seconds.min(LIFETIME_MAX_SECONDS))),
            scope: match scope.len() <= SCOPE_MAX_BYTES && !scope.contains(char::is_control) {
                true => scope.clone(),
                false => String::new(),
            },
        })
    }

    /// Whether they are this provider's, as it is configured now, and it keeps tokens.
    #[must_use]
    pub fn is_of(&self, provider: &Provider) -> bool {
        provider.keeps_tokens != KeepsTokens::No && self.source == Source::of(provider)
    }

    /// Whether the access token is good at `now`, in Unix seconds.
    #[must_use]
    pub fn is_good(&self, now: u64) -> bool {
        self.expires_at.is_none_or(|expires_at| now < expires_at)
    }

    /// Whether it is time for another one, and one can be had.
    #[must_use]
    pub fn is_due(&self, now: u64) -> bool {
        self.refresh_token.is_some() && self.due_at().is_some_and(|due| due <= now)
    }

    /// When it is time for another one, in Unix seconds; none where the access token is good
    /// for ever.
    #[must_use]
    pub fn due_at(&self) -> Option<u64> {
        let expires_at = self.expires_at?;
        let lifetime = expires_at.saturating_sub(self.obtained_at);
        Some(expires_at.saturating_sub(AHEAD_SECONDS.min(lifetime / 4)))
    }

    /// By what the exchange of its refresh token is known to the store; none where there
    /// is nothing to exchange.
    #[must_use]
    pub fn refresh_digest(&self) -> Option<[u8; 32]> {
        let Source {
            provider: _,
            issuer,
            client_id,
        } = &self.source;
        let mut digest = Sha256::new().chain_update(b"gatelet provider refresh");
        let token = self.refresh_token.as_ref()?;
        for part in [issuer, client_id, token.expose()] {
            digest = digest.chain_update([0]).chain_update(part);
        }
        Some(digest.finalize().into())
    }
}
