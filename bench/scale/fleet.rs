//! What does a request cost where several servers share one database and one address?
//! And where as many plain nginx, which share nothing, stand in their places?

use gatelet_tests::cases::Engine;

use crate::contender::Contender;
use crate::doors::port;
use crate::nginx::Nginx;
use crate::served::{FRESH_SECONDS, Shared, Way};
use crate::turns::Turns;
use crate::who::Who;
use crate::{Effort, THREADS};

/// nginx in front is not counted: of one server and of three, what they used themselves.
pub(super) fn measure(shared: &Shared, origin: &Nginx, effort: Effort) -> Turns {
    eprintln!("== A fleet");
    let mut first = shared.start(Engine::Postgres, Way::Gate, FRESH_SECONDS);
    let head = shared.head(&first);
    shared.restart(&mut first);
    let database = first.database().clone();
    let other = || {
        let setup = shared.setup(Engine::Sqlite, Way::Gate, FRESH_SECONDS);
        shared.start_as(setup.on(database.clone()), Way::Gate)
    };
    let fleet = [first, other(), other()];
    let plain = [(); 3].map(|()| Nginx::proxy(THREADS, &[origin.port()]));
    let ours: Vec<_> = fleet
        .iter()
        .map(|one| (port(one), vec![one.id()]))
        .collect();
    let theirs: Vec<_> = plain
        .iter()
        .map(|one| (one.port(), one.process_ids()))
        .collect();
    let behind = |who, servers: &[(u16, Vec<u32>)]| {
        let ports: Vec<u16> = servers.iter().map(|(port, _)| *port).collect();
        let ids = servers.iter().flat_map(|(_, ids)| ids.clone()).collect();
        let front = Nginx::proxy(THREADS, &ports);
        let contender = Contender::new(who, front.port(), &head, ids);
        (contender.of_servers(servers.len()), front)
    };
    let (contenders, _fronts): (Vec<_>, Vec<_>) = [
        behind(Who::FleetOfOne, &ours[..1]),
        behind(Who::FleetOfThree, &ours),
        behind(Who::NginxFleetOfOne, &theirs[..1]),
        behind(Who::NginxFleetOfThree, &theirs),
    ]
    .into_iter()
    .unzip();
    Turns::take(&contenders, 32, effort)
}
