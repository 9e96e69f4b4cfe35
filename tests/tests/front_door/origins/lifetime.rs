//! From when to when is an origin there? Made whole or not at all, over at once, gone
//! while people are using it, and made again.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use gatelet_tests::account::Account;
use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::gatelet::{Gatelet, session_key};
use gatelet_tests::postgres::{Cluster, Database};
use gatelet_tests::session_cookie::SessionCookie;
use gatelet_tests::upstream::Upstream;
use gatelet_tests::visitor::Visitor;
use gatelet_tests::{on_both_engines, through_both_doors};

use super::{name_of, preview, production, refused, run, wait_for, wait_for_every_instance};

on_both_engines! {
    a_preview_that_was_made_again_knows_nobody_of_the_one_before,
}

through_both_doors! {
    an_expired_preview_is_over_at_once_and_without_a_restart,
    what_is_under_way_at_a_preview_that_is_deleted_ends_whole,
}

/// Changes what is kept of origins behind everybody's back.
fn change(gatelet: &Gatelet, statement: &str) {
    gatelet.database().execute(statement);
    gatelet
        .database()
        .execute("UPDATE auth_origins_revision SET revision = revision + 1");
}

fn delete(gatelet: &Gatelet, branch: &str, url: &str) {
    let name = name_of(url);
    run(gatelet, &["preview", "delete", branch, "--confirm", &name]);
}

/// Asks with this session cookie and nothing else.
fn with(visitor: &Visitor, cookie: &str) -> gatelet_tests::response::Response {
    visitor
        .get("/headers")
        .without_cookies()
        .header("cookie", &format!("gatelet={cookie}"))
        .send()
}

fn a_preview_that_was_made_again_knows_nobody_of_the_one_before(engine: Engine) {
    let key = session_key("k1");
    let gatelet = production(engine).variable("session_keys", &key).start();
    let (url, visitor) = preview(&gatelet, &["feat"]);
    let account = Account::new("Ada Lovelace");
    account.sign_up(&visitor, "/").expect(303);
    let before = visitor.cookie("gatelet").expect("signed in").value;
    with(&visitor, &before).expect(200);

    delete(&gatelet, "feat", &url);
    wait_for(&visitor, false);
    let (again, visitor) = preview(&gatelet, &["feat"]);
    assert_eq!(again, url);
    // As it was, and as somebody would have it whose clock is a minute ahead.
    let ahead = SessionCookie::parse(&before);
    let ahead = SessionCookie {
        issued_at: ahead.issued_at + 55,
        ..ahead
    };
    for cookie in [before, ahead.signed_with(&key)] {
        let refused = with(&visitor, &cookie).expect_denial(401, "session.expired");
        let cleared = refused.set_cookie("gatelet=").expect("it is taken back");
        assert!(cleared.contains("Max-Age=0"), "{cleared}");
        let me = visitor
            .get("/auth/me")
            .without_cookies()
            .header("cookie", &format!("gatelet={cookie}"));
        me.send().expect(401);
    }
    account.sign_in(&visitor, "/").expect(401);
    account.sign_up(&visitor, "/").expect(303);
    visitor.get("/headers").send().expect(200);
}

fn an_expired_preview_is_over_at_once_and_without_a_restart(door: Door) {
    // The list is read once: what ends it is the clock.
    let mut gatelet = production(Engine::Postgres)
        .door(door)
        .variable("origins_refresh_seconds", "1")
        .start();
    let (url, visitor) = preview(&gatelet, &["brief", "--ttl", "1m"]);
    let account = Account::new("Ada Lovelace");
    account.sign_up(&visitor, "/").expect(303);
    visitor.get("/headers").send().expect(200);
    let ends = |seconds: u64| {
        format!(
            "UPDATE auth_origins SET created_at = 1, expires_at = extract(epoch FROM now())::bigint + {seconds}; \
             UPDATE preview_brief__shop.auth_tenants SET tenant = 'brief--shop@1'"
        )
    };
    change(&gatelet, &ends(12));
    gatelet.restart_with(&[("origins_refresh_seconds", "0")]);
    visitor.get("/headers").send().expect(200);
    visitor.get("/auth/me").send().expect(200);
    let over = Instant::now() + Duration::from_secs(14);
    while visitor.get("/headers").send().status.is_success() {
        assert!(Instant::now() < over, "still served");
        std::thread::sleep(Duration::from_millis(100));
    }
    let refused = visitor.get("/headers").send();
    refused.expect_denial(421, "origin.unknown");
    for path in [
        "/auth/me",
        "/auth/session",
        "/auth/sign-in",
        "/auth/callback/x",
    ] {
        let answer = visitor.visit(path).send();
        assert_eq!(answer.status.as_u16(), 421, "{}", answer.description());
    }
    // Nor is its cookie of use elsewhere.
    let cookie = visitor.cookie("gatelet").expect("it was signed in").value;
    with(&gatelet.visitor(), &cookie).expect_denial(401, "session.invalid");
    // Its name is free again, and nothing of it is left.
    let (again, visitor) = preview_without_refresh(&mut gatelet);
    assert_eq!(again, url);
    with(&visitor, &cookie).expect_denial(401, "session.expired");
    account.sign_in(&visitor, "/").expect(401);
}

/// Where the list is read at the start alone.
fn preview_without_refresh(gatelet: &mut Gatelet) -> (String, Visitor) {
    // What has expired is swept at the start, and now and then: when it is over by every
    // clock.
    let long_over = "UPDATE auth_origins SET expires_at = extract(epoch FROM now())::bigint - 400";
    change(gatelet, long_over);
    gatelet.restart();
    let start = Instant::now();
    while run(gatelet, &["preview", "list"]).lines().count() > 1 {
        assert!(start.elapsed() < Duration::from_secs(20), "not swept");
        std::thread::sleep(Duration::from_millis(100));
    }
    let url = run(gatelet, &["preview", "create", "brief"]);
    gatelet.restart();
    let visitor = gatelet.visitor_at(&url);
    wait_for(&visitor, true);
    (url, visitor)
}

fn what_is_under_way_at_a_preview_that_is_deleted_ends_whole(door: Door) {
    let upstream = Upstream::start();
    let gatelet = production(Engine::Postgres)
        .door(door)
        .upstream(&upstream)
        .start();
    let (url, visitor) = preview(&gatelet, &["busy"]);
    let account = Account::new("Ada Lovelace");
    account.sign_up(&visitor, "/").expect(303);
    let address = gatelet.address();
    let main = gatelet.visitor();
    account.sign_up(&main, "/").expect(303);

    let gone = &AtomicBool::new(false);
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| visitor.get("/slow/4000").send());
        let stream = scope.spawn(|| visitor.get("/events/40/100").send());
        // People sign up, all at once and again and again, while it goes.
        let people: Vec<_> = (0..4)
            .map(|_| {
                let url = &url;
                scope.spawn(move || {
                    let mut worst = Duration::ZERO;
                    let began = Instant::now();
                    while !gone.load(SeqCst) && began.elapsed() < Duration::from_secs(30) {
                        let person = Visitor::new(url).served_at(url, address);
                        let start = Instant::now();
                        let page = person.visit("/auth/sign-up").send();
                        if page.status != 200 {
                            super::expect_code(page, 421, "origin.unknown");
                        } else {
                            let somebody = Account::new("Somebody");
                            let form = page.form("/auth/sign-up");
                            let form = form
                                .fill("name", &somebody.name)
                                .fill("email", &somebody.email)
                                .fill("password", &somebody.password);
                            let answer = person.submit(&form, &page.url).send();
                            // Before, in the middle, after. Which of them it is, is the
                            // moment's; what each brings, the test below shows.
                            match answer.status.as_u16() {
                                303 => drop(answer),
                                503 => drop(super::expect_code(answer, 503, "store.schema")),
                                _ => drop(super::expect_code(answer, 421, "origin.unknown")),
                            }
                        }
                        worst = worst.max(start.elapsed());
                    }
                    worst
                })
            })
            .collect();
        let arrived = Instant::now();
        while upstream.seen_at("/slow").is_empty() || upstream.seen_at("/events").is_empty() {
            assert!(arrived.elapsed() < Duration::from_secs(10), "never arrived");
            std::thread::sleep(Duration::from_millis(10));
        }
        delete(&gatelet, "busy", &url);
        wait_for(&visitor, false);
        visitor
            .get("/headers")
            .send()
            .expect_denial(421, "origin.unknown");
        gone.store(true, SeqCst);
        for person in people {
            let worst = person.join().expect("nobody meets anything else");
            assert!(worst < Duration::from_secs(10), "somebody waited {worst:?}");
        }
        // What had been let in is answered whole.
        let answer = slow.join().expect("an answer").expect(200);
        assert_eq!(answer.json()["target"], "/slow/4000");
        let events = stream.join().expect("an answer").expect(200).text();
        assert!(events.contains("event 39"), "{events}");
        main.get("/x").send().expect(200);
    });
    let left = gatelet.database().value(
        "SELECT count(*) FROM information_schema.schemata WHERE schema_name LIKE 'preview\\_%'",
    );
    assert_eq!(left.as_deref(), Some("0"), "its schema is gone");
}

/// Before, in the middle and after: its users are gone, and who serves it has not heard.
#[test]
fn a_form_of_a_preview_that_is_deleted_meanwhile_is_told_so() {
    // The list is read at the start alone, and by no instance that begins later.
    let mut gatelet = production(Engine::Postgres)
        .arguments(&["--idle-instance-timeout", "10m"])
        .start();
    let (url, _) = preview(&gatelet, &["brief"]);
    gatelet.restart_with(&[("origins_refresh_seconds", "0")]);
    let filled = || {
        let (visitor, account) = (gatelet.visitor_at(&url), Account::new("Somebody"));
        let page = visitor.visit("/auth/sign-up").send().expect(200);
        let form = page
            .form("/auth/sign-up")
            .fill("name", &account.name)
            .fill("email", &account.email)
            .fill("password", &account.password);
        (visitor, form, page.url)
    };
    let [before, middle, after] = [filled(), filled(), filled()];
    let (visitor, form, page) = before;
    visitor.submit(&form, &page).send().expect(303);
    delete(&gatelet, "brief", &url);
    let (visitor, form, page) = middle;
    let answer = visitor.submit(&form, &page).send();
    let answer = super::expect_code(answer, 503, "store.schema");
    assert!(answer.set_cookie("gatelet=").is_none());
    gatelet.restart();
    let (visitor, form, page) = after;
    let answer = visitor.submit(&form, &page).send();
    super::expect_code(answer, 421, "origin.unknown");
}

#[test]
fn a_preview_whose_parent_is_gone_costs_its_own_host_alone() {
    let gatelet = production(Engine::Postgres).start();
    let own = format!(
        "base_url={}",
        gatelet.base_url().replace("localhost", "shop.localhost")
    );
    run(&gatelet, &["origins", "set", "shop", &own]);
    let (url, visitor) = preview(&gatelet, &["feat", "--parent", "shop"]);
    let (_, other) = preview(&gatelet, &["other"]);
    let said = refused(&gatelet, &["origins", "rm", "shop"]);
    assert!(said.contains(&name_of(&url)), "whose parent it is: {said}");

    change(&gatelet, "DELETE FROM auth_origins WHERE name = 'shop'");
    wait_for_status(&visitor, 500);
    let denied = visitor.get("/headers").send();
    let text = denied.text();
    denied.expect_denial(500, "settings.invalid");
    assert!(!text.contains("shop"), "the visitor learns nothing: {text}");
    let page = visitor.visit("/auth/sign-in").send().expect(500);
    assert!(!page.text().contains("shop"), "{}", page.description());
    gatelet.wait_for_line(&[&name_of(&url), "its parent shop is gone"]);
    other.get("/auth/session").send().expect(200);
    gatelet.visitor().get("/auth/session").send().expect(200);

    // Back with its parent, or gone for good; both without a restart.
    run(&gatelet, &["origins", "set", "shop", &own]);
    wait_for(&visitor, true);
    run(
        &gatelet,
        &[
            "preview",
            "delete",
            "feat",
            "--parent",
            "shop",
            "--confirm",
            &name_of(&url),
        ],
    );
    wait_for(&visitor, false);
}

#[test]
fn what_no_origin_may_say_is_refused_by_name_and_costs_its_own_host_where_it_is_kept() {
    let gatelet = production(Engine::Postgres).start();
    let output = gatelet
        .setup()
        .run(&["preview", "create", "x", "--override", "colour=red"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && said.contains("colour: is no setting"),
        "{said}"
    );
    let rows = "SELECT count(*) FROM auth_origins";
    assert_eq!(gatelet.database().value(rows).as_deref(), Some("0"));

    let (_, good) = preview(&gatelet, &["good"]);
    let (_, bad) = preview(&gatelet, &["bad"]);
    for (name, value) in [
        ("colour", "red"),
        ("session_keys", "k9:AAAA"),
        ("session_fresh_seconds", "soon"),
    ] {
        change(
            &gatelet,
            &format!(
                "UPDATE auth_origins SET settings = jsonb_set(settings::jsonb, '{{{name}}}', '\"{value}\"')::text WHERE branch = 'bad'"
            ),
        );
        wait_for_status(&bad, 500);
        let line = gatelet.wait_for_line(&["bad--shop", name]);
        assert!(!line.contains(value), "values may be secrets: {line}");
        good.get("/auth/session").send().expect(200);
        change(
            &gatelet,
            &format!(
                "UPDATE auth_origins SET settings = (settings::jsonb - '{name}')::text WHERE branch = 'bad'"
            ),
        );
        // Of the gateway and of auth: each learns of it by itself.
        wait_for_status(&bad, 401);
        wait_for(&bad, true);
    }
}

/// Until the gateway answers somebody unknown like this, and `auth` has had the time to learn
/// of the same.
#[track_caller]
fn wait_for_status(visitor: &Visitor, status: u16) {
    let start = Instant::now();
    while visitor.get("/headers").send().status.as_u16() != status {
        assert!(start.elapsed() < Duration::from_secs(20), "never {status}");
        std::thread::sleep(Duration::from_millis(50));
    }
    wait_for_every_instance(start);
}

/// Whatever a database of one's own may be that is none.
#[test]
fn a_preview_whose_database_cannot_be_used_is_not_made_at_all() {
    let elsewhere = Cluster::start_new();
    let good = elsewhere.database();
    let refuses = elsewhere.database();
    // Something in it fails after the schema is there.
    refuses.execute(
        "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no more tables'; END $$; \
         CREATE EVENT TRIGGER no ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION no()",
    );
    let read_only = elsewhere.database();
    read_only.set_read_only(true);
    let gatelet = production(Engine::Postgres)
        .variable("database_host", "postgres://127.0.0.1:*")
        .start();
    let nowhere = "postgres://gatelet:hunter2-of-nobody@127.0.0.1:1/nothing";
    let wrong = good.url.replace("gatelet:", "gatelet:hunter2-of-nobody");
    let no_such = good.url.replace("gatelet_test", "no_such");
    for (case, url) in [
        ("nobody listens", nowhere),
        ("a wrong password", wrong.as_str()),
        ("no such database", no_such.as_str()),
        (
            "not where components may go",
            "postgres://x:hunter2-of-nobody@192.0.2.1/x",
        ),
        ("no database", "mongodb://x:hunter2-of-nobody@127.0.0.1/x"),
        ("it takes no tables", refuses.url.as_str()),
        ("it takes no writes", read_only.url.as_str()),
    ] {
        let start = Instant::now();
        let output = gatelet.setup().run_with(
            &["preview", "create", "own", "--own-database"],
            &[("GATELET_PREVIEW_DATABASE_URL", url)],
        );
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        assert!(!output.status.success(), "{case}: {said}");
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "{case}: {:?}",
            start.elapsed()
        );
        assert_eq!(said.lines().count(), 1, "{case}: {said}");
        assert!(!said.contains("hunter2"), "{case}: {said}");
        assert!(
            output.stdout.is_empty(),
            "{case}: no URL of what is not there"
        );
        let rows = "SELECT string_agg(name || ' ' || state, ',') FROM auth_origins";
        assert_eq!(gatelet.database().value(rows), None, "{case}: no record");
    }
    read_only.set_read_only(false);
    for database in [&good, &refuses, &read_only, gatelet.database()] {
        assert_eq!(schemas(database), "0", "no schema is left");
    }
    // The name is as good as new.
    let output = gatelet.setup().run_with(
        &["preview", "create", "own", "--own-database"],
        &[("GATELET_PREVIEW_DATABASE_URL", &good.url)],
    );
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let url = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let visitor = gatelet.visitor_at(&url);
    wait_for(&visitor, true);
    let account = Account::new("Ada Lovelace");
    account.sign_up(&visitor, "/").expect(303);
    assert!(good.contains(&account.email) && !gatelet.database().contains(&account.email));
    assert!(!gatelet.database().contains("scram") && !gatelet.database().contains("p0stgres"));

    // Its database is away: its own sign-in waits, and nobody else's.
    elsewhere.stop();
    let answer = account.sign_in(&gatelet.visitor_at(gatelet.base_url()), "/");
    answer.expect(401);
    let refused = account.sign_in(&gatelet.visitor_at(&url), "/").expect(503);
    assert!(
        refused.text().contains("<code>store.unavailable</code>"),
        "{}",
        refused.description()
    );
    elsewhere.start();
    let back = Instant::now();
    while account.sign_in(&gatelet.visitor_at(&url), "/").status != 303 {
        assert!(back.elapsed() < Duration::from_secs(20), "still away");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn schemas(database: &Database) -> String {
    let count =
        "SELECT count(*) FROM information_schema.schemata WHERE schema_name LIKE 'preview\\_%'";
    database.value(count).expect("a number")
}
