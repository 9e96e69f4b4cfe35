//! Letters that visitors ask for.

use std::time::{Duration, Instant};

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::mail_server::MailServer;
use gatelet_tests::response::Response;

fn started(server: &MailServer, engine: Engine) -> Gatelet {
    server
        .of(Setup::new(engine))
        .variable("email_verification", "off")
        .variable("magic_link", "on")
        .start()
}

fn ask(gatelet: &Gatelet, email: &str) -> (Response, Duration) {
    let visitor = gatelet.visitor();
    let page = visitor.visit("/auth/forgot-password").send().expect(200);
    let form = page.form("/auth/forgot-password").fill("email", email);
    let started = Instant::now();
    let answer = visitor.submit(&form, &page.url).send();
    (answer, started.elapsed())
}

#[test]
fn a_letter_that_takes_long_keeps_no_visitor_waiting_and_goes_once() {
    let server = MailServer::start();
    let gatelet = started(&server, Engine::Postgres);
    let (_, account) = signed_in(&gatelet);
    server.be("slow");
    let before = server.taken().len();
    let (answer, took) = ask(&gatelet, &account.email);
    answer.expect(200);
    assert!(took < Duration::from_secs(2), "{took:?}");
    let taken = server.wait_taken(before + 1);
    let letter = taken.last().expect("a letter");
    assert_eq!(letter.to, std::slice::from_ref(&account.email));
    assert!(
        letter.raw.contains("/auth/reset-password?"),
        "{}",
        letter.raw
    );
    gatelet.wait_for_line(&["mail.sent", "reset-password"]);
    let waits = gatelet
        .database()
        .value("SELECT count(*)::text FROM auth_outbox");
    assert_eq!(waits.as_deref(), Some("0"));
    assert_eq!(server.taken().len(), before + 1);
    assert!(
        !gatelet.log().contains(&account.email),
        "no address in the log"
    );
}

#[test]
fn a_letter_that_a_server_did_not_take_arrives_once_it_is_back() {
    let server = MailServer::start();
    let mut gatelet = started(&server, Engine::Postgres);
    let (_, account) = signed_in(&gatelet);
    server.be("greylist");
    ask(&gatelet, &account.email).0.expect(200);
    gatelet.wait_for_line(&["mail.delayed", "reset-password", "451"]);
    assert!(
        !gatelet.database().contains("reset-password?"),
        "links are sealed"
    );
    server.be("ok");
    gatelet.stop();
    gatelet
        .database()
        .execute("UPDATE auth_outbox SET due_at = 0");
    gatelet.restart();
    let taken = server.wait_taken(1);
    assert_eq!(taken.len(), 1);
    assert!(taken[0].raw.contains("/auth/reset-password?"));
}

#[test]
fn an_unknown_address_takes_as_long_and_gets_the_same_page() {
    let server = MailServer::start();
    let gatelet = started(&server, Engine::Sqlite);
    let (_, account) = signed_in(&gatelet);
    server.be("slow");
    let (known, known_took) = ask(&gatelet, &account.email);
    let (unknown, unknown_took) = ask(&gatelet, "nobody@example.com");
    known.expect(200);
    unknown.expect(200);
    for took in [known_took, unknown_took] {
        assert!(took < Duration::from_secs(2), "{took:?}");
    }
}
