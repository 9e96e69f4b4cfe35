//! Where are an issuer's endpoints, and does it offer what we need? Judges the
//! document at `<issuer>/.well-known/openid-configuration`.

use serde::Deserialize;

use crate::authorization::{Endpoints, IssuerParameter};
use crate::endpoint::{EndpointUrl, Issuer};
use crate::provider::{SigningAlgorithm, TokenEndpointAuth};
use crate::refusal::{Refusal, RefusalCode, quoted};
use crate::userinfo::is_json;

/// Longest document, in bytes.
pub const DISCOVERY_MAX_BYTES: usize = 256 * 1024;
/// How long a document is used before it is fetched again.
pub const DISCOVERY_MAX_AGE_SECONDS: u64 = 3600;

/// An issuer's metadata (OpenID Connect Discovery 1.0 §3), as far as we use it:
/// proof that the document is this issuer's and that its endpoints are https.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderMetadata {
    /// Where the requests go.
    pub endpoints: Endpoints,
    /// Where the keys are.
    pub jwks_uri: EndpointUrl,
    /// Where the claims are that the ID token has not.
    pub userinfo: Option<EndpointUrl>,
}

/// What the operator configured for the provider.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Whose document it must be.
    pub issuer: &'a Issuer,
    /// Signature algorithms that we accept.
    pub algorithms: &'a [SigningAlgorithm],
    /// How to say who we are at the token endpoint, where configured.
    pub token_endpoint_auth: Option<TokenEndpointAuth>,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    response_types_supported: Option<Vec<String>>,
    grant_types_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl ProviderMetadata {
    /// Judges the answer to `GET` [`Issuer::discovery_url`], redirects not followed.
    ///
    /// OpenID Connect Discovery 1.0 §4.3: `issuer` must be exactly the configured
    /// one. What the document does not list is given the standard's default;
    /// a list of PKCE methods that lacks S256 is refused, no list is not, because
    /// many providers support PKCE and do not say so.
    pub fn judge(
        wanted: Wanted<'_>,
        status: u16,
        content_type: &str,
        body: &[u8],
    ) -> Result<Self, Refusal> {
        let malformed = |detail: String| {
            Refusal::new(
                RefusalCode::DiscoveryMalformed,
                format!("{}: {detail}", wanted.issuer.discovery_url()),
            )
        };
        if status != 200 {
            return Err(malformed(format!("answered {status}")));
        }
        if body.len() > DISCOVERY_MAX_BYTES {
            return Err(malformed(format!("{} bytes", body.len())));
        }
        if !is_json(content_type) {
            return Err(malformed(format!(
                "is not JSON but {}",
                quoted(content_type)
            )));
        }
        let document: Document =
            serde_json::from_slice(body).map_err(|error| malformed(quoted(&error.to_string())))?;
        if document.issuer != wanted.issuer.as_str() {
            return Err(Refusal::new(
                RefusalCode::DiscoveryIssuerMismatch,
                format!(
                    "expected {}, got {}",
                    wanted.issuer,
                    quoted(&document.issuer)
                ),
            ));
        }
        document.judge(wanted)
    }
}

impl Document {
    fn judge(self, wanted: Wanted<'_>) -> Result<ProviderMetadata, Refusal> {
        // Discovery §3: the default is what an absent list means.
        supports(
            &self.response_types_supported,
            "response_types_supported",
            "code",
        )?;
        supports(
            &self.grant_types_supported,
            "grant_types_supported",
            "authorization_code",
        )?;
        supports(
            &self.code_challenge_methods_supported,
            "code_challenge_methods_supported",
            "S256",
        )?;
        if let Some(listed) = &self.id_token_signing_alg_values_supported
            && !wanted
                .algorithms
                .iter()
                .any(|algorithm| listed.iter().any(|name| name == algorithm.as_str()))
        {
            return Err(unsupported(
                "id_token_signing_alg_values_supported has none of the configured algorithms",
            ));
        }
        let token_auth = self.token_auth(wanted)?;
        let issuer_parameter = match self.authorization_response_iss_parameter_supported {
            true => IssuerParameter::Required(wanted.issuer.clone()),
            false => IssuerParameter::Optional(wanted.issuer.clone()),
        };
        Ok(ProviderMetadata {
            endpoints: Endpoints {
                authorization: endpoint("authorization_endpoint", &self.authorization_endpoint)?,
                token: endpoint("token_endpoint", &self.token_endpoint)?,
                token_auth,
                issuer_parameter,
            },
            jwks_uri: endpoint("jwks_uri", &self.jwks_uri)?,
            userinfo: self
                .userinfo_endpoint
                .as_deref()
                .map(|url| endpoint("userinfo_endpoint", url))
                .transpose()?,
        })
    }

    fn token_auth(&self, wanted: Wanted<'_>) -> Result<TokenEndpointAuth, Refusal> {
        if let Some(configured) = wanted.token_endpoint_auth {
            return Ok(configured);
        }
        let Some(listed) = &self.token_endpoint_auth_methods_supported else {
            // Discovery §3: client_secret_basic where nothing is listed.
            return Ok(TokenEndpointAuth::Basic);
        };
        [TokenEndpointAuth::Basic, TokenEndpointAuth::Post]
            .into_iter()
            .find(|method| listed.iter().any(|name| name == method.as_str()))
            .ok_or_else(|| unsupported("token_endpoint_auth_methods_supported has neither client_secret_basic nor client_secret_post"))
    }
}

fn supports(listed: &Option<Vec<String>>, name: &str, needed: &str) -> Result<(), Refusal> {
    match listed {
        Some(values) if !values.iter().any(|value| value == needed) => {
            Err(unsupported(format!("{name} lacks `{needed}`")))
        }
        Some(_) | None => Ok(()),
    }
}

fn endpoint(name: &str, text: &str) -> Result<EndpointUrl, Refusal> {
    EndpointUrl::parse(text).map_err(|error| {
        Refusal::new(
            RefusalCode::DiscoveryEndpointInsecure,
            format!("{name} {error}: {}", quoted(text)),
        )
    })
}

fn unsupported(detail: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::DiscoveryUnsupported, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::test_provider::{discover, document, issuer};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn with(name: &str, value: Value) -> Value {
        let mut document = document();
        let all = document.as_object_mut().expect("an object");
        match value {
            Value::Null => drop(all.remove(name)),
            value => drop(all.insert(name.to_owned(), value)),
        }
        document
    }

    #[test]
    fn what_a_document_leaves_out_has_the_standards_default() {
        for name in [
            "response_types_supported",
            "code_challenge_methods_supported",
            "id_token_signing_alg_values_supported",
            "userinfo_endpoint",
        ] {
            assert!(discover(&with(name, Value::Null)).is_ok(), "{name}");
        }
        let metadata = discover(&document()).expect("a document");
        assert_eq!(metadata.endpoints.token_auth, TokenEndpointAuth::Basic);
        assert_eq!(
            metadata.endpoints.issuer_parameter,
            IssuerParameter::Optional(issuer())
        );
        let metadata = discover(&with(
            "authorization_response_iss_parameter_supported",
            true.into(),
        ))
        .expect("a document");
        assert_eq!(
            metadata.endpoints.issuer_parameter,
            IssuerParameter::Required(issuer())
        );
    }

    #[test]
    fn documents_that_do_not_serve_are_refused() {
        for (name, value, expected) in [
            ("issuer", Value::Null, RefusalCode::DiscoveryMalformed),
            ("issuer", 5.into(), RefusalCode::DiscoveryMalformed),
            (
                "authorization_endpoint",
                Value::Null,
                RefusalCode::DiscoveryMalformed,
            ),
            (
                "token_endpoint",
                Value::Null,
                RefusalCode::DiscoveryMalformed,
            ),
            ("jwks_uri", Value::Null, RefusalCode::DiscoveryMalformed),
            (
                "authorization_endpoint",
                "http://id.example/authorize".into(),
                RefusalCode::DiscoveryEndpointInsecure,
            ),
            (
                "authorization_endpoint",
                "javascript:alert(1)".into(),
                RefusalCode::DiscoveryEndpointInsecure,
            ),
            (
                "token_endpoint",
                "http://169.254.169.254/latest".into(),
                RefusalCode::DiscoveryEndpointInsecure,
            ),
            (
                "token_endpoint",
                "//id.example/token".into(),
                RefusalCode::DiscoveryEndpointInsecure,
            ),
            (
                "jwks_uri",
                "file:///etc/passwd".into(),
                RefusalCode::DiscoveryEndpointInsecure,
            ),
            (
                "jwks_uri",
                "https://user:pass@id.example/jwks".into(),
                RefusalCode::DiscoveryEndpointInsecure,
            ),
            (
                "userinfo_endpoint",
                "ftp://id.example/".into(),
                RefusalCode::DiscoveryEndpointInsecure,
            ),
            (
                "response_types_supported",
                json!(["id_token"]),
                RefusalCode::DiscoveryUnsupported,
            ),
            (
                "grant_types_supported",
                json!(["implicit"]),
                RefusalCode::DiscoveryUnsupported,
            ),
            (
                "code_challenge_methods_supported",
                json!(["plain"]),
                RefusalCode::DiscoveryUnsupported,
            ),
            (
                "code_challenge_methods_supported",
                json!([]),
                RefusalCode::DiscoveryUnsupported,
            ),
            (
                "id_token_signing_alg_values_supported",
                json!(["HS256", "none"]),
                RefusalCode::DiscoveryUnsupported,
            ),
            (
                "token_endpoint_auth_methods_supported",
                json!(["private_key_jwt"]),
                RefusalCode::DiscoveryUnsupported,
            ),
        ] {
            let refusal = discover(&with(name, value.clone())).expect_err(name);
            assert_eq!(refusal.code, expected, "{name} {value}");
        }
    }

    #[test]
    fn answers_that_are_no_documents_are_refused() {
        let (issuer, body) = (issuer(), document().to_string());
        let wanted = Wanted {
            issuer: &issuer,
            algorithms: &SigningAlgorithm::ALL,
            token_endpoint_auth: None,
        };
        let large = format!("{body}{}", " ".repeat(DISCOVERY_MAX_BYTES));
        for (case, status, content_type, body) in [
            ("an error", 404, "application/json", body.as_str()),
            ("a redirect", 302, "application/json", &body),
            ("a page", 200, "text/html", &body),
            ("too large", 200, "application/json", &large),
            ("nothing", 200, "application/json", ""),
            ("no object", 200, "application/json", "[]"),
            ("too deep", 200, "application/json", &"[".repeat(100_000)),
        ] {
            let refusal = ProviderMetadata::judge(wanted, status, content_type, body.as_bytes())
                .expect_err(case);
            assert_eq!(refusal.code, RefusalCode::DiscoveryMalformed, "{case}");
        }
    }

    #[test]
    fn what_is_configured_wins_over_what_is_listed() {
        let (issuer, body) = (
            issuer(),
            with(
                "token_endpoint_auth_methods_supported",
                json!(["client_secret_basic"]),
            )
            .to_string(),
        );
        let wanted = Wanted {
            issuer: &issuer,
            algorithms: &SigningAlgorithm::ALL,
            token_endpoint_auth: Some(TokenEndpointAuth::Post),
        };
        let metadata = ProviderMetadata::judge(wanted, 200, "application/json", body.as_bytes())
            .expect("a document");
        assert_eq!(metadata.endpoints.token_auth, TokenEndpointAuth::Post);
    }

    proptest! {
        #[test]
        fn any_body_is_answered(body in ".{0,300}") {
            let issuer = issuer();
            let wanted = Wanted { issuer: &issuer, algorithms: &SigningAlgorithm::ALL, token_endpoint_auth: None };
            prop_assert!(ProviderMetadata::judge(wanted, 200, "application/json", body.as_bytes()).is_err());
        }
    }
}
