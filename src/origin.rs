//! Which origin does a request mean? Host name to record, by configuration and
//! nothing else: the first request defines nothing, and an unknown host is nobody's.

use crate::access::AccessRules;
use crate::base_url::{Authority, BaseUrl};
use crate::cookie::{CookieNames, CookieScope};
use crate::error::Code;
use crate::passphrase::PassphraseHash;
use crate::session::Lifetimes;

/// One origin: a host name that people visit, and everything that follows from it.
#[derive(Clone, Debug)]
pub struct Origin {
    base_url: BaseUrl,
    upstream: BaseUrl,
    audience: String,
    cookies: CookieNames,
    access: AccessRules,
    passphrase: Option<PassphraseHash>,
    lifetimes: Lifetimes,
    site_name: String,
}

/// What makes an origin. Checked against each other by whoever reads settings.
#[derive(Clone, Debug)]
pub struct OriginRecord {
    /// As visitors see it.
    pub base_url: BaseUrl,
    /// Where the app is.
    pub upstream: BaseUrl,
    /// Domain whose hosts share sessions: `example.com`.
    pub cookie_domain: Option<String>,
    /// Who may see what.
    pub access: AccessRules,
    /// What the rules that ask for a passphrase ask for.
    pub passphrase: Option<PassphraseHash>,
    /// How long sessions last.
    pub lifetimes: Lifetimes,
    /// What pages call the site.
    pub site_name: String,
}

/// The origins that are served.
#[derive(Clone, Debug, Default)]
pub struct Origins(Vec<Origin>);

impl Origin {
    /// Derives what follows from the record.
    #[must_use]
    pub fn new(record: OriginRecord) -> Self {
        let OriginRecord {
            base_url,
            upstream,
            cookie_domain,
            access,
            passphrase,
            lifetimes,
            site_name,
        } = record;
        let audience = match &cookie_domain {
            None => base_url.as_str().to_owned(),
            // No base URL looks so.
            Some(domain) => format!("*.{domain}"),
        };
        let secure = base_url.scheme() == crate::base_url::Scheme::Https;
        let scope = match (secure, cookie_domain) {
            (true, None) => CookieScope::Host,
            (true, Some(domain)) => CookieScope::Domain(domain),
            (false, None) => CookieScope::InsecureHost,
            (false, Some(domain)) => CookieScope::InsecureDomain(domain),
        };
        Self {
            base_url,
            upstream,
            audience,
            cookies: CookieNames::new(scope),
            access,
            passphrase,
            lifetimes,
            site_name,
        }
    }

    /// As visitors see it.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// Where the app is.
    #[must_use]
    pub fn upstream(&self) -> &BaseUrl {
        &self.upstream
    }

    /// What sessions here are good for: the base URL, or `*.` and the shared
    /// cookie domain.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Names and attributes of its cookies.
    #[must_use]
    pub fn cookies(&self) -> &CookieNames {
        &self.cookies
    }

    /// Who may see what.
    #[must_use]
    pub fn access(&self) -> &AccessRules {
        &self.access
    }

    /// The hash of the passphrase, where there is one.
    #[must_use]
    pub fn passphrase(&self) -> Option<&PassphraseHash> {
        self.passphrase.as_ref()
    }

    /// How long sessions last.
    #[must_use]
    pub fn lifetimes(&self) -> &Lifetimes {
        &self.lifetimes
    }

    /// What pages call the site.
    #[must_use]
    pub fn site_name(&self) -> &str {
        &self.site_name
    }

    /// Whether plain HTTP was knowingly chosen for a host that others reach:
    /// every page and `doctor` say so.
    #[must_use]
    pub fn is_insecure(&self) -> bool {
        self.base_url.scheme() == crate::base_url::Scheme::Http && !self.base_url.is_loopback()
    }
}

impl Origins {
    /// Of these origins; no two may answer to one host and port.
    #[must_use]
    pub fn new(origins: Vec<Origin>) -> Self {
        Self(origins)
    }

    /// The origin that an authority means. [`Code::OriginUnknown`] when it is
    /// none of ours, [`Code::RequestMalformed`] when it is no authority.
    pub fn resolve(&self, authority: &str) -> Result<&Origin, Code> {
        if authority.is_empty() {
            return Err(Code::OriginUnknown);
        }
        // Nearly every request names its host as the base URL does.
        let as_written =
            |origin: &&Origin| authority.eq_ignore_ascii_case(origin.base_url.authority());
        if let Some(origin) = self.0.iter().find(as_written) {
            return Ok(origin);
        }
        let authority = Authority::parse(authority).ok_or(Code::RequestMalformed)?;
        self.0
            .iter()
            .find(|origin| origin.base_url.matches(&authority))
            .ok_or(Code::OriginUnknown)
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Origin> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::settings;

    fn resolves(base_url: &str, authority: &str) -> Result<(), Code> {
        let settings = settings(&[("base_url", base_url), ("insecure_http", "allow")]);
        settings.origins.resolve(authority).map(|_| ())
    }

    #[test]
    fn the_base_urls_host_is_the_only_one() {
        let default = "https://app.example.com";
        let other_port = "http://localhost:3000";
        let v6 = "http://[2001:db8::1]:3000";
        for (base_url, authority, expected) in [
            (default, "app.example.com", Ok(())),
            (default, "APP.example.com", Ok(())),
            (default, "app.example.com.", Ok(())),
            (default, "app.example.com:443", Ok(())),
            (default, "app.example.com.:443", Ok(())),
            (default, "app.example.com:", Ok(())),
            (default, "app.example.com:80", Err(Code::OriginUnknown)),
            (default, "example.com", Err(Code::OriginUnknown)),
            (default, "evil.app.example.com", Err(Code::OriginUnknown)),
            (
                default,
                "app.example.com.evil.example",
                Err(Code::OriginUnknown),
            ),
            (default, "evilapp.example.com", Err(Code::OriginUnknown)),
            (default, "", Err(Code::OriginUnknown)),
            (default, "app.example.com..", Err(Code::RequestMalformed)),
            (
                default,
                "app.example.com, evil.example",
                Err(Code::RequestMalformed),
            ),
            (
                default,
                "app.example.com@evil.example",
                Err(Code::RequestMalformed),
            ),
            (default, "app.example.com:443x", Err(Code::RequestMalformed)),
            (
                default,
                "app.example.com:0443443",
                Err(Code::RequestMalformed),
            ),
            (default, "app.example.com/", Err(Code::RequestMalformed)),
            (default, "app.example.com\0", Err(Code::RequestMalformed)),
            (default, " app.example.com", Err(Code::RequestMalformed)),
            (default, "аpp.example.com", Err(Code::RequestMalformed)),
            (other_port, "localhost:3000", Ok(())),
            (other_port, "localhost", Err(Code::OriginUnknown)),
            (other_port, "127.0.0.1:3000", Err(Code::OriginUnknown)),
            (v6, "[2001:db8::1]:3000", Ok(())),
            (v6, "[2001:DB8:0:0::1]:3000", Ok(())),
            (v6, "[2001:db8::2]:3000", Err(Code::OriginUnknown)),
            (v6, "2001:db8::1:3000", Err(Code::RequestMalformed)),
            (v6, "[2001:db8::1", Err(Code::RequestMalformed)),
        ] {
            assert_eq!(
                resolves(base_url, authority),
                expected,
                "{authority} at {base_url}"
            );
        }
    }

    #[test]
    fn cookies_and_audience_follow_from_the_record() {
        for (base_url, domain, audience, name, insecure) in [
            (
                "https://app.example.com",
                "",
                "https://app.example.com",
                "__Host-gatelet",
                false,
            ),
            (
                "https://app.example.com",
                "example.com",
                "*.example.com",
                "__Secure-gatelet",
                false,
            ),
            (
                "http://localhost:3000",
                "",
                "http://localhost:3000",
                "gatelet",
                false,
            ),
            (
                "http://app.example.com",
                "",
                "http://app.example.com",
                "gatelet",
                true,
            ),
            (
                "http://app.example.com",
                ".Example.com",
                "*.example.com",
                "gatelet",
                true,
            ),
        ] {
            let settings = settings(&[
                ("base_url", base_url),
                ("cookie_domain", domain),
                ("insecure_http", "allow"),
            ]);
            let origin = settings.origins.iter().next().unwrap();
            assert_eq!(
                (
                    origin.audience(),
                    origin.cookies().session(),
                    origin.is_insecure()
                ),
                (audience, name, insecure),
                "{base_url} {domain}"
            );
        }
    }
}
