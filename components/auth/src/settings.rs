//! What has the operator set up? The origins that are served, as signing in sees
//! them and as the gateway judges.

use crate::revealed::FromVault;
use gatelet_core::error::Code;
use gatelet_core::key::KeyRing;
use gatelet_core::origin_record::OriginRecord;
use gatelet_core::settings::{Base, GateSettings};
use gatelet_ports::{Known, Settings};
use gatelet_settings::{Component, Setting, SettingError};
use gatelet_sign_in::sites::Sites;
use gatelet_sign_in::workos::WorkOs;
use gatelet_web::set_up;
use std::cell::RefCell;
use std::rc::Rc;

/// All that flows need to know of the configuration.
pub(crate) struct Setup {
    /// The origins that are served, and how one signs in there.
    pub sites: Sites,
    /// What requests are judged by that middleware asks about.
    pub gate: GateSettings,
    /// The client at WorkOS, where there is one; what is wrong with it is nothing to those
    /// who sign in here.
    pub workos: Option<Result<WorkOs, SettingError>>,
}

thread_local! {
    static KNOWN: RefCell<Known<Setup>> = const { RefCell::new(Known::nothing()) };
}

const SETTINGS: Settings<Setup, FromVault> = Settings {
    component: Component::Auth,
    prepare: FromVault,
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
        let workos = match values.get(Setting::WorkosClientId) {
            "" => None,
            _ => Some(WorkOs::from_values(&values)),
        };
        Ok(Self {
            workos,
            gate: GateSettings::new(variables.clone(), records.clone(), complete)?,
            sites: Sites::new(variables, records, complete)?,
        })
    }

    /// Keys of cookies.
    pub(crate) fn keys(&self) -> &KeyRing {
        self.sites.keys()
    }
}
