//! `gatelet disable` and `gatelet enable`: with login off everything passes as nobody's,
//! at every door and before middleware, and nothing but an operator's word opens.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::commands::{refused, run};
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::raw_socket::RawSocket;
use gatelet_tests::through_both_doors;
use gatelet_tests::upstream::Upstream;
use http::Method;
use serde_json::Value;

through_both_doors! {
    with_login_off_everything_passes_as_nobodys_and_accounts_stay,
    no_request_fails_while_login_is_switched,
}

const PATIENCE: Duration = Duration::from_secs(30);

fn before(upstream: &Upstream, door: Door) -> Setup {
    Setup::new(Engine::Sqlite)
        .upstream(upstream)
        .door(door)
        .variable("access_rules", "/staff/* group staff")
        .variable("origins_refresh_seconds", "1")
}

/// Waits until this path answers a stranger so.
#[track_caller]
fn until(gatelet: &Gatelet, path: &str, status: u16) {
    let began = Instant::now();
    let visitor = gatelet.visitor();
    while visitor.get(path).send().status != status {
        assert!(
            began.elapsed() < PATIENCE,
            "{path} does not become {status}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Switches login off or on, and waits until every part goes by it.
#[track_caller]
fn switch(gatelet: &Gatelet, word: &str) {
    run(gatelet, &[word]);
    let (app, auth) = match word {
        "disable" => (200, 503),
        _ => (401, 200),
    };
    until(gatelet, "/a", app);
    until(gatelet, "/auth/session", auth);
}

fn with_login_off_everything_passes_as_nobodys_and_accounts_stay(door: Door) {
    let upstream = Upstream::start();
    let gatelet = before(&upstream, door).start();
    let (visitor, _) = signed_in(&gatelet);
    let id = visitor.get("/auth/me").send().expect(200).json()["id"].clone();
    visitor
        .get("/staff/a")
        .send()
        .expect_denial(403, "access.group");

    switch(&gatelet, "disable");
    for (who, path) in [(&visitor, "/one"), (&gatelet.visitor(), "/staff/two")] {
        let spoofed = who
            .get(path)
            .header("x-forwarded-user", "root")
            .header("x_forwarded_groups", "root")
            .header("remote-user", "root")
            .header("x-kept", "yes");
        spoofed.send().expect(200);
        let seen = upstream.seen_at(path);
        let fields = format!("{:?}", seen[0].headers);
        assert!(!fields.contains("root"), "{fields}");
        assert!(!fields.contains("x-forwarded-user"), "{fields}");
        assert!(!fields.contains("gatelet"), "our cookie is ours: {fields}");
        assert_eq!(seen[0].headers["x-kept"], "yes");
    }
    let body = vec![b'x'; 300_000];
    let sent = visitor.request(Method::POST, "/mirror").body(body.clone());
    assert_eq!(sent.send().expect(200).body, body);
    for path in ["/auth/me", "/auth/check", "/auth/console", "/auth/docs"] {
        let denied = visitor.get(path).header("accept", "application/json");
        denied.send().expect_denial(503, "login.off");
    }
    let page = visitor.visit("/auth/sign-in").send().expect(503).text();
    assert!(page.contains("Login is off"), "{page}");
    // What is no request for this origin is still none.
    let request = "GET /a HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    let answer = RawSocket::exchange(gatelet.address(), request);
    assert!(answer.starts_with("HTTP/1.1 421 "), "{answer}");

    switch(&gatelet, "enable");
    let back = visitor.get("/auth/me").send().expect(200).json();
    assert_eq!(back["id"], id, "the same user, still signed in");
    visitor.get("/back").send().expect(200);
    let seen = upstream.seen_at("/back");
    assert_eq!(
        seen[0].headers["x-forwarded-user"],
        id.as_str().expect("an id")
    );
    visitor
        .get("/staff/a")
        .send()
        .expect_denial(403, "access.group");
}

fn no_request_fails_while_login_is_switched(door: Door) {
    let upstream = Upstream::start();
    let gatelet = before(&upstream, door).start();
    let (visitor, _) = signed_in(&gatelet);
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let asking = || {
            let mine = gatelet.visitor().with_cookies_of(&visitor);
            let mut count = 0;
            while !is_over.load(Ordering::Relaxed) {
                mine.get("/a").send().expect(200);
                let sent = mine.request(Method::POST, "/mirror").body("hello");
                assert_eq!(sent.send().expect(200).text(), "hello");
                count += 2;
            }
            count
        };
        let asked: Vec<_> = (0..3).map(|_| scope.spawn(asking)).collect();
        for word in ["disable", "enable", "disable", "enable"] {
            run(&gatelet, &[word]);
            let app = if word == "disable" { 200 } else { 401 };
            until(&gatelet, "/b", app);
        }
        is_over.store(true, Ordering::Relaxed);
        for asked in asked {
            let count = asked.join().expect("no request failed");
            assert!(count > 20, "only {count} requests");
        }
    });
}

#[test]
fn websockets_pass_as_nobodys_where_login_is_off() {
    let upstream = Upstream::start();
    let gatelet = before(&upstream, Door::Gate).start();
    let stranger = gatelet.visitor();
    assert_eq!(stranger.converse("/socket", &["one"]), Err(401));
    let (visitor, _) = signed_in(&gatelet);
    switch(&gatelet, "disable");
    for who in [&stranger, &visitor] {
        let said = who.converse("/socket", &["one"]).expect("it opens");
        assert_eq!(said, ["nobody", "one"]);
    }
}

#[test]
fn middleware_lets_everybody_through_as_nobody_where_login_is_off() {
    let gatelet = Setup::new(Engine::Sqlite)
        .application("examples/hello", |manifest| manifest)
        .start();
    let (visitor, account) = signed_in(&gatelet);
    let greeting = visitor.get("/").send().expect(200).text();
    assert!(greeting.contains(&account.email), "{greeting}");
    run(&gatelet, &["disable"]);
    until(&gatelet, "/", 200);
    for who in [&visitor, &gatelet.visitor()] {
        let spoofed = who.get("/").header("x-forwarded-email", "root@example.com");
        assert_eq!(
            spoofed.send().expect(200).text(),
            "Hello, whoever you are.\n"
        );
    }
    run(&gatelet, &["enable"]);
    until(&gatelet, "/", 401);
    assert_eq!(visitor.get("/").send().expect(200).text(), greeting);
}

#[test]
fn that_login_is_off_is_said_loudly_and_by_whom() {
    let upstream = Upstream::start();
    let gatelet = before(&upstream, Door::Gate).start();
    let status = |arguments: &[&str]| -> Value {
        let said = run(&gatelet, &[&["status", "--json"], arguments].concat());
        serde_json::from_str(&said).expect("JSON")
    };
    let on = status(&[]);
    assert_eq!(
        (&on["login"], &on["saidBy"]),
        (&"on".into(), &"variable".into())
    );
    assert_eq!(on["baseUrl"], gatelet.base_url());
    assert_eq!(
        (&on["origin"], &on["profile"]),
        (&"main".into(), &"default".into())
    );
    let said = run(&gatelet, &["disable"]);
    assert!(said.contains("LOGIN IS OFF"), "{said}");
    gatelet.wait_for_line(&["LOGIN IS OFF", gatelet.base_url()]);
    let off = status(&[]);
    assert_eq!(
        (&off["login"], &off["saidBy"]),
        (&"off".into(), &"switch".into())
    );
    let doctor = run(&gatelet, &["doctor"]);
    assert!(doctor.contains("LOGIN IS OFF at"), "{doctor}");
    let audit = run(&gatelet, &["audit", "--event", "login.switched_off"]);
    assert!(audit.contains("operator"), "{audit}");
    // The switch is no origin.
    assert!(!run(&gatelet, &["origins", "list"]).contains("-main"));
    let again = run(&gatelet, &["disable", "--json"]);
    let again: Value = serde_json::from_str(&again).expect("JSON");
    assert_eq!(again["changed"], false);
    run(&gatelet, &["enable"]);
    gatelet.wait_for_line(&["login is no longer off at", gatelet.base_url()]);
}

#[test]
fn a_preview_has_its_parents_switch_and_switches_nothing() {
    let upstream = Upstream::start();
    let setup = before(&upstream, Door::Gate).variable("app_name", "shop");
    // Whatever is below `localhost` is this machine's.
    let domain = setup.base_url().to_owned();
    let gatelet = setup.variable("preview_domain", &domain).start();
    let create = ["preview", "create", "feat"];
    let off = ["--override", "login=off"];
    let said = refused(&gatelet, &[&create[..], &off].concat());
    assert!(said.contains("login: no branch switches it"), "{said}");
    let made = run(&gatelet, &[&create[..], &["--json"]].concat());
    let made: Value = serde_json::from_str(&made).expect("JSON");
    let (name, url) = (made["name"].as_str(), made["url"].as_str());
    let (name, url) = (name.expect("a name"), url.expect("a URL"));
    let at = |url: &str, status: u16| {
        let began = Instant::now();
        let visitor = gatelet.visitor_at(url);
        while visitor.get("/a").send().status != status {
            assert!(began.elapsed() < PATIENCE, "{url} does not become {status}");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    let main = gatelet.base_url();
    at(url, 401);
    // An operator's word about the preview is the preview's alone.
    run(&gatelet, &["disable", "--origin", name]);
    at(url, 200);
    at(main, 401);
    run(&gatelet, &["enable", "--origin", name]);
    at(url, 401);
    // And what is said of production holds for what starts from it.
    run(&gatelet, &["disable"]);
    at(main, 200);
    at(url, 200);
    run(&gatelet, &["enable", "--origin", name]);
    at(url, 401);
    at(main, 200);
}

#[test]
fn a_word_that_is_neither_on_nor_off_stops_the_start() {
    for word in ["OFF", "false", "disabled"] {
        let said = Setup::new(Engine::Sqlite).variable("login", word).refuse();
        assert!(
            said.contains("login: is neither on nor off"),
            "{word}: {said}"
        );
    }
}

#[test]
fn login_that_a_variable_switches_off_is_off_from_the_start() {
    let upstream = Upstream::start();
    let gatelet = before(&upstream, Door::Gate)
        .variable("login", "off")
        .start();
    gatelet.wait_for_line(&["LOGIN IS OFF", gatelet.base_url()]);
    gatelet.visitor().get("/a").send().expect(200);
    switch(&gatelet, "enable");
    gatelet
        .visitor()
        .get("/a")
        .send()
        .expect_denial(401, "session.none");
}

/// What a server goes by it read at its start, and maybe elsewhere.
#[test]
fn enable_counts_for_a_server_that_was_started_with_another_variable() {
    let upstream = Upstream::start();
    let gatelet = before(&upstream, Door::Gate)
        .variable("login", "off")
        .start();
    gatelet.visitor().get("/a").send().expect(200);
    let elsewhere = ["enable", "--json", "--variable", "login=on"];
    let told: Value = serde_json::from_str(&run(&gatelet, &elsewhere)).expect("JSON");
    assert_eq!(
        (&told["changed"], &told["saidBy"]),
        (&true.into(), &"switch".into())
    );
    let began = Instant::now();
    while gatelet.visitor().get("/a").send().status != 401 {
        assert!(began.elapsed() < PATIENCE, "it is still open");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_origins_login_is_switched_by_nothing_that_leaves_no_trace() {
    let upstream = Upstream::start();
    let gatelet = before(&upstream, Door::Gate).start();
    let own = gatelet.base_url().replace("localhost", "own.localhost");
    let set = [
        "origins",
        "set",
        "own",
        &format!("base_url={own}"),
        "login=off",
    ];
    let said = refused(&gatelet, &set);
    assert!(said.contains("gatelet disable --origin own"), "{said}");
}

#[test]
fn enable_says_what_a_fresh_set_up_has_and_what_it_lacks() {
    let setup = Setup::new(Engine::Sqlite).without("session_keys");
    let output = setup.run(&["enable", "--json"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(told["sessionKeyMadeIn"].is_string(), "{told}");
    assert_eq!((&told["login"], &told["fit"]), (&"on".into(), &true.into()));
    let state = |name: &str| {
        let facts = told["facts"].as_array().expect("a list");
        let fact = facts.iter().find(|fact| fact["name"] == name);
        fact.unwrap_or_else(|| panic!("nothing about {name}"))["state"].clone()
    };
    for (name, expected) in [
        ("database", "on"),
        ("password", "on"),
        ("providers", "off"),
        ("mail", "off"),
        ("magic-link", "off"),
    ] {
        assert_eq!(state(name), expected, "{name}");
    }
    let key = std::fs::read_to_string(setup.folder().join(".gatelet/env")).expect("a file");
    assert!(key.contains("SPIN_VARIABLE_SESSION_KEYS="), "it is kept");
    assert!(!told.to_string().contains("k1:"), "and shown nowhere");

    let nowhere = Setup::new(Engine::Sqlite)
        .variable("database_url", "postgres://nobody@127.0.0.1:1/x")
        .variable("database_host", "postgres://127.0.0.1:1");
    let output = nowhere.run(&["enable"]);
    assert!(!output.status.success());
}
