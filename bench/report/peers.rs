//! The table of those who know who is signed in.

use super::throughput::{heading, row};
use crate::peers::{Absent, CONNECTIONS, Measured};
use crate::who::Who;

pub(super) fn section(measured: &Measured) -> String {
    let Measured {
        turns,
        versions,
        absent,
    } = measured;
    let mut text = format!(
        "## Beside others\n\nAll before the same origin at {CONNECTIONS} connections, each set up as its own manual says, with as many \
         workers or processes as Gatelet has threads, and asked with the cookies that it gave to somebody who signed in: \
         mod_auth_openidc, which keeps sessions in the server's shared memory, and oauth2-proxy, which keeps them in the cookie, at a \
         real OpenID Connect provider; Better Auth by its own API, in an app that forwards. Of each it was seen at the origin, before \
         and after, that the app is told who is asking, that a visitor cannot say so, and that nobody else comes through. nginx and \
         Caddy know nobody and pass everything on.\n\n{}",
        heading(" of gatelet, gate door |")
    );
    for who in turns.everybody() {
        let share = turns.share(who, Who::Gate).shown(3);
        text += &row(turns, who, &format!(" {share} |"));
    }
    for Absent { who, why } in absent {
        text += &format!("| {} | not here: {why} | | | | | |\n", who.name());
    }
    text + "\n" + &named(versions) + "\n\n"
}

/// Who took part, in which version: Gatelet's is the page's, and one that took part twice
/// is named once.
pub(super) fn named(versions: &[(Who, String)]) -> String {
    let mut named: Vec<&str> = Vec::new();
    for (_, version) in versions {
        if !version.is_empty() && !named.contains(&version.as_str()) {
            named.push(version);
        }
    }
    format!("Versions: {}.", named.join("; "))
}
