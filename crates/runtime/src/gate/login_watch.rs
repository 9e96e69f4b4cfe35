//! At which origins is login off? For the log, which says it when it changes.

use gatelet_core::crossing;
use gatelet_core::settings::GateSettings;

use super::Gate;

/// What was seen last.
#[derive(Debug, Default)]
pub struct LoginWatch {
    /// Of the settings that were looked at; none yet at 0.
    generation: u64,
    off: Vec<String>,
}

/// What has changed since, by base URL.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Switched {
    /// Where login is off now.
    pub off: Vec<String>,
    /// Where it is on again, or the origin is gone.
    pub on: Vec<String>,
}

impl LoginWatch {
    /// Looks at a gate's settings at `now`, in Unix seconds.
    pub fn look(&mut self, gate: &Gate, now: u64) -> Switched {
        let current = gate.settings.current();
        if current.generation == self.generation {
            return Switched::default();
        }
        self.generation = current.generation;
        self.change(off(&current.handed, now).unwrap_or_default())
    }

    fn change(&mut self, off: Vec<String>) -> Switched {
        let without = |these: &[String], those: &[String]| {
            let left = these.iter().filter(|one| !those.contains(one));
            left.cloned().collect()
        };
        let switched = Switched {
            off: without(&off, &self.off),
            on: without(&self.off, &off),
        };
        self.off = off;
        switched
    }
}

/// The base URLs of those where it is off; none where the settings do not read.
fn off(handed: &[u8], now: u64) -> Option<Vec<String>> {
    let (base, records, complete) = crossing::read_settings(handed)?;
    let settings = GateSettings::new(base, records, complete).ok()?;
    let served = settings.origins.iter(now).flatten();
    let off = served.filter(|origin| !origin.has_login());
    Some(off.map(|origin| origin.base_url().to_string()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_is_told_once() {
        let mut watch = LoginWatch::default();
        let urls = |urls: &[&str]| urls.iter().map(|url| (*url).to_owned()).collect::<Vec<_>>();
        for (off, told_off, told_on) in [
            (&[][..], &[][..], &[][..]),
            (&["a"], &["a"], &[]),
            (&["a"], &[], &[]),
            (&["b", "a"], &["b"], &[]),
            (&["b"], &[], &["a"]),
            (&[], &[], &["b"]),
        ] {
            let switched = Switched {
                off: urls(told_off),
                on: urls(told_on),
            };
            assert_eq!(watch.change(urls(off)), switched, "{off:?}");
        }
    }
}
