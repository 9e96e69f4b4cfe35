//! How long does an origin take to go whose time is over, with its schema and all that is
//! in it? As `gatelet up` and `gatelet sweep` do it, in this process.

use std::time::Instant;

use gatelet_runtime::store::{Origin, OriginKind, OriginState, Place, StoreAdmin, main_place};
use gatelet_tests::cases::Engine;
use gatelet_tests::runtime::run;

use crate::served::ENGINES;
use crate::store;

/// Previews that go at once.
pub(crate) const COUNT: usize = 50;
/// When they were made, and when their time was over.
const MADE_AT: u64 = 1000;
const OVER_AT: u64 = 2000;

/// On one engine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sweeping {
    pub(crate) engine: &'static str,
    /// What its target is called.
    pub(crate) called: &'static str,
    /// The whole, divided by their number, pauses among it.
    pub(crate) each_ms: f64,
}

pub(super) fn measure() -> Vec<Sweeping> {
    eprintln!("== Sweeping");
    let component = store::component();
    let on = |(name, engine)| on(name, engine, &component);
    ENGINES.map(on).into()
}

fn on(name: &'static str, engine: Engine, component: &StoreAdmin) -> Sweeping {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let admin = store::migrated(component, engine, folder.path());
    for number in 0..COUNT {
        run(admin.create_origin(&origin(number), MADE_AT)).expect("it is new");
    }
    let start = Instant::now();
    let gone = run(admin.delete_expired(OVER_AT)).expect("an answer");
    let took_ms = start.elapsed().as_secs_f64() * 1e3;
    assert_eq!(gone, COUNT as u64, "all of them went");
    Sweeping {
        engine: name,
        called: match engine {
            Engine::Sqlite => "sweeping an expired origin on SQLite, ms",
            Engine::Postgres => "sweeping an expired origin on Postgres, ms",
        },
        each_ms: took_ms / COUNT as f64,
    }
}

/// With a schema of its own.
fn origin(number: usize) -> Origin {
    let name = format!("preview-{number}");
    Origin {
        parent: "main".to_owned(),
        kind: OriginKind::Preview,
        state: OriginState::Creating,
        branch: name.clone(),
        values: vec![("base_url".to_owned(), format!("https://{name}.example.com"))],
        place: Place {
            schema: format!("preview_{number}"),
            ..main_place()
        },
        created_at: MADE_AT,
        expires_at: Some(OVER_AT),
        version: 0,
        name,
    }
}
