//! Nobody holds a place by doing as little as they can.

use std::io::Read as _;
use std::time::{Duration, Instant};

use crate::harness::raw::Raw;
use crate::harness::upstream::{App, RawApp, read_head};
use crate::harness::{Behind, Front, eventually, reply};

fn describing(stall: u64) -> (App, Front) {
    let app = App::describing();
    let front = Front::start_with(Behind::forwarding(app.url()), |options| {
        options.limits.stall_timeout = Duration::from_millis(stall);
        options.limits.least_bytes_per_second = 1000;
    });
    (app, front)
}

const UPLOAD: &str = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";

#[test]
fn a_body_of_a_byte_now_and_then_is_given_up() {
    let (_app, front) = describing(500);
    let mut raw = Raw::connect(front.address);
    raw.send(UPLOAD);
    let began = Instant::now();
    // Each byte comes well before a stall.
    while raw.try_send("x").is_ok() {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "it drips for ever"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    eventually("its place to be free", || {
        (front.metric("gatelet_open_connections") == 0.0).then_some(())
    });
}

#[test]
fn a_slow_upload_lives_as_long_as_it_takes() {
    let (_app, front) = describing(300);
    let mut raw = Raw::connect(front.address);
    raw.send(UPLOAD);
    for _piece in 0..40 {
        raw.send([b'x'; 2500]);
        std::thread::sleep(Duration::from_millis(50));
    }
    let response = raw.response();
    assert_eq!(response.status, 200);
    assert!(response.text().contains("body 100000\n"));
}

#[test]
fn who_takes_an_answer_byte_by_byte_is_given_up_and_who_is_slow_is_not() {
    let app = RawApp::start(|mut stream, _number| {
        use std::io::Write as _;
        while read_head(&mut stream).is_some() {
            let size = 32 * 1024 * 1024;
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n");
            let _ = stream.write_all(head.as_bytes());
            let piece = vec![b'x'; 1024 * 1024];
            for _piece in 0..32 {
                if stream.write_all(&piece).is_err() {
                    return;
                }
            }
        }
    });
    let front = Front::start_with(Behind::forwarding(app.url()), |options| {
        options.limits.stall_timeout = Duration::from_millis(700);
        options.limits.least_bytes_per_second = 100_000;
    });
    for (piece, lives) in [(1_usize, false), (512 * 1024, true)] {
        let mut raw = Raw::connect(front.address);
        raw.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        let mut buffer = vec![0; piece];
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(3) {
            let mut stream = raw.stream();
            if !matches!(stream.read(&mut buffer), Ok(1..)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(60));
        }
        let open = front.metric("gatelet_open_connections");
        assert_eq!(open, if lives { 1.0 } else { 0.0 }, "{piece} at once");
    }
}

#[test]
fn in_a_full_house_whoever_asks_is_served_in_the_place_of_who_does_not() {
    let front = Front::start_with(Behind::deciding(|_head| reply(200, "ok")), |options| {
        options.limits.connections = 8;
    });
    let mut kept: Vec<Raw> = (0..8).map(|_| Raw::connect(front.address)).collect();
    for (number, raw) in kept.iter_mut().enumerate() {
        match number {
            // Nothing, a part of a head, kept after a request.
            0 | 1 => {}
            2 | 3 => raw.send("GET / HTTP/1.1\r\nHo"),
            _ => assert_eq!(raw.get("/").status, 200),
        }
    }
    for _visitor in 0..20 {
        assert_eq!(Raw::connect(front.address).get("/").status, 200);
    }
}

#[test]
fn in_a_full_house_nobody_who_waits_for_the_app_is_shown_out() {
    let app = RawApp::start(|mut stream, _number| {
        use std::io::Write as _;
        while read_head(&mut stream).is_some() {
            std::thread::sleep(Duration::from_millis(1500));
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        }
    });
    let front = Front::start_with(Behind::forwarding(app.url()), |options| {
        options.limits.connections = 3;
    });
    let mut waiting: Vec<Raw> = (0..3)
        .map(|_| {
            let mut raw = Raw::connect(front.address);
            raw.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            raw
        })
        .collect();
    eventually("three requests in flight", || {
        (front.metric("gatelet_requests_in_flight") == 3.0).then_some(())
    });
    let mut late = Raw::connect(front.address);
    late.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    for raw in &mut waiting {
        assert_eq!(raw.response().status, 200);
    }
    assert_eq!(late.response().status, 200, "and the next has its turn");
}

#[test]
fn a_preface_byte_by_byte_is_http2_all_the_same_and_half_a_one_is_given_up() {
    let front = Front::start_with(Behind::deciding(|_head| reply(200, "ok")), |options| {
        options.limits.head_timeout = Duration::from_millis(600);
    });
    let mut raw = Raw::connect(front.address);
    for byte in b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0" {
        raw.send([*byte]);
        std::thread::sleep(Duration::from_millis(5));
    }
    // The server's SETTINGS: length, then type 4.
    assert_eq!(raw.bytes(4)[3], 4);
    let mut half = Raw::connect(front.address);
    half.send("PRI * HT");
    assert_eq!(half.rest(), "");
}

const HTTP2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// A frame of HTTP/2: length, type, flags, stream, and what is in it.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).expect("a short one");
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

/// Sends one frame again and again, and says how long the front put up with it.
fn put_up_with(raw: &mut Raw, frame: &[u8]) -> Duration {
    let began = Instant::now();
    while raw.try_send(frame).is_ok() {
        assert!(began.elapsed() < Duration::from_secs(10), "for ever");
        std::thread::sleep(Duration::from_millis(20));
    }
    began.elapsed()
}

#[test]
fn frames_that_ask_for_nothing_do_not_keep_a_connection() {
    let front = Front::start_with(Behind::deciding(|_head| reply(200, "ok")), |options| {
        options.limits.idle_timeout = Duration::from_millis(400);
    });
    for (kind, stream, payload) in [
        (6, 0, &[0; 8][..]),       // PING
        (4, 0, &[][..]),           // SETTINGS
        (2, 1, &[0, 0, 0, 0, 16]), // PRIORITY
        (8, 0, &[0, 0, 0, 1]),     // WINDOW_UPDATE
    ] {
        let mut raw = Raw::connect(front.address);
        raw.send([HTTP2, &frame(4, 0, 0, &[])].concat());
        put_up_with(&mut raw, &frame(kind, 0, stream, payload));
    }
}

#[test]
fn a_window_of_nothing_is_given_up_and_pings_do_not_prolong_it() {
    let front = Front::start_with(Behind::deciding(|_head| reply(200, "ok")), |options| {
        options.limits.stall_timeout = Duration::from_millis(400);
    });
    let mut raw = Raw::connect(front.address);
    // SETTINGS_INITIAL_WINDOW_SIZE 0, then GET / of `a` (RFC 7541, static table).
    let settings = frame(4, 0, 0, &[0, 4, 0, 0, 0, 0]);
    let get = frame(1, 5, 1, &[0x82, 0x84, 0x86, 0x41, 1, b'a']);
    raw.send([HTTP2, &settings, &get].concat());
    put_up_with(&mut raw, &frame(6, 0, 0, &[0; 8]));
    assert_eq!(front.metric("gatelet_requests_total"), 1.0);
}

#[test]
fn a_component_is_told_whose_share_a_request_takes() {
    let told = |proxies: &str| {
        let mut behind = Behind::deciding(|_head| reply(200, "ok"));
        behind.handle = Box::new(|request| {
            let visitor = request.extensions().get::<gatelet_front::Visitor>();
            let whose = visitor.and_then(|visitor| visitor.whose);
            let whose = whose.map_or("nobody".to_owned(), |address| address.to_string());
            let mut response = crate::harness::text("");
            let whose = whose.parse().expect("a field value");
            response.headers_mut().insert("whose", whose);
            Box::pin(async move { response })
        });
        let front = Front::start_with(behind, |options| {
            options.trusted_proxies =
                gatelet_core::forwarded::TrustedProxies::parse(proxies).expect("addresses");
            options.request_id_from = vec!["127.0.0.0/8".parse().expect("a network")];
        });
        let mut raw = Raw::connect(front.address);
        raw.send("GET /component HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.9, 203.0.113.7\r\n\r\n");
        raw.response().header("whose").map(str::to_owned)
    };
    assert_eq!(told("").as_deref(), Some("127.0.0.1"), "nobody is believed");
    assert_eq!(told("127.0.0.1").as_deref(), Some("203.0.113.7"));
    assert_eq!(
        told("127.0.0.1,203.0.113.7").as_deref(),
        Some("198.51.100.9")
    );
    let all = "127.0.0.1,203.0.113.7,198.51.100.9";
    assert_eq!(told(all).as_deref(), Some("nobody"), "proxies alone");
}
