//! By what does a client show who it is? By a secret that the provider gave it, or, at
//! Apple, by a token that it signs with a key from there, anew for each use:
//! <https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret>.

use core::fmt;

use jwt_compact::alg::Es256;
use jwt_compact::{AlgorithmExt as _, Claims, Header};
use p256::ecdsa::SigningKey;
use p256::pkcs8::DecodePrivateKey as _;
use serde::Serialize;

use crate::vault_reference;
use gatelet_core::secret::Secret;

/// How long a token is good, in seconds. Apple takes six months; it is used at once.
pub const SIGNED_SECRET_SECONDS: u64 = 600;
/// The identifiers of teams and keys at Apple have as many characters.
const APPLE_ID_LENGTH: usize = 10;
const SECRET_MAX_BYTES: usize = 2048;
const PEM_LABEL: &str = "-----BEGIN ";

/// What shows who a client is.
#[derive(Clone, Debug)]
pub enum ClientSecret {
    /// The provider's; empty for a public client.
    Given(Secret),
    /// One that is made when it is needed.
    Signed(Box<SignedSecret>),
}

/// What a client secret is made of. The key has no way out.
#[derive(Clone)]
pub struct SignedSecret {
    team_id: String,
    key_id: String,
    audience: &'static str,
    key: SigningKey,
}

#[derive(Serialize)]
struct Said<'a> {
    iss: &'a str,
    iat: u64,
    exp: u64,
    aud: &'a str,
    sub: &'a str,
}

impl ClientSecret {
    /// None: a public client.
    #[must_use]
    pub fn none() -> Self {
        Self::Given(Secret::new(String::new()))
    }

    /// What the client says of itself at `now`, in Unix seconds.
    #[must_use]
    pub fn at(&self, client_id: &str, now: u64) -> Secret {
        match self {
            Self::Given(secret) => secret.clone(),
            Self::Signed(signed) => signed.at(client_id, now),
        }
    }

    /// Whether it stands for one that is not in the vault.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        match self {
            Self::Given(secret) => vault_reference::is_missing(secret.expose()),
            Self::Signed(_) => false,
        }
    }
}

impl SignedSecret {
    /// Takes the team's and the key's identifier and the key as PKCS #8 in PEM, as the
    /// provider gives it. The error says nothing of the key.
    pub(crate) fn parse(
        team_id: String,
        key_id: String,
        audience: &'static str,
        pem: &str,
    ) -> Result<Self, String> {
        for (field, id) in [("team_id", &team_id), ("key_id", &key_id)] {
            let fits =
                id.len() == APPLE_ID_LENGTH && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if !fits {
                return Err(format!(
                    "`{field}` must be {APPLE_ID_LENGTH} letters and digits, as the developer account shows it"
                ));
            }
        }
        let key = signing_key(pem).map_err(|why| format!("its secret {why}"))?;
        Ok(Self {
            team_id,
            key_id,
            audience,
            key,
        })
    }

    /// Signed by RFC 6979, which needs no random bytes.
    fn at(&self, client_id: &str, now: u64) -> Secret {
        let said = Said {
            iss: &self.team_id,
            iat: now,
            exp: now.saturating_add(SIGNED_SECRET_SECONDS),
            aud: self.audience,
            sub: client_id,
        };
        let header = Header::empty().with_key_id(self.key_id.as_str());
        let token = Es256.token(&header, &Claims::new(said), &self.key);
        Secret::new(token.expect("texts and numbers are claims"))
    }
}

/// The key of client secrets that are signed, out of the file as the provider gives it.
/// The error goes behind what the text is, and says nothing of it.
pub(crate) fn signing_key(pem: &str) -> Result<SigningKey, &'static str> {
    // Line ends of other machines, and blank ones around it.
    let pem = Secret::new(pem.trim().replace("\r\n", "\n"));
    SigningKey::from_pkcs8_pem(pem.expose()).map_err(|_| {
        "must be the whole file AuthKey_….p8: a private key on P-256 as PKCS #8 in PEM, from \
         -----BEGIN PRIVATE KEY----- on"
    })
}

/// Judges a client secret as it is sent (RFC 6749 appendix A.2). Apple's are tokens, and
/// longer than others'.
pub(crate) fn judge_text(text: &str) -> Result<(), &'static str> {
    let fits = (1..=SECRET_MAX_BYTES).contains(&text.len());
    match fits && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        true => Ok(()),
        false => Err("must be 1 to 2048 visible ASCII characters"),
    }
}

/// Whether it looks like a key rather than a secret.
pub(crate) fn is_key(text: &str) -> bool {
    text.trim_start().starts_with(PEM_LABEL)
}

impl fmt::Debug for SignedSecret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            team_id,
            key_id,
            audience,
            key: _,
        } = self;
        out.debug_struct("SignedSecret")
            .field("team_id", team_id)
            .field("key_id", key_id)
            .field("audience", audience)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use jwt_compact::{Token, UntrustedToken};
    use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
    use serde_json::{Value, json};

    use super::*;

    const AUDIENCE: &str = "https://appleid.apple.com";

    fn key() -> SigningKey {
        SigningKey::from_slice(&[9; 32]).expect("below the order")
    }

    fn pem() -> String {
        let pem = key()
            .to_pkcs8_pem(LineEnding::LF)
            .expect("a key is encoded");
        pem.to_string()
    }

    fn parsed(team_id: &str, key_id: &str, pem: &str) -> Result<SignedSecret, String> {
        SignedSecret::parse(team_id.to_owned(), key_id.to_owned(), AUDIENCE, pem)
    }

    #[test]
    fn whoever_has_the_public_key_finds_the_secret_genuine_and_short_lived() {
        let now = 1_800_000_000;
        let pem = pem();
        for pem in [
            pem.clone(),
            pem.replace('\n', "\r\n"),
            format!("\n{}\n\n", pem.trim()),
        ] {
            let secret = parsed("TEAM123456", "KEY1234567", &pem).expect("a key");
            let secret = ClientSecret::Signed(Box::new(secret));
            let text = secret.at("com.acme.web", now);
            let token = UntrustedToken::new(text.expose()).expect("a token");
            assert_eq!(token.algorithm(), "ES256");
            assert_eq!(token.header().key_id.as_deref(), Some("KEY1234567"));
            let key = key();
            let verifier = Es256.validator::<Value>(key.verifying_key());
            let token: Token<Value> = verifier.validate(&token).expect("genuine");
            let claims = token.claims();
            let times = [claims.issued_at, claims.expiration]
                .map(|time| time.expect("it is said").timestamp());
            let now = i64::try_from(now).expect("a time of this century");
            assert_eq!(times, [now, now + 600]);
            let others = json!({"iss": "TEAM123456", "aud": AUDIENCE, "sub": "com.acme.web"});
            assert_eq!(claims.custom, others);
            assert!(!format!("{secret:?}").contains(pem.lines().nth(1).unwrap_or("-----")));
        }
    }

    #[test]
    fn another_key_does_not_fit_the_secret() {
        let secret = parsed("TEAM123456", "KEY1234567", &pem()).expect("a key");
        let text = secret.at("com.acme.web", 1_800_000_000);
        let token = UntrustedToken::new(text.expose()).expect("a token");
        let other = SigningKey::from_slice(&[8; 32]).expect("below the order");
        let verifier = Es256.validator::<Value>(other.verifying_key());
        assert!(verifier.validate(&token).is_err());
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_repeated() {
        let pem = pem();
        let body = pem.lines().nth(1).expect("a second line").to_owned();
        let cut = pem.replace(&body, &body[..20]);
        for bad in [
            "",
            "hunter2",
            &body,
            &cut,
            &pem.replace("PRIVATE KEY", "PUBLIC KEY"),
            &pem.replace("PRIVATE KEY", "EC PRIVATE KEY"),
            &pem.replace('\n', ""),
        ] {
            let error = parsed("TEAM123456", "KEY1234567", bad).expect_err(bad);
            assert!(
                error.contains(".p8") && !error.contains(&body[..20]),
                "{error}"
            );
        }
        for (team_id, key_id, field) in [
            ("", "KEY1234567", "`team_id`"),
            ("TEAM12345", "KEY1234567", "`team_id`"),
            ("TEAM 23456", "KEY1234567", "`team_id`"),
            ("TEAM123456", "KEY12345678", "`key_id`"),
        ] {
            let error = parsed(team_id, key_id, &pem).expect_err(field);
            assert!(error.contains(field), "{error}");
        }
    }
}
