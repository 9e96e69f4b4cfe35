//! What a thousand origins cost.

use super::throughput::{heading, row};
use crate::origins::Measured;
use crate::spread::number;

pub(super) fn section(measured: &Measured) -> String {
    let Measured {
        turns,
        idle,
        under_load,
        resolution,
    } = measured;
    let mut text = format!(
        "## A thousand origins\n\nThe gate door, signed in, at 32 connections, on Postgres: one stored origin, and 1,000 of them, \
         asked for in turns, each with a cookie of its own.\n\n{}",
        heading("")
    );
    for who in turns.everybody() {
        text += &row(turns, who, "");
    }
    text += &format!(
        "\nTransactions of the database in {} s: {} while idle; in {} s: {} while {} requests were answered. Both are the refresh \
         every 5 s.\n\nResolution alone, natively, of 500 hosts and 500 patterns, the median of a hundred runs a round:\n\n\
         | | ns |\n|---|--:|\n",
        idle.window.as_secs(),
        idle.transactions,
        under_load.window.as_secs(),
        under_load.transactions,
        number(under_load.requests as f64, 0)
    );
    for (what, nanoseconds) in resolution {
        text += &format!("| {what} | {} |\n", nanoseconds.shown(0));
    }
    text.push('\n');
    text
}
