//! Which settings does this instance go by? Variables, and the store's list of
//! origins, looked at anew every few seconds. What is kept is every visitor's,
//! nothing of one request.

use std::cell::RefCell;
use std::rc::Rc;
use std::thread::LocalKey;

use gatelet_core::origin_record::OriginRecord;
use gatelet_core::secret::Secret;
use gatelet_core::settings::Base;
use gatelet_settings::{Component, Setting, SettingError};
use spin_sdk::variables;

use crate::store::origins;

use first::First;

mod first;

/// How soon to look again where the store could not be read, and how long the others
/// go on with what there is while one request looks.
const RETRY_SECONDS: u64 = 1;

/// What becomes of settings before they are parsed.
pub trait Prepare {
    /// Puts in what they refer to. The error is one line for the operator; those that are
    /// in use stay so then.
    fn prepare(
        &self,
        variables: Base,
        records: Vec<OriginRecord>,
        now: u64,
    ) -> impl Future<Output = Result<(Base, Vec<OriginRecord>), String>>;
}

/// Nothing becomes of them.
#[derive(Debug)]
pub struct AsTheyAre;

impl Prepare for AsTheyAre {
    async fn prepare(
        &self,
        variables: Base,
        records: Vec<OriginRecord>,
        _now: u64,
    ) -> Result<(Base, Vec<OriginRecord>), String> {
        Ok((variables, records))
    }
}

/// The settings of a component's instances, as it parses them.
#[derive(Debug)]
pub struct Settings<T: 'static, P = AsTheyAre> {
    /// Whose variables count.
    pub component: Component,
    /// What becomes of them first.
    pub prepare: P,
    /// What is made of them.
    pub parse: Parse<T>,
    /// Where an instance keeps it.
    pub known: &'static LocalKey<RefCell<Known<T>>>,
}

/// Makes settings of variables and the store's records of origins. It is told
/// whether those are all there are: not so where the store could not be read.
pub type Parse<T> = fn(Base, Vec<OriginRecord>, bool) -> Result<T, SettingError>;

/// What an instance knows.
#[derive(Debug)]
pub struct Known<T> {
    settings: Option<Rc<T>>,
    variables: Option<Base>,
    /// Of the store's list, once there was one.
    revision: Option<u64>,
    /// Unix seconds; none for never again.
    look_again_at: Option<u64>,
    first: First,
}

impl<T> Known<T> {
    /// Nothing yet.
    #[must_use]
    pub const fn nothing() -> Self {
        Self {
            settings: None,
            variables: None,
            revision: None,
            look_again_at: None,
            first: First::new(),
        }
    }
}

impl<T, P: Prepare> Settings<T, P> {
    /// The settings in use, if any are.
    #[must_use]
    pub fn current(&self) -> Option<Rc<T>> {
        self.known.with_borrow(|known| known.settings.clone())
    }

    /// The settings in use at `now`, in Unix seconds; read where none are yet, or
    /// where it is time to look whether they have changed. The error is one line for
    /// the operator.
    pub async fn current_at(&self, now: u64) -> Result<Rc<T>, String> {
        let (settings, due) = self.known.with_borrow_mut(|known| {
            let due = known.look_again_at.is_some_and(|then| then <= now);
            if due {
                known.look_again_at = Some(now.saturating_add(RETRY_SECONDS));
            }
            (known.settings.clone(), due)
        });
        match settings {
            Some(settings) if !due => Ok(settings),
            Some(settings) => self.look(Some(settings), now).await,
            None => self.first(now).await,
        }
    }

    /// Takes these into use, for as long as nothing else is said.
    pub fn load(
        &self,
        variables: Base,
        records: Vec<OriginRecord>,
        complete: bool,
    ) -> Result<(), String> {
        let settings = self.parsed(variables, records, complete)?;
        self.known
            .with_borrow_mut(|known| known.settings = Some(settings));
        Ok(())
    }

    /// All that [`Settings::load`] needs, for hosts that hand it to many instances.
    pub async fn gather(&self, now: u64) -> Result<Gathered, String> {
        self.gather_since(None, None, now).await
    }

    /// The same, where the variables may be known already, and a revision of the
    /// list.
    async fn gather_since(
        &self,
        variables: Option<Base>,
        revision: Option<u64>,
        now: u64,
    ) -> Result<Gathered, String> {
        let variables = match variables {
            Some(variables) => variables,
            None => read(self.component).await?,
        };
        let refresh_seconds = variables
            .values()
            .seconds(Setting::OriginsRefreshSeconds, 0, 3600)
            .map_err(|error| error.to_string())?;
        let (listing, valid_seconds) = match origins::list(revision, now).await {
            Ok(Some(snapshot)) => (
                Listing::All {
                    records: snapshot.origins.into_iter().map(Into::into).collect(),
                    revision: snapshot.revision,
                },
                refresh_seconds,
            ),
            Ok(None) => (Listing::Unchanged, refresh_seconds),
            // The store has logged why.
            Err(_) => (Listing::Away, RETRY_SECONDS),
        };
        Ok(Gathered {
            variables,
            listing,
            valid_seconds,
        })
    }

    async fn look(&self, known: Option<Rc<T>>, now: u64) -> Result<Rc<T>, String> {
        let (variables, known_revision) = self
            .known
            .with_borrow(|known| (known.variables.clone(), known.revision));
        let Gathered {
            variables,
            listing,
            valid_seconds,
        } = self.gather_since(variables, known_revision, now).await?;
        let (settings, revision) = match (listing, known) {
            (Listing::All { records, revision }, known) => {
                let prepared = self.prepare.prepare(variables.clone(), records, now).await;
                match (prepared, known) {
                    (Ok((prepared, records)), _) => {
                        (self.parsed(prepared, records, true)?, Some(revision))
                    }
                    // What is in use stays so, and is looked at anew.
                    (Err(_), Some(known)) => return Ok(known),
                    (Err(line), None) => return Err(line),
                }
            }
            // The list as it was.
            (Listing::Unchanged | Listing::Away, Some(known)) => (known, known_revision),
            // There is nothing that it could be as before.
            (Listing::Unchanged | Listing::Away, None) => {
                let prepared = self.prepare.prepare(variables.clone(), Vec::new(), now);
                let (prepared, records) = prepared.await?;
                (self.parsed(prepared, records, false)?, None)
            }
        };
        self.known.with_borrow_mut(|known| {
            known.settings = Some(Rc::clone(&settings));
            known.variables = Some(variables);
            known.revision = revision;
            known.look_again_at = (valid_seconds > 0).then(|| now.saturating_add(valid_seconds));
        });
        Ok(settings)
    }

    fn parsed(
        &self,
        variables: Base,
        records: Vec<OriginRecord>,
        complete: bool,
    ) -> Result<Rc<T>, String> {
        let settings = (self.parse)(variables, records, complete);
        settings.map(Rc::new).map_err(|error| error.to_string())
    }
}

/// Variables and origins, as they are now.
#[derive(Debug)]
pub struct Gathered {
    /// As the operator wrote them.
    pub variables: Base,
    /// The origins that are served beside the one that the variables describe.
    pub listing: Listing,
    /// How long they hold. 0 for ever.
    pub valid_seconds: u64,
}

/// What the store says of origins.
#[derive(Debug)]
pub enum Listing {
    /// These are all there are.
    All {
        /// By name.
        records: Vec<OriginRecord>,
        /// Of the list.
        revision: u64,
    },
    /// Those that were known.
    Unchanged,
    /// Nothing: it could not be read.
    Away,
}

/// Reads the variables that a component is given.
async fn read(component: Component) -> Result<Base, String> {
    let mut values = Vec::new();
    // Databases are the store's: it inherits the variables and reads them itself.
    let is_store_s = |setting: &Setting| {
        matches!(
            setting,
            Setting::DatabaseUrl | Setting::BetterAuthDatabaseUrl
        )
    };
    for setting in Setting::of(component).filter(|setting| !is_store_s(setting)) {
        match variables::get(setting.name()).await {
            Ok(value) => values.push((setting, Secret::new(value))),
            // Not in this manifest: its default.
            Err(variables::Error::Undefined(_)) => {}
            // The name alone: whoever provides variables may quote a value.
            Err(_) => return Err(format!("{setting}: cannot be read")),
        }
    }
    Ok(Base::from_iter(values))
}
