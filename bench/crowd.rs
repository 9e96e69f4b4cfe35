//! What do those who are signed in notice of many who sign in at once?

use std::time::{Duration, Instant};

use gatelet_tests::account::Account;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Gatelet;

use super::Effort;
use super::paced::{self, Latencies};
use super::served::{FRESH_SECONDS, Shared, Way};
use super::spread::Spread;

/// Requests a second of those who are signed in.
pub(crate) const PASSING: u32 = 1000;
/// How many sign in at once.
pub(crate) const CROWDS: [usize; 3] = [0, 16, 200];

/// While so many signed in at once.
#[derive(Clone, Debug)]
pub(crate) struct Crowd {
    pub(crate) at_once: usize,
    /// Of those who are signed in, 99 in 100 were answered within, in milliseconds.
    pub(crate) passing_p99_ms: Spread,
    /// The same of requests that another process passed on meanwhile, judging none: what the
    /// crowd and the load take of the processors, whoever passes on.
    pub(crate) beside_p99_ms: Spread,
    /// Sign-ins a second; none in an empty crowd.
    pub(crate) per_second: Spread,
    /// 99 in 100 of those who got in were in within, in milliseconds.
    pub(crate) sign_in_p99_ms: Spread,
    /// Told to come back, of a hundred who asked.
    pub(crate) turned_away_percent: Spread,
    /// The most that was seen.
    pub(crate) memory_mib: f64,
}

struct Round {
    passing_p99_ms: f64,
    per_second: f64,
    sign_in_p99_ms: f64,
    turned_away_percent: f64,
}

pub(crate) fn measure(shared: &Shared, effort: Effort) -> Vec<Crowd> {
    let crowds = CROWDS.map(|at_once| {
        let gatelet = shared.start(Engine::Sqlite, Way::Gate, FRESH_SECONDS);
        let account = Account::new("Ada Lovelace");
        account.sign_up(&gatelet.visitor(), "/").expect(303);
        let head = shared.head(&gatelet);
        let bare = shared.start(Engine::Sqlite, Way::Bare, FRESH_SECONDS);
        let mut memory_kib = 0;
        let mut beside = Vec::new();
        let rounds: Vec<Round> = (0..effort.rounds)
            .map(|_| {
                let round = round(&gatelet, &account, at_once, effort.duration * 3, || {
                    paced::load(gatelet.address(), &head, PASSING, effort.duration * 3)
                });
                memory_kib = memory_kib.max(gatelet.resident_kib());
                let other = self::round(&gatelet, &account, at_once, effort.duration * 3, || {
                    paced::load(bare.address(), &head, PASSING, effort.duration * 3)
                });
                beside.push(other.passing_p99_ms);
                round
            })
            .collect();
        let spread = |what: fn(&Round) -> f64| Spread::of(rounds.iter().map(what));
        Crowd {
            at_once,
            passing_p99_ms: spread(|round| round.passing_p99_ms),
            beside_p99_ms: Spread::of(beside),
            per_second: spread(|round| round.per_second),
            sign_in_p99_ms: spread(|round| round.sign_in_p99_ms),
            turned_away_percent: spread(|round| round.turned_away_percent),
            memory_mib: memory_kib as f64 / 1024.0,
        }
    });
    crowds.into()
}

fn round(
    gatelet: &Gatelet,
    account: &Account,
    at_once: usize,
    duration: Duration,
    passing: impl FnOnce() -> Latencies,
) -> Round {
    let start = Instant::now();
    std::thread::scope(|scope| {
        let people: Vec<_> = (0..at_once)
            .map(|_| scope.spawn(|| signing_in(gatelet, account, start + duration)))
            .collect();
        let passing_p99_ms = passing().percentile(99.0);
        let (mut took, mut turned_away) = (Vec::new(), 0);
        for person in people {
            let (his, times) = person.join().expect("every answer is one of the two");
            took.extend(his);
            turned_away += times;
        }
        let asked = took.len() + turned_away;
        let (sign_in_p99_ms, count) = if took.is_empty() {
            (0.0, 0)
        } else {
            let latencies = Latencies::of(took);
            (latencies.percentile(99.0), latencies.count())
        };
        Round {
            passing_p99_ms,
            per_second: count as f64 / start.elapsed().as_secs_f64(),
            sign_in_p99_ms,
            turned_away_percent: 100.0 * turned_away as f64 / asked.max(1) as f64,
        }
    })
}

/// How long each sign-in took, in milliseconds, and how often one was told to come back.
fn signing_in(gatelet: &Gatelet, account: &Account, end: Instant) -> (Vec<f64>, usize) {
    let visitor = gatelet.visitor();
    let page = visitor.visit("/auth/sign-in").send().expect(200);
    let form = page
        .form("/auth/sign-in")
        .fill("email", &account.email)
        .fill("password", &account.password);
    let (mut took, mut turned_away) = (Vec::new(), 0);
    while Instant::now() < end {
        let start = Instant::now();
        let answer = visitor.submit(&form, &page.url).send();
        match answer.status.as_u16() {
            303 => took.push(start.elapsed().as_secs_f64() * 1e3),
            503 => turned_away += 1,
            status => panic!("a sign-in was answered {status}"),
        }
        visitor.change_jar(|jar| jar.forget_one("gatelet"));
    }
    (took, turned_away)
}
