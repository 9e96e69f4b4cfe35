//! What goes through the gateway arrives as it was sent, both ways.

use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use std::io::{Read, Write};

use futures_util::{SinkExt, StreamExt};
use gatelet_tests::account::signed_in;
use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::raw_socket::{RawSocket, WEB_SOCKET, spoofed_trailers};
use gatelet_tests::runtime::run;
use gatelet_tests::through_both_doors;
use gatelet_tests::upstream::Upstream;
use gatelet_tests::visitor::Visitor;
use http::Method;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

through_both_doors! {
    methods_targets_and_bodies_arrive_as_sent,
    answers_come_back_as_sent,
    hop_by_hop_fields_stop_at_the_gateway,
    head_has_no_body_and_keeps_its_length,
    chunked_bodies_go_both_ways,
    trailers_go_both_ways,
    trailers_say_nothing_that_only_we_may_say,
    nothing_but_a_websocket_is_switched_to,
    events_arrive_one_by_one,
    a_large_download_leaves_memory_flat,
    a_large_upload_leaves_memory_flat,
    a_slow_reader_holds_the_app_back,
    a_visitor_who_leaves_is_noticed_by_the_app,
    an_app_that_breaks_off_is_noticed_by_the_visitor,
    an_upload_that_breaks_off_is_noticed_by_the_app,
    an_app_may_refuse_a_body_early,
    who_sends_all_before_reading_hears_the_answer_that_came_first,
    a_body_waits_for_the_app_to_want_it,
    requests_on_one_connection_stay_apart,
    a_broken_app_is_a_502,
}

/// The pieces that nearly every test here starts from.
fn signed_in_through(door: Door) -> (Upstream, Gatelet, Visitor) {
    let upstream = Upstream::start();
    let gatelet = Gatelet::in_front_of(&upstream, door);
    let (visitor, _) = signed_in(&gatelet);
    (upstream, gatelet, visitor)
}

/// The head of a request by hand, signed in, without the last empty line.
fn head(gatelet: &Gatelet, visitor: &Visitor, first: &str) -> String {
    let host = gatelet.base_url().trim_start_matches("http://");
    let cookie = visitor.cookie("gatelet").expect("signed in");
    let (name, value) = (cookie.name, cookie.value);
    format!("{first} HTTP/1.1\r\nHost: {host}\r\nCookie: {name}={value}\r\n")
}

fn methods_targets_and_bodies_arrive_as_sent(door: Door) {
    let (upstream, gatelet, visitor) = signed_in_through(door);
    for method in [
        "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND",
    ] {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let answer = visitor
            .request(method.clone(), "/a")
            .body("the body")
            .send()
            .expect(200)
            .json();
        assert_eq!(answer["method"], method.as_str());
        assert_eq!(answer["text"], "the body", "{method}");
    }
    for target in [
        "/a?",
        "/a?b=c&d=%2F%20",
        "/%C3%BC/%2f/;x",
        "/a//b/../c",
        "/a?q='",
        "/~._-!$&'()*+,;=:@",
        "/a|b?{}",
        "/%zz",
    ] {
        // By hand: HTTP libraries have opinions on targets.
        let request = head(&gatelet, &visitor, &format!("GET {target}"));
        let answer = RawSocket::exchange(gatelet.address(), request + "Connection: close\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 200"), "{target}: {answer}");
        let seen = upstream.seen().pop().expect("it arrived");
        assert_eq!(seen.target, target);
    }
    // RFC 3986 §2 has no place for these, and clients encode them.
    for target in ["/a?q=\"", "/a?q=<", "/a?q=>"] {
        let before = upstream.seen().len();
        let request = head(&gatelet, &visitor, &format!("GET {target}"));
        let answer = RawSocket::exchange(gatelet.address(), request + "Connection: close\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 400"), "{target}: {answer}");
        assert_eq!(upstream.seen().len(), before, "{target} went no further");
    }
    let answer = visitor
        .get("/a")
        .header("x-many", "one")
        .header("x-many", "two")
        .header_bytes("x-bytes", b"\xe9\xff")
        .send();
    answer.expect(200);
    let headers = upstream.seen().pop().expect("it arrived").headers;
    let many: Vec<_> = headers.get_all("x-many").iter().collect();
    assert_eq!(many, ["one", "two"]);
    assert_eq!(headers["x-bytes"].as_bytes(), b"\xe9\xff");
}

fn answers_come_back_as_sent(door: Door) {
    let (_upstream, _gatelet, visitor) = signed_in_through(door);
    for status in [
        200, 201, 204, 206, 301, 304, 400, 401, 403, 404, 409, 418, 429, 500, 503, 599,
    ] {
        let answer = visitor.get(&format!("/status/{status}")).send();
        assert_eq!(answer.status.as_u16(), status);
        assert_eq!(
            answer.header("x-test-upstream"),
            "1",
            "{status} is the app's own"
        );
    }
    let cookies = visitor
        .get("/cookies")
        .send()
        .expect(200)
        .every("set-cookie");
    assert_eq!(cookies, ["theirs=1; Path=/", "other=2; Path=/; HttpOnly"]);
    let empty = visitor.get("/bytes/0").send().expect(200);
    assert!(empty.body.is_empty());
    assert_eq!(visitor.get("/bytes/70001").send().body.len(), 70_001);
}

fn hop_by_hop_fields_stop_at_the_gateway(door: Door) {
    let (upstream, gatelet, visitor) = signed_in_through(door);
    let answer = visitor.get("/hop").send().expect(200);
    assert_eq!(answer.header("x-for-the-visitor"), "yes");
    for name in ["x-between-us", "keep-alive", "proxy-authenticate"] {
        assert_eq!(answer.header(name), "", "{name}: {}", answer.description());
    }
    assert!(!answer.header("connection").contains("x-between-us"));

    let request = head(&gatelet, &visitor, "GET /hopping")
        + "Connection: close, X-Private, X-Forwarded-User, Cookie2\r\nX-Private: 1\r\nKeep-Alive: timeout=9\r\nProxy-Authorization: Basic eA==\r\n\
           Proxy-Connection: keep-alive\r\nTE: trailers, deflate\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nX-Public: 2\r\n\r\n";
    let answer = RawSocket::exchange(gatelet.address(), request);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let seen = upstream.seen_at("/hopping");
    let headers = &seen[0].headers;
    assert_eq!(headers["x-public"], "2");
    // `Connection` of the visitor cannot take ours away.
    assert!(headers.contains_key("x-forwarded-user"), "{headers:?}");
    for name in [
        "x-private",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "upgrade",
        "http2-settings",
    ] {
        assert!(!headers.contains_key(name), "{name}: {headers:?}");
    }
    assert!(
        !format!("{:?}", headers.get("te")).contains("deflate"),
        "{headers:?}"
    );
}

fn head_has_no_body_and_keeps_its_length(door: Door) {
    let (_upstream, gatelet, visitor) = signed_in_through(door);
    let mut socket = RawSocket::connect(gatelet.address());
    socket.send(head(&gatelet, &visitor, "HEAD /bytes/12345") + "\r\n");
    // A second request on the same connection shows where the first answer ended.
    let first = socket.read_until("\r\n\r\n").to_lowercase();
    assert!(
        first.starts_with("http/1.1 200") && first.contains("content-length: 12345"),
        "{first}"
    );
    socket.send(head(&gatelet, &visitor, "GET /status/204") + "Connection: close\r\n\r\n");
    let second = socket.read_all();
    assert!(second.starts_with("HTTP/1.1 204"), "{second}");
}

fn chunked_bodies_go_both_ways(door: Door) {
    let (upstream, gatelet, visitor) = signed_in_through(door);
    let request = head(&gatelet, &visitor, "POST /echo")
        + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n1;ext=\"x\"\r\n,\r\n6\r\n world\r\n0\r\n\r\n";
    let answer = RawSocket::exchange(gatelet.address(), request);
    assert!(answer.contains(r#""text":"hello, world""#), "{answer}");
    let answer = visitor.get("/chunks/50/1000").send().expect(200);
    assert_eq!(answer.body.len(), 50_000);
    // What has no end is no whole body.
    let mut socket = RawSocket::connect(gatelet.address());
    socket.send(
        head(&gatelet, &visitor, "POST /sink") + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
    );
    upstream.wait_seen("/sink");
    socket.finish();
    let answer = socket.read_all();
    // A component is not told whose fault it was that the app got no whole body.
    let says = match door {
        Door::Gate => "HTTP/1.1 400 ",
        Door::Handler => "HTTP/1.1 502 ",
    };
    assert!(answer.starts_with(says), "{answer}");
    upstream.wait_broken(1);
}

fn trailers_go_both_ways(door: Door) {
    let (_upstream, gatelet, visitor) = signed_in_through(door);
    let answer = visitor
        .get("/trailers")
        .header("te", "trailers")
        .send()
        .expect(200);
    assert_eq!(
        answer
            .trailers
            .get("x-checksum")
            .map(|value| value.as_bytes()),
        Some(&b"c0ffee"[..]),
        "{}",
        answer.description()
    );

    let request = head(&gatelet, &visitor, "POST /trailers")
        + "Transfer-Encoding: chunked\r\nTrailer: X-Digest\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\nX-Digest: 123\r\n\r\n";
    let answer = RawSocket::exchange(gatelet.address(), request);
    assert!(answer.contains(r#"["x-digest","123"]"#), "{answer}");
}

fn trailers_say_nothing_that_only_we_may_say(door: Door) {
    let (_upstream, gatelet, visitor) = signed_in_through(door);
    let request = spoofed_trailers(&head(&gatelet, &visitor, "POST /trailers"));
    let answer = RawSocket::exchange(gatelet.address(), request);
    assert!(answer.contains(r#"["x-digest","123"]"#), "{answer}");
    assert!(!answer.contains("spoofed"), "{answer}");
}

fn nothing_but_a_websocket_is_switched_to(door: Door) {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .door(door)
        .variable("public_paths", "/open, /tunnel")
        .start();
    let host = gatelet.base_url().trim_start_matches("http://").to_owned();
    let web_socket = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let length = |count: usize| format!("{web_socket}Content-Length: {count}\r\n");
    let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    for (first_line, fields, content) in [
        ("GET /open HTTP/1.1", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n".to_owned(), ""),
        ("GET /open HTTP/1.1", "Connection: Upgrade\r\nUpgrade: h2c, websocket\r\n".to_owned(), ""),
        ("GET /open HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n".to_owned(), ""),
        ("GET /open HTTP/1.1", "Connection: Upgrade\r\nUpgrade: test-echo\r\n".to_owned(), ""),
        ("POST /open HTTP/1.1", length(0), ""),
        ("POST /open HTTP/1.1", length(3), "abc"),
    ] {
        let mut socket = RawSocket::connect(gatelet.address());
        socket.send(format!("{first_line}\r\nHost: {host}\r\n{fields}\r\n{content}"));
        let answer = socket.read_until("}");
        assert!(answer.starts_with("HTTP/1.1 200"), "{fields}: {answer}");
        let seen = upstream.seen_at("/open").pop().expect("it arrived");
        for name in ["upgrade", "http2-settings"] {
            assert!(!seen.headers.contains_key(name), "{fields}: {seen:?}");
        }
        // What would go into the tunnel is one more request to the gateway.
        let before = upstream.seen().len();
        socket.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        socket.send(format!("GET /admin HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        let after = socket.read_all();
        assert_eq!(after, "", "{fields}");
        assert_eq!(upstream.seen().len(), before, "{fields}");
    }
    // An app that switches all the same, or to something else than it was asked for.
    for fields in [
        "",
        "Connection: Upgrade\r\nUpgrade: test-echo\r\n",
        web_socket,
    ] {
        let request = format!("GET /tunnel HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n");
        let answer = RawSocket::connect(gatelet.address());
        let mut socket = answer;
        socket.send(request);
        let answer = first(&socket.read_until("\r\n\r\n"));
        let refused = match door {
            Door::Handler if fields == web_socket => "HTTP/1.1 501",
            Door::Gate | Door::Handler => "HTTP/1.1 502",
        };
        assert!(answer.starts_with(refused), "{fields}: {answer}");
    }
}

fn events_arrive_one_by_one(door: Door) {
    let (_upstream, gatelet, visitor) = signed_in_through(door);
    let mut socket = RawSocket::connect(gatelet.address());
    let start = Instant::now();
    socket.send(
        head(&gatelet, &visitor, "GET /events/4/300")
            + "Accept: text/event-stream\r\nConnection: close\r\n\r\n",
    );
    for number in 0..4 {
        let text = socket.read_until(&format!("data: event {number}\n"));
        let (at, due) = (start.elapsed(), Duration::from_millis(300 * number));
        assert!(text.contains("data: event"), "{text}");
        assert!(
            at < due + Duration::from_millis(250),
            "event {number} came after {at:?}"
        );
    }
    assert!(
        start.elapsed() >= Duration::from_millis(850),
        "{:?}",
        start.elapsed()
    );
}

const LARGE_BYTES: usize = 256 << 20;
/// What buffers on the way may take.
const GROWTH_KIB: u64 = 24 * 1024;

fn a_large_download_leaves_memory_flat(door: Door) {
    let (_upstream, gatelet, visitor) = signed_in_through(door);
    visitor.get("/bytes/1000000").send().expect(200);
    let before = gatelet.resident_kib();
    let mut socket = RawSocket::connect(gatelet.address());
    socket.send(
        head(&gatelet, &visitor, &format!("GET /bytes/{LARGE_BYTES}"))
            + "Connection: close\r\n\r\n",
    );
    let (mut most, mut next) = (before, 0);
    let count = socket.count_rest(|so_far| {
        if so_far >= next {
            most = most.max(gatelet.resident_kib());
            next = so_far + (8 << 20);
        }
    });
    assert!(count > LARGE_BYTES && count < LARGE_BYTES + 2000, "{count}");
    assert!(most < before + GROWTH_KIB, "from {before} to {most} KiB");
}

fn a_large_upload_leaves_memory_flat(door: Door) {
    let (_upstream, gatelet, visitor) = signed_in_through(door);
    visitor
        .request(Method::POST, "/sink")
        .body(vec![0; 1_000_000])
        .send()
        .expect(200);
    let before = gatelet.resident_kib();
    let mut socket = RawSocket::connect(gatelet.address());
    socket.send(
        head(&gatelet, &visitor, "POST /sink")
            + &format!("Content-Length: {LARGE_BYTES}\r\nConnection: close\r\n\r\n"),
    );
    let mut most = before;
    for _ in 0..32 {
        assert!(socket.send_filler(LARGE_BYTES / 32));
        most = most.max(gatelet.resident_kib());
    }
    let answer = socket.read_all();
    assert!(
        answer.contains(&format!(r#""length":{LARGE_BYTES}"#)),
        "{answer}"
    );
    assert!(most < before + GROWTH_KIB, "from {before} to {most} KiB");
}

fn a_slow_reader_holds_the_app_back(door: Door) {
    let (upstream, gatelet, visitor) = signed_in_through(door);
    visitor.get("/bytes/1000000").send().expect(200);
    let before = gatelet.resident_kib();
    let mut socket = RawSocket::connect(gatelet.address());
    socket.send(
        head(&gatelet, &visitor, &format!("GET /bytes/{LARGE_BYTES}"))
            + "Connection: close\r\n\r\n",
    );
    let head = socket.read_until("\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    // Nobody reads. Sockets on the way hold some of it, and the gateway no more.
    let given = upstream.wait_held_back();
    assert!(given < LARGE_BYTES / 2, "{given} bytes went out unread");
    let grown = gatelet.resident_kib().saturating_sub(before);
    assert!(
        grown < GROWTH_KIB,
        "{grown} KiB are held for somebody who does not read"
    );
    drop(socket);
    upstream.wait_abandoned(1);
}

fn a_visitor_who_leaves_is_noticed_by_the_app(door: Door) {
    let (upstream, gatelet, visitor) = signed_in_through(door);
    let mut socket = RawSocket::connect(gatelet.address());
    socket.send(head(&gatelet, &visitor, "GET /events/1000/50") + "\r\n");
    socket.read_until("event 1");
    drop(socket);
    upstream.wait_abandoned(1);
    visitor.get("/x").send().expect(200);
}

fn an_app_that_breaks_off_is_noticed_by_the_visitor(door: Door) {
    let (_upstream, gatelet, visitor) = signed_in_through(door);
    let request = head(&gatelet, &visitor, "GET /cut-body") + "Connection: close\r\n\r\n";
    let answer = RawSocket::exchange(gatelet.address(), request);
    assert!(
        answer.contains("ten bytes.") && !answer.ends_with("0\r\n\r\n"),
        "no end is made up: {answer}"
    );
    assert!(visitor.get("/cut-body").try_send().is_err());
    visitor
        .get("/cut-head")
        .send()
        .expect_denial(502, "upstream.unreachable");
    visitor.get("/x").send().expect(200);
}

fn an_upload_that_breaks_off_is_noticed_by_the_app(door: Door) {
    let (upstream, gatelet, visitor) = signed_in_through(door);
    let mut socket = RawSocket::connect(gatelet.address());
    socket.send(head(&gatelet, &visitor, "POST /sink") + "Content-Length: 1000000\r\n\r\n");
    socket.send_filler(100_000);
    upstream.wait_seen("/sink");
    drop(socket);
    upstream.wait_broken(1);
}

fn an_app_may_refuse_a_body_early(door: Door) {
    let (_upstream, gatelet, visitor) = signed_in_through(door);
    for bytes in [0, 64 * 1024] {
        let mut socket = RawSocket::connect(gatelet.address());
        socket.send(head(&gatelet, &visitor, "POST /refuse") + "Content-Length: 100000000\r\n\r\n");
        socket.send_filler(bytes);
        let answer = socket.read_until("\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 413"), "{bytes}: {answer}");
    }
}

/// As most programs send an upload.
fn who_sends_all_before_reading_hears_the_answer_that_came_first(door: Door) {
    const BYTES: usize = 16 * 1024 * 1024;
    let (_upstream, gatelet, visitor) = signed_in_through(door);
    let host = gatelet.base_url().trim_start_matches("http://");
    let by_a_stranger = format!("POST /upload HTTP/1.1\r\nHost: {host}\r\n");
    let too_long = format!(
        "POST /auth/sign-in HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n"
    );
    for (who, head, status) in [
        ("a stranger", by_a_stranger, "401"),
        ("the app", head(&gatelet, &visitor, "POST /refuse"), "413"),
        ("a form", too_long, "413"),
    ] {
        let mut socket = RawSocket::connect(gatelet.address());
        socket.send(format!("{head}Content-Length: {BYTES}\r\n\r\n"));
        assert!(socket.send_filler(BYTES), "{who}: all of it is taken");
        let answer = socket.read_until("\r\n\r\n");
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{who}: {answer}"
        );
    }
}

fn a_body_waits_for_the_app_to_want_it(door: Door) {
    let (_upstream, gatelet, visitor) = signed_in_through(door);
    let mut socket = RawSocket::connect(gatelet.address());
    socket.send(
        head(&gatelet, &visitor, "POST /sink")
            + "Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
    );
    let first = socket.read_until("\r\n\r\n");
    assert!(first.starts_with("HTTP/1.1 100"), "{first}");
    socket.send("hello");
    let rest = socket.read_all();
    assert!(rest.contains(r#""length":5"#), "{rest}");
    // Nor is it asked for where the app has answered before. A component is given a
    // body whose reading is the wish for it, so through that door it is asked for.
    let mut socket = RawSocket::connect(gatelet.address());
    socket.send(
        head(&gatelet, &visitor, "POST /refuse")
            + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n",
    );
    let answer = socket.read_until("HTTP/1.1 413");
    let asked = answer.starts_with("HTTP/1.1 100");
    assert_eq!(asked, door == Door::Handler, "{answer}");
    // Nobody signed in is told so without being asked for the body.
    let host = gatelet.base_url().trim_start_matches("http://");
    let mut socket = RawSocket::connect(gatelet.address());
    socket.send(format!("POST /sink HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"));
    let answer = socket.read_until("}");
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

fn requests_on_one_connection_stay_apart(door: Door) {
    let (upstream, gatelet, visitor) = signed_in_through(door);
    let (other, account) = signed_in(&gatelet);
    let host = gatelet.base_url().trim_start_matches("http://").to_owned();
    let mut socket = RawSocket::connect(gatelet.address());
    // Pipelined: one person, another, nobody, the first again.
    socket.send(
        head(&gatelet, &visitor, "GET /one")
            + "\r\n"
            + &head(&gatelet, &other, "POST /two")
            + "Content-Length: 3\r\n\r\nabc",
    );
    socket.send(format!("GET /three HTTP/1.1\r\nHost: {host}\r\n\r\n"));
    socket.send(head(&gatelet, &visitor, "GET /four") + "Connection: close\r\n\r\n");
    let all = socket.read_all();
    let statuses: Vec<&str> = all
        .match_indices("HTTP/1.1 ")
        .map(|(at, _)| &all[at + 9..at + 12])
        .collect();
    assert_eq!(statuses, ["200", "200", "401", "200"], "{all}");
    assert!(upstream.seen_at("/three").is_empty());
    assert_eq!(
        upstream.seen_at("/two")[0].headers["x-forwarded-email"],
        account.email.as_str()
    );
    let (one, four) = (&upstream.seen_at("/one")[0], &upstream.seen_at("/four")[0]);
    assert_eq!(
        one.headers["x-forwarded-user"],
        four.headers["x-forwarded-user"]
    );
    assert_ne!(
        one.headers["x-forwarded-user"],
        upstream.seen_at("/two")[0].headers["x-forwarded-user"]
    );
}

fn a_broken_app_is_a_502(door: Door) {
    const WHOLE: &str = "a whole answer";
    for (what, says) in [
        (WHOLE, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
        ("no HTTP", "hello\r\n\r\n"),
        ("nothing", ""),
        ("half a head", "HTTP/1.1 200 OK\r\nContent-Le"),
        (
            "two lengths",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        ),
        ("a split answer", "HTTP/1.1 200 OK\r\nX-A: b\0c\r\n\r\n"),
    ] {
        let (address, app) = saying(says);
        let gatelet = Setup::new(Engine::Sqlite)
            .variable("upstream", &format!("http://{address}"))
            .door(door)
            .start();
        let (visitor, _) = signed_in(&gatelet);
        let answer = visitor.get("/x").send();
        assert_eq!(
            answer.status.as_u16(),
            if what == WHOLE { 200 } else { 502 },
            "{what}: {}",
            answer.description()
        );
        drop(gatelet);
        drop(app);
    }
}

/// A server that says the same to everybody and hangs up.
fn saying(what: &'static str) -> (SocketAddr, impl Drop) {
    struct Ended(SocketAddr);
    impl Drop for Ended {
        fn drop(&mut self) {
            let _woken =
                std::net::TcpStream::connect(self.0).map(|mut stream| stream.write_all(b"end"));
        }
    }
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = listener.local_addr().expect("bound");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let mut request = [0; 4096];
            let count = stream.read(&mut request).unwrap_or_default();
            if &request[..count] == b"end" {
                return;
            }
            let _gone = stream.write_all(what.as_bytes());
        }
    });
    (address, Ended(address))
}

#[test]
fn websockets_go_through_the_gate() {
    let (_upstream, gatelet, visitor) = signed_in_through(Door::Gate);
    let user = visitor.get("/auth/me").send().json()["id"].clone();
    let said = web_socket(&gatelet, &visitor).expect("it opens");
    assert_eq!(said, [user.as_str().expect("an id"), "hello", "goodbye"]);
}

#[test]
fn websockets_are_answered_501_by_the_handler_which_says_so() {
    let (_upstream, gatelet, visitor) = signed_in_through(Door::Handler);
    let mut socket = RawSocket::connect(gatelet.address());
    socket.send(head(&gatelet, &visitor, "GET /socket") + WEB_SOCKET + "\r\n");
    let refused = socket.read_until("upgrade.unsupported");
    assert!(refused.starts_with("HTTP/1.1 501 "), "{refused}");
    assert!(refused.contains("upgrade.unsupported"), "{refused}");
}

/// Opens a WebSocket as this visitor, says two things, gives all that came.
fn web_socket(gatelet: &Gatelet, visitor: &Visitor) -> Result<Vec<String>, (u16, String)> {
    let url = format!("{}/socket", gatelet.base_url().replace("http:", "ws:"));
    let mut request = url.into_client_request().expect("a URL");
    let cookie = visitor
        .jar()
        .header(&url::Url::parse(gatelet.base_url()).expect("a URL"));
    request
        .headers_mut()
        .insert("cookie", cookie.unwrap_or_default().parse().expect("ASCII"));
    run(async {
        let stream = tokio::net::TcpStream::connect(gatelet.address())
            .await
            .expect("it listens");
        let (mut socket, _) = match tokio_tungstenite::client_async(request, stream).await {
            Ok(opened) => opened,
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => {
                let body = answer.body().clone().unwrap_or_default();
                return Err((
                    answer.status().as_u16(),
                    String::from_utf8_lossy(&body).into_owned(),
                ));
            }
            Err(error) => panic!("{error}"),
        };
        let mut said = Vec::new();
        for line in ["hello", "goodbye"] {
            socket.send(line.into()).await.expect("open");
        }
        while said.len() < 3 {
            let message = socket.next().await.expect("open").expect("a message");
            said.push(message.into_text().expect("text").to_string());
        }
        Ok(said)
    })
}

#[test]
fn a_websocket_outlives_the_freshness_of_its_session() {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .variable("session_fresh_seconds", "0")
        .start();
    let (visitor, _) = signed_in(&gatelet);
    // Stale at once, so `judge` decides on the head of the upgrade.
    assert_eq!(web_socket(&gatelet, &visitor).expect("it opens").len(), 3);
}

#[test]
fn nobody_opens_a_websocket_without_a_session() {
    let (upstream, gatelet, _) = signed_in_through(Door::Gate);
    let refused = web_socket(&gatelet, &gatelet.visitor()).expect_err("nobody is signed in");
    assert_eq!(refused.0, 401);
    assert!(upstream.seen_at("/socket").is_empty());
}

#[test]
fn a_client_that_offers_h2c_with_every_request_is_served() {
    // Java's HTTP client and `curl --http2` do; the demo app is a component.
    let gatelet = Setup::new(Engine::Sqlite).start();
    let (visitor, account) = signed_in(&gatelet);
    let offer = |path: &str, visitor: &Visitor| {
        let request = visitor
            .get(path)
            .header("connection", "Upgrade, HTTP2-Settings");
        request
            .header("upgrade", "h2c")
            .header("http2-settings", "AAMAAABkAAQAAP__")
            .header("accept", "text/html")
            .send()
    };
    let page = offer("/", &visitor).expect(200);
    assert!(page.text().contains(&account.name), "{}", page.text());
    let away = offer("/", &gatelet.visitor()).expect(303);
    away.expect_redirect("/auth/sign-in?return_to=%2F");
}

#[test]
fn trailers_reach_a_component_as_they_would_reach_a_server() {
    let gatelet = Setup::new(Engine::Sqlite).start();
    let (visitor, _) = signed_in(&gatelet);
    let request = spoofed_trailers(&head(&gatelet, &visitor, "POST /headers"));
    let answer = RawSocket::exchange(gatelet.address(), request);
    assert!(answer.contains(r#"["x-digest","123"]"#), "{answer}");
    assert!(!answer.contains("spoofed"), "{answer}");
}

#[test]
fn http_2_works_towards_the_visitor() {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .variable("public_paths", "/open")
        .start();
    let (visitor, _) = signed_in(&gatelet);
    let cookie = visitor.cookie("gatelet").expect("signed in");
    let cookie = format!("{}={}", cookie.name, cookie.value);
    let host = gatelet.base_url().trim_start_matches("http://").to_owned();
    let statuses = run(async {
        let stream = tokio::net::TcpStream::connect(gatelet.address())
            .await
            .expect("it listens");
        let executor = hyper_util::rt::TokioExecutor::new();
        let io = hyper_util::rt::TokioIo::new(stream);
        let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io)
            .await
            .expect("HTTP/2");
        tokio::spawn(connection);
        let mut answers = Vec::new();
        for (path, cookie) in [
            ("/h2", Some(&cookie)),
            ("/h2-nobody", None),
            ("/open", None),
            ("/bytes/300000", Some(&cookie)),
        ] {
            let mut request = http::Request::builder().uri(format!("http://{host}{path}"));
            if path == "/open" {
                request = request.header("cookie", "a=1").header("cookie", "b=2");
            } else if let Some(cookie) = cookie {
                // HTTP/2 may split cookies into fields (RFC 9113 §8.2.3).
                request = request.header("cookie", "a=1").header("cookie", cookie);
            }
            let request = request
                .body(http_body_util::Empty::<bytes::Bytes>::new())
                .expect("a request");
            let answer = sender.send_request(request).await.expect("an answer");
            let status = answer.status().as_u16();
            let body = http_body_util::BodyExt::collect(answer.into_body())
                .await
                .expect("a body")
                .to_bytes();
            answers.push((status, body.len()));
        }
        answers
    });
    assert_eq!(statuses[0].0, 200);
    assert_eq!(statuses[1].0, 401);
    assert_eq!(statuses[2].0, 200);
    assert_eq!(statuses[3], (200, 300_000));
    // An app that speaks HTTP/1.1 expects one field.
    let open = &upstream.seen_at("/open")[0].headers;
    let cookies: Vec<_> = open.get_all("cookie").iter().collect();
    assert_eq!(cookies, ["a=1; b=2"]);
    let seen = upstream.seen_at("/h2");
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].headers["cookie"], "a=1");
    assert_eq!(seen[0].headers["x-forwarded-host"], host.as_str());
}

#[test]
fn upstream_connections_are_reused() {
    let (upstream, _gatelet, visitor) = signed_in_through(Door::Gate);
    for _ in 0..50 {
        visitor.get("/x").send().expect(200);
    }
    assert!(
        upstream.connections() <= 10,
        "{} connections for 50 requests",
        upstream.connections()
    );
}

#[test]
fn a_pooled_connection_that_the_app_closed_costs_nobody_a_request() {
    let upstream = Upstream::start();
    let gatelet = Gatelet::in_front_of(&upstream, Door::Gate);
    let (visitor, _) = signed_in(&gatelet);
    for _ in 0..20 {
        visitor.get("/x").send().expect(200);
        let cut = visitor.get("/cut-head").send();
        assert_eq!(cut.status.as_u16(), 502);
    }
    visitor
        .request(Method::POST, "/x")
        .body("not to be sent twice")
        .send()
        .expect(200);
    assert_eq!(
        upstream
            .seen()
            .iter()
            .filter(|seen| seen.method == Method::POST && seen.target == "/x")
            .count(),
        1
    );
}

#[test]
fn a_stop_lets_requests_in_flight_end() {
    let upstream = Upstream::start();
    let mut gatelet = Gatelet::in_front_of(&upstream, Door::Gate);
    let (visitor, _) = signed_in(&gatelet);
    let mut socket = RawSocket::connect(gatelet.address());
    socket.send(head(&gatelet, &visitor, "GET /slow/1500") + "Connection: close\r\n\r\n");
    upstream.wait_seen("/slow");
    let reading = thread::spawn(move || socket.read_all());
    let took = gatelet.stop();
    let answer = reading.join().expect("read");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(took < Duration::from_secs(8), "{took:?}");
}

#[test]
fn the_access_log_has_a_line_a_request_and_no_query() {
    let upstream = Upstream::start();
    let gatelet = Gatelet::in_front_of(&upstream, Door::Gate);
    let (visitor, _) = signed_in(&gatelet);
    visitor
        .get("/logged/path?code=a-secret-in-the-query&x=1")
        .send()
        .expect(200);
    gatelet.wait_for_line(&["/logged/path", "200"]);
    let stranger = gatelet.visitor();
    let turned_away = "/turned-away?code=a-secret-in-the-query";
    stranger.get(turned_away).send().expect(401);
    gatelet.wait_for_line(&["/turned-away", "401"]);
    let log = gatelet.log();
    assert!(!log.contains("a-secret-in-the-query"), "{log}");
    for path in ["/logged/path", "/turned-away"] {
        assert_eq!(log.matches(path).count(), 1, "{path}: {log}");
    }
}

#[test]
fn a_request_id_is_ours_and_in_the_log() {
    let upstream = Upstream::start();
    let gatelet = Gatelet::in_front_of(&upstream, Door::Gate);
    let (visitor, _) = signed_in(&gatelet);
    visitor
        .get("/identified")
        .header("x-request-id", "chosen-by-the-visitor")
        .send()
        .expect(200);
    let seen = upstream.seen_at("/identified");
    let id = seen[0].headers["x-request-id"]
        .to_str()
        .expect("ASCII")
        .to_owned();
    assert_ne!(id, "chosen-by-the-visitor");
    gatelet.wait_for_line(&["/identified", &id]);
}

#[test]
fn a_storm_of_half_open_connections_leaves_room() {
    let (_upstream, gatelet, visitor) = signed_in_through(Door::Gate);
    let mut open = Vec::new();
    for _ in 0..200 {
        let mut socket = RawSocket::connect(gatelet.address());
        socket.send("GET /x HTTP/1.1\r\nHost: ");
        open.push(socket);
    }
    let start = Instant::now();
    visitor.get("/x").send().expect(200);
    assert!(start.elapsed() < Duration::from_secs(2));
}
