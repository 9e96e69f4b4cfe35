//! A request that may pass reaches the upstream whole, and so does the response
//! the visitor.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use crate::harness::raw::Raw;
use crate::harness::upstream::{App, RawApp, full, read_head};
use crate::harness::{Behind, Front, PATIENCE, eventually, reply, resident_bytes, text};
use gatelet_core::head::Lines;
use gatelet_core::{Edits, Verdict};
use http::{HeaderMap, HeaderValue, Response};
use http_body_util::{BodyExt, StreamBody};

#[test]
fn the_upstream_sees_method_target_fields_and_body() {
    let app = App::describing();
    let front = Front::start(Behind::forwarding(app.url()));
    let mut raw = Raw::connect(front.address);
    raw.send(
        "PUT /a%20b//c?q=1&r=%2f HTTP/1.1\r\nHost: app.test\r\nX-Own: v\r\nContent-Length: 5\r\n\r\nhello",
    );
    let response = raw.response();
    assert_eq!(response.status, 200);
    let seen = response.text();
    assert!(seen.starts_with("PUT /a%20b//c?q=1&r=%2f\n"), "{seen}");
    assert!(seen.contains("\nx-own: v\n"), "{seen}");
    assert!(seen.contains("\nbody 5\n"), "{seen}");
}

#[test]
fn the_upstream_is_asked_for_by_its_own_name() {
    let app = App::describing();
    let front = Front::start(Behind::forwarding(app.url()));
    let response = Raw::connect(front.address).get("/");
    let host = format!("\nhost: {}\n", app.address);
    assert!(response.text().contains(&host), "{}", response.text());
}

#[test]
fn the_gates_edits_are_made_to_request_and_response() {
    let app = App::describing();
    let url = app.url();
    let front = Front::start(Behind::deciding(move |head| {
        let fields = std::str::from_utf8(head.fields).expect("ASCII here");
        assert!(fields.contains("\nx-forwarded-user:mallory\n"), "{fields}");
        Verdict::Forward(Edits {
            upstream: url.clone(),
            remove: vec!["x-forwarded-user".to_owned()],
            cookies: Some(b"b=2".to_vec()),
            set: Lines::of_block(&format!(
                "x-forwarded-user:alice\nX-Forwarded-Host:{}\n",
                head.authority
            )),
            response: Lines::of_block("set-cookie:a=1\nset-cookie:b=2\n"),
            ..Edits::default()
        })
    }));
    let mut raw = Raw::connect(front.address);
    raw.send(
        "GET / HTTP/1.1\r\nHost: app.test\r\nX-Forwarded-User: mallory\r\nX-Forwarded-User: eve\r\nCookie: gatelet=x; b=2\r\nX-Forwarded-Host: evil\r\n\r\n",
    );
    let response = raw.response();
    let seen = response.text();
    assert!(seen.contains("\nx-forwarded-user: alice\n"), "{seen}");
    assert!(seen.contains("\nx-forwarded-host: app.test\n"), "{seen}");
    assert!(seen.contains("\ncookie: b=2\n"), "{seen}");
    for gone in ["mallory", "eve", "gatelet=", "evil"] {
        assert!(!seen.contains(gone), "{gone} in {seen}");
    }
    let cookies: Vec<_> = response
        .headers
        .iter()
        .filter(|(name, _)| name == "set-cookie")
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
}

#[test]
fn a_visitor_cannot_strip_what_the_gate_sets_by_naming_it_in_connection() {
    let app = App::describing();
    let url = app.url();
    let front = Front::start(Behind::deciding(move |_head| {
        Verdict::Forward(Edits {
            upstream: url.clone(),
            set: Lines::of_block("x-forwarded-user:alice\n"),
            ..Edits::default()
        })
    }));
    let mut raw = Raw::connect(front.address);
    raw.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: x-forwarded-user, x-request-id\r\n\r\n");
    let response = raw.response();
    let seen = response.text();
    assert!(seen.contains("\nx-forwarded-user: alice\n"), "{seen}");
    assert!(seen.contains("\nx-request-id: "), "{seen}");
}

#[test]
fn hop_by_hop_fields_do_not_cross_in_either_direction() {
    let (app, reports) = RawApp::reporting();
    let front = Front::start(Behind::forwarding(app.url()));
    let mut raw = Raw::connect(front.address);
    raw.send(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, X-Secret-Hop\r\nX-Secret-Hop: 1\r\nKeep-Alive: timeout=9\r\nProxy-Authorization: Basic eA==\r\nProxy-Connection: keep-alive\r\nTE: gzip\r\nUpgrade: h2c\r\nX-Stays: 1\r\n\r\n",
    );
    assert_eq!(raw.response().status, 200);
    let sent = reports.recv_timeout(PATIENCE).expect("a request");
    let sent = String::from_utf8(sent).expect("ASCII").to_ascii_lowercase();
    assert!(sent.contains("x-stays: 1"), "{sent}");
    for gone in [
        "x-secret-hop",
        "keep-alive",
        "proxy-",
        "\r\nte:",
        "upgrade",
        "connection",
    ] {
        assert!(!sent.contains(gone), "{gone} in {sent}");
    }

    let app = RawApp::answering(
        b"HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\nProxy-Authenticate: Basic\r\nUpgrade: h2c\r\nX-Stays: 1\r\nContent-Length: 2\r\n\r\nok",
    );
    let front = Front::start(Behind::forwarding(app.url()));
    let response = Raw::connect(front.address).get("/");
    assert_eq!(response.header("x-stays"), Some("1"));
    for gone in ["x-hop", "keep-alive", "proxy-authenticate", "upgrade"] {
        assert_eq!(response.header(gone), None, "{gone}");
    }
}

#[test]
fn a_chunked_request_arrives_chunked_and_whole_whatever_its_method() {
    let app = App::describing();
    let front = Front::start(Behind::forwarding(app.url()));
    for method in ["POST", "GET", "DELETE"] {
        let mut raw = Raw::connect(front.address);
        raw.send(format!(
            "{method} / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
        ));
        let response = raw.response();
        let seen = response.text();
        assert!(seen.contains("\nbody 11\n"), "{method}: {seen}");
        assert!(seen.contains("\ntransfer-encoding: chunked\n"), "{seen}");
    }
}

#[test]
fn trailers_cross_in_both_directions_but_not_forbidden_ones() {
    let app = App::start(|request| {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let te = parts.headers.get("te").cloned();
            let trailers = body.collect().await.expect("a body").trailers().cloned();
            let mut back = HeaderMap::new();
            back.insert("checksum", HeaderValue::from_static("abc"));
            back.insert("set-cookie", HeaderValue::from_static("evil=1"));
            let frames = futures::stream::iter([
                Ok(http_body::Frame::data(bytes::Bytes::from(format!(
                    "{te:?} {trailers:?}"
                )))),
                Ok(http_body::Frame::trailers(back)),
            ]);
            let mut response = Response::new(BodyExt::boxed(StreamBody::new(frames)));
            response
                .headers_mut()
                .insert("trailer", HeaderValue::from_static("checksum, set-cookie"));
            response
        })
    });
    let front = Front::start(Behind::forwarding(app.url()));
    let mut raw = Raw::connect(front.address);
    raw.send(
        "POST / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: TE\r\nTrailer: digest, X_Forwarded_User\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nDigest: xyz\r\nX_Forwarded_User: mallory\r\n\r\n",
    );
    let response = raw.response();
    let seen = response.text();
    assert!(seen.contains("\"trailers\""), "{seen}");
    assert!(seen.contains("\"digest\": \"xyz\""), "{seen}");
    assert!(!seen.contains("mallory"), "{seen}");
    assert_eq!(
        response.trailers,
        [("checksum".to_owned(), "abc".to_owned())]
    );
}

#[test]
fn responses_without_content_keep_the_connection_in_step() {
    let app = App::start(|request| {
        Box::pin(async move {
            let mut response = Response::new(full(""));
            match request.uri().path() {
                "/204" => *response.status_mut() = http::StatusCode::NO_CONTENT,
                "/304" => {
                    *response.status_mut() = http::StatusCode::NOT_MODIFIED;
                    response
                        .headers_mut()
                        .insert("etag", HeaderValue::from_static("\"x\""));
                }
                _ => *response.body_mut() = full("twelve bytes"),
            }
            response
        })
    });
    let front = Front::start(Behind::forwarding(app.url()));
    let mut raw = Raw::connect(front.address);
    for _round in 0..2 {
        raw.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        let head = raw.response_to("HEAD");
        assert_eq!(
            (head.status, head.header("content-length")),
            (200, Some("12"))
        );
        let nothing = raw.get("/204");
        assert_eq!(nothing.status, 204);
        assert_eq!(nothing.header("content-length"), None);
        let unchanged = raw.get("/304");
        assert_eq!(
            (unchanged.status, unchanged.header("etag")),
            (304, Some("\"x\""))
        );
        assert_eq!(raw.get("/").text(), "twelve bytes");
    }
    assert_eq!(app.connections(), 1, "all over one kept connection");
}

/// RFC 9110 §8.6. Clients may leave the length of nothing out, and servers answer 411 then.
#[test]
fn the_length_of_nothing_is_said_where_content_is_expected() {
    let (app, reports) = RawApp::reporting();
    let front = Front::start(Behind::forwarding(app.url()));
    let mut raw = Raw::connect(front.address);
    for (method, said) in [
        ("POST", true),
        ("PUT", true),
        ("PATCH", true),
        ("DELETE", false),
    ] {
        raw.send(format!("{method} / HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_eq!(raw.response().status, 200);
        let sent = reports.recv_timeout(PATIENCE).expect("a request");
        let sent = String::from_utf8(sent).expect("ASCII").to_ascii_lowercase();
        let zero = sent.contains("\r\ncontent-length: 0\r\n");
        assert_eq!(zero, said, "{sent}");
    }
}

const LARGE: usize = 256 * 1024 * 1024;
/// Three connections' buffers and what the tests beside this one hold, two a processor.
const FLAT: usize = 128 * 1024 * 1024;

#[test]
fn a_large_upload_and_download_leave_memory_flat() {
    let app = App::echoing();
    let front = Front::start(Behind::forwarding(app.url()));
    let raw = Raw::connect(front.address);
    let before = resident_bytes();
    let mut writing = raw.stream().try_clone().expect("a socket");
    let mut reading = raw.stream().try_clone().expect("a socket");
    let writer = std::thread::spawn(move || {
        let head = format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {LARGE}\r\n\r\n");
        writing.write_all(head.as_bytes()).expect("a reader");
        let piece = vec![b'x'; 1024 * 1024];
        for _piece in 0..LARGE / piece.len() {
            writing.write_all(&piece).expect("a reader");
        }
    });
    let mut received = 0_usize;
    let mut most = 0;
    let mut buffer = vec![0; 256 * 1024];
    while received < LARGE {
        let read = reading.read(&mut buffer).expect("bytes in time");
        assert_ne!(read, 0, "cut off at {received}");
        received += read;
        most = most.max(resident_bytes());
    }
    writer.join().expect("all was sent");
    let grown = most.saturating_sub(before);
    assert!(grown < FLAT, "memory grew by {} MiB", grown >> 20);
}

#[test]
fn a_visitor_who_does_not_read_holds_the_upstream_back() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    let app = RawApp::start(move |mut stream, _number| {
        let _ = read_head(&mut stream);
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {LARGE}\r\n\r\n");
        let _ = stream.write_all(head.as_bytes());
        let piece = vec![b'x'; 256 * 1024];
        while stream.write_all(&piece).is_ok() {
            counted.fetch_add(piece.len(), Ordering::SeqCst);
        }
    });
    let front = Front::start(Behind::forwarding(app.url()));
    let mut raw = Raw::connect(front.address);
    raw.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    // Until the amount sent stands still, which it does when every buffer on the
    // way is full.
    let stuck = eventually("the upstream to be held back", || {
        let before = sent.load(Ordering::SeqCst);
        std::thread::sleep(std::time::Duration::from_millis(500));
        (before > 0 && sent.load(Ordering::SeqCst) == before).then_some(before)
    });
    assert!(stuck < LARGE / 4, "{stuck} bytes went out unread");
}

#[test]
fn events_arrive_one_by_one() {
    let (go, going) = mpsc::channel::<()>();
    let going = std::sync::Mutex::new(going);
    let app = RawApp::start(move |mut stream, _number| {
        let _ = read_head(&mut stream);
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head).expect("a reader");
        for number in 0..3 {
            let event = format!("data: {number}\n\n");
            let chunk = format!("{:x}\r\n{event}\r\n", event.len());
            stream.write_all(chunk.as_bytes()).expect("a reader");
            // The next one only when this one has been seen at the other end.
            let next = going.lock().expect("no panic").recv_timeout(PATIENCE);
            next.expect("the event arrived");
        }
        stream.write_all(b"0\r\n\r\n").expect("a reader");
    });
    let front = Front::start(Behind::forwarding(app.url()));
    let mut raw = Raw::connect(front.address);
    raw.send("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n");
    let head = raw.head_lines();
    assert!(
        head.iter()
            .any(|line| line == "content-type: text/event-stream")
    );
    for number in 0..3 {
        let event = raw.chunk().expect("an event");
        assert_eq!(event, format!("data: {number}\n\n").as_bytes());
        go.send(()).expect("the app waits");
    }
    assert_eq!(raw.chunk().as_deref(), Some(&b""[..]));
}

#[test]
fn a_body_is_asked_for_when_the_upstream_asks() {
    let app = RawApp::start(|mut stream, _number| {
        let head = read_head(&mut stream).expect("a request");
        assert!(head.contains("expect: 100-continue"), "{head}");
        let _ = stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n");
        let mut body = [0; 5];
        stream.read_exact(&mut body).expect("the body");
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
        let _ = stream.write_all(&body);
    });
    let front = Front::start_with(Behind::forwarding(app.url()), |options| {
        options.limits.continue_timeout = PATIENCE * 4;
    });
    let mut raw = Raw::connect(front.address);
    raw.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    assert_eq!(raw.head_lines(), ["HTTP/1.1 100 Continue"]);
    raw.send("hello");
    assert_eq!(raw.response().text(), "hello");
}

#[test]
fn a_body_that_the_upstream_refuses_is_never_asked_for() {
    let app = RawApp::start(|mut stream, _number| {
        let _ = read_head(&mut stream);
        let _ = stream.write_all(
            b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 3\r\nconnection: close\r\n\r\nbig",
        );
    });
    let front = Front::start_with(Behind::forwarding(app.url()), |options| {
        options.limits.continue_timeout = PATIENCE * 4;
    });
    let mut raw = Raw::connect(front.address);
    raw.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9999\r\n\r\n");
    let response = raw.response();
    assert_eq!((response.status, response.text()), (413, "big"));
}

#[test]
fn a_body_is_asked_for_in_the_end_if_the_upstream_says_nothing() {
    let app = App::describing();
    let front = Front::start_with(Behind::forwarding(app.url()), |options| {
        options.limits.continue_timeout = std::time::Duration::from_millis(50);
    });
    // hyper's server says `100 Continue` only when the body is read, which this
    // app does; an app that never says it is the raw one.
    let silent = RawApp::start(|mut stream, _number| {
        let _ = read_head(&mut stream);
        let mut body = [0; 2];
        stream.read_exact(&mut body).expect("the body");
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    });
    let before = Front::start_with(Behind::forwarding(silent.url()), |options| {
        options.limits.continue_timeout = std::time::Duration::from_millis(50);
    });
    for front in [&front, &before] {
        let mut raw = Raw::connect(front.address);
        raw.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        assert_eq!(raw.head_lines(), ["HTTP/1.1 100 Continue"]);
        raw.send("hi");
        assert_eq!(raw.response().status, 200);
    }
}

#[test]
fn a_visitor_who_leaves_cancels_the_upstream_request() {
    let (gone, noticed) = mpsc::channel();
    let gone = std::sync::Mutex::new(gone);
    let app = RawApp::start(move |mut stream, _number| {
        let _ = read_head(&mut stream);
        // No answer; the next thing to be read is the end.
        let mut byte = [0; 1];
        let end = stream.read(&mut byte);
        let _ = gone
            .lock()
            .expect("no panic")
            .send(matches!(end, Ok(0) | Err(_)));
    });
    let front = Front::start(Behind::forwarding(app.url()));
    for body in ["", "Content-Length: 10\r\n"] {
        let mut raw = Raw::connect(front.address);
        raw.send(format!("POST / HTTP/1.1\r\nHost: a\r\n{body}\r\n"));
        eventually("the request to be in flight", || {
            (front.metric("gatelet_requests_in_flight") > 0.0).then_some(())
        });
        // Give the request time to reach the app, then leave.
        std::thread::sleep(std::time::Duration::from_millis(100));
        drop(raw);
        assert!(noticed.recv_timeout(PATIENCE).expect("the app is told"));
    }
    let lines = front.log.lines(2);
    assert_eq!(lines[0]["status"], 499);
    assert_eq!(lines[0]["verdict"], "abandoned");
}

#[test]
fn a_response_that_breaks_off_is_seen_to_break_off() {
    let chunked = RawApp::start(|mut stream, _number| {
        let _ = read_head(&mut stream);
        let _ =
            stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n");
    });
    let sized = RawApp::start(|mut stream, _number| {
        let _ = read_head(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf");
    });
    for app in [chunked, sized] {
        let front = Front::start(Behind::forwarding(app.url()));
        let mut raw = Raw::connect(front.address);
        let response = raw.get("/");
        assert_eq!(response.status, 200);
        assert!(response.cut_off, "{response:?}");
        let lines = front.log.lines(1);
        assert_eq!(lines[0]["cut_off"], true);
    }
}

#[test]
fn a_dead_upstream_is_502_and_a_slow_one_504() {
    let dead = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = dead.local_addr().expect("an address");
    drop(dead);
    let front = Front::start(Behind::forwarding(format!("http://{address}")));
    let mut raw = Raw::connect(front.address);
    let response = raw.get("/");
    assert_eq!(response.status, 502);
    assert!(response.text().contains("upstream.unreachable"));
    raw.send("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n");
    let page = raw.response();
    assert_eq!(
        (page.status, page.header("content-type")),
        (502, Some("text/html; charset=utf-8"))
    );

    let slow = RawApp::start(|mut stream, _number| {
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let front = Front::start_with(Behind::forwarding(slow.url()), |options| {
        options.limits.response_timeout = std::time::Duration::from_millis(100);
    });
    let mut raw = Raw::connect(front.address);
    assert_eq!(raw.get("/").status, 504);
    raw.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    assert_eq!(raw.response().status, 504);
    let broken = RawApp::answering(b"not HTTP at all\r\n\r\n");
    let front = Front::start(Behind::forwarding(broken.url()));
    assert_eq!(Raw::connect(front.address).get("/").status, 502);
}

#[test]
fn a_slow_upload_is_not_held_against_the_upstream() {
    let app = App::describing();
    let front = Front::start_with(Behind::forwarding(app.url()), |options| {
        options.limits.response_timeout = std::time::Duration::from_millis(300);
    });
    let mut raw = Raw::connect(front.address);
    raw.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n");
    for piece in ["ab", "cd", "ef", "gh"] {
        std::thread::sleep(std::time::Duration::from_millis(200));
        raw.send(piece);
    }
    let response = raw.response();
    assert!(response.text().contains("body 8"), "{}", response.text());
}

/// Nor is it the visitor's fault that the app reads no more.
#[test]
fn an_upload_that_the_app_stops_reading_comes_to_an_end() {
    let app = RawApp::start(|mut stream, _number| {
        let _head = read_head(&mut stream);
        std::thread::sleep(std::time::Duration::from_secs(5));
    });
    let front = Front::start_with(Behind::forwarding(app.url()), |options| {
        options.limits.response_timeout = std::time::Duration::from_millis(300);
    });
    let mut raw = Raw::connect(front.address);
    let mut writing = raw.stream().try_clone().expect("a socket");
    let writes = std::thread::spawn(move || {
        let _ =
            writing.write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99000000\r\n\r\n");
        while writing.write_all(&[b'x'; 65_536]).is_ok() {}
    });
    assert_eq!(raw.response().status, 504);
    drop(raw);
    writes.join().expect("it ends");
}

#[test]
fn a_length_beside_chunks_is_of_no_body() {
    for length in [2, 5, 9] {
        let app = RawApp::start(move |mut stream, _number| {
            while read_head(&mut stream).is_some() {
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nTransfer-Encoding: chunked\r\n\r\n"
                );
                let _ = stream.write_all(head.as_bytes());
                let _ = stream.write_all(b"5\r\nhello\r\n0\r\n\r\n");
            }
        });
        let front = Front::start(Behind::forwarding(app.url()));
        let mut raw = Raw::connect(front.address);
        for _ in 0..2 {
            let response = raw.get("/");
            assert_eq!((response.status, response.text()), (200, "hello"));
            assert_eq!(response.header("content-length"), None);
        }
    }
}

#[test]
fn an_upstream_without_a_grant_is_not_reached() {
    let app = App::describing();
    let mut behind = Behind::forwarding(app.url());
    behind.grant = false;
    let front = Front::start(behind);
    let response = Raw::connect(front.address).get("/");
    assert_eq!(response.status, 502);
    assert!(response.text().contains("upstream.unreachable"));
    assert_eq!(front.log.lines(1)[0]["code"], "upstream.not_allowed");
    assert_eq!(app.connections(), 0);
}

#[test]
fn an_internal_upstream_is_reached_in_process() {
    let mut behind = Behind::deciding(|_head| {
        Verdict::Forward(Edits {
            upstream: "http://demo.spin.internal".to_owned(),
            set: Lines::of_block("x-forwarded-user:alice\n"),
            response: Lines::of_block("set-cookie:a=1\n"),
            ..Edits::default()
        })
    });
    behind.handle = Box::new(|request| {
        Box::pin(async move {
            assert_eq!(request.headers()["x-forwarded-user"], "alice");
            let body = request.into_body().collect().await.expect("a body");
            assert_eq!(body.to_bytes(), "hi");
            text("demo")
        })
    });
    let front = Front::start(behind);
    let mut raw = Raw::connect(front.address);
    raw.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    let response = raw.response();
    assert_eq!(response.text(), "demo");
    assert_eq!(response.header("set-cookie"), Some("a=1"));
}

/// A browser drops what is for another host, redirect or not.
#[test]
fn a_cookie_for_the_upstreams_own_name_is_the_visitors() {
    let mut behind = Behind::deciding(|_head| {
        Verdict::Forward(Edits {
            upstream: "http://demo.spin.internal".to_owned(),
            set: Lines::of_block("x-forwarded-host:shop.example.com\nx-forwarded-proto:https\n"),
            ..Edits::default()
        })
    });
    behind.handle = Box::new(|_request| {
        Box::pin(async {
            let mut response = text("demo");
            let cookie = "sid=1; Domain=demo.spin.internal; Path=/";
            let cookie = http::HeaderValue::from_static(cookie);
            response.headers_mut().insert("set-cookie", cookie);
            response
        })
    });
    let front = Front::start(behind);
    let response = Raw::connect(front.address).get("/");
    assert_eq!(response.header("set-cookie"), Some("sid=1; Path=/"));
}

/// Whoever signs in or out while an app takes its time has another session when it answers.
#[test]
fn an_answer_that_comes_late_brings_no_cookie_of_ours() {
    let mut behind = Behind::deciding(|_head| {
        Verdict::Forward(Edits {
            upstream: "http://demo.spin.internal".to_owned(),
            response: Lines::of_block("set-cookie:gatelet=old\nset-cookie:wos-session=new\n"),
            ..Edits::default()
        })
    });
    behind.handle = Box::new(|request| {
        Box::pin(async move {
            if request.uri().path() == "/slow" {
                tokio::time::sleep(Duration::from_millis(2_600)).await;
            }
            text("demo")
        })
    });
    let front = Front::start(behind);
    for (path, brings) in [
        ("/", &["gatelet=old", "wos-session=new"][..]),
        ("/slow", &["wos-session=new"]),
        ("/", &["gatelet=old", "wos-session=new"]),
    ] {
        let response = Raw::connect(front.address).get(path);
        let cookies = response.headers.iter();
        let cookies = cookies.filter(|(name, _)| name == "set-cookie");
        let cookies: Vec<_> = cookies.map(|(_, value)| value.as_str()).collect();
        assert_eq!(cookies, brings, "{path}");
    }
}

#[test]
fn what_the_gate_denies_reaches_nobody() {
    let app = App::describing();
    let front = Front::start(Behind::deciding(|_head| reply(401, "no")));
    let mut raw = Raw::connect(front.address);
    raw.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    let response = raw.response();
    assert_eq!((response.status, response.text()), (401, "no"));
    raw.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    let head = raw.response_to("HEAD");
    assert_eq!(
        (head.status, head.header("content-length")),
        (401, Some("2"))
    );
    assert_eq!(raw.get("/").text(), "no", "and the connection is in step");
    assert_eq!(app.connections(), 0);
}

#[test]
fn a_gate_that_needs_more_than_the_head_is_asked_once_more() {
    let app = App::describing();
    let url = app.url();
    let mut behind = Behind::deciding(|_head| Verdict::Ask);
    behind.judge = Box::new(move |head, _usage| {
        assert_eq!(head.target, "/x?y");
        Verdict::Forward(Edits {
            upstream: url.clone(),
            response: Lines::of_block("set-cookie:fresh=1\n"),
            ..Edits::default()
        })
    });
    let front = Front::start(behind);
    let response = Raw::connect(front.address).get("/x?y");
    assert_eq!(response.status, 200);
    assert_eq!(response.header("set-cookie"), Some("fresh=1"));
}

#[test]
fn a_component_streams_both_bodies_and_stops_with_its_visitor() {
    let dropped = Arc::new(AtomicUsize::new(0));
    struct Guard(Arc<AtomicUsize>);
    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let guards = Arc::clone(&dropped);
    let mut behind = Behind::deciding(|_head| reply(500, "not asked"));
    behind.handle = Box::new(move |request| {
        let guard = Guard(Arc::clone(&guards));
        Box::pin(async move {
            if request.uri().path() == "/component/never" {
                let _held = guard;
                std::future::pending::<()>().await;
            }
            let visitor = *request
                .extensions()
                .get::<gatelet_front::Visitor>()
                .expect("who asks");
            assert!(visitor.peer.ip().is_loopback());
            Response::new(request.into_body())
        })
    });
    let front = Front::start(behind);
    let mut raw = Raw::connect(front.address);
    raw.send(
        "POST /component/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
    );
    let head = raw.head_lines();
    assert_eq!(head[0], "HTTP/1.1 200 OK");
    assert_eq!(raw.chunk().as_deref(), Some(&b"hi"[..]));
    raw.send("3\r\nyou\r\n0\r\n\r\n");
    assert_eq!(raw.chunk().as_deref(), Some(&b"you"[..]));
    assert_eq!(raw.chunk().as_deref(), Some(&b""[..]));

    let count = dropped.load(Ordering::SeqCst);
    let mut raw = Raw::connect(front.address);
    raw.send("GET /component/never HTTP/1.1\r\nHost: a\r\n\r\n");
    eventually("the component to run", || {
        (front.metric("gatelet_requests_in_flight") > 0.0).then_some(())
    });
    drop(raw);
    eventually("the component to be stopped", || {
        (dropped.load(Ordering::SeqCst) > count).then_some(())
    });
}

#[test]
fn the_app_gets_the_host_that_the_gate_names_and_else_its_own() {
    let app = App::describing();
    let url = app.url();
    let own = app.address.to_string();
    for (set, host) in [
        ("host:shop.example.com\n", "shop.example.com"),
        ("x-other:1\n", own.as_str()),
    ] {
        let url = url.clone();
        let front = Front::start(Behind::deciding(move |_head| {
            Verdict::Forward(Edits {
                upstream: url.clone(),
                set: Lines::of_block(set),
                ..Edits::default()
            })
        }));
        for request in [
            "GET / HTTP/1.1\r\nHost: typed.example\r\n\r\n",
            "GET http://typed.example/ HTTP/1.1\r\nHost: other.example\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: typed.example\r\nContent-Length: 1\r\n\r\nx",
        ] {
            let mut raw = Raw::connect(front.address);
            raw.send(request);
            let seen = raw.response();
            assert_eq!(seen.text().matches("\nhost: ").count(), 1);
            let line = format!("\nhost: {host}\n");
            assert!(seen.text().contains(&line), "{host}: {}", seen.text());
        }
    }
}

#[test]
fn a_redirect_to_the_upstream_leads_to_the_visitors_origin() {
    let app = RawApp::start(|mut stream, _number| {
        let address = stream.local_addr().expect("an address");
        while let Some(head) = read_head(&mut stream) {
            let to = match head.split(' ').nth(1) {
                Some("/own") => format!("http://{address}/next?a=b"),
                Some("/plain") => "http://shop.example.com/next?a=b".to_owned(),
                _ => "http://elsewhere.example/".to_owned(),
            };
            let _ = stream.write_all(format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-location: {to}\r\ncontent-length: 0\r\n\r\n").as_bytes());
        }
    });
    let url = app.url();
    let front = Front::start(Behind::deciding(move |_head| {
        Verdict::Forward(Edits {
            upstream: url.clone(),
            set: Lines::of_block("x-forwarded-host:shop.example.com\nx-forwarded-proto:https\n"),
            ..Edits::default()
        })
    }));
    let mut raw = Raw::connect(front.address);
    let home = "https://shop.example.com/next?a=b";
    for (path, to) in [
        ("/own", home),
        ("/plain", home),
        ("/elsewhere", "http://elsewhere.example/"),
    ] {
        let response = raw.get(path);
        assert_eq!(response.header("location"), Some(to), "{path}");
        assert_eq!(response.header("content-location"), Some(to), "{path}");
    }
}

#[test]
fn what_a_gateway_is_told_to_mend_in_a_head_is_mended_and_the_rest_is_refused() {
    for (lines, status, field) in [
        ("X-A: 1\r\n 2\r\n\t3\r\n", 200, Some("1   2   3")),
        ("X-A : 1\r\n", 200, Some("1")),
        ("Content-Length : 2\r\nX-A:1\r\n", 200, Some("1")),
        ("Bad Name: x\r\n", 502, None),
        ("X-A: 1\0\r\n", 502, None),
        (": x\r\n", 502, None),
        ("nonsense\r\n", 502, None),
        ("Content-Length: 2\r\n 3\r\n", 502, None),
        ("Transfer-Encoding: chunked\r\n ,gzip\r\n", 502, None),
        ("Transfer-Encoding: gzip, chunked\r\n", 502, None),
        ("Transfer-Encoding: identity, gzip\r\n", 502, None),
    ] {
        let length = if lines.contains("Content-Length") || lines.contains("Transfer") {
            ""
        } else {
            "Content-Length: 2\r\n"
        };
        let answer = format!("HTTP/1.1 200 OK\r\n{length}{lines}\r\nok");
        let app = RawApp::start(move |mut stream, _number| {
            while read_head(&mut stream).is_some() {
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        let front = Front::start(Behind::forwarding(app.url()));
        let response = Raw::connect(front.address).get("/");
        assert_eq!(response.status, status, "{lines:?}");
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            response.header("x-a").map(words),
            field.map(words),
            "{lines:?}"
        );
        if status == 200 {
            assert_eq!(response.text(), "ok", "{lines:?}");
        }
    }
}
