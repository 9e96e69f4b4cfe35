//! Is this the provider's answer to what this browser asked? The parameters with
//! which a provider sends the visitor back.

use subtle::ConstantTimeEq as _;

use crate::attempt::Attempt;
use crate::authorization::IssuerParameter;
use crate::refusal::{Refusal, RefusalCode, quoted};
use crate::relay::SealedCode;
use gatelet_core::key::KeyRing;
use gatelet_core::secret::Secret;
use gatelet_forms::Form;

/// Longest authorization code, in bytes: Entra's have been seen above four thousand.
pub const CODE_MAX_BYTES: usize = 8 * 1024;
/// Longest parameter, in bytes: a code that is sealed.
const PARAMETER_MAX_BYTES: usize = 15 * 1024;
/// Parameters that are read as they are.
const EXACT: [&str; 5] = ["state", "code", SEALED_CODE, "iss", "error"];
/// Parameters that somebody may read, and nothing is decided on.
const SHOWN: [&str; 2] = ["error_description", "user"];
/// The parameter in which a code comes back from our own `form_post` address, sealed.
pub(crate) const SEALED_CODE: &str = "sealed_code";
/// Other words than `access_denied` for "the visitor said no", or has to say yes first
/// where nobody could ask: of Apple and LinkedIn, and OpenID Connect Core 1.0 §3.1.2.6.
const DENIED: [&str; 11] = [
    "access_denied",
    "user_denied",
    "user_cancelled",
    "user_canceled",
    "user_cancelled_authorize",
    "user_cancelled_login",
    "cancelled",
    "consent_required",
    "interaction_required",
    "login_required",
    "account_selection_required",
];
/// Longest `state` that is looked at, in bytes; ours has 43.
const STATE_MAX_BYTES: usize = 128;

/// What came to the callback, parsed within limits and not judged yet.
#[derive(Debug)]
pub struct AuthorizationResponse {
    parameters: Form,
}

/// The code to exchange: proof that `state`, provider, origin, age and `iss` of
/// the callback fit the attempt.
#[derive(Debug)]
pub struct AuthorizationCode {
    code: Secret,
    user: Option<Secret>,
}

impl AuthorizationResponse {
    /// Parses the query of a GET, or the form body of a POST (`form_post`).
    ///
    /// A parameter of ours that comes twice makes the whole answer void (RFC 6749
    /// §3.1); parameters that we do not know are passed over (§4.1.2), and a
    /// description that cannot be read is read as far as it can.
    pub fn parse(encoded: &[u8]) -> Result<Self, Refusal> {
        let parameters = Form::parse_known(encoded, &EXACT, &SHOWN, PARAMETER_MAX_BYTES)
            .map_err(|refusal| Refusal::new(RefusalCode::ParametersMalformed, refusal.detail))?;
        Ok(Self { parameters })
    }

    /// What came beside the code by `form_post`, unverified.
    #[must_use]
    pub fn unverified_user(&self) -> Option<&str> {
        self.parameters.get("user")
    }

    /// The `state`, by which the attempt's cookie is found.
    pub fn state(&self) -> Result<&str, Refusal> {
        match self.parameters.text("state") {
            "" => Err(RefusalCode::StateMissing.into()),
            state if state.len() > STATE_MAX_BYTES => Err(Refusal::new(
                RefusalCode::ParametersMalformed,
                "state is too long",
            )),
            state => Ok(state),
        }
    }

    /// Judges the answer against the attempt that [`Attempt::find`] found.
    ///
    /// 1. `state` is the attempt's (RFC 6749 §10.12).
    /// 2. `iss` is the provider's issuer, where it is sent or must be (RFC 9207 §2.4).
    /// 3. No `error` (RFC 6749 §4.1.2.1).
    /// 4. There is a `code` within the limit.
    /// 5. Where the attempt goes through a relay, the relay sealed the code for it; where
    ///    it came by `form_post`, this origin did.
    ///
    /// `iss` comes before `error`, because an error too may be another provider's.
    pub fn judge(
        &self,
        attempt: &Attempt,
        issuer: &IssuerParameter,
        keys: &KeyRing,
    ) -> Result<AuthorizationCode, Refusal> {
        if !bool::from(self.state()?.as_bytes().ct_eq(attempt.state().as_bytes())) {
            return Err(RefusalCode::StateMismatch.into());
        }
        self.judge_issuer(issuer)?;
        if let Some(error) = self.parameters.get("error") {
            let code = match DENIED.contains(&error) {
                true => RefusalCode::Denied,
                false => RefusalCode::ProviderError,
            };
            let description = self.parameters.text("error_description");
            return Err(Refusal::new(
                code,
                format!(
                    "provider {} answered {} {}",
                    attempt.provider(),
                    quoted(error),
                    quoted(description)
                ),
            ));
        }
        let sealed = match attempt.is_relayed() {
            true => Some(self.parameters.text("code")),
            false => self.parameters.get(SEALED_CODE),
        };
        match sealed {
            None => {}
            Some("") => return Err(RefusalCode::CodeMissing.into()),
            Some(sealed) => {
                let (code, user) =
                    SealedCode::open(sealed, attempt, keys).ok_or(RefusalCode::RelayCodeInvalid)?;
                return Ok(AuthorizationCode { code, user });
            }
        }
        match self.code()? {
            None => Err(RefusalCode::CodeMissing.into()),
            Some(code) => Ok(AuthorizationCode {
                code: Secret::new(code.to_owned()),
                user: None,
            }),
        }
    }

    /// A parameter as it came.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)
    }

    /// The code within its limits; None where there is none.
    pub(super) fn code(&self) -> Result<Option<&str>, Refusal> {
        let malformed = |why| Err(Refusal::new(RefusalCode::ParametersMalformed, why));
        match self.parameters.text("code") {
            "" => Ok(None),
            code if code.len() > CODE_MAX_BYTES => malformed("code is too long"),
            // RFC 6749 appendix A.11: visible ASCII and space.
            code if !code.bytes().all(|byte| matches!(byte, b' '..=b'~')) => {
                malformed("code holds characters that a code has not")
            }
            code => Ok(Some(code)),
        }
    }

    fn judge_issuer(&self, expected: &IssuerParameter) -> Result<(), Refusal> {
        let sent = self.parameters.get("iss");
        match (expected, sent) {
            (IssuerParameter::Ignored, _) | (IssuerParameter::Optional(_), None) => Ok(()),
            (IssuerParameter::Required(_), None) => Err(RefusalCode::ResponseIssuerMissing.into()),
            (IssuerParameter::Required(issuer) | IssuerParameter::Optional(issuer), Some(sent)) => {
                if sent == issuer.as_str() {
                    return Ok(());
                }
                Err(Refusal::new(
                    RefusalCode::ResponseIssuerMismatch,
                    format!("expected {issuer}, got {}", quoted(sent)),
                ))
            }
        }
    }
}

impl AuthorizationCode {
    /// The code, for the token request alone.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.code
    }

    /// What the provider said of the person beside the code, unverified: a JSON
    /// object. Apple says it once, by `form_post`.
    #[must_use]
    pub fn unverified_user(&self) -> Option<&Secret> {
        self.user.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::Issuer;
    use crate::relay::Passage;
    use crate::tests::test_provider::{ISSUER, attempt, issuer, keys, other_keys};
    use gatelet_core::base_url::BaseUrl;
    use proptest::prelude::*;

    fn judge(parameters: &[(&str, &str)], issuer: &IssuerParameter) -> Result<String, RefusalCode> {
        let encoded = gatelet_forms::encode(parameters.iter().copied());
        let response =
            AuthorizationResponse::parse(encoded.as_bytes()).map_err(|refusal| refusal.code)?;
        response
            .judge(&attempt(1), issuer, &keys())
            .map(|code| code.secret().expose().to_owned())
            .map_err(|refusal| refusal.code)
    }

    #[test]
    fn every_callback_is_judged() {
        let attempt = attempt(1);
        let state = ("state", attempt.state());
        let (required, optional) = (
            IssuerParameter::Required(issuer()),
            IssuerParameter::Optional(issuer()),
        );
        let ignored = IssuerParameter::Ignored;
        let long_code = "c".repeat(CODE_MAX_BYTES + 1);
        let long_state = "s".repeat(STATE_MAX_BYTES + 1);
        for (case, parameters, issuer, expected) in [
            (
                "a code",
                vec![("code", "c"), state],
                &optional,
                Ok("c".to_owned()),
            ),
            (
                "unknown parameters are passed over",
                vec![
                    ("code", "c"),
                    state,
                    ("session_state", "x"),
                    ("scope", "openid"),
                ],
                &optional,
                Ok("c".into()),
            ),
            (
                "no state",
                vec![("code", "c")],
                &optional,
                Err(RefusalCode::StateMissing),
            ),
            (
                "empty state",
                vec![("code", "c"), ("state", "")],
                &optional,
                Err(RefusalCode::StateMissing),
            ),
            (
                "another state",
                vec![("code", "c"), ("state", "another")],
                &optional,
                Err(RefusalCode::StateMismatch),
            ),
            (
                "state with more behind it",
                vec![("code", "c"), ("state", &format!("{} ", attempt.state()))],
                &optional,
                Err(RefusalCode::StateMismatch),
            ),
            (
                "oversized state",
                vec![("code", "c"), ("state", &long_state)],
                &optional,
                Err(RefusalCode::ParametersMalformed),
            ),
            (
                "the issuer where it must be",
                vec![("code", "c"), state, ("iss", ISSUER)],
                &required,
                Ok("c".into()),
            ),
            (
                "no issuer where it must be",
                vec![("code", "c"), state],
                &required,
                Err(RefusalCode::ResponseIssuerMissing),
            ),
            (
                "another issuer where it must be",
                vec![("code", "c"), state, ("iss", "https://evil.example")],
                &required,
                Err(RefusalCode::ResponseIssuerMismatch),
            ),
            (
                "another issuer where it may be",
                vec![("code", "c"), state, ("iss", "https://evil.example")],
                &optional,
                Err(RefusalCode::ResponseIssuerMismatch),
            ),
            (
                "the issuer with a slash",
                vec![("code", "c"), state, ("iss", "https://id.example/")],
                &optional,
                Err(RefusalCode::ResponseIssuerMismatch),
            ),
            (
                "empty issuer",
                vec![("code", "c"), state, ("iss", "")],
                &optional,
                Err(RefusalCode::ResponseIssuerMismatch),
            ),
            (
                "an issuer where there is none",
                vec![
                    ("code", "c"),
                    state,
                    ("iss", "https://github.com/login/oauth"),
                ],
                &ignored,
                Ok("c".into()),
            ),
            (
                "the visitor said no",
                vec![("error", "access_denied"), state],
                &optional,
                Err(RefusalCode::Denied),
            ),
            (
                "an error",
                vec![("error", "server_error"), ("error_description", "x"), state],
                &optional,
                Err(RefusalCode::ProviderError),
            ),
            (
                "an error beside a code",
                vec![("error", "server_error"), ("code", "c"), state],
                &optional,
                Err(RefusalCode::ProviderError),
            ),
            (
                "another provider's error",
                vec![
                    ("error", "access_denied"),
                    state,
                    ("iss", "https://evil.example"),
                ],
                &required,
                Err(RefusalCode::ResponseIssuerMismatch),
            ),
            (
                "an error without state",
                vec![("error", "access_denied")],
                &optional,
                Err(RefusalCode::StateMissing),
            ),
            (
                "no code",
                vec![state],
                &optional,
                Err(RefusalCode::CodeMissing),
            ),
            (
                "empty code",
                vec![("code", ""), state],
                &optional,
                Err(RefusalCode::CodeMissing),
            ),
            (
                "oversized code",
                vec![("code", &long_code), state],
                &optional,
                Err(RefusalCode::ParametersMalformed),
            ),
            (
                "a code with a line break",
                vec![("code", "c\r\n"), state],
                &optional,
                Err(RefusalCode::ParametersMalformed),
            ),
            (
                "a code in another script",
                vec![("code", "\u{e4}"), state],
                &optional,
                Err(RefusalCode::ParametersMalformed),
            ),
        ] {
            assert_eq!(judge(&parameters, issuer), expected, "{case}");
        }
    }

    #[test]
    fn duplicated_and_malformed_parameters_void_the_answer() {
        let state = attempt(1).state().to_owned();
        for encoded in [
            format!("code=a&code=b&state={state}"),
            format!("code=a&state={state}&state={state}"),
            format!("code=a&state={state}&iss=a&iss=b"),
            format!("code=%00&state={state}"),
            format!("code=%ff&state={state}"),
            format!("code={}&state={state}", "a".repeat(16_000)),
            format!("code=a&state={state}&{}", "x".repeat(40_000)),
        ] {
            let refusal = AuthorizationResponse::parse(encoded.as_bytes()).expect_err("void");
            assert_eq!(
                refusal.code,
                RefusalCode::ParametersMalformed,
                "{:.60}",
                encoded
            );
        }
    }

    #[test]
    fn what_we_do_not_know_or_only_show_voids_nothing() {
        let state = attempt(1).state().to_owned();
        let judge = |encoded: String| {
            let response = AuthorizationResponse::parse(encoded.as_bytes())?;
            let judged = response.judge(&attempt(1), &IssuerParameter::Ignored, &keys());
            judged.map(|code| code.secret().expose().to_owned())
        };
        for more in [
            "x=%",
            "x=%E9",
            "foo=1&foo=2",
            "%FF=1",
            "session_state=&session_state=",
        ] {
            let judged = judge(format!("code=c&state={state}&{more}"));
            assert_eq!(judged.as_deref().ok(), Some("c"), "{more}");
        }
        for description in ["refus%E9", "100%", "a%00b", "one&error_description=two"] {
            let encoded =
                format!("error=access_denied&error_description={description}&state={state}");
            let refusal = judge(encoded).expect_err("denied");
            assert_eq!(refusal.code, RefusalCode::Denied, "{description}");
        }
        let long = "c".repeat(CODE_MAX_BYTES);
        assert_eq!(judge(format!("code={long}&state={state}")).ok(), Some(long));
        let longest = "s".repeat(STATE_MAX_BYTES);
        let response = AuthorizationResponse::parse(format!("state={longest}").as_bytes());
        assert_eq!(response.unwrap().state().ok(), Some(longest.as_str()));
    }

    #[test]
    fn every_word_for_no_is_the_visitors() {
        let attempt = attempt(1);
        for (word, expected) in DENIED
            .iter()
            .map(|word| (*word, RefusalCode::Denied))
            .chain([
                ("server_error", RefusalCode::ProviderError),
                ("temporarily_unavailable", RefusalCode::ProviderError),
                ("ACCESS_DENIED", RefusalCode::ProviderError),
            ])
        {
            let judged = judge(
                &[("error", word), ("state", attempt.state())],
                &IssuerParameter::Ignored,
            );
            assert_eq!(judged, Err(expected), "{word}");
        }
    }

    #[test]
    fn a_code_that_was_posted_comes_home_sealed() {
        let attempt = attempt(1);
        let user = r#"{"name":{"firstName":"Ann"}}"#;
        let long = "c".repeat(CODE_MAX_BYTES);
        for code in ["c0de", &long] {
            let posted = gatelet_forms::encode([
                ("code", code),
                ("state", attempt.state()),
                ("user", user),
                ("id_token", "x"),
            ]);
            let posted = AuthorizationResponse::parse(posted.as_bytes()).expect("parameters");
            let home = BaseUrl::parse(attempt.origin()).expect("a base URL");
            let passage = Passage::home(&home, &attempt.callback_path(), attempt.state());
            let location = passage
                .location(&posted, posted.unverified_user(), &keys(), &[7; 24])
                .expect("a location");
            let (path, query) = location.split_once('?').expect("a query");
            assert_eq!(path, "https://app.example/auth/callback/acme");
            assert!(
                !query.contains("c0de") && !query.contains("Ann") && !query.contains("id_token")
            );
            let arrived = AuthorizationResponse::parse(query.as_bytes()).expect("parameters");
            let judged = arrived
                .judge(&attempt, &IssuerParameter::Ignored, &keys())
                .expect("a code");
            assert_eq!(judged.secret().expose(), code);
            assert_eq!(judged.unverified_user().map(Secret::expose), Some(user));
            assert!(
                arrived
                    .judge(&attempt, &IssuerParameter::Ignored, &other_keys())
                    .is_err()
            );
        }
    }

    #[test]
    fn a_providers_words_stay_on_one_line_of_the_log() {
        let attempt = attempt(1);
        let encoded = gatelet_forms::encode([
            ("error", "a\r\nlevel=fatal"),
            ("error_description", &"x".repeat(3000)),
            ("state", attempt.state()),
        ]);
        let response = AuthorizationResponse::parse(encoded.as_bytes()).expect("parameters");
        let detail = response
            .judge(&attempt, &IssuerParameter::Ignored, &keys())
            .expect_err("an error")
            .detail;
        assert!(
            !detail.contains(['\r', '\n']) && detail.len() < 500,
            "{detail}"
        );
        assert!(
            !format!("{response:?}").contains(attempt.state()),
            "Debug shows no values"
        );
    }

    proptest! {
        #[test]
        fn only_the_attempts_own_state_passes(state in "[A-Za-z0-9_-]{43}", code in "[ -~]{1,50}") {
            let attempt = attempt(1);
            prop_assume!(state != attempt.state());
            prop_assert_eq!(judge(&[("code", &code), ("state", &state)], &IssuerParameter::Ignored), Err(RefusalCode::StateMismatch));
            prop_assert_eq!(judge(&[("code", &code), ("state", attempt.state())], &IssuerParameter::Ignored), Ok(code));
        }

        #[test]
        fn any_query_is_answered(encoded in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(response) = AuthorizationResponse::parse(&encoded) {
                let issuer = IssuerParameter::Optional(Issuer::parse(ISSUER).expect("an issuer"));
                prop_assert!(response.judge(&attempt(1), &issuer, &keys()).is_err());
            }
        }
    }
}
