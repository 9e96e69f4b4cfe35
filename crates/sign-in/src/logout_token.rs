//! Does a provider say that a session there is over? Its logout token, verified as OpenID
//! Connect Back-Channel Logout 1.0 §2.6 has it, and what it says in the browser instead
//! (Front-Channel Logout 1.0 §2).

use serde::Deserialize;
use serde_json::{Map, Value};

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
/// How long after `iat` a token is good that has no `exp`: the standard wants one, and several
/// providers leave it out.
const WITHOUT_EXP_SECONDS: i64 = 120;

/// What is over at a provider: at least one of account and session is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Over {
    /// By which the provider's accounts go. None where any of this provider's is meant, which
    /// is of many and does not say which.
    pub issuer: Option<String>,
    /// Whose account. None where any may be meant.
    pub subject: Option<String>,
    /// What the provider calls its session. None where all of the account are meant.
    pub session: Option<String>,
    /// Until when those began that are over, in Unix seconds: what is said late ends nothing
    /// that began since.
    pub until: u64,
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

#[derive(Clone, Deserialize)]
struct LogoutClaims {
    #[serde(flatten)]
    issued: Issued,
    sub: Option<String>,
    sid: Option<String>,
    events: Option<Map<String, Value>>,
    nonce: Option<Value>,
}

impl Over {
    /// Verifies a token that a provider has posted.
    ///
    /// The steps of §2.6: it is signed like an ID token (1, 2), `iss`, `aud`, `iat` and `exp`
    /// are judged like one's (3), `sub` or `sid` is there (4), `events` tells of a logout (5),
    /// and there is no `nonce`, by which it cannot be an ID token (6). Whether its `jti` came
    /// before is not looked at: what has ended has, what began since stays, and a provider that
    /// got no answer may say it again.
    pub fn of_token(
        token: &Secret,
        keys: &KeySet,
        expected: &Expected<'_>,
    ) -> Result<Self, Refusal> {
        let malformed = |detail: &str| Refusal::new(RefusalCode::LogoutTokenMalformed, detail);
        let (claims, _) =
            authentic_claims::<LogoutClaims>(token.expose(), TYPES, keys, expected.algorithms)?;
        let custom = &claims.custom;
        let tenant_issuer = custom.issued.judge(expected.oidc, expected.issuer)?;
        custom.issued.judge_audience(&expected.provider.client_id)?;
        judge_times(&claims, Some(WITHOUT_EXP_SECONDS), expected.now)?;
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
        let issued_at = claims.issued_at.map_or(0, |at| at.timestamp());
        let until = issued_at.saturating_add(CLOCK_SKEW_SECONDS);
        Ok(Self {
            issuer: Some(tenant_issuer.unwrap_or_else(|| expected.provider.account_issuer())),
            subject,
            session,
            until: u64::try_from(until).unwrap_or(0),
        })
    }

    /// What a provider says in the browser at `now`: `sid`, and `iss`, which Microsoft Entra
    /// leaves out. Nobody signs them. Whoever knows what a provider calls its session is the
    /// provider, or whose session it is. None where that is missing, or `iss` is another's.
    #[must_use]
    pub fn in_browser(
        provider: &Provider,
        issuer: Option<&str>,
        session: &str,
        now: u64,
    ) -> Option<Self> {
        let ProviderKind::OpenIdConnect(oidc) = &provider.kind else {
            return None;
        };
        let issuer = match (issuer, oidc.issuer.is_of_tenants()) {
            (None, true) => None,
            (None, false) => Some(provider.account_issuer()),
            (Some(said), _) => Some(oidc.issuer_of_accounts(&Issuer::parse(said).ok()?)?),
        };
        is_name(session).then(|| Self {
            issuer,
            subject: None,
            session: Some(session.to_owned()),
            until: now,
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

    fn verify(token: &Secret, signer: &Signer) -> Result<Over, Refusal> {
        let (provider, oidc) = (provider(), oidc());
        let expected = Expected {
            provider: &provider,
            oidc: &oidc,
            issuer: &oidc.issuer,
            algorithms: &SigningAlgorithm::ALL,
            now: NOW,
        };
        Over::of_token(token, &key_set(&[signer]), &expected)
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
            let expected = Over {
                issuer: Some(ISSUER.to_owned()),
                subject: subject.map(str::to_owned),
                session: session.map(str::to_owned),
                until: NOW + 60,
            };
            assert_eq!(verify(&token, &signer), Ok(expected));
        }
        let without_exp = |iat: u64| {
            let mut claims = with("exp", Value::Null);
            claims["iat"] = json!(iat);
            verify(&signer.sign(&claims), &signer)
        };
        assert_eq!(without_exp(NOW - 179).expect("in time").until, NOW - 119);
        let refused = without_exp(NOW - 180).expect_err("too late");
        assert_eq!(refused.code, RefusalCode::IdTokenExpired);
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
    fn a_browser_names_the_session_and_perhaps_the_issuer() {
        let mut provider = provider();
        let said = |provider: &Provider, issuer, session| {
            let over = Over::in_browser(provider, issuer, session, NOW)?;
            assert_eq!((over.subject, over.until), (None, NOW));
            assert_eq!(over.session.as_deref(), Some(session));
            Some(over.issuer)
        };
        let (ours, too_long) = (Some(Some(ISSUER.to_owned())), "s".repeat(256));
        assert_eq!(said(&provider, Some(ISSUER), "s-1"), ours);
        assert_eq!(said(&provider, None, "s-1"), ours);
        for (issuer, session) in [
            (Some("https://evil.example"), "s-1"),
            (Some(""), "s-1"),
            (Some(ISSUER), ""),
            (None, ""),
            (None, "a\n"),
            (None, &too_long),
        ] {
            assert_eq!(said(&provider, issuer, session), None, "{issuer:?}");
        }
        let many = Issuer::parse("https://id.example/{tenantid}/v2.0").expect("an issuer");
        let mut oidc = oidc();
        (oidc.issuer, oidc.tenants) = (many, vec!["t-1".to_owned()]);
        provider.kind = ProviderKind::OpenIdConnect(Box::new(oidc));
        let one = "https://id.example/t-1/v2.0";
        assert_eq!(said(&provider, None, "s-1"), Some(None));
        assert_eq!(
            said(&provider, Some(one), "s-1"),
            Some(Some(one.to_owned()))
        );
        for other in [
            "https://id.example/t-2/v2.0",
            "https://id.example/t-1/x/v2.0",
            "https://evil.example/t-1/v2.0",
        ] {
            assert_eq!(said(&provider, Some(other), "s-1"), None, "{other}");
        }
    }
}
