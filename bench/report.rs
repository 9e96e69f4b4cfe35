//! The results as a page, with the targets beside them.

use std::fmt::Write;

use super::contender::{Endurance, Row};
use super::origins::Measured;
use super::password::Passwords;
use super::previews::Previews;
use super::start::Starts;
use super::{Effort, machine};

/// A page in the making.
pub(crate) struct Report {
    text: String,
    targets: Vec<Target>,
}

/// A standing target and what was measured.
struct Target {
    what: String,
    target: String,
    measured: String,
    met: bool,
}

impl Report {
    pub(crate) fn new(effort: Effort) -> Self {
        let mut text = String::from("# What it costs\n\nWritten by `make bench`.\n\n");
        line(&mut text, &machine::description());
        line(
            &mut text,
            &format!(
                "\nA file of 1 KiB over kept HTTP/1.1 connections, everything on loopback. Each contender runs {} s at a time, \
                 in turns with the others, {} rounds; medians. CPU is the server's own, all its threads and workers. \
                 The origin is nginx with two workers; Gatelet has two worker threads and no access log.",
                effort.duration.as_secs(),
                effort.rounds
            ),
        );
        Self {
            text,
            targets: Vec::new(),
        }
    }

    pub(crate) fn throughput(&mut self, connections: usize, rows: &[Row]) {
        line(
            &mut self.text,
            &format!(
                "\n## {connections} connection{}\n",
                if connections == 1 { "" } else { "s" }
            ),
        );
        line(
            &mut self.text,
            "| | req/s | of nginx with 2 workers | p50 | p99 | CPU a request | memory |",
        );
        line(&mut self.text, "|---|--:|--:|--:|--:|--:|--:|");
        let nginx = rows[1].per_second;
        for row in rows {
            line(
                &mut self.text,
                &format!(
                    "| {} | {} | {:.2} | {} | {} | {:.1} µs | {:.0} MiB |",
                    row.name,
                    thousands(row.per_second),
                    row.per_second / nginx,
                    time(row.p50_us),
                    time(row.p99_us),
                    row.cpu_us,
                    row.resident_kib as f64 / 1024.0
                ),
            );
        }
        let [_, _, bare, gate, _, handler, rejected, _] = rows else {
            return;
        };
        if connections == 32 {
            self.target(
                "signed in, gate door, of nginx with 2 workers",
                "≥ 0.80",
                gate.per_second / nginx,
                |value| value >= 0.8,
            );
            self.target(
                "throughput that judging takes from the bare forward",
                "≤ 10 %",
                100.0 * (1.0 - gate.per_second / bare.per_second),
                |value| value <= 10.0,
            );
            self.target(
                "CPU that judging adds, µs",
                "≤ 3",
                gate.cpu_us - bare.cpu_us,
                |value| value <= 3.0,
            );
            self.target(
                "rejects, of the signed-in rate",
                "≥ 2",
                rejected.per_second / gate.per_second,
                |value| value >= 2.0,
            );
            self.target(
                "signed in, handler door, req/s",
                "≥ 20,000",
                handler.per_second,
                |value| value >= 20_000.0,
            );
        }
        if connections == 128 {
            self.target(
                "memory under 128 connections, MiB",
                "≤ 100",
                gate.resident_kib as f64 / 1024.0,
                |value| value <= 100.0,
            );
        }
    }

    pub(crate) fn endurance(&mut self, endurance: &Endurance) {
        let mib = |kib: u64| kib as f64 / 1024.0;
        line(
            &mut self.text,
            &format!(
                "\n## Memory over {} requests\n\nGate door, 128 connections: {:.1} MiB before, {:.1} half-way, {:.1} after.",
                thousands(endurance.requests as f64),
                mib(endurance.before_kib),
                mib(endurance.half_way_kib),
                mib(endurance.after_kib)
            ),
        );
        let growth = mib(endurance.after_kib) - mib(endurance.half_way_kib);
        self.target(
            "memory gained in the second half of the endurance run, MiB",
            "≤ 2",
            growth,
            |value| value <= 2.0,
        );
    }

    pub(crate) fn passwords(&mut self, passwords: &Passwords) {
        let Passwords {
            native_ms,
            sign_in_ms,
            page_ms,
            per_second,
        } = passwords;
        line(
            &mut self.text,
            &format!(
                "\n## Passwords\n\nArgon2id, 19 MiB, two passes: {native_ms:.1} ms natively. A sign-in through the front door takes \
                 {sign_in_ms:.1} ms, of which all but about {page_ms:.1} ms (what the page without a password takes) is Argon2id in wasm. \
                 {per_second:.0} sign-ins a second, {} at once.",
                super::THREADS * 2
            ),
        );
        self.target(
            "password sign-ins a second",
            "≥ 80",
            *per_second,
            |value| value >= 80.0,
        );
    }

    pub(crate) fn starts(&mut self, starts: &Starts) {
        line(
            &mut self.text,
            &format!(
                "\n## Starts\n\nFrom the command to the first page: {:.0} ms with an empty compilation cache, {:.0} ms after that, \
                 {:.0} ms for the program that carries its components compiled, alone in an empty folder. \
                 Migrations of a new embedded database are in all of them.",
                starts.cold_ms, starts.warm_ms, starts.bundled_ms
            ),
        );
        self.target(
            "first page after a start, precompiled, ms",
            "≤ 50",
            starts.warm_ms,
            |value| value <= 50.0,
        );
        self.target(
            "first page of what `make dist` makes, ms",
            "≤ 1,000",
            starts.bundled_ms,
            |value| value <= 1000.0,
        );
    }

    pub(crate) fn origins(&mut self, measured: &Measured) {
        let Measured {
            rows,
            reads,
            resolution,
        } = measured;
        line(
            &mut self.text,
            "\n## A thousand origins\n\nThe gate door, signed in, at 32 connections, on Postgres: one stored origin, and 1,000 \
             of them, asked for in turns, each with a cookie of its own.\n\n| | req/s | p50 | p99 | CPU a request | memory |\n|---|--:|--:|--:|--:|--:|",
        );
        for row in rows {
            line(
                &mut self.text,
                &format!(
                    "| {} | {} | {} | {} | {:.1} µs | {:.0} MiB |",
                    row.name,
                    thousands(row.per_second),
                    time(row.p50_us),
                    time(row.p99_us),
                    row.cpu_us,
                    row.resident_kib as f64 / 1024.0
                ),
            );
        }
        line(
            &mut self.text,
            &format!(
                "\nTransactions of the database in {} s: {} while idle, {} while {} requests were answered. Both are the refresh every 5 s.",
                reads.window.as_secs(),
                reads.idle,
                reads.under_load,
                thousands(reads.requests as f64)
            ),
        );
        line(
            &mut self.text,
            "\nResolution alone, natively, of 500 hosts and 500 patterns, medians:\n\n| | ns |\n|---|--:|",
        );
        for (what, nanoseconds) in resolution {
            line(&mut self.text, &format!("| {what} | {nanoseconds:.0} |"));
        }
        if let [one, thousand] = rows.as_slice() {
            self.target(
                "CPU that 1,000 origins add to a request, µs",
                "≤ 1",
                thousand.cpu_us - one.cpu_us,
                |value| value <= 1.0,
            );
        }
        let slowest = resolution.iter().map(|(_, ns)| *ns).fold(0.0, f64::max);
        self.target(
            "resolution among 1,000 origins, the slowest kind, µs",
            "≤ 1",
            slowest / 1000.0,
            |value| value <= 1.0,
        );
        self.target(
            "transactions of the database a request, 1,000 origins",
            "0",
            // A refresh more or less fits into a window.
            (reads.under_load.saturating_sub(reads.idle + 8)) as f64 / reads.requests as f64,
            |value| value == 0.0,
        );
    }

    pub(crate) fn previews(&mut self, previews: &[Previews]) {
        line(
            &mut self.text,
            "\n## Previews\n\n`gatelet preview create` and `delete`, from the command to its end; users of its own, \
             migrations included. Medians of 10.\n\n| | create | delete |\n|---|--:|--:|",
        );
        for one in previews {
            line(
                &mut self.text,
                &format!(
                    "| {} | {:.0} ms | {:.0} ms |",
                    one.engine, one.create_ms, one.delete_ms
                ),
            );
        }
        for one in previews {
            self.target(
                &format!("preview create on {}, ms", one.engine),
                "≤ 2,000",
                one.create_ms,
                |value| value <= 2000.0,
            );
        }
    }

    pub(crate) fn sizes(&mut self, sizes: &[(String, u64)]) {
        line(
            &mut self.text,
            "\n## Sizes\n\n| component | KiB |\n|---|--:|",
        );
        for (name, bytes) in sizes {
            line(
                &mut self.text,
                &format!("| {name} | {:.0} |", *bytes as f64 / 1024.0),
            );
            if name == "gateway.wasm" {
                self.target(
                    "gateway.wasm, KiB",
                    "≤ 300",
                    *bytes as f64 / 1024.0,
                    |value| value <= 300.0,
                );
            }
        }
    }

    pub(crate) fn markdown(mut self) -> String {
        line(
            &mut self.text,
            "\n## Targets\n\n| | target | measured | |\n|---|--:|--:|---|",
        );
        for Target {
            what,
            target,
            measured,
            met,
        } in &self.targets
        {
            let verdict = if *met { "met" } else { "missed" };
            line(
                &mut self.text,
                &format!("| {what} | {target} | {measured} | {verdict} |"),
            );
        }
        self.text
    }

    fn target(&mut self, what: &str, target: &str, value: f64, met: fn(f64) -> bool) {
        let measured = if value.abs() >= 1000.0 {
            thousands(value)
        } else {
            format!("{value:.2}")
        };
        eprintln!("   {what}: {measured} ({target})");
        self.targets.push(Target {
            what: what.to_owned(),
            target: target.to_owned(),
            measured,
            met: met(value),
        });
    }
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a string takes all that is written to it");
}

fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn time(microseconds: f64) -> String {
    if microseconds < 1000.0 {
        format!("{microseconds:.0} µs")
    } else {
        format!("{:.2} ms", microseconds / 1000.0)
    }
}
