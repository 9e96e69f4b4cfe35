//! A connection that changes its protocol goes through, both ways.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use crate::harness::raw::Raw;
use crate::harness::upstream::{App, RawApp, read_head};
use crate::harness::{Behind, Front, reply};
use gatelet_core::head::Lines;
use gatelet_core::{Edits, Verdict};

const ASK: &str = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// Agrees to the upgrade, sends a greeting along, then echoes.
fn echoing() -> RawApp {
    RawApp::start(|mut stream, _number| {
        let head = read_head(&mut stream).expect("a request");
        let lower = head.to_ascii_lowercase();
        assert!(lower.contains("upgrade: websocket\r\n"), "{head}");
        assert!(lower.contains("connection: upgrade\r\n"), "{head}");
        assert!(lower.contains("sec-websocket-key: dghlihnhbxbszsbub25jzq==\r\n"));
        stream
            .write_all(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n\x81\x02hi")
            .expect("a reader");
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = stream.read(&mut buffer) {
            if stream.write_all(&buffer[..read]).is_err() {
                return;
            }
        }
        // The visitor has ended its half; ours is still open.
        let _ = stream.write_all(b"bye");
    })
}

#[test]
fn a_websocket_echoes_and_ends_by_halves() {
    let app = echoing();
    let url = app.url();
    let front = Front::start(Behind::deciding(move |head| {
        let fields = std::str::from_utf8(head.fields).expect("ASCII");
        assert!(fields.contains("upgrade:websocket\n"), "{fields}");
        Verdict::Forward(Edits {
            upstream: url.clone(),
            set: Lines::of_block("x-forwarded-user:alice\n"),
            response: Lines::of_block("set-cookie:fresh=1\n"),
            ..Edits::default()
        })
    }));
    let mut raw = Raw::connect(front.address);
    raw.send(ASK);
    let head = raw.head_lines();
    assert_eq!(head[0], "HTTP/1.1 101 Switching Protocols");
    for line in [
        "connection: upgrade",
        "upgrade: websocket",
        "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "set-cookie: fresh=1",
    ] {
        assert!(head.iter().any(|known| known == line), "{line} in {head:?}");
    }
    assert_eq!(raw.bytes(4), b"\x81\x02hi");
    for round in 0..3 {
        let frame = format!("\u{1}frame {round}");
        raw.send(&frame);
        assert_eq!(raw.bytes(frame.len()), frame.as_bytes());
    }
    let large = vec![7; 1024 * 1024];
    let mut writing = raw.stream().try_clone().expect("a socket");
    let sent = large.clone();
    let writer = std::thread::spawn(move || writing.write_all(&sent));
    assert_eq!(raw.bytes(large.len()), large);
    writer.join().expect("no panic").expect("all was sent");
    assert_eq!(front.metric("gatelet_open_tunnels"), 1.0);
    raw.finish_writing();
    assert_eq!(raw.rest(), "bye");
    crate::harness::eventually("the tunnel to end", || {
        (front.metric("gatelet_open_tunnels") == 0.0).then_some(())
    });
}

#[test]
fn a_websocket_that_the_gate_denies_reaches_nobody() {
    let app = App::describing();
    let url = app.url();
    let front = Front::start(Behind::deciding(move |head| match head.target {
        "/chat" => reply(401, "no"),
        _ => Verdict::Forward(Edits {
            upstream: url.clone(),
            ..Edits::default()
        }),
    }));
    let mut raw = Raw::connect(front.address);
    raw.send(ASK);
    assert_eq!(raw.response().status, 401);
    assert_eq!(app.connections(), 0);
    let mut raw = Raw::connect(front.address);
    raw.send(ASK.replace("/chat", "/other"));
    assert_eq!(raw.response().status, 200, "and the app would be reached");
    assert_eq!(app.connections(), 1);
}

#[test]
fn an_upgrade_that_the_upstream_declines_is_an_ordinary_response() {
    let app = RawApp::answering(b"HTTP/1.1 426 Upgrade Required\r\ncontent-length: 2\r\n\r\nno");
    let front = Front::start(Behind::forwarding(app.url()));
    let mut raw = Raw::connect(front.address);
    raw.send(ASK);
    let response = raw.response();
    assert_eq!((response.status, response.text()), (426, "no"));
    raw.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(raw.response().status, 426, "and the connection goes on");
}

#[test]
fn an_upgrade_that_nobody_asked_for_is_refused() {
    let app = RawApp::answering(
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: evil\r\n\r\n",
    );
    let front = Front::start(Behind::forwarding(app.url()));
    assert_eq!(Raw::connect(front.address).get("/").status, 502);
}

#[test]
fn a_component_cannot_be_upgraded_to() {
    let front = Front::start(Behind::forwarding("http://demo.spin.internal"));
    let mut raw = Raw::connect(front.address);
    raw.send(ASK);
    let response = raw.response();
    assert_eq!(response.status, 501);
    assert!(response.text().contains("upgrade.unsupported"));
}

#[test]
fn a_silent_websocket_is_closed() {
    let app = echoing();
    let front = Front::start_with(Behind::forwarding(app.url()), |options| {
        options.limits.tunnel_idle_timeout = Duration::from_millis(300);
    });
    let mut raw = Raw::connect(front.address);
    raw.send(ASK);
    assert_eq!(raw.head_lines()[0], "HTTP/1.1 101 Switching Protocols");
    assert_eq!(raw.bytes(4), b"\x81\x02hi");
    assert_eq!(raw.rest(), "");
}

#[test]
fn an_open_websocket_does_not_hold_up_the_end() {
    let app = echoing();
    let front = Front::start_with(Behind::forwarding(app.url()), |options| {
        options.limits.drain_timeout = crate::harness::PATIENCE * 10;
    });
    let mut raw = Raw::connect(front.address);
    raw.send(ASK);
    assert_eq!(raw.head_lines()[0], "HTTP/1.1 101 Switching Protocols");
    assert_eq!(raw.bytes(4), b"\x81\x02hi");
    let began = Instant::now();
    front.stop();
    assert!(
        began.elapsed() < crate::harness::PATIENCE,
        "{:?}",
        began.elapsed()
    );
    assert_eq!(raw.rest(), "");
}
