//! Which settings does this instance judge by? Handed over by the host, or read here
//! and looked at anew every few seconds.

use std::cell::RefCell;

use gatelet_core::settings::GateSettings;
use gatelet_ports::{AsTheyAre, Known, Settings};
use gatelet_settings::Component;

thread_local! {
    static KNOWN: RefCell<Known<GateSettings>> = const { RefCell::new(Known::nothing()) };
    static TOLD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// The gateway's settings.
pub(crate) const SETTINGS: Settings<GateSettings> = Settings {
    component: Component::Gateway,
    prepare: AsTheyAre,
    parse: GateSettings::new,
    known: &KNOWN,
};

/// Origins of which it is remembered that they were told of.
const TOLD_MAX: usize = 64;

/// Tells the operator's log what is wrong with an origin: once.
pub(crate) fn tell(line: String) {
    TOLD.with_borrow_mut(|told| {
        if !told.contains(&line) {
            eprintln!("gateway: {line}");
            if told.len() == TOLD_MAX {
                told.clear();
            }
            told.push(line);
        }
    });
}
