//! What has the operator set up? The variables, read and parsed once an instance;
//! what is kept is every visitor's.

use crate::problem::Problem;
use gatelet_core::error::Code;
use gatelet_core::key::KeyRing;
use gatelet_core::origin::Origins;
use gatelet_core::secret::Secret;
use gatelet_core::settings::{GateSettings, Setting, SettingError, Values};
use gatelet_core::sign_in::linking::SignUp;
use gatelet_core::sign_in::provider::Providers;
use spin_sdk::variables;
use std::sync::OnceLock;

/// All that flows need to know of the configuration.
pub(crate) struct Setup {
    /// Keys of cookies.
    pub keys: KeyRing,
    /// The origins that are served.
    pub origins: Origins,
    /// The configured providers.
    pub providers: Providers,
    /// Whether accounts may be made.
    pub sign_up: SignUp,
    /// Whether passwords are in use.
    pub passwords: bool,
}

static SETUP: OnceLock<Setup> = OnceLock::new();

/// The configuration. What is wrong with it goes to the log, each time, until
/// the operator has mended it: `up` says so before it serves anything.
pub(crate) async fn setup() -> Result<&'static Setup, Problem> {
    if let Some(setup) = SETUP.get() {
        return Ok(setup);
    }
    match read().await {
        // Two requests may have read at once, and have read the same.
        Ok(setup) => Ok(SETUP.get_or_init(|| setup)),
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

fn parse<'a>(
    pairs: impl Iterator<Item = (&'a str, &'a str)> + Clone,
) -> Result<Setup, SettingError> {
    let GateSettings {
        keys,
        origins,
        trusted_proxies: _,
    } = GateSettings::from_values(pairs.clone())?;
    let values = Values::new(pairs);
    Ok(Setup {
        keys,
        origins,
        providers: Providers::from_values(&values)?,
        sign_up: if values.is("sign_up", "open", "closed")? {
            SignUp::Open
        } else {
            SignUp::Closed
        },
        passwords: values.is("password_sign_in", "on", "off")?,
    })
}
