//! How does somebody who has to sign in get there, and who is told no instead?

use crate::decide::*;
use crate::fixture::{Asked, BROWSER, settings};

#[test]
fn a_form_that_comes_too_late_ends_on_a_page_from_which_it_can_be_sent_again() {
    for fields in [BROWSER, &[("accept", "text/html")]] {
        let asked = Asked {
            method: "POST",
            ..Asked::get("/orders")
        };
        let reply = asked.with(fields).judged(&settings(&[])).reply();
        assert_eq!((reply.status, reply.code), (401, Some(Code::SessionNone)));
        let html = std::str::from_utf8(&reply.body).unwrap();
        assert!(
            html.contains("reload this page to send it again")
                && html.contains("href=\"/auth/sign-in\" target=\"_blank\""),
            "{html}"
        );
    }
}

#[test]
fn nobody_is_sent_to_sign_in_or_told_no() {
    let websocket = [
        ("upgrade", "websocket"),
        ("connection", "Upgrade"),
        ("sec-fetch-mode", "websocket"),
    ];
    let events = [("accept", "text/event-stream")];
    let old_browser = [("accept", "text/html")];
    let curl = [("accept", "*/*")];
    type Case<'a> = (&'static str, &'a [(&'a str, &'a str)], u16);
    let cases: [Case<'_>; 9] = [
        ("GET", BROWSER, 303),
        ("HEAD", BROWSER, 303),
        ("GET", &old_browser, 303),
        ("POST", &curl, 401),
        ("DELETE", BROWSER, 401),
        ("GET", &websocket, 401),
        ("GET", &events, 401),
        ("GET", &curl, 401),
        ("GET", &[], 401),
    ];
    for (method, fields, status) in cases {
        let asked = Asked {
            method,
            ..Asked::get("/a?b=c&d=%2F")
        }
        .with(fields);
        let reply = asked.judged(&settings(&[])).reply();
        assert_eq!(reply.status, status, "{method} {fields:?}");
        assert_eq!(reply.code, Some(Code::SessionNone), "{method} {fields:?}");
        assert_eq!(reply.fields.get("cache-control"), Some("no-store"));
        assert_eq!(reply.fields.get("www-authenticate"), None);
        if status == 303 {
            let location = "/auth/sign-in?return_to=%2Fa%3Fb%3Dc%26d%3D%252F";
            assert_eq!(reply.fields.get("location"), Some(location));
        } else {
            let body = std::str::from_utf8(&reply.body).unwrap();
            assert_eq!(
                body,
                "{\"error\":\"session.none\",\"message\":\"You are not signed in.\",\"signInUrl\":\"/auth/sign-in\"}\n"
            );
        }
    }
}

#[test]
fn the_sign_in_page_is_never_sent_to_itself() {
    for target in [
        "/auth/sign-in",
        "/auth/sign-in?return_to=/",
        "/auth/account",
    ] {
        let reply = Asked::get(target)
            .with(BROWSER)
            .judged(&settings(&[]))
            .reply();
        assert_eq!(reply.status, 401, "{target}");
        assert_eq!(reply.fields.get("location"), None, "{target}");
        let html = Some("text/html; charset=utf-8");
        assert_eq!(reply.fields.get("content-type"), html, "{target}");
    }
}

/// Scripts that show pages themselves would show JSON, or nothing at all.
#[test]
fn a_script_that_asks_for_a_page_is_led_to_sign_in() {
    let settings = settings(&[]);
    const HERE: &str = "/auth/sign-in?return_to=%2Freport%3Fa";
    const START: &str = "/auth/sign-in?return_to=%2F";
    for (method, fields, status, inertia, htmx) in [
        ("GET", &[("x-inertia", "true")][..], 409, Some(HERE), None),
        ("POST", &[("x-inertia", "true")], 409, Some(START), None),
        ("GET", &[("hx-boosted", "true")], 401, None, Some(HERE)),
        ("GET", &[("hx-request", "true")], 401, None, None),
        (
            "GET",
            &[("x-inertia", "true"), ("purpose", "prefetch")],
            401,
            None,
            None,
        ),
    ] {
        let asked = Asked {
            method,
            ..Asked::get("/report?a")
        };
        let asked = asked.with(fields).with(&[("sec-fetch-mode", "cors")]);
        let reply = asked.judged(&settings).reply();
        let found = ["x-inertia-location", "hx-redirect"].map(|name| reply.fields.get(name));
        assert_eq!(
            (reply.status, found),
            (status, [inertia, htmx]),
            "{fields:?}"
        );
        assert_eq!(reply.code, Some(Code::SessionNone));
        assert_eq!(reply.fields.get("content-type"), Some("application/json"));
        assert_eq!(reply.fields.get("cache-control"), Some("no-store"));
    }
}
