//! HTTPS: who is told to use it alone, and who comes without it.

use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::through_both_doors;
use gatelet_tests::upstream::Upstream;
use http::Method;

through_both_doors! {
    https_origins_tell_browsers_to_use_https_alone,
    a_visit_by_plain_http_is_sent_to_https_or_refused,
}

const FIELD: &str = "strict-transport-security";
const HOME: &str = "https://app.example.com";

fn at(base_url: &str, upstream: &Upstream, door: Door) -> Gatelet {
    Setup::new(Engine::Sqlite)
        .upstream(upstream)
        .door(door)
        .variable("base_url", base_url)
        .variable("trusted_proxies", "127.0.0.0/8")
        .variable("public_paths", "/open/*")
        .start()
}

fn https_origins_tell_browsers_to_use_https_alone(door: Door) {
    let upstream = Upstream::start();
    let gatelet = at(HOME, &upstream, door);
    let visitor = gatelet.visitor();
    for (path, status) in [
        ("/open/a", 200),
        ("/closed", 303),
        ("/auth/sign-in", 200),
        ("/auth/nothing", 404),
        ("/auth/account", 303),
    ] {
        let answer = visitor.visit(path).send().expect(status);
        assert_eq!(answer.every(FIELD), ["max-age=31536000"], "{path}");
    }
    // An answer in the app's place says it too.
    let gone = Upstream::start();
    let gatelet = at(HOME, &gone, door);
    drop(gone);
    let away = gatelet.visitor().visit("/open/a").send().expect(502);
    assert_eq!(away.every(FIELD), ["max-age=31536000"]);
    let upstream = Upstream::start();
    let plain = Gatelet::in_front_of(&upstream, door);
    for (path, status) in [("/closed", 303), ("/auth/sign-in", 200)] {
        let answer = plain.visitor().visit(path).send().expect(status);
        assert!(answer.every(FIELD).is_empty(), "{path}");
    }
}

fn a_visit_by_plain_http_is_sent_to_https_or_refused(door: Door) {
    let upstream = Upstream::start();
    let gatelet = at(HOME, &upstream, door);
    let visitor = gatelet.visitor();
    let plain = |method: Method, path: &str| {
        visitor
            .request(method, path)
            .header("accept", "text/html")
            .header("x-forwarded-proto", "http")
    };
    for (path, status) in [
        ("/open/a?b=c", 200),
        ("/closed", 303),
        ("/auth/sign-in", 200),
    ] {
        let sent = plain(Method::GET, path).send().expect(308);
        assert_eq!(sent.header("location"), format!("{HOME}{path}"));
        assert!(sent.every(FIELD).is_empty(), "{path}");
        let refused = plain(Method::POST, path).send().expect(403);
        assert!(refused.text().contains("request.insecure"), "{path}");
        // The browser shows that it is HTTPS: in circles it would not come there.
        let seen = plain(Method::GET, path).header("sec-fetch-mode", "navigate");
        seen.send().expect(status);
    }
    assert_eq!(upstream.seen().len(), 1, "the one that was HTTPS");
    // A form was refused for that alone.
    let secure = visitor.request(Method::POST, "/open/a?b=c");
    secure
        .header("x-forwarded-proto", "https")
        .send()
        .expect(200);
}
