//! What is known of providers that do not quite do as the standard says?

use crate::endpoint::Issuer;
use crate::provider::ResponseMode;

/// Google's issuer.
pub(crate) const GOOGLE: &str = "https://accounts.google.com";
/// Apple's issuer.
const APPLE: &str = "https://appleid.apple.com";
/// The host of Microsoft Entra's issuers.
const ENTRA_HOST: &str = "login.microsoftonline.com";
/// The first segment of an Entra address that is no tenant's own.
const ENTRA_SHARED: [&str; 3] = ["common", "organizations", "consumers"];

/// Issuers whose endpoints are on other sites, and those.
const ENDPOINT_SITES: [(&str, &str); 5] = [
    ("accounts.google.com", "googleapis.com"),
    ("login.microsoftonline.com", "microsoft.com"),
    ("www.facebook.com", "graph.facebook.com"),
    ("www.linkedin.com", "api.linkedin.com"),
    ("www.paypal.com", "api.paypal.com"),
];

/// Whether it is Google.
pub(crate) fn is_google(issuer: &Issuer) -> bool {
    issuer.canonical().as_str() == GOOGLE
}

/// Apple gives an address or a name only where the answer is posted.
pub(crate) fn response_mode(issuer: &Issuer) -> ResponseMode {
    match is_apple(issuer) {
        true => ResponseMode::FormPost,
        false => ResponseMode::Query,
    }
}

/// What to ask for where the operator does not say. Apple knows no `profile`.
pub(crate) fn scopes(issuer: &Issuer) -> &'static str {
    match is_apple(issuer) {
        true => "openid email name",
        false => "openid email profile",
    }
}

fn is_apple(issuer: &Issuer) -> bool {
    issuer.canonical().as_str() == APPLE
}

/// Whether endpoints of an issuer at this host may be at that one.
pub(crate) fn is_endpoint_host(issuer_host: &str, host: &str) -> bool {
    ENDPOINT_SITES.iter().any(|(issuer, site)| {
        *issuer == issuer_host
            && (host == *site
                || host
                    .strip_suffix(site)
                    .is_some_and(|rest| rest.ends_with('.')))
    })
}

/// What to write instead of an address that Entra gives for many tenants, whose
/// metadata names an issuer for each.
pub(crate) fn shared_tenant_mend(issuer: &Issuer) -> Option<String> {
    let canonical = issuer.canonical();
    let path = canonical
        .as_str()
        .strip_prefix("https://")?
        .strip_prefix(ENTRA_HOST)?;
    let first = path.strip_prefix('/')?.split('/').next()?;
    ENTRA_SHARED.contains(&first).then(|| {
        format!(
            "is for many tenants: write your own tenant\u{2019}s id in place of `{first}`, or, for \
             many, `issuer` https://{ENTRA_HOST}/{{tenantid}}/v2.0 and `discovery_url` \
             https://{ENTRA_HOST}/{first}/v2.0/.well-known/openid-configuration"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_of_well_known_issuers_are_where_they_are_known_to_be() {
        for (issuer, host, expected) in [
            ("accounts.google.com", "oauth2.googleapis.com", true),
            ("accounts.google.com", "googleapis.com", true),
            ("accounts.google.com", "evilgoogleapis.com", false),
            (
                "accounts.google.com.evil.example",
                "oauth2.googleapis.com",
                false,
            ),
            ("login.microsoftonline.com", "graph.microsoft.com", true),
            ("id.example", "oauth2.googleapis.com", false),
        ] {
            assert_eq!(is_endpoint_host(issuer, host), expected, "{issuer} {host}");
        }
    }

    #[test]
    fn apple_posts_its_answer_back_and_knows_no_profile() {
        for (issuer, mode, asked) in [
            (APPLE, ResponseMode::FormPost, "openid email name"),
            (GOOGLE, ResponseMode::Query, "openid email profile"),
        ] {
            let issuer = Issuer::parse(issuer).expect("an issuer");
            assert_eq!(response_mode(&issuer), mode, "{issuer}");
            assert_eq!(scopes(&issuer), asked, "{issuer}");
        }
    }

    #[test]
    fn an_address_of_many_tenants_is_answered_with_what_to_write() {
        let mend = |issuer: &str| shared_tenant_mend(&Issuer::parse(issuer).expect("an issuer"));
        for shared in ["common", "organizations", "consumers"] {
            let issuer = format!("https://login.microsoftonline.com/{shared}/v2.0");
            assert!(
                mend(&issuer).is_some_and(|mend| mend.contains("{tenantid}")),
                "{shared}"
            );
        }
        assert_eq!(mend("https://login.microsoftonline.com/8a1f/v2.0"), None);
        assert_eq!(mend("https://id.example/common"), None);
    }
}
