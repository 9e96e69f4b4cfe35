//! Which settings does this instance judge by? Variables, read once an instance
//! or handed over by the host. Nothing of one request is kept here.

use std::cell::RefCell;
use std::rc::Rc;

use gatelet_core::settings::{GateSettings, Setting};
use spin_sdk::variables;

thread_local! {
    static LOADED: RefCell<Option<Rc<GateSettings>>> = const { RefCell::new(None) };
}

/// Raw settings: variable name and value.
pub(crate) type Values = Vec<(String, String)>;

/// The settings in use, if any are.
pub(crate) fn current() -> Option<Rc<GateSettings>> {
    LOADED.with_borrow(Clone::clone)
}

/// The settings in use, read from the variables where none are yet. The error
/// is one line for the operator.
pub(crate) async fn current_or_read() -> Result<Rc<GateSettings>, String> {
    match current() {
        Some(settings) => Ok(settings),
        None => load(&read().await?),
    }
}

/// Reads the gateway's variables.
pub(crate) async fn read() -> Result<Values, String> {
    let mut values = Vec::new();
    // The database is the store's: it inherits the variable and reads it itself.
    for setting in Setting::read_by("gateway").filter(|setting| setting.name != "database_url") {
        match variables::get(setting.name).await {
            Ok(value) => values.push((setting.name.to_owned(), value)),
            // Not in this manifest: its default.
            Err(variables::Error::Undefined(_)) => {}
            // The name alone: whoever provides variables may quote a value.
            Err(_) => return Err(format!("{}: cannot be read", setting.name)),
        }
    }
    Ok(values)
}

/// Parses settings and takes them into use.
pub(crate) fn load(values: &[(String, String)]) -> Result<Rc<GateSettings>, String> {
    let pairs = values
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let settings = Rc::new(GateSettings::from_values(pairs).map_err(|error| error.to_string())?);
    LOADED.replace(Some(Rc::clone(&settings)));
    Ok(settings)
}
