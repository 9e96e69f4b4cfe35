//! Which cookies does a browser keep, and which does it send back? The part of
//! RFC 6265bis that the tests lean on: host, domain, path, Secure, the name
//! prefixes, expiry. <https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis>

use url::Url;

use crate::cookie_name;

/// A cookie as the browser keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value, as sent.
    pub value: String,
    /// Host, or domain when `Domain` was given.
    pub domain: String,
    /// Whether `Domain` was given.
    pub for_subdomains: bool,
    /// `Path`, or `/`.
    pub path: String,
    /// `Secure`.
    pub secure: bool,
    /// `HttpOnly`.
    pub http_only: bool,
    /// `SameSite`, as spelt.
    pub same_site: Option<String>,
    /// `Max-Age` in seconds.
    pub max_age_seconds: Option<i64>,
}

/// One browser profile's cookies.
#[derive(Clone, Debug, Default)]
pub struct CookieJar {
    cookies: Vec<Cookie>,
}

impl CookieJar {
    /// Keeps, replaces or forgets what one `Set-Cookie` says. False when a
    /// browser would have refused it.
    pub fn keep(&mut self, from: &Url, header: &str) -> bool {
        let Some(cookie) = Cookie::parse(from, header) else {
            return false;
        };
        self.cookies.retain(|other| {
            (&other.name, &other.domain, &other.path)
                != (&cookie.name, &cookie.domain, &cookie.path)
        });
        if cookie.max_age_seconds.is_none_or(|seconds| seconds > 0) {
            self.cookies.push(cookie);
        }
        true
    }

    /// The `Cookie` header for a request, if there is anything to send.
    pub fn header(&self, to: &Url) -> Option<String> {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .filter(|cookie| cookie.goes_to(to))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// All cookies, oldest first.
    pub fn cookies(&self) -> &[Cookie] {
        &self.cookies
    }

    /// The first cookie of this name, with a port in it or without.
    pub fn get(&self, name: &str) -> Option<&Cookie> {
        self.cookies
            .iter()
            .find(|cookie| cookie.name == name || cookie.plain_name() == name)
    }

    /// Puts a cookie in place of any other of its name.
    pub fn put(&mut self, cookie: Cookie) {
        self.cookies.retain(|other| other.name != cookie.name);
        self.cookies.push(cookie);
    }

    /// Forgets the cookie of this name, with a port in it or without.
    pub fn forget_one(&mut self, name: &str) {
        self.cookies
            .retain(|cookie| cookie.name != name && cookie.plain_name() != name);
    }

    /// Forgets every cookie whose name begins so.
    pub fn forget(&mut self, prefix: &str) {
        self.cookies
            .retain(|cookie| !cookie.name.starts_with(prefix));
    }
}

impl Cookie {
    /// Its name as it is at a host without a port of its own.
    pub fn plain_name(&self) -> String {
        cookie_name::plain(&self.name)
    }

    fn parse(from: &Url, header: &str) -> Option<Self> {
        let host = from.host_str()?.to_owned();
        let mut parts = header.split(';').map(str::trim);
        let (name, value) = parts.next()?.split_once('=')?;
        let mut cookie = Self {
            name: name.to_owned(),
            value: value.to_owned(),
            domain: host.clone(),
            for_subdomains: false,
            path: "/".to_owned(),
            secure: false,
            http_only: false,
            same_site: None,
            max_age_seconds: None,
        };
        for attribute in parts {
            let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            match key.to_ascii_lowercase().as_str() {
                "domain" => {
                    cookie.domain = value.trim_start_matches('.').to_ascii_lowercase();
                    cookie.for_subdomains = true;
                }
                "path" => cookie.path = value.to_owned(),
                "secure" => cookie.secure = true,
                "httponly" => cookie.http_only = true,
                "samesite" => cookie.same_site = Some(value.to_owned()),
                "max-age" => cookie.max_age_seconds = value.parse().ok(),
                _ => {}
            }
        }
        cookie.acceptable(from, &host).then_some(cookie)
    }

    fn acceptable(&self, from: &Url, host: &str) -> bool {
        let secure_enough = !self.secure || trustworthy(from);
        let own_domain = !self.for_subdomains || under(host, &self.domain);
        let secure_prefix = !self.name.starts_with("__Secure-") || self.secure;
        let host_prefix = !self.name.starts_with("__Host-")
            || (self.secure && !self.for_subdomains && self.path == "/");
        secure_enough && own_domain && secure_prefix && host_prefix
    }

    fn goes_to(&self, to: &Url) -> bool {
        let host = to.host_str().unwrap_or_default();
        let domain = host == self.domain || (self.for_subdomains && under(host, &self.domain));
        let path = to.path() == self.path
            || to.path().starts_with(&self.path)
                && (self.path.ends_with('/') || to.path()[self.path.len()..].starts_with('/'));
        domain && path && (!self.secure || trustworthy(to))
    }
}

fn under(host: &str, domain: &str) -> bool {
    host == domain
        || host
            .strip_suffix(domain)
            .is_some_and(|rest| rest.ends_with('.'))
}

/// Browsers treat loopback as trustworthy, whatever the scheme.
fn trustworthy(url: &Url) -> bool {
    url.scheme() == "https"
        || url.host_str().is_some_and(|host| {
            host == "localhost" || host.ends_with(".localhost") || host == "127.0.0.1"
        })
}
