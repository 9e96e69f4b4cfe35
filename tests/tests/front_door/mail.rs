//! Do letters arrive, once, and what becomes of those that nobody takes?

use std::process::Output;

use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Setup;
use gatelet_tests::mail_server::{MailServer, USER};
use gatelet_tests::secrets;
use serde_json::json;

mod flows;
mod outbox;
mod webhook;

fn set_up(server: &MailServer) -> Setup {
    server.of(Setup::new(Engine::Sqlite))
}

/// `gatelet mail test`, as an operator types it.
fn try_mail(setup: &Setup) -> Output {
    setup.run(&["mail", "test", "ann@example.com"])
}

#[track_caller]
fn refused(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{said}");
    said
}

#[test]
fn a_letter_arrives_through_tls_and_by_password() {
    for server in [MailServer::start(), MailServer::implicit_tls()] {
        let output = try_mail(&set_up(&server));
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{output:?}");
        assert!(
            said.contains(
                "has taken a letter from Acme <no-reply@acme.example> to ann@example.com"
            ),
            "{said}"
        );
        let taken = server.taken();
        let [letter] = taken.as_slice() else {
            panic!("{taken:?}");
        };
        assert!(letter.secure);
        assert_eq!(letter.user.as_deref(), Some(USER));
        assert_eq!(
            (letter.from.as_str(), letter.to.as_slice()),
            ("no-reply@acme.example", &["ann@example.com".to_owned()][..])
        );
        for field in [
            "From: \"Acme\" <no-reply@acme.example>\r\n",
            "To: <ann@example.com>\r\n",
            "Subject: Mail arrives\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Content-Type: multipart/alternative;",
            "Content-Type: text/plain; charset=\"utf-8\"\r\n",
            "Content-Type: text/html; charset=\"utf-8\"\r\n",
        ] {
            assert!(letter.raw.contains(field), "{field}: {}", letter.raw);
        }
        assert!(
            letter.raw.contains("@localhost>\r\n"),
            "the site's host: {}",
            letter.raw
        );
    }
}

#[test]
fn a_server_that_knows_login_alone_takes_a_letter() {
    let server = MailServer::with("smtp", &json!({ "starttls": true, "methods": ["LOGIN"] }));
    assert!(try_mail(&set_up(&server)).status.success());
    assert_eq!(server.taken().len(), 1);
}

#[test]
fn no_letter_and_no_password_goes_to_a_server_whose_certificate_nobody_vouches_for() {
    for server in [MailServer::start(), MailServer::implicit_tls()] {
        let other = MailServer::start();
        let trusted = other.certificate();
        let setup = set_up(&server).environment("SSL_CERT_FILE", &trusted.to_string_lossy());
        let said = refused(&try_mail(&setup));
        assert!(said.contains("TLS does not come about"), "{said}");
        assert!(server.taken().is_empty());
    }
}

#[test]
fn no_letter_and_no_password_goes_to_a_server_without_tls() {
    let server = MailServer::with("smtp", &json!({ "starttls": false }));
    let said = refused(&try_mail(&set_up(&server)));
    assert!(said.contains("offers no STARTTLS"), "{said}");
    assert_eq!((server.taken().len(), server.tries()), (0, 0));
}

#[test]
fn a_password_that_is_wrong_is_named_and_not_repeated() {
    let server = MailServer::start();
    let wrong = "another-s3cret";
    secrets::remember(wrong);
    let url = server.url();
    let (_, host) = url.rsplit_once('@').expect("a host");
    let url = format!("smtp://somebody:{wrong}@{host}");
    let said = refused(&try_mail(&set_up(&server).variable("mail_url", &url)));
    assert!(said.contains("535"), "{said}");
}

#[test]
fn what_a_server_says_is_told_without_the_address() {
    let server = MailServer::start();
    for (mode, code) in [("greylist", "451"), ("refuse", "550"), ("spam", "554")] {
        server.be(mode);
        let said = refused(&try_mail(&set_up(&server)));
        assert!(said.contains(code) && !said.contains("ann@"), "{said}");
    }
    assert!(server.taken().is_empty());
}

#[test]
fn a_server_that_is_not_there_is_named_by_host_and_port() {
    let port = gatelet_tests::free_port();
    let setup = Setup::new(Engine::Sqlite)
        .variable(
            "mail_url",
            &format!("smtp://u:s3cret-word@localhost:{port}"),
        )
        .variable("mail_from", "a@b.example");
    secrets::remember("s3cret-word");
    let said = refused(&try_mail(&setup));
    assert!(said.contains(&format!("smtp://localhost:{port}")), "{said}");
}

#[test]
fn without_mail_url_an_operator_is_told_what_to_set() {
    let said = refused(&try_mail(&Setup::new(Engine::Sqlite)));
    assert!(said.contains("mail_url: is not set"), "{said}");
    for (name, value, expected) in [
        (
            "mail_url",
            "imap://u:hunter2-pass@h",
            "mail_url: is none of",
        ),
        ("mail_url", "resend:k", "mail_from: is not set"),
        (
            "mail_url",
            "smtp://u:hunter2-pass@h?tls=off",
            "mail_url: has tls=off",
        ),
    ] {
        secrets::remember("hunter2-pass");
        let said = Setup::new(Engine::Sqlite).variable(name, value).refuse();
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn visitors_find_no_way_to_have_letters_sent() {
    let server = MailServer::start();
    let gatelet = set_up(&server).start();
    let visitor = gatelet.visitor();
    for path in [
        "/mail/due",
        "/mail/errand",
        "/auth/../mail/errand",
        "/auth/mail/errand",
    ] {
        let answer = visitor
            .get(path)
            .header("gatelet-errand-1", "k1.x.y")
            .send();
        assert!(
            answer.header("gatelet-errand-answer-1").is_empty(),
            "{path}"
        );
    }
    assert_eq!(server.tries(), 0);
}
