//! Which settings does this instance judge by? Handed over by the host, or read here
//! and looked at anew every few seconds.

use std::cell::RefCell;

use gatelet_core::settings::GateSettings;
use gatelet_ports::{Known, Settings};
use gatelet_settings::Component;

thread_local! {
    static KNOWN: RefCell<Known<GateSettings>> = const { RefCell::new(Known::nothing()) };
    static TOLD: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The gateway's settings.
pub(crate) const SETTINGS: Settings<GateSettings> = Settings {
    component: Component::Gateway,
    parse: GateSettings::new,
    known: &KNOWN,
};

/// Tells the operator's log what is wrong with an origin: once, until it is another
/// line's turn.
pub(crate) fn tell(line: String) {
    TOLD.with_borrow_mut(|told| {
        if *told != line {
            eprintln!("gateway: {line}");
            *told = line;
        }
    });
}
