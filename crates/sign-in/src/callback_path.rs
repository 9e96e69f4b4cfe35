//! To which address of an origin does an answer come back? Redirect URIs are exact
//! (RFC 6749 §3.1.2.3, RFC 9700 §2.1): an attempt remembers which one it sent, and its
//! answer is good at that one alone.

use core::fmt;

use crate::authorization::IssuerParameter;
use crate::provider::ProviderId;

/// The path of the address that all providers share.
pub const SHARED: &str = "/api/v1/auth/callback";

/// A path that answers come back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallbackPath {
    /// One that this provider has for itself: `/auth/callback/<id>`.
    Own(ProviderId),
    /// [`SHARED`]: which provider it is, the attempt says that `state` names.
    Shared,
}

impl CallbackPath {
    /// What seals a code to the path: the provider's id, and nothing for the shared one.
    pub(crate) fn seal_name(&self) -> &str {
        match self {
            Self::Own(provider) => provider.as_str(),
            Self::Shared => "",
        }
    }
}

/// Whether an answer of a provider may come to the shared path. Where there are several
/// providers, one of them could have its visitors' answers come from another, and be
/// handed that one's codes (RFC 9700 §4.4, mix-up). Addresses of their own keep them
/// apart, and so does a provider that promises to say who it is (RFC 9207).
#[must_use]
pub fn may_share(providers: usize, issuer: &IssuerParameter) -> bool {
    providers == 1 || matches!(issuer, IssuerParameter::Required(_))
}

impl fmt::Display for CallbackPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(provider) => write!(out, "/auth/callback/{provider}"),
            Self::Shared => out.write_str(SHARED),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::test_provider::issuer;

    #[test]
    fn a_path_is_shared_where_answers_cannot_be_mixed_up() {
        let (required, optional) = (
            IssuerParameter::Required(issuer()),
            IssuerParameter::Optional(issuer()),
        );
        for (providers, issuer, shared) in [
            (1, &required, true),
            (1, &optional, true),
            (1, &IssuerParameter::Ignored, true),
            (2, &required, true),
            (2, &optional, false),
            (2, &IssuerParameter::Ignored, false),
        ] {
            assert_eq!(
                may_share(providers, issuer),
                shared,
                "{providers} {issuer:?}"
            );
        }
    }

    #[test]
    fn paths_are_told_apart() {
        let acme = CallbackPath::Own(ProviderId::parse("acme").expect("an id"));
        for (path, text, seal_name) in [
            (acme, "/auth/callback/acme", "acme"),
            (CallbackPath::Shared, "/api/v1/auth/callback", ""),
        ] {
            assert_eq!(
                (path.to_string().as_str(), path.seal_name()),
                (text, seal_name)
            );
        }
    }
}
