//! How do tokens lie in the database? Encrypted with a key that comes from the session
//! keys: whoever reads a dump must not be able to ask a provider in somebody's name.
//!
//! XChaCha20-Poly1305, whose nonces are long enough to be drawn at random. Each account has
//! a key of its own, so tokens that were moved to another's row, or to another place's
//! tables, do not open there.

use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use gatelet_core::key::KeyRing;
use gatelet_core::origin_record::Place;
use gatelet_core::secret::Secret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{ProviderTokens, Source};

/// Random bytes that sealing takes: a nonce.
pub const SEAL_RANDOM_BYTES: usize = 24;
const PURPOSE: &str = "provider-tokens";

/// Whose row it is.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// Where its user is.
    pub place: &'a Place,
    /// The issuer of the account.
    pub issuer: &'a str,
    /// Its name there.
    pub subject: &'a str,
}

#[derive(Serialize, Deserialize)]
struct Content<'a> {
    provider: &'a str,
    issuer: &'a str,
    client_id: &'a str,
    access_token: &'a str,
    refresh_token: Option<&'a str>,
    obtained_at: u64,
    expires_at: Option<u64>,
    scope: &'a str,
}

impl ProviderTokens {
    /// Seals them for the row of an account.
    #[must_use]
    pub fn seal(
        &self,
        keys: &KeyRing,
        owner: Owner<'_>,
        random: [u8; SEAL_RANDOM_BYTES],
    ) -> Vec<u8> {
        let Self {
            source:
                Source {
                    provider,
                    issuer,
                    client_id,
                },
            access_token,
            refresh_token,
            obtained_at,
            expires_at,
            scope,
        } = self;
        let content = Zeroizing::new(
            postcard::to_allocvec(&Content {
                provider,
                issuer,
                client_id,
                access_token: access_token.expose(),
                refresh_token: refresh_token.as_ref().map(Secret::expose),
                obtained_at: *obtained_at,
                expires_at: *expires_at,
                scope,
            })
            .expect("texts and numbers serialise"),
        );
        let key = Zeroizing::new(keys.derive(PURPOSE, &owner.bound()));
        let encrypted = cipher(&key)
            .encrypt(&XNonce::from(random), content.as_slice())
            .expect("a few kilobytes are within the cipher's limit");
        [random.as_slice(), &encrypted].concat()
    }

    /// What the row of an account has. None where no key of ours sealed it there.
    #[must_use]
    pub fn open(keys: &KeyRing, owner: Owner<'_>, sealed: &[u8]) -> Option<Self> {
        let (nonce, encrypted) = sealed.split_first_chunk::<SEAL_RANDOM_BYTES>()?;
        let content = keys.derives(PURPOSE, &owner.bound()).find_map(|key| {
            let key = Zeroizing::new(key);
            cipher(&key).decrypt(&XNonce::from(*nonce), encrypted).ok()
        })?;
        let content = Zeroizing::new(content);
        let Content {
            provider,
            issuer,
            client_id,
            access_token,
            refresh_token,
            obtained_at,
            expires_at,
            scope,
        } = postcard::from_bytes(&content).ok()?;
        let secret = |text: &str| Secret::new(text.to_owned());
        Some(Self {
            source: Source {
                provider: provider.to_owned(),
                issuer: issuer.to_owned(),
                client_id: client_id.to_owned(),
            },
            access_token: secret(access_token),
            refresh_token: refresh_token.map(secret),
            obtained_at,
            expires_at,
            scope: scope.to_owned(),
        })
    }
}

impl Owner<'_> {
    fn bound(&self) -> Vec<u8> {
        let parts = (self.place.mark(), self.issuer, self.subject);
        postcard::to_allocvec(&parts).expect("text serialises")
    }
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(*key))
}
