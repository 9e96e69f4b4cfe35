//! Does a provider say that a session there is over? Its logout token, verified as OpenID
//! Connect Back-Channel Logout 1.0 §2.6 has it, and what it says in the browser instead
//! (Front-Channel Logout 1.0 §2).

use jwt_compact::Claims;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::endpoint::Issuer;
use crate::id_token::{CLOCK_SKEW_SECONDS, Issued, authentic_claims, is_name, judge_times};
use crate::jwks::KeySet;
use crate::provider::{OpenIdConnect, Provider, ProviderKind, SigningAlgorithm};
use crate::refusal::{Refusal, RefusalCode};
use gatelet_core::secret::Secret;

/// The field that it comes in.
pub const FIELD: &str = "logout_token";
/// The event that it tells of.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Its `typ`; older providers say what all tokens say.
const TYPES: &[&str] = &["logout+jwt", "jwt"];

/// What is over at a provider: at least one of account and session is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Over {
    /// By which the provider's accounts go.
    pub issuer: String,
    /// Whose account. None where any may be meant.
    pub subject: Option<String>,
    /// What the provider calls its session. None where all of the account are meant.
    pub session: Option<String>,
}

/// What the token must say.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Whose it is.
    pub provider: &'a Provider,
    /// What is configured of it.
    pub oidc: &'a OpenIdConnect,
    /// The issuer as it spells itself.
    pub issuer: &'a Issuer,
    /// What it may be signed with.
    pub algorithms: &'a [SigningAlgorithm],
    /// The time, in Unix seconds.
    pub now: u64,
}

/// A logout token that passed every step of [`VerifiedLogoutToken::verify`], but that it is
/// the first with its `jti`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedLogoutToken {
    over: Over,
    digest: [u8; 32],
    expires: u64,
}

#[derive(Clone, Deserialize)]
struct LogoutClaims {
    #[serde(flatten)]
    issued: Issued,
    sub: Option<String>,
    sid: Option<String>,
    jti: Option<String>,
    events: Option<Map<String, Value>>,
    nonce: Option<Value>,
}

impl VerifiedLogoutToken {
    /// Verifies a token that a provider has posted.
    ///
    /// The steps of §2.6: it is signed like an ID token (1, 2), `iss`, `aud`, `iat` and `exp`
    /// are judged like one's (3), `sub` or `sid` is there (4), `events` tells of a logout (5),
    /// and there is no `nonce`, by which it cannot be an ID token (6). That nobody has used
    /// its `jti` before (7) is for whoever keeps [`digest`](Self::digest) until
    /// [`expires`](Self::expires).
    pub fn verify(token: &Secret, keys: &KeySet, expected: &Expected<'_>) -> Result<Self, Refusal> {
        let malformed = |detail: &str| Refusal::new(RefusalCode::LogoutTokenMalformed, detail);
        let (claims, _) =
            authentic_claims::<LogoutClaims>(token.expose(), TYPES, keys, expected.algorithms)?;
        let custom = &claims.custom;
        let tenant_issuer = custom.issued.judge(expected.oidc, expected.issuer)?;
        custom.issued.judge_audience(&expected.provider.client_id)?;
        judge_times(&claims, expected.now)?;
        let event = custom.events.as_ref().and_then(|events| events.get(EVENT));
        if !event.is_some_and(Value::is_object) {
            return Err(malformed("events tells of no logout"));
        }
        if custom.nonce.is_some() {
            return Err(malformed("it has a nonce"));
        }
        let (subject, session) = (custom.sub.clone(), custom.sid.clone());
        let are_names = subject.iter().chain(&session).all(|name| is_name(name));
        if !are_names || (subject.is_none() && session.is_none()) {
            return Err(malformed("neither sub nor sid, or one that names nobody"));
        }
        let jti = custom.jti.as_deref().filter(|jti| is_name(jti));
        let jti = jti.ok_or_else(|| malformed("no jti"))?;
        let issuer = tenant_issuer.unwrap_or_else(|| expected.provider.account_issuer());
        Ok(Self {
            digest: Sha256::digest(format!("{issuer}\n{jti}")).into(),
            expires: expires(&claims, expected.now),
            over: Over {
                issuer,
                subject,
                session,
            },
        })
    }

    /// What is over.
    #[must_use]
    pub fn over(&self) -> &Over {
        &self.over
    }

    /// What to spend once in the store, so that the token works once.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// When it is void, in Unix seconds.
    #[must_use]
    pub fn expires(&self) -> u64 {
        self.expires
    }
}

fn expires(claims: &Claims<LogoutClaims>, now: u64) -> u64 {
    let said = claims.expiration.map_or(0, |at| at.timestamp());
    let last = said.saturating_add(CLOCK_SKEW_SECONDS);
    u64::try_from(last).unwrap_or(now)
}

impl Over {
    /// What a provider says in the browser: the parameters `iss` and `sid`. Nobody signs
    /// them. Whoever knows what a provider calls its session is the provider, or whose session
    /// it is. None where one is missing, or it is another issuer.
    #[must_use]
    pub fn in_browser(provider: &Provider, issuer: &str, session: &str) -> Option<Self> {
        let ProviderKind::OpenIdConnect(oidc) = &provider.kind else {
            return None;
        };
        let said = Issuer::parse(issuer).ok()?;
        let issuer = match oidc.issuer.is_of_tenants() {
            true => said.canonical().as_str().to_owned(),
            false => {
                let is_said = oidc.issuer.canonical() == said.canonical();
                is_said.then(|| provider.account_issuer())?
            }
        };
        is_name(session).then(|| Self {
            issuer,
            subject: None,
            session: Some(session.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::test_provider::{
        CLIENT, ISSUER, NOW, Signer, claims, key_set, oidc, provider, verify as verify_id_token,
    };
    use serde_json::json;

    fn logout_claims() -> Value {
        json!({
            "iss": ISSUER, "aud": CLIENT, "iat": NOW, "exp": NOW + 120, "jti": "j-1",
            "sub": "248289761001", "sid": "s-1", "events": { EVENT: {} },
        })
    }

    fn verify(token: &Secret, signer: &Signer) -> Result<VerifiedLogoutToken, Refusal> {
        let (provider, oidc) = (provider(), oidc());
        let expected = Expected {
            provider: &provider,
            oidc: &oidc,
            issuer: &oidc.issuer,
            algorithms: &SigningAlgorithm::ALL,
            now: NOW,
        };
        VerifiedLogoutToken::verify(token, &key_set(&[signer]), &expected)
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = logout_claims();
        let all = claims.as_object_mut().expect("an object");
        match value {
            Value::Null => drop(all.remove(name)),
            value => drop(all.insert(name.to_owned(), value)),
        }
        claims
    }

    #[test]
    fn a_logout_token_says_which_session_is_over() {
        let signer = Signer::es256("k1");
        for (name, subject, session) in [
            ("-", Some("248289761001"), Some("s-1")),
            ("sid", Some("248289761001"), None),
            ("sub", None, Some("s-1")),
        ] {
            let token = signer.sign(&with(name, Value::Null));
            let verified = verify(&token, &signer).expect("a logout token");
            let expected = Over {
                issuer: ISSUER.to_owned(),
                subject: subject.map(str::to_owned),
                session: session.map(str::to_owned),
            };
            assert_eq!(*verified.over(), expected);
            assert_eq!(verified.expires(), NOW + 120 + 60);
        }
        let of = |jti: &str| {
            let token = signer.sign(&with("jti", json!(jti)));
            verify(&token, &signer).expect("a logout token").digest()
        };
        assert_eq!(of("a"), of("a"));
        assert_ne!(of("a"), of("b"));
    }

    #[test]
    fn what_is_no_logout_token_ends_nothing() {
        let signer = Signer::es256("k1");
        for (name, value, expected) in [
            ("events", Value::Null, RefusalCode::LogoutTokenMalformed),
            ("events", json!({}), RefusalCode::LogoutTokenMalformed),
            (
                "events",
                json!({ EVENT: "x" }),
                RefusalCode::LogoutTokenMalformed,
            ),
            ("events", json!([EVENT]), RefusalCode::IdTokenMalformed),
            ("nonce", json!("n"), RefusalCode::LogoutTokenMalformed),
            ("jti", Value::Null, RefusalCode::LogoutTokenMalformed),
            ("jti", json!(""), RefusalCode::LogoutTokenMalformed),
            ("sid", json!(""), RefusalCode::LogoutTokenMalformed),
            ("sid", json!("a\u{7}"), RefusalCode::LogoutTokenMalformed),
            (
                "sub",
                json!("s".repeat(256)),
                RefusalCode::LogoutTokenMalformed,
            ),
            (
                "iss",
                json!("https://evil.example"),
                RefusalCode::IdTokenIssuer,
            ),
            ("iss", Value::Null, RefusalCode::IdTokenIssuer),
            ("aud", json!("client-2"), RefusalCode::IdTokenAudience),
            ("aud", Value::Null, RefusalCode::IdTokenAudience),
            ("iat", Value::Null, RefusalCode::IdTokenIssuedAt),
            ("iat", json!(NOW + 61), RefusalCode::IdTokenIssuedAt),
            ("exp", Value::Null, RefusalCode::IdTokenExpired),
            ("exp", json!(NOW - 60), RefusalCode::IdTokenExpired),
        ] {
            let token = signer.sign(&with(name, value.clone()));
            let refused = verify(&token, &signer).expect_err("refused").code;
            assert_eq!(refused, expected, "{name} {value}");
        }
        let mut nobody = with("sub", Value::Null);
        nobody.as_object_mut().expect("an object").remove("sid");
        let refused = verify(&signer.sign(&nobody), &signer);
        assert_eq!(
            refused.expect_err("refused").code,
            RefusalCode::LogoutTokenMalformed
        );
        let other = Signer::eddsa("k1");
        let refused = verify(&other.sign(&logout_claims()), &signer);
        assert!(refused.is_err(), "somebody else signed it");
    }

    #[test]
    fn neither_token_passes_for_the_other() {
        let signer = Signer::es256("k1");
        let id_token = signer.sign(&claims());
        assert!(verify_id_token(&id_token, &key_set(&[&signer])).is_ok());
        assert!(verify(&id_token, &signer).is_err());
        let logout_token = signer.sign(&logout_claims());
        assert!(verify(&logout_token, &signer).is_ok());
        assert!(verify_id_token(&logout_token, &key_set(&[&signer])).is_err());
    }

    #[test]
    fn a_browser_names_issuer_and_session() {
        let provider = provider();
        let over = Over::in_browser(&provider, ISSUER, "s-1").expect("what is over");
        assert_eq!(over.issuer, ISSUER);
        assert_eq!((over.subject, over.session.as_deref()), (None, Some("s-1")));
        for (issuer, session) in [
            ("https://evil.example", "s-1"),
            ("", "s-1"),
            (ISSUER, ""),
            (ISSUER, "a\n"),
            (ISSUER, &"s".repeat(256)),
        ] {
            assert_eq!(Over::in_browser(&provider, issuer, session), None);
        }
    }
}
