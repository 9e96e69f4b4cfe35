//! What a guess costs that the limits refuse.

use super::DISK;
use crate::guesses::{COUNT, Guesses};

pub(super) fn section(guesses: &[Guesses]) -> String {
    let mut text = format!(
        "## Refused guesses\n\nA wrong password for an account that a lockout has shut: one at a time over a kept connection, from \
         the form to the end of the page that refuses it, {COUNT} of each kind a round. Four limits are asked, the lockout last; \
         nothing is hashed. An instance remembers for five seconds whom the store refused. {DISK}\n\n\
         | | p50, ms | p99, ms |\n|---|--:|--:|\n"
    );
    for one in guesses {
        for (what, took) in [
            ("another account each time: the store is asked", one.asked),
            ("one account: remembered", one.remembered),
        ] {
            text += &format!(
                "| {}, {what} | {} | {} |\n",
                one.engine,
                took.p50_ms.shown(2),
                took.p99_ms.shown(2)
            );
        }
    }
    text + "\n"
}
