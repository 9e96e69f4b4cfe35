//! Which hosts does a record want?

use core::fmt;

use gatelet_core::base_url::{BaseUrl, Scheme};
use gatelet_core::origin_record::OriginRecord;
use gatelet_core::pattern::HostPattern;
use gatelet_settings::Setting;

/// What `base_url` of a record stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    Exact(BaseUrl),
    Pattern(HostPattern),
}

impl Host {
    pub(super) fn of(record: &OriginRecord) -> Result<Self, String> {
        let text = record
            .value(Setting::BaseUrl)
            .map(str::trim)
            .unwrap_or_default();
        if text.is_empty() {
            return Err(
                "base_url: is not set: set it to the address that visitors use, such as https://shop.example.com".to_owned(),
            );
        }
        if !text.is_ascii() {
            return Err(
                "base_url: has letters beyond ASCII: write an international name in Punycode, as https://xn--….example.com"
                    .to_owned(),
            );
        }
        if let Some(pattern) = HostPattern::parse(text) {
            return Ok(Self::Pattern(pattern));
        }
        if text.contains('*') {
            return Err(
                "base_url: a pattern has one * and that at the very start of the host, before a dot or more of its label: write it as https://*.apps.example.com or https://*--shop.example.com"
                    .to_owned(),
            );
        }
        BaseUrl::parse(text)
            .map(Self::Exact)
            .map_err(|error| format!("base_url: {error}: write it as https://shop.example.com"))
    }

    /// Whether one request could mean either as well.
    pub(super) fn clashes_with(&self, other: &Self) -> bool {
        let theirs = other.authorities();
        self.authorities().iter().any(|own| theirs.contains(own))
    }

    /// Authorities that lead to it: of a pattern, by two of its hosts.
    pub(super) fn samples(&self) -> Vec<String> {
        match self {
            Self::Exact(url) => vec![url.authority().to_owned()],
            Self::Pattern(_) => {
                let pattern = self.to_string();
                let host = pattern.split_once("*").map_or("", |(_, rest)| rest);
                // Long and unlikely: what holds for both holds for all.
                ["a", "gatelet-3f9c"]
                    .iter()
                    .map(|own| format!("{own}{host}"))
                    .collect()
            }
        }
    }

    /// With and without the scheme's own port: a request may leave it out.
    pub(super) fn authorities(&self) -> Vec<String> {
        let (star, url) = match self {
            Self::Exact(url) => ("", Some(url.clone())),
            Self::Pattern(pattern) => {
                let least = pattern.to_string().replacen("://*", "://a", 1);
                ("*", BaseUrl::parse(&least).ok())
            }
        };
        let Some(url) = url else { return Vec::new() };
        let mut authorities = vec![format!("{star}{}", url.authority())];
        let own_port = match url.scheme() {
            Scheme::Http => 80,
            Scheme::Https => 443,
        };
        if url.port() == own_port {
            authorities.push(format!("{star}{}:{own_port}", url.host()));
        }
        authorities
    }
}

impl fmt::Display for Host {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(url) => url.fmt(out),
            Self::Pattern(pattern) => pattern.fmt(out),
        }
    }
}
