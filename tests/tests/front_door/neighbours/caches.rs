//! Shared caches in front: nobody gets another's page, and no cookie is kept.

use std::net::SocketAddr;
use std::time::Duration;

use gatelet_tests::account::Account;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Setup;
use gatelet_tests::neighbour::proxy::{HOST, Proxy};
use gatelet_tests::upstream::Upstream;

#[test]
fn apaches_cache_keeps_no_page_of_one_visitor_for_another() {
    keeps_no_page(Proxy::apache_cache);
}

#[test]
fn nginxs_cache_keeps_no_page_of_one_visitor_for_another() {
    keeps_no_page(Proxy::nginx_cache);
}

#[test]
fn varnish_keeps_no_page_of_one_visitor_for_another() {
    keeps_no_page(Proxy::varnish);
}

#[track_caller]
fn keeps_no_page(proxy: fn(SocketAddr) -> Option<Proxy>) {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .variable("base_url", &format!("https://{HOST}"))
        .variable("trusted_proxies", "127.0.0.1")
        .variable("public_paths", "/cached/open")
        .variable("session_fresh_seconds", "2")
        .start();
    let Some(proxy) = proxy(gatelet.address()) else {
        return;
    };
    let (ada, bob, stranger) = (proxy.visitor(), proxy.visitor(), proxy.visitor());

    // What is refused to one is not refused to the next.
    for path in ["/greet", "/dated", "/auth/me", "/auth/session"] {
        stranger.visit(path).send();
        stranger.get(path).send();
    }
    Account::new("Ada").sign_up(&ada, "/").expect(303);
    Account::new("Bob").sign_up(&bob, "/").expect(303);
    for (visitor, name) in [(&ada, "Ada"), (&bob, "Bob"), (&ada, "Ada")] {
        for path in ["/greet", "/dated", "/auth/account"] {
            let page = visitor.visit(path).send().expect(200);
            assert!(page.text().contains(name), "{path}: {}", page.description());
        }
        let me = visitor.get("/auth/me").send().expect(200).json();
        assert_eq!(me["name"], name);
    }
    for path in ["/greet", "/dated"] {
        stranger.get(path).send().expect(401);
    }

    // Stale: the next answer of each renews its cookie, public or not.
    std::thread::sleep(Duration::from_millis(2500));
    for visitor in [&ada, &bob] {
        let answer = visitor.get("/cached/open").send().expect(200);
        assert!(
            answer.set_cookie("__Host-gatelet").is_some(),
            "{}",
            answer.description()
        );
    }
    let kept = stranger.get("/cached/open").send().expect(200);
    assert_eq!(kept.set_cookie("__Host-gatelet"), None);
    let before = upstream.seen_at("/cached").len();
    let again = stranger.get("/cached/open").send().expect(200);
    assert_eq!(again.set_cookie("__Host-gatelet"), None);
    // The cache is one: what the app calls public is kept where nothing speaks against.
    assert_eq!(upstream.seen_at("/cached").len(), before);
}
