//! What is over at a provider is over here, and whoever signs out here may be led there.

use std::thread;
use std::time::{Duration, Instant};

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::hostile_provider::{CLIENT_ID, HostileProvider, Manner, Signing};
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::on_both_engines;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::Visitor;
use http::Method;
use serde_json::{Value, json};
use url::Url;

use super::second_factors::{CODE, is_in, paper, second_step, set_up};

on_both_engines! {
    who_signs_out_at_a_real_provider_is_signed_out_here_in_that_browser,
    what_is_over_between_two_steps_begins_no_session,
}

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

fn at_real(engine: Engine, provider: &IdentityProvider, fields: Value) -> Gatelet {
    let setup = Setup::new(engine).variable("session_fresh_seconds", "0");
    let base_url = setup.base_url().to_owned();
    let metadata = json!({
        "backchannel_logout_uri": format!("{base_url}/auth/backchannel-logout/acme"),
        "backchannel_logout_session_required": true,
        "post_logout_redirect_uris": [format!("{base_url}/auth/signed-out")],
    });
    let (setup, _) = setup.providers_with(&[("acme", provider, fields, metadata)]);
    setup.start()
}

#[track_caller]
fn sign_in_at_real(gatelet: &Gatelet, provider: &IdentityProvider, login: &str) -> Visitor {
    let visitor = gatelet.visitor();
    let start = visitor.visit("/auth/start/acme").send().expect(303);
    let back = provider.sign_in(&visitor, start.header("location"), login);
    visitor.visit(back.header("location")).send().expect(303);
    visitor.get("/auth/me").send().expect(200);
    visitor
}

/// Says yes to the provider's question, as a person would; where that leads.
#[track_caller]
fn leave(visitor: &Visitor, end: &str) -> Response {
    let page = visitor.visit(end).send().expect(200);
    let form = page.form("/session/end/confirm").fill("logout", "yes");
    visitor.submit(&form, &page.url).send()
}

fn who_signs_out_at_a_real_provider_is_signed_out_here_in_that_browser(engine: Engine) {
    let provider = IdentityProvider::start();
    for login in ["ada", "bob"] {
        let email = format!("{login}@example.com");
        provider.add(
            login,
            json!({ "email": email, "email_verified": true, "name": login }),
        );
    }
    let gatelet = at_real(engine, &provider, json!({}));
    let [laptop, phone] = [(); 2].map(|()| sign_in_at_real(&gatelet, &provider, "ada"));
    let other = sign_in_at_real(&gatelet, &provider, "bob");

    leave(&laptop, &format!("{}/session/end", provider.issuer()));
    gatelet.wait_for_line(&["sessions.over", "acme"]);
    laptop.get("/auth/me").send().expect(401);
    for still in [&phone, &other] {
        still.get("/auth/me").send().expect(200);
    }
    let page = phone.visit("/auth/account/events").send().expect(200);
    assert!(page.text().contains("Signed out at the sign-in provider"));
    // Whoever signs in again is there.
    let again = sign_in_at_real(&gatelet, &provider, "ada");
    again.get("/auth/me").send().expect(200);
}

#[test]
fn who_signs_out_here_is_led_to_the_provider_and_back_where_that_is_wanted() {
    let provider = IdentityProvider::start();
    provider.add(
        "ada",
        json!({ "email": "ada@example.com", "email_verified": true }),
    );
    let gatelet = at_real(Engine::Sqlite, &provider, json!({ "end_session": true }));
    let visitor = sign_in_at_real(&gatelet, &provider, "ada");
    let signed_out = |visitor: &Visitor| {
        let page = visitor
            .visit("/auth/sign-out?return_to=/board%3Fx%3D1")
            .send();
        let page = page.expect(200);
        visitor
            .submit(&page.form("/auth/sign-out"), &page.url)
            .send()
    };
    let answer = signed_out(&visitor).expect(200);
    // Here it has ended, whatever becomes of the rest.
    visitor.get("/auth/me").send().expect(401);
    let (_, there) = answer.header("refresh").split_once("url=").expect("a URL");
    let there = Url::parse(there).expect("a URL");
    let address = there.as_str();
    assert!(address.starts_with(&format!("{}/session/end?", provider.issuer())));
    let said: Vec<_> = there
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    assert_eq!(said, ["client_id", "post_logout_redirect_uri", "state"]);
    let back = leave(&visitor, address);
    let back = back.header("location").to_owned();
    assert!(
        back.starts_with(&format!("{}/auth/signed-out?", gatelet.base_url())),
        "{back}"
    );
    let home = visitor.visit(&back).send();
    home.expect_redirect("/auth/sign-in?return_to=%2Fboard%3Fx%3D1&signed_out=1");
    // The provider asks again who it is.
    let start = visitor.visit("/auth/start/acme").send().expect(303);
    let mut page = visitor.visit(start.header("location")).send();
    for _ in 0..3 {
        if page.status.is_redirection() {
            let next = page.url.join(page.header("location")).expect("a URL");
            page = visitor.visit(next.as_str()).send();
        }
    }
    assert!(
        page.text().contains("Sign in to the provider"),
        "{}",
        page.text()
    );

    // Nobody is led on by what comes back.
    for state in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        let target = format!("/auth/signed-out?state={}", state.replace('/', "%2F"));
        let answer = visitor.visit(&target).send();
        answer.expect_redirect("/auth/sign-in?signed_out=1");
    }
    // Who came by a password has nothing to end there.
    let (member, _) = signed_in(&gatelet);
    let answer = signed_out(&member);
    answer.expect_redirect("/auth/sign-in?return_to=%2Fboard%3Fx%3D1&signed_out=1");
}

fn at_hostile(engine: Engine, provider: &HostileProvider) -> Gatelet {
    Setup::new(engine)
        .hostile(&[provider.entry("hostile")])
        .variable("session_fresh_seconds", "0")
        .start()
}

/// Comes back from the provider, in a session there by this name.
#[track_caller]
fn come_back(
    gatelet: &Gatelet,
    provider: &HostileProvider,
    named: &'static str,
) -> (Visitor, Response) {
    provider.plan(|plan| plan.claims = Box::new(move |claims| claims["sid"] = named.into()));
    let visitor = gatelet.visitor();
    let start = visitor.visit("/auth/start/hostile").send().expect(303);
    let back = visitor.visit(start.header("location")).send().expect(302);
    let answer = visitor.visit(back.header("location")).send().expect(303);
    provider.behave();
    (visitor, answer)
}

/// Signed in, in a session of the provider's by this name.
#[track_caller]
fn sign_in_as(gatelet: &Gatelet, provider: &HostileProvider, named: &'static str) -> Visitor {
    let (visitor, _) = come_back(gatelet, provider, named);
    visitor.get("/auth/me").send().expect(200);
    visitor
}

/// Has made the first of two steps, in a session of the provider's by this name.
#[track_caller]
fn first_step(
    gatelet: &Gatelet,
    provider: &HostileProvider,
    named: &'static str,
) -> (Visitor, Response) {
    let (visitor, answer) = come_back(gatelet, provider, named);
    let page = visitor.follow(answer.expect_redirect(CODE)).expect(200);
    (visitor, page)
}

/// In Unix seconds.
fn now() -> u64 {
    let since = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
    since.as_secs()
}

fn claims(provider: &HostileProvider, more: Value) -> Value {
    let mut claims = json!({
        "iss": provider.issuer(), "aud": CLIENT_ID, "iat": now(), "exp": now() + 120, "sid": "s-1", "events": { EVENT: {} },
    });
    for (name, value) in more.as_object().expect("claims") {
        claims[name] = value.clone();
    }
    claims
}

fn post(gatelet: &Gatelet, token: &str) -> Response {
    let server = gatelet.visitor();
    let posted = server.request(Method::POST, "/auth/backchannel-logout/hostile");
    let posted = posted.header("content-type", "application/x-www-form-urlencoded");
    posted.body(format!("logout_token={token}")).send()
}

#[test]
fn what_no_provider_has_signed_ends_no_session() {
    let provider = HostileProvider::start();
    let gatelet = at_hostile(Engine::Sqlite, &provider);
    let visitor = sign_in_as(&gatelet, &provider, "s-1");
    let refused = |token: &str| {
        let answer = post(&gatelet, token).expect(400);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.json()["error"], "invalid_request");
        visitor.get("/auth/me").send().expect(200);
    };
    refused("");
    refused("a.b.c");
    for signing in [
        Signing::None,
        Signing::NoneInCapitals,
        Signing::HmacWithPublicKey,
        Signing::HmacWithClientSecret,
        Signing::OtherKey,
        Signing::UnknownKeyId,
        Signing::EmbeddedKey,
        Signing::BrokenSignature,
        Signing::TruncatedSignature,
    ] {
        provider.plan(|plan| plan.signing = signing);
        refused(&provider.signed(claims(&provider, json!({}))));
    }
    provider.behave();
    for wrong in [
        json!({ "aud": "somebody-else" }),
        json!({ "iss": "http://evil.example" }),
        json!({ "exp": 5 }),
        json!({ "events": {} }),
        json!({ "nonce": "n" }),
        json!({ "sid": 5 }),
    ] {
        refused(&provider.signed(claims(&provider, wrong)));
    }
    // Another's session, and one that there is not: true, and nobody's here.
    for more in [json!({ "sid": "s-9" }), json!({ "sub": "x" })] {
        post(&gatelet, &provider.signed(claims(&provider, more))).expect(200);
        visitor.get("/auth/me").send().expect(200);
    }

    let token = provider.signed(claims(&provider, json!({})));
    let answer = post(&gatelet, &token).expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.text(), "");
    visitor.get("/auth/me").send().expect(401);
    // A provider that got no answer says it again.
    post(&gatelet, &token).expect(200);
    // What is said late, or again by somebody else, ends nothing that began since.
    let visitor = sign_in_as(&gatelet, &provider, "s-1");
    let late = json!({ "iat": now() - 90, "exp": now() + 30 });
    post(&gatelet, &provider.signed(claims(&provider, late))).expect(200);
    visitor.get("/auth/me").send().expect(200);
    // Several providers send no `exp`.
    let mut without = claims(&provider, json!({}));
    without.as_object_mut().expect("claims").remove("exp");
    post(&gatelet, &provider.signed(without)).expect(200);
    visitor.get("/auth/me").send().expect(401);

    let path = "/auth/backchannel-logout/hostile";
    visitor.visit(path).send().expect(405);
    let elsewhere = visitor.request(Method::POST, "/auth/backchannel-logout/other");
    let elsewhere = elsewhere.header("content-type", "application/x-www-form-urlencoded");
    elsewhere.body("logout_token=x").send().expect(400);
    let log = gatelet.log();
    assert!(!log.contains(&token), "no token in the log");
}

/// In a frame of the provider's page our cookies are somebody else's: the browser keeps them
/// back.
#[test]
fn a_browser_that_says_which_session_is_over_needs_no_cookie() {
    let provider = HostileProvider::start();
    let gatelet = at_hostile(Engine::Sqlite, &provider);
    let visitor = sign_in_as(&gatelet, &provider, "s-1");
    let other = sign_in_as(&gatelet, &provider, "s-2");
    let frame = gatelet.visitor();
    let say = |issuer: &str, session: &str| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("iss", issuer).append_pair("sid", session);
        let target = format!("/auth/frontchannel-logout/hostile?{}", query.finish());
        frame.visit(&target).send()
    };
    say("http://evil.example", "s-1").expect(400);
    say(provider.issuer(), "").expect(400);
    say("", "s-1").expect(400);
    let bare = frame.visit("/auth/frontchannel-logout/hostile").send();
    bare.expect(400);
    frame
        .visit("/auth/frontchannel-logout/other")
        .send()
        .expect(404);
    let bare = frame
        .visit("/auth/frontchannel-logout/hostile?sid=s-2")
        .send();
    bare.expect(200);
    other.get("/auth/me").send().expect(401);
    let other = sign_in_as(&gatelet, &provider, "s-2");
    say(provider.issuer(), "s-3").expect(200);
    for still in [&visitor, &other] {
        still.get("/auth/me").send().expect(200);
    }
    let said = say(provider.issuer(), "s-1").expect(200);
    assert_eq!(said.header("cache-control"), "no-store");
    visitor.get("/auth/me").send().expect(401);
    other.get("/auth/me").send().expect(200);
}

/// Anybody may post a token, and each costs a signature.
#[test]
fn whoever_posts_what_nobody_has_signed_is_told_to_wait_and_a_provider_is_not() {
    let provider = HostileProvider::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .hostile(&[provider.entry("hostile")])
        .variable("trusted_proxies", "127.0.0.1")
        .variable("rate_limit_max", "5")
        .variable("limits", "logout.network 2/3600")
        .start();
    let from = |address: &str, token: &str| {
        let server = gatelet.visitor();
        let posted = server.request(Method::POST, "/auth/backchannel-logout/hostile");
        let posted = posted.header("content-type", "application/x-www-form-urlencoded");
        let posted = posted.header("x-forwarded-for", address);
        posted.body(format!("logout_token={token}")).send()
    };
    let token = provider.signed(claims(&provider, json!({})));
    for _ in 0..8 {
        from("192.0.2.1", &token).expect(200);
    }
    for _ in 0..2 {
        from("192.0.2.2", "x.y.z").expect(400);
    }
    let told = from("192.0.2.2", "x.y.z").expect(429);
    assert!(!told.header("retry-after").is_empty());
    from("192.0.2.2", &token).expect(429);
    from("192.0.2.1", &token).expect(200);
}

/// No session was there to end, and none begins by what is over.
fn what_is_over_between_two_steps_begins_no_session(engine: Engine) {
    let provider = HostileProvider::start();
    let gatelet = at_hostile(engine, &provider);
    let first = sign_in_as(&gatelet, &provider, "s-0");
    set_up(&first);
    let codes = paper(&first);
    let [(over, page), (other, others)] =
        ["s-1", "s-2"].map(|named| first_step(&gatelet, &provider, named));
    post(&gatelet, &provider.signed(claims(&provider, json!({})))).expect(200);
    let refused = second_step(&over, &page, &codes[0]).expect(401);
    assert!(
        refused.says_code("second_factor.gone"),
        "{}",
        refused.text()
    );
    assert!(!is_in(&over));
    gatelet.wait_for_line(&["sessions.over", "hostile"]);
    // Another session there, and one that had begun.
    second_step(&other, &others, &codes[1]).expect(303);
    assert!(is_in(&other) && is_in(&first));

    // In a frame, by whoever knows its name.
    let (over, page) = first_step(&gatelet, &provider, "s-3");
    let frame = "/auth/frontchannel-logout/hostile?sid=s-3";
    gatelet.visitor().visit(frame).send().expect(200);
    second_step(&over, &page, &codes[2]).expect(401);
    assert!(!is_in(&over));

    // All of the account, until now: whoever begins anew is in.
    let (over, page) = first_step(&gatelet, &provider, "s-4");
    let mut all = claims(&provider, json!({ "sub": "subject-of-mallory" }));
    all.as_object_mut().expect("claims").remove("sid");
    post(&gatelet, &provider.signed(all)).expect(200);
    second_step(&over, &page, &codes[3]).expect(401);
    for one in [&over, &other, &first] {
        assert!(!is_in(one));
    }
    thread::sleep(Duration::from_millis(1_100));
    let (anew, page) = first_step(&gatelet, &provider, "s-5");
    second_step(&anew, &page, &codes[4]).expect(303);
    assert!(is_in(&anew));
}

/// Anybody may say what only the provider can confirm, and each who waits holds a place.
#[test]
fn nobody_waits_for_a_provider_that_is_away_to_hear_what_is_over() {
    let provider = HostileProvider::start();
    let gatelet = at_hostile(Engine::Sqlite, &provider);
    let token = provider.signed(claims(&provider, json!({})));
    let discovery = |manner: Manner| provider.plan(|plan| plan.discovery_manner = manner);
    discovery(Manner::Instead(500, "{}".into()));
    for _ in 0..12 {
        post(&gatelet, &token).expect(503);
    }
    let asked = provider.requests().len();
    assert!((1..5).contains(&asked), "{asked} times of twelve");

    // Nor behind somebody who has waited for a while.
    thread::sleep(Duration::from_millis(3_100));
    discovery(Manner::Slow(Duration::from_secs(60)));
    thread::scope(|scope| {
        let waits = scope.spawn(|| post(&gatelet, &token));
        thread::sleep(Duration::from_millis(4_500));
        let began = Instant::now();
        post(&gatelet, &token).expect(503);
        assert!(began.elapsed() < Duration::from_secs(4), "it waited");
        waits.join().expect("an answer").expect(503);
    });
    assert_eq!(provider.requests().len(), 1);

    provider.behave();
    thread::sleep(Duration::from_millis(3_100));
    post(&gatelet, &token).expect(200);
}

/// Any page may have a browser load frames that end nothing. Where they are many, what would be
/// written for each is not; what ends something does.
#[test]
fn whoever_tries_what_sessions_may_be_called_keeps_no_logout_out() {
    let provider = HostileProvider::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .hostile(&[provider.entry("hostile")])
        .variable("trusted_proxies", "127.0.0.1")
        .variable("session_fresh_seconds", "0")
        .variable(
            "limits",
            "logout-frame.network 2/3600, logout.network 1/3600",
        )
        .start();
    let from = |address: &str, session: &str| {
        let frame = gatelet.visitor();
        let target = format!("/auth/frontchannel-logout/hostile?sid={session}");
        let said = frame.visit(&target).header("x-forwarded-for", address);
        said.send().expect(200);
    };
    let ends = |session: &'static str| {
        let visitor = sign_in_as(&gatelet, &provider, session);
        from("192.0.2.1", session);
        visitor.get("/auth/me").send().expect(401);
    };
    // What ends something counts nowhere.
    for session in ["s-1", "s-2", "s-3"] {
        ends(session);
    }
    let first = sign_in_as(&gatelet, &provider, "s-0");
    let still = sign_in_as(&gatelet, &provider, "s-5");
    set_up(&first);
    let codes = paper(&first);
    let (early, page) = first_step(&gatelet, &provider, "s-4");
    from("192.0.2.1", "s-4");
    second_step(&early, &page, &codes[0]).expect(401);
    for _ in 0..8 {
        from("192.0.2.1", "s-9");
    }

    still.get("/auth/me").send().expect(200);
    from("192.0.2.1", "s-5");
    still.get("/auth/me").send().expect(401);
    // Nor does it count for what the provider's server says from there.
    let server = gatelet.visitor();
    let posted = server.request(Method::POST, "/auth/backchannel-logout/hostile");
    let posted = posted.header("content-type", "application/x-www-form-urlencoded");
    let posted = posted.header("x-forwarded-for", "192.0.2.1");
    let token = provider.signed(claims(&provider, json!({})));
    posted
        .body(format!("logout_token={token}"))
        .send()
        .expect(200);

    let (late, page) = first_step(&gatelet, &provider, "s-6");
    from("192.0.2.1", "s-6");
    second_step(&late, &page, &codes[1]).expect(303);
    let (elsewhere, page) = first_step(&gatelet, &provider, "s-7");
    from("192.0.2.2", "s-7");
    second_step(&elsewhere, &page, &codes[2]).expect(401);
}
