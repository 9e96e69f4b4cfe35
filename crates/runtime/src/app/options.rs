//! What may be set about running components?

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::places::Room;
use crate::engine::{Compiler, Processors};
use crate::runtime_config::KeyValueStore;

/// Spin's defaults, but for what is bounded here and not there, and for how long an
/// instance lives.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Where compiled code is kept between starts; none for nowhere.
    pub cache_folder: Option<PathBuf>,
    /// What compiles into that folder in the place of this process.
    pub compiler: Option<Compiler>,
    /// Where SQLite databases lie.
    pub sqlite_folder: PathBuf,
    /// Key-value stores by label, beside or in the place of `default`: a file among the
    /// SQLite databases.
    pub key_value_stores: BTreeMap<String, KeyValueStore>,
    /// Requests that one instance serves over its life.
    pub instance_requests: usize,
    /// Requests that one instance serves at once.
    pub instance_concurrency: usize,
    /// How long an idle instance is kept.
    pub instance_idle: Duration,
    /// How long an answer may take to begin, from the last part of the request that the
    /// visitor sent.
    pub request_timeout: Option<Duration>,
    /// Requests at once in one component.
    pub room: Room,
    /// Connections of a component to one Postgres server at most, where its URL says
    /// nothing; none for as many as a small server has seats for.
    pub database_connections: Option<usize>,
    /// Which processors code is compiled for.
    pub processors: Processors,
    /// What hashes passwords and verifies signatures.
    pub computing: Computing,
}

/// What stands where a component imports `gatelet:passwords` or `gatelet:signatures`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Computing {
    /// Native code, which hashes as many at once as there are processors.
    #[default]
    Native,
    /// The components that the manifest names, as on Spin.
    Component,
}

impl RunOptions {
    /// Spin has 128. A new instance reads its settings and those of all origins: what that
    /// takes is to be little beside its requests (docs/design/0048).
    pub const INSTANCE_REQUESTS: usize = 4096;

    /// As the front waits for an upstream. Spin has no limit by default.
    pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

    /// Spin's defaults, with databases in `.spin` beside the manifest.
    #[must_use]
    pub fn beside(manifest_folder: &Path) -> Self {
        Self {
            cache_folder: None,
            compiler: None,
            sqlite_folder: manifest_folder.join(".spin"),
            key_value_stores: BTreeMap::new(),
            instance_requests: Self::INSTANCE_REQUESTS,
            instance_concurrency: 16,
            instance_idle: Duration::from_secs(1),
            request_timeout: Some(Self::REQUEST_TIMEOUT),
            room: Room::default(),
            database_connections: None,
            processors: Processors::This,
            computing: Computing::Native,
        }
    }
}
