//! Which hosts does `https://*--shop.apps.example.com` stand for? All that have
//! something of their own in the first label, and the rest in common.

use crate::base_url::{Authority, BaseUrl, split_at_authority};

/// A base URL whose first label begins with `*`: one or more characters of that
/// label, and of no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPattern {
    /// With the shortest thing that `*` can stand for, so that the rest is checked
    /// and in canonical form.
    least: BaseUrl,
}

impl HostPattern {
    /// None where it is no pattern, or would be no base URL for any host.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = split_at_authority(text.trim())?;
        let rest = rest.strip_prefix('*')?;
        let least = BaseUrl::parse(&format!("{scheme}://a{rest}")).ok()?;
        // `https://*` alone would be every host there is.
        let below = least.host().split_once('.').is_some();
        (below && !least.is_address()).then_some(Self { least })
    }

    /// The base URL of one of its hosts: `a` stands where the `*` is.
    #[must_use]
    pub fn least(&self) -> &BaseUrl {
        &self.least
    }

    /// What all its hosts end in.
    #[must_use]
    pub fn suffix(&self) -> &str {
        self.least.host().strip_prefix('a').unwrap_or_default()
    }

    /// The base URL of the host that an authority names, if it is one of these.
    #[must_use]
    pub fn base_url_for(&self, authority: &Authority<'_>) -> Option<BaseUrl> {
        let url = authority.under(self.least.scheme())?;
        let own = url.host().strip_suffix(self.suffix())?;
        let one_label = !own.is_empty() && !own.contains('.');
        // What is left must be a label by itself: `-` at the start is none, and
        // BaseUrl has checked that.
        (one_label && url.port() == self.least.port()).then_some(url)
    }

    /// Whether this host is one of these.
    #[must_use]
    pub fn covers(&self, url: &BaseUrl) -> bool {
        Authority::parse(url.authority())
            .and_then(|authority| self.base_url_for(&authority))
            .is_some_and(|own| own == *url)
    }
}

impl core::fmt::Display for HostPattern {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let scheme = self.least.scheme().as_str();
        let rest = self.least.authority().strip_prefix('a').unwrap_or_default();
        write!(out, "{scheme}://*{rest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base_url(pattern: &str, authority: &str) -> Option<String> {
        let pattern = HostPattern::parse(pattern).expect("a pattern");
        let url = pattern.base_url_for(&Authority::parse(authority)?)?;
        Some(url.as_str().to_owned())
    }

    #[test]
    fn a_star_is_part_of_one_label() {
        let apps = "https://*.apps.example.com";
        let shop = "http://*--shop.localhost:3000";
        for (pattern, authority, expected) in [
            (
                apps,
                "a.apps.example.com",
                Some("https://a.apps.example.com"),
            ),
            (
                apps,
                "A.APPS.example.com.",
                Some("https://a.apps.example.com"),
            ),
            (
                apps,
                "a.apps.example.com:443",
                Some("https://a.apps.example.com"),
            ),
            (apps, "a.apps.example.com:80", None),
            (apps, "a.apps.example.com:8443", None),
            (apps, "apps.example.com", None),
            (apps, ".apps.example.com", None),
            (apps, "a.b.apps.example.com", None),
            (apps, "a.evilapps.example.com", None),
            (apps, "a.apps.example.com.evil.example", None),
            (
                shop,
                "x--shop.localhost:3000",
                Some("http://x--shop.localhost:3000"),
            ),
            (shop, "--shop.localhost:3000", None),
            (shop, "shop.localhost:3000", None),
            (shop, "x--shop.localhost", None),
            (shop, "x.y--shop.localhost:3000", None),
        ] {
            assert_eq!(
                base_url(pattern, authority).as_deref(),
                expected,
                "{authority} at {pattern}"
            );
        }
    }

    #[test]
    fn a_pattern_covers_its_own_hosts_alone() {
        let apps = HostPattern::parse("https://*.apps.example.com").expect("a pattern");
        for (url, covered) in [
            ("https://a.apps.example.com", true),
            ("http://a.apps.example.com", false),
            ("https://a.apps.example.com:8443", false),
            ("https://apps.example.com", false),
            ("https://a.b.apps.example.com", false),
            ("https://a.example.com", false),
        ] {
            let url = BaseUrl::parse(url).expect("a base URL");
            assert_eq!(apps.covers(&url), covered, "{url}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_none() {
        for text in [
            "https://app.example.com",
            "https://*",
            "https://*:443",
            "https://a*.example.com",
            "https://a.*.example.com",
            "https://*.*.example.com",
            "https://*.example.com/path",
            "*.example.com",
            "ftp://*.example.com",
            "",
        ] {
            assert_eq!(HostPattern::parse(text), None, "{text}");
        }
        let shown = HostPattern::parse("HTTPS://*.Apps.example.com:443/")
            .map(|pattern| pattern.to_string());
        assert_eq!(shown.as_deref(), Some("https://*.apps.example.com"));
    }
}
