//! Which origins are kept, and may this one be? What `gatelet origins` and
//! `gatelet preview` have in common: the settings, the store, and the judge.

use anyhow::{Context as _, Result, anyhow};
use gatelet_core::origin_record::{MAIN, SWITCH};
use gatelet_mail::errand::Errand;
use gatelet_origins::saving::Saving;
use gatelet_runtime::store::{Origin, OriginKind, OriginState, Place, StoreAdmin, main_place};
use gatelet_settings::Setting;
use gatelet_sign_in::sites::Sites;
use tokio::runtime::Runtime;

use super::project::{Project, Settled};
use super::{kept, log, mail, now, runtime};
use crate::application::Preparation;

/// Everything that is kept of origins.
pub(super) struct Registry {
    settled: Settled,
    pub(super) runtime: Runtime,
    prepared: Preparation,
    /// By name, whatever their state.
    pub(super) origins: Vec<Origin>,
    /// The switch of the main origin's login, once there was one.
    pub(super) switch: Option<Origin>,
    /// Those that the variable `origins` writes down, where none of the name is kept.
    pub(super) written: Vec<Origin>,
}

impl Registry {
    /// Reads settings and origins. Whoever only looks changes no table: those that serve
    /// may be older than this program.
    pub(super) fn open(project: &Project) -> Result<Self> {
        log::start_quiet();
        let settled = project.settle()?;
        settled
            .gatelet()?
            .context("the manifest has no variables of Gatelet's")?;
        let options = project.run_options(&settled)?;
        let prepared = settled.load(&options)?;
        let runtime = runtime()?;
        let store = store(&prepared)?;
        let origins = runtime.block_on(store.all_origins());
        let mut origins = origins.context(Setting::DatabaseUrl)?;
        let switch = taken_out(&mut origins);
        let mut written = kept::written(&settled.variables)?;
        written.retain(|one| origins.iter().all(|kept| kept.name != one.name));
        Ok(Self {
            settled,
            runtime,
            prepared,
            origins,
            switch,
            written,
        })
    }

    pub(super) fn store(&self) -> Result<&StoreAdmin> {
        store(&self.prepared)
    }

    /// Has one letter sent at once: why it was not taken, if it was not.
    pub(super) fn send_letter(self, errand: &Errand) -> Result<Option<String>> {
        mail::sent(&self.settled, self.prepared, &self.runtime, errand)
    }

    /// Looks again what is kept, after somebody else has changed it.
    pub(super) fn look_again(&mut self) -> Result<()> {
        self.origins = self.runtime.block_on(self.store()?.all_origins())?;
        self.switch = taken_out(&mut self.origins);
        Ok(())
    }

    /// The origin of this name that the database keeps.
    pub(super) fn named(&self, name: &str) -> Option<&Origin> {
        self.origins.iter().find(|origin| origin.name == name)
    }

    /// The origin of this name, kept or written down.
    fn known(&self, name: &str) -> Option<&Origin> {
        let written = || self.written.iter().find(|origin| origin.name == name);
        self.named(name).or_else(written)
    }

    /// The same, where there must be one.
    pub(super) fn required(&self, name: &str) -> Result<&Origin> {
        self.known(name)
            .ok_or_else(|| anyhow!("there is no origin {name}: `gatelet origins list` shows all"))
    }

    /// One that the database keeps, where there must be one.
    pub(super) fn changeable(&self, name: &str) -> Result<&Origin> {
        match self.named(name) {
            Some(origin) => Ok(origin),
            None if name == MAIN => Err(anyhow!(
                "main: the variables describe it: it is changed there, and cannot be removed"
            )),
            None => self.required(name).and_then(|_| {
                Err(anyhow!(
                    "{name}: stands in the variable origins: change it there"
                ))
            }),
        }
    }

    /// What a setting is worth at an origin: its own value, its parents', the
    /// variable's.
    pub(super) fn value(&self, origin: &str, setting: Setting) -> String {
        let mut name = origin;
        // Not for ever, should parents go round in circles.
        for _ in 0..=self.origins.len() + self.written.len() {
            let Some(origin) = self.known(name) else {
                break;
            };
            if let Some(value) = own(origin, setting) {
                return value.to_owned();
            }
            name = &origin.parent;
        }
        let switched = self.switch.as_ref().filter(|_| setting == Setting::Login);
        if let Some(value) = switched.and_then(|switch| own(switch, setting)) {
            return value.to_owned();
        }
        self.variable(setting)
    }

    /// What the variable says.
    pub(super) fn variable(&self, setting: Setting) -> String {
        let base = kept::base(&self.settled.variables);
        base.values().get(setting).to_owned()
    }

    /// How people sign in at every origin.
    ///
    /// # Errors
    /// One line where the variables do not read.
    pub(super) fn sites(&self) -> Result<Sites> {
        let all = self.origins.iter().chain(&self.switch).chain(&self.written);
        let records = all.map(kept::record).collect();
        let base = kept::base(&self.settled.variables);
        Sites::new(base, records, true).map_err(|error| anyhow!(error))
    }

    /// Whose users and sessions an origin has.
    pub(super) fn place(&self, origin: &str) -> Result<Place> {
        match origin {
            MAIN => Ok(main_place()),
            name => Ok(self.required(name)?.place.clone()),
        }
    }

    /// Whether the users of an origin go with it, as far as is known here.
    pub(super) fn takes_users(&self, origin: &Origin) -> bool {
        let Place { url, schema } = &origin.place;
        let mut others = self.origins.iter().chain(&self.written);
        let is_shared =
            others.any(|other| other.name != origin.name && other.place == origin.place);
        url.is_empty() && !schema.is_empty() && !is_shared
    }

    /// A line where an origin says to be an app that `app_list` does not have.
    pub(super) fn unlisted_app(&self, origin: &Origin) -> Option<String> {
        let app = own(origin, Setting::AppName)?.trim();
        let list = match own(origin, Setting::AppList) {
            Some(list) => list.to_owned(),
            None => self.value(&origin.parent, Setting::AppList),
        };
        let mut listed = list.split(',').map(str::trim).filter(|one| !one.is_empty());
        let is_listed = listed.any(|one| one.eq_ignore_ascii_case(app));
        (!app.is_empty() && !is_listed && !list.trim().is_empty()).then(|| {
            format!(
                "{}: app_name: {app} is not in app_list, which is {}: nobody is sent back to it, and it can be granted to nobody",
                origin.name,
                list.trim()
            )
        })
    }

    /// Judges an origin that is to be kept, and whether its app may be reached.
    ///
    /// # Errors
    /// One line that names the origin, the setting and the mend.
    pub(super) fn judge(&self, origin: &Origin) -> Result<()> {
        let base = kept::base(&self.settled.variables);
        let records: Vec<_> = self.origins.iter().map(kept::record).collect();
        let saving = Saving {
            base: &base,
            records: &records,
            now: now(),
        };
        let record = kept::record(origin);
        saving.judge(&record).map_err(|error| anyhow!(error))?;
        kept::may_be_reached(&self.settled.manifest, &self.settled.variables, &record)
    }
}

/// An origin's own value of a setting.
pub(super) fn own(origin: &Origin, setting: Setting) -> Option<&str> {
    let mut values = origin.values.iter();
    values.find_map(|(name, value)| (name == setting.name()).then_some(value.as_str()))
}

/// The switch of the main origin's login, out of what is kept: it is no origin.
fn taken_out(origins: &mut Vec<Origin>) -> Option<Origin> {
    let at = origins.iter().position(|origin| origin.name == SWITCH)?;
    Some(origins.remove(at))
}

fn store(prepared: &Preparation) -> Result<&StoreAdmin> {
    prepared
        .store()
        .context("the manifest wires no store in, so no origins are kept")
}

/// A new origin that starts from `parent`.
pub(super) fn blank(name: &str, parent: &str, kind: OriginKind, place: Place) -> Origin {
    Origin {
        name: name.to_owned(),
        parent: parent.to_owned(),
        kind,
        state: OriginState::Ready,
        branch: String::new(),
        values: Vec::new(),
        place,
        created_at: now(),
        expires_at: None,
        version: 0,
    }
}

/// `name=value` of a setting.
pub(super) fn pair(text: &str) -> Result<(Setting, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write setting=value".to_owned())?;
    match Setting::named(name) {
        Some(setting) => Ok((setting, value.to_owned())),
        None => Err(format!(
            "{name}: is no setting{} (`gatelet config` lists them)",
            Setting::did_you_mean(name)
        )),
    }
}

/// Whose users an origin has, for people. A URL may hold a password.
pub(super) fn users(place: &Place) -> String {
    match (place.url.is_empty(), place.schema.as_str()) {
        (true, "") => "shared with main".to_owned(),
        (true, schema) => format!("schema {schema}"),
        (false, "") => "a database of its own".to_owned(),
        (false, schema) => format!("schema {schema} of a database of its own"),
    }
}

/// A time as people and programs read it, or that there is none.
pub(super) fn time(seconds: Option<u64>) -> String {
    let Some(seconds) = seconds else {
        return "never".to_owned();
    };
    time_left(seconds.saturating_sub(now()))
}

/// To the nearest, so that what was just said reads as it was said.
fn time_left(left: u64) -> String {
    let about = |unit: u64| (left + unit / 2) / unit;
    match left {
        0 => "expired".to_owned(),
        left if left < 90 * 60 => format!("in {} min", about(60).max(1)),
        left if left < 36 * 3600 => format!("in {} h", about(3600)),
        _ => format!("in {} days", about(86_400)),
    }
}

/// Rows in columns as wide as they need to be.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line += &format!("{cell:<width$}  ");
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::time_left;

    #[test]
    fn a_time_that_was_just_said_reads_as_it_was_said() {
        const DAY: u64 = 86_400;
        for (left, text) in [
            (14 * DAY - 3, "in 14 days"),
            (14 * DAY, "in 14 days"),
            (2 * DAY - 9, "in 2 days"),
            (DAY - 2, "in 24 h"),
            (12 * 3600 - 40, "in 12 h"),
            (90 * 60 - 1, "in 90 min"),
            (2, "in 1 min"),
            (0, "expired"),
        ] {
            assert_eq!(time_left(left), text, "{left}");
        }
    }
}
