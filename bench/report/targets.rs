//! The standing targets, what was measured, and from which lines it is computed.

use crate::Results;
use crate::spread::{Spread, number};
use crate::turns::Turns;

mod judging;
mod operating;
mod peers;
mod scale;
mod signing_in;

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
const NOT_MEASURED: &str =
    "Not measured here: `make up` on a bare machine (≤ 7 min); a fresh instance (≤ 100 µs)";

pub(super) fn section(results: &Results) -> String {
    let absent = results.peers.as_ref().map(peers::not_measured);
    let absent = absent.unwrap_or_default();
    format!(
        "## Targets\n\nJudged by the median.\n\n{}\n{NOT_MEASURED}{absent}.\n",
        table(targets(results))
    )
}

/// Of those that the contenders at the doors are judged by.
pub(super) fn of_doors(turns: &Turns) -> String {
    table(judging::of_doors(turns))
}

fn table(targets: Vec<Target>) -> String {
    let mut text =
        String::from("| | target | measured | | computed from |\n|---|--:|--:|---|---|\n");
    for target in targets {
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
    text
}

/// Of all that was measured.
fn targets(results: &Results) -> Vec<Target> {
    let Results {
        judging,
        guesses,
        passkeys,
        crowds,
        peers,
        store: _,
        origins,
        previews,
        scale,
        tails,
        starts,
        vault,
        sizes,
    } = results;
    let targets = [
        judging.as_ref().map(judging::targets),
        guesses.as_deref().map(signing_in::guesses),
        passkeys.as_deref().map(signing_in::passkeys),
        crowds.as_deref().map(signing_in::crowds),
        peers.as_ref().map(peers::targets),
        scale.as_ref().map(scale::scale),
        tails.as_ref().map(scale::tails),
        starts.as_ref().map(operating::starts),
        origins.as_ref().map(operating::origins),
        previews.as_deref().map(operating::previews),
        vault.as_deref().map(operating::vault),
        Some(operating::sizes(sizes)),
    ];
    targets.into_iter().flatten().flatten().collect()
}

/// Of what is measured once.
fn once(value: f64) -> Spread {
    Spread::of([value])
}
