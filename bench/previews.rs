//! How long does a preview take to make, and to delete? Through the binary, schema
//! and migrations of its own included.

use std::time::Instant;

use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};

use super::spread::Spread;

/// Made and deleted on each engine.
pub(crate) const COUNT: usize = 10;

/// In milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Previews {
    pub(crate) engine: &'static str,
    /// What its target is called.
    pub(crate) created: &'static str,
    pub(crate) create_ms: Spread,
    pub(crate) delete_ms: Spread,
}

pub(crate) fn measure() -> Vec<Previews> {
    [
        ("SQLite", "a preview on SQLite, ms", Engine::Sqlite),
        ("Postgres", "a preview on Postgres, ms", Engine::Postgres),
    ]
    .into_iter()
    .map(|(name, created, engine)| on(name, created, engine))
    .collect()
}

fn on(name: &'static str, created: &'static str, engine: Engine) -> Previews {
    let setup = Setup::new(engine);
    let base_url = setup.base_url().to_owned();
    let (_, port) = base_url.rsplit_once(':').expect("a port of its own");
    let domain = format!("http://previews.localhost:{port}");
    // As in life: it is served meanwhile, and its tables are there.
    let gatelet = setup
        .variable("app_name", "shop")
        .variable("preview_domain", &domain)
        .start();
    let branch = |number: usize| format!("feature/number-{number}");
    let create = |number| {
        let url = run(&gatelet, &["preview", "create", &branch(number)]);
        assert!(
            url.ends_with(&format!(".previews.localhost:{port}")),
            "{url}"
        );
        let (_, host) = url.split_once("://").expect("a URL");
        host.split('.').next().unwrap_or_default().to_owned()
    };
    let mut names = Vec::new();
    let create_ms = each_ms(|number| names.push(create(number)));
    let delete_ms = each_ms(|number| {
        let confirm = ["--confirm", names[number].as_str()];
        let delete = ["preview", "delete", &branch(number)];
        run(&gatelet, &[&delete[..], &confirm[..]].concat());
    });
    let left = run(&gatelet, &["preview", "list"]);
    assert_eq!(left.lines().count(), 1, "nothing but the heading: {left}");
    Previews {
        engine: name,
        created,
        create_ms,
        delete_ms,
    }
}

fn run(gatelet: &Gatelet, arguments: &[&str]) -> String {
    let output = gatelet.setup().run(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn each_ms(mut what: impl FnMut(usize)) -> Spread {
    Spread::of((0..COUNT).map(|number| {
        let start = Instant::now();
        what(number);
        start.elapsed().as_secs_f64() * 1e3
    }))
}
