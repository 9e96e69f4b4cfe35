//! The words of a central auth service: apps that were written for one find them here.

use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::on_both_engines;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::{Request, Visitor};
use http::Method;
use serde_json::{Value, json};

mod callbacks;
mod clients;
mod sources;

on_both_engines! {
    a_program_signs_in_reads_who_it_is_and_signs_out,
    a_browser_signs_in_by_a_form_of_the_app,
}

const REST: &str = "/api/v1/auth/";
const RPC: &str = "/api/rpc/v1/auth/";

/// One provider, which knows the address that answers come to here.
fn setup(engine: Engine, provider: &IdentityProvider) -> Setup {
    let setup = Setup::new(engine);
    let uris = json!({ "redirect_uris": [shared_uri(&setup)] });
    setup
        .providers_with(&[("acme", provider, json!({}), uris)])
        .0
}

fn shared_uri(setup: &Setup) -> String {
    format!("{}/api/v1/auth/callback", setup.base_url())
}

/// A call by a program of this site.
fn post<'a>(visitor: &'a Visitor, path: &str, body: &Value) -> Request<'a> {
    visitor
        .request(Method::POST, path)
        .header("origin", &visitor.origin())
        .header("content-type", "application/json")
        .body(body.to_string())
}

/// By REST.
#[track_caller]
fn call(visitor: &Visitor, name: &str, body: &Value) -> Response {
    post(visitor, &format!("{REST}{name}"), body).send()
}

#[track_caller]
fn get(visitor: &Visitor, name: &str) -> Value {
    let answer = visitor.get(&format!("{REST}{name}")).send().expect(200);
    answer.json()
}

/// What an error says, by REST: its code and our reason.
#[track_caller]
fn expect_error(answer: Response, status: u16, code: &str, reason: &str) -> Value {
    let answer = answer.expect(status);
    let told = answer.json();
    let said = (&told["code"], &told["status"], &told["data"]["reason"]);
    assert_eq!(
        said,
        (&json!(code), &json!(status), &json!(reason)),
        "{told}"
    );
    assert!(
        told["defined"].is_boolean() && told["message"].is_string(),
        "{told}"
    );
    told
}

/// The answer of the provider to a sign-in that was begun by `signin`, as parameters.
#[track_caller]
fn answered(visitor: &Visitor, provider: &IdentityProvider, login: &str) -> (String, Value) {
    let begun = call(visitor, "signin", &json!({ "returnTo": "/inbox" })).expect(200);
    let url = begun.json()["redirectUrl"]
        .as_str()
        .expect("text")
        .to_owned();
    let back = provider.sign_in(visitor, &url, login);
    let back = back.header("location").to_owned();
    let parsed = url::Url::parse(&back).expect("a URL");
    let pairs = parsed.query_pairs();
    let parameters = pairs.map(|(name, value)| (name.into_owned(), Value::from(&*value)));
    (back.clone(), Value::Object(parameters.collect()))
}

fn a_program_signs_in_reads_who_it_is_and_signs_out(engine: Engine) {
    let provider = IdentityProvider::shared();
    let gatelet = setup(engine, &provider).start();
    let visitor = gatelet.visitor();
    for name in ["session", "me"] {
        assert_eq!(get(&visitor, name), json!({ "authenticated": false }));
    }

    let begun = call(&visitor, "signin", &json!({ "returnTo": "/inbox" })).expect(200);
    let told = begun.json();
    let url = told["redirectUrl"].as_str().expect("an address");
    assert_eq!(
        (&told["started"], &told["providerId"]),
        (&json!(true), &json!("acme"))
    );
    let asked = url::Url::parse(url).expect("a URL");
    let asked: std::collections::HashMap<_, _> = asked.query_pairs().into_owned().collect();
    assert_eq!(asked["redirect_uri"], shared_uri(gatelet.setup()));
    assert_eq!(told["state"], asked["state"].as_str());
    let back = provider.sign_in(&visitor, url, "zofie");
    let parsed = url::Url::parse(back.header("location")).expect("a URL");
    assert_eq!(parsed.path(), "/api/v1/auth/callback");
    let answer: Value = parsed
        .query_pairs()
        .map(|(name, value)| (name.into_owned(), Value::from(&*value)))
        .collect::<serde_json::Map<_, _>>()
        .into();

    let landed = call(&visitor, "callback", &answer).expect(200).json();
    assert_eq!(
        (&landed["completed"], &landed["redirectTo"]),
        (&json!(true), &json!("/inbox"))
    );
    let (session, me) = (get(&visitor, "session"), get(&visitor, "me"));
    assert_eq!(session["session"]["id"], landed["sessionId"]);
    assert_eq!(session["session"]["userId"], landed["subject"]);
    assert_eq!(session["session"]["providerId"], "acme");
    assert_eq!(me["session"], session["session"]);
    assert_eq!(me["user"]["displayName"], "Žofie Ōkubo 🌿");
    // What the older paths say, they say as before.
    let old = visitor.get("/auth/me").send().expect(200).json();
    assert_eq!(
        (&old["id"], &old["email"]),
        (&me["user"]["id"], &me["user"]["email"])
    );
    let old = visitor.get("/auth/session").send().expect(200).json();
    assert_eq!(
        (&old["active"], &old["provider"]),
        (&json!(true), &json!("acme"))
    );
    let cookie = visitor.cookie("gatelet").expect("a session");
    let everything = format!("{session}{me}{landed}");
    assert!(!everything.contains(&cookie.value), "never a token");

    // Another's session is not ended, and everything at once is for the account's page.
    let before = visitor.jar();
    for (field, value) in [("sessionId", json!("other")), ("everywhere", json!(true))] {
        let refused = call(&visitor, "signout", &json!({ field: value }));
        let told = expect_error(refused, 422, "VALIDATION_ERROR", "input.invalid");
        assert!(told["data"]["fieldErrors"][field].is_array(), "{told}");
    }
    assert_eq!(get(&visitor, "session")["authenticated"], true);
    let asked = json!({ "sessionId": landed["sessionId"], "redirectTo": "/bye" });
    let left = call(&visitor, "signout", &asked).expect(200);
    assert_eq!(
        left.json(),
        json!({ "signedOut": true, "sessionId": landed["sessionId"], "redirectTo": "/bye" })
    );
    assert!(
        visitor.cookie("gatelet").is_none(),
        "the browser forgets it"
    );
    // Who kept the cookie has nothing: it is ended where it is kept.
    let thief = gatelet.visitor();
    thief.change_jar(|jar| *jar = before);
    let asks_the_store = thief.get("/auth/account/profile").send();
    assert_ne!(asks_the_store.status, 200);
    assert_eq!(
        call(&visitor, "signout", &json!({})).expect(200).json(),
        json!({ "signedOut": true })
    );
}

fn a_browser_signs_in_by_a_form_of_the_app(engine: Engine) {
    let provider = IdentityProvider::shared();
    let gatelet = setup(engine, &provider).start();
    let visitor = gatelet.visitor();
    let submit = |path: &str, body: &str| {
        visitor
            .request(Method::POST, &format!("{REST}{path}"))
            .header("accept", "text/html,*/*;q=0.8")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-site", "same-origin")
            .header("origin", &visitor.origin())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.to_owned())
            .send()
    };
    let sent = submit("signin", "provider=acme&returnTo=%2Finbox").expect(303);
    let back = provider.sign_in(&visitor, sent.header("location"), "zofie");
    let landed = visitor.visit(back.header("location")).send();
    landed.expect_redirect("/inbox");
    assert_eq!(get(&visitor, "session")["authenticated"], true);
    // Back and reload lead to the same place.
    let again = visitor.visit(back.header("location")).send();
    again.expect_redirect("/inbox");
    let left = submit("signout", "returnTo=%2Fbye").expect(303);
    assert_eq!(
        left.header("location"),
        "/auth/sign-in?return_to=%2Fbye&signed_out=1"
    );
    assert_eq!(get(&visitor, "me"), json!({ "authenticated": false }));
}

#[test]
fn return_targets_elsewhere_are_not_followed() {
    let provider = IdentityProvider::shared();
    let gatelet = setup(Engine::Sqlite, &provider).start();
    let visitor = gatelet.visitor();
    for there in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:x",
    ] {
        let begun = call(&visitor, "signin", &json!({ "redirectTo": there })).expect(200);
        let url = begun.json()["redirectUrl"]
            .as_str()
            .expect("text")
            .to_owned();
        let back = provider.sign_in(&visitor, &url, "zofie");
        let landed = visitor.visit(back.header("location")).send();
        landed.expect_redirect("/");
        let left = call(&visitor, "signout", &json!({ "redirectTo": there })).expect(200);
        assert_eq!(left.json()["redirectTo"], "/", "{there}");
    }
}

#[test]
fn what_is_not_understood_is_told_by_code_and_field() {
    let provider = IdentityProvider::shared();
    let gatelet = setup(Engine::Sqlite, &provider).start();
    let visitor = gatelet.visitor();
    let refused = call(&visitor, "signin", &json!({ "provider": "none" }));
    expect_error(refused, 404, "NOT_FOUND", "provider.unknown");
    let refused = call(&visitor, "signin", &json!({ "provider": 1 }));
    let told = expect_error(refused, 422, "VALIDATION_ERROR", "input.invalid");
    assert_eq!(
        told["data"]["fieldErrors"]["provider"],
        json!(["not a string"])
    );
    let refused = call(&visitor, "signin", &json!([]));
    expect_error(refused, 422, "VALIDATION_ERROR", "input.invalid");
    for (content_type, body) in [("application/json", "{"), ("text/plain", "{}")] {
        let refused = visitor
            .request(Method::POST, "/api/v1/auth/signin")
            .header("content-type", content_type)
            .body(body)
            .send();
        expect_error(refused, 400, "BAD_REQUEST", "form.malformed");
    }
    let large = json!({ "provider": "x".repeat(70_000) });
    expect_error(
        call(&visitor, "signin", &large),
        413,
        "PAYLOAD_TOO_LARGE",
        "form.too_large",
    );
    for (method, path, allowed) in [
        (Method::GET, "signin", "POST"),
        (Method::DELETE, "signout", "POST"),
        (Method::POST, "session", "GET, HEAD"),
        (Method::PUT, "me", "GET, HEAD"),
    ] {
        let answer = visitor.request(method, &format!("{REST}{path}")).send();
        assert_eq!(answer.header("allow"), allowed, "{path}");
        answer.expect(405);
    }
    // Nobody is nobody, by any spelling of the path.
    for path in [
        "/api/v1/auth",
        "/api/v1/auth/",
        "/api/v1/auth/Session",
        "/api/v1/auth/session/",
    ] {
        let answer = visitor.get(path).send();
        assert_ne!(answer.status, 200, "{path}");
    }
}

#[test]
fn without_a_provider_or_with_several_there_is_none_to_begin_with() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let refused = call(&gatelet.visitor(), "signin", &json!({}));
    let told = expect_error(refused, 502, "AUTH_PROVIDER_ERROR", "provider.none");
    assert_eq!(told["defined"], true);
    let refused = call(&gatelet.visitor(), "signin", &json!({ "provider": "acme" }));
    expect_error(refused, 502, "AUTH_PROVIDER_ERROR", "provider.none");
    // The rest works without one.
    let (visitor, account) = signed_in(&gatelet);
    assert_eq!(get(&visitor, "me")["user"]["email"], account.email.as_str());
    assert_eq!(
        get(&visitor, "session")["session"]["providerId"],
        "password"
    );

    let provider = IdentityProvider::shared();
    let setup = Setup::new(Engine::Sqlite);
    let (setup, _) = setup.providers(&[("one", &provider), ("two", &provider)]);
    let several = setup.start();
    let refused = call(&several.visitor(), "signin", &json!({}));
    let told = expect_error(refused, 422, "VALIDATION_ERROR", "input.invalid");
    assert!(told["data"]["fieldErrors"]["provider"].is_array(), "{told}");
}

#[test]
fn a_second_factor_comes_before_the_session_here_too() {
    let provider = IdentityProvider::shared();
    let setup = setup(Engine::Sqlite, &provider).variable("second_factor", "required");
    let gatelet = setup.start();
    let visitor = gatelet.visitor();
    let (_, answer) = answered(&visitor, &provider, "zofie");
    let landed = call(&visitor, "callback", &answer).expect(200).json();
    assert_eq!(
        landed,
        json!({ "completed": false, "redirectTo": "/auth/second-factor" })
    );
    assert_eq!(get(&visitor, "session"), json!({ "authenticated": false }));
}

#[test]
fn nobody_who_is_signed_in_by_password_is_left_out() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let visitor = gatelet.visitor();
    Account::new("Grace Hopper")
        .sign_up(&visitor, "/")
        .expect(303);
    let session = get(&visitor, "session");
    assert_eq!(
        session["session"]["claims"]["amr"],
        json!(["pwd"]),
        "{session}"
    );
    for time in ["issuedAt", "expiresAt"] {
        let time = session["session"][time].as_str().expect("a time");
        assert!(time.len() == 20 && time.ends_with('Z'), "{time}");
    }
}
