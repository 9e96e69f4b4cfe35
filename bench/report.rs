//! The results as a page, with the targets beside them.

use super::machine::Provenance;
use super::{Effort, Results};

mod crowds;
mod origins;
mod passwords;
mod previews;
mod short;
mod sizes;
mod starts;
mod targets;
mod throughput;

/// The heading below which the README finds what it repeats.
pub(crate) const SHORT: &str = "## In short";

/// The whole page. A short run says at its top that it is one.
pub(crate) fn page(results: &Results, provenance: &Provenance, effort: Effort) -> String {
    let mut page = String::from("# What it costs\n\n");
    if effort.is_short() {
        page += "**A short run, to see that the bench works: its figures mean nothing.**\n\n";
    }
    page += &format!(
        "Written by `make bench`, which measures what it has just built. {}\n\n{SHORT}\n\n{}\n",
        provenance.sentence(),
        short::text(results, provenance)
    );
    page += &format!("## How\n\n{}\n", how(results, effort));
    for (connections, turns) in &results.doors {
        page += &throughput::section(*connections, turns);
    }
    page += &throughput::endurance(&results.endurance);
    page += &passwords::section(&results.passwords);
    page += &crowds::section(&results.crowds);
    page += &origins::section(&results.origins);
    page += &previews::section(&results.previews);
    page += &starts::section(&results.starts);
    page += &sizes::section(&results.sizes);
    page += &targets::section(results);
    page
}

/// What the README repeats, word for word.
pub(crate) fn short(results: &Results, provenance: &Provenance) -> String {
    short::text(results, provenance)
}

fn how(results: &Results, effort: Effort) -> String {
    let alike = &results.alike;
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
         compiled nothing: others did and are gone, and the bench fails where code is added while one starts.\n",
        effort.duration.as_secs(),
        effort.rounds,
        alike.head_bytes,
        alike.gatelet_401_bytes,
        alike.nginx_401_bytes,
    )
}
