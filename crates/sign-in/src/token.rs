//! How is the code exchanged, and what came back? The token request and the
//! judgement of its response.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use crate::attempt::Attempt;
use crate::authorization::Endpoints;
use crate::callback::AuthorizationCode;
use crate::endpoint::EndpointUrl;
use crate::provider::{PkceRule, Provider, TokenEndpointAuth};
use crate::refusal::{Refusal, RefusalCode, quoted};
use crate::userinfo::may_be_json;
use gatelet_core::secret::Secret;

/// Longest token response, in bytes.
pub const TOKEN_RESPONSE_MAX_BYTES: usize = 64 * 1024;
const ACCESS_TOKEN_MAX_BYTES: usize = 16 * 1024;

/// A `POST` to send as it is, redirects not followed.
#[derive(Debug)]
pub struct TokenRequest {
    /// The token endpoint.
    pub url: EndpointUrl,
    /// Value of the `Authorization` field, where there is to be one.
    pub authorization: Option<Secret>,
    /// The body, of type [`TokenRequest::CONTENT_TYPE`].
    pub body: Secret,
}

/// The tokens. Kept only where the operator asks for it: [`crate::provider_tokens`].
#[derive(Debug)]
pub struct TokenResponse {
    /// The bearer token.
    pub access_token: Secret,
    /// The ID token, unverified, where there is one.
    pub unverified_id_token: Option<Secret>,
    /// What the next access token is had for, where there is one (RFC 6749 §6).
    pub refresh_token: Option<Secret>,
    /// For how long the access token is good, where that is said (§5.1).
    pub expires_in_seconds: Option<u64>,
    /// What it is good for, where that is not what was asked for (§5.1).
    pub scope: Option<String>,
}

impl TokenRequest {
    /// Content type of the body.
    pub const CONTENT_TYPE: &'static str = "application/x-www-form-urlencoded";
    /// What to say in `Accept`: GitHub answers a form otherwise.
    pub const ACCEPT: &'static str = "application/json";

    /// Builds the request (RFC 6749 §4.1.3, RFC 7636 §4.5), `now` in Unix seconds. The
    /// redirect URI is the attempt's, as in the authorization request.
    #[must_use]
    pub fn new(
        provider: &Provider,
        endpoints: &Endpoints,
        code: &AuthorizationCode,
        attempt: &Attempt,
        now: u64,
    ) -> Self {
        let redirect_uri = attempt.redirect_uri(provider);
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code.secret().expose()),
            ("redirect_uri", &redirect_uri),
        ];
        match provider.pkce() {
            PkceRule::S256 => fields.push(("code_verifier", attempt.code_verifier().expose())),
            PkceRule::Without => {}
        }
        let (url, auth) = (&endpoints.token, endpoints.token_auth);
        Self::authenticated(provider, url, auth, fields, now)
    }

    /// The request for a new access token (RFC 6749 §6), of the scopes that were granted.
    #[must_use]
    pub fn refresh(
        provider: &Provider,
        endpoints: &Endpoints,
        refresh_token: &Secret,
        now: u64,
    ) -> Self {
        let fields = vec![
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.expose()),
        ];
        let (url, auth) = (&endpoints.token, endpoints.token_auth);
        Self::authenticated(provider, url, auth, fields, now)
    }

    /// The request by which a token is good no more (RFC 7009 §2.1); `hint` says which kind
    /// it is. None where the provider has no endpoint for that.
    #[must_use]
    pub fn revocation(
        provider: &Provider,
        endpoints: &Endpoints,
        token: &Secret,
        hint: &'static str,
        now: u64,
    ) -> Option<Self> {
        let url = endpoints.revocation.as_ref()?;
        let fields = vec![("token", token.expose()), ("token_type_hint", hint)];
        let auth = endpoints.token_auth;
        Some(Self::authenticated(provider, url, auth, fields, now))
    }

    /// With what says who we are (RFC 6749 §2.3.1).
    fn authenticated<'f>(
        provider: &'f Provider,
        url: &EndpointUrl,
        auth: TokenEndpointAuth,
        mut fields: Vec<(&'f str, &'f str)>,
        now: u64,
    ) -> Self {
        let client_secret = provider.client_secret.at(&provider.client_id, now);
        let authorization = match auth {
            TokenEndpointAuth::Basic => Some(basic(&provider.client_id, &client_secret)),
            TokenEndpointAuth::Post => {
                fields.push(("client_id", &provider.client_id));
                let secret = ("client_secret", client_secret.expose());
                let body = gatelet_forms::encode(fields.iter().copied().chain([secret]));
                return Self {
                    url: url.clone(),
                    authorization: None,
                    body: Secret::new(body),
                };
            }
            TokenEndpointAuth::Public => {
                fields.push(("client_id", &provider.client_id));
                None
            }
        };
        Self {
            url: url.clone(),
            authorization,
            body: Secret::new(gatelet_forms::encode(fields)),
        }
    }
}

/// RFC 6749 §2.3.1: identifier and secret are form-encoded before they are joined.
fn basic(client_id: &str, client_secret: &Secret) -> Secret {
    let encode =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let joined = Secret::new(format!(
        "{}:{}",
        encode(client_id),
        encode(client_secret.expose())
    ));
    Secret::new(format!("Basic {}", STANDARD.encode(joined.expose())))
}

impl TokenResponse {
    /// Judges the answer to a [`TokenRequest`].
    ///
    /// 1. An `error` is a refusal, whatever the status (RFC 6749 §5.2; GitHub sends 200)
    ///    and whatever stands beside it.
    /// 2. 200 with JSON within the limit (§5.1), by whatever name some servers send it:
    ///    what is not JSON does not parse.
    /// 3. `token_type` is `Bearer` where it is said (OpenID Connect Core 1.0 §3.1.3.3);
    ///    some servers forget it, and the token is used for nothing else.
    /// 4. `access_token` is there and within the limit.
    pub fn judge(status: u16, content_type: &str, body: &[u8]) -> Result<Self, Refusal> {
        // Read as one: a member that is there twice, or an error of another type, must
        // not leave a grant.
        #[derive(Deserialize)]
        struct Response {
            error: Option<Value>,
            error_description: Option<Value>,
            access_token: Option<String>,
            token_type: Option<String>,
            id_token: Option<String>,
            refresh_token: Option<Value>,
            expires_in: Option<Value>,
            scope: Option<Value>,
        }
        let malformed = |detail: String| Refusal::new(RefusalCode::TokenMalformed, detail);
        if body.len() > TOKEN_RESPONSE_MAX_BYTES {
            return Err(malformed(format!("{} bytes", body.len())));
        }
        let read = serde_json::from_slice(body);
        if let Ok(Response {
            error: Some(error),
            error_description,
            ..
        }) = &read
        {
            let text = |said: &Value| quoted(said.as_str().unwrap_or("(no text)"));
            let description = error_description.as_ref().map(text).unwrap_or_default();
            let detail = format!("{} {description}", text(error));
            return Err(Refusal::new(RefusalCode::TokenRefused, detail));
        }
        // Some servers say that they have made a token.
        if !matches!(status, 200 | 201) {
            return Err(malformed(format!("answered {status}")));
        }
        if !may_be_json(content_type) {
            return Err(malformed(format!(
                "is not JSON but {}",
                quoted(content_type)
            )));
        }
        // The position alone: serde's message could quote a token.
        let Response {
            access_token,
            token_type,
            id_token,
            refresh_token,
            expires_in,
            scope,
            ..
        } = read.map_err(|error| {
            malformed(format!(
                "not as RFC 6749 says at line {} column {}",
                error.line(),
                error.column()
            ))
        })?;
        let access_token = Secret::new(access_token.unwrap_or_default());
        let unverified_id_token = id_token.map(Secret::new);
        if let Some(token_type) = token_type.filter(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err(malformed(format!("token_type {}", quoted(&token_type))));
        }
        let text = access_token.expose();
        if !is_token(text) {
            return Err(malformed(
                "access_token is empty, too long, or no token".into(),
            ));
        }
        // What is of no use beside a good access token is left out.
        let refresh_token = text_of(refresh_token).filter(|token| is_token(token));
        Ok(Self {
            access_token,
            unverified_id_token,
            refresh_token: refresh_token.map(Secret::new),
            // Some servers write a number as text.
            expires_in_seconds: match expires_in {
                Some(Value::Number(seconds)) => seconds.as_u64(),
                Some(Value::String(seconds)) => seconds.parse().ok(),
                _ => None,
            },
            scope: text_of(scope),
        })
    }
}

/// RFC 6749 appendix A.12, A.17, and no blanks.
fn is_token(text: &str) -> bool {
    (1..=ACCESS_TOKEN_MAX_BYTES).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn text_of(value: Option<Value>) -> Option<String> {
    match value {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client_secret::ClientSecret;
    use crate::tests::test_provider::{NOW, attempt, keys, padded, provider};
    use crate::{authorization::IssuerParameter, callback::AuthorizationResponse};
    use proptest::prelude::*;

    fn code(status: u16, content_type: &str, body: &str) -> Option<RefusalCode> {
        TokenResponse::judge(status, content_type, body.as_bytes())
            .err()
            .map(|refusal| refusal.code)
    }

    #[test]
    fn token_responses_are_judged() {
        const JSON: &str = "application/json";
        let long = format!(
            r#"{{"access_token":"{}","token_type":"Bearer"}}"#,
            "a".repeat(16 * 1024 + 1)
        );
        let large = format!(
            r#"{{"access_token":"a","token_type":"Bearer"}}{}"#,
            " ".repeat(TOKEN_RESPONSE_MAX_BYTES)
        );
        let longest = long.replace("aa\"", "a\"");
        let largest = padded(r#"{"access_token":"a","token_type":"Bearer"}"#, 64 * 1024);
        let (refused, malformed) = (
            Some(RefusalCode::TokenRefused),
            Some(RefusalCode::TokenMalformed),
        );
        for (case, status, content_type, body, expected) in [
            (
                "tokens",
                200,
                JSON,
                r#"{"access_token":"a","token_type":"Bearer","id_token":"x.y.z"}"#,
                None,
            ),
            ("a token of the longest", 200, JSON, &longest, None),
            ("a body of the longest", 200, JSON, &largest, None),
            (
                "GitHub's",
                200,
                "application/json; charset=utf-8",
                r#"{"access_token":"gho_1","scope":"read:user","token_type":"bearer"}"#,
                None,
            ),
            (
                "an error",
                400,
                JSON,
                r#"{"error":"invalid_grant","error_description":"Code used"}"#,
                refused,
            ),
            (
                "an error with 200, as GitHub sends",
                200,
                JSON,
                r#"{"error":"bad_verification_code"}"#,
                refused,
            ),
            (
                "an error beside tokens",
                200,
                JSON,
                r#"{"error":"x","access_token":"a","token_type":"Bearer"}"#,
                refused,
            ),
            (
                "an error that is no text, beside tokens",
                200,
                JSON,
                r#"{"error":7,"access_token":"a","token_type":"Bearer"}"#,
                refused,
            ),
            (
                "an error whose description is no text, beside tokens",
                200,
                JSON,
                r#"{"error":"x","error_description":7,"access_token":"a"}"#,
                refused,
            ),
            (
                "an error twice, beside tokens",
                200,
                JSON,
                r#"{"error":"x","error":"x","access_token":"a"}"#,
                malformed,
            ),
            (
                "no error, and said so",
                200,
                JSON,
                r#"{"error":null,"access_token":"a"}"#,
                None,
            ),
            (
                "an error in no JSON type",
                401,
                "text/plain",
                r#"{"error":"invalid_client"}"#,
                refused,
            ),
            ("a page", 502, "text/html", "<html>", malformed),
            (
                "a redirect",
                302,
                JSON,
                r#"{"access_token":"a","token_type":"Bearer"}"#,
                malformed,
            ),
            (
                "a form",
                200,
                "application/x-www-form-urlencoded",
                "access_token=a&token_type=bearer",
                malformed,
            ),
            (
                "another type",
                200,
                "text/html",
                r#"{"access_token":"a","token_type":"Bearer"}"#,
                malformed,
            ),
            (
                "no access token",
                200,
                JSON,
                r#"{"token_type":"Bearer"}"#,
                malformed,
            ),
            (
                "empty access token",
                200,
                JSON,
                r#"{"access_token":"","token_type":"Bearer"}"#,
                malformed,
            ),
            (
                "access token with a line break",
                200,
                JSON,
                r#"{"access_token":"a\r\nx: y","token_type":"Bearer"}"#,
                malformed,
            ),
            ("no token type", 200, JSON, r#"{"access_token":"a"}"#, None),
            (
                "JSON by another name",
                200,
                "text/plain; charset=utf-8",
                r#"{"access_token":"a","token_type":"Bearer"}"#,
                None,
            ),
            (
                "a token that was made",
                201,
                JSON,
                r#"{"access_token":"a","token_type":"Bearer"}"#,
                None,
            ),
            (
                "a token that is being made",
                202,
                JSON,
                r#"{"access_token":"a","token_type":"Bearer"}"#,
                malformed,
            ),
            (
                "and that is none",
                200,
                "text/plain",
                "access_token=a&token_type=bearer",
                malformed,
            ),
            (
                "a token type that is no text",
                200,
                JSON,
                r#"{"access_token":"a","token_type":5}"#,
                malformed,
            ),
            (
                "another token type",
                200,
                JSON,
                r#"{"access_token":"a","token_type":"DPoP"}"#,
                malformed,
            ),
            (
                "a token twice",
                200,
                JSON,
                r#"{"access_token":"a","access_token":"b","token_type":"Bearer"}"#,
                malformed,
            ),
            ("too long a token", 200, JSON, &long, malformed),
            ("too large", 200, JSON, &large, malformed),
            ("nothing", 200, JSON, "", malformed),
        ] {
            assert_eq!(code(status, content_type, body), expected, "{case}");
        }
    }

    #[test]
    fn a_public_client_sends_its_name_alone() {
        let (mut provider, attempt) = (provider(), attempt(1));
        provider.client_secret = ClientSecret::none();
        let endpoints = Endpoints {
            authorization: EndpointUrl::parse("https://id.example/a").expect("an endpoint"),
            token: EndpointUrl::parse("https://id.example/t").expect("an endpoint"),
            token_auth: TokenEndpointAuth::Public,
            revocation: None,
            end_session: None,
            offers_offline_access: false,
            says_auth_time: false,
            issuer_parameter: IssuerParameter::Ignored,
            account_prompt: "select_account",
        };
        let answer =
            AuthorizationResponse::parse(format!("code=c&state={}", attempt.state()).as_bytes())
                .expect("parameters");
        let code = answer
            .judge(&attempt, &endpoints.issuer_parameter, &keys())
            .expect("a code");
        let request = TokenRequest::new(&provider, &endpoints, &code, &attempt, NOW);
        assert!(request.authorization.is_none());
        assert!(
            request.body.expose().ends_with("&client_id=client-1"),
            "{}",
            request.body.expose()
        );
        assert!(
            !format!("{request:?}").contains(attempt.code_verifier().expose()),
            "Debug shows no secret"
        );
    }

    #[test]
    fn errors_hold_no_token() {
        for body in [
            r#"{"access_token":["t0ken"],"token_type":"Bearer"}"#,
            r#"{"access_token":"t0ken","token_type":5}"#,
            r#"{"access_token":"t0ken""#,
        ] {
            let refusal =
                TokenResponse::judge(200, "application/json", body.as_bytes()).expect_err(body);
            assert!(!refusal.to_string().contains("t0ken"), "{refusal}");
        }
    }

    proptest! {
        #[test]
        fn any_body_is_answered(status in 100_u16..600, body in ".{0,200}") {
            prop_assert!(TokenResponse::judge(status, "application/json", body.as_bytes()).is_err());
        }
    }
}
