//! HTTPS: who is told to use it, and who comes without it.

use super::*;
use crate::forwarded::Provenance;

fn behind_two(fields: &[(&str, &str)]) -> Asked {
    Asked::get("/open").with(fields)
}

fn https() -> GateSettings {
    settings(&[
        ("trusted_proxies", "192.0.2.0/24, 10.0.0.0/8"),
        ("public_paths", "/open"),
    ])
}

/// Of two hops that are believed the farthest stands nearest to the visitor.
#[test]
fn the_farthest_believed_proxy_says_how_the_visitor_came() {
    let chain = ("x-forwarded-for", "203.0.113.7, 10.0.0.1");
    for (proto, host, chain, told) in [
        (
            "https, http",
            "app.example.com, inner",
            Some(chain),
            Some("https"),
        ),
        (
            "https, http",
            "evil.example, app.example.com, inner",
            Some(chain),
            Some("https"),
        ),
        (
            "http, https, http",
            "app.example.com",
            Some(chain),
            Some("https"),
        ),
        ("wss", "app.example.com", Some(chain), Some("https")),
        ("HTTPS", "app.example.com", None, Some("https")),
        // Without a chain that shows the second, one is believed.
        ("https, http", "app.example.com", None, None),
        ("gopher", "app.example.com", None, Some("https")),
    ] {
        let mut fields = vec![("x-forwarded-proto", proto), ("x-forwarded-host", host)];
        fields.extend(chain);
        let verdict = behind_two(&fields).judged(&https());
        match told {
            Some(told) => {
                let edits = verdict.edits();
                assert_eq!(edits.set.get("x-forwarded-proto"), Some(told), "{proto}");
                assert_eq!(edits.set.get("x-forwarded-host"), Some("app.example.com"));
            }
            None => assert_eq!(verdict.reply().code, Some(Code::RequestInsecure), "{proto}"),
        }
    }
    let none = behind_two(&[("x-forwarded-host", "app.example.com, inner")]);
    let reply = none.judged(&https()).reply();
    assert_eq!(reply.code, Some(Code::OriginUnknown), "the nearest's word");
}

#[test]
fn the_host_that_the_app_is_told_has_one_spelling() {
    for authority in ["APP.example.com", "app.example.com.", "app.example.com:443"] {
        let asked = Asked {
            authority: authority.to_owned(),
            ..Asked::get("/open")
        };
        let edits = asked.judged(&https()).edits();
        assert_eq!(edits.set.get("x-forwarded-host"), Some("app.example.com"));
    }
}

#[test]
fn a_visit_by_plain_http_is_sent_to_https_or_refused() {
    let plain = ("x-forwarded-proto", "http");
    let person = ("accept", "text/html");
    let visit = |method: &'static str, fields: &[(&str, &str)]| {
        let asked = Asked {
            method,
            ..Asked::get("/x?y=z")
        };
        asked.with(fields).judged(&https())
    };
    for method in ["GET", "HEAD"] {
        let reply = visit(method, &[plain, person]).reply();
        assert_eq!(reply.status, 308);
        assert_eq!(
            reply.fields.get("location"),
            Some("https://app.example.com/x?y=z")
        );
        assert_eq!(reply.fields.get("strict-transport-security"), None);
    }
    for (method, fields) in [("POST", &[plain, person][..]), ("GET", &[plain])] {
        let reply = visit(method, fields).reply();
        assert_eq!(
            (reply.status, reply.code),
            (403, Some(Code::RequestInsecure))
        );
        assert_eq!(reply.fields.get("strict-transport-security"), None);
    }
    // Not where the browser shows that it is HTTPS, or nobody says anything: that
    // would go round in circles.
    for fields in [
        &[plain, person, ("sec-fetch-mode", "navigate")][..],
        &[plain, person, ("cookie", "a=b; __Host-gatelet=x")],
        &[person],
        &[("x-forwarded-proto", "gopher"), person],
    ] {
        let reply = visit("GET", fields).reply();
        assert_eq!(reply.code.map(Code::status), Some(401), "{fields:?}");
        assert!(reply.fields.get("strict-transport-security").is_some());
    }
    // A visitor's own word counts for nothing.
    let unlisted = settings(&[]);
    let reply = Asked::get("/x")
        .with(&[plain, person])
        .judged(&unlisted)
        .reply();
    assert_eq!(reply.status, 303);
}

#[test]
fn https_origins_are_for_https_alone_and_others_say_nothing() {
    for (base_url, seconds, said) in [
        (
            "https://app.example.com",
            "31536000",
            Some("max-age=31536000"),
        ),
        ("https://app.example.com:8443", "300", Some("max-age=300")),
        ("https://app.example.com", "0", None),
        ("http://app.example.com", "300", None),
        ("http://localhost:3000", "300", None),
        // It would hold for every port of this machine.
        ("https://localhost:3000", "300", None),
        ("https://192.0.2.9", "300", None),
    ] {
        let settings = settings(&[
            ("base_url", base_url),
            ("hsts_seconds", seconds),
            ("insecure_http", "allow"),
            ("public_paths", "/open"),
        ]);
        let (_, authority) = base_url.split_once("://").expect("a base URL");
        for target in ["/open", "/closed"] {
            let asked = Asked {
                authority: authority.to_owned(),
                ..Asked::get(target)
            };
            let fields = match asked.judged(&settings) {
                Verdict::Forward(edits) => edits.response,
                Verdict::Respond(reply) => reply.fields,
                Verdict::Ask => panic!("nothing is to be asked"),
            };
            let found = fields.get("strict-transport-security");
            assert_eq!(found, said, "{base_url} {target}");
        }
    }
}

#[test]
fn where_no_proxy_says_it_the_app_is_told_the_scheme_of_the_origin_or_of_the_connection() {
    for (base_url, tls, told) in [
        ("https://app.example.com", false, "https"),
        ("https://app.example.com", true, "https"),
        ("http://app.example.com", false, "http"),
        ("http://app.example.com", true, "https"),
    ] {
        let settings = settings(&[
            ("base_url", base_url),
            ("insecure_http", "allow"),
            ("public_paths", "/open"),
        ]);
        let asked = Asked {
            tls,
            ..Asked::get("/open")
        };
        let edits = asked.judged(&settings).edits();
        let found = edits.set.get("x-forwarded-proto");
        assert_eq!(found, Some(told), "{base_url}, TLS: {tls}");
    }
}

#[test]
fn the_sign_in_pages_send_to_https_and_insist_on_it_as_the_gateway_does() {
    let settings = https();
    let origin = crate::request::origin(&Asked::get("/").head(), &settings, NOW);
    let origin = origin.expect("the fixture's origin is served");
    for (proto, sent_on, insists) in [
        ("http", Some(308), None),
        ("https", None, Some("max-age=31536000")),
    ] {
        let fields = [("x-forwarded-proto", proto), ("accept", "text/html")];
        let asked = Asked::get("/auth/sign-in").with(&fields);
        let provenance = Provenance::of(&asked.head(), &settings.trusted_proxies);
        let reply = provenance.to_https(&origin);
        assert_eq!(reply.map(|reply| reply.status), sent_on, "{proto}");
        assert_eq!(provenance.transport_security(&origin), insists, "{proto}");
    }
}
