//! How many people a second sign in with a passkey? Whole sign-ins through the front door:
//! the page, which has the challenge, and the form with what the passkey has signed.

use std::time::{Duration, Instant};

use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Gatelet;
use gatelet_tests::passkey::Holder;

use super::browser::Browser;
use super::paced::Latencies;
use super::served::{ENGINES, FRESH_SECONDS, Shared, Way};
use super::spread::Spread;
use super::{Effort, cpu};

/// People at once, each with a passkey and a kept connection of their own.
pub(crate) const AT_ONCE: usize = 16;

/// On one engine, by rounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passkeys {
    pub(crate) engine: &'static str,
    /// What its target is called.
    pub(crate) called: &'static str,
    /// Sign-ins.
    pub(crate) per_second: Spread,
    /// Both requests of a sign-in, and the signature between them.
    pub(crate) p50_ms: Spread,
    pub(crate) p99_ms: Spread,
    /// Gatelet's own, a sign-in.
    pub(crate) cpu_us: Spread,
}

struct Round {
    per_second: f64,
    took: Latencies,
    cpu_us: f64,
}

pub(crate) fn measure(shared: &Shared, effort: Effort) -> Vec<Passkeys> {
    let on = |(name, engine)| on(name, engine, shared, effort);
    ENGINES.map(on).into()
}

fn on(name: &'static str, engine: Engine, shared: &Shared, effort: Effort) -> Passkeys {
    let gatelet = shared.start(engine, Way::Gate, FRESH_SECONDS);
    let people: Vec<Holder> = (0..AT_ONCE).map(|_| Holder::register(&gatelet)).collect();
    let rounds: Vec<Round> = (0..effort.rounds)
        .map(|_| round(&gatelet, &people, effort.duration))
        .collect();
    let spread = |what: fn(&Round) -> f64| Spread::of(rounds.iter().map(what));
    Passkeys {
        engine: name,
        called: match engine {
            Engine::Sqlite => "passkey sign-ins a second on SQLite",
            Engine::Postgres => "passkey sign-ins a second on Postgres",
        },
        per_second: spread(|round| round.per_second),
        p50_ms: spread(|round| round.took.percentile(50.0)),
        p99_ms: spread(|round| round.took.percentile(99.0)),
        cpu_us: spread(|round| round.cpu_us),
    }
}

fn round(gatelet: &Gatelet, people: &[Holder], duration: Duration) -> Round {
    let used = || cpu::used_us(&[gatelet.id()]);
    let (before, start) = (used(), Instant::now());
    let took: Vec<f64> = std::thread::scope(|scope| {
        let signing_in = |person| scope.spawn(move || signing_in(gatelet, person, start, duration));
        let workers: Vec<_> = people.iter().map(signing_in).collect();
        let join = |worker: std::thread::ScopedJoinHandle<'_, Vec<f64>>| {
            worker.join().expect("every sign-in succeeds")
        };
        workers.into_iter().flat_map(join).collect()
    });
    let (took, seconds) = (Latencies::of(took), start.elapsed().as_secs_f64());
    Round {
        per_second: took.count() as f64 / seconds,
        cpu_us: (used() - before) as f64 / took.count() as f64,
        took,
    }
}

/// How long each sign-in took, in milliseconds. No session is kept: the next page asks
/// for the passkey again.
fn signing_in(gatelet: &Gatelet, person: &Holder, start: Instant, duration: Duration) -> Vec<f64> {
    let (mut browser, mut took) = (
        Browser::on(gatelet, person.visitor(), person.page(), ""),
        Vec::new(),
    );
    while start.elapsed() < duration {
        let began = Instant::now();
        let page = browser.visit("/auth/sign-in");
        assert_eq!(page.status, 200, "the page");
        let form = person.signed(&String::from_utf8_lossy(page.body)).encoded();
        let status = browser.submit("/auth/passkey", &form).status;
        assert_eq!(status, 303, "a sign-in");
        took.push(began.elapsed().as_secs_f64() * 1e3);
    }
    took
}
