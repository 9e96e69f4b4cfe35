//! Whoever goes away, and wherever in an exchange: the next request is served, and
//! nothing is held for who has gone.
//!
//! An exchange waits where bytes are to come or go, so it is cut at every byte: the
//! visitor's of each kind of request and of its answer, and the upstream's of its own.

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use crate::harness::raw::Raw;
use crate::harness::upstream::{RawApp, read_head};
use crate::harness::{Behind, Front, eventually, text};
use gatelet_core::{Edits, Verdict};

/// Few, so that one that is held is missed.
const PLACES: usize = 3;

const GET: &str = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
const EACH: [(&str, &str); 8] = [
    ("a request without a body", GET),
    (
        "a body of a length",
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    ),
    (
        "a body in chunks",
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    ),
    (
        "a body that waits to be wanted",
        "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
    ),
    (
        "a WebSocket",
        "GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\nhello",
    ),
    (
        "a component",
        "POST /component HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    ),
    (
        "a component that panics",
        "GET /component/panic HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    (
        "two requests at once",
        "GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
];

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
const AGREED: &[u8] =
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello";

/// Answers with so many bytes and hangs up; `usize::MAX` is a whole answer.
fn app(bytes: &Arc<AtomicUsize>) -> RawApp {
    let bytes = Arc::clone(bytes);
    RawApp::start(move |mut stream, _number| {
        while let Some(head) = read_head(&mut stream) {
            let answer = if head.starts_with("GET /socket") {
                AGREED
            } else {
                ANSWER
            };
            let told = bytes.load(SeqCst).min(answer.len());
            if stream.write_all(&answer[..told]).is_err() {
                return;
            }
            if told < answer.len() {
                // Whoever closes on what is unread resets the connection, and the reset
                // may overtake what was said (RFC 9112 §9.6).
                let _ = stream.shutdown(std::net::Shutdown::Write);
                let _ = std::io::copy(&mut stream, &mut std::io::sink());
                return;
            }
            if answer == AGREED || head.starts_with("POST") {
                let _rest = stream.read(&mut [0; 64]);
                return;
            }
        }
    })
}

/// Every other head takes I/O to judge.
fn front(app: &RawApp) -> Front {
    let (url, count) = (app.url(), AtomicUsize::new(0));
    let edits = move || Edits {
        upstream: url.clone(),
        holds_seconds: 60,
        ..Edits::default()
    };
    let judged = edits.clone();
    let mut behind = Behind::deciding(move |_head| match count.fetch_add(1, SeqCst) % 2 {
        0 => Verdict::Forward(edits()),
        _ => Verdict::Ask,
    });
    behind.judge = Box::new(move |_head, _usage| Verdict::Forward(judged()));
    behind.handle = Box::new(|request| {
        Box::pin(async move {
            assert!(request.uri().path() != "/component/panic", "as told");
            let body = http_body_util::BodyExt::collect(request.into_body()).await;
            text(if body.is_ok() { "whole" } else { "cut off" })
        })
    });
    Front::start_with(behind, |options| {
        options.limits.connections = PLACES;
        options.limits.continue_timeout = Duration::from_millis(20);
    })
}

/// As many as there are places are served at once, once those who left have been let in
/// and noticed, and then nothing is left of anybody.
fn all_is_free(front: &Front, after: &str) {
    const LAST: &str = "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    eventually(after, || {
        let mut visitors: Vec<Raw> = (0..PLACES).map(|_| Raw::connect(front.address)).collect();
        let sent = visitors.iter_mut().all(|raw| raw.try_send(LAST).is_ok());
        let served = |raw: &mut Raw| raw.rest().starts_with("HTTP/1.1 200");
        (sent && visitors.iter_mut().all(served)).then_some(())
    });
    eventually(after, || {
        let held = [
            "gatelet_open_connections",
            "gatelet_open_tunnels",
            "gatelet_requests_in_flight",
        ];
        let free = |name: &&str| front.metric(name) == 0.0;
        held.iter().all(free).then_some(())
    });
}

#[test]
fn a_visitor_who_leaves_at_any_byte_leaves_nothing_behind() {
    let app = app(&Arc::new(AtomicUsize::new(usize::MAX)));
    let front = front(&app);
    for (what, request) in EACH {
        for cut in 0..=request.len() {
            let mut raw = Raw::connect(front.address);
            let _ = raw.try_send(&request.as_bytes()[..cut]);
        }
        all_is_free(&front, what);
        for taken in 0..120 {
            let mut raw = Raw::connect(front.address);
            raw.send(request);
            raw.stream()
                .set_read_timeout(Some(Duration::from_millis(300)))
                .expect("a socket");
            let mut byte = [0; 1];
            for _byte in 0..taken {
                if !matches!(raw.stream().read(&mut byte), Ok(1)) {
                    break;
                }
            }
            if taken > 0 && raw.stream().read(&mut byte).is_err() {
                // That was all of it.
                break;
            }
        }
        all_is_free(&front, what);
    }
}

#[test]
fn an_upstream_that_leaves_at_any_byte_leaves_nothing_behind() {
    let bytes = Arc::new(AtomicUsize::new(0));
    let app = app(&bytes);
    let front = front(&app);
    for (what, request) in EACH {
        let whole = if request.contains("Upgrade") {
            AGREED
        } else {
            ANSWER
        };
        let head = whole.windows(4).position(|part| part == b"\r\n\r\n");
        let head = head.expect("a head") + 4;
        for cut in 0..whole.len() {
            bytes.store(cut, SeqCst);
            let mut raw = Raw::connect(front.address);
            raw.send(request);
            // Half a connection is a visitor who leaves: not before the app has left.
            let answer = raw.line();
            raw.finish_writing();
            raw.rest();
            let says = match what {
                "a component" => "200 OK",
                "a component that panics" => "500 Internal Server Error",
                _ if cut < head => "502 Bad Gateway",
                "a WebSocket" => "101 Switching Protocols",
                _ => "200 OK",
            };
            assert_eq!(answer, format!("HTTP/1.1 {says}"), "{what}, cut at {cut}");
        }
        bytes.store(usize::MAX, SeqCst);
        all_is_free(&front, what);
    }
}
