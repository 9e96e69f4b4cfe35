//! Sessions whose use a key-value store keeps: in a file and at Redis, which goes away,
//! falls silent and comes back.

use std::time::{Duration, Instant};

use gatelet_tests::account::{sign_out, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup, session_key};
use gatelet_tests::redis::{self, Redis};
use gatelet_tests::response::Response;
use gatelet_tests::secrets;
use gatelet_tests::session_cookie::stale;
use gatelet_tests::upstream::Upstream;
use gatelet_tests::visitor::Visitor;

const STORE: &str = "key-value:default";
const CONFIG: &str = "runtime-config.toml";

struct House {
    gatelet: Gatelet,
    _upstream: Upstream,
    key: String,
}

impl House {
    /// With the use of sessions in the host's default store: at this server, or in a file.
    fn new(engine: Engine, server: Option<&Redis>) -> Self {
        let (key, upstream) = (session_key("k1"), Upstream::start());
        let setup = Setup::new(engine)
            .variable("session_keys", &key)
            .variable("session_store", STORE)
            .upstream(&upstream);
        let setup = match server {
            Some(server) => at(setup, server),
            None => setup,
        };
        Self {
            gatelet: setup.start(),
            _upstream: upstream,
            key,
        }
    }

    /// As somebody whose cookie is fresh no more.
    fn asks(&self, visitor: &Visitor) -> Response {
        let stale = stale(visitor, &self.key);
        let request = visitor.get("/x").without_cookies();
        request.header("cookie", &stale).send()
    }
}

fn at(setup: Setup, server: &Redis) -> Setup {
    secrets::remember(redis::PASSWORD);
    let url = server.url();
    let lines = format!("[key_value_store.default]\ntype = \"redis\"\nurl = \"{url}\"\n");
    std::fs::write(setup.folder().join(CONFIG), lines).expect("our folder");
    setup.arguments(&["--runtime-config-file", CONFIG])
}

fn goes_on_and_ends(mut house: House) {
    let (ann, _) = signed_in(&house.gatelet);
    let (bob, _) = signed_in(&house.gatelet);
    house.asks(&ann).expect(200);
    house.gatelet.restart();
    house.asks(&ann).expect(200);
    let stale = stale(&ann, &house.key);
    sign_out(&ann);
    let copied = house.gatelet.visitor();
    let copied = copied.get("/x").header("cookie", &stale).send();
    assert_eq!(copied.status, 401, "{}", copied.description());
    house.asks(&bob).expect(200);
}

#[test]
fn a_session_goes_on_after_a_restart_and_ends_with_sign_out_in_a_file() {
    goes_on_and_ends(House::new(Engine::Sqlite, None));
}

#[test]
fn a_session_goes_on_after_a_restart_and_ends_with_sign_out_at_redis() {
    let server = Redis::start_new();
    goes_on_and_ends(House::new(Engine::Postgres, Some(&server)));
}

#[test]
fn without_redis_fresh_sessions_pass_stale_ones_get_503_and_nobody_signs_in() {
    let server = Redis::start_new();
    let house = House::new(Engine::Sqlite, Some(&server));
    let (ann, account) = signed_in(&house.gatelet);
    house.asks(&ann).expect(200);
    let other = house.gatelet.visitor();
    let page = other.visit("/auth/sign-in").send().expect(200);
    let form = page.form("/auth/sign-in");
    let form = form.fill("email", &account.email);
    let form = form.fill("password", &account.password);
    for silent in [true, false] {
        match silent {
            true => server.freeze(),
            false => server.stop(),
        }
        ann.get("/x").send().expect(200);
        let asked = Instant::now();
        house.asks(&ann).expect_denial(503, "store.unavailable");
        let refused = other.submit(&form, &page.url).send();
        refused.expect(503);
        assert!(asked.elapsed() < Duration::from_secs(25), "{asked:?}");
        assert!(other.jar().get("gatelet").is_none());
        std::thread::sleep(Duration::from_millis(1_100));
        ann.get("/health/ready").send().expect(503);
        match silent {
            true => server.thaw(),
            false => server.start(),
        }
        let until = Instant::now() + Duration::from_secs(20);
        while house.asks(&ann).status == 503 {
            assert!(Instant::now() < until, "it does not come back");
            std::thread::sleep(Duration::from_millis(200));
        }
        // What was silent has kept everything; what was started anew has nothing.
        let expected = if silent { 200 } else { 401 };
        assert_eq!(house.asks(&ann).status, expected);
    }
}

#[test]
fn a_store_that_is_none_or_not_granted_is_named_before_anything_is_served() {
    let setup = Setup::new(Engine::Sqlite).variable("session_store", "redis://localhost");
    let log = setup.refuse();
    assert!(
        log.contains("session_store: is neither empty nor key-value:NAME"),
        "{log}"
    );
    let setup = Setup::new(Engine::Sqlite).variable("session_store", "key-value:sessions");
    let log = setup.refuse();
    let says = "session_store: component.auth may not open the key-value store sessions";
    assert!(log.contains(says), "{log}");
}

#[test]
fn doctor_says_where_the_use_of_sessions_is_kept_and_whether_it_answers() {
    let server = Redis::start_new();
    let report = |store: &str| {
        let setup = at(Setup::new(Engine::Sqlite), &server).variable("session_store", store);
        assert!(setup.run(&["migrate"]).status.success());
        let output = setup.run(&["doctor", "--runtime-config-file", CONFIG]);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let says = report("");
    assert!(says.contains("kept in the database"), "{says}");
    let says = report(STORE);
    assert!(
        says.contains("kept in the key-value store default"),
        "{says}"
    );
    assert!(!says.contains("nobody is signed in without it"), "{says}");
    server.stop();
    let says = report(STORE);
    assert!(says.contains("nobody is signed in without it"), "{says}");
}
