//! What do a thousand origins cost a request? The signed-in gate door with all of
//! them stored and asked for in turns, against the same with one of them; how often the
//! database is asked meanwhile; and the resolution alone, natively.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use gatelet_core::origins::written;
use gatelet_core::settings::{Base, GateSettings};
use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, session_key};
use gatelet_tests::session_cookie::SessionCookie;
use tempfile::TempDir;

use super::Effort;
use super::contender::Contender;
use super::doors::port;
use super::head::Head;
use super::served::{FRESH_SECONDS, Shared, Way};
use super::spread::Spread;
use super::transactions::{self, Counted};
use super::turns::Turns;
use super::who::Who;
use super::wrk;

/// Stored beside the main one.
const COUNT: usize = 1000;

/// What was measured.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    /// One stored origin, then a thousand, at 32 connections.
    pub(crate) turns: Turns,
    /// With a thousand, while nobody asks and while many do.
    pub(crate) idle: Counted,
    pub(crate) under_load: Counted,
    /// What is asked for, and its time in nanoseconds.
    pub(crate) resolution: Vec<(&'static str, Spread)>,
}

pub(crate) fn measure(shared: &Shared, effort: Effort) -> Measured {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let one = Served::start(shared, 1, &folder);
    let thousand = Served::start(shared, COUNT, &folder);
    let contenders = [
        one.contender(Who::OneOrigin),
        thousand.contender(Who::ThousandOrigins),
    ];
    let window = Duration::from_secs(if effort.rounds > 1 { 20 } else { 6 });
    let counted = |act: &dyn Fn() -> u64| transactions::during(&thousand.gatelet, window, act);
    Measured {
        turns: Turns::take(&contenders, 32, effort),
        idle: counted(&|| 0),
        under_load: counted(&|| contenders[1].load(32, window)),
        resolution: resolution(effort),
    }
}

/// A Gatelet on a database server, with a script that asks for its origins in turns.
struct Served {
    gatelet: Gatelet,
    script: PathBuf,
}

impl Served {
    fn start(shared: &Shared, count: usize, folder: &TempDir) -> Self {
        let mut gatelet = shared.start(Engine::Postgres, Way::Gate, FRESH_SECONDS);
        let (visitor, _) = signed_in(&gatelet);
        let cookie = visitor.cookie("gatelet").expect("signed in");
        let session = SessionCookie::parse(&cookie.value);
        let urls: Vec<String> = (0..count).map(url).collect();
        gatelet.database().execute(&stored(&urls));
        shared.restart(&mut gatelet);
        let script = folder.path().join(format!("{count}.lua"));
        let head = |url: &String| {
            let session = SessionCookie {
                audience: url.clone(),
                ..session.clone()
            };
            let (_, host) = url.split_once("://").expect("a base URL");
            let cookie = format!("{}={}", cookie.name, session.signed_with(shared.key()));
            Head::new(host, &cookie)
        };
        let heads: Vec<Head> = urls.iter().map(head).collect();
        std::fs::write(&script, wrk::in_turns(&heads)).expect("a file in a folder of ours");
        Self { gatelet, script }
    }

    fn contender(&self, who: Who) -> Contender {
        let ids = vec![self.gatelet.id()];
        Contender::scripted(who, port(&self.gatelet), &self.script, ids)
    }
}

fn url(number: usize) -> String {
    format!("http://feature-{number:03}--shop.previews.localhost:3000")
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

/// Half of them exact and half patterns, asked for in turns.
fn resolution(effort: Effort) -> Vec<(&'static str, Spread)> {
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
        .map(|(what, hosts)| {
            // Each is parsed when first asked for.
            once_each_ns(&settings, &hosts);
            let rounds = (0..effort.rounds).map(|_| median_ns(&settings, &hosts));
            (what, Spread::of(rounds))
        })
        .collect()
}

/// The median of a hundred times all of them.
fn median_ns(settings: &GateSettings, hosts: &[String]) -> f64 {
    Spread::of((0..100).map(|_| once_each_ns(settings, hosts))).median
}

/// A mean.
fn once_each_ns(settings: &GateSettings, hosts: &[String]) -> f64 {
    const NOW: u64 = 1_800_000_000;
    let start = Instant::now();
    for host in hosts {
        let found = settings.origins.resolve(black_box(host), NOW);
        drop(black_box(found));
    }
    start.elapsed().as_nanos() as f64 / hosts.len() as f64
}
