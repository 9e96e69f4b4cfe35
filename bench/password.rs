//! What does a password cost? Argon2id natively, and in the component by way of
//! the sign-in form.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Params, Version};
use gatelet_tests::account::Account;
use gatelet_tests::gatelet::Gatelet;

use super::{Effort, THREADS};

/// Times of one password.
#[derive(Clone, Debug)]
pub(crate) struct Passwords {
    /// Argon2id alone, natively, in milliseconds.
    pub(crate) native_ms: f64,
    /// A whole sign-in through the front door, one at a time, in milliseconds.
    pub(crate) sign_in_ms: f64,
    /// The page without the password, in milliseconds: what is not Argon2id.
    pub(crate) page_ms: f64,
    /// Sign-ins a second, as many at once as there are threads and more.
    pub(crate) per_second: f64,
}

pub(crate) fn measure(gatelet: &Gatelet, account: &Account, effort: Effort) -> Passwords {
    let count = if effort.rounds > 1 { 40 } else { 8 };
    let native_ms = fastest_half(count, native);

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
    let sign_in_ms = fastest_half(count, sign_in);
    let page_ms = fastest_half(count, || {
        drop(gatelet.visitor().visit("/auth/sign-in").send().expect(200))
    });
    let per_second = rate(gatelet, account, effort.duration);
    Passwords {
        native_ms,
        sign_in_ms,
        page_ms,
        per_second,
    }
}

/// OWASP's parameters, those of `crates/sign-in/src/password.rs`.
fn native() {
    let parameters = Params::new(19 * 1024, 2, 1, Some(32)).expect("constants within the limits");
    let mut out = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into(
            b"correct horse battery staple",
            b"sixteen bytes...",
            &mut out,
        )
        .expect("constants within the limits");
    std::hint::black_box(out);
}

/// The median of the faster half, in milliseconds: noise only ever adds.
fn fastest_half(count: usize, mut what: impl FnMut()) -> f64 {
    let mut times: Vec<Duration> = (0..count)
        .map(|_| {
            let start = Instant::now();
            what();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[count / 4].as_secs_f64() * 1e3
}

fn rate(gatelet: &Gatelet, account: &Account, duration: Duration) -> f64 {
    let start = Instant::now();
    let done: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS * 2)
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
