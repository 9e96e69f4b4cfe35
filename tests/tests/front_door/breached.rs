//! Is a password refused that is known from a breach, and what does whoever is asked
//! about it learn? A real server plays the range API.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gatelet_tests::account::Account;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};

/// `printf %s 'correct horse breached battery' | sha1sum`
const BREACHED: &str = "correct horse breached battery";
const PREFIX: &str = "4F1FC";
const REST: &str = "8A35523E1DF014E8C376CF25C45FB819481";

/// What it says to everybody, and what it was asked.
struct RangeServer {
    url: String,
    hosts: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl RangeServer {
    /// Answers after so long.
    fn saying(answer: String, after: Duration) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut head = Vec::new();
                let mut some = [0; 1024];
                while !head.ends_with(b"\r\n\r\n") {
                    match stream.read(&mut some) {
                        Ok(0) | Err(_) => break,
                        Ok(read) => head.extend(&some[..read]),
                    }
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                heard.lock().expect("nobody panicked").push(head);
                std::thread::sleep(after);
                let _gone = stream.write_all(answer.as_bytes());
            }
        });
        Self {
            url: format!("http://127.0.0.1:{port}/range/"),
            hosts: format!("http://127.0.0.1:{port}"),
            asked,
        }
    }

    fn in_use(&self) -> Gatelet {
        Setup::new(Engine::Sqlite)
            .variable("breached_passwords", "on")
            .variable("breached_passwords_url", &self.url)
            .variable("provider_hosts", &self.hosts)
            .start()
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panicked").clone()
    }
}

fn answer(body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

fn with_password(password: &str) -> Account {
    Account {
        password: password.to_owned(),
        ..Account::new("Ann")
    }
}

#[test]
fn a_password_from_a_breach_is_refused_by_five_digits_of_its_digest() {
    let body = format!("0000000000000000000000000000000000A:0\r\n{REST}:42\r\n");
    let server = RangeServer::saying(answer(&body), Duration::ZERO);
    let gatelet = server.in_use();
    let visitor = gatelet.visitor();
    let refused = with_password(BREACHED).sign_up(&visitor, "/").expect(422);
    assert!(refused.text().contains("known from a breach"));
    assert!(visitor.jar().get("gatelet").is_none());
    let good = Account::new("Ann");
    good.sign_up(&visitor, "/").expect(303);

    let asked = server.asked();
    assert_eq!(asked.len(), 2, "once each");
    assert!(asked[0].starts_with(&format!("GET /range/{PREFIX} HTTP/1.1\r\n")));
    for head in &asked {
        let lower = head.to_lowercase();
        assert!(lower.contains("\r\nadd-padding: true\r\n"), "{head}");
        assert!(!lower.contains(&REST.to_lowercase()[..8]), "{head}");
        assert!(
            !lower.contains("person") && !lower.contains("cookie"),
            "{head}"
        );
    }
}

#[test]
fn where_nobody_says_whether_it_is_from_a_breach_a_password_is_taken() {
    let broken = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n".to_owned();
    for (said, after) in [
        (broken, 0),
        (answer("<html>"), 0),
        (answer(&format!("{REST}:42\r\n")), 20),
    ] {
        let server = RangeServer::saying(said, Duration::from_secs(after));
        let gatelet = server.in_use();
        let begun = Instant::now();
        with_password(BREACHED)
            .sign_up(&gatelet.visitor(), "/")
            .expect(303);
        assert!(begun.elapsed() < Duration::from_secs(10), "not that long");
        let line = gatelet.wait_for_line(&["breached_passwords.unanswered"]);
        assert!(!line.contains(PREFIX) && !line.contains(REST), "{line}");
    }
}

#[test]
fn nobody_is_asked_about_breaches_unless_that_is_switched_on() {
    let server = RangeServer::saying(answer(&format!("{REST}:42\r\n")), Duration::ZERO);
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("breached_passwords_url", &server.url)
        .variable("provider_hosts", &server.hosts)
        .start();
    with_password(BREACHED)
        .sign_up(&gatelet.visitor(), "/")
        .expect(303);
    assert!(server.asked().is_empty());
}
