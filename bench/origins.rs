//! What do a thousand origins cost a request? The signed-in gate door with all of
//! them stored and asked for in turns, against the same with one of them; how often the
//! database is asked meanwhile; and the resolution alone, natively.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use gatelet_core::origins::written;
use gatelet_core::settings::{Base, GateSettings};
use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup, session_key};
use gatelet_tests::session_cookie::SessionCookie;
use tempfile::TempDir;

use super::contender::{self, Contender, Row};
use super::nginx::Nginx;
use super::{Effort, THREADS};

/// Stored beside the main one.
const COUNT: usize = 1000;
/// Postgres counts a transaction at once, unless the connection idles.
const COUNTED_AFTER: Duration = Duration::from_secs(12);

/// What was measured.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    /// One stored origin, then a thousand, at 32 connections.
    pub(crate) rows: Vec<Row>,
    pub(crate) reads: Reads,
    /// What is asked for, and its median in nanoseconds.
    pub(crate) resolution: Vec<(&'static str, f64)>,
}

/// Statements that the database ran for Gatelet with a thousand origins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reads {
    pub(crate) window: Duration,
    pub(crate) idle: u64,
    pub(crate) under_load: u64,
    /// Answered in the window under load.
    pub(crate) requests: u64,
}

pub(crate) fn measure(upstream: &Nginx, effort: Effort) -> Measured {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let one = Served::start(upstream, 1, &folder);
    let thousand = Served::start(upstream, COUNT, &folder);
    let contenders = [
        one.contender("1 origin"),
        thousand.contender("1,000 origins"),
    ];
    Measured {
        rows: contender::in_turns(&contenders, 32, effort),
        reads: reads(&thousand, &contenders[1], effort),
        resolution: resolution(effort),
    }
}

/// A Gatelet on a database server, with a script that asks for its origins in turns.
struct Served {
    gatelet: Gatelet,
    script: PathBuf,
}

impl Served {
    fn start(upstream: &Nginx, count: usize, folder: &TempDir) -> Self {
        let key = session_key("k1");
        let mut gatelet = Setup::new(Engine::Postgres)
            .variable("session_keys", &key)
            .variable("upstream", &upstream.url())
            .variable("session_fresh_seconds", "86400")
            .arguments(&["--worker-threads", &THREADS.to_string()])
            .arguments(&["--access-log", "off", "--door", "gate"])
            .start();
        let (visitor, _) = signed_in(&gatelet);
        let value = visitor.cookie("gatelet").expect("signed in").value;
        let session = SessionCookie::parse(&value);
        let main = gatelet.base_url().to_owned();
        let (_, port) = main.rsplit_once(':').expect("a port of its own");
        let urls: Vec<String> = (0..count).map(|number| url(number, port)).collect();
        gatelet.database().execute(&stored(&urls));
        gatelet.restart();
        let script = folder.path().join(format!("{count}.lua"));
        let mut text = String::from("local requests = {\n");
        for url in &urls {
            let mut session = session.clone();
            session.audience.clone_from(url);
            let (_, host) = url.split_once("://").expect("a base URL");
            writeln!(
                text,
                "wrk.format('GET', '/page.txt', {{ Host = '{host}', Cookie = 'gatelet-{port}={}' }}),",
                session.signed_with(&key)
            )
            .expect("a string takes all that is written to it");
        }
        // A stride that is prime to their number meets all of them, neighbours apart.
        text += "}\nlocal at = 0\nfunction request()\n  at = (at + 389) % #requests\n  return requests[at + 1]\nend\n";
        std::fs::write(&script, text).expect("a file in a folder of ours");
        Self { gatelet, script }
    }

    fn contender(&self, name: &'static str) -> Contender {
        Contender::new(name, self.gatelet.base_url(), vec![self.gatelet.id()])
            .scripted(&self.script)
    }

    /// Transactions so far; each statement outside of one counts as one.
    fn transactions(&self) -> u64 {
        let query = "SELECT xact_commit + xact_rollback FROM pg_stat_database \
                     WHERE datname = current_database()";
        let value = self.gatelet.database().value(query);
        value
            .and_then(|text| text.parse().ok())
            .expect("a number of transactions")
    }
}

fn url(number: usize, port: &str) -> String {
    format!("http://feature-{number:03}--shop.previews.localhost:{port}")
}

/// SQL that stores them.
fn stored(urls: &[String]) -> String {
    let rows: Vec<String> = urls
        .iter()
        .enumerate()
        .map(|(number, url)| {
            format!(
                "('origin-{number}', 'main', 'origin', 'ready', '', '{{\"base_url\":\"{url}\"}}', '', '', 0, NULL)"
            )
        })
        .collect();
    format!(
        "INSERT INTO auth_origins (name, parent, kind, state, branch, settings, schema_name, sealed_url, \
         created_at, expires_at) VALUES {}; UPDATE auth_origins_revision SET revision = revision + 1;",
        rows.join(", ")
    )
}

/// Counts the database's work in a window of idleness and in as long a one of load:
/// what is the regular refresh's is in both.
fn reads(served: &Served, contender: &Contender, effort: Effort) -> Reads {
    let window = Duration::from_secs(if effort.rounds > 1 { 30 } else { 6 });
    let counted = |act: &dyn Fn() -> u64| {
        sleep(COUNTED_AFTER);
        let before = served.transactions();
        let start = Instant::now();
        let requests = act();
        sleep(window.saturating_sub(start.elapsed()));
        sleep(COUNTED_AFTER);
        (served.transactions() - before, requests)
    };
    let (idle, _) = counted(&|| 0);
    let (under_load, requests) = counted(&|| contender.load(32, window));
    Reads {
        window: window + COUNTED_AFTER,
        idle,
        under_load,
        requests,
    }
}

/// Half of them exact and half patterns, asked for in turns.
fn resolution(effort: Effort) -> Vec<(&'static str, f64)> {
    let exact = |number: usize| format!("feature-{number}--shop.previews.example.com");
    let records: Vec<String> = (0..COUNT)
        .map(|number| {
            let host = if number % 2 == 0 {
                exact(number)
            } else {
                format!("*--app-{number}.apps.example.com")
            };
            format!(r#"{{"name":"origin-{number}","values":{{"base_url":"https://{host}"}}}}"#)
        })
        .collect();
    let records = written::parse(&format!("[{}]", records.join(","))).expect("well-formed");
    let key = session_key("k1");
    let base = [
        ("base_url", "https://shop.example.com"),
        ("upstream", "http://127.0.0.1:9"),
        ("session_keys", &key),
    ];
    let base = Base::of_variables(base);
    let settings = GateSettings::new(base, records, true).expect("valid settings");
    let hosts = |host: &dyn Fn(usize) -> String| (0..COUNT).map(host).collect::<Vec<_>>();
    let cases = [
        ("the main origin", hosts(&|_| "shop.example.com".to_owned())),
        ("an exact host", hosts(&|number| exact(number & !1))),
        (
            "a host at a pattern",
            // Fewer hosts than are kept parsed.
            hosts(&|number| format!("login-7f3a--app-{}.apps.example.com", (number % 32) * 2 + 1)),
        ),
        (
            "an unknown host",
            hosts(&|number| format!("login-7f3a--none-{number}.apps.example.com")),
        ),
    ];
    cases
        .into_iter()
        .map(|(what, hosts)| (what, median_ns(&settings, &hosts, effort)))
        .collect()
}

fn median_ns(settings: &GateSettings, hosts: &[String], effort: Effort) -> f64 {
    const NOW: u64 = 1_800_000_000;
    let all = || {
        let start = Instant::now();
        for host in hosts {
            let found = settings.origins.resolve(black_box(host), NOW);
            drop(black_box(found));
        }
        start.elapsed().as_nanos() as f64 / hosts.len() as f64
    };
    // Each is parsed when first asked for.
    all();
    let mut times: Vec<f64> = (0..effort.rounds * 100 + 1).map(|_| all()).collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
