//! How long does a preview take to make, and to delete? Through the binary, schema
//! and migrations of its own included.

use std::time::Instant;

use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};

/// Made and deleted on each engine.
const COUNT: usize = 10;

/// Medians in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Previews {
    pub(crate) engine: &'static str,
    pub(crate) create_ms: f64,
    pub(crate) delete_ms: f64,
}

pub(crate) fn measure() -> Vec<Previews> {
    [("SQLite", Engine::Sqlite), ("Postgres", Engine::Postgres)]
        .into_iter()
        .map(|(name, engine)| on(name, engine))
        .collect()
}

fn on(name: &'static str, engine: Engine) -> Previews {
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
    let create_ms = median_ms(|number| names.push(create(number)));
    let delete_ms = median_ms(|number| {
        let confirm = ["--confirm", names[number].as_str()];
        let delete = ["preview", "delete", &branch(number)];
        run(&gatelet, &[&delete[..], &confirm[..]].concat());
    });
    let left = run(&gatelet, &["preview", "list"]);
    assert_eq!(left.lines().count(), 1, "nothing but the heading: {left}");
    Previews {
        engine: name,
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

fn median_ms(mut what: impl FnMut(usize)) -> f64 {
    let mut times: Vec<f64> = (0..COUNT)
        .map(|number| {
            let start = Instant::now();
            what(number);
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[COUNT / 2]
}
