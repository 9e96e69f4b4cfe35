//! Where may an issuer's endpoints be? On its own site, where it is known that they
//! are elsewhere, and where the operator says so: a document from the network does not
//! choose whom we send codes and secrets.

use crate::endpoint::Issuer;
use crate::preset::known;
use gatelet_core::base_url::BaseUrl;

/// Whether endpoints of this issuer may be at this host, in lower case.
///
/// An address that is private is one that the operator wrote down: as the issuer's, or
/// among `listed`. What a name resolves to is the host's to judge.
pub(crate) fn may_be_at(issuer: &Issuer, listed: &[String], host: &str) -> bool {
    let own = issuer.host();
    host == own
        || listed.iter().any(|listed| listed == host)
        || known::is_endpoint_host(&own, host)
        || is_name(host)
            && is_name(&own)
            && site(&own).is_some_and(|site| {
                host == site
                    || host
                        .strip_suffix(site)
                        .is_some_and(|rest| rest.ends_with('.'))
            })
}

/// A host as `endpoint_hosts` lists it, in lower case; None where it is none.
pub(crate) fn listed_host(text: &str) -> Option<String> {
    let read = BaseUrl::parse(&format!("https://{}", text.to_ascii_lowercase())).ok()?;
    (read.authority() == read.host()).then(|| read.host().to_owned())
}

/// The domain that somebody registered, as far as its form tells: two labels, or three
/// below a country's own. The list of public suffixes would be half as large as all the
/// rest of signing in; where form and list differ, `endpoint_hosts` says it.
fn site(host: &str) -> Option<&str> {
    const SECOND_LEVEL: [&str; 12] = [
        "ac", "co", "com", "edu", "go", "gov", "gob", "mil", "ne", "net", "or", "org",
    ];
    let labels: Vec<&str> = host.split('.').collect();
    let (last, second) = (labels.last()?, labels.get(labels.len().checked_sub(2)?)?);
    let below_country = last.len() == 2 && (SECOND_LEVEL.contains(second) || second.len() <= 2);
    let count = if below_country { 3 } else { 2 };
    // Nobody registers names below it.
    let is_public = labels.len() >= count && *last != "localhost";
    let length = labels
        .iter()
        .rev()
        .take(count)
        .map(|label| label.len() + 1)
        .sum::<usize>()
        - 1;
    is_public.then(|| host.get(host.len() - length..)).flatten()
}

fn is_name(host: &str) -> bool {
    BaseUrl::parse(&format!("https://{host}")).is_ok_and(|url| !url.is_address())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(issuer: &str, host: &str) -> bool {
        may_be_at(
            &Issuer::parse(issuer).expect("an issuer"),
            &["10.1.2.3".into()],
            host,
        )
    }

    #[test]
    fn endpoints_stay_on_the_issuers_site() {
        for (issuer, host, expected) in [
            ("https://login.acme.com", "login.acme.com", true),
            ("https://login.acme.com", "api.acme.com", true),
            ("https://login.acme.com", "acme.com", true),
            ("https://login.acme.com", "acme.com.evil.test", false),
            ("https://login.acme.com", "evilacme.com", false),
            ("https://login.acme.com", "com", false),
            ("https://login.acme.co.uk", "api.acme.co.uk", true),
            ("https://login.acme.co.uk", "evil.co.uk", false),
            ("https://acme.co.uk", "evil.co.uk", false),
            ("https://acme.com.au", "id.acme.com.au", true),
            ("https://acme.com.au", "evil.com.au", false),
            ("https://id.acme.de", "x.acme.de", true),
            ("https://id.a.jp", "b.jp", false),
            ("https://accounts.google.com", "oauth2.googleapis.com", true),
            ("https://accounts.google.com", "evil.example", false),
            ("https://www.linkedin.com/oauth", "api.linkedin.com", true),
            ("https://www.paypal.com", "api.paypal.com", true),
            ("https://www.facebook.com", "graph.facebook.com", true),
            ("http://localhost:9000", "localhost", true),
            ("http://localhost:9000", "127.0.0.1", false),
            ("http://idp.localhost:9000", "app.localhost", false),
            ("http://idp.localhost:9000", "x.idp.localhost", false),
            ("http://127.0.0.1:9000", "127.0.0.1", true),
            ("http://127.0.0.1:9000", "127.0.0.2", false),
            ("https://10.0.0.5", "10.0.0.5", true),
            ("https://10.0.0.5", "11.0.0.5", false),
            ("https://intranet", "intranet", true),
            ("https://intranet", "other", false),
            ("https://id.example", "10.1.2.3", true),
            ("https://id.example", "10.1.2.4", false),
        ] {
            assert_eq!(may(issuer, host), expected, "{issuer} {host}");
        }
    }

    #[test]
    fn hosts_are_listed_by_name_alone() {
        for (text, expected) in [
            ("API.acme.com", Some("api.acme.com")),
            ("10.0.0.1", Some("10.0.0.1")),
            ("[fd00::1]", Some("[fd00::1]")),
            ("https://api.acme.com", None),
            ("api.acme.com:8443", None),
            ("api.acme.com/x", None),
            ("*.acme.com", None),
            ("", None),
        ] {
            assert_eq!(listed_host(text).as_deref(), expected, "{text}");
        }
    }
}
