use proptest::prelude::*;

use super::*;
use crate::identity::IDENTITY_FIELDS;
use crate::reserved::{FOLDED_MAX_BYTES, fold};

type Pairs = Vec<(String, Vec<u8>)>;

const OK: Answer = Answer {
    status: 200,
    to_head: false,
    is_late: false,
};
const WIRE: Onward = Onward::Connection { may_switch: true };

fn section(fields: &[(&str, &str)]) -> Pairs {
    fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
        .collect()
}

fn edited(fields: &[(&str, &str)], onward: Onward) -> (Pairs, Hop) {
    let mut section = section(fields);
    let hop = edit_request(&mut section, [], None, b"", onward);
    (section, hop)
}

#[test]
fn what_is_about_the_connection_does_not_cross() {
    for (fields, kept) in [
        (
            &[("accept", "a"), ("x-mine", "b")][..],
            &["accept", "x-mine"][..],
        ),
        (&[("Connection", "X-Mine, close"), ("x-mine", "1")], &[]),
        (
            &[("connection", "x-a"), ("connection", "X-B"), ("x-b", "1")],
            &[],
        ),
        (&[("Keep-Alive", "5"), ("b", "1")], &["b"]),
        (&[("te", "gzip"), ("trailer", "sum")], &["trailer"]),
        (
            &[("proxy-authorization", "x"), ("HTTP2-Settings", "AAA")],
            &[],
        ),
        (&[("transfer-encoding", "chunked"), ("upgrade", "h2c")], &[]),
        // No connection options (RFC 9110 §7.6.1).
        (
            &[
                ("connection", "content-length, host"),
                ("content-length", "3"),
                ("host", "a"),
            ],
            &["content-length", "host"],
        ),
        (&[], &[]),
    ] {
        let mut left = section(fields);
        leave_connection(&mut left);
        let names: Vec<_> = left.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, kept, "{fields:?}");
        assert_eq!(edited(fields, WIRE).0, left, "{fields:?}");
        let changed = edit_response(&mut section(fields), OK, b"");
        assert_eq!(changed, names.len() < fields.len(), "{fields:?}");
    }
}

#[test]
fn the_next_host_writes_its_own_host_and_connection_or_has_them_written() {
    let fields = [
        ("host", "a"),
        ("te", "gzip, Trailers"),
        ("connection", "te"),
    ];
    let (wire, hop) = edited(&fields, WIRE);
    assert_eq!(
        wire,
        section(&[("host", "a"), ("connection", "te"), ("te", "trailers")])
    );
    assert!(hop.trailers && !hop.web_socket);
    let (handle, _) = edited(&fields, Onward::Handle);
    assert_eq!(handle, section(&[("te", "trailers")]));
}

#[test]
fn a_websocket_is_all_that_a_connection_is_switched_to() {
    let ask = |fields: &[(&str, &str)]| edited(fields, WIRE);
    let (section_, hop) = ask(&[
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "WebSocket"),
    ]);
    assert!(hop.web_socket);
    let switch = [("connection", "upgrade"), ("upgrade", "websocket")];
    assert_eq!(section_, section(&switch));
    for fields in [
        &[("connection", "upgrade"), ("upgrade", "h2c")][..],
        &[("connection", "upgrade"), ("upgrade", "websocket, h2c")],
        &[("connection", "upgrade"), ("upgrade", "h2c, websocket")],
        &[("connection", "upgrade"), ("upgrade", "websocket/13")],
        &[("connection", "upgrade"), ("upgrade", "TLS/1.0")],
        &[("connection", "upgrade"), ("upgrade", "")],
        &[
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("upgrade", "h2c"),
        ],
        &[
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("upgrade", "websocket"),
        ],
        &[("connection", "close"), ("upgrade", "websocket")],
        &[("upgrade", "websocket")],
        &[("connection", "upgrade")],
    ] {
        let (section, hop) = ask(fields);
        assert!(!hop.web_socket && section.is_empty(), "{fields:?}");
    }
    for onward in [Onward::Connection { may_switch: false }, Onward::Handle] {
        let (section, _) = edited(&switch, onward);
        assert!(section.is_empty(), "{onward:?}");
    }
}

#[test]
fn edits_drop_first_and_set_then() {
    let mut request = section(&[
        ("x_forwarded_user", "eve"),
        ("X-Forwarded-User", "eve"),
        ("Cookie", "gatelet=1"),
        ("accept", "*/*"),
    ]);
    let set = b"x-forwarded-user:ada\nx-forwarded-for:a:b\n";
    edit_request(&mut request, ["x_forwarded_user"], Some(b""), set, WIRE);
    let expected = [
        ("accept", "*/*"),
        ("x-forwarded-user", "ada"),
        ("x-forwarded-for", "a:b"),
    ];
    assert_eq!(request, section(&expected));
}

#[test]
fn cookies_arrive_in_one_field() {
    let crumbs = [("cookie", "a=1"), ("x", "y"), ("Cookie", "b=2; c=3")];
    let (joined, _) = edited(&crumbs, WIRE);
    assert_eq!(joined, section(&[("x", "y"), ("cookie", "a=1; b=2; c=3")]));
    let mut ours = section(&crumbs);
    edit_request(&mut ours, [], Some(b"c=3"), b"", WIRE);
    assert_eq!(ours, section(&[("x", "y"), ("cookie", "c=3")]));
    let mut ours = section(&crumbs);
    edit_request(&mut ours, [], Some(b""), b"", WIRE);
    assert_eq!(ours, section(&[("x", "y")]));
}

#[test]
fn an_answer_that_says_not_whom_it_is_for_is_for_its_visitor() {
    const FOR_THE_VISITOR: &[u8] = b"cache-control:private\n";
    for (said, becomes) in [
        (&[][..], Some("private")),
        (
            &[("last-modified", "Thu, 01 Jan 2015 00:00:00 GMT")],
            Some("private"),
        ),
        (
            &[("expires", "Thu, 01 Jan 2065 00:00:00 GMT")],
            Some("private"),
        ),
        (
            &[("Cache-Control", "max-age=600")],
            Some("private, max-age=600"),
        ),
        (&[("cache-control", "no-cache")], Some("private, no-cache")),
        (
            &[("cache-control", "max-age=0, must-revalidate")],
            Some("private, max-age=0, must-revalidate"),
        ),
        (
            &[("cache-control", r#"a="public""#)],
            Some(r#"private, a="public""#),
        ),
        // What the app says itself stays as it is.
        (&[("cache-control", "max-age=600, Public")], None),
        (
            &[
                ("cache-control", "max-age=0"),
                ("cache-control", "S-Maxage=9"),
            ],
            None,
        ),
        (&[("cache-control", "private, max-age=9")], None),
        (&[("cache-control", "no-store")], None),
        (&[("CDN-Cache-Control", "max-age=9")], None),
        (&[("surrogate-control", "max-age=9")], None),
    ] {
        let mut response = section(said);
        let changed = edit_response(&mut response, OK, FOR_THE_VISITOR);
        assert_eq!(changed, becomes.is_some(), "{said:?}");
        let mut expected = section(said);
        if let Some(becomes) = becomes {
            expected.retain(|(name, _)| !name.eq_ignore_ascii_case("cache-control"));
            expected.push(("cache-control".to_owned(), becomes.into()));
        }
        assert_eq!(response, expected, "{said:?}");
        // A cookie of ours makes it private, whatever it says, and once.
        let both = [FOR_THE_VISITOR, b"set-cookie:gatelet=1\n"].concat();
        let mut response = section(said);
        edit_response(&mut response, OK, &both);
        let kept: Vec<_> = response
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("cache-control"))
            .collect();
        assert!(
            kept.len() == 1 && kept[0].1.starts_with(b"private"),
            "{kept:?}"
        );
        // It says nothing new of a response that somebody has stored.
        for (status, to_head) in [(304, false), (200, true)] {
            let mut response = section(said);
            edit_response(
                &mut response,
                Answer {
                    status,
                    to_head,
                    is_late: false,
                },
                FOR_THE_VISITOR,
            );
            assert_eq!(response, section(said), "{said:?}");
        }
    }
}

#[test]
fn the_app_has_the_last_word_about_a_cookie_that_is_not_ours() {
    const RENEWED: &[u8] = b"set-cookie:wos-session=new; Path=/\n";
    for (said, sets) in [
        (&[][..], true),
        (&[("set-cookie", "theme=dark")][..], true),
        (&[("set-cookie", "wos-session2=x")], true),
        (&[("set-cookie", "wos-session=; Max-Age=0")], false),
        (
            &[("Set-Cookie", "a=b"), ("Set-Cookie", " wos-session = x")],
            false,
        ),
    ] {
        let mut section = section(said);
        edit_response(&mut section, OK, RENEWED);
        let set = section
            .iter()
            .any(|(_, value)| value.starts_with(b"wos-session=new"));
        assert_eq!(set, sets, "{said:?}");
    }
    // Ours the app cannot mean.
    let mut section = section(&[("set-cookie", "__Host-gatelet=")]);
    edit_response(
        &mut section,
        OK,
        b"set-cookie:__Host-gatelet=v1.x; Path=/\n",
    );
    assert!(
        section
            .iter()
            .any(|(_, value)| value.starts_with(b"__Host-gatelet=v1"))
    );
}

#[test]
fn a_response_that_sets_our_cookie_is_for_no_shared_cache() {
    for (said, becomes) in [
        (&[][..], &[("cache-control", "private")][..]),
        (
            &[("cache-control", "public, max-age=31536000, immutable")],
            &[("cache-control", "private, max-age=31536000, immutable")],
        ),
        (
            &[
                ("Cache-Control", "PUBLIC"),
                ("Cache-Control", " S-MaxAge = 5 ,no-cache"),
            ],
            &[("cache-control", "private, no-cache")],
        ),
        (
            &[("cache-control", "no-store")],
            &[("cache-control", "private, no-store")],
        ),
        // Some fields alone are private, and the rest is for everybody.
        (
            &[("cache-control", r#"private="x-a, public", max-age=9"#)],
            &[("cache-control", "private, max-age=9")],
        ),
        (
            &[("cache-control", r#"no-cache="a\"b, public", public"#)],
            &[("cache-control", r#"private, no-cache="a\"b, public""#)],
        ),
        (
            &[("cache-control", r#"max-age="5, public, s-maxage=9"#)],
            &[(
                "cache-control",
                r#"private, max-age="5, public, s-maxage=9"#,
            )],
        ),
        (
            &[
                ("CDN-Cache-Control", "max-age=9"),
                ("vercel-cdn-cache-control", "max-age=9"),
                ("surrogate-control", "max-age=9"),
                ("edge-control", "cache-maxage=9"),
                ("X-Accel-Expires", "9"),
                ("expires", "0"),
            ],
            &[("expires", "0"), ("cache-control", "private")],
        ),
    ] {
        let mut response = section(said);
        assert!(edit_response(&mut response, OK, b"set-cookie:gatelet=1\n"));
        let mut expected = section(becomes);
        expected.push(("set-cookie".to_owned(), b"gatelet=1".to_vec()));
        assert_eq!(response, expected, "{said:?}");
        // What sets none is the app's as it was.
        let mut untouched = section(said);
        assert!(!edit_response(&mut untouched, OK, b""));
        assert_eq!(untouched, section(said));
    }
}

#[test]
fn what_the_app_says_of_https_counts_before_what_we_say() {
    let ours = b"strict-transport-security:max-age=31536000\n";
    for (theirs, left) in [
        (None, "max-age=31536000"),
        (
            Some("max-age=5; includeSubDomains"),
            "max-age=5; includeSubDomains",
        ),
        (Some("max-age=0"), "max-age=0"),
    ] {
        let mut section: Vec<(String, Vec<u8>)> = vec![("a".to_owned(), b"b".to_vec())];
        if let Some(value) = theirs {
            section.push(("Strict-Transport-Security".to_owned(), value.into()));
        }
        let answer = Answer {
            status: 200,
            to_head: false,
            is_late: false,
        };
        edit_response(&mut section, answer, ours);
        let said: Vec<_> = section
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("strict-transport-security"))
            .map(|(_, value)| String::from_utf8_lossy(value).into_owned())
            .collect();
        assert_eq!(said, [left]);
    }
}

#[test]
fn a_late_answer_leaves_the_session_that_the_browser_has_by_now() {
    let late = Answer {
        is_late: true,
        ..OK
    };
    for (set_cookie, is_left) in [
        (&b"set-cookie:gatelet=old; Path=/\n"[..], true),
        (b"set-cookie:__Host-gatelet=old; Path=/\n", true),
        (b"set-cookie:__Host-gatelet=; Max-Age=0\n", true),
        (b"set-cookie:__Secure-gatelet-8443=; Max-Age=0\n", true),
        // What another program has spent is gone: its browser needs the new one.
        (b"set-cookie:wos-session=new; Path=/\n", false),
        (b"strict-transport-security:max-age=5\n", false),
    ] {
        let mut response = section(&[("cache-control", "public")]);
        let before = response.clone();
        let changed = edit_response(&mut response, late, set_cookie);
        assert_eq!((!changed, response == before), (is_left, is_left));
        let mut response = before.clone();
        assert!(edit_response(&mut response, OK, set_cookie));
    }
}

#[test]
fn what_freshens_a_stored_response_sets_no_cookie() {
    let said = [("etag", "1"), ("cache-control", "public")];
    for (status, to_head) in [(304, false), (304, true), (200, true), (404, true)] {
        let mut response = section(&said);
        let answer = Answer {
            status,
            to_head,
            is_late: false,
        };
        assert!(!edit_response(&mut response, answer, b"set-cookie:a=1\n"));
        assert_eq!(response, section(&said), "{answer:?}");
    }
}

#[test]
fn a_map_is_edited_as_a_list_is() {
    let fields = [
        ("host", "a"),
        ("connection", "te, x-mine"),
        ("x-mine", "1"),
        ("te", "trailers"),
        ("cookie", "a=1"),
        ("cookie", "b=2"),
        ("x-forwarded+user", "eve"),
    ];
    let mut map = HeaderMap::new();
    for (name, value) in fields {
        Section::append(&mut map, name, value.as_bytes());
    }
    let mut list = section(&fields);
    let remove = ["x-forwarded+user"];
    let set = b"x-forwarded-user:ada\nno name:x\n";
    let cookies = Some(&b"b=\xe9"[..]);
    let hop = edit_request(&mut map, remove, cookies, set, WIRE);
    assert_eq!(hop, edit_request(&mut list, remove, cookies, set, WIRE));
    list.retain(|(name, _)| name != "no name");
    let mut edited: Pairs = map
        .iter()
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    edited.sort();
    list.sort();
    assert_eq!(edited, list);
}

#[test]
fn a_trailer_says_nothing_that_only_a_header_or_only_we_may_say() {
    for between in "!#$%&'*+-.^_`|~".chars() {
        for name in IDENTITY_FIELDS.iter().copied().chain([
            "x-real-ip",
            "x-forwarded-for",
            "x-forwarded-anything-at-all-that-goes-on-and-on",
            "spin-client-addr",
            "content-length",
            "set-cookie",
            "cookie",
            "host",
            "transfer-encoding",
            "proxy-authorization",
        ]) {
            let name = name.replace('-', &between.to_string());
            let mut trailers = section(&[(&name, "x"), ("x-digest", "1")]);
            assert!(edit_trailers(&mut trailers), "{name}");
            assert_eq!(trailers, section(&[("x-digest", "1")]), "{name}");
        }
    }
    let apps = [
        ("Server-Timing", "a"),
        ("grpc-status", "0"),
        ("x-forward", "b"),
    ];
    let mut trailers = section(&apps);
    assert!(!edit_trailers(&mut trailers));
    assert_eq!(trailers, section(&apps));
}

proptest! {
    #[test]
    fn no_trailer_crosses_by_any_spelling(name in "[!-9;-~]{1,40}") {
        let mut trailers = section(&[(&name, "x")]);
        edit_trailers(&mut trailers);
        if !trailers.is_empty() {
            let mut buffer = [0; FOLDED_MAX_BYTES];
            let folded = fold(name.as_bytes(), &mut buffer);
            prop_assert!(!folded.starts_with(b"x-forwarded-") && !folded.starts_with(b"spin-"));
            prop_assert!(hop_by_hop::position(&name).is_none());
        }
    }

    #[test]
    fn no_cache_control_leaves_a_response_with_our_cookie_public(said in proptest::collection::vec("[a-z=,\" \\\\-]{0,24}|public|private=\"a\"|s-maxage=1", 0..4)) {
        let fields: Vec<_> = said.iter().map(|value| ("cache-control", value.as_str())).collect();
        let mut response = section(&fields);
        edit_response(&mut response, OK, b"set-cookie:a=1\n");
        let controls: Vec<_> = response.iter().filter(|(name, _)| name == "cache-control").collect();
        prop_assert_eq!(controls.len(), 1);
        // As a reader that knows no quotes sees it, and as one that does.
        let text = String::from_utf8(controls[0].1.clone()).unwrap();
        prop_assert!(text == "private" || text.starts_with("private, "), "{}", text);
        let plain = !text.contains('"');
        prop_assert!(!plain || text.split(',').all(|one| one.trim() != "public"), "{}", text);
    }
}

#[test]
fn a_host_is_set_where_the_connection_is_ours_and_left_to_a_host_that_lets_nobody() {
    for (onward, host) in [
        (
            Onward::Connection { may_switch: false },
            Some(&b"shop.example.com"[..]),
        ),
        (Onward::Handle, None),
    ] {
        let mut section = vec![("host".to_owned(), b"typed.example".to_vec())];
        edit_request(
            &mut section,
            [],
            None,
            b"host:shop.example.com\nx:1\n",
            onward,
        );
        let found = section.iter().find(|(name, _)| name == "host");
        assert_eq!(found.map(|(_, value)| value.as_slice()), host, "{onward:?}");
        assert!(section.iter().any(|(name, _)| name == "x"));
    }
}
