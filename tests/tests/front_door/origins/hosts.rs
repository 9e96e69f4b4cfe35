//! Which origin does a host name mean? Every spelling of a name, every name that
//! looks like one, and patterns.

use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::raw_socket::RawSocket;
use gatelet_tests::through_both_doors;
use gatelet_tests::upstream::Upstream;

use super::{refused, run};

through_both_doors! {
    every_spelling_of_a_host_means_its_origin_and_no_lookalike_does,
}

/// Name, base URL. Every one has an app of its own.
const ORIGINS: [(&str, &str); 7] = [
    ("main", "https://app.example.com"),
    ("shop", "https://shop.example.com"),
    ("port", "https://shop.example.com:8443"),
    // Bücher.
    ("books", "https://xn--bcher-kva.example.com"),
    ("any", "https://*.apps.example.com"),
    ("team", "https://*--shop.apps.example.com"),
    ("one", "https://a--shop.apps.example.com"),
];

/// Every origin with an app of its own behind a public path.
fn family(door: Door) -> (Gatelet, Vec<(&'static str, Upstream)>) {
    let apps: Vec<_> = ORIGINS
        .map(|(name, _)| (name, Upstream::start()))
        .into_iter()
        .collect();
    let mut setup = Setup::new(Engine::Sqlite)
        .door(door)
        .variable("public_paths", "/open/*")
        .variable("upstream_hosts", "http://127.0.0.1:*")
        .variable("origins_refresh_seconds", "1");
    for ((name, base_url), (_, app)) in ORIGINS.iter().zip(&apps) {
        let upstream = app.url();
        if *name == "main" {
            setup = setup
                .variable("base_url", base_url)
                .variable("site_name", "Site main")
                .variable("upstream", &upstream);
            continue;
        }
        let values = [
            format!("base_url={base_url}"),
            format!("site_name=Site {name}"),
            format!("upstream={upstream}"),
        ];
        let mut arguments = vec!["origins", "set", name];
        arguments.extend(values.iter().map(String::as_str));
        let output = setup.run(&arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {said}");
    }
    (setup.start(), apps)
}

/// What a request with this `Host` gets, byte by byte: status line and the rest.
fn asked(gatelet: &Gatelet, target: &str, host: &[u8]) -> String {
    let mut request = format!("GET {target} HTTP/1.1\r\nconnection: close\r\nhost: ").into_bytes();
    request.extend_from_slice(host);
    request.extend_from_slice(b"\r\n\r\n");
    RawSocket::exchange(gatelet.address(), request)
}

fn every_spelling_of_a_host_means_its_origin_and_no_lookalike_does(door: Door) {
    let (gatelet, apps) = family(door);
    // Origin, or the status of a denial.
    let misdirected = Err(421);
    let malformed = Err(400);
    for (number, (host, meant)) in [
        ("app.example.com", Ok("main")),
        ("APP.Example.Com", Ok("main")),
        ("app.example.com.", Ok("main")),
        ("app.example.com:443", Ok("main")),
        ("App.example.com.:443", Ok("main")),
        ("app.example.com:", Ok("main")),
        ("app.example.com:80", misdirected),
        ("app.example.com:8443", misdirected),
        ("app.example.com:0443", Ok("main")),
        ("app.example.com..", malformed),
        (".app.example.com", malformed),
        ("app.example.com:443:443", malformed),
        ("app.example.com:x", malformed),
        ("app.example.com:99999", malformed),
        ("user@app.example.com", malformed),
        ("app.example.com/", malformed),
        ("app.example.com, shop.example.com", malformed),
        ("app.example.com shop.example.com", malformed),
        ("app.example.com\\.evil.example", malformed),
        ("app%2eexample.com", malformed),
        // Whose name ends, begins or looks like one.
        ("evilapp.example.com", misdirected),
        ("evil.app.example.com", misdirected),
        ("app.example.com.evil.example", misdirected),
        ("app.example.comevil.example", misdirected),
        ("app-example.com", misdirected),
        ("app.example.co", misdirected),
        ("example.com", misdirected),
        ("app", misdirected),
        ("main", misdirected),
        ("localhost", misdirected),
        ("127.0.0.1", misdirected),
        ("[::1]", misdirected),
        // Of one host, port by port.
        ("shop.example.com", Ok("shop")),
        ("shop.example.com:443", Ok("shop")),
        ("SHOP.example.com:8443", Ok("port")),
        ("shop.example.com.:8443", Ok("port")),
        ("shop.example.com:8444", misdirected),
        // International names come as Punycode, and not otherwise.
        ("xn--bcher-kva.example.com", Ok("books")),
        ("XN--Bcher-KVA.example.com", Ok("books")),
        ("b\u{fc}cher.example.com", malformed),
        ("bu\u{308}cher.example.com", malformed),
        ("bucher.example.com", misdirected),
        // арр in Cyrillic, as browsers write it and as nobody should.
        ("xn--80a6aa.example.com", misdirected),
        ("\u{430}\u{440}\u{440}.example.com", malformed),
        ("app\u{3002}example.com", malformed),
        ("\u{ff41}pp.example.com", malformed),
        // Patterns: the exact one, then the longer one, then the shorter one.
        ("x.apps.example.com", Ok("any")),
        ("X.APPS.example.com.:443", Ok("any")),
        ("x--shop.apps.example.com", Ok("team")),
        ("feat-2--shop.apps.example.com", Ok("team")),
        ("a--shop.apps.example.com", Ok("one")),
        ("A--Shop.apps.example.com:443", Ok("one")),
        ("b--a--shop.apps.example.com", Ok("team")),
        ("a--shop-.apps.example.com", Ok("any")),
        ("xn--80a6aa.apps.example.com", Ok("any")),
        ("x.y.apps.example.com", misdirected),
        ("a--shop.y.apps.example.com", misdirected),
        ("y.a--shop.apps.example.com", misdirected),
        ("apps.example.com", misdirected),
        (".apps.example.com", malformed),
        ("x.apps.example.com:8443", misdirected),
        ("x.apps.example.com.evil.example", misdirected),
        ("xapps.example.com", misdirected),
        ("*.apps.example.com", malformed),
        ("*--shop.apps.example.com", malformed),
    ]
    .into_iter()
    .enumerate()
    {
        let target = format!("/open/{number}");
        let answer = asked(&gatelet, &target, host.as_bytes());
        let reached: Vec<_> = apps
            .iter()
            .filter(|(_, app)| !app.seen_at(&target).is_empty())
            .map(|(name, _)| *name)
            .collect();
        let status: u16 = answer
            .get(9..12)
            .and_then(|status| status.parse().ok())
            .unwrap_or_else(|| panic!("{host}: {answer}"));
        let page = asked(&gatelet, "/auth/sign-in", host.as_bytes());
        match meant {
            Ok(name) => {
                assert_eq!((status, reached.as_slice()), (200, &[name][..]), "{host}");
                assert!(page.contains(&format!("Site {name}")), "{host}: {page}");
            }
            Err(denied) => {
                assert_eq!((status, reached.len()), (denied, 0), "{host}: {answer}");
                assert!(!page.contains("Site "), "{host}: {page}");
            }
        }
    }
}

#[test]
fn what_could_mean_two_origins_is_refused_when_it_is_kept() {
    let (gatelet, _apps) = family(Door::Gate);
    for (base_url, whose) in [
        ("https://app.example.com", "main"),
        ("HTTPS://App.Example.Com.:443/", "main"),
        ("http://app.example.com:443", ""),
        ("https://shop.example.com.", "shop"),
        ("https://SHOP.example.com:8443", "port"),
        ("https://xn--BCHER-kva.example.com", "books"),
        ("https://*.Apps.example.com", "any"),
        ("https://*.apps.example.com:443", "any"),
        ("https://*--SHOP.apps.example.com.", "team"),
        ("https://a--shop.apps.example.com:443", "one"),
        ("https://b\u{fc}cher.example.com", ""),
        ("https://*", ""),
        ("https://*.*.example.com", ""),
        ("https://a.*.example.com", ""),
        ("https://a*.apps.example.com", ""),
    ] {
        let said = refused(
            &gatelet,
            &["origins", "set", "twin", &format!("base_url={base_url}")],
        );
        assert!(said.contains("base_url: "), "{base_url}: {said}");
        let is_tie = said.contains(&format!("is {whose}'s already"));
        assert_eq!(is_tie, !whose.is_empty(), "{base_url}: {said}");
    }
    let listed = run(&gatelet, &["origins", "list"]);
    assert!(!listed.contains("twin"), "{listed}");
    // More specific than another's is no tie.
    for base_url in [
        "https://x.apps.example.com",
        "https://*-x--shop.apps.example.com",
        "https://*.apps.example.com:8443",
    ] {
        let value = format!("base_url={base_url}");
        run(&gatelet, &["origins", "set", "twin", &value]);
    }
}
