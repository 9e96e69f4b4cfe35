//! What does a guess cost that the limits refuse? A wrong password for an account that a
//! lockout has shut, one at a time over a kept connection: nothing is hashed.

use std::thread::sleep;
use std::time::{Duration, Instant};

use gatelet_tests::cases::Engine;

use super::Effort;
use super::browser::Browser;
use super::paced::{Latencies, percentiles};
use super::served::{ENGINES, FRESH_SECONDS, Shared, Way};
use super::spread::Spread;

/// Guesses of each kind in a round, and accounts that are shut. Whether anybody has them
/// makes no difference: they are looked up by whoever is admitted.
pub(crate) const COUNT: usize = 256;
/// All four limits of a password are asked, and the last of them refuses: one wrong guess
/// shuts an account for an hour, the others are never reached.
const LIMITS: &str = "password.network 1000000/600, password.pair 1000000/600, \
                      password.all 1000000/60, lockout 1/3600";
/// An instance remembers for five seconds whom the store refused.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(6);
const PATH: &str = "/auth/sign-in";

/// On one engine, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guesses {
    pub(crate) engine: &'static str,
    /// What the targets of the two are called.
    pub(crate) called: [&'static str; 2],
    /// At another account each time, which only the store knows to be shut.
    pub(crate) asked: Took,
    /// At one account again and again, which the instance remembers.
    pub(crate) remembered: Took,
}

/// Of each round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Took {
    pub(crate) p50_ms: Spread,
    pub(crate) p99_ms: Spread,
}

impl Took {
    fn of(rounds: &[Latencies]) -> Self {
        Self {
            p50_ms: percentiles(rounds, 50.0),
            p99_ms: percentiles(rounds, 99.0),
        }
    }
}

pub(crate) fn measure(shared: &Shared, effort: Effort) -> Vec<Guesses> {
    let on = |(name, engine)| on(name, engine, shared, effort);
    ENGINES.map(on).into()
}

fn on(name: &'static str, engine: Engine, shared: &Shared, effort: Effort) -> Guesses {
    let setup = shared
        .setup(engine, Way::Gate, FRESH_SECONDS)
        .variable("trusted_proxies", "127.0.0.1")
        .variable("limits", LIMITS);
    let gatelet = shared.start_as(setup, Way::Gate);
    let visitor = gatelet.visitor();
    let page = visitor.visit(PATH).send().expect(200);
    let form = page
        .form(PATH)
        .fill("password", "wrong horse battery staple");
    let guesses: Vec<String> = (0..COUNT)
        .map(|number| format!("guessed{number}@example.com"))
        .map(|email| form.clone().fill("email", &email).encoded())
        .collect();
    // From a network, which this machine is none of.
    let from = "X-Forwarded-For: 198.51.100.7\r\n";
    let mut browser = Browser::on(&gatelet, &visitor, &page, from);
    for guess in &guesses {
        let status = browser.submit(PATH, guess).status;
        assert_eq!(status, 401, "the first guess is tried");
    }
    let mut refused_ms = |guess: &String| {
        let start = Instant::now();
        let status = browser.submit(PATH, guess).status;
        let took = start.elapsed().as_secs_f64() * 1e3;
        assert_eq!(status, 429, "the account is shut");
        took
    };
    let mut forgotten = Instant::now();
    let (mut asked, mut remembered) = (Vec::new(), Vec::new());
    for _ in 0..effort.rounds {
        sleep(forgotten.saturating_duration_since(Instant::now()));
        asked.push(Latencies::of(guesses.iter().map(&mut refused_ms).collect()));
        let one = (0..COUNT).map(|_| refused_ms(&guesses[0]));
        remembered.push(Latencies::of(one.collect()));
        forgotten = Instant::now() + FORGOTTEN_AFTER;
    }
    Guesses {
        engine: name,
        called: match engine {
            Engine::Sqlite => [
                "a refused guess, asked of SQLite, ms",
                "a refused guess, remembered, on SQLite, ms",
            ],
            Engine::Postgres => [
                "a refused guess, asked of Postgres, ms",
                "a refused guess, remembered, on Postgres, ms",
            ],
        },
        asked: Took::of(&asked),
        remembered: Took::of(&remembered),
    }
}
