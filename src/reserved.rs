//! Which request fields is an app not to get from visitors? Those that it takes for the
//! word of a server in front of it, and those that say something else than the rules saw.
//!
//! By folded name: servers that make variables of names (CGI, RFC 3875 §4.1.18, and its
//! heirs) know no hyphen from an underscore. `docs/design/0025` has the table with
//! reasons.

use crate::hop_by_hop::NAMES;
use crate::identity::IDENTITY_FIELDS;

/// Why a field is not a visitor's to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reserved {
    /// We say it, or the host does, and nobody else ever.
    Ours,
    /// A server in front says it: who asks, or from where. A believed proxy's reaches an
    /// origin that asks for it.
    Front,
    /// It asks for another path or method than the rules saw. Anybody's reaches an origin
    /// that asks for it.
    Override,
    /// A field that is read by its own name, in a spelling that only some servers take
    /// for it.
    Misspelt,
}

/// How much of a name [`fold`] looks at, in bytes: what is reserved shows in it.
pub(crate) const FOLDED_MAX_BYTES: usize = 32;

/// A field's name as servers read it that make variables of names: lower case, and `-`
/// for whatever is no letter or digit. They fold all of those to one character, so
/// `X-Forwarded+User` would be ours.
pub(crate) fn fold<'b>(name: &[u8], buffer: &'b mut [u8; FOLDED_MAX_BYTES]) -> &'b [u8] {
    for (to, from) in buffer.iter_mut().zip(name) {
        *to = if from.is_ascii_alphanumeric() {
            from.to_ascii_lowercase()
        } else {
            b'-'
        };
    }
    &buffer[..name.len().min(FOLDED_MAX_BYTES)]
}

/// Why this field is not a visitor's to send; none for one that is.
pub(crate) fn reserved(name: &[u8]) -> Option<Reserved> {
    let is_odd = |byte: &u8| !byte.is_ascii_alphanumeric() && *byte != b'-';
    let odd = name.iter().any(is_odd);
    if !odd && !may_be(name) {
        return None;
    }
    let mut buffer = [0; FOLDED_MAX_BYTES];
    let folded = fold(name, &mut buffer);
    let is = |names: &[&str]| names.iter().any(|known| folded == known.as_bytes());
    let begins = |names: &[&str]| {
        names
            .iter()
            .any(|known| folded.starts_with(known.as_bytes()))
    };
    if begins(&["spin-"]) || is(&SET) || is(&IDENTITY_FIELDS) {
        Some(Reserved::Ours)
    } else if begins(FRONT_FAMILIES) || is(FRONT) {
        Some(Reserved::Front)
    } else if is(OVERRIDE) {
        Some(Reserved::Override)
    } else if odd && (begins(READ_FAMILIES) || is(&NAMES) || is(READ)) {
        Some(Reserved::Misspelt)
    } else {
        None
    }
}

/// Whether a name can be on the lists by its first letters: most are not.
fn may_be(name: &[u8]) -> bool {
    let [first, second, third, ..] = name else {
        return false;
    };
    let letters = [first, second, third].map(u8::to_ascii_lowercase);
    matches!(
        &letters,
        b"cf-"
            | b"cli"
            | b"do-"
            | b"fas"
            | b"fly"
            | b"for"
            | b"fro"
            | b"iv-"
            | b"oam"
            | b"oid"
            | b"pro"
            | b"rem"
            | b"shi"
            | b"sm-"
            | b"smu"
            | b"spi"
            | b"ssl"
            | b"tai"
            | b"tru"
            | b"wl-"
    ) || letters.starts_with(b"x-")
}

/// What the app is told of every request (see [`crate::forwarded::tell`]), and what it
/// gets where it asks for that.
const SET: [&str; 4] = [
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    crate::handed::FIELD,
];

/// Names that begin so are read by many.
const READ_FAMILIES: &[&str] = &["content-", "sec-"];
/// So are these, beside those about the connection.
const READ: &[&str] = &["x-request-id", "x-requested-with"];

/// Names that begin so.
const FRONT_FAMILIES: &[&str] = &[
    "cf-access-",
    "cf-connecting-ip",
    "iv-",
    "oidc-claim-",
    "remote-",
    "shib-",
    "ssl-client-",
    "tailscale-",
    "x-amzn-oidc-",
    "x-appengine-",
    "x-auth-request-",
    "x-authenticated-",
    "x-authentik-",
    "x-client-cert",
    "x-consumer-",
    "x-credential-",
    "x-goog-authenticated-user-",
    "x-goog-iap-",
    "x-ms-client-principal",
    "x-ms-token-",
    "x-oidc-",
    "x-pomerium-",
    "x-remote-",
    "x-replit-user-",
    "x-ssl-",
    "x-tls-client-",
    "x-vouch-",
    "x-webauth-",
    "x-forwarded-",
];

/// These names alone.
const FRONT: &[&str] = &[
    "client-cert",
    "client-cert-chain",
    "client-ip",
    "do-connecting-ip",
    "fastly-client-ip",
    "fly-client-ip",
    "forwarded",
    "front-end-https",
    "oam-remote-user",
    "proxy",
    "proxy-client-ip",
    "sm-user",
    "smuser",
    "true-client-ip",
    "wl-proxy-client-ip",
    "x-apigateway-api-userinfo",
    "x-arr-clientcert",
    "x-azure-clientip",
    "x-azure-socketip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-endpoint-api-userinfo",
    "x-envoy-external-address",
    "x-forwarded",
    "x-jwt-assertion",
    "x-nf-client-connection-ip",
    "x-original-forwarded-for",
    "x-originating-ip",
    "x-proxyuser-ip",
    "x-real-ip",
    "x-scheme",
    "x-url-scheme",
    "x-userinfo",
    "x-vercel-forwarded-for",
];

/// These names alone.
const OVERRIDE: &[&str] = &[
    "x-accel-mapping",
    "x-envoy-original-path",
    "x-host",
    "x-http-host-override",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-middleware-subrequest",
    "x-original-host",
    "x-original-method",
    "x-original-uri",
    "x-original-url",
    "x-override-url",
    "x-rewrite-url",
    "x-sendfile-type",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserved_name_is_known_in_every_spelling_that_a_server_folds() {
        let families = FRONT_FAMILIES.iter().chain(&["spin-"]).map(|family| {
            let end = if family.ends_with('-') { "user" } else { "" };
            format!("{family}{end}")
        });
        let alone = FRONT
            .iter()
            .chain(OVERRIDE)
            .chain(&SET)
            .chain(&IDENTITY_FIELDS);
        let names: Vec<String> = families
            .chain(alone.map(|name| (*name).to_owned()))
            .collect();
        // RFC 9110 §5.6.2: what a name may hold beside letters and digits.
        for between in b"!#$%&'*+-.^_`|~" {
            let between = char::from(*between).to_string();
            for name in &names {
                let spelt = name.replace('-', &between);
                for spelt in [spelt.to_ascii_uppercase(), spelt] {
                    assert!(reserved(spelt.as_bytes()).is_some(), "{spelt}");
                }
            }
            for name in [
                "x-forward",
                "x-realm",
                "x-real-ip-too",
                "spinner",
                "for",
                "x-proxy",
                "x-user-id",
                "x-auth-token",
                "referer",
                "x-client-version",
                "user-agent",
                "cf-ray",
                "prompt",
            ] {
                let name = name.replace('-', &between);
                assert_eq!(reserved(name.as_bytes()), None, "{name}");
            }
        }
    }

    #[test]
    fn what_we_say_ourselves_nobody_else_may_be_asked_for() {
        let names = SET.iter().chain(&IDENTITY_FIELDS);
        for name in names.chain(&["spin-client-addr", "X_Forwarded_User"]) {
            assert_eq!(reserved(name.as_bytes()), Some(Reserved::Ours), "{name}");
        }
    }

    #[test]
    fn a_field_that_is_read_by_its_name_has_no_second_spelling() {
        for name in [
            "Transfer_Encoding",
            "content_length",
            "Content.Type",
            "keep_alive",
            "proxy_authorization",
            "X_Request_Id",
            "x-request_id",
            "sec_fetch-site",
            "X_Requested_With",
        ] {
            assert_eq!(
                reserved(name.as_bytes()),
                Some(Reserved::Misspelt),
                "{name}"
            );
            let right: String = name.replace(['_', '.'], "-");
            assert_eq!(
                reserved(right.as_bytes()),
                None,
                "{right} is another's to judge"
            );
        }
        for name in ["api_key", "x_api_key", "my.field", "accept_language"] {
            assert_eq!(reserved(name.as_bytes()), None, "{name}");
        }
    }
}
