//! How long a start takes.

use crate::start::Starts;

pub(super) fn section(starts: &Starts) -> String {
    format!(
        "## Starts\n\nFrom the command to the first page, migrations of a new embedded database included.\n\n| | ms |\n|---|--:|\n\
         | with an empty folder of compiled code | {} |\n\
         | with what an earlier start compiled | {} |\n\
         | the program that carries its components compiled, alone in an empty folder | {} |\n\n",
        starts.cold_ms.shown(0),
        starts.warm_ms.shown(0),
        starts.bundled_ms.shown(0)
    )
}
