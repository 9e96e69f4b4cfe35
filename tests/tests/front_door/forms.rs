//! Forms that our pages did not send, and bodies that are none.

use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::form::Form;
use gatelet_tests::gatelet::Gatelet;
use gatelet_tests::raw_socket::RawSocket;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::Visitor;
use http::Method;

/// Each form of ours, filled in rightly, with the page it stands on.
fn forms(visitor: &Visitor, account: &Account) -> Vec<(&'static str, Form, Response)> {
    ["/auth/sign-in", "/auth/sign-up"]
        .into_iter()
        .map(|path| {
            let page = visitor.visit(path).send().expect(200);
            let form = page
                .form(path)
                .fill("email", &account.email)
                .fill("password", &account.password);
            let form = if path == "/auth/sign-up" {
                form.fill("name", &account.name)
            } else {
                form
            };
            (path, form, page)
        })
        .collect()
}

#[test]
fn forms_without_their_token_do_nothing() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let (_, account) = signed_in(&gatelet);
    let visitor = gatelet.visitor();
    let newcomer = Account::new("Newcomer");
    for (path, form, page) in forms(&visitor, &account) {
        let form = if path == "/auth/sign-up" {
            form.fill("email", &newcomer.email)
        } else {
            form
        };
        let token = form.value("csrf").expect("a token").to_owned();
        let other_forms = forms(&gatelet.visitor(), &account);
        let foreign = other_forms[0].1.value("csrf").expect("a token").to_owned();
        let elsewhere = forms(&visitor, &account)
            .into_iter()
            .find(|other| other.0 != path);
        let of_other_page = elsewhere
            .and_then(|other| other.1.value("csrf").map(str::to_owned))
            .expect("a token");
        for (what, form) in [
            ("no token", form.clone().without("csrf")),
            ("an empty token", form.clone().fill("csrf", "")),
            (
                "a token of another browser",
                form.clone().fill("csrf", &foreign),
            ),
            (
                "a token of another form",
                form.clone().fill("csrf", &of_other_page),
            ),
            (
                "a cut token",
                form.clone().fill("csrf", &token[..token.len() - 1]),
            ),
            ("a long token", form.clone().fill("csrf", &"A".repeat(4000))),
        ] {
            let answer = visitor.submit(&form, &page.url).send();
            assert_eq!(
                answer.status.as_u16(),
                403,
                "{path} with {what}: {}",
                answer.description()
            );
        }
        let no_cookie = visitor.submit(&form, &page.url).without_cookies().send();
        assert_eq!(
            no_cookie.status.as_u16(),
            403,
            "{path} without the cookie: {}",
            no_cookie.description()
        );
        assert!(visitor.jar().get("gatelet").is_none());
        // And rightly sent it works: the cases above failed for their own reason.
        visitor.submit(&form, &page.url).send().expect(303);
        visitor.change_jar(|jar| jar.forget_one("gatelet"));
    }
}

#[test]
fn forms_of_another_site_do_nothing() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let (_, account) = signed_in(&gatelet);
    let visitor = gatelet.visitor();
    let (_, form, page) = forms(&visitor, &account).remove(0);
    for (what, name, value) in [
        ("another origin", "origin", "https://evil.example"),
        ("a sibling", "origin", "http://localhost:1"),
        (
            "our name as a prefix",
            "origin",
            "http://localhost.evil.example",
        ),
        (
            "another scheme",
            "origin",
            &gatelet.base_url().replace("http:", "https:"),
        ),
        ("a cross-site form", "sec-fetch-site", "cross-site"),
        ("a form of a sibling host", "sec-fetch-site", "same-site"),
    ] {
        let answer = visitor
            .submit(&form, &page.url)
            .without(name)
            .header(name, value)
            .send();
        assert_eq!(
            answer.status.as_u16(),
            403,
            "{what}: {}",
            answer.description()
        );
        assert!(visitor.jar().get("gatelet").is_none(), "{what}");
    }
    // Two that say different things say nothing.
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", gatelet.base_url()),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-origin"),
    ] {
        let twice = visitor.submit(&form, &page.url).header(name, value).send();
        assert_eq!(twice.status.as_u16(), 403, "{}", twice.description());
    }
    visitor.submit(&form, &page.url).send().expect(303);
}

#[test]
fn nobody_is_signed_out_by_another_site() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let (visitor, _) = signed_in(&gatelet);
    let page = visitor.visit("/auth/sign-out").send().expect(200);
    let form = page.form("/auth/sign-out");
    for form in [form.clone().without("csrf"), form.clone().fill("csrf", "x")] {
        visitor.submit(&form, &page.url).send().expect(403);
    }
    let foreign = visitor
        .submit(&form, &page.url)
        .without("origin")
        .header("origin", "https://evil.example")
        .send();
    foreign.expect(403);
    visitor.visit("/").send().expect(200);
    visitor.submit(&form, &page.url).send().expect(303);
    visitor.visit("/").send().expect(303);
}

#[test]
fn malformed_bodies_are_answers_not_crashes() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let (signed_in, _) = signed_in(&gatelet);
    let urlencoded = "application/x-www-form-urlencoded";
    for (visitor, path, rest, status) in [
        (
            &gatelet.visitor(),
            "/auth/sign-in",
            "email=a%40example.com&password=x",
            401,
        ),
        (
            &gatelet.visitor(),
            "/auth/sign-up",
            "email=a%40example.com&password=x",
            422,
        ),
        (&signed_in, "/auth/sign-out", "", 303),
    ] {
        let page = visitor.visit(path).send().expect(200);
        let form = page.form(path);
        let csrf = form.value("csrf").expect("a token");
        let with = |rest: &[u8]| [format!("csrf={csrf}&").as_bytes(), rest].concat();
        for (what, expected, kind, body) in [
            ("nothing", 403, urlencoded, Vec::new()),
            (
                "NUL",
                400,
                urlencoded,
                with(b"email=a%00b%40example.com&password=x"),
            ),
            ("a raw NUL", 400, urlencoded, with(b"email=a\0b&password=x")),
            (
                "no UTF-8",
                400,
                urlencoded,
                with(b"email=%ff%fe&password=%c3%28"),
            ),
            (
                "raw bytes",
                400,
                urlencoded,
                with(b"email=\xff\xfe\x80&password=\xc0\xaf"),
            ),
            (
                "broken percent",
                400,
                urlencoded,
                with(b"email=%&password=%4"),
            ),
            (
                "a field twice",
                400,
                urlencoded,
                with(b"email=a%40example.com&email=b%40example.com&password=x"),
            ),
            (
                "the token twice",
                400,
                urlencoded,
                with(format!("csrf={csrf}&email=a%40example.com&password=x").as_bytes()),
            ),
            (
                "many fields",
                400,
                urlencoded,
                with("a=1&".repeat(500).as_bytes()),
            ),
            (
                "a long field",
                413,
                urlencoded,
                with(format!("email={}&password=x", "a".repeat(9000)).as_bytes()),
            ),
            (
                "64 KiB",
                413,
                urlencoded,
                with(format!("email={}", "a".repeat(64 * 1024)).as_bytes()),
            ),
            (
                "JSON",
                400,
                "application/json",
                b"{\"email\":\"a@example.com\",\"password\":\"x\"}".to_vec(),
            ),
            (
                "multipart",
                400,
                "multipart/form-data; boundary=x",
                b"--x\r\n\r\n--x--".to_vec(),
            ),
            (
                "plain text",
                400,
                "text/plain",
                with(b"email=a%40example.com&password=x"),
            ),
            (
                "no type",
                400,
                "",
                with(b"email=a%40example.com&password=x"),
            ),
        ] {
            let mut request = visitor
                .request(Method::POST, path)
                .header("origin", gatelet.base_url())
                .body(body);
            if !kind.is_empty() {
                request = request.header("content-type", kind);
            }
            let answer = request.send();
            assert_eq!(
                answer.status,
                expected,
                "{path}, {what}: {}",
                answer.description()
            );
            assert_eq!(answer.set_cookie("gatelet="), None, "{path}, {what}");
        }
        // And well formed it is read, and answered as what it says.
        let request = visitor.request(Method::POST, path);
        let request = request.header("origin", gatelet.base_url());
        let request = request.header("content-type", urlencoded);
        request.body(with(rest.as_bytes())).send().expect(status);
    }
}

/// The answer comes before the rest of it does.
#[test]
fn a_form_that_is_too_long_is_not_waited_for() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let host = gatelet.base_url().trim_start_matches("http://");
    let mut socket = RawSocket::connect(gatelet.address());
    socket.send(format!(
        "POST /auth/sign-in HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 2097152\r\n\r\n"
    ));
    socket.send_filler(128 * 1024);
    let answer = socket.read_until("\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[test]
fn a_body_that_never_comes_does_not_keep_a_page_from_others() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let host = gatelet.base_url().trim_start_matches("http://").to_owned();
    let mut stuck = Vec::new();
    for _ in 0..40 {
        let mut socket = RawSocket::connect(gatelet.address());
        socket.send(format!(
            "POST /auth/sign-in HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nemail="
        ));
        stuck.push(socket);
    }
    let start = std::time::Instant::now();
    gatelet.visitor().visit("/auth/sign-in").send().expect(200);
    assert!(start.elapsed().as_secs() < 5);
}

#[test]
fn what_is_typed_comes_back_as_text() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let visitor = gatelet.visitor();
    let hostile = "\"><script>alert(1)</script>&amp;'{{7*7}}";
    let who = Account {
        name: hostile.to_owned(),
        email: hostile.to_owned(),
        ..Account::new("x")
    };
    // But for files of ours.
    let without_ours = |text: String| {
        let ours = ["passkeys", "fragment", "once"]
            .map(|name| format!("<script type=\"module\" src=\"/auth/{name}.js?"));
        let without = |text: String, ours: &String| text.replacen(ours, "", 1);
        ours.iter().fold(text.to_lowercase(), without)
    };
    let answer = who.sign_up(&visitor, hostile).expect(422);
    let text = without_ours(answer.text());
    assert!(!text.contains("<script"), "{text}");
    assert_eq!(answer.form("/auth/sign-up").value("name"), Some(hostile));
    assert_eq!(answer.form("/auth/sign-up").value("email"), Some(hostile));
    for (path, status) in [
        ("/auth/sign-in?return_to=%22%3E%3Cscript%3E", 200),
        ("/auth/%3Cscript%3E", 404),
        (
            "/auth/callback/x?error=%3Cscript%3E&state=%3Cscript%3E",
            404,
        ),
        ("/auth/callback/%3Cscript%3E", 404),
        ("/auth/start/%3Cscript%3E", 404),
    ] {
        let answer = visitor.visit(path).send().expect(status);
        let text = without_ours(answer.text());
        assert!(!text.contains("<script"), "{path}: {text}");
    }
}

#[test]
fn every_page_is_protected_by_the_same_headers() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let (visitor, _) = signed_in(&gatelet);
    for (visitor, paths) in [
        (
            &gatelet.visitor(),
            &[
                ("/auth/sign-in", 200),
                ("/auth/sign-up", 200),
                ("/auth/sign-out", 200),
                ("/auth/none", 404),
                ("/auth/callback/none", 404),
                ("/auth/session", 200),
            ][..],
        ),
        (
            &visitor,
            &[
                ("/auth/account", 200),
                ("/auth/sign-out", 200),
                ("/auth/sign-in", 200),
                ("/auth/me", 200),
            ][..],
        ),
    ] {
        for (path, status) in paths {
            let answer = visitor.visit(path).send().expect(*status);
            let policy = answer.header("content-security-policy");
            for part in [
                "default-src 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
            ] {
                assert!(policy.contains(part), "{path}: {policy}");
            }
            assert!(!policy.contains("unsafe"), "{path}: {policy}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        }
    }
}

#[test]
fn pages_answer_their_methods_alone() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let visitor = gatelet.visitor();
    for (method, path, allowed) in [
        (Method::PUT, "/auth/sign-in", "GET, HEAD, POST"),
        (Method::DELETE, "/auth/account", "GET, HEAD"),
        (Method::POST, "/auth/session", "GET, HEAD"),
        (Method::PATCH, "/auth/sign-up", "GET, HEAD, POST"),
        (Method::POST, "/auth/me", "GET, HEAD"),
        (Method::POST, "/auth/start/x", "GET"),
    ] {
        let answer = visitor
            .request(method.clone(), path)
            .header("origin", gatelet.base_url())
            .send();
        assert_eq!(
            answer.status.as_u16(),
            405,
            "{method} {path}: {}",
            answer.description()
        );
        assert_eq!(answer.header("allow"), allowed, "{method} {path}");
    }
    let head = visitor
        .request(Method::HEAD, "/auth/sign-in")
        .send()
        .expect(200);
    assert!(
        head.body.is_empty() && !head.header("content-length").is_empty(),
        "{}",
        head.description()
    );
}
