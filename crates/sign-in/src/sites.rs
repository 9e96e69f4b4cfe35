//! Where did a request arrive, and how does one sign in there? Every origin that is
//! served, each with its own settings over those of its parents.

use std::sync::Arc;

use crate::preview_domain::PreviewDomain;
use crate::settings::SignIn;
use crate::site::{Site, SiteKind};
use gatelet_core::base_url::BaseUrl;
use gatelet_core::key::KeyRing;
use gatelet_core::origin_record::OriginRecord;
use gatelet_core::origins::{Layers, NoOrigin, Origins};
use gatelet_core::secret::Secret;
use gatelet_core::settings::{SettingError, Values};

/// The origins that are served.
#[derive(Debug)]
pub struct Sites {
    keys: KeyRing,
    origins: Origins<Site>,
}

impl Sites {
    /// Of the variables and the store's records, as [`Origins::new`].
    pub fn new(
        base: Vec<(String, Secret)>,
        records: Vec<OriginRecord>,
        complete: bool,
    ) -> Result<Self, SettingError> {
        let pairs = base
            .iter()
            .map(|(name, value)| (name.as_str(), value.expose()));
        Ok(Self {
            keys: Values::new(pairs).keys()?,
            origins: Origins::new(base, records, complete, Site::from_layers)?,
        })
    }

    /// The keys of the deployment.
    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// The site that an authority means at `now`.
    pub fn resolve(&self, authority: &str, now: u64) -> Result<Arc<Site>, NoOrigin> {
        self.origins.resolve(authority, now)
    }
}

impl Site {
    /// Parses and checks what one origin's settings come to.
    fn from_layers(layers: &Layers<'_>) -> Result<Self, SettingError> {
        let Layers {
            values,
            record,
            parents,
            shares_data,
            main_url,
        } = layers;
        let origin = values.origin(layers.place(), layers.created_at())?;
        let sign_in = SignIn::from_values(values)?;
        let kind = match record {
            Some(record) if record.is_preview => SiteKind::Preview {
                shares_data: *shares_data,
            },
            _ => SiteKind::Origin,
        };
        // A preview signs in by way of the nearest of its parents that is none.
        let registered = parents
            .iter()
            .find(|parent| !parent.is_preview)
            .and_then(|parent| BaseUrl::parse(parent.value("base_url")?).ok())
            .unwrap_or_else(|| (*main_url).clone());
        let registered = (kind != SiteKind::Origin).then_some(&registered);
        let relay = sign_in.relay.relay(origin.base_url(), registered);
        let previews = PreviewDomain::parse(values.get("preview_domain"))?;
        let previews = previews.map(|domain| domain.host().to_owned());
        let domains = origin.cookies().domain().map(str::to_owned);
        let domains = domains.into_iter().chain(previews).collect();
        Ok(Self {
            origin,
            relay,
            sign_in,
            domains,
            app_name: values.get("app_name").to_ascii_lowercase(),
            kind,
        })
    }
}

#[cfg(test)]
mod tests;
