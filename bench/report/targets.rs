//! The standing targets, what was measured, and from which lines it is computed.

use crate::Results;
use crate::contender::Who;
use crate::spread::{Spread, number};

/// What must hold of a median.
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

struct Target {
    what: &'static str,
    bound: Bound,
    decimals: usize,
    measured: Spread,
    from: &'static str,
}

/// What the targets ask for and this program cannot see.
const NOT_MEASURED: &str = "Not measured here: mod_auth_openidc, oauth2-proxy and Better Auth beside it (signed in, ≥ 4, ≥ 14 and \
     ≥ 20 times as many requests); `make up` on a bare machine (≤ 7 min); the handler door beside the smallest component that passes on \
     (within 15 %); a fresh instance (≤ 100 µs).";

pub(super) fn section(results: &Results) -> String {
    let mut text = String::from(
        "## Targets\n\nJudged by the median.\n\n| | target | measured | | computed from |\n|---|--:|--:|---|---|\n",
    );
    for target in targets(results) {
        let Target {
            what,
            bound,
            decimals,
            measured,
            from,
        } = target;
        // As it is shown: what reads "≤ 8 … 8.00 … missed" would puzzle.
        let precision = 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
        let median = (measured.median * precision).round() / precision;
        let (sign, limit, met) = match bound {
            Bound::AtLeast(limit) => ('≥', limit, median >= limit),
            Bound::AtMost(limit) => ('≤', limit, median <= limit),
        };
        let verdict = if met { "met" } else { "missed" };
        let limit = number(limit, if limit.fract() == 0.0 { 0 } else { 2 });
        let measured = if measured.least == measured.most {
            number(measured.median, decimals)
        } else {
            measured.shown(decimals)
        };
        eprintln!("   {what}: {measured} ({sign} {limit}) {verdict}");
        text += &format!("| {what} | {sign} {limit} | {measured} | {verdict} | {from} |\n");
    }
    text + "\n" + NOT_MEASURED + "\n"
}

fn targets(results: &Results) -> Vec<Target> {
    let Results {
        passwords,
        crowds,
        origins,
        previews,
        starts,
        endurance,
        transactions_a_request,
        ..
    } = results;
    let at_32 = results.at(32);
    let once = |value: f64| Spread::of([value]);
    let gate_to_bare = |one: f64, other: f64| 100.0 * (1.0 - one / other);
    let grown = endurance.after_kib as f64 - endurance.half_way_kib as f64;
    let slowest = origins.resolution.iter().map(|(_, ns)| *ns);
    let slowest = slowest.max_by(|one, other| one.median.total_cmp(&other.median));
    let gateway = results
        .sizes
        .iter()
        .find(|(name, _)| name == "gateway.wasm");
    let per_second = |turn: &crate::contender::Turn| turn.per_second;
    // A refresh more or less fits into a window.
    let beyond_idle = origins
        .under_load
        .transactions
        .saturating_sub(origins.idle.transactions + 8);
    let mut targets = vec![
        Target {
            what: "signed in, of nginx",
            bound: Bound::AtLeast(0.85),
            decimals: 2,
            measured: at_32.share(Who::Gate, Who::Nginx),
            from: "32 connections, req/s: gate door ÷ nginx, 2 workers",
        },
        Target {
            what: "throughput that judging takes, %",
            bound: Bound::AtMost(8.0),
            decimals: 1,
            measured: at_32.beside((Who::Gate, Who::Bare), per_second, gate_to_bare),
            from: "32 connections, req/s: 1 − gate door ÷ bare forward",
        },
        Target {
            what: "CPU that judging adds, µs",
            bound: Bound::AtMost(3.0),
            decimals: 1,
            measured: at_32.added_us(Who::Gate, Who::Bare),
            from: "32 connections, CPU: gate door − bare forward",
        },
        Target {
            what: "refusals, of the signed-in rate",
            bound: Bound::AtLeast(2.0),
            decimals: 2,
            measured: at_32.share(Who::GateRefusing, Who::Gate),
            from: "32 connections, req/s: gate door, 401 ÷ gate door",
        },
        Target {
            what: "signed in, handler door, of nginx",
            bound: Bound::AtLeast(0.4),
            decimals: 2,
            measured: at_32.share(Who::Handler, Who::Nginx),
            from: "32 connections, req/s: handler door ÷ nginx, 2 workers",
        },
    ];
    // 12,000 requests a second where nginx does 36,000.
    for (what, who, from) in [
        (
            "asking SQLite each time, of nginx",
            Who::AskingSqlite,
            "32 connections, req/s: asking SQLite ÷ nginx, 2 workers",
        ),
        (
            "asking Postgres each time, of nginx",
            Who::AskingPostgres,
            "32 connections, req/s: asking Postgres ÷ nginx, 2 workers",
        ),
    ] {
        targets.push(Target {
            what,
            bound: Bound::AtLeast(0.33),
            decimals: 2,
            measured: at_32.share(who, Who::Nginx),
            from,
        });
    }
    targets.extend([
        Target {
            what: "transactions a request, fresh",
            bound: Bound::AtMost(0.0),
            decimals: 4,
            measured: once(beyond_idle as f64 / origins.under_load.requests as f64),
            from: "a thousand origins: (under load − idle − 8, for a refresh more) ÷ requests",
        },
        Target {
            what: "transactions a request, asking each time",
            bound: Bound::AtMost(1.0),
            decimals: 2,
            measured: once(*transactions_a_request),
            from: "Postgres' own count, refreshes among it, 32 connections, asking Postgres",
        },
        Target {
            what: "memory under 128 connections, MiB",
            bound: Bound::AtMost(100.0),
            decimals: 0,
            measured: once(results.at(128).memory_mib(Who::Gate)),
            from: "128 connections, memory: gate door",
        },
        Target {
            what: "memory gained in the second half, MiB",
            bound: Bound::AtMost(2.0),
            decimals: 1,
            measured: once(grown / 1024.0),
            from: "memory over a million requests: after − half-way",
        },
        Target {
            what: "password sign-ins a second",
            bound: Bound::AtLeast(80.0),
            decimals: 1,
            measured: passwords.per_second,
            from: "passwords, last line",
        },
        Target {
            what: "first page, compiled before, ms",
            bound: Bound::AtMost(50.0),
            decimals: 0,
            measured: starts.warm_ms,
            from: "starts, second line",
        },
        Target {
            what: "first page of what `make dist` makes, ms",
            bound: Bound::AtMost(1000.0),
            decimals: 0,
            measured: starts.bundled_ms,
            from: "starts, third line",
        },
        Target {
            what: "CPU that 1,000 origins add, µs",
            bound: Bound::AtMost(1.0),
            decimals: 1,
            measured: origins.turns.added_us(Who::ThousandOrigins, Who::OneOrigin),
            from: "a thousand origins, CPU: 1,000 origins − 1 origin",
        },
    ]);
    if let Some(slowest) = slowest {
        targets.push(Target {
            what: "resolution among 1,000 origins, ns",
            bound: Bound::AtMost(1000.0),
            decimals: 0,
            measured: slowest,
            from: "a thousand origins: the slowest kind of host",
        });
    }
    for one in previews {
        targets.push(Target {
            what: one.created,
            bound: Bound::AtMost(2000.0),
            decimals: 0,
            measured: one.create_ms,
            from: "previews",
        });
    }
    let alone = crowds.iter().find(|crowd| crowd.at_once == 0);
    for crowd in crowds.iter().filter(|crowd| crowd.at_once > 0) {
        let (p99, memory) = match crowd.at_once {
            16 => (
                "p99 of those passing while 16 sign in, times",
                "memory while 16 sign in, MiB",
            ),
            _ => (
                "p99 of those passing while 200 sign in, times",
                "memory while 200 sign in, MiB",
            ),
        };
        let alone = alone.map_or(f64::NAN, |crowd| crowd.passing_p99_ms.median);
        targets.push(Target {
            what: p99,
            bound: Bound::AtMost(2.0),
            decimals: 1,
            measured: once(crowd.passing_p99_ms.median / alone),
            from: "crowds, passing: the crowd's ÷ nobody's",
        });
        targets.push(Target {
            what: memory,
            bound: Bound::AtMost(300.0),
            decimals: 0,
            measured: once(crowd.memory_mib),
            from: "crowds",
        });
    }
    if let Some((_, bytes)) = gateway {
        targets.push(Target {
            what: "gateway.wasm, bytes",
            bound: Bound::AtMost(307_200.0),
            decimals: 0,
            measured: once(*bytes as f64),
            from: "sizes",
        });
    }
    targets
}
