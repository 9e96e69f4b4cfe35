//! Where did a request arrive, and how does one sign in there? Every origin that is
//! served, with its own settings.

use std::sync::Arc;

use super::settings::SignInSettings;
use super::site::{Site, SiteKind, SitePlace};
use crate::error::Code;
use crate::key::KeyRing;
use crate::settings::{SettingError, Values};

/// The origins that are served.
#[derive(Clone, Debug)]
pub struct Sites {
    keys: KeyRing,
    main: Arc<Site>,
    origins: crate::origin::Origins,
}

impl Sites {
    /// Parses and checks variables by name and value, as the operator wrote them.
    pub fn from_values(pairs: &[(&str, &str)]) -> Result<Self, SettingError> {
        let settings = SignInSettings::from_values(pairs.iter().copied())?;
        let values = Values::new(pairs.iter().copied());
        let SignInSettings { gate, sign_in } = settings;
        let origin = values.origin()?;
        let relay = sign_in.relay.relay(origin.base_url(), None);
        let main = Site {
            origin,
            relay,
            sign_in,
            domains: Vec::new(),
            app_name: String::new(),
            place: SitePlace::main(),
            kind: SiteKind::Origin,
        };
        Ok(Self {
            keys: gate.keys,
            main: Arc::new(main),
            origins: gate.origins,
        })
    }

    /// The keys of the deployment.
    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// The site that an authority means at `now`.
    pub fn resolve(&self, authority: &str, _now: u64) -> Result<Arc<Site>, Code> {
        self.origins.resolve(authority)?;
        Ok(Arc::clone(&self.main))
    }
}
