//! Did the provider sign what UserInfo says? Judges a response that is a JWT.

use jwt_compact::Claims;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{UserInfo, essence};
use crate::claim_rules::ClaimRules;
use crate::endpoint::Issuer;
use crate::id_token::{Audience, CLOCK_SKEW_SECONDS, JWT, VerifiedIdToken, authentic_claims};
use crate::jwks::KeySet;
use crate::provider::SigningAlgorithm;
use crate::refusal::{Refusal, RefusalCode, quoted};

/// What a signed response must say.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedSigned<'a> {
    /// The keys of the provider.
    pub keys: &'a KeySet,
    /// The issuer as it spells itself.
    pub issuer: &'a Issuer,
    /// Our client identifier there.
    pub client_id: &'a str,
    /// What it may be signed with: as an ID token.
    pub algorithms: &'a [SigningAlgorithm],
    /// The time, in Unix seconds.
    pub now: u64,
}

#[derive(Clone, Deserialize)]
struct SignedUserInfo {
    iss: Option<String>,
    aud: Option<Audience>,
    sub: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Whether a `Content-Type` is that of a signed response.
#[must_use]
pub fn is_signed(content_type: &str) -> bool {
    essence(content_type) == "application/jwt"
}

/// As [`super::complete`] of a response that is signed (OpenID Connect Core 1.0 §5.3.2),
/// which comes to clients that registered for it:
///
/// 1. The signature verifies, by a key of the provider's and an algorithm of its ID tokens.
/// 2. `iss` is who issued the ID token, and `aud` holds our client identifier. The standard
///    says that they should be there: without them another client's could stand for ours.
/// 3. `exp` and `nbf`, where sent, hold, give or take the skew.
/// 4. `sub` is exactly the ID token's.
///
/// Encrypted ones have five parts and are refused as malformed.
/// Where [`RefusalCode::may_be_old_keys`] says so, it is worth a fetch of the keys.
pub fn complete_signed(
    token: VerifiedIdToken,
    rules: &ClaimRules,
    status: u16,
    body: &[u8],
    expected: &ExpectedSigned<'_>,
) -> Result<VerifiedIdToken, Refusal> {
    let malformed = |detail: String| Refusal::new(RefusalCode::UserInfoMalformed, detail);
    if status != 200 {
        return Err(malformed(format!("answered {status}")));
    }
    let text = core::str::from_utf8(body).map_err(|_| malformed("is no text".to_owned()))?;
    let (keys, algorithms) = (expected.keys, expected.algorithms);
    let authentic = authentic_claims::<SignedUserInfo>(text.trim_ascii(), JWT, keys, algorithms);
    let (claims, _) = authentic.map_err(|refusal| match refusal.code {
        code if code.may_be_old_keys() => refusal,
        code => malformed(format!("signed: {} {}", code.as_str(), refusal.detail)),
    })?;
    judge_times(&claims, expected.now).map_err(|name| malformed(format!("signed: {name}")))?;
    let SignedUserInfo {
        iss,
        aud,
        sub,
        others,
    } = claims.custom;
    let issuer = iss.unwrap_or_default();
    if issuer != token.issuer(expected.issuer) {
        return Err(malformed(format!("signed: iss is {}", quoted(&issuer))));
    }
    if !aud.is_some_and(|aud| aud.has(expected.client_id)) {
        return Err(malformed("signed: aud is not this client".to_owned()));
    }
    let sub = sub.ok_or_else(|| malformed("signed: no sub".to_owned()))?;
    UserInfo { sub, others }.complete(token, rules)
}

/// The error is the claim that does not hold.
fn judge_times(claims: &Claims<SignedUserInfo>, now: u64) -> Result<(), &'static str> {
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let [expiration, not_before] =
        [&claims.expiration, &claims.not_before].map(|time| time.map(|time| time.timestamp()));
    if expiration.is_some_and(|at| now >= at.saturating_add(CLOCK_SKEW_SECONDS)) {
        return Err("exp");
    }
    match not_before.is_some_and(|at| at > now.saturating_add(CLOCK_SKEW_SECONDS)) {
        true => Err("nbf"),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::test_provider::{
        CLIENT, ISSUER, NOW, Signer, claims_with, issuer, key_set, oidc, verify,
    };
    use gatelet_core::secret::Secret;
    use serde_json::json;

    fn said() -> Value {
        json!({
            "iss": ISSUER, "aud": CLIENT, "sub": "248289761001",
            "email": "jane@example.com", "email_verified": true,
        })
    }

    fn judged(
        signed: &Secret,
        keys: &KeySet,
        algorithms: &[SigningAlgorithm],
    ) -> Result<VerifiedIdToken, Refusal> {
        let signer = Signer::es256("k1");
        let bare = signer.sign(&claims_with("email", Value::Null));
        let token = verify(&bare, &key_set(&[&signer])).expect("a token");
        let expected = ExpectedSigned {
            keys,
            issuer: &issuer(),
            client_id: CLIENT,
            algorithms,
            now: NOW,
        };
        let body = signed.expose().as_bytes();
        complete_signed(token, &oidc().claims, 200, body, &expected)
    }

    #[test]
    fn what_the_provider_signed_for_us_is_read() {
        let signer = Signer::es256("k1");
        let keys = key_set(&[&signer]);
        for (name, value) in [
            ("name", json!("Jane")),
            ("aud", json!([CLIENT, "other"])),
            ("exp", json!(NOW - 59)),
            ("nbf", json!(NOW + 60)),
        ] {
            let mut claims = said();
            claims[name] = value;
            let token = judged(&signer.sign(&claims), &keys, &SigningAlgorithm::ALL);
            let rules = oidc().claims;
            assert!(!token.expect("theirs").is_incomplete(&rules), "{claims}");
        }
    }

    #[test]
    fn a_signed_answer_that_is_not_the_providers_for_us_about_this_person_is_no_use() {
        let signer = Signer::es256("k1");
        let keys = key_set(&[&signer]);
        let refused = |signed: &Secret, algorithms: &[SigningAlgorithm]| {
            judged(signed, &keys, algorithms).map_err(|refusal| refusal.code)
        };
        for (name, value) in [
            ("iss", json!("https://evil.example")),
            ("iss", json!("https://id.example/")),
            ("iss", Value::Null),
            ("aud", json!("other")),
            ("aud", json!([])),
            ("aud", Value::Null),
            ("exp", json!(NOW - 60)),
            ("nbf", json!(NOW + 61)),
            ("sub", Value::Null),
        ] {
            let mut claims = said();
            claims[name] = value;
            let refused = refused(&signer.sign(&claims), &SigningAlgorithm::ALL);
            assert_eq!(refused, Err(RefusalCode::UserInfoMalformed), "{claims}");
        }
        let mut other = said();
        other["sub"] = "somebody else".into();
        assert_eq!(
            refused(&signer.sign(&other), &SigningAlgorithm::ALL),
            Err(RefusalCode::UserInfoSubject)
        );
        let good = signer.sign(&said());
        let broken = Secret::new(good.expose().replace('.', ".A"));
        let none = json!({"alg": "none"});
        let unsigned = signer.sign_under(&none, &said());
        let (head, _) = unsigned.expose().rsplit_once('.').expect("parts");
        let unsigned = Secret::new(format!("{head}."));
        let elsewhere = Signer::rs256("k1").sign(&said());
        for (what, signed) in [
            ("a broken signature", &broken),
            ("no signature", &unsigned),
            ("another key of that name", &elsewhere),
            ("plain JSON", &Secret::new(said().to_string())),
        ] {
            let refused = refused(signed, &SigningAlgorithm::ALL).map(drop);
            assert!(refused.is_err(), "{what}");
        }
        assert_eq!(
            refused(&good, &[SigningAlgorithm::Rs256]),
            Err(RefusalCode::UserInfoMalformed),
            "an algorithm that its ID tokens have not"
        );
        let unknown = Signer::es256("k2").sign(&said());
        assert_eq!(
            refused(&unknown, &SigningAlgorithm::ALL),
            Err(RefusalCode::IdTokenKeyUnknown),
            "worth newer keys"
        );
    }

    #[test]
    fn a_signed_answer_is_known_by_its_content_type() {
        for (content_type, expected) in [
            ("application/jwt", true),
            ("Application/JWT; charset=utf-8", true),
            ("application/json", false),
            ("text/jwt", false),
            ("", false),
        ] {
            assert_eq!(is_signed(content_type), expected, "{content_type}");
        }
    }
}
