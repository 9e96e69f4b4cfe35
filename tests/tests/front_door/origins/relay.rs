//! Signing in through production with a provider that knows production alone, under
//! attack: docs/design/0005, line by line.

use std::time::{Duration, Instant};

use gatelet_tests::account::Account;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup, session_key};
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::postgres::Cluster;
use gatelet_tests::relay_state::RelayState;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::Visitor;
use url::Url;

use super::{id, preview, run};

/// Production at a host of its own, so that not every name of this machine is below
/// it, previews below another domain, and two providers that know production alone.
fn production(provider: &IdentityProvider, key: &str) -> Setup {
    on_engine(Setup::new(Engine::Sqlite), provider, key)
}

fn on_engine(setup: Setup, provider: &IdentityProvider, key: &str) -> Setup {
    let port = port(setup.base_url());
    let setup = setup
        .variable("session_keys", key)
        .variable("base_url", &format!("http://app.localhost:{port}"))
        .variable("app_name", "shop")
        .variable(
            "preview_domain",
            &format!("http://previews.localhost:{port}"),
        )
        .variable("origins_refresh_seconds", "1");
    setup.providers(&[("acme", provider), ("beta", provider)]).0
}

fn port(url: &str) -> u16 {
    Url::parse(url).expect("a URL").port().expect("a port")
}

/// Begins at an origin and comes back from the provider: the address at production
/// that the browser is sent to.
#[track_caller]
fn answered(visitor: &Visitor, provider: &IdentityProvider, id: &str, login: &str) -> Url {
    let start = visitor
        .visit(&format!("/auth/start/{id}?return_to=/headers"))
        .send()
        .expect(303);
    let back = provider.sign_in(visitor, start.header("location"), login);
    Url::parse(back.header("location")).expect("a URL")
}

fn parameter(url: &Url, name: &str) -> String {
    let mut pairs = url.query_pairs();
    let found = pairs.find(|(found, _)| found == name);
    found
        .unwrap_or_else(|| panic!("no {name} in {url}"))
        .1
        .into_owned()
}

/// The same address with one parameter set otherwise.
fn altered(url: &Url, name: &str, value: &str) -> Url {
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    let mut url = url.clone();
    url.query_pairs_mut().clear().extend_pairs(
        pairs
            .iter()
            .map(|(found, old)| (found, if found == name { value } else { old })),
    );
    url
}

/// The relay refuses: a page with this code, and nothing goes anywhere.
#[track_caller]
fn refused(case: &str, answer: &Response, code: &str, secret: &str) {
    let text = answer.text();
    let told = answer.description();
    // What it knows and will not do is forbidden; the rest is no request of ours.
    let status = if code == "relay.target_refused" {
        403
    } else {
        400
    };
    assert_eq!(answer.status.as_u16(), status, "{case}: {told}");
    let code = format!("<code>{code}</code>");
    assert!(text.contains(&code), "{case}: not {code}: {told}");
    for field in ["location", "refresh", "set-cookie"] {
        assert!(answer.headers.get(field).is_none(), "{case}: {told}");
    }
    assert!(!text.contains(secret), "{case}: the code leaks: {told}");
}

#[test]
fn an_answer_for_anything_but_what_began_goes_nowhere() {
    let provider = IdentityProvider::start();
    let key = session_key("k1");
    let gatelet = production(&provider, &key).start();
    let (url, visitor) = preview(&gatelet, &["feat"]);
    let (other_url, other) = preview(&gatelet, &["other"]);
    let back = answered(&visitor, &provider, "acme", "ada");
    assert!(back.as_str().starts_with(gatelet.base_url()), "{back}");
    let (code, state) = (parameter(&back, "code"), parameter(&back, "state"));
    let other_back = answered(&other, &provider, "acme", "grace");
    let other_state = RelayState::parse(&parameter(&other_back, "state"));
    let ours = RelayState::parse(&state);
    assert_eq!(
        (
            ours.relay.as_str(),
            ours.target.as_str(),
            ours.provider.as_str()
        ),
        (gatelet.base_url(), url.as_str(), "acme")
    );
    assert_eq!(
        ours.sealed_with(&key),
        state,
        "the format is the documented one"
    );
    let port = port(&url);
    let name = super::name_of(&url);

    // Whoever has no key alters what he can see.
    let mut forged: Vec<(String, String)> = Vec::new();
    for (at, letter) in state.char_indices().skip("relay.".len()).step_by(7) {
        let other = if letter == 'A' { "B" } else { "A" };
        let mut altered = state.clone();
        altered.replace_range(at..=at, other);
        forged.push((format!("letter {at}"), altered));
    }
    let by = |case: &str, state: String| (case.to_owned(), state);
    forged.extend([
        by("cut", state[..state.len() - 1].to_owned()),
        by("longer", format!("{state}A")),
        by(
            "with a second seal",
            format!("{state}.{}", &state["relay.".len()..]),
        ),
        by("without a seal", "relay.".to_owned()),
        by(
            "sealed under another key",
            ours.sealed_with(&session_key("k1")),
        ),
        by(
            "under a key that is not there",
            RelayState {
                key_id: "k2".to_owned(),
                ..ours.clone()
            }
            .sealed_with(&key),
        ),
        by(
            "sealed for another purpose",
            ours.sealed_for("attempt", &key),
        ),
        by("very long", format!("relay.{}", "A".repeat(4000))),
    ]);
    for (case, state) in &forged {
        let answer = visitor
            .visit(altered(&back, "state", state).as_str())
            .send();
        refused(case, &answer, "relay.state_invalid", &code);
    }

    // Whoever had the key still gets nowhere but to where it is served.
    let lies = |change: fn(&mut RelayState, &Lie<'_>)| {
        let mut state = ours.clone();
        change(
            &mut state,
            &Lie {
                port,
                name: &name,
                base_url: gatelet.base_url(),
            },
        );
        state.sealed_with(&key)
    };
    let unknown = "relay.target_unknown";
    let cases: Vec<(&str, String, &str)> = vec![
        (
            "a foreign host",
            lies(|state, _| state.target = "https://evil.example".to_owned()),
            unknown,
        ),
        (
            "a look-alike suffix",
            lies(|state, lie| {
                state.target = format!("http://{}.previews.localhost.evil.example", lie.name)
            }),
            unknown,
        ),
        (
            "a look-alike domain",
            lies(|state, lie| {
                state.target = format!("http://{}.evilpreviews.localhost:{}", lie.name, lie.port)
            }),
            unknown,
        ),
        (
            "a look-alike of the label",
            lies(|state, lie| {
                state.target = format!("http://evil{}.previews.localhost:{}", lie.name, lie.port)
            }),
            unknown,
        ),
        (
            // е in Cyrillic.
            "an international look-alike",
            lies(|state, lie| {
                state.target = format!("http://xn--fat--shop-xph.previews.localhost:{}", lie.port)
            }),
            unknown,
        ),
        (
            "letters beyond ASCII",
            lies(|state, lie| {
                state.target = format!("http://f\u{435}at--shop.previews.localhost:{}", lie.port)
            }),
            "relay.state_invalid",
        ),
        (
            "a change of port",
            lies(|state, lie| {
                state.target = format!("http://{}.previews.localhost:{}", lie.name, lie.port ^ 1)
            }),
            unknown,
        ),
        (
            "no port",
            lies(|state, lie| state.target = format!("http://{}.previews.localhost", lie.name)),
            unknown,
        ),
        (
            "another scheme",
            lies(|state, lie| {
                state.target = format!("https://{}.previews.localhost:{}", lie.name, lie.port)
            }),
            unknown,
        ),
        (
            "a scheme that is none of ours",
            lies(|state, _| state.target = "javascript:alert(1)".to_owned()),
            "relay.state_invalid",
        ),
        (
            "a user before the host",
            lies(|state, lie| {
                state.target = format!(
                    "http://{}.previews.localhost:{}@evil.example",
                    lie.name, lie.port
                )
            }),
            "relay.state_invalid",
        ),
        (
            "a path after the host",
            lies(|state, lie| {
                state.target = format!("http://{}.previews.localhost:{}/x", lie.name, lie.port)
            }),
            "relay.state_invalid",
        ),
        (
            "production itself",
            lies(|state, lie| state.target = lie.base_url.to_owned()),
            "relay.target_refused",
        ),
        (
            "another relay",
            lies(|state, _| state.relay = "https://relay.example".to_owned()),
            "oauth.origin_mismatch",
        ),
        (
            "another provider",
            lies(|state, _| state.provider = "beta".to_owned()),
            "oauth.provider_mismatch",
        ),
        (
            "past its time",
            lies(|state, _| state.expires -= 601),
            "oauth.attempt_expired",
        ),
        (
            "long past its time",
            lies(|state, _| state.expires = 0),
            "oauth.attempt_expired",
        ),
    ];
    for (case, state, expected) in &cases {
        let answer = visitor
            .visit(altered(&back, "state", state).as_str())
            .send();
        refused(case, &answer, expected, &code);
    }
    let at_beta = back.as_str().replace("/callback/acme", "/callback/beta");
    let answer = visitor.visit(&at_beta).send();
    refused(
        "the other provider's path",
        &answer,
        "oauth.provider_mismatch",
        &code,
    );
    let twice = format!("{back}&state={}", parameter(&other_back, "state"));
    let answer = visitor.visit(&twice).send();
    refused("two states", &answer, "oauth.parameters_malformed", &code);

    // Crossed between two previews: it goes to the other one, and is nothing there.
    let crossed = RelayState {
        state: ours.state.clone(),
        ..other_state.clone()
    };
    let crossed = altered(&back, "state", &crossed.sealed_with(&key));
    let sent = visitor.visit(crossed.as_str()).send().expect(303);
    let there = sent.header("location").to_owned();
    assert!(there.starts_with(&other_url), "{there}");
    for (whose, person) in [
        ("the one who began", &visitor),
        ("whoever is there", &other),
    ] {
        let answer = person.visit(&there).send();
        refused(whose, &answer, "oauth.state_mismatch", &code);
        person
            .get("/headers")
            .send()
            .expect_denial(401, "session.none");
    }
    let here = there.replace(&other_url, &url);
    let answer = visitor.visit(&here).send();
    let text = answer.expect(400).text();
    assert!(
        text.contains("relay.code_invalid"),
        "sealed for the other: {text}"
    );

    // After all of which the true one is still good, once. The attempt that was
    // judged above is spent, so it begins anew.
    let back = answered(&visitor, &provider, "acme", "ada");
    let sent = visitor.visit(back.as_str()).send().expect(303);
    let again = visitor.visit(back.as_str()).send().expect(303);
    assert_ne!(sent.header("location"), again.header("location"));
    assert_eq!(sent.header("cache-control"), "no-store");
    assert_eq!(sent.header("referrer-policy"), "no-referrer");
    assert!(!sent.header("location").contains(&parameter(&back, "code")));
    visitor
        .visit(sent.header("location"))
        .send()
        .expect_redirect("/headers");
    visitor.get("/headers").send().expect(200);
    for replayed in [sent, again] {
        // Whoever is signed in is led on, and nothing begins.
        let answer = visitor.visit(replayed.header("location")).send();
        let answer = answer.expect_redirect("/headers");
        assert!(answer.set_cookie("gatelet=").is_none());
    }
    gatelet
        .visitor()
        .get("/headers")
        .send()
        .expect_denial(401, "session.none");
}

/// What a lie is made of.
struct Lie<'a> {
    port: u16,
    name: &'a str,
    base_url: &'a str,
}

#[test]
fn a_code_is_good_for_the_attempt_that_asked_for_it_and_no_other() {
    let provider = IdentityProvider::start();
    let key = session_key("k1");
    let gatelet = production(&provider, &key).start();
    let (url, ann) = preview(&gatelet, &["feat"]);
    let mallory = gatelet.visitor_at(&url);
    let (_, elsewhere) = preview(&gatelet, &["other"]);
    let relayed = |visitor: &Visitor, login: &str| {
        let back = answered(visitor, &provider, "acme", login);
        let sent = visitor.visit(back.as_str()).send().expect(303);
        let there = Url::parse(sent.header("location")).expect("a URL");
        (back, there)
    };
    let (in_clear, anns) = relayed(&ann, "ada");
    let (_, mallorys) = relayed(&mallory, "grace");
    let (_, other) = relayed(&elsewhere, "grace");
    for (case, code) in [
        ("another's", parameter(&mallorys, "code")),
        ("one of another preview", parameter(&other, "code")),
        ("her own in the clear", parameter(&in_clear, "code")),
        ("a made-up one", "A".repeat(80)),
    ] {
        // An attempt is spent by what comes in for it.
        let (_, fresh) = relayed(&ann, "ada");
        let answer = ann.visit(altered(&fresh, "code", &code).as_str()).send();
        let told = answer.description();
        assert!(
            answer
                .clone()
                .expect(400)
                .text()
                .contains("relay.code_invalid"),
            "{case}: {told}"
        );
        ann.get("/headers")
            .send()
            .expect_denial(401, "session.none");
    }

    // Ann's sealed code at an attempt of Mallory's own at production (docs/design/0005,
    // "A hostile preview"), and in the clear at her preview.
    let (_, anns) = {
        drop(anns);
        relayed(&ann, "ada")
    };
    let at_production = gatelet.visitor_at(gatelet.base_url());
    let back = answered(&at_production, &provider, "acme", "grace");
    assert!(!parameter(&back, "state").starts_with("relay."));
    let injected = altered(&back, "code", &parameter(&anns, "code"));
    let answer = at_production.visit(injected.as_str()).send();
    let answer = answer.expect(400);
    let told = answer.description();
    assert!(
        answer.text().contains("<code>token.refused</code>"),
        "the provider gave no such code: {told}"
    );
    at_production
        .get("/headers")
        .send()
        .expect_denial(401, "session.none");

    // And a browser that has none of her cookies does nothing with all of it.
    let stranger = gatelet.visitor_at(&url);
    let answer = stranger.visit(anns.as_str()).send().expect(400);
    assert!(
        answer.text().contains("oauth.state_mismatch"),
        "{}",
        answer.description()
    );
    ann.visit(anns.as_str()).send().expect_redirect("/headers");
    ann.get("/headers").send().expect(200);
}

#[test]
fn a_provider_sends_nobody_to_a_preview_it_does_not_know() {
    let provider = IdentityProvider::start();
    let gatelet = production(&provider, &session_key("k1")).start();
    let (url, visitor) = preview(&gatelet, &["feat"]);
    let start = visitor.visit("/auth/start/acme").send().expect(303);
    let authorization = Url::parse(start.header("location")).expect("a URL");
    let own = format!("{}/auth/callback/acme", gatelet.base_url());
    assert_eq!(parameter(&authorization, "redirect_uri"), own);
    let direct = altered(
        &authorization,
        "redirect_uri",
        &format!("{url}/auth/callback/acme"),
    );
    let answer = visitor.visit(direct.as_str()).send().expect(400);
    assert!(
        answer.text().contains("invalid_redirect_uri"),
        "{}",
        answer.description()
    );
}

/// Origins that are served, name production as their relay and are not below it.
#[test]
fn answers_go_outside_the_domain_only_where_production_says_so() {
    let provider = IdentityProvider::start();
    let key = session_key("k1");
    let mut gatelet = production(&provider, &key).start();
    let port = port(gatelet.base_url());
    let relay = format!("relay={}", gatelet.base_url());
    let hosts = [
        "foreign.localhost",
        // Look-alikes of the domain of previews and of production's own.
        "evilpreviews.localhost",
        "previews.localhost.evil.localhost",
        "evil-app.localhost",
        "xn--pviews-6vf.localhost",
        "localhost",
    ];
    for (number, host) in hosts.iter().enumerate() {
        let (name, schema) = (format!("o{number}"), format!("o{number}"));
        let base_url = format!("base_url=http://{host}:{port}");
        run(
            &gatelet,
            &[
                "origins", "set", &name, "--schema", &schema, &base_url, &relay,
            ],
        );
    }
    let inside = format!("base_url=http://team.app.localhost:{port}");
    run(
        &gatelet,
        &[
            "origins", "set", "inside", "--schema", "inside", &inside, &relay,
        ],
    );
    let at = |gatelet: &Gatelet, host: &str| {
        let visitor = gatelet.visitor_at(&format!("http://{host}:{port}"));
        super::wait_for(&visitor, true);
        visitor
    };
    for host in hosts {
        let visitor = at(&gatelet, host);
        let back = answered(&visitor, &provider, "acme", "ada");
        let answer = visitor.visit(back.as_str()).send();
        refused(
            host,
            &answer,
            "relay.target_refused",
            &parameter(&back, "code"),
        );
    }
    let through = |visitor: &Visitor| {
        let back = answered(visitor, &provider, "acme", "ada");
        let sent = visitor.visit(back.as_str()).send().expect(303);
        visitor
            .visit(sent.header("location"))
            .send()
            .expect_redirect("/headers");
        visitor.get("/headers").send().expect(200);
    };
    through(&at(&gatelet, "team.app.localhost"));

    let allowed = format!("http://foreign.localhost:{port}");
    gatelet.restart_with(&[("relay_origins", &allowed)]);
    through(&at(&gatelet, "foreign.localhost"));
    for host in &hosts[1..] {
        let visitor = at(&gatelet, host);
        let back = answered(&visitor, &provider, "acme", "ada");
        let answer = visitor.visit(back.as_str()).send();
        refused(
            host,
            &answer,
            "relay.target_refused",
            &parameter(&back, "code"),
        );
    }
    // Another port of it is another origin.
    gatelet.restart_with(&[("relay_origins", "http://foreign.localhost:1")]);
    let visitor = at(&gatelet, "foreign.localhost");
    let back = answered(&visitor, &provider, "acme", "ada");
    let answer = visitor.visit(back.as_str()).send();
    refused(
        "another port",
        &answer,
        "relay.target_refused",
        &parameter(&back, "code"),
    );
}

#[test]
fn an_answer_by_form_post_goes_on_and_takes_nothing_else_along() {
    let provider = IdentityProvider::start();
    let gatelet = production(&provider, &session_key("k1")).start();
    let (url, visitor) = preview(&gatelet, &["feat"]);
    // Known at the provider, which asks nothing from now on.
    answered(&visitor, &provider, "acme", "ada");
    let start = visitor
        .visit("/auth/start/acme?return_to=/headers")
        .send()
        .expect(303);
    // The provider itself posts it, from a page of its own.
    let asked = format!("{}&response_mode=form_post", start.header("location"));
    let page = visitor.follow(visitor.visit(&asked).send()).expect(200);
    let form = page
        .form("/auth/callback/acme")
        .fill("target", "https://evil.example");
    let production = Url::parse(gatelet.base_url()).expect("a URL");
    assert!(
        form.action.starts_with(gatelet.base_url()),
        "{}",
        form.action
    );
    let code = form.value("code").expect("a code").to_owned();
    let posted = visitor.posted_by(provider.issuer(), &form.action, form.encoded());
    let posted = posted.send().expect(303);
    assert!(
        posted.headers.get("set-cookie").is_none(),
        "production keeps nothing"
    );
    let there = Url::parse(posted.header("location")).expect("a URL");
    assert!(
        there
            .as_str()
            .starts_with(&format!("{url}/auth/callback/acme?")),
        "{there}"
    );
    assert!(
        !there.as_str().contains(&code) && !there.as_str().contains("evil"),
        "{there}"
    );
    visitor
        .visit(there.as_str())
        .send()
        .expect_redirect("/headers");
    visitor.get("/headers").send().expect(200);
    // Nor does posting move what may not move.
    let state = RelayState::parse(form.value("state").expect("a state"));
    let forged = form.fill("state", &state.sealed_with(&session_key("k1")));
    let answer = visitor
        .submit(&forged, &production)
        .without_cookies()
        .send();
    refused("posted", &answer, "relay.state_invalid", &code);
}

#[test]
fn a_sign_in_waits_for_production_and_goes_on_where_it_stopped() {
    let provider = IdentityProvider::start();
    let key = session_key("k1");
    let cluster = Cluster::start_new();
    let setup = on_engine(
        Setup::new(Engine::Sqlite).on(cluster.database()),
        &provider,
        &key,
    );
    // Which origins there are, an instance knows as long as it lives.
    let kept = ["--idle-instance-timeout", "10m"];
    let mut gatelet = setup.arguments(&kept).start();
    let (_, visitor) = preview(&gatelet, &["feat"]);
    let account = Account::new("Ada Lovelace");
    account.sign_up(&visitor, "/").expect(303);
    visitor.change_jar(|jar| *jar = Default::default());

    // Production does not answer at all: nothing is sent, spent or stored.
    let back = answered(&visitor, &provider, "acme", "ada");
    gatelet.stop();
    let nobody = visitor.visit(back.as_str()).try_send();
    let told = nobody.expect_err("the browser's own page");
    assert!(told.contains("Connection refused"), "{told}");
    gatelet.restart();
    let sent = visitor.visit(back.as_str()).send().expect(303);
    visitor
        .visit(sent.header("location"))
        .send()
        .expect_redirect("/headers");
    let first = id(&visitor);

    // The database is away while the answer comes: on it goes, and at the preview nothing
    // is lost either.
    visitor.change_jar(|jar| *jar = Default::default());
    let back = answered(&visitor, &provider, "acme", "ada");
    cluster.stop();
    let sent = visitor.visit(back.as_str()).send();
    let there = sent.expect(303).header("location").to_owned();
    let answer = visitor.visit(&there).send().expect(503);
    assert!(
        answer.text().contains("store.unavailable"),
        "{}",
        answer.description()
    );
    cluster.start();
    let mut done = visitor.visit(&there).send();
    for _ in 0..100 {
        if done.status.as_u16() != 503 {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
        done = visitor.visit(&there).send();
    }
    done.expect_redirect("/headers");
    assert_eq!(id(&visitor), first, "the same person as before");
}

/// An instance that began meanwhile does not know yet which origins there are.
#[test]
fn an_answer_that_comes_before_the_list_was_read_waits_and_goes_on() {
    let provider = IdentityProvider::start();
    let cluster = Cluster::start_new();
    let setup = Setup::new(Engine::Sqlite).on(cluster.database());
    let gatelet = on_engine(setup, &provider, &session_key("k1"))
        .arguments(&["--max-instance-reuse-count", "1"])
        .start();
    let (url, visitor) = preview(&gatelet, &["feat"]);
    let back = answered(&visitor, &provider, "acme", "ada");
    cluster.stop();
    let answer = visitor.visit(back.as_str()).send().expect(503);
    let told = answer.description();
    assert!(
        answer.text().contains("<code>store.unavailable</code>"),
        "{told}"
    );
    assert!(!answer.header("retry-after").is_empty(), "{told}");
    cluster.start();
    let start = Instant::now();
    let sent = loop {
        let sent = visitor.visit(back.as_str()).send();
        if sent.status == 303 {
            break sent;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "still waiting");
        std::thread::sleep(Duration::from_millis(100));
    };
    let there = sent.header("location").to_owned();
    assert!(there.starts_with(&url), "{there}");
    visitor.visit(&there).send().expect_redirect("/headers");
}
