//! What more of everything costs.

use super::DISK;
use super::throughput::{heading, row};
use crate::scale::connections::COUNT as CONNECTIONS;
use crate::scale::sweeping::COUNT as SWEPT;
use crate::scale::{ASKED, Measured};
use crate::spread::number;
use crate::turns::Turns;

pub(super) fn section(measured: &Measured) -> String {
    let Measured {
        sessions,
        fleet,
        connections,
        sweeping,
    } = measured;
    let mib = |kib: u64| number(kib as f64 / 1024.0, 0);
    let count = |count: usize| number(count as f64, 0);
    let mut text = format!(
        "## Scale\n\nA thousand sessions of one user in Postgres, and a million: the gate door, which asks at each request, 32 \
         connections, {} of the sessions in turns.\n\n{}\n\
         nginx before one Gatelet, and before three with one database, which take turns: the gate door, signed in, 32 connections for each Gatelet. \
         Beside them as many plain nginx in their places, which share nothing and ask nobody. \
         CPU and memory are those of the servers behind nginx, all of them together.\n\n{}\n\
         {} connections that were each answered once and are kept: {} MiB, and {} MiB before.\n\n\
         {} expired previews that go at once, each with a schema of its own. After each the database has as long for others, which \
         is counted. {DISK}\n\n| | ms each |\n|---|--:|\n",
        count(ASKED),
        table(sessions),
        table(fleet),
        count(CONNECTIONS),
        mib(connections.kept_kib),
        mib(connections.before_kib),
        count(SWEPT),
    );
    for one in sweeping {
        text += &format!("| {} | {} |\n", one.engine, number(one.each_ms, 1));
    }
    text + "\n"
}

fn table(turns: &Turns) -> String {
    let rows: String = turns.everybody().map(|who| row(turns, who, "")).collect();
    heading("") + &rows
}
