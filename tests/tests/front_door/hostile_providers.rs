//! What a provider must not be able to do, and what nobody may do in its name.
//! The names in the first column are those of the OpenID Foundation's
//! conformance tests for clients, where it has one.

use std::time::{Duration, Instant};

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::hostile_provider::{ACCESS_TOKEN, HostileProvider, Manner, Plan, Signing};
use gatelet_tests::response::Response;
use gatelet_tests::upstream::Upstream;
use gatelet_tests::visitor::Visitor;
use serde_json::{Value, json};

fn with(provider: &HostileProvider, entry: Value) -> Gatelet {
    set_up(provider, entry).start()
}

fn set_up(provider: &HostileProvider, entry: Value) -> Setup {
    provider.requests();
    Setup::new(Engine::Sqlite).hostile(&[entry])
}

fn sign_in(visitor: &Visitor, id: &str) -> Response {
    let start = visitor.visit(&format!("/auth/start/{id}")).send();
    if start.status.as_u16() != 303 {
        return start;
    }
    let back = visitor.visit(start.header("location")).send().expect(302);
    visitor.visit(back.header("location")).send()
}

#[track_caller]
fn expect_refusal(what: &str, visitor: &Visitor, answer: &Response, status: u16, code: &str) {
    let told = answer.description();
    assert_eq!(answer.status.as_u16(), status, "{what}: {told}");
    assert!(answer.says_code(code), "{what}, {code}: {told}");
    assert!(
        visitor.jar().get("gatelet").is_none(),
        "{what}: nobody is signed in"
    );
}

#[test]
fn an_honest_token_lets_in_so_the_refusals_below_mean_something() {
    let provider = HostileProvider::start();
    let gatelet = with(&provider, provider.entry("hostile"));
    let visitor = gatelet.visitor();
    sign_in(&visitor, "hostile").expect(303);
    let me = visitor.get("/auth/me").send().json();
    assert_eq!(me["email"], "mallory@example.com");
    let answer = visitor.get("/auth/session").send();
    assert!(!answer.text().contains(ACCESS_TOKEN));
    assert!(
        !visitor.get("/headers").send().text().contains(ACCESS_TOKEN),
        "the app does not get it either"
    );
}

#[test]
fn id_tokens_that_are_not_for_us_are_refused() {
    type Claims = fn(&mut Value);
    let provider = HostileProvider::start();
    let gatelet = with(&provider, provider.entry("hostile"));
    let cases: &[(&str, Claims, &str)] = &[
        (
            "oidcc-client-test-invalid-iss",
            |claims| claims["iss"] = json!("http://127.0.0.1:1"),
            "id_token.issuer",
        ),
        (
            "issuer with a slash more",
            |claims| {
                claims["iss"] = json!(format!("{}/", claims["iss"].as_str().unwrap_or_default()))
            },
            "id_token.issuer",
        ),
        (
            "no issuer",
            |claims| remove(claims, "iss"),
            "id_token.issuer",
        ),
        (
            "issuer that is no text",
            |claims| claims["iss"] = json!(["x"]),
            "id_token.malformed",
        ),
        (
            "oidcc-client-test-missing-sub",
            |claims| remove(claims, "sub"),
            "id_token.subject",
        ),
        (
            "an empty sub",
            |claims| claims["sub"] = json!(""),
            "id_token.subject",
        ),
        (
            "a long sub",
            |claims| claims["sub"] = json!("s".repeat(256)),
            "id_token.subject",
        ),
        (
            "a sub that is a number",
            |claims| claims["sub"] = json!(7),
            "id_token.malformed",
        ),
        (
            "oidcc-client-test-invalid-aud",
            |claims| claims["aud"] = json!("another-client"),
            "id_token.audience",
        ),
        (
            "oidcc-client-test-missing-aud",
            |claims| remove(claims, "aud"),
            "id_token.audience",
        ),
        (
            "no audience in a list",
            |claims| claims["aud"] = json!([]),
            "id_token.audience",
        ),
        (
            "audiences that we do not know",
            |claims| claims["aud"] = json!(["gatelet-under-test", "another"]),
            "id_token.authorized_party",
        ),
        (
            "another authorized party",
            |claims| claims["azp"] = json!("another-client"),
            "id_token.authorized_party",
        ),
        (
            "oidcc-client-test-missing-iat",
            |claims| remove(claims, "iat"),
            "id_token.issued_at",
        ),
        (
            "issued in the future",
            |claims| claims["iat"] = json!(claims["iat"].as_u64().unwrap_or(0) + 3600),
            "id_token.issued_at",
        ),
        (
            "issued long ago",
            |claims| claims["iat"] = json!(1_000_000_000),
            "id_token.issued_at",
        ),
        (
            "expired",
            |claims| claims["exp"] = json!(claims["iat"].as_u64().unwrap_or(0) - 600),
            "id_token.expired",
        ),
        (
            "no expiry",
            |claims| remove(claims, "exp"),
            "id_token.expired",
        ),
        (
            "not valid yet",
            |claims| claims["nbf"] = json!(claims["iat"].as_u64().unwrap_or(0) + 3600),
            "id_token.not_before",
        ),
        (
            "oidcc-client-test-nonce-invalid",
            |claims| claims["nonce"] = json!("another"),
            "id_token.nonce",
        ),
        (
            "no nonce",
            |claims| remove(claims, "nonce"),
            "id_token.nonce",
        ),
        (
            "at_hash of another access token",
            |claims| claims["at_hash"] = json!("AAAAAAAAAAAAAAAAAAAAAA"),
            "id_token.access_token_hash",
        ),
    ];
    for (what, change, code) in cases {
        let change = *change;
        provider.plan(|plan| plan.claims = Box::new(change));
        let visitor = gatelet.visitor();
        let answer = sign_in(&visitor, "hostile");
        expect_refusal(what, &visitor, &answer, 400, code);
    }
    provider.behave();
    sign_in(&gatelet.visitor(), "hostile").expect(303);
}

#[test]
fn id_tokens_that_the_provider_did_not_sign_are_refused() {
    let provider = HostileProvider::start();
    let gatelet = with(&provider, provider.entry("hostile"));
    for (what, signing, code) in [
        (
            "oidcc-client-test-idtoken-sig-none",
            Signing::None,
            "id_token.algorithm",
        ),
        (
            "none in capitals",
            Signing::NoneInCapitals,
            "id_token.algorithm",
        ),
        (
            "HS256 with the public key",
            Signing::HmacWithPublicKey,
            "id_token.algorithm",
        ),
        (
            "HS256 with the client secret",
            Signing::HmacWithClientSecret,
            "id_token.algorithm",
        ),
        (
            "oidcc-client-test-invalid-sig-es256",
            Signing::OtherKey,
            "id_token.signature",
        ),
        (
            "a key of its own",
            Signing::EmbeddedKey,
            "id_token.signature",
        ),
        (
            "a broken signature",
            Signing::BrokenSignature,
            "id_token.signature",
        ),
        (
            "a cut signature",
            Signing::TruncatedSignature,
            "id_token.signature",
        ),
        (
            "an unknown key",
            Signing::UnknownKeyId,
            "id_token.key_unknown",
        ),
    ] {
        provider.plan(|plan| plan.signing = signing);
        let visitor = gatelet.visitor();
        let answer = sign_in(&visitor, "hostile");
        expect_refusal(what, &visitor, &answer, 400, code);
    }
    // oidcc-client-test-kid-absent-single-jwks: one key is no question.
    provider.plan(|plan| plan.signing = Signing::NoKeyId);
    sign_in(&gatelet.visitor(), "hostile").expect(303);
}

#[test]
fn token_headers_that_ask_for_something_else_are_refused() {
    let provider = HostileProvider::start();
    let gatelet = with(&provider, provider.entry("hostile"));
    type Header = fn(&mut Value);
    let cases: &[(&str, Header, &str)] = &[
        (
            "another algorithm than the key's",
            |header| header["alg"] = json!("RS256"),
            "id_token.algorithm",
        ),
        (
            "an algorithm nobody has",
            |header| header["alg"] = json!("XS256"),
            "id_token.algorithm",
        ),
        (
            "no algorithm",
            |header| remove(header, "alg"),
            "id_token.malformed",
        ),
        (
            "a critical extension",
            |header| {
                header["crit"] = json!(["exp"]);
                header["exp"] = json!(1);
            },
            "id_token.malformed",
        ),
        (
            "b64 off",
            |header| {
                header["crit"] = json!(["b64"]);
                header["b64"] = json!(false);
            },
            "id_token.malformed",
        ),
        (
            "a huge key id",
            |header| header["kid"] = json!("k".repeat(20_000)),
            "id_token.malformed",
        ),
    ];
    for (what, change, code) in cases {
        let change = *change;
        provider.plan(|plan| plan.header = Box::new(change));
        let visitor = gatelet.visitor();
        let answer = sign_in(&visitor, "hostile");
        expect_refusal(what, &visitor, &answer, 400, code);
    }
    provider.behave();
    sign_in(&gatelet.visitor(), "hostile").expect(303);
}

#[test]
fn several_keys_and_no_key_id_are_refused() {
    // oidcc-client-test-kid-absent-multiple-jwks
    let provider = HostileProvider::start();
    let gatelet = with(&provider, provider.entry("hostile"));
    provider.plan(|plan| {
        plan.signing = Signing::NoKeyId;
        plan.keys = Box::new(|keys| {
            let mut second = keys["keys"][0].clone();
            second["kid"] = json!("second");
            if let Some(list) = keys["keys"].as_array_mut() {
                list.push(second);
            }
        });
    });
    let visitor = gatelet.visitor();
    let answer = sign_in(&visitor, "hostile");
    expect_refusal(
        "no key id",
        &visitor,
        &answer,
        400,
        "id_token.key_ambiguous",
    );
    // With one it is no question.
    provider.plan(|plan| plan.signing = Signing::Honest);
    sign_in(&gatelet.visitor(), "hostile").expect(303);
}

/// Not every provider names a new key anew; some name none.
#[test]
fn a_key_that_changes_and_keeps_its_name_is_fetched_at_once() {
    let provider = HostileProvider::start();
    for has_name in [true, false] {
        let gatelet = with(&provider, provider.entry("hostile"));
        provider.plan(|plan| {
            plan.signing = if has_name {
                Signing::Honest
            } else {
                Signing::NoKeyId
            };
            // Of RFC 7515, appendix A.3.
            plan.keys = Box::new(move |keys| {
                let old = &mut keys["keys"][0];
                old["x"] = json!("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
                old["y"] = json!("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
                if !has_name {
                    remove(old, "kid");
                }
            });
        });
        let visitor = gatelet.visitor();
        let answer = sign_in(&visitor, "hostile");
        expect_refusal("the old key", &visitor, &answer, 400, "id_token.signature");
        provider.plan(|plan| {
            plan.keys = Box::new(move |keys| {
                if !has_name {
                    remove(&mut keys["keys"][0], "kid");
                }
            });
        });
        sign_in(&gatelet.visitor(), "hostile").expect(303);
    }
}

#[test]
fn an_unknown_key_id_does_not_make_us_ask_for_keys_without_end() {
    let provider = HostileProvider::start();
    // What was fetched lasts as long as the instance.
    let gatelet = set_up(&provider, provider.entry("hostile"))
        .arguments(&["--idle-instance-timeout", "10m"])
        .start();
    provider.plan(|plan| plan.signing = Signing::UnknownKeyId);
    provider.requests();
    for _ in 0..8 {
        let visitor = gatelet.visitor();
        let answer = sign_in(&visitor, "hostile");
        expect_refusal(
            "a key that nobody knows",
            &visitor,
            &answer,
            400,
            "id_token.key_unknown",
        );
    }
    let asked = provider.requests();
    let of = |what: &str| asked.iter().filter(|asked| *asked == what).count();
    // Once because there were none yet, and three times for the unknown one.
    assert_eq!((of("POST /token"), of("GET /keys")), (8, 4));
}

#[test]
fn discovery_documents_that_mislead_are_refused() {
    type Document = fn(&mut Value);
    let provider = HostileProvider::start();
    let cases: &[(&str, Document, &str)] = &[
        (
            "oidcc-client-test-discovery-issuer-mismatch",
            |document| document["issuer"] = json!("http://127.0.0.1:1"),
            "discovery.issuer_mismatch",
        ),
        (
            "no issuer",
            |document| remove(document, "issuer"),
            "discovery.malformed",
        ),
        (
            "plain HTTP elsewhere",
            |document| document["token_endpoint"] = json!("http://tokens.example/token"),
            "discovery.endpoint_insecure",
        ),
        (
            "keys over plain HTTP",
            |document| document["jwks_uri"] = json!("http://keys.example/keys"),
            "discovery.endpoint_insecure",
        ),
        (
            "a file",
            |document| document["jwks_uri"] = json!("file:///etc/passwd"),
            "discovery.endpoint_insecure",
        ),
        (
            "a script to go to",
            |document| document["authorization_endpoint"] = json!("javascript:alert(1)"),
            "discovery.endpoint_insecure",
        ),
        (
            "a password in the address",
            |document| document["token_endpoint"] = json!("https://user:pw@tokens.example/"),
            "discovery.endpoint_insecure",
        ),
        (
            "no token endpoint",
            |document| remove(document, "token_endpoint"),
            "discovery.malformed",
        ),
        (
            "no keys",
            |document| remove(document, "jwks_uri"),
            "discovery.malformed",
        ),
        (
            "an algorithm that is not configured",
            |document| document["id_token_signing_alg_values_supported"] = json!(["RS512"]),
            "discovery.unsupported",
        ),
        (
            "no PKCE with S256",
            |document| document["code_challenge_methods_supported"] = json!(["plain"]),
            "discovery.unsupported",
        ),
        (
            "no JSON object",
            |document| *document = json!([1, 2]),
            "discovery.malformed",
        ),
    ];
    for (what, change, code) in cases {
        let change = *change;
        provider.plan(|plan| plan.discovery = Box::new(change));
        // Discovery is kept for a while, so each case is a fresh start.
        let gatelet = with(&provider, provider.entry("hostile"));
        let visitor = gatelet.visitor();
        let answer = sign_in(&visitor, "hostile");
        expect_refusal(what, &visitor, &answer, 503, code);
    }
}

#[test]
fn an_endpoint_that_may_not_be_reached_is_not_reached() {
    let provider = HostileProvider::start();
    let elsewhere = Upstream::start();
    let endpoint = format!("{}/token", elsewhere.url());
    provider.plan(|plan| {
        plan.discovery =
            Box::new(move |document| document["token_endpoint"] = json!(endpoint.as_str()));
    });
    // The issuer's own address and no other.
    let gatelet = set_up(&provider, provider.entry("hostile"))
        .variable("provider_hosts", provider.issuer())
        .start();
    let visitor = gatelet.visitor();
    let answer = sign_in(&visitor, "hostile");
    expect_refusal(
        "not granted",
        &visitor,
        &answer,
        503,
        "provider.unreachable",
    );
    assert_eq!(elsewhere.connections(), 0, "deny by default holds");
    // Where it is granted it is asked, and has no tokens.
    let gatelet = with(&provider, provider.entry("hostile"));
    let visitor = gatelet.visitor();
    let answer = sign_in(&visitor, "hostile");
    expect_refusal("granted", &visitor, &answer, 503, "token.malformed");
    assert_eq!(elsewhere.seen_at("/token").len(), 1);
}

#[test]
fn endpoints_that_do_not_answer_properly_are_refused_in_bounded_time_and_space() {
    let provider = HostileProvider::start();
    let elsewhere = Upstream::start();
    let redirect = || Manner::Redirect(format!("{}/stolen", elsewhere.url()));
    let manners: Vec<(&str, Manner)> = vec![
        ("a redirect", redirect()),
        ("no JSON", Manner::Instead(200, "<html>".to_owned())),
        ("nothing", Manner::Instead(200, String::new())),
        ("an error", Manner::Instead(500, "{}".to_owned())),
        ("not found", Manner::Instead(404, "{}".to_owned())),
        ("16 MiB", Manner::Padded(16 << 20)),
        ("half an answer", Manner::CutOff),
        ("deep nesting", Manner::Instead(200, "[".repeat(100_000))),
    ];
    type Where = fn(&mut Plan, Manner);
    // What cannot be read, and what cannot be had.
    let unreachable = "provider.unreachable";
    let endpoints: &[(&str, &str, Where)] = &[
        ("discovery", "discovery.malformed", |plan, manner| {
            plan.discovery_manner = manner
        }),
        ("keys", "jwks.malformed", |plan, manner| {
            plan.keys_manner = manner
        }),
        ("token", "token.malformed", |plan, manner| {
            plan.token_manner = manner
        }),
        ("userinfo", "userinfo.malformed", |plan, manner| {
            plan.userinfo_manner = manner;
            let add = |document: &mut Value| {
                let at = document["token_endpoint"]
                    .as_str()
                    .unwrap_or_default()
                    .replace("/token", "/userinfo");
                document["userinfo_endpoint"] = json!(at);
            };
            plan.discovery = Box::new(add);
            plan.claims = Box::new(|claims| remove(claims, "email"));
        }),
    ];
    for (endpoint, malformed, place) in endpoints {
        let mut gatelet = None;
        for (what, manner) in &manners {
            provider.behave();
            provider.plan(|plan| place(plan, manner.clone()));
            // Keys and metadata are kept once they have been had: a fresh start where they matter.
            if gatelet.is_none() || *endpoint != "token" {
                gatelet = Some(with(&provider, provider.entry("hostile")));
            }
            let gatelet = gatelet.as_ref().expect("started above");
            let visitor = gatelet.visitor();
            let start = Instant::now();
            let answer = sign_in(&visitor, "hostile");
            let code = match manner {
                Manner::Padded(_) | Manner::CutOff => unreachable,
                _ => malformed,
            };
            let what = format!("{endpoint}: {what}");
            expect_refusal(&what, &visitor, &answer, 503, code);
            assert!(
                start.elapsed() < Duration::from_secs(15),
                "{what} took {:?}",
                start.elapsed()
            );
        }
    }
    assert!(
        elsewhere.seen().is_empty(),
        "no redirect was followed: {:?}",
        elsewhere.seen()
    );
}

#[test]
fn a_slow_provider_does_not_hold_others_up() {
    let provider = HostileProvider::start();
    let gatelet = with(&provider, provider.entry("hostile"));
    provider.plan(|plan| plan.discovery_manner = Manner::Slow(Duration::from_secs(120)));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let start = Instant::now();
            let visitor = gatelet.visitor();
            let answer = visitor.visit("/auth/start/hostile").send();
            expect_refusal(
                "a slow provider",
                &visitor,
                &answer,
                503,
                "provider.unreachable",
            );
            start.elapsed()
        });
        let start = Instant::now();
        while provider.requests().is_empty() {
            assert!(start.elapsed() < Duration::from_secs(10), "never asked");
            std::thread::sleep(Duration::from_millis(10));
        }
        let start = Instant::now();
        let (visitor, _) = signed_in(&gatelet);
        visitor.visit("/").send().expect(200);
        assert!(
            start.elapsed() < Duration::from_secs(3),
            "{:?}",
            start.elapsed()
        );
        assert!(!waiting.is_finished(), "it was not slow");
        let waited = waiting.join().expect("refused as expected");
        assert!(waited < Duration::from_secs(40), "{waited:?}");
    });
}

#[test]
fn userinfo_about_somebody_else_is_refused() {
    // oidcc-client-test-userinfo-invalid-sub
    let provider = HostileProvider::start();
    provider.plan(|plan| {
        plan.discovery = Box::new(|document| {
            let at = document["token_endpoint"]
                .as_str()
                .unwrap_or_default()
                .replace("/token", "/userinfo");
            document["userinfo_endpoint"] = json!(at);
        });
        plan.claims = Box::new(|claims| remove(claims, "email"));
        plan.userinfo = Box::new(|claims| claims["sub"] = json!("somebody-else"));
    });
    let gatelet = with(&provider, provider.entry("hostile"));
    let visitor = gatelet.visitor();
    let answer = sign_in(&visitor, "hostile");
    expect_refusal(
        "another subject",
        &visitor,
        &answer,
        400,
        "userinfo.subject_mismatch",
    );
}

#[test]
fn hostile_names_and_addresses_stay_text() {
    let provider = HostileProvider::start();
    let upstream = Upstream::start();
    let gatelet = set_up(&provider, provider.entry("hostile"))
        .upstream(&upstream)
        .start();
    provider.plan(|plan| {
        plan.claims = Box::new(|claims| {
            claims["name"] = json!("<script>\r\nX-Forwarded-Email: admin@example.com\u{202e}\0")
        })
    });
    let visitor = gatelet.visitor();
    sign_in(&visitor, "hostile").expect(303);
    let page = visitor.visit("/auth/account").send().expect(200).text();
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("&#60;script&#62;"), "{page}");
    visitor.get("/x").send().expect(200);
    let seen = upstream.seen_at("/x");
    assert_eq!(
        seen[0].headers.get_all("x-forwarded-email").iter().count(),
        1
    );
    assert_eq!(seen[0].headers["x-forwarded-email"], "mallory@example.com");

    provider.plan(|plan| {
        plan.claims = Box::new(|claims| {
            claims["sub"] = json!("second");
            claims["email"] = json!("a@example.com,b@example.com");
        });
    });
    let visitor = gatelet.visitor();
    let answer = sign_in(&visitor, "hostile");
    expect_refusal(
        "two addresses",
        &visitor,
        &answer,
        403,
        "account.email_missing",
    );
}

#[test]
fn email_verified_that_is_not_true_is_not_verified() {
    let provider = HostileProvider::start();
    let gatelet = with(&provider, provider.entry("hostile"));
    let values = [
        (json!(true), true),
        (json!(false), false),
        (json!("false"), false),
        (json!(1), false),
        (json!("yes"), false),
        (json!(null), false),
        (json!([true]), false),
    ];
    for (number, (value, verified)) in values.into_iter().enumerate() {
        let shown = value.clone();
        provider.plan(|plan| {
            plan.claims = Box::new(move |claims| {
                claims["sub"] = json!(format!("subject-{number}"));
                claims["email"] = json!(format!("mallory{number}@example.com"));
                claims["email_verified"] = value.clone();
            });
        });
        let visitor = gatelet.visitor();
        sign_in(&visitor, "hostile").expect(303);
        let me = visitor.get("/auth/me").send().expect(200).json();
        assert_eq!(me["emailVerified"], verified, "{shown}");
    }
}

#[test]
fn github_signs_in_with_the_verified_primary_address() {
    let provider = HostileProvider::start();
    let gatelet = with(&provider, provider.github_entry("github-here"));
    let visitor = gatelet.visitor();
    sign_in(&visitor, "github-here").expect(303);
    let me = visitor.get("/auth/me").send().json();
    assert_eq!(
        (&me["email"], &me["name"], &me["emailVerified"]),
        (
            &json!("octocat@github.example"),
            &json!("The Octocat"),
            &json!(true)
        )
    );
    let user = me["id"].clone();

    // A renamed login is the same person; a person who takes the old login is not.
    provider.plan(|plan| {
        plan.github_user = json!({ "id": 583_231, "login": "renamed", "name": null });
        plan.github_emails =
            json!([{ "email": "new@github.example", "primary": true, "verified": true }]);
    });
    let renamed = gatelet.visitor();
    sign_in(&renamed, "github-here").expect(303);
    assert_eq!(renamed.get("/auth/me").send().json()["id"], user);
    provider.plan(|plan| {
        plan.github_user = json!({ "id": 999, "login": "octocat", "name": "Somebody else" });
        plan.github_emails =
            json!([{ "email": "else@github.example", "primary": true, "verified": true }]);
    });
    let other = gatelet.visitor();
    sign_in(&other, "github-here").expect(303);
    assert_ne!(other.get("/auth/me").send().json()["id"], user);
}

#[test]
fn github_answers_that_prove_no_address_are_refused() {
    let provider = HostileProvider::start();
    let gatelet = with(&provider, provider.github_entry("github-here"));
    let cases = [
        (
            "no addresses",
            json!({ "id": 1, "login": "a" }),
            json!([]),
            403,
            "account.email_missing",
        ),
        (
            "none is primary",
            json!({ "id": 2, "login": "a" }),
            json!([{ "email": "a@github.example", "primary": false, "verified": true }]),
            403,
            "account.email_missing",
        ),
        (
            "no list",
            json!({ "id": 3, "login": "a" }),
            json!({ "message": "Bad credentials" }),
            503,
            "github.malformed",
        ),
        (
            "no id",
            json!({ "login": "a" }),
            json!([]),
            503,
            "github.malformed",
        ),
        (
            "an id that is text",
            json!({ "id": "5", "login": "a" }),
            json!([]),
            503,
            "github.malformed",
        ),
        (
            "id 0",
            json!({ "id": 0, "login": "a" }),
            json!([]),
            503,
            "github.malformed",
        ),
    ];
    for (what, user, emails, status, code) in cases {
        provider.plan(|plan| {
            plan.github_user = user;
            plan.github_emails = emails;
        });
        let visitor = gatelet.visitor();
        let answer = sign_in(&visitor, "github-here");
        expect_refusal(what, &visitor, &answer, status, code);
    }
    // Unverified there, taken here: nobody is handed anybody's account.
    let (_, account) = signed_in(&gatelet);
    provider.plan(|plan| {
        plan.github_user = json!({ "id": 7, "login": "mallory" });
        plan.github_emails =
            json!([{ "email": account.email, "primary": true, "verified": false }]);
    });
    let visitor = gatelet.visitor();
    let answer = sign_in(&visitor, "github-here");
    expect_refusal(
        "unverified at GitHub",
        &visitor,
        &answer,
        403,
        "account.email_unverified",
    );
}

fn remove(value: &mut Value, name: &str) {
    if let Some(object) = value.as_object_mut() {
        object.remove(name);
    }
}
