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
