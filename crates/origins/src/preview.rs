//! What is a branch's preview called, and where is it? Names that follow from the
//! branch alone, so that everybody who asks gets the same, and no two branches one.
//!
//! The preview of branch `feat/x` of app `shop` is
//! `https://feat-x-<hash>--shop.<preview domain>`, its schema
//! `preview_feat_x_<hash>__shop`.

use core::fmt;

use gatelet_core::base_url::{BaseUrl, Scheme};
use gatelet_core::origin_record::{OriginRecord, Place};
use gatelet_settings::{Setting, SettingError};
use gatelet_sign_in::preview_domain::PreviewDomain;

mod label;
mod overrides;
mod ttl;

pub use overrides::{OverrideError, PREVIEW_URL};
pub use ttl::{Ttl, TtlError};

/// Longest branch name, in bytes. Git's own end at the length of a file name.
pub const BRANCH_MAX_BYTES: usize = 1024;
/// Longest app name in a host name, in bytes: beside it half a label is left for
/// the branch.
pub const APP_MAX_BYTES: usize = 32;
/// Longest schema, in bytes: `place.schema` of the store's ports.
const SCHEMA_MAX_BYTES: usize = 48;

/// A branch, as the version control spells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch(String);

/// The name of an app in a host name: `[a-z0-9-]{1,32}`, with no `-` at either end
/// and no two in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppName(String);

/// What follows from a branch and an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    name: String,
    base_url: BaseUrl,
    schema: String,
}

/// Why a text is no branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BranchError {
    /// Nothing.
    Empty,
    /// Over [`BRANCH_MAX_BYTES`].
    TooLong,
    /// It holds a control character.
    Control,
}

impl Branch {
    /// Any name without control characters.
    pub fn parse(text: &str) -> Result<Self, BranchError> {
        if text.is_empty() {
            Err(BranchError::Empty)
        } else if text.len() > BRANCH_MAX_BYTES {
            Err(BranchError::TooLong)
        } else if text.chars().any(char::is_control) {
            Err(BranchError::Control)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AppName {
    /// Reads the setting `app_name`.
    pub fn parse(text: &str) -> Result<Self, SettingError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let problem = if text.is_empty() {
            "is not set, and a preview's host name has the app's in it: set it to a short name such as shop"
        } else if text.len() > APP_MAX_BYTES
            || !text.bytes().all(plain)
            || text.starts_with('-')
            || text.ends_with('-')
            || text.contains("--")
        {
            "does not fit a preview's host name: use at most 32 lower-case letters, digits and single hyphens between them"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(SettingError::new(Setting::AppName, problem))
    }
}

impl Preview {
    /// The preview of a branch of an app.
    pub fn of(
        branch: &Branch,
        app: &AppName,
        domain: &PreviewDomain,
    ) -> Result<Self, SettingError> {
        let name = label::of(&branch.0, &app.0);
        let domain = domain.base_url();
        let scheme = match domain.scheme() {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        let base_url = format!("{scheme}://{name}.{}", domain.authority());
        let base_url = BaseUrl::parse(&base_url).map_err(|_| {
            SettingError::new(
                Setting::PreviewDomain,
                "is so long that a preview's host name would be none: set it to a shorter domain",
            )
        })?;
        let schema = format!("preview_{}", name.replace('-', "_"));
        Ok(Self {
            schema: label::fit(&schema, &name, SCHEMA_MAX_BYTES, '_'),
            name,
            base_url,
        })
    }

    /// The name of its record, which is the first label of its host.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// As visitors see it.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// The schema that is its own, unless it is told otherwise:
    /// `[a-z][a-z0-9_]{0,47}`.
    #[must_use]
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// The record to be kept. `overrides` are settings and values, in which
    /// [`PREVIEW_URL`] stands for the base URL. It is still to be judged, among the
    /// others: [`crate::saving`].
    pub fn record(
        &self,
        parent: &str,
        overrides: &[(Setting, String)],
        place: Place,
        created_at: u64,
        expires_at: Option<u64>,
    ) -> Result<OriginRecord, OverrideError> {
        let named = |setting: Setting, value: String| (setting.name().to_owned(), value);
        let base_url = self.base_url.as_str();
        let mut values = vec![named(Setting::BaseUrl, base_url.to_owned())];
        for (setting, value) in overrides {
            if *setting == Setting::BaseUrl {
                return Err(OverrideError::BaseUrl);
            }
            if *setting == Setting::Login {
                return Err(OverrideError::Login);
            }
            let value = overrides::filled(*setting, value, base_url)?;
            values.push(named(*setting, value));
        }
        Ok(OriginRecord {
            name: self.name.clone(),
            parent: parent.to_owned(),
            is_preview: true,
            values,
            place,
            created_at,
            expires_at,
        })
    }
}

impl fmt::Display for BranchError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => out.write_str("the branch has no name"),
            Self::TooLong => write!(
                out,
                "the branch's name is longer than {BRANCH_MAX_BYTES} bytes"
            ),
            Self::Control => out.write_str("the branch's name holds a control character"),
        }
    }
}

impl std::error::Error for BranchError {}

#[cfg(test)]
mod tests;
