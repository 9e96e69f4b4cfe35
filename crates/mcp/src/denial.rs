//! Why may somebody not ask? A closed set with stable codes, and the challenge that tells
//! a program how to come again.

use gatelet_secrets::Scope;
use serde_json::{Value, json};

use crate::endpoint::Endpoint;
use crate::reply::Reply;

/// The scope that a first token is asked to have: enough to look around, no more.
const FIRST_SCOPE: Scope = Scope::SecretsNames;

/// Why a request is not looked at any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// A page asks that is neither at https nor on this machine.
    OriginRefused,
    /// Without a token. A cookie is none.
    TokenMissing,
    /// With several `Authorization` fields, or one that is no text.
    TokenMalformed,
    /// With a token that is nobody's here: unknown, expired, taken back, or for another
    /// audience.
    TokenInvalid,
    /// Its user is no admin, which no scope mends.
    NotAdmin,
    /// The token is not good for the operation, which takes this scope.
    ScopeInsufficient(Scope),
    /// The endpoint takes `POST` alone: there is no stream to open and no session to end.
    MethodNotAllowed,
    /// The store does not answer.
    Unavailable,
    /// Anything else; the log has it.
    Internal,
}

impl Denial {
    /// The stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OriginRefused => "mcp.origin_refused",
            Self::TokenMissing => "mcp.token_missing",
            Self::TokenMalformed => "mcp.token_malformed",
            Self::TokenInvalid => "mcp.token_invalid",
            Self::NotAdmin => "mcp.not_admin",
            Self::ScopeInsufficient(_) => "mcp.scope_insufficient",
            Self::MethodNotAllowed => "mcp.method_not_allowed",
            Self::Unavailable => "mcp.unavailable",
            Self::Internal => "mcp.internal",
        }
    }

    /// Status of the answer.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::TokenMalformed => 400,
            Self::TokenMissing | Self::TokenInvalid => 401,
            Self::OriginRefused | Self::NotAdmin | Self::ScopeInsufficient(_) => 403,
            Self::MethodNotAllowed => 405,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// The answer's `WWW-Authenticate` (RFC 6750 §3, RFC 9728 §5.1). None where no other
    /// token would do: a program that is challenged asks for one, again and again.
    #[must_use]
    pub fn challenge(self, endpoint: &Endpoint) -> Option<String> {
        let metadata = endpoint.metadata_url();
        let unauthorized =
            format!("Bearer resource_metadata=\"{metadata}\", scope=\"{FIRST_SCOPE}\"");
        match self {
            Self::TokenMissing => Some(unauthorized),
            // Only where one was sent: RFC 6750 §3.1.
            Self::TokenInvalid => Some(format!("{unauthorized}, error=\"invalid_token\"")),
            Self::TokenMalformed => Some(format!(
                "Bearer error=\"invalid_request\", resource_metadata=\"{metadata}\""
            )),
            Self::ScopeInsufficient(scope) => Some(format!(
                "Bearer error=\"insufficient_scope\", scope=\"{scope}\", resource_metadata=\"{metadata}\""
            )),
            Self::OriginRefused
            | Self::NotAdmin
            | Self::MethodNotAllowed
            | Self::Unavailable
            | Self::Internal => None,
        }
    }

    /// The answer.
    #[must_use]
    pub fn reply(self, endpoint: &Endpoint) -> Reply {
        Reply {
            status: self.status(),
            body: Some(self.body()),
            challenge: self.challenge(endpoint),
            allow: (self == Self::MethodNotAllowed).then_some("POST, OPTIONS"),
        }
    }

    fn body(self) -> Value {
        let message = match self {
            Self::OriginRefused => "This page may not ask here.".to_owned(),
            Self::TokenMissing => {
                "Send a personal access token for this endpoint: Authorization: Bearer gat_…"
                    .to_owned()
            }
            Self::TokenMalformed => "Send one Authorization field.".to_owned(),
            Self::TokenInvalid => {
                "The token is unknown, has expired, was taken back, or is for something else."
                    .to_owned()
            }
            Self::NotAdmin => "This takes a token of an admin.".to_owned(),
            Self::ScopeInsufficient(scope) => format!("This takes a token with the scope {scope}."),
            Self::MethodNotAllowed => "Send each message as a POST.".to_owned(),
            Self::Unavailable => "The database does not answer: try again later.".to_owned(),
            Self::Internal => "That failed: the log says why.".to_owned(),
        };
        json!({"error": self.as_str(), "message": message})
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use gatelet_core::base_url::BaseUrl;

    use super::*;

    const ALL: [Denial; 9] = [
        Denial::OriginRefused,
        Denial::TokenMissing,
        Denial::TokenMalformed,
        Denial::TokenInvalid,
        Denial::NotAdmin,
        Denial::ScopeInsufficient(Scope::EnvWrite),
        Denial::MethodNotAllowed,
        Denial::Unavailable,
        Denial::Internal,
    ];

    fn endpoint() -> Endpoint {
        Endpoint::at(&BaseUrl::parse("https://app.example.com").unwrap())
    }

    #[test]
    fn every_denial_has_a_code_of_its_own_and_a_sentence() {
        let codes: BTreeSet<_> = ALL.map(Denial::as_str).into_iter().collect();
        assert_eq!(codes.len(), ALL.len());
        for denial in ALL {
            let reply = denial.reply(&endpoint());
            let body = reply.body.unwrap();
            assert_eq!(body["error"], denial.as_str());
            assert!(body["message"].as_str().unwrap().len() > 10, "{denial:?}");
            assert_eq!(reply.status, denial.status());
            assert_eq!(reply.allow.is_some(), reply.status == 405);
        }
    }

    #[test]
    fn only_what_another_token_mends_is_challenged() {
        let metadata = "resource_metadata=\"https://app.example.com/.well-known/oauth-protected-resource/auth/mcp\"";
        let challenges = ALL.map(|denial| denial.challenge(&endpoint()));
        let wanted = [
            None,
            Some(format!("Bearer {metadata}, scope=\"secrets:names\"")),
            Some(format!("Bearer error=\"invalid_request\", {metadata}")),
            Some(format!(
                "Bearer {metadata}, scope=\"secrets:names\", error=\"invalid_token\""
            )),
            None,
            Some(format!(
                "Bearer error=\"insufficient_scope\", scope=\"env:write\", {metadata}"
            )),
            None,
            None,
            None,
        ];
        assert_eq!(challenges, wanted);
    }
}
