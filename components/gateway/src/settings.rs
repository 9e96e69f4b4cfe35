//! Which settings does this instance judge by? Variables and the store's list of
//! origins: handed over by the host, or read here and looked at anew every few
//! seconds. Nothing of one request is kept here.

use std::cell::RefCell;
use std::rc::Rc;

use gatelet_core::origin_record::{OriginRecord, Place};
use gatelet_core::secret::Secret;
use gatelet_core::settings::{Base, GateSettings};
use gatelet_settings::{Component, Setting, Values};
use spin_sdk::variables;

use crate::bindings::exports::gatelet::edge::gate;
use crate::bindings::gatelet::store::origins;

/// How soon to look again where the store could not be read, and how long the others
/// go on with what there is while one request looks.
const RETRY_SECONDS: u64 = 1;

/// What an instance knows.
struct Known {
    settings: Option<Rc<GateSettings>>,
    variables: Pairs,
    /// Of the store's list, once there was one.
    revision: Option<u64>,
    /// Unix seconds; none for never again.
    look_again_at: Option<u64>,
}

thread_local! {
    static KNOWN: RefCell<Known> = const {
        RefCell::new(Known {
            settings: None,
            variables: Vec::new(),
            revision: None,
            look_again_at: None,
        })
    };
}

thread_local! {
    static TOLD: RefCell<String> = const { RefCell::new(String::new()) };
}

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

/// Variables by name, as the operator wrote them.
type Pairs = Vec<(String, String)>;

/// The settings in use, if any are.
pub(crate) fn current() -> Option<Rc<GateSettings>> {
    KNOWN.with_borrow(|known| known.settings.clone())
}

/// The settings in use at `now`, read where none are yet or it is time to look
/// whether they have changed. The error is one line for the operator.
pub(crate) async fn current_at(now: u64) -> Result<Rc<GateSettings>, String> {
    let (settings, due) = KNOWN.with_borrow_mut(|known| {
        let due = known.look_again_at.is_some_and(|then| then <= now);
        if due {
            known.look_again_at = Some(now + RETRY_SECONDS);
        }
        (known.settings.clone(), due)
    });
    match settings {
        Some(settings) if !due => Ok(settings),
        settings => look(settings, now).await,
    }
}

/// All that a host hands to the instances that judge for it.
pub(crate) async fn gather(now: u64) -> Result<gate::Settings, String> {
    let values = read().await?;
    let refresh_seconds = refresh_seconds(&values);
    let (origins, complete, valid_seconds) = match origins::list(None, now).await {
        Ok(snapshot) => {
            let origins = snapshot.map_or_else(Vec::new, |snapshot| snapshot.origins);
            (origins, true, refresh_seconds)
        }
        // The store has logged why.
        Err(_) => (Vec::new(), false, RETRY_SECONDS),
    };
    Ok(gate::Settings {
        values,
        origins: origins.into_iter().map(handed).collect(),
        complete,
        valid_seconds: u32::try_from(valid_seconds).unwrap_or(u32::MAX),
    })
}

/// Takes what [`gather`] gathered into use, for as long as the host says nothing else.
pub(crate) fn load(settings: gate::Settings) -> Result<(), String> {
    let gate::Settings {
        values,
        origins,
        complete,
        valid_seconds: _,
    } = settings;
    let records = origins.into_iter().map(record).collect();
    let settings = parse(&values, records, complete)?;
    KNOWN.with_borrow_mut(|known| known.settings = Some(settings));
    Ok(())
}

async fn look(known: Option<Rc<GateSettings>>, now: u64) -> Result<Rc<GateSettings>, String> {
    let (mut values, revision) =
        KNOWN.with_borrow(|known| (known.variables.clone(), known.revision));
    if values.is_empty() {
        values = read().await?;
    }
    let refresh_seconds = refresh_seconds(&values);
    let (settings, revision, wait) = match (origins::list(revision, now).await, known) {
        (Ok(None), Some(known)) => (known, revision, refresh_seconds),
        (Ok(snapshot), _) => {
            let revision = snapshot.as_ref().map(|snapshot| snapshot.revision);
            let origins = snapshot.map_or_else(Vec::new, |snapshot| snapshot.origins);
            let records = origins.into_iter().map(handed).map(record).collect();
            (parse(&values, records, true)?, revision, refresh_seconds)
        }
        // The list as it was, or none: the store has logged why.
        (Err(_), Some(known)) => (known, revision, RETRY_SECONDS),
        (Err(_), None) => (parse(&values, Vec::new(), false)?, None, RETRY_SECONDS),
    };
    KNOWN.with_borrow_mut(|known| {
        *known = Known {
            settings: Some(Rc::clone(&settings)),
            variables: values,
            revision,
            look_again_at: (wait > 0).then(|| now + wait),
        };
    });
    Ok(settings)
}

/// Reads the gateway's variables.
async fn read() -> Result<Pairs, String> {
    let mut values = Vec::new();
    // The database is the store's: it inherits the variable and reads it itself.
    for setting in
        Setting::of(Component::Gateway).filter(|setting| *setting != Setting::DatabaseUrl)
    {
        match variables::get(setting.name()).await {
            Ok(value) => values.push((setting.name().to_owned(), value)),
            // Not in this manifest: its default.
            Err(variables::Error::Undefined(_)) => {}
            // The name alone: whoever provides variables may quote a value.
            Err(_) => return Err(format!("{setting}: cannot be read")),
        }
    }
    Ok(values)
}

fn parse(
    values: &Pairs,
    records: Vec<OriginRecord>,
    complete: bool,
) -> Result<Rc<GateSettings>, String> {
    GateSettings::new(Base::of_variables(pairs(values)), records, complete)
        .map(Rc::new)
        .map_err(|error| error.to_string())
}

/// `origins_refresh_seconds`; what is no number is refused where the settings are
/// parsed.
fn refresh_seconds(values: &Pairs) -> u64 {
    let values = Values::of_variables(pairs(values));
    values
        .get(Setting::OriginsRefreshSeconds)
        .parse()
        .unwrap_or_default()
}

fn pairs(values: &Pairs) -> impl Iterator<Item = (&str, &str)> {
    values
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
}

/// The store's record as the gate hands it on.
fn handed(origin: origins::Origin) -> gate::Origin {
    let origins::Origin {
        name,
        parent,
        kind: _,
        // Those that are listed are ready.
        state: _,
        branch: _,
        values,
        place,
        created_at,
        expires_at,
    } = origin;
    gate::Origin {
        name,
        parent,
        values,
        database_url: place.url,
        schema: place.schema,
        created_at,
        expires_at,
    }
}

fn record(origin: gate::Origin) -> OriginRecord {
    let gate::Origin {
        name,
        parent,
        values,
        database_url,
        schema,
        created_at,
        expires_at,
    } = origin;
    OriginRecord {
        name,
        parent,
        // Judging makes no difference.
        is_preview: false,
        values,
        place: Place {
            url: Secret::new(database_url),
            schema,
        },
        created_at,
        expires_at,
    }
}
