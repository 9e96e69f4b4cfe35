//! How long a start takes, and what is left of it.

use crate::spread::Spread;
use crate::start::{IDLE, Starts};

pub(super) fn section(starts: &Starts) -> String {
    let Starts {
        cold,
        warm,
        bundled_ms,
        idle_percent,
    } = starts;
    let row =
        |what: &str, ms: Spread, mib: String| format!("| {what} | {} | {mib} |\n", ms.shown(0));
    format!(
        "## Starts\n\nFrom the command to the first page, migrations of a new embedded database included; memory is what is resident \
         a second later.\n\n| | ms | memory, MiB |\n|---|--:|--:|\n{}{}{}\n\
         Nobody asks for anything for {} s after that: {} % of a core.\n\n",
        row(
            "with an empty folder of compiled code",
            cold.page_ms,
            cold.memory_mib.shown(0)
        ),
        row(
            "with what an earlier start compiled",
            warm.page_ms,
            warm.memory_mib.shown(0)
        ),
        row(
            "the program that carries its components compiled, alone in an empty folder",
            *bundled_ms,
            String::new()
        ),
        IDLE.as_secs(),
        idle_percent.shown(2)
    )
}
