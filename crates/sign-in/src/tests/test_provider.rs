//! An identity provider made of data, for tests: it signs what it is told to.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_compact::alg::{Ed25519, Es256, Rsa, RsaPrivateKey, VerifyingKey as _};
use jwt_compact::jwk::JsonWebKey;
use jwt_compact::{Algorithm, AlgorithmSignature as _};
use serde_json::{Value, json};

use crate::attempt::{ATTEMPT_RANDOM_BYTES, Attempt};
use crate::client_secret::ClientSecret;
use crate::discovery::ProviderMetadata;
use crate::endpoint::Issuer;
use crate::es384::Es384;
use crate::id_token::{Expected, VerifiedIdToken};
use crate::jwks::KeySet;
use crate::provider::{
    KeepsTokens, OpenIdConnect, Provider, ProviderId, ProviderKind, SigningAlgorithm,
};
use crate::refusal::Refusal;
use gatelet_core::key::KeyRing;
use gatelet_core::return_target::ReturnTarget;
use gatelet_core::secret::Secret;

pub(crate) const NOW: u64 = 1_800_000_000;
pub(crate) const ISSUER: &str = "https://id.example";
pub(crate) const CLIENT: &str = "client-1";
pub(crate) const NONCE: &str = "n-0S6_WzA2Mj";
pub(crate) const ACCESS_TOKEN: &str = "SlAV32hkKG";

/// A signing key and how it is published.
pub(crate) struct Signer {
    secret: SecretKey,
    pub(crate) key_id: Option<&'static str>,
}

enum SecretKey {
    Rsa(Box<RsaPrivateKey>, SigningAlgorithm),
    Es384(Box<p384::ecdsa::SigningKey>),
    Es256(<Es256 as Algorithm>::SigningKey),
    EdDsa(Box<<Ed25519 as Algorithm>::SigningKey>),
}

impl Signer {
    pub(crate) fn rs256(key_id: &'static str) -> Self {
        Self::rsa(include_str!("test_keys/rsa_one.json"), Some(key_id))
    }

    pub(crate) fn other_rs256(key_id: &'static str) -> Self {
        Self::rsa(include_str!("test_keys/rsa_two.json"), Some(key_id))
    }

    /// Of any algorithm.
    pub(crate) fn of(algorithm: SigningAlgorithm, key_id: &'static str) -> Self {
        match algorithm {
            SigningAlgorithm::Es256 => Self::es256(key_id),
            SigningAlgorithm::EdDsa => Self::eddsa(key_id),
            SigningAlgorithm::Es384 => Self {
                secret: SecretKey::Es384(Box::new(
                    p384::ecdsa::SigningKey::from_slice(&[7; 48]).expect("below the order"),
                )),
                key_id: Some(key_id),
            },
            rsa => {
                let mut signer = Self::rs256(key_id);
                if let SecretKey::Rsa(_, algorithm) = &mut signer.secret {
                    *algorithm = rsa;
                }
                signer
            }
        }
    }

    pub(crate) fn es256(key_id: &'static str) -> Self {
        let key = <Es256 as Algorithm>::SigningKey::from_slice(&[7; 32])
            .expect("a scalar below the order");
        Self {
            secret: SecretKey::Es256(key),
            key_id: Some(key_id),
        }
    }

    pub(crate) fn eddsa(key_id: &'static str) -> Self {
        let jwk = json!({
            "kty": "OKP", "crv": "Ed25519",
            // RFC 8037 appendix A.1.
            "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        });
        let jwk: JsonWebKey<'_> = serde_json::from_value(jwk).expect("a JWK");
        Self {
            secret: SecretKey::EdDsa(Box::new((&jwk).try_into().expect("an Ed25519 key"))),
            key_id: Some(key_id),
        }
    }

    fn rsa(jwk: &'static str, key_id: Option<&'static str>) -> Self {
        let jwk: JsonWebKey<'_> = serde_json::from_str(jwk).expect("a JWK");
        Self {
            secret: SecretKey::Rsa(
                Box::new((&jwk).try_into().expect("an RSA key")),
                SigningAlgorithm::Rs256,
            ),
            key_id,
        }
    }

    /// The same key without an identifier.
    pub(crate) fn anonymous(mut self) -> Self {
        self.key_id = None;
        self
    }

    pub(crate) fn algorithm(&self) -> &'static str {
        match &self.secret {
            SecretKey::Rsa(_, algorithm) => algorithm.as_str(),
            SecretKey::Es384(_) => "ES384",
            SecretKey::Es256(_) => "ES256",
            SecretKey::EdDsa(_) => "EdDSA",
        }
    }

    /// The public half, as it stands in a key set.
    pub(crate) fn jwk(&self) -> Value {
        let mut jwk = match &self.secret {
            SecretKey::Rsa(key, _) => serde_json::to_value(JsonWebKey::from(&key.to_public_key())),
            SecretKey::Es384(key) => {
                let point = key.verifying_key().to_encoded_point(false);
                let [x, y] = [point.x(), point.y()].map(|half| encode(half.expect("uncompressed")));
                Ok(json!({"kty": "EC", "crv": "P-384", "x": x, "y": y}))
            }
            SecretKey::Es256(key) => serde_json::to_value(JsonWebKey::from(key.verifying_key())),
            SecretKey::EdDsa(key) => serde_json::to_value(JsonWebKey::from(&key.public_key())),
        }
        .expect("a key serialises");
        jwk["use"] = "sig".into();
        jwk["alg"] = self.algorithm().into();
        if let Some(id) = self.key_id {
            jwk["kid"] = id.into();
        }
        jwk
    }

    /// Signs claims under the usual header.
    pub(crate) fn sign(&self, claims: &Value) -> Secret {
        let mut header = json!({"alg": self.algorithm(), "typ": "JWT"});
        if let Some(id) = self.key_id {
            header["kid"] = id.into();
        }
        self.sign_under(&header, claims)
    }

    /// Signs claims under any header, true or not.
    pub(crate) fn sign_under(&self, header: &Value, claims: &Value) -> Secret {
        let message = format!(
            "{}.{}",
            encode(header.to_string()),
            encode(claims.to_string())
        );
        let signature = match &self.secret {
            SecretKey::Rsa(key, algorithm) => Rsa::with_name(algorithm.as_str())
                .sign(key, message.as_bytes())
                .as_bytes()
                .into_owned(),
            SecretKey::Es384(key) => {
                jwt_compact::AlgorithmSignature::as_bytes(&Es384.sign(key, message.as_bytes()))
                    .into_owned()
            }
            SecretKey::Es256(key) => {
                jwt_compact::AlgorithmSignature::as_bytes(&Es256.sign(key, message.as_bytes()))
                    .into_owned()
            }
            SecretKey::EdDsa(key) => {
                jwt_compact::AlgorithmSignature::as_bytes(&Ed25519.sign(key, message.as_bytes()))
                    .into_owned()
            }
        };
        Secret::new(format!("{message}.{}", encode(signature)))
    }

    /// The public half's bytes, for those who would use them as a MAC key.
    pub(crate) fn public_bytes(&self) -> Vec<u8> {
        match &self.secret {
            SecretKey::Rsa(..) | SecretKey::Es384(_) => self.jwk().to_string().into_bytes(),
            SecretKey::Es256(key) => {
                jwt_compact::alg::VerifyingKey::as_bytes(key.verifying_key()).into_owned()
            }
            SecretKey::EdDsa(key) => key.public_key().as_bytes().into_owned(),
        }
    }
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// JSON with blanks behind it, of so many bytes.
pub(crate) fn padded(json: &str, bytes: usize) -> String {
    [json, &" ".repeat(bytes - json.len())].concat()
}

pub(crate) fn key_set(signers: &[&Signer]) -> KeySet {
    let keys: Vec<Value> = signers.iter().map(|signer| signer.jwk()).collect();
    KeySet::judge(200, json!({ "keys": keys }).to_string().as_bytes()).expect("a key set")
}

/// Claims of an ID token that passes.
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "248289761001", "aud": CLIENT, "nonce": NONCE,
        "exp": NOW + 300, "iat": NOW - 5,
        "email": "Jane@Example.com", "email_verified": true, "name": "Jane Doe",
    })
}

/// [`claims`] with one set, or taken away where the value is null.
pub(crate) fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    let all = claims.as_object_mut().expect("an object");
    match value {
        Value::Null => drop(all.remove(name)),
        value => drop(all.insert(name.to_owned(), value)),
    }
    claims
}

pub(crate) fn issuer() -> Issuer {
    Issuer::parse(ISSUER).expect("an issuer")
}

pub(crate) fn verify(token: &Secret, keys: &KeySet) -> Result<VerifiedIdToken, Refusal> {
    verify_with(token, keys, &SigningAlgorithm::ALL)
}

pub(crate) fn verify_with(
    token: &Secret,
    keys: &KeySet,
    algorithms: &[SigningAlgorithm],
) -> Result<VerifiedIdToken, Refusal> {
    verify_at(&oidc(), token, keys, algorithms)
}

pub(crate) fn verify_at(
    oidc: &OpenIdConnect,
    token: &Secret,
    keys: &KeySet,
    algorithms: &[SigningAlgorithm],
) -> Result<VerifiedIdToken, Refusal> {
    let access_token = Secret::new(ACCESS_TOKEN.to_owned());
    VerifiedIdToken::verify(
        token,
        keys,
        &Expected {
            oidc,
            demands: &oidc.demands,
            says_auth_time: false,
            issuer: &oidc.issuer,
            client_id: CLIENT,
            algorithms,
            nonce: NONCE,
            access_token: &access_token,
            asked_at: NOW,
            now: NOW,
        },
    )
}

pub(crate) fn provider() -> Provider {
    Provider {
        id: ProviderId::parse("acme").expect("an id"),
        name: "Acme".into(),
        kind: ProviderKind::OpenIdConnect(Box::new(oidc())),
        client_id: CLIENT.into(),
        client_secret: ClientSecret::Given(Secret::new("s3cret &+%".to_owned())),
        scopes: "openid email profile".into(),
        authorization_parameters: Vec::new(),
        email_domains: Vec::new(),
        keeps_tokens: KeepsTokens::No,
    }
}

pub(crate) fn oidc() -> OpenIdConnect {
    OpenIdConnect::at(issuer())
}

/// A discovery document that passes.
pub(crate) fn document() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://id.example/authorize",
        "token_endpoint": "https://id.example/token",
        "jwks_uri": "https://id.example/jwks",
        "userinfo_endpoint": "https://id.example/userinfo",
        "response_types_supported": ["code", "id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "code_challenge_methods_supported": ["S256"],
    })
}

pub(crate) fn discover(document: &Value) -> Result<ProviderMetadata, Refusal> {
    ProviderMetadata::judge(
        &oidc(),
        200,
        "application/json",
        document.to_string().as_bytes(),
    )
}

pub(crate) fn keys() -> KeyRing {
    let random: [u8; 32] = core::array::from_fn(|n| u8::try_from(n * n % 251).expect("below 251"));
    KeyRing::parse(&KeyRing::entry("k1", &random)).expect("a key")
}

pub(crate) fn attempt(seed: u8) -> Attempt {
    let random: [u8; ATTEMPT_RANDOM_BYTES] = core::array::from_fn(|n| {
        u8::try_from(n)
            .expect("below 96")
            .wrapping_mul(7)
            .wrapping_add(seed)
    });
    Attempt::begin(
        &provider(),
        "https://app.example",
        None,
        ReturnTarget::parse("/inbox?page=2").expect("a target"),
        &random,
        NOW,
    )
}

pub(crate) fn other_keys() -> KeyRing {
    let random: [u8; 32] =
        core::array::from_fn(|n| u8::try_from((n * n + 3 * n + 91) % 253).expect("below 253"));
    KeyRing::parse(&KeyRing::entry("k1", &random)).expect("a key")
}
