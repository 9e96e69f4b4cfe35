//! Letters that could not be handed on at once.

use std::time::{SystemTime, UNIX_EPOCH};

use gatelet_core::key::KeyRing;
use gatelet_letters::message::{Message, MessageId};
use gatelet_letters::sealed;
use gatelet_mail::address::{Address, Mailbox};
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup, session_key};
use gatelet_tests::mail_server::MailServer;
use gatelet_tests::postgres::Database;
use gatelet_tests::secrets;

/// What a letter says that nobody else may read.
const LINK: &str = "https://app.example/auth/magic-link?token=a-very-s3cret-token";

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("after 1970").as_secs()
}

fn message(number: u8) -> Message {
    Message {
        id: MessageId::from_random([number; 16]),
        kind: "magic-link".to_owned(),
        id_host: "localhost".to_owned(),
        from: Mailbox::parse("no-reply@acme.example").expect("a mailbox"),
        to: Address::parse(&format!("ann{number}@example.com")).expect("an address"),
        subject: "Sign in".to_owned(),
        text: LINK.to_owned(),
        html: format!("<p>{LINK}</p>"),
        written_at: now(),
    }
}

/// As `auth` keeps one that it could not hand on.
fn keep(database: &Database, key: &str, number: u8, queued_at: u64) {
    let keys = KeyRing::parse(key).expect("keys");
    let message = message(number);
    let sealed = sealed::seal(&keys, &message, [number; 24]);
    let hex: String = sealed.iter().map(|byte| format!("{byte:02x}")).collect();
    let id = message.id.as_str();
    database.execute(&format!(
        "INSERT INTO auth_outbox (id, kind, sealed, queued_at, due_at, attempts, why)
         VALUES ('{id}', 'magic-link', '\\x{hex}', {queued_at}, {}, 1, '')",
        now()
    ));
}

fn set_up(server: &MailServer, key: &str) -> Setup {
    server
        .of(Setup::new(Engine::Postgres))
        .variable("session_keys", key)
}

/// Started once, so that the tables are there, and stopped.
fn prepared(server: &MailServer, key: &str) -> Gatelet {
    let mut gatelet = set_up(server, key).start();
    gatelet.stop();
    gatelet
}

#[track_caller]
fn waiting(database: &Database) -> String {
    let count = database.value("SELECT count(*)::text FROM auth_outbox");
    count.expect("a count")
}

#[test]
fn a_letter_that_waits_is_sent_once_and_leaves_nothing_behind() {
    let (server, key) = (MailServer::start(), session_key("k1"));
    let mut gatelet = prepared(&server, &key);
    for number in 0..10 {
        keep(gatelet.database(), &key, number, now());
    }
    assert!(!gatelet.database().contains("s3cret-token") && !gatelet.database().contains("ann1@"));
    // Another one at the same database looks at the same moment.
    let other = set_up(&server, &key).on(gatelet.database().clone());
    let other = other.start();
    gatelet.restart();
    server.wait_taken(10);
    std::thread::sleep(std::time::Duration::from_secs(1));
    let taken = server.taken();
    let mut recipients: Vec<_> = taken.iter().flat_map(|one| one.to.clone()).collect();
    recipients.sort();
    recipients.dedup();
    assert_eq!((taken.len(), recipients.len()), (10, 10));
    assert!(taken[0].raw.contains("a-very-s3cret-token"));
    assert_eq!(waiting(gatelet.database()), "0");
    for log in [gatelet.log(), other.log()] {
        assert!(
            !log.contains("s3cret-token") && !log.contains("ann1@"),
            "{log}"
        );
    }
}

#[test]
fn a_letter_that_is_deferred_waits_and_one_that_is_refused_is_given_up() {
    let (server, key) = (MailServer::start(), session_key("k1"));
    let mut gatelet = prepared(&server, &key);
    server.be("greylist");
    keep(gatelet.database(), &key, 1, now());
    gatelet.restart();
    let line = gatelet.wait_for_line(&["mail.delayed", "magic-link", "451"]);
    assert!(!line.contains("ann1@"), "{line}");
    let waits = "SELECT (due_at > extract(epoch from now()) + 30)::text || ' ' || attempts::text || ' ' || why FROM auth_outbox";
    let row = gatelet.database().value(waits).expect("a row");
    assert!(
        row.starts_with("true 2 ") && row.contains("451") && !row.contains("ann1@"),
        "{row}"
    );
    let doctor = gatelet.setup().run(&["doctor"]);
    let said = String::from_utf8_lossy(&doctor.stdout);
    assert!(
        said.contains("1 letter waits") && said.contains("451"),
        "{said}"
    );

    let mut tried_again = |mode: &str, line: &[&str]| {
        server.be(mode);
        gatelet.stop();
        gatelet
            .database()
            .execute("UPDATE auth_outbox SET due_at = 0");
        gatelet.restart();
        gatelet.wait_for_line(line);
    };
    // Who may send is the operator's to mend.
    tried_again("relay", &["mail.delayed", "magic-link", "554"]);
    tried_again("refuse", &["mail.given_up", "magic-link", "550"]);
    assert_eq!(waiting(gatelet.database()), "0");
    assert!(server.taken().is_empty());
}

#[test]
fn letters_wait_for_a_mail_url_that_nobody_has_entered_in_the_vault() {
    let (server, key) = (MailServer::start(), session_key("k1"));
    let vault_key = "Yk0dS8uGv3w1c5HqzJr2oXxT7nLbE9mPaQf4iWKZ6tA";
    secrets::remember(vault_key);
    let url = server.url();
    let (_, host) = url.rsplit_once('@').expect("credentials");
    let mut gatelet = set_up(&server, &key)
        .variable("mail_url", "vault:MAIL_URL")
        .variable("mail_host", &format!("smtp://{host}"))
        .variable("secrets_enc_key", vault_key)
        .start();
    keep(gatelet.database(), &key, 1, now());
    gatelet.restart();
    gatelet.wait_for_line(&["vault.missing", "vault:MAIL_URL: nobody has entered it"]);
    gatelet.wait_for_line(&["mail.delayed", "vault:MAIL_URL is not entered"]);
    let put = |value: &str| {
        let put = ["vault", "put", "MAIL_URL"];
        let output = gatelet.setup().run_reading(&put, value.as_bytes());
        assert!(output.status.success(), "{output:?}");
    };
    put("hunter2-is-no-way-for-mail");
    let tried = gatelet.setup().run(&["mail", "test", "ann@example.com"]);
    let said = String::from_utf8_lossy(&tried.stderr).into_owned();
    assert!(
        said.contains("as mail_url it is none of smtp://") && !said.contains("hunter2"),
        "{said}"
    );

    put("resend:re_0123456789");
    let tried = gatelet.setup().run(&["mail", "test", "ann@example.com"]);
    let said = String::from_utf8_lossy(&tried.stderr).into_owned();
    assert!(
        said.contains("goes to https://api.resend.com:443, which mail_host does not name"),
        "{said}"
    );

    put(&url);
    let due = "UPDATE auth_outbox SET due_at = 0";
    gatelet.database().execute(due);
    let doctor = gatelet.setup().run(&["doctor"]);
    let said = String::from_utf8_lossy(&doctor.stdout);
    assert!(said.contains("by vault:MAIL_URL"), "{said}");
    gatelet.restart();
    let taken = server.wait_taken(1);
    assert_eq!(taken[0].to, ["ann1@example.com"]);
    assert!(taken[0].secure && taken[0].user.is_some());
}

#[test]
fn a_server_that_is_away_for_a_day_gets_nothing_old() {
    let (server, key) = (MailServer::start(), session_key("k1"));
    let mut gatelet = prepared(&server, &key);
    server.be("greylist");
    keep(gatelet.database(), &key, 1, now() - 24 * 60 * 60);
    gatelet.restart();
    gatelet.wait_for_line(&["mail.given_up", "451"]);
    assert_eq!(waiting(gatelet.database()), "0");
}

#[test]
fn a_letter_under_a_key_that_is_gone_is_given_up_and_under_an_older_one_sent() {
    let (server, old, new) = (MailServer::start(), session_key("k1"), session_key("k2"));
    let mut gatelet = prepared(&server, &old);
    keep(gatelet.database(), &old, 1, now());
    keep(gatelet.database(), &session_key("k3"), 2, now());
    gatelet.restart_with(&[("session_keys", &format!("{new},{old}"))]);
    gatelet.wait_for_line(&["mail.given_up", "session_keys"]);
    let taken = server.wait_taken(1);
    assert_eq!(taken[0].to, ["ann1@example.com"]);
}

#[test]
fn a_server_that_says_nothing_holds_up_no_visitor_and_loses_no_letter() {
    let (server, key) = (MailServer::start(), session_key("k1"));
    let mut gatelet = prepared(&server, &key);
    server.be("silent");
    keep(gatelet.database(), &key, 1, now());
    gatelet.restart();
    while server.tries() == 0 {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let started = std::time::Instant::now();
    let answer = gatelet.visitor().get("/auth/sign-in").send();
    assert!(answer.status.is_success());
    assert!(started.elapsed().as_secs() < 3, "{:?}", started.elapsed());
    assert_eq!(
        waiting(gatelet.database()),
        "1",
        "its turn is taken, not lost"
    );
}
