//! What may be set about running components?

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::engine::Processors;

/// Spin's defaults.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Where compiled code is kept between starts; none for nowhere.
    pub cache_folder: Option<PathBuf>,
    /// Where SQLite databases lie.
    pub sqlite_folder: PathBuf,
    /// Requests that one instance serves over its life.
    pub instance_requests: usize,
    /// Requests that one instance serves at once.
    pub instance_concurrency: usize,
    /// How long an idle instance is kept.
    pub instance_idle: Duration,
    /// How long a request may take until its response begins.
    pub request_timeout: Option<Duration>,
    /// Connections of a component to one Postgres server at most, where its URL says
    /// nothing; none for as many as a small server has seats for.
    pub database_connections: Option<usize>,
    /// Which processors code is compiled for.
    pub processors: Processors,
}

impl RunOptions {
    /// Spin's defaults, with databases in `.spin` beside the manifest.
    #[must_use]
    pub fn beside(manifest_folder: &Path) -> Self {
        Self {
            cache_folder: None,
            sqlite_folder: manifest_folder.join(".spin"),
            instance_requests: 128,
            instance_concurrency: 16,
            instance_idle: Duration::from_secs(1),
            request_timeout: None,
            database_connections: None,
            processors: Processors::This,
        }
    }
}
