//! How many times as many requests as others, with everybody signed in.

use super::{Bound, Target};
use crate::peers::Measured;
use crate::who::Who;

pub(super) fn targets(measured: &Measured) -> Vec<Target> {
    let turns = &measured.turns;
    let took_part = |who| turns.everybody().any(|one| one == who);
    let rows = [
        (
            "signed in, times mod_auth_openidc",
            (Who::Gate, Who::ModAuthOpenidc),
            4.0,
            "beside others, req/s: gate door ÷ mod_auth_openidc",
        ),
        (
            "signed in, times oauth2-proxy",
            (Who::Gate, Who::Oauth2Proxy),
            14.0,
            "beside others, req/s: gate door ÷ oauth2-proxy",
        ),
        (
            "signed in, times Better Auth with its cookie cache",
            (Who::Gate, Who::BetterAuth),
            20.0,
            "beside others, req/s: gate door ÷ Node, cookie cache",
        ),
        (
            // docs/design/0041 says why not so many times Better Auth.
            "Better Auth's session, fresh, of the rate of our own",
            (Who::GateBetterAuth, Who::Gate),
            0.95,
            "beside others, req/s: gatelet, Better Auth's session ÷ gatelet, gate door",
        ),
        (
            "Better Auth's session, asking each time, times Better Auth",
            (Who::GateBetterAuthAsking, Who::BetterAuthAsking),
            3.0,
            "beside others, req/s: gatelet, Better Auth's session, asking ÷ Node, asking",
        ),
    ];
    let rows = rows
        .into_iter()
        .filter(|(_, (one, other), ..)| took_part(*one) && took_part(*other));
    rows.map(|(what, (one, other), least, from)| Target {
        what,
        bound: Bound::AtLeast(least),
        decimals: 2,
        measured: turns.share(one, other),
        from,
    })
    .collect()
}

/// Of whom there is a target, and no figure.
pub(super) fn not_measured(measured: &Measured) -> String {
    let missing = measured
        .absent
        .iter()
        .filter_map(|absent| match absent.who {
            Who::ModAuthOpenidc => Some(
                "; mod_auth_openidc, which is not here (signed in, ≥ 4 times as many requests)",
            ),
            Who::Oauth2Proxy => {
                Some("; oauth2-proxy, which is not here (signed in, ≥ 14 times as many requests)")
            }
            _ => None,
        });
    missing.collect()
}
