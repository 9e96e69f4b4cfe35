//! Users in MariaDB, from the sign-up to the operator's tools.

use gatelet_tests::account::{Account, sign_out, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::commands::run;
use gatelet_tests::gatelet::{Gatelet, Setup, session_key};
use gatelet_tests::mariadb::{Database, Server};
use gatelet_tests::section::Section;
use gatelet_tests::session_cookie::stale;
use gatelet_tests::visitor::Visitor;
use serde_json::Value;

use super::expect_503;
use crate::origins::{preview, production_of};

const ACCOUNT: Section = Section("/auth/account");

/// Every request asks the database.
fn asking_always(database: &Database) -> Setup {
    Setup::new(Engine::Sqlite)
        .variable("session_fresh_seconds", "0")
        .on_mariadb(database)
}

fn is_in(visitor: &Visitor) -> bool {
    visitor.get("/headers").send().status == 200
}

fn json(gatelet: &Gatelet, arguments: &[&str]) -> Value {
    serde_json::from_str(&run(gatelet, arguments)).expect("JSON")
}

#[test]
fn people_sign_up_in_out_and_out_everywhere() {
    let mut gatelet = asking_always(&Database::fresh()).start();
    let (first, account) = signed_in(&gatelet);
    let greeting = first.visit("/").send().expect(200).text();
    assert!(greeting.contains(&account.name), "{greeting}");

    let wrong = Account {
        password: "another-Password-1".into(),
        ..account.clone()
    };
    wrong.sign_in(&gatelet.visitor(), "/").expect(401);

    let others: Vec<_> = (0..3)
        .map(|_| {
            let other = gatelet.visitor();
            account.sign_in(&other, "/").expect(303);
            other
        })
        .collect();
    gatelet.restart();
    assert!(is_in(&first) && others.iter().all(is_in));

    sign_out(&others[0]);
    assert!(!is_in(&others[0]) && is_in(&others[1]));
    let answer = ACCOUNT.submit(&first, "sessions", &[("act", "end-others")]);
    ACCOUNT.expect_done(answer, "sessions", "others-ended");
    assert!(is_in(&first) && !others.iter().any(is_in));

    let log = gatelet.log();
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
}

#[test]
fn a_preview_has_tables_of_its_own_and_goes_with_its_users() {
    let database = Database::fresh();
    let gatelet = production_of(asking_always(&database)).start();
    let (url, visitor) = preview(&gatelet, &["feat/login"]);
    assert!(url.contains("feat-login"), "{url}");
    let (main, account) = signed_in(&gatelet);
    assert!(!is_in(&visitor));
    account.sign_in(&visitor, "/").expect(401);
    account.sign_up(&visitor, "/").expect(303);
    assert!(is_in(&main) && is_in(&visitor));

    let tables = "SELECT COUNT(*) FROM information_schema.tables \
                  WHERE table_schema = DATABASE() AND table_name LIKE '%\\_\\_auth\\_users'";
    assert_eq!(database.value(tables).as_deref(), Some("1"));
    let deleted = run(&gatelet, &["preview", "delete", "feat/login"]);
    assert!(deleted.contains("users"), "{deleted}");
    let left = "SELECT COUNT(*) FROM information_schema.tables \
                WHERE table_schema = DATABASE() AND table_name LIKE '%\\_\\_auth\\_%'";
    assert_eq!(database.value(left).as_deref(), Some("0"));
    assert!(is_in(&main), "the main tables stay");
}

#[test]
fn operators_see_and_end_what_there_is() {
    let database = Database::fresh();
    let gatelet = asking_always(&database).start();
    let (visitor, account) = signed_in(&gatelet);
    let shown = json(&gatelet, &["users", "show", &account.email, "--json"]);
    let id = shown["id"].as_str().expect("an id").to_owned();
    assert_eq!(shown["sessions"], 1);
    let sessions = json(&gatelet, &["sessions", "list", "--user", &id, "--json"]);
    assert_eq!(sessions["sessions"].as_array().map(Vec::len), Some(1));
    run(&gatelet, &["users", "disable", &account.email]);
    assert!(!is_in(&visitor));
    let events = run(&gatelet, &["audit", "--user", &account.email]);
    assert!(events.contains("account.switched_off"), "{events}");

    let doctor = gatelet.setup().run(&["doctor"]);
    let told = String::from_utf8_lossy(&doctor.stdout);
    assert!(doctor.status.success(), "{told}");
    let port = database.host.replace("mysql://", "");
    for part in ["MariaDB 1", "up to date", &format!("mysql://{port}")] {
        assert!(told.contains(part), "{part}: {told}");
    }
    run(&gatelet, &["disable"]);
    let enabled = run(&gatelet, &["enable"]);
    assert!(enabled.contains("MariaDB 1"), "{enabled}");
}

#[test]
fn a_right_that_is_missing_ends_the_start_at_once_and_doctor_says_which() {
    let database = Database::fresh().of_user_with("SELECT, INSERT, UPDATE, DELETE");
    let log = asking_always(&database).refuse();
    let line = log.lines().last().unwrap_or_default();
    assert!(
        line.contains("database_url") && line.contains("GRANT ALL ON"),
        "{log}"
    );
    let doctor = asking_always(&database).run(&["doctor"]);
    let told = String::from_utf8_lossy(&doctor.stdout);
    assert!(!doctor.status.success(), "{told}");
    assert!(
        told.contains("CREATE command denied") && told.contains("GRANT ALL ON"),
        "{told}"
    );
}

#[test]
fn a_server_that_will_not_do_ends_the_start_at_once_with_what_would() {
    let by_statements = ["--log-bin", "--server-id=1", "--binlog-format=STATEMENT"];
    for (options, mend) in [
        (&["--sql-mode="][..], "STRICT_TRANS_TABLES"),
        (&by_statements[..], "binlog_format = STATEMENT"),
    ] {
        let server = Server::start_with(options);
        let log = asking_always(&server.database()).refuse();
        let line = log.lines().last().unwrap_or_default();
        let told = line.contains("this server will not do") && line.contains(mend);
        assert!(told, "{log}");
        // Not by the second try, which finds that it is of no use.
        let at_once = !line.contains("cannot be brought up to date");
        assert!(at_once, "{log}");
    }
}

#[test]
fn without_the_server_fresh_sessions_pass_and_stale_ones_get_503() {
    let server = Server::start_new();
    let key = session_key("k1");
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("session_keys", &key)
        .on_mariadb(&server.database())
        .start();
    let (visitor, account) = signed_in(&gatelet);
    let stale = stale(&visitor, &key);
    let with_stale = || {
        let request = visitor.get("/headers").without_cookies();
        request.header("cookie", &stale).send()
    };
    with_stale().expect(200);
    server.stop();
    visitor.get("/headers").send().expect(200);
    expect_503(with_stale(), "store.unavailable");
    server.start();
    with_stale().expect(200);
    account.sign_in(&gatelet.visitor(), "/").expect(303);
}
