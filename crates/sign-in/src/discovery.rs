//! Where are an issuer's endpoints, and does it offer what we need? Judges the
//! document at `<issuer>/.well-known/openid-configuration`.

use serde::Deserialize;

use crate::authorization::{Endpoints, IssuerParameter};
use crate::endpoint::{EndpointUrl, Issuer};
use crate::endpoint_hosts::may_be_at;
use crate::preset::known;
use crate::provider::{OpenIdConnect, PkceRule, ResponseMode, SigningAlgorithm, TokenEndpointAuth};
use crate::refusal::{Refusal, RefusalCode, quoted};
use crate::userinfo::{essence, may_be_json};

/// Longest document, in bytes.
pub const DISCOVERY_MAX_BYTES: usize = 256 * 1024;
/// How long a document is used before it is fetched again.
pub const DISCOVERY_MAX_AGE_SECONDS: u64 = 3600;

/// An issuer's metadata (OpenID Connect Discovery 1.0 §3), as far as we use it:
/// proof that the document is this issuer's, that its endpoints are https, and that
/// they are where this issuer's may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderMetadata {
    /// The issuer as it spells itself: what tokens must say, byte by byte.
    pub issuer: Issuer,
    /// What an ID token may be signed with.
    pub algorithms: Vec<SigningAlgorithm>,
    /// Where the requests go.
    pub endpoints: Endpoints,
    /// Where the keys are.
    pub jwks_uri: EndpointUrl,
    /// Where the claims are that the ID token has not.
    pub userinfo: Option<EndpointUrl>,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    scopes_supported: Option<Vec<String>>,
    claims_supported: Option<Vec<String>>,
    response_types_supported: Option<Vec<String>>,
    grant_types_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    response_modes_supported: Option<Vec<String>>,
    prompt_values_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl ProviderMetadata {
    /// Judges the answer to `GET` [`OpenIdConnect::discovery_url`], redirects not
    /// followed.
    ///
    /// OpenID Connect Discovery 1.0 §4.3: `issuer` must be the configured one
    /// ([`Issuer::is_said`]), and what it says is what tokens must say. What the document
    /// does not list is given the standard's default; a list of PKCE methods that lacks
    /// S256 is refused, no list is not, because many providers support PKCE and do not
    /// say so.
    pub fn judge(
        wanted: &OpenIdConnect,
        status: u16,
        content_type: &str,
        body: &[u8],
    ) -> Result<Self, Refusal> {
        let malformed = |detail: String| {
            Refusal::new(
                RefusalCode::DiscoveryMalformed,
                format!("{}: {detail}", wanted.discovery_url()),
            )
        };
        if status != 200 {
            return Err(malformed(format!("answered {status}")));
        }
        if body.len() > DISCOVERY_MAX_BYTES {
            return Err(malformed(format!("{} bytes", body.len())));
        }
        // Its name ends in nothing that a server of files would know the type by.
        let is_file = essence(content_type) == "application/octet-stream";
        if !may_be_json(content_type) && !is_file {
            return Err(malformed(format!(
                "is not JSON but {}",
                quoted(content_type)
            )));
        }
        let document: Document =
            serde_json::from_slice(body).map_err(|error| malformed(quoted(&error.to_string())))?;
        let said = Issuer::parse(&document.issuer).ok();
        let Some(issuer) = said.filter(|said| wanted.issuer.is_said(said)) else {
            return Err(Refusal::new(
                RefusalCode::DiscoveryIssuerMismatch,
                format!(
                    "expected {}, got {}",
                    wanted.issuer,
                    quoted(&document.issuer)
                ),
            ));
        };
        document.judge(issuer, wanted)
    }
}

impl Document {
    fn judge(self, issuer: Issuer, wanted: &OpenIdConnect) -> Result<ProviderMetadata, Refusal> {
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
        match wanted.pkce {
            PkceRule::S256 => supports(
                &self.code_challenge_methods_supported,
                "code_challenge_methods_supported",
                "S256",
            )?,
            PkceRule::Without => {}
        }
        if wanted.response_mode == ResponseMode::FormPost {
            let name = "response_modes_supported";
            supports(&self.response_modes_supported, name, "form_post")?;
        }
        let algorithms = self.algorithms(wanted)?;
        let token_auth = self.token_auth(wanted)?;
        let issuer_parameter = match self.authorization_response_iss_parameter_supported {
            // Which tenant's it is, the token alone can say.
            _ if issuer.is_of_tenants() => IssuerParameter::Ignored,
            true => IssuerParameter::Required(issuer.clone()),
            false => IssuerParameter::Optional(issuer.clone()),
        };
        let endpoint = |name: &str, text: &str| endpoint(wanted, name, text);
        Ok(ProviderMetadata {
            algorithms,
            endpoints: Endpoints {
                authorization: endpoint("authorization_endpoint", &self.authorization_endpoint)?,
                token: endpoint("token_endpoint", &self.token_endpoint)?,
                token_auth,
                // Nobody signs in by these: one that may not be asked is none.
                revocation: self
                    .revocation_endpoint
                    .as_deref()
                    .and_then(|url| endpoint("revocation_endpoint", url).ok()),
                end_session: self
                    .end_session_endpoint
                    .as_deref()
                    .and_then(|url| endpoint("end_session_endpoint", url).ok()),
                offers_offline_access: self
                    .scopes_supported
                    .as_ref()
                    .is_none_or(|listed| listed.iter().any(|scope| scope == "offline_access")),
                says_auth_time: self
                    .claims_supported
                    .as_ref()
                    .is_some_and(|listed| listed.iter().any(|claim| claim == "auth_time")),
                issuer_parameter,
                account_prompt: self.account_prompt(&issuer),
            },
            jwks_uri: endpoint("jwks_uri", &self.jwks_uri)?,
            userinfo: self
                .userinfo_endpoint
                .as_deref()
                .map(|url| endpoint("userinfo_endpoint", url))
                .transpose()?,
            issuer,
        })
    }

    /// Those that are configured, where the issuer lists one of them; else those that it
    /// lists and we can verify. Where it lists none, the one that it must offer
    /// (OpenID Connect Core 1.0 §15.1).
    fn algorithms(&self, wanted: &OpenIdConnect) -> Result<Vec<SigningAlgorithm>, Refusal> {
        let configured = wanted.algorithms.clone();
        let Some(listed) = &self.id_token_signing_alg_values_supported else {
            return Ok(configured.unwrap_or_else(|| vec![SigningAlgorithm::Rs256]));
        };
        let is_listed =
            |algorithm: &SigningAlgorithm| listed.iter().any(|name| name == algorithm.as_str());
        let known = configured.unwrap_or_else(|| SigningAlgorithm::ALL.to_vec());
        let common: Vec<_> = known.into_iter().filter(is_listed).collect();
        match common.is_empty() {
            false => Ok(common),
            true => Err(unsupported(
                "id_token_signing_alg_values_supported has none of the configured algorithms, or none that can be verified",
            )),
        }
    }

    /// How to have the visitor choose the account (OpenID Connect Core 1.0 §3.1.2.1): by
    /// signing in again where the provider is not known to offer a choice. Some answer
    /// with an error what they do not offer, and few say what they do.
    fn account_prompt(&self, issuer: &Issuer) -> &'static str {
        let offers_choice = match &self.prompt_values_supported {
            Some(listed) => listed.iter().any(|value| value == "select_account"),
            None => known::offers_accounts(issuer),
        };
        if offers_choice {
            "select_account"
        } else {
            "login"
        }
    }

    fn token_auth(&self, wanted: &OpenIdConnect) -> Result<TokenEndpointAuth, Refusal> {
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

fn endpoint(wanted: &OpenIdConnect, name: &str, text: &str) -> Result<EndpointUrl, Refusal> {
    let url = EndpointUrl::parse(text).map_err(|error| {
        Refusal::new(
            RefusalCode::DiscoveryEndpointInsecure,
            format!("{name} {error}: {}", quoted(text)),
        )
    })?;
    // Where the operator has us look for the document, its endpoints may be too.
    let is_beside = url.host() == wanted.discovery_url().host();
    match is_beside || may_be_at(&wanted.issuer, &wanted.endpoint_hosts, &url.host()) {
        true => Ok(url),
        false => Err(Refusal::new(
            RefusalCode::DiscoveryEndpointElsewhere,
            format!(
                "{name} is at {}, which is not the site of {}: if that is right, write it into the provider\u{2019}s `endpoint_hosts`",
                quoted(&url.host()),
                wanted.issuer
            ),
        )),
    }
}

fn unsupported(detail: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::DiscoveryUnsupported, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::test_provider::{ISSUER, discover, document, issuer, oidc, padded};
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
    fn endpoints_are_on_the_issuers_site_or_where_it_is_written_down() {
        for name in [
            "authorization_endpoint",
            "token_endpoint",
            "jwks_uri",
            "userinfo_endpoint",
        ] {
            for (host, expected) in [
                ("id.example", true),
                ("ID.example:8443", true),
                ("a.id.example", true),
                ("listed.elsewhere.example", true),
                ("elsewhere.example", false),
                ("id.example.evil.test", false),
                ("evilid.example", false),
                ("10.0.0.1", false),
                ("169.254.169.254", false),
                ("192.0.2.7", false),
                ("[fe80::1]", false),
                ("localhost", false),
                ("metadata.google.internal", false),
            ] {
                let document = with(name, format!("https://{host}/x").into()).to_string();
                let wanted = OpenIdConnect {
                    endpoint_hosts: vec!["listed.elsewhere.example".into()],
                    ..oidc()
                };
                let judged =
                    ProviderMetadata::judge(&wanted, 200, "application/json", document.as_bytes());
                let code = judged.map(drop).map_err(|refusal| refusal.code);
                let elsewhere = Err(RefusalCode::DiscoveryEndpointElsewhere);
                assert_eq!(
                    code,
                    if expected { Ok(()) } else { elsewhere },
                    "{name} {host}"
                );
            }
        }
    }

    #[test]
    fn tokens_are_signed_by_what_is_listed_and_can_be_verified() {
        use SigningAlgorithm::{EdDsa, Es256, Es384, Ps256, Rs256, Rs512};
        for (listed, configured, expected) in [
            (json!(["RS256"]), None, Ok(vec![Rs256])),
            (
                json!(["none", "HS256", "ES384", "PS256"]),
                None,
                Ok(vec![Ps256, Es384]),
            ),
            (json!(["EdDSA", "RS512"]), None, Ok(vec![Rs512, EdDsa])),
            (
                json!(["HS256", "none"]),
                None,
                Err(RefusalCode::DiscoveryUnsupported),
            ),
            (
                json!(["RS256", "ES256"]),
                Some(vec![Es256]),
                Ok(vec![Es256]),
            ),
            (
                json!(["RS256"]),
                Some(vec![Es256]),
                Err(RefusalCode::DiscoveryUnsupported),
            ),
            (Value::Null, None, Ok(vec![Rs256])),
            (Value::Null, Some(vec![Es256]), Ok(vec![Es256])),
        ] {
            let document = with("id_token_signing_alg_values_supported", listed.clone());
            let wanted = OpenIdConnect {
                algorithms: configured,
                ..oidc()
            };
            let judged = ProviderMetadata::judge(
                &wanted,
                200,
                "application/json",
                document.to_string().as_bytes(),
            );
            let algorithms = judged.map(|metadata| metadata.algorithms);
            assert_eq!(
                algorithms.map_err(|refusal| refusal.code),
                expected,
                "{listed}"
            );
        }
    }

    #[test]
    fn an_issuer_is_configured_in_any_case_of_its_host_and_says_its_own() {
        for (configured, said, expected) in [
            ("https://id.example", "https://ID.example", false),
            ("https://ID.example", "https://ID.example", true),
            ("https://ID.example", "https://id.example", true),
            ("HTTPS://ID.example/T", "https://id.example/T", true),
            ("https://id.example/t", "https://id.example/T", false),
            ("https://id.example", "https://id.example/", false),
            ("https://id.example", "https://id.example:443", false),
        ] {
            let document = with("issuer", said.into()).to_string();
            let wanted = OpenIdConnect::at(Issuer::parse(configured).expect("an issuer"));
            let judged =
                ProviderMetadata::judge(&wanted, 200, "application/json", document.as_bytes());
            let spelt = judged.map(|metadata| metadata.issuer.as_str().to_owned());
            let mismatch = Err(RefusalCode::DiscoveryIssuerMismatch);
            assert_eq!(
                spelt.map_err(|refusal| refusal.code),
                if expected {
                    Ok(said.to_owned())
                } else {
                    mismatch
                },
                "{configured} {said}"
            );
        }
    }

    #[test]
    fn a_prompt_for_another_account_is_one_that_the_provider_knows() {
        for (listed, expected) in [
            (Value::Null, "login"),
            (json!(["none", "select_account"]), "select_account"),
            (json!(["none", "login", "consent"]), "login"),
        ] {
            let metadata = discover(&with("prompt_values_supported", listed)).expect("a document");
            assert_eq!(metadata.endpoints.account_prompt, expected);
        }
    }

    #[test]
    fn answers_that_are_no_documents_are_refused() {
        let (wanted, body) = (&oidc(), document().to_string());
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
        for file in ["application/octet-stream", "text/plain; charset=utf-8"] {
            let judged = ProviderMetadata::judge(wanted, 200, file, body.as_bytes());
            assert!(judged.is_ok(), "{file}");
        }
        let largest = padded(&body, 256 * 1024);
        let judged = ProviderMetadata::judge(wanted, 200, "application/json", largest.as_bytes());
        assert!(judged.is_ok(), "as large as may be");
    }

    #[test]
    fn a_form_posted_back_is_wanted_of_those_that_can_alone() {
        let modes = |modes: Value| with("response_modes_supported", modes).to_string();
        let [lacking, listed] = [json!(["query"]), json!(["query", "form_post"])].map(modes);
        for (mode, body, code) in [
            (ResponseMode::Query, &lacking, None),
            (ResponseMode::FormPost, &listed, None),
            (
                ResponseMode::FormPost,
                &lacking,
                Some(RefusalCode::DiscoveryUnsupported),
            ),
        ] {
            let wanted = OpenIdConnect {
                response_mode: mode,
                ..oidc()
            };
            let judged = ProviderMetadata::judge(&wanted, 200, "application/json", body.as_bytes());
            let refused = judged.err().map(|refusal| refusal.code);
            assert_eq!(refused, code, "{mode:?} {body}");
        }
    }

    #[test]
    fn whose_answer_it_is_where_tenants_share_an_issuer_the_token_says() {
        let template = Issuer::parse("https://id.example/{tenantid}").expect("an issuer");
        let (wanted, own) = (OpenIdConnect::at(template), issuer());
        for (issuer, wanted, expected) in [
            (
                "https://id.example/{tenantid}",
                &wanted,
                IssuerParameter::Ignored,
            ),
            (ISSUER, &oidc(), IssuerParameter::Required(own.clone())),
        ] {
            let mut document = with(
                "authorization_response_iss_parameter_supported",
                json!(true),
            );
            document["issuer"] = issuer.into();
            let body = document.to_string();
            let judged = ProviderMetadata::judge(wanted, 200, "application/json", body.as_bytes());
            let endpoints = judged.expect("a document").endpoints;
            assert_eq!(endpoints.issuer_parameter, expected, "{issuer}");
        }
    }

    #[test]
    fn what_is_configured_wins_over_what_is_listed() {
        let body = with(
            "token_endpoint_auth_methods_supported",
            json!(["client_secret_basic"]),
        )
        .to_string();
        let wanted = OpenIdConnect {
            token_endpoint_auth: Some(TokenEndpointAuth::Post),
            ..oidc()
        };
        let metadata = ProviderMetadata::judge(&wanted, 200, "application/json", body.as_bytes())
            .expect("a document");
        assert_eq!(metadata.endpoints.token_auth, TokenEndpointAuth::Post);
    }

    proptest! {
        #[test]
        fn any_body_is_answered(body in ".{0,300}") {
            prop_assert!(ProviderMetadata::judge(&oidc(), 200, "application/json", body.as_bytes()).is_err());
        }
    }
}
