//! Which origins are kept, and may this one be? What `gatelet origins` and
//! `gatelet preview` have in common: the settings, the store, and the judge.

use anyhow::{Context as _, Result, anyhow};
use gatelet_core::origin_record::{MAIN, OriginRecord, Place as CorePlace};
use gatelet_core::secret::Secret;
use gatelet_core::settings::{Setting, Values};
use gatelet_core::sign_in::saving::Saving;
use tokio::runtime::Runtime;

use super::project::{Project, Settled};
use super::{log, now, reach, runtime};
use crate::Preparation;
use crate::store::{Origin, OriginKind, OriginState, Place, StoreAdmin, main_place};

/// Everything that is kept of origins.
pub(super) struct Registry {
    settled: Settled,
    pub(super) runtime: Runtime,
    prepared: Preparation,
    /// By name, whatever their state.
    pub(super) origins: Vec<Origin>,
}

impl Registry {
    /// Reads settings and origins; brings the tables up to date first.
    pub(super) fn open(project: &Project) -> Result<Self> {
        log::start_quiet();
        let settled = project.settle()?;
        settled
            .gatelet()?
            .context("the manifest has no variables of Gatelet's")?;
        let options = project.run_options(&settled.manifest);
        let prepared = settled.load(&options)?;
        let runtime = runtime()?;
        let store = store(&prepared)?;
        let origins = runtime.block_on(async {
            store.migrate(&main_place(), now()).await?;
            store.all_origins().await
        });
        let origins = origins.context("database_url")?;
        Ok(Self {
            settled,
            runtime,
            prepared,
            origins,
        })
    }

    pub(super) fn store(&self) -> Result<&StoreAdmin> {
        store(&self.prepared)
    }

    /// The origin of this name.
    pub(super) fn named(&self, name: &str) -> Option<&Origin> {
        self.origins.iter().find(|origin| origin.name == name)
    }

    /// Like [`Registry::named`], where there must be one.
    pub(super) fn required(&self, name: &str) -> Result<&Origin> {
        self.named(name)
            .ok_or_else(|| anyhow!("there is no origin {name}: `gatelet origins list` shows all"))
    }

    /// What a setting is worth at an origin: its own value, its parents', the
    /// variable's.
    pub(super) fn value(&self, origin: &str, setting: &str) -> String {
        let mut name = origin;
        // Not for ever, should parents go round in circles.
        for _ in 0..=self.origins.len() {
            let Some(origin) = self.named(name) else {
                break;
            };
            if let Some((_, value)) = origin.values.iter().find(|(found, _)| found == setting) {
                return value.clone();
            }
            name = &origin.parent;
        }
        let variables = self.settled.variables.iter();
        Values::new(variables).get(setting).to_owned()
    }

    /// Whose users and sessions an origin has.
    pub(super) fn place(&self, origin: &str) -> Result<Place> {
        match origin {
            MAIN => Ok(main_place()),
            name => Ok(self.required(name)?.place.clone()),
        }
    }

    /// Judges an origin that is to be kept, and whether its app may be reached.
    ///
    /// # Errors
    /// One line that names the origin, the setting and the mend.
    pub(super) fn judge(&self, origin: &Origin) -> Result<()> {
        let base: Vec<_> = self
            .settled
            .variables
            .iter()
            .map(|(name, value)| (name.to_owned(), Secret::new(value.to_owned())))
            .collect();
        let records: Vec<_> = self.origins.iter().map(record).collect();
        let saving = Saving {
            base: &base,
            records: &records,
            now: now(),
        };
        saving
            .judge(&record(origin))
            .map_err(|error| anyhow!(error))?;
        let own = origin.values.iter().find(|(name, _)| name == "upstream");
        if let Some((_, upstream)) = own {
            reach::check_upstream(&self.settled.manifest, &self.settled.variables, upstream)?;
        }
        Ok(())
    }
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
    }
}

fn record(origin: &Origin) -> OriginRecord {
    OriginRecord {
        name: origin.name.clone(),
        parent: origin.parent.clone(),
        is_preview: origin.kind == OriginKind::Preview,
        values: origin.values.clone(),
        place: CorePlace {
            url: Secret::new(origin.place.url.clone()),
            schema: origin.place.schema.clone(),
        },
        created_at: origin.created_at,
        expires_at: origin.expires_at,
    }
}

/// `name=value` of a setting, with the name checked.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write setting=value".to_owned())?;
    match Setting::named(name) {
        Some(_) => Ok((name.to_owned(), value.to_owned())),
        None => Err(format!("{name} is no setting: `gatelet config` lists them")),
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
    let left = seconds.saturating_sub(now());
    match left {
        0 => "expired".to_owned(),
        left if left < 3600 => format!("in {} min", left / 60),
        left if left < 2 * 86_400 => format!("in {} h", left / 3600),
        left => format!("in {} days", left / 86_400),
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
