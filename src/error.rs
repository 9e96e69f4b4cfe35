//! Why was a request refused? A closed set of stable codes. What the operator
//! needs besides goes to the log, never to the visitor.

use core::fmt;

use gatelet_texts::{Text, denials};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Declares the codes with what each one is, so that none goes without.
macro_rules! codes {
    ($($(#[$doc:meta])* $case:ident = $code:literal, $status:literal, $title:ident, $message:ident;)*) => {
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
            pub const fn title(self) -> Text {
                match self { $(Self::$case => denials::$title,)* }
            }

            /// A sentence or two for a person. It gives nothing away.
            #[must_use]
            pub const fn message(self) -> Text {
                match self { $(Self::$case => denials::$message,)* }
            }
        }
    };
}

codes! {
    /// No session cookie.
    SessionNone = "session.none", 401, TITLE_SIGN_IN, SESSION_NONE;
    /// A session cookie that we did not sign, or not for this origin.
    SessionInvalid = "session.invalid", 401, TITLE_SIGN_IN, SESSION_INVALID;
    /// A session that has run out or was ended.
    SessionExpired = "session.expired", 401, TITLE_SIGN_IN, SESSION_EXPIRED;
    /// A personal access token that is nobody's, has run out, or is not for this app.
    TokenInvalid = "token.invalid", 401, TITLE_SIGN_IN, TOKEN_INVALID;
    /// The provider that let somebody in takes its own tokens no more.
    ProviderRevoked = "provider.revoked", 401, TITLE_SIGN_IN, PROVIDER_REVOKED;
    /// A rule asks for the passphrase, and this browser has not shown it.
    AccessPassphrase = "access.passphrase", 401, TITLE_PASSPHRASE, ACCESS_PASSPHRASE;
    /// Signed in, with an account that the rule does not let in.
    AccessOrg = "access.org", 403, TITLE_OTHER_ACCOUNT, ACCESS_ORG;
    /// Signed in, and in none of the groups that the rule lets in.
    AccessGroup = "access.group", 403, TITLE_OTHER_ACCOUNT, ACCESS_GROUP;
    /// Signed in too long ago for what the rule protects (RFC 9470 §3).
    AccessRecent = "access.recent", 401, TITLE_RECENT, ACCESS_RECENT;
    /// Signed in, and not by a passkey lately.
    AccessPasskey = "access.passkey", 401, TITLE_PASSKEY, ACCESS_PASSKEY;
    /// Signed in, and not with a second factor lately.
    AccessSecondFactor = "access.second_factor", 401, TITLE_SECOND_FACTOR, ACCESS_SECOND_FACTOR;
    /// Signed in, and this app is for those who were granted it.
    AppNotGranted = "app.not_granted", 403, TITLE_OTHER_ACCOUNT, APP_NOT_GRANTED;
    /// The `Host` is none of ours.
    OriginUnknown = "origin.unknown", 421, TITLE_UNKNOWN_ORIGIN, ORIGIN_UNKNOWN;
    /// No valid HTTP, or ambiguous: two `Host` fields, a broken target.
    RequestMalformed = "request.malformed", 400, TITLE_BAD_REQUEST, REQUEST_MALFORMED;
    /// An `https://` origin was visited by plain HTTP.
    RequestInsecure = "request.insecure", 403, TITLE_INSECURE, REQUEST_INSECURE;
    /// The target is over the limit.
    TargetTooLong = "request.target_too_long", 414, TITLE_TOO_LONG, REQUEST_TARGET_TOO_LONG;
    /// The header section is over the limit.
    FieldsTooLarge = "request.fields_too_large", 431, TITLE_TOO_LARGE, REQUEST_FIELDS_TOO_LARGE;
    /// CONNECT and TRACE, which a gateway does not serve.
    MethodRefused = "request.method_refused", 405, TITLE_NOT_SUPPORTED, REQUEST_METHOD_REFUSED;
    /// A transfer coding that would be lost on the way (RFC 9112 §6.1).
    TransferCodingUnknown = "request.transfer_coding_unknown", 501, TITLE_NOT_SUPPORTED, REQUEST_TRANSFER_CODING_UNKNOWN;
    /// No component has a route for the path.
    RouteUnknown = "route.unknown", 404, TITLE_NOT_FOUND, ROUTE_UNKNOWN;
    /// The host cannot switch protocols (WASI has no upgrade).
    UpgradeUnsupported = "upgrade.unsupported", 501, TITLE_NOT_SUPPORTED, UPGRADE_UNSUPPORTED;
    /// The database does not answer.
    StoreUnavailable = "store.unavailable", 503, TITLE_AGAIN, STORE_UNAVAILABLE;
    /// The database takes no writes.
    StoreReadOnly = "store.read_only", 503, TITLE_AGAIN, STORE_UNAVAILABLE;
    /// The database has no room left.
    StoreFull = "store.full", 503, TITLE_AGAIN, STORE_UNAVAILABLE;
    /// Somebody else changed the same thing at the same time.
    StoreConflict = "store.conflict", 503, TITLE_AGAIN, STORE_CONFLICT;
    /// The database's schema is not this program's.
    StoreSchema = "store.schema", 503, TITLE_AGAIN, STORE_UNAVAILABLE;
    /// Anything else about the database.
    StoreInternal = "store.internal", 503, TITLE_AGAIN, STORE_UNAVAILABLE;
    /// The app behind the gateway cannot be reached.
    UpstreamUnreachable = "upstream.unreachable", 502, TITLE_NO_ANSWER, UPSTREAM_UNREACHABLE;
    /// The app behind the gateway takes too long.
    UpstreamTimeout = "upstream.timeout", 504, TITLE_NO_ANSWER, UPSTREAM_TIMEOUT;
    /// What is asked of the app comes back here.
    UpstreamLoop = "upstream.loop", 508, TITLE_NOT_SET_UP, UPSTREAM_LOOP;
    /// More is asked than is served at once.
    Busy = "busy", 503, TITLE_AGAIN, BUSY;
    /// The operator has switched login off at this origin.
    LoginOff = "login.off", 503, TITLE_LOGIN_OFF, LOGIN_OFF;
    /// The gateway has no valid settings, or none for this origin.
    SettingsInvalid = "settings.invalid", 500, TITLE_NOT_SET_UP, SETTINGS_INVALID;
    /// A fault of ours.
    Internal = "internal", 500, TITLE_WRONG, INTERNAL;
}

/// By its stable name.
impl Serialize for Code {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = <&str>::deserialize(from)?;
        Self::named(name).ok_or_else(|| D::Error::custom("no such code"))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// What the store answers when it cannot: `gatelet:store/types.error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    use gatelet_texts::are_sentences;

    use super::*;

    #[test]
    fn codes_are_distinct_and_say_something() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{code} is used twice");
            assert!(are_sentences(code.message()), "{code}");
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
