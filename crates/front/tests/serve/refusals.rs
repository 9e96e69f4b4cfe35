//! What is malformed, contradictory or too large or too slow goes no further.

use std::io::Read as _;
use std::time::Duration;

use crate::harness::raw::{Raw, ask};
use crate::harness::upstream::{App, RawApp};
use crate::harness::{Behind, Front, PATIENCE, eventually, reply};

fn front_reporting() -> (Front, std::sync::mpsc::Receiver<Vec<u8>>) {
    let (app, reports) = RawApp::reporting();
    (Front::start(Behind::forwarding(app.url())), reports)
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

/// Each of these means two things to two readers, so it must mean nothing here.
#[test]
fn requests_that_could_be_read_in_two_ways_reach_no_upstream() {
    let (front, reports) = front_reporting();
    for (what, status_line, request) in [
        (
            "differing lengths",
            400,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        ),
        (
            "a list of lengths",
            400,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello",
        ),
        (
            "a signed length",
            400,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
        ),
        (
            "a negative length",
            400,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        ),
        (
            "a length of hexadecimal digits",
            400,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello",
        ),
        (
            "a length beyond any number",
            400,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        ),
        (
            "a coding that does not end in chunked",
            400,
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        ),
        (
            "a coding before chunked",
            501,
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "chunked twice",
            501,
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "an obscured chunked",
            400,
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "a space before the colon",
            400,
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "a folded line",
            400,
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "a coding in HTTP/1.0",
            400,
            "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "a bare carriage return in a value",
            400,
            "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
        ),
        (
            "a NUL in a value",
            400,
            "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
        ),
        (
            "two hosts",
            400,
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        ),
        ("no host", 400, "GET / HTTP/1.1\r\nX: y\r\n\r\n"),
        (
            "a host with user information",
            400,
            "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
        ),
        (
            "a space in the target",
            400,
            "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
        ),
        (
            "a target of no form",
            400,
            "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
        ),
        ("a stray asterisk", 400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
        (
            "a method of no characters",
            400,
            "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
        ),
        (
            "an unknown version",
            400,
            "GET / HTTP/3.1\r\nHost: a\r\n\r\n",
        ),
        ("not HTTP", 400, "\x16\x03\x01\x02\0 hello\r\n\r\n"),
        (
            "CONNECT",
            405,
            "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
        ),
        ("TRACE", 405, "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ] {
        let mut raw = Raw::connect(front.address);
        raw.send(request);
        let response = raw.response();
        assert_eq!(response.status, status_line, "{what}: {response:?}");
        assert!(reports.try_recv().is_err(), "{what} reached the upstream");
    }
}

/// RFC 9112 §6.1 lets a length beside a coding be overridden, if both are not
/// passed on and the connection ends: then nobody can be of two minds.
#[test]
fn a_length_beside_a_coding_goes_no_further_and_ends_the_connection() {
    for order in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
    ] {
        let (front, reports) = front_reporting();
        let smuggled = "GET /admin HTTP/1.1\r\nHost: a\r\n\r\n";
        let answer = ask(
            front.address,
            format!("POST /first HTTP/1.1\r\nHost: a\r\n{order}\r\n\r\n0\r\n\r\n{smuggled}"),
        );
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
        let mut sent = Vec::new();
        while let Ok(part) = reports.try_recv() {
            sent.extend(part);
        }
        let sent = String::from_utf8(sent).expect("ASCII").to_ascii_lowercase();
        assert!(sent.starts_with("post /first http/1.1\r\n"), "{sent}");
        assert!(!sent.contains("content-length"), "{sent}");
        assert!(!sent.contains("/admin"), "{sent}");
    }
}

#[test]
fn a_bad_chunk_cuts_the_request_off_upstream() {
    for chunks in [
        "5\r\nhelloX\r\n0\r\n\r\n",
        "zz\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\nhello",
        "5 \r\r\nhello\r\n0\r\n\r\n",
    ] {
        // Reads and says nothing; None is the end of its connection.
        let (report, reports) = std::sync::mpsc::channel();
        let report = std::sync::Mutex::new(report);
        let app = RawApp::start(move |mut stream, _number| {
            let report = report.lock().expect("no panic").clone();
            let mut buffer = vec![0; 65536];
            while let Ok(read @ 1..) = stream.read(&mut buffer) {
                let _ = report.send(Some(buffer[..read].to_vec()));
            }
            let _ = report.send(None);
        });
        let front = Front::start(Behind::forwarding(app.url()));
        let mut sent = Vec::new();
        let mut more = || {
            let part = reports.recv_timeout(PATIENCE).expect("bytes, or their end");
            sent.extend(part.as_deref().unwrap_or_default());
            (part.is_some(), String::from_utf8_lossy(&sent).into_owned())
        };
        let mut raw = Raw::connect(front.address);
        raw.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        while !more().1.ends_with("abc\r\n") {}
        raw.send(format!("{chunks}GET /admin HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_eq!(raw.response().status, 400, "{chunks:?}");
        assert_eq!(raw.rest(), "", "{chunks:?}");
        let sent = loop {
            if let (false, sent) = more() {
                break sent;
            }
        };
        assert!(sent.starts_with("POST / HTTP/1.1\r\n"), "{sent}");
        assert!(!sent.ends_with("0\r\n\r\n"), "{chunks:?}: {sent}");
        assert!(!sent.contains("/admin"), "{chunks:?}: {sent}");
    }
}

#[test]
fn what_follows_a_request_is_another_request_and_judged_as_one() {
    let app = App::describing();
    let url = app.url();
    let front = Front::start(Behind::deciding(move |head| {
        if head.target == "/open" {
            gatelet_core::Verdict::Forward(gatelet_core::Edits {
                upstream: url.clone(),
                ..Default::default()
            })
        } else {
            reply(401, "no")
        }
    }));
    let answer = ask(
        front.address,
        "POST /open HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nGET /closed HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    );
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("HTTP/1.1 401 "), "{answer}");
}

#[test]
fn the_target_of_an_absolute_request_names_the_host() {
    let (front, reports) = front_reporting();
    let mut raw = Raw::connect(front.address);
    raw.send("GET http://real.test/x?y HTTP/1.1\r\nHost: other.test\r\n\r\n");
    assert_eq!(raw.response().status, 200);
    let sent = String::from_utf8(reports.recv_timeout(PATIENCE).expect("a request"));
    assert!(sent.expect("ASCII").starts_with("GET /x?y HTTP/1.1\r\n"));

    let front = Front::start(Behind::deciding(|head| {
        assert_eq!((head.authority, head.target), ("real.test", "/x?y"));
        let fields = std::str::from_utf8(head.fields).expect("ASCII");
        assert!(!fields.contains("other.test"), "{fields}");
        reply(200, "ok")
    }));
    let mut raw = Raw::connect(front.address);
    raw.send("GET http://real.test/x?y HTTP/1.1\r\nHost: other.test\r\n\r\n");
    assert_eq!(raw.response().status, 200);
}

#[test]
fn a_head_of_nearly_64_kib_passes_and_a_larger_one_is_431() {
    let app = App::start(|request| {
        Box::pin(async move {
            let length = request.headers()["x-long"].len().to_string();
            http::Response::new(crate::harness::upstream::full(length))
        })
    });
    let front = Front::start(Behind::forwarding(app.url()));
    let with = |length: usize| {
        format!(
            "GET / HTTP/1.1\r\nHost: a\r\nX-Long: {}\r\n\r\n",
            "x".repeat(length)
        )
    };
    let mut raw = Raw::connect(front.address);
    raw.send(with(64_000));
    let response = raw.response();
    assert_eq!((response.status, response.text()), (200, "64000"));
    let answer = ask(front.address, with(66_000));
    assert_eq!(status(&answer), "431", "{answer}");
    // Without an end in sight it is refused as soon as it is too long.
    let endless = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nX-Long: {}",
        "x".repeat(66_000)
    );
    assert_eq!(status(&ask(front.address, endless)), "431");
    let many = format!(
        "GET / HTTP/1.1\r\nHost: a\r\n{}\r\n",
        "X-Many: 1\r\n".repeat(200)
    );
    assert_eq!(status(&ask(front.address, many)), "431");
}

#[test]
fn a_path_without_a_route_is_404() {
    let front = Front::start(Behind::deciding(|_head| reply(200, "not asked")));
    let response = Raw::connect(front.address).get("/nowhere");
    assert_eq!(response.status, 404);
    assert!(response.text().contains("route.unknown"));
}

#[test]
fn bytes_that_are_not_utf8_are_carried_not_choked_on() {
    let (front, reports) = front_reporting();
    let mut raw = Raw::connect(front.address);
    raw.send(b"GET / HTTP/1.1\r\nHost: a\r\nX-Latin: caf\xe9\r\n\r\n");
    assert_eq!(raw.response().status, 200);
    let sent = reports.recv_timeout(PATIENCE).expect("a request");
    assert!(sent.windows(4).any(|part| part == b"caf\xe9"));
}

#[test]
fn a_head_that_never_ends_is_cut_off() {
    let front = Front::start_with(Behind::deciding(|_head| reply(200, "ok")), |options| {
        options.limits.head_timeout = Duration::from_millis(200);
    });
    let mut raw = Raw::connect(front.address);
    assert_eq!(raw.get("/").status, 200);
    raw.send("GET / HTTP/1.1\r\nHost: a\r\n");
    let mut drips = 0;
    eventually("the front to close", || {
        drips += 1;
        raw.try_send("X: y\r\n").is_err().then_some(())
    });
    assert!(drips > 1);
    // A connection that never says anything at all goes the same way.
    assert!(Raw::connect(front.address).is_closed());
    assert!(front.metric("gatelet_connections_overstayed_total") >= 2.0);
}

#[test]
fn an_idle_connection_is_closed() {
    let front = Front::start_with(Behind::deciding(|_head| reply(200, "ok")), |options| {
        options.limits.idle_timeout = Duration::from_millis(200);
    });
    let mut raw = Raw::connect(front.address);
    assert_eq!(raw.get("/").status, 200);
    assert!(raw.is_closed());
}

#[test]
fn a_visitor_who_stops_in_the_middle_of_a_body_is_cut_off() {
    let app = App::describing();
    let front = Front::start_with(Behind::forwarding(app.url()), |options| {
        options.limits.stall_timeout = Duration::from_millis(300);
    });
    let mut raw = Raw::connect(front.address);
    raw.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
    assert_eq!(raw.rest(), "");
    assert_eq!(front.metric("gatelet_connections_overstayed_total"), 1.0);
}

/// Bodies whose framing is the visitor's mistake.
const BROKEN: [&str; 7] = [
    "zz\r\nhello\r\n0\r\n\r\n",
    "5\nhello\r\n0\r\n\r\n",
    "5\r\nhelloXX0\r\n\r\n",
    "-5\r\nhello\r\n0\r\n\r\n",
    "fffffffffffffffffff\r\nhello",
    "5 x\r\nhello\r\n0\r\n\r\n",
    "\r\nhello\r\n0\r\n\r\n",
];

#[test]
fn a_body_that_is_framed_wrongly_is_the_visitors_fault() {
    let app = App::describing();
    let front = Front::start(Behind::forwarding(app.url()));
    for (number, body) in BROKEN.into_iter().enumerate() {
        let mut raw = Raw::connect(front.address);
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        raw.send([head, "3\r\nabc\r\n", body].concat());
        let response = raw.response();
        assert_eq!(response.status, 400, "{body:?}");
        assert!(response.text().contains("request.malformed"), "{body:?}");
        assert!(raw.is_closed(), "what follows is nobody's: {body:?}");
        let line = &front.log.lines(number + 1)[number];
        assert_eq!(line["code"], "request.body_malformed", "{body:?}");
    }
    assert_eq!(front.metric("gatelet_upstream_errors_total"), 0.0);
    assert_eq!(Raw::connect(front.address).get("/").status, 200);
}

#[test]
fn a_visitor_who_leaves_in_the_middle_of_a_body_is_no_fault_of_the_upstream() {
    let app = App::describing();
    let front = Front::start(Behind::forwarding(app.url()));
    for (number, beginning) in [
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "Content-Length: 10\r\n\r\nhello",
    ]
    .into_iter()
    .enumerate()
    {
        let mut raw = Raw::connect(front.address);
        raw.send(["POST / HTTP/1.1\r\nHost: a\r\n", beginning].concat());
        eventually("the request to be in flight", || {
            (front.metric("gatelet_requests_in_flight") > 0.0).then_some(())
        });
        drop(raw);
        let line = &front.log.lines(number + 1)[number];
        assert_eq!(line["code"], "request.body_cut_off", "{beginning:?}");
    }
    assert_eq!(front.metric("gatelet_upstream_errors_total"), 0.0);
}
