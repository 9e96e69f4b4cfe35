//! Tokens that a provider gives: kept, handed to the app and to scripts, renewed by one of
//! many callers, and gone at the end.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use gatelet_tests::account::{sign_out, signed_in};
use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::raw_socket::RawSocket;
use gatelet_tests::section::Section;
use gatelet_tests::upstream::Upstream;
use gatelet_tests::visitor::Visitor;
use gatelet_tests::{on_both_engines, secrets, through_both_doors};
use serde_json::{Value, json};

through_both_doors! {
    an_app_gets_a_providers_access_token_where_it_asks_and_of_nobody_else,
    a_visitors_own_access_token_field_never_arrives,
}

on_both_engines! {
    an_access_token_that_runs_out_is_renewed_by_one_of_many_callers,
    what_a_provider_has_taken_back_ends_on_a_page_and_not_in_a_circle,
    the_last_sign_out_gives_the_tokens_back_to_the_provider,
    scripts_of_the_origin_get_an_access_token_and_nobody_else_does,
}

const ACCOUNT: Section = Section("/auth/account");
const FIELD: &str = "x-forwarded-access-token";
const SCRIPT: &str = "/auth/token?provider=acme";

struct Case {
    gatelet: Gatelet,
    upstream: Upstream,
    provider: IdentityProvider,
}

fn keeping(engine: Engine, provider: &IdentityProvider, fields: Value) -> Setup {
    let mut fields = fields;
    fields["keep_tokens"] = true.into();
    let grants = json!({ "grant_types": ["authorization_code", "refresh_token"] });
    let (setup, _) = Setup::new(engine).providers_with(&[("acme", provider, fields, grants)]);
    setup
}

fn started(engine: Engine, change: impl FnOnce(Setup) -> Setup) -> Case {
    let provider = IdentityProvider::start();
    let upstream = Upstream::start();
    let setup = keeping(engine, &provider, json!({}))
        .upstream(&upstream)
        .variable("forward_access_token", "acme")
        .variable("public_paths", "/open/*");
    Case {
        gatelet: change(setup).start(),
        upstream,
        provider,
    }
}

impl Case {
    #[track_caller]
    fn sign_in(&self, login: &str) -> Visitor {
        let visitor = self.gatelet.visitor();
        self.sign_in_again(&visitor, login);
        visitor
    }

    #[track_caller]
    fn sign_in_again(&self, visitor: &Visitor, login: &str) {
        let start = "/auth/start/acme?return_to=/";
        let answer = self.provider.there_and_back(visitor, start, login);
        answer.expect(303);
    }

    /// What the app got with a request to a path of its own, none where it got no such field.
    #[track_caller]
    fn told(&self, visitor: &Visitor, path: &str) -> Option<String> {
        visitor.get(path).send().expect(200);
        self.last(path)
    }

    fn last(&self, path: &str) -> Option<String> {
        let seen = self.upstream.seen_at(path);
        let headers = &seen.last().expect("it was asked").headers;
        let mut told = headers.get_all(FIELD).iter();
        let token = told.next()?.to_str().expect("ASCII").to_owned();
        assert!(told.next().is_none(), "one of them");
        secrets::remember(&token);
        Some(token)
    }

    /// Whose the provider says that it is.
    fn owner(&self, token: &str) -> Value {
        let provider = Visitor::new(self.provider.issuer());
        let bearer = format!("Bearer {token}");
        let answer = provider.get("/me").header("authorization", &bearer).send();
        answer.expect(200).json()["sub"].clone()
    }
}

/// As a script of a page of ours asks.
fn script<'v>(visitor: &'v Visitor, target: &str) -> gatelet_tests::visitor::Request<'v> {
    visitor.get(target).header("sec-fetch-site", "same-origin")
}

fn an_app_gets_a_providers_access_token_where_it_asks_and_of_nobody_else(door: Door) {
    let case = started(Engine::Sqlite, |setup| setup.door(door));
    let ada = case.sign_in("ada");
    let token = case.told(&ada, "/a").expect("hers");
    assert_eq!(case.owner(&token), "sub-ada");
    assert_eq!(
        case.told(&ada, "/a"),
        Some(token.clone()),
        "the same while it is good"
    );
    let zofie = case.sign_in("zofie");
    let other = case.told(&zofie, "/b").expect("hers");
    assert_eq!(case.owner(&other), "sub-zofie");
    // What everybody may see asks nobody for anything.
    assert_eq!(case.told(&ada, "/open/a"), None);
    // Who has no account there has no token, and is let in all the same.
    let (bob, _) = signed_in(&case.gatelet);
    assert_eq!(case.told(&bob, "/c"), None);
    case.gatelet
        .visitor()
        .get("/d")
        .send()
        .expect_denial(401, "session.none");

    // It is told to the app alone.
    for path in [
        "/auth/me",
        "/auth/session",
        "/api/v1/auth/me",
        "/api/v1/auth/session",
        "/auth/account/providers",
    ] {
        let said = ada.get(path).send();
        assert!(!said.text().contains(&token), "{path}");
        assert!(
            !said.headers.values().any(|value| value == token.as_str()),
            "{path}"
        );
    }
    let page = ada.visit("/auth/account").send().text();
    assert!(!page.contains(&token));
    assert!(!case.gatelet.log().contains(&token));
    let folder = case.gatelet.setup().folder().join(".spin");
    let files = fs::read_dir(&folder).expect("the database's folder");
    let files: Vec<_> = files.map(|entry| entry.expect("a file").path()).collect();
    assert!(!files.is_empty());
    for file in files {
        let bytes = fs::read(&file).expect("a file");
        let mut parts = bytes.windows(token.len());
        assert!(!parts.any(|part| part == token.as_bytes()), "{file:?}");
    }
}

fn a_visitors_own_access_token_field_never_arrives(door: Door) {
    let case = started(Engine::Sqlite, |setup| setup.door(door));
    let ada = case.sign_in("ada");
    let spellings = [
        FIELD,
        "X_Forwarded_Access_Token",
        "x.forwarded-access_token",
    ];
    for spelling in spellings {
        ada.get("/a").header(spelling, "forged").send().expect(200);
        let seen = case.upstream.seen_at("/a");
        let headers = &seen.last().expect("asked").headers;
        let forged = headers.values().any(|value| value == "forged");
        assert!(!forged, "{spelling}: {headers:?}");
        assert!(case.last("/a").is_some());
    }
    for visitor in [&ada, &case.gatelet.visitor()] {
        for spelling in spellings {
            visitor
                .get("/open/a")
                .header(spelling, "forged")
                .send()
                .expect(200);
            assert_eq!(case.last("/open/a"), None, "{spelling}");
        }
    }
    // Nor where nothing is handed on, and a proxy is believed that brings it.
    let upstream = Upstream::start();
    let setup = Setup::new(Engine::Sqlite)
        .door(door)
        .upstream(&upstream)
        .variable("trusted_proxies", "127.0.0.1")
        .variable("public_paths", "/*");
    let gatelet = setup.start();
    gatelet
        .visitor()
        .get("/a")
        .header(FIELD, "forged")
        .send()
        .expect(200);
    assert!(!upstream.seen_at("/a")[0].headers.contains_key(FIELD));
    let refused = Setup::new(Engine::Sqlite)
        .variable("passed_fields", FIELD)
        .refuse();
    assert!(refused.contains("passed_fields"), "{refused}");
}

fn an_access_token_that_runs_out_is_renewed_by_one_of_many_callers(engine: Engine) {
    let case = started(engine, |setup| setup);
    case.provider.give_tokens(json!({ "accessSeconds": 12 }));
    let ada = case.sign_in("ada");
    let began = Instant::now();
    let first = case.told(&ada, "/a").expect("hers");
    assert_eq!(case.provider.refreshes(), (0, 0), "it is good for a while");

    // Ahead of its end one caller exchanges, and the others go on with the old one.
    case.provider
        .give_tokens(json!({ "accessSeconds": 4, "delay": 2000 }));
    thread::sleep(Duration::from_millis(9_300).saturating_sub(began.elapsed()));
    let second = thread::scope(|scope| {
        let renewed = scope.spawn(|| case.told(&ada, "/renewed"));
        thread::sleep(Duration::from_millis(500));
        assert_eq!(case.told(&ada, "/meanwhile"), Some(first.clone()));
        assert!(!renewed.is_finished(), "nobody waits");
        renewed.join().expect("it is let in").expect("a token")
    });
    assert_ne!(second, first);
    assert_eq!(case.provider.refreshes(), (1, 0));

    // Past its end they wait for the one.
    thread::sleep(Duration::from_millis(4_200));
    case.provider
        .give_tokens(json!({ "accessSeconds": 600, "delay": 500 }));
    let tabs: Vec<Visitor> = (0..6)
        .map(|_| case.gatelet.visitor().with_cookies_of(&ada))
        .collect();
    let third: Vec<_> = thread::scope(|scope| {
        let numbered = tabs.iter().enumerate();
        let asked: Vec<_> = numbered
            .map(|(tab, visitor)| {
                let case = &case;
                scope.spawn(move || case.told(visitor, &format!("/tab/{tab}")))
            })
            .collect();
        let told = asked
            .into_iter()
            .map(|tab| tab.join().expect("it is let in"));
        told.collect()
    });
    assert_eq!(case.provider.refreshes(), (2, 0), "one of them, once");
    let one = third[0].clone().expect("a token");
    assert!(one != second && third.iter().all(|told| told.as_ref() == Some(&one)));
    assert_eq!(case.owner(&one), "sub-ada");
}

/// Who began it may be gone by then: the old refresh token is spent, and the new one known to
/// nobody else.
#[test]
fn an_exchange_goes_on_where_its_visitor_leaves() {
    let case = started(Engine::Sqlite, |setup| setup);
    case.provider.give_tokens(json!({ "accessSeconds": 2 }));
    let ada = case.sign_in("ada");
    let first = case.told(&ada, "/a").expect("hers");
    thread::sleep(Duration::from_millis(2_200));
    case.provider
        .give_tokens(json!({ "accessSeconds": 600, "delay": 1500 }));
    let host = case.gatelet.base_url().trim_start_matches("http://");
    let cookie = ada.cookie("gatelet").expect("signed in").value;
    let mut leaving = RawSocket::connect(case.gatelet.address());
    leaving.send(format!(
        "GET /left HTTP/1.1\r\nHost: {host}\r\nCookie: gatelet={cookie}\r\n\r\n"
    ));
    thread::sleep(Duration::from_millis(700));
    drop(leaving);
    let second = case.told(&ada, "/a").expect("hers");
    assert_ne!(second, first);
    assert_eq!(case.owner(&second), "sub-ada");
    assert_eq!(case.provider.refreshes(), (1, 0));
    assert!(case.upstream.seen_at("/left").is_empty(), "nobody waited");
}

#[test]
fn a_provider_that_is_away_ends_nothing() {
    let case = started(Engine::Sqlite, |setup| {
        setup.variable("script_access_tokens", "acme")
    });
    case.provider.give_tokens(json!({ "accessSeconds": 8 }));
    let ada = case.sign_in("ada");
    let first = case.told(&ada, "/a");
    assert!(first.is_some());
    case.provider.give_tokens(json!({ "away": true }));
    thread::sleep(Duration::from_millis(6_200));
    assert_eq!(case.told(&ada, "/a"), first, "it is good to its end");
    thread::sleep(Duration::from_millis(2_000));
    assert_eq!(case.told(&ada, "/a"), None, "the app works without");
    script(&ada, SCRIPT)
        .send()
        .expect_denial(503, "store.unavailable");
    case.provider
        .give_tokens(json!({ "away": false, "accessSeconds": 600 }));
    thread::sleep(Duration::from_millis(3_100));
    let second = case.told(&ada, "/a");
    assert!(second.is_some() && second != first);
    assert_eq!(case.provider.refreshes(), (1, 0));
}

fn what_a_provider_has_taken_back_ends_on_a_page_and_not_in_a_circle(engine: Engine) {
    let case = started(engine, |setup| {
        setup.variable("script_access_tokens", "acme")
    });
    case.provider.give_tokens(json!({ "accessSeconds": 3 }));
    let (ada, zofie) = (case.sign_in("ada"), case.sign_in("zofie"));
    let elsewhere = case.sign_in("ada");
    let (bob, _) = signed_in(&case.gatelet);
    assert!(case.told(&ada, "/a").is_some());
    case.provider.revoke();
    thread::sleep(Duration::from_millis(3_200));

    let page = ada.visit("/a?x=1").send().expect(401);
    let text = page.text();
    assert!(
        text.contains("<code>provider.revoked</code>") && text.contains("href=\"/auth/sign-in\""),
        "{text}"
    );
    assert_eq!(page.header("location"), "", "no redirect");
    // It is over, wherever it was had by that account, and the usual way leads on.
    for visitor in [&ada, &elsewhere] {
        let next = visitor.visit("/a?x=1").send();
        next.expect_redirect("/auth/sign-in?return_to=%2Fa%3Fx%3D1");
    }
    let refused = case.provider.refreshes().1;
    assert_eq!(refused, 1, "it was asked once");
    // A program reads why, and once.
    zofie
        .get("/a")
        .send()
        .expect_denial(401, "provider.revoked");
    zofie.get("/a").send().expect(401);
    script(&zofie, SCRIPT)
        .send()
        .expect_denial(401, "session.none");
    assert_eq!(case.told(&bob, "/b"), None, "who came by a password stays");

    case.provider.give_tokens(json!({ "accessSeconds": 600 }));
    case.sign_in_again(&ada, "ada");
    assert!(case.told(&ada, "/a").is_some());
    let log = case.gatelet.log();
    assert!(log.contains("provider_tokens.ended"), "{log}");
}

fn the_last_sign_out_gives_the_tokens_back_to_the_provider(engine: Engine) {
    let case = started(engine, |setup| setup);
    let (ada, elsewhere) = (case.sign_in("ada"), case.sign_in("ada"));
    if engine == Engine::Postgres {
        assert_eq!(kept(&case), 1);
    }
    let token = case.told(&elsewhere, "/a").expect("hers");
    assert_eq!(case.told(&ada, "/a"), Some(token.clone()));
    sign_out(&ada).expect(303);
    assert_eq!(
        case.told(&elsewhere, "/a"),
        Some(token.clone()),
        "it goes on there"
    );
    assert!(case.provider.takes(&token));
    case.provider.requests();
    sign_out(&elsewhere).expect(303);
    let began = Instant::now();
    while case.provider.takes(&token) {
        assert!(began.elapsed() < Duration::from_secs(10), "it was not told");
        thread::sleep(Duration::from_millis(50));
    }
    let asked = case.provider.requests();
    assert!(
        asked.iter().any(|one| one == "POST /token/revocation"),
        "{asked:?}"
    );
    if engine == Engine::Postgres {
        assert_eq!(kept(&case), 0);
    }
}

#[test]
fn an_account_that_is_unlinked_gives_its_tokens_back_to_the_provider() {
    let case = started(Engine::Postgres, |setup| setup);
    let (bob, _) = signed_in(&case.gatelet);
    let page = ACCOUNT.submit(&bob, "providers", &[("act", "link")]);
    let page = page.expect(200);
    let location = page.refresh().expect("on to the provider").to_owned();
    let back = case.provider.sign_in(&bob, &location, "zofie");
    bob.visit(back.header("location")).send().expect(303);
    assert_eq!(kept(&case), 1);
    let token = case
        .told(&bob, "/a")
        .expect("of the account that was linked");
    assert_eq!(case.owner(&token), "sub-zofie");
    let page = ACCOUNT.shown(&bob, "providers");
    let form = page.form_with("/auth/account/providers", "act", "unlink");
    bob.submit(&form, &page.url).send().expect(303);
    assert_eq!(kept(&case), 0);
    assert_eq!(case.told(&bob, "/a"), None);
    let began = Instant::now();
    while case.provider.takes(&token) {
        assert!(began.elapsed() < Duration::from_secs(10), "it was not told");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Of how many accounts there are tokens.
fn kept(case: &Case) -> u64 {
    let database = case.gatelet.database();
    let count = "SELECT COUNT(*) FROM auth_accounts WHERE sealed_tokens IS NOT NULL";
    let kept = database.value(count).expect("a number");
    kept.parse().expect("a number")
}

fn scripts_of_the_origin_get_an_access_token_and_nobody_else_does(engine: Engine) {
    let case = started(engine, |setup| {
        setup.variable("script_access_tokens", "acme")
    });
    let ada = case.sign_in("ada");
    let answer = script(&ada, SCRIPT).send().expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let said = answer.json();
    let token = said["access_token"].as_str().expect("a token").to_owned();
    secrets::remember(&token);
    assert_eq!(case.owner(&token), "sub-ada");
    assert_eq!(case.told(&ada, "/a"), Some(token.clone()));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.expect("after 1970").as_secs();
    let expires_at = said["expires_at"].as_u64().expect("a time");
    assert!((now + 500..=now + 600).contains(&expires_at), "{said}");
    assert!(
        said["scope"].as_str().expect("scopes").contains("openid"),
        "{said}"
    );
    assert_eq!(said["provider"], "acme");
    let names: Vec<_> = said
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect();
    assert_eq!(names, ["access_token", "expires_at", "provider", "scope"]);

    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let answer = ada.get(SCRIPT).header(name, value).send();
        assert!(!answer.text().contains(&token), "{name} {value}");
        answer.expect_denial(403, "csrf.cross_site");
    }
    ada.get(SCRIPT).send().expect_denial(403, "csrf.cross_site");
    let own = case.gatelet.base_url().to_owned();
    ada.get(SCRIPT).header("origin", &own).send().expect(200);
    script(&case.gatelet.visitor(), SCRIPT)
        .send()
        .expect_denial(401, "session.none");
    let bearer = "Bearer gat_0123456789";
    let with_token = script(&ada, SCRIPT).header("authorization", bearer).send();
    assert!(!with_token.text().contains(&token));
    for target in [
        "/auth/token",
        "/auth/token?provider=other",
        "/auth/token?provider=password",
    ] {
        script(&ada, target).send().expect(404);
    }
    let (bob, _) = signed_in(&case.gatelet);
    script(&bob, SCRIPT)
        .send()
        .expect_denial(404, "provider.no_token");
    assert!(!case.gatelet.log().contains(&token));
}

#[test]
fn tokens_are_handed_out_where_the_operator_says_so_and_nowhere_else() {
    let provider = IdentityProvider::start();
    let upstream = Upstream::start();
    let (setup, _) = Setup::new(Engine::Postgres).providers(&[("acme", &provider)]);
    for name in ["forward_access_token", "script_access_tokens"] {
        let (setup, _) = Setup::new(Engine::Sqlite).providers(&[("acme", &provider)]);
        let refused = setup.variable(name, "acme").refuse();
        assert!(
            refused.contains(name) && refused.contains("keep_tokens"),
            "{refused}"
        );
        let setup = keeping(Engine::Sqlite, &provider, json!({}));
        let refused = setup.variable(name, "other").refuse();
        assert!(
            refused.contains(name) && refused.contains("other"),
            "{refused}"
        );
    }
    // Off: nothing is asked of the provider for it, nothing is kept, nothing is given.
    let case = Case {
        gatelet: setup.upstream(&upstream).start(),
        upstream,
        provider,
    };
    let visitor = case.gatelet.visitor();
    let start = visitor.visit("/auth/start/acme").send().expect(303);
    let asked = start.header("location").to_owned();
    assert!(
        !asked.contains("offline_access") && !asked.contains("prompt="),
        "{asked}"
    );
    let ada = case.sign_in("ada");
    assert_eq!(case.told(&ada, "/a"), None);
    script(&ada, SCRIPT).send().expect(404);
    assert_eq!(kept(&case), 0);
}
