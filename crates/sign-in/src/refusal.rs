//! Why was a sign-in refused? A closed set of codes for the log and the page,
//! and one line of detail that goes to the operator's log alone.

use core::fmt;

use gatelet_texts::{Text, problems};

macro_rules! codes {
    ($($(#[$meta:meta])* $variant:ident = $text:literal, $message:ident;)*) => {
        /// Stable reason for which a sign-in goes no further.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum RefusalCode { $($(#[$meta])* $variant,)* }

        impl RefusalCode {
            /// Every code, for documentation and tests.
            pub const ALL: &'static [RefusalCode] = &[$(RefusalCode::$variant),*];

            /// The stable text: `oauth.state_mismatch`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(RefusalCode::$variant => $text),* }
            }

            /// What the visitor reads: one plain sentence or two, no detail.
            #[must_use]
            pub const fn message(self) -> Text {
                match self { $(RefusalCode::$variant => problems::$message),* }
            }
        }
    };
}

codes! {
    /// The callback's parameters do not parse, are too long, or come twice.
    ParametersMalformed = "oauth.parameters_malformed", OAUTH_PARAMETERS_MALFORMED;
    /// The callback has no `state`.
    StateMissing = "oauth.state_missing", OAUTH_STATE_MISSING;
    /// No attempt of this browser has that `state`.
    StateMismatch = "oauth.state_mismatch", OAUTH_STATE_MISMATCH;
    /// The attempt is older than ten minutes.
    AttemptExpired = "oauth.attempt_expired", OAUTH_ATTEMPT_EXPIRED;
    /// The attempt was begun with another provider.
    ProviderMismatch = "oauth.provider_mismatch", OAUTH_PROVIDER_MISMATCH;
    /// The answer came to another address than the attempt's redirect URI.
    CallbackMismatch = "oauth.callback_mismatch", OAUTH_CALLBACK_MISMATCH;
    /// The attempt was begun at another origin.
    OriginMismatch = "oauth.origin_mismatch", OAUTH_ORIGIN_MISMATCH;
    /// `iss` names another issuer (RFC 9207).
    ResponseIssuerMismatch = "oauth.issuer_mismatch", OAUTH_ISSUER_MISMATCH;
    /// The provider says that it always sends `iss`, and did not.
    ResponseIssuerMissing = "oauth.issuer_missing", OAUTH_ISSUER_MISSING;
    /// A relay state that we did not seal.
    RelayStateInvalid = "relay.state_invalid", OAUTH_STATE_MISSING;
    /// The origin that the answer is for is not served, or not any more.
    RelayTargetUnknown = "relay.target_unknown", RELAY_TARGET_UNKNOWN;
    /// The answer is for an origin that does not use this relay, or must not.
    RelayTargetRefused = "relay.target_refused", RELAY_TARGET_REFUSED;
    /// The code came around the relay, or was sealed for another attempt.
    RelayCodeInvalid = "relay.code_invalid", RELAY_CODE_INVALID;
    /// The visitor or the provider said no.
    Denied = "oauth.denied", OAUTH_DENIED;
    /// The provider answered with an `error` other than `access_denied`.
    ProviderError = "oauth.provider_error", OAUTH_PROVIDER_ERROR;
    /// Neither `code` nor `error`.
    CodeMissing = "oauth.code_missing", OAUTH_ISSUER_MISSING;
    /// The attempt was used before.
    Replayed = "oauth.replayed", OAUTH_REPLAYED;
    /// No such provider is configured.
    ProviderUnknown = "provider.unknown", PROVIDER_UNKNOWN;
    /// A request to the provider failed or took too long.
    ProviderUnreachable = "provider.unreachable", PROVIDER_UNREACHABLE;
    /// The discovery document is no valid one.
    DiscoveryMalformed = "discovery.malformed", DISCOVERY_MALFORMED;
    /// The discovery document is another issuer's.
    DiscoveryIssuerMismatch = "discovery.issuer_mismatch", DISCOVERY_MALFORMED;
    /// An endpoint is not an absolute https URL.
    DiscoveryEndpointInsecure = "discovery.endpoint_insecure", DISCOVERY_MALFORMED;
    /// An endpoint is on a site that is not the issuer's.
    DiscoveryEndpointElsewhere = "discovery.endpoint_elsewhere", DISCOVERY_MALFORMED;
    /// The provider lists what it supports, and it is not what we need.
    DiscoveryUnsupported = "discovery.unsupported", DISCOVERY_UNSUPPORTED;
    /// The key set does not parse or is too large.
    JwksMalformed = "jwks.malformed", DISCOVERY_MALFORMED;
    /// The token endpoint refused the code.
    TokenRefused = "token.refused", TOKEN_REFUSED;
    /// The token endpoint's answer is no valid one.
    TokenMalformed = "token.malformed", DISCOVERY_MALFORMED;
    /// The token response holds no ID token.
    IdTokenMissing = "id_token.missing", OAUTH_ISSUER_MISSING;
    /// The ID token is no signed JWT within the limits.
    IdTokenMalformed = "id_token.malformed", ID_TOKEN_MALFORMED;
    /// Signed with an algorithm that is not configured for the provider.
    IdTokenAlgorithm = "id_token.algorithm", ID_TOKEN_MALFORMED;
    /// Signed with a key that the provider does not publish. Worth fetching the keys again.
    IdTokenKeyUnknown = "id_token.key_unknown", ID_TOKEN_KEY_UNKNOWN;
    /// Names no key where the provider publishes several.
    IdTokenKeyAmbiguous = "id_token.key_ambiguous", ID_TOKEN_MALFORMED;
    /// The signature is wrong.
    IdTokenSignature = "id_token.signature", ID_TOKEN_MALFORMED;
    /// `iss` is another issuer.
    IdTokenIssuer = "id_token.issuer", ID_TOKEN_MALFORMED;
    /// A tenant that is not let in.
    IdTokenTenant = "id_token.tenant", ID_TOKEN_TENANT;
    /// `aud` does not name us, or names others that are not trusted.
    IdTokenAudience = "id_token.audience", ID_TOKEN_MALFORMED;
    /// `azp` is another client, or missing where several audiences are named.
    IdTokenAuthorizedParty = "id_token.authorized_party", ID_TOKEN_MALFORMED;
    /// `nonce` is missing or another attempt's.
    IdTokenNonce = "id_token.nonce", ID_TOKEN_NONCE;
    /// `exp` is missing or past.
    IdTokenExpired = "id_token.expired", ID_TOKEN_EXPIRED;
    /// `iat` is missing, in the future, or long past.
    IdTokenIssuedAt = "id_token.issued_at", ID_TOKEN_KEY_UNKNOWN;
    /// `nbf` is in the future.
    IdTokenNotBefore = "id_token.not_before", ID_TOKEN_NOT_BEFORE;
    /// `sub` is missing, empty or too long.
    IdTokenSubject = "id_token.subject", ID_TOKEN_MALFORMED;
    /// `at_hash` is another access token's.
    IdTokenAccessTokenHash = "id_token.access_token_hash", ID_TOKEN_MALFORMED;
    /// `acr` is none of those that the operator demands.
    IdTokenAcr = "id_token.acr", ID_TOKEN_ACR;
    /// `auth_time` is missing, or longer ago than the operator lets it be.
    IdTokenAuthTime = "id_token.auth_time", ID_TOKEN_AUTH_TIME;
    /// `hd` is no organisation that the operator lets in.
    IdTokenHostedDomain = "id_token.hosted_domain", ID_TOKEN_TENANT;
    /// The logout token is none: it names no session, or is a token for something else.
    LogoutTokenMalformed = "logout_token.malformed", ID_TOKEN_MALFORMED;
    /// The UserInfo response is no valid one.
    UserInfoMalformed = "userinfo.malformed", DISCOVERY_MALFORMED;
    /// The UserInfo response is about somebody else.
    UserInfoSubject = "userinfo.subject_mismatch", ID_TOKEN_MALFORMED;
    /// GitHub's answer is no valid one.
    GitHubMalformed = "github.malformed", GITHUB_MALFORMED;
    /// The provider gave no email address that can be used.
    EmailMissing = "account.email_missing", ACCOUNT_EMAIL_MISSING;
    /// No verified address at a domain that the provider is let in for.
    EmailDomain = "account.email_domain", ACCOUNT_EMAIL_DOMAIN;
    /// The email is taken, and the provider does not say that it is verified.
    EmailUnverified = "account.email_unverified", ACCOUNT_EMAIL_UNVERIFIED;
    /// The account signs somebody else in here.
    LinkTaken = "account.linked_elsewhere", ACCOUNT_LINKED_ELSEWHERE;
    /// Another session asked for the link than the one that its answer came to.
    LinkSession = "account.link_session", ACCOUNT_LINK_SESSION;
    /// An operator has switched the account off.
    AccountDisabled = "account.disabled", ACCOUNT_DISABLED;
    /// Nobody has this account, and only those who were invited may make one.
    NotInvited = "account.not_invited", ACCOUNT_NOT_INVITED;
    /// Nobody has this account, and the address is at no domain that may make one.
    SignUpDomain = "account.sign_up_domain", ACCOUNT_SIGN_UP_DOMAIN;
    /// The invitation was used, has expired, or is for somebody else.
    InvitationInvalid = "invitation.invalid", INVITATION_INVALID;
    /// Nobody has this account, and sign-up is closed.
    SignUpClosed = "account.sign_up_closed", ACCOUNT_SIGN_UP_CLOSED;
}

impl RefusalCode {
    /// Whether newer keys of the provider may judge otherwise. Not every key that changes
    /// gets another name.
    #[must_use]
    pub const fn may_be_old_keys(self) -> bool {
        matches!(
            self,
            Self::IdTokenKeyUnknown | Self::IdTokenKeyAmbiguous | Self::IdTokenSignature
        )
    }

    /// HTTP status of the answer to the visitor.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::ProviderUnknown => 404,
            Self::Denied
            | Self::EmailMissing
            | Self::EmailDomain
            | Self::IdTokenTenant
            | Self::IdTokenAcr
            | Self::IdTokenAuthTime
            | Self::IdTokenHostedDomain
            | Self::EmailUnverified
            | Self::SignUpClosed
            | Self::LinkTaken
            | Self::LinkSession
            | Self::AccountDisabled
            | Self::NotInvited
            | Self::SignUpDomain
            | Self::InvitationInvalid
            | Self::RelayTargetRefused => 403,
            Self::ParametersMalformed
            | Self::StateMissing
            | Self::StateMismatch
            | Self::AttemptExpired
            | Self::ProviderMismatch
            | Self::CallbackMismatch
            | Self::OriginMismatch
            | Self::ResponseIssuerMismatch
            | Self::ResponseIssuerMissing
            | Self::CodeMissing
            | Self::Replayed
            | Self::RelayStateInvalid
            | Self::RelayTargetUnknown
            | Self::RelayCodeInvalid
            // What the provider said of this sign-in. Not 502, although the provider is
            // behind us: that is a status whose page proxies and CDNs put their own in
            // place of, and this one says what happened.
            | Self::ProviderError
            | Self::TokenRefused
            | Self::IdTokenMissing
            | Self::IdTokenMalformed
            | Self::IdTokenAlgorithm
            | Self::IdTokenKeyUnknown
            | Self::IdTokenKeyAmbiguous
            | Self::IdTokenSignature
            | Self::IdTokenIssuer
            | Self::IdTokenAudience
            | Self::IdTokenAuthorizedParty
            | Self::IdTokenNonce
            | Self::IdTokenExpired
            | Self::IdTokenIssuedAt
            | Self::IdTokenNotBefore
            | Self::IdTokenSubject
            | Self::IdTokenAccessTokenHash
            | Self::LogoutTokenMalformed
            | Self::UserInfoSubject => 400,
            // Nobody can sign in by it at the moment: the operator's monitor should know.
            Self::ProviderUnreachable
            | Self::DiscoveryMalformed
            | Self::DiscoveryIssuerMismatch
            | Self::DiscoveryEndpointInsecure
            | Self::DiscoveryEndpointElsewhere
            | Self::DiscoveryUnsupported
            | Self::JwksMalformed
            | Self::TokenMalformed
            | Self::UserInfoMalformed
            | Self::GitHubMalformed => 503,
        }
    }
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// A refusal, and why in one line. The detail is logged once and never returned
/// to the visitor; it holds no secret, and of what came from outside only a
/// bounded, escaped piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stable reason.
    pub code: RefusalCode,
    /// One line for the operator.
    pub detail: String,
}

impl Refusal {
    /// Refuses with a line for the operator.
    #[must_use]
    pub fn new(code: RefusalCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}

impl From<RefusalCode> for Refusal {
    fn from(code: RefusalCode) -> Self {
        Self::new(code, "")
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.detail.is_empty() {
            out.write_str(self.code.as_str())
        } else {
            write!(out, "{}: {}", self.code, self.detail)
        }
    }
}

impl std::error::Error for Refusal {}

/// Quotes what came from outside for one line of a log: at most 100 characters,
/// escaped.
pub(super) fn quoted(text: &str) -> String {
    format!("\u{201c}{}\u{201d}", one_line(text, 100))
}

/// Text from outside on one line: control characters escaped, and those that
/// break or turn lines round in some viewers; cut after `most` characters.
pub(super) fn one_line(text: &str, most: usize) -> String {
    let mut line = String::new();
    for character in text.chars().take(most) {
        let turns = matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if character.is_control() || turns {
            line.extend(character.escape_unicode());
        } else {
            line.push(character);
        }
    }
    if text.chars().nth(most).is_some() {
        line.push('\u{2026}');
    }
    line
}

#[cfg(test)]
mod tests {
    use gatelet_texts::are_sentences;

    use super::*;

    #[test]
    fn no_refusal_has_a_status_whose_page_proxies_replace() {
        for code in RefusalCode::ALL {
            assert!([400, 403, 404, 503].contains(&code.status()), "{code}");
        }
    }

    #[test]
    fn codes_are_distinct_and_stable_in_form() {
        let mut seen = std::collections::BTreeSet::new();
        for code in RefusalCode::ALL {
            assert!(seen.insert(code.as_str()), "{code} is used twice");
            let (area, reason) = code.as_str().split_once('.').expect("area.reason");
            for part in [area, reason] {
                assert!(
                    !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                    "{code}"
                );
            }
            assert!(are_sentences(code.message()), "{code} speaks in sentences");
        }
    }

    #[test]
    fn a_refusal_is_told_by_its_code_and_its_detail() {
        let code = RefusalCode::TokenRefused;
        assert_eq!(Refusal::from(code).to_string(), code.as_str());
        let told = Refusal::new(code, "invalid_grant").to_string();
        assert_eq!(told, format!("{}: invalid_grant", code.as_str()));
    }

    #[test]
    fn outside_text_stays_on_one_bounded_line() {
        assert_eq!(
            quoted("a\r\nb\u{202e}"),
            "\u{201c}a\\u{d}\\u{a}b\\u{202e}\u{201d}"
        );
        assert_eq!(quoted(&"x".repeat(1000)).chars().count(), 103);
    }
}
