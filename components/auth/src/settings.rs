//! What has the operator set up? The variables, read once an instance, and the
//! origins that the store lists, looked at anew every few seconds. What is kept is
//! every visitor's.

use crate::ports::{listed, origins};
use crate::problem::Problem;
use gatelet_core::error::Code;
use gatelet_core::key::KeyRing;
use gatelet_core::origin_record::OriginRecord;
use gatelet_core::secret::Secret;
use gatelet_core::settings::{GateSettings, Setting, Values};
use gatelet_sign_in::sites::Sites;
use spin_sdk::variables;
use std::cell::RefCell;
use std::rc::Rc;
use wasip3::clocks::monotonic_clock;

/// How soon to look again where the store could not be read.
const RETRY_SECONDS: u64 = 1;
/// How long a request waits between looks at whether another one is done reading.
const WAIT_NANOSECONDS: u64 = 1_000_000;

/// All that flows need to know of the configuration.
pub(crate) struct Setup {
    /// The origins that are served, and how one signs in there.
    pub sites: Sites,
    /// What requests are judged by that middleware asks about.
    pub gate: GateSettings,
}

impl Setup {
    /// Keys of cookies.
    pub(crate) fn keys(&self) -> &KeyRing {
        self.sites.keys()
    }
}

/// What an instance knows.
struct Known {
    /// None until the variables are read.
    variables: Option<Rc<Variables>>,
    setup: Option<Rc<Setup>>,
    /// Of the store's list, once there was one.
    revision: Option<u64>,
    /// Unix seconds; none for never again.
    look_again_at: Option<u64>,
    /// Whether a request is at it.
    looking: bool,
}

struct Variables {
    values: Vec<(String, Secret)>,
    /// 0 for never again.
    refresh_seconds: u64,
}

thread_local! {
    static KNOWN: RefCell<Known> = const {
        RefCell::new(Known {
            variables: None,
            setup: None,
            revision: None,
            look_again_at: Some(0),
            looking: false,
        })
    };
}

/// The configuration at `now`. What is wrong with it goes to the log, each time,
/// until the operator has mended it: `up` says so before it serves anything.
///
/// One request at a time looks whether it has changed. The others go on with what
/// there is, or wait where there is nothing yet.
pub(crate) async fn setup(now: u64) -> Result<Rc<Setup>, Problem> {
    loop {
        let (known, looking, due) = KNOWN.with_borrow(|known| {
            let due = known.look_again_at.is_some_and(|then| then <= now);
            (known.setup.clone(), known.looking, due)
        });
        match (known, looking) {
            (Some(setup), looking) if looking || !due => return Ok(setup),
            (None, true) => monotonic_clock::wait_for(WAIT_NANOSECONDS).await,
            (_, _) => break,
        }
    }
    let _turn = Turn::begin();
    refresh(now).await.map_err(|line| {
        crate::log::error(Code::SettingsInvalid.as_str(), &line);
        Problem::Denied(Code::SettingsInvalid)
    })
}

/// Whose turn it is to look. Given back also where the visitor goes away meanwhile.
struct Turn;

impl Turn {
    fn begin() -> Self {
        KNOWN.with_borrow_mut(|known| known.looking = true);
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        KNOWN.with_borrow_mut(|known| known.looking = false);
    }
}

async fn refresh(now: u64) -> Result<Rc<Setup>, String> {
    let variables = match KNOWN.with_borrow(|known| known.variables.clone()) {
        Some(variables) => variables,
        None => Rc::new(read().await?),
    };
    let (kept, revision) = KNOWN.with_borrow(|known| (known.setup.clone(), known.revision));
    let (setup, revision, wait) = match (origins::list(revision, now).await, kept) {
        (Ok(None), Some(kept)) => (kept, revision, variables.refresh_seconds),
        (Ok(Some(snapshot)), _) => {
            let records = snapshot.origins.into_iter().map(listed).collect();
            let setup = set_up(&variables, records, true)?;
            (setup, Some(snapshot.revision), variables.refresh_seconds)
        }
        // The list as it was, or none: the store has logged why.
        (Err(_), Some(kept)) => (kept, revision, RETRY_SECONDS),
        (Err(_), None) => (set_up(&variables, Vec::new(), false)?, None, RETRY_SECONDS),
        // Nothing was known, so there is nothing that it could be as before.
        (Ok(None), None) => return Err("the store has no list of origins".to_owned()),
    };
    KNOWN.with_borrow_mut(|known| {
        known.variables = Some(variables);
        known.setup = Some(Rc::clone(&setup));
        known.revision = revision;
        known.look_again_at = (wait > 0).then(|| now.saturating_add(wait));
    });
    Ok(setup)
}

fn set_up(
    variables: &Variables,
    records: Vec<OriginRecord>,
    complete: bool,
) -> Result<Rc<Setup>, String> {
    let values = || variables.values.clone();
    let gate = GateSettings::new(values(), records.clone(), complete);
    let sites = Sites::new(values(), records, complete);
    gate.and_then(|gate| {
        Ok(Rc::new(Setup {
            sites: sites?,
            gate,
        }))
    })
    .map_err(|error| error.to_string())
}

async fn read() -> Result<Variables, String> {
    let mut values = Vec::new();
    // The store's own: it inherits the variable and asks for it itself.
    for setting in Setting::read_by("auth").filter(|setting| setting.name != "database_url") {
        match variables::get(setting.name).await {
            Ok(value) => values.push((setting.name.to_owned(), Secret::new(value))),
            // Not in this manifest: its default.
            Err(variables::Error::Undefined(_)) => {}
            // The name alone: a provider of variables may quote a value.
            Err(_) => return Err(format!("{}: cannot be read", setting.name)),
        }
    }
    let pairs = values
        .iter()
        .map(|(name, value)| (name.as_str(), value.expose()));
    let refresh_seconds = Values::new(pairs)
        .seconds("origins_refresh_seconds", 0, 3600)
        .map_err(|error| error.to_string())?;
    Ok(Variables {
        values,
        refresh_seconds,
    })
}
