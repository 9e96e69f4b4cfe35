//! Where do the host's own words go? To standard error, by level.

use clap::ValueEnum;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Begins logging as a server does; `GATELET_LOG`, or else `RUST_LOG`, overrides the
/// levels: `warn,gatelet=debug`.
pub(super) fn start(format: LogFormat) {
    let ours = ("gatelet", LevelFilter::INFO);
    start_with(
        format,
        Targets::new()
            .with_default(LevelFilter::WARN)
            .with_targets([ours]),
    );
}

/// Begins logging nothing unless it is asked for: for a tool that says itself what it
/// finds.
pub(super) fn start_quiet() {
    start_with(LogFormat::Text, Targets::new());
}

fn start_with(format: LogFormat, levels: Targets) {
    let asked = ["GATELET_LOG", "RUST_LOG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok()?.parse::<Targets>().ok());
    let filtered = tracing_subscriber::registry().with(asked.unwrap_or(levels));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false);
    // Only a second start in one process could fail, and there is none.
    let _started = match format {
        LogFormat::Text => filtered.with(lines).try_init(),
        LogFormat::Json => filtered.with(lines.json().flatten_event(true)).try_init(),
    };
}
