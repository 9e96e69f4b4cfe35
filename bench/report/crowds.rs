//! What many who sign in at once cost those who are signed in.

use crate::crowd::{Crowd, PASSING};

pub(super) fn section(crowds: &[Crowd]) -> String {
    let mut text = format!(
        "## Crowds\n\n{PASSING} requests a second of somebody signed in pass through the gate door, each due at its time and \
         timed from then, while others sign in by password, at once and as fast as they are let; all from this machine. Who is \
         turned away is told to come back in a moment.\n\n\
         | signing in at once | passing, p99 ms | passing beside it, p99 ms | sign-ins a second | their p99, ms | turned away, % | memory, MiB |\n\
         |--:|--:|--:|--:|--:|--:|--:|\n"
    );
    for crowd in crowds {
        text += &format!(
            "| {} | {} | {} | {} | {} | {} | {:.0} |\n",
            crowd.at_once,
            crowd.passing_p99_ms.shown(1),
            crowd.beside_p99_ms.shown(1),
            crowd.per_second.shown(1),
            crowd.sign_in_p99_ms.shown(0),
            crowd.turned_away_percent.shown(1),
            crowd.memory_mib,
        );
    }
    text + "\n"
}
