//! Where may a request to a provider go? URLs that come from configuration or
//! from a provider, screened before anything is sent to them.

use core::fmt;

use url::{Host, Url};

/// Longest URL that is taken from a provider or from configuration, in bytes.
pub const URL_MAX_BYTES: usize = 2048;

/// An absolute `https` URL (`http` on loopback hosts alone) without user
/// information and fragment, kept as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EndpointUrl(String);

/// An issuer identifier: an [`EndpointUrl`] without query (OpenID Connect
/// Discovery 1.0 §2; RFC 8414 §2), kept as it was written, because issuers are
/// compared byte by byte. Where [`TENANT`] stands in its path, it is one for each
/// tenant, as Microsoft Entra writes them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Issuer(EndpointUrl);

/// What stands for the tenant in an issuer of many.
pub const TENANT: &str = "{tenantid}";
/// Longest identifier of a tenant, in bytes: a UUID has 36.
const TENANT_MAX_BYTES: usize = 64;

/// Why a URL is not one to send requests to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlError {
    /// Over [`URL_MAX_BYTES`].
    TooLong,
    /// No absolute URL, or one with characters that a URL does not have.
    Malformed,
    /// Neither https nor http on a loopback host.
    Insecure,
    /// Has a user name or password.
    UserInformation,
    /// Has a query where none may be.
    Query,
    /// Has a fragment.
    Fragment,
}

impl EndpointUrl {
    /// Screens a URL.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        screen(text).map(|_| Self(text.to_owned()))
    }

    /// The host, in lower case.
    #[must_use]
    pub fn host(&self) -> String {
        let host = url_authority(&self.0).to_ascii_lowercase();
        match host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host.to_owned(),
            Some(_) | None => host,
        }
    }

    /// Scheme and authority in lower case: spellings of one place come out alike.
    #[must_use]
    pub fn canonical(&self) -> Self {
        let (head, authority) = (
            self.0.find("://").map_or(0, |at| at + 3),
            url_authority(&self.0),
        );
        let (origin, rest) = self.0.split_at(head + authority.len());
        Self(format!("{}{rest}", origin.to_ascii_lowercase()))
    }

    /// The URL as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URL with parameters appended to the query that it may have already.
    #[must_use]
    pub fn with_parameters(&self, encoded: &str) -> String {
        let joint = match self.0.split_once('?') {
            None => "?",
            Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
            Some(_) => "&",
        };
        format!("{}{joint}{encoded}", self.0)
    }
}

impl Issuer {
    /// Screens an issuer identifier.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        // Only in the path, and once.
        let in_path = |before: &str| {
            let rest = before.split_once("://").map_or("", |(_, rest)| rest);
            rest.contains('/') && !rest.contains(['?', '#'])
        };
        let one = match text.split_once(TENANT) {
            Some((before, after)) if in_path(before) => format!("{before}x{after}"),
            Some(_) | None => text.to_owned(),
        };
        if screen(&one)?.query().is_some() {
            return Err(UrlError::Query);
        }
        Ok(Self(EndpointUrl(text.to_owned())))
    }

    /// Whether it stands for an issuer for each tenant.
    #[must_use]
    pub fn is_of_tenants(&self) -> bool {
        self.as_str().contains(TENANT)
    }

    /// The issuer of this tenant; of an issuer of its own, itself. None where the name
    /// is none.
    #[must_use]
    pub fn of_tenant(&self, tenant: Option<&str>) -> Option<String> {
        if !self.is_of_tenants() {
            return Some(self.as_str().to_owned());
        }
        let is_name = |name: &&str| {
            (1..=TENANT_MAX_BYTES).contains(&name.len())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let tenant = tenant.filter(is_name)?;
        Some(self.as_str().replace(TENANT, tenant))
    }

    /// The tenant whose issuer that is, where this one is of many.
    #[must_use]
    pub fn tenant_in<'a>(&self, said: &'a Self) -> Option<&'a str> {
        let (before, after) = self.as_str().split_once(TENANT)?;
        let tenant = said.as_str().strip_prefix(before)?.strip_suffix(after)?;
        (self.of_tenant(Some(tenant))? == said.as_str()).then_some(tenant)
    }

    /// Whether a document that says this speaks of this issuer: byte by byte as it was
    /// configured, or with scheme and host in lower case, as issuers write themselves
    /// and operators do not always.
    #[must_use]
    pub fn is_said(&self, said: &Self) -> bool {
        said == self || *said == self.canonical()
    }

    /// The one spelling of scheme and host.
    #[must_use]
    pub fn canonical(&self) -> Self {
        Self(self.0.canonical())
    }

    /// The host, in lower case.
    #[must_use]
    pub fn host(&self) -> String {
        self.0.host()
    }

    /// The identifier as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Where the issuer's metadata is: the identifier without a trailing slash,
    /// and `/.well-known/openid-configuration` (OpenID Connect Discovery 1.0 §4).
    #[must_use]
    pub fn discovery_url(&self) -> EndpointUrl {
        let base = self.as_str().strip_suffix('/').unwrap_or(self.as_str());
        EndpointUrl(format!("{base}/.well-known/openid-configuration"))
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl fmt::Display for UrlError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::TooLong => "is longer than 2048 bytes",
            Self::Malformed => "is not an absolute URL",
            Self::Insecure => "must begin with https:// (http:// is for loopback hosts alone)",
            Self::UserInformation => "must not hold a user name or password",
            Self::Query => "must not hold a query",
            Self::Fragment => "must not hold a fragment",
        })
    }
}

impl std::error::Error for UrlError {}

fn screen(text: &str) -> Result<Url, UrlError> {
    if text.len() > URL_MAX_BYTES {
        return Err(UrlError::TooLong);
    }
    // A URL parser mends white space, controls and backslashes. Two readers that
    // mend differently reach different hosts, so what needs mending is refused.
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&byte))
    {
        return Err(UrlError::Malformed);
    }
    let url = Url::parse(text).map_err(|_| UrlError::Malformed)?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(UrlError::Malformed),
    };
    let after_scheme = match url.scheme() {
        "https" => text.get("https://".len()..),
        "http" if loopback => text.get("http://".len()..),
        _ => return Err(UrlError::Insecure),
    };
    // `https:host` and `https:///host` are mended by the parser too.
    if !text
        .get(..url.scheme().len() + 3)
        .is_some_and(|start| start.ends_with("://"))
        || after_scheme.is_none_or(|rest| rest.starts_with('/'))
    {
        return Err(UrlError::Malformed);
    }
    // A user without a name, too, which the parser forgets.
    if url_authority(text).contains('@') {
        return Err(UrlError::UserInformation);
    }
    if url.fragment().is_some() {
        return Err(UrlError::Fragment);
    }
    Ok(url)
}

fn url_authority(text: &str) -> &str {
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_are_screened() {
        for (text, expected) in [
            ("https://accounts.google.com", Ok(())),
            ("https://example.com/tenant/v2.0", Ok(())),
            ("https://example.com/", Ok(())),
            ("https://example.com:8443", Ok(())),
            ("http://localhost:9000", Ok(())),
            ("http://idp.localhost:9000/x", Ok(())),
            ("http://127.0.0.2:9000", Ok(())),
            ("http://[::1]:9000", Ok(())),
            ("http://example.com", Err(UrlError::Insecure)),
            ("http://localhost.example.com", Err(UrlError::Insecure)),
            ("http://notlocalhost", Err(UrlError::Insecure)),
            ("http://10.0.0.1", Err(UrlError::Insecure)),
            ("http://169.254.169.254", Err(UrlError::Insecure)),
            ("ftp://localhost", Err(UrlError::Insecure)),
            ("file:///etc/passwd", Err(UrlError::Malformed)),
            ("javascript:alert(1)", Err(UrlError::Malformed)),
            ("example.com", Err(UrlError::Malformed)),
            ("", Err(UrlError::Malformed)),
            ("https://", Err(UrlError::Malformed)),
            ("https:example.com", Err(UrlError::Malformed)),
            ("https:///example.com", Err(UrlError::Malformed)),
            ("https:/\\example.com", Err(UrlError::Malformed)),
            (
                "https://example.com\\@evil.example",
                Err(UrlError::Malformed),
            ),
            (" https://example.com", Err(UrlError::Malformed)),
            ("https://exam\nple.com", Err(UrlError::Malformed)),
            ("https://ex\u{e4}mple.com", Err(UrlError::Malformed)),
            ("https://user@example.com", Err(UrlError::UserInformation)),
            (
                "https://user:pass@example.com",
                Err(UrlError::UserInformation),
            ),
            ("https://@example.com", Err(UrlError::UserInformation)),
            ("https://example.com?x=1", Err(UrlError::Query)),
            ("https://example.com?", Err(UrlError::Query)),
            ("https://example.com#x", Err(UrlError::Fragment)),
            (
                &format!("https://example.com/{}", "x".repeat(URL_MAX_BYTES)),
                Err(UrlError::TooLong),
            ),
        ] {
            assert_eq!(Issuer::parse(text).map(|_| ()), expected, "{text}");
        }
    }

    #[test]
    fn a_url_is_shown_as_it_was_written_and_has_at_most_2048_bytes() {
        let longest = format!("https://example.com/{}", "x".repeat(2048 - 20));
        let issuer = Issuer::parse(&longest).expect("as long as may be");
        assert_eq!(issuer.to_string(), longest);
        let url = EndpointUrl::parse(&longest).expect("as long as may be");
        assert_eq!(url.to_string(), longest);
        let beyond = Issuer::parse(&[&longest, "x"].concat());
        assert_eq!(beyond, Err(UrlError::TooLong));
    }

    #[test]
    fn a_tenant_stands_in_the_path_once() {
        for (text, expected) in [
            ("https://login.example/{tenantid}/v2.0", true),
            ("http://localhost:9000/{tenantid}", true),
            ("https://{tenantid}.login.example/v2.0", false),
            ("https://{tenantid}", false),
            ("https://login.example:{tenantid}/", false),
            ("https://login.example/{tenantid}/{tenantid}", false),
            ("https://login.example/{tenant}", false),
            ("https://login.example/?t={tenantid}", false),
            ("{tenantid}://login.example/", false),
        ] {
            let parsed = Issuer::parse(text);
            assert_eq!(
                parsed.is_ok_and(|issuer| issuer.is_of_tenants()),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn spellings_of_one_host_are_one() {
        for (text, host, canonical) in [
            ("HTTPS://ID.EXAMPLE/T", "id.example", "https://id.example/T"),
            (
                "HTTPS://ID.Example:8443/T",
                "id.example",
                "https://id.example:8443/T",
            ),
            ("https://id.example", "id.example", "https://id.example"),
            ("http://[::1]:9000/x", "[::1]", "http://[::1]:9000/x"),
            ("http://[::1]", "[::1]", "http://[::1]"),
        ] {
            let url = EndpointUrl::parse(text).expect(text);
            assert_eq!(
                (url.host().as_str(), url.canonical().as_str()),
                (host, canonical)
            );
        }
    }

    #[test]
    fn endpoints_may_have_a_query() {
        let endpoint =
            EndpointUrl::parse("https://example.com/authorize?tenant=a").expect("an endpoint");
        assert_eq!(
            endpoint.with_parameters("b=c"),
            "https://example.com/authorize?tenant=a&b=c"
        );
        let endpoint = EndpointUrl::parse("https://example.com/authorize").expect("an endpoint");
        assert_eq!(
            endpoint.with_parameters("b=c"),
            "https://example.com/authorize?b=c"
        );
        let endpoint = EndpointUrl::parse("https://example.com/authorize?").expect("an endpoint");
        assert_eq!(
            endpoint.with_parameters("b=c"),
            "https://example.com/authorize?b=c"
        );
    }

    #[test]
    fn metadata_is_below_the_issuer() {
        for (issuer, url) in [
            (
                "https://a.example",
                "https://a.example/.well-known/openid-configuration",
            ),
            (
                "https://a.example/",
                "https://a.example/.well-known/openid-configuration",
            ),
            (
                "https://a.example/t/1",
                "https://a.example/t/1/.well-known/openid-configuration",
            ),
        ] {
            assert_eq!(
                Issuer::parse(issuer)
                    .expect("an issuer")
                    .discovery_url()
                    .as_str(),
                url
            );
        }
    }
}
