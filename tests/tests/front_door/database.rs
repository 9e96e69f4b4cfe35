//! The database is away, full, or takes no writes.

use std::time::Duration;

use gatelet_tests::account::{Account, sign_out, signed_in};
use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::gatelet::Setup;
use gatelet_tests::postgres::{Cluster, Database};
use gatelet_tests::response::Response;
use gatelet_tests::session_cookie::stale;
use gatelet_tests::through_both_doors;
use gatelet_tests::upstream::Upstream;

mod mysql;
mod rented;
mod silent;

through_both_doors! {
    without_the_database_fresh_sessions_pass_and_stale_ones_get_503,
}

const IDLE: &str = "SELECT idle_expires_at FROM auth_sessions ORDER BY created_at LIMIT 1";

/// Makes the next request slide every session; gives what [`IDLE`] says before that.
fn let_it_slide(database: &Database) -> Option<String> {
    database.execute("UPDATE auth_sessions SET idle_expires_at = idle_expires_at - 1000");
    database.value(IDLE)
}

#[track_caller]
fn expect_503(answer: Response, code: &str) {
    let answer = answer.expect_denial(503, code);
    let seconds: u32 = answer
        .header("retry-after")
        .parse()
        .expect("Retry-After in seconds");
    assert!((1..=60).contains(&seconds));
}

fn without_the_database_fresh_sessions_pass_and_stale_ones_get_503(door: Door) {
    let cluster = Cluster::start_new();
    let upstream = Upstream::start();
    let key = gatelet_tests::gatelet::session_key("k1");
    let gatelet = Setup::new(Engine::Sqlite)
        .on(cluster.database())
        .variable("session_keys", &key)
        .upstream(&upstream)
        .door(door)
        .start();
    let (visitor, account) = signed_in(&gatelet);
    let stale = stale(&visitor, &key);
    let with_stale = || {
        visitor
            .get("/x")
            .without_cookies()
            .header("cookie", &stale)
            .send()
    };
    with_stale().expect(200);
    let sign_in_page = gatelet.visitor();
    let form_page = sign_in_page.visit("/auth/sign-in").send().expect(200);

    cluster.stop();
    visitor.get("/x").send().expect(200);
    expect_503(with_stale(), "store.unavailable");
    let page = visitor
        .visit("/x")
        .without_cookies()
        .header("cookie", &stale)
        .send()
        .expect(503);
    assert!(
        page.header("content-type").starts_with("text/html"),
        "{}",
        page.description()
    );
    gatelet
        .visitor()
        .get("/x")
        .send()
        .expect_denial(401, "session.none");
    // Nobody is let in, and nobody is told that their password is wrong.
    let form = form_page
        .form("/auth/sign-in")
        .fill("email", &account.email)
        .fill("password", &account.password);
    let refused = sign_in_page
        .submit(&form, &form_page.url)
        .send()
        .expect(503);
    assert!(
        !refused.header("retry-after").is_empty(),
        "{}",
        refused.description()
    );
    assert!(sign_in_page.jar().get("gatelet").is_none());
    // What was asked a second ago at most is not asked again.
    std::thread::sleep(Duration::from_millis(1_100));
    visitor.get("/health/ready").send().expect(503);
    visitor.get("/health/live").send().expect(200);

    cluster.start();
    let mut answer = with_stale();
    for _ in 0..100 {
        if answer.status.is_success() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
        answer = with_stale();
    }
    answer.expect(200);
    account.sign_in(&gatelet.visitor(), "/").expect(303);
}

#[test]
fn a_start_without_the_database_says_so_and_goes_on_when_it_comes() {
    let cluster = Cluster::start_new();
    let database = cluster.database();
    cluster.stop();
    let mut gatelet = Setup::new(Engine::Sqlite).on(database).start_unready();
    let at = format!("127.0.0.1:{}", cluster.port());
    gatelet.wait_for_line(&["WARN", "waiting for the database", &at]);
    assert!(!gatelet.log().contains("serving "), "{}", gatelet.log());
    cluster.start();
    gatelet.wait_until("/health/ready");
    let (visitor, _) = signed_in(&gatelet);
    visitor.visit("/").send().expect(200);
}

#[test]
fn a_read_only_database_keeps_sessions_and_makes_none() {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Postgres)
        .upstream(&upstream)
        .variable("session_fresh_seconds", "0")
        .start();
    let (visitor, account) = signed_in(&gatelet);
    let before = let_it_slide(gatelet.database());
    gatelet.database().set_read_only(true);
    // Found, though its idle expiry cannot slide.
    visitor.get("/x").send().expect(200);
    assert_eq!(gatelet.database().value(IDLE), before);
    for _ in 0..3 {
        let newcomer = gatelet.visitor();
        let refused = account.sign_in(&newcomer, "/").expect(503);
        assert!(
            refused.text().contains("store.read_only"),
            "{}",
            refused.description()
        );
        assert!(newcomer.jar().get("gatelet").is_none());
    }
    let refused = Account::new("New")
        .sign_up(&gatelet.visitor(), "/")
        .expect(503);
    assert!(refused.text().contains("store.read_only"));
    // Signing out clears the browser though the row stays, and says so.
    let copy = gatelet.visitor().with_cookies_of(&visitor);
    let answer = sign_out(&copy).expect(503);
    assert!(
        answer.text().contains("session.not_ended"),
        "{}",
        answer.description()
    );
    assert!(copy.jar().get("gatelet").is_none());
    visitor.get("/x").send().expect(200);

    gatelet.database().set_read_only(false);
    visitor.get("/x").send().expect(200);
    assert_ne!(gatelet.database().value(IDLE), before, "now it slides");
    account.sign_in(&gatelet.visitor(), "/").expect(303);
}

#[test]
fn a_full_database_is_told_apart() {
    let gatelet = Setup::new(Engine::Postgres)
        .variable("session_fresh_seconds", "0")
        .start();
    let (visitor, account) = signed_in(&gatelet);
    let before = let_it_slide(gatelet.database());
    // No disk is filled for this: a trigger raises what a full one raises (53100).
    gatelet.database().execute(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$; \
         CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON auth_sessions FOR EACH ROW EXECUTE FUNCTION full_disk()",
    );
    let newcomer = gatelet.visitor();
    let refused = account.sign_in(&newcomer, "/").expect(503);
    assert!(
        refused.text().contains("store.full"),
        "{}",
        refused.description()
    );
    assert!(newcomer.jar().get("gatelet").is_none());
    // Found, though its idle expiry cannot slide.
    visitor.visit("/").send().expect(200);
    assert_eq!(gatelet.database().value(IDLE), before);
    gatelet
        .database()
        .execute("DROP TRIGGER full_disk ON auth_sessions");
    account.sign_in(&gatelet.visitor(), "/").expect(303);
}

#[test]
fn the_embedded_database_is_where_spin_keeps_it() {
    let gatelet = Setup::new(Engine::Sqlite).start();
    let (_, account) = signed_in(&gatelet);
    let file = gatelet.setup().folder().join(".spin/sqlite_db.db");
    let bytes = std::fs::read(&file).expect("the file");
    let wal = std::fs::read(file.with_extension("db-wal")).unwrap_or_default();
    let holds = |text: &str| {
        [&bytes, &wal]
            .iter()
            .any(|file| file.windows(text.len()).any(|part| part == text.as_bytes()))
    };
    assert!(holds(&account.email));
    assert!(!holds(&account.password), "passwords are hashed");
}

#[test]
fn a_copy_of_the_embedded_database_that_is_in_use_has_everybody() {
    use std::os::unix::fs::PermissionsExt as _;
    let gatelet = Setup::new(Engine::Sqlite).start();
    let (_, account) = signed_in(&gatelet);
    let copied = || gatelet.setup().run(&["backup", "copies/one.db"]);
    let first = copied();
    assert!(first.status.success(), "{first:?}");
    let copy = gatelet.setup().folder().join("copies/one.db");
    let mode = std::fs::metadata(&copy)
        .expect("a copy")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    // None is lost to a second one of the same name.
    let second = copied();
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(
        !second.status.success() && said.contains("is there already"),
        "{said}"
    );
    let other = Setup::new(Engine::Sqlite);
    let folder = other.folder().join(".spin");
    std::fs::create_dir_all(&folder).expect("a folder of ours");
    std::fs::copy(copy, folder.join("sqlite_db.db")).expect("a copy");
    account.sign_in(&other.start().visitor(), "/").expect(303);
}

#[test]
fn a_newer_schema_is_refused_at_start_unless_it_says_otherwise() {
    let database = Database::fresh();
    let first = Setup::new(Engine::Sqlite).on(database.clone()).start();
    drop(first);
    let table = database
        .value("SELECT table_name FROM information_schema.tables WHERE table_name LIKE '%migration%' OR table_name LIKE '%schema%' AND table_schema = 'public'")
        .expect("migrations are recorded");
    let columns = database.value(&format!("SELECT string_agg(column_name, ',') FROM information_schema.columns WHERE table_name = '{table}'"));
    let columns = columns.expect("columns");
    let select: Vec<&str> = columns
        .split(',')
        .map(|column| if column == "version" { "9999" } else { column })
        .collect();
    database.execute(&format!(
        "INSERT INTO {table} ({columns}) SELECT {} FROM {table} LIMIT 1",
        select.join(",")
    ));
    // As long as programs like this one can live with it, it is served.
    let beside = Setup::new(Engine::Sqlite).on(database.clone()).start();
    signed_in(&beside).0.visit("/").send().expect(200);
    database.execute("UPDATE auth_compatibility SET oldest_program = 9999");
    let log = Setup::new(Engine::Sqlite).on(database).refuse();
    assert!(
        log.contains("newer than") && log.contains("database_url"),
        "{log}"
    );
}

#[test]
fn three_starts_at_once_migrate_once() {
    let database = Database::fresh();
    let gatelets: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| Setup::new(Engine::Sqlite).on(database.clone()).start()))
            .collect();
        let started = |start: std::thread::ScopedJoinHandle<'_, _>| start.join().expect("ready");
        starts.into_iter().map(started).collect()
    });
    let applied = gatelets
        .iter()
        .filter(|gatelet| gatelet.log().contains("applied 0001 "));
    assert_eq!(applied.count(), 1, "one did it, and the others waited");
    for gatelet in &gatelets {
        let told = gatelet.log();
        assert!(!told.contains("WARN") && !told.contains("ERROR"), "{told}");
        signed_in(gatelet).0.visit("/").send().expect(200);
    }
}

#[test]
fn one_request_reads_the_origins_for_all_that_come_to_a_new_instance() {
    const WAITING: &str = "SELECT count(*) FROM pg_stat_activity \
                           WHERE datname = current_database() AND wait_event_type = 'Lock'";
    const VISITORS: usize = 48;
    let setup = Setup::new(Engine::Postgres).door(Door::Handler);
    // An instance that is idle for so long is over, and each request could ask by itself.
    let connections = VISITORS.to_string();
    let gatelet = setup
        .arguments(&["--idle-instance-timeout", "100ms"])
        .arguments(&["--database-connections", &connections])
        .start();
    gatelet.visitor().get("/").send().expect(401);
    std::thread::sleep(Duration::from_millis(1000));

    let database = gatelet.database();
    let most = std::thread::scope(|scope| {
        scope.spawn(|| {
            database.execute("BEGIN; LOCK TABLE auth_origins; SELECT pg_sleep(3); COMMIT");
        });
        std::thread::sleep(Duration::from_millis(500));
        let asked: Vec<_> = (0..VISITORS)
            .map(|_| scope.spawn(|| gatelet.visitor().get("/").send().expect(401)))
            .collect();
        let mut most = 0;
        while !asked.iter().all(std::thread::ScopedJoinHandle::is_finished) {
            let waiting = database.value(WAITING).expect("a count");
            most = most.max(waiting.parse().expect("a number"));
            std::thread::sleep(Duration::from_millis(20));
        }
        most
    });
    // One an instance, and of those there is one for sixteen requests; more where the
    // machine stood still.
    assert!((1..VISITORS / 2).contains(&most), "{most} at once");
}
