//! Which calls does an app make of a central auth service, in which words? For apps that
//! were written for one: the same endpoints once as REST and once by oRPC's RPC protocol.
//!
//! This table is what the router goes by and what the published document is made of
//! ([`document`]), so that the two say the same.

mod asked;
pub mod document;
mod error;
pub mod rpc;

pub use asked::{CallbackAsked, Fault, SignInAsked, SignOutAsked, judge_nothing_asked};
pub use error::{ApiError, ErrorCode};

/// Where the endpoints are, each by its name.
pub const REST: &str = "/api/v1/auth/";
/// The same by oRPC.
pub const RPC: &str = "/api/rpc/v1/auth/";

/// A call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Begins a sign-in with a provider.
    SignIn,
    /// A provider's answer.
    Callback,
    /// Ends the session.
    SignOut,
    /// Is there a session?
    Session,
    /// Who is signed in?
    Me,
}

/// In which form a call comes and is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// JSON as it is, or a form.
    Rest,
    /// JSON in oRPC's envelope.
    Rpc,
}

impl Endpoint {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::SignIn,
        Self::Callback,
        Self::SignOut,
        Self::Session,
        Self::Me,
    ];

    /// The endpoint at a path, by exact match.
    #[must_use]
    pub fn of(path: &str) -> Option<(Self, Surface)> {
        let (name, surface) = match path.strip_prefix(REST) {
            Some(name) => (name, Surface::Rest),
            None => (path.strip_prefix(RPC)?, Surface::Rpc),
        };
        let found = Self::ALL.into_iter().find(|one| one.name() == name)?;
        Some((found, surface))
    }

    /// As it stands in its path.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "signin",
            Self::Callback => "callback",
            Self::SignOut => "signout",
            Self::Session => "session",
            Self::Me => "me",
        }
    }

    /// Its path.
    #[must_use]
    pub fn path(self, surface: Surface) -> String {
        let prefix = match surface {
            Surface::Rest => REST,
            Surface::Rpc => RPC,
        };
        format!("{prefix}{}", self.name())
    }

    /// Whether it changes something, so that a GET must not do it. A provider's answer may
    /// come by one all the same: by REST, where it is the browser's own way back.
    #[must_use]
    pub const fn changes(self) -> bool {
        matches!(self, Self::SignIn | Self::Callback | Self::SignOut)
    }

    /// The methods that it answers, for `Allow` (RFC 9110 §10.2.1).
    #[must_use]
    pub const fn methods(self, surface: Surface) -> &'static str {
        match (self, surface) {
            (Self::Callback, Surface::Rest) => "GET, POST",
            (Self::SignIn | Self::SignOut, _) | (Self::Callback, Surface::Rpc) => "POST",
            (Self::Session | Self::Me, Surface::Rest) => "GET, HEAD",
            (Self::Session | Self::Me, Surface::Rpc) => "GET, HEAD, POST",
        }
    }

    /// Whether it answers this method.
    #[must_use]
    pub fn takes(self, surface: Surface, method: &str) -> bool {
        self.methods(surface).split(", ").any(|one| one == method)
    }

    /// The errors that it answers.
    #[must_use]
    pub const fn errors(self) -> &'static [ErrorCode] {
        match self {
            Self::SignIn => &[
                ErrorCode::BadRequest,
                ErrorCode::Forbidden,
                ErrorCode::NotFound,
                ErrorCode::PayloadTooLarge,
                ErrorCode::ValidationError,
                ErrorCode::TooManyRequests,
                ErrorCode::AuthProviderError,
                ErrorCode::ServiceUnavailable,
            ],
            Self::Callback => &[
                ErrorCode::BadRequest,
                ErrorCode::Forbidden,
                ErrorCode::NotFound,
                ErrorCode::Conflict,
                ErrorCode::PayloadTooLarge,
                ErrorCode::ValidationError,
                ErrorCode::TooManyRequests,
                ErrorCode::AuthProviderError,
                ErrorCode::ServiceUnavailable,
            ],
            Self::SignOut => &[
                ErrorCode::BadRequest,
                ErrorCode::Forbidden,
                ErrorCode::PayloadTooLarge,
                ErrorCode::ValidationError,
                ErrorCode::TooManyRequests,
                ErrorCode::ServiceUnavailable,
            ],
            Self::Session | Self::Me => &[
                ErrorCode::BadRequest,
                ErrorCode::Unauthorized,
                ErrorCode::Forbidden,
                ErrorCode::PayloadTooLarge,
                ErrorCode::ValidationError,
                ErrorCode::TooManyRequests,
                ErrorCode::ServiceUnavailable,
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_found_by_their_exact_paths() {
        for endpoint in Endpoint::ALL {
            for surface in [Surface::Rest, Surface::Rpc] {
                let path = endpoint.path(surface);
                assert_eq!(Endpoint::of(&path), Some((endpoint, surface)), "{path}");
            }
        }
        let sign_in = Some((Endpoint::SignIn, Surface::Rest));
        assert_eq!(Endpoint::of("/api/v1/auth/signin"), sign_in);
        for path in [
            "/api/v1/auth/",
            "/api/v1/auth/signin/",
            "/api/v1/auth/SignIn",
            "/api/v1/auth//signin",
            "/api/v1/auth/%73ignin",
            "/api/rpc/v1/auth/none",
            "/auth/session",
            "/api/v2/auth/session",
        ] {
            assert_eq!(Endpoint::of(path), None, "{path}");
        }
    }

    #[test]
    fn what_changes_something_is_no_get_but_a_providers_answer() {
        for endpoint in Endpoint::ALL {
            assert_eq!(endpoint.takes(Surface::Rpc, "GET"), !endpoint.changes());
            assert!(endpoint.takes(Surface::Rpc, "POST"), "{endpoint:?}");
            let by_get = endpoint.takes(Surface::Rest, "GET");
            let is_way_back = endpoint == Endpoint::Callback;
            assert_eq!(by_get, !endpoint.changes() || is_way_back, "{endpoint:?}");
            assert_eq!(endpoint.takes(Surface::Rest, "POST"), endpoint.changes());
            assert!(!endpoint.takes(Surface::Rest, "PUT"), "{endpoint:?}");
        }
    }
}
