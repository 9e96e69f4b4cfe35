//! For which origins elsewhere is this one a relay? The setting `relay_origins`.

use gatelet_core::base_url::BaseUrl;
use gatelet_settings::{Setting, SettingError};

/// Most entries.
const ENTRIES_MAX: usize = 64;

/// Origins outside the relay's own domain, by name; none unless it is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelayOrigins(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    /// `https://demo.example.net`: this scheme, host and port.
    Exact(BaseUrl),
    /// `*.example.net`: every host below it, not the domain itself.
    Below(String),
}

impl RelayOrigins {
    /// Parses `https://exact.example, *.below.example, …`.
    pub fn parse(text: &str) -> Result<Self, SettingError> {
        let refuse = |problem: String| SettingError::new(Setting::RelayOrigins, problem);
        let entries = text
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty());
        let mut read = Vec::new();
        for entry in entries {
            if read.len() == ENTRIES_MAX {
                return Err(refuse(format!("has more than {ENTRIES_MAX} entries")));
            }
            let parsed = Entry::parse(entry).ok_or_else(|| {
                refuse(format!(
                    "{:?} is neither an origin such as https://demo.example.net nor a domain such as *.example.net",
                    entry.chars().take(100).collect::<String>()
                ))
            })?;
            read.push(parsed);
        }
        Ok(Self(read))
    }

    /// Whether an origin is among them.
    #[must_use]
    pub fn contain(&self, target: &BaseUrl) -> bool {
        self.0.iter().any(|entry| match entry {
            Entry::Exact(origin) => origin == target,
            Entry::Below(domain) => target.host() != domain && target.is_within(domain),
        })
    }
}

impl Entry {
    fn parse(entry: &str) -> Option<Self> {
        let Some(domain) = entry.strip_prefix("*.") else {
            return BaseUrl::parse(entry).ok().map(Self::Exact);
        };
        // Read as a host, so that what is compared is in canonical form.
        let read = BaseUrl::parse(&format!("https://{domain}")).ok()?;
        let plain = read.authority() == read.host() && !read.is_address();
        // `*.com` would be everybody.
        let narrow = read.host().contains('.') || read.host() == "localhost";
        (plain && narrow).then(|| Self::Below(read.host().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contain(entries: &str, target: &str) -> bool {
        let target = BaseUrl::parse(target).expect("a base URL");
        RelayOrigins::parse(entries)
            .expect("entries")
            .contain(&target)
    }

    #[test]
    fn origins_elsewhere_are_allowed_by_name() {
        let entries =
            " https://demo.example.net ,*.Example.ORG,https://x.example:8443, *.localhost,";
        for (target, allowed) in [
            ("https://demo.example.net", true),
            ("https://demo.example.net:443", true),
            ("https://demo.example.net:8443", false),
            ("http://demo.example.net", false),
            ("https://a.demo.example.net", false),
            ("https://x.example:8443", true),
            ("https://x.example", false),
            ("https://a.example.org", true),
            ("https://a.b.example.org:9443", true),
            ("https://example.org", false),
            ("https://evilexample.org", false),
            ("https://example.org.evil.example", false),
            ("https://xn--exmple-cua.org", false),
            ("http://feat.localhost:3000", true),
            ("http://localhost:3000", false),
        ] {
            assert_eq!(contain(entries, target), allowed, "{target}");
        }
        assert!(!contain("", "https://demo.example.net"));
    }

    #[test]
    fn entries_that_could_mean_more_than_they_say_are_refused() {
        for entry in [
            "*",
            "*.",
            "*.com",
            "*example.net",
            "**.example.net",
            "*.*.example.net",
            "a.*.example.net",
            "https://*.example.net",
            "demo.example.net",
            "https://demo.example.net/x",
            "https://user@demo.example.net",
            "*.example.net:8443",
            "*.10.0.0.1",
            "*.exämple.net",
            "null",
            "javascript:alert(1)",
        ] {
            let error = RelayOrigins::parse(entry).expect_err(entry).to_string();
            assert!(
                error.starts_with("relay_origins: ") && !error.contains('\n'),
                "{error}"
            );
        }
        assert!(RelayOrigins::parse(&"https://a.example,".repeat(65)).is_err());
    }
}
