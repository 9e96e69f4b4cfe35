//! How does Gatelet stand beside others that know who is signed in? All before one origin,
//! set up as their own manuals say, everybody signed in, in turns.

use std::path::PathBuf;

use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::upstream::Upstream;

use super::contender::Contender;
use super::nginx::Nginx;
use super::served::Shared;
use super::turns::Turns;
use super::who::Who;
use super::{Effort, THREADS};
use peer::Peer;

mod apache;
mod better_auth;
mod caddy;
mod gate;
mod oauth2_proxy;
mod peer;

/// Of the load generator.
pub(crate) const CONNECTIONS: usize = 32;

/// What was measured.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(crate) turns: Turns,
    /// Who took part, and in which version.
    pub(crate) versions: Vec<(Who, String)>,
    /// Who did not, and why.
    pub(crate) absent: Vec<Absent>,
}

/// A program that this machine lacks.
#[derive(Clone, Debug)]
pub(crate) struct Absent {
    pub(crate) who: Who,
    pub(crate) why: String,
}

pub(crate) fn measure(
    shared: &Shared,
    origin: &Nginx,
    witness: &Upstream,
    effort: Effort,
) -> Measured {
    let provider = IdentityProvider::start();
    let (better_auths, at_better_auth) = better_auth::start(origin);
    let mut peers = vec![gate::own(shared), nginx(origin)];
    peers.extend(gate::before_better_auth(shared, &at_better_auth));
    peers.extend(better_auths);
    let mut absent = Vec::new();
    for found in [
        apache::start(origin, &provider),
        oauth2_proxy::start(origin, &provider),
        caddy::start(origin),
    ] {
        match found {
            Ok(peer) => peers.push(peer),
            Err(missing) => absent.push(missing),
        }
    }
    for peer in &peers {
        peer.assert_right(witness);
    }
    let contenders: Vec<Contender> = peers.iter().map(Peer::contender).collect();
    let turns = Turns::take(&contenders, CONNECTIONS, effort);
    // Nobody has signed anybody out meanwhile: a redirect is quickly answered.
    for peer in &peers {
        peer.assert_right(witness);
    }
    let versions = peers.iter().map(|peer| (peer.who, peer.version.clone()));
    Measured {
        turns,
        versions: versions.collect(),
        absent,
    }
}

fn nginx(origin: &Nginx) -> Peer {
    let nginx = Nginx::proxy(THREADS, &[origin.port()]);
    let (port, ids) = (nginx.port(), nginx.process_ids());
    let version = Nginx::version();
    Peer::new(Who::Nginx, port, peer::somebody(), version).run_by(ids, nginx)
}

/// The program that this variable of the environment names.
fn named(who: Who, variable: &str) -> Result<PathBuf, Absent> {
    match std::env::var_os(variable) {
        Some(program) if !program.is_empty() => Ok(program.into()),
        Some(_) | None => Err(Absent {
            who,
            why: format!("{variable} names no program"),
        }),
    }
}
