//! Apps of others behind Gatelet: they learn who is asking, and nobody else decides it.

use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::neighbour::{Neighbour, app};
use gatelet_tests::raw_socket::RawSocket;

/// A gateway before this app, with what is below `/open` public.
fn before(app: &Neighbour) -> Gatelet {
    Setup::new(Engine::Sqlite)
        .variable("upstream", &app.url())
        .variable("public_paths", "/open/*")
        .start()
}

#[test]
fn a_stock_django_knows_its_users_and_takes_their_forms() {
    let Some(app) = app::django("localhost") else {
        return;
    };
    let gatelet = before(&app);
    let stranger = gatelet.visitor();
    let spoofed = stranger
        .get("/open/who")
        .header("x-forwarded-user", "spoofed");
    let nobody = spoofed.send().expect(200).json();
    assert_eq!(nobody["signed_in"], false);

    let (visitor, account) = signed_in(&gatelet);
    let page = visitor.visit("/form").send().expect(200);
    let form = page.form("/form").fill("text", "hello");
    let sent = visitor.submit(&form, &page.url).send().expect(302);
    assert_eq!(
        sent.header("location"),
        format!("{}/sent", gatelet.base_url())
    );
    let user = visitor.follow(sent).expect(200).json();
    let me = visitor.get("/auth/me").send().json();
    assert_eq!(user["user"], me["id"]);
    assert_eq!(user["email"], account.email);
    let host = gatelet.base_url().trim_start_matches("http://");
    assert_eq!(user["host"], host);

    // Another site's form is still refused, by Django itself.
    let mut forged = page.url.clone();
    forged.set_host(Some("evil.example")).expect("a host");
    let refused = visitor
        .request(http::Method::POST, "/form")
        .header("origin", &forged.origin().ascii_serialization())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.encoded())
        .send();
    refused.expect(403);
}

#[test]
fn no_offer_of_h2c_reaches_hypercorn() {
    let Some(app) = app::hypercorn() else {
        return;
    };
    let offer = |host: &str| {
        format!(
            "GET /open/a HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade, HTTP2-Settings\r\n\
             Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
        )
    };
    // The program would take it.
    let mut direct = RawSocket::connect(app.address());
    direct.send(offer("localhost"));
    let switched = direct.read_until("\r\n\r\n");
    assert!(switched.starts_with("HTTP/1.1 101"), "{switched}");

    let gatelet = before(&app);
    let host = gatelet.base_url().trim_start_matches("http://");
    let smuggled = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    for spelling in [
        "Connection: Upgrade, HTTP2-Settings",
        "Connection: HTTP2-Settings, upgrade",
        "Connection: keep-alive\r\nConnection: Upgrade, HTTP2-Settings",
        "Connection: Upgrade",
    ] {
        let offer = offer(host).replace("Connection: Upgrade, HTTP2-Settings", spelling);
        for upgrade in ["h2c", "H2C", "websocket, h2c", "h2c, websocket"] {
            let offer = offer.replace("Upgrade: h2c", &format!("Upgrade: {upgrade}"));
            let mut socket = RawSocket::connect(gatelet.address());
            socket.send(offer);
            let answer = socket.read_until("}");
            assert!(answer.starts_with("HTTP/1.1 200 "), "{upgrade}: {answer}");
            assert!(answer.contains(r#""version": "1.1""#), "{answer}");
            let fields = answer.to_ascii_lowercase();
            assert!(!fields.contains("http2-settings"), "{answer}");
            socket.send(smuggled);
            let rest = socket.read_until("\0\0\0\x04");
            assert!(!rest.contains('\0'), "frames of HTTP/2 came back: {rest:?}");
        }
    }
    assert!(!app.log().contains("Traceback"), "{}", app.log());
}

#[test]
fn no_field_that_cgi_folds_to_an_identity_reaches_lighttpd() {
    let Some(app) = app::lighttpd() else {
        return;
    };
    let gatelet = before(&app);
    let (visitor, account) = signed_in(&gatelet);
    let id = visitor.get("/auth/me").send().json()["id"].clone();
    let id = id.as_str().expect("an id");
    let cookie = visitor.cookie("gatelet").expect("signed in");
    let cookie = format!("Cookie: {}={}\r\n", cookie.name, cookie.value);
    let host = gatelet.base_url().trim_start_matches("http://");
    let lies: String = "!#$%&'*+-.^_`|~"
        .chars()
        .flat_map(|between| {
            [
                "X-Forwarded-User",
                "X-FORWARDED-EMAIL",
                "x-forwarded-groups",
            ]
            .map(|name| name.replace('-', &between.to_string()))
        })
        .chain(["X-Forwarded_User".to_owned(), "X_Forwarded-User".to_owned()])
        .map(|name| format!("{name}: spoofed\r\n"))
        .collect();
    for (path, cookie, known) in [
        ("/open/env.cgi", "", false),
        ("/open/env.cgi", &cookie, true),
        ("/env.cgi", &cookie, true),
    ] {
        let answer = RawSocket::exchange(
            gatelet.address(),
            format!(
                "GET {path} HTTP/1.1\r\nHost: {host}\r\n{cookie}{lies}Connection: close\r\n\r\n"
            ),
        );
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(!answer.contains("spoofed"), "{answer}");
        let user = format!("HTTP_X_FORWARDED_USER={id}\n");
        assert_eq!(answer.contains(&user), known, "{answer}");
        let email = format!("HTTP_X_FORWARDED_EMAIL={}\n", account.email);
        assert_eq!(answer.contains(&email), known, "{answer}");
    }
}

#[test]
fn an_express_app_greets_by_name_at_the_visitors_address() {
    let Some(app) = app::express() else { return };
    let gatelet = before(&app);
    let visitor = gatelet.visitor();
    Account::new("Ada Łovelace")
        .sign_up(&visitor, "/")
        .expect(303);
    let page = visitor.visit("/").send().expect(200).text();
    let greeting = format!("Hello Ada Łovelace at {}", gatelet.base_url());
    assert_eq!(page, greeting);
}
