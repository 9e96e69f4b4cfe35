//! Where did a request arrive, and how does one sign in there? Every origin that is
//! served, each with its own settings over those of its parents.

use std::sync::Arc;

use crate::preview_domain::PreviewDomain;
use crate::settings::SignIn;
use crate::site::{Site, SiteKind};
use crate::workos::WorkOs;
use gatelet_core::backend::Foreign;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::key::KeyRing;
use gatelet_core::origin::Origin;
use gatelet_core::origin_record::OriginRecord;
use gatelet_core::origins::{Layers, NoOrigin, Origins, written};
use gatelet_core::settings::{Base, GateSettings};
use gatelet_settings::{Setting, SettingError};

/// All that an operator has set, as the gateway and as signing in see it: what a start
/// and `gatelet doctor` judge, and `auth` runs by.
#[derive(Debug)]
pub struct SignInSettings {
    /// Keys, origins with lifetimes and cookie names, trusted proxies.
    pub gate: GateSettings,
    /// The same origins, and how people sign in there.
    pub sites: Sites,
}

/// The origins that are served.
#[derive(Debug)]
pub struct Sites {
    keys: KeyRing,
    origins: Origins<Site>,
}

impl SignInSettings {
    /// Parses and checks variables by name and value, as the operator wrote them, and
    /// the origins that are written down in them.
    pub fn from_variables<'a>(
        variables: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, SettingError> {
        let base = Base::of_variables(variables);
        let records = written::parse(base.values().get(Setting::Origins))?;
        Self::new(base, records, true)
    }

    /// Of variables and the store's records, as [`Origins::new`].
    pub fn new(
        base: Base,
        records: Vec<OriginRecord>,
        complete: bool,
    ) -> Result<Self, SettingError> {
        Ok(Self {
            gate: GateSettings::new(base.clone(), records.clone(), complete)?,
            sites: Sites::new(base, records, complete)?,
        })
    }

    /// How people sign in at the main origin.
    #[must_use]
    pub fn sign_in(&self) -> &SignIn {
        &self.sites.origins.main().sign_in
    }
}

impl Sites {
    /// Of the variables and the store's records, as [`Origins::new`].
    pub fn new(
        base: Base,
        records: Vec<OriginRecord>,
        complete: bool,
    ) -> Result<Self, SettingError> {
        Ok(Self {
            keys: KeyRing::from_values(&base.values())?,
            origins: Origins::new(base, records, complete, Site::from_layers)?,
        })
    }

    /// The keys of the deployment.
    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// The one that the variables describe.
    #[must_use]
    pub fn main(&self) -> &Arc<Site> {
        self.origins.main()
    }

    /// Those that are served at `now` under a host of their own, whose settings are good.
    pub fn iter(&self, now: u64) -> impl Iterator<Item = Arc<Site>> {
        self.origins.iter(now).filter_map(Result::ok)
    }

    /// The site that an authority means at `now`.
    pub fn resolve(&self, authority: &str, now: u64) -> Result<Arc<Site>, NoOrigin> {
        self.origins.resolve(authority, now)
    }
}

impl Site {
    /// Parses and checks what one origin's settings come to: the one place that all of
    /// them go through, at a start, before one is kept, and in `gatelet doctor`.
    fn from_layers(layers: &Layers<'_>) -> Result<Self, SettingError> {
        let Layers {
            values,
            record,
            parents,
            shares_data,
            main_url,
        } = layers;
        let origin = Origin::from_values(values, layers.place(), layers.created_at())?;
        if let Some(Foreign::WorkOs(_)) = origin.backend().foreign() {
            WorkOs::from_values(values)?;
        }
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
            .and_then(|parent| BaseUrl::parse(parent.value(Setting::BaseUrl)?).ok())
            .unwrap_or_else(|| (*main_url).clone());
        let above = parents
            .iter()
            .rev()
            .filter_map(|parent| BaseUrl::parse(parent.value(Setting::BaseUrl)?).ok());
        let main = record.map(|_| (*main_url).clone());
        let above = main.into_iter().chain(above).collect();
        let registered = (kind != SiteKind::Origin).then_some(&registered);
        let relay = sign_in.relay.relay(origin.base_url(), registered);
        let previews = PreviewDomain::parse(values.get(Setting::PreviewDomain))?;
        let previews = previews.map(|domain| domain.host().to_owned());
        let domains = origin.cookies().domain().map(str::to_owned);
        let domains = domains.into_iter().chain(previews).collect();
        Ok(Self {
            origin,
            relay,
            above,
            sign_in,
            domains,
            app_name: values.get(Setting::AppName).to_ascii_lowercase(),
            kind,
        })
    }
}

#[cfg(test)]
mod tests;
