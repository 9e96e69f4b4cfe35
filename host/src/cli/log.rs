//! Where do the host's own words go? To standard error, by level.

use std::io::{self, Write};

use clap::ValueEnum;
use gatelet_core::printable::Printable;
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
        .with_writer(|| Printing(std::io::stderr()))
        .with_ansi(false)
        .with_target(false);
    // Only a second start in one process could fail, and there is none.
    let _started = match format {
        LogFormat::Text => filtered.with(lines).try_init(),
        LogFormat::Json => filtered.with(lines.json().flatten_event(true)).try_init(),
    };
}

/// Writes lines in which nothing but their end is a control: what visitors, providers and
/// components say is in them.
struct Printing<W>(W);

impl<W: Write> Write for Printing<W> {
    /// Takes a whole line at once, which is how lines are written here.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let (line, end) = match text.strip_suffix('\n') {
            Some(line) => (line, "\n"),
            None => (&*text, ""),
        };
        self.0
            .write_all(format!("{}{end}", Printable(line)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nobody_writes_a_line_of_their_own_or_turns_one_around() {
        let hostile = "x\n2026-01-01 ERROR forged\u{1b}[2J \u{202e}txt.exe";
        for json in [false, true] {
            let written = Written::default();
            let to = written.clone();
            let lines = tracing_subscriber::fmt::layer()
                .with_writer(move || Printing(to.clone()))
                .with_ansi(false);
            let logging = if json {
                let lines = lines.json().flatten_event(true);
                tracing::subscriber::set_default(tracing_subscriber::registry().with(lines))
            } else {
                tracing::subscriber::set_default(tracing_subscriber::registry().with(lines))
            };
            tracing::warn!(host = hostile, "{hostile}");
            tracing::warn!("next");
            drop(logging);
            let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
            assert_eq!(text.lines().count(), 2, "{text}");
            assert!(text.ends_with('\n'));
            assert!(
                !text.contains(['\u{1b}', '\u{202e}']) && text.contains("\\u202e"),
                "{text}"
            );
        }
    }
}
