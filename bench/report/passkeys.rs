//! What a passkey costs.

use super::DISK;
use crate::passkeys::{AT_ONCE, Passkeys};

pub(super) fn section(passkeys: &[Passkeys]) -> String {
    let mut text = format!(
        "## Passkeys\n\nWhole sign-ins of {AT_ONCE} people at once through the gate door, each with a passkey (ES256) and a kept \
         connection of their own: two requests, the page with the challenge and the form with the signature. The signatures are \
         made on this machine too, and are in the times; CPU is Gatelet's own, of both requests. {DISK}\n\n\
         | | sign-ins a second | p50, ms | p99, ms | CPU a sign-in, µs |\n|---|--:|--:|--:|--:|\n"
    );
    for one in passkeys {
        text += &format!(
            "| {} | {} | {} | {} | {} |\n",
            one.engine,
            one.per_second.shown(0),
            one.p50_ms.shown(1),
            one.p99_ms.shown(1),
            one.cpu_us.shown(0)
        );
    }
    text + "\n"
}
