//! The few figures that the README repeats, word for word: nothing is copied by hand.

use crate::Judging;
use crate::machine::Provenance;
use crate::peers::{Absent, Measured};
use crate::previews::Previews;
use crate::spread::number;
use crate::start::Starts;
use crate::who::Who;

const WIDTH: usize = 88;

pub(super) fn text(
    judging: &Judging,
    peers: &Measured,
    previews: &[Previews],
    starts: &Starts,
    provenance: &Provenance,
) -> String {
    let turns = judging.at(32);
    let mut text = wrapped(&format!(
        "Gatelet beside nginx and beside its own bare forward, in one run, {}: on {} that the load generator, the proxy and the \
         app share, 32 connections, 1 KiB an answer.",
        provenance.of_what(),
        provenance.machine
    ));
    text += "\n| | of nginx with as many workers | CPU a request |\n|---|--:|--:|\n";
    for (what, who, nginx) in [
        (
            "nginx as a plain reverse proxy, 2 workers",
            Who::Nginx,
            Who::Nginx,
        ),
        ("Gatelet, forwarding without judging", Who::Bare, Who::Nginx),
        ("Gatelet, everybody signed in", Who::Gate, Who::Nginx),
        (
            "nginx, refusing by `return 401`",
            Who::NginxRefusing,
            Who::NginxRefusing,
        ),
        (
            "Gatelet, everybody turned away",
            Who::GateRefusing,
            Who::NginxRefusing,
        ),
    ] {
        let share = turns.share(who, nginx).median;
        let cpu = turns.of(who, |turn| turn.cpu_us).median;
        text += &format!("| {what} | {share:.2} | {cpu:.1} µs |\n");
    }
    text.push('\n');
    text += &beside_others(peers);
    let created: Vec<String> = previews
        .iter()
        .map(|one| format!("{} ms on {}", number(one.create_ms.median, 0), one.engine))
        .collect();
    text += &wrapped(&format!(
        "Memory under 128 connections is {} MiB, and {} MiB after {} requests. The first page comes {} ms after a start, and {} ms \
         after the start of a program that carries its components, alone in an empty folder. A preview is made in {}; {} people a \
         second sign in with a password.",
        number(judging.at(128).memory_mib(Who::Gate), 0),
        number(judging.endurance.after_kib as f64 / 1024.0, 0),
        number(judging.endurance.requests as f64, 0),
        number(starts.warm.page_ms.median, 0),
        number(starts.bundled_ms.median, 0),
        created.join(" and in "),
        number(judging.passwords.per_second.median, 0),
    ));
    text
}

/// Everybody signed in, one origin behind all of them.
fn beside_others(peers: &Measured) -> String {
    let Measured {
        turns,
        versions,
        absent,
    } = peers;
    let mut text = wrapped(
        "Beside others that know who is asking, in turns before the same app, everybody signed in at each; nginx and Caddy, which know \
         nobody, pass on whatever comes:",
    );
    text += "\n| | requests, of Gatelet's | CPU a request | memory |\n|---|--:|--:|--:|\n";
    for who in turns.everybody() {
        let share = turns.share(who, Who::Gate).median;
        let cpu = number(turns.of(who, |turn| turn.cpu_us).median, 1);
        let memory = number(turns.memory_mib(who), 0);
        let name = who.name();
        text += &format!("| {name} | {share:.3} | {cpu} µs | {memory} MiB |\n");
    }
    for Absent { who, why: _ } in absent {
        text += &format!("| {} | not here | | |\n", who.name());
    }
    text + "\n" + &wrapped(&super::peers::named(versions)) + "\n"
}

/// In lines as long as the README's.
fn wrapped(text: &str) -> String {
    let (mut out, mut line) = (String::new(), String::new());
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out += &line;
            out.push('\n');
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    out + &line + "\n"
}
