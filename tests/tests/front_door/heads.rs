//! Heads that two readers could take for two things, or that are too long.

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::raw_socket::RawSocket;
use gatelet_tests::through_both_doors;
use gatelet_tests::upstream::Upstream;

through_both_doors! {
    ambiguous_requests_are_refused,
    a_length_beside_chunks_goes_no_further_and_what_follows_is_no_request,
}

/// Everything is public, so whatever is refused is refused for its head.
fn open_to_all(upstream: &Upstream, door: Door) -> Gatelet {
    Setup::new(Engine::Sqlite)
        .upstream(upstream)
        .door(door)
        .variable("public_paths", "/*")
        .start()
}

fn host(gatelet: &Gatelet) -> &str {
    gatelet.base_url().trim_start_matches("http://")
}

/// How many answers came on a connection.
fn answers(text: &str) -> usize {
    text.lines()
        .filter(|line| line.starts_with("HTTP/"))
        .count()
}

fn ambiguous_requests_are_refused(door: Door) {
    let upstream = Upstream::start();
    let gatelet = open_to_all(&upstream, door);
    let host = host(&gatelet);
    let get = |target: &str, fields: &str| format!("GET {target} HTTP/1.1\r\n{fields}");
    let named = |fields: &str| get("/x", &format!("Host: {host}\r\n{fields}"));
    let post = |fields: &str| format!("POST /x HTTP/1.1\r\nHost: {host}\r\n{fields}");
    // A component is given no request without a host; our own door asks which it was.
    let no_host_in_1_0 = match door {
        Door::Gate => "HTTP/1.0 421 ",
        Door::Handler => "HTTP/1.0 400 ",
    };
    for (what, head, content, says) in [
        ("nothing", named(""), "", "HTTP/1.1 200 "),
        (
            "a length",
            post("Content-Length: 3\r\n"),
            "abc",
            "HTTP/1.1 200 ",
        ),
        (
            "chunks",
            post("Transfer-Encoding: chunked\r\n"),
            "0\r\n\r\n",
            "HTTP/1.1 200 ",
        ),
        (
            "two hosts",
            named("Host: evil.example\r\n"),
            "",
            "HTTP/1.1 400 ",
        ),
        (
            "two equal hosts",
            named(&format!("Host: {host}\r\n")),
            "",
            "HTTP/1.1 400 ",
        ),
        ("no host", get("/x", ""), "", "HTTP/1.1 400 "),
        (
            "no host in HTTP/1.0",
            "GET /x HTTP/1.0\r\n".to_owned(),
            "",
            no_host_in_1_0,
        ),
        (
            "two lengths",
            post("Content-Length: 3\r\nContent-Length: 4\r\n"),
            "abcd",
            "HTTP/1.1 400 ",
        ),
        (
            "a signed length",
            post("Content-Length: +3\r\n"),
            "abc",
            "HTTP/1.1 400 ",
        ),
        (
            "chunks not last",
            post("Transfer-Encoding: chunked, identity\r\n"),
            "0\r\n\r\n",
            "HTTP/1.1 400 ",
        ),
        (
            "a folded line",
            named("X-A: b\r\n c\r\n"),
            "",
            "HTTP/1.1 400 ",
        ),
        (
            "a space before the colon",
            named("X-Forwarded-User : spoofed\r\n"),
            "",
            "HTTP/1.1 400 ",
        ),
        (
            "a NUL in a value",
            named("X-A: b\0c\r\n"),
            "",
            "HTTP/1.1 400 ",
        ),
        (
            "a bare CR in a value",
            named("X-A: b\rX-Forwarded-User: spoofed\r\n"),
            "",
            "HTTP/1.1 400 ",
        ),
        (
            "a space in the target",
            get("/x y", &format!("Host: {host}\r\n")),
            "",
            "HTTP/1.1 400 ",
        ),
        (
            "no HTTP at all",
            "\u{16}\u{3}\u{1}hello\r\n".to_owned(),
            "",
            "HTTP/1.1 400 ",
        ),
        (
            "another version",
            format!("GET /x HTTP/3.7\r\nHost: {host}\r\n"),
            "",
            "HTTP/1.1 400 ",
        ),
        (
            "a proxy's target for elsewhere",
            get("http://evil.example/x", &format!("Host: {host}\r\n")),
            "",
            "HTTP/1.1 421 ",
        ),
        (
            "CONNECT",
            "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n".to_owned(),
            "",
            "HTTP/1.1 405 ",
        ),
    ] {
        let before = upstream.seen().len();
        // Both ways of the connection stay open: whoever closes it is the server.
        let request = format!("{head}Connection: close\r\n\r\n{content}");
        let answer = RawSocket::exchange(gatelet.address(), request);
        assert!(answer.starts_with(says), "{what}: {answer}");
        assert_eq!(answers(&answer), 1, "{what}: {answer}");
        let arrived = upstream.seen().len() - before;
        let passes = says.contains(" 200 ");
        assert_eq!(arrived, usize::from(passes), "{what} at the app");
    }
}

/// RFC 9112 §6.3: the coding counts, the length is not passed on, and the connection
/// ends, so nobody behind can find another request in it.
fn a_length_beside_chunks_goes_no_further_and_what_follows_is_no_request(door: Door) {
    let upstream = Upstream::start();
    let gatelet = open_to_all(&upstream, door);
    let host = host(&gatelet);
    for both in [
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 3",
    ] {
        let before = upstream.seen().len();
        let answer = RawSocket::exchange(
            gatelet.address(),
            format!(
                "POST /x HTTP/1.1\r\nHost: {host}\r\n{both}\r\n\r\n2\r\nhi\r\n0\r\n\r\n\
                 GET /smuggled HTTP/1.1\r\nHost: {host}\r\n\r\n"
            ),
        );
        assert!(answer.starts_with("HTTP/1.1 200 "), "{both}: {answer}");
        assert!(answer.contains(r#""text":"hi""#), "{both}: {answer}");
        assert_eq!(answers(&answer), 1, "{both}: {answer}");
        let seen = &upstream.seen()[before..];
        assert_eq!(seen.len(), 1, "{both}: {seen:?}");
        let headers = &seen[0].headers;
        assert!(!headers.contains_key("content-length"), "{headers:?}");
        assert_eq!(headers["transfer-encoding"], "chunked");
    }
}

#[test]
fn a_head_of_64_kib_is_refused_and_one_of_32_kib_passes() {
    let upstream = Upstream::start();
    let gatelet = Gatelet::in_front_of(&upstream, Door::Gate);
    let (visitor, _) = signed_in(&gatelet);
    let host = host(&gatelet);
    let cookie = visitor.cookie("gatelet").expect("signed in");
    let with = |fields: &str| {
        let (name, value) = (&cookie.name, &cookie.value);
        // By hand: the answer comes while the head is still being sent.
        let answer = RawSocket::exchange(
            gatelet.address(),
            format!(
                "GET /x HTTP/1.1\r\nHost: {host}\r\nCookie: {name}={value}\r\n\
                 Connection: close\r\n{fields}\r\n"
            ),
        );
        answer.lines().next().unwrap_or_default().to_owned()
    };
    let long = |bytes: usize| format!("X-Long: {}\r\n", "a".repeat(bytes));
    let many = |count: usize| {
        let fields = (0..count).map(|number| format!("X-{number}: a\r\n"));
        fields.collect::<String>()
    };
    const TOO_LARGE: &str = "HTTP/1.1 431 Request Header Fields Too Large";
    assert_eq!(with(&long(32 * 1024)), "HTTP/1.1 200 OK");
    // Of what the app takes, identity and provenance have their share.
    assert_eq!(with(&many(80)), "HTTP/1.1 200 OK");
    let arrived = upstream.seen().len();
    assert_eq!(with(&long(64 * 1024)), TOO_LARGE);
    assert_eq!(with(&many(2000)), TOO_LARGE);
    assert_eq!(upstream.seen().len(), arrived);
}
