//! Connections to the app are kept and used again, for as long as it keeps them; what is
//! lost on one is sent again where it may be.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use crate::harness::raw::Raw;
use crate::harness::upstream::{App, RawApp, read_head};
use crate::harness::{Behind, Front, PATIENCE};
use gatelet_core::head::Lines;
use gatelet_core::{Edits, Verdict};

#[test]
fn upstream_connections_are_kept_and_used_again() {
    let app = App::describing();
    let front = Front::start(Behind::forwarding(app.url()));
    for _visitor in 0..3 {
        let mut raw = Raw::connect(front.address);
        for _request in 0..5 {
            assert_eq!(raw.get("/").status, 200);
        }
        raw.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
        assert_eq!(raw.response().status, 200);
    }
    assert_eq!(app.connections(), 1);
}

/// Answers once with the head that came, then reads the next request and hangs up without
/// a word: what a server does whose keep-alive time ends at that moment.
fn hangs_up_on_the_second() -> RawApp {
    RawApp::start(|mut stream, number| {
        while let Some(head) = read_head(&mut stream) {
            if number == 0 && head.contains("/second") {
                return;
            }
            let length = head.len();
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{head}");
            stream.write_all(answer.as_bytes()).expect("a reader");
        }
    })
}

#[test]
fn a_request_sent_into_a_dead_kept_connection_is_sent_again_with_its_edits() {
    let app = hangs_up_on_the_second();
    let url = app.url();
    let front = Front::start(Behind::deciding(move |_head| {
        Verdict::Forward(Edits {
            upstream: url.clone(),
            remove: vec!["x-forwarded-user".to_owned()],
            cookies: Some(b"b=2".to_vec()),
            set: Lines::of_block("x-forwarded-user:alice\n"),
            ..Edits::default()
        })
    }));
    let mut raw = Raw::connect(front.address);
    assert_eq!(raw.get("/first").status, 200);
    raw.send("GET /second?q HTTP/1.1\r\nHost: a\r\nX-Own: v\r\nX-Forwarded-User: eve\r\nCookie: gatelet=x; b=2\r\n\r\n");
    let response = raw.response();
    let seen = response.text();
    assert!(seen.starts_with("GET /second?q HTTP/1.1\r\n"), "{seen}");
    assert!(seen.contains("x-own: v\r\n"), "{seen}");
    assert!(seen.contains("x-forwarded-user: alice\r\n"), "{seen}");
    assert!(seen.contains("cookie: b=2\r\n"), "{seen}");
    assert!(
        !seen.contains("eve") && !seen.contains("gatelet="),
        "{seen}"
    );
    assert_eq!(front.metric("gatelet_upstream_retries_total"), 1.0);
}

#[test]
fn a_request_that_took_io_to_judge_is_sent_again_without_being_judged_again() {
    let app = hangs_up_on_the_second();
    let url = app.url();
    let judged = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&judged);
    let mut behind = Behind::deciding(|_head| Verdict::Ask);
    behind.judge = Box::new(move |_head, _usage| {
        let count = counted.fetch_add(1, Ordering::SeqCst);
        Verdict::Forward(Edits {
            upstream: url.clone(),
            set: Lines::of_block("x-forwarded-user:alice\n"),
            response: Lines::of_block(&format!("set-cookie:fresh={count}\n")),
            ..Edits::default()
        })
    });
    let front = Front::start(behind);
    let mut raw = Raw::connect(front.address);
    assert_eq!(raw.get("/first").status, 200);
    let response = raw.get("/second");
    let seen = response.text();
    assert!(seen.starts_with("GET /second HTTP/1.1\r\n"), "{seen}");
    assert!(seen.contains("x-forwarded-user: alice\r\n"), "{seen}");
    assert_eq!(response.header("set-cookie"), Some("fresh=1"));
    assert_eq!(judged.load(Ordering::SeqCst), 2, "once a request");
}

/// A thread that serves nobody rests, but not before this.
#[test]
fn a_kept_connection_is_closed_in_its_time_though_nobody_comes() {
    let (gone, closed) = mpsc::channel();
    let app = RawApp::start(move |mut stream, _number| {
        while read_head(&mut stream).is_some() {
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
            stream.write_all(answer.as_bytes()).expect("a reader");
        }
        let _ended = gone.send(());
    });
    let front = Front::start_with(Behind::forwarding(app.url()), |options| {
        options.limits.pool_idle_timeout = Duration::from_millis(400);
    });
    assert_eq!(Raw::connect(front.address).get("/").text(), "ok");
    closed.recv_timeout(PATIENCE).expect("it is closed");
}

/// What is sent just as its server closes a connection is lost, and a POST is not sent twice.
#[test]
fn a_connection_is_given_up_before_its_server_closes_it() {
    let app = RawApp::start(|mut stream, number| {
        while read_head(&mut stream).is_some() {
            let answer = format!(
                "HTTP/1.1 200 OK\r\nkeep-alive: timeout=2\r\ncontent-length: 1\r\n\r\n{number}"
            );
            stream.write_all(answer.as_bytes()).expect("a reader");
        }
    });
    let front = Front::start(Behind::forwarding(app.url()));
    let mut raw = Raw::connect(front.address);
    assert_eq!(raw.get("/").text(), "0");
    assert_eq!(raw.get("/").text(), "0", "as long as it is kept");
    std::thread::sleep(Duration::from_millis(1_700));
    raw.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    assert_eq!(raw.response().text(), "1");
    std::thread::sleep(Duration::from_millis(1_700));
    assert_eq!(raw.get("/").text(), "2", "after a body, too");
}

#[test]
fn a_post_is_never_sent_twice() {
    let posts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&posts);
    let app = RawApp::start(move |mut stream, _number| {
        while let Some(head) = read_head(&mut stream) {
            if head.starts_with("POST") {
                counted.fetch_add(1, Ordering::SeqCst);
                return;
            }
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        }
    });
    let front = Front::start(Behind::forwarding(app.url()));
    let mut raw = Raw::connect(front.address);
    assert_eq!(raw.get("/").status, 200);
    raw.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(raw.response().status, 502);
    raw.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(raw.response().status, 200);
    raw.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    assert_eq!(raw.response().status, 502);
    assert_eq!(posts.load(Ordering::SeqCst), 2);
}
