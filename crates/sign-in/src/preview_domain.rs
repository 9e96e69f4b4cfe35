//! Where are previews? The domain that their hosts are below.

use gatelet_core::base_url::BaseUrl;
use gatelet_settings::{Setting, SettingError};

/// Where previews get their hosts: `https://previews.example.com`, with a scheme
/// and a port of its own where it is written so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewDomain(BaseUrl);

impl PreviewDomain {
    /// Reads the setting `preview_domain`. None where it is empty: there are no
    /// previews then.
    pub fn parse(text: &str) -> Result<Option<Self>, SettingError> {
        const NAME: Setting = Setting::PreviewDomain;
        if text.is_empty() {
            return Ok(None);
        }
        let url = if text.contains("://") {
            BaseUrl::parse(text)
        } else {
            BaseUrl::parse(&format!("https://{}", text.trim_start_matches('.')))
        };
        let url = url.map_err(|error| {
            SettingError::new(
                NAME,
                format_args!(
                    "{error}: write it as previews.example.com or http://previews.localhost:3000"
                ),
            )
        })?;
        if url.is_address() {
            return Err(SettingError::new(
                NAME,
                "is an address, and addresses have no host names below them: set it to a domain such as previews.example.com",
            ));
        }
        Ok(Some(Self(url)))
    }

    /// The same, where previews are wanted.
    pub fn required(text: &str) -> Result<Self, SettingError> {
        Self::parse(text)?.ok_or_else(|| {
            SettingError::new(
                Setting::PreviewDomain,
                "is not set, so there are no previews: set it to a domain whose hosts all lead here, such as previews.example.com",
            )
        })
    }

    /// The domain's own base URL.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        &self.0
    }

    /// The domain itself.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_one_that_hosts_can_be_below() {
        for (text, base_url, host) in [
            (
                "previews.example.com",
                "https://previews.example.com",
                "previews.example.com",
            ),
            (
                ".previews.example.com",
                "https://previews.example.com",
                "previews.example.com",
            ),
            (
                "http://previews.localhost:3000",
                "http://previews.localhost:3000",
                "previews.localhost",
            ),
        ] {
            let domain = PreviewDomain::required(text).expect(text);
            assert_eq!(domain.base_url().as_str(), base_url, "{text}");
            assert_eq!(domain.host(), host, "{text}");
            assert_eq!(PreviewDomain::parse(text), Ok(Some(domain)), "{text}");
        }
        assert_eq!(PreviewDomain::parse(""), Ok(None), "there are no previews");
        let unset = PreviewDomain::required("").expect_err("none").to_string();
        assert!(unset.starts_with("preview_domain: is not set"), "{unset}");
        for text in [
            "192.0.2.7",
            "[::1]",
            "a b",
            "https://a.example/x",
            "ftp://a",
        ] {
            let line = PreviewDomain::parse(text).expect_err(text).to_string();
            assert!(
                line.starts_with("preview_domain: ") && !line.contains('\n'),
                "{line}"
            );
        }
    }
}
