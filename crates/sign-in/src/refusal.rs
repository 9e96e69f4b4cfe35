//! Why was a sign-in refused? A closed set of codes for the log and the page,
//! and one line of detail that goes to the operator's log alone.

use core::fmt;

macro_rules! codes {
    ($($(#[$meta:meta])* $variant:ident = $text:literal, $message:literal;)*) => {
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
            pub const fn message(self) -> &'static str {
                match self { $(RefusalCode::$variant => $message),* }
            }
        }
    };
}

codes! {
    /// The callback's parameters do not parse, are too long, or come twice.
    ParametersMalformed = "oauth.parameters_malformed", "The provider's answer could not be read. Please try again.";
    /// The callback has no `state`.
    StateMissing = "oauth.state_missing", "This sign-in was not started here. Please try again.";
    /// No attempt of this browser has that `state`.
    StateMismatch = "oauth.state_mismatch", "This sign-in was not started in this browser, or it took too long. Please try again.";
    /// The attempt is older than ten minutes.
    AttemptExpired = "oauth.attempt_expired", "This sign-in took too long. Please try again.";
    /// The attempt was begun with another provider.
    ProviderMismatch = "oauth.provider_mismatch", "This sign-in was started with another provider. Please try again.";
    /// The attempt was begun at another origin.
    OriginMismatch = "oauth.origin_mismatch", "This sign-in was started on another site. Please try again.";
    /// `iss` names another issuer (RFC 9207).
    ResponseIssuerMismatch = "oauth.issuer_mismatch", "The answer came from another provider. Please try again.";
    /// The provider says that it always sends `iss`, and did not.
    ResponseIssuerMissing = "oauth.issuer_missing", "The provider's answer was incomplete. Please try again.";
    /// A relay state that we did not seal.
    RelayStateInvalid = "relay.state_invalid", "This sign-in was not started here. Please try again.";
    /// The origin that the answer is for is not served, or not any more.
    RelayTargetUnknown = "relay.target_unknown", "The site that this sign-in was for is not served any more, so nothing was sent to it.";
    /// The answer is for an origin that does not use this relay, or must not.
    RelayTargetRefused = "relay.target_refused", "Sign-in for that site does not go through this one, so nothing was sent to it.";
    /// The code came around the relay, or was sealed for another attempt.
    RelayCodeInvalid = "relay.code_invalid", "The provider's answer did not come the way it should. Please try again.";
    /// The visitor or the provider said no.
    Denied = "oauth.denied", "You did not allow the sign-in, so nothing has happened.";
    /// The provider answered with an `error` other than `access_denied`.
    ProviderError = "oauth.provider_error", "The provider could not sign you in. Please try again later.";
    /// Neither `code` nor `error`.
    CodeMissing = "oauth.code_missing", "The provider's answer was incomplete. Please try again.";
    /// The attempt was used before.
    Replayed = "oauth.replayed", "This sign-in has been used already. Please start again.";
    /// No such provider is configured.
    ProviderUnknown = "provider.unknown", "There is no such way to sign in here.";
    /// A request to the provider failed or took too long.
    ProviderUnreachable = "provider.unreachable", "The provider does not answer. Please try again later.";
    /// The discovery document is no valid one.
    DiscoveryMalformed = "discovery.malformed", "The provider does not answer as it should. Please try again later.";
    /// The discovery document is another issuer's.
    DiscoveryIssuerMismatch = "discovery.issuer_mismatch", "The provider does not answer as it should. Please try again later.";
    /// An endpoint is not an absolute https URL.
    DiscoveryEndpointInsecure = "discovery.endpoint_insecure", "The provider does not answer as it should. Please try again later.";
    /// An endpoint is on a site that is not the issuer's.
    DiscoveryEndpointElsewhere = "discovery.endpoint_elsewhere", "The provider does not answer as it should. Please try again later.";
    /// The provider lists what it supports, and it is not what we need.
    DiscoveryUnsupported = "discovery.unsupported", "The provider does not offer what signing in here needs.";
    /// The key set does not parse or is too large.
    JwksMalformed = "jwks.malformed", "The provider does not answer as it should. Please try again later.";
    /// The token endpoint refused the code.
    TokenRefused = "token.refused", "The provider did not complete the sign-in. Please try again.";
    /// The token endpoint's answer is no valid one.
    TokenMalformed = "token.malformed", "The provider does not answer as it should. Please try again later.";
    /// The token response holds no ID token.
    IdTokenMissing = "id_token.missing", "The provider's answer was incomplete. Please try again.";
    /// The ID token is no signed JWT within the limits.
    IdTokenMalformed = "id_token.malformed", "The provider's answer could not be verified.";
    /// Signed with an algorithm that is not configured for the provider.
    IdTokenAlgorithm = "id_token.algorithm", "The provider's answer could not be verified.";
    /// Signed with a key that the provider does not publish. Worth fetching the keys again.
    IdTokenKeyUnknown = "id_token.key_unknown", "The provider's answer could not be verified. Please try again.";
    /// Names no key where the provider publishes several.
    IdTokenKeyAmbiguous = "id_token.key_ambiguous", "The provider's answer could not be verified.";
    /// The signature is wrong.
    IdTokenSignature = "id_token.signature", "The provider's answer could not be verified.";
    /// `iss` is another issuer.
    IdTokenIssuer = "id_token.issuer", "The provider's answer could not be verified.";
    /// A tenant that is not let in.
    IdTokenTenant = "id_token.tenant", "This way in is for accounts of certain organisations, and yours is not among them.";
    /// `aud` does not name us, or names others that are not trusted.
    IdTokenAudience = "id_token.audience", "The provider's answer could not be verified.";
    /// `azp` is another client, or missing where several audiences are named.
    IdTokenAuthorizedParty = "id_token.authorized_party", "The provider's answer could not be verified.";
    /// `nonce` is missing or another attempt's.
    IdTokenNonce = "id_token.nonce", "The provider's answer belongs to another sign-in. Please try again.";
    /// `exp` is missing or past.
    IdTokenExpired = "id_token.expired", "The provider's answer has expired. Please try again.";
    /// `iat` is missing, in the future, or long past.
    IdTokenIssuedAt = "id_token.issued_at", "The provider's answer could not be verified. Please try again.";
    /// `nbf` is in the future.
    IdTokenNotBefore = "id_token.not_before", "The provider's answer is not valid yet. Please try again.";
    /// `sub` is missing, empty or too long.
    IdTokenSubject = "id_token.subject", "The provider's answer could not be verified.";
    /// `at_hash` is another access token's.
    IdTokenAccessTokenHash = "id_token.access_token_hash", "The provider's answer could not be verified.";
    /// The UserInfo response is no valid one.
    UserInfoMalformed = "userinfo.malformed", "The provider does not answer as it should. Please try again later.";
    /// The UserInfo response is about somebody else.
    UserInfoSubject = "userinfo.subject_mismatch", "The provider's answer could not be verified.";
    /// GitHub's answer is no valid one.
    GitHubMalformed = "github.malformed", "GitHub does not answer as it should. Please try again later.";
    /// The provider gave no email address that can be used.
    EmailMissing = "account.email_missing", "The provider did not say what your email address is. Allow it there, or sign in another way.";
    /// No verified address at a domain that the provider is let in for.
    EmailDomain = "account.email_domain", "This way in is for addresses of certain organisations, and yours is not among them.";
    /// The email is taken, and the provider does not say that it is verified.
    EmailUnverified = "account.email_unverified", "There is an account with your email address already, and the provider has not verified that the address is yours. Sign in the way you did before.";
    /// The account signs somebody else in here.
    LinkTaken = "account.linked_elsewhere", "This account signs somebody else in here, so it cannot be linked to you.";
    /// Another session asked for the link than the one that its answer came to.
    LinkSession = "account.link_session", "You were signed in otherwise when this began, so nothing was linked. Please try again.";
    /// An operator has switched the account off.
    AccountDisabled = "account.disabled", "This account is switched off. Ask whoever runs this site.";
    /// Nobody has this account, and only those who were invited may make one.
    NotInvited = "account.not_invited", "There is no account for you here, and new ones are by invitation only.";
    /// Nobody has this account, and the address is at no domain that may make one.
    SignUpDomain = "account.sign_up_domain", "New accounts are for addresses of certain organisations, and yours is not among them.";
    /// The invitation was used, has expired, or is for somebody else.
    InvitationInvalid = "invitation.invalid", "This invitation is not good any more. Ask whoever invited you for another.";
    /// Nobody has this account, and sign-up is closed.
    SignUpClosed = "account.sign_up_closed", "There is no account for you here, and new ones cannot be made.";
}

impl RefusalCode {
    /// HTTP status of the answer to the visitor.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::ProviderUnknown => 404,
            Self::Denied
            | Self::EmailMissing
            | Self::EmailDomain
            | Self::IdTokenTenant
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
            assert!(code.message().ends_with('.'), "{code} speaks in sentences");
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
