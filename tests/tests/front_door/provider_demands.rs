//! What an operator demands of a sign-in at a provider, and whether its answer is held
//! to it; and as whom a visitor means to sign in.

use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::hostile_provider::HostileProvider;
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::Visitor;
use http::Method;
use serde_json::{Value, json};
use url::Url;

/// The provider's entry with more fields.
fn demanding(provider: &HostileProvider, more: Value) -> Gatelet {
    let mut entry = provider.entry("hostile");
    for (name, value) in more.as_object().expect("fields") {
        entry[name] = value.clone();
    }
    Setup::new(Engine::Sqlite).hostile(&[entry]).start()
}

/// Where somebody is sent to, as a URL.
#[track_caller]
fn sent(visitor: &Visitor, path: &str) -> Url {
    let start = visitor.visit(path).send().expect(303);
    Url::parse(start.header("location")).expect("a URL")
}

fn said(url: &Url, name: &str) -> Vec<String> {
    let pairs = url.query_pairs().filter(|(known, _)| known == name);
    pairs.map(|(_, value)| value.into_owned()).collect()
}

fn sign_in(gatelet: &Gatelet) -> Response {
    let visitor = gatelet.visitor();
    let asked = sent(&visitor, "/auth/start/hostile");
    answered(&visitor, &asked)
}

/// What the provider's answer comes to here.
fn answered(visitor: &Visitor, asked: &Url) -> Response {
    let back = visitor.visit(asked.as_str()).send().expect(302);
    visitor.visit(back.header("location")).send()
}

/// In Unix seconds.
fn now() -> u64 {
    let since = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
    since.as_secs()
}

fn says(provider: &HostileProvider, name: &'static str, value: Value) {
    provider.plan(|plan| {
        plan.claims = Box::new(move |claims| match &value {
            Value::Null => drop(claims.as_object_mut().expect("claims").remove(name)),
            value => claims[name] = value.clone(),
        });
    });
}

#[track_caller]
fn refused(answer: &Response, code: &str) {
    assert_eq!(answer.status.as_u16(), 403, "{}", answer.description());
    assert!(answer.says_code(code), "{code}: {}", answer.description());
    assert!(
        !answer
            .every("set-cookie")
            .iter()
            .any(|set| set.contains("gatelet=v1"))
    );
}

#[test]
fn what_is_demanded_is_asked_for_and_held_against_the_answer() {
    let provider = HostileProvider::start();
    for (field, demanded, parameter, claim, good, bad, code) in [
        (
            "acr_values",
            json!(["phr", "mfa"]),
            "phr mfa",
            "acr",
            json!("mfa"),
            vec![json!("0"), json!("phr mfa"), json!(["mfa"]), Value::Null],
            "id_token.acr",
        ),
        (
            "max_age",
            json!(300),
            "300",
            "auth_time",
            json!(now() - 60),
            vec![
                json!(now() - 600),
                json!(now() + 600),
                json!(now().to_string()),
                Value::Null,
            ],
            "id_token.auth_time",
        ),
        (
            "hd",
            json!("acme.com"),
            "acme.com",
            "hd",
            json!("ACME.com"),
            vec![
                json!("evil.example"),
                json!("x.acme.com"),
                json!(""),
                Value::Null,
            ],
            "id_token.hosted_domain",
        ),
        (
            "hd",
            json!("*"),
            "*",
            "hd",
            json!("evil.example"),
            vec![json!(true), Value::Null],
            "id_token.hosted_domain",
        ),
    ] {
        let gatelet = demanding(&provider, json!({ field: demanded }));
        let asked = sent(&gatelet.visitor(), "/auth/start/hostile");
        assert_eq!(said(&asked, field), [parameter]);
        for bad in bad {
            says(&provider, claim, bad.clone());
            refused(&sign_in(&gatelet), code);
        }
        gatelet.wait_for_line(&[code, claim, "from 127.0.0.1"]);
        says(&provider, claim, good);
        sign_in(&gatelet).expect(303);
    }
    // What is among the parameters alone is asked for, and no more.
    let fields = json!({ "authorization_parameters": { "acr_values": "phr", "hd": "acme.com" } });
    let gatelet = demanding(&provider, fields);
    provider.behave();
    sign_in(&gatelet).expect(303);
}

/// A provider that remembers people signs them in without a question: that proves who it is
/// as of when it asked, and not anew.
#[test]
fn who_a_provider_remembers_proves_it_again_by_being_asked_there() {
    const SAFE: &str = "/auth/account/password";
    const CONFIRM: &str = "/auth/confirm?return_to=%2Fauth%2Faccount%2Fpassword";
    const ANEW: &str = "/auth/start/hostile?return_to=%2Fauth%2Faccount%2Fpassword&anew=1";
    let provider = HostileProvider::start();
    for says_when in [true, false] {
        provider.behave();
        let claims = if says_when {
            json!(["sub", "auth_time"])
        } else {
            json!(["sub"])
        };
        provider.plan(|plan| {
            plan.discovery =
                Box::new(move |document| document["claims_supported"] = claims.clone());
        });
        let gatelet = demanding(&provider, json!({}));
        let visitor = gatelet.visitor();
        says(&provider, "auth_time", json!(now() - 3 * 3600));
        let asked = sent(&visitor, "/auth/start/hostile");
        assert_eq!(
            said(&asked, "max_age").len(),
            usize::from(says_when),
            "{asked}"
        );
        answered(&visitor, &asked).expect(303);
        visitor.get("/auth/me").send().expect(200);
        visitor.visit(SAFE).send().expect_redirect(CONFIRM);
        // What says nothing of when may be as old, where it could say.
        let other = gatelet.visitor();
        for silence in [Value::Null, json!(now().to_string())] {
            if says_when {
                says(&provider, "auth_time", silence);
                answered(&other, &sent(&other, "/auth/start/hostile")).expect(303);
                other.visit(SAFE).send().expect_redirect(CONFIRM);
            }
        }
        says(&provider, "auth_time", json!(now() - 3 * 3600));
        let page = visitor.visit(CONFIRM).send().expect(200).text();
        assert!(page.contains(&ANEW.replace('&', "&#38;")), "{page}");

        // Whoever takes the wish out of the address gets no further by it.
        let mut asked = sent(&visitor, ANEW);
        assert_eq!(said(&asked, "max_age"), ["0"]);
        assert_eq!(said(&asked, "prompt"), ["login"]);
        asked.set_query(Some(
            &asked.query().expect("parameters").replace("max_age=0", ""),
        ));
        refused(&answered(&visitor, &asked), "id_token.auth_time");
        says(&provider, "auth_time", Value::Null);
        let silent = answered(&visitor, &sent(&visitor, ANEW));
        match says_when {
            true => {
                refused(&silent, "id_token.auth_time");
                visitor.visit(SAFE).send().expect_redirect(CONFIRM);
            }
            false => {
                silent.expect_redirect(SAFE);
                visitor.visit(SAFE).send().expect(200);
            }
        }
        says(&provider, "auth_time", json!(now()));
        let anew = answered(&visitor, &sent(&visitor, ANEW));
        anew.expect_redirect(SAFE);
        visitor.visit(SAFE).send().expect(200);
    }
}

#[test]
fn a_real_provider_meets_what_is_demanded_or_nobody_gets_in() {
    let provider = IdentityProvider::start();
    let person = |acr: &str| {
        let claims = json!({
            "acr": acr, "email": "ada@example.com", "email_verified": true, "name": "Ada",
        });
        provider.add("ada", claims);
    };
    let fields = json!({ "acr_values": ["phr"], "max_age": 0, "prompt": "login" });
    let entries = [("acme", &provider, fields, json!({}))];
    let (setup, _) = Setup::new(Engine::Sqlite).providers_with(&entries);
    let gatelet = setup.start();
    let visitor = gatelet.visitor();
    let sign_in = || {
        let asked = sent(&visitor, "/auth/start/acme");
        assert_eq!(said(&asked, "prompt"), ["login"]);
        let sent = provider.sign_in(&visitor, asked.as_str(), "ada");
        visitor.visit(sent.header("location")).send()
    };
    person("0");
    refused(&sign_in(), "id_token.acr");
    person("phr");
    sign_in().expect(303);
    visitor.get("/auth/me").send().expect(200);
    // It remembers who is there, and asks all the same.
    provider.requests();
    sign_in().expect(303);
    let asked = provider.requests();
    assert!(asked.iter().any(|one| one.ends_with("/login")), "{asked:?}");
}

#[test]
fn a_hint_goes_along_to_the_form_and_to_the_provider_and_decides_nothing() {
    let provider = HostileProvider::start();
    let mut github = provider.github_entry("hub");
    github["name"] = json!("Hub");
    let gatelet = Setup::new(Engine::Sqlite)
        .hostile(&[provider.entry("hostile"), github])
        .start();
    let visitor = gatelet.visitor();
    let page = visitor
        .visit("/auth/sign-in?return_to=/x&login_hint=ann%2Bx%40acme.com%22%3E%3Cb")
        .send()
        .expect(200)
        .text();
    let href = "/auth/start/hostile?return_to=%2Fx&#38;login_hint=ann%2Bx%40acme.com%22%3E%3Cb";
    assert!(page.contains(href), "{page}");
    assert!(
        page.contains("value=\"ann+x@acme.com&#34;&#62;&#60;b\""),
        "{page}"
    );

    for (path, parameter) in [("hostile", "login_hint"), ("hub", "login")] {
        let hinted = format!("/auth/start/{path}?login_hint=ann%40acme.com%26prompt%3Dnone");
        let asked = sent(&visitor, &hinted);
        assert_eq!(said(&asked, parameter), ["ann@acme.com&prompt=none"]);
        assert!(said(&asked, "prompt").is_empty(), "{asked}");
        for none in ["", "a%0D%0Ax", &"a".repeat(255)] {
            let asked = sent(&visitor, &format!("/auth/start/{path}?login_hint={none}"));
            assert!(said(&asked, parameter).is_empty(), "{none:?}");
        }
    }
    let asked = visitor
        .request(Method::POST, "/api/v1/auth/signin")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .body(json!({ "provider": "hostile", "loginHint": "ann@acme.com" }).to_string());
    let answer = asked.send().expect(200).json();
    let url = answer["redirectUrl"].as_str().expect("a URL");
    let url = Url::parse(url).expect("a URL");
    assert_eq!(said(&url, "login_hint"), ["ann@acme.com"]);

    // Whoever comes back is whoever the provider says.
    let asked = sent(&visitor, "/auth/start/hostile?login_hint=root%40acme.com");
    let back = visitor.visit(asked.as_str()).send().expect(302);
    visitor.visit(back.header("location")).send().expect(303);
    let me = visitor.get("/auth/me").send().expect(200).json();
    assert_ne!(me["email"], "root@acme.com");
    assert!(
        !gatelet.log().contains("root@acme.com"),
        "no address in the log"
    );
    assert!(!gatelet.log().contains("root%40acme.com"));

    let mut fixed = provider.entry("hostile");
    fixed["authorization_parameters"] = json!({ "login_hint": "@acme.com" });
    let gatelet = Setup::new(Engine::Sqlite).hostile(&[fixed]).start();
    let asked = sent(&gatelet.visitor(), "/auth/start/hostile?login_hint=ann");
    assert_eq!(
        said(&asked, "login_hint"),
        ["@acme.com"],
        "the operator's own stays"
    );
}
