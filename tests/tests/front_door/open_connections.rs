//! What stays open ends with the session that opened it.

use std::time::{Duration, Instant};

use gatelet_tests::account::{sign_out, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::raw_socket::{PING, RawSocket, WEB_SOCKET};
use gatelet_tests::upstream::Upstream;
use gatelet_tests::visitor::Visitor;

fn before(upstream: &Upstream) -> Gatelet {
    Setup::new(Engine::Sqlite)
        .upstream(upstream)
        .variable("session_fresh_seconds", "2")
        .start()
}

/// Asks for something that stays open, as this visitor.
#[track_caller]
fn opened(gatelet: &Gatelet, visitor: &Visitor, path: &str, fields: &str) -> RawSocket {
    let url = url::Url::parse(gatelet.base_url()).expect("a URL");
    let cookie = visitor.jar().header(&url).unwrap_or_default();
    let host = gatelet.base_url().trim_start_matches("http://");
    let mut socket = RawSocket::connect(gatelet.address());
    socket.send(format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n{fields}\r\n"
    ));
    let head = socket.read_until("\r\n\r\n");
    let status = if fields.is_empty() { 200 } else { 101 };
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
    socket
}

/// How long something comes back for each ping.
fn answers_for(socket: &mut RawSocket, at_most: Duration) -> Duration {
    let began = Instant::now();
    while began.elapsed() < at_most && socket.send(PING) {
        if socket.read_some().is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    began.elapsed()
}

#[test]
fn a_websocket_ends_with_the_session_that_opened_it_and_no_other() {
    let upstream = Upstream::start();
    let gatelet = before(&upstream);
    let (leaving, _) = signed_in(&gatelet);
    let (staying, _) = signed_in(&gatelet);
    let mut ends = opened(&gatelet, &leaving, "/socket", WEB_SOCKET);
    let mut stays = opened(&gatelet, &staying, "/socket", WEB_SOCKET);
    let five_seconds = Duration::from_secs(5);
    assert!(answers_for(&mut ends, five_seconds) >= five_seconds);
    sign_out(&leaving).expect(303);
    assert!(answers_for(&mut ends, Duration::from_secs(8)) < Duration::from_secs(4));
    assert!(answers_for(&mut stays, five_seconds) >= five_seconds);
}

#[test]
fn an_event_stream_ends_with_the_session_that_opened_it() {
    let upstream = Upstream::start();
    let gatelet = before(&upstream);
    let (visitor, _) = signed_in(&gatelet);
    let mut events = opened(&gatelet, &visitor, "/events/600/100", "");
    // Longer than it is believed without asking.
    let before = events.read_until("event 30");
    assert!(before.contains("event 30"), "{before}");
    sign_out(&visitor).expect(303);
    let began = Instant::now();
    let rest = events.read_all();
    assert!(began.elapsed() < Duration::from_secs(5), "{rest}");
    assert!(!rest.ends_with("0\r\n\r\n"), "it did not end by itself");
}
