//! Requests a second, times, CPU and memory, a table each for who passes on and who
//! refuses.

use crate::spread::number;
use crate::turns::{Endurance, Turns};
use crate::who::Who;

pub(crate) fn section(connections: usize, turns: &Turns) -> String {
    let plural = if connections == 1 { "" } else { "s" };
    let mut text = format!("## {connections} connection{plural}\n\n");
    for (refuses, nginx) in [(false, Who::Nginx), (true, Who::NginxRefusing)] {
        let whose = if refuses {
            "of nginx's `return 401`"
        } else {
            "of nginx, 2 workers"
        };
        text += &heading(&format!(" {whose} |"));
        for who in turns.everybody().filter(|who| who.refuses() == refuses) {
            let share = turns.share(who, nginx).shown(2);
            text += &row(turns, who, &format!(" {share} |"));
        }
        text.push('\n');
    }
    text
}

/// The heading of a table, with further columns before the times.
pub(super) fn heading(more: &str) -> String {
    let rules = "--:|".repeat(more.matches('|').count());
    format!(
        "| | req/s |{more} p50, µs | p99, µs | CPU a request, µs | memory, MiB |\n|---|--:|{rules}--:|--:|--:|--:|\n"
    )
}

pub(super) fn row(turns: &Turns, who: Who, more: &str) -> String {
    format!(
        "| {} | {} |{more} {} | {} | {} | {} |\n",
        who.name(),
        turns.of(who, |turn| turn.per_second).shown(0),
        turns.of(who, |turn| turn.p50_us).shown(0),
        turns.of(who, |turn| turn.p99_us).shown(0),
        turns.of(who, |turn| turn.cpu_us).shown(1),
        number(turns.memory_mib(who), 0)
    )
}

pub(super) fn endurance(endurance: &Endurance) -> String {
    let mib = |kib: u64| number(kib as f64 / 1024.0, 1);
    format!(
        "## Memory over {} requests\n\nGate door, signed in, 128 connections: {} MiB before, {} half-way, {} after.\n\n",
        number(endurance.requests as f64, 0),
        mib(endurance.before_kib),
        mib(endurance.half_way_kib),
        mib(endurance.after_kib)
    )
}
