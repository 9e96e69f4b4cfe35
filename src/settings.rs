//! What has the operator set? One table of all variables, and the gateway's own
//! part of them, parsed.

use core::fmt;

use crate::base_url::{BaseUrl, Scheme};
use crate::forwarded::TrustedProxies;
use crate::key::{KeyError, KeyRing};
use crate::origin::{Origin, OriginParts};
use crate::origin_record::{OriginRecord, Place};
use crate::origins::{Layers, Origins, written};
use crate::secret::Secret;
use crate::session::Lifetimes;

mod access;
mod table;

pub use table::{SETTINGS, Scope, Setting};

/// Longest site name, in bytes.
const SITE_NAME_MAX_BYTES: usize = 64;

/// Raw settings by name; what is missing or blank has its default.
#[derive(Clone, Default)]
pub struct Values<'a>(Vec<(&'a str, &'a str)>);

/// Why a setting is refused: one line that names the variable and the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingError {
    /// The variable.
    pub name: &'static str,
    /// What is wrong and what to do, in one line without a secret.
    pub problem: String,
}

/// All that the gateway judges by; `auth` reads its share of it too.
#[derive(Debug)]
pub struct GateSettings {
    /// Keys of cookies.
    pub keys: KeyRing,
    /// The origins that are served.
    pub origins: Origins<Origin>,
    /// Whose `X-Forwarded-*` is believed.
    pub trusted_proxies: TrustedProxies,
}

impl GateSettings {
    /// Parses and checks variables by name and value, as the operator wrote them, and
    /// the origins that are written down in them.
    pub fn from_values<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, SettingError> {
        let pairs: Vec<_> = pairs.into_iter().collect();
        let written = Values::new(pairs.iter().copied()).get("origins");
        let records = written::parse(written)?;
        let base = pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Secret::new(value.to_owned())))
            .collect();
        Self::new(base, records, true)
    }

    /// Of variables, and the origins that the store lists; `complete` is false when
    /// it could not be read.
    pub fn new(
        base: Vec<(String, Secret)>,
        records: Vec<OriginRecord>,
        complete: bool,
    ) -> Result<Self, SettingError> {
        let values = Values::new(
            base.iter()
                .map(|(name, value)| (name.as_str(), value.expose())),
        );
        let keys = values.keys()?;
        let trusted_proxies = TrustedProxies::parse(values.get("trusted_proxies"))
            .map_err(|error| SettingError::new("trusted_proxies", error))?;
        Ok(Self {
            keys,
            trusted_proxies,
            origins: Origins::new(base, records, complete, gate_origin)?,
        })
    }
}

fn gate_origin(layers: &Layers<'_>) -> Result<Origin, SettingError> {
    layers.values.origin(layers.place(), layers.created_at())
}

impl<'a> Values<'a> {
    /// Of variables by name and value.
    #[must_use]
    pub fn new(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name, value.trim()))
                .collect(),
        )
    }

    /// Adds a value, which counts where none before it has the name.
    pub(crate) fn push(&mut self, name: &'a str, value: &'a str) {
        self.0.push((name, value.trim()));
    }

    /// A variable's value, without blanks around it, or its default; empty when
    /// it has none. Of several the first counts, and a blank one is the default. Out of line: the gateway's room is small.
    #[must_use]
    #[inline(never)]
    pub fn get(&self, name: &str) -> &'a str {
        let written = self
            .0
            .iter()
            .find(|(found, _)| *found == name)
            .map(|(_, value)| *value)
            .filter(|value| !value.is_empty());
        written
            .or_else(|| Setting::named(name)?.default)
            .unwrap_or_default()
    }

    /// Whole seconds within a range.
    pub fn seconds(&self, name: &'static str, least: u64, most: u64) -> Result<u64, SettingError> {
        let value = self.get(name);
        let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        value
            .parse()
            .ok()
            .filter(|seconds| digits && (least..=most).contains(seconds))
            .ok_or_else(|| {
                SettingError::new(
                    name,
                    format_args!("is not a whole number of seconds from {least} to {most}"),
                )
            })
    }

    /// One of two words: whether it is the first.
    pub fn is(&self, name: &'static str, yes: &str, no: &str) -> Result<bool, SettingError> {
        match self.get(name) {
            value if value == yes => Ok(true),
            value if value == no => Ok(false),
            _ => Err(SettingError::new(
                name,
                format_args!("is neither {yes} nor {no}"),
            )),
        }
    }

    /// `session_keys`.
    pub fn keys(&self) -> Result<KeyRing, SettingError> {
        KeyRing::parse(self.get("session_keys")).map_err(|error| match error {
            KeyError::Missing => SettingError::new(
                "session_keys",
                "is not set: make a key with `gatelet keys new`",
            ),
            error => SettingError::new(
                "session_keys",
                format_args!("{error}: make a key with `gatelet keys new`"),
            ),
        })
    }

    /// The origin that these describe, whose users and sessions are at `place`, since
    /// `created_at` in Unix seconds.
    pub fn origin(&self, place: Place, created_at: u64) -> Result<Origin, SettingError> {
        let base_url = self.base_url()?;
        let upstream = BaseUrl::parse(self.get("upstream"))
            .map_err(|error| SettingError::new("upstream", error))?;
        if upstream == base_url {
            return Err(SettingError::new(
                "upstream",
                "is base_url itself, so requests would go round in circles: set it to where the app listens",
            ));
        }
        let cookie_domain = self.cookie_domain(&base_url)?;
        let passphrase = self.passphrase_hash()?;
        let access = self.access_rules(passphrase.as_ref())?;
        Ok(Origin::new(OriginParts {
            granted_app: self.granted_app(),
            place,
            created_at,
            lifetimes: self.lifetimes()?,
            site_name: self.site_name()?.to_owned(),
            base_url,
            upstream,
            cookie_domain,
            access,
            passphrase,
        }))
    }

    /// Where `app_access` is `granted`, the app of this origin. Nothing asks whether
    /// it is listed: one that is not is granted to nobody.
    fn granted_app(&self) -> Option<String> {
        let name = self.get("app_name");
        let is_granted = self.get("app_access") != "all" && !name.is_empty();
        is_granted.then(|| name.to_owned())
    }

    /// `base_url`, which is HTTPS unless only this machine can reach it, or plain
    /// HTTP was knowingly chosen.
    pub fn base_url(&self) -> Result<BaseUrl, SettingError> {
        let base_url = BaseUrl::parse(self.get("base_url")).map_err(|error| {
            SettingError::new(
                "base_url",
                format_args!("{error}: write it as https://app.example.com"),
            )
        })?;
        let refuses = self.is("insecure_http", "refuse", "allow")?;
        if base_url.scheme() == Scheme::Http && !base_url.is_loopback() && refuses {
            return Err(SettingError::new(
                "base_url",
                format_args!(
                    "{base_url} is plain HTTP, over which sessions can be stolen: use https://, or set insecure_http=allow if you accept that"
                ),
            ));
        }
        Ok(base_url)
    }

    /// The three lifetimes.
    pub fn lifetimes(&self) -> Result<Lifetimes, SettingError> {
        const DAY: u64 = 86_400;
        Ok(Lifetimes {
            fresh_seconds: self.seconds("session_fresh_seconds", 0, DAY)?,
            idle_seconds: self.seconds("session_idle_seconds", 60, 400 * DAY)?,
            // Browsers keep no cookie longer than 400 days (RFC 6265bis §5.5).
            lifetime_seconds: self.seconds("session_lifetime_seconds", 60, 400 * DAY)?,
        })
    }

    /// What pages call the site.
    pub fn site_name(&self) -> Result<&'a str, SettingError> {
        let name = self.get("site_name");
        if name.len() > SITE_NAME_MAX_BYTES || name.chars().any(char::is_control) {
            return Err(SettingError::new(
                "site_name",
                "is longer than 64 bytes or holds control characters",
            ));
        }
        Ok(name)
    }

    fn cookie_domain(&self, base_url: &BaseUrl) -> Result<Option<String>, SettingError> {
        let domain = self
            .get("cookie_domain")
            .trim_start_matches('.')
            .to_ascii_lowercase();
        if domain.is_empty() {
            return Ok(None);
        }
        let host = base_url.host();
        // On label boundaries: `evil-example.com` is not within `example.com`.
        let within = host == domain
            || host
                .strip_suffix(domain.as_str())
                .is_some_and(|rest| rest.ends_with('.'));
        if base_url.is_address() || !within {
            return Err(SettingError::new(
                "cookie_domain",
                format_args!(
                    "{host} is not within it: leave it empty, or set a domain that base_url's host ends in"
                ),
            ));
        }
        if !domain.contains('.') {
            return Err(SettingError::new(
                "cookie_domain",
                "is a single label, for which browsers keep no cookies: leave it empty, or set a domain such as example.com",
            ));
        }
        Ok(Some(domain))
    }
}

impl SettingError {
    /// About a variable.
    #[must_use]
    pub fn new(name: &'static str, problem: impl fmt::Display) -> Self {
        Self {
            name,
            problem: problem.to_string(),
        }
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.name, self.problem)
    }
}

impl std::error::Error for SettingError {}

/// Names alone: values may be secrets.
impl fmt::Debug for Values<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

#[cfg(test)]
mod tests;
