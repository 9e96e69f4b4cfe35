//! Caddy knows nobody by itself: as a plain reverse proxy, as nginx is.
//! <https://caddyserver.com/docs/caddyfile/directives/reverse_proxy>

use std::process::Command;

use gatelet_tests::neighbour::Ground;

use super::peer::{Peer, somebody};
use super::{Absent, named};
use crate::THREADS;
use crate::cpu;
use crate::machine::said;
use crate::nginx::Nginx;
use crate::who::Who;

pub(super) fn start(origin: &Nginx) -> Result<Peer, Absent> {
    let program = named(Who::Caddy, "CADDY")?;
    let ground = Ground::new("caddy");
    let settings = format!(
        "{{\n\tadmin off\n\tauto_https off\n}}\n\
         :{} {{\n\tbind 127.0.0.1\n\treverse_proxy {} {{\n\t\ttransport http {{\n\t\t\tkeepalive_idle_conns_per_host 128\n\t\t}}\n\t}}\n}}\n",
        ground.port(),
        origin.url()
    );
    let mut command = Command::new(&program);
    let file = ground.write("Caddyfile", &settings);
    command.args(["run", "--adapter", "caddyfile", "--config"]);
    command.arg(file).env("HOME", ground.folder());
    command.env("GOMAXPROCS", THREADS.to_string());
    let running = ground.start(&mut command);
    let version = said(&program, &["version"], "Caddy");
    let (port, ids) = (running.port(), cpu::family(running.id()));
    Ok(Peer::new(Who::Caddy, port, somebody(), version).run_by(ids, running))
}
