//! HTTPS by the embedded host itself.

use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::browser::Person;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Setup;
use gatelet_tests::raw_socket::RawSocket;
use gatelet_tests::upstream::Upstream;
use serde_json::json;

#[test]
fn https_tells_the_app_so_and_keeps_cookies_to_the_host() {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite).upstream(&upstream).tls().start();
    let (visitor, _) = signed_in(&gatelet);
    visitor.get("/x").send().expect(200);
    let seen = upstream.seen_at("/x");
    assert_eq!(seen[0].headers["x-forwarded-proto"], "https");
    let session = visitor.cookie("__Host-gatelet").expect("signed in");
    assert!(session.secure && session.http_only);
    // Plain HTTP on the same port is no way in, with the same cookie.
    let answer = RawSocket::exchange(
        gatelet.address(),
        format!(
            "GET /plain HTTP/1.1\r\nHost: localhost:{}\r\nCookie: {}={}\r\nConnection: close\r\n\r\n",
            gatelet.address().port(),
            session.name,
            session.value
        ),
    );
    assert!(!answer.contains("HTTP/"), "{answer}");
    assert!(upstream.seen_at("/plain").is_empty());
}

#[test]
fn a_browser_accepts_the_prefixed_cookies() {
    let gatelet = Setup::new(Engine::Sqlite).tls().start();
    let person = Person::with(&json!({ "ignoreHTTPSErrors": true }));
    let tab = person.tab();
    let account = Account::new("Ada");
    tab.go(&format!("{}/auth/sign-up", gatelet.base_url()));
    tab.fill("#name", &account.name);
    tab.fill("#email", &account.email);
    tab.fill("#password", &account.password);
    tab.submit("form button[type=submit]");
    assert!(tab.text("h1").contains("Ada"), "{}", tab.text("body"));
    let cookies = person.cookies();
    assert!(!cookies.is_empty());
    for cookie in cookies {
        let name = cookie["name"].as_str().unwrap_or_default();
        assert!(name.starts_with("__Host-"), "{cookie}");
        assert_eq!(cookie["secure"], true, "{cookie}");
    }
}
