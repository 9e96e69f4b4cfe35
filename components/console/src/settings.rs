//! What has the operator set up? The main origin, at which the console is, and the others,
//! at which it is not.

use std::cell::RefCell;
use std::rc::Rc;

use gatelet_core::error::Code;
use gatelet_core::forwarded::TrustedProxies;
use gatelet_core::key::KeyRing;
use gatelet_core::origin::Origin;
use gatelet_core::origin_record::OriginRecord;
use gatelet_core::origins::{Layers, Origins};
use gatelet_core::settings::Base;
use gatelet_ports::{AsTheyAre, Known, Settings};
use gatelet_settings::{Component, Setting, SettingError};
use gatelet_theme::Theme;
use gatelet_web::{Preview, set_up};

/// All that pages need to know of the configuration.
pub(crate) struct Setup {
    /// Keys of cookies.
    pub keys: KeyRing,
    /// Whose `X-Forwarded-*` is believed.
    pub trusted_proxies: TrustedProxies,
    /// The origins that are served.
    pub sites: Origins<Site>,
}

/// An origin, and how it looks.
pub(crate) struct Site {
    /// As the gateway sees it.
    pub origin: Origin,
    /// Its looks.
    pub theme: Theme,
    /// Whether it is the one that the variables describe: the console is there alone.
    pub is_main: bool,
    /// Whether it is a preview, and whose users it has.
    pub preview: Option<Preview>,
}

thread_local! {
    static KNOWN: RefCell<Known<Setup>> = const { RefCell::new(Known::nothing()) };
}

const SETTINGS: Settings<Setup> = Settings {
    component: Component::Console,
    prepare: AsTheyAre,
    parse: Setup::new,
    known: &KNOWN,
};

/// The configuration at `now`.
pub(crate) async fn setup(now: u64) -> Result<Rc<Setup>, Code> {
    set_up(&SETTINGS, now).await
}

impl Setup {
    fn new(
        variables: Base,
        records: Vec<OriginRecord>,
        complete: bool,
    ) -> Result<Self, SettingError> {
        let values = variables.values();
        let trusted_proxies = TrustedProxies::parse(values.get(Setting::TrustedProxies))
            .map_err(|error| SettingError::new(Setting::TrustedProxies, error))?;
        Ok(Self {
            keys: KeyRing::from_values(&values)?,
            trusted_proxies,
            sites: Origins::new(variables, records, complete, Site::from_layers)?,
        })
    }
}

impl Site {
    fn from_layers(layers: &Layers<'_>) -> Result<Self, SettingError> {
        Ok(Self {
            origin: Origin::from_values(&layers.values, layers.place(), layers.created_at())?,
            theme: Theme::from_values(&layers.values)?,
            is_main: layers.record.is_none(),
            preview: layers.record.filter(|record| record.is_preview).map(|_| {
                match layers.shares_data {
                    true => Preview::SharedAccounts,
                    false => Preview::OwnAccounts,
                }
            }),
        })
    }
}
