//! What does the gateway judge by? The operator's variables and the origins beside
//! them, parsed.

use gatelet_settings::{Setting, SettingError, Values};
use gatelet_texts::Language;

use crate::access::AccessRules;
use crate::backend::{AppAddress, Backend};
use crate::base_url::BaseUrl;
use crate::claims::PROVIDER_MAX_BYTES;
use crate::forwarded::TrustedProxies;
use crate::key::{KeyError, KeyRing};
use crate::origin::{Origin, OriginParts};
use crate::origin_record::{OriginRecord, Place};
use crate::origins::{Layers, Origins, written};
use crate::passphrase::PassphraseHash;
use crate::reserved::{Reserved, reserved};
use crate::secret::Secret;
use crate::session::Lifetimes;
use crate::session_store::SessionStore;

mod access;
mod together;

const DAY: u64 = 86_400;
/// Most fields that an origin asks for.
const PASSED_FIELDS_MAX: usize = 32;
/// Longest site name, in bytes.
const SITE_NAME_MAX_BYTES: usize = 64;

/// What the settings of every origin start from: the operator's variables.
#[derive(Clone, Debug, Default)]
pub struct Base(Vec<(Setting, Secret)>);

/// All that the gateway judges by; `auth` reads its share of it too.
#[derive(Debug)]
pub struct GateSettings {
    /// Keys of cookies.
    pub keys: KeyRing,
    /// The origins that are served.
    pub origins: Origins<Origin>,
    /// Whose `X-Forwarded-*` is believed.
    pub trusted_proxies: TrustedProxies,
    /// Where is kept when sessions were last used.
    pub session_store: SessionStore,
}

impl FromIterator<(Setting, Secret)> for Base {
    fn from_iter<I: IntoIterator<Item = (Setting, Secret)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl Base {
    /// Of variables by name and value, as the operator wrote them. One that is no
    /// setting is somebody else's.
    pub fn of_variables<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let kept = |(name, value): (&str, &str)| {
            Some((Setting::named(name)?, Secret::new(value.to_owned())))
        };
        variables.into_iter().filter_map(kept).collect()
    }

    /// Setting and value.
    pub fn iter(&self) -> impl Iterator<Item = (Setting, &str)> {
        self.0
            .iter()
            .map(|(setting, value)| (*setting, value.expose()))
    }

    /// The same, but for this setting.
    #[must_use]
    pub(crate) fn with(mut self, setting: Setting, value: &str) -> Self {
        self.0.retain(|(known, _)| *known != setting);
        self.0.push((setting, Secret::new(value.to_owned())));
        self
    }

    /// What they are worth.
    #[must_use]
    pub fn values(&self) -> Values<'_> {
        Values::new(self.iter())
    }
}

impl GateSettings {
    /// Parses and checks variables by name and value, as the operator wrote them, and
    /// the origins that are written down in them.
    pub fn from_variables<'a>(
        variables: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, SettingError> {
        let base = Base::of_variables(variables);
        let records = written::parse(base.values().get(Setting::Origins))?;
        Self::new(base, records, true)
    }

    /// Of variables, and the origins that the store lists; `complete` is false when
    /// it could not be read.
    pub fn new(
        base: Base,
        records: Vec<OriginRecord>,
        complete: bool,
    ) -> Result<Self, SettingError> {
        let values = base.values();
        let keys = KeyRing::from_values(&values)?;
        let trusted_proxies = TrustedProxies::parse(values.get(Setting::TrustedProxies))
            .map_err(|error| SettingError::new(Setting::TrustedProxies, error))?;
        Ok(Self {
            keys,
            trusted_proxies,
            session_store: SessionStore::parse(values.get(Setting::SessionStore))
                .map_err(|error| SettingError::new(Setting::SessionStore, error))?,
            origins: Origins::new(base, records, complete, gate_origin)?,
        })
    }
}

fn gate_origin(layers: &Layers<'_>) -> Result<Origin, SettingError> {
    let origin = Origin::from_values(&layers.values, layers.place(), layers.created_at())?;
    origin.backend().require()?;
    Ok(origin)
}

impl KeyRing {
    /// `session_keys`.
    pub fn from_values(values: &Values<'_>) -> Result<Self, SettingError> {
        Self::parse(values.get(Setting::SessionKeys)).map_err(|error| match error {
            KeyError::Missing => SettingError::new(
                Setting::SessionKeys,
                "is not set: make a key with `gatelet keys new`",
            ),
            error => SettingError::new(
                Setting::SessionKeys,
                format_args!("{error}: make a key with `gatelet keys new`"),
            ),
        })
    }
}

impl Origin {
    /// The origin that these describe, whose users and sessions are at `place`, since
    /// `created_at` in Unix seconds.
    pub fn from_values(
        values: &Values<'_>,
        place: Place,
        created_at: u64,
    ) -> Result<Self, SettingError> {
        let parts = OriginParts {
            base_url: BaseUrl::from_values(values)?,
            upstream: BaseUrl::parse(values.get(Setting::Upstream))
                .map_err(|error| SettingError::new(Setting::Upstream, error))?,
            cookie_domain: cookie_domain(values),
            // Nothing but this one word opens: what is neither stops the start.
            has_login: values.is(Setting::Login, "on", "off")?,
            access: AccessRules::from_values(values)?,
            passphrase: PassphraseHash::from_values(values)?,
            lifetimes: Lifetimes::from_values(values)?,
            site_name: site_name(values)?.to_owned(),
            languages: languages(values)?,
            app: values.get(Setting::AppName).to_owned(),
            is_granted: !values.is(Setting::AppAccess, "all", "granted")?,
            passed_fields: passed_fields(values)?,
            passes_host: values.is(Setting::UpstreamHost, "visitor", "upstream")?,
            handed_provider: handed_provider(values)?,
            // No longer than a browser's clock is trusted with: ten years.
            hsts_seconds: values.seconds(Setting::HstsSeconds, 0, 10 * 365 * DAY)?,
            place,
            created_at,
            backend: Backend::from_values(values)?,
            sign_in_address: AppAddress::from_values(values, Setting::SignInUrl)?,
            sign_out_address: AppAddress::from_values(values, Setting::SignOutUrl)?,
        };
        together::origin(values, parts)
    }
}

impl BaseUrl {
    /// `base_url`, and not whether it may be plain HTTP.
    pub fn from_values(values: &Values<'_>) -> Result<Self, SettingError> {
        Self::parse(values.get(Setting::BaseUrl)).map_err(|error| {
            SettingError::new(
                Setting::BaseUrl,
                format_args!("{error}: write it as https://app.example.com"),
            )
        })
    }
}

impl Lifetimes {
    /// All of them.
    pub fn from_values(values: &Values<'_>) -> Result<Self, SettingError> {
        let fresh_seconds = values.seconds(Setting::SessionFreshSeconds, 0, DAY)?;
        let idle_seconds = values.seconds(Setting::SessionIdleSeconds, 60, 400 * DAY)?;
        Ok(Self {
            // The store knows of a use when it is asked: one who is active must be
            // asked for well before the idle time is over.
            fresh_seconds: fresh_seconds.min(idle_seconds / 2),
            grace_seconds: values.seconds(Setting::SessionGraceSeconds, 0, DAY)?,
            idle_seconds,
            // Browsers keep no cookie longer than 400 days (RFC 6265bis §5.5).
            lifetime_seconds: values.seconds(Setting::SessionLifetimeSeconds, 60, 400 * DAY)?,
        })
    }
}

/// What pages call the site.
fn site_name<'a>(values: &Values<'a>) -> Result<&'a str, SettingError> {
    let name = values.get(Setting::SiteName);
    if name.len() > SITE_NAME_MAX_BYTES || name.chars().any(char::is_control) {
        return Err(SettingError::new(
            Setting::SiteName,
            "is longer than 64 bytes or holds control characters",
        ));
    }
    Ok(name)
}

/// `languages`, each once; all of them where it is empty.
fn languages(values: &Values<'_>) -> Result<Vec<Language>, SettingError> {
    let mut languages = Vec::new();
    let tags = values.get(Setting::Languages).split(',').map(str::trim);
    for tag in tags.filter(|tag| !tag.is_empty()) {
        let mut known = Language::ALL.into_iter();
        let language = known.find(|language| language.tag() == tag);
        let language = language.ok_or_else(|| {
            let all = Language::ALL.map(Language::tag).join(", ");
            SettingError::new(Setting::Languages, format_args!("{tag:?} is none of {all}"))
        })?;
        if !languages.contains(&language) {
            languages.push(language);
        }
    }
    if languages.is_empty() {
        languages.extend(Language::ALL);
    }
    Ok(languages)
}

/// `passed_fields`: what is no visitor's to send and reaches the app all the same. What we
/// say ourselves is not among it.
fn passed_fields(values: &Values<'_>) -> Result<Vec<String>, SettingError> {
    let names = values.get(Setting::PassedFields).split(',').map(str::trim);
    let names: Vec<String> = names
        .filter(|name| !name.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let refused = |why| Err(SettingError::new(Setting::PassedFields, why));
    let wrong = |name: &&String| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !name.bytes().all(plain) || reserved(name.as_bytes()) == Some(Reserved::Ours)
    };
    if let Some(name) = names.iter().find(wrong) {
        return refused(format!(
            "{name:?} is no field name, or one that only Gatelet or its host may say"
        ));
    }
    if names.len() > PASSED_FIELDS_MAX {
        return refused("has more than 32 names".to_owned());
    }
    Ok(names)
}

/// `forward_access_token`: a provider's id. Whether it is one that keeps tokens is for
/// whoever knows the providers.
fn handed_provider(values: &Values<'_>) -> Result<Option<String>, SettingError> {
    let id = values.get(Setting::ForwardAccessToken);
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if id.len() > PROVIDER_MAX_BYTES || !id.bytes().all(plain) {
        return Err(SettingError::new(
            Setting::ForwardAccessToken,
            "is no provider's id: name one of oidc_providers",
        ));
    }
    Ok((!id.is_empty()).then(|| id.to_owned()))
}

/// `cookie_domain`, without the dot that it may begin with.
fn cookie_domain(values: &Values<'_>) -> Option<String> {
    let domain = values.get(Setting::CookieDomain).trim_start_matches('.');
    (!domain.is_empty()).then(|| domain.to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
