//! What was let in ends when its session does: a WebSocket, and an event stream.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::harness::raw::Raw;
use crate::harness::upstream::{RawApp, read_head};
use crate::harness::{Behind, Front, reply};
use gatelet_core::credential::Usage;
use gatelet_core::head::Lines;
use gatelet_core::{Edits, Head, Verdict};

const ASK: &str = "GET /chat HTTP/1.1\r\nHost: a\r\nCookie: s=1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const AGREED: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// Agrees to the upgrade and echoes.
fn echoing() -> RawApp {
    RawApp::start(|mut stream, _number| {
        read_head(&mut stream).expect("a request");
        stream.write_all(AGREED).expect("a reader");
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = stream.read(&mut buffer) {
            if stream.write_all(&buffer[..read]).is_err() {
                return;
            }
        }
    })
}

fn let_in(upstream: &str, user: &str) -> Edits {
    Edits {
        upstream: upstream.to_owned(),
        set: Lines::of_block(&format!("x-forwarded-user:{user}\n")),
        holds_seconds: 1,
        ..Edits::default()
    }
}

fn cookies(head: &Head<'_>) -> String {
    let values = head.values("cookie").map(String::from_utf8_lossy);
    values.collect::<Vec<_>>().join("|")
}

/// A gate whose cookie is stale at once: each judgement is one question to the store.
/// It hears of each question, what was shown and whether that counted as use.
fn asking(
    url: String,
    answer: impl Fn(usize, &str) -> Verdict + Send + Sync + 'static,
) -> (Front, mpsc::Receiver<(String, Usage)>) {
    let (ask, asked) = mpsc::channel();
    let ask = std::sync::Mutex::new(ask);
    let count = AtomicUsize::new(0);
    let mut behind = Behind::deciding(|_head| Verdict::Ask);
    behind.judge = Box::new(move |head, usage| {
        let _ = ask.lock().expect("no panic").send((cookies(head), usage));
        answer(count.fetch_add(1, SeqCst), &url)
    });
    (Front::start(behind), asked)
}

fn open(front: &Front) -> Raw {
    let mut raw = Raw::connect(front.address);
    raw.send(ASK);
    assert_eq!(raw.head_lines()[0], "HTTP/1.1 101 Switching Protocols");
    raw.send("hello");
    assert_eq!(raw.bytes(5), b"hello");
    raw
}

/// Ends within two windows or so, and while data goes both ways.
fn ends_soon(raw: &mut Raw) {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(5) {
        let mut byte = [0; 1];
        if raw.try_send("x").is_err() || !matches!(raw.stream().read(&mut byte), Ok(1)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("it carries data still");
}

#[test]
fn a_websocket_ends_when_its_session_is_gone() {
    let app = echoing();
    for (refused, why) in [
        (401, "signed out, expired, the user deleted"),
        (421, "the origin deleted"),
        (503, "the store away"),
    ] {
        let (front, _asked) = asking(app.url(), move |count, url| match count {
            0 => Verdict::Forward(let_in(url, "alice")),
            _ => reply(refused, "no"),
        });
        ends_soon(&mut open(&front));
        crate::harness::eventually(why, || {
            (front.metric("gatelet_open_tunnels") == 0.0).then_some(())
        });
    }
}

#[test]
fn a_websocket_ends_when_it_would_be_somebody_elses_or_lead_elsewhere() {
    let app = echoing();
    let changed: [fn(&str) -> Edits; 3] = [
        |url| let_in(url, "bob"),
        |url| Edits {
            set: Lines::new(),
            ..let_in(url, "")
        },
        |_url| let_in("http://elsewhere.test", "alice"),
    ];
    for change in changed {
        let (front, _asked) = asking(app.url(), move |count, url| match count {
            0 => Verdict::Forward(let_in(url, "alice")),
            _ => Verdict::Forward(change(url)),
        });
        ends_soon(&mut open(&front));
    }
}

#[test]
fn a_websocket_lives_as_long_as_its_session_and_asks_once_a_window_as_a_browser_would() {
    let app = echoing();
    let (front, asked) = asking(app.url(), |count, url| {
        Verdict::Forward(Edits {
            response: Lines::of_block(&format!("set-cookie:s=renewed{count}; Path=/; HttpOnly\n")),
            ..let_in(url, "alice")
        })
    });
    let mut raw = open(&front);
    let next = || {
        asked
            .recv_timeout(crate::harness::PATIENCE)
            .expect("a question")
    };
    let first = next();
    assert_eq!(first, ("s=1".to_owned(), Usage::Arriving), "the request");
    let began = Instant::now();
    let second = next();
    assert_eq!(second, ("s=1".to_owned(), Usage::Active), "it said hello");
    let third = next();
    assert_eq!(
        third,
        ("s=renewed1".to_owned(), Usage::Silent),
        "nothing came since"
    );
    assert!(began.elapsed() > Duration::from_millis(1500), "two windows");
    raw.send("more");
    assert_eq!(raw.bytes(4), b"more");
    assert_eq!(next(), ("s=renewed2".to_owned(), Usage::Active));
    assert_eq!(front.metric("gatelet_open_tunnels"), 1.0);
}

#[test]
fn a_websocket_on_a_public_path_lives_while_the_path_is_public() {
    let app = echoing();
    let url = app.url();
    let public = Arc::new(AtomicUsize::new(1));
    let is_public = Arc::clone(&public);
    let front = Front::start(Behind::deciding(move |_head| {
        match is_public.load(SeqCst) {
            0 => reply(401, "no"),
            _ => Verdict::Forward(Edits {
                set: Lines::new(),
                ..let_in(&url, "")
            }),
        }
    }));
    let mut raw = open(&front);
    std::thread::sleep(Duration::from_millis(2500));
    raw.send("still");
    assert_eq!(raw.bytes(5), b"still");
    public.store(0, SeqCst);
    ends_soon(&mut raw);
}

#[test]
fn an_event_stream_ends_with_its_session_and_a_long_download_does_not() {
    for (media, ends) in [
        ("text/event-stream", true),
        ("Text/Event-Stream; charset=utf-8", true),
        ("application/zip", false),
    ] {
        let app = RawApp::start(move |mut stream, _number| {
            read_head(&mut stream).expect("a request");
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: {media}\r\ntransfer-encoding: chunked\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).expect("a reader");
            for _event in 0..30 {
                if stream.write_all(b"2\r\n:\n\r\n").is_err() {
                    return;
                }
                std::thread::sleep(Duration::from_millis(100));
            }
            let _ = stream.write_all(b"0\r\n\r\n");
        });
        let (front, _asked) = asking(app.url(), move |count, url| match count {
            0 => Verdict::Forward(let_in(url, "alice")),
            _ => reply(401, "no"),
        });
        let response = Raw::connect(front.address).get("/events");
        assert_eq!(response.status, 200);
        assert!(response.body.starts_with(b":\n"));
        assert_eq!(response.cut_off, ends, "{media}");
    }
}
