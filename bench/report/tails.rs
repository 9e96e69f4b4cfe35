//! How late the slowest are.

use crate::spread::number;
use crate::tails::{DOWNLOADS, SOCKETS, STREAMS, TIMED, Tails, UPLOADS};

pub(super) fn section(tails: &Tails) -> String {
    let Tails { gate, bare, ratio } = tails;
    let mut text = format!(
        "## Tails\n\n{} requests a second, each due at its time and timed from then, while {UPLOADS} upload, {DOWNLOADS} read a \
         download slowly, {STREAMS} follow event streams and {SOCKETS} use WebSockets through the same process; meanwhile somebody \
         signs in by password again and again, and origins change, at Gatelet, whoever is timed.\n\n\
         | | p50, ms | p99.9, ms |\n|---|--:|--:|\n",
        number(TIMED.into(), 0)
    );
    for (who, times) in [
        ("gatelet, gate door", gate),
        ("gatelet, bare forward", bare),
    ] {
        let (p50, p999) = (times.p50_ms.shown(2), times.p999_ms.shown(2));
        text += &format!("| {who} | {p50} | {p999} |\n");
    }
    text + &format!(
        "\nThe gate door's p99.9 by the bare forward's, a round: {}.\n\n",
        ratio.shown(2)
    )
}
