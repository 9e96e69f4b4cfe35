//! The results as a page, with the targets beside them.

use super::machine::Provenance;
use super::turns::Turns;
use super::{Effort, Judging, Results};

mod crowds;
mod guesses;
mod origins;
mod passkeys;
mod passwords;
mod peers;
mod previews;
mod scale;
mod short;
mod sizes;
mod starts;
mod store;
mod tails;
mod targets;
mod throughput;
mod vault;

/// The heading below which the README finds what it repeats.
pub(crate) const SHORT: &str = "## In short";

/// Beside figures of what writes.
const DISK: &str = "SQLite waits for the disk with what it writes; Postgres runs with `fsync=off`.";

/// The whole page. A short run says at its top that it is one; of parts alone there is no
/// summary.
pub(crate) fn page(results: &Results, provenance: &Provenance, effort: Effort) -> String {
    let mut page = String::from("# What it costs\n\n");
    if effort.is_short() {
        page += "**A short run, to see that the bench works: its figures mean nothing.**\n\n";
    }
    page += &format!(
        "Written by `make bench`, which measures what it has just built. {}\n\n",
        provenance.sentence()
    );
    if let Some(short) = short(results, provenance) {
        page += &format!("{SHORT}\n\n{short}\n");
    }
    if let Some(judging) = &results.judging {
        page += &format!("## How\n\n{}\n", how(judging, effort));
        for (connections, turns) in &judging.doors {
            page += &throughput::section(*connections, turns);
        }
        page += &throughput::endurance(&judging.endurance);
        page += &passwords::section(&judging.passwords);
    }
    let sections = [
        results.guesses.as_deref().map(guesses::section),
        results.passkeys.as_deref().map(passkeys::section),
        results.crowds.as_deref().map(crowds::section),
        results.peers.as_ref().map(peers::section),
        results.store.as_deref().map(store::section),
        results.origins.as_ref().map(origins::section),
        results.previews.as_deref().map(previews::section),
        results.scale.as_ref().map(scale::section),
        results.tails.as_ref().map(tails::section),
        results.starts.as_ref().map(starts::section),
        results.vault.as_deref().map(vault::section),
        Some(sizes::section(&results.sizes)),
        Some(targets::section(results)),
    ];
    page.extend(sections.into_iter().flatten());
    page
}

/// Of the contenders at the doors: their tables, and the targets that are judged by them.
pub(crate) fn quick(connections: usize, turns: &Turns) -> String {
    throughput::section(connections, turns) + &targets::of_doors(turns)
}

/// What the README repeats, word for word. None where a part of it was left out.
pub(crate) fn short(results: &Results, provenance: &Provenance) -> Option<String> {
    let (judging, previews) = (results.judging.as_ref()?, results.previews.as_deref()?);
    let (peers, starts) = (results.peers.as_ref()?, results.starts.as_ref()?);
    Some(short::text(judging, peers, previews, starts, provenance))
}

fn how(judging: &Judging, effort: Effort) -> String {
    let alike = &judging.alike;
    let differ = match alike.fields_of_one.as_slice() {
        [] => "the same fields".to_owned(),
        names => format!(
            "of fields, {} is sent by one of the two alone",
            names.join(", ")
        ),
    };
    format!(
        "A file of 1 KiB over kept HTTP/1.1 connections, everything on loopback. Each contender runs {} s at a time, in turns \
         with the others, {} rounds, every other one backwards. A figure is the median of the rounds, with the least and the most \
         of them in parentheses; where two are compared, it is that of their ratios or differences within a round. CPU is the \
         server's own, all its threads and workers; of a database server it is not counted. Memory is the most that was seen.\n\n\
         Every contender is sent the same head of {} bytes, `Host` and the cookie of somebody signed in included, byte for byte, \
         but for two: whoever asks Postgres has a session there, so another cookie of the same length; and a stranger has a cookie \
         of the same length under another name. nginx hands on what Gatelet does: `Host`, `X-Forwarded-For`, `-Host` and `-Proto`. \
         What is refused is refused by nginx without asking anybody, by `return 401`, with Gatelet's fields and body: {} bytes from \
         Gatelet, {} from nginx; {differ}.\n\n\
         The origin is nginx with two workers; Gatelet has two worker threads and no access log. Processes that are measured have \
         compiled nothing: others did and are gone, and the bench fails where code is added while one starts. \
         The smallest component (`bench/floor`) stands in the gateway's place: it clones the head's handle, hands the body over and \
         looks at nothing.\n",
        effort.duration.as_secs(),
        effort.rounds,
        alike.head_bytes,
        alike.gatelet_401_bytes,
        alike.nginx_401_bytes,
    )
}
