//! Is a token or a key believed that says less than it must?

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_compact::alg::Ed25519;
use jwt_compact::jwk::JsonWebKey;
use jwt_compact::{Algorithm, AlgorithmSignature as _};
use serde_json::Value;

use super::{NOW, issuer, lines};
use crate::id_token::{Expected, VerifiedIdToken};
use crate::jwks::KeySet;
use crate::provider::{OpenIdConnect, SigningAlgorithm};
use gatelet_core::secret::Secret;

const CLIENT: &str = "client";
const NONCE: &str = "nonce";
// RFC 7517 appendix A.1 and RFC 8037 appendix A.
const KEYS: &str = r#"{"keys":[
    {"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","kid":"1"},
    {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"2"}]}"#;
const SIGNING: &str = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

/// Header and claims, a line each, which the issuer signs; or a token that it did not.
pub(super) fn id_token(input: &[u8]) -> bool {
    let Some([header, claims]) = lines(input) else {
        return false;
    };
    let keys = KeySet::judge(200, KEYS.as_bytes()).expect("the literal is a key set");
    assert_eq!(keys.len(), 2);
    let oidc = OpenIdConnect::at(issuer());
    let access_token = Secret::new("access".to_owned());
    let expected = Expected {
        oidc: &oidc,
        demands: &oidc.demands,
        says_auth_time: false,
        issuer: &oidc.issuer,
        client_id: CLIENT,
        algorithms: &SigningAlgorithm::ALL,
        nonce: NONCE,
        access_token: &access_token,
        asked_at: NOW,
        now: NOW,
    };
    let verify = |token: String| VerifiedIdToken::verify(&Secret::new(token), &keys, &expected);
    if claims.is_empty() {
        assert!(verify(header.to_owned()).is_err(), "nobody signed it");
        return false;
    }
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(&message));
    let longer = format!(
        "{}.{}.{signature}",
        encode(header),
        encode(&[claims, " "].concat())
    );
    assert!(verify(longer).is_err(), "it is signed whole");
    let Ok(verified) = verify(format!("{message}.{signature}")) else {
        return false;
    };
    let read = |text: &str| serde_json::from_str::<Value>(text).expect("what is verified is JSON");
    let (header, claims) = (read(header), read(claims));
    assert!(["EdDSA", "Ed25519"].contains(&text(&header, "alg")));
    assert_eq!(header.get("crit"), None);
    assert_eq!(text(&claims, "iss"), "https://id.example");
    assert_eq!(text(&claims, "nonce"), NONCE);
    assert_eq!(text(&claims, "sub"), verified.subject());
    assert!(!verified.subject().is_empty() && verified.subject().len() <= 255);
    let audiences = match &claims["aud"] {
        Value::Array(audiences) => audiences.clone(),
        one => vec![one.clone()],
    };
    assert!(audiences.contains(&CLIENT.into()));
    assert!(audiences.len() == 1 || text(&claims, "azp") == CLIENT);
    let now = NOW as f64;
    let time = |name: &str| claims[name].as_f64().expect("a time is a number");
    assert!(time("exp") > now - 61.0 && time("iat") < now + 61.0);
    assert!(time("iat") > now - 86_401.0, "issued a day ago at most");
    true
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn sign(message: &str) -> Vec<u8> {
    let jwk: JsonWebKey<'_> = serde_json::from_str(SIGNING).expect("the literal is a key");
    let key: <Ed25519 as Algorithm>::SigningKey = (&jwk).try_into().expect("an Ed25519 key");
    Ed25519
        .sign(&key, message.as_bytes())
        .as_bytes()
        .into_owned()
}

/// A key set. Lets in one of which a key can be used.
pub(super) fn jwks(input: &[u8]) -> bool {
    assert!(KeySet::judge(302, input).is_err());
    let Ok(set) = KeySet::judge(200, input) else {
        return false;
    };
    let read: Value = serde_json::from_slice(input).expect("a key set is JSON");
    let keys = read["keys"].as_array().expect("with a list of keys");
    let usable = keys.iter().filter(|key| {
        let is_public = key.get("d").is_none() && key.get("k").is_none();
        let is_known = match text(key, "kty") {
            "RSA" => text(key, "n").len() >= 2048 / 6,
            "EC" => ["P-256", "P-384"].contains(&text(key, "crv")),
            "OKP" => text(key, "crv") == "Ed25519",
            _ => false,
        };
        let signs = key.get("use").is_none_or(|usage| usage == "sig");
        is_public && is_known && signs
    });
    assert!(set.len() <= usable.count(), "of {read}");
    for algorithm in SigningAlgorithm::ALL {
        for key_id in ["1", ""] {
            let named = keys
                .iter()
                .filter(|key| text(key, "kid") == key_id && key.get("kid").is_some());
            let selected = set
                .select(Some(key_id), algorithm)
                .map_or(0, |keys| keys.len());
            assert!(selected <= named.count(), "{key_id:?} of {read}");
        }
        let selected = set.select(None, algorithm).map_or(0, |keys| keys.len());
        assert!(selected <= 1, "without a name, the only one");
    }
    !set.is_empty()
}
