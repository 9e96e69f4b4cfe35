//! What does a password cost? Argon2id natively, and in the component by way of
//! the sign-in form.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use gatelet_tests::account::Account;
use gatelet_tests::gatelet::Gatelet;

use super::spread::Spread;
use super::{Effort, THREADS};

/// What a password takes, by rounds; milliseconds are a round's median.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passwords {
    /// Argon2id alone, natively.
    pub(crate) native_ms: Spread,
    /// A whole sign-in through the front door, one at a time.
    pub(crate) sign_in_ms: Spread,
    /// The page without the password.
    pub(crate) page_ms: Spread,
    /// Sign-ins, [`AT_ONCE`].
    pub(crate) per_second: Spread,
}

/// As many as there are threads, and more.
pub(crate) const AT_ONCE: usize = THREADS * 2;
/// Of each kind in a round.
const COUNT: usize = 15;

pub(crate) fn measure(gatelet: &Gatelet, account: &Account, effort: Effort) -> Passwords {
    let visitor = gatelet.visitor();
    let page = visitor.visit("/auth/sign-in").send().expect(200);
    let form = page
        .form("/auth/sign-in")
        .fill("email", &account.email)
        .fill("password", &account.password);
    let sign_in = || {
        // The form's own cookie stays; the session that it brings is not kept.
        visitor.submit(&form, &page.url).send().expect(303);
        visitor.change_jar(|jar| jar.forget_one("gatelet"));
    };
    let only_the_page = || drop(gatelet.visitor().visit("/auth/sign-in").send().expect(200));
    let mut memory = Vec::new();
    let rounds: Vec<[f64; 4]> = (0..effort.rounds)
        .map(|_| {
            [
                median_ms(|| native(&mut memory)),
                median_ms(sign_in),
                median_ms(only_the_page),
                rate(gatelet, account, effort.duration),
            ]
        })
        .collect();
    let [native_ms, sign_in_ms, page_ms, per_second] =
        [0, 1, 2, 3].map(|at| Spread::of(rounds.iter().map(|round| round[at])));
    Passwords {
        native_ms,
        sign_in_ms,
        page_ms,
        per_second,
    }
}

/// OWASP's parameters, those of `crates/sign-in/src/password.rs`, in memory that was used
/// before, as a server has it.
fn native(memory: &mut Vec<Block>) {
    let parameters = Params::new(19 * 1024, 2, 1, Some(32)).expect("constants within the limits");
    memory.resize(parameters.block_count(), Block::default());
    let mut out = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into_with_memory(
            b"correct horse battery staple",
            b"sixteen bytes...",
            &mut out,
            memory,
        )
        .expect("constants within the limits");
    std::hint::black_box(out);
}

fn median_ms(mut what: impl FnMut()) -> f64 {
    let once = |_| {
        let start = Instant::now();
        what();
        start.elapsed().as_secs_f64() * 1e3
    };
    Spread::of((0..COUNT).map(once)).median
}

fn rate(gatelet: &Gatelet, account: &Account, duration: Duration) -> f64 {
    let start = Instant::now();
    let done: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                scope.spawn(|| {
                    let visitor = gatelet.visitor();
                    let page = visitor.visit("/auth/sign-in").send().expect(200);
                    let form = page
                        .form("/auth/sign-in")
                        .fill("email", &account.email)
                        .fill("password", &account.password);
                    let mut done = 0;
                    while start.elapsed() < duration {
                        visitor.submit(&form, &page.url).send().expect(303);
                        done += 1;
                    }
                    done
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("every sign-in succeeds"))
            .sum()
    });
    done as f64 / start.elapsed().as_secs_f64()
}
