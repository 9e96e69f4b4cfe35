//! What has the operator set up? The variables, read once an instance, and the
//! origins that the store lists, looked at anew every few seconds. What is kept is
//! every visitor's.

use crate::problem::Problem;
use gatelet_core::error::Code;
use gatelet_core::key::KeyRing;
use gatelet_core::secret::Secret;
use gatelet_core::settings::{Setting, SettingError};
use gatelet_core::sign_in::sites::Sites;
use spin_sdk::variables;
use std::cell::RefCell;
use std::rc::Rc;

/// All that flows need to know of the configuration.
pub(crate) struct Setup {
    /// Keys of cookies.
    pub keys: KeyRing,
    /// The origins that are served, and how one signs in there.
    pub sites: Sites,
}

thread_local! {
    static SETUP: RefCell<Option<Rc<Setup>>> = const { RefCell::new(None) };
}

/// The configuration. What is wrong with it goes to the log, each time, until
/// the operator has mended it: `up` says so before it serves anything.
pub(crate) async fn setup(_now: u64) -> Result<Rc<Setup>, Problem> {
    if let Some(setup) = SETUP.with_borrow(Clone::clone) {
        return Ok(setup);
    }
    match read().await {
        Ok(setup) => {
            let setup = Rc::new(setup);
            SETUP.replace(Some(Rc::clone(&setup)));
            Ok(setup)
        }
        Err(line) => {
            crate::log::error(Code::SettingsInvalid.as_str(), &line);
            Err(Problem::Denied(Code::SettingsInvalid))
        }
    }
}

async fn read() -> Result<Setup, String> {
    let mut read = Vec::new();
    // The store's own: it inherits the variable and asks for it itself.
    for setting in Setting::read_by("auth").filter(|setting| setting.name != "database_url") {
        match variables::get(setting.name).await {
            Ok(value) => read.push((setting.name, Secret::new(value))),
            // Not in this manifest: its default.
            Err(variables::Error::Undefined(_)) => {}
            // The name alone: a provider of variables may quote a value.
            Err(_) => return Err(format!("{}: cannot be read", setting.name)),
        }
    }
    parse(read.iter().map(|(name, value)| (*name, value.expose())))
        .map_err(|error| error.to_string())
}

fn parse<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Setup, SettingError> {
    let pairs: Vec<_> = pairs.collect();
    let sites = Sites::from_values(&pairs)?;
    Ok(Setup {
        keys: sites.keys().clone(),
        sites,
    })
}
