//! Proxies: what a visitor does through them works as it does without.

use std::net::SocketAddr;
use std::time::Duration;

use gatelet_tests::account::{Account, sign_out};
use gatelet_tests::browser::Person;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::neighbour::proxy::{HOST, Proxy, nginx_behind};
use gatelet_tests::upstream::Upstream;
use gatelet_tests::visitor::Visitor;
use http::Method;
use serde_json::json;

#[test]
fn everything_works_through_nginx() {
    works_through(Proxy::nginx);
}

#[test]
fn everything_works_through_caddy() {
    works_through(Proxy::caddy);
}

#[test]
fn everything_works_through_apache() {
    works_through(Proxy::apache);
}

#[test]
fn everything_works_through_haproxy() {
    works_through(Proxy::haproxy);
}

#[test]
fn everything_works_through_traefik() {
    works_through(Proxy::traefik);
}

#[test]
fn everything_works_through_varnish() {
    works_through(Proxy::varnish);
}

#[test]
fn two_proxies_in_a_row_tell_the_visitors_address_scheme_and_host() {
    works_through(Proxy::caddy_and_nginx);
}

#[test]
fn a_proxy_that_rewrites_the_host_names_it_on_every_page() {
    let (upstream, gatelet) = behind_a_proxy();
    let proxy = Proxy::nginx_with(gatelet.address(), |settings| {
        let host = "proxy_set_header Host              $host;";
        assert!(settings.contains(host), "{settings}");
        settings.replace(host, "")
    });
    let Some(proxy) = proxy else { return };
    let visitor = proxy.visitor();
    let account = Account::new("Ada");
    account.sign_up(&visitor, "/").expect(303);
    sign_out(&visitor).expect(303);
    let landed = visitor.follow(account.sign_in(&visitor, "/here").expect(303));
    assert_eq!(
        landed.expect(200).url.as_str(),
        format!("https://{HOST}/here")
    );
    let seen = upstream.seen_at("/here");
    assert_eq!(seen[0].headers["x-forwarded-host"], HOST);
    visitor.visit("/auth/account").send().expect(200);
    visitor.get("/auth/me").send().expect(200);
}

/// HTTP/2, with cookies in several fields, and the page's advice on ports.
#[test]
fn a_browser_signs_in_through_nginx_on_a_port_of_its_own() {
    let upstream = Upstream::start();
    let setup = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .variable("trusted_proxies", "127.0.0.1");
    let proxy = Proxy::nginx_with(setup.address(), |settings| {
        settings
            .replace(HOST, "localhost")
            .replace("$host", "$http_host")
    });
    let Some(proxy) = proxy else { return };
    let base_url = format!("https://localhost:{}", proxy.address().port());
    let _gatelet = setup.variable("base_url", &base_url).start();
    let person = Person::with(&json!({ "ignoreHTTPSErrors": true }));
    let (tab, account) = (person.tab(), Account::new("Ada"));
    tab.go(&format!("{base_url}/auth/sign-up?return_to=/greet"));
    tab.fill("#name", &account.name);
    tab.fill("#email", &account.email);
    tab.fill("#password", &account.password);
    tab.submit("form button[type=submit]");
    assert_eq!(tab.text("h1"), "Hello, Ada", "{}", tab.text("body"));
    tab.go(&format!("{base_url}/cookies"));
    tab.go(&format!("{base_url}/greet"));
    let seen = upstream.seen_at("/greet").pop().expect("it arrived");
    assert_eq!(seen.headers["cookie"], "theirs=1; other=2");
}

#[test]
fn what_auth_request_guarded_stands_behind_gatelet() {
    let app = Upstream::start();
    let Some(behind) = nginx_behind(app.address()) else {
        return;
    };
    let setup = Setup::new(Engine::Sqlite).variable("upstream", &behind.url());
    let gatelet = setup.start();
    let visitor = gatelet.visitor();
    visitor.get("/static/file.txt").send().expect(401);
    Account::new("Ada").sign_up(&visitor, "/").expect(303);
    let file = visitor.get("/static/file.txt").send().expect(200);
    assert_eq!(file.text(), "a file");
    visitor.get("/page").send().expect(200);
    let seen = app.seen_at("/page");
    assert!(seen[0].headers.contains_key("x-forwarded-user"));
}

/// Gatelet for [`HOST`], which believes a proxy on this machine.
fn behind_a_proxy() -> (Upstream, Gatelet) {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .variable("base_url", &format!("https://{HOST}"))
        .variable("trusted_proxies", "127.0.0.1")
        .start();
    (upstream, gatelet)
}

#[track_caller]
fn works_through(proxy: fn(SocketAddr) -> Option<Proxy>) {
    let (upstream, gatelet) = behind_a_proxy();
    let Some(proxy) = proxy(gatelet.address()) else {
        return;
    };
    let visitor = proxy.visitor();

    // Nobody yet: sent to sign in at the address that was typed, and told so in JSON.
    let away = visitor.visit("/page?a=b").send();
    away.expect_redirect("/auth/sign-in?return_to=%2Fpage%3Fa%3Db");
    visitor
        .get("/page")
        .send()
        .expect_denial(401, "session.none");
    assert_eq!(visitor.converse("/socket", &[]), Err(401));

    let account = Account::new("Ada Lovelace");
    account.sign_up(&visitor, "/").expect(303);
    let session = visitor.cookie("__Host-gatelet").expect("signed in");
    assert!(session.secure && session.http_only);

    says_who_visits(&upstream, &visitor, proxy.chain());
    targets_arrive_as_sent(&upstream, &visitor);
    long_heads_pass(&visitor);
    a_websocket_opens(&visitor);
    events_come_as_they_are_sent(&visitor);
    bodies_of_megabytes_pass(&visitor);
    // Errors of the app and of Gatelet are shown, not a page of the proxy's.
    let answer = visitor.get("/status/503").send().expect(503);
    assert_eq!(answer.header("x-test-upstream"), "1");

    sign_out(&visitor).expect(303);
    visitor.get("/page").send().expect(401);
    let landed = visitor.follow(account.sign_in(&visitor, "/page").expect(303));
    assert_eq!(landed.url.as_str(), format!("https://{HOST}/page"));
    landed.expect(200);
}

/// What the app is told, whatever the visitor says of himself.
#[track_caller]
fn says_who_visits(upstream: &Upstream, visitor: &Visitor, chain: &str) {
    let answer = visitor
        .get("/visit")
        .header("x-forwarded-for", "203.0.113.66")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "gopher")
        .header("x-forwarded-user", "spoofed")
        .header("x_forwarded_user", "spoofed")
        .header("forwarded", "for=203.0.113.66;host=evil.example")
        .header("x-real-ip", "203.0.113.66")
        .header("x-forwarded-prefix", "/spoofed")
        .header("x-forwarded-server", "evil.example")
        .header("x-forwarded-port", "66")
        .send();
    answer.expect(200);
    let seen = upstream.seen_at("/visit").pop().expect("it arrived");
    let told = |name: &str| seen.headers[name].to_str().expect("ASCII").to_owned();
    assert_eq!(told("x-forwarded-for"), chain, "{:?}", seen.headers);
    assert_eq!(told("x-forwarded-host"), HOST);
    assert_eq!(told("x-forwarded-proto"), "https");
    let all = format!("{:?}", seen.headers);
    for lie in [
        "evil.example",
        "gopher",
        "spoofed",
        "203.0.113.66",
        "\"66\"",
    ] {
        assert!(!all.contains(lie), "{lie}: {all}");
    }
}

#[track_caller]
fn targets_arrive_as_sent(upstream: &Upstream, visitor: &Visitor) {
    for target in [
        "/a%2Fb",
        "/a//b",
        "/%C3%BC/a%20b",
        "/a;b=c/@:,+$?d=%2F%20&e",
        "/a/./b/../c",
        "/a?",
    ] {
        let answer = visitor.get("/").exact_target(target).send();
        assert_eq!(answer.status, 200, "{target}: {}", answer.description());
        let seen = upstream.seen().pop().expect("it arrived");
        assert_eq!(seen.target, target);
    }
}

/// A redirect to sign in carries the page that somebody wanted; a callback carries a
/// code, beside the cookies.
#[track_caller]
fn long_heads_pass(visitor: &Visitor) {
    let target = format!("/page?{}", "%20".repeat(680));
    let away = visitor.visit(&target).without_cookies().send().expect(303);
    assert!(
        away.header("location").len() > 3000,
        "{}",
        away.description()
    );
    let callback = format!("/page?code={}", "c".repeat(9000));
    visitor.visit(&callback).send().expect(200);
}

#[track_caller]
fn a_websocket_opens(visitor: &Visitor) {
    let user = visitor.get("/auth/me").send().expect(200).json()["id"].clone();
    let said = visitor.converse("/socket", &["hello", "goodbye"]);
    let user = user.as_str().expect("an id");
    assert_eq!(said.expect("it opens"), [user, "hello", "goodbye"]);
}

#[track_caller]
fn events_come_as_they_are_sent(visitor: &Visitor) {
    let answer = visitor.get("/events/3/300").send().expect(200);
    let (first, last) = (answer.arrivals.first(), answer.arrivals.last());
    let between = *last.expect("three") - *first.expect("three");
    assert!(
        between > Duration::from_millis(400),
        "held back: {:?}",
        answer.arrivals
    );
}

#[track_caller]
fn bodies_of_megabytes_pass(visitor: &Visitor) {
    const BYTES: usize = 5 << 20;
    let sent = visitor
        .request(Method::POST, "/sink")
        .body(vec![b'x'; BYTES]);
    assert_eq!(sent.send().expect(200).json()["length"], BYTES);
    let read = visitor.get(&format!("/bytes/{BYTES}")).send().expect(200);
    assert_eq!(read.body.len(), BYTES);
}
