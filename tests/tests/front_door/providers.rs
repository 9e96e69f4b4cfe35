//! Signing in with a real OpenID Connect provider.

use gatelet_tests::account::{Account, sign_out, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::cookie_name::plain;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::identity_provider::{Client, IdentityProvider};
use gatelet_tests::on_both_engines;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::Visitor;
use serde_json::json;

on_both_engines! {
    a_provider_vouches_and_the_app_greets_by_name,
    an_account_links_by_email_only_when_both_sides_verified_it,
    a_squatter_is_put_out_by_the_one_who_proves_the_address,
    an_unverified_address_that_is_taken_is_refused,
    a_callback_works_once,
    two_tabs_may_sign_in_at_once,
}

/// Goes to the provider and comes back; gives the answer to the callback.
#[track_caller]
fn sign_in(visitor: &Visitor, provider: &IdentityProvider, id: &str, login: &str) -> Response {
    provider.there_and_back(visitor, &format!("/auth/start/{id}?return_to=/"), login)
}

/// The callback URL that the provider sends the browser to.
#[track_caller]
fn come_back(visitor: &Visitor, provider: &IdentityProvider, id: &str, login: &str) -> String {
    provider.come_back(visitor, &format!("/auth/start/{id}?return_to=/"), login)
}

fn with_provider(engine: Engine) -> (Gatelet, std::sync::Arc<IdentityProvider>, Client) {
    let provider = IdentityProvider::shared();
    let (setup, mut clients) = Setup::new(engine).providers(&[("acme", &provider)]);
    (
        setup.variable("session_fresh_seconds", "0").start(),
        provider,
        clients.remove(0),
    )
}

fn email(name: &str, address: &str) -> Account {
    Account {
        email: address.to_owned(),
        ..Account::new(name)
    }
}

/// The page that a refusal ends on: no session, a code, a way on, no redirect.
#[track_caller]
fn expect_refusal(visitor: &Visitor, answer: Response, status: u16, code: &str) {
    let answer = answer.expect(status);
    assert!(answer.says_code(code), "{code}: {}", answer.description());
    assert!(
        visitor.jar().get("gatelet").is_none(),
        "{code}: nobody is signed in"
    );
}

fn a_provider_vouches_and_the_app_greets_by_name(engine: Engine) {
    let (gatelet, provider, client) = with_provider(engine);
    let visitor = gatelet.visitor();
    let page = visitor
        .visit("/auth/sign-in?return_to=/")
        .send()
        .expect(200)
        .text();
    assert!(
        page.contains("href=\"/auth/start/acme") && page.contains("Provider acme"),
        "{page}"
    );

    let start = visitor
        .visit("/auth/start/acme?return_to=/")
        .send()
        .expect(303);
    let location = start.header("location").to_owned();
    for part in [
        "response_type=code",
        "code_challenge_method=S256",
        "code_challenge=",
        "state=",
        "nonce=",
        &format!("client_id={}", client.id),
        "scope=openid",
    ] {
        assert!(location.contains(part), "{part}: {location}");
    }
    assert!(!location.contains(&client.secret));
    let back = provider
        .sign_in(&visitor, &location, "zofie")
        .header("location")
        .to_owned();
    let landed = visitor.visit(&back).send().expect_redirect("/");
    assert!(
        landed
            .every("set-cookie")
            .iter()
            .any(|set| plain(set).starts_with("gatelet-attempt-") && set.contains("Max-Age=0"))
    );
    let greeting = visitor.follow(landed).expect(200).text();
    assert!(
        greeting.contains("Žofie Ōkubo 🌿") && greeting.contains("by acme"),
        "{greeting}"
    );
    assert!(
        !visitor
            .jar()
            .cookies()
            .iter()
            .any(|cookie| cookie.plain_name().starts_with("gatelet-attempt-"))
    );

    // The same person is the same user, elsewhere and later.
    let user = visitor.get("/auth/me").send().json();
    assert_eq!(user["emailVerified"], true);
    let elsewhere = gatelet.visitor();
    sign_in(&elsewhere, &provider, "acme", "zofie").expect(303);
    assert_eq!(elsewhere.get("/auth/me").send().json(), user);
    let headers = elsewhere.get("/headers").send().expect(200).text();
    assert!(
        headers.contains("x-forwarded-email-verified") && headers.contains("%C5%BDofie"),
        "{headers}"
    );
}

fn an_account_links_by_email_only_when_both_sides_verified_it(engine: Engine) {
    let one = IdentityProvider::start();
    let two = IdentityProvider::start();
    let (setup, _) = Setup::new(engine).providers(&[("one", &one), ("two", &two)]);
    let gatelet = setup.start();
    let page = gatelet.visitor().visit("/auth/sign-in").send().text();
    assert!(
        page.contains("Provider one") && page.contains("Provider two"),
        "{page}"
    );

    let first = gatelet.visitor();
    sign_in(&first, &one, "one", "ada").expect(303);
    let user = first.get("/auth/me").send().json()["id"].clone();
    // Both verified: the second provider's account is the same user's.
    let second = gatelet.visitor();
    sign_in(&second, &two, "two", "ada").expect(303);
    assert_eq!(second.get("/auth/me").send().json()["id"], user);
    assert_eq!(second.get("/auth/session").send().json()["provider"], "two");
    // And the first still works.
    let again = gatelet.visitor();
    sign_in(&again, &one, "one", "ada").expect(303);
    assert_eq!(again.get("/auth/me").send().json()["id"], user);

    // The same subject at another provider is somebody else.
    let other = gatelet.visitor();
    one.add("zoe", json!({ "sub": "sub-zoe", "email": "zoe@example.com", "email_verified": true, "name": "Zoe" }));
    two.add("zoe2", json!({ "sub": "sub-zoe", "email": "other-zoe@example.com", "email_verified": true, "name": "Other Zoe" }));
    sign_in(&other, &one, "one", "zoe").expect(303);
    let zoe = other.get("/auth/me").send().json()["id"].clone();
    let another = gatelet.visitor();
    sign_in(&another, &two, "two", "zoe2").expect(303);
    assert_ne!(another.get("/auth/me").send().json()["id"], zoe);
}

fn a_squatter_is_put_out_by_the_one_who_proves_the_address(engine: Engine) {
    let (gatelet, provider, _) = with_provider(engine);
    let squatter = email("Squatter", "ada@example.com");
    let lurking = gatelet.visitor();
    squatter.sign_up(&lurking, "/").expect(303);
    lurking.visit("/").send().expect(200);

    let ada = gatelet.visitor();
    sign_in(&ada, &provider, "acme", "ada").expect(303);
    let me = ada.get("/auth/me").send().json();
    assert_eq!(
        (&me["name"], &me["emailVerified"]),
        (&json!("Ada Lovelace"), &json!(true))
    );

    lurking.visit("/").send().expect(303);
    squatter.sign_in(&gatelet.visitor(), "/").expect(401);
}

fn an_unverified_address_that_is_taken_is_refused(engine: Engine) {
    let (gatelet, provider, _) = with_provider(engine);
    let grace = email("Grace herself", "grace@example.com");
    grace.sign_up(&gatelet.visitor(), "/").expect(303);
    let visitor = gatelet.visitor();
    let answer = sign_in(&visitor, &provider, "acme", "grace");
    expect_refusal(&visitor, answer, 403, "account.email_unverified");
    // Her own way in still works.
    grace.sign_in(&gatelet.visitor(), "/").expect(303);
    // And without any address there is nobody to make.
    let visitor = gatelet.visitor();
    let answer = sign_in(&visitor, &provider, "acme", "nomail");
    expect_refusal(&visitor, answer, 403, "account.email_missing");
}

fn a_callback_works_once(engine: Engine) {
    let (gatelet, provider, _) = with_provider(engine);
    let visitor = gatelet.visitor();
    let start = visitor.visit("/auth/start/acme").send().expect(303);
    let before = gatelet.visitor().with_cookies_of(&visitor);
    let back = provider
        .sign_in(&visitor, start.header("location"), "ada")
        .header("location")
        .to_owned();
    visitor.visit(&back).send().expect(303);

    // Again in the same browser, and with the attempt's cookie kept by force.
    let again = gatelet.visitor().with_cookies_of(&visitor);
    again.change_jar(|jar| jar.forget("gatelet"));
    let answer = again.visit(&back).send();
    expect_refusal(&again, answer, 400, "oauth.state_mismatch");
    let answer = before.visit(&back).send();
    expect_refusal(&before, answer, 400, "oauth.replayed");
}

fn two_tabs_may_sign_in_at_once(engine: Engine) {
    let (gatelet, provider, _) = with_provider(engine);
    let visitor = gatelet.visitor();
    let one = visitor
        .visit("/auth/start/acme?return_to=/headers")
        .send()
        .expect(303);
    let two = visitor
        .visit("/auth/start/acme?return_to=/?tab=2")
        .send()
        .expect(303);
    let back_two = provider
        .sign_in(&visitor, two.header("location"), "ada")
        .header("location")
        .to_owned();
    let back_one = provider
        .sign_in(&visitor, one.header("location"), "ada")
        .header("location")
        .to_owned();
    visitor.visit(&back_one).send().expect_redirect("/headers");
    visitor.visit(&back_two).send().expect_redirect("/?tab=2");
    visitor.visit("/").send().expect(200);
}

#[test]
fn many_abandoned_attempts_do_not_fill_the_header() {
    let (gatelet, provider, _) = with_provider(Engine::Sqlite);
    let visitor = gatelet.visitor();
    let mut last = String::new();
    for _ in 0..12 {
        let path = format!("/auth/start/acme?return_to=/{}", "a".repeat(900));
        last = visitor
            .visit(&path)
            .send()
            .expect(303)
            .header("location")
            .to_owned();
    }
    let attempts: Vec<_> = visitor
        .jar()
        .cookies()
        .iter()
        .filter(|cookie| cookie.plain_name().starts_with("gatelet-attempt-"))
        .cloned()
        .collect();
    assert_eq!(attempts.len(), 4, "{attempts:?}");
    assert!(attempts.iter().all(|cookie| cookie.value.len() < 4000));
    let back = provider
        .sign_in(&visitor, &last, "ada")
        .header("location")
        .to_owned();
    visitor.visit(&back).send().expect(303);
}

#[test]
fn saying_no_at_the_provider_ends_on_a_page() {
    let (gatelet, provider, _) = with_provider(Engine::Sqlite);
    let visitor = gatelet.visitor();
    let start = visitor
        .visit("/auth/start/acme?return_to=/headers")
        .send()
        .expect(303);
    let back = provider
        .deny(&visitor, start.header("location"), "ada")
        .header("location")
        .to_owned();
    let answer = visitor.visit(&back).send();
    assert!(
        answer.text().contains("/auth/sign-in?return_to="),
        "a way to try again: {}",
        answer.text()
    );
    expect_refusal(&visitor, answer, 403, "oauth.denied");
}

#[test]
fn a_callback_in_another_browser_is_refused() {
    let (gatelet, provider, _) = with_provider(Engine::Sqlite);
    let (attacker, victim) = (gatelet.visitor(), gatelet.visitor());
    let back = come_back(&attacker, &provider, "acme", "ada");
    let answer = victim.visit(&back).send();
    expect_refusal(&victim, answer, 400, "oauth.state_mismatch");
    // A browser that has an attempt of its own is no better.
    victim.visit("/auth/start/acme").send().expect(303);
    let answer = victim.visit(&back).send();
    expect_refusal(&victim, answer, 400, "oauth.state_mismatch");
}

#[test]
fn a_callback_crossed_between_providers_is_refused() {
    let (one, two) = (IdentityProvider::start(), IdentityProvider::start());
    let (setup, _) = Setup::new(Engine::Sqlite).providers(&[("one", &one), ("two", &two)]);
    let gatelet = setup.start();
    let visitor = gatelet.visitor();
    let back = come_back(&visitor, &one, "one", "ada");
    let answer = visitor
        .visit(&back.replace("/callback/one", "/callback/two"))
        .send();
    expect_refusal(&visitor, answer, 400, "oauth.provider_mismatch");
    // Mix-up: the right path, but the answer says that another issuer gave it.
    let visitor = gatelet.visitor();
    let back = come_back(&visitor, &one, "one", "ada");
    let (issuer_one, issuer_two) = (encoded(one.issuer()), encoded(two.issuer()));
    assert!(back.contains(&issuer_one), "{back}");
    let answer = visitor
        .visit(&back.replace(&issuer_one, &issuer_two))
        .send();
    expect_refusal(&visitor, answer, 400, "oauth.issuer_mismatch");
}

#[test]
fn callbacks_with_odd_parameters_are_refused() {
    let (gatelet, provider, _) = with_provider(Engine::Sqlite);
    let back = |visitor: &Visitor| come_back(visitor, &provider, "acme", "ada");
    type Case = (&'static str, fn(&str) -> String, &'static str);
    let cases: &[Case] = &[
        (
            "no parameters",
            |url| url.split('?').next().unwrap_or_default().to_owned(),
            "oauth.state_missing",
        ),
        (
            "no state",
            |url| without(url, "state"),
            "oauth.state_missing",
        ),
        ("no code", |url| without(url, "code"), "oauth.code_missing"),
        (
            "no issuer though the provider always says it",
            |url| without(url, "iss"),
            "oauth.issuer_missing",
        ),
        (
            "two codes",
            |url| format!("{url}&code=other"),
            "oauth.parameters_malformed",
        ),
        (
            "two states",
            |url| format!("{url}&state=other"),
            "oauth.parameters_malformed",
        ),
        (
            "another state",
            |url| format!("{}&state={}", without(url, "state"), "A".repeat(43)),
            "oauth.state_mismatch",
        ),
        (
            "a huge state",
            |url| format!("{}&state={}", without(url, "state"), "A".repeat(8000)),
            "oauth.parameters_malformed",
        ),
        (
            "another code",
            |url| format!("{}&code=forged", without(url, "code")),
            "token.refused",
        ),
        (
            "NUL in the code",
            |url| format!("{}&code=a%00b", without(url, "code")),
            "oauth.parameters_malformed",
        ),
    ];
    for (_, change, code) in cases {
        let visitor = gatelet.visitor();
        let url = change(&back(&visitor));
        let answer = visitor.visit(&url).send();
        expect_refusal(&visitor, answer, 400, code);
    }
    // As it came it lets in.
    let visitor = gatelet.visitor();
    visitor.visit(&back(&visitor)).send().expect_redirect("/");
}

#[test]
fn the_older_callback_path_works_beside() {
    let provider = IdentityProvider::shared();
    let (setup, _) = Setup::new(Engine::Sqlite).providers(&[("acme", &provider)]);
    let gatelet = setup.start();
    let visitor = gatelet.visitor();
    let back = come_back(&visitor, &provider, "acme", "ada");
    let older = back.replace("/auth/callback/", "/api/auth/callback/");
    assert_ne!(back, older);
    visitor.visit(&older).send().expect_redirect("/");
    visitor.visit("/").send().expect(200);
}

#[test]
fn a_callback_by_form_post_works() {
    let provider = IdentityProvider::shared();
    let (setup, _) = Setup::new(Engine::Sqlite).providers(&[("acme", &provider)]);
    let gatelet = setup.start();
    let visitor = gatelet.visitor();
    let back = come_back(&visitor, &provider, "acme", "ada");
    let (path, query) = back.split_once('?').expect("a query");
    let posted = visitor.posted_by(provider.issuer(), path, query.to_owned());
    let posted = posted.send().expect(303);
    assert!(posted.every("set-cookie").is_empty());
    visitor
        .visit(posted.header("location"))
        .send()
        .expect_redirect("/");
    visitor.visit("/").send().expect(200);
}

#[test]
fn every_signing_algorithm_that_is_configured_works_and_no_other() {
    let provider = IdentityProvider::start();
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        let (setup, _) = Setup::new(Engine::Sqlite).providers_with(&[(
            "acme",
            &provider,
            json!({ "algorithms": [algorithm] }),
            json!({ "id_token_signed_response_alg": algorithm }),
        )]);
        let gatelet = setup.start();
        let visitor = gatelet.visitor();
        let answer = sign_in(&visitor, &provider, "acme", "ada");
        assert_eq!(
            answer.status.as_u16(),
            303,
            "{algorithm}: {}",
            answer.description()
        );
    }
    let (setup, _) = Setup::new(Engine::Sqlite).providers_with(&[(
        "acme",
        &provider,
        json!({ "algorithms": ["RS256"] }),
        json!({ "id_token_signed_response_alg": "ES256" }),
    )]);
    let gatelet = setup.start();
    let visitor = gatelet.visitor();
    let answer = sign_in(&visitor, &provider, "acme", "ada");
    expect_refusal(&visitor, answer, 400, "id_token.algorithm");
}

#[test]
fn clients_prove_themselves_in_every_usual_way() {
    let provider = IdentityProvider::start();
    for method in ["client_secret_basic", "client_secret_post"] {
        let (setup, _) = Setup::new(Engine::Sqlite).providers_with(&[(
            "acme",
            &provider,
            json!({ "token_endpoint_auth_method": method }),
            json!({ "token_endpoint_auth_method": method }),
        )]);
        let gatelet = setup.start();
        let visitor = gatelet.visitor();
        let answer = sign_in(&visitor, &provider, "acme", "ada");
        assert_eq!(
            answer.status.as_u16(),
            303,
            "{method}: {}",
            answer.description()
        );
    }
}

#[test]
fn name_and_address_come_from_userinfo_where_the_token_lacks_them() {
    let provider = IdentityProvider::with(&json!({ "idTokenClaims": false }));
    let (setup, _) = Setup::new(Engine::Sqlite).providers(&[("acme", &provider)]);
    let gatelet = setup.start();
    let visitor = gatelet.visitor();
    sign_in(&visitor, &provider, "acme", "ada").expect(303);
    let me = visitor.get("/auth/me").send().json();
    assert_eq!(
        (&me["email"], &me["name"]),
        (&json!("ada@example.com"), &json!("Ada Lovelace"))
    );
    assert!(
        provider
            .requests()
            .iter()
            .any(|request| request == "GET /me")
    );
}

#[test]
fn what_userinfo_signs_is_read_and_verified_by_the_providers_keys() {
    let provider = IdentityProvider::with(&json!({ "idTokenClaims": false }));
    for algorithm in ["RS256", "ES256"] {
        let signed = json!({ "userinfo_signed_response_alg": algorithm });
        let entry = ("acme", &provider, json!({}), signed);
        let (setup, _) = Setup::new(Engine::Sqlite).providers_with(&[entry]);
        let gatelet = setup.start();
        let visitor = gatelet.visitor();
        sign_in(&visitor, &provider, "acme", "ada").expect(303);
        let me = visitor.get("/auth/me").send().json();
        assert_eq!(
            (&me["email"], &me["name"]),
            (&json!("ada@example.com"), &json!("Ada Lovelace"))
        );
        // New keys are asked for, as for an ID token.
        provider.rotate_keys(false);
        let again = gatelet.visitor();
        sign_in(&again, &provider, "acme", "zofie").expect(303);
        assert_eq!(
            again.get("/auth/me").send().json()["email"],
            "zofie@example.com"
        );
    }
}

#[test]
fn keys_rotated_at_the_provider_lock_nobody_out() {
    let provider = IdentityProvider::start();
    let (setup, _) = Setup::new(Engine::Sqlite).providers(&[("acme", &provider)]);
    let gatelet = setup.start();
    let early = gatelet.visitor();
    sign_in(&early, &provider, "acme", "ada").expect(303);
    for keep_old in [true, false] {
        provider.rotate_keys(keep_old);
        let late = gatelet.visitor();
        sign_in(&late, &provider, "acme", "zofie").expect(303);
        early.visit("/").send().expect(200);
    }
}

#[test]
fn signing_out_and_in_again_makes_a_new_session() {
    let (gatelet, provider, _) = with_provider(Engine::Sqlite);
    let visitor = gatelet.visitor();
    sign_in(&visitor, &provider, "acme", "ada").expect(303);
    let before = visitor.cookie("gatelet").expect("signed in");
    sign_out(&visitor).expect(303);
    visitor.visit("/").send().expect(303);
    sign_in(&visitor, &provider, "acme", "ada").expect(303);
    assert_ne!(
        visitor.cookie("gatelet").expect("signed in").value,
        before.value
    );
}

#[test]
fn closed_sign_up_lets_known_people_in_and_makes_nobody() {
    let provider = IdentityProvider::shared();
    let (setup, _) = Setup::new(Engine::Sqlite).providers(&[("acme", &provider)]);
    let mut gatelet = setup.start();
    sign_in(&gatelet.visitor(), &provider, "acme", "ada").expect(303);
    gatelet.restart_with(&[("sign_up", "closed")]);
    sign_in(&gatelet.visitor(), &provider, "acme", "ada").expect(303);
    let stranger = gatelet.visitor();
    let answer = sign_in(&stranger, &provider, "acme", "zofie");
    expect_refusal(&stranger, answer, 403, "account.sign_up_closed");
}

#[test]
fn an_unknown_provider_is_a_page_that_says_so() {
    let (gatelet, _, _) = with_provider(Engine::Sqlite);
    let visitor = gatelet.visitor();
    for path in [
        "/auth/start/nobody",
        "/auth/callback/nobody?code=a&state=b",
        "/api/auth/callback/nobody?code=a&state=b",
    ] {
        let answer = visitor.visit(path).send();
        expect_refusal(&visitor, answer, 404, "provider.unknown");
    }
}

#[test]
fn an_unreachable_provider_is_a_page_and_others_still_work() {
    let provider = IdentityProvider::start();
    let (setup, _) = Setup::new(Engine::Sqlite).providers(&[("acme", &provider)]);
    let gatelet = setup.start();
    drop(provider);
    let visitor = gatelet.visitor();
    let answer = visitor.visit("/auth/start/acme").send();
    expect_refusal(&visitor, answer, 503, "provider.unreachable");
    let (other, _) = signed_in(&gatelet);
    other.visit("/").send().expect(200);
}

#[test]
fn a_provider_that_may_not_be_reached_stops_the_start() {
    let provider = IdentityProvider::start();
    provider.requests();
    let (setup, _) = Setup::new(Engine::Sqlite).providers(&[("acme", &provider)]);
    let log = setup
        .variable("provider_hosts", "https://accounts.example.com")
        .refuse();
    assert!(
        log.contains("provider_hosts: ") && log.contains("acme"),
        "{log}"
    );
    assert!(provider.requests().is_empty(), "nobody was asked");
}

fn without(url: &str, name: &str) -> String {
    let (path, query) = url.split_once('?').expect("a query");
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.starts_with(&format!("{name}=")))
        .collect();
    format!("{path}?{}", kept.join("&"))
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
