//! Why was a request refused? A closed set of stable codes. What the operator
//! needs besides goes to the log, never to the visitor.

use core::fmt;

/// Declares the codes with what each one is, so that none goes without.
macro_rules! codes {
    ($($(#[$doc:meta])* $case:ident = $code:literal, $status:literal, $title:literal, $message:literal;)*) => {
        /// A denial, or a failure that denies.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $case,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$case),*];

            /// The stable name: for programs, logs and metrics.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$case => $code,)* }
            }

            /// The code of this name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == name)
            }

            /// HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$case => $status,)* }
            }

            /// A heading for a person.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$case => $title,)* }
            }

            /// A sentence or two for a person. It gives nothing away.
            #[must_use]
            pub const fn message(self) -> &'static str {
                match self { $(Self::$case => $message,)* }
            }
        }
    };
}

codes! {
    /// No session cookie.
    SessionNone = "session.none", 401, "Please sign in", "You are not signed in.";
    /// A session cookie that we did not sign, or not for this origin.
    SessionInvalid = "session.invalid", 401, "Please sign in", "Your session is not valid here. Please sign in again.";
    /// A session that has run out or was ended.
    SessionExpired = "session.expired", 401, "Please sign in", "Your session has ended. Please sign in again.";
    /// A personal access token that is nobody's, has run out, or is not for this app.
    TokenInvalid = "token.invalid", 401, "Please sign in", "This access token is not valid here.";
    /// A rule asks for the passphrase, and this browser has not shown it.
    AccessPassphrase = "access.passphrase", 401, "Passphrase needed", "This page is for those who know its passphrase.";
    /// Signed in, with an account that the rule does not let in.
    AccessOrg = "access.org", 403, "Not with this account", "This page is for people with a verified email address at certain organisations.";
    /// Signed in, and in none of the groups that the rule lets in.
    AccessGroup = "access.group", 403, "Not with this account", "This page is for members of certain groups.";
    /// Signed in too long ago for what the rule protects (RFC 9470 §3).
    AccessRecent = "access.recent", 401, "Please confirm that it is you", "You signed in too long ago for this page. Please confirm that it is you.";
    /// Signed in, and not by a passkey lately.
    AccessPasskey = "access.passkey", 401, "Please use a passkey", "This page asks for a passkey. Please confirm that it is you.";
    /// Signed in, and not with a second factor lately.
    AccessSecondFactor = "access.second_factor", 401, "Please use a second factor", "This page asks for a second factor. Please confirm that it is you.";
    /// Signed in, and this app is for those who were granted it.
    AppNotGranted = "app.not_granted", 403, "Not with this account", "This account may not use this app.";
    /// The `Host` is none of ours.
    OriginUnknown = "origin.unknown", 421, "Not found here", "This server does not serve that address.";
    /// No valid HTTP, or ambiguous: two `Host` fields, a broken target.
    RequestMalformed = "request.malformed", 400, "Bad request", "The request could not be understood.";
    /// An `https://` origin was visited by plain HTTP.
    RequestInsecure = "request.insecure", 403, "HTTPS alone", "This site is served by HTTPS alone: ask for it by https://, and change what was sent in the clear.";
    /// The target is over the limit.
    TargetTooLong = "request.target_too_long", 414, "Address too long", "The address of this request is too long.";
    /// The header section is over the limit.
    FieldsTooLarge = "request.fields_too_large", 431, "Request too large", "The request's header is too large. Clearing this site's cookies may help.";
    /// CONNECT and TRACE, which a gateway does not serve.
    MethodRefused = "request.method_refused", 405, "Not supported", "This method is not served here.";
    /// A transfer coding that would be lost on the way (RFC 9112 §6.1).
    TransferCodingUnknown = "request.transfer_coding_unknown", 501, "Not supported", "This transfer coding is not understood here.";
    /// No component has a route for the path.
    RouteUnknown = "route.unknown", 404, "Not found", "There is nothing at this address.";
    /// The host cannot switch protocols (WASI has no upgrade).
    UpgradeUnsupported = "upgrade.unsupported", 501, "Not supported", "WebSockets do not work through this host.";
    /// The database does not answer.
    StoreUnavailable = "store.unavailable", 503, "Please try again", "Sign-in is not available at the moment. Please try again in a few seconds.";
    /// The database takes no writes.
    StoreReadOnly = "store.read_only", 503, "Please try again", "Sign-in is not available at the moment. Please try again in a few seconds.";
    /// The database has no room left.
    StoreFull = "store.full", 503, "Please try again", "Sign-in is not available at the moment. Please try again in a few seconds.";
    /// Somebody else changed the same thing at the same time.
    StoreConflict = "store.conflict", 503, "Please try again", "That did not go through. Please try again.";
    /// The database's schema is not this program's.
    StoreSchema = "store.schema", 503, "Please try again", "Sign-in is not available at the moment. Please try again in a few seconds.";
    /// Anything else about the database.
    StoreInternal = "store.internal", 503, "Please try again", "Sign-in is not available at the moment. Please try again in a few seconds.";
    /// The app behind the gateway cannot be reached.
    UpstreamUnreachable = "upstream.unreachable", 502, "The app does not answer", "The app behind this address cannot be reached. Please try again in a moment.";
    /// The app behind the gateway takes too long.
    UpstreamTimeout = "upstream.timeout", 504, "The app does not answer", "The app behind this address takes too long to answer. Please try again in a moment.";
    /// What is asked of the app comes back here.
    UpstreamLoop = "upstream.loop", 508, "Not set up", "The app behind this address is not set up. The server's log says what is missing.";
    /// More is asked than is served at once.
    Busy = "busy", 503, "Please try again", "Very many people are here at this moment. Please try again in a few seconds.";
    /// The gateway has no valid settings, or none for this origin.
    SettingsInvalid = "settings.invalid", 500, "Not set up", "This address is not set up. The server's log says what is missing.";
    /// A fault of ours.
    Internal = "internal", 500, "Something went wrong", "Something went wrong. Please try again.";
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// What the store answers when it cannot: `gatelet:store/types.error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoreError {
    /// The database does not answer. Worth a retry.
    Unavailable,
    /// The database answers but takes no writes.
    ReadOnly,
    /// The database has no room left.
    Full,
    /// Something unique is taken, or what the call rests on has gone meanwhile.
    Conflict,
    /// The schema is newer than this program, or a migration failed.
    Schema,
    /// Anything else.
    Internal,
}

impl From<StoreError> for Code {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable => Self::StoreUnavailable,
            StoreError::ReadOnly => Self::StoreReadOnly,
            StoreError::Full => Self::StoreFull,
            StoreError::Conflict => Self::StoreConflict,
            StoreError::Schema => Self::StoreSchema,
            StoreError::Internal => Self::StoreInternal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_say_something() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{code} is used twice");
            assert!(code.message().ends_with('.'), "{code} speaks in sentences");
            assert!((400..600).contains(&code.status()), "{code} is a denial");
            assert_eq!(code.to_string(), code.as_str());
            assert!(
                code.as_str()
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'.' || byte == b'_'),
                "{code}"
            );
        }
    }

    #[test]
    fn every_failure_of_the_store_is_a_denial_to_try_again() {
        for error in [
            StoreError::Unavailable,
            StoreError::ReadOnly,
            StoreError::Full,
            StoreError::Conflict,
            StoreError::Schema,
            StoreError::Internal,
        ] {
            assert_eq!(Code::from(error).status(), 503, "{error:?}");
        }
    }
}
