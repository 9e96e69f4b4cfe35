//! What does a request cost where several servers share one database and one address?

use gatelet_tests::cases::Engine;

use crate::contender::Contender;
use crate::doors::port;
use crate::nginx::Nginx;
use crate::served::{FRESH_SECONDS, Shared, Way};
use crate::turns::Turns;
use crate::who::Who;
use crate::{Effort, THREADS};

/// nginx is not counted: of one server and of three, what they used themselves.
pub(super) fn measure(shared: &Shared, effort: Effort) -> Turns {
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
    let contender = |who, count: usize| {
        let ports: Vec<u16> = fleet[..count].iter().map(port).collect();
        let ids = fleet[..count].iter().map(|one| one.id()).collect();
        let nginx = Nginx::proxy(THREADS, &ports);
        let contender = Contender::new(who, nginx.port(), &head, ids);
        (contender.of_servers(count), nginx)
    };
    let (one, _before_one) = contender(Who::FleetOfOne, 1);
    let (three, _before_three) = contender(Who::FleetOfThree, 3);
    Turns::take(&[one, three], 32, effort)
}
