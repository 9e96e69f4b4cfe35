//! What does judging cost? nginx, Gatelet's own bare forward, its two doors and its two
//! databases, sent one head; and what all of them answer a stranger.

use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Gatelet;

use super::answer::Answer;
use super::contender::Contender;
use super::head::Head;
use super::nginx::{Nginx, page};
use super::served::{FRESH_SECONDS, Shared, Way};
use super::who::Who;
use super::{Effort, THREADS, transactions};

/// All that take turns, and the servers behind them.
pub(crate) struct Doors {
    pub(crate) contenders: Vec<Contender>,
    pub(crate) alike: Alike,
    pub(crate) gate: Gatelet,
    /// Asks Postgres each time.
    pub(crate) asking: Gatelet,
    _others: (Vec<Nginx>, Vec<Gatelet>),
}

/// How far all were treated alike.
#[derive(Clone, Debug)]
pub(crate) struct Alike {
    /// Of every head that was sent.
    pub(crate) head_bytes: usize,
    /// Whole answers to a stranger.
    pub(crate) gatelet_401_bytes: usize,
    pub(crate) nginx_401_bytes: usize,
    /// Names of fields that only one of the two sends.
    pub(crate) fields_of_one: Vec<String>,
}

impl Doors {
    pub(crate) fn start(shared: &Shared, origin: &Nginx) -> Self {
        let one = Nginx::proxy(1, &[origin.port()]);
        let two = Nginx::proxy(THREADS, &[origin.port()]);
        let gate = shared.start(Engine::Sqlite, Way::Gate, FRESH_SECONDS);
        let mut sqlite = shared.start(Engine::Sqlite, Way::Gate, 0);
        let mut postgres = shared.start(Engine::Postgres, Way::Gate, 0);
        let handler = shared.start(Engine::Sqlite, Way::Handler, FRESH_SECONDS);
        let bare = shared.start(Engine::Sqlite, Way::Bare, FRESH_SECONDS);
        let floor = shared.start(Engine::Sqlite, Way::Floor, FRESH_SECONDS);

        // A copy of a session that one database knows; the other has one of its own.
        let head = shared.head(&sqlite);
        let at_postgres = shared.head(&postgres);
        for gatelet in [&mut sqlite, &mut postgres] {
            shared.restart(gatelet);
        }
        let stranger = head.of_a_stranger();
        for head in [&head, &at_postgres, &stranger] {
            head.assert_sent();
        }
        let refusal = Answer::of(port(&gate), &stranger);
        assert_eq!(refusal.status, 401, "{refusal:?}");
        let refusing = Nginx::refusing(THREADS, &refusal);
        let nginx_refusal = Answer::of(refusing.port(), &stranger);
        assert_eq!(nginx_refusal.status, 401);
        assert_eq!(nginx_refusal.body, refusal.body);

        // The one that nothing else here has seen work.
        let passed_on = Answer::of(port(&floor), &stranger);
        assert_eq!((passed_on.status, passed_on.body), (200, page()));

        let nginx = |who, nginx: &Nginx, head: &Head| {
            Contender::new(who, nginx.port(), head, nginx.process_ids())
        };
        let gatelet = |who, gatelet: &Gatelet, head: &Head| {
            Contender::new(who, port(gatelet), head, vec![gatelet.id()])
        };
        let contenders = vec![
            nginx(Who::NginxOneWorker, &one, &head),
            nginx(Who::Nginx, &two, &head),
            gatelet(Who::Bare, &bare, &head),
            gatelet(Who::Gate, &gate, &head),
            gatelet(Who::AskingSqlite, &sqlite, &head),
            gatelet(Who::AskingPostgres, &postgres, &at_postgres),
            gatelet(Who::Handler, &handler, &head),
            gatelet(Who::Floor, &floor, &head),
            nginx(Who::NginxRefusing, &refusing, &stranger),
            gatelet(Who::GateRefusing, &gate, &stranger),
            gatelet(Who::HandlerRefusing, &handler, &stranger),
        ];
        let head_bytes = head.text().len();
        for contender in &contenders {
            let name = contender.who.name();
            assert_eq!(contender.head_bytes(), Some(head_bytes), "{name}");
        }
        let mut fields_of_one = refusal.names_beyond(&nginx_refusal);
        fields_of_one.extend(nginx_refusal.names_beyond(&refusal));
        Self {
            contenders,
            alike: Alike {
                head_bytes,
                gatelet_401_bytes: refusal.bytes,
                nginx_401_bytes: nginx_refusal.bytes,
                fields_of_one,
            },
            gate,
            asking: postgres,
            _others: (vec![one, two, refusing], vec![sqlite, handler, bare, floor]),
        }
    }

    /// One of them.
    pub(crate) fn contender(&self, who: Who) -> &Contender {
        let found = self.contenders.iter().find(|one| one.who == who);
        found.expect("all of them are there")
    }

    /// Statements that a request costs the database which is asked each time. It runs
    /// some of its own meanwhile: a load of some seconds makes them few.
    pub(crate) fn transactions_a_request(&self, effort: Effort) -> f64 {
        let contender = self.contender(Who::AskingPostgres);
        let long = effort.duration * 5;
        let counted = transactions::during(&self.asking, long, || contender.load(32, long));
        counted.transactions as f64 / counted.requests as f64
    }
}

/// Where a Gatelet listens, whatever its address is.
pub(crate) fn port(gatelet: &Gatelet) -> u16 {
    gatelet.address().port()
}
