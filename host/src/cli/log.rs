//! Where do the host's own words go? To standard error, by level.

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Levels of a server.
const SERVING: &str = "warn,gatelet=info";
/// Levels of a tool that says itself what it finds.
const QUIET: &str = "off";

/// Begins logging; `GATELET_LOG`, or else `RUST_LOG`, overrides the levels.
pub(super) fn start(format: LogFormat) {
    start_with(format, SERVING);
}

/// Begins logging nothing unless it is asked for.
pub(super) fn start_quiet() {
    start_with(LogFormat::Text, QUIET);
}

fn start_with(format: LogFormat, levels: &str) {
    let filter = ["GATELET_LOG", "RUST_LOG"]
        .into_iter()
        .find_map(|name| EnvFilter::try_from_env(name).ok())
        .unwrap_or_else(|| EnvFilter::new(levels));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false);
    // Only a second start in one process could fail, and there is none.
    let _started = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
}
