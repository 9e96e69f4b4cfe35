//! Who gets through, who is sent to sign in, and who is told no.

use gatelet_tests::account::signed_in;
use gatelet_tests::browser::Person;
use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::raw_socket::RawSocket;
use gatelet_tests::through_both_doors;
use gatelet_tests::upstream::Upstream;
use http::Method;

through_both_doors! {
    pages_are_sent_to_sign_in_and_programs_get_401,
    identity_headers_of_the_visitor_never_arrive,
    identity_headers_tell_who_is_asking,
    our_own_cookies_never_arrive,
    forwarded_headers_are_ours_alone,
    listed_proxies_are_believed,
    a_visitor_does_not_choose_the_address_that_he_comes_from,
    a_listed_proxy_names_the_host_of_every_page,
    public_paths_need_no_session_and_nothing_else_slips_through,
    an_unknown_host_is_misdirected,
    probes_answer_by_exact_path_on_any_host,
}

/// Sign-in pages are shown in no frame, so a redirect to them would leave it blank.
#[test]
fn a_frame_of_the_apps_says_who_has_to_sign_in_and_leads_out_of_it() {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .variable("public_paths", "/greet")
        .start();
    let person = Person::new();
    let tab = person.tab();
    assert_eq!(tab.go(&format!("{}/greet", gatelet.base_url())), 200);
    let shown = tab.evaluate(
        "new Promise((done) => {
            const frame = document.createElement('iframe');
            frame.src = '/headers?of=frame';
            frame.onload = () => done(frame.contentDocument?.body.innerText ?? 'nothing');
            document.body.append(frame);
        })",
    );
    let shown = shown.as_str().expect("a text");
    assert!(shown.contains("session.none"), "{shown}");
    tab.screenshot("framed");
    tab.evaluate("frames[0].document.querySelector('a.button').click()");
    tab.wait("form[action='/auth/sign-in']");
    let target = tab.evaluate("new URLSearchParams(location.search).get('return_to')");
    assert_eq!(target, "/headers?of=frame");
}

const NAVIGATION: &[(&str, &str)] = &[
    ("sec-fetch-mode", "navigate"),
    ("accept", "text/html,*/*;q=0.8"),
];

fn pages_are_sent_to_sign_in_and_programs_get_401(door: Door) {
    let upstream = Upstream::start();
    let gatelet = Gatelet::in_front_of(&upstream, door);
    let visitor = gatelet.visitor();
    let websocket: &[(&str, &str)] = &[
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-fetch-mode", "websocket"),
    ];
    type Case<'a> = (&'a str, Method, &'a [(&'a str, &'a str)], u16);
    let cases: &[Case<'_>] = &[
        ("a person follows a link", Method::GET, NAVIGATION, 303),
        ("HEAD of it", Method::HEAD, NAVIGATION, 303),
        (
            "an old browser",
            Method::GET,
            &[("accept", "text/html,application/xhtml+xml,*/*;q=0.8")],
            303,
        ),
        (
            "a key of a WebSocket without one",
            Method::GET,
            &websocket[2..4],
            401,
        ),
        (
            "fetch()",
            Method::GET,
            &[("sec-fetch-mode", "cors"), ("accept", "*/*")],
            401,
        ),
        (
            "fetch() that says HTML",
            Method::GET,
            &[("sec-fetch-mode", "cors"), ("accept", "text/html")],
            401,
        ),
        (
            "an image",
            Method::GET,
            &[("sec-fetch-mode", "no-cors"), ("accept", "image/*")],
            401,
        ),
        ("JSON", Method::GET, &[("accept", "application/json")], 401),
        (
            "JSON before HTML",
            Method::GET,
            &[("accept", "application/json,text/html;q=0.5")],
            401,
        ),
        ("curl", Method::GET, &[("accept", "*/*")], 401),
        ("nothing said", Method::GET, &[], 401),
        (
            "events",
            Method::GET,
            &[("accept", "text/event-stream"), ("sec-fetch-mode", "cors")],
            401,
        ),
        (
            "events of an old browser",
            Method::GET,
            &[("accept", "text/event-stream")],
            401,
        ),
        ("a WebSocket", Method::GET, websocket, 401),
        ("DELETE", Method::DELETE, NAVIGATION, 401),
        (
            "OPTIONS",
            Method::OPTIONS,
            &[("origin", "https://elsewhere.example")],
            401,
        ),
    ];
    for (what, method, headers, status) in cases {
        let mut request = visitor.request(method.clone(), "/some/page?x=1&y=%2F");
        for (name, value) in *headers {
            request = request.header(name, value);
        }
        let answer = request.send();
        assert_eq!(
            answer.status.as_u16(),
            *status,
            "{what}: {}",
            answer.description()
        );
        assert_eq!(answer.header("cache-control"), "no-store", "{what}");
        assert_eq!(
            answer.header("www-authenticate"),
            "",
            "{what}: no browser is to ask for a password"
        );
        if *status == 303 {
            let location = answer.url.join(answer.header("location")).expect("a URL");
            let (name, value) = location.query_pairs().next().expect("a query");
            assert_eq!(location.path(), "/auth/sign-in", "{what}");
            assert_eq!(
                (&*name, &*value),
                ("return_to", "/some/page?x=1&y=%2F"),
                "{what}"
            );
        } else if method != Method::HEAD {
            let body = answer.json();
            assert_eq!(body["error"], "session.none", "{what}");
            assert_eq!(body["signInUrl"], "/auth/sign-in", "{what}");
            assert!(body["message"].is_string(), "{what}");
        }
    }
    assert!(upstream.seen().is_empty(), "nothing reached the app");
}

fn identity_headers_of_the_visitor_never_arrive(door: Door) {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .door(door)
        .variable("public_paths", "/open")
        .start();
    let spoofs = [
        "X-Forwarded-User",
        "x-forwarded-user",
        "X_Forwarded_User",
        "X.Forwarded.User",
        "x-Forwarded_uSER",
        "X-Forwarded-Email",
        "X_FORWARDED_EMAIL",
        "X-Forwarded-Email-Verified",
        "x.forwarded-email_verified",
        "X-Forwarded-Name",
        "X_Forwarded-Name",
        "X-Forwarded-Provider",
        "x_forwarded_provider",
        "spin-client-addr",
        "Spin-Path-Info",
        "spin-anything",
    ];
    let (signed_in, account) = signed_in(&gatelet);
    for visitor in [signed_in, gatelet.visitor()] {
        let ask = |names: &[String]| {
            let host = host(&gatelet);
            let mut head = format!("GET /open HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
            for name in names {
                head += &format!("{name}: spoofed\r\n");
            }
            if let Some(cookie) = visitor.cookie("gatelet") {
                head += &format!("Cookie: {}={}\r\n", cookie.name, cookie.value);
            }
            let answer = RawSocket::exchange(gatelet.address(), head + "\r\n");
            assert!(answer.starts_with("HTTP/1.1 200"), "{names:?}: {answer}");
            assert!(!answer.contains("spoofed"), "{answer}");
            let seen = upstream.seen_at("/open").pop().expect("it arrived");
            let email = seen.headers.get("x-forwarded-email").cloned();
            let is_signed_in = visitor.cookie("gatelet").is_some();
            assert_eq!(email.is_some(), is_signed_in, "{:?}", seen.headers);
            assert!(email.is_none_or(|email| email == account.email.as_str()));
            assert_eq!(seen.headers.contains_key("x-forwarded-user"), is_signed_in);
        };
        ask(&spoofs.map(str::to_owned));
        // Whatever a name may hold (RFC 9110 §5.6.2), servers that make variables of
        // names read as one and the same.
        for between in "!#$%&'*+-.^_`|~".chars() {
            ask(&[
                "X-Forwarded-User",
                "X-Forwarded-Email-Verified",
                "X-Forwarded-For",
                "X-Real-IP",
                "Forwarded",
                "Spin-Client-Addr",
            ]
            .map(|name| name.replace('-', &between.to_string())));
        }
    }
}

fn identity_headers_tell_who_is_asking(door: Door) {
    let upstream = Upstream::start();
    let gatelet = Gatelet::in_front_of(&upstream, door);
    let (visitor, account) = signed_in(&gatelet);
    let user = visitor.get("/auth/me").send().json()["id"].clone();
    visitor.get("/anything").send().expect(200);
    let seen = upstream.seen_at("/anything");
    let headers = &seen[0].headers;
    assert_eq!(headers["x-forwarded-user"], user.as_str().expect("an id"));
    assert_eq!(headers["x-forwarded-email"], account.email.as_str());
    assert_eq!(headers["x-forwarded-email-verified"], "false");
    assert_eq!(headers["x-forwarded-name"], "Ada Lovelace");
    assert_eq!(headers["x-forwarded-provider"], "password");
    for name in [
        "x-forwarded-user",
        "x-forwarded-email",
        "x-forwarded-name",
        "x-forwarded-provider",
    ] {
        assert_eq!(headers.get_all(name).iter().count(), 1, "{name}");
    }
}

fn our_own_cookies_never_arrive(door: Door) {
    let upstream = Upstream::start();
    let gatelet = Gatelet::in_front_of(&upstream, door);
    let (visitor, _) = signed_in(&gatelet);
    let session = visitor.cookie("gatelet").expect("signed in").value;
    let cookies =
        format!("theirs=1; gatelet={session}; gatelet-csrf=x; gatelet-attempt-12345678=y; also=2");
    visitor
        .get("/anything")
        .without_cookies()
        .header("cookie", &cookies)
        .send()
        .expect(200);
    let seen = upstream.seen_at("/anything");
    let arrived = seen[0].headers["cookie"].to_str().expect("ASCII");
    assert_eq!(arrived, "theirs=1; also=2");

    visitor.get("/only-ours").send().expect(200);
    assert!(
        !upstream.seen_at("/only-ours")[0]
            .headers
            .contains_key("cookie")
    );
}

fn forwarded_headers_are_ours_alone(door: Door) {
    let upstream = Upstream::start();
    let gatelet = Gatelet::in_front_of(&upstream, door);
    let (visitor, _) = signed_in(&gatelet);
    let mut request = visitor.get("/anything");
    for (name, value) in [
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "gopher"),
        ("x-forwarded-port", "1"),
        ("x-forwarded-prefix", "/evil"),
        ("x-forwarded-uri", "/evil"),
        ("forwarded", "for=203.0.113.9;host=evil.example"),
        ("x-real-ip", "203.0.113.9"),
        ("true-client-ip", "203.0.113.9"),
        ("cf-connecting-ip", "203.0.113.9"),
        ("remote-user", "evil"),
        ("x-auth-request-user", "evil"),
        ("x-client-cert", "evil"),
        ("x-original-url", "/evil"),
        ("x_rewrite_url", "/evil"),
        ("x-http-method-override", "evil"),
        ("x_request_id", "evil"),
    ] {
        request = request.header(name, value);
    }
    request.send().expect(200);
    let seen = upstream.seen_at("/anything");
    let headers = &seen[0].headers;
    assert_eq!(headers["x-forwarded-for"], "127.0.0.1");
    assert_eq!(headers["x-forwarded-host"], host(&gatelet));
    assert_eq!(headers["x-forwarded-proto"], "http");
    // Through `wasi:http` the app's own is all there is.
    let own = upstream.url();
    let expected = match door {
        Door::Gate => host(&gatelet),
        Door::Handler => own.trim_start_matches("http://"),
    };
    assert_eq!(headers["host"], expected);
    let all = format!("{headers:?}");
    for said in ["203.0.113.9", "evil", "gopher"] {
        assert!(!all.contains(said), "{said}: {all}");
    }
}

fn listed_proxies_are_believed(door: Door) {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .door(door)
        .variable("trusted_proxies", "127.0.0.0/8")
        .start();
    let (visitor, _) = signed_in(&gatelet);
    visitor
        .get("/anything")
        .header("x-forwarded-for", "203.0.113.9")
        .header("x-forwarded-proto", "https")
        .send()
        .expect(200);
    let seen = upstream.seen_at("/anything");
    assert_eq!(seen[0].headers["x-forwarded-for"], "203.0.113.9, 127.0.0.1");
    assert_eq!(seen[0].headers["x-forwarded-proto"], "https");
    // What it does not set itself may be the visitor's; an origin asks for what it needs.
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .door(door)
        .variable("trusted_proxies", "127.0.0.0/8")
        .variable("passed_fields", "X-Real-IP, X-HTTP-Method-Override")
        .variable("public_paths", "/asked")
        .start();
    let stranger = gatelet.visitor();
    let mut asked = stranger.get("/asked");
    for field in ["x-real-ip", "x-forwarded-port", "x-http-method-override"] {
        asked = asked.header(field, "7");
    }
    for chain in ["203.0.113.9, \u{fc}", "203.0.113.7%eth0", "10.0.0.1"] {
        asked = asked.header_bytes("x-forwarded-for", chain.as_bytes());
    }
    asked.send().expect(200);
    let headers = &upstream.seen_at("/asked")[0].headers;
    assert_eq!(headers["x-real-ip"], "7");
    assert_eq!(headers["x-http-method-override"], "7");
    assert!(!headers.contains_key("x-forwarded-port"), "{headers:?}");
    assert_eq!(
        headers["x-forwarded-for"],
        "203.0.113.7, 10.0.0.1, 127.0.0.1"
    );
    // A trusted proxy may say where the visitor came from, never who they are.
    visitor
        .get("/identity")
        .header("x-forwarded-user", "spoofed")
        .send()
        .expect(200);
    let user = visitor.get("/auth/me").send().json()["id"].clone();
    assert_eq!(
        upstream.seen_at("/identity")[0].headers["x-forwarded-user"],
        user.as_str().expect("an id")
    );
}

/// Where a proxy rewrites `Host`, the app and the pages of signing in are at the same
/// site; and where nobody is believed, both are nowhere.
fn a_listed_proxy_names_the_host_of_every_page(door: Door) {
    let upstream = Upstream::start();
    for (proxies, believed) in [("127.0.0.0/8", true), ("10.0.0.0/8", false)] {
        let gatelet = Setup::new(Engine::Sqlite)
            .upstream(&upstream)
            .door(door)
            .variable("trusted_proxies", proxies)
            .start();
        let host = gatelet.base_url().trim_start_matches("http://");
        let visitor = gatelet.visitor();
        for (path, status) in [
            ("/", 303),
            ("/auth/sign-in", 200),
            ("/auth/sign-up", 200),
            ("/auth/me", 401),
            ("/auth/session", 200),
            ("/auth/callback/none", 404),
            ("/api/auth/callback/none", 404),
        ] {
            visitor
                .visit(path)
                .header("host", "internal:3000")
                .header("x-forwarded-host", &format!("lie.example, {host}"))
                .send()
                .expect(if believed { status } else { 421 });
        }
    }
}

fn a_visitor_does_not_choose_the_address_that_he_comes_from(door: Door) {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .door(door)
        .variable("trusted_proxies", "10.0.0.0/8")
        .start();
    let (visitor, _) = signed_in(&gatelet);
    // Where the host says who its peer is; Spin puts the visitor's copies first.
    for copies in [&["10.0.0.1:1"][..], &["10.0.0.1:1", "10.0.0.2:1"]] {
        let mut request = visitor.get("/anything");
        for copy in copies {
            request = request.header("spin-client-addr", copy);
        }
        request
            .header("x-forwarded-for", "203.0.113.9")
            .header("x-forwarded-proto", "https")
            .send()
            .expect(200);
        let seen = upstream.seen_at("/anything").pop().expect("it arrived");
        assert_eq!(seen.headers["x-forwarded-for"], "127.0.0.1", "{copies:?}");
        assert_eq!(seen.headers["x-forwarded-proto"], "http", "{copies:?}");
    }
}

fn public_paths_need_no_session_and_nothing_else_slips_through(door: Door) {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .door(door)
        .variable("public_paths", "/robots.txt,/assets/*")
        .start();
    let visitor = gatelet.visitor();
    for target in [
        "/robots.txt",
        "/robots.txt?x=1",
        "/assets/a.css",
        "/assets/deep/b.js?x=/../",
    ] {
        let answer = visitor.get("/").exact_target(target).send();
        assert_eq!(
            answer.status.as_u16(),
            200,
            "{target}: {}",
            answer.description()
        );
    }
    let arrived = upstream.seen().len();
    for target in [
        "/",
        "/robots.txt/",
        "/robots.txtx",
        "/Robots.txt",
        "/robots%2etxt",
        "/assets",
        "/assetsx/a",
        "/x?/robots.txt",
        "/x?a=/assets/",
        "/assets/../secret",
        "/assets/..%2fsecret",
        "/assets/%2e%2e/secret",
        "/assets/.%2e/secret",
        "/assets/%2e%2e%2fsecret",
        "/assets//secret",
        "//assets/a",
        "/./assets/a",
        "/assets/./a",
        "/assets/..;/secret",
        "/assets/a;b",
        "/assets/%5c..%5csecret",
        "/assets/\\..\\secret",
        "/assets/%zz",
        "/assets/%00",
        "/assets/%0a",
        "/secret;/assets/a",
        "/secret/..;/assets/a",
        "/assets/%252e%252e/secret",
        "/%61ssets/a",
    ] {
        let answer = visitor.get("/").exact_target(target).send();
        let code = answer.json()["error"].clone();
        assert_eq!(
            (answer.status.as_u16(), code.as_str()),
            (401, Some("session.none")),
            "{target}: {}",
            answer.description()
        );
    }
    assert_eq!(upstream.seen().len(), arrived, "{:?}", upstream.seen());
}

fn an_unknown_host_is_misdirected(door: Door) {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .door(door)
        .variable("public_paths", "/*")
        .start();
    let (visitor, _) = signed_in(&gatelet);
    let port = gatelet.address().port();
    visitor.get("/open").send().expect(200);
    let arrived = upstream.seen().len();
    for (host, status) in [
        ("evil.example".to_owned(), 421),
        (format!("evil.example:{port}"), 421),
        (format!("localhost.evil.example:{port}"), 421),
        (format!("evillocalhost:{port}"), 421),
        ("localhost".to_owned(), 421),
        (format!("localhost:{}", port ^ 1), 421),
        // No host at all.
        (format!("localhost.:{port}x"), 400),
        (format!("localhost:{port}@evil.example"), 400),
        (format!("127.0.0.1:{port}"), 421),
    ] {
        for path in [
            "/open",
            "/auth/sign-in",
            "/auth/session",
            "/api/auth/callback/x",
        ] {
            let answer = visitor.get(path).header("host", &host).send();
            assert_eq!(
                answer.status.as_u16(),
                status,
                "{host}{path}: {}",
                answer.description()
            );
            // Where the server does answer is told to this machine.
            let text = answer.text().replace(gatelet.base_url(), "");
            assert!(!text.contains(&host), "{host} is not echoed: {text}");
        }
    }
    // Case and nothing else is the same host.
    visitor
        .get("/open")
        .header("host", &format!("LocalHost:{port}"))
        .send()
        .expect(200);
    assert_eq!(upstream.seen().len(), arrived + 1, "{:?}", upstream.seen());
}

fn probes_answer_by_exact_path_on_any_host(door: Door) {
    let upstream = Upstream::start();
    let gatelet = Gatelet::in_front_of(&upstream, door);
    let visitor = gatelet.visitor();
    for path in ["/health/live", "/health/ready"] {
        for host in ["localhost", "10.1.2.3:3000", "probe.example"] {
            visitor.get(path).header("host", host).send().expect(200);
        }
    }
    for target in [
        "/health/live/",
        "/health/LIVE",
        "/health//live",
        "/health/live%2f",
        "/health",
        "/x/health/live",
        "/health/live;x",
    ] {
        let answer = visitor
            .get("/")
            .exact_target(target)
            .header("user-agent", "kube-probe/1.30")
            .send();
        assert_eq!(answer.status, 401, "{target}: {}", answer.description());
    }
    assert!(upstream.seen().is_empty());
}

/// Host and port as visitors send them.
fn host(gatelet: &Gatelet) -> &str {
    gatelet.base_url().trim_start_matches("http://")
}

#[test]
fn a_dead_app_is_a_502_page_and_a_silent_one_a_504() {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .arguments(&["--response-timeout", "1"])
        .start();
    let (visitor, _) = signed_in(&gatelet);
    visitor
        .get("/slow/5000")
        .send()
        .expect_denial(504, "upstream.timeout");
    drop(upstream);
    visitor
        .get("/x")
        .send()
        .expect_denial(502, "upstream.unreachable");
    let page = visitor.visit("/x").send().expect(502);
    assert!(
        page.header("content-type").starts_with("text/html"),
        "{}",
        page.description()
    );
}

#[test]
fn the_demo_app_answers_people_with_pages_and_programs_with_data() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let (visitor, _) = signed_in(&gatelet);
    for (path, status, says) in [
        ("/", 200, "What the app received"),
        ("/headers", 200, "What the app received"),
        ("/nowhere", 404, "There is no such page"),
    ] {
        let page = visitor.visit(path).send().expect(status);
        let html = page.header("content-type").starts_with("text/html");
        let text = page.text();
        assert!(html && text.contains(says), "{path}: {text}");
        assert!(text.contains("href=\"/auth/"), "{path} leads on: {text}");
    }
    let data = visitor.get("/headers").send().expect(200).json();
    assert!(data["headers"].is_array(), "{data}");
    visitor.get("/nowhere").send().expect(404);
}
